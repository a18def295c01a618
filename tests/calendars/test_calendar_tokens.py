"""Tests of calendar tokens: their form, and that damage is found without the database."""

import hashlib
import re
from uuid import UUID

import pytest

from app.calendars import calendar_tokens
from app.keys import api_keys as keys

TENANT = UUID(int=0xA11CE)


class TestCreate:
    def test_creates_another_secret_each_time(self) -> None:
        secrets = {calendar_tokens.create(TENANT).secret for _ in range(100)}
        assert len(secrets) == 100
        assert {len(bytes.fromhex(secret)) for secret in secrets} == {32}

    def test_is_parsed_from_its_text(self) -> None:
        token = calendar_tokens.create(TENANT)
        assert calendar_tokens.parse(token.encode()) == token

    def test_encodes_to_characters_that_are_safe_in_a_url(self) -> None:
        assert re.fullmatch(
            r"pushcal_[0-9a-f]+_[0-9a-f]+_[0-9a-f]+", calendar_tokens.create(TENANT).encode()
        )

    def test_has_no_secret_in_its_repr(self) -> None:
        token = calendar_tokens.create(TENANT)
        assert token.secret not in f"{token!r} {token} {[token]}"


class TestParse:
    def test_rejects_any_damage(self) -> None:
        text = calendar_tokens.create(TENANT).encode()
        for place, letter in enumerate(text):
            other = "0" if letter != "0" else "1"
            assert calendar_tokens.parse(text[:place] + other + text[place + 1 :]) is None
            assert calendar_tokens.parse(text[:place] + text[place + 1 :]) is None

    @pytest.mark.parametrize("form", ["{}\n", " {}", "{0}{0}", "{}.ics"])
    def test_accepts_one_spelling_only(self, form: str) -> None:
        text = calendar_tokens.create(TENANT).encode()
        assert calendar_tokens.parse(form.format(text)) is None
        assert calendar_tokens.parse(text.upper()) is None

    @pytest.mark.parametrize("text", ["", "pushcal", "pushcal___", "x" * 2_000, "\u0660" * 114])
    def test_rejects_other_texts(self, text: str) -> None:
        assert calendar_tokens.parse(text) is None

    def test_rejects_a_key(self) -> None:
        assert calendar_tokens.parse(keys.generate().encode()) is None


class TestHashSecret:
    def test_is_the_sha_256_of_the_secret(self) -> None:
        secret = "0" * 64
        assert keys.hash_secret(secret) == hashlib.sha256(secret.encode()).digest()
