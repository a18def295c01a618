"""The exercises and the ladder of each track: loads and checks them once, at import.

`EXERCISES` goes to the routes of the catalogue, `LADDERS` to the planner. All wording and all
numbers are in `tracks/*.toml` and `shared.toml`; `exercise_values` holds their shape, this module
their links and checks.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import NamedTuple, get_args

from app.training.catalog import reasons, toml_files
from app.training.catalog.exercise_values import (
    EQUIPMENT,
    LOADERS,
    MACHINES,
    SECONDS_PER_COUNT,
    Dose,
    Exercise,
    Fit,
    Laterality,
    Muscles,
    Rung,
    StepHeight,
    Tempo,
    Unit,
)
from app.training.catalog.toml_files import Raw
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track

# Other code imports the values from here, too.
__all__ = [
    "EQUIPMENT", "EVIDENCE_IDS", "EXERCISES", "LADDERS", "LOADERS", "MACHINES", "MUSCLES",
    "SECONDS_PER_COUNT", "Dose", "Exercise", "Fit", "Laterality", "Muscles", "ParsedCatalogue",
    "Rung", "StepHeight", "Tempo", "Unit", "load",
]  # fmt: skip


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
_DERIVED = {"track", "rung", "unit", "dose", "loadable", "easier", "harder", "replaces_rungs"}
_DERIVED |= {"exercise", "step_edge", "chair", "loaded"}
_DERIVED |= {"unilateral", "hold", "reps_low", "reps_high", "rep_s", "rest_s"}
_FIELDS = {*Exercise.__slots__, *Rung.__slots__, "reps", "hold_s", "rungs"} - _DERIVED
_FIELDS |= {f"more_{field}" for field in _INHERITED}


def load(
    parsed: ParsedCatalogue,
) -> tuple[Mapping[Track, tuple[Rung, ...]], Mapping[str, Exercise]]:
    """Build the ladders, and all exercises by slug, from parsed TOML.

    Raises ValueError with the slug and the field at fault.
    """
    others = [*_build_others(parsed)]
    ladders = {track: tuple(_build_ladder(parsed, track, others)) for track in TRACKS}
    exercises: dict[str, Exercise] = {}
    for exercise in (*(rung.exercise for track in TRACKS for rung in ladders[track]), *others):
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


def _build_others(parsed: ParsedCatalogue) -> Iterator[Exercise]:
    """Yield the exercises beside the ladders: those that a programme may prescribe come first."""
    for kind in ("alternative", "beside"):
        for track in TRACKS:
            numbers = {raw.get("number") for raw in parsed.tracks[track]["rung"]}
            for raw in parsed.tracks[track].get(kind, ()):
                exercise = _build_exercise(parsed, track, raw)
                if bool(exercise.replaces_rungs) is not (kind == "alternative"):
                    raise ValueError(f"{exercise.slug}: rungs are for an alternative")
                if not numbers.issuperset(exercise.replaces_rungs):
                    raise ValueError(f"{exercise.slug}: rungs has one that is not on the ladder")
                yield exercise


def _build_ladder(parsed: ParsedCatalogue, track: Track, others: list[Exercise]) -> Iterator[Rung]:
    raws = parsed.tracks[track]["rung"]
    slugs = [None, *(raw.get("slug") for raw in raws), None]
    for index, raw in enumerate(raws):
        exercise = _build_exercise(parsed, track, raw, easier=slugs[index], harder=slugs[index + 2])
        if exercise.rung != raws[0].get("number", 0) + index:
            raise ValueError(f"{exercise.slug}: number leaves a gap in the ladder")
        instead = tuple(
            one for one in others if one.track == track and exercise.rung in one.replaces_rungs
        )
        whole_foot = parsed.tracks[track]["whole_foot_on_step"]
        yield _build_rung(exercise, raw, whole_foot=whole_foot, alternatives=instead)


def _report_faults(raw: Raw) -> AbstractContextManager[None]:
    slug = raw.get("slug", "an exercise without a slug")
    if unknown := set(raw) - _FIELDS:
        raise ValueError(f"{slug}: {min(unknown)} is no field of the catalogue")
    if "hold_s" in raw and raw.keys() & {"reps", "tempo"}:
        raise ValueError(f"{slug}: a hold has neither reps nor tempo")
    return toml_files.report_faults(slug)


def _build_rung(
    exercise: Exercise, raw: Raw, *, whole_foot: bool, alternatives: tuple[Exercise, ...]
) -> Rung:
    stepped = "step" in exercise.equipment
    with _report_faults(raw):
        hold = exercise.tempo is None
        low, high = raw["hold_s"] if hold else raw["reps"]
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
            only_without_load=raw.get("only_without_load", False),
            alternatives=alternatives,
            fit_dumbbell=_build_fit(raw.get("fit_dumbbell")),
            slug=exercise.slug,
            name=exercise.name,
            unilateral=exercise.laterality == "unilateral",
            hold=hold,
            reps_low=low // SECONDS_PER_COUNT if hold else low,
            reps_high=high // SECONDS_PER_COUNT if hold else high,
            rep_s=exercise.tempo.seconds if exercise.tempo else SECONDS_PER_COUNT,
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
            unit="seconds" if "hold_s" in raw else "reps",
            equipment=equipment,
            setup=tuple(raw["setup"]),
            movement=tuple(raw["movement"]),
            cues=_inherit("cues", shared, raw),
            common_faults=_inherit("common_faults", shared, raw),
            safety=_inherit("safety", shared, raw) + _list_general_safety(parsed, track, equipment),
            tempo=None if "hold_s" in raw else Tempo(*raw["tempo"]),
            dose=_build_dose(parsed.shared, raw),
            step_height_cm=_build_step_height(raw),
            loadable=_takes_load(equipment),
            easier=links.get("easier"),
            harder=links.get("harder"),
            alternatives=tuple(raw.get("alternatives", ())),
            replaces_rungs=tuple(raw.get("rungs", ())),
            fit=_build_fit(raw.get("fit")),
            evidence=tuple(sorted(_inherit("evidence", shared, raw))),
        )


def _inherit(field: str, shared: Raw, raw: Raw) -> tuple[str, ...]:
    return (*raw.get(field, shared[field]), *raw.get(f"more_{field}", ()))


def _takes_load(equipment: tuple[str, ...]) -> bool:
    return not {*LOADERS, *MACHINES}.isdisjoint(equipment)


def _list_general_safety(
    parsed: ParsedCatalogue, track: Track, equipment: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the lines for all exercises with this equipment. A track may have its own lines on the
    ground, and on when to stop and get help.
    """
    general, own = parsed.shared["safety"], parsed.tracks[track]["shared"]
    return (
        *(general["carried_load"] if set(LOADERS).intersection(equipment) else ()),
        *(general["added_weight"] if _takes_load(equipment) else ()),
        *own.get("ground", general["step" if "step" in equipment else "floor"]),
        *general["always"],
        *own.get("stop", general["stop"]),
    )


def _build_dose(shared: Raw, raw: Raw) -> Dose:
    """Return the full dose. Sets of fewer repetitions are heavier and need more rest between."""
    sets = shared["dose"]["sets"]
    if "hold_s" in raw:
        low, high = raw["hold_s"]
        return Dose(sets, None, None, low, high, shared["dose"]["hold_rest_s"])
    low, high = raw["reps"]
    rest_s = next(rule["rest_s"] for rule in shared["rest"] if low >= rule["reps_low"])
    return Dose(sets, low, high, None, None, rest_s)


def _build_fit(raw: Raw | None) -> Fit | None:
    return None if raw is None else Fit(**{"name": None, **raw})


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
    muscles, height = exercise.muscles, exercise.step_height_cm
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
    yield from _find_dose_faults(exercise.dose)
    if height and not 0 < height.min < height.max:
        yield "step_height_cm does not rise from min to max"


def _find_dose_faults(dose: Dose) -> Iterator[str]:
    reps, seconds = (dose.reps_low, dose.reps_high), (dose.seconds_low, dose.seconds_high)
    if not _rises(reps):
        yield "reps do not rise from low to high"
    if not _rises(seconds):
        yield "hold_s does not rise from low to high"
    if any(value is not None and value % SECONDS_PER_COUNT for value in seconds):
        yield f"hold_s is no multiple of {SECONDS_PER_COUNT}"


def _rises(ends: tuple[int | None, int | None]) -> bool:
    """Return whether a range rises; one that does not apply is in order."""
    low, high = ends
    return low is None or high is None or 1 <= low < high


def _is_empty(text: str | tuple[str, ...]) -> bool:
    lines = (text,) if isinstance(text, str) else text
    return not lines or not all(line.strip() for line in lines)


EVIDENCE_IDS: tuple[str, ...] = tuple(reasons.load_evidence())
_PARSED = ParsedCatalogue(toml_files.read("shared.toml"), toml_files.read_tracks(), EVIDENCE_IDS)
WARM_UP: str = _PARSED.shared["warm_up"]
MUSCLES: tuple[str, ...] = tuple(_PARSED.shared["muscles"])
LADDERS, EXERCISES = load(_PARSED)
