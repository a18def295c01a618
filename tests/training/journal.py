"""Logs for tests: weeks done exactly as prescribed, except for the changes that a test is about.

A Journal is a programme with its log. Its train() logs the week that the engine prescribes after
everything logged so far. Times are fixed, ids are computed from what they name, and every
argument has a default.
"""

import datetime
import uuid
import zoneinfo
from typing import Any, NamedTuple, Self, Unpack

from app.training.adapting import followed_program, records_by_session, track_outcome
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.track_outcome import Outcome
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.log import logbook
from app.training.log.completed import CompletedSession, CompletedSet, Load, MorningPain
from app.training.planning import spec
from app.training.planning.plan_constants import UNIT, LoadUnit
from app.training.planning.progression import TrackState
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.week import PlannedSet, Prescription, Session, Week
from tests.training.notation import format_week

# A Monday, and an hour of the evening in the programme's time zone.
FIRST_DAY = datetime.date(2027, 3, 1)
HOUR = datetime.time(18)
EVENING = datetime.datetime.combine(FIRST_DAY, HOUR, datetime.UTC)
IDS = uuid.UUID("00000000-0000-4000-8000-000000000000")
# The second worked example of the science: three days, one leg at a time, weights later on.
P2: SpecFields = {
    "level": "intermediate",
    "days_per_week": 3,
    "equipment": ("chair", "backpack"),
    "step_heights_cm": (18, 30),
    "body_mass": 65,
    "load_increment": 1,
}
# Full volume from the first week: SK2 3x15 R3 in two sessions, growing to 20 repetitions.
LONG: SpecFields = {"ramp": "direct"}
TRACK: dict[str, Track] = {"SK": "straight_knee", "BK": "bent_knee", "SU": "step_up"}


def make_id(*key: object) -> uuid.UUID:
    """Return the id of a session or a set by a key that distinguishes it from others."""
    return uuid.uuid5(IDS, "/".join(map(str, key)))


def make_set(**fields: Any) -> CompletedSet:
    """Return a completed set: by default 15 painless calf raises in week 1."""
    values: dict[str, Any] = {
        "exercise": "straight-leg-calf-raise",
        "side": "both",
        "set_index": 1,
        "reps": 15,
        "rir": 4,
        "pain": 0,
        "performed_at": EVENING,
    } | fields
    key = (values[name] for name in ("performed_at", "exercise", "side", "set_index"))
    return CompletedSet(**{"set_id": make_id(*key)} | values)


def make_session(*sets: CompletedSet, **fields: Any) -> CompletedSession:
    """Return a completed session: by default the first of week 1, with no pain the next morning."""
    values: dict[str, Any] = {
        "athlete_id": "runner",
        "week": 1,
        "session": 1,
        "started_at": EVENING,
        "morning_pain": MorningPain(0),
        "sets": sets,
    } | fields
    return CompletedSession(**{"session_id": make_id(values["week"], values["session"])} | values)


class Change(NamedTuple):
    """A difference from what was prescribed, and the sets or sessions that it applies to."""

    fields: dict[str, Any]
    of_sets: bool = True
    track: Track | None = None
    session: int | None = None
    side: str | None = None
    omit: bool = False

    def applies_to(self, planned: Session, exercise: Prescription, one: PlannedSet) -> bool:
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
    """Change sets. A tuple holds one value for each set of an exercise; the last one repeats."""
    return Change(fields, True, TRACK[track] if track else None, session, side, omit)


def sessions(session: int | None = None, *, omit: bool = False, **fields: Any) -> Change:
    """Change sessions, or leave them out."""
    return Change(fields, False, session=session, omit=omit)


def log_week(wanted: Spec, week: Week, *changes: Change) -> list[CompletedSession]:
    """Return the completed sessions of a week: as prescribed, with these changes."""
    logged = []
    for planned in week.sessions:
        applying = [c for c in changes if not c.of_sets and c.session in (None, planned.index)]
        if any(change.omit for change in applying):
            continue
        away = datetime.timedelta(days=7 * (week.index - 1) + planned.weekday)
        zone = zoneinfo.ZoneInfo(wanted.timezone)
        moment = datetime.datetime.combine(planned.date or FIRST_DAY + away, HOUR, zone)
        fields = {"week": week.index, "session": planned.index, "started_at": moment}
        sets = log_sets(planned, *changes, performed_at=moment, unit=UNIT[wanted.units])
        logged.append(make_session(*sets, **_merge(fields, applying)))
    return logged


def log_sets(
    planned: Session,
    *changes: Change,
    performed_at: datetime.datetime,
    unit: LoadUnit = "kg",
) -> list[CompletedSet]:
    """Return the completed sets of a session: as prescribed, with these changes."""
    logged = []
    for exercise in planned.exercises:
        for one in exercise.sets:
            applying = [change for change in changes if change.applies_to(planned, exercise, one)]
            if not any(change.omit for change in applying):
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
                logged.append(make_set(**_merge(fields, applying, one.n)))
    return logged


def _merge(fields: dict[str, Any], changes: list[Change], n: int = 1) -> dict[str, Any]:
    """Return fields with changes. Of a tuple of values, the n-th or the last is taken."""
    merged = dict(fields)
    for change in changes:
        for name, value in change.fields.items():
            several = change.of_sets and isinstance(value, tuple)
            merged[name] = value[min(n, len(value)) - 1] if several else value
    return merged


class Journal:
    """A programme with its log so far, which grows week by week."""

    def __init__(self, wanted: Spec | None = None, /, **fields: Unpack[SpecFields]) -> None:
        self.spec = wanted or spec.build_spec(fields)
        self.log: list[CompletedSession] = []
        self.weeks_over = 0

    def train(self, *changes: Change, weeks: int = 1) -> Self:
        """Log weeks as prescribed, with these changes."""
        for _ in range(weeks):
            self.log += log_week(self.spec, self.week, *changes)
            self.weeks_over += 1
        return self

    def skip(self, weeks: int = 1) -> Self:
        """Let weeks pass without a set."""
        self.weeks_over += weeks
        return self

    @property
    def followed(self) -> FollowedProgram:
        """The programme after the weeks so far."""
        return followed_program.follow(self.spec, self.log, through_week=self.weeks_over)

    @property
    def week(self) -> Week:
        """The next week."""
        week = self.followed.week
        assert week, f"no next week: {self.followed.status}"
        return week

    @property
    def week_text(self) -> str:
        """The next week in the notation of the worked examples, between line breaks."""
        return "\n".join(["", *format_week(self.week), ""])

    def classify(self, track: str, *changes: Change, **state: Any) -> Outcome:
        """Return a track's outcome if the next week is done with these changes."""
        followed, week = self.followed, self.week
        log = logbook.build_logbook(followed.constants, log_week(self.spec, week, *changes))
        by_session = records_by_session.group_by_session(week, log.of_week(week.index))
        before = self.state(track)._replace(**state)
        return track_outcome.classify(followed.constants, week, by_session, before)

    def state(self, track: str) -> TrackState:
        """Return a track's state before the next week."""
        return self.followed.standing.position.states[TRACK[track]]

    def reason(self, track: str) -> Reason:
        """Return the reason for a track's state."""
        return self.followed.standing.position.reasons[TRACK[track]]


def classify_first_week(wish: SpecFields, track: str, *changes: Change, **state: Any) -> str:
    """Return the verdict on a track's first week, and its code if it has one."""
    result = Journal(**wish).classify(track, *changes, **state)
    return f"{result.verdict} {result.code}" if result.code else result.verdict
