"""FIT workouts, read with another library than the one that writes them."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from app.formats import steps
from app.formats.fit import workout, workout_lines
from app.formats.fit.workout_lines import Layout
from app.formats.imported_file import ImportRemark
from app.formats.steps import Step
from app.training.catalog.exercises import Tempo
from app.training.planning.load import Load
from app.training.planning.week import Prescription, Session
from tests.formats.fit import watch_simulator
from tests.formats.sample_programs import (
    CORE,
    FIT_NAMES,
    LOADED,
    MACHINES,
    START,
    each_program,
    find_fit_names,
    plan,
)

PROGRAM = "AYoMAwIGAaSKVos"
FIT_EPOCH = 631_065_600
each_layout = pytest.mark.parametrize("layout", ["flat", "repeat"])


def plan_session(week: int = 6, **fields: Any) -> Session:
    """Return the first session of a week of an athlete with dumbbells."""
    return plan(**{**LOADED, "weeks": 12, **fields}).weeks[week - 1].sessions[0]


def read(session: Session, layout: Layout | None = None) -> dict[str, list[dict[int, Any]]]:
    return watch_simulator.read(write(session, layout))


def write(session: Session, layout: Layout | None = None, program_id: str = PROGRAM) -> bytes:
    return workout.write(program_id, 6, session, FIT_NAMES, layout)


def find_exercise(slug: str, **fields: Any) -> tuple[Session, Prescription]:
    """Return the first session that has an exercise, with that exercise alone."""
    for week in plan(**fields).weeks:
        for session in week.sessions:
            for exercise in session.exercises:
                if exercise.slug == slug:
                    return replace(session, exercises=(exercise,)), exercise
    raise LookupError(slug)


class TestWrite:
    def test_writes_a_strength_workout(self) -> None:
        session = plan_session()
        messages = read(session)
        (file_id,), (head,) = messages["file_id"], messages["workout"]
        assert (file_id[0], file_id[1], file_id[2]) == (5, 255, 0)
        assert (head[4], head[11], head[5]) == (10, 20, 32)
        assert head[6] == len(messages["workout_step"]) == len(steps.list_steps(session))

    def test_names_the_planned_session(self) -> None:
        (head,) = read(plan_session())["workout"]
        assert (head[8], head[17]) == ("Pushoff W6S1", f"pushoff:{PROGRAM}/6/1")

    def test_omits_a_description_that_is_too_long(self) -> None:
        data = write(plan_session(), program_id="A" * 300)
        (head,) = watch_simulator.read(data)["workout"]
        assert head.get(17) is None

    def test_writes_left_and_right_as_separate_steps(self) -> None:
        left, right, rest = read(plan_session())["workout_step"][:3]
        assert left[0] == "Loaded single-leg calf raise (left)"
        assert right[0] == "Loaded single-leg calf raise (right)"
        assert (rest[1], rest[2], rest[7]) == (0, 90_000, 1)

    def test_writes_repetitions_load_and_exercise_into_fields(self) -> None:
        session = plan_session()
        planned = session.exercises[0].sets[0]
        step = read(session)["workout_step"][0]
        assert (step[1], step[2], step[3], step[7]) == (29, planned.reps, 2, 0)
        assert (step[10], step[11]) == (1, 16)
        assert planned.load
        assert (step[12], step[13]) == (round(100 * planned.load.value), 1)

    def test_writes_pounds_into_the_note(self) -> None:
        session = plan_session(units="imperial")
        planned = session.exercises[0].sets[0]
        step = read(session)["workout_step"][0]
        assert planned.load
        assert step[12] == round(45.359237 * planned.load.value)
        assert step[13] == 2
        assert f"Load {planned.load.value:g} lb." in step[8]

    def test_writes_the_code_that_the_equipment_calls_for(self) -> None:
        fields = {**LOADED, "equipment": ["chair", "backpack"], "weeks": 12}
        session = plan(**fields).weeks[5].sessions[0]
        assert session.exercises[0].slug == "single-leg-calf-raise-loaded"
        data = workout.write(PROGRAM, 6, session, find_fit_names(**fields))
        step = watch_simulator.read(data)["workout_step"][0]
        assert (step[10], step[11]) == (1, 15)
        assert step[8].startswith("Loaded single-leg calf raise. ")

    def test_writes_values_without_a_field_into_the_note(self) -> None:
        session = plan_session(week=1, level="beginner")
        exercise = session.exercises[1]
        planned = replace(exercise.sets[0], reps=15, reps_max=20)
        messages = read(replace(session, exercises=(replace(exercise, sets=(planned,)),)))
        note = messages["workout_step"][0][8]
        assert note.startswith("Bent-knee calf raise. 15-20 reps. 2 s up, 1 s hold, 3 s down.")
        assert exercise.exercise.cues[0] in note
        assert note.endswith(" [bent-knee-calf-raise/both]")

    def test_ends_every_note_with_its_tag(self) -> None:
        session = plan_session()
        work = [step for step in steps.list_steps(session) if step.kind == "work"]
        notes = [line[8] for line in read(session)["workout_step"] if line.get(8)]
        for step, note in zip(work, notes, strict=True):
            exercise, planned = step.find(session)
            assert note.endswith(f" [{exercise.slug}/{planned.side}]")

    def test_writes_no_code_where_fit_has_no_name(self) -> None:
        session = plan(step_heights_cm=()).weeks[0].sessions[0]
        lines = [
            line
            for line in read(session)["workout_step"]
            if line.get(0, "").startswith("Standing knee drive")
        ]
        assert lines
        assert all(line.get(10) is None and line.get(11) is None for line in lines)

    def test_writes_the_name_of_fit_as_title_of_a_shared_code(self) -> None:
        titles = {
            (one[0], one[1]): one[2]
            for one in read(plan_session(1, level="beginner"))["exercise_title"]
        }
        assert titles == {(1, 18): "Standing calf raise", (28, 66): "Step-up"}

    @each_layout
    def test_writes_the_same_bytes_every_time(self, layout: Layout) -> None:
        session = plan_session()
        assert write(session, layout) == write(session, layout)

    def test_writes_a_unique_serial_number_for_each_session(self) -> None:
        weeks = plan(weeks=12).weeks
        files = [workout.write(PROGRAM, w.index, s, FIT_NAMES) for w in weeks for s in w.sessions]
        assert len({watch_simulator.read(data)["file_id"][0][3] for data in files}) == len(files)

    def test_writes_the_date_of_the_session(self) -> None:
        session = plan_session(1, start_date=START)
        (file_id,) = read(session)["file_id"]
        assert session.date is not None
        assert file_id[4] + FIT_EPOCH == session.date.toordinal() * 86_400 - 719_163 * 86_400

    @each_layout
    @each_program
    def test_writes_the_steps_of_the_session(self, layout: Layout, fields: dict[str, Any]) -> None:
        for week in plan(**fields).weeks[:6]:
            for session in week.sessions:
                unrolled = watch_simulator.unroll(read(session, layout)["workout_step"])
                found = [(one.fields[1], one.fields[2], one.fields.get(0)) for one in unrolled]
                assert found == [summarise(session, step) for step in steps.list_steps(session)]

    def test_writes_repeats_only_beyond_fifty_steps(self) -> None:
        short, long = plan_session(), plan_session(24, weeks=26, session_minutes=120)
        more = replace(long, exercises=long.exercises * 2)
        assert len(steps.list_steps(more)) > workout_lines.MAX_FLAT_LINES
        assert all(line[1] != 6 for line in read(short)["workout_step"])
        lines = read(more)["workout_step"]
        assert any(line[1] == 6 for line in lines)
        assert len(lines) <= workout_lines.MAX_FLAT_LINES


def summarise(session: Session, step: Step) -> tuple[int, int | None, str | None]:
    """Return duration type, value and name that the line of a step must have."""
    exercise, planned = step.find(session)
    if step.kind == "rest":
        return 0, 1000 * exercise.rest_s, None
    side = "" if planned.side == "both" else f" ({planned.side})"
    name = exercise.exercise.name + side
    if planned.seconds is not None:
        return 0, 1000 * planned.seconds, name
    return 29, planned.reps, name


class TestHold:
    session, exercise = find_exercise("side-plank-knees", **CORE)
    lines = read(session)["workout_step"]

    def test_ends_by_time_and_is_active(self) -> None:
        left, right, rest = self.lines[:3]
        assert [line[0] for line in (left, right)] == [
            "Side plank from the knees (left)",
            "Side plank from the knees (right)",
        ]
        assert self.exercise.sets[0].seconds == 20
        for line in (left, right):
            assert (line[1], line[2], line[3], line[7]) == (0, 20_000, 2, 0)
            assert (line[10], line[11], line[12], line[13]) == (19, 66, 0, 1)
        assert (rest[1], rest[2], rest[7]) == (0, 60_000, 1)

    def test_has_its_range_and_its_reserve_in_the_note(self) -> None:
        note = self.lines[0][8]
        assert note.startswith("Side plank from the knees. 20-30 s. Keep 20 s in reserve. ")
        assert self.exercise.exercise.cues[0] in note
        assert note.endswith(" [side-plank-knees/left]")

    def test_has_no_category_where_fit_has_no_name_for_it(self) -> None:
        silent = {**FIT_NAMES, "side-plank-knees": None}
        data = workout.write(PROGRAM, 6, self.session, silent)
        (first, *_), titles = (
            watch_simulator.read(data).get(name, []) for name in ("workout_step", "exercise_title")
        )
        assert (first.get(10), first.get(11), titles) == (None, None, [])


class TestCore:
    def test_fits_six_tracks_onto_a_watch(self) -> None:
        for week in plan(**CORE, weeks=12).weeks:
            for session in week.sessions:
                assert len({exercise.track for exercise in session.exercises}) == 6
                lines = read(session)["workout_step"]
                assert len(lines) <= workout_lines.MAX_FLAT_LINES
                names = {line[0].partition(" (")[0] for line in lines if line.get(0)}
                assert names == {one.exercise.name for one in session.exercises}

    def test_has_both_kinds_of_duration(self) -> None:
        (session, *_) = plan(**CORE, weeks=12).weeks[0].sessions
        work = [line for line in read(session)["workout_step"] if line.get(0)]
        kinds = {line[8].rpartition("[")[2].partition("/")[0]: line[1] for line in work}
        assert kinds == {
            "straight-leg-calf-raise": 29,
            "bent-knee-calf-raise": 29,
            "step-up": 29,
            "side-plank-knees": 0,
            "bridge": 29,
            "plank-knees": 0,
        }


class TestLoadChoice:
    session, exercise = find_exercise("leg-press-calf-raise", **MACHINES)

    def test_has_no_weight(self) -> None:
        work = [line for line in read(self.session)["workout_step"] if line.get(0)]
        assert work
        assert {(line.get(12), line.get(13)) for line in work} == {(None, None)}

    def test_has_the_choice_in_the_note(self) -> None:
        note = read(self.session)["workout_step"][0][8]
        assert note.startswith("Calf raise on the leg press, one leg. ")
        reserve = self.exercise.sets[0].rir
        assert f"Take a weight that leaves {reserve} in reserve." in note

    def test_has_the_category_alone_where_fit_has_no_name(self) -> None:
        messages = read(self.session)
        assert [messages["workout_step"][0].get(field) for field in (10, 11)] == [1, None]
        assert "exercise_title" not in messages

    def test_leaves_the_weights_of_other_exercises(self) -> None:
        lines = read(plan(**MACHINES).weeks[-1].sessions[0])["workout_step"]
        weights = {line[0].partition(" (")[0]: line.get(12) for line in lines if line.get(0)}
        assert weights == {
            "Calf raise on the leg press, one leg": None,
            "Seated machine calf raise": None,
            "Step-up with slow lowering": 0,
        }


class TestWriteArchive:
    def test_has_a_file_for_each_session_and_the_warnings(self) -> None:
        week = plan().weeks[0]
        data = workout.write_archive(PROGRAM, week, FIT_NAMES)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [
                *(f"pushoff-w01-s{session.index}.fit" for session in week.sessions),
                "warnings.json",
            ]
            for session in week.sessions:
                data = archive.read(workout.format_file_name(1, session.index))
                assert data == workout.write(PROGRAM, 1, session, FIT_NAMES)
            warnings = json.loads(archive.read("warnings.json"))
        codes = [remark.code for remark in list_warnings(week.sessions[0])]
        assert [one["code"] for one in warnings["pushoff-w01-s1.fit"]] == codes

    @each_layout
    def test_writes_the_same_bytes_every_time(self, layout: Layout) -> None:
        week = plan().weeks[0]
        once = workout.write_archive(PROGRAM, week, FIT_NAMES, layout)
        assert workout.write_archive(PROGRAM, week, FIT_NAMES, layout) == once


def list_warnings(session: Session) -> tuple[ImportRemark, ...]:
    return workout.list_warnings(session, FIT_NAMES)


class TestListWarnings:
    def test_points_at_all_values_without_a_field(self) -> None:
        session = plan_session(week=1, level="beginner", units="imperial")
        exercise = replace(
            session.exercises[1],
            sets=(
                replace(
                    session.exercises[1].sets[0],
                    side="left",
                    reps=15,
                    reps_max=20,
                    load=Load(5, "lb"),
                ),
            ),
        )
        warnings = list_warnings(replace(session, exercises=(exercise,)))
        assert {remark.code: remark.pointer for remark in warnings} == {
            "no_exact_name": "/exercises/0/slug",
            "tempo": "/exercises/0/slug",
            "effort": "/exercises/0/sets",
            "side": "/exercises/0/sets/0/side",
            "rep_range": "/exercises/0/sets/0/reps_max",
            "load_unit": "/exercises/0/sets/0/load/unit",
        }

    def test_points_at_the_range_of_a_hold(self) -> None:
        session, _ = find_exercise("plank-knees", **CORE)
        assert {remark.code: remark.pointer for remark in list_warnings(session)} == {
            "effort": "/exercises/0/sets",
            "hold_range": "/exercises/0/sets/0/seconds_max",
        }

    def test_points_at_a_load_of_the_runners_choice(self) -> None:
        session, _ = find_exercise("leg-press-calf-raise", **MACHINES)
        pointers = {remark.code: remark.pointer for remark in list_warnings(session)}
        assert pointers["load_choice"] == "/exercises/0/load_choice"

    def test_omits_what_fit_can_express(self) -> None:
        session = plan_session(week=1, level="beginner")
        exercise = session.exercises[0]
        planned = replace(exercise.sets[0], reps_max=exercise.sets[0].reps)
        warnings = list_warnings(replace(session, exercises=(replace(exercise, sets=(planned,)),)))
        assert [remark.code for remark in warnings] == ["tempo", "effort"]

    def test_distinguishes_no_name_from_a_similar_name(self) -> None:
        session = plan(step_heights_cm=()).weeks[0].sessions[0]
        details = {r.detail for r in list_warnings(session) if r.code == "no_exact_name"}
        assert any(detail.startswith("FIT has no name") for detail in details)
        assert any("Standing calf raise" in detail for detail in details)


class TestTempo:
    def test_omits_pauses_of_zero_seconds(self) -> None:
        session, exercise = find_exercise("straight-leg-calf-raise", level="beginner")
        assert exercise.exercise.tempo == Tempo(2, 1, 3, 0)
        note = read(session)["workout_step"][0][8]
        assert " 2 s up, 1 s hold, 3 s down. Keep " in note
