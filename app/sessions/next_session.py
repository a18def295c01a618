"""Finds the next session of a programme from its log, for the response to every write.

It runs after the commit, so it never fails: an unknown programme, a blocked programme or a bug
becomes a note beside `next: null`. What the runner must know about pain or a warning sign comes
with the response to the very write that reported it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from app.sessions.schemas import Note
from app.training import engine
from app.training.adapting import next_session
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.next_session import NextSession
from app.training.adapting.pain_message import find_pain_message, find_uncounted_pain
from app.training.catalog.reasons import NOTE_SENTENCES, fill_in
from app.training.engine import EngineRetired
from app.training.log.completed import CompletedSession
from app.training.planning.id_bytes import UnknownProgram
from app.training.planning.spec_building import SpecError

log = structlog.get_logger("pushoff.next")

_WITHOUT_A_WEEK = frozenset({"WEEK_REQUIRED", "OUT_OF_RANGE"})


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
        following = next_session.find_next(followed)
        notes = [*_list_notes(followed, following, about)]
        notes += _list_uncounted_pain(program_log.sessions, followed, about)
        return NextPrescription(following, tuple(notes))
    except (UnknownProgram, SpecError):
        return NextPrescription(None, (_make_note("unknown_program"),))
    except EngineRetired as retired:
        note = _make_note("program_engine_retired", program_id=retired.successor.program_id)
        return NextPrescription(None, (note,))
    except Exception:  # the write is committed; its response must not fail
        log.exception("no next session")
        return NextPrescription(None, (_make_note("next_failed"),))


def _list_notes(
    followed: FollowedProgram, following: NextSession | None, about: UUID | None
) -> Iterator[Note]:
    if (block := followed.describe_block()) is not None:
        yield Note(block.code, block.sentence, "/program_id")
    elif (pain := find_pain_message(followed, following)) is not None:
        yield Note(pain.code, pain.sentence, "/program_id")
    if followed.status == "finished":
        yield _make_note("PROGRAMME_FINISHED")
    for note in followed.log.notes:
        if note.session_id == about:
            yield Note(note.code, note.sentence, "/sets")


def _list_uncounted_pain(
    sessions: Sequence[CompletedSession], followed: FollowedProgram, about: UUID | None
) -> Iterator[Note]:
    """Yield what a session says about pain that counts for no week of the programme."""
    refused = {one.session_id for one in followed.log.notes if one.code in _WITHOUT_A_WEEK}
    for session in sessions:
        if session.session_id != about or about not in refused:
            continue
        if (pain := find_uncounted_pain(session)) is not None:
            yield Note(pain.code, pain.sentence, "/sets")


def _make_note(code: str, **params: str) -> Note:
    return Note(code, fill_in(NOTE_SENTENCES[code], **params), "/program_id")
