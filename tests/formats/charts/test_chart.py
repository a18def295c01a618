"""The two charts: shapes and texts show the values that they are drawn from."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from app.formats.charts import alt_text, chart, panels
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning.training_calendar import WeekKind
from tests.formats.charts.chart_samples import (
    SVG,
    build_week,
    find_description,
    follow,
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
        letters = [text for text in texts if text in {"D", "T", "R", "A"}]
        phases = {span.name[0].upper() for span in program.phases}
        for kind in set(kinds):
            letter, name = panels.WEEK_MARKS[kind]
            assert letters.count(letter) >= kinds.count(kind)
            assert any(f"{letter} {name}" in text for text in texts)
        assert {*letters} <= {panels.WEEK_MARKS[kind][0] for kind in kinds} | phases

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
        for track in TRACKS:
            heights = read_columns(find_columns(svg, track))
            volumes = {w.index - 1: w.effective_volume[track] for w in program.weeks}
            most = max(volumes, key=lambda week: volumes[week])
            for week, height in heights.items():
                expected = heights[most] * volumes[week] / volumes[most]
                assert height == pytest.approx(expected, abs=0.1)

    def test_stacks_tracks_on_one_another(self) -> None:
        svg = chart.draw_program(plan(weeks=1))
        bottoms = [re.findall(r"M[\d.]+ ([\d.]+)v", find_columns(svg, t)) for t in TRACKS]
        # 60 planning units of each track, on a scale of 200 in 150 pixels.
        assert bottoms == [["150"], ["105"], ["60"]]

    def test_shortens_and_explains_names_of_phases_without_room(self) -> None:
        narrow, roomy = (list_texts(chart.draw_program(plan(weeks=weeks))) for weeks in (12, 4))
        assert {"F", "build", "phases: F foundation"} <= {*narrow}
        assert {"foundation", "build"} <= {*roomy}

    def test_describes_the_chart_in_words(self) -> None:
        text = find_description(chart.draw_program(plan()))
        assert "12 weeks: foundation in weeks 1 and 2 and build in weeks 3 to 12." in text
        assert "Deload: weeks 4, 8 and 12." in text
        assert "It has 189 hard sets and 2,809 repetitions in total." in text
        assert "starts at 180 planning units and is highest in week 11, at 408." in text
        assert "Step-up: from rung 2, Step-up, to rung 3, Step-up with slow lowering." in text

    def test_describes_the_weeks_around_a_race(self) -> None:
        text = find_description(chart.draw_program(plan(**RACE)))
        assert "Taper: week 9. Race: week 10. An easy week after the race: week 11." in text

    def test_describes_the_load_at_the_end(self) -> None:
        program = plan(weeks=26, **LOADED)
        text = find_description(chart.draw_program(program))
        load = program.weeks[-2].sessions[0].exercises[0].sets[0].load
        assert load
        assert f"with {load:g} kg at the end" in text

    def test_names_the_exercises_in_wide_charts(self) -> None:
        texts = list_texts(chart.draw_program(plan()))
        assert "Step-up to Step-up with slow lowering, rung 2 to 3" in texts

    def test_describes_a_track_without_exercises(self) -> None:
        program = plan(session_minutes=10, weeks=4)
        absent = {t for t in TRACKS if not any(w.effective_volume[t] for w in program.weeks)}
        assert absent
        text = find_description(chart.draw_program(program))
        assert text.count("not in this programme") == len(absent)

    def test_numbers_as_many_weeks_as_fit(self) -> None:
        assert {"1", "11", "12"} <= {*list_texts(chart.draw_program(plan()))}
        many = {*list_texts(chart.draw_program(plan(weeks=52)))}
        assert {"48", "52"} <= many
        assert "51" not in many


def find_columns(svg: bytes, ink: str) -> str:
    """Return the path of an ink that draws columns."""
    return next((path for path in list_paths(svg, ink) if "v-" in path), "")


class TestListPositions:
    def test_rises_with_repetitions_and_rungs_except_in_easier_weeks(self) -> None:
        found = list(chart.list_positions(plan().weeks, "straight_knee"))
        positions = [one and round(one.position, 3) for one in found]
        assert positions == [2, 2, 2, 2, 2.5, 2.833, 3, 3, 3.75, 4, 4.75, 4.75]

    def test_starts_at_the_rung_in_a_programme_of_one_race_week(self) -> None:
        (found,) = chart.list_positions(plan(**SPECS["1 week with a race"]).weeks, "step_up")
        assert found is None or found.position == found.rung


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
        svg = chart.draw_progress([build_week(1), build_week(2), build_week(3, done=None)])
        solid, dashed = [p for p in list_paths(svg, "ink") if p.startswith("M") and "V" in p][:2]
        assert solid.startswith("M0 ")
        assert dashed.startswith("M2 ")
        assert "to come" in list_texts(svg)
        assert "to come" not in list_texts(chart.draw_progress([build_week(1)]))

    def test_draws_ladders_with_dashes_for_future_weeks(self) -> None:
        places: list[dict[Track, float]] = [dict.fromkeys(TRACKS, 2.25), dict.fromkeys(TRACKS, 2.5)]
        weeks = [build_week(1, position=places[0]), build_week(2, done=None, position=places[1])]
        dashes = {"M0 36H1": None, "M1 36V24H2": "4 3"}
        paths = parse(chart.draw_progress(weeks)).iter(f"{SVG}path")
        drawn = [(p.get("d"), p.get("stroke-dasharray")) for p in paths if p.get("d") in dashes]
        assert drawn == [*dashes.items()] * len(TRACKS)

    def test_leaves_a_gap_in_weeks_without_a_track(self) -> None:
        positions = [2.0, None, 2.5]
        weeks = [build_week(n, position={"step_up": p}) for n, p in enumerate(positions, 1)]
        path = next(p for p in list_paths(chart.draw_progress(weeks), "step_up") if "H" in p)
        assert re.fullmatch(r"M0 [\d.]+H1M2 [\d.]+H3", path)

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
        drawn = {one: list_paths(svg, one) for one, _, _ in panels.PAIN_ZONES}
        assert [one for one, paths in drawn.items() if paths] == [ink]
        (height,) = read_columns(drawn[ink][0]).values()
        assert height == pytest.approx(max(pain / 10 * panels.PAIN_HEIGHT, 2), abs=1.1)

    def test_draws_no_column_without_reported_pain(self) -> None:
        svg = chart.draw_progress([build_week()])
        assert not [ink for ink, _, _ in panels.PAIN_ZONES if list_paths(svg, ink)]

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
        scale, steps = panels.build_scale(most, 150)
        assert scale.high == steps[-1] >= most
        assert steps[0] == scale.low == 0
        assert 3 <= len(steps) <= 6
        assert all(step == int(step) for step in steps)
