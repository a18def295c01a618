"""Reads the TOML files of the catalogue, and reports their faults by name.

Only the modules of the catalogue call it. A test that adds a track sets
TRACK_FOLDER before it imports them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TRACK_FOLDER = FOLDER / "tracks"

Raw = Mapping[str, Any]


def read(name: str | Path) -> dict[str, Any]:
    """Return the parsed content of a file in the catalogue's folder."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def read_tracks() -> Mapping[str, Raw]:
    """Return the parsed track files by track code, which is the name of the file."""
    return {path.stem: read(path) for path in sorted(TRACK_FOLDER.glob("*.toml"))}


@contextmanager
def report_faults(name: str) -> Iterator[None]:
    """Raise ValueError with a name and the field that is missing, unknown or misshapen."""
    try:
        yield
    except KeyError as missing:
        raise ValueError(f"{name}: {missing.args[0]} is missing") from None
    except (TypeError, ValueError) as misshapen:
        raise ValueError(f"{name}: {misshapen}") from None
