"""The constants of a programme: exact numbers and ladders that follow from its spec alone.

Masses and loads are integers in hundredths of the spec's unit, so that no decision depends on a
binary float. derive() computes them from a spec; everything that plans and adapts uses them. What
changes from week to week is in `standing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from app.training.catalog.exercises import LADDERS, LOADERS, Exercise, Fit, Rung
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.planning import training_calendar
from app.training.planning.spec import Equipment, Spec, Units, to_hundredths
from app.training.planning.training_calendar import Place

LoadUnit = Literal["kg", "lb"]

# Used for loads if the spec has no body mass.
_ASSUMED_BODY_MASS: dict[Units, float] = {"metric": 70, "imperial": 154}
UNIT: dict[Units, LoadUnit] = {"metric": "kg", "imperial": "lb"}
# A lower step leaves no room for the heels below its edge.
MIN_STEP_EDGE_CM = 8
ADULT_AGE = 18
_CAUTIOUS_AGE = 65
# Owned weights are of use if they count at all, and if the lightest is light enough to begin with.
_SMALLEST_SHARE = 20
_LIGHTEST_SHARE = 5
_HEAVY_SHARE = 5
_FIRST_SHARE = 10


class PrintedExercise(NamedTuple):
    """The exercise that a rung is printed as: its own, or an alternative."""

    exercise: Exercise
    by_feel: bool
    """Whether it is an alternative, whose load is the runner's own choice."""
    unilateral: bool
    step_height_cm: int | None
    fit: Fit | None


class Outfit(NamedTuple):
    """What decides which exercises a spec allows."""

    equipment: tuple[Equipment, ...]
    step_heights_cm: tuple[int, ...]
    avoid_below_level: bool
    prefer: tuple[str, ...]
    has_load: bool
    """Whether there is a weight that will do."""
    is_adult: bool


@dataclass(frozen=True, slots=True)
class PlanConstants:
    """The part of a programme that never changes. Masses are in hundredths of the unit."""

    spec: Spec
    tracks: tuple[Track, ...]
    ladders: Mapping[Track, tuple[Rung, ...]]
    """The available rungs of each track, from easy to hard."""
    printed: Mapping[Rung, PrintedExercise]
    """What each available rung is printed as."""
    tops: Mapping[Rung, int]
    """The repetitions to reach on each available rung before the next one follows."""
    body_mass: int
    weights: tuple[int, ...]
    """The owned weights that are of use; empty for every multiple of `increment`."""
    increment: int
    days: tuple[int, ...]
    places: tuple[Place, ...]
    frequency: Mapping[Track, int]
    """Sessions of a full week that hold the track."""
    race_weeks: frozenset[int]
    """Weeks of races with taper."""
    always_cautious: bool
    """Whether age calls for caution."""

    @property
    def fit_names(self) -> Mapping[str, Fit | None]:
        """The FIT name of each exercise that the programme may prescribe, by slug."""
        return {printed.exercise.slug: printed.fit for printed in self.printed.values()}

    @property
    def first_load(self) -> int:
        """The first load of a loaded rung: 10 % of body mass."""
        return self.fit_load(self.body_mass // _FIRST_SHARE)

    @property
    def max_load(self) -> int:
        """The greatest load: 60 % of body mass."""
        return self.fit_load(self.body_mass * 6 // 10)

    def fit_load(self, most: int) -> int:
        """Return the heaviest load that can be had up to `most`, or the lightest of all."""
        if not self.weights:
            return max(most // self.increment, 1) * self.increment
        return max((weight for weight in self.weights if weight <= most), default=self.weights[0])

    def next_load(self, load: int) -> int | None:
        """Return the lightest load above this one, or None if nothing heavier is owned."""
        if not self.weights:
            return (load // self.increment + 1) * self.increment
        return min((weight for weight in self.weights if weight > load), default=None)

    def top_reps(self, rung: Rung) -> int:
        """Return the repetitions to reach on a rung before the next rung follows."""
        return self.tops[rung]

    def neighbour(self, rung: Rung, step: int) -> Rung | None:
        """Return the next available rung up (+1) or down (-1), or None at the end of the ladder."""
        ladder = self.ladders[rung.track]
        place = ladder.index(rung) + step
        return ladder[place] if 0 <= place < len(ladder) else None

    def is_heavy(self, load: int) -> bool:
        """Return whether a load is enough for the heavy version: 20 % of body mass."""
        return load * _HEAVY_SHARE >= self.body_mass

    def effort(self, rung: Rung, load: int) -> int:
        """Return the relative intensity of a repetition, times 100 and times the body mass."""
        return rung.coef * (self.body_mass + load)


def derive(spec: Spec) -> PlanConstants:
    """Return the constants of a spec."""
    days = training_calendar.choose_days(spec)
    places = training_calendar.list_places(spec, days)
    mass = _ASSUMED_BODY_MASS[spec.units] if spec.body_mass is None else spec.body_mass
    body_mass = to_hundredths(mass)
    weights = _choose_weights(spec, body_mass)
    outfit = Outfit(
        spec.equipment,
        spec.step_heights_cm,
        spec.avoid_below_level,
        spec.prefer,
        has_load=weights is not None and not set(LOADERS).isdisjoint(spec.equipment),
        is_adult=spec.age is None or spec.age >= ADULT_AGE,
    )
    found = {track: _find_printed(outfit, track) for track in spec.tracks}
    ladders = {track: tuple(rung for rung, _ in pairs) for track, pairs in found.items()}
    return PlanConstants(
        spec=spec,
        tracks=spec.tracks,
        ladders=ladders,
        printed={rung: printed for pairs in found.values() for rung, printed in pairs},
        tops={rung: _find_top(rung, ladder) for ladder in ladders.values() for rung in ladder},
        body_mass=body_mass,
        weights=weights or (),
        increment=to_hundredths(spec.load_increment),
        days=days,
        places=places,
        frequency={t: sum(t in place.tracks for place in places) for t in spec.tracks},
        race_weeks=training_calendar.list_race_weeks(spec),
        always_cautious=spec.age is not None and not ADULT_AGE <= spec.age < _CAUTIOUS_AGE,
    )


def _find_top(rung: Rung, ladder: tuple[Rung, ...]) -> int:
    if rung.loaded or rung is not ladder[-1]:
        return rung.reps_high
    return max(rung.reps_high, DEFINITIONS[rung.track].top_reps)


def _choose_weights(spec: Spec, body_mass: int) -> tuple[int, ...] | None:
    """Return the owned weights, () if any multiple of the increment will do, None if what is owned
    is too light or too heavy to begin with.
    """
    if not spec.loads:
        return ()
    heavy = [load for load in map(to_hundredths, spec.loads) if load * _SMALLEST_SHARE >= body_mass]
    return tuple(heavy) if heavy and heavy[0] * _LIGHTEST_SHARE <= body_mass else None


# Most specs share a few outfits: a cache hit takes 0.3 us, a ladder 13 us.
@lru_cache(maxsize=1024)
def _find_printed(outfit: Outfit, track: Track) -> tuple[tuple[Rung, PrintedExercise], ...]:
    """Return the available rungs of a track, each with what it is printed as."""
    found: list[tuple[Rung, PrintedExercise]] = []
    for rung in LADDERS[track]:
        if rung.loaded and not outfit.is_adult:
            continue
        own = _meets_needs(outfit, rung)
        others = [e for e in rung.alternatives if _has_equipment(outfit, e)]
        if own or others:
            found.append((rung, _choose_printed(outfit, rung, own, others)))
    loaded_step = any(rung.loaded for rung, _ in found)
    return tuple(pair for pair in found if not (pair[0].only_without_load and loaded_step))


def _meets_needs(outfit: Outfit, rung: Rung) -> bool:
    edge = max(outfit.step_heights_cm, default=0) >= MIN_STEP_EDGE_CM
    return (
        (not rung.step_edge or (edge and not outfit.avoid_below_level))
        and ("chair" in outfit.equipment or not rung.chair)
        and (outfit.has_load or not rung.loaded)
        and (rung.height_band is None or choose_step_height(outfit, rung) is not None)
    )


def _has_equipment(outfit: Outfit, alternative: Exercise) -> bool:
    needs = set(alternative.equipment) - {"floor", "wall"}
    if not needs.isdisjoint(LOADERS):
        needs -= set(LOADERS)
        if not outfit.has_load:
            return False
    return needs <= set(outfit.equipment)


def _choose_printed(
    outfit: Outfit, rung: Rung, own: bool, others: list[Exercise]
) -> PrintedExercise:
    by_slug = {exercise.slug: exercise for exercise in others}
    preferred = next((by_slug[slug] for slug in outfit.prefer if slug in by_slug), None)
    if preferred is None and own:
        height = choose_step_height(outfit, rung)
        fit = _choose_fit_name(outfit, rung)
        return PrintedExercise(rung.exercise, False, rung.unilateral, height, fit)
    chosen = preferred or others[0]
    return PrintedExercise(chosen, True, chosen.laterality == "unilateral", None, chosen.fit)


def choose_step_height(spec: Spec | Outfit, rung: Rung) -> int | None:
    """Return the step height for a rung in centimetres; None if there is no fitting one."""
    if rung.height_band is None:
        return None
    low, high = rung.height_band
    heights = [height for height in spec.step_heights_cm if low <= height <= high]
    if not heights:
        return None
    return min(heights) if rung.lowest else max(heights)


def _choose_fit_name(outfit: Outfit, rung: Rung) -> Fit | None:
    """Return the FIT name. FIT has names of their own for some exercises with a dumbbell."""
    if rung.fit_dumbbell is not None and "dumbbell" in outfit.equipment:
        return rung.fit_dumbbell
    return rung.exercise.fit
