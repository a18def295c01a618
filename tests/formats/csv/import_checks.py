"""Helpers for tests of file readers: a context, and a check that an upload would store the same."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from app.formats.imported_file import ImportContext, ImportedFile
from app.sessions.from_wire import parse_session
from app.sessions.schemas import SessionIn
from app.training.log.completed import CompletedSession

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SESSION = TypeAdapter(CompletedSession)


def make_context(**changes: Any) -> ImportContext:
    """A context with a long timeout, so that a slow machine reads as much as a fast one."""
    context = ImportContext("runner-7", NOW, time_zone="Europe/Berlin", timeout_s=60)
    return replace(context, **changes)


def upload(session: CompletedSession) -> CompletedSession:
    """Send a session through the same validation as one that a companion sends as JSON."""
    sent = SessionIn.model_validate(SESSION.dump_python(session, mode="json"))
    return parse_session(sent, session.session_id, NOW).session


def is_valid_upload(imported: ImportedFile) -> bool:
    """Whether every session would be stored, and exactly as it was read."""
    return all(upload(session) == session for session in imported.sessions)


def list_remark_codes(imported: ImportedFile) -> list[str]:
    """The codes of the remarks, in order."""
    return [remark.code for remark in imported.remarks]


def list_remark_details(imported: ImportedFile, code: str) -> list[str]:
    """The details of the remarks with a code."""
    return [remark.detail for remark in imported.remarks if remark.code == code]
