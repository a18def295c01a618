"""Finds the slug of an exercise by the name that another app uses, and the side in a name or note.

lifting_app_csv calls it for the files of Hevy and Strong. Nothing is guessed: a "Calf Raise" may be
done with a straight or a bent knee, so it matches no exercise.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning.week import SetSide

# Normalised name -> slug with body weight alone, slug with a load.
_APP_NAMES: Mapping[str, tuple[str, str]] = {
    name: slugs for track in DEFINITIONS.values() for name, slugs in track.other_names.items()
}
# A name with one of these words means the loaded exercise, whether or not a load was recorded.
_EQUIPMENT = "barbell dumbbell kettlebell loaded machine smith weighted".split()
_EQUIPMENT += ["plate loaded", "smith machine"]
_BODYWEIGHT = "bodyweight"
_SINGULARS = {"raises": "raise", "ups": "up", "dumbbells": "dumbbell", "kettlebells": "kettlebell"}
# No exercise has a longer name, and a note names the side near its beginning.
_MAX_NAME_LENGTH, _MAX_NOTE_LENGTH = 200, 2_000

_SIDE_IN_NAME = re.compile(
    r"\s*(?:\(\s*(left|right)(?: leg| side)?\s*\)|\[\s*(left|right)(?: leg| side)?\s*\]"
    r"|[-,:]\s*(left|right)(?: leg| side)?)\s*$",
    re.IGNORECASE,
)
# In a note a side counts only at the beginning of a clause or before "leg", "only" or "side":
# "two left" and "felt right" are no sides, and "left knee" says where it hurts.
_SIDE_IN_NOTE = re.compile(
    r"(?:^|[\n;,.:(\[/|+&-]|\band\b|\bthen\b)\s*(left|right)\b"
    r"(?!\s+(?:achilles|ankle|calf|foot|hip|knee|in|it|on|over)\b)|\b(left|right)\s+(?:leg|only|side)\b",
    re.IGNORECASE,
)
_SIDE_LETTERS = {"l": "left", "r": "right"}


def _shorten(text: str, max_length: int) -> str:
    """Return the beginning of a text, each line without superfluous spaces.

    The patterns above would take minutes over a megabyte of spaces.
    """
    lines = (" ".join(line.split()) for line in text[:max_length].splitlines())
    return "\n".join(line for line in lines if line)


def normalise(name: str) -> str:
    """Return a name in lower case, in the singular, as letters and digits with single spaces."""
    text = unicodedata.normalize("NFKC", _shorten(name, _MAX_NAME_LENGTH)).casefold()
    words = re.sub(r"[\W_]+", " ", text).split()
    return " ".join(_SINGULARS.get(word, word) for word in words)


def _build_known_names() -> dict[str, tuple[str, str]]:
    catalogue = {
        normalise(name): (slug, slug)
        for slug, exercise in EXERCISES.items()
        for name in (exercise.slug, exercise.name)
    }
    with_equipment = {
        variant: (loaded, loaded)
        for name, (_, loaded) in _APP_NAMES.items()
        for equipment in _EQUIPMENT
        for variant in (f"{name} {equipment}", f"{equipment} {name}")
    }
    plain = {
        variant: slugs
        for name, slugs in _APP_NAMES.items()
        for variant in (name, f"{name} {_BODYWEIGHT}", f"{_BODYWEIGHT} {name}")
    }
    # A name of an app wins over the same name in the catalogue, because it depends on the load.
    return with_equipment | catalogue | plain


KNOWN_NAMES = _build_known_names()
"""Normalised name -> slug with body weight alone, slug with a load."""


def find(name: str, *, loaded: bool) -> str | None:
    """Return the slug of the exercise that a name means; None if it is not certain."""
    return _find_short_name(_shorten(name, _MAX_NAME_LENGTH), loaded=loaded)


# Files repeat the same names row after row. Only short names are cached.
@lru_cache(maxsize=1024)
def _find_short_name(name: str, *, loaded: bool) -> str | None:
    slugs = KNOWN_NAMES.get(normalise(name))
    return None if slugs is None else slugs[loaded]


def split_side(name: str) -> tuple[str, SetSide | None]:
    """Split a name from the side at its end: `Step-up (left)`, `Calf raise - right`."""
    name = _shorten(name, _MAX_NAME_LENGTH)
    found = _SIDE_IN_NAME.search(name)
    if found is None or not found.start():
        return name, None
    return name[: found.start()], _parse_side(found)


def find_side(note: str) -> SetSide | None:
    """Return the side that a note names; None if it names none or both."""
    note = _shorten(note, _MAX_NOTE_LENGTH)
    letter = _SIDE_LETTERS.get(note.strip(" .:;-()[]").lower())
    sides = {letter} if letter else {_parse_side(found) for found in _SIDE_IN_NOTE.finditer(note)}
    if len(sides) != 1:
        return None
    return "left" if sides == {"left"} else "right"


def _parse_side(found: re.Match[str]) -> SetSide:
    """Return the side in the one group that matched."""
    word = next(group for group in found.groups() if group)
    return "left" if word.lower() == "left" else "right"
