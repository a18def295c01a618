"""The files that a programme is exported as: calendar.ics, planned.json, workout.fit, workouts.zip.

Each function makes an ExportFile from a feed, a week or a session, and encode_planned_session() its
JSON. The routes under /programs export a programme as planned and cache workouts; those under
/athletes export it after what was done; those under /calendars serve feeds. File names, headers and
what openapi.yaml says of the responses are here, once for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import TypeAdapter

from app.formats.companion import to_companion
from app.formats.companion.companion_session import CompanionSession
from app.formats.fit.exercise_codes import FitNames
from app.formats.fit.workout_lines import Layout
from app.formats.ical.calendar_content import CalendarContent
from app.programs import lookup
from app.training.planning import plan_constants
from app.training.planning.week import Session, Week
from app.web.docs.operations import describe_responses
from app.web.http import responses
from app.web.http.answers import FIT, ICALENDAR, ZIP, file_response
from app.web.http.problems import NotFound, Overloaded
from app.web.http.resources import get_resources

LayoutQuery = Annotated[
    Layout | None,
    Query(
        description="`flat`: one step for each set and each rest. `repeat`: equal rounds once, with"
        " a repeat step. Left out: `flat` up to 50 steps, the most that Garmin Connect accepts.",
        examples=["flat"],
    ),
]
_COMPANION_SESSION = TypeAdapter(CompanionSession)

# What the two routes to a file have in common: its type, and what openapi.yaml says of responses.
CALENDAR: dict[str, Any] = {
    "response_class": file_response(ICALENDAR),
    "responses": describe_responses("The calendar.", ["ETag"], [NotFound]),
}
PLANNED_SESSION: dict[str, Any] = {
    "response_model": CompanionSession,
    "responses": describe_responses("The session step by step.", ["ETag"], [NotFound]),
}
WORKOUT: dict[str, Any] = {
    "response_class": file_response(FIT),
    "responses": describe_responses(
        "The FIT file.", ["ETag", "Link", "Content-Disposition"], [NotFound, Overloaded]
    ),
}
ARCHIVE: dict[str, Any] = {
    "response_class": file_response(ZIP),
    "responses": describe_responses(
        "The archive.", ["ETag", "Content-Disposition"], [NotFound, Overloaded]
    ),
}


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that the file worker builds with `app.formats.<module>.<function>(*args)`.

    The library behind each format is heavy, so the server process never loads it.
    """

    module: str
    function: str
    args: tuple[Any, ...]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    async def respond(
        self, request: Request, cache_headers: Mapping[str, str], *, cached: bool = False
    ) -> Response:
        """Build the response; with `cached`, from the answer cache. Raises FileWorkerError."""
        file_worker = get_resources(request).file_worker
        return await responses.respond_file(
            request,
            lambda: file_worker.call(self.module, self.function, *self.args),
            {**cache_headers, **self.headers},
            self.media_type,
            cached=cached,
        )


def calendar(feed: CalendarContent) -> ExportFile:
    """Return calendar.ics: an event for each session."""
    return ExportFile("ical.calendar_writer", "write", (feed,), ICALENDAR)


def workout(program_id: str, week: int, session: Session, layout: Layout | None) -> ExportFile:
    """Return workout.fit: a session as a workout for a watch."""
    headers = _attachment(f"pushoff-w{week:02}-s{session.index}.fit")
    headers["Link"] = '<planned.json>; rel="describedby"'
    args = (program_id, week, session, _find_fit_names(program_id), layout)
    return ExportFile("fit.workout", "write", args, FIT, headers)


def workout_archive(program_id: str, week: Week, layout: Layout | None) -> ExportFile:
    """Return workouts.zip: the workouts of a week."""
    headers = _attachment(f"pushoff-w{week.index:02}.zip")
    args = (program_id, week, _find_fit_names(program_id), layout)
    return ExportFile("fit.workout", "write_archive", args, ZIP, headers)


def encode_planned_session(program_id: str, week: int, session: Session) -> bytes:
    """Return planned.json: a session as blocks of steps, for a companion app."""
    fit_names = _find_fit_names(program_id)
    converted = to_companion.convert_session(program_id, week, session, fit_names)
    return _COMPANION_SESSION.dump_json(converted)


def _find_fit_names(program_id: str) -> FitNames:
    """Return the FIT names of a programme's exercises, which depend on the spec's equipment."""
    return plan_constants.derive(lookup.find_program(program_id).spec).fit_names


def _attachment(file_name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name}"'}
