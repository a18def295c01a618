"""Tests of the reasons in whole programmes: complete, cited, and without a promise about health."""

import re
from collections.abc import Sequence

from hypothesis import given

from app.training.catalog import reasons
from app.training.catalog.reasons import Reason
from app.training.planning.program import Program, find_block
from app.training.planning.spec import Spec
from app.training.planning.week import Week
from tests.training.histories import histories
from tests.training.journal import Journal
from tests.training.strategies import given_few, make_spec, plan_program, specs
from tests.training.week_reasons import list_reasons

FORBIDDEN = re.compile(r"treat|cure|rehabilitat|prevents? injur|heal\b|heals", re.IGNORECASE)
RULES = {rule.code: rule for rule in reasons.list_reasons()}


def list_program_reasons(program: Program) -> list[Reason]:
    """List every reason, notice and piece of advice in a programme."""
    return [*program.notices, *list_reasons_of_weeks(program.weeks)]


def list_reasons_of_weeks(weeks: Sequence[Week]) -> list[Reason]:
    sessions = [session for week in weeks for session in week.sessions]
    own = [exercise.reason for session in sessions for exercise in session.exercises]
    return [
        *(reason for week in weeks for reason in list_reasons(week).values()),
        *(reason for reason in own if reason is not None),
        *(advice for session in sessions for advice in session.timing_advice),
    ]


def check_reason(reason: Reason) -> None:
    """Check that a reason is complete, is cited, and can be built again from code and params."""
    assert not set("{}") & set(reason.sentence)
    assert not FORBIDDEN.search(reason.sentence)
    assert reason.evidence
    assert set(reason.evidence) <= set(reasons.load_evidence())
    assert reason.basis == reasons.find_basis(reason.evidence)
    rule = RULES[reason.code]
    fitting = [
        template
        for wording in (rule.wording, *rule.variants.values())
        for template in (wording.planned, wording.earned)
        if template and set(reasons.find_params(template)) == set(reason.params)
    ]
    assert reason.sentence in [reasons.fill_in(one, **reason.params) for one in fitting]


class TestReasonsOfProgrammes:
    @given(specs())
    def test_are_complete_and_cited_without_promises_about_health(self, wanted: Spec) -> None:
        for reason in list_program_reasons(plan_program(wanted)):
            check_reason(reason)

    @given_few(histories())
    def test_are_complete_after_a_log_too(self, journal: Journal) -> None:
        weeks = journal.followed.weeks()
        for reason in list_reasons_of_weeks(weeks):
            check_reason(reason)
        for note in (note for week in weeks for note in week.notes):
            assert note.sentence == reasons.WEEK_NOTES[note.code].wording.earned

    def test_come_with_the_disclaimer_also_if_blocked(self) -> None:
        stopped = find_block(make_spec(pain_now=6))
        assert stopped is not None
        assert plan_program().disclaimers[0] == stopped.disclaimers[0] == reasons.DISCLAIMER
