"""/athletes: what stands for one person, computed from the log; and all that is held, or gone."""

import datetime
from collections.abc import Iterator
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from app.athletes import views
from app.athletes.schemas import CourseOut, ExportOut, Today
from app.db import Database
from app.formats import chart
from app.keys.auth import Caller, Eraser, KeyedRoute, Reader
from app.programs import addresses
from app.programs.addresses import ProgramId
from app.programs.schemas import Day
from app.sessions import erasure, store
from app.sessions.answers import PRIVATE
from app.settings import Settings
from app.training import course
from app.training.course import Course, CourseWeek
from app.training.log import CompletedSession
from app.training.measures import summary
from app.training.measures.progress import Progress
from app.training.spec import Spec
from app.web import caching
from app.web.caching import Svg
from app.web.health import DatabaseDep
from app.web.operations import answered
from app.web.problems import NotFound, documented
from app.web.validation import Ordinal

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=KeyedRoute)

COURSE, WEEK, TODAY = TypeAdapter(CourseOut), TypeAdapter(CourseWeek), TypeAdapter(Today)
PROGRESS = TypeAdapter(Progress)

AthleteId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=128,
        description="The calling app's own id of the person.",
        examples=["runner-7"],
    ),
]


async def read_course(
    request: Request, caller: Caller, athlete_id: str, program_id: str, as_of: Day | None = None
) -> Course:
    """A programme folded to its running week. Raises NotFound for an id that is not ours."""
    spec, done = await read_log(request, caller, athlete_id, program_id)
    return course.take_up(spec, done, as_of=as_of or today_in(spec))


async def read_log(
    request: Request, caller: Caller, athlete_id: str, program_id: str
) -> tuple[Spec, list[CompletedSession]]:
    """A programme's spec and everything that the person did in it. Raises NotFound."""
    spec = addresses.find_spec(program_id)
    database: Database = request.app.state.database
    return spec, await database.read(store.read_log, caller.tenant_id, athlete_id, program_id)


def today_in(spec: Spec) -> datetime.date:
    """Today in the programme's time zone."""
    return course.date_at(spec, datetime.datetime.now(UTC))


@router.get(
    "/{athlete_id}/programs/{program_id}",
    operation_id="get_course",
    summary="Get a programme as it stands",
    response_model=CourseOut,
    responses={200: answered("The programme as it stands.", "ETag"), **documented(NotFound)},
)
async def get_course(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> Response:
    """The programme after what was done, each change with its reason; weeks to come carry
    `projected: true`.
    """
    standing = await read_course(request, caller, athlete_id, program_id)
    told = views.tell_course(standing, program_id, athlete_id)
    return respond(request, COURSE.dump_json(told))


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}",
    operation_id="get_course_week",
    summary="Get one week of a programme as it stands",
    response_model=CourseWeek,
    responses={200: answered("The week as it stands.", "ETag"), **documented(NotFound)},
)
async def get_course_week(
    athlete_id: AthleteId, program_id: ProgramId, week: Ordinal, caller: Reader, request: Request
) -> Response:
    """One week: as it was, as it stands, or as it is projected."""
    standing = await read_course(request, caller, athlete_id, program_id)
    for one in course.lay_out(standing):
        if one.index == week:
            return respond(request, WEEK.dump_json(one))
    raise NotFound("There is no such week, or the programme stops before it.")


@router.get(
    "/{athlete_id}/programs/{program_id}/today",
    operation_id="get_today",
    summary="Get what to do now",
    response_model=Today,
    responses={200: answered("What to do now.", "ETag"), **documented(NotFound)},
)
async def get_today(
    athlete_id: AthleteId,
    program_id: ProgramId,
    caller: Reader,
    request: Request,
    date: Annotated[Day | None, Query(description="The runner's day; today if left out.")] = None,
) -> Response:
    """What to do now, under one kibibyte, with an ETag: for a watch that polls."""
    standing = await read_course(request, caller, athlete_id, program_id, date)
    today = date or course.date_at(standing.terms.spec, datetime.datetime.now(UTC))
    return respond(request, TODAY.dump_json(views.tell_today(standing, today)))


@router.get(
    "/{athlete_id}/programs/{program_id}/progress",
    operation_id="get_progress",
    summary="Get the measures of progress",
    response_model=Progress,
    responses={200: answered("The measures.", "ETag"), **documented(NotFound)},
)
async def get_progress(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> Response:
    """What the log says about progress, week by week, each measure with its caveat. It informs;
    it diagnoses nothing and predicts nothing.
    """
    spec, done = await read_log(request, caller, athlete_id, program_id)
    standing = course.take_up(spec, done, as_of=today_in(spec))
    return respond(request, PROGRESS.dump_json(summary.measure(standing, done)))


@router.get(
    "/{athlete_id}/programs/{program_id}/progress.svg",
    operation_id="get_progress_picture",
    summary="Get a picture of progress",
    response_class=Svg,
    responses={200: answered("The picture.", "ETag"), **documented(NotFound)},
)
async def get_progress_picture(
    athlete_id: AthleteId, program_id: ProgramId, caller: Reader, request: Request
) -> Response:
    """Planned against done by week, the place on each ladder, and pain in its zones."""
    spec, done = await read_log(request, caller, athlete_id, program_id)
    standing = course.take_up(spec, done, as_of=today_in(spec))
    body = chart.draw_progress(views.plot(standing, summary.measure(standing, done)))
    template: str = request.scope["route"].path_format
    headers = {**PRIVATE, **caching.PICTURE}
    return caching.finish(body, template, headers, caching.SVG).respond(request)


@router.get(
    "/{athlete_id}/export",
    operation_id="export_athlete",
    summary="Export everything held on a person",
    response_model=ExportOut,
    responses={200: answered("Everything that is held."), **documented(NotFound)},
)
async def export_athlete(athlete_id: AthleteId, caller: Reader, database: DatabaseDep) -> Response:
    """Every session with its sets, and what is left of deleted ones, as one JSON document."""
    held = await database.read(store.read_athlete, caller.tenant_id, athlete_id)
    if held is None:
        raise NotFound("Nothing is held on this athlete.")
    now = datetime.datetime.now(UTC)
    pieces: Iterator[bytes] = views.tell_export(athlete_id, held, now)
    return StreamingResponse(pieces, headers=PRIVATE, media_type=caching.JSON)


@router.delete(
    "/{athlete_id}",
    operation_id="erase_athlete",
    summary="Erase everything held on a person",
    status_code=204,
    responses={204: answered("It is gone."), **documented(NotFound)},
)
async def erase_athlete(
    athlete_id: AthleteId, caller: Eraser, database: DatabaseDep, request: Request
) -> Response:
    """Deletes every session, set and trace of a deletion. For 30 days a keyed hash of the id
    refuses late uploads (410); nothing else is left.
    """
    settings: Settings = request.app.state.settings
    key = settings.derive_key(erasure.PURPOSE)
    mark = erasure.fingerprint(key, caller.tenant_id, athlete_id)
    now = datetime.datetime.now(UTC)
    await database.write(erasure.erase, caller.tenant_id, athlete_id, mark, now)
    return Response(status_code=204)


def respond(request: Request, body: bytes) -> Response:
    """An answer about one person, with its entity tag."""
    template: str = request.scope["route"].path_format
    return caching.finish(body, template, PRIVATE).respond(request)
