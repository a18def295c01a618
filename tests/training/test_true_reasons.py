"""Reasons are true: no sentence that is shown contradicts the log or the week that it stands in."""

import re
from typing import Any, cast

from hypothesis import given, settings

from app.training.catalog.reasons import REASONS, Reason, ReasonRule
from app.training.planning.spec import Spec, SpecFields
from tests.properties import at_most
from tests.training.claims import CLAIMS, find_contradiction
from tests.training.histories import CHANGES, histories
from tests.training.journal import Journal
from tests.training.strategies import given_few, plan_program, specs
from tests.training.told_reasons import list_told

# Codes that only `continue` gives.
CONTINUED = {"SPEC_CHANGED", "EQUIPMENT_BACK", "CLEARED"}


def fits(sentence: str, template: str) -> bool:
    """Whether a sentence is a template with its names in braces filled in."""
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", re.escape(template)), sentence) is not None


def list_templates(rule: ReasonRule, *, planned: bool) -> list[str]:
    """Return what a code says of what is to come, or after a log."""
    wordings = [rule.wording, *rule.variants.values()]
    return [(planned and one.planned) or one.earned for one in wordings]


def is_planned(reason: Reason) -> bool:
    """Whether a sentence is for what is to come, where its code has such a sentence."""
    templates = list_templates(REASONS[reason.code], planned=True)
    return any(fits(reason.sentence, template) for template in templates)


class TestAfterALog:
    def test_checks_the_claim_of_every_code(self) -> None:
        assert CLAIMS.keys() | CONTINUED == REASONS.keys()

    @settings(max_examples=at_most(200))
    @given(histories() | histories(started=True))
    def test_says_nothing_that_is_not_so(self, journal: Journal) -> None:
        for told in list_told(journal.followed):
            assert find_contradiction(told) is None


class TestOfWhatIsToCome:
    @given_few(specs())
    def test_speaks_of_no_past_in_a_plan(self, spec: Spec) -> None:
        for week in plan_program(spec).weeks:
            for reason in week.reasons.values():
                assert REASONS[reason.code].wording.planned is not None
                assert is_planned(reason)

    @given_few(histories())
    def test_speaks_of_no_past_in_a_projected_week(self, journal: Journal) -> None:
        for week in journal.followed.weeks():
            if week.projected:
                assert all(is_planned(reason) for reason in week.reasons.values())


class TestAfterContinue:
    @given_few(histories(most=6), CHANGES)
    def test_names_what_the_changes_led_to(self, journal: Journal, changes: dict[str, Any]) -> None:
        before = journal.followed
        follower = journal.carry_on(cleared=True, **cast(SpecFields, changes))
        followed = follower.followed
        assert followed.running
        printed = followed.constants.printed
        for track, reason in followed.week_reasons().items():
            if reason.code not in CONTINUED:
                continue
            state = followed.running.week.standing.tracks[track]
            if reason.code == "CLEARED":
                assert before.block is not None
            else:
                assert changes
                assert printed[state.rung].exercise.name in reason.sentence
                amount = state.reps * 5 if state.rung.hold else state.reps
                assert f" {amount} " in reason.sentence
