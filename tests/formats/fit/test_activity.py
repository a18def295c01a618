"""FIT activities: what is taken from them, and what is not guessed."""

import datetime
import pickle
import random
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.formats.fit import activity
from app.formats.imported_file import (
    FileLimitExceeded,
    FileUnreadable,
    ImportContext,
    ImportedFile,
    UnmappedExercise,
)
from app.sessions import from_wire
from app.sessions.field_types import Mass, Reps, Seconds
from app.sessions.schemas import SessionIn
from app.training.log.completed import CompletedSession, CompletedSet, Device, Load
from tests.formats.fit.raw_fit import (
    EVENING,
    FIT_EPOCH,
    build_file,
    file_id_message,
    message,
    session_message,
    set_message,
)
from tests.formats.fit.raw_fit import activity_message as summary

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
CONTEXT = ImportContext("runner-7", NOW)
BEGUN = datetime.datetime.fromtimestamp(EVENING + FIT_EPOCH, datetime.UTC)
# What is stored of a set is its load; kilograms follow from it.
SET_FIELDS = {"sets": {"__all__": {"load_kg"}}}
STORED = TypeAdapter(CompletedSession)
FIXED = (file_id_message(), session_message(), summary())


def read(*records: bytes, **known: Any) -> ImportedFile:
    return activity.read(build_file(*records), replace(CONTEXT, **known))


def only(*records: bytes, **known: Any) -> CompletedSet:
    """The one set of an ordinary strength session."""
    (found,) = read(*FIXED, *records, **known).sessions
    (one,) = found.sets
    return one


def codes(recording: ImportedFile) -> list[str]:
    return [remark.code for remark in recording.remarks]


class TestRead:
    def test_takes_a_set_as_it_was_done(self) -> None:
        one = only(set_message(EVENING + 60, reps=14, weight=40, duration=42_500, index=0))
        assert (one.exercise, one.side, one.set_index) == ("straight-leg-calf-raise", "both", 1)
        assert (one.reps, one.load_kg, one.duration_s) == (14, 2.5, 42.5)
        assert one.load == Load(2.5, "kg")
        assert one.performed_at == BEGUN + datetime.timedelta(seconds=60)
        assert (one.kind, one.prescribed, one.pain, one.rpe) == ("work", None, None, None)

    def test_takes_the_session_around_it(self) -> None:
        (found,) = read(*FIXED, set_message()).sessions
        assert (found.athlete_id, found.source, found.status) == ("runner-7", "fit", "completed")
        assert found.started_at == BEGUN
        assert found.ended_at == BEGUN + datetime.timedelta(hours=1)
        assert found.device == Device("garmin", "fenix6x", "watch")

    def test_keeps_the_offset_of_the_watch(self) -> None:
        for hours in (-9.5, 0, 5.75, 13):
            (found,) = read(
                file_id_message(), session_message(), summary(hours), set_message()
            ).sessions
            assert found.started_at.utcoffset() == datetime.timedelta(hours=hours)
            assert found.sets[0].performed_at.utcoffset() == datetime.timedelta(hours=hours)

    def test_takes_the_offset_of_the_callers_zone_if_the_watch_has_none(self) -> None:
        read_there = read(
            file_id_message(), session_message(), set_message(), time_zone="America/New_York"
        )
        assert read_there.sessions[0].started_at.utcoffset() == datetime.timedelta(hours=-5)
        assert "no_offset" not in codes(read_there)

    def test_says_that_it_knows_no_offset(self) -> None:
        found = read(file_id_message(), session_message(), summary(hours=30), set_message())
        assert found.sessions[0].started_at.utcoffset() == datetime.timedelta()
        assert "no_offset" in codes(found)

    def test_leaves_rests_out(self) -> None:
        (found,) = read(
            *FIXED, set_message(), set_message(EVENING + 40, kind=0), set_message(EVENING + 90)
        ).sessions
        assert [one.set_index for one in found.sets] == [1, 2]

    def test_counts_sets_of_each_exercise(self) -> None:
        names = [18, 15, 18, 15, 6]
        sets = [set_message(EVENING + 60 * n, name=name) for n, name in enumerate(names)]
        (found,) = read(*FIXED, *sets).sessions
        assert [one.set_index for one in found.sets] == [1, 1, 2, 2, 1]

    def test_knows_nothing_of_sides_where_one_leg_works(self) -> None:
        found = read(*FIXED, set_message(name=15))
        assert found.sessions[0].sets[0].side is None
        assert {r.code: r.pointer for r in found.remarks} == {
            "pain_unknown": "/sessions/0",
            "side_unknown": "/sessions/0/sets/0/side",
        }

    def test_keeps_zero_and_unknown_apart(self) -> None:
        assert only(set_message(weight=0, reps=0)).load_kg == 0
        assert only(set_message(weight=0, reps=0)).reps == 0
        unknown = only(set_message(weight=None, reps=None, duration=None))
        assert (unknown.load_kg, unknown.load, unknown.reps) == (None, None, None)
        assert unknown.duration_s is None

    def test_is_the_same_for_the_same_file(self) -> None:
        assert read(*FIXED, set_message(index=3)) == read(*FIXED, set_message(index=3))

    def test_can_be_handed_to_another_process(self) -> None:
        found = read(*FIXED, set_message())
        assert pickle.loads(pickle.dumps(found)) == found


class TestIds:
    def test_tell_people_watches_and_files_apart(self) -> None:
        others = [
            read(*FIXED, set_message()),
            read(*FIXED, set_message(), athlete_id="runner-8"),
            read(file_id_message(serial=1), session_message(), set_message()),
            read(file_id_message(made=EVENING + 1), session_message(), set_message()),
            read(file_id_message(serial=None, made=None), session_message(), set_message()),
        ]
        assert len({one.sessions[0].session_id for one in others}) == len(others)

    def test_stay_when_more_of_a_file_arrives(self) -> None:
        part = read(file_id_message(), set_message(index=0))
        whole = read(
            file_id_message(),
            set_message(index=0),
            set_message(EVENING + 60, index=2),
            session_message(),
            summary(),
        )
        assert part.sessions[0].session_id == whole.sessions[0].session_id
        assert part.sessions[0].sets[0].set_id == whole.sessions[0].sets[0].set_id

    def test_are_never_given_twice(self) -> None:
        sets = [set_message(EVENING + n, index=7) for n in range(5)] + [
            set_message(),
            set_message(),
        ]
        (found,) = read(*FIXED, *sets).sessions
        assert len({one.set_id for one in found.sets}) == 7


class TestSports:
    def test_yoga_has_no_strength_sets(self) -> None:
        found = read(file_id_message(), session_message(sub_sport=43), summary(), set_message())
        assert found.sessions == ()
        assert codes(found) == ["no_strength_sets"]

    def test_training_of_another_kind_counts_where_a_set_tells_something(self) -> None:
        bare = set_message(reps=None, category=None, name=None)
        assert read(file_id_message(), session_message(sub_sport=26), bare).sessions == ()
        (found,) = read(
            file_id_message(), session_message(sub_sport=26), bare, set_message()
        ).sessions
        assert len(found.sets) == 1

    def test_a_run_between_two_sessions_is_left_out(self) -> None:
        hour = 3600
        found = read(
            file_id_message(),
            set_message(EVENING + 100, index=1),
            set_message(EVENING + hour + 100, index=2),
            set_message(EVENING + 2 * hour + 100, index=3),
            set_message(EVENING + 2 * hour, index=4),
            session_message(EVENING + 2 * hour, hour),
            session_message(EVENING, hour),
            session_message(EVENING + hour, hour, sport=1, sub_sport=0),
            summary(),
        )
        assert [len(one.sets) for one in found.sessions] == [1, 2]
        assert found.sessions[0].started_at == BEGUN
        assert len({one.session_id for one in found.sessions}) == 2

    def test_a_file_cut_before_its_summary_counts_by_its_sets(self) -> None:
        bare = set_message(EVENING + 60, reps=None, category=None, name=None)
        (found,) = read(file_id_message(), set_message(), bare).sessions
        assert len(found.sets) == 1
        assert (found.started_at, found.ended_at) == (BEGUN, None)


class TestBadValues:
    @pytest.mark.parametrize(
        ("fields", "field", "code"),
        [
            ({"reps": 1001}, "reps", "bad_reps"),
            ({"reps": 65534}, "reps", "bad_reps"),
            ({"weight": 65534}, "load_kg", "bad_load"),
            ({"weight": 16_001}, "load_kg", "bad_load"),
            ({"duration": 86_400_001}, "duration_s", "bad_duration"),
        ],
        ids=str,
    )
    def test_become_unknown_and_the_rest_stays(
        self, fields: dict[str, int], field: str, code: str
    ) -> None:
        found = read(*FIXED, set_message(**fields), set_message(EVENING + 60))
        first, second = found.sessions[0].sets
        assert getattr(first, field) is None
        assert second == replace(second, reps=12, load_kg=0, duration_s=40)
        (remark,) = [one for one in found.remarks if one.code == code]
        assert remark.pointer == f"/sessions/0/sets/0/{field}"

    @pytest.mark.parametrize("start", [None, 1000, EVENING + 10 * 86_400, 2**32 - 2])
    def test_a_set_without_a_possible_start_is_left_out(self, start: int | None) -> None:
        found = read(*FIXED, set_message(start), set_message())
        assert len(found.sessions[0].sets) == 1
        assert "bad_start" in codes(found)

    def test_highest_values_are_such_as_are_stored(self) -> None:
        one = only(set_message(reps=1000, weight=15_999, duration=86_400_000))
        assert TypeAdapter(Reps).validate_python(one.reps) == 1000
        assert TypeAdapter(Mass).validate_python(one.load_kg) == 999.9375
        assert TypeAdapter(Seconds).validate_python(one.duration_s) == 86_400

    def test_more_sets_than_have_numbers_share_the_last(self) -> None:
        sets = [set_message(EVENING + n, index=n) for n in range(1003)]
        (found,) = read(*FIXED, *sets).sessions
        assert [one.set_index for one in found.sets[-4:]] == [1000] * 4

    def test_a_session_that_began_at_no_possible_time_begins_with_its_first_set(self) -> None:
        (found,) = read(
            file_id_message(), session_message(start=5), summary(), set_message(EVENING + 90)
        ).sessions
        assert found.started_at == BEGUN + datetime.timedelta(seconds=90)

    def test_fields_of_another_type_are_no_trouble(self) -> None:
        odd = message(225, {6: 0x86, 3: 0x00, 7: 0x02}, {6: EVENING, 3: 9, 7: 28})
        one = only(odd)
        assert (one.reps, one.exercise) == (9, "fit:28/-")


class TestUnmapped:
    def test_sets_are_kept_under_their_code(self) -> None:
        found = read(
            *FIXED,
            set_message(name=None),
            set_message(EVENING + 60, category=65534, name=None),
            set_message(EVENING + 120, category=None, name=None),
            set_message(EVENING + 180, category=1, name=11),
        )
        assert [one.exercise for one in found.sessions[0].sets] == [
            "fit:1/-",
            "fit:65534/-",
            "fit:65534/-",
            "fit:1/11",
        ]
        assert found.unmapped == (
            UnmappedExercise("fit:1/-", 1),
            UnmappedExercise("fit:65534/-", 2),
            UnmappedExercise("fit:1/11", 1),
        )


class TestDamage:
    def test_cut_files_give_what_is_whole(self) -> None:
        whole = build_file(*FIXED, set_message(), set_message(EVENING + 60))
        found = activity.read(whole[:-10], CONTEXT)
        assert len(found.sessions[0].sets) == 1
        assert "truncated" in codes(found)

    def test_a_wrong_check_sum_is_a_remark(self) -> None:
        found = activity.read(build_file(*FIXED, set_message())[:-2] + b"??", CONTEXT)
        assert len(found.sessions) == 1
        assert "bad_crc" in codes(found)

    def test_a_message_that_was_never_defined_ends_the_file(self) -> None:
        found = read(*FIXED, set_message(), b"\x05abc")
        assert len(found.sessions[0].sets) == 1
        assert "damaged" in codes(found)

    @pytest.mark.parametrize("end", [slice(-2), slice(-10)])
    def test_strict_refuses_it(self, end: slice) -> None:
        data = build_file(*FIXED, set_message(), set_message())[end] + b"??"
        with pytest.raises(FileUnreadable, match="Without strict"):
            activity.read(data, replace(CONTEXT, strict=True))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"PK\3\4" * 9,
            build_file(),
            build_file(file_id_message())[:30],
            build_file(file_id_message(), session_message(), b"\5"),
        ],
        ids=["empty", "another format", "nothing in it", "cut in its head", "damaged, no sets"],
    )
    def test_what_holds_nothing_is_unreadable(self, data: bytes) -> None:
        with pytest.raises(FileUnreadable):
            activity.read(data, CONTEXT)

    def test_files_that_follow_one_another_are_all_read(self) -> None:
        one = build_file(*FIXED, set_message())
        two = build_file(file_id_message(serial=9), session_message(), summary(), set_message())
        assert len(activity.read(one + two + one, CONTEXT).sessions) == 2


class TestNothingOfStrength:
    def test_a_run_has_none(self) -> None:
        assert codes(read(file_id_message(), session_message(sport=1, sub_sport=0))) == [
            "no_strength_sets"
        ]

    def test_a_workout_is_told_from_an_activity(self) -> None:
        (remark,) = read(file_id_message(), message(26, {4: 0}, {4: 10})).remarks
        assert remark.code == "no_strength_sets"
        assert "the activity that the watch records" in remark.detail


class TestWhateverIsBroken:
    def test_gives_sessions_that_would_be_taken_or_is_unreadable(self) -> None:
        whole = build_file(
            file_id_message(), *(set_message(EVENING + n, index=n) for n in range(9)), *FIXED[1:]
        )
        chance = random.Random(7)
        taken = 0
        for _ in range(300):
            data = bytearray(whole)
            for _ in range(chance.choice((1, 3, 20))):
                data[chance.randrange(12, len(data))] = chance.choice((0, 127, 254, 255))
            try:
                sessions = activity.read(bytes(data), CONTEXT).sessions
            except (FileUnreadable, FileLimitExceeded):
                continue
            for one in sessions:
                sent = SessionIn.model_validate(
                    STORED.dump_python(one, mode="json", exclude_none=True, exclude=SET_FIELDS)
                )
                taken += len(from_wire.read_session(sent, one.session_id, NOW).session.sets)
        assert taken > 1000
