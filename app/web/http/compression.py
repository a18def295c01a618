"""Which form of an answer a client reads, by what it accepts, and how coded forms are made.

Only what is the same for everybody is coded, once, and kept with its plain form.
"""

import gzip
import re
from functools import lru_cache
from typing import Literal

import brotli

Coding = Literal["", "gzip", "br"]
# Smaller than this, a coded form is hardly smaller than the plain one.
LEAST_BYTES = 200
# The next levels take half as long again, and save a tenth of a programme.
GZIP_LEVEL = BROTLI_QUALITY = 4
WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


# Browsers and libraries share a handful of values; made-up ones push each other out.
@lru_cache(maxsize=256)
def parse_accept(accepted: str) -> dict[str, float]:
    """What an Accept or Accept-Encoding header names, with its weight; 0 if that makes no sense."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = part.replace(" ", "").split(";")
        said = [value[2:] for value in parameters if value.startswith("q=")]
        number = said[0] if said else "1"
        weights[name] = float(number) if WEIGHT.fullmatch(number) else 0.0
    return weights


def choose_coding(accepted: str) -> Coding:
    """The coding for an Accept-Encoding header; empty for the plain form."""
    weights = parse_accept(accepted)
    others = weights.get("*", 0.0)
    if weights.get("br", others):
        return "br"
    return "gzip" if weights.get("gzip", others) else ""


def prefers(accepted: str, media_type: str, usual: str) -> bool:
    """Whether an Accept header asks for a media type by name, and for the usual one no more."""
    weights = parse_accept(accepted)
    wanted = weights.get(media_type, 0.0)
    return wanted > 0 and wanted > weights.get(usual, 0.0)


def encode(body: bytes, coding: Coding) -> bytes:
    """A body in a coding. Without a time in it, gzip makes the same bytes everywhere."""
    if coding == "br":
        coded: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
        return coded
    return gzip.compress(body, GZIP_LEVEL, mtime=0) if coding == "gzip" else body
