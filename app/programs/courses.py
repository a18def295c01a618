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

from app.programs import addresses
from app.programs.addresses import ProgramId
from app.programs.exchanges import (
    AdaptIn,
    AdaptOut,
    ChangeOut,
    ContinueIn,
    ContinueOut,
    DoneIn,
    SimulateIn,
    SimulateOut,
)
from app.sessions import uploads
from app.training import course, identity, program, reasons, simulation, succession, terms
from app.training.course import Course
from app.training.log import CompletedSession
from app.training.reasons import DISCLAIMER
from app.training.record import NOTES, DataNote
from app.training.simulation import Runner
from app.training.spec import SpecError
from app.web import caching
from app.web.operations import answered
from app.web.problems import NotFound, ValidationFailed, at_pointer, documented
from app.web.routing import BatchRoute

router = APIRouter(prefix="/programs", tags=["programs"], route_class=BatchRoute)

ADAPTED, SUCCESSOR = TypeAdapter(AdaptOut), TypeAdapter(ContinueOut)
SIMULATED = TypeAdapter(SimulateOut)
# Ids for sessions of a log that come without one: by their content, so that repeats are the same.
NAMELESS = UUID("0c5f6d0e-52f6-4c62-8f5e-3f7f2a9d1c11")
JSON = caching.JSON
NOT_KEPT = {"Cache-Control": "no-store"}


@router.post(
    "/{program_id}/adapt",
    operation_id="adapt_program",
    summary="Ask what comes next after a log",
    response_model=AdaptOut,
    responses={200: answered("What comes next, and why."), **documented(NotFound)},
)
async def adapt_program(program_id: ProgramId, sent: AdaptIn) -> Response:
    """Folds everything that was done into the programme and answers the week after the last one
    that is over, with the reason for every change. Whatever is odd in the log becomes a note.
    """
    standing, notes = await asyncio.to_thread(take_up, program_id, sent)
    blocked = standing.status == "blocked"
    told = AdaptOut(
        status=standing.status,
        program_id=program_id,
        week=standing.week,
        changes=[ChangeOut(**asdict(change)) for change in course.tell_changes(standing)],
        reason=reasons.explain("CLEARANCE_REQUIRED") if blocked else None,
        data_notes=[*standing.log.notes, *notes],
        disclaimers=(DISCLAIMER,),
    )
    return Response(ADAPTED.dump_json(told, by_alias=True), headers=NOT_KEPT, media_type=JSON)


@router.post(
    "/{program_id}/continue",
    operation_id="continue_program",
    summary="Continue a programme under new conditions",
    response_model=ContinueOut,
    responses={200: answered("The successor."), **documented(NotFound)},
)
async def continue_program(program_id: ProgramId, sent: ContinueIn) -> Response:
    """The successor of a programme that ends, gains equipment, moves its race or has a new test.
    It starts where the log ends, so that no progress is lost.
    """
    standing, notes = await asyncio.to_thread(take_up, program_id, sent)
    if standing.status == "blocked" and not sent.cleared:
        error = at_pointer(["cleared"], "must be true after the programme was blocked", "cleared")
        raise ValidationFailed(
            "The programme is blocked; it goes on once a professional cleared the runner.",
            errors=[error],
        )
    try:
        successor = succession.succeed(standing, sent.spec.to_fields())
    except SpecError as bad:
        error = at_pointer(["spec", *bad.path], bad.detail, "spec")
        raise addresses.unplannable(error) from bad
    if (why := program.blocked(successor)) is not None:
        field = "red_flags" if successor.red_flags else "pain_now"
        raise ValidationFailed(
            why.sentence, errors=[at_pointer(["spec", field], "blocks the programme", "blocked")]
        )
    told = ContinueOut(
        program_id=identity.encode(successor),
        spec=successor,
        data_notes=[*standing.log.notes, *notes],
    )
    return Response(SUCCESSOR.dump_json(told), headers=NOT_KEPT, media_type=JSON)


@router.post(
    "/{program_id}/simulate",
    operation_id="simulate_program",
    summary="Simulate how a programme would go",
    response_model=SimulateOut,
    responses={200: answered("The simulated course."), **documented(NotFound)},
)
async def simulate_program(program_id: ProgramId, sent: SimulateIn) -> Response:
    """The whole course of a runner who trains like this, week by week, with reasons. The same
    seed gives the same course. It shows what the rules do and predicts nothing.
    """
    runner = Runner(sent.adherence, sent.effort, frozenset(sent.missed_weeks), sent.seed)
    setting = terms.work_out(addresses.find_spec(program_id))
    ran = await asyncio.to_thread(simulation.simulate, setting, runner)
    told = SimulateOut(
        program_id=program_id, status=ran.status, weeks=ran.weeks, disclaimers=(DISCLAIMER,)
    )
    return Response(SIMULATED.dump_json(told), headers=NOT_KEPT, media_type=JSON)


def take_up(program_id: str, sent: AdaptIn) -> tuple[Course, list[DataNote]]:
    """The course of a programme under a log, and notes on sessions that do not belong to it.

    A season takes a while to fold, so this runs in a thread, beside the event loop.
    """
    spec = addresses.find_spec(program_id)
    sessions = [*read_log(sent.sessions)]
    ours = [s for s in sessions if s.program_id in (None, program_id)]
    notes = [
        DataNote("OTHER_PROGRAMME", NOTES["OTHER_PROGRAMME"], s.session_id, None)
        for s in sessions
        if s.program_id not in (None, program_id)
    ]
    return course.take_up(spec, ours, through_week=sent.through_week, as_of=sent.as_of), notes


def read_log(sent: Sequence[DoneIn]) -> Iterator[CompletedSession]:
    """The sessions of a log as values; what contradicts itself is settled by normalisation."""
    for session in sent:
        session_id = session.session_id or uuid.uuid5(NAMELESS, session.model_dump_json())
        yield uploads.read_own_fields(
            session, session_id, tuple(uploads.name_sets(session, session_id))
        )
