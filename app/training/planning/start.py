"""Where the tracks of a programme start: what a client gives, or what a continued programme knows.

A Start is a field of the spec. `standing` reads it into the state before week 1; `successor` writes
the whole state of a programme into one, so that its id carries it.
"""

from dataclasses import dataclass, field, make_dataclass
from typing import Any, Literal

from app.training.catalog.omission import omit_if_empty
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track

Side = Literal["left", "right"]
DueStep = Literal["up", "step", "jump", "test"]
# The codes of reasons that may wait to be shown. Their order is a promise of program ids.
StartCode = Literal[
    "START",
    "NO_DATA_START",
    "PAIN_ABOVE_5",
    "SIBLING_PAIN",
    "PAIN_WORSE_NEXT_MORNING",
    "PAIN_PERSISTS",
    "PAIN_NOT_SETTLING",
    "PAIN_ACCEPTABLE_HOLD",
    "RETURN_AFTER_PAIN",
    "RESUME_FULL",
    "SIMPLIFY_DOSE",
    "MISSED_WEEK_REPEAT",
    "LONG_BREAK_14",
    "LONG_BREAK_28",
    "RESTART_AFTER_BREAK",
    "HOLD_TWO_FOR_TWO",
    "TARGET_NOT_YET_MET",
    "BELOW_TARGET_REGRESS",
    "INCOMPLETE_NOT_FAILED",
    "INCOMPLETE_REPEAT",
    "TRACK_MISSED_REPEAT",
    "EFFORT_TOO_HIGH",
    "DIFFERENT_EXERCISE_LOGGED",
    "SPEC_CHANGED",
    "EQUIPMENT_BACK",
    "CLEARED",
]
NoteCode = Literal["SESSIONS_SKIPPED", "CAUTION_LIFTED", "RETEST_LOWER"]
Lowered = Literal["rung", "load", "floor"]
"""What a regress lowered instead of repetitions; `floor` if nothing was left to lower."""


@dataclass(frozen=True, slots=True)
class HeldDose:
    """What a track had reached before its equipment went missing."""

    rung: int
    """Number of the rung."""
    reps: int | None = None
    """Target repetitions of a set; null in a hold."""
    seconds: int | None = None
    """Target seconds of a hold, a multiple of 5; null for repetitions."""
    load: float = 0.0
    """External load in the spec's unit."""
    weeks: int = 0
    """Weeks since then."""

    __get_pydantic_core_schema__ = omit_if_empty("reps", "seconds")


@dataclass(frozen=True, slots=True)
class TrackStart:
    """The start of one track. A client may give rung, target, load and sets; the rest is what
    `continue` carries over.
    """

    rung: int
    """Number of the rung on its ladder; it must be available with the equipment of this spec."""
    reps: int | None = None
    """Target repetitions of a set; null: the fewest of the rung."""
    seconds: int | None = None
    """Target seconds of a hold, a multiple of 5; null: the fewest of the rung."""
    load: float | None = None
    """External load in the spec's unit; null: the first load of a loaded rung, else 0."""
    sets: int | None = None
    """Hard sets of a week; null: those of a fresh start."""
    hits: int = 0
    """Good sessions in a row, up to 2."""
    due: DueStep | None = None
    """The step that the next build week takes: `up` sets or reps, `step` reps or a harder version,
    `jump` to a harder version early, `test` to the rung of a test."""
    due_rung: int | None = None
    """The rung of a due `test`."""
    why: StartCode | None = None
    """Code of the reason that waits to be shown."""
    lowered: Lowered | None = None
    """What BELOW_TARGET_REGRESS lowered."""
    top: int = 0
    """Weeks at the top of what is open: 0, 1, or 2 once the sets were halved."""
    maintain: bool = False
    """Whether about half of the full sets keep what was reached."""
    suspended: bool = False
    """Whether pain took the track out of the coming week."""
    reduce: bool = False
    """Whether pain reduced the track to about half the work."""
    stopped: bool = False
    """Whether the last trained week had pain above 5."""
    pain_prev: float | None = None
    """Pain of the last week in which it was trained, if 3 or more."""
    painful: int = 0
    """Weeks in a row with pain of 3 or more, up to 4."""
    weak: Side | None = None
    """The weaker side by logged sets."""
    held: HeldDose | None = None
    """What was reached before its equipment went missing."""

    # What is left out is null or false, as in a request.
    __get_pydantic_core_schema__ = omit_if_empty(
        "reps",
        "seconds",
        "load",
        "sets",
        "due",
        "due_rung",
        "why",
        "lowered",
        "maintain",
        "suspended",
        "reduce",
        "stopped",
        "pain_prev",
        "weak",
        "held",
    )

    def __post_init__(self) -> None:
        # Equal specs have one id, and -0.0 equals 0.0 but is printed differently.
        if self.load is not None:
            object.__setattr__(self, "load", self.load + 0.0)


_START_TEXTS = {
    track: f"Start of the {one.name.lower()} track; null leaves it to level and test."
    for track, one in DEFINITIONS.items()
}
# A field for each track of the catalogue. Any, because mypy cannot know these fields.
_TrackStarts: Any = make_dataclass(
    "_TrackStarts",
    [
        (track, TrackStart | None, field(default=None, metadata={"description": text}))
        for track, text in _START_TEXTS.items()
    ],
    frozen=True,
    slots=True,
)


@dataclass(frozen=True, slots=True)
class Start(_TrackStarts):  # type: ignore[misc]
    """Where the tracks start. `continue` writes all of it, so that nothing is forgotten."""

    since: int | None = None
    """Weeks of the programmes before this one; null for a start that a client wrote. With it, what
    is left out is 0, false or null; without it, what is left out is fresh."""
    caution: bool = False
    """Whether pain or a recent injury still calls for caution."""
    test: tuple[int, int] | None = None
    """The newest heel-rise test: repetitions left and right."""
    side_test: tuple[int, int] | None = None
    """The newest side-plank test: seconds left and right."""
    run: int = 0
    """Build weeks with data since the last other week, up to 8."""
    away: int = 0
    """Weeks in a row without training."""
    calm: int = 0
    """Build weeks in a row with pain of 2 at most, while `caution` holds."""
    cut: int = 0
    """Build weeks in a row that were cut short."""
    skipped: int = 0
    """Build weeks in a row in which a session was left out."""
    ever: bool = False
    """Whether anything was ever logged."""
    notes: tuple[NoteCode, ...] = ()
    """Codes of the notes that the first week shows."""

    __get_pydantic_core_schema__ = omit_if_empty(
        *TRACKS, "since", "caution", "test", "side_test", "ever", "notes"
    )

    def of(self, track: Track) -> TrackStart | None:
        """Return the start of a track, or None if the spec has none."""
        found: TrackStart | None = getattr(self, track)
        return found
