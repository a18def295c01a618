"""Progress: all measures of a programme, as the API answers them.

measure_progress() gets a FollowedProgram and its sessions, measure_progress_across() several that
follow one another; both call one module for each measure. Figures are exact until they are rounded
for the answer, and nothing here changes what is prescribed. The attribute docstrings of these
dataclasses are the descriptions in the API's documentation. The athletes feature calls this.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from app.training.adapting.followed_program import FollowedProgram, ProgramStatus
from app.training.catalog.omission import omit_if_empty
from app.training.log.completed import CompletedSession
from app.training.measures import program_line
from app.training.measures.adherence import Adherence, measure_adherence
from app.training.measures.asymmetry import Asymmetry, measure_asymmetry
from app.training.measures.core_work import CoreWork, measure_core
from app.training.measures.effort import EffortAccuracy, measure_effort
from app.training.measures.hard_sets import HardSets, measure_hard_sets
from app.training.measures.heel_rise import HeelRise, measure_heel_rise
from app.training.measures.ladder import LadderPosition, measure_ladder
from app.training.measures.measure_input import WeekWork
from app.training.measures.pain import PainTrend, measure_pain
from app.training.measures.program_line import ProgramLine, Programmes
from app.training.measures.session_load import SessionLoads, measure_session_load
from app.training.measures.side_plank import SidePlank, measure_side_plank, uses_side_plank_test
from app.training.measures.system_load import SystemLoad, measure_system_load
from app.training.measures.tension import TimeUnderTension, measure_tension
from app.training.measures.volume import EffectiveVolume, measure_volume
from app.training.planning import week_answer
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import Phase


@dataclass(frozen=True, slots=True)
class ProgressWeek:
    """A week that the measures cover: one that is over, or the running one."""

    week: int
    """Number of the week. Across programmes it goes on from one to the next."""
    kind: WeekKind
    """Kind of the week. All kinds but `build` are meant to be lighter."""
    phase: Phase
    """Training phase of the week."""
    start_date: datetime.date | None
    """First day of the week; null if the programme has no start date."""
    over: bool
    """False for the running week, which is measured up to now."""
    program: int | None = None
    """Number of the programme in the order of the programmes. Only across programmes."""
    program_week: int | None = None
    """Number of the week in its programme. Only across programmes."""

    __get_pydantic_core_schema__ = omit_if_empty("program", "program_week")


@dataclass(frozen=True, slots=True)
class Progress:
    """The measures of what was done in a programme, or in several that follow one another."""

    status: ProgramStatus
    """Whether the programme, or the last one, goes on (`planned`), is blocked or is finished."""
    weeks: tuple[ProgressWeek, ...]
    """The weeks that are measured, in the order in which every measure lists them."""
    adherence: Adherence
    """Units done against units prescribed."""
    hard_sets: HardSets
    """Sets done for each tissue."""
    volume: EffectiveVolume
    """Effective volume, done against planned."""
    ladder: LadderPosition
    """How far up its ladder each track stands."""
    tension: TimeUnderTension
    """Time under tension."""
    effort: EffortAccuracy
    """Logged against planned reserve."""
    pain: PainTrend
    """Worst pain of each week, with its zone."""
    asymmetry: Asymmetry
    """Left against right in one-sided sets and in tests."""
    heel_rise: HeelRise
    """Heel-rise tests."""
    system_load: SystemLoad
    """Greatest sum of body mass and external load."""
    session_load: SessionLoads
    """Session ratings times minutes."""
    core: CoreWork | None = None
    """Holds and sets of core work. Only with core tracks."""
    side_plank: SidePlank | None = None
    """Side-plank tests. Only with side planks."""

    __get_pydantic_core_schema__ = omit_if_empty("core", "side_plank")


def measure_progress(followed: FollowedProgram, sessions: Sequence[CompletedSession]) -> Progress:
    """Return all measures of a programme.

    `sessions` are those of the programme, in any order and with repetitions. Ratings and tests are
    read from them; sets are read from the log that was followed.
    """
    line = program_line.read_line(followed, sessions)
    weeks = tuple(_describe_week(work) for work in line.weeks)
    return _measure(line, weeks)


def measure_progress_across(programmes: Programmes) -> Progress:
    """Return all measures of programmes that follow one another, in one line of time.

    The programmes come in the order in which they were trained, each with its sessions as in
    measure_progress(). Weeks are numbered on, and units, norms and status are those of the last
    programme. Raises ValueError without a programme.
    """
    line = program_line.line_up(programmes)
    weeks = tuple(
        _describe_week(work, program=work.program, program_week=work.week.index)
        for work in line.weeks
    )
    return _measure(line, weeks)


def _describe_week(
    work: WeekWork, *, program: int | None = None, program_week: int | None = None
) -> ProgressWeek:
    phase = week_answer.find_week_phase(work.constants, work.week)
    day = work.week.start_date
    return ProgressWeek(work.number, work.week.kind, phase, day, work.over, program, program_week)


def _measure(line: ProgramLine, described: tuple[ProgressWeek, ...]) -> Progress:
    weeks, specs = line.weeks, [spec for spec, _ in line.logs]
    heel_rise = measure_heel_rise(line.logs)
    tested = any(uses_side_plank_test(spec) for spec in specs)
    side_plank = measure_side_plank(specs) if tested else None
    return Progress(
        status=line.last.status,
        weeks=described,
        adherence=measure_adherence(weeks),
        hard_sets=measure_hard_sets(weeks),
        volume=measure_volume(weeks),
        ladder=measure_ladder(weeks),
        tension=measure_tension(weeks),
        effort=measure_effort(weeks),
        pain=measure_pain(weeks),
        asymmetry=measure_asymmetry(weeks, heel_rise, side_plank),
        heel_rise=heel_rise,
        system_load=measure_system_load(specs[-1], weeks),
        session_load=measure_session_load(
            line.sessions, [(work.number, work.over) for work in weeks]
        ),
        core=measure_core(weeks),
        side_plank=side_plank,
    )
