"""What apps and people call our exercises, as data, and the side where a name holds it.

Hands slugs to the readers of other apps' files. Nothing is guessed: a calf raise that does not say
whether the knee was straight or bent is nobody's exercise until somebody says so.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.tracks import DEFINITIONS
from app.training.planning.week import SetSide

# Names as plain() writes them: what they are with body weight alone, and with a load.
NAMES: Mapping[str, tuple[str, str]] = {
    name: slugs for track in DEFINITIONS.values() for name, slugs in track.other_names.items()
}
# What the name says it is done with. Whatever is loaded is loaded, recorded or not.
LOADERS = tuple(
    "barbell,dumbbell,kettlebell,loaded,machine,plate loaded,smith,smith machine,weighted".split(
        ","
    )
)
UNLOADED = "bodyweight"
PLURALS = {"raises": "raise", "ups": "up", "dumbbells": "dumbbell", "kettlebells": "kettlebell"}
OWN = ("slug", "name")
# No name is longer, and what notes say of sides stands at their beginning.
LONGEST_TITLE, LONGEST_NOTE = 200, 2_000

SIDE_OF_NAME = re.compile(
    r"\s*(?:\(\s*(left|right)(?: leg| side)?\s*\)|\[\s*(left|right)(?: leg| side)?\s*\]"
    r"|[-,:]\s*(left|right)(?: leg| side)?)\s*$",
    re.IGNORECASE,
)
# In a note only what opens a clause or belongs to a leg: "two left" and "felt right" are no sides,
# and a left knee is where it aches rather than which leg worked.
SIDE_OF_NOTE = re.compile(
    r"(?:^|[\n;,.:(\[/|+&-]|\band\b|\bthen\b)\s*(left|right)\b"
    r"(?!\s+(?:achilles|ankle|calf|foot|hip|knee|in|it|on|over)\b)|\b(left|right)\s+(?:leg|only|side)\b",
    re.IGNORECASE,
)
LETTER = {"l": "left", "r": "right"}


def shorten(text: str, most: int) -> str:
    """The beginning of a text, line by line without needless spaces: patterns that look back and
    forth over a megabyte of them would take minutes.
    """
    lines = (" ".join(line.split()) for line in text[:most].splitlines())
    return "\n".join(line for line in lines if line)


def plain(title: str) -> str:
    """A name in small letters, with single spaces for everything that is no letter or digit."""
    text = unicodedata.normalize("NFKC", shorten(title, LONGEST_TITLE)).casefold()
    words = re.sub(r"[\W_]+", " ", text).split()
    return " ".join(PLURALS.get(word, word) for word in words)


def spell_out() -> dict[str, tuple[str, str]]:
    """Every known name in every way of saying what it is done with."""
    own = {
        plain(getattr(exercise, field)): (slug, slug)
        for slug, exercise in EXERCISES.items()
        for field in OWN
    }
    said = {
        variant: (loaded, loaded)
        for name, (_, loaded) in NAMES.items()
        for tool in LOADERS
        for variant in (f"{name} {tool}", f"{tool} {name}")
    }
    bare = {
        variant: pair
        for name, pair in NAMES.items()
        for variant in (name, f"{name} {UNLOADED}", f"{UNLOADED} {name}")
    }
    # The names of apps stand above our own where they are alike: they know of loads.
    return said | own | bare


KNOWN = spell_out()


def find(title: str, *, loaded: bool) -> str | None:
    """Slug of the exercise that a name means; None for what is not known for certain."""
    return look_up(shorten(title, LONGEST_TITLE), loaded=loaded)


@lru_cache(maxsize=1024)
def look_up(title: str, *, loaded: bool) -> str | None:
    """The same for a name of no great length, which files repeat row after row."""
    pair = KNOWN.get(plain(title))
    return None if pair is None else pair[loaded]


def split_side(title: str) -> tuple[str, SetSide | None]:
    """A name without the side at its end, and the side: `Step-up (left)`, `Calf raise - right`."""
    title = shorten(title, LONGEST_TITLE)
    found = SIDE_OF_NAME.search(title)
    if found is None or not found.start():
        return title, None
    return title[: found.start()], read_side(found)


def side_of(note: str) -> SetSide | None:
    """The one side that a note seems to speak of; None if it names none or both."""
    note = shorten(note, LONGEST_NOTE)
    letter = LETTER.get(note.strip(" .:;-()[]").lower())
    sides = {letter} if letter else {read_side(found) for found in SIDE_OF_NOTE.finditer(note)}
    if len(sides) != 1:
        return None
    return "left" if sides == {"left"} else "right"


def read_side(found: re.Match[str]) -> SetSide:
    """The side that a pattern found in one of its groups."""
    word = next(group for group in found.groups() if group)
    return "left" if word.lower() == "left" else "right"
