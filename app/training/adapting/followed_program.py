"""A programme after what was done: the weeks so far, the running week, and what comes next.

follow() gets a spec and the sessions of its log, in any order, and folds them up to the running
week (science 4.4 and 4.6). The methods of the FollowedProgram that it returns compute the next
session, the changes and the weeks to come; nothing is decided in them. Features call this through
training.engine.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.training.adapting import fold, judgement, running_week
from app.training.adapting.fold import Block
from app.training.adapting.running_week import RunningWeek
from app.training.catalog import reasons
from app.training.catalog.reasons import DISCLAIMER, Reason
from app.training.catalog.track_definitions import Track
from app.training.log.completed import CompletedSession
from app.training.log.logbook import Logbook, build_logbook
from app.training.log.set_records import PAIN_WATCH
from app.training.planning import explaining, week_answer, week_plan
from app.training.planning.plan_constants import PlanConstants, derive
from app.training.planning.program import Blocked
from app.training.planning.spec import Spec
from app.training.planning.standing import Standing, fresh_standing
from app.training.planning.start_checks import check_start
from app.training.planning.week import Week
from app.training.planning.week_plan import RenderedWeek

ProgramStatus = Literal["planned", "blocked", "finished"]


@dataclass(frozen=True, slots=True)
class FollowedWeek(Week):
    """One week of a programme after what was done."""

    projected: bool = False
    """True for a week after the running one. It shows what follows if all sets until then are
    done as prescribed, and changes with what is really done."""


@dataclass(frozen=True)
class FollowedProgram:
    """A programme, folded over its log up to the running week.

    The running week is the first one that is not over.
    """

    constants: PlanConstants
    log: Logbook
    past: tuple[RenderedWeek, ...]
    """The weeks that are over, as they were prescribed."""
    standing: Standing
    """The standing before the running week, or after the last week of `past` if there is none."""
    running: RunningWeek | None
    """The running week; None if the programme is blocked or finished."""
    block: Block | None
    """What ended the programme until it is cleared."""
    blocked_week: RenderedWeek | None
    """The week that ended with the block, as it was prescribed."""

    @property
    def status(self) -> ProgramStatus:
        """Whether the programme goes on, is blocked or is finished."""
        if self.block is not None:
            return "blocked"
        return "finished" if self.running is None else "planned"

    @property
    def spec(self) -> Spec:
        """The spec of the programme."""
        return self.constants.spec

    def describe_block(self) -> Blocked | None:
        """Return why nothing is prescribed, or None."""
        if self.block is None:
            return None
        row = reasons.BLOCKS[self.block.cause]
        return Blocked("blocked", row.code, row.sentence, row.evidence, (DISCLAIMER,))

    def week_reasons(self) -> dict[Track, Reason]:
        """Return the reason of each track in the running week, also of one that pain took out."""
        if self.running is None:
            return {}
        return {t: explain_running(self.constants, self.running, t) for t in self.constants.tracks}

    def weeks(self) -> tuple[FollowedWeek, ...]:
        """Return all weeks: the past ones, the running one, and the projections after it."""
        answers = [week_answer.build_week(self.constants, w, planned=False) for w in self.past]
        if self.running is not None:
            why = self.week_reasons()
            week = self.running.week
            answers.append(week_answer.build_week_with_reasons(self.constants, week, why))
        known = [_mark_week(week, projected=False) for week in answers]
        to_come = [
            _mark_week(week_answer.build_week(self.constants, week, planned=True), projected=True)
            for week in self.projection
        ]
        return (*known, *to_come)

    @cached_property
    def projection(self) -> tuple[RenderedWeek, ...]:
        """The weeks after the running one, as if all sets to come are done as prescribed."""
        return tuple(self._project())

    def _project(self) -> Iterator[RenderedWeek]:
        if self.running is None:
            return
        constants = self.constants
        standing = self._finish_running_week(self.running.planned)
        for index in range(self.running.planned.index + 1, constants.spec.weeks + 1):
            week = week_plan.plan_week(constants, standing, index)
            yield week
            standing = fold.end_perfect_week(constants, week)

    def _finish_running_week(self, week: RenderedWeek) -> Standing:
        """Return the standing after the running week, with its remaining sets done as prescribed.

        What pain has decided in this week stays decided.
        """
        log = self.log.of_week(week.index)
        if not log.records:
            return fold.end_perfect_week(self.constants, week)
        so_far = judgement.judge_week(self.constants, week, log)
        perfect = judgement.assume_perfect_week(self.constants, week)
        judged = {t: so_far[t] if so_far[t].pain_code else perfect[t] for t in so_far}
        return fold.end_trained_week(self.constants, week, judged)


def explain_running(constants: PlanConstants, running: RunningWeek, track: Track) -> Reason:
    """Return the reason of a track in the running week."""
    pain = running.pains[track]
    if pain is not None and pain < PAIN_WATCH:
        # A reason of pain then speaks of the week before.
        pain = None
    return explaining.explain_track(constants, running.week, track, planned=False, pain=pain)


def _mark_week(week: Week, *, projected: bool) -> FollowedWeek:
    fields = {name: getattr(week, name) for name in Week.__dataclass_fields__}
    return FollowedWeek(**fields, projected=projected)


def follow(
    spec: Spec,
    sessions: Iterable[CompletedSession],
    *,
    through_week: int | None = None,
    as_of: datetime.date | None = None,
) -> FollowedProgram:
    """Return the programme of a spec after its log. The sessions may come in any order.

    `through_week` is the number of the last week that is over. Without it, a week is over when
    none of its sessions is left, when a later week holds a set, or when its seventh day is before
    `as_of`. Raises SpecError if the spec's `start` does not fit.
    """
    constants = derive(spec)
    check_start(constants)
    standing = fresh_standing(constants)
    log = build_logbook(constants, sessions)
    past: list[RenderedWeek] = []
    for index in range(1, spec.weeks + 1):
        week = week_plan.plan_week(constants, standing, index)
        running = None
        if not _is_surely_over(log, week, through_week, as_of):
            running = running_week.read_running_week(constants, week, log, as_of)
        is_open = running is not None and (running.open_sessions or through_week is not None)
        weekly = log.of_week(index)
        if is_open and through_week is None:
            # A warning sign in a later week blocks at once.
            weekly = weekly._replace(red_flag=log.last_flagged_week() >= index)
        end = fold.end_week(constants, week, weekly)
        if end.block is not None:
            return FollowedProgram(constants, log, tuple(past), standing, None, end.block, week)
        if is_open:
            return FollowedProgram(constants, log, tuple(past), standing, running, None, None)
        past.append(week)
        standing = end.standing
    return FollowedProgram(constants, log, tuple(past), standing, None, None, None)


def _is_surely_over(
    log: Logbook, week: RenderedWeek, through_week: int | None, as_of: datetime.date | None
) -> bool:
    """Return whether a week is over whatever sessions are left in it."""
    if through_week is not None:
        return week.index <= through_week
    if log.last_week_with_sets() > week.index:
        return True
    start = week.start_date
    return as_of is not None and start is not None and (as_of - start).days >= 7
