"""The measures together: weeks, caveats, and the page about them (science part 5)."""

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

from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import BASE_TRACKS, OPTIONAL_TRACKS
from app.training.log.completed import CompletedSession, CompletedSet, LoggedTest, MorningPain
from app.training.measures.progress import Progress
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.load import Load
from tests.properties import at_most
from tests.training.journal import (
    CORE,
    FIRST_DAY,
    Journal,
    make_id,
    make_session,
    make_set,
    sessions,
)
from tests.training.measures.measured import measure, measure_running
from tests.training.strategies import specs

PAGE = Path(__file__).parents[3] / "docs" / "measures.md"
PROGRESS = TypeAdapter(Progress)
FIELDS = typing.get_type_hints(Progress)
NOON = datetime.datetime.combine(FIRST_DAY, datetime.time(12), datetime.UTC)
# From a week before the programme to two weeks after its five weeks, in any time zone.
MOMENTS = st.builds(
    lambda minutes, zone: (NOON + datetime.timedelta(minutes=minutes)).astimezone(zone),
    st.integers(-7 * 1440, 49 * 1440),
    st.timezones(),
)
WISHES = specs(weeks=5) | specs(weeks=5, start_date=FIRST_DAY, race_date=None)
# Some groups have another caveat with core tracks.
GROUPS: dict[str, type[Measure]] = {
    name: next(iter(typing.get_args(FIELDS[name])), FIELDS[name])
    for name in CAVEATS
    if name in FIELDS
}


def reject(constant: str) -> NoReturn:
    raise AssertionError(constant)


def to_wire(progress: Progress) -> dict[str, Any]:
    """Return the answer as JSON, in which every number must be finite."""
    wire: dict[str, Any] = json.loads(PROGRESS.dump_json(progress), parse_constant=reject)
    return wire


class TestMeasureProgress:
    def test_covers_the_weeks_that_are_over_and_the_running_one(self) -> None:
        result = measure(Journal().train(weeks=4))
        assert [(one.week, one.kind, one.over) for one in result.weeks] == [
            (1, "build", True),
            (2, "build", True),
            (3, "build", True),
            (4, "deload", True),
            (5, "build", False),
        ]

    def test_has_no_running_week_after_the_last(self) -> None:
        result = measure(Journal(weeks=2).train(weeks=2))
        assert (result.status, [one.over for one in result.weeks]) == ("finished", [True, True])

    def test_keeps_the_weeks_of_a_blocked_programme(self) -> None:
        journal = Journal().train().train(sessions(session=2, red_flags=("night_pain",)))
        result = measure(journal)
        assert (result.status, [one.over for one in result.weeks]) == ("blocked", [True, True])

    def test_lists_the_same_weeks_in_every_group(self) -> None:
        result = to_wire(measure(Journal(**CORE).train(weeks=2)))
        numbers = [week["week"] for week in result["weeks"]]
        listed = {name: result[name]["weeks"] for name in GROUPS if "weeks" in result[name]}
        # Tests are listed by themselves.
        assert {*GROUPS} - {*listed} == {"heel_rise", "side_plank"}
        assert all([week["week"] for week in weeks] == numbers for weeks in listed.values())

    def test_gives_every_group_its_own_caveat(self) -> None:
        result = measure(Journal(**CORE))
        said = {
            name: (getattr(result, name).caveat, getattr(result, name).evidence) for name in GROUPS
        }
        expected = {name: tuple(CAVEATS[name]) for name in GROUPS}
        assert said == expected | {"effort": tuple(CAVEATS["effort_with_core"])}

    def test_says_nothing_of_core_without_core_tracks(self) -> None:
        plain = to_wire(measure(Journal().train()))
        assert plain == to_wire(measure(Journal(core=()).train()))
        assert not {"core", "side_plank"} & {*plain}
        text = json.dumps(plain)
        words = {*re.findall(r"\w+", text)}
        assert not words & {"trunk", "core", "hold", "holds", "hold_s", *OPTIONAL_TRACKS}

    def test_has_the_tracks_of_the_programme(self) -> None:
        result = to_wire(measure(Journal(core=("bridge",)).train()))
        for name in ("volume", "ladder", "tension", "effort", "pain", "asymmetry", "system_load"):
            assert {*result[name]["weeks"][0]["tracks"]} == {*BASE_TRACKS, "bridge"}
        assert result["core"]["weeks"][0] == {"week": 1, "hold_s": 0, "side_hold_s": 0, "sets": 4}
        assert "side_plank" not in result

    def test_ignores_order_and_repetition_of_sessions(self) -> None:
        journal = Journal(age=40).train(sessions(srpe=5, heel_rise_test=LoggedTest(9, 9)), weeks=3)
        again = [*reversed(journal.log), *journal.log]
        assert measure_running(journal.spec, again) == measure_running(journal.spec, journal.log)

    def test_uses_the_newest_version_of_a_session(self) -> None:
        journal = Journal().train()
        older, newer = (
            dataclasses.replace(
                journal.log[0], version=version, heel_rise_test=LoggedTest(reps, reps)
            )
            for version, reps in ((1, 5), (2, 7))
        )
        result = measure_running(journal.spec, [newer, journal.log[1], older])
        assert [test.left.reps for test in result.heel_rise.tests] == [7]

    @given(st.data())
    @settings(max_examples=at_most(30), suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_returns_finite_numbers_for_any_log(self, data: st.DataObject) -> None:
        wanted = data.draw(WISHES)
        log = data.draw(st.lists(odd_sessions(), max_size=6))
        result = to_wire(measure_running(wanted, log))
        assert [week["week"] for week in result["pain"]["weeks"]] == [
            week["week"] for week in result["weeks"]
        ]


class TestPage:
    @pytest.mark.parametrize("group", GROUPS)
    def test_lists_every_field(self, group: str) -> None:
        named = set(re.findall(r"^\| `(\w+)` \|", section(group), re.MULTILINE))
        assert named == {*field_names(GROUPS[group])} - {"caveat", "evidence", "weeks"}

    @pytest.mark.parametrize("group", GROUPS)
    def test_shows_the_caveat_and_its_evidence(self, group: str) -> None:
        text, rule = " ".join(section(group).split()), CAVEATS[group]
        assert text.endswith(f"Caveat: {rule.sentence} Evidence: {', '.join(rule.evidence)}")


def section(group: str) -> str:
    """Return the page's section on a group of measures."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## `{group}`\n")[2].partition("\n## ")[0]


def field_names(kind: Any) -> Iterator[str]:
    """Yield the names of a value's fields and of those of nested values."""
    if dataclasses.is_dataclass(kind):
        for name, inner in typing.get_type_hints(kind).items():
            yield name
            yield from field_names(inner)
    for inner in typing.get_args(kind):
        yield from field_names(inner)


def odd_sets(moment: datetime.datetime) -> st.SearchStrategy[CompletedSet]:
    """Draw sets that no programme prescribes, often several with one id."""
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
    """Draw a session with implausible values."""
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
