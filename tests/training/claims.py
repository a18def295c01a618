"""What the sentence of each code claims, as checks on the week that it stands in and on the log.

find_contradiction() says whether a reason contradicts them. CLAIMS has one check for each code that
a log may lead to, so that a new code needs one.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from app.training.planning import plan_constants, progression
from app.training.planning.spec import Spec
from app.training.planning.standing import PAIN_CODES, fresh_standing
from tests.training import pain_claims
from tests.training.histories import JudgedWeek
from tests.training.told_reasons import (
    Told,
    is_cut_short,
    is_good,
    list_done,
    mean_reserve,
    share_of_done,
    share_of_prescribed,
    share_of_week,
    waits,
)

LONG_SET = 15
GOOD = Fraction(9, 10)


def _starts_fresh(told: Told) -> bool:
    first = fresh_standing(told.constants).tracks[told.track]
    same = (told.state.rung, told.state.reps, told.state.load, told.state.sets)
    return same == (first.rung, first.reps, first.load, first.sets)


def _was_nothing_logged_first(told: Told) -> bool:
    return not told.earlier[0].log.records


def _ramps_sets(told: Told) -> bool:
    """The figure is left out where time or a race took some of the sets."""
    sets = sum(slot.sets for slot in told.slots)
    named = "this week" in told.reason.sentence
    return told.state.sets > told.before.sets and (not named or told.says(f"{sets} this week"))


def _was_good(told: Told) -> bool:
    """Whether some session since the last step reached nine tenths of its target."""
    state = told.before
    for judged in reversed(told.builds):
        was = judged.week.standing.tracks[told.track]
        if (was.rung, was.reps, was.load) != (state.rung, state.reps, state.load):
            return False
        if any(is_good(*done) for done in list_done(told, judged)):
            return True
    return False


def _adds_reps(told: Told) -> bool:
    was, now = told.before, told.state
    more = (now.rung, now.load) == (was.rung, was.load) and now.reps > was.reps
    return more and told.says(told.dose) and _was_good(told)


# After these the count of good sessions began again, and after those it begins in their week.
_ENDS_A_ROW = {
    "EFFORT_TOO_HIGH", "INCOMPLETE_NOT_FAILED", "RESUME_FULL", "SIMPLIFY_DOSE", *PAIN_CODES,
}  # fmt: skip
_BEGINS_A_ROW = {
    "LADDER_TOP_HOLD", "MAINTAIN", "LONG_BREAK_14", "LONG_BREAK_28", "RESTART_AFTER_BREAK",
}  # fmt: skip


def _was_good_once(told: Told) -> bool:
    """Whether one session was good at this target, sets included, since the last that was not."""
    following, good = told.reason.code, 0
    for judged in reversed(told.earlier):
        was, shown = judged.week.standing.tracks[told.track], judged.week.start.shown[told.track]
        if was[:4] != told.state[:4] or following in _ENDS_A_ROW:
            break
        for done in reversed(list_done(told, judged)) if judged in told.builds else ():
            if share_of_done(*done) < GOOD:
                return good == 1
            good += is_good(*done)
        if shown in _BEGINS_A_ROW:
            break
        # A lighter week shows its kind, and the reason waits.
        following = shown if judged.week.kind == "build" else following
    return good == 1


def _climbs(told: Told) -> bool:
    top = told.before.reps >= told.constants.top_reps(told.before.rung)
    return top and _is_harder(told)


def _is_harder(told: Told) -> bool:
    return told.state.rung.number > told.before.rung.number and told.says(told.name, told.dose)


def _adds_load(told: Told) -> bool:
    top = told.before.reps >= told.constants.top_reps(told.before.rung)
    return top and _is_heavier(told)


def _is_heavier(told: Told) -> bool:
    was, now = told.before, told.state
    if told.constants.printed[now.rung].by_feel:
        return told.says("take a little more weight") and now.load > was.load
    unit = "kg" if told.constants.spec.units == "metric" else "lb"
    return now.rung is was.rung and told.says(f"add {(now.load - was.load) / 100:g} {unit}")


def _was_much_easier(told: Told) -> bool:
    last = told.builds[-1]
    slot = last.week.slots_of(told.track)[0]
    reserve = mean_reserve(told, last)
    spare = 4 if slot.reps >= LONG_SET else 3
    far = told.constants.top_reps(slot.rung) + 2
    reps = [r.reps for _, records in list_done(told, last) for r in records]
    return (reserve is not None and reserve >= slot.rir + spare) or sum(n >= far for n in reps) >= 2


def _is_topped(told: Told) -> bool:
    state = told.state
    top = progression.step_above(told.constants, state.rung, state.load) is None
    return top and state.reps >= told.constants.top_reps(state.rung) and _opens_something(told)


def _opens_something(told: Told) -> bool:
    """Whether the one thing that the sentence names really opens a step above."""
    if "would open" not in told.reason.sentence:
        return "opens" not in told.reason.params
    thing = str(told.reason.params["opens"])
    richer = plan_constants.derive(_add_thing(told, thing))
    state, ladder = told.state, richer.ladders[told.track]
    if state.rung not in ladder:
        # A high step without a load yields to one with a load.
        return ladder[-1].number > state.rung.number
    load = min(richer.fit_load(state.load), richer.max_load) if state.rung.loaded else 0
    return progression.step_above(richer, state.rung, load) is not None


def _add_thing(told: Told, thing: str) -> Spec:
    spec, mass = told.constants.spec, told.constants.body_mass / 100
    bare = replace(spec, start=None)
    if thing == "A step edge":
        return replace(bare, step_heights_cm=(*spec.step_heights_cm, 8))
    if thing.startswith("A step of "):
        low = int(thing.split()[3])
        return replace(bare, step_heights_cm=(*spec.step_heights_cm, low))
    if thing == "A chair":
        return replace(bare, equipment=(*spec.equipment, "chair"))
    light = tuple(sorted([*spec.loads, round(mass / 10, 2)]))
    if thing == "A weight":
        # One to begin with: what is owned without anything to hold it may be too heavy.
        loads = light if spec.loads else ()
        return replace(bare, equipment=(*spec.equipment, "dumbbell"), loads=loads)
    if thing == "A lighter weight":
        return replace(bare, loads=light)
    assert thing == "A heavier weight"
    heavier = [round(mass / 10 + 0.01, 2), told.state.load / 100 + 0.5]
    return replace(bare, loads=tuple(sorted({*spec.loads, *heavier})))


def _is_maintained(told: Told) -> bool:
    full = told.week.standing.full_sets(told.constants, told.track)
    return told.state.sets <= (full + 1) // 2 and _is_topped(told)


def _goes_to_test(told: Told) -> bool:
    """Further up than it stood after the week before, which may have lowered it."""
    first = told.week.standing.first_sets(told.constants, told.track)
    was = told.earlier[-1].after.tracks[told.track]
    harder = told.state.rung.number > was.rung.number
    return harder and told.says(told.name) and told.state.sets <= first


def _is_kind(*kinds: str) -> Callable[[Told], bool]:
    return lambda told: told.week.kind in kinds


def _waits_for_others(told: Told) -> bool:
    return "RAMP_SETS" in told.week.start.shown.values()


def _fell_short(told: Told) -> bool:
    done = list_done(told, told.builds[-1])
    return told.says(told.dose) and any(share_of_done(*one) < GOOD for one in done)


def _misses_a_fifth(told: Told) -> bool:
    return share_of_week(told, told.builds[-1]) < Fraction(8, 10)


def _is_lowered(told: Told) -> bool:
    if not _misses_a_fifth(told):
        return False
    was = told.builds[-1].week.standing.tracks[told.track]
    now, by_feel = told.state, told.constants.printed[told.state.rung].by_feel
    if now.rung is not was.rung:
        return now.rung.number < was.rung.number and told.says(told.name, told.dose)
    if now.load != was.load:
        said = "take less weight" if by_feel else f"the load drops to {now.load / 100:g}"
        return now.load < was.load and told.says(said)
    word = "drops to" if now.reps < was.reps else "stays at"
    return now.reps <= was.reps and told.says(f"{word} {told.dose}")


def _ended_early(told: Told) -> bool:
    last = told.builds[-1]
    reserve = mean_reserve(told, last)
    slot = last.week.slots_of(told.track)[0]
    return _misses_a_fifth(told) and reserve is not None and reserve > slot.rir


def _was_incomplete(told: Told) -> bool:
    last = told.builds[-1]
    done = list_done(told, last)
    some_missing = any(share_of_prescribed(*one) < GOOD for one in done)
    return some_missing or len(done) < len(last.week.slots_of(told.track))


def _was_left_out(told: Told) -> bool:
    records = told.builds[-1].log.records
    return not any(record.track == told.track and record.is_done for record in records)


def _was_hard(told: Told) -> bool:
    last = told.builds[-1]
    slot = last.week.slots_of(told.track)[0]
    reserve = mean_reserve(told, last)
    tolerance = 2 if slot.reps >= LONG_SET else 1
    return reserve is not None and reserve < slot.rir - tolerance


def _was_other(told: Told) -> bool:
    last = told.builds[-1]
    done = any(r.track == told.track and r.is_done for r in last.log.records)
    return done and not list_done(told, last)


def _is_behind(told: Told) -> bool:
    if told.state.weak is None or not told.says(f"The {told.state.weak} side"):
        return False
    for judged in reversed(told.builds):
        records = [r for _, found in list_done(told, judged) for r in found]
        sides = {s: [r.reps for r in records if r.side == s] for s in ("left", "right")}
        if all(len(reps) >= 2 for reps in sides.values()):
            means = {side: sum(reps) / len(reps) for side, reps in sides.items()}
            return means[told.state.weak] < max(means.values())
    return False


def _was_cut_short_twice(told: Told) -> bool:
    weeks = [one for one in told.earlier if one.week.kind == "build" and one.log.records]
    return len(weeks) >= 2 and all(is_cut_short(one) for one in weeks[-2:])


def _list_weeks_away(told: Told) -> list[JudgedWeek]:
    """Return the weeks without a set right before this one. What a race took was not missed."""
    found: list[JudgedWeek] = []
    for judged in reversed(told.earlier):
        if judged.log.records:
            break
        if judged.week.sessions or judged.week.kind == "pause":
            found.append(judged)
    return found


def _missed_a_week(told: Told) -> bool:
    """A build week, and since then no week could say so. A lighter one may be missed after it."""
    for place, one in reversed([*enumerate(told.earlier)]):
        before = told.earlier[:place]
        missed = not one.log.records and (one.week.sessions or one.week.kind == "pause")
        if missed and _list_weeks_away(replace(told, earlier=before)):
            return False
        if missed and one.week.kind == "build":
            return any(earlier.log.records for earlier in before) and told.stands_as_in(one)
        if not waits(one):
            return False
    return False


def _was_away(least: int, most: int) -> Callable[[Told], bool]:
    def check(told: Told) -> bool:
        weeks = len(_list_weeks_away(told))
        first = told.week.standing.first_sets(told.constants, told.track)
        few = told.state.sets <= max(first, told.constants.frequency[told.track])
        if "n" not in told.reason.params:
            waited = any(least <= count <= most for count in _count_breaks_before(told))
            return few and told.says("After your weeks away") and weeks < 2 and waited
        return few and least <= weeks <= most and told.says(f"After {weeks} weeks away")

    return check


def _count_breaks_before(told: Told) -> list[int]:
    """Return the weeks away at the end of each week after which no week could say so."""
    found = []
    for place in reversed(range(len(told.earlier))):
        if not waits(told.earlier[place]):
            break
        found.append(len(_list_weeks_away(replace(told, earlier=told.earlier[:place]))))
    return found


def _had_no_room(told: Told) -> bool:
    """None in this week, or none in the last week that gave a reason."""
    if not told.slots:
        now = told.state[:4]
        return all(now == one.after.tracks[told.track][:4] for one in told.earlier[-1:])
    last = next((one for one in reversed(told.earlier) if not waits(one)), None)
    if last is None or last.week.slots_of(told.track):
        return False
    return bool(last.log.records) and told.stands_as_in(last)


CLAIMS: Mapping[str, Callable[[Told], bool]] = {
    "START": _starts_fresh,
    "NO_DATA_START": _was_nothing_logged_first,
    "RAMP_SETS": _ramps_sets,
    "ADD_REPS": _adds_reps,
    "HOLD_TWO_FOR_TWO": _was_good_once,
    "NEXT_RUNG": _climbs,
    "ADD_LOAD": _adds_load,
    "LADDER_TOP_HOLD": _is_topped,
    "MAINTAIN": _is_maintained,
    "RETEST_UP": _goes_to_test,
    "DELOAD": _is_kind("deload"),
    "TAPER": _is_kind("taper"),
    "RACE": _is_kind("race"),
    "TRANSITION": _is_kind("transition"),
    "PAUSE_PLANNED": _is_kind("pause"),
    "HOLD_WITH_OTHERS": _waits_for_others,
    "TARGET_NOT_YET_MET": _fell_short,
    "BELOW_TARGET_REGRESS": _is_lowered,
    "INCOMPLETE_NOT_FAILED": _ended_early,
    "INCOMPLETE_REPEAT": _was_incomplete,
    "TRACK_MISSED_REPEAT": _was_left_out,
    "EFFORT_TOO_HIGH": _was_hard,
    "ACCELERATE_RUNG": lambda told: _is_harder(told) and _was_much_easier(told),
    "ACCELERATE_LOAD": lambda told: _is_heavier(told) and _was_much_easier(told),
    "DIFFERENT_EXERCISE_LOGGED": _was_other,
    "ASYMMETRY_HOLD": _is_behind,
    "SIMPLIFY_DOSE": _was_cut_short_twice,
    "MISSED_WEEK_REPEAT": _missed_a_week,
    "LONG_BREAK_14": _was_away(2, 3),
    "LONG_BREAK_28": _was_away(4, 7),
    "RESTART_AFTER_BREAK": _was_away(8, 99),
    "NOT_SCHEDULED": _had_no_room,
    "PAIN_ABOVE_5": pain_claims.hurt_much,
    "SIBLING_PAIN": pain_claims.sibling_hurt,
    "PAIN_WORSE_NEXT_MORNING": pain_claims.was_worse_in_the_morning,
    "PAIN_PERSISTS": pain_claims.hurt_for_three_weeks,
    "PAIN_NOT_SETTLING": pain_claims.did_not_ease,
    "PAIN_ACCEPTABLE_HOLD": pain_claims.is_to_watch,
    "RETURN_AFTER_PAIN": pain_claims.is_reduced_after_pain,
    "RESUME_FULL": pain_claims.is_full_again,
}


def find_contradiction(told: Told) -> str | None:
    """Return what a reason says that is not so, or None."""
    if CLAIMS[told.reason.code](told):
        return None
    return f"week {told.week.index}, {told.track}: {told.reason.sentence}"
