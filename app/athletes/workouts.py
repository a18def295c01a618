"""…/workout.fit and …/workouts.zip under an athlete: the workouts of a programme as it stands."""

from fastapi import APIRouter, Request, Response

from app.athletes import reading
from app.athletes.reading import CourseDep
from app.keys.auth import KeyedRoute
from app.programs import workouts
from app.programs.addresses import ProgramId
from app.programs.workouts import DESCRIBED, LayoutQuery
from app.sessions.answers import PRIVATE
from app.web.caching import FIT, ZIP, Fit, Zip
from app.web.operations import answered
from app.web.problems import NotFound, Overloaded, documented
from app.web.validation import Ordinal

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=KeyedRoute)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/sessions/{session}/workout.fit",  # noqa: FAST003  # CourseDep takes the athlete
    operation_id="get_course_workout",
    summary="Get a session as it stands as a workout for a watch",
    response_class=Fit,
    responses={
        200: answered("The FIT file.", "ETag", "Link", "Content-Disposition"),
        **documented(NotFound, Overloaded),
    },
)
async def get_course_workout(
    standing: CourseDep,
    program_id: ProgramId,
    week: Ordinal,
    session: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The same as the programme's workout, after what was done so far."""
    picked = reading.pick_session(standing, week, session)
    headers = {**PRIVATE, **workouts.name(f"pushoff-w{week:02}-s{session}.fit"), **DESCRIBED}
    file = await workouts.write(request, (FIT, headers), "write", program_id, week, picked, layout)
    return file.respond(request)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/workouts.zip",  # noqa: FAST003  # CourseDep takes the athlete
    operation_id="get_course_workouts",
    summary="Get a week as it stands as workouts for a watch",
    response_class=Zip,
    responses={
        200: answered("The archive.", "ETag", "Content-Disposition"),
        **documented(NotFound, Overloaded),
    },
)
async def get_course_workouts(
    standing: CourseDep,
    program_id: ProgramId,
    week: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The same as the programme's archive, after what was done so far."""
    picked = reading.pick_week(standing, week)
    headers = {**PRIVATE, **workouts.name(f"pushoff-w{week:02}.zip")}
    form = (ZIP, headers)
    file = await workouts.write(request, form, "write_archive", program_id, picked, layout)
    return file.respond(request)
