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
    """What a person did in a programme."""

    athlete_id: str
    program_id: str
    sessions: Sequence[CompletedSession]


@dataclass(frozen=True, slots=True)
class NextPrescription:
    """The next session of a programme, if there is one, and what is to be said about it."""

    next: NextSession | None
    notes: tuple[Note, ...] = ()


def prescribe(done: ProgramLog, now: datetime, about: UUID | None = None) -> NextPrescription:
    """The next session after a log; notes on the session `about` that did not count in full."""
    try:
        ref = engine.find_program(done.program_id)
        followed = ref.follow(done.sessions, as_of=ref.spec.date_at(now))
        return NextPrescription(followed.next_session(), tuple(_list_notes(followed, about)))
    except (UnknownProgram, SpecError):
        return _make_empty("unknown_program", "There is no programme with this id.")
    except EngineRetired as retired:
        return _make_empty(
            "program_engine_retired",
            "The engine of this programme is no longer served. The same spec under the current"
            f" engine is {retired.successor.program_id}.",
        )
    except Exception:  # the write is done; what follows from it must not undo its answer
        log.exception("no next session")
        return _make_empty(
            "next_failed", "What comes next could not be worked out; ask again later."
        )


def _list_notes(followed: FollowedProgram, about: UUID | None) -> list[Note]:
    """Why nothing follows, and what of a session did not count."""
    notes = [
        Note(code=note.code, detail=note.sentence, pointer="/sets")
        for note in followed.log.notes
        if note.session_id == about
    ]
    if followed.status == "blocked":
        why = reasons.explain("CLEARANCE_REQUIRED")
        notes.insert(0, Note(code=why.code, detail=why.sentence, pointer="/program_id"))
    elif followed.status == "finished":
        told = "The programme is over; continue it for what comes after."
        notes.insert(0, Note(code="PROGRAMME_FINISHED", detail=told, pointer="/program_id"))
    return notes


def _make_empty(code: str, detail: str) -> NextPrescription:
    """Nothing that follows, and why."""
    return NextPrescription(None, (Note(code=code, detail=detail, pointer="/program_id"),))
