"""What the sentences about pain claim, as checks on the log.

Such a reason speaks of one week: of this one so far, or of the last one that the track was trained
or hurt in. The checks refuse pain of any week before. claims.py holds them under their codes.
"""

from collections.abc import Callable
from dataclasses import replace

from app.training.adapting import track_outcome
from app.training.catalog.track_definitions import DEFINITIONS
from app.training.log.logbook import WeekLog
from app.training.log.set_records import PAIN_WATCH
from app.training.planning.standing import SCALE
from tests.training.histories import JudgedWeek
from tests.training.told_reasons import Told, list_since_heard, waits

_STOP = 5 * SCALE


def hurt_much(told: Told) -> bool:
    """Above 5 so far, or in the week right before. That one takes the track out of this week."""
    if _is_above_stop(told, told.log_now):
        return True
    hurt = any(_is_above_stop(told, one.log) for one in told.earlier[-1:])
    return hurt and not told.slots


def sibling_hurt(told: Told) -> bool:
    """Above 5 so far, or not before the last week in which this track was trained or hurt."""
    if _hurt_a_sibling(told, told.log_now):
        return True
    since = list_since_heard(told)
    return any(_hurt_a_sibling(told, one.log) for one in since) and _is_lighter(told)


def was_worse_in_the_morning(told: Told) -> bool:
    return _is_of_a_week(
        told, lambda log: track_outcome.find_pain(log, told.track).worse_next_morning
    )


def hurt_for_three_weeks(told: Told) -> bool:
    """In a row, of the weeks in which it was trained or its pain is known."""
    return _ends_pains(told, lambda pains: len(pains) > 2 and min(pains[-3:]) >= PAIN_WATCH)


def did_not_ease(told: Told) -> bool:
    return _ends_pains(told, lambda pains: len(pains) > 1 and pains[-1] >= pains[-2] >= PAIN_WATCH)


def is_to_watch(told: Told) -> bool:
    """The score is that of now, if it hurts now. It is left out if the track was not trained since,
    but reported as painless.
    """
    now, before = _list_pains(told)
    last = (now or before or [0])[-1]
    if not PAIN_WATCH <= last <= _STOP:
        return False
    return "/10" not in told.reason.sentence or told.says(f"Pain {last / SCALE:g}/10 ")


def is_full_again(told: Told) -> bool:
    """It was trained without pain in a lighter dose, and since then no week could say so."""
    for place, one in reversed([*enumerate(told.earlier)]):
        before = _cut_before(told, place)
        if told.was_trained(one.log) and _was_hurt(before):
            painless = (told.find_worst(one.log) or 0) < PAIN_WATCH
            return painless and _was_light(told, one) and told.stands_as_in(one) and _is_full(told)
        if not waits(one):
            return False
    return False


def is_reduced_after_pain(told: Told) -> bool:
    """The week after the pain is over, and it was not trained since."""
    since = list_since_heard(told)
    if len(since) < 2 or not _is_above_stop(told, since[0].log):
        return False
    return _is_lighter(told) and all(slot.rir == 5 for slot in told.slots)


def _is_above_stop(told: Told, log: WeekLog) -> bool:
    return (told.find_worst(log) or 0) > _STOP


def _hurt_a_sibling(told: Told, log: WeekLog) -> bool:
    tissue = DEFINITIONS[told.track].tissue
    others = {t for t in told.constants.tracks if DEFINITIONS[t].tissue == tissue} - {told.track}
    return any(_is_above_stop(replace(told, track=track), log) for track in others)


def _is_of_a_week(told: Told, check: Callable[[WeekLog], bool]) -> bool:
    """Whether this week so far, or the one that the track was last heard in, passes a check. The
    second makes all of this week lighter, the first what was not done yet.
    """
    heard = [one.log for one in list_since_heard(told)[:1]]
    return check(told.log_now) or (any(map(check, heard)) and _is_lighter(told))


def _ends_pains(told: Told, check: Callable[[list[int]], bool]) -> bool:
    """As _is_of_a_week, with the pains up to the week. The unknown pain of work is -1."""
    now, before = _list_pains(told)
    return check(now) or (check(before) and _is_lighter(told))


def _list_pains(told: Told) -> tuple[list[int], list[int]]:
    """Return the pains up to this week, empty if it does not hurt so far, and those up to the week
    that the track was last heard in.
    """
    heard = len(told.earlier) - len(list_since_heard(told)) + 1
    logs = [one.log for one in told.earlier]
    hurts_now = (told.find_worst(told.log_now) or 0) >= PAIN_WATCH
    now = _list_known(told, [*logs, told.log_now]) if hurts_now else []
    return now, _list_known(told, logs[:heard])


def _list_known(told: Told, logs: list[WeekLog]) -> list[int]:
    known = [(told.find_worst(log), told.was_trained(log)) for log in logs]
    return [-1 if pain is None else pain for pain, trained in known if trained or pain is not None]


def _is_lighter(told: Told) -> bool:
    return all(slot.is_reduced for slot in told.slots)


def _is_full(told: Told) -> bool:
    return not any(slot.is_reduced for slot in told.slots)


def _was_light(told: Told, judged: JudgedWeek) -> bool:
    slots = judged.week.slots_of(told.track)
    return judged.week.kind != "build" or all(slot.is_reduced for slot in slots)


def _was_hurt(told: Told) -> bool:
    since = list_since_heard(told)
    own = [told.find_worst(one.log) or 0 for one in since]
    return max(own, default=0) >= PAIN_WATCH or any(_hurt_a_sibling(told, o.log) for o in since)


def _cut_before(told: Told, place: int) -> Told:
    return replace(told, earlier=told.earlier[:place], log_now=WeekLog())
