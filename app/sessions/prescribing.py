"""What to do next, told with every write: the log of a programme folded after the commit.

What was stored is stored, whatever happens here: an id that is not ours, a blocked programme or
a bug become a note beside `next: null`, never an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app.sessions.schemas import Note
from app.training import course, identity, reasons
from app.training.course import Course, NextSession
from app.training.identity import UnknownProgram
from app.training.log import CompletedSession
from app.training.spec import SpecError

log = structlog.get_logger("pushoff.next")


@dataclass(frozen=True, slots=True)
class Log:
    """What a person did in a programme."""

    athlete_id: str
    program_id: str
    sessions: Sequence[CompletedSession]


@dataclass(frozen=True, slots=True)
class Prescribed:
    """The next session of a programme, if there is one, and what is to be said about it."""

    next: NextSession | None
    notes: tuple[Note, ...] = ()


def prescribe(done: Log, now: datetime, about: UUID | None = None) -> Prescribed:
    """The next session after a log; notes on the session `about` that did not count in full."""
    try:
        spec = identity.decode(done.program_id)
        standing = course.take_up(spec, done.sessions, as_of=course.date_at(spec, now))
        return Prescribed(course.next_session(standing), tuple(remark(standing, about)))
    except (UnknownProgram, SpecError):
        return without("unknown_program", "This is no programme of ours, so nothing follows.")
    except Exception:  # the write is done; what follows from it must not undo its answer
        log.exception("no next session")
        return without("next_failed", "What comes next could not be worked out; ask again later.")


def remark(standing: Course, about: UUID | None) -> list[Note]:
    """Why nothing follows, and what of a session did not count."""
    notes = [
        Note(code=note.code, detail=note.sentence, pointer="/sets")
        for note in standing.log.notes
        if note.session_id == about
    ]
    if standing.status == "blocked":
        why = reasons.explain("CLEARANCE_REQUIRED")
        notes.insert(0, Note(code=why.code, detail=why.sentence, pointer="/program_id"))
    elif standing.status == "finished":
        told = "The programme is over; continue it for what comes after."
        notes.insert(0, Note(code="PROGRAMME_FINISHED", detail=told, pointer="/program_id"))
    return notes


def without(code: str, detail: str) -> Prescribed:
    """Nothing that follows, and why."""
    return Prescribed(None, (Note(code=code, detail=detail, pointer="/program_id"),))
