"""What a runner has to know about pain first: the strongest reason, with what it is about.

find_pain_message() gets a FollowedProgram and its next session. The answer of a write and `today`
say it before everything else. find_uncounted_pain() is for a session that counts for no week.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.next_session import NextSession
from app.training.adapting.track_outcome import PAIN_STOP
from app.training.catalog import reasons
from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, Track
from app.training.log.completed import CompletedSession
from app.training.planning import week_answer
from app.training.planning.standing import PAIN_CODES, SCALE


@dataclass(frozen=True, slots=True)
class PainMessage:
    """The strongest reason of pain."""

    code: str
    """Code of the reason."""
    sentence: str
    """The reason after the names of the tracks that it is about."""


def find_pain_message(
    followed: FollowedProgram, following: NextSession | None
) -> PainMessage | None:
    """Return the strongest reason of pain for what comes next, or None if nothing hurts."""
    found = [*following.reasons.items()] if following else [*_explain_end(followed)]
    for week in reversed(followed.past):
        if week.sessions or week.index <= followed.log.last_week_with_sets():
            break
        # Pain may have emptied the weeks between what was done and what comes next.
        found += week_answer.explain_week(followed.constants, week, planned=False).items()
    painful = [(track, reason) for track, reason in found if reason.code in PAIN_CODES]
    if not painful:
        return None
    strongest = min((reason for _, reason in painful), key=lambda one: PAIN_CODES.index(one.code))
    tracks = {track for track, reason in painful if reason.code == strongest.code}
    labels = [DEFINITIONS[track].label for track in TRACKS if track in tracks]
    names = ", ".join([labels[0], *(label[0].lower() + label[1:] for label in labels[1:])])
    return PainMessage(strongest.code, f"{names}: {strongest.sentence}")


def find_uncounted_pain(session: CompletedSession) -> PainMessage | None:
    """Return what to say about pain above 5 in a session that has no place in the programme."""
    scores = [completed.pain for completed in session.sets if completed.pain is not None]
    scores += [session.morning_pain.score] if session.morning_pain else []
    if max(scores, default=0) * SCALE <= PAIN_STOP:
        return None
    reason = reasons.explain("PAIN_ABOVE_5")
    return PainMessage(reason.code, reason.sentence)


def _explain_end(followed: FollowedProgram) -> Iterator[tuple[Track, Reason]]:
    """Yield the reasons of pain that the last week leaves, which no week after it can show."""
    for track, state in followed.standing.tracks.items():
        if state.why in PAIN_CODES:
            variant = "without_pain" if state.why == "PAIN_ACCEPTABLE_HOLD" else None
            yield track, reasons.explain(state.why, variant=variant)
