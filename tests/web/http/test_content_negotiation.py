"""Tests of the choice of a content coding, and of encoded bodies."""

import gzip

import brotli
import pytest

from app.web.http import content_negotiation

TEXT = b"Single-leg calf raise on a step. " * 100


class TestChooseCoding:
    @pytest.mark.parametrize("header", ["br", "gzip, deflate, br, zstd", "BR;q=0.1, gzip", "*"])
    def test_chooses_brotli_if_it_is_accepted(self, header: str) -> None:
        assert content_negotiation.choose_coding(header) == "br"

    @pytest.mark.parametrize(
        "header", ["gzip", "GZIP, deflate", "gzip;q=0.001", "gzip; q=1.0", "br;q=0, *;q=0.5"]
    )
    def test_chooses_gzip_if_brotli_is_not_accepted(self, header: str) -> None:
        assert content_negotiation.choose_coding(header) == "gzip"

    @pytest.mark.parametrize(
        "header", ["", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "br;q=0,gzip;q=0, *", ";"]
    )
    def test_chooses_none_if_neither_is_accepted(self, header: str) -> None:
        assert content_negotiation.choose_coding(header) == ""


class TestEncode:
    def test_decodes_to_the_same_bytes_in_every_coding(self) -> None:
        assert gzip.decompress(content_negotiation.encode(TEXT, "gzip")) == TEXT
        assert brotli.decompress(content_negotiation.encode(TEXT, "br")) == TEXT
        assert content_negotiation.encode(TEXT, "") == TEXT

    def test_encodes_equal_bodies_to_equal_bytes(self) -> None:
        for coding in ("gzip", "br"):
            assert content_negotiation.encode(TEXT, coding) == content_negotiation.encode(
                TEXT, coding
            )
            assert len(content_negotiation.encode(TEXT, coding)) < len(TEXT) / 10
