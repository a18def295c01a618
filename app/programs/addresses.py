"""What stands under the addresses made of a programme's id.

Shared by all routes below `/programs/{program_id}`; an id that does not stand for anything is a
NotFound here, whatever is the matter with it.
"""

from typing import Annotated

from fastapi import Path

from app.training import identity, program, terms
from app.training.identity import UnknownProgram
from app.training.program import Program
from app.training.spec import Spec, SpecError
from app.training.week import Session, Week
from app.web.problems import FieldError, NotFound, ValidationFailed, at_parameter

NO_PROGRAM = "There is no programme with this id."
ProgramId = Annotated[
    str,
    Path(
        description="A programme's id, as `program_id` of a programme gives it.",
        examples=["AQBH3FQM"],
    ),
]
# One that starts on 30 November 2026 in Berlin.
DATED_EXAMPLE = "AYDAgAHulC0NRXVyb3BlL0JlcmxpblTKZXo"
DatedProgramId = Annotated[
    str,
    Path(
        description="The id of a programme with a `start_date`.",
        examples=[DATED_EXAMPLE],
    ),
]
# What is wrong with a programme without dates, and the code of it.
UNDATED = ("is of a programme without dates: plan it with a start_date", "undated")


def find_spec(program_id: str) -> Spec:
    """The spec of an id. Raises NotFound for what is no id of ours."""
    try:
        spec = identity.decode(program_id)
        terms.work_out(spec)
    except (UnknownProgram, SpecError) as bad:
        raise NotFound(NO_PROGRAM) from bad
    if program.blocked(spec) is not None:
        raise NotFound(NO_PROGRAM)
    return spec


def find_dated(program_id: str) -> Spec:
    """The spec of a programme with dates. Raises NotFound, and ValidationFailed without dates."""
    spec = find_spec(program_id)
    if spec.start_date is None:
        raise undated(at_parameter("program_id", *UNDATED))
    return spec


def open_program(program_id: str) -> Program:
    """The programme of an id. Raises NotFound."""
    return program.plan(find_spec(program_id), program_id)


def pick_week(program_id: str, number: int) -> Week:
    """One week of a programme. Raises NotFound outside of it."""
    weeks = open_program(program_id).weeks
    if number > len(weeks):
        raise NotFound(f"The programme has {len(weeks)} weeks.")
    return weeks[number - 1]


def pick_session(program_id: str, week: int, number: int) -> Session:
    """One session of a week. Raises NotFound outside of it."""
    sessions = pick_week(program_id, week).sessions
    if number > len(sessions):
        raise NotFound(f"The week has {len(sessions)} sessions.")
    return sessions[number - 1]


def undated(error: FieldError) -> ValidationFailed:
    """The problem of a programme that no calendar has a place for."""
    return ValidationFailed(
        "This programme has no dates. Plan it again with a start_date, and use that one's id.",
        errors=[error],
    )


def unplannable(error: FieldError) -> ValidationFailed:
    """The problem of a spec whose fields are fine one by one but not together."""
    where = (error.pointer or error.parameter or "").strip("/")
    return ValidationFailed(f"This spec cannot be planned: {where} {error.detail}.", errors=[error])
