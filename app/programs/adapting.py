"""/programs/{program_id}/adapt, continue, simulate: what was done decides what comes next.

For apps that keep their own data: the log comes with the request, and nothing is stored.
"""

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import TypeAdapter

from app.programs import lookup
from app.programs.adapting_schemas import (
    AdaptIn,
    AdaptOut,
    ChangeOut,
    ContinueIn,
    ContinueOut,
    DoneIn,
    SimulateIn,
    SimulateOut,
)
from app.programs.lookup import ProgramId
from app.sessions import from_wire
from app.training import engine
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.simulation import Runner
from app.training.catalog import reasons
from app.training.catalog.reasons import DISCLAIMER
from app.training.log.completed import CompletedSession
from app.training.log.logbook import NOTE_SENTENCES, DataNote
from app.training.planning import program
from app.training.planning.spec import SpecError
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.problems import NotFound, ValidationFailed, at_pointer, problem_responses
from app.web.http.routing import BatchRoute

router = APIRouter(prefix="/programs", tags=["programs"], route_class=BatchRoute)

ADAPTED, SUCCESSOR = TypeAdapter(AdaptOut), TypeAdapter(ContinueOut)
SIMULATED = TypeAdapter(SimulateOut)
# Ids for sessions of a log that come without one: by their content, so that repeats are the same.
NAMELESS = UUID("0c5f6d0e-52f6-4c62-8f5e-3f7f2a9d1c11")
JSON = answers.JSON
NOT_KEPT = {"Cache-Control": "no-store"}


@router.post(
    "/{program_id}/adapt",
    operation_id="adapt_program",
    summary="Ask what comes next after a log",
    response_model=AdaptOut,
    responses={200: success_response("What comes next, and why."), **problem_responses(NotFound)},
)
async def adapt_program(program_id: ProgramId, sent: AdaptIn) -> Response:
    """Folds everything that was done into the programme and answers the week after the last one
    that is over, with the reason for every change. Whatever is odd in the log becomes a note.
    """
    followed, notes = await asyncio.to_thread(follow_log, program_id, sent)
    blocked = followed.status == "blocked"
    told = AdaptOut(
        status=followed.status,
        program_id=program_id,
        week=followed.week,
        changes=[ChangeOut(**asdict(change)) for change in followed.changes()],
        reason=reasons.explain("CLEARANCE_REQUIRED") if blocked else None,
        data_notes=[*followed.log.notes, *notes],
        disclaimers=(DISCLAIMER,),
    )
    return Response(ADAPTED.dump_json(told, by_alias=True), headers=NOT_KEPT, media_type=JSON)


@router.post(
    "/{program_id}/continue",
    operation_id="continue_program",
    summary="Continue a programme under new conditions",
    response_model=ContinueOut,
    responses={200: success_response("The successor."), **problem_responses(NotFound)},
)
async def continue_program(program_id: ProgramId, sent: ContinueIn) -> Response:
    """The successor of a programme that ends, gains equipment, moves its race or has a new test.
    It starts where the log ends, so that no progress is lost.
    """
    followed, notes = await asyncio.to_thread(follow_log, program_id, sent)
    if followed.status == "blocked" and not sent.cleared:
        error = at_pointer(["cleared"], "must be true after the programme was blocked", "cleared")
        raise ValidationFailed(
            "The programme is blocked; it goes on once a professional cleared the runner.",
            errors=[error],
        )
    try:
        spec = engine.continue_program(followed, sent.spec.to_fields())
    except SpecError as bad:
        error = at_pointer(["spec", *bad.path], bad.detail, "spec")
        raise lookup.unplannable(error) from bad
    if (why := program.find_block(spec)) is not None:
        field = "red_flags" if spec.red_flags else "pain_now"
        raise ValidationFailed(
            why.sentence, errors=[at_pointer(["spec", field], "blocks the programme", "blocked")]
        )
    told = ContinueOut(
        program_id=engine.identify(spec).program_id,
        spec=spec,
        data_notes=[*followed.log.notes, *notes],
    )
    return Response(SUCCESSOR.dump_json(told), headers=NOT_KEPT, media_type=JSON)


@router.post(
    "/{program_id}/simulate",
    operation_id="simulate_program",
    summary="Simulate how a programme would go",
    response_model=SimulateOut,
    responses={200: success_response("The simulated course."), **problem_responses(NotFound)},
)
async def simulate_program(program_id: ProgramId, sent: SimulateIn) -> Response:
    """The whole course of a runner who trains like this, week by week, with reasons. The same
    seed gives the same course. It shows what the rules do and predicts nothing.
    """
    runner = Runner(sent.adherence, sent.effort, frozenset(sent.missed_weeks), sent.seed)
    ref = lookup.find_program(program_id)
    ran = await asyncio.to_thread(ref.simulate, runner)
    told = SimulateOut(
        program_id=program_id, status=ran.status, weeks=ran.weeks, disclaimers=(DISCLAIMER,)
    )
    return Response(SIMULATED.dump_json(told), headers=NOT_KEPT, media_type=JSON)


def follow_log(program_id: str, sent: AdaptIn) -> tuple[FollowedProgram, list[DataNote]]:
    """The course of a programme under a log, and notes on sessions that do not belong to it.

    A season takes a while to fold, so this runs in a thread, beside the event loop.
    """
    ref = lookup.find_program(program_id)
    sessions = [*read_log(sent.sessions)]
    ours = [s for s in sessions if s.program_id in (None, program_id)]
    notes = [
        DataNote("OTHER_PROGRAMME", NOTE_SENTENCES["OTHER_PROGRAMME"], s.session_id, None)
        for s in sessions
        if s.program_id not in (None, program_id)
    ]
    return ref.follow(ours, through_week=sent.through_week, as_of=sent.as_of), notes


def read_log(sent: Sequence[DoneIn]) -> Iterator[CompletedSession]:
    """The sessions of a log as values; what contradicts itself is settled by normalisation."""
    for session in sent:
        session_id = session.session_id or uuid.uuid5(NAMELESS, session.model_dump_json())
        yield from_wire.read_own_fields(
            session, session_id, tuple(from_wire.name_sets(session, session_id))
        )
