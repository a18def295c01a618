"""Holds which form of an answer a client gets, and that every form says the same."""

import gzip

import brotli
import pytest

from app.web.http import compression

TEXT = b"Single-leg calf raise on a step. " * 100


class TestChoose:
    @pytest.mark.parametrize("header", ["br", "gzip, deflate, br, zstd", "BR;q=0.1, gzip", "*"])
    def test_takes_brotli_where_it_may(self, header: str) -> None:
        assert compression.choose_coding(header) == "br"

    @pytest.mark.parametrize(
        "header", ["gzip", "GZIP, deflate", "gzip;q=0.001", "gzip; q=1.0", "br;q=0, *;q=0.5"]
    )
    def test_takes_gzip_otherwise(self, header: str) -> None:
        assert compression.choose_coding(header) == "gzip"

    @pytest.mark.parametrize(
        "header", ["", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "br;q=0,gzip;q=0, *", ";"]
    )
    def test_leaves_it_plain_where_neither_is_read(self, header: str) -> None:
        assert compression.choose_coding(header) == ""


class TestEncode:
    def test_says_the_same_in_every_coding(self) -> None:
        assert gzip.decompress(compression.encode(TEXT, "gzip")) == TEXT
        assert brotli.decompress(compression.encode(TEXT, "br")) == TEXT
        assert compression.encode(TEXT, "") == TEXT

    def test_makes_the_same_bytes_each_time(self) -> None:
        for one in ("gzip", "br"):
            assert compression.encode(TEXT, one) == compression.encode(TEXT, one)
            assert len(compression.encode(TEXT, one)) < len(TEXT) / 10
