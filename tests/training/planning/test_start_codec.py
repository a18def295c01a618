"""Tests of the bytes of a spec's `start` in a program id."""

from dataclasses import fields, replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.catalog.track_definitions import DEFINITIONS, TRACKS
from app.training.planning import start_codec
from app.training.planning.id_bytes import ByteReader, UnknownProgram, encode_number, encode_numbers
from app.training.planning.start import (
    DueStep,
    HeldDose,
    Lowered,
    NoteCode,
    Start,
    StartCode,
    TrackStart,
)
from tests.training import starts
from tests.training.strategies import make_constants

ALL = make_constants(
    core=("side_plank", "bridge", "plank"),
    equipment=("chair", "dumbbell"),
    step_heights_cm=(18, 30),
)
PLAIN = TrackStart(3)
# A value other than the default for every field of a track's start.
OTHER_VALUES: dict[str, object] = {
    "reps": 12,
    "seconds": 45,
    "load": 12.25,
    "sets": 6,
    "hits": 2,
    "due": "jump",
    "due_rung": 5,
    "why": "CLEARED",
    "lowered": "floor",
    "top": 2,
    "maintain": True,
    "suspended": True,
    "reduce": True,
    "stopped": True,
    "pain_prev": 4.125,
    "painful": 4,
    "weak": "right",
    "held": HeldDose(6, reps=8, load=20.5, weeks=300),
}


def read(written: bytes) -> Start:
    reader = ByteReader(written)
    found = start_codec.read_start(reader)
    assert reader.position == len(written)
    return found


class TestWriteStart:
    @given(starts.continued_starts(ALL) | starts.client_starts(ALL, 1))
    def test_is_reversed_by_read_start(self, start: Start) -> None:
        assert read(start_codec.write_start(start)) == start

    @given(starts.continued_starts(ALL), starts.continued_starts(ALL))
    def test_returns_different_bytes_for_different_starts(self, one: Start, other: Start) -> None:
        assert (start_codec.write_start(one) == start_codec.write_start(other)) is (one == other)

    @pytest.mark.parametrize("name", [field.name for field in fields(TrackStart)][1:])
    @pytest.mark.parametrize("track", TRACKS)
    def test_keeps_each_field_of_each_track(self, track: str, name: str) -> None:
        begun = replace(PLAIN, **{name: OTHER_VALUES[name]})  # type: ignore[arg-type]
        given_tracks: dict[str, Any] = {track: begun}
        start = Start(**given_tracks, since=0)
        assert begun != PLAIN
        assert read(start_codec.write_start(start)) == start

    @pytest.mark.parametrize(
        "start",
        [
            Start(since=0),
            Start(since=10_000),
            Start(caution=True),
            Start(ever=True),
            Start(test=(0, 200)),
            Start(side_test=(600, 0)),
            Start(test=(1, 2), side_test=(3, 4)),
            Start(run=8, away=50, calm=4, cut=1, skipped=1),
            Start(notes=("RETEST_LOWER", "SESSIONS_SKIPPED")),
        ],
    )
    def test_keeps_each_field_of_the_programme(self, start: Start) -> None:
        assert read(start_codec.write_start(start)) == start

    def test_tells_no_value_from_zero(self) -> None:
        for name, value in (("load", 0.0), ("pain_prev", 0.0)):
            zero = Start(step_up=replace(PLAIN, **{name: value}))  # type: ignore[arg-type]
            none = Start(step_up=PLAIN)
            assert start_codec.write_start(zero) != start_codec.write_start(none)
        assert start_codec.write_start(Start(since=0)) != start_codec.write_start(Start())

    def test_keeps_a_held_hold_in_seconds(self) -> None:
        start = Start(plank=replace(PLAIN, held=HeldDose(5, seconds=40, weeks=2)), since=3)
        assert read(start_codec.write_start(start)) == start


class TestLayout:
    """The order of names is a promise: an id of today must mean the same in ten years."""

    def test_has_these_bits_for_the_tracks(self) -> None:
        assert start_codec.TRACK_BITS == {
            "straight_knee": 0, "bent_knee": 1, "step_up": 2,
            "side_plank": 4, "bridge": 5, "plank": 6,
        }  # fmt: skip
        assert set(start_codec.TRACK_BITS) == set(DEFINITIONS)

    def test_writes_these_bytes(self) -> None:
        begun = TrackStart(2, reps=15, load=0.0, sets=6, hits=1, due="up", why="RETURN_AFTER_PAIN")
        start = Start(
            straight_knee=begun, since=4, caution=True, test=(20, 24), run=2, ever=True,
            notes=("CAUTION_LIFTED",),
        )  # fmt: skip
        head = [5, 0b0111, 20, 24, 2, 0, 0, 0, 0, 1, 1, 0b1]
        track = [0b1011101, 2, 1, 15, 0, 6, 8, 0]
        assert start_codec.write_start(start) == encode_numbers(*head, *track)

    def test_keeps_the_order_of_codes(self) -> None:
        # New ones come last.
        assert get_args(StartCode)[:26] == (
            "START", "NO_DATA_START", "PAIN_ABOVE_5", "SIBLING_PAIN", "PAIN_WORSE_NEXT_MORNING",
            "PAIN_PERSISTS", "PAIN_NOT_SETTLING", "PAIN_ACCEPTABLE_HOLD", "RETURN_AFTER_PAIN",
            "RESUME_FULL", "SIMPLIFY_DOSE", "MISSED_WEEK_REPEAT", "LONG_BREAK_14", "LONG_BREAK_28",
            "RESTART_AFTER_BREAK", "HOLD_TWO_FOR_TWO", "TARGET_NOT_YET_MET", "BELOW_TARGET_REGRESS",
            "INCOMPLETE_NOT_FAILED", "INCOMPLETE_REPEAT", "TRACK_MISSED_REPEAT", "EFFORT_TOO_HIGH",
            "DIFFERENT_EXERCISE_LOGGED", "SPEC_CHANGED", "EQUIPMENT_BACK", "CLEARED",
        )  # fmt: skip
        assert get_args(NoteCode)[:3] == ("SESSIONS_SKIPPED", "CAUTION_LIFTED", "RETEST_LOWER")
        assert get_args(DueStep)[:4] == ("up", "step", "jump", "test")
        assert get_args(Lowered)[:3] == ("rung", "load", "floor")


class TestReadStart:
    @given(starts.continued_starts(ALL), st.data())
    def test_rejects_missing_bytes(self, start: Start, data: st.DataObject) -> None:
        written = start_codec.write_start(start)
        place = data.draw(st.integers(0, len(written) - 1))
        with pytest.raises((UnknownProgram, IndexError)):
            start_codec.read_start(ByteReader(written[:place]))

    @pytest.mark.parametrize(
        "flags", [1 << 15, 1 << 60], ids=["a flag too many", "many flags too many"]
    )
    def test_rejects_flags_that_do_not_exist(self, flags: int) -> None:
        head = encode_numbers(1, 0, 0, 0, 0, 0, 0, 0, 1)
        with pytest.raises(UnknownProgram):
            start_codec.read_start(ByteReader(head + encode_number(flags) + bytes(99)))

    @given(st.binary(max_size=60))
    def test_reads_any_bytes_without_another_error(self, written: bytes) -> None:
        reader = ByteReader(written)
        try:
            found = start_codec.read_start(reader)
        except (UnknownProgram, IndexError, OverflowError):
            return
        assert isinstance(found, Start)
