"""Safety: whatever order of logs, pauses, retests, `continue` and clearances, no answer asks for a
track that pain stopped, for a tissue that has to rest, or for anything near a race or in a pause.

A walk trains session by session as the answers say, hurts, waits, uploads late, continues with
other equipment or from a later day, and is cleared. After each step it looks at every answer.
"""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from app.training.adapting import followed_program, next_session, successor, today
from app.training.adapting.followed_program import FollowedProgram, FollowedWeek
from app.training.adapting.next_session import NextSession
from app.training.adapting.track_outcome import PAIN_STOP
from app.training.catalog import reasons
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log.completed import CompletedSession, LoggedTest, MorningPain
from app.training.planning.spec import Pause, Race, Spec, SpecFields
from app.training.planning.week import Prescription
from tests.properties import at_most
from tests.training import strategies
from tests.training.journal import FIRST_DAY, HOUR, log_sets, make_id, make_session, sets
from tests.training.notation import SHORT
from tests.training.strategies import specs
from tests.training.week_reasons import list_reasons

PAINS = [0, 0, 0, 2, 3, 5, 5.01, 7, 10]
DAY = datetime.timedelta(days=1)
# How long a walk takes at most, in steps.
STEPS = 14
# The days after each step on which a walk looks at the calendar.
AHEAD = 4
# Weeks of a programme. Some end within a walk.
LENGTHS = st.sampled_from([2, 6])
LEAVE_OUT = reasons.explain("PAIN_ABOVE_5").sentence


class Step(NamedTuple):
    """One step of a walk, and what it may need."""

    kind: str
    days: int
    pain: float
    everywhere: bool
    """Whether every exercise of a session hurts, or only one."""
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
KINDS = ["train", "train", "train", "train", "wait", "continue", "test", "late", "change", "later"]
WALKS = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(KINDS),
        days=st.integers(0, 9),
        pain=st.sampled_from(PAINS),
        everywhere=st.sampled_from([False, False, True]),
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
        elif step.kind == "later":
            self._carry_on({"start_date": self._find_next_start() + 4 * step.days * DAY})
        else:
            self._carry_on(step.changes if step.kind == "change" else {})
        self._remember_stops()

    def is_out(self, track: Track, week: int) -> bool:
        """Whether pain took a track out of a week of this programme."""
        return self.before + week <= self.stopped.get(track, 0)

    def _train(self, step: Step) -> None:
        """Do the next session, today or some days ago, with pain in it."""
        following = next_session.find_next(self.followed)
        if following is None:
            return
        due = following.date or following.not_before
        if step.kind == "train" and due is not None:
            self.today = max(self.today, due)
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
            sets(None if step.everywhere else SHORT[hurt], pain=step.pain),
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

    def _find_next_start(self) -> datetime.date:
        """Return the first day that a programme after this one may have."""
        new = successor.build_successor(self.followed, {}, cleared=True)
        return new.start_date or self.today

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


def list_weeks_left(followed: FollowedProgram) -> list[FollowedWeek]:
    """Return the running week, without the sessions that are done, and the weeks to come."""
    running = followed.running
    if running is None:
        return []
    now, *later = followed.weeks()[len(followed.past) :]
    left = tuple(one for one in now.sessions if one.index not in running.done_places)
    return [replace(now, sessions=left), *later]


def list_asked(walk: Walk) -> Iterator[tuple[int, Prescription]]:
    """Yield each exercise that some answer still asks for, with its week."""
    following = next_session.find_next(walk.followed)
    if following is not None:
        for one in following.exercises:
            yield following.week, one
    for week in list_weeks_left(walk.followed):
        for session in week.sessions:
            for one in session.exercises:
                yield week.index, one


def look_at_exercises(walk: Walk) -> None:
    """Check that nothing asks for a stopped track."""
    for week, one in list_asked(walk):
        assert not walk.is_out(one.track, week), (one.track, week)
    following = next_session.find_next(walk.followed)
    for one in following.exercises if following else ():
        assert one.track not in walk.owed or {each.rpe for each in one.sets} == {5}
    told = today.build_today(walk.followed, walk.today)
    asked = {one.track for week, one in list_asked(walk)}
    assert {EXERCISES[exercise.slug].track for exercise in told.exercises} <= asked
    if walk.followed.block is not None:
        assert not told.exercises


def look_at_sentences(walk: Walk) -> None:
    """Check that every answer on a stopped track says to leave it out, and nothing else."""
    followed = walk.followed
    following = next_session.find_next(followed)
    said = [(week.index, list_reasons(week)) for week in list_weeks_left(followed)]
    if following is not None:
        said.append((following.week, dict(following.reasons)))
    for week, found in said:
        for track, reason in found.items():
            assert not walk.is_out(track, week) or reason.sentence == LEAVE_OUT, (track, week)
    for now in list_weeks_left(followed)[:1]:
        # Pain of the week before, because its notes were given as this one began.
        if walk.before + now.index in walk.stopped.values():
            assert "CAUTION_LIFTED" not in {note.code for note in now.notes}
    look_at_today(walk, following.week if following else walk.spec.weeks + 1)


def look_at_today(walk: Walk, week: int) -> None:
    """Check that the sentence of today names each track that is out of the week that comes next, or
    was out of the week before it, if that one is over without a session.
    """
    followed = walk.followed
    sentence = today.build_today(followed, walk.today).sentence
    if (block := followed.describe_block()) is not None:
        assert sentence == block.sentence
        return
    for past in reversed(followed.past):
        if past.sessions or past.index <= followed.log.last_week_with_sets():
            break
        week = past.index
    for track in walk.spec.tracks:
        if walk.is_out(track, week):
            assert DEFINITIONS[track].label.lower() in sentence.lower()
            assert LEAVE_OUT in sentence


def is_free(spec: Spec, day: datetime.date) -> bool:
    """Whether a day is none of a pause, and not from two days before a race to three after it."""
    near_race = any(-3 <= (race.date - day).days <= 2 for race in spec.races)
    return not near_race and not any(one.from_date <= day <= one.to_date for one in spec.pauses)


def is_paused_week(spec: Spec, week: int) -> bool:
    """Whether a week is paused by its number or, with dates, by four or more of its days."""
    if spec.start_date is None:
        return week in spec.pause_weeks
    days = [spec.start_date + (7 * (week - 1) + n) * DAY for n in range(7)]
    return sum(any(p.from_date <= day <= p.to_date for p in spec.pauses) for day in days) >= 4


def list_trained_days(
    followed: FollowedProgram, following: NextSession
) -> Iterator[tuple[str, datetime.date]]:
    """Yield the tissues that other sessions than the next one trained, with the days."""
    for week, log in followed.log.weeks.items():
        for upload in log.uploads:
            places = {(week, record.session) for record in upload.records}
            if (following.week, following.session) not in places:
                for record in upload.records:
                    if record.is_done:
                        yield DEFINITIONS[record.track].tissue, upload.date


def look_at_days(spec: Spec, log: list[CompletedSession], day: datetime.date) -> None:
    """Check that nothing is asked for near a race, in a pause, or within 48 hours of the same
    tissue. The last counts in one programme.
    """
    followed = followed_program.follow(spec, log, as_of=day)
    following = next_session.find_next(followed)
    told = today.build_today(followed, day)
    if any(race.date == day for race in spec.races):
        assert told.status in {"race", "blocked"}
    assert is_free(spec, day) or not told.exercises
    for week in list_weeks_left(followed):
        assert not (week.sessions and is_paused_week(spec, week.index))
        assert all(one.date is None or is_free(spec, one.date) for one in week.sessions)
    if following is None:
        return
    assert not is_paused_week(spec, following.week)
    assert following.date is None or is_free(spec, following.date)
    tissues = {DEFINITIONS[one.track].tissue for one in following.exercises}
    for tissue, trained in list_trained_days(followed, following):
        if tissue in tissues:
            first = following.date or following.not_before
            assert first is not None
            assert first >= trained + 2 * DAY
            assert day >= trained + 2 * DAY or not told.exercises


@st.composite
def busy_specs(draw: st.DrawFn) -> Spec:
    """Specs with races and pauses within the programme, or with paused weeks and without dates."""
    if draw(st.sampled_from([False, False, True])):
        paused = draw(st.sets(st.integers(1, 6), max_size=2))
        return draw(
            specs(begin_from=None, weeks=6, start_date=None, pause_weeks=tuple(sorted(paused)))
        )
    days = st.integers(-3, 50).map(lambda n: FIRST_DAY + n * DAY)
    lengths = st.integers(0, 12).map(lambda n: n * DAY)
    races = draw(st.lists(st.builds(Race, days, st.booleans()), max_size=2))
    pauses = draw(st.lists(st.tuples(days, lengths), max_size=2))
    return draw(
        specs(
            begin_from=None,
            weeks=6,
            start_date=FIRST_DAY,
            races=tuple(races),
            pauses=tuple(Pause(first, first + length) for first, length in pauses),
        )
    )


class TestWalk:
    @settings(max_examples=at_most(60))
    @given(LENGTHS.flatmap(lambda weeks: specs(begin_from=None, weeks=weeks)), WALKS)
    def test_never_asks_for_a_stopped_track(self, spec: Spec, steps: list[Step]) -> None:
        walk = Walk(spec)
        for step in steps:
            walk.take(step)
            look_at_exercises(walk)
            look_at_sentences(walk)

    @settings(max_examples=at_most(60))
    @given(busy_specs(), WALKS)
    def test_leaves_races_pauses_and_two_days_of_rest_alone(
        self, spec: Spec, steps: list[Step]
    ) -> None:
        walk = Walk(spec)
        for step in steps:
            walk.take(step)
            for ahead in range(AHEAD):
                look_at_days(walk.spec, walk.log, walk.today + ahead * DAY)
