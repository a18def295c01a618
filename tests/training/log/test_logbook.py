"""The logbook: how sessions and sets are normalised, each rule at its boundary."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.catalog.reasons import NOTE_SENTENCES
from app.training.catalog.track_definitions import TRACKS
from app.training.log.completed import CompletedSession, Load, MorningPain
from app.training.log.logbook import Logbook, MorningScore, SetRecord, build_logbook, scale
from app.training.planning.spec import SpecFields
from tests.training.journal import (
    EVENING,
    FIRST_DAY,
    TRACK,
    make_id,
    make_session,
    make_set,
)
from tests.training.strategies import make_constants


def read(*sessions: CompletedSession, **wish: Any) -> Logbook:
    """Normalise sessions in a programme, by default one without dates."""
    return build_logbook(make_constants(**wish), sessions)


def records(log: Logbook) -> list[SetRecord]:
    """Return every record in order."""
    return [record for week in log.weeks.values() for record in week]


def one(**fields: Any) -> SetRecord:
    """Return the record of a single set."""
    (record,) = records(read(make_session(make_set(**fields))))
    return record


def list_codes(log: Logbook) -> list[str]:
    return [note.code for note in log.notes]


class TestSelectNewest:
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
        (record,) = records(read(new, old))
        assert record.morning_pain == MorningScore(scale(4), TRACKS)


class TestFindWeek:
    @pytest.mark.parametrize(
        ("zone", "start", "moment", "week"),
        [
            ("UTC", "2027-03-22", "2027-03-28T23:59:59Z", 1),
            ("UTC", "2027-03-22", "2027-03-29T00:00:00Z", 2),
            # On 28 March the clocks of Berlin go forward: Monday begins an hour earlier.
            ("Europe/Berlin", "2027-03-22", "2027-03-21T22:59:59Z", None),
            ("Europe/Berlin", "2027-03-22", "2027-03-21T23:00:00Z", 1),
            ("Europe/Berlin", "2027-03-22", "2027-03-28T21:59:59Z", 1),
            ("Europe/Berlin", "2027-03-22", "2027-03-28T22:00:00Z", 2),
            # On 31 October they go back.
            ("Europe/Berlin", "2027-10-25", "2027-10-24T22:00:00Z", 1),
            ("Europe/Berlin", "2027-10-25", "2027-10-31T22:59:59Z", 1),
            ("Europe/Berlin", "2027-10-25", "2027-10-31T23:00:00Z", 2),
            # Chatham goes from +13:45 to +12:45 on 4 April.
            ("Pacific/Chatham", "2027-03-29", "2027-03-28T10:15:00Z", 1),
            ("Pacific/Chatham", "2027-03-29", "2027-04-04T11:14:59Z", 1),
            ("Pacific/Chatham", "2027-03-29", "2027-04-04T11:15:00Z", 2),
            # Whatever offset a moment was given in.
            ("Europe/Berlin", "2027-03-22", "2027-03-29T09:00:00+13:00", 1),
        ],
    )
    def test_starts_a_week_at_midnight_in_the_programme_s_zone(
        self, zone: str, start: str, moment: str, week: int | None
    ) -> None:
        done = make_set(performed_at=datetime.datetime.fromisoformat(moment))
        first = datetime.date.fromisoformat(start)
        log = read(make_session(done), timezone=zone, start_date=first)
        assert list(log.weeks) == ([] if week is None else [week])
        assert list_codes(log) == (["OUT_OF_RANGE"] if week is None else [])

    def test_divides_a_session_that_passes_midnight(self) -> None:
        late = datetime.datetime(2027, 3, 7, 23, 59, tzinfo=datetime.UTC)
        moments = (late, late + datetime.timedelta(minutes=2))
        sets = (make_set(performed_at=moment) for moment in moments)
        assert list(read(make_session(*sets), start_date=FIRST_DAY).weeks) == [1, 2]

    def test_prefers_the_date_to_the_logged_week(self) -> None:
        assert list(read(make_session(make_set(), week=5), start_date=FIRST_DAY).weeks) == [1]

    @pytest.mark.parametrize(
        ("week", "code"),
        [(0, "OUT_OF_RANGE"), (1, None), (12, None), (13, "OUT_OF_RANGE"), (None, "WEEK_REQUIRED")],
    )
    def test_requires_the_week_in_a_programme_without_dates(
        self, week: int | None, code: str | None
    ) -> None:
        done = make_set()
        log = read(make_session(done, week=week))
        assert list(log.weeks) == ([] if code else [week])
        assert [(note.code, note.set_id) for note in log.notes] == (
            [(code, done.set_id)] if code else []
        )

    @pytest.mark.parametrize(("days", "week"), [(-1, None), (0, 1), (83, 12), (84, None)])
    def test_rejects_a_date_outside_the_programme(self, days: int, week: int | None) -> None:
        done = make_set(performed_at=EVENING + datetime.timedelta(days=days))
        log = read(make_session(done), start_date=FIRST_DAY)
        assert list(log.weeks) == ([] if week is None else [week])


class TestPlausibility:
    @pytest.mark.parametrize(
        ("fields", "wish"),
        [
            ({"reps": 101}, {}),
            ({"load": Load(210.01, "kg")}, {}),
            ({"load": Load(462.98, "lb")}, {}),
            ({"load": Load(240.01, "kg")}, {"body_mass": 80}),
            ({"load": Load(462.01, "lb")}, {"units": "imperial"}),
        ],
    )
    def test_ignores_more_than_100_repetitions_or_three_body_masses(
        self, fields: dict[str, Any], wish: SpecFields
    ) -> None:
        done = make_set(**fields)
        log = read(make_session(done), **wish)
        assert (records(log), list_codes(log)) == ([], ["IMPLAUSIBLE_IGNORED"])
        assert log.notes[0].set_id == done.set_id

    @pytest.mark.parametrize(
        ("fields", "wish"),
        [
            ({"reps": 100}, {}),
            ({"load": Load(210, "kg")}, {}),
            ({"load": Load(462.97, "lb")}, {}),
            ({"load": Load(240, "kg")}, {"body_mass": 80}),
            ({"load": Load(462, "lb")}, {"units": "imperial"}),
        ],
    )
    def test_counts_up_to_100_repetitions_and_three_body_masses(
        self, fields: dict[str, Any], wish: SpecFields
    ) -> None:
        log = read(make_session(make_set(**fields)), **wish)
        assert (len(records(log)), list_codes(log)) == (1, [])

    def test_ignores_an_exercise_outside_the_catalogue(self) -> None:
        log = read(make_session(make_set(exercise="burpee")))
        assert (records(log), list_codes(log)) == ([], ["UNKNOWN_EXERCISE"])


class TestReserve:
    @pytest.mark.parametrize(
        ("rir", "rpe", "reserve", "contradicts"),
        [
            (None, None, None, False),
            (3, None, 3, False),
            (None, 8, 2, False),
            (None, 7.5, 2.5, False),
            (None, 10, 0, False),
            (6, 10, 0, True),
            (3, 8, 2, False),
            (3, 8.01, 1.99, True),
            (2, 7, 2, False),
            (1, 7, 1, True),
        ],
    )
    def test_is_the_lower_of_rir_and_rpe_with_a_note_if_they_contradict(
        self, rir: float | None, rpe: float | None, reserve: float | None, contradicts: bool
    ) -> None:
        log = read(make_session(make_set(rir=rir, rpe=rpe)))
        (record,) = records(log)
        assert record.rir == (None if reserve is None else scale(reserve))
        assert list_codes(log) == ["CONTRADICTORY_EFFORT"] * contradicts


class TestMorningPain:
    @pytest.mark.parametrize(
        ("site", "tracks"),
        [
            *((site, {"SK", "BK"}) for site in ("calf", "achilles", "foot", "ankle")),
            *((site, {"SU"}) for site in ("knee", "hip", "back")),
            (None, {"SK", "BK", "SU"}),
            ("elbow", {"SK", "BK", "SU"}),
        ],
    )
    def test_counts_for_the_tracks_of_its_site(self, site: str | None, tracks: set[str]) -> None:
        (record,) = records(read(make_session(make_set(), morning_pain=MorningPain(4, site))))
        assert record.morning_pain is not None
        assert record.morning_pain.score == scale(4)
        assert set(record.morning_pain.tracks) == {TRACK[short] for short in tracks}

    def test_is_none_if_it_was_not_logged(self) -> None:
        (record,) = records(read(make_session(make_set(), morning_pain=None)))
        assert record.morning_pain is None


class TestRedFlagWeeks:
    @pytest.mark.parametrize(
        ("days", "weeks"), [(-400, {1}), (0, {1}), (10, {2}), (83, {12}), (400, {12})]
    )
    def test_includes_the_week_of_the_date_or_the_nearest(self, days: int, weeks: set[int]) -> None:
        moment = EVENING + datetime.timedelta(days=days)
        flagged = make_session(started_at=moment, red_flags=("night_pain",))
        assert read(flagged, start_date=FIRST_DAY).red_flag_weeks == weeks

    @pytest.mark.parametrize(("week", "weeks"), [(None, {1}), (3, {3}), (0, {1}), (99, {12})])
    def test_includes_the_logged_week(self, week: int | None, weeks: set[int]) -> None:
        assert read(make_session(week=week, red_flags=("fever",))).red_flag_weeks == weeks

    def test_includes_the_weeks_of_the_session_s_sets(self) -> None:
        sets = [make_set(performed_at=EVENING + datetime.timedelta(days=day)) for day in (8, 20)]
        log = read(make_session(*sets, red_flags=("fever",)), start_date=FIRST_DAY)
        assert log.red_flag_weeks == {2, 3}

    def test_includes_a_session_without_counted_sets(self) -> None:
        before = EVENING - datetime.timedelta(days=9)
        early = make_session(make_set(performed_at=before), started_at=before, red_flags=("fever",))
        log = read(early, start_date=FIRST_DAY)
        assert not log.weeks
        assert log.red_flag_weeks == {1}


class TestSetRecord:
    @pytest.mark.parametrize(
        ("exercise", "side", "units"),
        [
            ("straight-leg-calf-raise", "both", 2),
            ("straight-leg-calf-raise", None, 2),
            ("straight-leg-calf-raise", "left", 2),
            ("step-up", "left", 1),
            ("step-up", "right", 1),
            ("step-up", "both", 2),
            ("step-up", None, 2),
        ],
    )
    def test_counts_one_unit_for_each_leg(
        self, exercise: str, side: str | None, units: int
    ) -> None:
        assert one(exercise=exercise, side=side).units == units

    @pytest.mark.parametrize(
        ("fields", "done", "logged"),
        [
            ({}, True, True),
            ({"reps": 1}, True, True),
            ({"reps": 0}, False, False),
            ({"reps": None}, False, False),
            ({"kind": "warmup", "pain": None}, False, False),
            ({"kind": "warmup", "pain": 0}, False, True),
            ({"kind": "warmup", "pain": 0, "reps": 0}, False, False),
        ],
    )
    def test_distinguishes_done_sets_from_reports(
        self, fields: dict[str, Any], done: bool, logged: bool
    ) -> None:
        record = one(**fields)
        assert (record.is_done, record.shows_training) == (done, logged)


class TestNormalise:
    def test_orders_sets_that_differ_only_in_content(self) -> None:
        twins = [make_set(set_id=make_id(reps), reps=reps) for reps in (10, 12)]
        assert read(make_session(*twins)) == read(make_session(*twins[::-1]))

    def test_adds_each_note_once(self) -> None:
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
    exercise=st.sampled_from(["straight-leg-calf-raise", "step-up", "burpee"]),
    side=st.sampled_from(["left", "right", None]),
    set_index=st.integers(1, 2),
    reps=st.sampled_from([0, 8, 15, 101, None]),
    rir=st.sampled_from([0, 4, None]),
    rpe=st.sampled_from([6, 9.5, None]),
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
        red_flags=draw(st.sampled_from([(), ("fever",)])),
    )


class TestArrival:
    @settings(max_examples=60)
    @given(st.lists(uploads(), max_size=6), st.data())
    def test_ignores_order_and_repetition_i_26(
        self, sent: list[CompletedSession], data: st.DataObject
    ) -> None:
        """Sessions may arrive in any order, repeatedly, and set by set."""
        again = data.draw(st.lists(st.sampled_from(sent), max_size=4)) if sent else []
        alone = [replace(whole, sets=(part,)) for whole in again for part in whole.sets]
        shuffled = data.draw(st.permutations([*sent, *again, *alone]))
        log = read(*shuffled)
        assert log == read(*sent)
        places = [
            (record.week, record.session or 0, TRACKS.index(record.track), record.set_index)
            for record in records(log)
        ]
        assert places == sorted(places)
