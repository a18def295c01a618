"""The tables of docs/science.md as the code has them: rows of cells, in the page's order.

test_science compares them with the page. Each function gives one table, or what is on one line.
"""

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction

from app.training.adapting import carry, fold, retest, track_outcome
from app.training.catalog import reasons
from app.training.catalog.exercises import (
    EXERCISES,
    LADDERS,
    LOADERS,
    SECONDS_PER_COUNT,
    Exercise,
    Fit,
    Rung,
)
from app.training.catalog.reasons import Wording
from app.training.catalog.track_definitions import DEFINITIONS, Track, TrackDefinition
from app.training.log import limits, logbook, placing, set_records
from app.training.planning import dose, plan_constants, progression, standing, week_plan
from app.training.planning import training_calendar as calendar
from app.training.planning.spec import Spec
from tests.training.notation import SHORT

Row = list[str]


def list_evidence(ids: Iterable[str]) -> str:
    return ", ".join(ids)


def format_needs(rung: Rung) -> str:
    """Return what a rung needs, in the words of section 2.1."""
    needs = ["edge"] if rung.step_edge else []
    if rung.height_band:
        low, high = rung.height_band
        needs.append(f"step {low}-{high} cm" + (", the lowest" if rung.lowest else ""))
    needs += ["chair"] if rung.chair else []
    needs += ["load"] if rung.loaded else []
    needs += ["no loaded rung"] if rung.only_without_load else []
    return ", ".join(needs) or "-"


def format_target(exercise: Exercise) -> str:
    given = exercise.dose
    if exercise.unit == "seconds":
        return f"{given.seconds_low}-{given.seconds_high} s"
    return f"{given.reps_low}-{given.reps_high}"


def format_tempo(exercise: Exercise) -> str:
    tempo = exercise.tempo
    return (
        "hold" if tempo is None else f"{tempo.up_s}-{tempo.hold_s}-{tempo.down_s}-{tempo.bottom_s}"
    )


def format_sides(exercise: Exercise) -> str:
    return "one" if exercise.laterality == "unilateral" else "both"


def list_ladder(track: Track) -> list[Row]:
    return [
        [
            f"{SHORT[track]}{rung.number}",
            rung.slug,
            rung.name,
            format_sides(rung.exercise),
            format_needs(rung),
            format_target(rung.exercise),
            format_tempo(rung.exercise),
            f"{rung.rest_s} s",
            f"{rung.coef / 100:.2f}",
        ]
        for rung in LADDERS[track]
    ]


def list_alternatives() -> list[Row]:
    return [
        [
            one.slug,
            one.name,
            ", ".join(f"{SHORT[one.track]}{number}" for number in one.replaces_rungs),
            format_equipment(one),
            format_sides(one),
        ]
        for one in EXERCISES.values()
        if one.replaces_rungs
    ]


def format_equipment(exercise: Exercise) -> str:
    named = [name for name in exercise.equipment if name not in ("floor", "wall", *LOADERS)]
    return ", ".join([*named, *(["load"] if {*LOADERS} & {*exercise.equipment} else [])])


def list_content_only() -> list[Row]:
    return [
        [
            one.slug,
            one.name,
            SHORT[one.track],
            format_sides(one),
            format_target(one),
            format_tempo(one),
        ]
        for one in EXERCISES.values()
        if one.rung is None and not one.replaces_rungs
    ]


def format_fit(fit: Fit | None) -> str:
    if fit is None:
        return "none"
    if fit.name is None:
        return f"{fit.category}, no name"
    return f"{fit.category} / {fit.name}" + ("" if fit.exact else " (not exact)")


def list_fit_names() -> list[Row]:
    rungs = [rung for ladder in LADDERS.values() for rung in ladder]
    on = [[f"{SHORT[one.track]}{one.number}", format_fit(one.exercise.fit)] for one in rungs]
    dumbbells = [format_fit(one.fit_dumbbell) if one.fit_dumbbell else "the same" for one in rungs]
    rows = [[*row, dumbbell] for row, dumbbell in zip(on, dumbbells, strict=True)]
    beside = [one for one in EXERCISES.values() if one.rung is None]
    return rows + [[one.slug, format_fit(one.fit), "the same"] for one in beside]


def list_tracks() -> list[Row]:
    return [
        [
            one.shorthand,
            code,
            one.tissue,
            ", ".join(one.sessions),
            "only if `core` names it" if one.optional else "always",
            ", ".join(one.pain_sites),
        ]
        for code, one in DEFINITIONS.items()
    ]


def list_starts() -> list[Row]:
    return [
        [
            one.shorthand,
            *(str(getattr(one.start_rungs, name)) for name in ("beginner", "intermediate")),
            str(one.start_rungs.advanced),
            format_test(one),
            str(one.top_reps),
            list_evidence(one.order_evidence),
            list_evidence(one.start_evidence or reasons.REASONS["START"].wording.evidence),
        ]
        for one in DEFINITIONS.values()
    ]


def format_test(one: TrackDefinition) -> str:
    if one.test is None:
        low = one.start_rung_after_low_test
        return "-" if low is None else f"heel-rise test below {standing.LOW_TEST}: {low}"
    name, unit = ("heel-rise", "") if one.test == "heel_rise" else ("side-plank", " s")
    return f"{name} test: 1, and 1 more from {', '.join(map(str, one.test_rungs))}{unit}"


def list_sentences(rules: Mapping[str, reasons.ReasonRule]) -> list[Row]:
    """Return each sentence with its evidence, the variants below their code."""
    rows = []
    for code, rule in rules.items():
        for name, said in {"": rule.wording, **rule.variants}.items():
            rows.append([f"{code}, {name}" if name else code, said.earned, *_list_cited(said)])
    return rows


def _list_cited(said: Wording) -> Row:
    return [list_evidence(said.evidence)]


def list_reasons() -> list[Row]:
    rows = []
    for code, rule in reasons.REASONS.items():
        for name, said in {"": rule.wording, **rule.variants}.items():
            same = "the same" if said.planned == said.earned else said.planned
            label, change = (f"{code}, {name}", "") if name else (code, rule.change or "-")
            rows.append([label, change, said.earned, same or "-", *_list_cited(said)])
    return rows


def format_default(value: object) -> str:
    return json.dumps(value).replace('"', "")


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}"


def list_constants() -> dict[str, str]:
    """Return the constants of section 3.2 as the code has them."""
    return {
        **_list_dose_constants(),
        **_list_load_constants(),
        **_list_judging_constants(),
        **_list_counts(),
        **_list_calendar_constants(),
    }


def _list_dose_constants() -> dict[str, str]:
    sk2, sk7, sk8 = (LADDERS["straight_knee"][place] for place in (1, 6, 7))
    most_work = (progression.entry_reps.__kwdefaults__ or {})["quarters"]
    return {
        "sets of an exercise in a session, first and full: beginner": _pair("beginner"),
        "the same: intermediate": _pair("intermediate"),
        "the same: advanced": _pair("advanced"),
        "the same: cautious": "{}, at most {}".format(*standing._CAUTIOUS_SETS),
        "a lighter week, if cautious, at least every": f"{standing._CAUTIOUS_DELOAD_EVERY} weeks",
        "cautious ages": (
            f"below {plan_constants.ADULT_AGE}, from {plan_constants._CAUTIOUS_AGE} on"
        ),
        "cautious from a pain of": str(standing.CAUTIOUS_PAIN),
        "RIR in foundation, build, strength": "{foundation}, {build}, {strength}".format(
            **week_plan._RIR
        ),
        "RIR of easy work": str(week_plan._RIR_EASY),
        "seconds of a count": str(SECONDS_PER_COUNT),
        "rep step: ranges from 12 on, from 8 on, below": (
            f"{progression.rep_step(sk2)}, {progression.rep_step(sk7)}, {progression.rep_step(sk8)}"
        ),
        "most work of a set on a new rung or load": _share(most_work, 4),
        "fewest entry reps": str(progression._MIN_ENTRY_REPS),
    }


def _list_load_constants() -> dict[str, str]:
    plain = plan_constants.derive(Spec())
    return {
        "body mass, if none is given": "{metric} kg, {imperial} lb".format(
            **plan_constants._ASSUMED_BODY_MASS
        ),
        "first load": _share(1, plan_constants._FIRST_SHARE) + " of body mass",
        "greatest load": f"{Fraction(plain.max_load, plain.body_mass)} of body mass",
        "heavy from": _share(1, plan_constants._HEAVY_SHARE) + " of body mass on",
        "owned weights count from": _share(1, plan_constants._SMALLEST_SHARE) + " of body mass on",
        "the lightest of them is at most": _share(1, plan_constants._LIGHTEST_SHARE)
        + " of body mass",
        "lowest step edge": f"{plan_constants.MIN_STEP_EDGE_CM} cm",
    }


def _list_judging_constants() -> dict[str, str]:
    pain = standing.SCALE
    return {
        "noise of a test": "{heel_rise} repetitions, {side_plank} s".format(**standing.TEST_NOISE),
        "weak side by a test: more than": f"{standing._ASYMMETRY_PERCENT} %",
        "weak side by logged sets: from, and more than": (
            f"{track_outcome._WEAK_REPS} repetitions, {track_outcome._WEAK_SHARE * 100} %"
        ),
        "even again: at most": f"{track_outcome._EVEN_SHARE * 100} %",
        "good from": f"{track_outcome._GOOD_TENTHS}/10 of what a session prescribes",
        "failed below": f"{track_outcome._FAILED_TENTHS}/10 of the target of what was done",
        "hits": str(track_outcome.HITS_NEEDED),
        "long sets from": str(track_outcome._LONG_SET_REPS),
        "effort too high, below the planned RIR by more than: long sets, others": _two(
            track_outcome._RIR_TOLERANCE
        ),
        "much too easy, above the planned RIR from: long sets, others": _two(
            track_outcome._RIR_SURPLUS
        ),
        "much too easy, above the range from": f"{track_outcome._OVERSHOOT_REPS} repetitions",
        "pain is low up to, counts from, stops above": ", ".join(
            str(score // pain)
            for score in (track_outcome._PAIN_EASY, set_records.PAIN_WATCH, track_outcome.PAIN_STOP)
        ),
        "pain persists after": f"{track_outcome._PERSISTS_AFTER} painful weeks",
    }


def _list_counts() -> dict[str, str]:
    return {
        "reduced work drops a rung up to painful week": str(fold._LAST_DROP_WEEK),
        "painful weeks are counted up to": str(fold._MAX_PAINFUL),
        "calm weeks that lift caution": str(fold._CALM_WEEKS),
        "build weeks are counted up to": str(fold._MAX_RUN),
        "short weeks in a row that have an answer": str(fold._MAX_SHORT_WEEKS),
        "weeks away with a setback": ", ".join(map(str, sorted(fold._BREAKS))),
        "what is held is eased after": "{} and {} weeks".format(*carry._EASED_AFTER),
        "what is held is forgotten after": f"{fold._MAX_HELD_WEEKS} weeks",
        "rungs that a test opens": str(retest._MAX_RUNGS),
    }


def _list_calendar_constants() -> dict[str, str]:
    tomorrow, today = calendar._COST_TOMORROW, calendar._COST_TODAY
    yesterday = calendar._COST_YESTERDAY
    return {
        "warm-up, change of exercise, change of side": (
            f"{dose._WARM_UP_S} s, {dose._CHANGE_EXERCISE_S} s, {dose._SIDE_SWITCH_S} s"
        ),
        "rest of a tissue": f"{calendar.MIN_GAP_DAYS} days",
        "no session before and after a race": (
            f"{calendar._CLEAR_BEFORE_RACE} days, {calendar._CLEAR_AFTER_RACE} days"
        ),
        "a taper from week of training": str(calendar._FULL_TAPER_FROM_WEEK),
        "paused days that make a pause": str(calendar._PAUSED_DAYS),
        "day cost: hard or long tomorrow": f"{tomorrow['hard']}, {tomorrow['long']}",
        "day cost: long, hard, rest today": f"{today['long']}, {today['hard']}, {today['rest']}",
        "day cost: hard or long yesterday": f"{yesterday['hard']}, {yesterday['long']}",
        "day cost: adjacent training days": str(calendar._COST_ADJACENT),
        "days that an upload may be early, late": (
            f"{placing._EARLIEST_DAYS}, {placing._LATEST_DAYS}"
        ),
        "a duplicate is performed within": f"{logbook._DUPLICATE_SECONDS // 60} minutes",
        "implausible above": (
            f"{limits.MAX_PLAUSIBLE_REPS} repetitions or counts, "
            f"{limits.MAX_PLAUSIBLE_BODY_MASSES} body masses"
        ),
        "tolerance of a load": f"{Fraction(set_records.LOAD_TOLERANCE_NG, 10**12)} kg",
    }


def _pair(level: str) -> str:
    first, full = standing._LEVEL_SETS[level]
    return f"{first}, {full}"


def _two(by_length: Mapping[bool, int]) -> str:
    return f"{by_length[True]}, {by_length[False]}"
