"""Tests of the warning signs: every documented code, asked so that yes means that it is there."""

import re

import pytest

from app.training.catalog.warning_signs import WARNING_SIGNS, WarningSign

INTAKE = """
sudden_snap hot_swollen_calf calf_pain_with_breathlessness suspected_fracture recent_surgery
fever_with_leg_pain numbness_or_foot_drop night_pain chest_pain_or_fainting
supervised_exercise_only
"""
FOR_CORE = """
bladder_or_bowel_change saddle_numbness leg_weakness_with_back_pain abdominal_surgery_last_12_weeks
birth_last_12_weeks
"""
EMERGENCIES = "calf_pain_with_breathlessness chest_pain_or_fainting bladder_or_bowel_change"


class TestWarningSigns:
    def test_has_every_documented_code_once(self) -> None:
        codes = [sign.code for sign in WARNING_SIGNS]
        assert sorted(codes) == sorted(f"{INTAKE} {FOR_CORE}".split())

    @pytest.mark.parametrize("sign", WARNING_SIGNS, ids=lambda sign: sign.code)
    def test_asks_in_plain_words(self, sign: WarningSign) -> None:
        assert re.match(r"(Do|Did|Is|Has|Have) ", sign.question)
        assert sign.question.count("?") == 1

    def test_has_the_urgent_ones_first(self) -> None:
        urgent = [sign.urgent for sign in WARNING_SIGNS]
        assert urgent == sorted(urgent, reverse=True)

    @pytest.mark.parametrize("code", [*EMERGENCIES.split(), "saddle_numbness"])
    def test_names_the_emergency_number(self, code: str) -> None:
        (sign,) = (sign for sign in WARNING_SIGNS if sign.code == code)
        assert sign.urgent
        assert "call your emergency number" in sign.question
