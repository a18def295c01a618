"""/programs/{program_id}/adapt, continue and simulate: what comes next after a log.

For apps that store their own data: the log comes with the request, and nothing is stored. The log
becomes values here, `fold_scheduling` runs the engine, and the answer is built from the
FollowedProgram.
"""

import uuid
from collections.abc import Iterator, Sequence
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import TypeAdapter

from app.programs import adapting_schemas as schemas
from app.programs import continuing, lookup
from app.programs.lookup import ProgramId
from app.sessions import fold_scheduling, from_wire
from app.training.adapting import changes, next_session
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.simulation import SimulatedRunner
from app.training.catalog import reasons
from app.training.catalog.reasons import DISCLAIMER, NOTE_SENTENCES
from app.training.log.completed import CompletedSession
from app.training.log.logbook import DataNote
from app.training.planning import program_parts, week_answer
from app.training.planning.program_parts import WeekAlone
from app.web.docs.operations import describe_responses
from app.web.http.answers import JSON, NO_STORE
from app.web.http.problems import NotFound
from app.web.http.routing import BatchRoute

router = APIRouter(prefix="/programs", tags=["programs"], route_class=BatchRoute)

_ADAPTED, _CONTINUED = TypeAdapter(schemas.AdaptOut), TypeAdapter(schemas.ContinueOut)
_SIMULATED = TypeAdapter(schemas.SimulateOut)
# A session without an id gets one from its content, so that a repeated session has the same id.
_ID_NAMESPACE = UUID("0c5f6d0e-52f6-4c62-8f5e-3f7f2a9d1c11")


@router.post(
    "/{program_id}/adapt",
    summary="Ask what comes next after a log",
    response_model=schemas.AdaptOut,
    responses=describe_responses("What comes next, and why.", [], [NotFound]),
)
async def adapt_program(program_id: ProgramId, sent: schemas.AdaptIn) -> Response:
    """Adapts the programme to everything that was done and returns the week after the last one that
    is over, with the reason for every change, and the next session. What cannot be used in the log
    becomes a note.
    """
    followed, notes = await _follow_log(program_id, sent)
    block = followed.block
    adapted = schemas.AdaptOut(
        status=followed.status,
        program_id=program_id,
        week=_build_running_week(followed),
        changes=changes.list_changes(followed),
        next=next_session.find_next(followed),
        reason=None if block is None else reasons.explain_block(block.cause),
        data_notes=notes,
        disclaimers=(DISCLAIMER,),
    )
    return _respond(_ADAPTED.dump_json(adapted))


@router.post(
    "/{program_id}/continue",
    summary="Continue a programme under new conditions",
    response_model=schemas.ContinueOut,
    responses=describe_responses("The successor.", [], [NotFound]),
)
async def continue_program(program_id: ProgramId, sent: schemas.ContinueIn) -> Response:
    """The successor of a programme that ends, or whose equipment, races, tests or other fields
    change. It starts where the log ends, so the runner keeps the progress. After a block it needs
    `cleared`: a professional has to see the runner first.
    """
    followed, notes = await _follow_log(program_id, sent)
    continued = continuing.continue_followed(followed, sent, notes)
    return _respond(_CONTINUED.dump_json(continued))


@router.post(
    "/{program_id}/simulate",
    summary="Simulate how a programme would go",
    response_model=schemas.SimulateOut,
    responses=describe_responses("The simulated programme.", [], [NotFound]),
)
async def simulate_program(program_id: ProgramId, sent: schemas.SimulateIn) -> Response:
    """Every week of the programme for a runner who trains like this, with reasons. The same seed
    gives the same weeks. It shows what the rules do; it is not a prediction.
    """
    runner = SimulatedRunner(sent.adherence, sent.effort, frozenset(sent.missed_weeks), sent.seed)
    simulation = await fold_scheduling.simulate(lookup.find_program(program_id), runner)
    simulated = schemas.SimulateOut(
        program_id=program_id,
        status=simulation.status,
        exercise_details=simulation.exercise_details,
        weeks=simulation.weeks,
        disclaimers=(DISCLAIMER,),
    )
    return _respond(_SIMULATED.dump_json(simulated))


def _build_running_week(followed: FollowedProgram) -> WeekAlone | None:
    """Return the week after the last one that is over, or None if nothing is planned."""
    if followed.running is None:
        return None
    rendered, why = followed.running.week, followed.week_reasons()
    week = week_answer.build_week_with_reasons(followed.constants, rendered, why)
    return program_parts.complete_week(week, week_answer.collect_details([rendered]))


async def _follow_log(
    program_id: str, sent: schemas.AdaptIn
) -> tuple[FollowedProgram, list[DataNote]]:
    ref = lookup.find_program(program_id)

    def follow() -> tuple[FollowedProgram, list[DataNote]]:
        sessions = [*_read_log(sent.sessions)]
        own = [s for s in sessions if s.program_id in (None, program_id)]
        followed = ref.follow(own, through_week=sent.through_week, as_of=sent.as_of)
        others = [
            DataNote("OTHER_PROGRAMME", NOTE_SENTENCES["OTHER_PROGRAMME"], s.session_id, None)
            for s in sessions
            if s.program_id not in (None, program_id)
        ]
        return followed, [*followed.log.notes, *others]

    # Uploaded sessions are parsed first, and the texts of equal ids are compared. This takes up to
    # 0.4 ms a session, as much as 40 sets.
    sets = fold_scheduling.count_sets(sent.sessions) + 40 * len(sent.sessions)
    return await fold_scheduling.run(follow, sets=sets)


def _read_log(sent: Sequence[schemas.LoggedSessionIn]) -> Iterator[CompletedSession]:
    """Yield the sessions of a log as values. Normalisation resolves contradictions later."""
    for session in sent:
        session_id = session.session_id or uuid.uuid5(_ID_NAMESPACE, session.model_dump_json())
        sets = tuple(from_wire.parse_sets_with_ids(session, session_id))
        yield from_wire.parse_own_fields(session, session_id, sets)


def _respond(body: bytes) -> Response:
    return Response(body, headers=NO_STORE, media_type=JSON)
