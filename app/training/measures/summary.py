"""The measures of a programme: what was done, in figures worth a chart.

Science part 5. measure() takes a course and its sessions and hands out Progress. Everything is
exact until it is printed; nothing here changes what is prescribed.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.tracks import TRACKS, Track
from app.training.log import logbook
from app.training.log.completed import CompletedSession
from app.training.measures import heel_rise, session_load, signs, volumes
from app.training.measures.caveats import CAVEATS
from app.training.measures.progress import (
    Adherence,
    AdherenceWeek,
    LadderPosition,
    Progress,
    ProgressWeek,
    TrackFigures,
)
from app.training.measures.rounding import print_figure, print_percent_of
from app.training.measures.week_work import RUNGS, TrackWork, WeekWork, read_weeks, recent
from app.training.planning.plan_constants import PlanConstants

KEPT_PERCENT = 80


def measure(course: FollowedProgram, sessions: Sequence[CompletedSession]) -> Progress:
    """All measures of a course.

    `sessions` are the programme's, in any order and any number of times: what a session says
    about itself is read from them, its sets from the course's log.
    """
    weeks = read_weeks(course)
    newest = logbook.keep_sessions(sessions)
    in_time = sorted(newest, key=lambda session: session.started_at)
    spec = course.constants.spec
    trained = {r.session_id for rs in course.log.weeks.values() for r in rs if r.logged}
    return Progress(
        status=course.status,
        weeks=tuple(
            ProgressWeek(
                one.week.index, one.week.kind, one.week.phase, one.week.start_date, one.over
            )
            for one in weeks
        ),
        adherence=measure_adherence(weeks),
        hard_sets=volumes.count_hard_sets(weeks),
        volume=volumes.measure_volume(course.constants, weeks),
        ladder=locate_on_ladder(course.constants, weeks),
        tension=volumes.measure_tension(weeks),
        effort=signs.measure_effort(weeks),
        pain=signs.review_pain(weeks),
        asymmetry=signs.measure_asymmetry(weeks),
        heel_rise=heel_rise.review_tests(spec, in_time),
        system_load=volumes.find_best_loads(course.constants, weeks),
        session_load=session_load.review_sessions(
            spec, in_time, trained, [(one.week.index, one.over) for one in weeks]
        ),
    )


def measure_adherence(weeks: Sequence[WeekWork]) -> Adherence:
    """Done of prescribed units, and for how many weeks in a row that was enough."""
    rows, streak = [], 0
    for place, one in enumerate(weeks):
        done, asked = one.done_units, one.asked_units
        kept = done * 100 >= asked * KEPT_PERCENT if asked else None
        if kept:
            streak += 1
        elif kept is False and one.over:
            streak = 0
        rows.append(
            AdherenceWeek(
                week=one.week.index,
                done_units=done,
                prescribed_units=asked,
                percent=print_percent_of(min(done, asked), asked),
                four_week_percent=keep_rate(recent(weeks, place)) if one.over else None,
                kept=kept,
            )
        )
    return Adherence(*CAVEATS["adherence"], streak_weeks=streak, weeks=tuple(rows))


def keep_rate(weeks: Sequence[WeekWork]) -> int | None:
    """Done of prescribed over some weeks, in percent."""
    done, asked = sum(one.done_units for one in weeks), sum(one.asked_units for one in weeks)
    return print_percent_of(min(done, asked), asked)


def locate_on_ladder(constants: PlanConstants, weeks: Sequence[WeekWork]) -> LadderPosition:
    """The prescribed rung, and how far its range of repetitions is climbed."""

    def locate(track: Track, work: TrackWork) -> float | None:
        if work.reps is None:
            return None
        rung = RUNGS[track, next(iter(work.asked.values())).rung]
        low, high = rung.reps_low, constants.top_reps(rung)
        return print_figure(rung.number + Fraction(work.reps - low, high - low + 1))

    rows = (
        TrackFigures(one.week.index, {track: locate(track, one.tracks[track]) for track in TRACKS})
        for one in weeks
    )
    return LadderPosition(*CAVEATS["ladder"], weeks=tuple(rows))
