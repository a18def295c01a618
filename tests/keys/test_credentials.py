"""Holds the form of a key: what it spells, what it refuses without asking anybody, what is kept."""

import hashlib
import hmac
import zlib

import pytest

from app.keys import credentials
from app.keys.credentials import Credential

KEY = Credential("0123456789abcdef", "0123456789abcdef" * 4)


class TestSpell:
    def test_has_a_prefix_an_id_a_secret_and_a_checksum(self) -> None:
        prefix, key_id, secret, crc = KEY.encode().split("_")
        assert (prefix, key_id, secret) == ("push", KEY.key_id, KEY.secret)
        assert int(crc, 16) == zlib.crc32(f"push_{key_id}_{secret}".encode())

    def test_is_read_back(self) -> None:
        assert credentials.parse(KEY.encode()) == KEY

    def test_is_not_what_a_log_would_show(self) -> None:
        assert KEY.secret not in f"{KEY!r} {KEY}"


class TestParse:
    @pytest.mark.parametrize("place", range(len(KEY.encode())))
    def test_finds_any_single_typing_error(self, place: int) -> None:
        text = KEY.encode()
        wrong = "0" if text[place] != "0" else "1"
        assert credentials.parse(text[:place] + wrong + text[place + 1 :]) is None

    @pytest.mark.parametrize("place", [5, 10, 40, 60, 84])
    def test_finds_two_characters_that_changed_places(self, place: int) -> None:
        text = KEY.encode()
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        assert text != swapped
        assert credentials.parse(swapped) is None

    @pytest.mark.parametrize(
        "text",
        ["", "push", "push_", KEY.encode().upper(), f" {KEY.encode()}", f"{KEY.encode()}\n",
         KEY.encode().replace("push", "pull"), KEY.encode()[:-1], KEY.encode() + "0"],
    )  # fmt: skip
    def test_refuses(self, text: str) -> None:
        assert credentials.parse(text) is None


class TestMint:
    def test_never_makes_the_same_key_twice(self) -> None:
        made = [credentials.generate() for _ in range(100)]
        assert len({one.key_id for one in made}) == len({one.secret for one in made}) == 100

    def test_has_256_random_bits(self) -> None:
        made = [int(credentials.generate().secret, 16) for _ in range(200)]
        seen = [any(number >> bit & 1 for number in made) for bit in range(256)]
        unseen = [all(number >> bit & 1 for number in made) for bit in range(256)]
        assert all(seen)
        assert not any(unseen)


class TestVerify:
    def test_takes_the_secret_that_was_stored(self) -> None:
        assert credentials.verify(KEY.secret, credentials.hash_secret(KEY.secret))
        assert not credentials.verify(KEY.secret[::-1], credentials.hash_secret(KEY.secret))

    def test_keeps_a_sha_256_and_not_the_secret(self) -> None:
        kept = credentials.hash_secret(KEY.secret)
        assert kept == hashlib.sha256(KEY.secret.encode()).digest()

    def test_compares_in_constant_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compared: list[tuple[bytes, bytes]] = []

        def compare(one: bytes, other: bytes) -> bool:
            compared.append((one, other))
            return one == other

        monkeypatch.setattr(hmac, "compare_digest", compare)
        kept = credentials.hash_secret(KEY.secret)
        assert not credentials.verify("0" * 64, kept)
        assert compared == [(credentials.hash_secret("0" * 64), kept)]
