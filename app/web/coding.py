"""Content codings: which form of an answer a client reads, and how it is made.

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
NOT_AT_ALL = re.compile(r"q=0(\.0*)?")


# Browsers and libraries share a handful of values; made-up ones push each other out.
@lru_cache(maxsize=256)
def choose(accepted: str) -> Coding:
    """The coding for an Accept-Encoding header; empty for the plain form."""
    allowed: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";")
        allowed[name] = not NOT_AT_ALL.fullmatch(weight)
    others = allowed.get("*", False)
    if allowed.get("br", others):
        return "br"
    return "gzip" if allowed.get("gzip", others) else ""


def encode(body: bytes, coding: Coding) -> bytes:
    """A body in a coding. Without a time in it, gzip makes the same bytes everywhere."""
    if coding == "br":
        coded: bytes = brotli.compress(body, quality=BROTLI_QUALITY)
        return coded
    return gzip.compress(body, GZIP_LEVEL, mtime=0) if coding == "gzip" else body
