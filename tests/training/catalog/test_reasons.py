"""Tests of reasons: whole sentences, existing evidence, and no promise about health."""

import re
import string
from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given

from app.training.catalog import reasons
from app.training.catalog.reasons import Basis, Reason, ReasonTemplate
from app.training.planning.program import Program, find_block
from app.training.planning.spec import Spec
from app.training.planning.training_calendar import WeekKind
from tests.training.queries import list_exercises
from tests.training.strategies import make_spec, plan_program, specs

TABLES = {
    "reasons": reasons.REASONS,
    "blocks": reasons.BLOCKS,
    "notices": reasons.NOTICES,
    "timing": reasons.TIMING,
}
RULES = [(table, code) for table, rules in TABLES.items() for code in rules]
FORBIDDEN = re.compile(r"treat|cure|rehabilitat|prevents? injur|heal\b|heals", re.IGNORECASE)
# Code and evidence of science 4.5, as far as the planner uses it.
EVIDENCE = """
START              EV-03 EV-10 EV-44
RAMP_SETS          EV-44
ADD_REPS           EV-01
HOLD_TWO_FOR_TWO   EV-02
NEXT_RUNG          EV-01 EV-21 EV-22
ADD_LOAD           EV-01
LADDER_TOP_HOLD    EV-44
DELOAD             EV-27 EV-28
TAPER              EV-29
RACE               EV-29
TRANSITION         EV-27
NOT_SCHEDULED      EV-44
ASYMMETRY_HOLD     EV-37
PAIN_ABOVE_5       EV-15
CLEARANCE_REQUIRED EV-38
"""


def find_rule(table: str, code: str) -> ReasonTemplate:
    return TABLES[table][code]


def list_reasons(program: Program) -> list[Reason]:
    """List every reason, notice and piece of advice in a programme."""
    sessions = [session for week in program.weeks for session in week.sessions]
    return [
        *program.notices,
        *(one.reason for one in list_exercises(*program.weeks)),
        *(advice for session in sessions for advice in session.timing_advice),
    ]


class TestTables:
    @pytest.mark.parametrize(("table", "code"), RULES)
    def test_cites_existing_evidence(self, table: str, code: str) -> None:
        evidence = find_rule(table, code).evidence
        assert evidence
        assert set(evidence) <= set(reasons.load_evidence())
        assert sorted(set(evidence)) == list(evidence)

    @pytest.mark.parametrize("row", EVIDENCE.strip().splitlines(), ids=lambda row: row.split()[0])
    def test_cites_the_evidence_of_the_science(self, row: str) -> None:
        code, *evidence = row.split()
        assert reasons.REASONS[code].evidence == tuple(evidence)

    @pytest.mark.parametrize(("table", "code"), RULES)
    def test_contains_whole_sentences(self, table: str, code: str) -> None:
        sentence = find_rule(table, code).sentence
        assert re.fullmatch(r"[A-Z].*[^ ]\.", sentence)
        assert "  " not in sentence

    @pytest.mark.parametrize(("table", "code"), RULES)
    def test_promises_nothing_about_health(self, table: str, code: str) -> None:
        assert not FORBIDDEN.search(find_rule(table, code).sentence)

    def test_has_a_reason_for_each_kind_of_lighter_week(self) -> None:
        lighter = {kind.upper() for kind in get_args(WeekKind)} - {"BUILD"}
        assert lighter <= set(reasons.REASONS)

    def test_has_the_notices_of_the_science(self) -> None:
        assert set(reasons.NOTICES) == set(
            "SPLIT_FOR_48H TIME_BUDGET_TRIM NO_STEP_FALLBACK LADDER_LIMITED_BY_EQUIPMENT"
            " RACE_OUTSIDE_PROGRAMME TAPER_APPLIED CAUTIOUS_MODE MINOR_SUPERVISION"
            " BODY_MASS_ASSUMED TEST_ASYMMETRY EXTRAPOLATED_NORM SEED_HEIGHT_UNKNOWN_UPPER"
            " DELOAD_CONVENTION".split()
        )

    def test_names_the_hours_in_timing_advice(self) -> None:
        assert set(reasons.TIMING) == {"AFTER_RUN_6H", "EASY_BEFORE_HARD"}
        sentence = reasons.explain_timing("AFTER_RUN_6H").sentence
        assert "ideally 6 h later" in sentence
        assert "at least 3 h" in sentence


class TestExplain:
    def test_fills_in_the_numbers_and_returns_them(self) -> None:
        found = reasons.explain("ADD_LOAD", delta=2.5, unit="kg", reps=8)
        assert found.sentence == "Add 2.5 kg; reps go back to 8."
        assert dict(found.params) == {"delta": 2.5, "unit": "kg", "reps": 8}

    @pytest.mark.parametrize(
        ("delta", "text"), [(3.0, "3"), (0.25, "0.25"), (19.99, "19.99"), (20.0, "20")]
    )
    def test_formats_loads_without_trailing_zeros(self, delta: float, text: str) -> None:
        found = reasons.explain("ADD_LOAD", delta=delta, unit="lb", reps=6)
        assert found.sentence.startswith(f"Add {text} lb;")

    def test_rejects_a_missing_number(self) -> None:
        with pytest.raises(KeyError, match="unit"):
            reasons.explain("ADD_LOAD", delta=1, reps=8)

    def test_rejects_an_unknown_code(self) -> None:
        with pytest.raises(KeyError, match="GUT_FEELING"):
            reasons.explain("GUT_FEELING")


class TestReason:
    def test_has_the_fields_of_the_contract(self) -> None:
        names = {field.name for field in fields(Reason)}
        assert names == {"code", "sentence", "params", "evidence", "basis"}


class TestFindBasis:
    @pytest.mark.parametrize(
        ("evidence", "basis"),
        [
            (("EV-01",), "evidence"),
            (("EV-44",), "engineering"),
            (("EV-03", "EV-44"), "mixed"),
            (("EV-27", "EV-28"), "evidence"),
        ],
    )
    def test_distinguishes_evidence_from_our_own_choices(
        self, evidence: tuple[str, ...], basis: Basis
    ) -> None:
        assert reasons.find_basis(evidence) == basis


class TestLoadEvidence:
    def test_returns_44_rows_by_id(self) -> None:
        table = reasons.load_evidence()
        assert len(table) == 44
        assert all(key == row.id for key, row in table.items())

    def test_marks_our_own_choices(self) -> None:
        assert reasons.load_evidence()[reasons.ENGINEERING].status.startswith("E")


class TestProgrammes:
    @given(specs())
    def test_contains_complete_and_cited_reasons_without_health_promises(
        self, wanted: Spec
    ) -> None:
        for reason in list_reasons(plan_program(wanted)):
            assert not set("{}") & set(reason.sentence)
            assert not FORBIDDEN.search(reason.sentence)
            assert reason.evidence
            assert set(reason.evidence) <= set(reasons.load_evidence())
            assert reason.basis == reasons.find_basis(reason.evidence)

    @given(specs())
    def test_has_every_value_of_a_sentence_in_params(self, wanted: Spec) -> None:
        rules = {code: rule for table in TABLES.values() for code, rule in table.items()}
        for reason in list_reasons(plan_program(wanted)):
            parsed = string.Formatter().parse(rules[reason.code].sentence)
            assert {name for _, name, _, _ in parsed if name} == set(reason.params)

    def test_contains_the_disclaimer_also_if_blocked(self) -> None:
        assert "not medical advice, diagnosis or treatment" in reasons.DISCLAIMER
        stopped = find_block(make_spec(pain_now=6))
        assert stopped is not None
        assert plan_program().disclaimers[0] == stopped.disclaimers[0] == reasons.DISCLAIMER
