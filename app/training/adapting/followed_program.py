"""A programme after what was done: the weeks so far, the running week, and what comes next.

follow() takes a spec and a log, in whatever order its sessions come, and folds the log up to the
running week (science 4.4). The methods of the FollowedProgram that it returns are views: the next
session, the changes, the weeks to come. Features reach this through ``training.engine``.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from app.training.adapting import fold, outcome
from app.training.adapting.fold import Standing
from app.training.catalog import reasons
from app.training.catalog.reasons import Basis, Reason
from app.training.catalog.tracks import TRACKS, Track
from app.training.log.completed import CompletedSession
from app.training.log.logbook import Logbook, normalise
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.spec import Spec
from app.training.planning.training_days import WeekKind
from app.training.planning.week import Phase, Prescription, Session, Week

ProgramStatus = Literal["planned", "blocked", "finished"]
# Verdicts of pain hold, however the rest of the week goes.
_PAINFUL = frozenset({"PAIN_STOP", "PAIN_REDUCE", "PAIN_HOLD", "SUSPENDED"})


@dataclass(frozen=True, slots=True)
class FollowedWeek(Week):
    """One week of a programme as it stands."""

    projected: bool = False
    """Whether it is still to come, so that what is done until then may change it."""


@dataclass(frozen=True, slots=True)
class TrackReason:
    """Why a track is prescribed as it is."""

    track: Track
    """The track."""
    code: str
    """Stable code of the rule."""
    sentence: str
    """The rule in one sentence."""
    evidence: tuple[str, ...]
    """Ids of the evidence table."""
    basis: Basis
    """What it rests on."""


@dataclass(frozen=True, slots=True)
class TrackDose:
    """What a week holds of one track, in short."""

    rung: int
    """Number on the ladder."""
    slug: str
    """The exercise."""
    sets: int
    """Sets in the week; a pair of sides counts once."""
    reps: int
    """Target repetitions of a set."""
    load: float | None
    """External load in the programme's unit; null for body weight."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a track differs from the week before, and why; also where it does not."""

    track: Track
    """The track."""
    code: str
    """Stable code of the rule."""
    sentence: str
    """The rule in one sentence."""
    evidence: tuple[str, ...]
    """Ids of the evidence table."""
    basis: Basis
    """What it rests on."""
    before: TrackDose | None
    """The week before; null if the track was not in it."""
    after: TrackDose | None
    """The week to come; null if the track is not in it."""


@dataclass(frozen=True, slots=True)
class NextSession:
    """The next session to do."""

    week: int
    """Number of its week."""
    session: int
    """Its place in the week."""
    weekday: int
    """0 = Monday to 6 = Sunday."""
    date: datetime.date | None
    """Its date, where the programme has a start date."""
    kind: WeekKind
    """What kind of week it is in."""
    phase: Phase
    """What the week is about."""
    est_minutes: int
    """Estimated duration in minutes."""
    exercises: tuple[Prescription, ...]
    """What to do."""
    reasons: tuple[TrackReason, ...]
    """Why, for each track."""


@dataclass(frozen=True, slots=True)
class FollowedProgram:
    """A programme, folded over its log up to the running week."""

    constants: PlanConstants
    log: Logbook
    past: tuple[Week, ...]
    """The weeks that are over, as they were prescribed."""
    standing: Standing
    """The state before the running week."""
    week: Week | None
    """The running week as prescribed; None if the programme is blocked or finished."""

    @property
    def status(self) -> ProgramStatus:
        if self.standing.blocked:
            return "blocked"
        return "finished" if self.week is None else "planned"

    @property
    def spec(self) -> Spec:
        return self.constants.spec

    def running_week(self) -> Week | None:
        """The running week, with painful tracks taken out of the sessions that are not done."""
        return None if self.week is None else self.drop_painful(self.week)

    def drop_painful(self, week: Week) -> Week:
        """A week, with painful tracks taken out of the sessions that are not done."""
        painful = self._painful_tracks(week)
        if not painful:
            return week
        done = self.done_sessions(week)
        sessions = (
            session if session.index in done else _drop_tracks(session, painful)
            for session in week.sessions
        )
        codes = {t: "PAIN_ABOVE_5" if t in painful else week.reasons[t] for t in TRACKS}
        return replace(week, sessions=tuple(s for s in sessions if s.exercises), reasons=codes)

    def done_sessions(self, week: Week) -> frozenset[int]:
        """The numbers of the sessions of a week in which something was logged."""
        return _done_sessions(week, self.log)

    def next_session(self) -> NextSession | None:
        """The first session of the running week that is not done, else the first of the next."""
        week = self.running_week()
        if week is None or self.week is None:
            return None
        done = self.done_sessions(self.week)
        for session in week.sessions:
            if session.index not in done:
                return _to_next_session(week, session, self._week_reasons(week))
        return self._first_after_running_week()

    def reasons(self) -> tuple[TrackReason, ...]:
        """Why each track of the running week is prescribed as it is, removed tracks included."""
        week = self.running_week()
        return () if week is None else self._week_reasons(week)

    def changes(self) -> tuple[Change, ...]:
        """How each track of the running week differs from the week before."""
        if self.week is None:
            return ()
        before = _track_doses(self.past[-1]) if self.past else {}
        after = _track_doses(self.week)
        return tuple(
            Change(
                track=reason.track,
                code=reason.code,
                sentence=reason.sentence,
                evidence=reason.evidence,
                basis=reason.basis,
                before=before.get(reason.track),
                after=after.get(reason.track),
            )
            for reason in self._week_reasons(self.week)
        )

    def weeks(self) -> tuple[FollowedWeek, ...]:
        """All weeks: past ones, the running one, and those to come as projections."""
        running = self.running_week()
        known = (*self.past, *([running] if running else []))
        return (
            *(_to_followed_week(week, projected=False) for week in known),
            *(_to_followed_week(week, projected=True) for week in self.project()),
        )

    def project(self) -> Iterator[Week]:
        """The weeks after the running one, if all sets to come are done as prescribed."""
        if self.week is None:
            return
        constants, week, standing = self.constants, self.week, self.standing
        if any(record.logged for record in self.log.of_week(week.index)):
            standing = self._finish_running_week(week)
        else:
            standing = fold.take_perfect_week(constants, standing, week)
        kinds = constants.week_kinds()
        for index in range(week.index + 1, len(kinds) + 1):
            if standing.blocked:
                return
            following = fold.render(constants, standing, index, kinds[index - 1])
            yield following
            standing = fold.take_perfect_week(constants, standing, following)

    def _painful_tracks(self, week: Week) -> frozenset[Track]:
        painful: set[Track] = set()
        for track in TRACKS:
            felt = [r for r in self.log.of_week(week.index) if r.track == track and r.reps != 0]
            worst = outcome.greatest(outcome.worst_pain(felt), outcome.worst_morning(felt))
            if worst is not None and worst > outcome.PAIN_STOP:
                painful.add(track)
        return frozenset(painful)

    def _first_after_running_week(self) -> NextSession | None:
        for week in self.project():
            if week.sessions:
                return _to_next_session(week, week.sessions[0], projected_reasons(week))
        return None

    def _week_reasons(self, week: Week) -> tuple[TrackReason, ...]:
        shown = {e.track: e.reason for session in week.sessions for e in session.exercises}
        found = []
        for track in TRACKS:
            code = week.reasons[track]
            reason = shown.get(track) or self.standing.position.reasons[track]
            found.append(
                _track_reason(track, reason if reason.code == code else reasons.explain(code))
            )
        return tuple(found)

    def _finish_running_week(self, week: Week) -> Standing:
        """The standing after the running week, with its remaining sets done as prescribed. What
        pain has decided in this week stays decided.
        """
        so_far = fold.judge(self.constants, self.log, self.standing, week)
        perfect = fold.assume(self.standing, week)
        outcomes = {t: so_far[t] if so_far[t].verdict in _PAINFUL else perfect[t] for t in TRACKS}
        return fold.advance(self.constants, self.standing, week, outcomes)


def follow(
    spec: Spec,
    sessions: Iterable[CompletedSession],
    *,
    through_week: int | None = None,
    as_of: datetime.date | None = None,
) -> FollowedProgram:
    """The programme of a spec after everything that was logged for it.

    `through_week` is the last week that is over; left out, the log and `as_of` decide. Raises
    SpecError if the spec's `start` does not fit.
    """
    constants = derive(spec)
    log = normalise(constants, sessions)
    return fold_log(constants, log, through_week=through_week, as_of=as_of)


def fold_log(
    constants: PlanConstants,
    log: Logbook,
    *,
    through_week: int | None = None,
    as_of: datetime.date | None = None,
) -> FollowedProgram:
    """The programme after a normalised log, up to the first week that is not over."""
    past: list[Week] = []
    standing = fold.open_course(constants)
    kinds = constants.week_kinds()
    for index, kind in enumerate(kinds, 1):
        week = fold.render(constants, standing, index, kind)
        over = index <= through_week if through_week is not None else _is_over(week, log, as_of)
        if not over:
            # A warning sign blocks at once: before the end of its week, and before earlier weeks
            # that are still open. Only where the caller says which week is over, later ones wait.
            flags = log.red_flag_weeks if through_week is None else log.red_flag_weeks & {index}
            if any(flagged >= index for flagged in flags):
                blocked = standing._replace(blocked=True)
                return FollowedProgram(constants, log, tuple(past), blocked, None)
            return FollowedProgram(constants, log, tuple(past), standing, week)
        past.append(week)
        standing = fold.take_week(constants, log, standing, week)
        if standing.blocked:
            break
    return FollowedProgram(constants, log, tuple(past), standing, None)


def projected_reasons(week: Week) -> tuple[TrackReason, ...]:
    """Why each track of a week to come is prescribed as it is, or was stopped for pain."""
    stopped = {track for track, code in week.reasons.items() if code == "PAIN_ABOVE_5"}
    found = dict.fromkeys(stopped, reasons.explain("PAIN_ABOVE_5"))
    found |= {e.track: e.reason for session in week.sessions for e in session.exercises}
    return tuple(_track_reason(track, found[track]) for track in TRACKS if track in found)


def _is_over(week: Week, log: Logbook, as_of: datetime.date | None) -> bool:
    """A week is over when all is done, a later one has begun, or its seventh day has passed."""
    if any(r.logged for number, rs in log.weeks.items() if number > week.index for r in rs):
        return True
    if as_of is not None and week.start_date is not None and (as_of - week.start_date).days >= 7:
        return True
    done = _done_sessions(week, log)
    return all(session.index in done for session in week.sessions)


def _done_sessions(week: Week, log: Logbook) -> frozenset[int]:
    placed = fold.place_records(week, log.of_week(week.index))
    return frozenset(place for place, rs in placed.items() if any(r.logged for r in rs))


def _drop_tracks(session: Session, tracks: frozenset[Track]) -> Session:
    """A session without some tracks. Its estimate stays, as the longest that it can take."""
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
    found: dict[Track, TrackDose] = {}
    for session in week.sessions:
        for exercise in session.exercises:
            first = exercise.sets[0]
            sets = len({planned.n for planned in exercise.sets})
            known = found.get(exercise.track)
            total = sets + (known.sets if known else 0)
            found[exercise.track] = TrackDose(
                exercise.rung, exercise.slug, total, first.reps_target, first.load
            )
    return found
