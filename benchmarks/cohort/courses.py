"""Trains a runner of the cohort with the engine, week by week, and measures the course.

The engine follows the log before each week, and again within a week once something hurt, as the
service does. A hard life is continued now and then, with or without changes, and after a block once
it is cleared; its log arrives in any order. `cohort` counts the results.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from app.training import engine
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.next_session import find_next
from app.training.adapting.simulation import list_sets, make_id, session_time
from app.training.catalog.track_definitions import Track
from app.training.log.completed import CompletedSession, CompletedSet, LoggedTest
from app.training.planning import week_answer
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.spec import SECONDS_PER_COUNT, HeelRiseTest, SpecFields
from app.training.planning.spec_building import build_spec
from app.training.planning.week import Prescription, Session, Week
from app.training.planning.week_plan import RenderedWeek
from benchmarks.cohort.kinds import HARD_LIFE, WEEKS, Kind
from benchmarks.cohort.runners import Runner

_FIRST_DAY = datetime.date(2026, 1, 5)
_STOPPING_PAIN = 5
_CONTINUE = 0.12
_CHANGES: tuple[SpecFields, ...] = (
    {},
    {},
    {"equipment": ("chair", "dumbbell")},
    {"days_per_week": 3},
    {"days_per_week": 2},
    {"level": "intermediate"},
    {"step_heights_cm": (18, 30)},
    {"heel_rise_test": HeelRiseTest(24, 22)},
)


@dataclass(slots=True)
class CourseWeek:
    """One week of a course."""

    constants: PlanConstants
    week: RenderedWeek
    """As it was prescribed when it began."""
    cleared: bool
    """Whether a professional cleared the runner right before it."""
    stopped: set[Track] = field(default_factory=set)
    """Tracks that hurt more than 5."""
    asked_again: int = 0
    """How often `next` named such a track within the week."""


class Course:
    """A runner, the programme, and what happened so far."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.weeks: list[CourseWeek] = []
        self.has_hard_life = kind is HARD_LIFE
        self._runner = Runner(kind.habits, seed)
        # Apart from the runner's, so that all engines meet the same decisions.
        self._random = Random(seed)
        dated: SpecFields = {"start_date": _FIRST_DAY} if self.has_hard_life else {}
        self._ref = engine.identify(build_spec(SpecFields(weeks=WEEKS, **dated, **kind.fields)))  # type: ignore[typeddict-item]
        self._log: list[CompletedSession] = []
        self._over = 0

    def train(self) -> list[CourseWeek]:
        """Train all weeks, and return them. A programme that is blocked ends, but a hard life goes
        on once it is cleared.
        """
        for _ in range(WEEKS):
            followed = self._follow()
            cleared = followed.status == "blocked"
            if cleared:
                if not self.has_hard_life:
                    break
                followed = self._continue(followed, {}, cleared=True)
            self._train_week(followed, cleared=cleared)
            self._over += 1
            if self.has_hard_life:
                self._change_plans()
        return self.weeks

    def _follow(self) -> FollowedProgram:
        log = self._log
        if self.has_hard_life:
            log = self._random.sample(log, len(log))
        return self._ref.follow(log, through_week=self._over)

    def _change_plans(self) -> None:
        """Continue at the end of a programme, and now and then before it, unless it is blocked."""
        followed = self._follow()
        finished = self._over == self._ref.spec.weeks
        if followed.status != "blocked" and (finished or self._random.random() < _CONTINUE):
            self._continue(followed, self._random.choice(_CHANGES), cleared=False)

    def _continue(
        self, followed: FollowedProgram, changes: SpecFields, *, cleared: bool
    ) -> FollowedProgram:
        spec = engine.continue_program(followed, changes, cleared=cleared)
        # The id carries the standing, so the programme is read back from it.
        self._ref = engine.find_program(engine.identify(spec).program_id)
        self._log, self._over = [], 0
        return self._follow()

    def _train_week(self, followed: FollowedProgram, *, cleared: bool) -> None:
        running = followed.running
        assert running is not None, "a week is left"
        course = CourseWeek(followed.constants, running.planned, cleared)
        self.weeks.append(course)
        places = [session.place.number for session in running.planned.sessions]
        done = self._runner.choose_sessions(places)
        week, hurt = running.week, False
        for place in places:
            if hurt:
                now = self._follow()
                if now.running is None:
                    break
                week = now.running.week
                course.asked_again += _names_stopped(now, course.stopped)
            answer = week_answer.build_week(followed.constants, week, planned=False)
            session = next((one for one in answer.sessions if one.index == place), None)
            if place in done and session is not None:
                hurt |= self._train_session(course, answer, session)

    def _train_session(self, course: CourseWeek, week: Week, session: Session) -> bool:
        """Log a session, and return whether something hurt."""
        moment = session_time(course.constants, week, session)
        pains = [(exercise, self._runner.feel_pain()) for exercise in session.exercises]
        sets = [one for exercise, pain in pains for one in self._do(exercise, pain, moment)]
        test = self._runner.take_test() if week.kind == "deload" else None
        if not sets:
            return False
        self._log.append(
            CompletedSession(
                session_id=make_id(self._random),
                athlete_id="cohort",
                week=week.index,
                session=session.index,
                started_at=moment,
                heel_rise_test=test and LoggedTest(*test),
                sets=tuple(sets),
            )
        )
        logged = {one.exercise for one in sets}
        told = [(exercise.track, pain) for exercise, pain in pains if exercise.slug in logged]
        course.stopped |= {track for track, pain in told if pain > _STOPPING_PAIN}
        return any(pain for _, pain in told)

    def _do(
        self, exercise: Prescription, pain: int, moment: datetime.datetime
    ) -> Iterator[CompletedSet]:
        """Yield the sets of an exercise that are logged."""
        for number, planned in list_sets(exercise):
            hold = planned.seconds is not None
            target = (planned.seconds or 0) // SECONDS_PER_COUNT if hold else planned.reps or 0
            done = self._runner.do_set(target, 10 - planned.rpe)
            if done is None:
                continue
            yield CompletedSet(
                set_id=make_id(self._random),
                exercise=exercise.slug,
                side=planned.side,
                set_index=number,
                reps=None if hold else done.reps,
                duration_s=float(done.reps * SECONDS_PER_COUNT) if hold else None,
                load=planned.load,
                rir=float(done.reserve),
                pain=float(pain),
                performed_at=moment,
            )


def _names_stopped(followed: FollowedProgram, stopped: set[Track]) -> bool:
    """Return whether `next` asks for a track that was stopped, in the running week."""
    coming = find_next(followed)
    running = followed.running
    if coming is None or running is None or coming.week != running.planned.index:
        return False
    return any(exercise.track in stopped for exercise in coming.exercises)
