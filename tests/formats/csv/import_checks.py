"""What the readers of files are given and held to: a context, and the rules of any other upload."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from app.formats.imported_file import ImportContext, ImportedFile
from app.sessions.from_wire import read_session
from app.sessions.schemas import SessionIn
from app.training.log.completed import CompletedSession

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SESSION = TypeAdapter(CompletedSession)


def a_context(**changes: Any) -> ImportContext:
    """A context with plenty of time, so that a slow machine reads as much as a fast one."""
    plain = ImportContext("runner-7", NOW, time_zone="Europe/Berlin", timeout_s=60)
    return replace(plain, **changes)


def take_up(session: CompletedSession) -> CompletedSession:
    """A session after it went through the same door as one that a companion sends."""
    sent = SessionIn.model_validate(SESSION.dump_python(session, mode="json"))
    return read_session(sent, session.session_id, NOW).session


def is_taken_up(recording: ImportedFile) -> bool:
    """Whether every session would be stored, and exactly as it was read."""
    return all(take_up(session) == session for session in recording.sessions)


def codes(recording: ImportedFile) -> list[str]:
    """The codes of the remarks, in order."""
    return [remark.code for remark in recording.remarks]


def details(recording: ImportedFile, code: str) -> list[str]:
    """What the remarks of a code say."""
    return [remark.detail for remark in recording.remarks if remark.code == code]
