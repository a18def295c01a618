"""Strategies of hypothesis for logs: programmes that a runner does well, badly, late or in pain.

histories() draws a Journal with some weeks of training. list_judged_weeks() gives each of its weeks
with the log and the standing after it, for the tests of what one week may do to the next.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from hypothesis import strategies as st

from app.training.adapting import fold
from app.training.adapting.followed_program import FollowedProgram
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log.completed import LoggedTest, MorningPain
from app.training.log.logbook import WeekLog
from app.training.planning.load import Load
from app.training.planning.spec import SpecFields
from app.training.planning.standing import Standing, TrackState
from app.training.planning.week_plan import RenderedWeek
from tests.training import strategies
from tests.training.journal import Change, Journal, sessions, sets
from tests.training.notation import SHORT
from tests.training.strategies import specs

SHORTS = [*SHORT.values()]
SITES = [None, "calf", "foot", "knee", "hip", "back", "shoulder", "elbow"]
WHERE = st.fixed_dictionaries(
    {},
    optional={
        "track": st.sampled_from(SHORTS),
        "session": st.integers(1, 3),
        "side": st.sampled_from(["left", "right"]),
        "number": st.integers(1, 3),
    },
)
# What may differ in some sets. A tuple has a value for each set of an exercise.
HOW: dict[str, Sequence[Any]] = {
    "missed": [1, 2, 3, 6, (0, 1), (0, 0, 3), -2, -5],
    "reps": [None, 0, 1, 5, 8, 12, 30, 101],
    "duration_s": [None, 0.0, 2.4, 17.4, 17.5, 27.4, 45.0, 600.0],
    "rir": [None, 0, 1, 2, 3, 5, 6, 8, 10],
    "rpe": [None, 4, 7, 9.5, 10],
    "pain": [None, 0, 1, 2, 2.99, 3, 4, 5, 5.01, 8],
    "exercise": [*EXERCISES, "unknown"],
    "load": [None, Load(5, "kg"), Load(40, "lb"), Load(1000, "kg")],
    "kind": ["warmup"],
    "side": ["left", "right", "both", None],
    "omit": [True],
}
ODDITIES = [(name, value) for name, values in HOW.items() for value in values]


def _change_sets(where: dict[str, Any], how: tuple[str, Any]) -> Change:
    name, value = how
    if name == "side":
        return Change({"side": value})
    return sets(**where, **{name: value})


IN_SETS = st.builds(_change_sets, WHERE, st.sampled_from(ODDITIES))
MORNINGS = st.builds(MorningPain, st.sampled_from([0, 2, 3, 4, 6]), st.sampled_from(SITES))
TESTS = st.builds(LoggedTest, st.integers(0, 40), st.integers(0, 40))
SESSION_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "morning_pain": st.none() | MORNINGS,
    "heel_rise_test": TESTS,
    "status": st.sampled_from(["in_progress", "partial", "abandoned"]),
    "omit": st.just(True),
    "session": st.none() | st.integers(1, 3),
    "week": st.none() | st.integers(1, 10),
    "days": st.integers(-4, 10),
}
# Weeks that change the programme: much too easy, too hard, one-sided, half done, painful.
KINDS_OF_WEEK: list[list[Change]] = [
    [sets(rir=10)],
    [sets(missed=-15, rir=None)],
    [sets(missed=5, rir=0)],
    [sets(missed=5, rir=9)],
    [sets(missed=1)],
    [sets(missed=(0, 1, 2))],
    [sets(side="left", missed=-10)],
    [sessions(2, omit=True), sessions(3, omit=True)],
    [sets(number=2, omit=True), sets(number=3, omit=True)],
    [sessions(heel_rise_test=LoggedTest(30, 28))],
    [sessions(days=4)],
    [sessions(days=2)],
    *([sets(short, rir=10)] for short in SHORTS),
    *([sets(short, pain=4)] for short in SHORTS),
    *([sets(short, session=1, pain=7)] for short in SHORTS),
    *([sets(short, omit=True)] for short in SHORTS),
]


@st.composite
def _in_sessions(draw: st.DrawFn) -> Change:
    name = draw(st.sampled_from(sorted(SESSION_FIELDS)))
    at = draw(st.integers(1, 3))
    value = draw(SESSION_FIELDS[name])
    if name == "session":
        return Change({"session": value}, of_sets=False, session=at)
    return sessions(at, **{name: value})


# Most weeks have changes; some are as prescribed or missed. None stands for a missed week.
Week = Sequence[Change] | None
WEEKS: st.SearchStrategy[Week] = st.sampled_from([(), (), None, *KINDS_OF_WEEK]) | st.lists(
    IN_SETS | _in_sessions(), min_size=1, max_size=4
)


# What a runner may do in every week: hurt, lean to one side, miss a little or a lot.
HABITS = st.sampled_from(
    [
        *([()] * 12),
        *([sets(short, pain=pain)] for short in SHORTS for pain in (3, 4, 6)),
        *([sets(side=side, missed=5)] for side in ("left", "right")),
        [sets(pain=4)],
        [sets(pain=None), sessions(morning_pain=None)],
        [sets(missed=3, rir=0)],
        [sets(rir=None)],
        [sets(missed=(0, 1))],
        [sessions(1, omit=True)],
        [sessions(days=3, session=None)],
        [sets(number=2, omit=True), sets(number=3, omit=True)],
    ]
)


def log_next(journal: Journal, changes: Week) -> None:
    """Log the next week of a journal with these changes, if it has one."""
    if journal.followed.running is None:
        return
    if changes is None:
        journal.skip()
    else:
        journal.train(*changes)


@st.composite
def histories(draw: st.DrawFn, /, *, most: int = 9, **fixed: Any) -> Journal:
    """Draw a programme with up to `most` logged weeks. More are to come, unless it is blocked."""
    journal = Journal(draw(specs(**{"weeks": most + 7} | fixed)))
    habit = draw(HABITS)
    for changes in draw(st.lists(WEEKS, min_size=min(4, most), max_size=most)):
        log_next(journal, None if changes is None else [*habit, *changes])
    return journal


def _some(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some of these fields of a spec."""
    return st.fixed_dictionaries({}, optional={name: strategies.FREE[name] for name in names})


# Fields that change what is open, and those that tell where a runner stands. All leave days and
# unit as they were.
OPENINGS = _some(
    "equipment", "step_heights_cm", "loads", "prefer", "core", "session_minutes",
    "injury_last_3_months", "avoid_below_level", "deload_every",
)  # fmt: skip
STRENGTHS = _some("level", "heel_rise_test", "side_plank_test", "core", "session_minutes")
CHANGES = st.builds(lambda one, other: one | other, OPENINGS, STRENGTHS)


@st.composite
def continued_histories(draw: st.DrawFn, /, *, most: int = 4, **fixed: Any) -> Journal:
    """Draw a programme that continues another one with some changes, with some logged weeks."""
    before = draw(histories(most=most, **fixed))
    changes = cast(SpecFields, draw(st.just({}) | CHANGES))
    journal = before.carry_on(cleared=True, **changes)
    for week in draw(st.lists(WEEKS, max_size=most)):
        log_next(journal, week)
    return journal


def journals(**fixed: Any) -> st.SearchStrategy[Journal]:
    """Programmes without a log, or with a random one."""
    return st.builds(Journal, specs(**fixed)) | histories(**fixed)


class JudgedWeek(NamedTuple):
    """A week that is over: as it was prescribed, its log, and the standing after it."""

    week: RenderedWeek
    log: WeekLog
    after: Standing
    following: RenderedWeek | None
    """The next week; None if there is none."""

    def moves(self) -> list[tuple[Track, TrackState, TrackState]]:
        """Return each track with its states in the week and after it."""
        before, after = self.week.standing.tracks, self.after.tracks
        return [(track, before[track], after[track]) for track in TRACKS if track in before]

    def list_following(self) -> list[tuple[Track, TrackState, TrackState]]:
        """Return each track with its states in the week and in the next one."""
        if self.following is None:
            return []
        before, after = self.week.standing.tracks, self.following.standing.tracks
        return [(track, before[track], after[track]) for track in TRACKS if track in before]


def list_judged_weeks(followed: FollowedProgram) -> Iterator[JudgedWeek]:
    """Yield the weeks of a programme that are over, unless the last one blocked it."""
    to_come = [followed.running.planned] if followed.running else []
    if followed.blocked_week is not None:
        to_come = [followed.blocked_week]
    weeks = [*followed.past, *to_come]
    for place, week in enumerate(followed.past):
        log = followed.log.of_week(week.index)
        end = fold.end_week(followed.constants, week, log)
        following = weeks[place + 1] if place + 1 < len(weeks) else None
        yield JudgedWeek(week, log, end.standing, following)
