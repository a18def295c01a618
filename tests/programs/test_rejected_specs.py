"""Tests of specs that cannot be planned: 422 with the field, why, and what is allowed."""

import json

import httpx
import pytest

from app.training.catalog.track_definitions import TRACKS
from tests.client import Json, pointers, read_problem


class TestRejectedSpec:
    @pytest.mark.parametrize(
        ("spec", "where"),
        [
            ({"weeks": 0}, "weeks"),
            ({"week": 3}, "week"),
            ({"level": "pro"}, "level"),
            ({"heel_rise_test": {"left": 20}}, "heel_rise_test/right"),
            ({"heel_rise_test": {"left": 20, "right": 201}}, "heel_rise_test/right"),
            ({"weekdays": [0, 7]}, "weekdays/1"),
            ({"weekdays": []}, "weekdays"),
            ({"weekdays": [0, 0]}, "weekdays"),
            ({"core": ["plank", "bridge", "plank"]}, "core/2"),
            ({"loads": [5, 10, 5.0]}, "loads/2"),
            ({"prefer": ["seated-loaded-calf-raise", "seated-loaded-calf-raise"]}, "prefer/1"),
            ({"pause_weeks": [3, 2, 3]}, "pause_weeks/2"),
            ({"lighter_weeks": [3, 3]}, "lighter_weeks/1"),
            ({"race_date": "2026-05-03"}, "race_date"),
            ({"start_date": "2026-05-04", "race_date": "2026-04-20"}, "race_date"),
            ({"races": [{"date": "2026-05-03"}]}, "races"),
            (
                {
                    "start_date": "2026-05-04",
                    "races": [{"date": "2026-06-01"}, {"date": "2026-04-20"}],
                },
                "races/1/date",
            ),
            ({"start_date": "2026-05-04", "races": [{"taper": True}]}, "races/0/date"),
            ({"start_date": "2026-05-04", "races": [{"date": "2026-05-32"}]}, "races/0/date"),
            (
                {
                    "start_date": "2026-05-04",
                    "race_date": "2026-06-01",
                    "races": [{"date": "2026-06-01"}],
                },
                "race_date",
            ),
            (
                {
                    "start_date": "2026-05-04",
                    "pauses": [
                        {"from": "2026-06-01", "to": "2026-06-02"},
                        {"from": "2026-05-10", "to": "2026-05-09"},
                    ],
                },
                "pauses/1/to",
            ),
            ({"start_date": "2026-05-04", "pauses": [{"from": "2026-06-01"}]}, "pauses/0/to"),
            ({"pauses": [{"from": "2026-06-01", "to": "2026-06-02"}]}, "pauses"),
            ({"start_date": "2026-05-04", "pause_weeks": [2]}, "pause_weeks"),
            ({"pause_weeks": [1, 53]}, "pause_weeks/1"),
            ({"lighter_weeks": [*range(1, 14)]}, "lighter_weeks"),
            ({"start_date": "2026-02-30"}, "start_date"),
            ({"step_heights_cm": [18], "step_heights_in": [7]}, "step_heights_in"),
            ({"body_mass": 29}, "body_mass"),
            ({"loads": [5, 0]}, "loads/1"),
            ({"loads": [5.5, 2.505]}, "loads/1"),
            ({"loads": [*range(1, 26)]}, "loads"),
            ({"core": ["plank", "squat"]}, "core/1"),
            ({"core": ["straight_knee"]}, "core/0"),
            ({"side_plank_test": {"left": 30}}, "side_plank_test/right"),
            ({"side_plank_test": {"left": 30, "right": 601}}, "side_plank_test/right"),
            ({"prefer": ["step-up"]}, "prefer/0"),
            ({"equipment": ["barbell"]}, "equipment/0"),
            ({"deload_every": 2}, "deload_every"),
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"age": 12}, "age"),
            ({"run_schedule": ["easy"] * 6}, "run_schedule"),
            ({"start": {"step_up": {"rung": 9, "reps": 9}}}, "start/step_up/rung"),
            ({"start": {"step_up": {"rung": 7}}}, "start/step_up/rung"),
            ({"start": {"step_up": {"rung": 2, "seconds": 15}}}, "start/step_up/seconds"),
            ({"start": {"step_up": {"rung": 2, "load": 5}}}, "start/step_up/load"),
            ({"start": {"step_up": {"rung": 2, "sets": 7}}}, "start/step_up/sets"),
            ({"start": {"step_up": {"rung": 2, "hits": 1}}}, "start/step_up/hits"),
            ({"start": {"plank": {"rung": 2}}}, "start/plank"),
            ({"start": {"caution": True}}, "start/caution"),
            ({"start": {"full_volume": True}}, "start/full_volume"),
        ],
        ids=json.dumps,
    )
    async def test_points_at_the_field(
        self, spec: Json, where: str, offline: httpx.AsyncClient
    ) -> None:
        problem = read_problem(await offline.post("/programs", json=spec), 422, "validation-failed")
        assert pointers(problem) == [f"/{where}"]

    @pytest.mark.parametrize(
        ("spec", "allowed"),
        [
            ({"core": ["squat"]}, "must be one of side_plank, bridge, plank"),
            ({"prefer": ["step-up"]}, "must be one of standing-machine-calf-raise, "),
            ({"race_date": "2026-05-03"}, "needs a start_date, so that the weeks can be counted"),
            ({"start": {"step_up": {"rung": 7}}}, "one of 0, 1, 2, 3"),
            ({"start": {"step_up": {"rung": 2, "reps": 21}}}, "must lie between 1 and 20"),
            (
                {"core": ["plank"], "start": {"plank": {"rung": 2, "seconds": 95}}},
                "must lie between 5 and 30",
            ),
            ({"start": {"run": 3}}, "leave it out"),
        ],
        ids=json.dumps,
    )
    async def test_says_what_is_allowed(
        self, spec: Json, allowed: str, offline: httpx.AsyncClient
    ) -> None:
        problem = read_problem(await offline.post("/programs", json=spec), 422, "validation-failed")
        assert allowed in problem["errors"][0]["detail"]

    async def test_names_the_list_that_makes_the_id_too_long(
        self, offline: httpx.AsyncClient
    ) -> None:
        track = {
            "rung": 2,
            "load": 0,
            "sets": 4,
            "why": "BELOW_TARGET_REGRESS",
            "lowered": "floor",
            "due": "test",
            "due_rung": 3,
            "weak": "left",
            "pain_prev": 9.9999,
            "held": {"rung": 4, "load": 20, "weeks": 9999},
        }
        spec: Json = {
            "core": ["side_plank", "bridge", "plank"],
            "start_date": "2026-05-04",
            "timezone": "America/Argentina/ComodRivadavia",
            "loads": [n + 0.5 for n in range(3, 699, 29)],
            "pauses": [{"from": f"{y}-05-04", "to": f"{y + 300}-05-04"} for y in range(2027, 2033)],
            "races": [{"date": f"{year}-05-04"} for year in range(2100, 2106)],
            "lighter_weeks": [*range(1, 13)],
            "run_schedule": ["easy"] * 7,
            "step_heights_cm": [*range(10, 18)],
            "age": 40,
            "weeks": 12,
            "start": {"since": 9999, "away": 9999, **dict.fromkeys(TRACKS, track)},
        }
        problem = read_problem(await offline.post("/programs", json=spec), 422, "validation-failed")
        assert pointers(problem) == ["/loads"]
        fewer = {**spec, "loads": spec["loads"][:8], "pauses": spec["pauses"][:2]}
        made = await offline.post("/programs", json=fewer)
        assert len(made.json()["program_id"]) <= 400

    async def test_names_the_parameter_in_a_query(self, offline: httpx.AsyncClient) -> None:
        for query, where in (
            ("weeks=0", "weeks"),
            ("weeks=1.5", "weeks"),
            ("weeks=%2B5", "weeks"),
            ("weeks=", "weeks"),
            ("heel_rise_test.left=20", "heel_rise_test.right"),
            ("injury_last_3_months=yes", "injury_last_3_months"),
            ("body_mass=1e2", "body_mass"),
            ("race_date=2026-05-03", "race_date"),
            ("races=2026-05-03", "races"),
            ("start_date=2026-05-04&races=2026-06-01:taper", "races"),
            ("start_date=2026-05-04&races=2026-06-01&races=2026-04-01", "races"),
            ("start_date=2026-05-04&pauses=2026-06-01/2026-05-31", "pauses"),
            ("start_date=2026-05-04&pauses=2026-06-01/June", "pauses"),
            ("weekdays=1&weekdays=7", "weekdays"),
            ("core=plank&core=squat", "core"),
            ("core=plank&core=plank", "core"),
            ("loads=5&loads=heavy", "loads"),
            ("start.plank.rung=2&start.plank.seconds=20", "start.plank"),
            ("start.step_up.rung=7", "start.step_up.rung"),
        ):
            answer = await offline.get(f"/programs?{query}")
            assert pointers(read_problem(answer, 422, "validation-failed")) == [where]

    async def test_says_what_to_do_about_a_repeated_entry(self, offline: httpx.AsyncClient) -> None:
        answer = await offline.post("/programs", json={"loads": [5, 5]})
        problem = read_problem(answer, 422, "validation-failed")
        assert problem["detail"] == (
            "This spec cannot be planned: loads/1 repeats an earlier entry; send each once."
        )

    async def test_accepts_a_repeated_entry_where_it_means_nothing(
        self, offline: httpx.AsyncClient
    ) -> None:
        spec = {"equipment": ["chair", "chair"], "step_heights_cm": [18, 18]}
        answer = await offline.post("/programs", json=spec)
        assert answer.json()["spec"]["equipment"] == ["chair"]
        assert answer.json()["spec"]["step_heights_cm"] == [18]

    async def test_is_not_cached(self, offline: httpx.AsyncClient) -> None:
        answer = await offline.post("/programs", json={"weeks": 0})
        assert answer.headers["cache-control"] == "no-store"
