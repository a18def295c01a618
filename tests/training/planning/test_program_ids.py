"""Tests of program ids: they encode a spec, are short, never change, and reject other texts."""

import base64
import datetime
import os
import re
import string
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.training import engine
from app.training.engine import EngineRetired
from app.training.log import limits
from app.training.planning import id_bytes, program_ids
from app.training.planning.id_bytes import (
    ByteReader,
    UnknownProgram,
    encode_number,
    encode_numbers,
    read_rising,
    write_rising,
)
from app.training.planning.spec import Race, Spec, SpecFields
from app.training.planning.spec_building import SpecError, build_spec, list_timezones
from app.training.planning.start import HeldDose, Start, TrackStart
from tests.training import golden
from tests.training.golden import Golden
from tests.training.strategies import make_spec, plan_program, spec_fields, specs

ROOT = Path(__file__).parents[3]
GOLDENS, RETIRED = golden.load_goldens(), golden.load_retired()
LONGEST = max(GOLDENS, key=lambda entry: len(entry.id))
# Fields of an id that hold a field of another name, or one that is only read.
OTHER_NAMES = {"race_date": "races", "standing": "start", "start": "start"}
ALPHABET = string.ascii_letters + string.digits + "-_"


def forge_id(*body: bytes, engine: int = 2, mask: int = 0) -> str:
    """Return an id with a valid checksum and any body."""
    whole = encode_number(engine) + encode_number(mask) + b"".join(body)
    sealed = whole + program_ids.compute_checksum(whole)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def make_mask(*names: str) -> int:
    """Return the mask of these fields."""
    return sum(1 << list(program_ids.FIELDS).index(name) for name in names)


BEGUN = TrackStart(
    3,
    reps=20,
    load=22.5,
    sets=14,
    hits=1,
    due="test",
    due_rung=5,
    why="BELOW_TARGET_REGRESS",
    lowered="load",
    top=1,
    maintain=True,
    suspended=True,
    reduce=True,
    stopped=True,
    pain_prev=7.25,
    painful=3,
    weak="left",
    held=HeldDose(6, reps=12, load=30.25, weeks=3),
)
HOLD = replace(BEGUN, reps=None, seconds=45, held=HeldDose(4, seconds=40, weeks=3))
FULL_START = Start(
    straight_knee=BEGUN,
    bent_knee=BEGUN,
    step_up=BEGUN,
    side_plank=HOLD,
    bridge=BEGUN,
    plank=HOLD,
    since=104,
    caution=True,
    test=(25, 30),
    side_test=(60, 140),
    run=3,
    away=2,
    calm=1,
    cut=1,
    skipped=1,
    ever=True,
    notes=("CAUTION_LIFTED", "RETEST_LOWER"),
)


class TestEncode:
    @given(specs(begin_from=1, continued=True))
    @example(LONGEST.spec)
    def test_is_reversed_by_decode(self, wanted: Spec) -> None:
        program_id = program_ids.encode(wanted, 2)
        assert program_ids.decode(program_id) == (2, wanted)
        assert re.fullmatch(r"[A-Za-z0-9_-]{8,400}", program_id)

    @given(specs(), specs())
    def test_returns_different_ids_for_different_specs(self, one: Spec, other: Spec) -> None:
        assert (program_ids.encode(one, 2) == program_ids.encode(other, 2)) is (one == other)

    @given(spec_fields())
    def test_ignores_the_order_of_lists(self, wish: SpecFields) -> None:
        turned: dict[str, Any] = {**wish}
        # The order of `run_schedule` and of `prefer` means something.
        for name in {name for name, value in wish.items() if isinstance(value, tuple)}:
            if name not in ("run_schedule", "prefer"):
                turned[name] = turned[name][::-1]
        found = build_spec(cast(SpecFields, turned))
        assert program_ids.encode(found, 2) == program_ids.encode(build_spec(wish), 2)

    @given(spec_fields())
    def test_omits_fields_with_their_default(self, wish: SpecFields) -> None:
        complete = build_spec(wish)
        default = program_ids.compute_defaults(complete)
        said = {
            name: value
            for name, value in default.items()
            if value is not None and name not in ("race_date", "races", "standing")
        }
        # A field with its default may be given or left out. The programme is the same.
        assert program_ids.encode(build_spec(cast(SpecFields, {**said, **wish})), 2) == (
            program_ids.encode(complete, 2)
        )

    def test_returns_eight_characters_for_the_default_spec(self) -> None:
        assert len(program_ids.encode(make_spec(), 2)) == 8

    def test_returns_at_most_400_characters(self) -> None:
        plain = make_spec()
        same = [
            field.name
            for field in fields(Spec)
            if getattr(LONGEST.spec, field.name) == getattr(plain, field.name)
        ]
        # Warning signs block, weeks of pause are for programmes without dates, and the start of
        # this one follows from its level and tests.
        assert same == ["pause_weeks", "red_flags", "start"]
        assert LONGEST.spec.timezone == max(list_timezones(), key=len)
        assert len(LONGEST.id) <= program_ids.MAX_ID_LENGTH == 400
        assert limits.MAX_LENGTHS["program_id"] == program_ids.MAX_ID_LENGTH

    def test_holds_everything_that_a_continued_programme_knows(self) -> None:
        found = make_spec(core=("side_plank", "bridge", "plank"), start=FULL_START)
        program_id = program_ids.encode(found, 2)
        assert program_ids.decode(program_id) == (2, found)
        assert len(program_id) <= program_ids.MAX_ID_LENGTH

    def test_needs_forty_bytes_at_most_for_the_standing_of_three_tracks(self) -> None:
        begun = TrackStart(4, reps=12, load=0.0, sets=6, why="START", due="up")
        start = Start(straight_knee=begun, bent_knee=begun, step_up=begun, since=12, ever=True)
        longer = len(program_ids.encode(make_spec(start=start), 2))
        assert (longer - len(program_ids.encode(make_spec(), 2))) * 3 // 4 <= 40

    def test_names_what_to_shorten_if_an_id_would_be_longer(self) -> None:
        wish = {name: getattr(LONGEST.spec, name) for name in LONGEST.wish}
        wish |= {"start": FULL_START, "days_per_week": 6}
        with pytest.raises(SpecError, match="send fewer entries") as caught:
            program_ids.encode(build_spec(cast(SpecFields, wish)), 2)
        assert caught.value.path == ("loads",)

    def test_encodes_every_field_but_red_flags(self) -> None:
        encoded = {OTHER_NAMES.get(name, name) for name in program_ids.FIELDS}
        assert {field.name for field in fields(Spec)} - encoded == {"red_flags"}

    def test_writes_one_race_with_taper_as_engine_1_did(self) -> None:
        start, race = datetime.date(2027, 3, 1), datetime.date(2027, 5, 23)
        short = make_spec(start_date=start, race_date=race, weeks=4)
        assert program_ids.encode(short, 1) == "AYHAAQTJlS2cli2HCJqo"
        assert short == make_spec(start_date=start, races=(Race(race),), weeks=4)
        without = make_spec(start_date=start, races=(Race(race, taper=False),), weeks=4)
        assert program_ids.decode(program_ids.encode(without, 2)) == (2, without)


class TestGoldenIds:
    @pytest.mark.parametrize("entry", GOLDENS, ids=lambda entry: entry.name)
    def test_plans_the_same_numbers_for_each_golden_id(self, entry: Golden) -> None:
        assert golden.digest_plan(engine.find_program(entry.id).plan()) == entry.plan

    @pytest.mark.parametrize("entry", GOLDENS, ids=lambda entry: entry.name)
    def test_keeps_the_id_of_each_golden_spec(self, entry: Golden) -> None:
        assert program_ids.encode(entry.spec, 2) == entry.id
        assert program_ids.decode(entry.id) == (2, entry.spec)

    def test_has_at_least_twenty_different_ids(self) -> None:
        assert len({entry.id for entry in GOLDENS}) == len(GOLDENS) >= 20

    @pytest.mark.parametrize("field", list(program_ids.FIELDS))
    def test_covers_every_field(self, field: str) -> None:
        plain, name = make_spec(), OTHER_NAMES.get(field, field)
        assert any(getattr(entry.spec, name) != getattr(plain, name) for entry in GOLDENS)

    @pytest.mark.parametrize("hash_seed", ["0", "31415"])
    def test_returns_equal_ids_and_programmes_in_every_process_i_1(self, hash_seed: str) -> None:
        """Invariant I-1, across processes."""
        there = subprocess.run(
            [sys.executable, "-m", "tests.training.golden"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Chatham"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.splitlines() == golden.compute_fingerprints()


class TestRetiredIds:
    @pytest.mark.parametrize("entry", RETIRED, ids=lambda entry: entry.name)
    def test_mean_the_same_spec_as_ever(self, entry: Golden) -> None:
        assert program_ids.decode(entry.id) == (1, entry.spec)

    @pytest.mark.parametrize("entry", RETIRED, ids=lambda entry: entry.name)
    def test_name_the_same_spec_under_the_current_engine(self, entry: Golden) -> None:
        with pytest.raises(EngineRetired) as caught:
            engine.find_program(entry.id)
        successor = caught.value.successor
        assert successor == engine.identify(entry.spec)
        assert successor.plan().spec == entry.spec

    def test_are_at_least_twenty(self) -> None:
        assert len({entry.id for entry in RETIRED}) == len(RETIRED) >= 20


class TestDecode:
    @pytest.mark.parametrize(
        "program_id", [GOLDENS[0].id, GOLDENS[7].id, LONGEST.id], ids=["short", "usual", "longest"]
    )
    def test_rejects_any_changed_character(self, program_id: str) -> None:
        for place, good in enumerate(program_id):
            for bad in set(ALPHABET) - {good}:
                with pytest.raises(UnknownProgram):
                    program_ids.decode(program_id[:place] + bad + program_id[place + 1 :])

    @given(specs(), st.data())
    def test_rejects_missing_and_additional_characters(
        self, wanted: Spec, data: st.DataObject
    ) -> None:
        program_id = program_ids.encode(wanted, 2)
        place = data.draw(st.integers(0, len(program_id) - 1))
        more = data.draw(st.text(ALPHABET, min_size=1, max_size=4))
        for damaged in (
            program_id[:place],
            program_id[:place] + program_id[place + 1 :],
            program_id[:place] + more + program_id[place:],
            program_id + more,
        ):
            if damaged != program_id:
                with pytest.raises(UnknownProgram):
                    program_ids.decode(damaged)

    @given(st.text(max_size=40) | st.text(ALPHABET, max_size=40))
    @example("")
    @example("A" * 401)
    @example("AgCZvl7\N{FULLWIDTH DIGIT SEVEN}")
    def test_rejects_arbitrary_text(self, text: str) -> None:
        with pytest.raises(UnknownProgram):
            program_ids.decode(text)

    @pytest.mark.parametrize(
        "spoil", ["{}=", "{}==", " {}", "{}\n", "{}A", "\N{ZERO WIDTH SPACE}{}"]
    )
    def test_rejects_padding_and_blanks(self, spoil: str) -> None:
        for entry in GOLDENS:
            with pytest.raises(UnknownProgram):
                program_ids.decode(spoil.format(entry.id))

    def test_rejects_the_standard_alphabet_of_base64(self) -> None:
        for entry in GOLDENS:
            other = entry.id.replace("-", "+").replace("_", "/")
            if other != entry.id:
                with pytest.raises(UnknownProgram):
                    program_ids.decode(other)
        assert any({"-", "_"} & set(entry.id) for entry in GOLDENS)

    @pytest.mark.parametrize(
        "forged",
        [
            forge_id(encode_number(12), mask=make_mask("weeks")),  # a default, written out
            forge_id(encode_number(53), mask=make_mask("weeks")),  # out of range
            forge_id(b"\x81\x80\x00", mask=make_mask("weeks")),  # one week, with zeros in front
            forge_id(b"\x80" * 100 + b"\x01", mask=make_mask("weeks")),  # more than any number
            forge_id(b"\x01"),  # something left over
            forge_id(mask=make_mask("weeks")),  # something missing
            forge_id(mask=1 << len(program_ids.FIELDS)),  # a field that does not exist
            forge_id(encode_number(3), mask=make_mask("level")),  # a level that does not exist
            forge_id(encode_number(1 << 8), mask=make_mask("equipment")),
            forge_id(
                encode_number(2), encode_number(5), encode_number(4), mask=make_mask("weekdays")
            ),  # not in order
            forge_id(
                encode_number(2), encode_number(4), encode_number(4), mask=make_mask("weekdays")
            ),  # twice the same
            forge_id(encode_number(1 << 40), mask=make_mask("weekdays")),  # a count beyond the id
            forge_id(
                encode_number(2),
                encode_number(18),
                encode_number(18),
                mask=make_mask("step_heights_cm"),
            ),
            forge_id(encode_number(2), mask=make_mask("days_per_week")),
            forge_id(
                encode_number(3),
                encode_number(2),
                encode_number(4),
                encode_number(5),
                mask=make_mask("days_per_week", "weekdays"),
            ),
            forge_id(encode_number(99), b"UTC", mask=make_mask("timezone")),  # a text beyond the id
            forge_id(encode_number(4), b"Mars", mask=make_mask("timezone")),
            forge_id(encode_number(4), b"\xc3\xa4\xc3\xa4", mask=make_mask("timezone")),
            forge_id(encode_number(0), mask=make_mask("start_date")),  # no such day
            forge_id(encode_number(1 << 40), mask=make_mask("start_date")),
            forge_id(encode_number(738000), mask=make_mask("race_date")),  # a race without a start
            forge_id(encode_number(0), mask=make_mask("start")),  # the start of engine 1
            forge_id(encode_numbers(1, 2, 15, 0), mask=make_mask("start")),
            forge_id(b"\0" * 8, mask=make_mask("standing")),  # an empty start
            forge_id(encode_number(1 << 3), mask=make_mask("core")),
            forge_id(encode_number(0), mask=make_mask("core")),  # a default, written out
            forge_id(encode_numbers(2, 500, 0), mask=make_mask("loads")),  # twice the same
            forge_id(encode_numbers(1, 0), mask=make_mask("loads")),  # no load
            forge_id(encode_numbers(25, *[500] * 25), mask=make_mask("loads")),  # too many
            forge_id(encode_numbers(1, 4), mask=make_mask("prefer")),
            forge_id(encode_numbers(1, 53), mask=make_mask("pause_weeks")),
            forge_id(encode_numbers(2, 4, 3), mask=make_mask("lighter_weeks")),  # not in order
            forge_id(
                encode_numbers(738_000, 1, 2 * 738_000 + 1), mask=make_mask("start_date", "races")
            ),  # a race with taper, in the list of several
            forge_id(encode_numbers(1, 738_000, 0), mask=make_mask("pauses")),  # without a start
            forge_id(
                encode_numbers(738_000, 1, 738_000, 1 << 40), mask=make_mask("start_date", "pauses")
            ),
            forge_id(b"\xff" * 140 + b"\x01", mask=make_mask("body_mass")),
            forge_id(
                encode_number(200), encode_number(201), b"\0\0", mask=make_mask("heel_rise_test")
            ),
        ],
    )
    def test_rejects_a_forged_id_that_encode_never_returns(self, forged: str) -> None:
        assert len(forged) <= program_ids.MAX_ID_LENGTH
        with pytest.raises(UnknownProgram):
            program_ids.decode(forged)

    def test_accepts_forged_ids_without_a_fault(self) -> None:
        assert program_ids.decode(forge_id()) == (2, make_spec())
        assert program_ids.decode(forge_id(encode_number(1), mask=make_mask("weeks"))) == (
            2,
            make_spec(weeks=1),
        )
        weekend = forge_id(
            encode_number(2), encode_number(5), encode_number(6), mask=make_mask("weekdays")
        )
        assert program_ids.decode(weekend) == (2, make_spec(weekdays=(5, 6)))


class TestEncodeNumber:
    @given(st.integers(0, 1 << 64))
    def test_is_reversed_by_the_reader(self, value: int) -> None:
        written = encode_number(value)
        assert ByteReader(written).read_number() == value
        assert len(written) == max(1, -(-value.bit_length() // 7))


class TestWriteRising:
    @given(st.lists(st.integers(0, 1 << 40)).map(sorted).map(tuple))
    def test_is_reversed_by_read_rising(self, values: tuple[int, ...]) -> None:
        assert read_rising(ByteReader(write_rising(values) + bytes(len(values)))) == values

    def test_writes_differences(self) -> None:
        assert write_rising((738_000, 738_001, 738_001, 738_010)) == (
            id_bytes.write_numbers((738_000, 1, 0, 9))
        )
        assert write_rising(()) == b"\0"


class TestFindProgram:
    def test_plans_the_same_programme_for_an_id(self) -> None:
        for entry in GOLDENS:
            again = engine.find_program(entry.id).plan()
            assert again.program_id == entry.id
            assert again == plan_program(entry.spec)
