"""Tests of the Pushoff CSV: what is written is read back exactly, and typed files are accepted."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.csv import pushoff_csv
from app.formats.fit import activity, workout
from app.formats.imported_file import FileUnreadable, ImportedFile
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import TRACKS
from app.training.log.completed import (
    CompletedSession,
    CompletedSet,
    Device,
    LoggedTest,
    MorningPain,
    Target,
)
from app.training.planning.load import Load
from tests.formats.csv.import_checks import (
    is_valid_upload,
    list_remark_codes,
    list_remark_details,
    make_context,
    upload,
)
from tests.formats.fit import watch_simulator
from tests.formats.sample_programs import CORE, FIT_NAMES, plan
from tests.properties import at_most

ID = UUID("0190d1c5-6b1e-4c3a-9f57-1d2f3a4b5c6d")
EVENING = datetime(2026, 10, 6, 18, 30, tzinfo=timezone(timedelta(hours=2)))

# Any text that can be stored: no NUL, and no half of a surrogate pair.
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
TRICKY = st.sampled_from(["'", "''", "=1+1", "'=1", "-5", "+", "@x", "\t", "\r\n=", "[", '["a"]'])


def texts(longest: int, shortest: int = 1) -> st.SearchStrategy[str]:
    plain = st.text(LETTERS, min_size=shortest, max_size=longest)
    return plain | TRICKY | st.sampled_from([';", \r\n"x', " a ", ";a;", "\ufeff"])


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def decimals(high: int) -> st.SearchStrategy[float]:
    return st.integers(0, high * 10_000).map(lambda number: number / 10_000)


MOMENTS = st.datetimes(
    datetime(2001, 1, 1),  # noqa: DTZ001 - the zone comes with the value
    datetime(2026, 11, 22),  # noqa: DTZ001
    timezones=st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m))),
).map(lambda moment: moment.replace(fold=0))
LOADS = optional(st.builds(Load, decimals(1000), st.sampled_from(["kg", "lb"])))
SETS = st.builds(
    lambda load, **fields: CompletedSet(load=load, load_kg=load and load.kg, **fields),
    load=LOADS,
    set_id=st.uuids(),
    version=optional(st.integers(0, 2**53 - 1)),
    exercise=texts(100),
    side=st.sampled_from([None, "both", "left", "right"]),
    set_index=st.integers(0, 1000),
    reps=optional(st.integers(0, 1000)),
    duration_s=optional(decimals(86_400)),
    rir=optional(decimals(10)),
    rpe=optional(decimals(10)),
    rpe_scale=optional(texts(100)),
    pain=optional(decimals(10)),
    performed_at=MOMENTS,
    kind=st.sampled_from(["work", "warmup"]),
    prescribed=optional(st.builds(Target, st.integers(0, 1000), optional(decimals(1000)))),
)
SESSIONS = st.builds(
    CompletedSession,
    session_id=st.uuids(),
    athlete_id=st.just("runner-7"),
    version=optional(st.integers(0, 2**53 - 1)),
    program_id=optional(texts(200)),
    week=optional(st.integers(1, 52)),
    session=optional(st.integers(1, 7)),
    started_at=MOMENTS,
    ended_at=optional(MOMENTS),
    status=st.sampled_from(["in_progress", "completed", "partial", "abandoned"]),
    source=optional(texts(100)),
    device=optional(
        st.builds(Device, optional(texts(100)), optional(texts(100)), optional(texts(100)))
    ),
    srpe=optional(decimals(10)),
    morning_pain=optional(st.builds(MorningPain, decimals(10), optional(texts(100)))),
    red_flags=st.lists(texts(100), max_size=3).map(tuple),
    heel_rise_test=optional(
        st.builds(LoggedTest, st.integers(0, 200), st.integers(0, 200), st.just("wedge"))
    ),
    notes=optional(texts(2000, 0) | st.just("")),
    sets=st.lists(SETS, max_size=3, unique_by=lambda one: one.set_id).map(tuple),
)


def make_session(**changes: Any) -> CompletedSession:
    plain = CompletedSession(session_id=ID, athlete_id="runner-7", started_at=EVENING)
    return replace(plain, **changes)


def make_set(number: int = 1, **changes: Any) -> CompletedSet:
    plain = CompletedSet(
        set_id=UUID(int=number), exercise="step-up", set_index=number, performed_at=EVENING
    )
    return replace(plain, **changes)


def write(*sessions: CompletedSession) -> bytes:
    return "".join(pushoff_csv.write(sessions)).encode()


def write_cells(*sessions: CompletedSession) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write(*sessions).decode(), newline="")))


def read(text: str, **changes: Any) -> ImportedFile:
    imported = pushoff_csv.read(text.encode(), make_context(**changes))
    assert is_valid_upload(imported)
    return imported


class TestRoundTrip:
    @settings(max_examples=at_most(60), deadline=None)
    @given(st.lists(SESSIONS, max_size=3, unique_by=lambda session: session.session_id))
    def test_keeps_everything(self, sessions: list[CompletedSession]) -> None:
        sets = [one.set_id for session in sessions for one in session.sets]
        known = sessions if len(set(sets)) == len(sets) else sessions[:1]
        back = pushoff_csv.read(write(*known), make_context())
        assert repr(back.sessions) == repr(tuple(known))
        assert back.remarks == () or known == []

    @settings(max_examples=at_most(30), deadline=None)
    @given(SESSIONS)
    def test_reads_a_valid_upload(self, session: CompletedSession) -> None:
        # A session that is numbered numbers its sets as well, in any upload.
        plain = replace(session, version=None)
        (back,) = pushoff_csv.read(write(plain), make_context()).sessions
        assert upload(back) == plain

    def test_accepts_a_byte_order_mark(self) -> None:
        session = make_session(sets=(make_set(),))
        data = b"\xef\xbb\xbf" + write(session)
        assert pushoff_csv.read(data, make_context()).sessions == (session,)

    def test_accepts_semicolons_and_decimal_commas_of_excel(self) -> None:
        session = make_session(srpe=4.5, sets=(make_set(load_kg=2.5, load=Load(2.5, "kg")),))
        text = io.StringIO(newline="")
        rows = csv.reader(io.StringIO(write(session).decode(), newline=""))
        csv.writer(text, delimiter=";").writerows(
            [cell.replace(".5", ",5") for cell in row] for row in rows
        )
        assert read(text.getvalue()).sessions == (session,)

    def test_keeps_an_empty_note_and_an_empty_device(self) -> None:
        session = make_session(notes="", device=Device())
        back = pushoff_csv.read(write(session), make_context())
        assert back.sessions == (session,)

    def test_adds_a_remark_without_sessions(self) -> None:
        back = pushoff_csv.read(write(), make_context())
        assert (back.sessions, list_remark_codes(back)) == ((), ["no_sessions"])


class TestHold:
    def test_keeps_the_sets_of_all_core_tracks(self) -> None:
        (session, *_) = plan(**CORE).weeks[0].sessions
        watched = watch_simulator.perform(workout.write("AYo", 1, session, FIT_NAMES))
        recorded = activity.read(watched, make_context()).sessions
        assert {EXERCISES[one.exercise].track for one in recorded[0].sets} == set(TRACKS)
        rows = write_cells(*recorded)
        holds = {row["exercise"]: row for row in rows if row["reps"] == ""}
        assert {slug: row["duration_s"] for slug, row in holds.items()} == {
            "side-plank-knees": "20",
            "plank-knees": "20",
        }
        assert pushoff_csv.read(write(*recorded), make_context()).sessions == recorded

    def test_is_typed_with_its_seconds(self) -> None:
        imported = read("started_at,exercise,side,duration_s\n2026-10-06 18:30,plank,both,27.5\n")
        assert imported.sessions[0].sets[0].duration_s == 27.5
        assert list_remark_codes(imported) == ["times_estimated"]

    def test_adds_a_remark_without_its_seconds(self) -> None:
        rows = "2026-10-06 18:30,plank,both,30\n2026-10-06 18:30,step-up,left,12\n"
        (detail,) = list_remark_details(read(TYPED_HEADER + rows * 2), "hold_without_duration")
        assert detail.endswith("do not count (2 of them).")


class TestWrite:
    def test_starts_with_the_header_and_ends_lines_with_crlf(self) -> None:
        lines = list(pushoff_csv.write([make_session(sets=(make_set(1), make_set(2)))]))
        assert lines[0] == ",".join(pushoff_csv.HEADER) + "\r\n"
        assert [line.endswith("\r\n") for line in lines] == [True, True, True]

    def test_streams_session_by_session(self) -> None:
        seen = []

        def sessions() -> Iterator[CompletedSession]:
            for number in range(3):
                seen.append(number)
                yield make_session(session_id=UUID(int=number))

        lines = pushoff_csv.write(sessions())
        assert [next(lines)[:10], next(lines)[-4:], seen] == ["session_id", ",,\r\n", [0]]

    def test_writes_one_row_for_a_session_without_sets(self) -> None:
        (row,) = write_cells(make_session(notes="rain"))
        assert row["notes"] == "rain"
        assert {row[column] for column in pushoff_csv.SET_COLUMNS} == {""}

    @pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "＝"])  # noqa: RUF001
    def test_escapes_formulas(self, first: str) -> None:
        (row,) = write_cells(
            make_session(notes=f"{first}cmd", source=first, program_id=f"{first}A")
        )
        assert [row["notes"], row["source"], row["program_id"]] == [
            f"'{first}cmd",
            f"'{first}",
            f"'{first}A",
        ]

    def test_escapes_no_numbers_and_no_plain_words(self) -> None:
        (row,) = write_cells(make_session(week=3, srpe=7.5, notes="1-2", sets=(make_set(reps=12),)))
        assert [row["week"], row["srpe"], row["notes"], row["reps"]] == ["3", "7.5", "1-2", "12"]

    def test_joins_red_flags_with_semicolons_or_as_json(self) -> None:
        (plain,) = write_cells(make_session(red_flags=("night_pain", "swelling")))
        (odd,) = write_cells(make_session(red_flags=("a;b", "ü")))
        assert plain["red_flags"] == "night_pain;swelling"
        assert odd["red_flags"] == '["a;b", "ü"]'


TYPED_HEADER = "started_at,exercise,side,reps\n"


class TestReadByHand:
    def test_derives_the_same_ids_again(self) -> None:
        text = TYPED_HEADER + "2026-10-06 18:30,step-up,left,12\n2026-10-06 18:30,step-up,left,11\n"
        first, again = read(text), read(text + "2026-10-08 18:30,step-up,left,12\n")
        assert first.sessions[0] == again.sessions[0]
        assert len({one.set_id for one in first.sessions[0].sets}) == 2
        assert [one.set_index for one in first.sessions[0].sets] == [1, 2]

    def test_derives_other_ids_for_another_athlete(self) -> None:
        text = TYPED_HEADER + "2026-10-06 18:30,step-up,left,12\n"
        ours, theirs = read(text).sessions[0], read(text, athlete_id="runner-8").sessions[0]
        assert (ours.session_id, ours.sets[0].set_id) != (theirs.session_id, theirs.sets[0].set_id)
        assert ours.session_id != theirs.session_id

    def test_reads_local_times_in_the_zone_of_the_caller(self) -> None:
        imported = read(TYPED_HEADER + "2026-10-06 18:30,step-up,left,12\n")
        assert imported.sessions[0].started_at.isoformat() == "2026-10-06T18:30:00+02:00"
        assert list_remark_codes(imported) == ["times_estimated"]

    def test_reads_local_times_in_utc_with_a_remark(self) -> None:
        imported = read(TYPED_HEADER + "2026-10-06 18:30,step-up,left,12\n", time_zone=None)
        assert imported.sessions[0].started_at == datetime(2026, 10, 6, 18, 30, tzinfo=UTC)
        assert "time_zone_assumed" in list_remark_codes(imported)

    def test_reads_a_load_from_load_kg_alone(self) -> None:
        imported = read("started_at,exercise,load_kg\n2026-10-06 18:30,step-up,5\n")
        assert imported.sessions[0].sets[0].load == Load(5, "kg")

    def test_prefers_load_value_to_load_kg(self) -> None:
        text = (
            "started_at,exercise,load_kg,load_value,load_unit\n2026-10-06 18:30,step-up,9,10,lb\n"
        )
        imported = read(text)
        assert imported.sessions[0].sets[0].load == Load(10, "lb")
        assert imported.remarks[-1].pointer == "/sessions/0/sets/0/load_kg"

    def test_joins_rows_of_a_session_that_are_apart(self) -> None:
        text = write(make_session(sets=(make_set(1), make_set(2)))).decode().splitlines()
        other = (
            write(make_session(session_id=UUID(int=9), sets=(make_set(3),))).decode().splitlines()
        )
        imported = read("\n".join([*text[:2], other[1], text[2]]))
        assert [len(session.sets) for session in imported.sessions] == [2, 1]

    def test_keeps_the_session_fields_of_the_first_row(self) -> None:
        rows = [f"{ID},2026-10-06 18:30,step-up,{notes}" for notes in ("dry", "wet", "")]
        imported = read("\n".join(["session_id,started_at,exercise,notes", *rows]))
        assert imported.sessions[0].notes == "dry"
        (detail,) = list_remark_details(imported, "session_differs")
        assert detail == (
            "Where the rows of a session differ in its fields, the first row counts"
            " (1 rows differ)."
        )

    def test_splits_red_flags_at_semicolons(self) -> None:
        imported = read('started_at,exercise,red_flags\n2026-10-06 18:30,,"a; b ;"\n')
        assert imported.sessions[0].red_flags == ("a", "b")


class TestReadBadRows:
    def test_adds_a_remark_on_an_unknown_column(self) -> None:
        imported = read("started_at,exercise,mood,repz\n2026-10-06 18:30,step-up,x,y\n")
        assert list_remark_details(imported, "unknown_column") == [
            "The column mood is not known and was not stored.",
            "The column repz is not known and was not stored.",
        ]

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            (",step-up,left,1", "has no started_at"),
            ("2026-10-06 18:30,,left,1", "has no exercise"),
            ("6.10.2026,step-up,left,1", "it must be a time such as 2026-11-22 19:30:00"),
            ("1999-10-06 18:30,step-up,left,1", "it lies before the year 2000"),
            ("2026-12-06 18:30,step-up,left,1", "or in the future"),
            ("0000-00-00T00:00:00Z,step-up,left,1", "is not a valid date and time"),
            ("2026-02-30 18:30,step-up,left,1", "is not a valid date and time"),
            ("2026-10-06 18:30,step-up,left,1,2", "has 5 cells and the first line 4"),
            ('2026-10-06 18:30,"step"up,left,1', "has a quotation mark"),
        ],
    )
    def test_leaves_one_out_with_a_remark(self, row: str, why: str) -> None:
        good = "2026-10-06 18:30,step-up,left,12"
        imported = read(f"{TYPED_HEADER}{good}\n{row}\n{good}\n")
        assert [len(session.sets) for session in imported.sessions] == [2]
        (detail,) = list_remark_details(imported, "row_lost")
        assert detail.startswith("Line 3 ")
        assert why in detail

    def test_rejects_the_file_in_strict_mode(self) -> None:
        text = f"{TYPED_HEADER}2026-10-06 18:30,step-up,left,12\n,step-up,left,1\n"
        with pytest.raises(FileUnreadable, match="Line 3 has no started_at"):
            pushoff_csv.read(text.encode(), make_context(strict=True))

    def test_rejects_a_file_with_only_bad_rows(self) -> None:
        with pytest.raises(FileUnreadable, match=r"Nothing could be read\. Line 2 has no exercise"):
            pushoff_csv.read(f"{TYPED_HEADER}2026-10-06 18:30,,left,1\n".encode(), make_context())

    def test_rejects_a_file_without_the_needed_columns(self) -> None:
        with pytest.raises(FileUnreadable, match="lacks these columns: exercise, started_at"):
            pushoff_csv.read(b"a,b\n1,2\n", make_context())

    def test_leaves_out_a_set_with_the_id_of_an_earlier_set(self) -> None:
        imported = read(write(make_session(sets=(make_set(1), make_set(1, reps=3)))).decode())
        assert [one.reps for one in imported.sessions[0].sets] == [None]
        assert "has the set_id of an earlier row" in list_remark_details(imported, "row_lost")[0]

    def test_accepts_a_row_without_trailing_cells(self) -> None:
        imported = read(TYPED_HEADER + "2026-10-06 18:30,step-up\n")
        assert imported.sessions[0].sets[0].reps is None

    def test_leaves_out_the_end_of_a_file_that_was_cut_off(self) -> None:
        imported = read(TYPED_HEADER + "2026-10-06 18:30,step-up,left,12\n2026-10-06 18:30,step")
        assert [one.exercise for one in imported.sessions[0].sets] == ["step-up"]
        assert "may have been cut off" in list_remark_details(imported, "row_lost")[0]

    def test_limits_the_remarks_with_one_code(self) -> None:
        rows = "2026-10-06 18:30,step-up,left,many\n" * 500
        imported = read(TYPED_HEADER + rows)
        assert list_remark_codes(imported).count("value_dropped") == 20
        assert list_remark_details(imported, "more_remarks") == [
            "There are 480 more remarks of these kinds."
        ]


class TestReadWithContext:
    def test_uses_the_athlete_of_the_caller(self) -> None:
        imported = pushoff_csv.read(
            write(make_session(sets=(make_set(),))), make_context(athlete_id="runner-8")
        )
        assert imported.sessions[0].athlete_id == "runner-8"
        assert list_remark_codes(imported) == ["athlete_differs"]

    def test_uses_the_programme_of_the_caller(self) -> None:
        data = write(make_session(program_id="AQAB"))
        imported = pushoff_csv.read(data, make_context(program_id="AQBH3FQM"))
        assert imported.sessions[0].program_id == "AQBH3FQM"
        assert list_remark_codes(imported) == ["program_differs"]

    def test_adds_the_programme_of_the_caller(self) -> None:
        imported = pushoff_csv.read(write(make_session()), make_context(program_id="AQBH3FQM"))
        assert imported.sessions[0].program_id == "AQBH3FQM"
        assert imported.remarks == ()
