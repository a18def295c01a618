"""The `start` of a spec as a client sends it: of a few tracks, or all that `continue` answered.

Types and shapes are checked here; training.planning.start_checks checks whether they fit the rest
of the spec. SpecIn has a field of the type StartIn.
"""

from dataclasses import fields
from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt, create_model

from app.programs.field_types import IS_NUMBER, RequestModel
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.planning import spec
from app.training.planning.spec import SECONDS_PER_COUNT, Bounds
from app.training.planning.start import (
    DueStep,
    HeldDose,
    Lowered,
    NoteCode,
    Side,
    Start,
    StartCode,
    TrackStart,
)
from app.web.http.number_fields import within

# Sets of a track in a week of six sessions, with the most in each.
_SETS = Bounds(1, 24)
# Weeks that are counted, far beyond what any programme reaches.
_COUNT = Bounds(0, 9999)

_Rung = Annotated[StrictInt, within(spec.START_RUNG)]
_Reps = Annotated[StrictInt, within(spec.START_REPS)]
_Seconds = Annotated[
    StrictInt,
    Field(
        ge=SECONDS_PER_COUNT,
        le=spec.START_REPS.high * SECONDS_PER_COUNT,
        multiple_of=SECONDS_PER_COUNT,
    ),
]
_Load = Annotated[float, Field(ge=0, le=spec.LOAD.high), IS_NUMBER]
_Count = Annotated[StrictInt, within(_COUNT)]
_PAIR = Field(min_length=2, max_length=2)


def _to_decimal(number: float) -> float:
    """Return a number in the form in which equal numbers have equal digits: 0 for -0."""
    return float(number) + 0.0


class HeldDoseIn(RequestModel, title="HeldDoseInput"):
    """What a track had reached before its equipment went missing."""

    rung: _Rung
    """Number of the rung."""
    reps: _Reps | None = None
    """Target repetitions of a set; left out for a hold."""
    seconds: _Seconds | None = None
    """Target seconds of a hold; left out for repetitions."""
    load: _Load = 0
    """External load in the spec's unit."""
    weeks: _Count = 0
    """Weeks since then."""

    def to_value(self) -> HeldDose:
        return HeldDose(self.rung, self.reps, self.seconds, _to_decimal(self.load), self.weeks)


class TrackStartIn(RequestModel, title="TrackStartInput"):
    """Where one track starts.

    Give `rung`, and if you like the target, load and sets. The other fields are for a programme
    that continues another: send back what `continue` answered.
    """

    rung: _Rung
    """Number of the rung on the track's ladder. The runner must have its equipment."""
    reps: _Reps | None = None
    """Target repetitions of a set. Left out: the fewest of the rung. Not for a hold."""
    seconds: _Seconds | None = None
    """Target seconds of a hold. Left out: the fewest of the rung. Only for a hold."""
    load: _Load | None = None
    """External load in kg or lb: a multiple of `load_increment`, or one of `loads`. Left out: the
    first load of a loaded rung, 0 for another."""
    sets: Annotated[StrictInt, within(_SETS)] | None = None
    """Hard sets of a week, at least one for each session. Left out: those of a fresh start."""
    hits: Annotated[StrictInt, Field(ge=0, le=2)] = 0
    """Good sessions in a row."""
    due: DueStep | None = None
    """The step that the next build week takes."""
    due_rung: _Rung | None = None
    """The rung of a due `test`."""
    why: StartCode | None = None
    """Code of the reason that waits to be shown."""
    lowered: Lowered | None = None
    """What BELOW_TARGET_REGRESS lowered."""
    top: Annotated[StrictInt, Field(ge=0, le=2)] = 0
    """Weeks at the top of what is open."""
    maintain: StrictBool = False
    """Whether about half of the full sets keep what was reached."""
    suspended: StrictBool = False
    """Whether pain took the track out of the coming week."""
    reduce: StrictBool = False
    """Whether pain reduced the track to about half the work."""
    stopped: StrictBool = False
    """Whether the last trained week had pain above 5."""
    pain_prev: Annotated[float, within(spec.PAIN), IS_NUMBER] | None = None
    """Pain of the last week in which it was trained, if 3 or more."""
    painful: Annotated[StrictInt, Field(ge=0, le=4)] = 0
    """Weeks in a row with pain of 3 or more."""
    weak: Side | None = None
    """The weaker side by logged sets."""
    held: HeldDoseIn | None = None
    """What was reached before its equipment went missing."""

    def to_value(self) -> TrackStart:
        given: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(TrackStart)}
        for name in ("load", "pain_prev"):
            given[name] = None if given[name] is None else _to_decimal(given[name])
        return TrackStart(**given | {"held": self.held and self.held.to_value()})


_TRACK_FIELDS: dict[str, Any] = {
    track: (TrackStartIn | None, Field(None, description=f"Start of the {one.name.lower()} track."))
    for track, one in DEFINITIONS.items()
}
# Any, because mypy cannot know these fields. The module is another one, because this one has no
# source of the class to read docstrings from.
_TrackStartsIn: Any = create_model(
    "_TrackStartsIn", __base__=RequestModel, __module__="pydantic", **_TRACK_FIELDS
)


class StartIn(_TrackStartsIn, title="StartInput"):
    """Where the tracks start.

    Give any of the tracks. The other fields are for a programme that continues another: send back
    what `continue` answered, whole, or use its `program_id`.
    """

    since: _Count | None = None
    """Weeks of the programmes before this one. With it, what is left out is 0, false or null;
    without it, what is left out is fresh."""
    caution: StrictBool = False
    """Whether pain or a recent injury still calls for caution."""
    test: Annotated[list[Annotated[StrictInt, within(spec.HEEL_RISES)]], _PAIR] | None = None
    """The newest heel-rise test: repetitions left and right."""
    side_test: Annotated[list[Annotated[StrictInt, within(spec.HOLD_SECONDS)]], _PAIR] | None = None
    """The newest side-plank test: seconds left and right."""
    run: _Count = 0
    """Build weeks with data since the last other week."""
    away: _Count = 0
    """Weeks in a row without training."""
    calm: _Count = 0
    """Build weeks in a row with pain of 2 at most, while `caution` holds."""
    cut: _Count = 0
    """Build weeks in a row that were cut short."""
    skipped: _Count = 0
    """Build weeks in a row in which a session was left out."""
    ever: StrictBool = False
    """Whether anything was ever logged."""
    notes: Annotated[list[NoteCode], Field(max_length=10)] = []
    """Codes of the notes that the first week shows."""

    def to_value(self) -> Start:
        given = {field.name: getattr(self, field.name) for field in fields(Start)}
        for name, value in given.items():
            if isinstance(value, TrackStartIn):
                given[name] = value.to_value()
            elif isinstance(value, list):
                given[name] = tuple(value)
        return Start(**given)
