"""What was prescribed and what was done, by week and track: the input of most measures.

read_weeks() gets a FollowedProgram. Units, the matching of sets to sessions and the meaning of
"done" are those of the engine (science 4.2 and 4.3). Nothing is measured here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from app.training.adapting import records_by_session, track_outcome
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.track_outcome import Prescribed, SetsBySession
from app.training.catalog.exercises import LADDERS, Rung
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log.logbook import SetRecord
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.week import SetSide, Week

# Measures over "four weeks" use a week and the three before it.
_WINDOW_WEEKS = 4
RUNGS: Mapping[tuple[Track, int], Rung] = {
    (track, rung.number): rung for track in TRACKS for rung in LADDERS[track]
}

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class TrackWork:
    """One track in one week."""

    prescribed: Prescribed
    """What each session prescribes, without the extra set of a weak side."""
    begun: tuple[SetRecord, ...]
    """Every set that was begun, warm-up sets included: the sets whose pain counts."""
    done: tuple[tuple[int, SetRecord], ...]
    """The work sets that were done, each with the number of its session."""
    done_as_planned: tuple[SetRecord, ...]
    """The same without prescribed extra sets, which a plan does not count either."""

    @property
    def done_units(self) -> int:
        """Units done: a set of both legs is two, one side is one."""
        return sum(record.units for _, record in self.done)

    @property
    def prescribed_units(self) -> int:
        return sum(2 * one.sets for one in self.prescribed.values())

    @property
    def reps_target(self) -> int | None:
        """The highest target of the week's sessions; None if no session has the track."""
        return max((one.reps_target for one in self.prescribed.values()), default=None)

    @property
    def sets(self) -> Fraction:
        """Sets done: a pair of sides counts once, a single side as a half."""
        return Fraction(sum(record.units for record in self.done_as_planned), 2)


@dataclass(frozen=True, slots=True)
class WeekWork:
    """All tracks in one week."""

    week: Week
    over: bool
    tracks: Mapping[Track, TrackWork]

    @property
    def done_units(self) -> int:
        return sum(work.done_units for work in self.tracks.values())

    @property
    def prescribed_units(self) -> int:
        return sum(work.prescribed_units for work in self.tracks.values())


def read_weeks(followed: FollowedProgram) -> tuple[WeekWork, ...]:
    """Return the weeks of a programme that are over, and the running one if there is one."""
    running = [followed.week] if followed.week is not None else []
    weeks = []
    for week in (*followed.past, *running):
        by_session = records_by_session.group_by_session(week, followed.log.of_week(week.index))
        tracks = {t: _read_track(followed.constants, week, by_session, t) for t in TRACKS}
        weeks.append(WeekWork(week, over=week is not followed.week, tracks=tracks))
    return tuple(weeks)


def last_four_weeks(rows: Sequence[Row], at: int) -> Sequence[Row]:
    """Return the row at an index and up to three rows before it."""
    return rows[max(0, at + 1 - _WINDOW_WEEKS) : at + 1]


def _read_track(
    constants: PlanConstants, week: Week, by_session: SetsBySession, track: Track
) -> TrackWork:
    prescribed = track_outcome.read_prescription(constants, week, track)
    records = {index: [r for r in rs if r.track == track] for index, rs in by_session.items()}
    done = {index: [r for r in rs if r.is_done] for index, rs in records.items()}
    extras = dict(_find_extra_sides(week, track))
    as_planned = (
        _drop_extra_set(rs, prescribed[index].sets, extras[index]) if index in extras else rs
        for index, rs in done.items()
    )
    return TrackWork(
        prescribed=prescribed,
        begun=tuple(r for rs in records.values() for r in rs if r.reps != 0),
        done=tuple((index, r) for index, rs in done.items() for r in rs),
        done_as_planned=tuple(r for rs in as_planned for r in rs),
    )


def _find_extra_sides(week: Week, track: Track) -> Iterator[tuple[int, SetSide]]:
    """Yield the sessions that prescribe an extra set of a weak side, with that side."""
    for session in week.sessions:
        for exercise in session.exercises:
            odd = exercise.laterality == "unilateral" and len(exercise.sets) % 2
            if exercise.track == track and odd:
                yield session.index, exercise.sets[-1].side


def _drop_extra_set(done: Sequence[SetRecord], sets: int, side: SetSide) -> Sequence[SetRecord]:
    """Return a session's sets without the last one of a side that has more than `sets`."""
    of_side = [at for at, r in enumerate(done) if r.unilateral and r.side == side]
    if len(of_side) <= sets:
        return done
    return [*done[: of_side[-1]], *done[of_side[-1] + 1 :]]
