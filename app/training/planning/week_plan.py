"""Renders a week that has begun into sessions with exercises and doses (science 3.7).

Distributes the sets over the places, adds the weak side's extra set, fits each session to the
available time and reduces lighter sessions. The result has all numbers of the week and no texts:
the fold judges a log against it, and week_answer makes the answer of it.
"""

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from app.training.catalog.track_definitions import Track
from app.training.planning import dose, training_calendar
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec_building import count_week
from app.training.planning.standing import Standing, TrackState
from app.training.planning.start import Side
from app.training.planning.training_calendar import Place, WeekKind
from app.training.planning.week_start import WeekStart, begin_week

# Repetitions in reserve at the end of a set (EV-25 to EV-27; the figures are ours).
_RIR = {"foundation": 4, "build": 3, "strength": 2}
_RIR_EASY = 5
# Sessions with less effort as well as less work. Taper and race keep load and effort (EV-29).
_EASY_KINDS: frozenset[WeekKind] = frozenset({"deload", "transition"})
_LESS_WORK_KINDS: frozenset[WeekKind] = frozenset({"deload", "transition", "taper"})


class RenderedSession(NamedTuple):
    """A session of a rendered week."""

    place: Place
    date: datetime.date | None
    kind: WeekKind
    """The week's kind; `transition` after the race in a race week."""
    slots: tuple[ExerciseSlot, ...]
    minutes: int
    trimmed: bool
    """Whether it was shortened to fit the available time."""

    def slot_of(self, track: Track) -> ExerciseSlot | None:
        """Return the exercise of a track, or None if the session has none."""
        for slot in self.slots:
            if slot.rung.track == track:
                return slot
        return None


@dataclass(frozen=True, slots=True)
class RenderedWeek:
    """A week with all its numbers."""

    start: WeekStart
    sessions: tuple[RenderedSession, ...]
    """The sessions that hold an exercise, by date."""
    tight: frozenset[Track]
    """Tracks that lost a set or a place to the available time."""

    @property
    def index(self) -> int:
        """Number of the week, from 1."""
        return self.start.index

    @property
    def kind(self) -> WeekKind:
        """Kind of the week."""
        return self.start.kind

    @property
    def start_date(self) -> datetime.date | None:
        """The first day of the week, or None without dates."""
        return self.start.start_date

    @property
    def standing(self) -> Standing:
        """The standing once what was due in this week is given."""
        return self.start.standing

    def slots_of(self, track: Track) -> list[ExerciseSlot]:
        """Return the exercises of a track, one for each session that prescribes it."""
        return [
            slot for session in self.sessions for slot in session.slots if slot.rung.track == track
        ]


def plan_week(constants: PlanConstants, standing: Standing, index: int) -> RenderedWeek:
    """Return the week that begins from a standing."""
    return render(constants, begin_week(constants, standing, index))


def render(constants: PlanConstants, start: WeekStart) -> RenderedWeek:
    """Return the sessions of a week that has begun."""
    sessions: list[RenderedSession] = []
    tight: set[Track] = set()
    # Most sessions of a week are alike and are fitted and reduced once. Slots that are alike are
    # one object, and identities are compared faster.
    known: dict[tuple[object, ...], _Fitted] = {}
    for place, slots in _distribute_sets(constants, start):
        date = training_calendar.compute_date(constants.spec, start.index, place.weekday)
        kind = _session_kind(constants, start, date)
        key = (kind, *map(id, slots))
        if (fitted := known.get(key)) is None:
            turn = start.standing.since + start.index + place.number
            fitted = _fit(constants, kind, slots, turn)
            if fitted.trimmed:
                # Who yields depends on the turn.
                tight |= fitted.tight
            else:
                known[key] = fitted
        sessions.append(
            RenderedSession(place, date, kind, fitted.slots, fitted.minutes, fitted.trimmed)
        )
    return RenderedWeek(start, tuple(sessions), frozenset(tight))


class _Fitted(NamedTuple):
    """The exercises of a session, fitted to the time and reduced."""

    slots: tuple[ExerciseSlot, ...]
    minutes: int
    trimmed: bool = False
    tight: frozenset[Track] = frozenset()


def _fit(
    constants: PlanConstants, kind: WeekKind, slots: tuple[ExerciseSlot, ...], turn: int
) -> _Fitted:
    """Return the full dose of a session as it is done. `turn` decides who yields to the time."""
    budget = constants.spec.session_minutes
    minutes, fitted, trimmed = dose.estimate_minutes(slots), slots, False
    if minutes > budget:
        fitted, trimmed = dose.fit_to_time(slots, budget, turn)
    reduced = tuple([_reduce_slot(constants, kind, slot) for slot in fitted])
    if trimmed or reduced != slots:
        minutes = dose.estimate_minutes(reduced)
    tight = _find_tight(slots, fitted) if trimmed else frozenset()
    return _Fitted(reduced, minutes, trimmed, tight)


def _distribute_sets(
    constants: PlanConstants, start: WeekStart
) -> list[tuple[Place, tuple[ExerciseSlot, ...]]]:
    """Return the full dose of each open place, before it is fitted to the time and reduced."""
    standing = start.standing
    trained = [state for state in standing.tracks.values() if not state.suspended]
    reserves = {s.rung.track: _choose_rir(constants, standing, s) for s in trained}
    extras = {t: side for t in reserves if (side := _extra_side(constants, start, t))}
    seen = dict.fromkeys(constants.tracks, 0)
    # Slots that are alike are one object.
    known: dict[tuple[Track, int, Side | None], ExerciseSlot] = {}
    week: list[tuple[Place, tuple[ExerciseSlot, ...]]] = []
    for place in constants.places:
        slots: list[ExerciseSlot] = []
        is_open = place in start.open_places
        for track in place.tracks:
            state = standing.tracks[track]
            each, over = divmod(state.sets, constants.frequency[track])
            sets = each + (seen[track] < over)
            seen[track] += 1
            if is_open and track in reserves and sets:
                key = (track, sets, extras.pop(track, None))
                if key not in known:
                    known[key] = ExerciseSlot(
                        state.rung,
                        constants.printed[state.rung],
                        sets,
                        state.reps,
                        state.load,
                        reserves[track],
                        key[2],
                        state.reduce,
                    )
                slots.append(known[key])
        if slots:
            week.append((place, tuple(slots)))
    return week


def _choose_rir(constants: PlanConstants, standing: Standing, state: TrackState) -> int:
    rir = _RIR[find_phase(constants, standing, state)]
    return rir + standing.is_cautious(constants)


def find_phase(constants: PlanConstants, standing: Standing, state: TrackState) -> str:
    """Return the phase of a track: foundation while sets are added, then build or strength."""
    if state.sets < standing.target_sets(constants, state):
        return "foundation"
    return "strength" if state.rung.loaded else "build"


def _extra_side(constants: PlanConstants, start: WeekStart, track: Track) -> Side | None:
    """Return the side that does an extra set in a build week, or None."""
    state = start.standing.tracks[track]
    if start.kind != "build" or state.reduce or not constants.printed[state.rung].unilateral:
        return None
    return start.standing.weak_side(track, state.weak)


def _find_tight(
    full: tuple[ExerciseSlot, ...], fitted: tuple[ExerciseSlot, ...]
) -> frozenset[Track]:
    kept = {slot.rung.track: slot.sets for slot in fitted}
    return frozenset(s.rung.track for s in full if kept.get(s.rung.track, 0) < s.sets)


def _session_kind(
    constants: PlanConstants, start: WeekStart, date: datetime.date | None
) -> WeekKind:
    """Return the kind of a session: after the week's last race it is an easy one."""
    if start.kind != "race" or date is None or constants.spec.start_date is None:
        return start.kind
    first = constants.spec.start_date
    races = [r.date for r in constants.spec.races if r.taper]
    last = max(day for day in races if count_week(first, day) == start.index)
    return "transition" if date > last else "race"


def _reduce_slot(constants: PlanConstants, kind: WeekKind, slot: ExerciseSlot) -> ExerciseSlot:
    """Return the slot with its dose: full in build weeks, reduced in all others and after pain."""
    if kind == "race":
        slot = slot._replace(sets=1)
    if kind in _LESS_WORK_KINDS or slot.is_reduced:
        slot = halve(constants, slot, easy=kind in _EASY_KINDS or slot.is_reduced)
    return slot


def halve(constants: PlanConstants, slot: ExerciseSlot, *, easy: bool) -> ExerciseSlot:
    """Return a slot with about half of the work, and if `easy` with less effort and load, too."""
    sets, reps = dose.reduce_dose(slot.sets, slot.reps)
    if not easy:
        return slot._replace(sets=sets, reps=reps)
    load = constants.fit_load(slot.load * 9 // 10) if slot.rung.loaded else 0
    return slot._replace(sets=sets, reps=reps, load=load, rir=_RIR_EASY)
