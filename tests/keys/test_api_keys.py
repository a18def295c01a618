"""Tests of API keys: their text, what is rejected without a query, and what is stored."""

import hashlib
import hmac
import zlib

import pytest

from app.keys import api_keys
from app.keys.api_keys import Credential

KEY = Credential("0123456789abcdef", "0123456789abcdef" * 4)


class TestEncode:
    def test_writes_prefix_id_secret_and_checksum(self) -> None:
        prefix, key_id, secret, crc = KEY.encode().split("_")
        assert (prefix, key_id, secret) == ("push", KEY.key_id, KEY.secret)
        assert int(crc, 16) == zlib.crc32(f"push_{key_id}_{secret}".encode())

    def test_is_parsed_back(self) -> None:
        assert api_keys.parse(KEY.encode()) == KEY

    def test_is_hidden_in_repr_and_str(self) -> None:
        assert KEY.secret not in f"{KEY!r} {KEY}"


class TestParse:
    @pytest.mark.parametrize("position", range(len(KEY.encode())))
    def test_rejects_any_single_typing_error(self, position: int) -> None:
        text = KEY.encode()
        wrong = "0" if text[position] != "0" else "1"
        assert api_keys.parse(text[:position] + wrong + text[position + 1 :]) is None

    @pytest.mark.parametrize("position", [5, 10, 40, 60, 84])
    def test_rejects_two_swapped_characters(self, position: int) -> None:
        text = KEY.encode()
        swapped = text[:position] + text[position + 1] + text[position] + text[position + 2 :]
        assert text != swapped
        assert api_keys.parse(swapped) is None

    @pytest.mark.parametrize(
        "text",
        ["", "push", "push_", KEY.encode().upper(), f" {KEY.encode()}", f"{KEY.encode()}\n",
         KEY.encode().replace("push", "pull"), KEY.encode()[:-1], KEY.encode() + "0"],
    )  # fmt: skip
    def test_rejects_a_malformed_text(self, text: str) -> None:
        assert api_keys.parse(text) is None


class TestGenerate:
    def test_returns_a_new_key_each_time(self) -> None:
        keys = [api_keys.generate() for _ in range(100)]
        assert len({one.key_id for one in keys}) == len({one.secret for one in keys}) == 100

    def test_uses_256_random_bits(self) -> None:
        keys = [int(api_keys.generate().secret, 16) for _ in range(200)]
        seen = [any(number >> bit & 1 for number in keys) for bit in range(256)]
        unseen = [all(number >> bit & 1 for number in keys) for bit in range(256)]
        assert all(seen)
        assert not any(unseen)


class TestVerify:
    def test_accepts_only_the_stored_secret(self) -> None:
        assert api_keys.verify(KEY.secret, api_keys.hash_secret(KEY.secret))
        assert not api_keys.verify(KEY.secret[::-1], api_keys.hash_secret(KEY.secret))

    def test_compares_with_the_sha_256_of_the_secret(self) -> None:
        stored = api_keys.hash_secret(KEY.secret)
        assert stored == hashlib.sha256(KEY.secret.encode()).digest()

    def test_compares_in_constant_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compared: list[tuple[bytes, bytes]] = []

        def compare(one: bytes, other: bytes) -> bool:
            compared.append((one, other))
            return one == other

        monkeypatch.setattr(hmac, "compare_digest", compare)
        stored = api_keys.hash_secret(KEY.secret)
        assert not api_keys.verify("0" * 64, stored)
        assert compared == [(api_keys.hash_secret("0" * 64), stored)]
