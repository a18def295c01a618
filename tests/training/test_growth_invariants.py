"""The invariants of science 3.9 on growth and on lighter weeks, in plans and after random logs."""

from dataclasses import replace
from itertools import groupby

from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning import week_plan
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.spec import Spec
from app.training.planning.week_plan import RenderedWeek
from tests.training.histories import journals, list_judged_weeks
from tests.training.journal import Journal
from tests.training.queries import (
    compute_volume,
    count_hard_sets,
    find_place,
    is_full,
    list_weeks,
    pair_full_builds,
    pair_last_builds,
)
from tests.training.strategies import given_few, specs

# Fewer repetitions do not divide well.
LEAST_REPS = 4


def grows_little(
    constants: PlanConstants, before: RenderedWeek, after: RenderedWeek, track: Track
) -> bool:
    """Whether the work of a track grows as I-8 allows."""
    was, now = before.standing.tracks[track], after.standing.tracks[track]
    volumes = [compute_volume(constants, week, track) for week in (before, after)]
    if 4 * volumes[1] <= 5 * volumes[0]:
        return True
    same = (was.rung, was.reps, was.load) == (now.rung, now.reps, now.load)
    at_floor = now.reps <= min(5, now.rung.reps_low)
    one_more = now.rung is was.rung and was.reps < LEAST_REPS and now.reps == was.reps + 1
    return (same and now.sets == was.sets + 1) or at_floor or one_more


class TestGrowth:
    @given_few(journals())
    def test_adds_a_quarter_of_the_sets_or_one_set_at_most(self, journal: Journal) -> None:
        """I-7."""
        constants = derive(journal.spec)
        for before, after in pair_full_builds(constants, list_weeks(journal)):
            sets = count_hard_sets(before)
            assert count_hard_sets(after) <= max(5 * sets / 4, sets + 1)

    @given_few(journals(begin_from=1))
    def test_raises_the_volume_of_a_track_by_a_quarter_or_one_set_at_most(
        self, journal: Journal
    ) -> None:
        """I-8. A start of fewer than four repetitions may grow by one."""
        constants = derive(journal.spec)
        for before, after in pair_full_builds(constants, list_weeks(journal)):
            for track in constants.tracks:
                assert grows_little(constants, before, after, track)

    @given_few(journals(begin_from=1))
    def test_stays_within_the_limits_of_each_rung_and_of_the_loads(self, journal: Journal) -> None:
        """I-16 and I-33."""
        constants = derive(journal.spec)
        for week in list_weeks(journal):
            for slot in (slot for session in week.sessions for slot in session.slots):
                assert slot.rung in constants.ladders[slot.rung.track]
                assert 1 <= slot.reps <= constants.top_reps(slot.rung)
                assert slot.sets >= 1
                assert (slot.load > 0) is slot.rung.loaded
                if slot.load:
                    assert constants.fit_load(slot.load) == slot.load <= constants.max_load

    @given_few(specs(begin_from=1))
    def test_climbs_one_rung_at_a_time_and_never_falls_without_a_log(self, spec: Spec) -> None:
        """I-19. After two or more weeks of pause the rung may fall."""
        constants = derive(spec)
        weeks = list_weeks(Journal(spec))
        for track in constants.tracks:
            before, paused = None, 0
            for week in weeks:
                paused += week.kind == "pause"
                if week.kind != "build":
                    continue
                place = find_place(constants, week, track)
                if before is not None:
                    assert place <= before + 1
                    assert place >= before or paused >= 2
                before, paused = place, 0

    @given_few(journals(begin_from=1))
    def test_climbs_one_rung_a_week_or_two_after_a_test(self, journal: Journal) -> None:
        """I-25."""
        constants = derive(journal.spec)
        for judged in list_judged_weeks(journal.followed):
            for track, before, after in judged.list_following():
                assert judged.following
                ladder = constants.ladders[track]
                climbed = ladder.index(after.rung) - ladder.index(before.rung)
                tested = judged.following.start.shown[track] == "RETEST_UP"
                assert climbed <= (2 if tested else 1)


class TestLighterWeeks:
    @given_few(journals())
    def test_holds_40_to_60_percent_of_the_repetitions_of_a_build_week(
        self, journal: Journal
    ) -> None:
        """I-9. The build week is the same week at full work."""
        constants = derive(journal.spec)
        for week in list_weeks(journal):
            lacking = min(state.reps for state in week.standing.tracks.values()) < LEAST_REPS
            if week.kind not in {"deload", "taper"} or lacking or not is_full(constants, week):
                continue
            full = week_plan.render(constants, replace(week.start, kind="build"))
            if not is_full(constants, full):
                continue
            reps = [
                sum(slot.sets * slot.reps for session in each.sessions for slot in session.slots)
                for each in (week, full)
            ]
            assert 0.4 <= reps[0] / reps[1] <= 0.6

    @given_few(specs(begin_from=1))
    def test_keeps_rung_and_load_before_a_race(self, spec: Spec) -> None:
        """I-10."""
        for build, lighter in pair_last_builds(list_weeks(Journal(spec))):
            for session in lighter.sessions:
                if session.kind in {"taper", "race"}:
                    for slot in session.slots:
                        state = build.standing.tracks[slot.rung.track]
                        assert (slot.rung, slot.load) == (state.rung, state.load)

    @given_few(journals(begin_from=1))
    def test_keeps_the_reserve_in_a_taper(self, journal: Journal) -> None:
        """I-10."""
        constants = derive(journal.spec)
        for week in list_weeks(journal):
            if week.kind == "taper":
                full = week_plan.render(constants, replace(week.start, kind="build"))
                for track in constants.tracks:
                    assert [slot.rir for slot in week.slots_of(track)] == [
                        slot.rir for slot in full.slots_of(track)
                    ]

    @given_few(journals(begin_from=1))
    def test_asks_for_one_set_of_each_exercise_before_a_race(self, journal: Journal) -> None:
        """I-37."""
        for week in list_weeks(journal):
            for session in week.sessions:
                if session.kind == "race":
                    assert {slot.sets for slot in session.slots} == {1}

    @given_few(journals(begin_from=1))
    def test_keeps_the_rung_and_reduces_effort_in_a_deload(self, journal: Journal) -> None:
        """I-11."""
        for week in list_weeks(journal):
            for session in week.sessions:
                if session.kind not in {"deload", "transition"}:
                    continue
                for slot in session.slots:
                    state = week.standing.tracks[slot.rung.track]
                    assert slot.rir == 5
                    assert slot.rung is state.rung
                    assert slot.load <= state.load

    @given_few(journals())
    def test_limits_the_build_weeks_in_a_row(self, journal: Journal) -> None:
        """I-12."""
        constants = derive(journal.spec)
        weeks = list_weeks(journal)
        trained = {week for week, log in journal.followed.log.weeks.items() if log.records}
        over = journal.weeks_over
        kinds = [
            "missed" if not week.sessions or (week.index <= over and week.index not in trained)
            else week.kind
            for week in weeks
        ]  # fmt: skip
        place = 0
        for kind, run in groupby(kinds):
            length = len(list(run))
            place += length
            every = max(
                (week.standing.deload_every(constants) for week in weeks[place - length : place]),
            )
            if kind == "build" and every:
                assert length <= every
                ordinary = place < len(kinds) and weeks[place].kind in {"build", "deload"}
                named = place < len(kinds) and weeks[place].index in journal.spec.lighter_weeks
                assert length < every or not ordinary or named
        assert journal.spec.deload_every or all(
            week.kind != "deload" or week.index in journal.spec.lighter_weeks for week in weeks
        )


class TestFullWeeks:
    @given_few(journals())
    def test_trains_each_track_in_a_full_week(self, journal: Journal) -> None:
        """I-5."""
        constants = derive(journal.spec)
        for week in list_weeks(journal):
            if is_full(constants, week) and week.kind != "pause":
                found = {slot.rung.track for session in week.sessions for slot in session.slots}
                assert found == set(constants.tracks)
                assert constants.tracks == tuple(t for t in TRACKS if t in constants.tracks)
