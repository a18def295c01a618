"""Reading FIT activities: what is read from them, and what is not guessed."""

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
from app.training.log import limits
from app.training.log.completed import CompletedSession, CompletedSet, Device
from app.training.planning.load import Load
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
START_LIMITS = [
    int(moment.timestamp()) - FIT_EPOCH for moment in (limits.EARLIEST, NOW + limits.MAX_AHEAD)
]
STARTED_AT = datetime.datetime.fromtimestamp(EVENING + FIT_EPOCH, datetime.UTC)
# A set is uploaded with its load only; load_kg is derived from it.
DERIVED_FIELDS = {"sets": {"__all__": {"load_kg"}}}
SESSION = TypeAdapter(CompletedSession)
HEADERS = (file_id_message(), session_message(), summary())


def read(*records: bytes, **context: Any) -> ImportedFile:
    return activity.read(build_file(*records), replace(CONTEXT, **context))


def read_one_set(*records: bytes, **context: Any) -> CompletedSet:
    """Return the only set of a strength session."""
    (found,) = read(*HEADERS, *records, **context).sessions
    (one,) = found.sets
    return one


def list_codes(imported: ImportedFile) -> list[str]:
    return [remark.code for remark in imported.remarks]


class TestRead:
    def test_reads_a_set(self) -> None:
        one = read_one_set(set_message(EVENING + 60, reps=14, weight=40, duration=42_500, index=0))
        assert (one.exercise, one.side, one.set_index) == ("straight-leg-calf-raise", "both", 1)
        assert (one.reps, one.load_kg, one.duration_s) == (14, 2.5, 42.5)
        assert one.load == Load(2.5, "kg")
        assert one.performed_at == STARTED_AT + datetime.timedelta(seconds=60)
        assert (one.kind, one.prescribed, one.pain, one.rpe) == ("work", None, None, None)

    def test_reads_the_session(self) -> None:
        (found,) = read(*HEADERS, set_message()).sessions
        assert (found.athlete_id, found.source, found.status) == ("runner-7", "fit", "completed")
        assert found.started_at == STARTED_AT
        assert found.ended_at == STARTED_AT + datetime.timedelta(hours=1)
        assert found.device == Device("garmin", "fenix6x", "watch")

    def test_reads_the_offset_of_the_watch(self) -> None:
        for hours in (-9.5, 0, 5.75, 13):
            (found,) = read(
                file_id_message(), session_message(), summary(hours), set_message()
            ).sessions
            assert found.started_at.utcoffset() == datetime.timedelta(hours=hours)
            assert found.sets[0].performed_at.utcoffset() == datetime.timedelta(hours=hours)

    def test_uses_the_offset_of_the_callers_zone_if_the_watch_has_none(self) -> None:
        read_there = read(
            file_id_message(), session_message(), set_message(), time_zone="America/New_York"
        )
        assert read_there.sessions[0].started_at.utcoffset() == datetime.timedelta(hours=-5)
        assert "no_offset" not in list_codes(read_there)

    def test_warns_if_the_offset_is_unknown(self) -> None:
        found = read(file_id_message(), session_message(), summary(hours=30), set_message())
        assert found.sessions[0].started_at.utcoffset() == datetime.timedelta()
        assert "no_offset" in list_codes(found)

    def test_reads_the_seconds_of_a_hold(self) -> None:
        one = read_one_set(set_message(category=19, name=66, reps=0, duration=38_200))
        assert (one.exercise, one.side) == ("side-plank", None)
        assert (one.reps, one.duration_s) == (None, 38.2)

    def test_warns_about_a_hold_without_a_duration(self) -> None:
        plank = set_message(category=19, name=43, reps=None, duration=None)
        found = read(*HEADERS, plank, set_message(EVENING + 60, duration=None))
        assert list_codes(found).count("hold_without_duration") == 1
        (remark,) = [one for one in found.remarks if one.code == "hold_without_duration"]
        assert "(1 of them)" in remark.detail

    def test_omits_rests(self) -> None:
        (found,) = read(
            *HEADERS, set_message(), set_message(EVENING + 40, kind=0), set_message(EVENING + 90)
        ).sessions
        assert [one.set_index for one in found.sets] == [1, 2]

    def test_counts_sets_of_each_exercise(self) -> None:
        names = [18, 15, 18, 15, 6]
        sets = [set_message(EVENING + 60 * n, name=name) for n, name in enumerate(names)]
        (found,) = read(*HEADERS, *sets).sessions
        assert [one.set_index for one in found.sets] == [1, 1, 2, 2, 1]

    def test_leaves_the_side_of_a_one_legged_exercise_unknown(self) -> None:
        found = read(*HEADERS, set_message(name=15))
        assert found.sessions[0].sets[0].side is None
        assert {r.code: r.pointer for r in found.remarks} == {
            "pain_unknown": "/sessions/0",
            "side_unknown": "/sessions/0/sets/0/side",
        }

    def test_distinguishes_zero_from_unknown(self) -> None:
        assert read_one_set(set_message(weight=0, reps=0)).load_kg == 0
        assert read_one_set(set_message(weight=0, reps=0)).reps == 0
        unknown = read_one_set(set_message(weight=None, reps=None, duration=None))
        assert (unknown.load_kg, unknown.load, unknown.reps) == (None, None, None)
        assert unknown.duration_s is None

    def test_returns_the_same_for_the_same_file(self) -> None:
        assert read(*HEADERS, set_message(index=3)) == read(*HEADERS, set_message(index=3))

    def test_returns_a_result_that_can_be_pickled(self) -> None:
        found = read(*HEADERS, set_message())
        assert pickle.loads(pickle.dumps(found)) == found


class TestIds:
    def test_differs_between_athletes_watches_and_files(self) -> None:
        others = [
            read(*HEADERS, set_message()),
            read(*HEADERS, set_message(), athlete_id="runner-8"),
            read(file_id_message(serial=1), session_message(), set_message()),
            read(file_id_message(created=EVENING + 1), session_message(), set_message()),
            read(file_id_message(serial=None, created=None), session_message(), set_message()),
        ]
        assert len({one.sessions[0].session_id for one in others}) == len(others)

    def test_stays_the_same_if_a_cut_file_is_sent_again_whole(self) -> None:
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

    def test_is_unique_in_a_session(self) -> None:
        sets = [set_message(EVENING + n, index=7) for n in range(5)] + [
            set_message(),
            set_message(),
        ]
        (found,) = read(*HEADERS, *sets).sessions
        assert len({one.set_id for one in found.sets}) == 7


class TestSports:
    def test_omits_yoga(self) -> None:
        found = read(file_id_message(), session_message(sub_sport=43), summary(), set_message())
        assert found.sessions == ()
        assert list_codes(found) == ["no_strength_sets"]

    def test_counts_other_training_if_a_set_has_reps_or_an_exercise(self) -> None:
        bare = set_message(reps=None, category=None, name=None)
        assert read(file_id_message(), session_message(sub_sport=26), bare).sessions == ()
        (found,) = read(
            file_id_message(), session_message(sub_sport=26), bare, set_message()
        ).sessions
        assert len(found.sets) == 1

    def test_omits_a_run_between_two_sessions(self) -> None:
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
        assert found.sessions[0].started_at == STARTED_AT
        assert len({one.session_id for one in found.sessions}) == 2

    def test_reads_the_sets_of_a_file_without_session_messages(self) -> None:
        bare = set_message(EVENING + 60, reps=None, category=None, name=None)
        (found,) = read(file_id_message(), set_message(), bare).sessions
        assert len(found.sets) == 1
        assert (found.started_at, found.ended_at) == (STARTED_AT, None)


class TestImpossibleValues:
    @pytest.mark.parametrize(
        ("fields", "field", "code"),
        [
            ({"reps": int(limits.REPS.high) + 1}, "reps", "bad_reps"),
            ({"reps": 65534}, "reps", "bad_reps"),
            ({"weight": 65534}, "load_kg", "bad_load"),
            ({"weight": 16 * int(limits.LOAD.high) + 1}, "load_kg", "bad_load"),
            ({"duration": 1000 * int(limits.DURATION_S.high) + 1}, "duration_s", "bad_duration"),
        ],
        ids=str,
    )
    def test_reads_an_impossible_value_as_unknown_with_a_warning(
        self, fields: dict[str, int], field: str, code: str
    ) -> None:
        found = read(*HEADERS, set_message(**fields), set_message(EVENING + 60))
        first, second = found.sessions[0].sets
        assert getattr(first, field) is None
        assert second == replace(second, reps=12, load_kg=0, duration_s=40)
        (remark,) = [one for one in found.remarks if one.code == code]
        assert remark.pointer == f"/sessions/0/sets/0/{field}"

    @pytest.mark.parametrize(
        "start",
        [None, 1000, START_LIMITS[0] - 1, START_LIMITS[1] + 1, EVENING + 10 * 86_400, 2**32 - 2],
    )
    def test_omits_a_set_without_a_valid_start(self, start: int | None) -> None:
        found = read(*HEADERS, set_message(start), set_message())
        assert len(found.sessions[0].sets) == 1
        assert "bad_start" in list_codes(found)

    @pytest.mark.parametrize("start", START_LIMITS)
    def test_accepts_the_first_and_last_start(self, start: int) -> None:
        found = read(*HEADERS, set_message(start), set_message())
        assert sum(len(session.sets) for session in found.sessions) == 2
        assert "bad_start" not in list_codes(found)

    def test_accepts_the_highest_values_of_an_upload(self) -> None:
        one = read_one_set(set_message(reps=1000, weight=15_999, duration=86_400_000))
        assert TypeAdapter(Reps).validate_python(one.reps) == 1000
        assert TypeAdapter(Mass).validate_python(one.load_kg) == 999.9375
        assert TypeAdapter(Seconds).validate_python(one.duration_s) == 86_400

    def test_gives_further_sets_the_highest_set_index(self) -> None:
        sets = [set_message(EVENING + n, index=n) for n in range(1003)]
        (found,) = read(*HEADERS, *sets).sessions
        assert [one.set_index for one in found.sets[-4:]] == [1000] * 4

    def test_starts_a_session_without_a_valid_start_at_its_first_set(self) -> None:
        (found,) = read(
            file_id_message(), session_message(start=5), summary(), set_message(EVENING + 90)
        ).sessions
        assert found.started_at == STARTED_AT + datetime.timedelta(seconds=90)

    def test_accepts_fields_of_another_type(self) -> None:
        odd = message(225, {6: 0x86, 3: 0x00, 7: 0x02}, {6: EVENING, 3: 9, 7: 28})
        one = read_one_set(odd)
        assert (one.reps, one.exercise) == (9, "fit:28/-")


class TestUnmapped:
    def test_lists_sets_under_their_code(self) -> None:
        found = read(
            *HEADERS,
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
    def test_keeps_complete_sets_of_a_cut_file(self) -> None:
        whole = build_file(*HEADERS, set_message(), set_message(EVENING + 60))
        found = activity.read(whole[:-10], CONTEXT)
        assert len(found.sessions[0].sets) == 1
        assert "truncated" in list_codes(found)

    def test_warns_about_a_wrong_check_sum(self) -> None:
        found = activity.read(build_file(*HEADERS, set_message())[:-2] + b"??", CONTEXT)
        assert len(found.sessions) == 1
        assert "bad_crc" in list_codes(found)

    def test_ends_the_file_at_an_undefined_message(self) -> None:
        found = read(*HEADERS, set_message(), b"\x05abc")
        assert len(found.sessions[0].sets) == 1
        assert "damaged" in list_codes(found)

    @pytest.mark.parametrize("end", [slice(-2), slice(-10)])
    def test_is_rejected_if_strict(self, end: slice) -> None:
        data = build_file(*HEADERS, set_message(), set_message())[end] + b"??"
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
    def test_rejects_a_file_without_content(self, data: bytes) -> None:
        with pytest.raises(FileUnreadable):
            activity.read(data, CONTEXT)

    def test_reads_all_files_that_follow_one_another(self) -> None:
        one = build_file(*HEADERS, set_message())
        two = build_file(file_id_message(serial=9), session_message(), summary(), set_message())
        assert len(activity.read(one + two + one, CONTEXT).sessions) == 2


class TestNoStrengthSets:
    def test_warns_about_a_run(self) -> None:
        assert list_codes(read(file_id_message(), session_message(sport=1, sub_sport=0))) == [
            "no_strength_sets"
        ]

    def test_warns_about_a_planned_workout(self) -> None:
        (remark,) = read(file_id_message(), message(26, {4: 0}, {4: 10})).remarks
        assert remark.code == "no_strength_sets"
        assert "the activity that the watch records" in remark.detail


class TestRandomDamage:
    def test_gives_sessions_that_uploads_accept_or_is_rejected(self) -> None:
        whole = build_file(
            file_id_message(), *(set_message(EVENING + n, index=n) for n in range(9)), *HEADERS[1:]
        )
        generator = random.Random(7)
        accepted = 0
        for _ in range(300):
            data = bytearray(whole)
            for _ in range(generator.choice((1, 3, 20))):
                data[generator.randrange(12, len(data))] = generator.choice((0, 127, 254, 255))
            try:
                sessions = activity.read(bytes(data), CONTEXT).sessions
            except (FileUnreadable, FileLimitExceeded):
                continue
            for one in sessions:
                sent = SessionIn.model_validate(
                    SESSION.dump_python(one, mode="json", exclude_none=True, exclude=DERIVED_FIELDS)
                )
                accepted += len(from_wire.parse_session(sent, one.session_id, NOW).session.sets)
        assert accepted > 1000
