"""Reads the TOML files of the catalogue: `shared.toml`, `evidence.toml` and one file per track.

Only `tracks`, `exercises` and `reasons` call it. A test that adds a track sets TRACK_FOLDER before
it imports them.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TRACK_FOLDER = FOLDER / "tracks"

Raw = Mapping[str, Any]


def read(name: str) -> dict[str, Any]:
    """Return the parsed content of a file in the catalogue's folder."""
    return _parse(FOLDER / name)


@cache
def read_tracks() -> Mapping[str, Raw]:
    """Return the parsed track files by track code, which is the name of the file."""
    return {path.stem: _parse(path) for path in sorted(TRACK_FOLDER.glob("*.toml"))}


def _parse(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
