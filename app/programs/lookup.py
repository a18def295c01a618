"""Programmes, weeks and sessions by programme id, for all routes that have one in their path.

An id that encodes no programme raises NotFound, whatever is wrong with it; the id of a retired
engine raises ProgramEngineRetired. The problems of a spec or a programme that fits no route
are made here too, so that all features use the same words.
"""

from typing import Annotated

from fastapi import Path

from app.training import engine
from app.training.engine import EngineRetired, ProgramRef
from app.training.planning import plan_constants, program
from app.training.planning.id_bytes import UnknownProgram
from app.training.planning.program import Program
from app.training.planning.spec_building import SpecError
from app.training.planning.start_checks import check_start
from app.training.planning.week import Session, Week
from app.web.http.problems import FieldError, NotFound, ProgramEngineRetired, ValidationFailed

NO_PROGRAM = "There is no programme with this id."
ProgramId = Annotated[
    str, Path(description="The id of a programme, its `program_id`.", examples=["AgCZvl77"])
]
# The id of a programme that starts on 30 November 2026 in Berlin.
DATED_EXAMPLE = "AoDAgAHulC0NRXVyb3BlL0JlcmxpbpuiNS4"
DatedProgramId = Annotated[
    str, Path(description="The id of a programme with a `start_date`.", examples=[DATED_EXAMPLE])
]


def find_program(program_id: str) -> ProgramRef:
    """Find the spec and the engine of an id. Raises NotFound and ProgramEngineRetired."""
    try:
        ref = engine.find_program(program_id)
        check_start(plan_constants.derive(ref.spec))
    except (UnknownProgram, SpecError) as bad:
        raise NotFound(NO_PROGRAM) from bad
    except EngineRetired as retired:
        path = f"/programs/{retired.successor.program_id}"
        raise ProgramEngineRetired(
            f"The same spec is planned by the current engine under {path}.",
            headers={"Link": f'<{path}>; rel="successor-version"'},
        ) from retired
    if program.find_block(ref.spec) is not None:
        raise NotFound(NO_PROGRAM)
    return ref


def find_dated_program(program_id: str) -> ProgramRef:
    """Find a programme with dates. Raises as find_program, and ValidationFailed if it has none."""
    ref = find_program(program_id)
    if ref.spec.start_date is None:
        raise undated(parameter="program_id")
    return ref


def pick_week(program: Program, number: int) -> Week:
    """Return one week of a programme. Raises NotFound if there is none with this number."""
    if number > len(program.weeks):
        raise NotFound(f"The programme has {len(program.weeks)} weeks.")
    return program.weeks[number - 1]


def pick_session(week: Week, place: int) -> Session:
    """Return the session with this place in the full week. Raises NotFound if there is none."""
    for session in week.sessions:
        if session.index == place:
            return session
    places = ", ".join(str(session.index) for session in week.sessions)
    raise NotFound(f"The week has the sessions {places}." if places else "The week has no session.")


def undated(**place: str) -> ValidationFailed:
    """Return the problem of a programme without dates, which no calendar can show. `place` is that
    of the FieldError.
    """
    detail = "is the id of a programme without dates: plan it with a start_date"
    return ValidationFailed(
        "This programme has no dates. Plan it again with a start_date, and use the new program_id.",
        errors=[FieldError(detail, "undated", **place)],
    )


def unplannable(error: FieldError) -> ValidationFailed:
    """Return the problem of a spec whose fields are valid one by one but not together."""
    where = (error.pointer or error.parameter or "").strip("/")
    return ValidationFailed(f"This spec cannot be planned: {where} {error.detail}.", errors=[error])
