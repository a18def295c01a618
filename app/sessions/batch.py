"""Many sessions in one request: each gets an outcome of its own, and none holds back another."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError

from app.sessions.schemas import SESSION_EXAMPLE, SessionIn, parse_uuid
from app.sessions.uploads import Upload, read_session
from app.web import bodies, validation
from app.web.problems import FieldError, MalformedJson, ValidationFailed, at_pointer

MOST_SESSIONS = 500
MOST_SETS = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A session of a batch that cannot be read, and why."""

    errors: list[FieldError]
    session_id: UUID | None = None


def catch(sent: Any, validate: Callable[[Any], SessionIn]) -> SessionIn | Fault:
    """A session that is in order, or its faults, so that one fault does not refuse the batch."""
    try:
        bodies.check_strings(sent, sys.maxsize)
        return validate(sent)
    except MalformedJson as bad:
        return Fault([at_pointer([], bad.detail, "malformed")], find_id(sent))
    except ValidationFailed as bad:
        return Fault(bad.errors or [], find_id(sent))
    except ValidationError as bad:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in bad.errors()]
        return Fault(validation.tell(errors), find_id(sent))


def find_id(sent: Any) -> UUID | None:
    """The id of a session that is otherwise at fault, so that its sender can tell which it is."""
    try:
        return parse_uuid(sent.get("session_id"))
    except (AttributeError, PydanticCustomError):
        return None


class BatchIn(BaseModel):
    """Sessions from an offline queue."""

    model_config = ConfigDict(
        title="SessionBatch",
        extra="ignore",
        use_attribute_docstrings=True,
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


def read(sent: SessionIn | Fault, now: datetime) -> Upload | Fault:
    """One session of a batch as an upload, or its faults."""
    if isinstance(sent, Fault):
        return sent
    if sent.session_id is None:
        return Fault([at_pointer(["session_id"], "is required in a batch", "missing")])
    try:
        return read_session(sent, sent.session_id, now)
    except ValidationFailed as bad:
        return Fault(bad.errors or [], sent.session_id)
