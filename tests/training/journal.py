"""Logs for tests: weeks done exactly as prescribed, but for the changes that a test is about.

A Journal follows its own course: what it trains in a week is what the engine asks for after all
that stands in it so far. Its clock is fixed, its ids follow from what they name, and every
argument has a default.
"""

import datetime
import uuid
import zoneinfo
from typing import Any, NamedTuple, Self, Unpack

from app.training.adapting import fold, followed_program, outcome
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.outcome import Outcome
from app.training.catalog.reasons import Reason
from app.training.catalog.tracks import Track
from app.training.log import logbook
from app.training.log.completed import CompletedSession, CompletedSet, Load, MorningPain
from app.training.planning import spec
from app.training.planning.plan_constants import UNIT, LoadUnit
from app.training.planning.progression import TrackState
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.week import PlannedSet, Prescription, Session, Week
from tests.training.notation import write_week

# A Monday, and an hour of the evening wherever the programme is.
FIRST_DAY = datetime.date(2027, 3, 1)
HOUR = datetime.time(18)
EVENING = datetime.datetime.combine(FIRST_DAY, HOUR, datetime.UTC)
IDS = uuid.UUID("00000000-0000-4000-8000-000000000000")
# The second worked example of the science: three days, one leg at a time, and weights later on.
P2: SpecFields = {
    "level": "intermediate",
    "days_per_week": 3,
    "equipment": ("chair", "backpack"),
    "step_heights_cm": (18, 30),
    "body_mass": 65,
    "load_increment": 1,
}
# Full volume from the first week: SK2 3x15 R3 in two sessions, to be grown to 20.
LONG: SpecFields = {"ramp": "direct"}
TRACK: dict[str, Track] = {"SK": "straight_knee", "BK": "bent_knee", "SU": "step_up"}


def make_id(*place: object) -> uuid.UUID:
    """The id of a session or a set, by whatever tells it from others."""
    return uuid.uuid5(IDS, "/".join(map(str, place)))


def make_set(**fields: Any) -> CompletedSet:
    """A set that was done: 15 painless calf raises of week 1, unless told otherwise."""
    done: dict[str, Any] = {
        "exercise": "straight-leg-calf-raise",
        "side": "both",
        "set_index": 1,
        "reps": 15,
        "rir": 4,
        "pain": 0,
        "performed_at": EVENING,
    } | fields
    place = (done[name] for name in ("performed_at", "exercise", "side", "set_index"))
    return CompletedSet(**{"set_id": make_id(*place)} | done)


def make_session(*sets: CompletedSet, **fields: Any) -> CompletedSession:
    """A session that was done: the first of week 1 with a good morning after, unless told so."""
    done: dict[str, Any] = {
        "athlete_id": "runner",
        "week": 1,
        "session": 1,
        "started_at": EVENING,
        "morning_pain": MorningPain(0),
        "sets": sets,
    } | fields
    return CompletedSession(**{"session_id": make_id(done["week"], done["session"])} | done)


class Change(NamedTuple):
    """What was otherwise than prescribed, and where: in sets, or in whole sessions."""

    fields: dict[str, Any]
    of_sets: bool = True
    track: Track | None = None
    session: int | None = None
    side: str | None = None
    omit: bool = False

    def concerns(self, planned: Session, exercise: Prescription, one: PlannedSet) -> bool:
        """Whether it is about this set."""
        return (
            self.of_sets
            and self.track in (None, exercise.track)
            and self.session in (None, planned.index)
            and self.side in (None, one.side)
        )


def sets(
    track: str | None = None,
    *,
    session: int | None = None,
    side: str | None = None,
    omit: bool = False,
    **fields: Any,
) -> Change:
    """Sets that were otherwise; a tuple of values is for one set of an exercise after another."""
    return Change(fields, True, TRACK[track] if track else None, session, side, omit)


def sessions(session: int | None = None, *, omit: bool = False, **fields: Any) -> Change:
    """Sessions that were otherwise, or left out."""
    return Change(fields, False, session=session, omit=omit)


def perform(wanted: Spec, week: Week, *changes: Change) -> list[CompletedSession]:
    """The sessions of a week as they were done."""
    done = []
    for planned in week.sessions:
        own = [c for c in changes if not c.of_sets and c.session in (None, planned.index)]
        if any(change.omit for change in own):
            continue
        away = datetime.timedelta(days=7 * (week.index - 1) + planned.weekday)
        zone = zoneinfo.ZoneInfo(wanted.timezone)
        moment = datetime.datetime.combine(planned.date or FIRST_DAY + away, HOUR, zone)
        fields = {"week": week.index, "session": planned.index, "started_at": moment}
        found = perform_sets(planned, *changes, performed_at=moment, unit=UNIT[wanted.units])
        done.append(make_session(*found, **merge(fields, own)))
    return done


def perform_sets(
    planned: Session,
    *changes: Change,
    performed_at: datetime.datetime,
    unit: LoadUnit = "kg",
) -> list[CompletedSet]:
    """The sets of a session as they were done."""
    found = []
    for exercise in planned.exercises:
        for one in exercise.sets:
            own = [change for change in changes if change.concerns(planned, exercise, one)]
            if not any(change.omit for change in own):
                fields = {
                    "set_id": make_id(performed_at, exercise.slug, one.side, one.n),
                    "exercise": exercise.slug,
                    "side": one.side,
                    "set_index": one.n,
                    "reps": one.reps_target,
                    "load": one.load and Load(one.load, unit),
                    "rir": one.rir_target,
                    "performed_at": performed_at,
                }
                found.append(make_set(**merge(fields, own, one.n)))
    return found


def merge(fields: dict[str, Any], changes: list[Change], n: int = 1) -> dict[str, Any]:
    """Fields with changes; of a tuple of values the n-th, or the last."""
    merged = dict(fields)
    for change in changes:
        for name, value in change.fields.items():
            several = change.of_sets and isinstance(value, tuple)
            merged[name] = value[min(n, len(value)) - 1] if several else value
    return merged


class Journal:
    """A programme and what was done in it so far, week by week."""

    def __init__(self, wanted: Spec | None = None, /, **fields: Unpack[SpecFields]) -> None:
        self.spec = wanted or spec.build_spec(fields)
        self.log: list[CompletedSession] = []
        self.over = 0

    def train(self, *changes: Change, weeks: int = 1) -> Self:
        """Weeks as prescribed but for the changes; a week that asks for nothing passes by."""
        for _ in range(weeks):
            self.log += perform(self.spec, self.week, *changes)
            self.over += 1
        return self

    def skip(self, weeks: int = 1) -> Self:
        """Weeks without a set."""
        self.over += weeks
        return self

    @property
    def course(self) -> FollowedProgram:
        """The course after these weeks."""
        return followed_program.follow(self.spec, self.log, through_week=self.over)

    @property
    def week(self) -> Week:
        """The week to come."""
        week = self.course.week
        assert week, f"nothing to come: {self.course.status}"
        return week

    @property
    def told(self) -> str:
        """The week to come in the notation of the worked examples, on lines of their own."""
        return "\n".join(["", *write_week(self.week), ""])

    def judge(self, track: str, *changes: Change, **state: Any) -> Outcome:
        """The outcome of a track if the week to come is done with these changes."""
        so_far, week = self.course, self.week
        log = logbook.normalise(so_far.constants, perform(self.spec, week, *changes))
        placed = fold.place_records(week, log.of_week(week.index))
        before = self.state(track)._replace(**state)
        return outcome.classify(so_far.constants, week, placed, before)

    def state(self, track: str) -> TrackState:
        """Where a track stands."""
        return self.course.standing.position.states[TRACK[track]]

    def reason(self, track: str) -> Reason:
        """Why a track is as it is."""
        return self.course.standing.position.reasons[TRACK[track]]


def verdict(wish: SpecFields, track: str, *changes: Change, **state: Any) -> str:
    """What becomes of a track in a first week: the verdict, and its code where it has one."""
    found = Journal(**wish).judge(track, *changes, **state)
    return f"{found.verdict} {found.code}" if found.code else found.verdict
