"""Progress: all measures of a programme, as the API answers them.

measure_progress() gets a FollowedProgram and its sessions and calls one module for each measure.
Figures are exact until they are rounded for the answer, and nothing here changes what is
prescribed. The attribute docstrings of these dataclasses are the descriptions in the API's
documentation. The athletes feature calls this.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from app.training.adapting.followed_program import FollowedProgram, ProgramStatus
from app.training.log import logbook
from app.training.log.completed import CompletedSession
from app.training.measures.adherence import Adherence, measure_adherence
from app.training.measures.asymmetry import Asymmetry, measure_asymmetry
from app.training.measures.effort import EffortAccuracy, measure_effort
from app.training.measures.hard_sets import HardSets, measure_hard_sets
from app.training.measures.heel_rise import HeelRise, measure_heel_rise
from app.training.measures.ladder import LadderPosition, measure_ladder
from app.training.measures.measure_input import read_weeks
from app.training.measures.pain import PainTrend, measure_pain
from app.training.measures.session_load import SessionLoads, measure_session_load
from app.training.measures.system_load import SystemLoad, measure_system_load
from app.training.measures.tension import TimeUnderTension, measure_tension
from app.training.measures.volume import EffectiveVolume, measure_volume
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import Phase


@dataclass(frozen=True, slots=True)
class ProgressWeek:
    """A week that the measures cover: one that is over, or the running one."""

    week: int
    """Number of the week."""
    kind: WeekKind
    """Kind of the week. All kinds but `build` are meant to be lighter."""
    phase: Phase
    """Training phase of the week."""
    start_date: datetime.date | None
    """First day of the week; null if the programme has no start date."""
    over: bool
    """False for the running week, which is measured up to now."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The measures of what was done in a programme."""

    status: ProgramStatus
    """Whether the programme goes on (`planned`), is blocked or is finished."""
    weeks: tuple[ProgressWeek, ...]
    """The weeks that are measured, in the order in which every measure lists them."""
    adherence: Adherence
    """Units done against units prescribed."""
    hard_sets: HardSets
    """Sets done for each tissue."""
    volume: EffectiveVolume
    """Effective volume, done against planned."""
    ladder: LadderPosition
    """How far up its ladder each track is prescribed."""
    tension: TimeUnderTension
    """Time under tension."""
    effort: EffortAccuracy
    """Logged against planned repetitions in reserve."""
    pain: PainTrend
    """Worst pain of each week, with its zone."""
    asymmetry: Asymmetry
    """Left against right in one-legged sets."""
    heel_rise: HeelRise
    """Heel-rise tests."""
    system_load: SystemLoad
    """Greatest sum of body mass and external load."""
    session_load: SessionLoads
    """Session ratings times minutes."""


def measure_progress(followed: FollowedProgram, sessions: Sequence[CompletedSession]) -> Progress:
    """Return all measures of a programme.

    `sessions` are those of the programme, in any order and with repetitions. Ratings and tests are
    read from them; sets are read from the log that was followed.
    """
    spec, constants = followed.spec, followed.constants
    weeks = read_weeks(followed)
    covered = [(work.week, work.over) for work in weeks]
    numbers = [(week.index, over) for week, over in covered]
    newest = logbook.select_newest_sessions(sessions)
    by_time = sorted(newest, key=lambda session: session.started_at)
    records = (record for week in followed.log.weeks.values() for record in week)
    trained = {record.session_id for record in records if record.shows_training}
    return Progress(
        status=followed.status,
        weeks=tuple(
            ProgressWeek(week.index, week.kind, week.phase, week.start_date, over)
            for week, over in covered
        ),
        adherence=measure_adherence(weeks),
        hard_sets=measure_hard_sets(weeks),
        volume=measure_volume(constants, weeks),
        ladder=measure_ladder(constants, weeks),
        tension=measure_tension(weeks),
        effort=measure_effort(weeks),
        pain=measure_pain(weeks),
        asymmetry=measure_asymmetry(weeks),
        heel_rise=measure_heel_rise(spec, by_time),
        system_load=measure_system_load(constants, weeks),
        session_load=measure_session_load(spec, by_time, trained, numbers),
    )
