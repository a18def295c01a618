"""Our own CSV: whatever is written comes back exactly, and what people type is understood."""

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
from app.formats.imported_file import FileUnreadable, ImportedFile
from app.training.log.completed import (
    CompletedSession,
    CompletedSet,
    Device,
    Load,
    LoggedTest,
    MorningPain,
    Target,
)
from tests.formats.csv.import_checks import a_context, codes, details, is_taken_up, take_up

ID = UUID("0190d1c5-6b1e-4c3a-9f57-1d2f3a4b5c6d")
EVENING = datetime(2026, 10, 6, 18, 30, tzinfo=timezone(timedelta(hours=2)))

# Any text that can be stored: no NUL, and no half of a surrogate pair.
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
TRICKY = st.sampled_from(["'", "''", "=1+1", "'=1", "-5", "+", "@x", "\t", "\r\n=", "[", '["a"]'])


def texts(longest: int, shortest: int = 1) -> st.SearchStrategy[str]:
    plain = st.text(LETTERS, min_size=shortest, max_size=longest)
    return plain | TRICKY | st.sampled_from([';", \r\n"x', " a ", ";a;", "\ufeff"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def decimals(high: int) -> st.SearchStrategy[float]:
    return st.integers(0, high * 10_000).map(lambda number: number / 10_000)


MOMENTS = st.datetimes(
    datetime(2001, 1, 1),  # noqa: DTZ001 - the zone comes with the value
    datetime(2026, 11, 22),  # noqa: DTZ001
    timezones=st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m))),
).map(lambda moment: moment.replace(fold=0))
LOADS = maybe(st.builds(Load, decimals(1000), st.sampled_from(["kg", "lb"])))
SETS = st.builds(
    lambda load, **fields: CompletedSet(load=load, load_kg=load and load.kg, **fields),
    load=LOADS,
    set_id=st.uuids(),
    version=maybe(st.integers(0, 2**53 - 1)),
    exercise=texts(100),
    side=st.sampled_from([None, "both", "left", "right"]),
    set_index=st.integers(0, 1000),
    reps=maybe(st.integers(0, 1000)),
    duration_s=maybe(decimals(86_400)),
    rir=maybe(decimals(10)),
    rpe=maybe(decimals(10)),
    rpe_scale=maybe(texts(100)),
    pain=maybe(decimals(10)),
    performed_at=MOMENTS,
    kind=st.sampled_from(["work", "warmup"]),
    prescribed=maybe(st.builds(Target, st.integers(0, 1000), maybe(decimals(1000)))),
)
SESSIONS = st.builds(
    CompletedSession,
    session_id=st.uuids(),
    athlete_id=st.just("runner-7"),
    version=maybe(st.integers(0, 2**53 - 1)),
    program_id=maybe(texts(200)),
    week=maybe(st.integers(1, 52)),
    session=maybe(st.integers(1, 7)),
    started_at=MOMENTS,
    ended_at=maybe(MOMENTS),
    status=st.sampled_from(["in_progress", "completed", "partial", "abandoned"]),
    source=maybe(texts(100)),
    device=maybe(st.builds(Device, maybe(texts(100)), maybe(texts(100)), maybe(texts(100)))),
    srpe=maybe(decimals(10)),
    morning_pain=maybe(st.builds(MorningPain, decimals(10), maybe(texts(100)))),
    red_flags=st.lists(texts(100), max_size=3).map(tuple),
    heel_rise_test=maybe(
        st.builds(LoggedTest, st.integers(0, 200), st.integers(0, 200), st.just("wedge"))
    ),
    notes=maybe(texts(2000, 0) | st.just("")),
    sets=st.lists(SETS, max_size=3, unique_by=lambda done: done.set_id).map(tuple),
)


def a_session(**changes: Any) -> CompletedSession:
    plain = CompletedSession(session_id=ID, athlete_id="runner-7", started_at=EVENING)
    return replace(plain, **changes)


def a_set(number: int = 1, **changes: Any) -> CompletedSet:
    plain = CompletedSet(
        set_id=UUID(int=number), exercise="step-up", set_index=number, performed_at=EVENING
    )
    return replace(plain, **changes)


def write(*sessions: CompletedSession) -> bytes:
    return "".join(pushoff_csv.write(sessions)).encode()


def cells_of(*sessions: CompletedSession) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write(*sessions).decode(), newline="")))


def read(text: str, **changes: Any) -> ImportedFile:
    recording = pushoff_csv.read(text.encode(), a_context(**changes))
    assert is_taken_up(recording)
    return recording


class TestRoundTrip:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(SESSIONS, max_size=3, unique_by=lambda session: session.session_id))
    def test_brings_everything_back_exactly(self, sessions: list[CompletedSession]) -> None:
        sets = [done.set_id for session in sessions for done in session.sets]
        known = sessions if len(set(sets)) == len(sets) else sessions[:1]
        back = pushoff_csv.read(write(*known), a_context())
        assert repr(back.sessions) == repr(tuple(known))
        assert back.remarks == () or known == []

    @settings(max_examples=30, deadline=None)
    @given(SESSIONS)
    def test_is_an_upload_like_any_other(self, session: CompletedSession) -> None:
        # A session that is numbered numbers its sets as well, in any upload.
        plain = replace(session, version=None)
        (back,) = pushoff_csv.read(write(plain), a_context()).sessions
        assert take_up(back) == plain

    def test_survives_a_byte_order_mark(self) -> None:
        session = a_session(sets=(a_set(),))
        data = b"\xef\xbb\xbf" + write(session)
        assert pushoff_csv.read(data, a_context()).sessions == (session,)

    def test_survives_excel_with_semicolons_and_commas(self) -> None:
        session = a_session(srpe=4.5, sets=(a_set(load_kg=2.5, load=Load(2.5, "kg")),))
        text = io.StringIO(newline="")
        rows = csv.reader(io.StringIO(write(session).decode(), newline=""))
        csv.writer(text, delimiter=";").writerows(
            [cell.replace(".5", ",5") for cell in row] for row in rows
        )
        assert read(text.getvalue()).sessions == (session,)

    def test_tells_an_empty_note_and_an_empty_device_from_none(self) -> None:
        session = a_session(notes="", device=Device())
        back = pushoff_csv.read(write(session), a_context())
        assert back.sessions == (session,)

    def test_of_nothing_is_nothing_with_a_remark(self) -> None:
        back = pushoff_csv.read(write(), a_context())
        assert (back.sessions, codes(back)) == ((), ["no_sessions"])


class TestWrite:
    def test_begins_with_the_header_and_ends_lines_as_rfc_4180_says(self) -> None:
        lines = list(pushoff_csv.write([a_session(sets=(a_set(1), a_set(2)))]))
        assert lines[0] == ",".join(pushoff_csv.HEADER) + "\r\n"
        assert [line.endswith("\r\n") for line in lines] == [True, True, True]

    def test_streams_session_by_session(self) -> None:
        taken = []

        def sessions() -> Iterator[CompletedSession]:
            for number in range(3):
                taken.append(number)
                yield a_session(session_id=UUID(int=number))

        lines = pushoff_csv.write(sessions())
        assert [next(lines)[:10], next(lines)[-4:], taken] == ["session_id", ",,\r\n", [0]]

    def test_gives_a_session_without_sets_a_row_of_its_own(self) -> None:
        (row,) = cells_of(a_session(notes="rain"))
        assert row["notes"] == "rain"
        assert {row[column] for column in pushoff_csv.SET_COLUMNS} == {""}

    @pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "＝"])  # noqa: RUF001
    def test_lets_no_spreadsheet_calculate(self, first: str) -> None:
        (row,) = cells_of(a_session(notes=f"{first}cmd", source=first, program_id=f"{first}A"))
        assert [row["notes"], row["source"], row["program_id"]] == [
            f"'{first}cmd",
            f"'{first}",
            f"'{first}A",
        ]

    def test_guards_no_numbers_and_no_plain_words(self) -> None:
        (row,) = cells_of(a_session(week=3, srpe=7.5, notes="1-2", sets=(a_set(reps=12),)))
        assert [row["week"], row["srpe"], row["notes"], row["reps"]] == ["3", "7.5", "1-2", "12"]

    def test_lists_warning_signs_plainly_where_that_is_clear(self) -> None:
        (plain,) = cells_of(a_session(red_flags=("night_pain", "swelling")))
        (odd,) = cells_of(a_session(red_flags=("a;b", "ü")))
        assert plain["red_flags"] == "night_pain;swelling"
        assert odd["red_flags"] == '["a;b", "ü"]'


TYPED = "started_at,exercise,side,reps\n"


class TestReadByHand:
    def test_makes_ids_that_are_the_same_again(self) -> None:
        text = TYPED + "2026-10-06 18:30,step-up,left,12\n2026-10-06 18:30,step-up,left,11\n"
        first, again = read(text), read(text + "2026-10-08 18:30,step-up,left,12\n")
        assert first.sessions[0] == again.sessions[0]
        assert len({done.set_id for done in first.sessions[0].sets}) == 2
        assert [done.set_index for done in first.sessions[0].sets] == [1, 2]

    def test_makes_other_ids_for_somebody_else(self) -> None:
        text = TYPED + "2026-10-06 18:30,step-up,left,12\n"
        ours, theirs = read(text).sessions[0], read(text, athlete_id="runner-8").sessions[0]
        assert (ours.session_id, ours.sets[0].set_id) != (theirs.session_id, theirs.sets[0].set_id)
        assert ours.session_id != theirs.session_id

    def test_places_local_times_in_the_zone_of_the_caller(self) -> None:
        recording = read(TYPED + "2026-10-06 18:30,step-up,left,12\n")
        assert recording.sessions[0].started_at.isoformat() == "2026-10-06T18:30:00+02:00"
        assert codes(recording) == ["times_estimated"]

    def test_says_that_it_took_them_for_utc(self) -> None:
        recording = read(TYPED + "2026-10-06 18:30,step-up,left,12\n", time_zone=None)
        assert recording.sessions[0].started_at == datetime(2026, 10, 6, 18, 30, tzinfo=UTC)
        assert "time_zone_assumed" in codes(recording)

    def test_takes_a_load_in_kilograms_alone(self) -> None:
        recording = read("started_at,exercise,load_kg\n2026-10-06 18:30,step-up,5\n")
        assert recording.sessions[0].sets[0].load == Load(5, "kg")

    def test_lets_the_load_as_given_count_where_kilograms_differ(self) -> None:
        text = (
            "started_at,exercise,load_kg,load_value,load_unit\n2026-10-06 18:30,step-up,9,10,lb\n"
        )
        recording = read(text)
        assert recording.sessions[0].sets[0].load == Load(10, "lb")
        assert recording.remarks[-1].pointer == "/sessions/0/sets/0/load_kg"

    def test_takes_sets_of_a_session_that_are_apart(self) -> None:
        text = write(a_session(sets=(a_set(1), a_set(2)))).decode().splitlines()
        other = write(a_session(session_id=UUID(int=9), sets=(a_set(3),))).decode().splitlines()
        recording = read("\n".join([*text[:2], other[1], text[2]]))
        assert [len(session.sets) for session in recording.sessions] == [2, 1]

    def test_keeps_what_the_first_row_says_of_a_session(self) -> None:
        rows = [f"{ID},2026-10-06 18:30,step-up,{notes}" for notes in ("dry", "wet", "")]
        recording = read("\n".join(["session_id,started_at,exercise,notes", *rows]))
        assert recording.sessions[0].notes == "dry"
        (detail,) = details(recording, "session_differs")
        assert detail == (
            "Where the rows of a session differ in its fields, the first row counts"
            " (1 rows differ)."
        )

    def test_lists_warning_signs_with_semicolons(self) -> None:
        recording = read('started_at,exercise,red_flags\n2026-10-06 18:30,,"a; b ;"\n')
        assert recording.sessions[0].red_flags == ("a", "b")


class TestReadBadRows:
    def test_says_which_column_it_does_not_know(self) -> None:
        recording = read("started_at,exercise,mood,repz\n2026-10-06 18:30,step-up,x,y\n")
        assert details(recording, "unknown_column") == [
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
    def test_leaves_one_out_and_says_what_would_be_right(self, row: str, why: str) -> None:
        good = "2026-10-06 18:30,step-up,left,12"
        recording = read(f"{TYPED}{good}\n{row}\n{good}\n")
        assert [len(session.sets) for session in recording.sessions] == [2]
        (detail,) = details(recording, "row_lost")
        assert detail.startswith("Line 3 ")
        assert why in detail

    def test_refuses_the_file_for_one_if_the_caller_is_strict(self) -> None:
        text = f"{TYPED}2026-10-06 18:30,step-up,left,12\n,step-up,left,1\n"
        with pytest.raises(FileUnreadable, match="Line 3 has no started_at"):
            pushoff_csv.read(text.encode(), a_context(strict=True))

    def test_refuses_a_file_of_nothing_else(self) -> None:
        with pytest.raises(FileUnreadable, match=r"Nothing could be read\. Line 2 has no exercise"):
            pushoff_csv.read(f"{TYPED}2026-10-06 18:30,,left,1\n".encode(), a_context())

    def test_refuses_a_file_of_other_columns(self) -> None:
        with pytest.raises(FileUnreadable, match="lacks these columns: exercise, started_at"):
            pushoff_csv.read(b"a,b\n1,2\n", a_context())

    def test_drops_a_set_that_has_the_id_of_another(self) -> None:
        recording = read(write(a_session(sets=(a_set(1), a_set(1, reps=3)))).decode())
        assert [done.reps for done in recording.sessions[0].sets] == [None]
        assert "has the set_id of an earlier row" in details(recording, "row_lost")[0]

    def test_takes_a_row_that_a_spreadsheet_cut_short(self) -> None:
        recording = read(TYPED + "2026-10-06 18:30,step-up\n")
        assert recording.sessions[0].sets[0].reps is None

    def test_leaves_out_the_end_of_a_file_that_was_cut_off(self) -> None:
        recording = read(TYPED + "2026-10-06 18:30,step-up,left,12\n2026-10-06 18:30,step")
        assert [done.exercise for done in recording.sessions[0].sets] == ["step-up"]
        assert "may have been cut off" in details(recording, "row_lost")[0]

    def test_counts_remarks_of_a_kind_instead_of_repeating_them(self) -> None:
        rows = "2026-10-06 18:30,step-up,left,many\n" * 500
        recording = read(TYPED + rows)
        assert codes(recording).count("value_dropped") == 20
        assert details(recording, "more_remarks") == ["There are 480 more remarks of these kinds."]


class TestReadForSomebody:
    def test_lets_the_caller_say_whose_it_is(self) -> None:
        recording = pushoff_csv.read(
            write(a_session(sets=(a_set(),))), a_context(athlete_id="runner-8")
        )
        assert recording.sessions[0].athlete_id == "runner-8"
        assert codes(recording) == ["athlete_differs"]

    def test_lets_the_caller_say_which_programme_it_is(self) -> None:
        data = write(a_session(program_id="AQAB"))
        recording = pushoff_csv.read(data, a_context(program_id="AQBH3FQM"))
        assert recording.sessions[0].program_id == "AQBH3FQM"
        assert codes(recording) == ["program_differs"]

    def test_fills_in_the_programme_where_none_is_named(self) -> None:
        recording = pushoff_csv.read(write(a_session()), a_context(program_id="AQBH3FQM"))
        assert recording.sessions[0].program_id == "AQBH3FQM"
        assert recording.remarks == ()
