"""The measures as a whole: their frame, adherence and ladder (science part 5)."""

import dataclasses
import datetime
import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.training.adapting import followed_program
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.tracks import TRACKS
from app.training.log.completed import CompletedSession, CompletedSet, Load, LoggedTest, MorningPain
from app.training.measures import summary
from app.training.measures.caveats import CAVEATS, Measure
from app.training.measures.progress import Progress
from app.training.planning.spec import Spec
from tests.properties import at_most
from tests.training.journal import (
    FIRST_DAY,
    P2,
    Journal,
    make_id,
    make_session,
    make_set,
    sessions,
    sets,
)
from tests.training.strategies import settled, specs

PAGE = Path(__file__).parents[3] / "docs" / "measures.md"
PROGRESS = TypeAdapter(Progress)
FIELDS = typing.get_type_hints(Progress)
NOON = datetime.datetime.combine(FIRST_DAY, datetime.time(12), datetime.UTC)
# From a week before the programme to two weeks after its five, anywhere on earth.
MOMENTS = st.builds(
    lambda minutes, zone: (NOON + datetime.timedelta(minutes=minutes)).astimezone(zone),
    st.integers(-7 * 1440, 49 * 1440),
    st.timezones(),
)
WISHES = specs(weeks=5) | specs(weeks=5, start_date=FIRST_DAY, race_date=None)
GROUPS: dict[str, type[Measure]] = {name: FIELDS[name] for name in CAVEATS}


def measured(journal: Journal) -> Progress:
    return summary.measure(journal.course, journal.log)


def measure_running(wanted: Spec, log: list[CompletedSession]) -> Progress:
    """Progress where the log alone says which week is running."""
    return summary.measure(followed_program.follow(wanted, log), log)


def refuse(constant: str) -> NoReturn:
    raise AssertionError(constant)


def to_wire(progress: Progress) -> dict[str, Any]:
    """The answer, in which every number is finite."""
    wire: dict[str, Any] = json.loads(PROGRESS.dump_json(progress), parse_constant=refuse)
    return wire


class TestMeasure:
    def test_covers_the_weeks_that_are_over_and_the_running_one(self) -> None:
        told = measured(Journal().train(weeks=4))
        assert [(one.week, one.kind, one.over) for one in told.weeks] == [
            (1, "build", True),
            (2, "build", True),
            (3, "build", True),
            (4, "deload", True),
            (5, "build", False),
        ]

    def test_has_no_running_week_after_the_last(self) -> None:
        told = measured(Journal(weeks=2).train(weeks=2))
        assert (told.status, [one.over for one in told.weeks]) == ("finished", [True, True])

    def test_keeps_what_was_done_before_a_block(self) -> None:
        journal = Journal().train().train(sessions(session=2, red_flags=("night_pain",)))
        told = measured(journal)
        assert (told.status, len(told.weeks)) == ("blocked", 2)

    def test_lists_the_same_weeks_in_every_group(self) -> None:
        told = to_wire(measured(Journal().train(weeks=2)))
        numbers = [week["week"] for week in told["weeks"]]
        listed = {name: told[name]["weeks"] for name in GROUPS if "weeks" in told[name]}
        assert len(listed) == len(GROUPS) - 1
        assert all([week["week"] for week in weeks] == numbers for weeks in listed.values())

    def test_gives_every_group_its_own_caveat(self) -> None:
        told = measured(Journal())
        said = {name: (getattr(told, name).caveat, getattr(told, name).evidence) for name in GROUPS}
        assert said == {name: tuple(rule) for name, rule in CAVEATS.items()}

    def test_takes_sessions_in_any_order_and_any_number_of_times(self) -> None:
        journal = Journal(age=40).train(sessions(srpe=5, heel_rise_test=LoggedTest(9, 9)), weeks=3)
        again = [*reversed(journal.log), *journal.log]
        assert measure_running(journal.spec, again) == measure_running(journal.spec, journal.log)

    def test_takes_the_newest_version_of_a_session(self) -> None:
        journal = Journal().train()
        older, newer = (
            dataclasses.replace(
                journal.log[0], version=version, heel_rise_test=LoggedTest(reps, reps)
            )
            for version, reps in ((1, 5), (2, 7))
        )
        told = measure_running(journal.spec, [newer, journal.log[1], older])
        assert [test.left.reps for test in told.heel_rise.tests] == [7]

    @given(st.data())
    @settings(max_examples=at_most(30), suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_never_raises_and_prints_finite_numbers(self, data: st.DataObject) -> None:
        wanted = data.draw(WISHES)
        log = data.draw(st.lists(odd_sessions(), max_size=6))
        told = to_wire(measure_running(wanted, log))
        assert [week["week"] for week in told["pain"]["weeks"]] == [
            week["week"] for week in told["weeks"]
        ]


class TestPage:
    @pytest.mark.parametrize("group", GROUPS)
    def test_names_every_field(self, group: str) -> None:
        named = set(re.findall(r"^\| `(\w+)` \|", section(group), re.MULTILINE))
        assert named == {*field_names(GROUPS[group])} - {"caveat", "evidence", "weeks"}

    @pytest.mark.parametrize("group", GROUPS)
    def test_shows_the_caveat_and_its_evidence(self, group: str) -> None:
        text, rule = " ".join(section(group).split()), CAVEATS[group]
        assert text.endswith(f"Caveat: {rule.sentence} Evidence: {', '.join(rule.evidence)}")


def section(group: str) -> str:
    """What the page says about a group of measures."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## `{group}`\n")[2].partition("\n## ")[0]


def field_names(kind: Any) -> Iterator[str]:
    """The names of a value's fields and of those of the values inside of it."""
    if dataclasses.is_dataclass(kind):
        for name, inner in typing.get_type_hints(kind).items():
            yield name
            yield from field_names(inner)
    for inner in typing.get_args(kind):
        yield from field_names(inner)


def odd_sets(moment: datetime.datetime) -> st.SearchStrategy[CompletedSet]:
    """Sets that no programme asks for, often several of one id."""
    scores = st.integers(0, 100_000).map(lambda count: count / 10_000)
    return st.fixed_dictionaries(
        {
            "set_id": st.integers(0, 20).map(make_id),
            "exercise": st.sampled_from([*EXERCISES, "no-such-exercise"]),
            "side": st.sampled_from(["both", "left", "right", None]),
            "set_index": st.integers(0, 9),
            "reps": st.none() | st.integers(0, 1000),
            "load": st.none() | st.builds(Load, scores, st.sampled_from(["kg", "lb"])),
            "rir": st.none() | scores,
            "rpe": st.none() | scores,
            "pain": st.none() | scores,
            "kind": st.sampled_from(["work", "work", "warmup"]),
            "performed_at": st.just(moment),
        }
    ).map(lambda fields: make_set(**fields))


@st.composite
def odd_sessions(draw: st.DrawFn) -> CompletedSession:
    """What an app might send on a bad day."""
    began = draw(MOMENTS)
    return make_session(
        *draw(st.lists(odd_sets(began), max_size=8)),
        session_id=make_id("odd", draw(st.integers(0, 4))),
        version=draw(st.none() | st.integers(0, 2)),
        week=draw(st.none() | st.integers(1, 6)),
        session=draw(st.none() | st.integers(1, 7)),
        started_at=began,
        ended_at=draw(st.none() | MOMENTS),
        srpe=draw(st.none() | st.integers(0, 100).map(lambda count: count / 10)),
        morning_pain=draw(st.none() | st.builds(MorningPain, st.integers(0, 10))),
        red_flags=draw(st.sampled_from([(), (), (), ("night_pain",)])),
        heel_rise_test=draw(st.none() | st.builds(LoggedTest, *[st.integers(0, 200)] * 2)),
    )


class TestAdherence:
    def test_is_full_where_all_was_done(self) -> None:
        told = measured(Journal().train(weeks=5)).adherence
        assert [(one.percent, one.four_week_percent, one.kept) for one in told.weeks] == [
            *[(100, 100, True)] * 5,
            (0, None, False),
        ]
        assert told.streak_weeks == 5

    def test_counts_a_set_of_both_legs_as_two_units(self) -> None:
        # Week 1: 2 sets each of two two-legged and one one-legged exercise, in 2 sessions.
        (week, _) = measured(Journal().train(sessions(session=2, omit=True))).adherence.weeks
        assert (week.done_units, week.prescribed_units, week.percent) == (12, 24, 50)

    def test_counts_a_single_side_as_one(self) -> None:
        (week, _) = measured(Journal().train(sets("SU", side="left", omit=True))).adherence.weeks
        assert (week.done_units, week.percent, week.kept) == (20, 83, True)

    def test_is_capped(self) -> None:
        journal = Journal().train()
        more = [make_set(set_id=make_id("more", n)) for n in range(30)]
        journal.log.append(make_session(*more, session_id=make_id("more"), session=None))
        week = measured(journal).adherence.weeks[0]
        assert (week.done_units, week.percent, week.four_week_percent) == (84, 100, 100)

    def test_looks_back_four_weeks(self) -> None:
        journal = Journal().train(sessions(omit=True)).train(weeks=4)
        weeks = measured(journal).adherence.weeks
        # The units of a missed week, the same week again, one more of sets, a lighter one, all.
        assert [one.prescribed_units for one in weeks[:5]] == [24, 24, 30, 18, 36]
        # 24/48, 54/78 and 72/96; the fifth week has the missed one behind it.
        assert [one.four_week_percent for one in weeks] == [0, 50, 69, 75, 100, None]

    def test_keeps_a_week_of_exactly_80_percent(self) -> None:
        # Week 2 of P1 has 30 units, 6 of them in the first three straight-knee raises.
        short = sets("SK", session=1, omit=True)
        week = measured(Journal().train().train(short)).adherence.weeks[1]
        assert (week.done_units, week.prescribed_units, week.kept) == (24, 30, True)

    @pytest.mark.parametrize(
        ("third", "done", "percent", "kept"), [("SU", 35, 80, False), ("BK", 36, 82, True)]
    )
    def test_decides_on_exact_numbers(
        self, third: str, done: int, percent: int, kept: bool
    ) -> None:
        # The week has 44 units. Without 9 of them 79.55 % are done, which is printed as 80.
        left_out = (("SK", 1), ("SK", 2), (third, 1 if third == "SU" else 2))
        gaps = [sets(track, session=k, side="left", omit=True) for track, k in left_out]
        week = measured(Journal(**P2).train().train(*gaps)).adherence.weeks[1]
        assert (week.prescribed_units, week.done_units) == (44, done)
        assert (week.percent, week.kept) == (percent, kept)


class TestStreak:
    def test_ends_with_a_short_week(self) -> None:
        journal = Journal().train(weeks=2).train(sessions(session=2, omit=True)).train()
        assert measured(journal).adherence.streak_weeks == 1

    def test_ends_with_a_missed_week(self) -> None:
        assert measured(Journal().train(weeks=2).skip()).adherence.streak_weeks == 0

    def test_is_not_ended_by_the_running_week(self) -> None:
        journal = Journal().train(weeks=2)
        journal.log += Journal().train(weeks=3).log[-2:-1]
        told = measure_running(journal.spec, journal.log).adherence
        assert [one.percent for one in told.weeks] == [100, 100, 50]
        assert told.streak_weeks == 2

    def test_grows_with_the_running_week(self) -> None:
        wanted = settled(days_per_week=6)
        journal = Journal(wanted).train(weeks=2)
        # The last session has 4 of the week's 44 units.
        told = measure_running(wanted, journal.log[:-1]).adherence
        assert (told.weeks[-1].percent, told.streak_weeks) == (91, 2)

    def test_passes_over_a_week_without_work(self) -> None:
        # The race takes the only session of its week.
        race = datetime.date(2027, 3, 24)
        dated = Journal(weeks=5, weekdays=(2,), start_date=FIRST_DAY, race_date=race)
        told = measured(dated.train(weeks=5)).adherence
        assert [one.kept for one in told.weeks] == [True, True, True, None, True]
        assert (told.weeks[3].percent, told.streak_weeks) == (None, 4)


class TestLadder:
    def test_agrees_with_the_formula_by_hand(self) -> None:
        told = measured(Journal().train(weeks=9)).ladder.weeks
        knees = [one.tracks["straight_knee"] for one in told]
        # SK2 is 15-20: (15-15)/6, then the lighter week's 12, 18 and 20; SK3 is 12-15.
        assert knees == [2.0, 2.0, 2.0, 1.5, 2.5, 2.83, 3.0, 2.25, 3.75, 4.0]

    def test_takes_the_range_that_the_programme_moves_in(self) -> None:
        # The last step-up without a higher box grows to 20, so 18 is (18-12)/(20-12+1).
        told = measured(Journal().train(weeks=9)).ladder.weeks
        assert told[9].tracks["step_up"] == 3.67

    def test_is_nothing_for_a_track_that_is_left_out(self) -> None:
        told = measured(Journal().train().train(sets("SK", session=1, pain=7))).ladder.weeks
        assert told[2].tracks["straight_knee"] is None
        assert told[2].tracks["step_up"] == 2.0

    def test_takes_the_highest_target_of_a_week(self) -> None:
        # Science A5: the bent-knee raise is 2 sets of 12 on Monday and one of 15 on Thursday.
        told = measured(Journal().train().train(sets("SK", session=1, pain=7))).ladder.weeks
        assert told[2].tracks["bent_knee"] == 2.0

    def test_never_falls_between_build_weeks_that_go_well(self) -> None:
        told = measured(Journal().train(weeks=11))
        weeks = zip(told.ladder.weeks, told.weeks, strict=True)
        builds = [one.tracks for one, week in weeks if week.kind == "build"]
        for track in TRACKS:
            line = [position or 0 for position in (tracks[track] for tracks in builds)]
            assert line == sorted(line)
