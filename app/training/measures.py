"""The measures of a programme: what was done, in figures worth a chart.

Science part 5. measure() takes a course and its sessions and hands out Progress. Everything is
exact until it is printed; nothing here changes what is prescribed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from app.training import exertion, heel_rise, outcome, record
from app.training.adaptation import TISSUE
from app.training.caveats import CAVEATS
from app.training.course import Course
from app.training.exercise import EXERCISES, TRACKS, Track
from app.training.log import CompletedSession
from app.training.progress import (
    Adherence,
    AdherenceWeek,
    Asymmetry,
    AsymmetryWeek,
    EffectiveVolume,
    EffortAccuracy,
    EffortWeek,
    HardSets,
    HardSetsWeek,
    LadderPosition,
    PainScore,
    PainTrend,
    PainWeek,
    Progress,
    ProgressWeek,
    SideBalance,
    SystemLoad,
    TensionWeek,
    TimeUnderTension,
    TrackFigures,
    TrackVolume,
    VolumeWeek,
    Zone,
)
from app.training.record import BELOW_ANY_RUNG, SCALE, Logbook, Record
from app.training.rounding import Exact, print_figure, print_percent, print_ratio
from app.training.spec import Side
from app.training.terms import UNIT, Terms
from app.training.work import RUNGS, TrackWork, WeekWork, read_weeks

KEPT_PERCENT = 80
WINDOW_WEEKS = 4
REFERENCE_SETS = 10
FEWEST_REPS_OF_A_BEST = 6
# Seconds of one repetition of every exercise, those beside the ladders included.
TEMPOS: Mapping[tuple[Track, int], int] = {
    (one.track, BELOW_ANY_RUNG if one.rung is None else one.rung): one.tempo.seconds
    for one in EXERCISES.values()
}


def measure(course: Course, sessions: Sequence[CompletedSession]) -> Progress:
    """All measures of a course.

    `sessions` are the programme's, in any order and any number of times: what a session says
    about itself is read from them, its sets from the course's log.
    """
    weeks = read_weeks(course)
    newest = record.keep_newest(replace(session, sets=()) for session in sessions)
    in_time = sorted(newest, key=lambda session: session.started_at)
    spec = course.terms.spec
    trained = {r.session_id for rs in course.log.weeks.values() for r in rs if r.logged}
    return Progress(
        status=course.status,
        weeks=tuple(
            ProgressWeek(
                one.week.index, one.week.kind, one.week.phase, one.week.start_date, one.over
            )
            for one in weeks
        ),
        adherence=measure_adherence(weeks),
        hard_sets=count_hard_sets(weeks),
        volume=measure_volume(course.terms, weeks),
        ladder=locate_on_ladder(course.terms, weeks),
        tension=measure_tension(weeks),
        effort=measure_effort(weeks),
        pain=review_pain(course.log, weeks),
        asymmetry=measure_asymmetry(weeks),
        heel_rise=heel_rise.review_tests(spec, in_time),
        system_load=find_best_loads(course.terms, weeks),
        session_load=exertion.review_sessions(
            spec, in_time, trained, [(one.week.index, one.over) for one in weeks]
        ),
    )


def measure_adherence(weeks: Sequence[WeekWork]) -> Adherence:
    """Done of prescribed units, and for how many weeks in a row that was enough."""
    rows, streak = [], 0
    for place, one in enumerate(weeks):
        done, asked = one.done_units, one.asked_units
        kept = done * 100 >= asked * KEPT_PERCENT if asked else None
        if kept:
            streak += 1
        elif kept is False and one.over:
            streak = 0
        recent = weeks[max(0, place + 1 - WINDOW_WEEKS) : place + 1]
        rows.append(
            AdherenceWeek(
                week=one.week.index,
                done_units=done,
                prescribed_units=asked,
                percent=print_percent(min(done, asked), asked),
                four_week_percent=keep_rate(recent) if one.over else None,
                kept=kept,
            )
        )
    return Adherence(*CAVEATS["adherence"], streak_weeks=streak, weeks=tuple(rows))


def keep_rate(weeks: Sequence[WeekWork]) -> int | None:
    """Done of prescribed over some weeks, in percent."""
    done, asked = sum(one.done_units for one in weeks), sum(one.asked_units for one in weeks)
    return print_percent(min(done, asked), asked)


def count_hard_sets(weeks: Sequence[WeekWork]) -> HardSets:
    """Sets done for each tissue."""

    def count(one: WeekWork, tissue: str) -> float:
        return float(sum(one.tracks[track].sets for track in TRACKS if TISSUE[track] == tissue))

    return HardSets(
        *CAVEATS["hard_sets"],
        reference_sets=REFERENCE_SETS,
        weeks=tuple(
            HardSetsWeek(one.week.index, count(one, "calf"), count(one, "step")) for one in weeks
        ),
    )


def measure_volume(terms: Terms, weeks: Sequence[WeekWork]) -> EffectiveVolume:
    """Effective volume done, beside what was planned."""
    rows = []
    for one in weeks:
        planned = {track: weigh_plan(terms, track, one.tracks[track]) for track in TRACKS}
        done = {track: weigh_work(terms, one.tracks[track]) for track in TRACKS}
        tracks = {
            track: TrackVolume(
                done=print_figure(done[track]),
                planned=print_figure(planned[track]),
                ratio=print_ratio(done[track], planned[track]),
            )
            for track in TRACKS
        }
        ratio = print_ratio(sum(done.values()), sum(planned.values()))
        rows.append(VolumeWeek(one.week.index, ratio, tracks))
    return EffectiveVolume(*CAVEATS["volume"], unit="planning units", weeks=tuple(rows))


def weigh_plan(terms: Terms, track: Track, work: TrackWork) -> Fraction:
    """Effective volume that was planned."""
    return to_planning_units(
        terms,
        (
            (2 * one.sets, one.target, RUNGS[track, one.rung].coef, one.load)
            for one in work.asked.values()
        ),
    )


def weigh_work(terms: Terms, work: TrackWork) -> Fraction:
    """Effective volume that was done. What stands beside the ladder has no coefficient."""
    return to_planning_units(
        terms,
        (
            (one.units, one.reps or 0, RUNGS[one.track, one.rung].coef, one.load or 0)
            for one in work.counted
            if one.rung != BELOW_ANY_RUNG
        ),
    )


def to_planning_units(terms: Terms, sets: Iterator[tuple[int, int, int, int]]) -> Fraction:
    """Sets as units, repetitions, coefficient and load: repetitions x coefficient x
    (1 + load / body mass), where two units make a set.
    """
    mass = weigh_body(terms)
    total = sum(units * reps * coef * (mass + load) for units, reps, coef, load in sets)
    return Fraction(total, 2 * 100 * mass)


def weigh_body(terms: Terms) -> int:
    """Body mass in the unit of recorded loads."""
    return record.weigh(terms.body_mass * SCALE // 100, UNIT[terms.spec.units])


def locate_on_ladder(terms: Terms, weeks: Sequence[WeekWork]) -> LadderPosition:
    """The prescribed rung, and how far its range of repetitions is climbed."""

    def locate(track: Track, work: TrackWork) -> float | None:
        if work.reps is None:
            return None
        rung = RUNGS[track, next(iter(work.asked.values())).rung]
        low, high = rung.reps_low, terms.top_reps(rung)
        return print_figure(rung.number + Fraction(work.reps - low, high - low + 1))

    rows = (
        TrackFigures(one.week.index, {track: locate(track, one.tracks[track]) for track in TRACKS})
        for one in weeks
    )
    return LadderPosition(*CAVEATS["ladder"], weeks=tuple(rows))


def measure_tension(weeks: Sequence[WeekWork]) -> TimeUnderTension:
    """Seconds under tension, both sides added up."""
    rows = []
    for one in weeks:
        tracks = {track: sum(last(done) for _, done in one.tracks[track].done) for track in TRACKS}
        rows.append(TensionWeek(one.week.index, sum(tracks.values()), tracks))
    return TimeUnderTension(*CAVEATS["tension"], weeks=tuple(rows))


def last(done: Record) -> int:
    """Seconds that a set lasts by its tempo; one of both legs, one after the other, twice that."""
    sides = done.units if done.one_sided else 1
    return (done.reps or 0) * TEMPOS[done.track, done.rung] * sides


def measure_effort(weeks: Sequence[WeekWork]) -> EffortAccuracy:
    """Mean of logged less planned reserve."""
    rows = []
    for one in weeks:
        misses = {track: list(find_misses(one.tracks[track])) for track in TRACKS}
        tracks = {track: print_mean(misses[track]) for track in TRACKS}
        every = [miss for track in TRACKS for miss in misses[track]]
        rows.append(EffortWeek(one.week.index, print_mean(every), tracks))
    return EffortAccuracy(*CAVEATS["effort"], weeks=tuple(rows))


def find_misses(work: TrackWork) -> Iterator[Fraction]:
    """Logged less planned reserve of each set in a session that asks for the track."""
    for place, one in work.done:
        if one.rir is not None and place in work.asked:
            yield Fraction(one.rir, SCALE) - work.asked[place].rir


def print_mean(numbers: Sequence[Exact]) -> float | None:
    """The mean with two decimals; None of nothing."""
    return print_ratio(sum(numbers), len(numbers))


def review_pain(log: Logbook, weeks: Sequence[WeekWork]) -> PainTrend:
    """The worst pain of each week, during sets and on mornings."""
    rows = []
    for one in weeks:
        felt = [each for track in TRACKS for each in one.tracks[track].felt]
        # All mornings count here, also those whose site speaks for a track that was not trained.
        mornings = [
            log.morning[each.session_id][0] for each in felt if each.session_id in log.morning
        ]
        tracks = {track: find_worst(log, track, one.tracks[track]) for track in TRACKS}
        rows.append(
            PainWeek(
                week=one.week.index,
                during=tell_pain(outcome.worst_pain(felt)),
                morning=tell_pain(max(mornings, default=None)),
                tracks={track: tell_pain(worst) for track, worst in tracks.items()},
            )
        )
    return PainTrend(*CAVEATS["pain"], weeks=tuple(rows))


def find_worst(log: Logbook, track: Track, work: TrackWork) -> int | None:
    """A track's worst pain of a week, as the engine reads it."""
    return outcome.greatest(
        outcome.worst_pain(work.felt), outcome.worst_morning(log, work.felt, track)
    )


def tell_pain(score: int | None) -> PainScore | None:
    """A score with the zone that the engine puts it in."""
    if score is None:
        return None
    zone: Zone = "0-2" if score < outcome.PAIN_WATCH else "3-5"
    if score > outcome.PAIN_STOP:
        zone = "6-10"
    return PainScore(print_figure(Fraction(score, SCALE)), zone)


def measure_asymmetry(weeks: Sequence[WeekWork]) -> Asymmetry:
    """Left against right in the one-legged sets of each week."""
    means = [{track: find_means(one.tracks[track]) for track in TRACKS} for one in weeks]
    rows = []
    for place, one in enumerate(weeks):
        recent = means[max(0, place + 1 - WINDOW_WEEKS) : place + 1]
        tracks = {track: balance([week[track] for week in recent]) for track in TRACKS}
        rows.append(AsymmetryWeek(one.week.index, tracks))
    return Asymmetry(*CAVEATS["asymmetry"], weeks=tuple(rows))


def find_means(work: TrackWork) -> tuple[Fraction, Fraction] | None:
    """Mean repetitions of left and right, of sets as prescribed or harder; None without both."""
    sides: dict[Side, list[int]] = {"left": [], "right": []}
    for place, one in work.done:
        alike = place in work.asked and outcome.meets(work.asked[place], one)
        if alike and one.one_sided and one.side in ("left", "right"):
            sides[one.side].append(one.reps or 0)
    left, right = sides["left"], sides["right"]
    if not left or not right:
        return None
    return Fraction(sum(left), len(left)), Fraction(sum(right), len(right))


def balance(recent: Sequence[tuple[Fraction, Fraction] | None]) -> SideBalance | None:
    """The last of some weeks, with the mean of those that have a figure."""
    if not recent or recent[-1] is None:
        return None
    left, right = recent[-1]
    gaps = [abs(a - b) / max(a, b) for a, b in (means for means in recent if means is not None)]
    percent, mean = print_percent(gaps[-1], 1), print_percent(sum(gaps), len(gaps))
    behind: Side = "left" if left < right else "right"
    return SideBalance(
        left_reps=print_figure(left),
        right_reps=print_figure(right),
        percent=percent or 0,
        four_week_percent=mean or 0,
        behind=None if left == right else behind,
    )


def find_best_loads(terms: Terms, weeks: Sequence[WeekWork]) -> SystemLoad:
    """The most that was lifted, body mass included, in each week and of all."""
    found = [{track: find_best(terms, one.tracks[track]) for track in TRACKS} for one in weeks]
    best = {track: outcome.greatest(*(week[track] for week in found)) for track in TRACKS}
    unit = UNIT[terms.spec.units]

    def tell(loads: Mapping[Track, int | None]) -> dict[Track, float | None]:
        return {
            track: None if load is None else print_figure(Fraction(load, record.weigh(SCALE, unit)))
            for track, load in loads.items()
        }

    return SystemLoad(
        *CAVEATS["system_load"],
        unit=unit,
        body_mass_assumed=terms.spec.body_mass is None,
        best=tell(best),
        weeks=tuple(
            TrackFigures(one.week.index, tell(loads))
            for one, loads in zip(weeks, found, strict=True)
        ),
    )


def find_best(terms: Terms, work: TrackWork) -> int | None:
    """The most of a week's sets that lift the body: seated ones do not."""
    return max(
        (
            weigh_body(terms) + (one.load or 0)
            for _, one in work.done
            if (one.reps or 0) >= FEWEST_REPS_OF_A_BEST and lifts_known(one)
        ),
        default=None,
    )


def lifts_known(done: Record) -> bool:
    """Whether a set lifts the body, with a load that is known; an unloaded rung needs none."""
    rung = RUNGS.get((done.track, done.rung))
    if rung is None or rung.chair:
        return False
    return done.load is not None or not rung.loaded
