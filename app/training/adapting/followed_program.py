"""A programme after what was done: the weeks so far, the running week, and what comes next.

follow() gets a spec and the sessions of its log, in any order, and folds them up to the running
week (science 4.4). The methods of the FollowedProgram that it returns compute the next session,
the changes and the weeks to come; nothing is decided in them. Features call this through
training.engine.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from app.training.adapting import fold, records_by_session, track_outcome
from app.training.adapting.fold import Standing
from app.training.catalog import reasons
from app.training.catalog.reasons import Basis, Reason
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log.completed import CompletedSession
from app.training.log.logbook import Logbook, build_logbook
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.spec import Spec
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import Phase, Prescription, Session, Week

ProgramStatus = Literal["planned", "blocked", "finished"]
# These verdicts stay, whatever is done in the rest of the week.
_PAINFUL = frozenset({"PAIN_STOP", "PAIN_REDUCE", "PAIN_HOLD", "SUSPENDED"})


@dataclass(frozen=True, slots=True)
class FollowedWeek(Week):
    """One week of a programme after what was done."""

    projected: bool = False
    """True for a week after the running one. It shows what follows if all sets until then are
    done as prescribed, and changes with what is really done."""


@dataclass(frozen=True, slots=True)
class TrackReason:
    """The reason for a track's prescription."""

    track: Track
    """The track that the reason is about."""
    code: str
    """Stable code of the reason."""
    sentence: str
    """The reason in one sentence."""
    evidence: tuple[str, ...]
    """Ids of the entries of the evidence table that support the rule."""
    basis: Basis
    """`evidence`: published findings; `engineering`: our own choice; `mixed`: both."""


@dataclass(frozen=True, slots=True)
class TrackDose:
    """The work of one track in a week."""

    rung: int
    """Number of the rung on the track's ladder."""
    slug: str
    """Slug of the exercise."""
    sets: int
    """Sets in the week. A set of the left leg and one of the right count as one."""
    reps: int
    """Target repetitions of a set."""
    load: float | None
    """External load in the programme's unit; null for body weight."""


@dataclass(frozen=True, slots=True)
class Change(TrackReason):
    """A track's work in the running week and in the week before, with the reason.

    There is one for each track, whether its work differs or not.
    """

    before: TrackDose | None
    """The work of the week before; null if the track was not in it."""
    after: TrackDose | None
    """The work of the running week; null if the track is not in it."""


@dataclass(frozen=True, slots=True)
class NextSession:
    """The next session to do."""

    week: int
    """Number of the session's week, from 1."""
    session: int
    """Number of the session in its week, from 1."""
    weekday: int
    """Day of the session, from 0 for Monday to 6 for Sunday."""
    date: datetime.date | None
    """Date of the session; null if the programme has no start date."""
    kind: WeekKind
    """Kind of the session's week."""
    phase: Phase
    """Training phase of the session's week."""
    est_minutes: int
    """Estimated duration in minutes, warm-up included."""
    exercises: tuple[Prescription, ...]
    """The exercises in the order in which to do them."""
    reasons: tuple[TrackReason, ...]
    """The reason for each track, also for one that pain took out of the session."""


@dataclass(frozen=True, slots=True)
class FollowedProgram:
    """A programme, folded over its log up to the running week.

    The running week is the first one that is not over.
    """

    constants: PlanConstants
    log: Logbook
    past: tuple[Week, ...]
    """The weeks that are over, as they were prescribed."""
    standing: Standing
    """The state before the running week, or after the last week of `past` if there is none."""
    week: Week | None
    """The running week as it was prescribed; None if the programme is blocked or finished."""

    @property
    def status(self) -> ProgramStatus:
        if self.standing.blocked:
            return "blocked"
        return "finished" if self.week is None else "planned"

    @property
    def spec(self) -> Spec:
        return self.constants.spec

    def running_week(self) -> Week | None:
        """Return the running week, without painful tracks in the sessions that are not done."""
        return None if self.week is None else self.drop_painful(self.week)

    def drop_painful(self, week: Week) -> Week:
        """Return a week, without painful tracks in the sessions that are not done."""
        painful = self._painful_tracks(week)
        if not painful:
            return week
        done = self.done_sessions(week)
        sessions = [s if s.index in done else _drop_tracks(s, painful) for s in week.sessions]
        codes = {t: "PAIN_ABOVE_5" if t in painful else week.reasons[t] for t in TRACKS}
        return replace(week, sessions=tuple(s for s in sessions if s.exercises), reasons=codes)

    def done_sessions(self, week: Week) -> frozenset[int]:
        """Return the numbers of the sessions of a week in which something was logged."""
        return _find_done_sessions(week, self.log)

    def planned_weeks(self) -> Iterator[Week]:
        """Yield all weeks as first planned, before anything was done."""
        return fold.plan_weeks(self.constants)

    def blocked_week(self) -> Week | None:
        """Return the week in which a block ended the programme, as it would be prescribed.

        None if the programme is not blocked, or was blocked after its last week.
        """
        index, kinds = len(self.past) + 1, self.constants.week_kinds()
        if not self.standing.blocked or index > len(kinds):
            return None
        return fold.render(self.constants, self.standing, index, kinds[index - 1])

    def next_session(self) -> NextSession | None:
        """Return the first session of the running week that is not done.

        If all are done, it is the first of the weeks after. None if there is none.
        """
        week = self.running_week()
        if week is None or self.week is None:
            return None
        done = self.done_sessions(self.week)
        for session in week.sessions:
            if session.index not in done:
                return _to_next_session(week, session, self._week_reasons(week))
        for later in self.project():
            if later.sessions:
                return _to_next_session(later, later.sessions[0], projected_reasons(later))
        return None

    def reasons(self) -> tuple[TrackReason, ...]:
        """Return the reason for each track of the running week, also for removed tracks."""
        week = self.running_week()
        return () if week is None else self._week_reasons(week)

    def changes(self) -> tuple[Change, ...]:
        """Return each track's work in the running week beside that of the week before."""
        if self.week is None:
            return ()
        before = _track_doses(self.past[-1]) if self.past else {}
        after = _track_doses(self.week)
        return tuple(
            Change(**asdict(reason), before=before.get(reason.track), after=after.get(reason.track))
            for reason in self._week_reasons(self.week)
        )

    def weeks(self) -> tuple[FollowedWeek, ...]:
        """Return all weeks: the past ones, the running one, and the projections after it."""
        running = self.running_week()
        known = (*self.past, *([running] if running else []))
        return (
            *(_to_followed_week(week, projected=False) for week in known),
            *(_to_followed_week(week, projected=True) for week in self.project()),
        )

    def project(self) -> Iterator[Week]:
        """Yield the weeks after the running one, as if all sets to come are done as prescribed."""
        if self.week is None:
            return
        constants, week, standing = self.constants, self.week, self.standing
        if any(record.shows_training for record in self.log.of_week(week.index)):
            standing = self._finish_running_week(week)
        else:
            standing = fold.fold_perfect_week(constants, standing, week)
        kinds = constants.week_kinds()
        for index in range(week.index + 1, len(kinds) + 1):
            if standing.blocked:
                return
            following = fold.render(constants, standing, index, kinds[index - 1])
            yield following
            standing = fold.fold_perfect_week(constants, standing, following)

    def _painful_tracks(self, week: Week) -> frozenset[Track]:
        begun = [record for record in self.log.of_week(week.index) if record.reps != 0]
        pain = {
            t: track_outcome.find_worst_pain([r for r in begun if r.track == t]) for t in TRACKS
        }
        return frozenset(t for t, worst in pain.items() if (worst or 0) > track_outcome.PAIN_STOP)

    def _week_reasons(self, week: Week) -> tuple[TrackReason, ...]:
        known = dict(self.standing.position.reasons)
        known |= {e.track: e.reason for session in week.sessions for e in session.exercises}
        for track, code in week.reasons.items():
            if known[track].code != code:
                known[track] = reasons.explain(code)
        return tuple(_track_reason(track, known[track]) for track in TRACKS)

    def _finish_running_week(self, week: Week) -> Standing:
        """Return the standing after the running week, with its remaining sets done as prescribed.

        What pain has decided in this week stays decided.
        """
        so_far = fold.judge_week(self.constants, self.log, self.standing, week)
        perfect = fold.assume_perfect_week(self.standing, week)
        outcomes = {t: so_far[t] if so_far[t].verdict in _PAINFUL else perfect[t] for t in TRACKS}
        return fold.advance(self.constants, self.standing, week, outcomes)


def follow(
    spec: Spec,
    sessions: Iterable[CompletedSession],
    *,
    through_week: int | None = None,
    as_of: datetime.date | None = None,
) -> FollowedProgram:
    """Return the programme of a spec after its log. The sessions may come in any order.

    `through_week` is the number of the last week that is over. Without it, a week is over when
    all its sessions are done, when a later week has begun, or when its seventh day is before
    `as_of`. Raises SpecError if the spec's `start` does not fit.
    """
    constants = derive(spec)
    log = build_logbook(constants, sessions)
    past: list[Week] = []
    standing = fold.begin(constants)
    for index, kind in enumerate(constants.week_kinds(), 1):
        week = fold.render(constants, standing, index, kind)
        over = index <= through_week if through_week is not None else _is_over(week, log, as_of)
        if not over:
            # A warning sign blocks at once: before its week is over, and even if an earlier week
            # is still open. With `through_week`, one of a later week does not count yet.
            flags = log.red_flag_weeks if through_week is None else log.red_flag_weeks & {index}
            if not any(flagged >= index for flagged in flags):
                return FollowedProgram(constants, log, tuple(past), standing, week)
            standing = standing._replace(blocked=True)
            break
        past.append(week)
        standing = fold.fold_week(constants, log, standing, week)
        if standing.blocked:
            break
    return FollowedProgram(constants, log, tuple(past), standing, None)


def projected_reasons(week: Week) -> tuple[TrackReason, ...]:
    """Return the reason for each track of a week to come, also for one that pain stopped."""
    stopped = {track for track, code in week.reasons.items() if code == "PAIN_ABOVE_5"}
    known = dict.fromkeys(stopped, reasons.explain("PAIN_ABOVE_5"))
    known |= {e.track: e.reason for session in week.sessions for e in session.exercises}
    return tuple(_track_reason(track, known[track]) for track in TRACKS if track in known)


def _is_over(week: Week, log: Logbook, as_of: datetime.date | None) -> bool:
    if any(r.shows_training for number, rs in log.weeks.items() if number > week.index for r in rs):
        return True
    if as_of is not None and week.start_date is not None and (as_of - week.start_date).days >= 7:
        return True
    done = _find_done_sessions(week, log)
    return all(session.index in done for session in week.sessions)


def _find_done_sessions(week: Week, log: Logbook) -> frozenset[int]:
    by_session = records_by_session.group_by_session(week, log.of_week(week.index))
    return frozenset(n for n, rs in by_session.items() if any(r.shows_training for r in rs))


def _drop_tracks(session: Session, tracks: frozenset[Track]) -> Session:
    """Return a session without some tracks. Its estimated minutes stay, as an upper limit."""
    kept = tuple(exercise for exercise in session.exercises if exercise.track not in tracks)
    return replace(session, exercises=kept)


def _to_next_session(week: Week, session: Session, why: tuple[TrackReason, ...]) -> NextSession:
    return NextSession(
        week=week.index,
        session=session.index,
        weekday=session.weekday,
        date=session.date,
        kind=week.kind,
        phase=week.phase,
        est_minutes=session.est_minutes,
        exercises=session.exercises,
        reasons=why,
    )


def _track_reason(track: Track, reason: Reason) -> TrackReason:
    return TrackReason(track, reason.code, reason.sentence, reason.evidence, reason.basis)


def _to_followed_week(week: Week, *, projected: bool) -> FollowedWeek:
    fields = {name: getattr(week, name) for name in Week.__dataclass_fields__}
    return FollowedWeek(**fields, projected=projected)


def _track_doses(week: Week) -> Mapping[Track, TrackDose]:
    doses: dict[Track, TrackDose] = {}
    for session in week.sessions:
        for exercise in session.exercises:
            first = exercise.sets[0]
            sets = len({planned.n for planned in exercise.sets})
            if known := doses.get(exercise.track):
                sets += known.sets
            reps, load = first.reps_target, first.load
            doses[exercise.track] = TrackDose(exercise.rung, exercise.slug, sets, reps, load)
    return doses
