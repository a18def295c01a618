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
from app.training.catalog import reasons
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.engine import EngineRetired
from app.training.log.completed import CompletedSession
from app.training.planning import week_answer
from app.training.planning.id_bytes import UnknownProgram
from app.training.planning.spec_building import SpecError
from app.training.planning.standing import PAIN_CODES

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
        following = next_session.find_next(followed)
        return NextPrescription(following, tuple(_list_notes(followed, following, about)))
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


def _list_notes(
    followed: FollowedProgram, following: NextSession | None, about: UUID | None
) -> Iterator[Note]:
    if (block := followed.describe_block()) is not None:
        yield Note(block.code, block.sentence, "/program_id")
    elif (pain := _find_pain(followed, following)) is not None:
        yield pain
    if followed.status == "finished":
        detail = "The programme is finished. Continue it to get a following programme."
        yield Note("PROGRAMME_FINISHED", detail, "/program_id")
    for note in followed.log.notes:
        if note.session_id == about:
            yield Note(note.code, note.sentence, "/sets")


def _find_pain(followed: FollowedProgram, following: NextSession | None) -> Note | None:
    """Return the strongest reason of pain for what comes next, with the name of its track."""
    found = [*following.reasons.items()] if following else [*_explain_end(followed)]
    last = followed.past[-1] if followed.past else None
    if last and not last.sessions and last.index > followed.log.last_week_with_sets():
        # Pain may have emptied the week between what was done and what comes next.
        found += week_answer.explain_week(followed.constants, last, planned=False).items()
    painful = [(track, reason) for track, reason in found if reason.code in PAIN_CODES]
    if not painful:
        return None
    track, strongest = min(painful, key=lambda one: PAIN_CODES.index(one[1].code))
    name = DEFINITIONS[track].name
    return Note(strongest.code, f"{name}: {strongest.sentence}", "/program_id")


def _explain_end(followed: FollowedProgram) -> Iterator[tuple[Track, Reason]]:
    """Yield the reasons of pain that the last week leaves, which no week after it can show."""
    for track, state in followed.standing.tracks.items():
        if state.why in PAIN_CODES:
            variant = "without_pain" if state.why == "PAIN_ACCEPTABLE_HOLD" else None
            yield track, reasons.explain(state.why, variant=variant)


def _make_empty(code: str, detail: str) -> NextPrescription:
    return NextPrescription(None, (Note(code, detail, "/program_id"),))
