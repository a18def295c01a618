"""The closed loop: what was done in one week decides the next (science 4.4).

end_week() returns the standing after a week, by its log: after a week with sets each track takes
the step that pain or work asks for, after one without it takes a break. end_perfect_week() is the
same for a week that is done exactly as prescribed; a plan is the fold over such weeks.
followed_program folds a log with these functions, simulation folds a simulated one.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.training.adapting import judgement, retest, setbacks
from app.training.adapting.judgement import Judgement
from app.training.adapting.track_outcome import WorkOutcome
from app.training.catalog.track_definitions import DEFINITIONS, Track
from app.training.log.logbook import WeekLog
from app.training.log.set_records import PAIN_WATCH
from app.training.planning import week_plan
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.standing import (
    PAIN_CODES,
    Standing,
    TrackState,
    fresh_standing,
    start_tracks,
)
from app.training.planning.week_plan import RenderedWeek

_MAX_RUN = 8
_MAX_PAINFUL = 4
_CALM_WEEKS = 4
_MAX_HELD_WEEKS = 8
# After so many build weeks in a row the plan gets smaller, or says that sessions are left out.
_MAX_SHORT_WEEKS = 2
# A painful track that is reduced already takes a step down in its first weeks.
_LAST_DROP_WEEK = 3
# Weeks away, and the reason from there on.
_BREAKS = {8: "RESTART_AFTER_BREAK", 4: "LONG_BREAK_28", 2: "LONG_BREAK_14"}


class Block(NamedTuple):
    """What ended a programme until a professional has cleared it."""

    cause: str
    """WARNING_SIGN_LOGGED or PAIN_CAME_BACK."""
    tissues: frozenset[str]
    """The tissues that pain stopped; empty after a warning sign, which concerns all."""


class WeekEnd(NamedTuple):
    """The standing after a week, or the block that ended the programme in it."""

    standing: Standing
    """After a block, the standing before the week."""
    block: Block | None = None


def plan_weeks(constants: PlanConstants) -> Iterator[RenderedWeek]:
    """Yield the weeks of a plan: each as if all before it were done exactly as prescribed."""
    standing = fresh_standing(constants)
    for index in range(1, constants.spec.weeks + 1):
        week = week_plan.plan_week(constants, standing, index)
        yield week
        standing = end_perfect_week(constants, week)


def end_perfect_week(constants: PlanConstants, week: RenderedWeek) -> Standing:
    """Return the standing after a week that is done exactly as prescribed."""
    if not week.sessions:
        return _end_missed_week(constants, week, WeekLog())
    return end_trained_week(constants, week, judgement.assume_perfect_week(constants, week))


def end_week(constants: PlanConstants, week: RenderedWeek, log: WeekLog) -> WeekEnd:
    """Return the standing after a week, by what was logged in it."""
    before = week.standing
    if log.red_flag:
        return WeekEnd(before, Block("WARNING_SIGN_LOGGED", frozenset()))
    if not log.records:
        return WeekEnd(_end_missed_week(constants, week, log))
    judged = judgement.judge_week(constants, week, log)
    sore = judgement.find_sore_tissues(judged)
    if any(_was_stopped(before, tissue) for tissue in sore):
        return WeekEnd(before, Block("PAIN_CAME_BACK", sore))
    return WeekEnd(end_trained_week(constants, week, judged, log))


def _start_end(week: RenderedWeek, log: WeekLog | None) -> tuple[Standing, bool]:
    """Return the standing as a week ends, before anything is judged: what is held is a week older,
    and a logged test is the newest. The second value says whether there was such a test.
    """
    standing = _age_held(week.standing)
    test = retest.find_logged_test(log) if log else None
    return (standing, False) if test is None else (standing._replace(test=test), True)


def _was_stopped(standing: Standing, tissue: str) -> bool:
    return any(
        state.stopped and DEFINITIONS[track].tissue == tissue
        for track, state in standing.tracks.items()
    )


def _age_held(standing: Standing) -> Standing:
    """Return the standing with what is held a week older; after eight weeks it is forgotten."""
    if not any([state.held for state in standing.tracks.values()]):  # noqa: C419  # faster
        return standing
    tracks = {}
    for track, state in standing.tracks.items():
        held = state.held and state.held._replace(weeks=state.held.weeks + 1)
        forgotten = held is not None and held.weeks >= _MAX_HELD_WEEKS
        tracks[track] = state._replace(held=None if forgotten else held)
    return standing._replace(tracks=tracks)


def _end_missed_week(constants: PlanConstants, week: RenderedWeek, log: WeekLog) -> Standing:
    """Return the standing after a week without a set."""
    standing, tested = _start_end(week, log)
    tracks = {track: _end_suspension(state) for track, state in standing.tracks.items()}
    standing = standing._replace(tracks=tracks, run=0, cut=0, skipped=0, notes=())
    if not week.sessions and week.kind != "pause":
        # A race or pain took the sessions, so nothing was missed.
        return _take_test(constants, standing, tested=tested, hurt=False)
    if not standing.ever:
        return standing if week.kind == "pause" else _wait_at_start(constants, standing)
    away = standing.away + 1
    standing = standing._replace(
        tracks={t: _end_away(constants, standing, s, week, away) for t, s in tracks.items()},
        away=away,
    )
    return _take_test(constants, standing, tested=tested, hurt=False)


def _end_suspension(state: TrackState) -> TrackState:
    if not state.suspended:
        return state
    return state._replace(
        suspended=False, reduce=True, pain_prev=None, painful=0, why="RETURN_AFTER_PAIN"
    )


def _wait_at_start(constants: PlanConstants, standing: Standing) -> Standing:
    """Return the standing of a programme in which nothing was ever logged: its first week again."""
    fresh = start_tracks(constants, standing)
    return standing._replace(
        tracks={track: state._replace(why="NO_DATA_START") for track, state in fresh.items()}
    )


def _end_away(
    constants: PlanConstants, standing: Standing, state: TrackState, week: RenderedWeek, away: int
) -> TrackState:
    nothing_due = state.due is None
    state = setbacks.ease_after_break(constants, standing, state, away)
    if state.why in PAIN_CODES:
        return state
    if away == 1:
        repeats = week.kind == "build" and nothing_due
        return state._replace(why="MISSED_WEEK_REPEAT") if repeats else state
    return state._replace(why=break_code(away))


def break_code(away: int) -> str:
    """Return the reason after two or more weeks away."""
    return next(code for weeks, code in _BREAKS.items() if away >= weeks)


def end_trained_week(
    constants: PlanConstants,
    week: RenderedWeek,
    judged: Mapping[Track, Judgement],
    log: WeekLog | None = None,
) -> Standing:
    """Return the standing after a week in which something was done. Without a log, nothing of what
    was prescribed is missing.
    """
    standing, tested = _start_end(week, log)
    sore = judgement.find_sore_tissues(judged)
    tracks = {
        track: _step_track(constants, week, state, judged[track], sore)
        for track, state in standing.tracks.items()
    }
    run = min(_MAX_RUN, standing.run + 1) if week.kind == "build" else 0
    standing = standing._replace(tracks=tracks, notes=(), run=run, away=0, ever=True)
    if week.kind == "build":
        cut, skipped = _count_shortfalls(week, log, judged, sore) if log else (False, False)
        standing = _settle_shortfalls(constants, standing, cut=cut, skipped=skipped)
    standing = _settle_caution(week, standing, judged)
    hurt = any((one.pain or 0) >= PAIN_WATCH for one in judged.values())
    return _take_test(constants, standing, tested=tested, hurt=hurt)


def _step_track(
    constants: PlanConstants,
    week: RenderedWeek,
    state: TrackState,
    judged: Judgement,
    sore: frozenset[str],
) -> TrackState:
    is_sore = DEFINITIONS[state.rung.track].tissue in sore
    if judged.trained or judged.pain is not None:
        state = _remember_pain(state, judged)
    if judged.pain_code is not None or is_sore:
        sibling = "SIBLING_PAIN" if is_sore and judged.pain_code != "PAIN_ABOVE_5" else None
        state = state._replace(
            hits=0, due=None, due_rung=None, why=judgement.show_strongest(judged.pain_code, sibling)
        )
        return _step_for_pain(constants, state, judged, is_sore=is_sore)
    if state.reduce or (week.kind != "build" and state.why in PAIN_CODES):
        if not judged.trained:
            return state
        return state._replace(reduce=False, hits=0, due=None, due_rung=None, why="RESUME_FULL")
    return _step_for_work(constants, state, judged.work) if judged.work else state


def _remember_pain(state: TrackState, judged: Judgement) -> TrackState:
    painful = judged.pain is not None and judged.pain >= PAIN_WATCH
    pain_prev = judged.pain if painful else None
    weeks = min(_MAX_PAINFUL, state.painful + 1) if painful else 0
    stopped = judged.pain_code == "PAIN_ABOVE_5"
    if (pain_prev, weeks, stopped) == (state.pain_prev, state.painful, state.stopped):
        return state
    return state._replace(pain_prev=pain_prev, painful=weeks, stopped=stopped)


def _step_for_pain(
    constants: PlanConstants, state: TrackState, judged: Judgement, *, is_sore: bool
) -> TrackState:
    if judged.pain_code == "PAIN_ABOVE_5":
        return setbacks.drop(constants, state, 8)._replace(suspended=True, reduce=False)
    if judged.pain_code == "RETURN_AFTER_PAIN":
        painful = judged.pain is not None and judged.pain >= PAIN_WATCH
        pain_prev = judged.pain if painful else None
        return state._replace(suspended=False, reduce=True, painful=0, pain_prev=pain_prev)
    if judged.pain_code in judgement.REDUCING_CODES:
        if state.reduce and state.painful <= _LAST_DROP_WEEK:
            state = setbacks.drop(constants, state, 9)
        return state._replace(reduce=True)
    return state._replace(reduce=True) if is_sore else state


def _step_for_work(constants: PlanConstants, state: TrackState, work: WorkOutcome) -> TrackState:
    if work.failed:
        lower = setbacks.regress(constants, state)
        return lower._replace(why=work.why, weak=work.weak)
    due_rung = state.due_rung if work.due == "test" else None
    if work == (state.why, state.hits, state.due, state.weak, False):
        return state
    return state.judge(work.why, work.hits, work.due, due_rung, work.weak)


def _count_shortfalls(
    week: RenderedWeek, log: WeekLog, judged: Mapping[Track, Judgement], sore: frozenset[str]
) -> tuple[bool, bool]:
    """Return whether the begun sessions were cut short, and whether a session was left out."""
    by_session = log.records_by_session()
    asked = done = 0
    left_out = False
    for session in week.sessions:
        records = [r for r in by_session.get(session.place.number, ()) if r.is_done]
        if not records:
            left_out = True
            continue
        for slot in session.slots:
            track = slot.rung.track
            units = min(slot.units, sum([r.units for r in records if r.track == track]))
            hurt = (
                DEFINITIONS[track].tissue in sore
                or judged[track].pain_code in judgement.REDUCING_CODES
            )
            asked += units if hurt else slot.units
            done += units
    stopped = any(one.pain_code == "PAIN_ABOVE_5" for one in judged.values())
    return done * 10 < asked * 6, left_out and not stopped


def _settle_shortfalls(
    constants: PlanConstants, standing: Standing, *, cut: bool, skipped: bool
) -> Standing:
    """Count weeks that were cut short or lacked a session, and answer the second in a row."""
    cuts = standing.cut + 1 if cut else 0
    skips = standing.skipped + 1 if skipped else 0
    if cuts >= _MAX_SHORT_WEEKS:
        cuts = 0
        tracks = {t: _simplify(constants, state) for t, state in standing.tracks.items()}
        standing = standing._replace(tracks=tracks)
    if skips >= _MAX_SHORT_WEEKS:
        skips = 0
        standing = standing._replace(notes=(*standing.notes, "SESSIONS_SKIPPED"))
    if (cuts, skips) == (standing.cut, standing.skipped):
        return standing
    return standing._replace(cut=cuts, skipped=skips)


def _simplify(constants: PlanConstants, state: TrackState) -> TrackState:
    frequency = constants.frequency[state.rung.track]
    why = state.why if state.why in PAIN_CODES else "SIMPLIFY_DOSE"
    sets = max(frequency, state.sets - frequency)
    return state._replace(sets=sets, hits=0, due=None, due_rung=None, why=why)


def _settle_caution(
    week: RenderedWeek, standing: Standing, judged: Mapping[Track, Judgement]
) -> Standing:
    """Lift the caution after pain or injury once four build weeks were calm."""
    if not standing.caution:
        return standing
    pains = [one.pain for one in judged.values() if one.pain is not None]
    calm = standing.calm
    if any(pain >= PAIN_WATCH for pain in pains):
        calm = 0
    elif pains and week.kind == "build":
        calm += 1
    if calm < _CALM_WEEKS:
        return standing._replace(calm=calm)
    notes = (*standing.notes, "CAUTION_LIFTED")
    return standing._replace(caution=False, calm=calm, notes=notes)


def _take_test(
    constants: PlanConstants, standing: Standing, *, tested: bool, hurt: bool
) -> Standing:
    """Let a new heel-rise test open up to two rungs, or note that it points lower."""
    if not tested:
        return standing
    tracks = [t for t in constants.tracks if DEFINITIONS[t].test == "heel_rise"]
    return retest.raise_to_start(constants, standing, tracks, hurt=hurt, noted="heel_rise")
