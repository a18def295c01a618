"""A programme as it stands: its weeks so far, the one that is running, and what comes next.

Science 4.4, last paragraph. follow() folds the log to the running week; the rest are views of the
Course that it makes: the next session, what changed, the weeks to come.
"""

import datetime
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from app.training import adaptation, calendar, outcome, reasons
from app.training.adaptation import Standing
from app.training.calendar import WeekKind
from app.training.exercise import TRACKS, Track
from app.training.log import CompletedSession
from app.training.reasons import Basis, Reason
from app.training.record import Logbook, normalise
from app.training.spec import Spec
from app.training.terms import Terms, work_out
from app.training.week import Phase, Prescription, Session, Week

Status = Literal["planned", "blocked", "finished"]
# What pain has decided stands, however the rest of the week goes.
PAINFUL = frozenset({"PAIN_STOP", "PAIN_REDUCE", "PAIN_HOLD", "SUSPENDED"})


@dataclass(frozen=True, slots=True)
class CourseWeek(Week):
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
class Course:
    """A programme folded to its running week."""

    terms: Terms
    log: Logbook
    past: tuple[Week, ...]
    """The weeks that are over, as they were prescribed."""
    standing: Standing
    """Where the programme stands before the running week."""
    week: Week | None
    """The running week; None if the programme is blocked or finished."""

    @property
    def status(self) -> Status:
        """Whether there is something to do."""
        if self.standing.blocked:
            return "blocked"
        return "finished" if self.week is None else "planned"


def take_up(
    spec: Spec,
    sessions: Iterable[CompletedSession],
    *,
    through_week: int | None = None,
    as_of: datetime.date | None = None,
) -> Course:
    """The course of a spec and everything that was logged for it, in whatever order it came.

    Raises SpecError if the spec's start cannot be taken up.
    """
    terms = work_out(spec)
    return follow(terms, normalise(terms, sessions), through_week=through_week, as_of=as_of)


def date_at(spec: Spec, moment: datetime.datetime) -> datetime.date:
    """The day that a moment falls on in the programme's time zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(spec.timezone)).date()


def follow(
    terms: Terms,
    log: Logbook,
    *,
    through_week: int | None = None,
    as_of: datetime.date | None = None,
) -> Course:
    """The course up to its running week: the first that is not over.

    `through_week` says which week was the last that is over; left out, the log and `as_of` do.
    """
    past: list[Week] = []
    standing = adaptation.open_course(terms)
    for index, kind in enumerate(calendar.week_kinds(terms.spec, terms.deload_every), 1):
        week = adaptation.render(terms, standing, index, kind)
        over = index <= through_week if through_week is not None else is_over(week, log, as_of)
        if not over:
            # A warning sign does not wait for the end of the week, nor for weeks still open
            # before its own; only where the caller says which week is over, later ones stay out.
            flags = log.red_flag_weeks if through_week is None else log.red_flag_weeks & {index}
            if any(flagged >= index for flagged in flags):
                return Course(terms, log, tuple(past), standing._replace(blocked=True), None)
            return Course(terms, log, tuple(past), standing, week)
        past.append(week)
        standing = adaptation.take_week(terms, log, standing, week)
        if standing.blocked:
            break
    return Course(terms, log, tuple(past), standing, None)


def is_over(week: Week, log: Logbook, as_of: datetime.date | None) -> bool:
    """Whether a week is over: all done, or a later one begun, or its seventh day passed."""
    if any(r.logged for number, rs in log.weeks.items() if number > week.index for r in rs):
        return True
    if as_of is not None and week.start_date is not None and (as_of - week.start_date).days >= 7:
        return True
    return all(session.index in places_done(week, log) for session in week.sessions)


def places_done(week: Week, log: Logbook) -> frozenset[int]:
    """The sessions of a week in which something was logged."""
    placed = adaptation.place_records(week, log.of_week(week.index))
    return frozenset(place for place, rs in placed.items() if any(r.logged for r in rs))


def painful_tracks(course: Course, week: Week) -> frozenset[Track]:
    """Tracks that hurt above 5 in this week: they are out of its remaining sessions at once."""
    painful: set[Track] = set()
    for track in TRACKS:
        felt = [r for r in course.log.of_week(week.index) if r.track == track and r.reps != 0]
        worst = outcome.greatest(outcome.worst_pain(felt), outcome.worst_morning(felt))
        if worst is not None and worst > outcome.PAIN_STOP:
            painful.add(track)
    return frozenset(painful)


def running_week(course: Course) -> Week | None:
    """The running week, without what hurt from its remaining sessions."""
    week = course.week
    if week is None:
        return None
    out = painful_tracks(course, week)
    if not out:
        return week
    done = places_done(week, course.log)
    sessions = (
        session if session.index in done else without(session, out) for session in week.sessions
    )
    codes = {track: "PAIN_ABOVE_5" if track in out else week.reasons[track] for track in TRACKS}
    return replace(week, sessions=tuple(s for s in sessions if s.exercises), reasons=codes)


def without(session: Session, tracks: frozenset[Track]) -> Session:
    """A session without some tracks; its estimated duration stays, as the longest it can take."""
    kept = tuple(exercise for exercise in session.exercises if exercise.track not in tracks)
    return replace(session, exercises=kept)


def next_session(course: Course) -> NextSession | None:
    """The first session of the running week that is not done, else the first of the next one."""
    week = running_week(course)
    if week is None or course.week is None:
        return None
    done = places_done(course.week, course.log)
    for session in week.sessions:
        if session.index not in done:
            return tell_session(week, session, tell_reasons(course, week))
    return first_of_next(course)


def first_of_next(course: Course) -> NextSession | None:
    """The first session after the running week, as if that week were over now."""
    for after in project(course):
        if after.sessions:
            return tell_session(after, after.sessions[0], tell_week_reasons(after))
    return None


def tell_session(week: Week, session: Session, why: tuple[TrackReason, ...]) -> NextSession:
    """A session as the next one."""
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


def tell_reasons(course: Course, week: Week) -> tuple[TrackReason, ...]:
    """Why each track of the running week is as it is, those that were taken out included."""
    shown = {
        exercise.track: exercise.reason
        for session in week.sessions
        for exercise in session.exercises
    }
    told = []
    for track in TRACKS:
        code = week.reasons[track]
        reason = shown.get(track) or course.standing.position.reasons[track]
        told.append(name(track, reason if reason.code == code else reasons.explain(code)))
    return tuple(told)


def tell_week_reasons(week: Week) -> tuple[TrackReason, ...]:
    """Why each track of a week to come is as it is, those that pain takes out included."""
    stopped = {track for track, code in week.reasons.items() if code == "PAIN_ABOVE_5"}
    told = dict.fromkeys(stopped, reasons.explain("PAIN_ABOVE_5"))
    told |= {e.track: e.reason for session in week.sessions for e in session.exercises}
    return tuple(name(track, told[track]) for track in TRACKS if track in told)


def name(track: Track, reason: Reason) -> TrackReason:
    """A reason with its track."""
    return TrackReason(track, reason.code, reason.sentence, reason.evidence, reason.basis)


def project(course: Course) -> Iterator[Week]:
    """The weeks after the running one: it as it was done so far, then all as prescribed."""
    if course.week is None:
        return
    terms, week = course.terms, course.week
    began = any(record.logged for record in course.log.of_week(week.index))
    standing = course.standing
    if began:
        standing = take_begun_week(course, week)
    else:
        standing = adaptation.take_perfect_week(terms, standing, week)
    kinds = calendar.week_kinds(terms.spec, terms.deload_every)
    for index in range(week.index + 1, len(kinds) + 1):
        if standing.blocked:
            return
        following = adaptation.render(terms, standing, index, kinds[index - 1])
        yield following
        standing = adaptation.take_perfect_week(terms, standing, following)


def take_begun_week(course: Course, week: Week) -> Standing:
    """The standing after the running week, its rest taken as prescribed but for what hurt."""
    so_far = adaptation.judge(course.terms, course.log, course.standing, week)
    well = adaptation.assume(course.standing, week)
    outcomes = {t: so_far[t] if so_far[t].verdict in PAINFUL else well[t] for t in TRACKS}
    return adaptation.advance(course.terms, course.standing, week, outcomes)


def lay_out(course: Course) -> tuple[CourseWeek, ...]:
    """Every week: those that are over, the running one, and those to come as projections."""
    now = running_week(course)
    weeks = [mark(week, projected=False) for week in (*course.past, *([now] if now else []))]
    return (*weeks, *(mark(week, projected=True) for week in project(course)))


def mark(week: Week, *, projected: bool) -> CourseWeek:
    """A week of a course."""
    fields = {name: getattr(week, name) for name in Week.__dataclass_fields__}
    return CourseWeek(**fields, projected=projected)


def tell_changes(course: Course) -> tuple[Change, ...]:
    """How the running week differs from the one before, track by track."""
    if course.week is None:
        return ()
    before = doses(course.past[-1]) if course.past else {}
    after = doses(course.week)
    changes = []
    for told in tell_reasons(course, course.week):
        fields = asdict(told)
        changes.append(Change(**fields, before=before.get(told.track), after=after.get(told.track)))
    return tuple(changes)


def doses(week: Week) -> Mapping[Track, TrackDose]:
    """What a week holds of each track."""
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
