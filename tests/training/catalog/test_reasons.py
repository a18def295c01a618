"""Tests of reasons: whole sentences, existing evidence, and no promise about health."""

import re
from dataclasses import fields

import pytest

from app.training.catalog import reasons
from app.training.catalog.reasons import Basis, Reason, ReasonRule, Wording
from app.training.catalog.track_definitions import DEFINITIONS

RULES = reasons.list_reasons()
WORDINGS = [
    (f"{rule.code} {name}", wording)
    for rule in RULES
    for name, wording in (("usual", rule.wording), *rule.variants.items())
]
FORBIDDEN = re.compile(r"treat|cure|rehabilitat|prevents? injur|heal\b|heals", re.IGNORECASE)
# Code, evidence, params, variants, and `planned` if it has a sentence for weeks to come: 4.5.
TABLE = """
START                     | EV-03 EV-10 EV-44 |                 |                         | planned
RAMP_SETS                 | EV-44             | sets            | without_sets            | planned
ADD_REPS                  | EV-01             | dose            |                         | planned
HOLD_TWO_FOR_TWO          | EV-02             |                 |                         | planned
NEXT_RUNG                 | EV-01             | name dose       |                         | planned
ADD_LOAD                  | EV-01             | delta unit dose | by_feel                 | planned
LADDER_TOP_HOLD           | EV-44             | opens           | without_opens           | planned
MAINTAIN                  | EV-33             | opens           | without_opens           | planned
RETEST_UP                 | EV-10 EV-11 EV-44 | name            |                         | planned
DELOAD                    | EV-27 EV-28       |                 |                         | planned
TAPER                     | EV-29             |                 |                         | planned
RACE                      | EV-29             |                 |                         | planned
TRANSITION                | EV-27             |                 |                         | planned
PAUSE_PLANNED             | EV-32             |                 |                         | planned
HOLD_WITH_OTHERS          | EV-44             |                 |                         | planned
TARGET_NOT_YET_MET        | EV-01             | dose            |                         |
BELOW_TARGET_REGRESS      | EV-44             | dose            | rung load by_feel floor |
INCOMPLETE_NOT_FAILED     | EV-26             |                 |                         |
INCOMPLETE_REPEAT         | EV-44             |                 |                         |
TRACK_MISSED_REPEAT       | EV-44             |                 |                         |
EFFORT_TOO_HIGH           | EV-25 EV-26       |                 |                         |
ACCELERATE_RUNG           | EV-01 EV-26       | name dose       |                         |
ACCELERATE_LOAD           | EV-01 EV-26       | delta unit      | by_feel                 |
DIFFERENT_EXERCISE_LOGGED | EV-44             |                 |                         |
ASYMMETRY_HOLD            | EV-37             | side            |                         |
SIMPLIFY_DOSE             | EV-06 EV-33       |                 |                         |
MISSED_WEEK_REPEAT        | EV-32             |                 |                         | planned
LONG_BREAK_14             | EV-32             | n               | uncounted               | planned
LONG_BREAK_28             | EV-32             | n               | uncounted               | planned
RESTART_AFTER_BREAK       | EV-32             | n               | uncounted               | planned
NO_DATA_START             | EV-44             |                 |                         |
NOT_SCHEDULED             | EV-44             |                 |                         | planned
PAIN_ABOVE_5              | EV-15             |                 |                         |
SIBLING_PAIN              | EV-15 EV-44       |                 |                         |
PAIN_WORSE_NEXT_MORNING   | EV-17             |                 |                         |
PAIN_PERSISTS             | EV-15 EV-17       |                 |                         |
PAIN_NOT_SETTLING         | EV-17             |                 |                         |
PAIN_ACCEPTABLE_HOLD      | EV-15 EV-16       | p               | without_pain            |
RETURN_AFTER_PAIN         | EV-15             |                 |                         | planned
RESUME_FULL               | EV-15             |                 |                         | planned
SPEC_CHANGED              | EV-44             | name dose       |                         | planned
EQUIPMENT_BACK            | EV-32 EV-44       | name dose       |                         | planned
CLEARED                   | EV-38             |                 |                         | planned
"""
CODES_OF_OTHER_KINDS = {
    "week_note": "SESSIONS_SKIPPED CAUTION_LIFTED RETEST_LOWER",
    "notice": "SPLIT_FOR_48H TIME_BUDGET_TRIM NO_STEP_FALLBACK LADDER_LIMITED_BY_EQUIPMENT"
    " RACE_OUTSIDE_PROGRAMME TAPER_APPLIED RACE_TOO_CLOSE CAUTIOUS_MODE MINOR_SUPERVISION"
    " BODY_MASS_ASSUMED TEST_ASYMMETRY EXTRAPOLATED_NORM SEED_HEIGHT_UNKNOWN_UPPER"
    " DELOAD_CONVENTION CORE_AVAILABLE CORE_EVIDENCE",
    "data_note": "DONE_LATE DONE_EARLY PLACE_IGNORED POSSIBLE_DUPLICATE HOLD_WITHOUT_DURATION"
    " UNKNOWN_EXERCISE NOT_IN_PROGRAMME WEEK_REQUIRED OUT_OF_RANGE IMPLAUSIBLE_IGNORED"
    " CONTRADICTORY_EFFORT"
    " OTHER_PROGRAMME PROGRAMME_FINISHED clock_skew ended_before_start unknown_program"
    " program_engine_retired next_failed",
    "block": "CLEARANCE_REQUIRED",
    "timing": "AFTER_RUN_6H EASY_BEFORE_HARD",
}


def format_row(rule: ReasonRule) -> list[str]:
    """Format a rule in the columns of TABLE."""
    wording = rule.wording
    return [
        rule.code,
        " ".join(wording.evidence),
        " ".join(wording.params),
        " ".join(rule.variants),
        "planned" if wording.planned else "",
    ]


each_wording = pytest.mark.parametrize(
    "wording", [wording for _, wording in WORDINGS], ids=[name for name, _ in WORDINGS]
)


class TestReasons:
    def test_have_the_rows_of_the_science(self) -> None:
        rows = [[cell.strip() for cell in row.split("|")] for row in TABLE.strip().splitlines()]
        assert [format_row(rule) for rule in reasons.REASONS.values()] == rows

    def test_say_what_they_change_except_the_start(self) -> None:
        silent = {code for code, rule in reasons.REASONS.items() if rule.change is None}
        assert silent == {"START"}


class TestWordings:
    @each_wording
    def test_cite_existing_evidence(self, wording: Wording) -> None:
        assert wording.evidence
        assert set(wording.evidence) <= set(reasons.load_evidence())
        assert sorted(set(wording.evidence)) == list(wording.evidence)

    @each_wording
    def test_contain_whole_sentences(self, wording: Wording) -> None:
        for sentence in filter(None, (wording.earned, wording.planned)):
            assert re.fullmatch(r"[A-Z].*[^ ]\.", sentence)
            assert "  " not in sentence

    @each_wording
    def test_promise_nothing_about_health(self, wording: Wording) -> None:
        assert not FORBIDDEN.search(f"{wording.earned} {wording.planned}")

    @each_wording
    def test_name_their_params_without_a_format(self, wording: Wording) -> None:
        braces = re.findall(r"\{([^}]*)\}", f"{wording.earned} {wording.planned}")
        assert set(braces) == set(wording.params)

    def test_contain_no_sentence_twice_in_one_code(self) -> None:
        for rule in RULES:
            told = [rule.wording.earned, *(one.earned for one in rule.variants.values())]
            assert len(set(told)) == len(told), rule.code


class TestListReasons:
    def test_contains_each_code_once(self) -> None:
        codes = [rule.code for rule in RULES]
        assert sorted(set(codes)) == sorted(codes)

    @pytest.mark.parametrize("kind", CODES_OF_OTHER_KINDS)
    def test_contains_every_kind(self, kind: str) -> None:
        codes = [rule.code for rule in RULES if rule.kind == kind]
        assert codes == CODES_OF_OTHER_KINDS[kind].split()

    def test_starts_with_the_reasons(self) -> None:
        codes = [rule.code for rule in RULES if rule.kind == "reason"]
        assert codes == [*reasons.REASONS] == [rule.code for rule in RULES[: len(codes)]]

    def test_contains_blocks_of_one_code_as_variants(self) -> None:
        found = {rule.code: rule for rule in RULES}
        stopped, painful = found["CLEARANCE_REQUIRED"], found["PAIN_ABOVE_5"]
        assert stopped.wording.earned.startswith("You named a warning sign")
        assert set(stopped.variants) == {"warning_sign_logged", "pain_came_back"}
        assert painful.wording.earned.startswith("Pain above 5/10: leave this exercise out")
        assert painful.variants["blocked"].earned.startswith("Pain above 5/10 today")

    def test_marks_data_notes_as_our_own_choice(self) -> None:
        assert {rule.basis for rule in RULES if rule.kind == "data_note"} == {"engineering"}


class TestExplain:
    def test_fills_in_the_params_and_returns_them(self) -> None:
        found = reasons.explain("ADD_LOAD", delta="2.5", unit="kg", dose="8 repetitions")
        assert found.sentence == (
            "You reached the top of the range: add 2.5 kg, back to 8 repetitions a set."
        )
        assert dict(found.params) == {"delta": "2.5", "unit": "kg", "dose": "8 repetitions"}

    def test_says_what_is_planned(self) -> None:
        found = reasons.explain("ADD_REPS", planned=True, dose="25 seconds")
        assert found.sentence == "If these sets go well, each set goes to 25 seconds."

    def test_says_what_was_earned_if_nothing_else_is_known(self) -> None:
        found = reasons.explain("TRACK_MISSED_REPEAT", planned=True)
        assert found == reasons.explain("TRACK_MISSED_REPEAT")

    def test_chooses_a_variant_for_both_sentences(self) -> None:
        earned, planned = (
            reasons.explain("MAINTAIN", variant="without_opens", planned=planned)
            for planned in (False, True)
        )
        assert earned.sentence.startswith("You are at the top of what is open to you: about half")
        assert planned.sentence.startswith("At the top about half")
        assert earned.sentence.endswith("at the same effort.")
        assert earned.evidence == planned.evidence == ("EV-33",)

    def test_drops_params_that_the_sentence_does_not_name(self) -> None:
        found = reasons.explain("RAMP_SETS", variant="without_sets", sets=3)
        assert (found.sentence, dict(found.params)) == (
            "Sets grow step by step. Everything else stays while you build the habit.",
            {},
        )

    @pytest.mark.parametrize(("p", "text"), [(3, "3"), (3.0, "3"), (4.5, "4.5")])
    def test_prints_numbers_without_superfluous_zeros(self, p: float, text: str) -> None:
        found = reasons.explain("PAIN_ACCEPTABLE_HOLD", p=p)
        assert found.sentence.startswith(f"Pain {text}/10 ")
        assert type(found.params["p"]) is type(p)

    def test_adds_evidence(self) -> None:
        found = reasons.explain(
            "NEXT_RUNG", more_evidence=("EV-21", "EV-01"), name="Plank", dose="20 seconds"
        )
        assert found.evidence == ("EV-01", "EV-21")

    @pytest.mark.parametrize("track", [code for code, one in DEFINITIONS.items() if one.optional])
    def test_replaces_evidence(self, track: str) -> None:
        found = reasons.explain("START", evidence=DEFINITIONS[track].start_evidence)
        assert found.evidence == DEFINITIONS[track].start_evidence
        assert found.basis == "mixed"

    def test_rejects_a_missing_param(self) -> None:
        with pytest.raises(KeyError, match="unit"):
            reasons.explain("ADD_LOAD", delta="1", dose="8 repetitions")

    @pytest.mark.parametrize(("code", "variant"), [("GUT_FEELING", None), ("START", "by_feel")])
    def test_rejects_an_unknown_code_or_variant(self, code: str, variant: str | None) -> None:
        with pytest.raises(KeyError, match=variant or code):
            reasons.explain(code, variant=variant)

    def test_returns_the_same_reason_again(self) -> None:
        assert reasons.explain("START") is reasons.explain("START")


class TestExplainOthers:
    def test_returns_a_notice_with_its_variant(self) -> None:
        found = reasons.explain_notice("SPLIT_FOR_48H", variant="with_core")
        assert "step and core sessions" in found.sentence
        mass = reasons.explain_notice("BODY_MASS_ASSUMED", mass=70, unit="kg")
        assert "70 kg is assumed" in mass.sentence

    def test_cites_the_other_test_for_the_weak_side_of_a_side_plank(self) -> None:
        found = reasons.explain_notice("TEST_ASYMMETRY", variant="side_plank", side="left")
        assert found.sentence.startswith("The left side held")
        assert found.evidence == ("EV-37", "EV-58")

    def test_returns_a_note_on_a_week(self) -> None:
        assert "plan fewer days" in reasons.explain_week_note("SESSIONS_SKIPPED").sentence

    def test_names_the_hours_in_timing_advice(self) -> None:
        sentence = reasons.explain_timing("AFTER_RUN_6H").sentence
        assert "ideally 6 h later" in sentence
        assert "at least 3 h" in sentence

    @pytest.mark.parametrize(
        ("key", "code", "evidence"),
        [
            ("CLEARANCE_REQUIRED", "CLEARANCE_REQUIRED", ("EV-38", "EV-39")),
            ("WARNING_SIGN_LOGGED", "CLEARANCE_REQUIRED", ("EV-38", "EV-39")),
            ("PAIN_CAME_BACK", "CLEARANCE_REQUIRED", ("EV-15",)),
            ("PAIN_ABOVE_5", "PAIN_ABOVE_5", ("EV-15",)),
        ],
    )
    def test_returns_a_block_with_the_code_of_the_answer(
        self, key: str, code: str, evidence: tuple[str, ...]
    ) -> None:
        found = reasons.explain_block(key)
        assert (found.code, found.evidence) == (code, evidence)
        assert found.sentence == reasons.BLOCKS[key].sentence

    @pytest.mark.parametrize("key", ["CLEARANCE_REQUIRED", "WARNING_SIGN_LOGGED"])
    def test_names_the_emergency_number_after_a_warning_sign(self, key: str) -> None:
        assert "call your emergency number" in reasons.BLOCKS[key].sentence

    def test_fills_in_a_data_note_and_what_to_say_today(self) -> None:
        note = reasons.fill_in(reasons.NOTE_SENTENCES["DONE_LATE"], w=3)
        assert note == "Counted for week 3, in which it was planned."
        rest = reasons.fill_in(reasons.TODAY_SENTENCES["rest"], weekday="Friday", date="2 May")
        assert rest == "Rest today; next is Friday 2 May."
        assert {"rest", "race", "pain", "pause", "finished"} <= set(reasons.TODAY_SENTENCES)

    def test_has_a_disclaimer(self) -> None:
        assert "not medical advice, diagnosis or treatment" in reasons.DISCLAIMER


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
            (("EV-44", "EV-77"), "engineering"),
            (("EV-03", "EV-44"), "mixed"),
            (("EV-60", "EV-77"), "mixed"),
            (("EV-27", "EV-28"), "evidence"),
        ],
    )
    def test_distinguishes_evidence_from_our_own_choices(
        self, evidence: tuple[str, ...], basis: Basis
    ) -> None:
        assert reasons.find_basis(evidence) == basis


class TestLoadEvidence:
    def test_returns_77_rows_by_id(self) -> None:
        table = reasons.load_evidence()
        assert len(table) == 77
        assert all(key == row.id for key, row in table.items())

    def test_marks_our_own_choices(self) -> None:
        assert {row.id for row in reasons.load_evidence().values() if row.status == "E"} == (
            reasons.ENGINEERING_IDS
        )
