"""The invariants of science 3.9 on `continue`: nothing is lost, and nothing grows too fast."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from hypothesis import assume
from hypothesis import strategies as st

from app.training.adapting import followed_program
from app.training.adapting.followed_program import FollowedProgram
from app.training.planning import week_answer
from app.training.planning.plan_constants import derive
from app.training.planning.spec import SpecFields
from app.training.planning.standing import TrackState
from app.training.planning.start_checks import check_start
from app.training.planning.week import Week
from tests.training import strategies
from tests.training.histories import (
    KINDS_OF_WEEK,
    OPENINGS,
    STRENGTHS,
    continued_histories,
    histories,
    log_next,
)
from tests.training.journal import Change, Journal
from tests.training.notation import list_cells
from tests.training.queries import list_weeks, pair_full_builds
from tests.training.strategies import given_few, plan_program
from tests.training.test_growth_invariants import grows_little


def plan_rest(followed: FollowedProgram, over: int) -> list[Week]:
    """Return the weeks after the first ones, numbered from 1, as a plan says them."""
    assert followed.running
    weeks = [followed.running.planned, *followed.projection]
    answers = [week_answer.build_week(followed.constants, week, planned=True) for week in weeks]
    return [replace(week, index=week.index - over) for week in answers]


def count_weeks_over(journal: Journal) -> int:
    """Return the weeks that are over or have begun."""
    running = journal.followed.running
    begun = running is not None and journal.followed.log.of_week(running.planned.index).records
    return len(journal.followed.past) + bool(begun)


def list_states(journal: Journal) -> list[TrackState]:
    """Return the states of the tracks. What a regress lowered matters only while it is said."""
    states = journal.followed.standing.tracks.values()
    said = "BELOW_TARGET_REGRESS"
    return [one if one.why == said else one._replace(lowered=None) for one in states]


class TestWithoutChange:
    @given_few(histories() | continued_histories())
    def test_gives_the_rest_of_the_same_programme(self, journal: Journal) -> None:
        """I-32, after any week, number for number and sentence for sentence."""
        assume(journal.followed.block is None)
        over = count_weeks_over(journal)
        rest = followed_program.follow(journal.spec, journal.log, through_week=over)
        assume(rest.running)
        assert plan_program(journal.carry_on().spec).weeks == tuple(plan_rest(rest, over))

    @given_few(histories(most=4, weeks=4, start_date=None))
    def test_gives_the_longer_programme_at_the_end(self, journal: Journal) -> None:
        """I-32. A race after the end, or a late session, would matter to the longer one only."""
        while journal.followed.running:
            journal.train()
        assume(journal.followed.block is None)
        assume(all((done.week or 0) <= 4 for done in journal.log))
        longer = replace(journal.spec, weeks=16)
        rest = followed_program.follow(longer, journal.log, through_week=4)
        assert plan_program(journal.carry_on().spec).weeks == tuple(plan_rest(rest, 4))

    @given_few(histories(most=3), st.lists(st.sampled_from([(), None, *KINDS_OF_WEEK]), max_size=5))
    def test_adapts_like_a_programme_that_was_never_divided(
        self, journal: Journal, later: list[Sequence[Change] | None]
    ) -> None:
        """I-32, whatever is logged after it."""
        assume(journal.followed.block is None)
        assume(count_weeks_over(journal) == journal.weeks_over < journal.spec.weeks)
        # The successor does not know what was logged late, or for a week to come.
        assume(max(journal.followed.log.weeks, default=0) <= journal.weeks_over)
        assume(not any(note.code.startswith("DONE_") for note in journal.followed.log.notes))
        follower = journal.carry_on()
        weeks = [c for c in later if c is None or not any(change.days for change in c)]
        for changes in weeks:
            log_next(journal, changes)
            log_next(follower, changes)
        assert follower.followed.status == journal.followed.status
        if journal.followed.running:
            assert list_cells(follower.week) == list_cells(journal.week)
            assert list_states(follower) == list_states(journal)


class TestWithChanges:
    @given_few(histories(most=6, continued=True), strategies.spec_fields(), st.booleans())
    def test_gives_a_programme_for_any_changes(
        self, journal: Journal, changes: SpecFields, cleared: bool
    ) -> None:
        # Dates belong to the programme before, masses to its units.
        left_out = {"start_date", "weeks", "race_date", "races", "pauses", "pause_weeks"}
        if changes.get("units") != journal.spec.units:
            left_out |= {"body_mass", "load_increment"}
        kept: Any = {name: value for name, value in changes.items() if name not in left_out}
        follower = journal.carry_on(cleared=cleared or bool(journal.followed.block), **kept)
        constants = derive(follower.spec)
        check_start(constants)
        assert plan_program(follower.spec).weeks
        follower.train()

    @given_few(histories(most=6), OPENINGS | STRENGTHS)
    def test_raises_the_volume_of_a_track_by_a_quarter_or_one_set_at_most(
        self, journal: Journal, changes: dict[str, Any]
    ) -> None:
        """I-8. What was away and comes back is where it was left. The rules let a track grow twice
        if it loses its version and gets a better test at the same time.
        """
        assume(journal.followed.block is None)
        follower = journal.carry_on(**cast(SpecFields, changes))
        constants = derive(follower.spec)
        past, to_come = list_weeks(journal)[: count_weeks_over(journal)], list_weeks(follower)
        for before, after in pair_full_builds(constants, [*past, *to_come]):
            if before in past and after in to_come:
                for track in before.standing.tracks.keys() & after.standing.tracks.keys():
                    back = after.start.shown[track] == "EQUIPMENT_BACK"
                    assert back or grows_little(constants, before, after, track)
