"""The reasons that are shown after a log, each with the week and the weeks before it.

list_told() yields them; claims.py checks what each one says. Nothing here uses how the engine
judges a week: sets are matched, filled and counted again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.training.adapting import followed_program, track_outcome
from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.log.logbook import WeekLog
from app.training.log.set_records import PAIN_WATCH, SetRecord
from app.training.planning import explaining
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import SCALE, TrackState, fresh_standing
from app.training.planning.week_plan import RenderedWeek
from tests.training.histories import JudgedWeek, list_judged_weeks

# Nanograms in a hundredth of the unit, and 1/32 kg.
_NG = {"metric": 10**10, "imperial": 4_535_923_700}
_TOLERANCE_NG = 10**12 // 32
_NOTHING = WeekLog()
_STOP = 5 * SCALE


@dataclass(frozen=True)
class Told:
    """A reason that is shown, with the week and what was before."""

    constants: PlanConstants
    week: RenderedWeek
    track: Track
    reason: Reason
    earlier: Sequence[JudgedWeek]
    log_now: WeekLog = _NOTHING
    """What was logged in this week so far; nothing once it is over."""

    @property
    def state(self) -> TrackState:
        return self.week.standing.tracks[self.track]

    @property
    def before(self) -> TrackState:
        """The state in the week before; in the first week that of the start."""
        if self.earlier:
            return self.earlier[-1].week.standing.tracks[self.track]
        return fresh_standing(self.constants).tracks[self.track]

    @property
    def slots(self) -> list[ExerciseSlot]:
        return self.week.slots_of(self.track)

    @property
    def builds(self) -> list[JudgedWeek]:
        """The build weeks before that asked for the track and have a set of any track."""
        return [
            one
            for one in self.earlier
            if one.week.kind == "build" and one.log.records and one.week.slots_of(self.track)
        ]

    def says(self, *parts: object) -> bool:
        """Whether the sentence has all these figures or names."""
        return all(str(part) in self.reason.sentence for part in parts)

    @property
    def dose(self) -> str:
        return explaining.format_dose(self.state.rung, self.state.reps)

    @property
    def name(self) -> str:
        return self.constants.printed[self.state.rung].exercise.name

    def find_worst(self, log: WeekLog) -> int | None:
        """The track's worst pain in a week, in ten-thousandths."""
        return track_outcome.find_pain(log, self.track).worst

    def was_trained(self, log: WeekLog) -> bool:
        return any(r.track == self.track and r.is_done for r in log.records)

    def stands_as_in(self, judged: JudgedWeek) -> bool:
        """Whether the target is the one that the track had in a week before."""
        return self.state[:4] == judged.week.standing.tracks[self.track][:4]


def waits(judged: JudgedWeek) -> bool:
    """Whether a reason that is no pain waits over a week: a lighter one, or one without any."""
    return judged.week.kind != "build" or not (judged.week.sessions or judged.log.records)


def list_since_heard(told: Told) -> list[JudgedWeek]:
    """Return the last week in which the track was trained or hurt, and the weeks after it; all
    weeks if there is none.

    A week that pain took it out of is passed over, whatever was done in it all the same.
    """
    for place in reversed(range(len(told.earlier))):
        log = told.earlier[place].log
        before = told.find_worst(told.earlier[place - 1].log) if place else None
        hurts = (told.find_worst(log) or 0) >= PAIN_WATCH
        if (told.was_trained(log) or hurts) and (before or 0) <= _STOP:
            return [*told.earlier[place:]]
    return [*told.earlier]


def list_told(followed: FollowedProgram) -> Iterator[Told]:
    """Yield each reason of the weeks that are over and of the running one."""
    judged = [*list_judged_weeks(followed)]
    constants = followed.constants
    for place, one in enumerate(judged):
        for track in constants.tracks:
            said = explaining.explain_track(constants, one.week, track, planned=False)
            yield Told(constants, one.week, track, said, judged[:place])
    if (running := followed.running) is None:
        return
    log = followed.log.of_week(running.planned.index)
    for track in constants.tracks:
        said = followed_program.explain_running(constants, running, track)
        yield Told(constants, running.week, track, said, judged, log)


# How what was done fills what was prescribed.


def _match(told: Told, slot: ExerciseSlot, record: SetRecord) -> bool:
    if record.track != told.track or not record.is_done or record.rung < slot.rung.number:
        return False
    if not slot.load or record.is_alternative:
        return True
    wanted = slot.load * _NG[told.constants.spec.units] - _TOLERANCE_NG
    return record.load_ng is not None and record.load_ng >= wanted


def list_done(told: Told, judged: JudgedWeek) -> list[tuple[ExerciseSlot, list[SetRecord]]]:
    """Return each session's exercise of the track with the sets that count for it, if any."""
    found = []
    for session in judged.week.sessions:
        slot = session.slot_of(told.track)
        if slot is not None:
            here = [r for r in judged.log.records if r.session == session.place.number]
            matched = [record for record in here if _match(told, slot, record)]
            found += [(slot, matched)] if matched else []
    return found


def _list_units(slot: ExerciseSlot, records: Sequence[SetRecord]) -> list[int]:
    """Return the repetitions of each unit that was done, the best first."""
    if not slot.printed.unilateral:
        units = [r.reps for r in records for _ in range(r.units)]
        return sorted(units, reverse=True)[: 2 * slot.sets]
    sides = [
        sorted((r.reps for r in records if r.side != other), reverse=True)
        for other in ("right", "left")
    ]
    return [reps for side in sides for reps in side[: slot.sets]]


def share_of_prescribed(slot: ExerciseSlot, records: Sequence[SetRecord]) -> Fraction:
    worth = sum(min(reps, slot.reps) for reps in _list_units(slot, records))
    return Fraction(worth, 2 * slot.sets * slot.reps)


def share_of_done(slot: ExerciseSlot, records: Sequence[SetRecord]) -> Fraction:
    units = _list_units(slot, records)
    return Fraction(sum(min(reps, slot.reps) for reps in units), len(units) * slot.reps)


def is_good(slot: ExerciseSlot, records: Sequence[SetRecord]) -> bool:
    return share_of_prescribed(slot, records) >= Fraction(9, 10)


def share_of_week(told: Told, judged: JudgedWeek) -> Fraction:
    done = list_done(told, judged)
    units = [(slot, reps) for slot, records in done for reps in _list_units(slot, records)]
    return Fraction(sum(min(r, s.reps) for s, r in units), sum(s.reps for s, _ in units))


def mean_reserve(told: Told, judged: JudgedWeek) -> Fraction | None:
    known = [r.rir for _, records in list_done(told, judged) for r in records if r.rir is not None]
    return Fraction(sum(known), len(known) * SCALE) if known else None


def is_cut_short(judged: JudgedWeek) -> bool:
    """Whether less than 60 % of the begun sessions was done."""
    asked = done = 0
    for session in judged.week.sessions:
        here = [r for r in judged.log.records if r.session == session.place.number and r.is_done]
        for slot in session.slots if here else ():
            units = sum(r.units for r in here if r.track == slot.rung.track)
            done += min(2 * slot.sets, units)
            asked += 2 * slot.sets
    return done * 10 < asked * 6
