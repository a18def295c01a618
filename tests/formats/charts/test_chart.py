"""The two pictures: true to their values, in pixels and in words."""

import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.formats.charts import alt_text, chart, panels
from app.training.catalog.tracks import TRACKS, Track
from app.training.planning.training_days import WeekKind
from tests.client import caller
from tests.formats.pictures import (
    LOADED,
    RACE,
    SPECS,
    SVG,
    a_week,
    columns,
    description,
    each_program,
    follow,
    painted,
    plan,
    read,
    told,
    words,
)


class TestDrawProgram:
    @each_program
    def test_is_the_same_every_time(self, fields: dict[str, Any]) -> None:
        assert chart.draw_program(plan(**fields)) == chart.draw_program(plan(**fields))

    @each_program
    def test_tells_every_week(self, fields: dict[str, Any]) -> None:
        whole = plan(**fields)
        weeks = [text for text in told(chart.draw_program(whole)) if text.startswith("Week ")]
        assert [text.partition(":")[0].partition(",")[0] for text in weeks] == [
            f"Week {week.index}" for week in whole.weeks
        ]
        for text, week in zip(weeks, whole.weeks, strict=True):
            assert f" {week.hard_sets} set" in text
            assert f" {week.total_reps} repetition" in text

    @each_program
    def test_marks_special_weeks_with_letters(self, fields: dict[str, Any]) -> None:
        whole = plan(**fields)
        kinds: list[WeekKind] = [week.kind for week in whole.weeks if week.kind != "build"]
        written = words(chart.draw_program(whole))
        letters = [text for text in written if text in {"D", "T", "R", "A"}]
        phases = {span.name[0].upper() for span in whole.phases}
        for kind in set(kinds):
            letter, name = panels.MARKS[kind]
            assert letters.count(letter) >= kinds.count(kind)
            assert any(f"{letter} {name}" in text for text in written)
        assert {*letters} <= {panels.MARKS[kind][0] for kind in kinds} | phases

    @each_program
    def test_hatches_special_weeks(self, fields: dict[str, Any]) -> None:
        whole = plan(**fields)
        groups = read(chart.draw_program(whole)).iter(f"{SVG}g")
        hatched = [g for g in groups if g.get("fill") == "url(#pushoff-hatch)"]
        boxes = [box for group in hatched for box in group if box.get("x")]
        assert len(boxes) == sum(w.kind != "build" and w.total_reps > 0 for w in whole.weeks)

    @each_program
    def test_draws_volumes_to_scale(self, fields: dict[str, Any]) -> None:
        whole = plan(**fields)
        picture = chart.draw_program(whole)
        for track in TRACKS:
            heights = columns(painted_in_frame(picture, track))
            volumes = {w.index - 1: w.effective_volume[track] for w in whole.weeks}
            most = max(volumes, key=lambda week: volumes[week])
            for week, height in heights.items():
                expected = heights[most] * volumes[week] / volumes[most]
                assert height == pytest.approx(expected, abs=0.1)

    def test_stacks_tracks_on_one_another(self) -> None:
        picture = chart.draw_program(plan(weeks=1))
        feet = [re.findall(r"M[\d.]+ ([\d.]+)v", painted_in_frame(picture, t)) for t in TRACKS]
        # 60 planning units of each track, on a scale of 200 in 150 pixels.
        assert feet == [["150"], ["105"], ["60"]]

    def test_shortens_names_of_phases_that_have_no_room_and_explains_them(self) -> None:
        narrow, roomy = (words(chart.draw_program(plan(weeks=weeks))) for weeks in (12, 4))
        assert {"F", "build", "phases: F foundation"} <= {*narrow}
        assert {"foundation", "build"} <= {*roomy}

    def test_says_in_words_what_it_shows(self) -> None:
        text = description(chart.draw_program(plan()))
        assert "12 weeks: foundation in weeks 1 and 2 and build in weeks 3 to 12." in text
        assert "Deload: weeks 4, 8 and 12." in text
        assert "It holds 189 hard sets and 2,809 repetitions in all." in text
        assert "starts at 180 planning units and is highest, at 408, in week 11." in text
        assert "Step-up: from rung 2, Step-up, to rung 3, Step-up with slow lowering." in text

    def test_says_when_the_race_is(self) -> None:
        text = description(chart.draw_program(plan(**RACE)))
        assert "Taper: week 9. Race: week 10. An easy week after the race: week 11." in text

    def test_says_how_much_is_lifted_at_the_end(self) -> None:
        whole = plan(weeks=26, **LOADED)
        text = description(chart.draw_program(whole))
        load = whole.weeks[-2].sessions[0].exercises[0].sets[0].load
        assert load
        assert f"with {load:g} kg at the end" in text

    def test_names_the_exercises_where_there_is_room(self) -> None:
        written = words(chart.draw_program(plan()))
        assert "Step-up to Step-up with slow lowering, rung 2 to 3" in written

    def test_has_a_place_for_a_track_without_exercises(self) -> None:
        whole = plan(session_minutes=10, weeks=4)
        absent = {t for t in TRACKS if not any(w.effective_volume[t] for w in whole.weeks)}
        assert absent
        text = description(chart.draw_program(whole))
        assert text.count("not in this programme") == len(absent)

    def test_numbers_as_many_weeks_as_have_room(self) -> None:
        assert {"1", "11", "12"} <= {*words(chart.draw_program(plan()))}
        many = {*words(chart.draw_program(plan(weeks=52)))}
        assert {"48", "52"} <= many
        assert "51" not in many


def painted_in_frame(picture: bytes, ink: str) -> str:
    """The columns of an ink."""
    return next((route for route in painted(picture, ink) if "v-" in route), "")


class TestFollow:
    def test_climbs_by_repetitions_and_rungs_and_rests_in_easier_weeks(self) -> None:
        places = list(chart.follow(plan().weeks, "straight_knee"))
        positions = [place and round(place.position, 3) for place in places]
        assert positions == [2, 2, 2, 2, 2.5, 2.833, 3, 3, 3.75, 4, 4.75, 4.75]

    def test_knows_where_a_programme_of_a_race_alone_stands(self) -> None:
        (place,) = chart.follow(plan(**SPECS["1 week with a race"]).weeks, "step_up")
        assert place is None or place.position == place.rung


class TestDrawProgress:
    def test_refuses_a_programme_without_weeks(self) -> None:
        with pytest.raises(ValueError, match="at least one week"):
            chart.draw_progress([])

    def test_is_the_same_every_time(self) -> None:
        first, second = (chart.draw_progress(follow(plan(**RACE), 7)) for _ in range(2))
        assert first == second

    def test_tells_every_week(self) -> None:
        weeks = [
            a_week(1, worst_pain=4.0),
            a_week(2, kind="deload", done={"bent_knee": 50.5}),
            a_week(3, done=None),
        ]
        assert [text for text in told(chart.draw_progress(weeks)) if text] == [
            "Week 1: 300 planned, 300 done, worst pain 4",
            "Week 2, deload: 300 planned, 50.5 done",
            "Week 3: 300 planned, still to come",
        ]

    def test_says_in_words_what_it_shows(self) -> None:
        climbed: dict[Track, float] = {"straight_knee": 2.5}
        weeks = [
            a_week(1, worst_pain=3.0),
            a_week(2, done={}),
            a_week(3, kind="deload", worst_pain=3.0, position=climbed),
            a_week(4, done=None, position={"straight_knee": 3.0}),
        ]
        assert description(chart.draw_progress(weeks)) == (
            "In weeks 1 to 3 of 4, 600 of 900 planned planning units were done, 67 %. "
            "Nothing was done in week 2. Deload: week 3. "
            "Straight knee: ladder position 2.0 at first, 2.5 at last. "
            "Bent knee: ladder position 2.0 at first, 2.0 at last. "
            "Step-up: ladder position 2.0 at first, 2.0 at last. "
            "The worst pain reported was 3 of 10, in weeks 1 and 3."
        )

    def test_says_that_nothing_has_been_done_yet(self) -> None:
        text = description(chart.draw_progress([a_week(done=None)]))
        assert text.startswith("Nothing of this programme of 1 week has been done yet.")
        assert text.endswith("No pain scores were reported.")

    def test_draws_the_plan_as_a_line_and_dashes_what_is_to_come(self) -> None:
        picture = chart.draw_progress([a_week(1), a_week(2), a_week(3, done=None)])
        solid, dashed = [p for p in painted(picture, "ink") if p.startswith("M") and "V" in p][:2]
        assert solid.startswith("M0 ")
        assert dashed.startswith("M2 ")
        assert "to come" in words(picture)
        assert "to come" not in words(chart.draw_progress([a_week(1)]))

    def test_dashes_ladders_that_are_still_to_climb(self) -> None:
        places: list[dict[Track, float]] = [dict.fromkeys(TRACKS, 2.25), dict.fromkeys(TRACKS, 2.5)]
        weeks = [a_week(1, position=places[0]), a_week(2, done=None, position=places[1])]
        dashes = {"M0 36H1": None, "M1 36V24H2": "4 3"}
        paths = read(chart.draw_progress(weeks)).iter(f"{SVG}path")
        drawn = [(p.get("d"), p.get("stroke-dasharray")) for p in paths if p.get("d") in dashes]
        assert drawn == [*dashes.items()] * len(TRACKS)

    def test_leaves_a_gap_where_a_track_is_left_out(self) -> None:
        positions = [2.0, None, 2.5]
        weeks = [a_week(n, position={"step_up": p}) for n, p in enumerate(positions, 1)]
        route = next(p for p in painted(chart.draw_progress(weeks), "step_up") if "H" in p)
        assert re.fullmatch(r"M0 [\d.]+H1M2 [\d.]+H3", route)

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
        picture = chart.draw_progress([a_week(worst_pain=pain)])
        drawn = {one: painted(picture, one) for one, _, _ in panels.ZONES}
        assert [one for one, routes in drawn.items() if routes] == [ink]
        (height,) = columns(drawn[ink][0]).values()
        assert height == pytest.approx(max(pain / 10 * panels.PAIN, 2), abs=1.1)

    def test_draws_no_pain_where_none_was_reported(self) -> None:
        picture = chart.draw_progress([a_week()])
        assert not [ink for ink, _, _ in panels.ZONES if painted(picture, ink)]

    def test_names_the_zones_of_pain(self) -> None:
        assert {"0-2", "3-5", "6-10"} <= {*words(chart.draw_progress([a_week()]))}


class TestCaptions:
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
    def test_name_weeks(self, weeks: Sequence[int], text: str) -> None:
        assert alt_text.name_weeks(weeks) == text

    @pytest.mark.parametrize(
        ("value", "text"),
        [(0.0, "0"), (10.0, "10"), (1234.56, "1,234.6"), (1200.0, "1,200"), (0.04, "0")],
    )
    def test_write_figures(self, value: float, text: str) -> None:
        assert alt_text.figure(value) == text


class TestScale:
    @pytest.mark.parametrize("most", [0, 0.4, 1, 7, 45, 99.9, 100, 101, 408, 961, 4_999, 123_456])
    def test_holds_the_most_with_few_round_numbers(self, most: float) -> None:
        scale, steps = panels.scale_up(most, 150)
        assert scale.high == steps[-1] >= most
        assert steps[0] == scale.low == 0
        assert 3 <= len(steps) <= 6
        assert all(step == int(step) for step in steps)


class TestAddress:
    @pytest.fixture
    async def chart_of(self, sqlite_app: FastAPI) -> str:
        async with caller(sqlite_app) as client:
            made = await client.post("/programs", json={"weeks": 5})
        return f"/programs/{made.json()['program_id']}/chart.svg"

    async def test_answers_with_the_picture(self, chart_of: str, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            first, again = await client.get(chart_of), await client.get(chart_of)
        assert first.status_code == 200
        assert first.headers["content-type"] == "image/svg+xml"
        assert first.content == again.content == chart.draw_program(plan(weeks=5))
        assert again.headers["content-type"] == "image/svg+xml"

    async def test_lets_styles_through_and_nothing_else(
        self, chart_of: str, sqlite_app: FastAPI
    ) -> None:
        async with caller(sqlite_app) as client:
            answers: list[httpx.Response] = [await client.get(chart_of) for _ in range(2)]
        for answer in answers:
            policy = answer.headers["content-security-policy"]
            assert policy == "default-src 'none'; style-src 'unsafe-inline'"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["access-control-allow-origin"] == "*"

    async def test_is_sent_only_if_it_changed(self, chart_of: str, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            tag = (await client.get(chart_of)).headers["etag"]
            answer = await client.get(chart_of, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")

    async def test_is_not_there_for_no_programme(self, sqlite_app: FastAPI) -> None:
        async with caller(sqlite_app) as client:
            answer = await client.get("/programs/nothing/chart.svg")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
