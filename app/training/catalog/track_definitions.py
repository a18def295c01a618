"""The tracks: their codes, and the rules, names and codes of other formats that belong to each.

Reads the head of each file `tracks/<code>.toml` and checks it once, at import. `exercises` builds
the ladders from the rest of the same files. Everything that depends on the track is a field of
TrackDefinition: no Python file names a track (docs/adding-a-track.md).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Literal, get_args

from app.training.catalog import toml_files
from app.training.catalog.reasons import NOTICES, load_evidence
from app.training.catalog.toml_files import Raw

SessionType = Literal["F", "C", "S"]
StrengthTest = Literal["heel_rise", "side_plank"]

# In the start of a program id this bit means `full_volume`; see planning.program_ids.
FULL_VOLUME_BIT = 3
# The parts of a track file that describe exercises. The exercises module reads these.
_EXERCISE_PARTS = frozenset({"shared", "rung", "alternative", "beside"})
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour of a track in charts, as `#rrggbb`."""

    light: str
    """On white paper."""
    dark: str
    """On dark paper."""


@dataclass(frozen=True, slots=True)
class HealthConnectType:
    """The nearest exercise segment type of Health Connect."""

    type: str
    """EXERCISE_SEGMENT_TYPE_ and this in capitals."""
    code: int
    """The number of the type in `androidx.health.connect.client`."""


@dataclass(frozen=True, slots=True)
class StartRungs:
    """The number of the first rung for each training level."""

    beginner: int
    intermediate: int
    advanced: int


@dataclass(frozen=True, slots=True)
class FitCategory:
    """The names of one exercise category of Garmin's FIT profile that mean this track's exercises.

    A category may be described by several tracks, each with names of its own.
    """

    number: int
    """The category's number in the FIT profile."""
    names: Mapping[str, int]
    """The number of each name within the category."""
    imported: Mapping[str, str] = field(default_factory=dict)
    """Names that no exercise of the catalogue has, or more than one, and the slug to import as: an
    exercise of the same movement, say without the weight, which the set itself carries."""


@dataclass(frozen=True, slots=True)
class TrackDefinition:
    """What the code has to know about a track, apart from its exercises."""

    name: str
    """Display name, such as `Straight knee`."""
    shorthand: str
    """Two capitals for the track in notation and benchmarks, such as `SK`."""
    label: str
    """What messages to the runner call the exercises of the track, such as
    `Straight-knee calf raises`."""
    plural: str
    """What calendars call the exercises of the track, such as `calf raises`."""
    bit: int
    """The track's bit in program ids. It never changes and is never used again."""
    order: int
    """The place of the track in lists, sessions and charts, lowest first."""
    tissue: str
    """The tissue that the track loads. Hard sets are counted per tissue, and pain above 5 in one
    track makes the others of its tissue lighter."""
    sessions: tuple[SessionType, ...]
    """The session types that hold the track."""
    top_reps: int
    """Repetitions that the last unloaded rung grows to; counts of five seconds if it is a hold."""
    whole_foot_on_step: bool
    """Whether the whole foot stands on the step. Then each rung with a step needs a height_band;
    otherwise such a rung needs a step whose edge the heels can hang over."""
    pain_sites: tuple[str, ...]
    """Sites of morning pain that count for the track. Any other site counts for all tracks."""
    colours: Colours
    health_connect: HealthConnectType
    start_rungs: StartRungs
    order_evidence: tuple[str, ...]
    """Ids of the evidence for the order of the rungs."""
    optional: bool = False
    """Whether only those programmes hold the track whose spec names it."""
    start_evidence: tuple[str, ...] = ()
    """Ids of the evidence for the first rung; empty if that is the evidence of the reason START."""
    side_is: str | None = None
    """What the side of a one-sided set means; None if it is the leg that works."""
    test: StrengthTest | None = None
    """The test that sets the first rung and shows the weak side."""
    test_rungs: tuple[int, ...] = ()
    """Results of the weaker side in that test, rising: repetitions or seconds. With none reached
    the first rung is number 1, and each one reached raises it by one."""
    start_rung_after_low_test: int | None = None
    """The first rung after a heel-rise test below the first of the `test_rungs`, in a track whose
    first rung no test sets."""
    single_rung_notice: str | None = None
    """Code of the notice on a programme whose equipment allows only one rung of the track."""
    fit: Mapping[str, FitCategory] = field(default_factory=dict)
    """FIT categories by name."""
    other_names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What other apps call the exercises, in small letters: the slug of the exercise without a
    load, and of the one with a load."""

    def list_fit_names(self) -> Iterator[str]:
        """Yield the FIT categories, and each name as `category/name`."""
        for category, numbers in self.fit.items():
            yield category
            yield from (f"{category}/{name}" for name in numbers.names)

    def list_imported_slugs(self) -> Iterator[str]:
        """Yield the slugs of the exercises that names of other formats are imported as."""
        for numbers in self.fit.values():
            yield from numbers.imported.values()
        for slugs in self.other_names.values():
            yield from slugs


def load(files: Mapping[str, Raw]) -> Mapping[str, TrackDefinition]:
    """Return the definitions by track code, in order. Raises ValueError with track and fault."""
    found = {code: _define(code, raw) for code, raw in files.items()}
    if faults := [*_find_faults(found)]:
        raise ValueError("; ".join(faults))
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: item[1].order)))


def _define(code: str, raw: Raw) -> TrackDefinition:
    head = {key: value for key, value in raw.items() if key not in _EXERCISE_PARTS}
    with toml_files.report_faults(code):
        names = head.get("other_names", {}).items()
        head |= {name: tuple(head[name]) for name in ("sessions", "pain_sites", "order_evidence")}
        head |= {name: tuple(head.get(name, ())) for name in ("start_evidence", "test_rungs")}
        head |= {
            "colours": Colours(**head["colours"]),
            "health_connect": HealthConnectType(**head["health_connect"]),
            "start_rungs": StartRungs(**head["start_rungs"]),
            "fit": {name: FitCategory(**each) for name, each in head.get("fit", {}).items()},
            "other_names": {name: (unloaded, loaded) for name, (unloaded, loaded) in names},
        }
        return TrackDefinition(**head)


def _find_faults(found: Mapping[str, TrackDefinition]) -> Iterator[str]:
    for name in ("bit", "order", "shorthand"):
        counts = Counter(getattr(one, name) for one in found.values())
        yield from (f"{name} {value} is used twice" for value, n in counts.items() if n > 1)
    for code, one in found.items():
        cited = {*one.order_evidence, *one.start_evidence}
        for fault, is_there in (
            ("the code is not in snake_case", not _CODE.fullmatch(code)),
            ("the code is reserved", code in {"full_volume", "of"}),
            ("tissue is not in snake_case", not _CODE.fullmatch(one.tissue)),
            ("the tissue is reserved", one.tissue == "week"),
            (f"bit {FULL_VOLUME_BIT} is reserved", one.bit == FULL_VOLUME_BIT),
            ("sessions has an unknown type", not {*one.sessions} <= {*get_args(SessionType)}),
            ("test is unknown", one.test not in {None, *get_args(StrengthTest)}),
            ("test_rungs are for a track with a test", bool(one.test_rungs) != bool(one.test)),
            ("test_rungs do not rise", [*one.test_rungs] != sorted({*one.test_rungs})),
            ("order_evidence is empty", not one.order_evidence),
            ("start_evidence is for an optional track", bool(one.start_evidence) > one.optional),
            ("cites unknown evidence", not cited <= load_evidence().keys()),
            ("single_rung_notice is unknown", one.single_rung_notice not in {None, *NOTICES}),
        ):
            if is_there:
                yield f"{code}: {fault}"


@dataclass(frozen=True, slots=True)
class _OneOf:
    """Marks a string as one of these. Pydantic then treats it like a Literal of them."""

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> dict[str, object]:
        return {"type": "literal", "expected": [*self.values]}


DEFINITIONS: Mapping[str, TrackDefinition] = load(toml_files.read_tracks())
TRACKS: tuple[str, ...] = tuple(DEFINITIONS)
BASE_TRACKS: tuple[str, ...] = tuple(code for code, one in DEFINITIONS.items() if not one.optional)
OPTIONAL_TRACKS: tuple[str, ...] = tuple(code for code, one in DEFINITIONS.items() if one.optional)
TISSUES: tuple[str, ...] = tuple(dict.fromkeys(one.tissue for one in DEFINITIONS.values()))
Track = Annotated[str, _OneOf(TRACKS)]
