"""The body of a batch: many sessions, each validated alone, so that one fault rejects one session.

routes turns the items into uploads with parse_item() and stores them.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, WrapValidator
from pydantic.config import JsonDict

from app.sessions.field_types import Id
from app.sessions.from_wire import SessionUpload, parse_session
from app.sessions.schemas import SESSION_EXAMPLE, SessionIn
from app.web.http import json_body, problems, validation_errors
from app.web.http.problems import FieldError, InsufficientScope, ValidationFailed, error_at_pointer

MAX_SESSIONS = 500
MAX_SETS = 5_000
_ID = TypeAdapter[UUID](Id)
_SESSION_ID = "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d"
_EXAMPLES: JsonDict = {"examples": [{"sessions": [{"session_id": _SESSION_ID, **SESSION_EXAMPLE}]}]}


@dataclass(frozen=True, slots=True)
class RejectedItem:
    """A session of a batch that is rejected."""

    problem: problems.Problem
    session_id: UUID | None = None


def _validate_item(sent: Any, validate: Callable[[Any], SessionIn]) -> SessionIn | RejectedItem:
    """Return a valid session, or its rejection instead of raising."""
    try:
        if not json_body.is_storable(sent):
            json_body.check_strings(sent, sys.maxsize)
        return validate(sent)
    except problems.MalformedJson as bad:
        return _reject_item([error_at_pointer([], bad.detail, "malformed")], _find_id(sent))
    except ValidationFailed as bad:
        return _reject_item(bad.errors, _find_id(sent))
    except ValidationError as bad:
        errors = ({**error, "loc": ("body", *error["loc"])} for error in bad.errors())
        return _reject_item(validation_errors.describe_errors(errors), _find_id(sent))


def _reject_item(errors: Sequence[FieldError] | None, session_id: UUID | None) -> RejectedItem:
    return RejectedItem(ValidationFailed("This session was not stored.", errors=errors), session_id)


def _find_id(sent: Any) -> UUID | None:
    """Return the id of a rejected session, so that its client can identify it."""
    try:
        return _ID.validate_python(sent.get("session_id"))
    except (AttributeError, ValidationError):
        return None


class BatchIn(BaseModel):
    """Sessions of an offline queue."""

    model_config = ConfigDict(title="SessionBatch", extra="ignore", json_schema_extra=_EXAMPLES)

    sessions: Annotated[
        list[Annotated[SessionIn, WrapValidator(_validate_item)]],
        Field(min_length=1, max_length=MAX_SESSIONS),
    ]
    """Up to 500 sessions with up to 5,000 sets in total. Each needs a `session_id`."""


def parse_item(
    sent: SessionIn | RejectedItem, now: datetime, check_athlete: Callable[[str], None]
) -> SessionUpload | RejectedItem:
    """Return one session of a batch as an upload, or its rejection.

    `check_athlete` raises InsufficientScope for an athlete that the caller may not write.
    """
    if isinstance(sent, RejectedItem):
        return sent
    if sent.session_id is None:
        return _reject_item(
            [error_at_pointer(["session_id"], "is required in a batch", "missing")], None
        )
    try:
        check_athlete(sent.athlete_id)
        return parse_session(sent, sent.session_id, now)
    except ValidationFailed as bad:
        return _reject_item(bad.errors, sent.session_id)
    except InsufficientScope as bad:
        return RejectedItem(bad, sent.session_id)
