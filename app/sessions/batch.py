"""Many sessions in one request: each gets an outcome of its own, and none holds back another."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, WrapValidator

from app.sessions.field_types import Id
from app.sessions.from_wire import SessionUpload, read_session
from app.sessions.schemas import SESSION_EXAMPLE, SessionIn
from app.web.http import json_body, validation_errors
from app.web.http.problems import (
    FieldError,
    InsufficientScope,
    MalformedJson,
    Problem,
    ValidationFailed,
    at_pointer,
)

MOST_SESSIONS = 500
MOST_SETS = 5_000
ID = TypeAdapter[UUID](Id)


@dataclass(frozen=True, slots=True)
class RejectedItem:
    """A session of a batch that cannot be taken, and why."""

    problem: Problem
    session_id: UUID | None = None


def catch(sent: Any, validate: Callable[[Any], SessionIn]) -> SessionIn | RejectedItem:
    """A session that is in order, or its faults, so that one fault does not refuse the batch."""
    try:
        if not json_body.is_storable(sent):
            json_body.check_strings(sent, sys.maxsize)
        return validate(sent)
    except MalformedJson as bad:
        return fault([at_pointer([], bad.detail, "malformed")], find_id(sent))
    except ValidationFailed as bad:
        return fault(bad.errors, find_id(sent))
    except ValidationError as bad:
        errors = ({**error, "loc": ("body", *error["loc"])} for error in bad.errors())
        return fault(validation_errors.describe_errors(errors), find_id(sent))


def fault(errors: Sequence[FieldError] | None, session_id: UUID | None) -> RejectedItem:
    """The fault of a session whose fields are wrong."""
    return RejectedItem(ValidationFailed("This session was not stored.", errors=errors), session_id)


def find_id(sent: Any) -> UUID | None:
    """The id of a session that is otherwise at fault, so that its sender can tell which it is."""
    try:
        return ID.validate_python(sent.get("session_id"))
    except (AttributeError, ValidationError):
        return None


class BatchIn(BaseModel):
    """Sessions from an offline queue."""

    model_config = ConfigDict(
        title="SessionBatch",
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "sessions": [
                        {"session_id": "0190d1c5-6b1e-7c3a-9f57-1d2f3a4b5c6d", **SESSION_EXAMPLE}
                    ]
                }
            ]
        },
    )

    sessions: Annotated[
        list[Annotated[SessionIn, WrapValidator(catch)]],
        Field(min_length=1, max_length=MOST_SESSIONS),
    ]
    """Up to 500 sessions with up to 5,000 sets in all; each needs its `session_id`."""


def read(
    sent: SessionIn | RejectedItem, now: datetime, check_athlete: Callable[[str], None]
) -> SessionUpload | RejectedItem:
    """One session of a batch as an upload, or its fault; `check_athlete` raises InsufficientScope
    for whom the caller may not write.
    """
    if isinstance(sent, RejectedItem):
        return sent
    if sent.session_id is None:
        return fault([at_pointer(["session_id"], "is required in a batch", "missing")], None)
    try:
        check_athlete(sent.athlete_id)
        return read_session(sent, sent.session_id, now)
    except ValidationFailed as bad:
        return fault(bad.errors, sent.session_id)
    except InsufficientScope as bad:
        return RejectedItem(bad, sent.session_id)
