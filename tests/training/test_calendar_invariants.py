"""The invariants of science 3.9 on days, times and what is planned together."""

from itertools import pairwise

from app.training.catalog.track_definitions import BASE_TRACKS, DEFINITIONS, TISSUES
from app.training.planning import training_calendar
from app.training.planning.plan_constants import derive
from app.training.planning.spec import Spec
from tests.training.histories import journals
from tests.training.journal import Journal
from tests.training.queries import list_answers, list_exercises, list_weeks
from tests.training.strategies import UNDISTURBED, given_few, plan_program, specs


class TestDays:
    @given_few(specs())
    def test_leaves_48_hours_between_sessions_of_a_tissue(self, spec: Spec) -> None:
        """I-13, across the week boundary too."""
        first = spec.start_date.weekday() if spec.start_date else 0
        trained: dict[str, list[int]] = {tissue: [] for tissue in TISSUES}
        for week in list_weeks(Journal(spec)):
            for session in week.sessions:
                day = 7 * week.index + (session.place.weekday - first) % 7
                for tissue in {DEFINITIONS[slot.rung.track].tissue for slot in session.slots}:
                    trained[tissue].append(day)
        for days in trained.values():
            assert all(after - before >= 2 for before, after in pairwise(days))

    @given_few(journals())
    def test_leaves_the_days_around_every_race_free(self, journal: Journal) -> None:
        """I-14."""
        for week in list_weeks(journal):
            for session in week.sessions:
                for race in journal.spec.races:
                    assert session.date
                    assert (race.date - session.date).days not in range(-3, 3)

    @given_few(journals())
    def test_leaves_paused_days_and_weeks_free(self, journal: Journal) -> None:
        """I-34."""
        for week in list_weeks(journal):
            assert week.kind != "pause" or not week.sessions
            assert week.index not in journal.spec.pause_weeks or week.kind == "pause"
            for session in week.sessions:
                for pause in journal.spec.pauses:
                    assert session.date
                    assert not pause.from_date <= session.date <= pause.to_date

    @given_few(specs(begin_from=None, **UNDISTURBED))
    def test_keeps_every_session_of_an_undisturbed_week(self, spec: Spec) -> None:
        places = derive(spec).places
        for week in list_weeks(Journal(spec)):
            assert training_calendar.list_open_places(spec, places, week.index) == places


class TestTime:
    @given_few(journals(session_minutes=10) | journals(begin_from=1))
    def test_keeps_sessions_within_the_time_and_never_empty(self, journal: Journal) -> None:
        """I-15."""
        for week in list_answers(journal):
            for session in week.sessions:
                assert session.est_minutes <= journal.spec.session_minutes
                assert session.exercises

    @given_few(
        specs(begin_from=None, core=(), session_minutes=10, **UNDISTURBED)
        | specs(begin_from=None, core=(), **UNDISTURBED)
    )
    def test_trains_each_base_track_in_every_two_weeks(self, spec: Spec) -> None:
        """I-36, where two sessions a week hold all tracks and each has time for two exercises."""
        weeks = plan_program(spec).weeks
        for pair in pairwise(weeks):
            sessions = [session for week in pair for session in week.sessions]
            whole = all(one.type == "F" and len(one.exercises) >= 2 for one in sessions)
            if whole and len(sessions) >= 4:
                assert {one.track for one in list_exercises(*pair)} >= {*BASE_TRACKS}


class TestChoices:
    @given_few(journals())
    def test_asks_for_no_high_step_without_load_beside_a_loaded_one(self, journal: Journal) -> None:
        """I-38."""
        numbers = {rung.number for rung in derive(journal.spec).ladders["step_up"]}
        assert 5 not in numbers or numbers.isdisjoint({6, 7})

    @given_few(journals())
    def test_suggests_a_test_in_deload_weeks_and_a_last_build_week_only(
        self, journal: Journal
    ) -> None:
        """I-39."""
        for week in list_answers(journal):
            last = week.index == journal.spec.weeks and week.kind == "build"
            assert week.retest is (week.kind == "deload" or last)
