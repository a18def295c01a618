"""…/workout.fit and …/workouts.zip under an athlete: the workouts of a programme as it stands."""

from fastapi import APIRouter, Request, Response

from app.athletes import loading
from app.athletes.loading import FollowedDep
from app.keys.auth import AuthenticatedRoute
from app.programs import workouts
from app.programs.lookup import ProgramId
from app.programs.workouts import DESCRIBED, LayoutQuery
from app.sessions.responses import PRIVATE
from app.web.docs.operations import success_response
from app.web.http.answers import FIT, ZIP, FitResponse, ZipResponse
from app.web.http.problems import NotFound, Overloaded, problem_responses
from app.web.http.validation import Ordinal

router = APIRouter(prefix="/athletes", tags=["athletes"], route_class=AuthenticatedRoute)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/sessions/{session}/workout.fit",  # noqa: FAST003  # CourseDep takes the athlete
    operation_id="get_course_workout",
    summary="Get a session as it stands as a workout for a watch",
    response_class=FitResponse,
    responses={
        200: success_response("The FIT file.", "ETag", "Link", "Content-Disposition"),
        **problem_responses(NotFound, Overloaded),
    },
)
async def get_course_workout(
    followed: FollowedDep,
    program_id: ProgramId,
    week: Ordinal,
    session: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The same as the programme's workout, after what was done so far."""
    picked = loading.pick_session(followed, week, session)
    headers = {**PRIVATE, **workouts.name(f"pushoff-w{week:02}-s{session}.fit"), **DESCRIBED}
    file = await workouts.write(request, (FIT, headers), "write", program_id, week, picked, layout)
    return file.respond(request)


@router.get(
    "/{athlete_id}/programs/{program_id}/weeks/{week}/workouts.zip",  # noqa: FAST003  # CourseDep takes the athlete
    operation_id="get_course_workouts",
    summary="Get a week as it stands as workouts for a watch",
    response_class=ZipResponse,
    responses={
        200: success_response("The archive.", "ETag", "Content-Disposition"),
        **problem_responses(NotFound, Overloaded),
    },
)
async def get_course_workouts(
    followed: FollowedDep,
    program_id: ProgramId,
    week: Ordinal,
    request: Request,
    layout: LayoutQuery = None,
) -> Response:
    """The same as the programme's archive, after what was done so far."""
    picked = loading.pick_week(followed, week)
    headers = {**PRIVATE, **workouts.name(f"pushoff-w{week:02}.zip")}
    form = (ZIP, headers)
    file = await workouts.write(request, form, "write_archive", program_id, picked, layout)
    return file.respond(request)
