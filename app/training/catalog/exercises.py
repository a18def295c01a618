"""The exercises and the ladder of each track: loads and checks them once, at import.

`EXERCISES` goes to the routes of the catalogue, `LADDERS` to the planner. All wording and all
numbers are in `tracks/*.toml` and `shared.toml`; this module holds their shape, links and checks.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from app.training.catalog import reasons, toml_files
from app.training.catalog.toml_files import Raw
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track

Laterality = Literal["bilateral", "unilateral"]

LOADERS: tuple[str, ...] = ("backpack", "dumbbell", "kettlebell", "weight_vest")
EQUIPMENT: tuple[str, ...] = ("floor", "wall", "chair", "step", *LOADERS)


@dataclass(frozen=True, slots=True)
class Tempo:
    """The timing of one repetition in whole seconds, lifting phase first."""

    up_s: int
    """Seconds to lift, from the lowest point to the highest."""
    hold_s: int
    """Seconds to pause at the top."""
    down_s: int
    """Seconds to lower."""
    bottom_s: int
    """Seconds to pause at the bottom before the next repetition; 0 means no pause."""

    @property
    def seconds(self) -> int:
        """Seconds that one repetition takes."""
        return self.up_s + self.hold_s + self.down_s + self.bottom_s


@dataclass(frozen=True, slots=True)
class Dose:
    """Sets, repetitions and rest of a full session."""

    sets: int
    """Sets in one training session. For a unilateral exercise a set is both sides."""
    reps_low: int
    """Repetitions of a set at first; per side if the exercise is unilateral."""
    reps_high: int
    """Repetitions of a set to reach before a harder exercise follows; per side if unilateral."""
    rest_s: int
    """Seconds of rest between two sets. Unilateral: work both sides back to back, then rest."""


@dataclass(frozen=True, slots=True)
class Muscles:
    """The muscles that work, as snake_case codes, which the `muscle` filter accepts."""

    primary: tuple[str, ...]
    """The muscles that the exercise trains, the main one first, such as `soleus`."""
    secondary: tuple[str, ...]
    """Muscles that share the work."""
    stabilisers: tuple[str, ...]
    """Muscles that keep the body steady."""


@dataclass(frozen=True, slots=True)
class StepHeight:
    """The height of the step or box, in centimetres."""

    min: int
    """Lowest height in centimetres."""
    max: int
    """Greatest height in centimetres."""
    upper_bound_in_source: Literal["missing"] | None
    """`missing` if the upper bound is missing in the article that the exercise comes from, so that
    `max` is our reading of the rest; null if the range is our own."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The name of the exercise in FIT files."""

    category: str
    """Exercise category of the FIT profile, such as `calf_raise`."""
    name: str | None
    """Exercise name of the FIT profile within its category; null if only the category fits."""
    exact: bool
    """True if the name means exactly this exercise; false if it is the nearest that FIT has."""

    def to_words(self) -> str:
        """Return FIT's own name in words, such as `Standing calf raise`."""
        return (self.name or self.category).replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of the catalogue."""

    slug: str
    """The name in URLs and logs. A published slug is never removed."""
    name: str
    """Short display name."""
    track: Track
    """The track that the exercise belongs to."""
    rung: int | None
    """The place on the ladder of its track, 0 the easiest and 8 the hardest; null for an
    alternative that is not on the ladder and is never planned."""
    seed: bool
    """True for the three exercises of the original article."""
    summary: str
    """What the exercise is and who it suits, in one or two sentences."""
    why_it_matters: str
    """Why a runner does it, and the limits of what is known."""
    muscles: Muscles
    """The muscles that work."""
    laterality: Laterality
    """`unilateral` if one leg at a time does the work. Repetitions then count per side."""
    equipment: tuple[str, ...]
    """The equipment that is needed. Everything listed is needed, except that one of `backpack`,
    `dumbbell`, `kettlebell` and `weight_vest` is enough. `wall` and `floor` are assumed to be
    available."""
    setup: tuple[str, ...]
    """How to get into the start position, step by step."""
    movement: tuple[str, ...]
    """One repetition, step by step."""
    cues: tuple[str, ...]
    """Short hints for the movement."""
    common_faults: tuple[str, ...]
    """Common mistakes, to check in a mirror or a video."""
    safety: tuple[str, ...]
    """Support, surroundings, and when to stop or to choose an easier exercise."""
    tempo: Tempo
    """Seconds for each phase of a repetition. A guide, not a rule."""
    dose: Dose
    """Sets, repetitions and rest of a full session; a programme may begin with fewer sets."""
    step_height_cm: StepHeight | None
    """Height of the step or box for step-ups, in centimetres; null for exercises without a step,
    and for calf raises, which any step of 8 cm (3 in) or more suits."""
    loadable: bool
    """True if the exercise is done with an added weight."""
    easier: str | None
    """Slug of the next easier rung; null on the lowest rung and off the ladder."""
    harder: str | None
    """Slug of the next harder rung; null on the highest rung and off the ladder."""
    alternatives: tuple[str, ...]
    """Slugs of similar exercises for when this one does not suit; often empty."""
    fit: Fit | None
    """The name in FIT files, independent of the weight; null if FIT has no name for it."""
    evidence: tuple[str, ...]
    """Ids of the evidence for it, such as `EV-20`. `EV-44` marks our own choice."""


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """One rung of a ladder: an exercise, and what the planner has to know about it.

    Each rung exists once, so rungs are compared by identity, which is fast.
    """

    exercise: Exercise
    track: Track
    number: int
    coef: int
    """Relative intensity of one repetition in hundredths; 100 is the article's exercise."""
    step_edge: bool
    """Needs a step of 8 cm or more, so that the heels can hang over its edge."""
    chair: bool
    loaded: bool
    """Needs a loader, any of `LOADERS`."""
    height_band: tuple[int, int] | None
    """Step heights in centimetres that suit the rung, both ends included."""
    lowest: bool
    """Prescribed at the lowest of the suitable heights, not at the greatest."""
    fit_dumbbell: Fit | None
    """The name in FIT files when the load is a dumbbell; None if that is the same name."""
    # Fields of the exercise that the planner reads all the time, copied here once.
    slug: str
    name: str
    unilateral: bool
    reps_low: int
    reps_high: int
    rep_s: int
    """Seconds that one repetition takes."""
    rest_s: int


class ParsedCatalogue(NamedTuple):
    """The parsed catalogue, before it is checked."""

    shared: Raw
    """`shared.toml`."""
    tracks: Mapping[Track, Raw]
    """The files of the tracks."""
    evidence_ids: Collection[str]


# What an exercise inherits from its track. Its own `cues` replace the track's, its `more_cues`
# follow them.
_INHERITED = ("why_it_matters", "cues", "common_faults", "safety", "evidence")
_LISTS = ("equipment", "setup", "movement", "cues", "common_faults", "safety", "evidence")
_TEXTS = ("slug", "name", "summary", "why_it_matters", *_LISTS)
# What follows from other fields and is therefore no field of the TOML files.
_DERIVED = {"track", "rung", "dose", "loadable", "easier", "harder"}
_DERIVED |= {"exercise", "step_edge", "chair", "loaded"}
_DERIVED |= {"unilateral", "reps_low", "reps_high", "rep_s", "rest_s"}
_FIELDS = {*Exercise.__slots__, *Rung.__slots__, "reps"} - _DERIVED
_FIELDS |= {f"more_{field}" for field in _INHERITED}


def load(
    parsed: ParsedCatalogue,
) -> tuple[Mapping[Track, tuple[Rung, ...]], Mapping[str, Exercise]]:
    """Build the ladders, and all exercises by slug, from parsed TOML.

    Raises ValueError with the slug and the field at fault.
    """
    ladders = {track: tuple(_build_ladder(parsed, track)) for track in TRACKS}
    others = [(track, raw) for track in TRACKS for raw in parsed.tracks[track].get("beside", ())]
    beside = [_build_exercise(parsed, track, raw) for track, raw in others]
    exercises: dict[str, Exercise] = {}
    for exercise in (*(rung.exercise for track in TRACKS for rung in ladders[track]), *beside):
        if exercise.slug in exercises:
            raise ValueError(f"{exercise.slug}: slug is used twice")
        exercises[exercise.slug] = exercise
    known = {
        "muscles": parsed.shared["muscles"],
        "alternatives": exercises,
        "evidence": parsed.evidence_ids,
        "fit": {name for track in DEFINITIONS.values() for name in track.list_fit_names()},
    }
    every = exercises.values()
    faults = [f"{one.slug}: {fault}" for one in every for fault in _find_faults(one, known)]
    faults += [
        f"{track}: {slug} is no exercise"
        for track, definition in DEFINITIONS.items()
        for slug in definition.list_imported_slugs()
        if slug not in exercises
    ]
    if faults:
        raise ValueError("; ".join(faults))
    return MappingProxyType(ladders), MappingProxyType(exercises)


def _build_ladder(parsed: ParsedCatalogue, track: Track) -> Iterator[Rung]:
    raws = parsed.tracks[track]["rung"]
    slugs = [None, *(raw.get("slug") for raw in raws), None]
    for index, raw in enumerate(raws):
        exercise = _build_exercise(parsed, track, raw, easier=slugs[index], harder=slugs[index + 2])
        if exercise.rung != raws[0].get("number", 0) + index:
            raise ValueError(f"{exercise.slug}: number leaves a gap in the ladder")
        yield _build_rung(exercise, raw, whole_foot=parsed.tracks[track]["whole_foot_on_step"])


def _report_faults(raw: Raw) -> AbstractContextManager[None]:
    slug = raw.get("slug", "an exercise without a slug")
    if unknown := set(raw) - _FIELDS:
        raise ValueError(f"{slug}: {min(unknown)} is no field of the catalogue")
    return toml_files.report_faults(slug)


def _build_rung(exercise: Exercise, raw: Raw, *, whole_foot: bool) -> Rung:
    stepped = "step" in exercise.equipment
    with _report_faults(raw):
        band = tuple(raw["height_band"]) if stepped and whole_foot else None
        return Rung(
            exercise=exercise,
            track=exercise.track,
            number=raw["number"],
            coef=raw["coef"],
            step_edge=stepped and band is None,
            chair="chair" in exercise.equipment,
            loaded=exercise.loadable,
            height_band=band,
            lowest=raw.get("lowest", False),
            fit_dumbbell=Fit(**raw["fit_dumbbell"]) if "fit_dumbbell" in raw else None,
            slug=exercise.slug,
            name=exercise.name,
            unilateral=exercise.laterality == "unilateral",
            reps_low=exercise.dose.reps_low,
            reps_high=exercise.dose.reps_high,
            rep_s=exercise.tempo.seconds,
            rest_s=exercise.dose.rest_s,
        )


def _build_exercise(
    parsed: ParsedCatalogue, track: Track, raw: Raw, **links: str | None
) -> Exercise:
    with _report_faults(raw):
        shared = parsed.tracks[track]["shared"]
        equipment = tuple(raw["equipment"])
        muscles = raw.get("muscles", shared["muscles"])
        return Exercise(
            slug=raw["slug"],
            name=raw["name"],
            track=track,
            rung=raw.get("number"),
            seed=raw.get("seed", False),
            summary=raw["summary"],
            why_it_matters=" ".join(_inherit("why_it_matters", shared, raw)),
            muscles=Muscles(**{role: tuple(codes) for role, codes in muscles.items()}),
            laterality=raw["laterality"],
            equipment=equipment,
            setup=tuple(raw["setup"]),
            movement=tuple(raw["movement"]),
            cues=_inherit("cues", shared, raw),
            common_faults=_inherit("common_faults", shared, raw),
            safety=_inherit("safety", shared, raw) + _general_safety(parsed.shared, equipment),
            tempo=Tempo(*raw["tempo"]),
            dose=_build_dose(parsed.shared, *raw["reps"]),
            step_height_cm=_build_step_height(raw),
            loadable=_takes_load(equipment),
            easier=links.get("easier"),
            harder=links.get("harder"),
            alternatives=tuple(raw.get("alternatives", ())),
            fit=Fit(**raw["fit"]) if "fit" in raw else None,
            evidence=tuple(sorted(_inherit("evidence", shared, raw))),
        )


def _inherit(field: str, shared: Raw, raw: Raw) -> tuple[str, ...]:
    return (*raw.get(field, shared[field]), *raw.get(f"more_{field}", ()))


def _takes_load(equipment: tuple[str, ...]) -> bool:
    return not set(LOADERS).isdisjoint(equipment)


def _general_safety(shared: Raw, equipment: tuple[str, ...]) -> tuple[str, ...]:
    lines = shared["safety"]
    ground = lines["step"] if "step" in equipment else lines["floor"]
    return (*(lines["load"] if _takes_load(equipment) else ()), *ground, *lines["always"])


def _build_dose(shared: Raw, reps_low: int, reps_high: int) -> Dose:
    """Return the full dose. Sets of fewer repetitions are heavier and need more rest between."""
    rest_s = next(rule["rest_s"] for rule in shared["rest"] if reps_low >= rule["reps_low"])
    return Dose(shared["dose"]["sets"], reps_low, reps_high, rest_s)


def _build_step_height(raw: Raw) -> StepHeight | None:
    """Return the height to publish: the exercise's own statement, else the planner's band."""
    if "step_height_cm" in raw:
        return StepHeight(**raw["step_height_cm"])
    if "height_band" in raw:
        low, high = raw["height_band"]
        return StepHeight(low, high, None)
    return None


def _find_faults(exercise: Exercise, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield every fault of an exercise, the field first; `known` holds the allowed tokens."""
    muscles, dose, height = exercise.muscles, exercise.dose, exercise.step_height_cm
    fit = exercise.fit and "/".join(filter(None, (exercise.fit.category, exercise.fit.name)))
    yield from (f"{field} is empty" for field in _TEXTS if _is_empty(getattr(exercise, field)))
    if not muscles.primary:
        yield "muscles name no primary one"
    for field, used, allowed in (
        ("laterality", (exercise.laterality,), get_args(Laterality)),
        ("equipment", exercise.equipment, EQUIPMENT),
        ("muscles", muscles.primary + muscles.secondary + muscles.stabilisers, known["muscles"]),
        ("alternatives", exercise.alternatives, known["alternatives"]),
        ("evidence", exercise.evidence, known["evidence"]),
        ("fit", (fit,) if fit else (), known["fit"]),
    ):
        yield from (f"{field} has an unknown {token!r}" for token in used if token not in allowed)
    if not 1 <= dose.reps_low < dose.reps_high:
        yield "reps do not rise from low to high"
    if height and not 0 < height.min < height.max:
        yield "step_height_cm does not rise from min to max"


def _is_empty(text: str | tuple[str, ...]) -> bool:
    lines = (text,) if isinstance(text, str) else text
    return not lines or not all(line.strip() for line in lines)


EVIDENCE_IDS: tuple[str, ...] = tuple(reasons.load_evidence())
_PARSED = ParsedCatalogue(toml_files.read("shared.toml"), toml_files.read_tracks(), EVIDENCE_IDS)
MUSCLES: tuple[str, ...] = tuple(_PARSED.shared["muscles"])
LADDERS, EXERCISES = load(_PARSED)
