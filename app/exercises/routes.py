"""/exercises: the catalogue. Each exercise is encoded once, when the module is loaded."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import TypeAdapter

from app.exercises.schemas import ExerciseFilter, ExerciseList
from app.training.catalog.exercises import EXERCISES, LADDERS, LOADERS, Exercise
from app.training.catalog.track_definitions import TRACKS
from app.web.docs.operations import describe_responses
from app.web.http.answers import CACHE_FIVE_MINUTES
from app.web.http.problems import NotFound
from app.web.http.responses import respond_cached
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/exercises", tags=["exercises"], route_class=StrictRoute)

_EXERCISE = TypeAdapter(Exercise)
_ENCODED = {slug: _EXERCISE.dump_json(exercise) for slug, exercise in EXERCISES.items()}
_IN_ORDER = [rung.exercise for track in TRACKS for rung in LADDERS[track]]
_ALWAYS_AVAILABLE = {"floor", "wall"}


@router.get(
    "",
    summary="List the exercises",
    response_model=ExerciseList,
    responses=describe_responses("The exercises.", ["ETag"]),
)
async def list_exercises(wanted: Annotated[ExerciseFilter, Query()], request: Request) -> Response:
    """The exercises of all ladders in order, from easy to hard. Filters narrow the list. What may
    replace one of them has its slug in `alternatives`.
    """

    def build() -> bytes:
        items = (_ENCODED[e.slug] for e in _IN_ORDER if _matches(e, wanted))
        return b'{"items":[' + b",".join(items) + b"]}"

    return respond_cached(request, build, CACHE_FIVE_MINUTES, compress=True)


@router.get(
    "/{slug}",
    summary="Get one exercise",
    response_model=Exercise,
    responses=describe_responses("The exercise.", ["ETag"], [NotFound]),
)
async def get_exercise(
    slug: Annotated[
        str,
        Path(
            description="The exercise's slug. A published slug never changes.",
            examples=["bent-knee-calf-raise"],
        ),
    ],
    request: Request,
) -> Response:
    """One exercise: how to set up, how to move, how to progress, and its evidence."""
    if slug not in _ENCODED:
        raise NotFound("There is no exercise with this slug.")
    return respond_cached(request, lambda: _ENCODED[slug], CACHE_FIVE_MINUTES, compress=True)


def _matches(exercise: Exercise, wanted: ExerciseFilter) -> bool:
    muscles = exercise.muscles
    return (
        wanted.track in (None, exercise.track)
        and wanted.laterality in (None, exercise.laterality)
        and wanted.seed in (None, "true" if exercise.seed else "false")
        and (
            wanted.muscle is None
            or wanted.muscle in (*muscles.primary, *muscles.secondary, *muscles.stabilisers)
        )
        and (wanted.equipment is None or _is_possible(exercise, wanted.equipment))
    )


def _is_possible(exercise: Exercise, owned: list[str]) -> bool:
    """Return whether this equipment is enough: everything that the exercise needs, and any one of
    its loaders.
    """
    needed = set(exercise.equipment) - _ALWAYS_AVAILABLE
    loaders = needed & set(LOADERS)
    return needed - loaders <= set(owned) and (not loaders or bool(loaders & set(owned)))
