"""The logbook: each set once, in the week of its work, and pain in the week of its date."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.catalog.reasons import NOTE_SENTENCES
from app.training.catalog.track_definitions import TRACKS
from app.training.log import logbook
from app.training.log.completed import CompletedSession, CompletedSet, LoggedTest, MorningPain
from app.training.log.logbook import Logbook, WeekLog, build_logbook
from app.training.log.set_records import MorningScore, SetRecord, scale
from app.training.planning.load import Load
from tests.training.journal import (
    CORE,
    EVENING,
    FIRST_DAY,
    make_id,
    make_session,
    make_set,
)
from tests.training.strategies import make_constants

DAY = datetime.timedelta(days=1)
DATED: dict[str, Any] = {"start_date": FIRST_DAY}
MINUTE = datetime.timedelta(minutes=1)


def read(*sessions: CompletedSession, **wish: Any) -> Logbook:
    """Normalise sessions in a programme, by default one without dates."""
    return build_logbook(make_constants(**wish), sessions)


def records(log: Logbook) -> list[SetRecord]:
    """Return every record in order."""
    return [record for week in log.weeks.values() for record in week.records]


def list_codes(log: Logbook) -> list[str]:
    return [note.code for note in log.notes]


class TestIdentity:
    def test_keeps_the_highest_version_of_a_set(self) -> None:
        same = make_id("same")
        versions = [make_set(set_id=same, version=v, reps=10 + v) for v in (1, 3, 2)]
        log = read(*(make_session(each) for each in versions))
        assert [record.reps for record in records(log)] == [13]

    @pytest.mark.parametrize("turn", [1, -1])
    def test_ranks_a_missing_version_lowest(self, turn: int) -> None:
        plain = make_set(reps=20)
        versioned = replace(plain, version=1, reps=10)
        log = read(*[make_session(plain), make_session(versioned)][::turn])
        assert [record.reps for record in records(log)] == [10]

    def test_chooses_between_equal_versions_by_content(self) -> None:
        first = make_set(version=1, reps=10)
        second = replace(first, reps=12)
        sent = [make_session(first), make_session(second)]
        assert read(*sent) == read(*sent[::-1])
        assert [record.reps for record in records(read(*sent))] == [12]

    def test_counts_a_set_of_two_sessions_once(self) -> None:
        done = make_set()
        log = read(make_session(done), make_session(done, session_id=make_id("other")))
        assert len(records(log)) == 1

    def test_merges_the_sets_of_two_uploads_of_a_session(self) -> None:
        log = read(make_session(make_set(set_index=1)), make_session(make_set(set_index=2)))
        assert [record.set_index for record in records(log)] == [1, 2]

    def test_takes_the_fields_of_the_highest_version_of_a_session(self) -> None:
        new = make_session(make_set(), version=2, morning_pain=MorningPain(4))
        old = make_session(make_set(), version=1, morning_pain=MorningPain(1))
        for sent in ([new, old], [old, new]):
            (record,) = records(read(*sent))
            assert record.morning == MorningScore(scale(4), frozenset(make_constants().tracks))
            assert len(logbook.select_newest_sessions(sent)) == 1


def send_twice(
    minutes: int = 0, *, first: CompletedSet | None = None, **second: Any
) -> Sequence[CompletedSession]:
    """Return the sessions of two devices that hold a set each, some minutes apart."""
    here = first or make_set(pain=0)
    moment = EVENING + minutes * MINUTE
    there = make_set(**{"pain": 0, "performed_at": moment, "set_id": make_id("copy")} | second)
    return (
        make_session(here),
        make_session(there, session_id=make_id("copy"), started_at=moment),
    )


class TestDuplicates:
    @pytest.mark.parametrize(("minutes", "count"), [(0, 1), (9, 1), (10, 1), (11, 2), (25, 2)])
    def test_are_within_ten_minutes(self, minutes: int, count: int) -> None:
        log = read(*send_twice(minutes))
        assert len(records(log)) == count
        assert list_codes(log) == ["POSSIBLE_DUPLICATE"] * (2 - count)

    @pytest.mark.parametrize(
        "other", [{"side": "left"}, {"set_index": 2}, {"exercise": "two-leg-calf-raise-floor"}]
    )
    def test_have_the_same_rung_side_and_number(self, other: dict[str, Any]) -> None:
        assert len(records(read(*send_twice(3, **other)))) == 2

    def test_may_differ_in_all_else(self) -> None:
        assert len(records(read(*send_twice(3, reps=12, rir=1, load=Load(5, "kg"))))) == 1

    def test_are_the_later_session(self) -> None:
        (record,) = records(read(*send_twice(5, reps=12)))
        assert (record.reps, record.session_id) == (15, make_id(1, 1))

    def test_are_not_sets_of_one_session(self) -> None:
        twins = [make_set(set_id=make_id(n)) for n in (1, 2)]
        assert len(records(read(make_session(*twins)))) == 2

    def test_are_found_across_the_spans_in_which_sets_are_kept(self) -> None:
        first = make_set(performed_at=EVENING - MINUTE)
        assert len(records(read(*send_twice(1, first=first)))) == 1

    @pytest.mark.parametrize(("pain", "count"), [(2.9, 1), (3, 2), (7, 2)])
    def test_keep_their_pain_and_count_no_work(self, pain: float, count: int) -> None:
        found = records(read(*send_twice(2, pain=pain)))
        assert len(found) == count
        assert [record.is_done for record in found].count(True) == 1
        assert max(record.pain or 0 for record in found) == (scale(pain) if count == 2 else 0)
        assert {record.session for record in found} == ({0, 1} if count == 2 else {1})

    def test_keep_the_pain_of_the_morning_after(self) -> None:
        first, second = send_twice(2)
        log = read(first, replace(second, morning_pain=MorningPain(4)))
        assert [record.reps for record in records(log)] == [0, 15]
        assert log.of_week(1).uploads[1].morning is not None


class TestWeekLog:
    def test_has_the_sets_of_all_uploads_in_order(self) -> None:
        step = make_set(exercise="step-up", side="left")
        second = make_session(make_set(performed_at=EVENING + 3 * DAY), session=2)
        log = read(second, make_session(step, make_set(set_index=2), make_set())).of_week(1)
        assert [(r.session, r.track, r.set_index) for r in log.records] == [
            (1, "straight_knee", 1),
            (1, "straight_knee", 2),
            (1, "step_up", 1),
            (2, "straight_knee", 1),
        ]
        assert [one.session_id for one in log.uploads] == [make_id(1, 1), make_id(1, 2)]
        assert [len(found) for found in log.records_by_session().values()] == [3, 1]

    def test_has_the_fields_of_an_upload(self) -> None:
        session = make_session(status="partial", heel_rise_test=LoggedTest(12, 10))
        (entry,) = read(session).of_week(1).uploads
        assert (entry.date, entry.status) == (FIRST_DAY, "partial")
        assert entry.places == {1}
        assert (entry.test, entry.records) == ((12, 10), ())

    def test_is_empty_for_other_weeks(self) -> None:
        assert read(make_session(make_set())).of_week(2) == WeekLog()


class TestLogbook:
    def test_knows_the_last_week_with_sets(self) -> None:
        empty = make_session(week=5, session_id=make_id(5))
        assert read(make_session(make_set(), week=3), empty).last_week_with_sets() == 3
        assert read(empty).last_week_with_sets() == 0

    def test_knows_the_last_week_with_a_warning_sign(self) -> None:
        flagged = make_session(week=4, session_id=make_id(4), red_flags=("fever",))
        assert read(make_session(make_set()), flagged).last_flagged_week() == 4
        assert read().last_flagged_week() == 0


class TestRedFlags:
    @pytest.mark.parametrize(("days", "week"), [(-400, 1), (0, 1), (10, 2), (83, 12), (400, 12)])
    def test_count_for_the_week_of_the_date_or_the_nearest(self, days: int, week: int) -> None:
        moment = EVENING + days * DAY
        flagged = make_session(week=None, started_at=moment, red_flags=("night_pain",))
        assert read(flagged, **DATED).last_flagged_week() == week

    @pytest.mark.parametrize(("week", "found"), [(3, 3), (None, 12), (0, 12), (99, 12)])
    def test_count_for_the_logged_week_or_block_at_once(self, week: int | None, found: int) -> None:
        assert read(make_session(week=week, red_flags=("fever",))).last_flagged_week() == found


class TestPainByDate:
    """Session 2 of the first week, done some days late in the second."""

    def read_late(
        self, *sets: CompletedSet, morning: MorningPain | None = None, days: int = 8, **wish: Any
    ) -> Logbook:
        moment = EVENING + days * DAY
        return read(
            make_session(*sets, session=2, started_at=moment, morning_pain=morning),
            **(DATED | wish),
        )

    def test_stands_in_the_week_of_the_date_without_work(self) -> None:
        log = self.read_late(make_set(pain=7), make_set(set_index=2, pain=2))
        first, second = log.of_week(1), log.of_week(2)
        assert [(r.session, r.reps, r.pain) for r in first.records] == [
            (2, 15, None),
            (2, 15, scale(2)),
        ]
        assert [(r.session, r.reps, r.pain) for r in second.records] == [
            (0, 0, scale(7)),
            (0, 0, None),
        ]

    def test_includes_the_morning(self) -> None:
        log = self.read_late(make_set(), morning=MorningPain(4))
        (first,), (second,) = log.of_week(1).uploads, log.of_week(2).uploads
        assert (first.morning, first.records[0].morning) == (None, None)
        assert second.morning is not None
        assert second.records[0].morning == second.morning
        assert first.places == {2}
        assert not second.places

    def test_moves_no_test_and_no_status(self) -> None:
        moment = EVENING + 8 * DAY
        late = make_session(
            make_set(pain=7), session=2, started_at=moment, heel_rise_test=LoggedTest(9, 9)
        )
        log = read(late, **DATED)
        (first,), (second,) = log.of_week(1).uploads, log.of_week(2).uploads
        assert (first.test, first.status) == ((9, 9), "completed")
        assert (second.test, second.status) == (None, "in_progress")

    @pytest.mark.parametrize(
        ("sets", "morning", "wish"),
        [
            # Less than 3.
            ([make_set(pain=2.9)], MorningPain(2), {}),
            # Nothing was trained.
            ([], MorningPain(7), {}),
            # There is no second week.
            ([make_set(pain=7)], None, {"weeks": 1}),
        ],
    )
    def test_stays_with_the_work_otherwise(
        self, sets: list[CompletedSet], morning: MorningPain | None, wish: dict[str, Any]
    ) -> None:
        log = self.read_late(*sets, morning=morning, **wish)
        assert list(log.weeks) == [1]
        assert [r.pain for r in log.of_week(1).records] == [scale(one.pain or 0) for one in sets]

    def test_stays_with_the_work_in_its_own_week(self) -> None:
        assert list(self.read_late(make_set(pain=7), days=3).weeks) == [1]

    def test_stands_in_an_earlier_week_too(self) -> None:
        moment = EVENING + 5 * DAY
        early = make_session(make_set(pain=4), week=2, started_at=moment)
        log = read(early, **DATED)
        assert [record.pain for record in records(log)] == [scale(4), None]
        assert list_codes(log) == ["DONE_EARLY"]


class TestNotes:
    def test_keep_the_pain_of_a_set_that_is_implausible(self) -> None:
        done = make_set(reps=101, pain=6)
        log = read(make_session(done))
        assert [(r.reps, r.pain) for r in records(log)] == [(0, scale(6))]
        assert [(note.code, note.set_id) for note in log.notes] == [
            ("IMPLAUSIBLE_IGNORED", done.set_id)
        ]

    def test_tell_of_a_hold_without_its_seconds(self) -> None:
        hold = make_set(exercise="plank-knees", reps=None, duration_s=None)
        log = read(make_session(hold), **CORE)
        assert (list_codes(log), records(log)[0].is_done) == (["HOLD_WITHOUT_DURATION"], False)

    @pytest.mark.parametrize(
        ("exercise", "code"), [("burpee", "UNKNOWN_EXERCISE"), ("plank", "NOT_IN_PROGRAMME")]
    )
    def test_tell_of_an_exercise_that_does_not_belong(self, exercise: str, code: str) -> None:
        log = read(make_session(make_set(exercise=exercise, pain=7)))
        assert (records(log), list_codes(log)) == ([], [code])

    def test_come_once_each(self) -> None:
        odd = make_session(make_set(exercise="burpee"), make_set(rir=9, rpe=9))
        log = read(odd, replace(odd, version=4), odd)
        assert list_codes(log) == ["CONTRADICTORY_EFFORT", "UNKNOWN_EXERCISE"]
        assert all(note.sentence == NOTE_SENTENCES[note.code] for note in log.notes)
        assert {note.session_id for note in log.notes} == {odd.session_id}


IDS = st.integers(0, 3).map(make_id)
VERSIONS = st.none() | st.integers(0, 2)
SETS = st.builds(
    make_set,
    set_id=IDS,
    version=VERSIONS,
    exercise=st.sampled_from(["straight-leg-calf-raise", "step-up", "plank", "burpee"]),
    side=st.sampled_from(["left", "right", None]),
    set_index=st.integers(1, 2),
    reps=st.sampled_from([0, 8, 15, 101, None]),
    duration_s=st.sampled_from([None, 20.0]),
    pain=st.sampled_from([None, 0, 3, 7]),
    rir=st.sampled_from([0, 4, None]),
    rpe=st.sampled_from([6, 9.5, None]),
    performed_at=st.sampled_from([EVENING, EVENING + 7 * MINUTE, EVENING + 14 * MINUTE]),
)


@st.composite
def uploads(draw: st.DrawFn) -> CompletedSession:
    """Draw a session with a few sets, some of which share an id."""
    sets = draw(st.lists(SETS, max_size=4))
    return make_session(
        *sets,
        session_id=draw(IDS),
        version=draw(VERSIONS),
        week=draw(st.sampled_from([None, 1, 2, 40])),
        session=draw(st.sampled_from([None, 1, 2])),
        started_at=EVENING + draw(st.integers(-1, 9)) * DAY,
        red_flags=draw(st.sampled_from([(), ("fever",)])),
    )


class TestArrival:
    @settings(max_examples=60)
    @given(st.lists(uploads(), max_size=6), st.sampled_from([{}, DATED]), st.data())
    def test_ignores_order_and_repetition_i_26(
        self, sent: list[CompletedSession], wish: dict[str, Any], data: st.DataObject
    ) -> None:
        """Sessions may arrive in any order, repeatedly, and set by set."""
        again = data.draw(st.lists(st.sampled_from(sent), max_size=4)) if sent else []
        alone = [replace(whole, sets=(part,)) for whole in again for part in whole.sets]
        shuffled = data.draw(st.permutations([*sent, *again, *alone]))
        log = read(*shuffled, **wish)
        assert log == read(*sent, **wish)
        places = [
            (record.week, record.session, TRACKS.index(record.track), record.set_index)
            for record in records(log)
        ]
        assert places == sorted(places)
