"""The running week: what pain changes in it at once, which sessions are left, and when.

read_running_week() gets a rendered week, the log and today's date (science 4.6). followed_program
uses it to find out which week runs, and what is next in it.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.training.adapting import judgement, track_outcome
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log.logbook import Logbook, LoggedUpload, WeekLog
from app.training.log.set_records import SetRecord
from app.training.planning import dose, training_calendar, week_plan
from app.training.planning.dose import ExerciseSlot
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec_building import count_week
from app.training.planning.start import Side
from app.training.planning.training_calendar import MIN_GAP_DAYS
from app.training.planning.week import SetSide
from app.training.planning.week_plan import RenderedSession, RenderedWeek

_DONE = frozenset({"completed", "partial", "abandoned"})
# A session may be done so much later than on its day.
_GRACE = datetime.timedelta(days=1)
# Pain codes of the log so far that make the rest of the week lighter.
_LIGHTER = judgement.REDUCING_CODES - {"PAIN_ABOVE_5"} | {"SIBLING_PAIN"}


class OpenSession(NamedTuple):
    """A session that may still be done."""

    session: RenderedSession
    date: datetime.date | None
    """Its planned date, or the first day that leaves the tissues 48 hours; None without dates."""
    not_before: datetime.date | None
    """The first day that leaves the tissues 48 hours; None if they were never trained."""
    is_begun: bool
    """Whether a set of it is logged."""
    left: Mapping[Track, Mapping[SetSide, int]]
    """Sets that remain, by track and side. A track that has none left is not in it."""


@dataclass(frozen=True, slots=True)
class RunningWeek:
    """A week that is not over, as it stands after the log so far."""

    planned: RenderedWeek
    """The week as it was prescribed."""
    week: RenderedWeek
    """The week with what pain changed in it; sessions that are done stay as prescribed."""
    pains: Mapping[Track, int | None]
    """The worst pain of each track so far, in ten-thousandths."""
    open_sessions: tuple[OpenSession, ...]
    """The sessions that are left, by date."""
    done_places: frozenset[int]
    """Numbers of the sessions that are done."""


def read_running_week(
    constants: PlanConstants, week: RenderedWeek, log: Logbook, as_of: datetime.date | None
) -> RunningWeek:
    """Return a week as it stands. `as_of` is ignored in a programme without dates."""
    so_far = log.of_week(week.index)
    pains = {t: track_outcome.find_pain(so_far, t) for t in constants.tracks}
    codes = _find_pain_codes(week, pains)
    painful = _apply_pain(constants, week, codes)
    as_of = None if constants.spec.start_date is None else as_of
    done: set[int] = set()
    left: list[OpenSession] = []
    for session in painful.sessions:
        candidate = read_session(session, log, week.index)
        if _is_done(candidate, so_far, as_of):
            done.add(session.place.number)
        elif not is_dropped(constants, candidate, week.index, as_of):
            left.append(candidate)
    begun = _find_begun(week, so_far)
    # A session that was begun and that pain emptied since is over, too.
    over = frozenset(done) | begun - {session.place.number for session in painful.sessions}
    return RunningWeek(
        planned=week,
        week=_keep_done(week, painful, over),
        pains={track: pain.worst for track, pain in pains.items()},
        open_sessions=tuple(left),
        done_places=frozenset(done) | begun,
    )


def _find_begun(week: RenderedWeek, log: WeekLog) -> frozenset[int]:
    """Return the sessions in which something was done, also those that pain took out since."""
    numbers = {session.place.number for session in week.sessions}
    return frozenset(record.session for record in log.records if record.is_done) & numbers


def find_emptied(constants: PlanConstants, week: RenderedWeek, log: WeekLog) -> frozenset[int]:
    """Return the sessions that pain of the same week took out before they were begun."""
    pains = {track: track_outcome.find_pain(log, track) for track in constants.tracks}
    painful = _apply_pain(constants, week, _find_pain_codes(week, pains))
    kept = frozenset(session.place.number for session in painful.sessions) | _find_begun(week, log)
    return frozenset(session.place.number for session in week.sessions) - kept


def _find_pain_codes(
    week: RenderedWeek, pains: Mapping[Track, track_outcome.Pain]
) -> dict[Track, str]:
    """Return the pain code of each track that hurt in the week so far, or whose sibling did."""
    own = {}
    for track, state in week.standing.tracks.items():
        code = track_outcome.judge_pain(pains[track], state)
        own[track] = None if code == "RETURN_AFTER_PAIN" else code
    sore = {DEFINITIONS[track].tissue for track, code in own.items() if code == "PAIN_ABOVE_5"}
    shown = {}
    for track, code in own.items():
        is_sibling = DEFINITIONS[track].tissue in sore and code != "PAIN_ABOVE_5"
        strongest = judgement.show_strongest(code, "SIBLING_PAIN" if is_sibling else None)
        if strongest is not None:
            shown[track] = strongest
    return shown


def _apply_pain(
    constants: PlanConstants, week: RenderedWeek, codes: Mapping[Track, str]
) -> RenderedWeek:
    """Return the week without what hurt too much, and with less of what hurt."""
    if not codes:
        return week
    states = {
        track: state._replace(reduce=state.reduce or codes.get(track) in _LIGHTER)
        for track, state in week.standing.tracks.items()
    }
    shown = dict(week.start.shown)
    for track, code in codes.items():
        shown[track] = judgement.show_strongest(code, shown[track]) or code
    start = replace(week.start, standing=week.standing._replace(tracks=states), shown=shown)
    lighter = week_plan.render(constants, start)
    stopped = {track for track, code in codes.items() if code == "PAIN_ABOVE_5"}
    sessions = [_leave_out(session, stopped) for session in lighter.sessions]
    return replace(lighter, sessions=tuple(one for one in sessions if one.slots))


def _leave_out(session: RenderedSession, tracks: set[Track]) -> RenderedSession:
    slots = tuple(slot for slot in session.slots if slot.rung.track not in tracks)
    if slots == session.slots:
        return session
    minutes = dose.estimate_minutes(slots) if slots else 0
    return session._replace(slots=slots, minutes=minutes)


def _keep_done(planned: RenderedWeek, painful: RenderedWeek, done: frozenset[int]) -> RenderedWeek:
    if painful is planned:
        return planned
    by_place = {session.place.number: session for session in painful.sessions}
    sessions = [
        session if session.place.number in done else by_place.get(session.place.number)
        for session in planned.sessions
    ]
    return replace(painful, sessions=tuple(one for one in sessions if one is not None))


def read_session(session: RenderedSession, log: Logbook, week: int) -> OpenSession:
    """Return a session with its date and what is left of it, done or not."""
    number = session.place.number
    so_far = log.of_week(week).records
    here = [record for record in so_far if record.session == number]
    not_before = _find_not_before(session, log, week)
    date = session.date
    if date is not None and not_before is not None:
        date = max(date, not_before)
    return OpenSession(session, date, not_before, bool(here), _count_left(session, here))


def _find_not_before(session: RenderedSession, log: Logbook, week: int) -> datetime.date | None:
    """Return the first day that leaves the tissues of a session 48 hours after other sessions."""
    tissues = {DEFINITIONS[slot.rung.track].tissue for slot in session.slots}
    trained = [
        upload.date
        for number, weekly in log.weeks.items()
        for upload in weekly.uploads
        if not (number == week and _is_of_session(upload, session.place.number))
        and _trains(upload, tissues)
    ]
    return max(trained) + datetime.timedelta(days=MIN_GAP_DAYS) if trained else None


def _is_of_session(upload: LoggedUpload, number: int) -> bool:
    return any(record.session == number for record in upload.records)


def _trains(upload: LoggedUpload, tissues: set[str]) -> bool:
    return any(r.is_done and DEFINITIONS[r.track].tissue in tissues for r in upload.records)


def _count_left(
    session: RenderedSession, here: Sequence[SetRecord]
) -> dict[Track, dict[SetSide, int]]:
    left = {}
    for slot in session.slots:
        counts = count_remaining(slot, here, extra=True)
        if any(counts.values()):
            left[slot.rung.track] = counts
    return left


def count_remaining(
    slot: ExerciseSlot, records: Sequence[SetRecord], *, extra: bool
) -> dict[SetSide, int]:
    """Return the sets of an exercise that remain on each side, with the extra set or without."""
    done = [record for record in records if record.track == slot.rung.track and record.is_done]
    if not slot.printed.unilateral:
        return {"both": max(0, slot.sets - len(done))}
    sides: tuple[Side, Side] = ("left", "right")
    return {
        side: max(
            0,
            slot.sets
            + (extra and slot.extra == side)
            - sum([record.side in (side, "both", None) for record in done]),
        )
        for side in sides
    }


def _is_done(candidate: OpenSession, so_far: WeekLog, as_of: datetime.date | None) -> bool:
    session = candidate.session
    number = session.place.number
    here = [record for record in so_far.records if record.session == number]
    if any(upload.status in _DONE and number in upload.places for upload in so_far.uploads):
        return True
    if not any(any(count_remaining(s, here, extra=False).values()) for s in session.slots):
        return True
    if any(record.session > number for record in so_far.records):
        return True
    if as_of is None:
        return False
    if any(record.is_done and record.date < as_of for record in here):
        return True
    return candidate.date is not None and candidate.date + _GRACE < as_of


def is_dropped(
    constants: PlanConstants, candidate: OpenSession, week: int, as_of: datetime.date | None
) -> bool:
    """Return whether a session that was moved has left its week, or fell on a day that a race or a
    pause takes. One that is offered a day late was moved to that day.
    """
    spec = constants.spec
    if spec.start_date is None or candidate.date is None:
        return False
    date = candidate.date if as_of is None else max(candidate.date, as_of)
    moved = date if date - candidate.date == _GRACE else candidate.date
    if count_week(spec.start_date, candidate.date) != week:
        return True
    return moved != candidate.session.date and not training_calendar.is_free(spec, moved)
