"""/exercises: the catalogue, encoded once when the module is loaded."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import TypeAdapter

from app.exercises.schemas import ExerciseFilter, ExerciseList
from app.training.catalog.exercises import EXERCISES, LADDERS, LOADERS, Exercise
from app.training.catalog.tracks import TRACKS
from app.web.docs.operations import success_response
from app.web.http import answers
from app.web.http.answers import CACHE_FIVE_MINUTES, AnswerCache
from app.web.http.problems import NotFound, problem_responses
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/exercises", tags=["exercises"], route_class=StrictRoute)

ENCODER = TypeAdapter(Exercise)
ENCODED = {slug: ENCODER.dump_json(exercise) for slug, exercise in EXERCISES.items()}
RUNGS = [rung.exercise for track in TRACKS for rung in LADDERS[track]]
ALWAYS_THERE = {"floor", "wall"}


@router.get(
    "",
    operation_id="list_exercises",
    summary="List the exercises",
    response_model=ExerciseList,
    responses={200: success_response("The exercises.", "ETag")},
)
async def list_exercises(wanted: Annotated[ExerciseFilter, Query()], request: Request) -> Response:
    """All rungs of the three ladders in order, from easy to hard; narrow them with filters."""
    items = b",".join(ENCODED[e.slug] for e in RUNGS if fits(e, wanted))
    finished = answers.prepare(
        b'{"items":[' + items + b"]}", router.prefix, CACHE_FIVE_MINUTES, compress=True
    )
    if not request.scope["query_string"]:
        put_on_shelf(request, finished)
    return finished.respond(request)


@router.get(
    "/{slug}",
    operation_id="get_exercise",
    summary="Get one exercise",
    response_model=Exercise,
    responses={200: success_response("The exercise.", "ETag"), **problem_responses(NotFound)},
)
async def get_exercise(
    slug: Annotated[
        str,
        Path(
            description="The exercise's slug; once published, it stays.",
            examples=["bent-knee-calf-raise"],
        ),
    ],
    request: Request,
) -> Response:
    """One exercise: how to set up, move, and go on from it, with its evidence."""
    if slug not in ENCODED:
        raise NotFound("There is no exercise with this slug.")
    finished = answers.prepare(
        ENCODED[slug], f"{router.prefix}/{{slug}}", CACHE_FIVE_MINUTES, compress=True
    )
    return put_on_shelf(request, finished).respond(request)


def put_on_shelf(request: Request, finished: answers.PreparedAnswer) -> answers.PreparedAnswer:
    """Keeps an answer for the next who asks."""
    shelf: AnswerCache = request.app.state.answer_cache
    return shelf.put(request.scope["path"], finished)


def fits(exercise: Exercise, wanted: ExerciseFilter) -> bool:
    """Whether an exercise meets every condition of a filter."""
    muscles = exercise.muscles
    return (
        wanted.track in (None, exercise.track)
        and wanted.laterality in (None, exercise.laterality)
        and wanted.seed in (None, "true" if exercise.seed else "false")
        and (
            wanted.muscle is None
            or wanted.muscle in (*muscles.primary, *muscles.secondary, *muscles.stabilisers)
        )
        and (wanted.equipment is None or can_do(exercise, wanted.equipment))
    )


def can_do(exercise: Exercise, owned: list[str]) -> bool:
    """Whether what somebody owns is enough: all that is needed, and any one of the loaders."""
    needed = set(exercise.equipment) - ALWAYS_THERE
    loaders = needed & set(LOADERS)
    return needed - loaders <= set(owned) and (not loaders or bool(loaders & set(owned)))
