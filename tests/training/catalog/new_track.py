"""Plan, adapt, draw and export with the track in lunge.toml, and print the results as JSON.

test_new_track runs this in a separate process, because the catalogue is loaded once at import.
"""

import datetime
import json
import sys
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.formats.charts import chart
from app.formats.companion import to_companion
from app.formats.csv import exercise_names
from app.formats.fit import exercise_codes, workout
from app.formats.ical import calendar_writer
from app.formats.ical.calendar_content import PLANNED_AT, CalendarContent
from app.programs.start_schemas import StartIn
from app.training import engine
from app.training.adapting import calendar_entries
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.simulation import SimulatedRunner
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.log.completed import MorningPain
from app.training.measures.progress import measure_progress
from app.training.planning import program_ids
from app.training.planning.start import Start, TrackStart
from tests.formats.fit import watch_simulator
from tests.training import golden, journal
from tests.training.strategies import make_spec

# Fields of a step of a FIT workout, and FIT's number of the new track's exercises.
CATEGORY, NAME = 10, 11
LUNGE = 17
MONDAY = datetime.date(2027, 3, 1)
BACK_PAIN = journal.sessions(morning_pain=MorningPain(7, "back"))


def describe(followed: FollowedProgram) -> dict[str, Any]:
    """Return the state of the new track, and the reason for the state of each track."""
    assert followed.running
    state = followed.running.planned.standing.tracks["lunge"]
    return {
        "rung": state.rung.slug,
        "reps": state.reps,
        "suspended": state.suspended,
        "reasons": {track: why.code for track, why in followed.week_reasons().items()},
    }


def rejects_unknown_tracks() -> bool:
    """Whether the type of tracks on the wire takes the codes of the catalogue and no others."""
    known = TypeAdapter[str](Track)
    taken = [known.validate_python(track) for track in TRACKS]
    try:
        known.validate_python("dip")
    except ValidationError:
        return taken == list(TRACKS)
    return False


def collect_results() -> dict[str, Any]:
    """Return the results as values that JSON can hold."""
    wanted = make_spec(start_date=MONDAY, ramp="direct", days_per_week=2)
    ref = engine.identify(wanted)
    program = ref.plan()
    first = program.weeks[0]
    session = first.sessions[0]
    log = journal.log_week(wanted, first)
    followed = ref.follow(log, through_week=1)
    painful = ref.follow(journal.log_week(wanted, first, BACK_PAIN), through_week=1)
    begun = make_spec(start=Start(lunge=TrackStart(2, 12), step_up=TrackStart(1, 15)))
    begun_id = program_ids.encode(begun, engine.CURRENT.number)
    names = followed.constants.fit_names
    written = workout.write(program.program_id, 1, session, names)
    lines = watch_simulator.read(written)["workout_step"]
    feed = CalendarContent(
        program.program_id, calendar_entries.list_planned(program), "UTC", PLANNED_AT
    )
    block = to_companion.convert_session(program.program_id, 1, session, names).blocks[0]
    wire = StartIn.model_validate({"lunge": {"rung": 2, "reps": 30}}).to_value()
    return {
        "tracks": TRACKS,
        "rejects unknown tracks": rejects_unknown_tracks(),
        "specs of golden ids": [
            golden.SPEC.dump_python(program_ids.decode(one.id)[1], mode="json")
            for one in golden.load_goldens()
        ],
        "start survives an id": program_ids.decode(begun_id) == (engine.CURRENT.number, begun),
        "start": golden.SPEC.dump_python(begun, mode="json")["start"],
        "start from the wire": wire == Start(lunge=TrackStart(2, 30)),
        "first session": [exercise.slug for exercise in session.exercises],
        "session types": {
            kind: sorted({e.track for s in split.sessions if s.type == kind for e in s.exercises})
            for split in plan_first_weeks(days_per_week=5)
            for kind in "CS"
        },
        "after a week": describe(followed),
        "after a week with back pain": describe(painful),
        "hard sets": TypeAdapter(Any).dump_python(
            measure_progress(followed, log).hard_sets.weeks[0]
        ),
        "simulated weeks": len(ref.simulate(SimulatedRunner(adherence=0.8)).weeks),
        "picture": chart.draw_program(program).decode(),
        "workout": [(line[CATEGORY], line[NAME]) for line in lines if line.get(CATEGORY) == LUNGE],
        "fit code": str(exercise_codes.encode(names[session.exercises[0].slug])),
        "fit code with a load": find_slug(exercise_codes.ExerciseCode(17, 33)),
        "health connect": block.steps[0].health_connect.segment_type,
        "calendar": calendar_writer.write(feed).decode(),
        "split lunge": exercise_names.find("Split lunge", loaded=False),
    }


def plan_first_weeks(**fields: Any) -> Any:
    """Return a list with the first week of a programme."""
    return engine.identify(make_spec(**fields)).plan().weeks[:1]


def find_slug(code: exercise_codes.ExerciseCode) -> str | None:
    """Return the slug of the exercise of a FIT code."""
    found = exercise_codes.find_exercise(code)
    return None if found is None else found.slug


if __name__ == "__main__":
    sys.stdout.write(json.dumps(collect_results(), default=str))
