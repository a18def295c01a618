"""The measures of journals, for tests of each measure."""

import datetime
from typing import Any

from app.training.adapting import followed_program
from app.training.log.completed import CompletedSession
from app.training.measures import progress
from app.training.measures.progress import Progress
from app.training.planning.spec import Spec
from tests.training.journal import P2, Change, Journal, sets


def measure(journal: Journal) -> Progress:
    return progress.measure_progress(journal.followed, journal.log)


def measure_across(*journals: Journal) -> Progress:
    """Measure journals that follow one another."""
    return progress.measure_progress_across([(one.followed, one.log) for one in journals])


def measure_running(
    wanted: Spec, log: list[CompletedSession], *, as_of: datetime.date | None = None
) -> Progress:
    """Measure a log that alone, or with today's date, decides which week is running."""
    return progress.measure_progress(followed_program.follow(wanted, log, as_of=as_of), log)


def measure_first_week(*changes: Change, **fields: Any) -> Progress:
    """P1 after its first week: 2 x 15 of three seed exercises with 4 in reserve, twice."""
    return measure(Journal(**fields).train(*changes))


def train_weak_left() -> Journal:
    """After week 6 of P2 there is one set more for the left leg: 12 of 15 on the left."""
    left = sets("SK", side="left", reps=12, rir=0)
    journal = Journal(**P2).train(weeks=5).train(left)
    assert "(+1 left)" in journal.week_text
    return journal
