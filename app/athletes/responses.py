"""Builds the bodies of answers about one person from values: the programme after what was done,
the next session for a watch, the weeks of the chart, and the export of everything stored.
"""

import datetime
import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from pydantic import TypeAdapter

from app.athletes.schemas import Deletion, FollowedProgramOut, SetGroup, Today
from app.calendars.calendar import Calendar
from app.formats.charts import chart
from app.formats.charts.chart_values import ChartWeek
from app.sessions.schemas import SESSION
from app.sessions.store import AthleteData
from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog import reasons
from app.training.catalog.reasons import DISCLAIMER
from app.training.catalog.track_definitions import TRACKS
from app.training.engine import ProgramRef
from app.training.measures.pain import PainScore
from app.training.measures.progress import Progress
from app.training.planning.week import Prescription

_DELETIONS, _CALENDARS = TypeAdapter(list[Deletion]), TypeAdapter(list[Calendar])
_SENTENCES = {
    "blocked": reasons.explain("CLEARANCE_REQUIRED").sentence,
    "finished": "The programme is over; continue it for what comes after.",
}


def build_program(
    ref: ProgramRef, followed: FollowedProgram, athlete_id: str
) -> FollowedProgramOut:
    week = followed.running_week()
    blocked = followed.status == "blocked"
    return FollowedProgramOut(
        program_id=ref.program_id,
        athlete_id=athlete_id,
        status=followed.status,
        engine_version=ref.engine.version,
        spec=ref.spec,
        current_week=None if week is None else week.index,
        reasons=followed.reasons(),
        reason=reasons.explain("CLEARANCE_REQUIRED") if blocked else None,
        weeks=followed.weeks(),
        data_notes=followed.log.notes,
        disclaimers=(DISCLAIMER,),
    )


def build_today(followed: FollowedProgram, today: datetime.date) -> Today:
    """Build the answer with the next session, and whether it is for today."""
    following = followed.next_session()
    if following is None:
        return Today(status=followed.status, sentence=_SENTENCES.get(followed.status))
    later = following.date is not None and following.date > today
    return Today(
        status="rest" if later else "planned",
        week=following.week,
        session=following.session,
        date=following.date,
        minutes=following.est_minutes,
        sets=[group for one in following.exercises for group in _group_sets(one)],
        reasons={reason.track: reason.code for reason in following.reasons},
    )


def _group_sets(exercise: Prescription) -> Iterator[SetGroup]:
    """Yield an exercise's sets by side, in the order in which the sides first occur."""
    order = list(dict.fromkeys(planned.side for planned in exercise.sets))
    by_side = sorted(exercise.sets, key=lambda planned: order.index(planned.side))
    for side, same in groupby(by_side, key=lambda planned: planned.side):
        sets = list(same)
        yield SetGroup(
            exercise=exercise.slug,
            side=side,
            sets=len(sets),
            reps=sets[0].reps_target,
            reps_max=sets[0].reps_max,
            load=sets[0].load,
            rest_s=exercise.rest_s,
        )


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


def build_chart_weeks(followed: FollowedProgram, progress: Progress) -> list[ChartWeek]:
    """Build the weeks of the progress chart: weeks to come have a planned volume only."""
    weeks = followed.weeks()
    done = {row.week: row.tracks for row in progress.volume.weeks}
    pain = {row.week: _worst(row.during, row.morning) for row in progress.pain.weeks}
    places = {track: [*chart.list_positions(weeks, track)] for track in TRACKS}
    return [
        ChartWeek(
            index=week.index,
            kind=week.kind,
            planned=week.effective_volume,
            done=None
            if week.projected or week.index not in done
            else {track: volume.done for track, volume in done[week.index].items()},
            position={
                track: None if (place := places[track][row]) is None else place.position
                for track in TRACKS
            },
            worst_pain=pain.get(week.index),
        )
        for row, week in enumerate(weeks)
    ]


def _worst(*scores: PainScore | None) -> float | None:
    return max((score.score for score in scores if score is not None), default=None)
