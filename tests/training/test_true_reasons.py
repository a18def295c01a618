"""Reasons are true: no sentence that is shown contradicts the log or the week that it stands in."""

import datetime
import re
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given, settings

from app.training.catalog.reasons import REASONS, Reason
from app.training.log.completed import MorningPain
from app.training.planning.spec import Race, Spec, SpecFields
from app.training.planning.standing import PAIN_CODES, TrackState
from tests.properties import at_most
from tests.training.claims import CLAIMS, find_contradiction
from tests.training.histories import CHANGES, Week, histories, log_next
from tests.training.journal import FIRST_DAY, Journal, sessions, sets
from tests.training.notation import TRACK
from tests.training.strategies import given_few, plan_program, specs
from tests.training.told_reasons import Told, list_told
from tests.training.week_reasons import list_reasons

# Codes that only `continue` gives.
CONTINUED = {"SPEC_CHANGED", "EQUIPMENT_BACK", "CLEARED"}
# Codes of a step that is due. Those of all other steps have a sentence for what is to come.
JUMPS = {"ACCELERATE_RUNG", "ACCELERATE_LOAD"}
UNDISTURBED: SpecFields = {"deload_every": 0}
# A race on a Thursday leaves the third week its Monday, which is for the calf alone.
CROWDED: SpecFields = {
    **UNDISTURBED,
    "start_date": FIRST_DAY,
    "weekdays": (0, 1, 3, 4),
    "races": (Race(FIRST_DAY + datetime.timedelta(days=17), taper=False),),
}
HURT: Week = [sets("SK", pain=7)]
WATCHED: Week = [sets("SK", pain=3)]
# What happened until a track is told something, by the code of that.
EVENTS: dict[str, tuple[str, SpecFields, list[Week]]] = {
    "PAIN_ABOVE_5": ("SK", UNDISTURBED, [(), HURT]),
    "SIBLING_PAIN": ("BK", UNDISTURBED, [(), HURT]),
    "PAIN_WORSE_NEXT_MORNING": ("SK", UNDISTURBED, [[sessions(morning_pain=MorningPain(4))]]),
    "PAIN_PERSISTS": ("SK", UNDISTURBED, 3 * [WATCHED]),
    "PAIN_NOT_SETTLING": ("SK", UNDISTURBED, 2 * [WATCHED]),
    "PAIN_ACCEPTABLE_HOLD": ("SK", UNDISTURBED, [(), WATCHED]),
    "RETURN_AFTER_PAIN": ("SK", UNDISTURBED, [HURT, ()]),
    "RESUME_FULL": ("SK", UNDISTURBED, [HURT, (), ()]),
    "MISSED_WEEK_REPEAT": ("SK", UNDISTURBED, [(), None]),
    "NOT_SCHEDULED": ("SU", CROWDED, [(), [sets("SU", omit=True)], ()]),
}


def fits(sentence: str, template: str) -> bool:
    """Whether a sentence is a template with its names in braces filled in."""
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", re.escape(template)), sentence) is not None


def is_planned(reason: Reason) -> bool:
    """Whether a sentence is the one that its code has for what is to come."""
    rule = REASONS[reason.code]
    planned = [one.planned for one in (rule.wording, *rule.variants.values())]
    return any(fits(reason.sentence, one) for one in planned if one is not None)


def was_earned_before(reason: Reason, state: TrackState) -> bool:
    """Whether a reason waits in the running week, which is lighter or has no room, and so is as
    true in a week to come as in that one. `state` is the track's in the running week.
    """
    if reason.code in JUMPS:
        return state.due == "jump"
    if reason.code == "ASYMMETRY_HOLD":
        return state.weak is not None
    return reason.code == state.why


class TestAfterALog:
    def test_checks_the_claim_of_every_code(self) -> None:
        assert CLAIMS.keys() | CONTINUED == REASONS.keys()

    @settings(max_examples=at_most(200))
    @given(histories() | histories(started=True))
    def test_says_nothing_that_is_not_so(self, journal: Journal) -> None:
        for told in list_told(journal.followed):
            assert find_contradiction(told) is None


def find_told(journal: Journal, track: str) -> Told:
    """Return what a track is told in the running week."""
    return [told for told in list_told(journal.followed) if told.track == TRACK[track]][-1]


class TestClaims:
    """A reason is true when it is told, and a contradiction weeks after what it speaks of."""

    @pytest.mark.parametrize("code", EVENTS)
    def test_refuse_a_reason_of_long_ago(self, code: str) -> None:
        track, wish, weeks = EVENTS[code]
        journal = Journal(**wish)
        for week in weeks:
            log_next(journal, week)
        told = find_told(journal, track)
        assert told.reason.code == code
        assert find_contradiction(told) is None
        later = find_told(journal.train(weeks=3), track)
        assert find_contradiction(replace(later, reason=told.reason)) is not None


class TestOfWhatIsToCome:
    @given_few(specs())
    def test_speaks_of_no_past_in_a_plan(self, spec: Spec) -> None:
        for week in plan_program(spec).weeks:
            for reason in list_reasons(week).values():
                assert REASONS[reason.code].wording.planned is not None
                assert is_planned(reason)

    @given_few(histories())
    def test_speaks_of_no_past_in_a_projected_week(self, journal: Journal) -> None:
        """But of what is so until then: pain, and a reason that no week could say yet."""
        followed = journal.followed
        for week in followed.weeks():
            for track, reason in list_reasons(week).items() if week.projected else ():
                if REASONS[reason.code].wording.planned is None:
                    assert followed.running
                    state = followed.running.planned.standing.tracks[track]
                    assert reason.code in PAIN_CODES or was_earned_before(reason, state)
                else:
                    assert is_planned(reason)


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
