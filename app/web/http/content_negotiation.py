"""Choose the content coding and the media type that a client accepts, and compress bodies.

Input: the headers Accept and Accept-Encoding. Output: a coding (`br`, `gzip` or none) and
encoded bytes. Called by `answers`, which stores each encoded body, so that it is compressed once.
Only public answers are compressed: they are the same for all clients.
"""

import gzip
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import brotli

Coding = Literal["", "gzip", "br"]
# An encoded body is hardly smaller than a plain one of fewer bytes.
MIN_BYTES = 200
# The next level of gzip takes 50 % longer and makes a programme a tenth smaller; that of brotli
# takes 60 % longer and makes it a twentieth smaller.
_GZIP_LEVEL, _BROTLI_QUALITY = 4, 3
_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


# Browsers and libraries share a handful of values; made-up values evict one another.
@lru_cache(maxsize=256)
def _parse_accept(accepted: str) -> dict[str, float]:
    """Parse an Accept or Accept-Encoding header: name -> weight, 0 for an invalid weight."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = "".join(part.split()).split(";")
        given = [value[2:] for value in parameters if value.startswith("q=")]
        number = given[0] if given else "1"
        weights[name] = float(number) if _WEIGHT.fullmatch(number) else 0.0
    return weights


def choose_coding(accepted: str) -> Coding:
    """Return the coding for an Accept-Encoding header; an empty string is the plain body."""
    weights = _parse_accept(accepted)
    others = weights.get("*", 0.0)
    if weights.get("br", others):
        return "br"
    return "gzip" if weights.get("gzip", others) else ""


def prefers(accepted: str, media_type: str, usual: str) -> bool:
    """Return whether an Accept header names a media type, with a higher weight than the usual
    one. Wildcards do not count.
    """
    weights = _parse_accept(accepted)
    wanted = weights.get(media_type, 0.0)
    return wanted > 0 and wanted > weights.get(usual, 0.0)


def prefers_html(accepted: str) -> bool:
    """Return whether an Accept header prefers HTML to JSON, as that of a browser does.

    It names HTML, with a higher weight than JSON. If it takes anything else as well, it names XHTML
    too: browsers do, and the default of Java's HttpURLConnection, which wants data, does not.
    """
    weights = _parse_accept(accepted)
    html = weights.get("text/html", 0.0)
    named = max(weights.get(name, 0.0) for name in ("application/json", "application/problem+json"))
    wildcards = weights.keys() & {"*/*", "application/*", "*"}
    is_browser = not wildcards or "application/xhtml+xml" in weights
    return (
        html > named
        and html >= max(map(weights.__getitem__, wildcards), default=0.0)
        and is_browser
    )


def read_accept(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the Accept header of a request that has not reached the framework yet."""
    return b",".join(value for name, value in headers if name == b"accept").decode("latin-1")


def encode(body: bytes, coding: Coding) -> bytes:
    """Encode a body. The gzip header has no time, so that equal bodies give equal bytes."""
    if coding == "br":
        encoded: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
        return encoded
    return gzip.compress(body, _GZIP_LEVEL, mtime=0) if coding == "gzip" else body
