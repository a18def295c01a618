"""What was asked and what was done, week by week and track by track, for the measures.

Science 4.2 and 4.3: the units, the matching to sessions and the meaning of "done" are the
engine's own; nothing is measured or decided here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from app.training.adapting import fold, outcome
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.outcome import Asked
from app.training.catalog.exercises import LADDERS, Rung
from app.training.catalog.tracks import TRACKS, Track
from app.training.log.logbook import Record
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.week import Prescription, SetSide, Week

# Measures that look back over "four weeks" look at this one and the three before.
WINDOW_WEEKS = 4
RUNGS: Mapping[tuple[Track, int], Rung] = {
    (track, rung.number): rung for track in TRACKS for rung in LADDERS[track]
}

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class TrackWork:
    """One track in one week."""

    asked: Mapping[int, Asked]
    """What each session asks, an extra set of a weak side left out."""
    felt: tuple[Record, ...]
    """Every set that was begun, warm-up sets included: what counts for pain."""
    done: tuple[tuple[int, Record], ...]
    """The work sets that were done, with the place of their session."""
    counted: tuple[Record, ...]
    """The same without the extra sets that were asked for, as plans count them."""

    @property
    def done_units(self) -> int:
        """Units done: a set of both legs is two, one side is one."""
        return sum(one.units for _, one in self.done)

    @property
    def asked_units(self) -> int:
        """Units prescribed."""
        return sum(2 * one.sets for one in self.asked.values())

    @property
    def reps(self) -> int | None:
        """The repetitions to reach: the most that a session asks for; None if none does."""
        return max((one.target for one in self.asked.values()), default=None)

    @property
    def sets(self) -> Fraction:
        """Sets done: a pair of sides counts once, a single side as a half."""
        return Fraction(sum(one.units for one in self.counted), 2)


@dataclass(frozen=True, slots=True)
class WeekWork:
    """All tracks in one week."""

    week: Week
    over: bool
    tracks: Mapping[Track, TrackWork]

    @property
    def done_units(self) -> int:
        """Units done."""
        return sum(work.done_units for work in self.tracks.values())

    @property
    def asked_units(self) -> int:
        """Units prescribed."""
        return sum(work.asked_units for work in self.tracks.values())


def read_weeks(course: FollowedProgram) -> tuple[WeekWork, ...]:
    """The weeks of a course that are over, and the running one if there is one."""
    now = [course.week] if course.week is not None else []
    return tuple(
        WeekWork(
            week=week,
            over=week is not course.week,
            tracks=read_tracks(course, week),
        )
        for week in (*course.past, *now)
    )


def read_tracks(course: FollowedProgram, week: Week) -> dict[Track, TrackWork]:
    """The work of a week, track by track."""
    placed = fold.place_records(week, course.log.of_week(week.index))
    return {track: read_track(course.constants, week, placed, track) for track in TRACKS}


def read_track(
    constants: PlanConstants, week: Week, placed: Mapping[int, Sequence[Record]], track: Track
) -> TrackWork:
    """A track's work of a week whose records are placed in its sessions."""
    asked = outcome.read_prescription(constants, week, track)
    mine = {place: [r for r in rs if r.track == track] for place, rs in placed.items()}
    done = {place: [r for r in rs if r.done] for place, rs in mine.items()}
    extras = dict(find_extras(week, track))
    return TrackWork(
        asked=asked,
        felt=tuple(r for rs in mine.values() for r in rs if r.reps != 0),
        done=tuple((place, r) for place, rs in done.items() for r in rs),
        counted=tuple(
            r
            for place, rs in done.items()
            for r in (drop_extra(rs, asked[place].sets, extras[place]) if place in extras else rs)
        ),
    )


def find_extras(week: Week, track: Track) -> Iterator[tuple[int, SetSide]]:
    """The sessions that ask for an extra set of a weak side, and that side."""
    for session in week.sessions:
        for exercise in session.exercises:
            if exercise.track == track and has_extra(exercise):
                yield session.index, exercise.sets[-1].side


def has_extra(exercise: Prescription) -> bool:
    """Whether one side has a set more than the other."""
    return exercise.laterality == "unilateral" and len(exercise.sets) % 2 == 1


def drop_extra(done: Sequence[Record], sets: int, side: SetSide) -> Sequence[Record]:
    """The sets of a session without the last one of a side that was asked for one more."""
    own = [place for place, r in enumerate(done) if r.one_sided and r.side == side]
    if len(own) <= sets:
        return done
    return [*done[: own[-1]], *done[own[-1] + 1 :]]


def recent(rows: Sequence[Row], place: int) -> Sequence[Row]:
    """A week's row and those of the three weeks before it, as far as there are any."""
    return rows[max(0, place + 1 - WINDOW_WEEKS) : place + 1]
