"""Finds the next session of a programme from its log, for the response to every write.

It runs after the commit, so it never fails: an unknown programme, a blocked programme or a bug
becomes a note beside `next: null`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app.sessions.schemas import Note
from app.training import engine
from app.training.adapting.followed_program import FollowedProgram, NextSession
from app.training.catalog import reasons
from app.training.engine import EngineRetired
from app.training.log.completed import CompletedSession
from app.training.planning.program_ids import UnknownProgram
from app.training.planning.spec import SpecError

log = structlog.get_logger("pushoff.next")


@dataclass(frozen=True, slots=True)
class ProgramLog:
    """The sessions of an athlete in a programme."""

    athlete_id: str
    program_id: str
    sessions: Sequence[CompletedSession]


@dataclass(frozen=True, slots=True)
class NextPrescription:
    """The next session of a programme, or None, with notes for the client."""

    next: NextSession | None
    notes: tuple[Note, ...] = ()


def prescribe(
    program_log: ProgramLog, now: datetime, about: UUID | None = None
) -> NextPrescription:
    """Return the next session after a log, with notes on what of session `about` did not count."""
    try:
        ref = engine.find_program(program_log.program_id)
        followed = ref.follow(program_log.sessions, as_of=ref.spec.date_at(now))
        return NextPrescription(followed.next_session(), tuple(_list_notes(followed, about)))
    except (UnknownProgram, SpecError):
        return _make_empty("unknown_program", "There is no programme with this id.")
    except EngineRetired as retired:
        detail = "The engine of this programme is no longer served. The same spec under the current"
        detail += f" engine is {retired.successor.program_id}."
        return _make_empty("program_engine_retired", detail)
    except Exception:  # the write is committed; its response must not fail
        log.exception("no next session")
        detail = "The next session could not be computed. Try again later."
        return _make_empty("next_failed", detail)


def _list_notes(followed: FollowedProgram, about: UUID | None) -> Iterator[Note]:
    if followed.status == "blocked":
        reason = reasons.explain("CLEARANCE_REQUIRED")
        yield Note(reason.code, reason.sentence, "/program_id")
    elif followed.status == "finished":
        detail = "The programme is finished. Continue it to get a following programme."
        yield Note("PROGRAMME_FINISHED", detail, "/program_id")
    for note in followed.log.notes:
        if note.session_id == about:
            yield Note(note.code, note.sentence, "/sets")


def _make_empty(code: str, detail: str) -> NextPrescription:
    return NextPrescription(None, (Note(code, detail, "/program_id"),))
