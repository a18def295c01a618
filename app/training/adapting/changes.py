"""What changes in the running week: each track's work beside that of the last build week.

list_changes() gets a FollowedProgram. It is what `adapt` answers, so that an app can tell a runner
what is new and why.
"""

from dataclasses import dataclass, field

from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.omission import omit_if_empty
from app.training.catalog.reasons import Basis
from app.training.catalog.track_definitions import Track
from app.training.planning.load import Load
from app.training.planning.plan_constants import UNIT, PlanConstants
from app.training.planning.standing import write_reps
from app.training.planning.week_plan import RenderedWeek


@dataclass(frozen=True, slots=True)
class TrackDose:
    """The work of one track in a week."""

    rung: int
    """Number of the rung on the track's ladder."""
    slug: str
    """Slug of the exercise."""
    sets: int
    """Sets in the week. A set of the left side and one of the right count as one."""
    load: Load | None
    """External load; null for body weight."""
    reps: int | None = None
    """Target repetitions of a set. Left out in a hold."""
    seconds: int | None = None
    """Target seconds of a hold. Only in a hold."""

    __get_pydantic_core_schema__ = omit_if_empty("reps", "seconds")


@dataclass(frozen=True, slots=True)
class Change:
    """A track's work in the running week and in the last build week before it, with the reason.

    There is one for each track, whether its work differs or not.
    """

    __pydantic_config__ = {"serialize_by_alias": True}

    track: Track
    """The track that the change is about."""
    code: str
    """Stable code of the reason."""
    sentence: str
    """The reason in one sentence."""
    evidence: tuple[str, ...]
    """Ids of the entries of the evidence table that support the rule."""
    basis: Basis
    """`evidence`: published findings; `engineering`: our own choice; `mixed`: both."""
    before: TrackDose | None = field(metadata={"alias": "from"})
    """The work of the last build week before; null if the track was not in it."""
    after: TrackDose | None = field(metadata={"alias": "to"})
    """The work of the running week; null if the track is not in it."""


def list_changes(followed: FollowedProgram) -> tuple[Change, ...]:
    """Return the change of each track in the running week; nothing if none runs."""
    if followed.running is None:
        return ()
    builds = [week for week in followed.past if week.kind == "build" and week.sessions]
    before = builds[-1] if builds else None
    return tuple(
        Change(
            track,
            why.code,
            why.sentence,
            why.evidence,
            why.basis,
            None if before is None else _find_dose(followed.constants, before, track),
            _find_dose(followed.constants, followed.running.week, track),
        )
        for track, why in followed.week_reasons().items()
    )


def _find_dose(constants: PlanConstants, week: RenderedWeek, track: Track) -> TrackDose | None:
    slots = week.slots_of(track)
    if not slots:
        return None
    first = slots[0]
    loaded = first.rung.loaded and not first.printed.by_feel
    reps, seconds = write_reps(first.rung, first.reps)
    return TrackDose(
        rung=first.rung.number,
        slug=first.printed.exercise.slug,
        sets=sum([slot.sets for slot in slots]),
        load=Load(first.load / 100, UNIT[constants.spec.units]) if loaded else None,
        reps=reps,
        seconds=seconds,
    )
