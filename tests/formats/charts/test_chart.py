"""The two charts: shapes and texts show the values that they are drawn from."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pytest

from app.formats.charts import alt_text, chart, panels, plots, week_panels
from app.training.catalog.track_definitions import BASE_TRACKS, Track
from app.training.planning.program import Program
from app.training.planning.training_calendar import WeekKind
from tests.formats.charts.chart_samples import (
    SVG,
    Line,
    build_week,
    find_description,
    follow,
    list_labels,
    list_lines,
    list_paths,
    list_texts,
    list_tooltips,
    parse,
    read_columns,
)
from tests.formats.sample_programs import LOADED, RACE, SPECS, each_program, plan


class TestDrawProgram:
    @each_program
    def test_draws_the_same_bytes_every_time(self, fields: dict[str, Any]) -> None:
        assert chart.draw_program(plan(**fields)) == chart.draw_program(plan(**fields))

    @each_program
    def test_has_a_tooltip_for_each_week(self, fields: dict[str, Any]) -> None:
        program = plan(**fields)
        weeks = [
            text for text in list_tooltips(chart.draw_program(program)) if text.startswith("Week ")
        ]
        assert [text.partition(":")[0].partition(",")[0] for text in weeks] == [
            f"Week {week.index}" for week in program.weeks
        ]
        for text, week in zip(weeks, program.weeks, strict=True):
            assert f" {week.hard_sets} set" in text
            assert f" {week.total_reps} repetition" in text

    @each_program
    def test_marks_special_weeks_with_letters(self, fields: dict[str, Any]) -> None:
        program = plan(**fields)
        kinds: list[WeekKind] = [week.kind for week in program.weeks if week.kind != "build"]
        texts = list_texts(chart.draw_program(program))
        letters = [text for text in texts if text in {"D", "T", "R", "A", "P"}]
        phases = {span.name[0].upper() for span in program.phases}
        for kind in set(kinds):
            letter, name = panels.WEEK_MARKS[kind]
            assert letters.count(letter) >= count_runs(program, kind)
            assert any(f"{letter} {name}" in text for text in texts)
        assert {*letters} <= {panels.WEEK_MARKS[kind][0] for kind in kinds} | phases

    def test_marks_a_run_of_weeks_once(self) -> None:
        paused = plan(weeks=10, pause_weeks=[3, 4, 5], lighter_weeks=[6])
        texts = list_texts(chart.draw_program(paused))
        assert (texts.count("P"), texts.count("D")) == (1, 2)
        assert "P pause" in texts

    @each_program
    def test_hatches_special_weeks(self, fields: dict[str, Any]) -> None:
        program = plan(**fields)
        groups = parse(chart.draw_program(program)).iter(f"{SVG}g")
        hatched = [g for g in groups if g.get("fill") == "url(#pushoff-hatch)"]
        boxes = [box for group in hatched for box in group if box.get("x")]
        assert len(boxes) == sum(w.kind != "build" and w.total_reps > 0 for w in program.weeks)

    @each_program
    def test_draws_volumes_to_scale(self, fields: dict[str, Any]) -> None:
        program = plan(**fields)
        svg = chart.draw_program(program)
        for track in program.spec.tracks:
            heights = read_columns(find_columns(svg, track))
            volumes = {w.index - 1: w.effective_volume[track] for w in program.weeks}
            most = max(volumes, key=lambda week: volumes[week])
            for week, height in heights.items():
                expected = heights[most] * volumes[week] / volumes[most]
                # A piece of two pixels or less has no gap above it.
                assert height == pytest.approx(expected, abs=0.1 if height > 3 else 1.1)

    def test_stacks_tracks_on_one_another(self) -> None:
        svg = chart.draw_program(plan(weeks=1))
        bottoms = [re.findall(r"M[\d.]+ ([\d.]+)v", find_columns(svg, t)) for t in BASE_TRACKS]
        # 60 planning units of each track, on a scale of 200 in 150 pixels.
        assert bottoms == [["150"], ["105"], ["60"]]

    def test_shortens_and_explains_names_of_phases_without_room(self) -> None:
        narrow, roomy = (list_texts(chart.draw_program(plan(weeks=weeks))) for weeks in (12, 4))
        assert {"F", "build", "F foundation"} <= {*narrow}
        assert "F" not in roomy
        assert {"foundation", "build"} <= {*roomy}

    def test_describes_the_chart_in_words(self) -> None:
        text = find_description(chart.draw_program(plan()))
        program = plan()
        sets = sum(week.hard_sets for week in program.weeks)
        reps = sum(week.total_reps for week in program.weeks)
        assert "12 weeks: foundation in weeks 1 and 2 and build in weeks 3 to 12." in text
        assert "Deload: weeks 4, 8 and 12." in text
        assert f"It has {sets} hard sets and {reps:,} repetitions in total." in text
        assert "starts at 180 planning units and is highest in week 11, at 408." in text
        assert "Step-up: from rung 2, Step-up, to rung 3, Step-up with slow lowering." in text

    def test_describes_the_weeks_around_a_race(self) -> None:
        text = find_description(chart.draw_program(plan(**RACE)))
        assert "Taper: week 9. Race: week 10. An easy week after the race: week 11." in text

    def test_describes_the_load_at_the_end(self) -> None:
        program = plan(weeks=26, **LOADED)
        text = find_description(chart.draw_program(program))
        last = [week for week in program.weeks if week.kind == "build"][-1]
        load = last.sessions[0].exercises[0].sets[0].load
        assert load
        assert f"with {load.value:g} kg at the end" in text

    def test_describes_holds(self) -> None:
        program = plan(**SPECS["all core tracks"])
        text = find_description(chart.draw_program(program))
        seconds = sum(week.total_hold_s or 0 for week in program.weeks)
        assert f"and {seconds:,} seconds of holds in total." in text
        assert "Side plank: from rung 1, Side plank from the knees," in text
        assert "hold" not in find_description(chart.draw_program(plan()))

    def test_names_the_exercises_in_wide_charts(self) -> None:
        texts = [label.text for label in list_labels(chart.draw_program(plan()), 1200)]
        assert "Step-up to Step-up with slow lowering, rung 2 to 3" in texts
        narrow = [label.text for label in list_labels(chart.draw_program(plan()), 288)]
        assert "rung 2 to 3" in narrow

    def test_describes_a_track_without_exercises(self) -> None:
        program = plan(**SPECS["1 week with a race"])
        assert not program.weeks[0].sessions
        text = find_description(chart.draw_program(program))
        assert text.count("in no session of this programme") == len(BASE_TRACKS)
        assert list_texts(chart.draw_program(program)).count("not prescribed") == len(BASE_TRACKS)

    def test_numbers_as_many_weeks_as_fit(self) -> None:
        assert {"1", "11", "12"} <= {*list_texts(chart.draw_program(plan()))}
        many = {*list_texts(chart.draw_program(plan(weeks=52)))}
        assert {"48", "52"} <= many
        assert "51" not in many


class TestHolds:
    def test_draws_the_seconds_of_each_week(self) -> None:
        program = plan(**SPECS["all core tracks"])
        svg = chart.draw_program(program)
        assert "Holds, seconds a week" in list_texts(svg)
        # The first columns are those of the volume.
        stacks = [read_columns(list_paths(svg, t)[-1]) for t in ("side_plank", "plank")]
        heights = {week: stacks[0][week] + stacks[1][week] for week in stacks[0]}
        seconds = {week.index - 1: week.total_hold_s or 0 for week in program.weeks}
        most = max(seconds, key=lambda week: seconds[week])
        for week, height in heights.items():
            expected = heights[most] * seconds[week] / seconds[most]
            assert height == pytest.approx(expected, abs=0.1)

    def test_draws_none_without_core_tracks(self) -> None:
        assert "Holds, seconds a week" not in list_texts(chart.draw_program(plan()))
        assert "Holds, seconds a week" not in list_texts(chart.draw_progress([build_week()]))


def count_runs(program: Program, kind: WeekKind) -> int:
    """Return how many runs of weeks in a row have a kind."""
    return sum(key == kind for key, _ in groupby(week.kind for week in program.weeks))


def find_columns(svg: bytes, ink: str) -> str:
    """Return the path of an ink that draws columns."""
    return next((path for path in list_paths(svg, ink) if "v-" in path), "")


class TestDrawProgress:
    def test_rejects_a_programme_without_weeks(self) -> None:
        with pytest.raises(ValueError, match="at least one week"):
            chart.draw_progress([])

    def test_draws_the_same_bytes_every_time(self) -> None:
        first, second = (chart.draw_progress(follow(plan(**RACE), 7)) for _ in range(2))
        assert first == second

    def test_has_a_tooltip_for_each_week(self) -> None:
        weeks = [
            build_week(1, worst_pain=4.0),
            build_week(2, kind="deload", done={"bent_knee": 50.5}),
            build_week(3, done=None),
        ]
        assert [text for text in list_tooltips(chart.draw_progress(weeks)) if text] == [
            "Week 1: 300 planned, 300 done, worst pain 4",
            "Week 2, deload: 300 planned, 50.5 done",
            "Week 3: 300 planned, still to come",
        ]

    def test_describes_the_chart_in_words(self) -> None:
        climbed: dict[Track, float] = {"straight_knee": 2.5}
        weeks = [
            build_week(1, worst_pain=3.0),
            build_week(2, done={}),
            build_week(3, kind="deload", worst_pain=3.0, position=climbed),
            build_week(4, done=None, position={"straight_knee": 3.0}),
        ]
        assert find_description(chart.draw_progress(weeks)) == (
            "In weeks 1 to 3 of 4, 600 of 900 planned planning units were done, 67 %. "
            "Nothing was done in week 2. Deload: week 3. "
            "Straight knee: ladder position from 2.0 to 2.5. "
            "Bent knee: ladder position from 2.0 to 2.0. "
            "Step-up: ladder position from 2.0 to 2.0. "
            "The worst pain reported was 3 of 10, in weeks 1 and 3."
        )

    def test_describes_a_programme_that_has_not_begun(self) -> None:
        text = find_description(chart.draw_progress([build_week(done=None)]))
        assert text.startswith("Nothing of this programme of 1 week has been done yet.")
        assert text.endswith("No pain scores were reported.")

    def test_draws_planned_volume_as_a_line_with_dashes_for_future_weeks(self) -> None:
        # 300, 300 and 200 planning units, on a scale of 300 in 150 pixels.
        less = {"straight_knee": 200.0}
        svg = chart.draw_progress(
            [build_week(1), build_week(2), build_week(3, done=None, planned=less)]
        )
        two_thirds = 0.6667
        assert list_lines(svg, "ink") == [
            Line(0, two_thirds, 0, 0, dashed=False),
            Line(two_thirds, two_thirds, 0, 50, dashed=True),
            Line(two_thirds, 1, 50, 50, dashed=True),
        ]
        assert "to come" in list_texts(svg)
        assert "to come" not in list_texts(chart.draw_progress([build_week(1)]))

    def test_draws_ladders_with_dashes_for_future_weeks(self) -> None:
        places: list[dict[Track, float]] = [
            dict.fromkeys(BASE_TRACKS, 2.25),
            dict.fromkeys(BASE_TRACKS, 2.5),
        ]
        weeks = [build_week(1, position=places[0]), build_week(2, done=None, position=places[1])]
        for track in BASE_TRACKS:
            assert list_lines(chart.draw_progress(weeks), track) == [
                Line(0, 0.5, 36, 36, dashed=False),
                Line(0.5, 0.5, 24, 36, dashed=True),
                Line(0.5, 1, 24, 24, dashed=True),
            ]

    def test_joins_equal_weeks_to_one_line(self) -> None:
        weeks = [build_week(n) for n in range(1, 53)]
        assert len(list_lines(chart.draw_progress(weeks), "step_up")) == 1

    def test_leaves_a_gap_in_weeks_without_a_track(self) -> None:
        positions: list[dict[Track, float]] = [{"step_up": 2.0}, {}, {"step_up": 2.5}, {}]
        weeks = [build_week(n, position=p) for n, p in enumerate(positions, 1)]
        lines = list_lines(chart.draw_progress(weeks), "step_up")
        assert [(one.left, one.right) for one in lines] == [(0, 0.25), (0.5, 0.75)]

    def test_numbers_weeks_on_from_the_first(self) -> None:
        texts = list_texts(chart.draw_progress([build_week(7), build_week(8)]))
        assert {"7", "8"} <= {*texts}
        assert "1" not in texts

    def test_draws_holds_from_the_first_week_with_core_tracks_on(self) -> None:
        holds = {"plank": 60.0}
        weeks = [
            build_week(1),
            build_week(2, planned_holds=holds, done_holds={"plank": 30.0}),
            build_week(3, planned_holds=holds, done=None),
        ]
        svg = chart.draw_progress(weeks)
        assert "Holds, seconds a week" in list_texts(svg)
        assert [*read_columns(list_paths(svg, "plank")[-1])] == [1]
        last = list_lines(svg, "ink")[-1]
        assert (last.right, last.dashed) == (1, True)
        text = find_description(svg)
        assert "Holds: 30 of 60 planned seconds." in text

    @pytest.mark.parametrize(
        ("pain", "ink"),
        [
            (0, "mild"),
            (2.5, "mild"),
            (3, "moderate"),
            (5, "moderate"),
            (5.5, "strong"),
            (10, "strong"),
        ],
    )
    def test_draws_pain_in_its_zone(self, pain: float, ink: str) -> None:
        svg = chart.draw_progress([build_week(worst_pain=pain)])
        drawn = {one: list_paths(svg, one) for one, _, _ in week_panels.PAIN_ZONES}
        assert [one for one, paths in drawn.items() if paths] == [ink]
        (height,) = read_columns(drawn[ink][0]).values()
        assert height == pytest.approx(max(pain / 10 * week_panels.PAIN_HEIGHT, 2), abs=1.1)

    def test_draws_no_column_without_reported_pain(self) -> None:
        svg = chart.draw_progress([build_week()])
        assert not [ink for ink, _, _ in week_panels.PAIN_ZONES if list_paths(svg, ink)]

    def test_labels_the_zones_of_pain(self) -> None:
        assert {"0-2", "3-5", "6-10"} <= {*list_texts(chart.draw_progress([build_week()]))}


class TestFormatting:
    @pytest.mark.parametrize(
        ("weeks", "text"),
        [
            ([4], "week 4"),
            ([4, 8], "weeks 4 and 8"),
            ([1, 2, 4, 8], "weeks 1, 2, 4 and 8"),
            ([1, 2, 3, 7, 8, 9, 10], "weeks 1 to 3 and 7 to 10"),
            (range(3, 5), "weeks 3 and 4"),
        ],
    )
    def test_formats_weeks(self, weeks: Sequence[int], text: str) -> None:
        assert alt_text.format_weeks(weeks) == text

    @pytest.mark.parametrize(
        ("value", "text"),
        [(0.0, "0"), (10.0, "10"), (1234.56, "1,234.6"), (1200.0, "1,200"), (0.04, "0")],
    )
    def test_formats_numbers(self, value: float, text: str) -> None:
        assert alt_text.format_number(value) == text


class TestBuildScale:
    @pytest.mark.parametrize("most", [0, 0.4, 1, 7, 45, 99.9, 100, 101, 408, 961, 4_999, 123_456])
    def test_includes_the_highest_value_with_few_round_labels(self, most: float) -> None:
        scale, steps = plots.build_scale(most, 150)
        assert scale.high == steps[-1] >= most
        assert steps[0] == scale.low == 0
        assert 3 <= len(steps) <= 6
        assert all(step == int(step) for step in steps)
