"""Measures one course: how far it got, and whether something happened that never must.

measure() gets the weeks of a course and returns a RunnerResult, which is small enough to be sent
between processes. `goals` counts the results of many.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.catalog.track_definitions import BASE_TRACKS, Track
from app.training.planning.standing import TrackState
from app.training.planning.week_plan import RenderedWeek
from benchmarks.cohort.courses import CourseWeek

CALF_TRACKS: tuple[Track, ...] = ("straight_knee", "bent_knee")
_STEPS = frozenset(
    "RAMP_SETS ADD_REPS ADD_LOAD NEXT_RUNG ACCELERATE_RUNG ACCELERATE_LOAD RETEST_UP".split()
)
_MOST_GROWTH = Fraction(5, 4)
_FEWEST_REPS = 5
_LOWERED_WITHIN = 2


@dataclass(frozen=True, slots=True)
class RunnerResult:
    """The results of one runner."""

    rungs: dict[Track, int]
    """The rung of each track in the last week."""
    progresses: bool
    """Whether the runner was up a rung in both calf tracks in the last week."""
    full_week: int | None
    """The first week with all sets; None for never."""
    steps: int
    """Steps forward, of any track: more sets, repetitions or load, or a harder rung."""
    lowered: bool
    """Whether every track was lower after two weeks than in the first one."""
    growth: float
    """Greatest growth of a track's volume between two full build weeks, as a share."""
    leaps: int
    """Growths beyond what goal G-d allows."""
    stops: int
    """How often pain above 5 stopped a track."""
    asked_again: int
    """How often a stopped track was asked for in the same week or the next."""
    full_returns: int
    """How often a stopped track came back with its full dose."""


def measure(weeks: Sequence[CourseWeek]) -> RunnerResult:
    """Return the result of a course."""
    first, last = weeks[0].week.standing.tracks, weeks[-1].week.standing.tracks
    growths = [*_compare_full_weeks(weeks)]
    again, full_returns = _check_stops(weeks)
    return RunnerResult(
        rungs={track: state.rung.number for track, state in last.items()},
        progresses=all(last[t].rung.number > first[t].rung.number for t in CALF_TRACKS),
        full_week=next((n for n, one in enumerate(weeks, 1) if _has_all_sets(one)), None),
        steps=sum(code in _STEPS for one in weeks for code in one.week.start.shown.values()),
        lowered=_is_lowered(weeks),
        growth=float(max((growth for growth, _ in growths), default=Fraction(1)) - 1),
        leaps=sum(not allowed for _, allowed in growths),
        stops=sum(len(one.stopped) for one in weeks),
        asked_again=again + sum(one.asked_again for one in weeks),
        full_returns=full_returns,
    )


def _has_all_sets(one: CourseWeek) -> bool:
    standing = one.week.standing
    return all(
        standing.tracks[track].sets >= standing.full_sets(one.constants, track)
        for track in BASE_TRACKS
    )


def _is_lowered(weeks: Sequence[CourseWeek]) -> bool:
    """Return whether each track is lower after two weeks than in the first."""
    if len(weeks) <= _LOWERED_WITHIN:
        return False
    first, later = (one.week.standing.tracks for one in (weeks[0], weeks[_LOWERED_WITHIN]))
    return all(_rank(later[track]) < _rank(state) for track, state in first.items())


def _rank(state: TrackState) -> tuple[int, int, int]:
    return state.rung.number, state.load, state.reps


def _compare_full_weeks(weeks: Sequence[CourseWeek]) -> Iterator[tuple[Fraction, bool]]:
    """Yield the growth of each track between full build weeks, and whether it is allowed.

    Lighter weeks in between do not count. Weeks off, pauses and weeks with pain do: what follows
    them is a return.
    """
    before: CourseWeek | None = None
    for one in weeks:
        if one.week.kind == "pause" or one.week.standing.away:
            before = None
        if one.week.kind != "build":
            continue
        if not _is_full(one):
            before = None
            continue
        if before is not None:
            for track in one.constants.tracks:
                if _count_sets(before.week, track):
                    yield _compare_track(before, one, track)
        before = one


def _is_full(one: CourseWeek) -> bool:
    week = one.week
    return (
        len(week.sessions) == len(one.constants.places)
        and not any(session.trimmed for session in week.sessions)
        and not any(state.suspended or state.reduce for state in week.standing.tracks.values())
    )


def _compare_track(before: CourseWeek, now: CourseWeek, track: Track) -> tuple[Fraction, bool]:
    """Return the growth of a track, and whether it is at most a quarter, or one set more of the
    same, or a harder exercise entered with the fewest repetitions.
    """
    growth = _compute_volume(now, track) / _compute_volume(before, track)
    old, new = (one.week.standing.tracks[track] for one in (before, now))
    same = _rank(old) == _rank(new)
    one_set = same and _count_sets(now.week, track) == _count_sets(before.week, track) + 1
    floor = not same and new.reps == min(_FEWEST_REPS, new.rung.reps_low)
    return growth, growth <= _MOST_GROWTH or one_set or floor


def _compute_volume(one: CourseWeek, track: Track) -> Fraction:
    constants = one.constants
    work = sum(s.sets * s.reps * constants.effort(s.rung, s.load) for s in one.week.slots_of(track))
    return Fraction(work, constants.body_mass)


def _count_sets(week: RenderedWeek, track: Track) -> int:
    return sum(slot.sets for slot in week.slots_of(track))


def _check_stops(weeks: Sequence[CourseWeek]) -> tuple[int, int]:
    """Return how often a stopped track was asked for in the next week, and how often it came back
    with its full dose. Once a professional has cleared it, it may come back at once, but reduced.
    """
    again = full = 0
    waiting: set[Track] = set()
    stopped: set[Track] = set()
    for one in weeks:
        held = {slot.rung.track for session in one.week.sessions for slot in session.slots}
        if not one.cleared:
            again += len(held & stopped)
        for track in waiting & held:
            full += not all(slot.is_reduced for slot in one.week.slots_of(track))
        waiting = (waiting - held) | one.stopped
        stopped = one.stopped
    return again, full
