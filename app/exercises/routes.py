"""/exercises: the catalogue and its pictures.

Each exercise is encoded once, when the module is loaded, and each picture is drawn once.
"""

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import TypeAdapter

from app.exercises.schemas import (
    ExerciseFilter,
    ExerciseList,
    IllustratedExercise,
    PictureQuery,
    Pictures,
)
from app.formats.figures import illustration
from app.training.catalog.exercises import EXERCISES, LADDERS, LOADERS, Exercise
from app.training.catalog.track_definitions import TRACKS
from app.web.docs.operations import describe_responses
from app.web.http import answers
from app.web.http.answers import CACHE_FIVE_MINUTES, PreparedAnswer
from app.web.http.problems import NotFound
from app.web.http.responses import respond_cached
from app.web.http.routing import StrictRoute

router = APIRouter(prefix="/exercises", tags=["exercises"], route_class=StrictRoute)

_PICTURE_PATH = "/{slug}/illustration.svg"


def _illustrate(exercise: Exercise) -> IllustratedExercise:
    """Return an exercise with the paths of its pictures."""
    still, alt = exercise.picture_path, illustration.describe(exercise.slug)
    pictures = Pictures(still, f"{still}?view=motion", alt, illustration.LICENSE)
    fields = {name: getattr(exercise, name) for name in Exercise.__dataclass_fields__}
    return IllustratedExercise(**fields, pictures=pictures)


_EXERCISE = TypeAdapter(IllustratedExercise)
_ENCODED = {slug: _EXERCISE.dump_json(_illustrate(one)) for slug, one in EXERCISES.items()}
Slug = Annotated[
    str,
    Path(
        description="The exercise's slug. A published slug never changes.",
        examples=["bent-knee-calf-raise"],
    ),
]
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
    response_model=IllustratedExercise,
    responses=describe_responses("The exercise.", ["ETag"], [NotFound]),
)
async def get_exercise(slug: Slug, request: Request) -> Response:
    """One exercise: how to set up, how to move, how to progress, its pictures and its evidence."""
    _check_slug(slug)
    return respond_cached(request, lambda: _ENCODED[slug], CACHE_FIVE_MINUTES, compress=True)


@router.get(
    _PICTURE_PATH,
    summary="Get a picture of an exercise",
    response_class=answers.file_response(answers.SVG),
    responses=describe_responses("The picture.", ["ETag"], [NotFound]),
)
def get_illustration(
    slug: Slug, wanted: Annotated[PictureQuery, Query()], request: Request
) -> Response:
    """An SVG picture of a person who does the exercise, with the working muscles in red. It is
    readable from 320 pixels on; `start` and `end` from 140 pixels.

    `motion` moves at the exercise's tempo, so that one can train with it; a hold has a clock that
    fills once in ten seconds. It stands still where the reader's system asks for less motion. Title
    and description are for screen readers. The pictures are in the public domain (CC0-1.0).
    """
    _check_slug(slug)
    return _prepare_picture(slug, wanted).respond(request)


# There are 600: 50 exercises in four views and three themes, of 24 KB at most. Pages ask for 150.
@cache
def _prepare_picture(slug: str, wanted: PictureQuery) -> PreparedAnswer:
    return answers.prepare(
        illustration.draw(slug, wanted.view, wanted.theme),
        router.prefix + _PICTURE_PATH,
        {**answers.CACHE_A_DAY, **answers.PICTURE_POLICY},
        answers.SVG,
        compress=True,
    )


def _check_slug(slug: str) -> None:
    if slug not in _ENCODED:
        raise NotFound("There is no exercise with this slug.")


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
