"""Logs for tests: weeks done exactly as prescribed, except for the changes that a test is about.

A Journal is a programme with its log. Its train() logs the week that the engine prescribes after
everything logged so far. Times are fixed, ids are computed from what they name, and every
argument has a default.
"""

import datetime
import uuid
import zoneinfo
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Self, Unpack

from app.training.adapting import followed_program, judgement, simulation, successor
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.judgement import Judgement
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.log import logbook
from app.training.log.completed import CompletedSession, CompletedSet, MorningPain
from app.training.planning import spec_building, week_answer
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.standing import TrackState
from app.training.planning.week import PlannedSets, Prescription, Session, Week
from tests.training.notation import TRACK, format_week
from tests.training.week_reasons import list_reasons

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
# All sets from the first week: SK2 3x15 R3 in two sessions, growing to 20 repetitions.
LONG: SpecFields = {"ramp": "direct"}
# All six tracks.
CORE: SpecFields = {"core": ("side_plank", "bridge", "plank"), "session_minutes": 90}


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
    number: int | None = None
    omit: bool = False
    days: int = 0
    """Days by which the sessions are late."""

    def applies_to(
        self, planned: Session, exercise: Prescription, one: PlannedSets, number: int
    ) -> bool:
        return (
            self.of_sets
            and self.track in (None, exercise.track)
            and self.session in (None, planned.index)
            and self.side in (None, one.side)
            and self.number in (None, number)
        )


def sets(
    track: str | None = None,
    *,
    session: int | None = None,
    side: str | None = None,
    number: int | None = None,
    omit: bool = False,
    **fields: Any,
) -> Change:
    """Change sets. A tuple holds one value for each set of an exercise; the last one repeats. The
    value `...` leaves a field as it was prescribed. `missed` takes so many repetitions, or fives of
    seconds, off the target.
    """
    of = TRACK[track] if track else None
    return Change(fields, True, of, session, side, number, omit)


def sessions(
    session: int | None = None, *, omit: bool = False, days: int = 0, **fields: Any
) -> Change:
    """Change sessions, leave them out, or do them some days later."""
    return Change(fields, False, session=session, omit=omit, days=days)


def log_week(wanted: Spec, week: Week, *changes: Change) -> list[CompletedSession]:
    """Return the completed sessions of a week: as prescribed, with these changes."""
    logged = []
    for planned in week.sessions:
        applying = [c for c in changes if not c.of_sets and c.session in (None, planned.index)]
        if any(change.omit for change in applying):
            continue
        away = datetime.timedelta(days=7 * (week.index - 1) + planned.weekday)
        late = datetime.timedelta(days=sum(change.days for change in applying))
        zone = zoneinfo.ZoneInfo(wanted.timezone)
        day = (planned.date or FIRST_DAY + away) + late
        moment = datetime.datetime.combine(day, HOUR, zone)
        fields = {
            "session_id": make_id(week.index, planned.index),
            "week": week.index,
            "session": planned.index,
            "started_at": moment,
        }
        sets = log_sets(planned, *changes, performed_at=moment)
        logged.append(make_session(*sets, **_merge(fields, applying)))
    return logged


def log_sets(
    planned: Session, *changes: Change, performed_at: datetime.datetime
) -> list[CompletedSet]:
    """Return the completed sets of a session: as prescribed, with these changes."""
    logged = []
    for exercise in planned.exercises:
        for number, one in simulation.list_sets(exercise):
            applying = [c for c in changes if c.applies_to(planned, exercise, one, number)]
            fields = _fill_set(exercise, one, number, performed_at)
            keep = "reps" if one.seconds is not None else "duration_s"
            merged = _merge(fields, applying, number, keep=keep)
            missed = merged.pop("missed", 0)
            if not any(change.omit for change in applying):
                logged.append(make_set(**_miss(merged, missed)))
    return logged


def _fill_set(
    exercise: Prescription, one: PlannedSets, number: int, performed_at: datetime.datetime
) -> dict[str, Any]:
    return {
        "set_id": make_id(performed_at, exercise.slug, one.side, number),
        "exercise": exercise.slug,
        "side": one.side,
        "set_index": number,
        "reps": one.reps,
        "duration_s": float(one.seconds) if one.seconds is not None else None,
        "load": one.load,
        "rir": 10 - one.rpe,
        "performed_at": performed_at,
    }


def _merge(
    fields: dict[str, Any], changes: Sequence[Change], n: int = 1, *, keep: str | None = None
) -> dict[str, Any]:
    """Return fields with changes. Of a tuple of values, the n-th or the last is taken. `keep` is a
    field that no change sets: a hold has no repetitions.
    """
    merged = dict(fields)
    for change in changes:
        for name, value in change.fields.items():
            several = change.of_sets and isinstance(value, tuple)
            chosen = value[min(n, len(value)) - 1] if several else value
            if chosen is not ... and name != keep:
                merged[name] = chosen
    return merged


def _miss(fields: dict[str, Any], missed: int) -> dict[str, Any]:
    """Return the fields of a set with so many repetitions or fives of seconds less."""
    if not missed:
        return fields
    if fields["reps"] is not None:
        return fields | {"reps": max(0, fields["reps"] - missed)}
    if fields["duration_s"] is not None:
        return fields | {"duration_s": max(0.0, fields["duration_s"] - 5 * missed)}
    return fields


class Journal:
    """A programme with its log so far, which grows week by week."""

    def __init__(self, wanted: Spec | None = None, /, **fields: Unpack[SpecFields]) -> None:
        self.spec = wanted or spec_building.build_spec(fields)
        self.log: list[CompletedSession] = []
        self.weeks_over = 0
        self._history: list[tuple[Change, ...] | None] = []

    def __repr__(self) -> str:
        fields = {name: getattr(self.spec, name) for name in Spec.__dataclass_fields__}
        told = {k: v for k, v in fields.items() if v != Spec.__dataclass_fields__[k].default}
        return f"Journal({told}, {self._history})"

    def train(self, *changes: Change, weeks: int = 1) -> Self:
        """Log weeks as prescribed, with these changes."""
        for _ in range(weeks):
            self.log += log_week(self.spec, self.week, *changes)
            self.weeks_over += 1
            self._history.append(changes)
        return self

    def skip(self, weeks: int = 1) -> Self:
        """Let weeks pass without a set."""
        self.weeks_over += weeks
        self._history += [None] * weeks
        return self

    def carry_on(self, *, cleared: bool = False, **changes: Unpack[SpecFields]) -> "Journal":
        """Return the journal of the successor, with these changes and an empty log."""
        return Journal(successor.build_successor(self.followed, changes, cleared=cleared))

    @property
    def followed(self) -> FollowedProgram:
        """The programme after the weeks so far."""
        return followed_program.follow(self.spec, self.log, through_week=self.weeks_over)

    @property
    def week(self) -> Week:
        """The next week."""
        followed = self.followed
        assert followed.running, f"no next week: {followed.status}"
        why = followed.week_reasons()
        week = followed.running.week
        return week_answer.build_week_with_reasons(followed.constants, week, why)

    @property
    def week_text(self) -> str:
        """The next week in the notation of the worked examples, between line breaks."""
        return "\n".join(["", *format_week(self.week), ""])

    @property
    def codes(self) -> list[str]:
        """The codes of the next week's reasons, in track order."""
        return [reason.code for reason in list_reasons(self.week).values()]

    def judge(self, track: str, *changes: Change, **state: Any) -> Judgement:
        """Return how a track is judged if the next week is done with these changes. `state` sets
        fields of the track's state before.
        """
        followed = self.followed
        assert followed.running
        planned = followed.running.planned
        done = log_week(self.spec, self.week, *changes)
        log = logbook.build_logbook(followed.constants, done).of_week(planned.index)
        states = dict(planned.standing.tracks)
        states[TRACK[track]] = states[TRACK[track]]._replace(**state)
        standing = planned.standing._replace(tracks=states)
        week = replace(planned, start=replace(planned.start, standing=standing))
        return judgement.judge_week(followed.constants, week, log)[TRACK[track]]

    def state(self, track: str) -> TrackState:
        """Return a track's state before the next week."""
        return self.followed.standing.tracks[TRACK[track]]

    def reason(self, track: str) -> Reason:
        """Return the reason of a track in the next week."""
        return self.followed.week_reasons()[TRACK[track]]


def judge_first_week(wish: SpecFields, track: str, *changes: Change, **state: Any) -> str:
    """Return the code that a track's first week leads to, or what is due after it."""
    judged = Journal(**wish).judge(track, *changes, **state)
    if judged.pain_code is not None:
        return judged.pain_code
    assert judged.work
    return judged.work.why or f"due {judged.work.due}"
