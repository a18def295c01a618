"""Tests of program ids: they encode a spec, are short, never change, and reject other texts."""

import base64
import os
import re
import string
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.training import engine
from app.training.planning import program_ids, spec
from app.training.planning.program_ids import UnknownProgram, encode_number
from app.training.planning.spec import Spec, SpecFields
from tests.training import golden
from tests.training.golden import Golden
from tests.training.strategies import make_spec, plan_program, spec_fields, specs

ROOT = Path(__file__).parents[2]
GOLDENS = golden.load_goldens()
LONGEST = max(GOLDENS, key=lambda entry: len(entry.id))
ALPHABET = string.ascii_letters + string.digits + "-_"


def forge_id(*body: bytes, engine: int = 1, mask: int = 0) -> str:
    """Return an id with a valid checksum and any body."""
    whole = encode_number(engine) + encode_number(mask) + b"".join(body)
    sealed = whole + program_ids.compute_checksum(whole)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def make_mask(*names: str) -> int:
    """Return the mask of these fields."""
    return sum(1 << list(program_ids.FIELDS).index(name) for name in names)


class TestEncode:
    @given(specs(begin_from=1))
    @example(LONGEST.spec)
    def test_is_reversed_by_decode(self, wanted: Spec) -> None:
        program_id = program_ids.encode(wanted, 1)
        assert program_ids.decode(program_id) == (1, wanted)
        assert re.fullmatch(r"[A-Za-z0-9_-]{8,200}", program_id)

    @given(specs(), specs())
    def test_returns_different_ids_for_different_specs(self, one: Spec, other: Spec) -> None:
        assert (program_ids.encode(one, 1) == program_ids.encode(other, 1)) is (one == other)

    @given(spec_fields())
    def test_ignores_the_order_of_lists(self, wish: SpecFields) -> None:
        turned: dict[str, Any] = {**wish}
        for name in {"equipment", "step_heights_cm", "weekdays"} & turned.keys():
            turned[name] = turned[name][::-1]
        found = spec.build_spec(cast(SpecFields, turned))
        assert program_ids.encode(found, 1) == program_ids.encode(spec.build_spec(wish), 1)

    @given(spec_fields())
    def test_omits_fields_with_their_default(self, wish: SpecFields) -> None:
        complete = spec.build_spec(wish)
        default = program_ids.compute_defaults(complete)
        said = {name: value for name, value in default.items() if value is not None}
        # A field with its default may be given or left out. The programme is the same.
        assert program_ids.encode(spec.build_spec(cast(SpecFields, {**said, **wish})), 1) == (
            program_ids.encode(complete, 1)
        )

    def test_returns_eight_characters_for_the_default_spec(self) -> None:
        assert len(program_ids.encode(make_spec(), 1)) == 8

    def test_returns_at_most_200_characters(self) -> None:
        plain = make_spec()
        same = [
            field.name
            for field in fields(Spec)
            if getattr(LONGEST.spec, field.name) == getattr(plain, field.name)
        ]
        assert same == ["red_flags"]
        assert LONGEST.spec.timezone == max(spec.list_timezones(), key=len)
        assert len(LONGEST.id) <= program_ids.MAX_ID_LENGTH == 200

    def test_encodes_every_field_but_red_flags(self) -> None:
        assert {field.name for field in fields(Spec)} - set(program_ids.FIELDS) == {"red_flags"}


class TestGoldenIds:
    @pytest.mark.parametrize("entry", GOLDENS, ids=lambda entry: entry.name)
    def test_plans_the_same_numbers_for_each_golden_id(self, entry: Golden) -> None:
        assert golden.digest_plan(engine.find_program(entry.id).plan()) == entry.plan

    @pytest.mark.parametrize("entry", GOLDENS, ids=lambda entry: entry.name)
    def test_keeps_the_id_of_each_golden_spec(self, entry: Golden) -> None:
        assert program_ids.encode(entry.spec, 1) == entry.id
        assert program_ids.decode(entry.id) == (1, entry.spec)

    def test_has_at_least_twenty_different_ids(self) -> None:
        assert len({entry.id for entry in GOLDENS}) == len(GOLDENS) >= 20

    @pytest.mark.parametrize("field", list(program_ids.FIELDS))
    def test_covers_every_field(self, field: str) -> None:
        plain = make_spec()
        assert any(getattr(entry.spec, field) != getattr(plain, field) for entry in GOLDENS)

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
        program_id = program_ids.encode(wanted, 1)
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
    @example("A" * 201)
    @example("AQBH3FQ\N{FULLWIDTH LATIN CAPITAL LETTER M}")
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
            forge_id(encode_number(1 << 5), mask=make_mask("equipment")),
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
            forge_id(encode_number(0), mask=make_mask("start")),  # an empty start
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
        assert program_ids.decode(forge_id()) == (1, make_spec())
        assert program_ids.decode(forge_id(encode_number(1), mask=make_mask("weeks"))) == (
            1,
            make_spec(weeks=1),
        )
        weekend = forge_id(
            encode_number(2), encode_number(5), encode_number(6), mask=make_mask("weekdays")
        )
        assert program_ids.decode(weekend) == (1, make_spec(weekdays=(5, 6)))


class TestEncodeNumber:
    @given(st.integers(0, 1 << 64))
    def test_is_reversed_by_the_reader(self, value: int) -> None:
        written = encode_number(value)
        assert program_ids.ByteReader(written).read_number() == value
        assert len(written) == max(1, -(-value.bit_length() // 7))


class TestFindProgram:
    def test_plans_the_same_programme_for_an_id(self) -> None:
        for entry in GOLDENS:
            again = engine.find_program(entry.id).plan()
            assert again.program_id == entry.id
            assert again == plan_program(entry.spec)
