"""What to do today, small enough for a watch: one status, one sentence, and the sets if there are
any.

build_today() gets a FollowedProgram and a date. The sentence is always there and fit to be shown;
pain comes before everything else in it.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.training.adapting import next_session
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.next_session import NextSession
from app.training.adapting.pain_message import find_pain_message
from app.training.catalog.omission import omit_if_empty
from app.training.catalog.reasons import TODAY_SENTENCES
from app.training.planning.load import Load
from app.training.planning.week import PlannedSets, SetSide

TodayStatus = Literal["train", "continue", "rest", "done", "race", "blocked", "finished"]
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class TodaySets:
    """Sets of one side, or of both at once, that are alike."""

    side: SetSide
    """The side that works; `both` for bilateral exercises."""
    count: int
    """Number of these sets; of a session under way those that remain."""
    load: Load | None = None
    """External load. Left out for body weight, and for a load that the runner chooses."""
    reps: int | None = None
    """Repetitions to reach. Left out in a hold."""
    reps_max: int | None = None
    """Repetitions at which to stop even if more are possible. Left out in a hold."""
    seconds: int | None = None
    """Seconds to hold. Only in a hold."""
    seconds_max: int | None = None
    """Seconds at which to stop even if more are possible. Only in a hold."""

    __get_pydantic_core_schema__ = omit_if_empty(
        "load", "reps", "reps_max", "seconds", "seconds_max"
    )


@dataclass(frozen=True, slots=True)
class TodayExercise:
    """One exercise to do today."""

    slug: str
    """Slug of the exercise."""
    name: str
    """Name of the exercise."""
    sets: tuple[TodaySets, ...]
    """The sets, the weaker side first."""


@dataclass(frozen=True, slots=True)
class Today:
    """What to do today."""

    status: TodayStatus
    """`train`: do the session now. `continue`: do what is left of it. `rest`: nothing today.
    `done`: today's session is done. `race`: it is race day. `blocked`: stop until a professional
    clears the runner. `finished`: the programme is over."""
    sentence: str
    """What to show the runner."""
    exercises: tuple[TodayExercise, ...]
    """What to do, in order; empty if there is nothing to do today."""
    not_before: datetime.date | None = None
    """The first day of the next session, if it is not today."""
    week: int | None = None
    """Number of the session's week."""
    session: int | None = None
    """The session's place in its week."""

    __get_pydantic_core_schema__ = omit_if_empty("not_before", "week", "session")


def build_today(followed: FollowedProgram, today: datetime.date) -> Today:
    """Return what to do on a day, by the log that was followed up to it."""
    if (block := followed.describe_block()) is not None:
        return Today("blocked", block.sentence, ())
    following = next_session.find_next(followed)
    message = find_pain_message(followed, following)
    pain = None if message is None else message.sentence
    if any(race.date == today for race in followed.spec.races):
        return Today("race", _join(pain, TODAY_SENTENCES["race"]), ())
    if following is None:
        return Today("finished", _join(pain, TODAY_SENTENCES["finished"]), ())
    due = following.date or following.not_before
    if due is not None and due > today:
        return _build_rest(followed, today, due, pain)
    return _build_training(following, pain)


def _build_training(following: NextSession, pain: str | None) -> Today:
    status: TodayStatus = "train" if following.left is None else "continue"
    sentence = TODAY_SENTENCES[status].format(
        week=following.week,
        session=following.session,
        exercises=_format_count(len(following.exercises), "exercise"),
        minutes=following.est_minutes,
    )
    return Today(
        status,
        _join(pain, sentence),
        _list_exercises(following),
        week=following.week,
        session=following.session,
    )


def _build_rest(
    followed: FollowedProgram, today: datetime.date, due: datetime.date, pain: str | None
) -> Today:
    done = any(
        upload.date == today and any(record.is_done for record in upload.records)
        for week in followed.log.weeks.values()
        for upload in week.uploads
    )
    key = "done" if done else _find_rest_cause(followed, today)
    sentence = TODAY_SENTENCES[key].format(weekday=_WEEKDAYS[due.weekday()], date=due.isoformat())
    return Today("done" if done else "rest", _join(pain, sentence), (), not_before=due)


def _find_rest_cause(followed: FollowedProgram, today: datetime.date) -> str:
    """Return why there is nothing to do: a pause, pain that emptied the week, or ordinary rest."""
    spec = followed.spec
    if any(pause.from_date <= today <= pause.to_date for pause in spec.pauses):
        return "pause"
    for week in followed.past:
        if week.start_date is None or not 0 <= (today - week.start_date).days < 7:
            continue
        emptied = week.start.open_places and not week.sessions
        if emptied and any(state.suspended for state in week.standing.tracks.values()):
            return "pain"
    return "rest"


def _join(*sentences: str | None) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _format_count(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _list_exercises(following: NextSession) -> tuple[TodayExercise, ...]:
    found = []
    for prescribed in following.exercises:
        left = None if following.left is None else following.left[prescribed.track]
        sets = tuple(_list_sets(prescribed.sets, left))
        found.append(TodayExercise(prescribed.slug, prescribed.exercise.name, sets))
    return tuple(found)


def _list_sets(
    sets: Iterable[PlannedSets], left: Mapping[SetSide, int] | None
) -> Iterator[TodaySets]:
    for one in sets:
        count = one.count if left is None else left.get(one.side, 0)
        if count:
            dose = (one.reps, one.reps_max, one.seconds, one.seconds_max)
            yield TodaySets(one.side, count, one.load, *dose)
