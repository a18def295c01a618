"""What the catalogue knows about an exercise and about a rung of a ladder, as values.

`exercises` builds them from the TOML files and is where other code imports them from.
"""

from dataclasses import dataclass
from typing import Literal

from app.training.catalog.track_definitions import Track

Laterality = Literal["bilateral", "unilateral"]
Unit = Literal["reps", "seconds"]

LOADERS: tuple[str, ...] = ("backpack", "dumbbell", "kettlebell", "weight_vest")
MACHINES: tuple[str, ...] = ("calf_machine", "leg_press", "seated_calf_machine")
EQUIPMENT: tuple[str, ...] = ("floor", "wall", "chair", "step", *LOADERS, *MACHINES)
# A hold is counted in fives: a count stands for a repetition in every rule.
SECONDS_PER_COUNT = 5


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
    """Sets, repetitions or seconds, and rest of a full session."""

    sets: int
    """Sets in one training session. For a unilateral exercise a set is both sides."""
    reps_low: int | None
    """Repetitions of a set at first; per side if the exercise is unilateral. Null for a hold."""
    reps_high: int | None
    """Repetitions of a set to reach before a harder exercise follows; per side if unilateral. Null
    for a hold."""
    seconds_low: int | None
    """Seconds of a hold at first; per side if unilateral. Null for repetitions."""
    seconds_high: int | None
    """Seconds of a hold to reach before a harder exercise follows; per side if unilateral. Null for
    repetitions."""
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
    """The place on the ladder of its track, 0 the easiest and 8 the hardest; null for an exercise
    beside the ladder."""
    seed: bool
    """True for the three exercises of the original article."""
    summary: str
    """What the exercise is and who it suits, in one or two sentences."""
    why_it_matters: str
    """Why a runner does it, and the limits of what is known."""
    muscles: Muscles
    """The muscles that work."""
    laterality: Laterality
    """`unilateral` if one leg or side at a time does the work. Repetitions and seconds then count
    per side."""
    unit: Unit
    """What a set is counted in: `reps`, or `seconds` for a hold."""
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
    tempo: Tempo | None
    """Seconds for each phase of a repetition. A guide, not a rule. Null for a hold."""
    dose: Dose
    """Sets, repetitions or seconds, and rest of a full session; a programme may begin with fewer
    sets."""
    step_height_cm: StepHeight | None
    """Height of the step or box for step-ups, in centimetres; null for exercises without a step,
    and for calf raises, which any step of 8 cm (3 in) or more suits."""
    loadable: bool
    """True if the exercise is done with an added weight or on a machine."""
    easier: str | None
    """Slug of the next easier rung; null on the lowest rung and off the ladder."""
    harder: str | None
    """Slug of the next harder rung; null on the highest rung and off the ladder."""
    alternatives: tuple[str, ...]
    """Slugs of similar exercises for when this one does not suit; often empty."""
    replaces_rungs: tuple[int, ...]
    """Places on the ladder of the exercises that it may replace: it may be prescribed instead of
    each, and counts as that one when logged. Empty for an exercise on the ladder, and for one that
    is never prescribed."""
    fit: Fit | None
    """The name in FIT files, independent of the weight; null if FIT has no name for it."""
    evidence: tuple[str, ...]
    """Ids of the evidence for it, such as `EV-20`. `EV-44` and `EV-77` mark our own choices."""

    @property
    def picture_path(self) -> str:
        """Path of its picture on this service, which draws it."""
        return f"/exercises/{self.slug}/illustration.svg"


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
    only_without_load: bool
    """Available only if no loaded rung of its track is."""
    alternatives: tuple[Exercise, ...]
    """What may be prescribed instead of the rung's own exercise, the preferred one first."""
    fit_dumbbell: Fit | None
    """The name in FIT files when the load is a dumbbell; None if that is the same name."""
    # Fields of the exercise that the planner reads all the time, copied here once.
    slug: str
    name: str
    unilateral: bool
    hold: bool
    """Whether a set is held. Its repetitions are then counts of SECONDS_PER_COUNT."""
    reps_low: int
    reps_high: int
    rep_s: int
    """Seconds that one repetition or count takes."""
    rest_s: int
