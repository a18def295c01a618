"""What was prescribed and what was done, by week and track: the input of most measures.

read_weeks() gets a FollowedProgram; program_line puts the weeks of several into one line of time.
Units, the matching of sets to sessions and the meaning of "done" are those of the engine (science
4.2 and 4.3). Nothing is measured here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from app.training.adapting import judgement, track_outcome
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.running_week import RunningWeek
from app.training.catalog.exercises import LADDERS, Rung
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track
from app.training.log.logbook import WeekLog
from app.training.log.set_records import SetRecord
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import TrackState
from app.training.planning.week_plan import RenderedSession, RenderedWeek

# Measures over "four weeks" use a week and the three before it.
_WINDOW_WEEKS = 4
RUNGS: Mapping[tuple[Track, int], Rung] = {
    (track, rung.number): rung for track in TRACKS for rung in LADDERS[track]
}

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class TrackWork:
    """One track in one week."""

    state: TrackState
    """Where the track stands in the week, whatever pain or an easier week took from its dose."""
    slots: Mapping[int, ExerciseSlot]
    """What each session prescribes, by its number."""
    asked_units: int
    """Units prescribed, without the extra set of a weak side. What pain took out counts only so
    far as it was done."""
    records: tuple[SetRecord, ...]
    """Every set that was logged, also one that was only begun."""
    done: tuple[SetRecord, ...]
    """The work sets that were done."""
    done_as_planned: tuple[SetRecord, ...]
    """The same without prescribed extra sets, which a plan does not count either."""

    @property
    def done_units(self) -> int:
        """Units done: a set of both sides is two, one side is one."""
        return sum(record.units for record in self.done)

    @property
    def sets(self) -> Fraction:
        """Sets done: a pair of sides counts once, a single side as a half."""
        return Fraction(sum(record.units for record in self.done_as_planned), 2)

    def find_slot(self, record: SetRecord) -> ExerciseSlot | None:
        """Return what a set's session prescribes for the track, or None."""
        return self.slots.get(record.session)


@dataclass(frozen=True, slots=True)
class WeekWork:
    """All tracks of a programme in one week."""

    number: int
    """Number of the week: in its programme, or in the line of several programmes."""
    program: int
    """Number of its programme in the line, from 1."""
    constants: PlanConstants
    """The constants of its programme."""
    week: RenderedWeek
    """The week as it was prescribed."""
    over: bool
    """False for the running week."""
    log: WeekLog
    tracks: Mapping[Track, TrackWork]
    """The work of each track of its programme."""

    @property
    def done_units(self) -> int:
        """Units done, of all tracks."""
        return sum(work.done_units for work in self.tracks.values())

    @property
    def asked_units(self) -> int:
        """Units prescribed, of all tracks, without what pain took out."""
        return sum(work.asked_units for work in self.tracks.values())


def read_weeks(followed: FollowedProgram) -> tuple[WeekWork, ...]:
    """Return the weeks of a programme that are over, and the running one if there is one.

    A week that ended with a block is over.
    """
    weeks = [_read_past(followed, week, _find_hurt(followed, week)) for week in followed.past]
    if followed.blocked_week is not None:
        # Nothing more was to be done in it.
        every = frozenset(followed.constants.tracks)
        weeks.append(_read_past(followed, followed.blocked_week, every))
    if followed.running is not None:
        weeks.append(_read_running(followed, followed.running))
    return tuple(weeks)


def list_tracks(weeks: Iterable[WeekWork]) -> tuple[Track, ...]:
    """Return the tracks of some weeks, in their order."""
    present = {track for work in weeks for track in work.tracks}
    return tuple(track for track in TRACKS if track in present)


def last_four_weeks(rows: Sequence[Row], at: int) -> Sequence[Row]:
    """Return the row at an index and up to three rows before it."""
    return rows[max(0, at + 1 - _WINDOW_WEEKS) : at + 1]


def _find_hurt(followed: FollowedProgram, week: RenderedWeek) -> frozenset[Track]:
    """Return the tracks of which pain took something out of a week (science 4.4.6)."""
    log = followed.log.of_week(week.index)
    codes = {
        track: track_outcome.judge_pain(track_outcome.find_pain(log, track), state)
        for track, state in week.standing.tracks.items()
    }
    sore = {DEFINITIONS[track].tissue for track, code in codes.items() if code == "PAIN_ABOVE_5"}
    return frozenset(
        track
        for track, code in codes.items()
        if code in judgement.REDUCING_CODES or DEFINITIONS[track].tissue in sore
    )


def _read_past(followed: FollowedProgram, week: RenderedWeek, hurt: frozenset[Track]) -> WeekWork:
    return _read_week(followed, week, week.sessions, hurt, over=True)


def _read_running(followed: FollowedProgram, running: RunningWeek) -> WeekWork:
    """Read the running week. A session that was not begun asks for what pain left of it."""
    hurt = _find_hurt(followed, running.planned)
    lighter = {session.place.number: session for session in running.week.sessions}
    sessions = [
        session if number in running.done_places else lighter[number]
        for session in running.planned.sessions
        if (number := session.place.number) in running.done_places or number in lighter
    ]
    ahead = frozenset(lighter) - running.done_places
    return _read_week(followed, running.planned, sessions, hurt, over=False, ahead=ahead)


def _read_week(
    followed: FollowedProgram,
    week: RenderedWeek,
    sessions: Sequence[RenderedSession],
    hurt: frozenset[Track],
    *,
    over: bool,
    ahead: frozenset[int] = frozenset(),
) -> WeekWork:
    """Read a week. Pain took nothing more out of the sessions `ahead`."""
    log = followed.log.of_week(week.index)
    tracks = {}
    for track, state in week.standing.tracks.items():
        records = tuple(record for record in log.records if record.track == track)
        done = tuple(record for record in records if record.is_done)
        slots = {s.place.number: slot for s in sessions if (slot := s.slot_of(track))}
        tracks[track] = TrackWork(
            state=state,
            slots=slots,
            asked_units=sum(
                min(slot.units, _count_units(done, number))
                if track in hurt and number not in ahead
                else slot.units
                for number, slot in slots.items()
            ),
            records=records,
            done=done,
            done_as_planned=tuple(_drop_extra_sets(done, slots)),
        )
    return WeekWork(week.index, 1, followed.constants, week, over, log, tracks)


def _count_units(records: Iterable[SetRecord], session: int) -> int:
    return sum(record.units for record in records if record.session == session)


def _drop_extra_sets(
    done: Sequence[SetRecord], slots: Mapping[int, ExerciseSlot]
) -> Iterator[SetRecord]:
    """Yield the sets without the last one of a side that was given an extra set and did it."""
    dropped = set()
    for number, slot in slots.items():
        of_side = [
            place
            for place, record in enumerate(done)
            if record.session == number and record.unilateral and record.side == slot.extra
        ]
        if slot.extra is not None and len(of_side) > slot.sets:
            dropped.add(of_side[-1])
    yield from (record for place, record in enumerate(done) if place not in dropped)
