"""Builds the bodies of answers about one person from values: the programme after what was done,
what to do today, and the export of everything stored.
"""

import datetime
import json
from collections.abc import Iterator, Sequence

from pydantic import TypeAdapter

from app.athletes import loading, program_history
from app.athletes.program_history import Logs, TrainedProgram
from app.athletes.schemas import (
    AthleteProgress,
    Deletion,
    FollowedProgramOut,
    FollowedWeekAlone,
    TodayInFull,
)
from app.calendars.calendar import Calendar
from app.formats.charts import chart
from app.sessions.schemas import SESSION
from app.sessions.store import AthleteData
from app.training.adapting import next_session, today
from app.training.adapting.followed_program import FollowedProgram, FollowedWeek
from app.training.adapting.today import Today
from app.training.catalog import reasons
from app.training.catalog.exercises import WARM_UP
from app.training.catalog.reasons import DISCLAIMER
from app.training.engine import ProgramRef
from app.training.measures.progress import Progress, measure_progress_across
from app.training.measures.week_overview import build_overview_across
from app.training.planning import week_answer
from app.training.planning.week import ExerciseDetails
from app.web.http.problems import NotFound

_DELETIONS, _CALENDARS = TypeAdapter(list[Deletion]), TypeAdapter(list[Calendar])
_FOLLOWED, _WEEK = TypeAdapter(FollowedProgramOut), TypeAdapter(FollowedWeekAlone)
_PROGRESS = TypeAdapter(AthleteProgress)
TODAY, TODAY_IN_FULL = TypeAdapter(Today), TypeAdapter(TodayInFull)


def encode_program(ref: ProgramRef, followed: FollowedProgram, athlete_id: str) -> bytes:
    """Return the JSON of a programme after what was done."""
    running, block = followed.running, followed.block
    built = FollowedProgramOut(
        program_id=ref.program_id,
        athlete_id=athlete_id,
        status=followed.status,
        engine_version=ref.engine.version,
        spec=ref.spec,
        current_week=None if running is None else running.planned.index,
        reasons=followed.week_reasons(),
        reason=None if block is None else reasons.explain_block(block.cause),
        warm_up=WARM_UP,
        exercise_details=_collect_details(followed),
        weeks=loading.list_weeks(followed),
        data_notes=followed.log.notes,
        disclaimers=(DISCLAIMER,),
    )
    return _FOLLOWED.dump_json(built)


def encode_week(followed: FollowedProgram, week: FollowedWeek) -> bytes:
    """Return the JSON of one week of a followed programme, complete in itself."""
    fields = {name: getattr(week, name) for name in FollowedWeek.__dataclass_fields__}
    details = _collect_details(followed, only_week=week.index)
    return _WEEK.dump_json(FollowedWeekAlone(**fields, exercise_details=details))


def _collect_details(
    followed: FollowedProgram, only_week: int | None = None
) -> dict[str, ExerciseDetails]:
    """Return what is true of the exercises of all weeks that are answered, or of one of them."""
    running = followed.running.week if followed.running else followed.blocked_week
    weeks = (*followed.past, running, *followed.projection)
    wanted = [week for week in weeks if week and only_week in (None, week.index)]
    return week_answer.collect_details(wanted)


def encode_today(followed: FollowedProgram, date: datetime.date, *, in_full: bool) -> bytes:
    """Return the JSON of what to do on a date, by the log that was followed up to it."""
    told = today.build_today(followed, date)
    if not in_full:
        return TODAY.dump_json(told)
    following = next_session.find_next(followed)
    full = TodayInFull(
        status=told.status, sentence=told.sentence, not_before=told.not_before, next=following
    )
    return TODAY_IN_FULL.dump_json(full)


def encode_progress_across(logs: Logs, now: datetime.datetime) -> bytes:
    """Return the JSON of the progress in the newest programme of these logs and those before it.

    Raises NotFound if there is none.
    """
    followed = _follow_chain(logs, now)
    measured = measure_progress_across([(found, one.sessions) for one, found in followed])
    fields = {name: getattr(measured, name) for name in Progress.__dataclass_fields__}
    programs = tuple(one.program_id for one, _ in followed)
    return _PROGRESS.dump_json(AthleteProgress(**fields, programs=programs))


def draw_progress_across(logs: Logs, now: datetime.datetime) -> bytes:
    """Return the picture of the same programmes. Raises NotFound if there is none."""
    followed = _follow_chain(logs, now)
    weeks = build_overview_across([(found, one.sessions) for one, found in followed])
    return chart.draw_progress(weeks)


def _follow_chain(
    logs: Logs, now: datetime.datetime
) -> list[tuple[TrainedProgram, FollowedProgram]]:
    """Return the newest programme of these logs, and before it those that it continues."""
    chain = program_history.find_newest_chain(program_history.read_history(logs))
    followed = [(one, found) for one in chain if (found := one.follow(now)) is not None]
    if not followed:
        raise NotFound("The athlete has no session in a programme that this service can plan.")
    return followed


def stream_export(
    athlete_id: str, stored: AthleteData, now: datetime.datetime, calendars: Sequence[Calendar] = ()
) -> Iterator[bytes]:
    """Yield the JSON of an export session by session, so that it is never in memory as a whole."""
    name = json.dumps(athlete_id).encode("ascii")
    yield b'{"athlete_id":' + name + b',"exported_at":"' + now.isoformat().encode() + b'"'
    yield b',"sessions":['
    for index, session in enumerate(stored.sessions):
        yield (b"," if index else b"") + SESSION.dump_json(session)
    deleted = [
        Deletion(session_id=str(one.session_id), set_id=None, version=one.version)
        for one in stored.deleted_sessions
    ] + [
        Deletion(session_id=str(one.session_id), set_id=str(one.set_id), version=one.version)
        for one in stored.deleted_sets
    ]
    yield b'],"deleted":' + _DELETIONS.dump_json(deleted)
    yield b',"calendars":' + _CALENDARS.dump_json([*calendars]) + b"}"
