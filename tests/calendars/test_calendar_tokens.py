"""Holds the tokens of calendars to their form: what is damaged is known by itself."""

import hashlib
import re
from uuid import UUID

import pytest

from app.calendars import calendar_tokens
from app.keys import credentials as keys

TENANT = UUID(int=0xA11CE)


class TestMint:
    def test_makes_another_each_time(self) -> None:
        minted = {calendar_tokens.mint(TENANT).secret for _ in range(100)}
        assert len(minted) == 100
        assert {len(bytes.fromhex(secret)) for secret in minted} == {32}

    def test_is_read_back(self) -> None:
        token = calendar_tokens.mint(TENANT)
        assert calendar_tokens.parse(token.spell()) == token

    def test_spells_what_can_stand_in_an_address_as_it_is(self) -> None:
        assert re.fullmatch(
            r"pushcal_[0-9a-f]+_[0-9a-f]+_[0-9a-f]+", calendar_tokens.mint(TENANT).spell()
        )

    def test_shows_no_secret_by_accident(self) -> None:
        token = calendar_tokens.mint(TENANT)
        assert token.secret not in f"{token!r} {token} {[token]}"


class TestParse:
    def test_notices_any_damage(self) -> None:
        spelled = calendar_tokens.mint(TENANT).spell()
        for place, letter in enumerate(spelled):
            other = "0" if letter != "0" else "1"
            assert calendar_tokens.parse(spelled[:place] + other + spelled[place + 1 :]) is None
            assert calendar_tokens.parse(spelled[:place] + spelled[place + 1 :]) is None

    @pytest.mark.parametrize("form", ["{}\n", " {}", "{0}{0}", "{}.ics"])
    def test_takes_one_spelling_only(self, form: str) -> None:
        spelled = calendar_tokens.mint(TENANT).spell()
        assert calendar_tokens.parse(form.format(spelled)) is None
        assert calendar_tokens.parse(spelled.upper()) is None

    @pytest.mark.parametrize("text", ["", "pushcal", "pushcal___", "x" * 2_000, "\u0660" * 114])
    def test_takes_nothing_else(self, text: str) -> None:
        assert calendar_tokens.parse(text) is None

    def test_does_not_take_a_key(self) -> None:
        assert calendar_tokens.parse(keys.generate().encode()) is None


class TestHashSecret:
    def test_is_the_sha_256_of_it(self) -> None:
        secret = "0" * 64
        assert calendar_tokens.hash_secret(secret) == hashlib.sha256(secret.encode()).digest()
