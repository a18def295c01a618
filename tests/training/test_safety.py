"""Safety: whatever order of logs, pauses, retests, `continue` and clearances, no answer asks for a
track that pain stopped.

A walk trains session by session as the answers say, hurts, waits, uploads late, continues with
other equipment and is cleared. After each step it looks at every answer.
"""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.adapting import followed_program, next_session, successor, today
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.track_outcome import PAIN_STOP
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log.completed import CompletedSession, LoggedTest, MorningPain
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.week import Prescription
from tests.properties import at_most
from tests.training import strategies
from tests.training.journal import FIRST_DAY, HOUR, log_sets, make_id, make_session, sets
from tests.training.notation import SHORT
from tests.training.strategies import specs

PAINS = [0, 0, 0, 2, 3, 5, 5.01, 7, 10]
DAY = datetime.timedelta(days=1)
# How long a walk takes at most, in steps.
STEPS = 14


class Step(NamedTuple):
    """One step of a walk, and what it may need."""

    kind: str
    days: int
    pain: float
    place: int
    morning: float | None
    changes: dict[str, Any]


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        name: strategies.FREE[name]
        for name in ("equipment", "step_heights_cm", "level", "core", "heel_rise_test", "prefer")
    },
)
KINDS = ["train", "train", "train", "train", "wait", "continue", "test", "late", "change"]
WALKS = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(KINDS),
        days=st.integers(0, 9),
        pain=st.sampled_from(PAINS),
        place=st.integers(0, 5),
        morning=st.sampled_from([None, 0, 0, 4, 6]),
        changes=CHANGES,
    ),
    min_size=3,
    max_size=STEPS,
)


class Walk:
    """A runner with a programme, a log and a date, who does what the answers say."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.log: list[CompletedSession] = []
        self.today = spec.start_date or FIRST_DAY
        self.before = 0
        """Weeks of the programmes before this one."""
        self.stopped: dict[Track, int] = {}
        """The last week in which each stopped track is out, counted from the first programme."""
        self.owed: set[Track] = set()
        """Tracks that were stopped and not trained since: they come back reduced."""

    @property
    def followed(self) -> FollowedProgram:
        return followed_program.follow(self.spec, self.log, as_of=self.today)

    def take(self, step: Step) -> None:
        """Take one step, unless it is not possible."""
        if step.kind == "wait":
            self.today += step.days * DAY
        elif step.kind == "test":
            self._log((), step, heel_rise_test=LoggedTest(20 + step.place, 20 + step.days))
        elif step.kind in {"train", "late"}:
            self._train(step)
        else:
            self._carry_on(step.changes if step.kind == "change" else {})
        self._remember_stops()

    def _train(self, step: Step) -> None:
        """Do the next session, today or some days ago, with pain in one of its exercises."""
        following = next_session.find_next(self.followed)
        if following is None:
            return
        if step.kind == "train" and following.date is not None:
            self.today = max(self.today, following.date)
        hurt = following.exercises[step.place % len(following.exercises)].track
        moment = self._find_moment(step)
        session = next(
            session
            for week in self.followed.weeks()
            if week.index == following.week
            for session in week.sessions
            if session.index == following.session
        )
        logged = log_sets(
            replace(session, exercises=following.exercises),
            sets(pain=0),
            sets(SHORT[hurt], pain=step.pain),
            performed_at=moment,
        )
        named = step.kind == "train" or self.spec.start_date is None
        self._log(
            tuple(logged),
            step,
            week=following.week if named else None,
            session=following.session if named else None,
        )

    def _find_moment(self, step: Step) -> datetime.datetime:
        day = self.today - (step.days * DAY if step.kind == "late" else 0 * DAY)
        return datetime.datetime.combine(day, HOUR, datetime.UTC)

    def _log(self, logged: tuple[Any, ...], step: Step, **fields: Any) -> None:
        running = self.followed.running
        morning = None if step.morning is None else MorningPain(step.morning)
        values = {
            "session_id": make_id(self.before, len(self.log)),
            "started_at": self._find_moment(step),
            "morning_pain": morning,
            "week": running.planned.index if running else None,
            "session": None,
        }
        self.log.append(make_session(*logged, **values | fields))

    def _carry_on(self, changes: dict[str, Any]) -> None:
        """Continue with these changes; a block is cleared for the tissues that it names."""
        followed = self.followed
        block = followed.block
        new = successor.build_successor(
            followed, cast(SpecFields, changes), cleared=block is not None
        )
        if block is not None:
            cleared = block.tissues or {DEFINITIONS[t].tissue for t in self.spec.tracks}
            self.stopped = {
                t: week for t, week in self.stopped.items() if DEFINITIONS[t].tissue not in cleared
            }
        assert new.start
        self.before = new.start.since or 0
        self.spec, self.log = new, []
        # A track that leaves is forgotten.
        self.stopped = {t: week for t, week in self.stopped.items() if t in new.tracks}
        self.owed &= {*new.tracks}
        if new.start_date is not None:
            self.today = max(self.today, new.start_date)

    def _remember_stops(self) -> None:
        """Remember each track whose sets, or the morning after them, hurt more than 5."""
        running = self.followed.running
        now = self.before + (running.planned.index if running else self.spec.weeks)
        for index, week in self.followed.log.weeks.items():
            for record in (record for upload in week.uploads for record in upload.records):
                out, track = self.before + index + 1, record.track
                morning = record.morning
                speaks = morning is not None and track in morning.tracks
                felt = [record.pain or 0, morning.score if morning and speaks else 0]
                if max(felt) > PAIN_STOP:
                    if out > self.stopped.get(track, 0) and out >= now:
                        self.owed.add(track)
                    self.stopped[track] = max(out, self.stopped.get(track, 0))
                elif record.is_done and self.before + index > self.stopped.get(track, 0):
                    self.owed.discard(track)


def list_asked(walk: Walk) -> Iterator[tuple[int, Prescription]]:
    """Yield each exercise that some answer still asks for, with its week of all programmes."""
    followed = walk.followed
    following = next_session.find_next(followed)
    if following is not None:
        for one in following.exercises:
            yield walk.before + following.week, one
    running = followed.running
    for week in followed.weeks():
        if running is None or week.index < running.planned.index:
            continue
        for session in week.sessions:
            is_now = week.index == running.planned.index
            if not is_now or session.index not in running.done_places:
                for one in session.exercises:
                    yield walk.before + week.index, one


def look_at_answers(walk: Walk) -> None:
    """Check that nothing asks for a stopped track."""
    for week, one in list_asked(walk):
        assert week > walk.stopped.get(one.track, 0), (one.track, week)
    following = next_session.find_next(walk.followed)
    for one in following.exercises if following else ():
        assert one.track not in walk.owed or {each.rpe for each in one.sets} == {5}
    told = today.build_today(walk.followed, walk.today)
    asked = {one.track for week, one in list_asked(walk)}
    assert {EXERCISES[exercise.slug].track for exercise in told.exercises} <= asked
    if walk.followed.block is not None:
        assert not told.exercises


class TestWalk:
    @settings(max_examples=at_most(60))
    @given(specs(begin_from=None, weeks=6), WALKS)
    def test_never_asks_for_a_stopped_track(self, spec: Spec, steps: list[Step]) -> None:
        walk = Walk(spec)
        for step in steps:
            walk.take(step)
            look_at_answers(walk)
