"""/programs/{program_id}/adapt, continue and simulate: what comes next after a log.

For apps that store their own data: the log comes with the request, and nothing is stored. The log
becomes values here, `fold_scheduling` runs the engine, and the answer is built from the
FollowedProgram.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import TypeAdapter

from app.programs import adapting_schemas as schemas
from app.programs import lookup
from app.programs.lookup import ProgramId
from app.sessions import fold_scheduling, from_wire
from app.training import engine
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.simulation import SimulatedRunner
from app.training.catalog import reasons
from app.training.catalog.reasons import DISCLAIMER, NOTE_SENTENCES
from app.training.log.completed import CompletedSession
from app.training.log.logbook import DataNote
from app.training.planning import program
from app.training.planning.spec import SpecError
from app.web.docs.operations import describe_responses
from app.web.http.answers import JSON, NO_STORE
from app.web.http.problems import NotFound, ValidationFailed, error_at_pointer
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
    is over, with the reason for every change. What cannot be used in the log becomes a note.
    """
    followed, notes = await _follow_log(program_id, sent)
    blocked = followed.status == "blocked"
    adapted = schemas.AdaptOut(
        status=followed.status,
        program_id=program_id,
        week=followed.week,
        changes=[schemas.ChangeOut(**asdict(change)) for change in followed.changes()],
        reason=reasons.explain("CLEARANCE_REQUIRED") if blocked else None,
        data_notes=notes,
        disclaimers=(DISCLAIMER,),
    )
    return _respond(_ADAPTED.dump_json(adapted, by_alias=True))


@router.post(
    "/{program_id}/continue",
    summary="Continue a programme under new conditions",
    response_model=schemas.ContinueOut,
    responses=describe_responses("The successor.", [], [NotFound]),
)
async def continue_program(program_id: ProgramId, sent: schemas.ContinueIn) -> Response:
    """The successor of a programme that ends, or whose equipment, race or heel-rise test changes.
    It starts where the log ends, so the runner keeps the progress.
    """
    followed, notes = await _follow_log(program_id, sent)
    if followed.status == "blocked" and not sent.cleared:
        error = error_at_pointer(
            ["cleared"], "must be true after the programme was blocked", "cleared"
        )
        text = "The programme is blocked. It can continue after a professional cleared the runner."
        raise ValidationFailed(text, errors=[error])
    try:
        spec = engine.continue_program(followed, sent.spec.to_fields())
    except SpecError as bad:
        error = error_at_pointer(["spec", *bad.path], bad.detail, "spec")
        raise lookup.unplannable(error) from bad
    if (why := program.find_block(spec)) is not None:
        field = "red_flags" if spec.red_flags else "pain_now"
        error = error_at_pointer(["spec", field], "blocks the programme", "blocked")
        raise ValidationFailed(why.sentence, errors=[error])
    program_id = engine.identify(spec).program_id
    continued = schemas.ContinueOut(program_id=program_id, spec=spec, data_notes=notes)
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
        weeks=simulation.weeks,
        disclaimers=(DISCLAIMER,),
    )
    return _respond(_SIMULATED.dump_json(simulated))


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
