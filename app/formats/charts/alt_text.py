"""Describe charts in words: the alternative text for screen readers and the tooltips of weeks.

Takes the values that the chart is drawn from and returns sentences to chart. The sentences only
report: judgements and diagnoses do not belong here.
"""

from collections.abc import Iterator, Mapping, Sequence

from app.formats.charts.panels import TRACK_NAMES, WEEK_MARKS
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.measures.plan_overview import LadderPlace
from app.training.measures.week_overview import WeekOverview
from app.training.planning.plan_constants import UNIT
from app.training.planning.program import Program
from app.training.planning.training_calendar import WeekKind
from app.training.planning.week import Week

_KIND_NAMES: dict[WeekKind, str] = {
    "deload": "Deload",
    "taper": "Taper",
    "race": "Race",
    "transition": "An easy week after the race",
    "pause": "Pause",
}


def describe_program(
    program: Program, positions: Mapping[Track, Sequence[LadderPlace | None]]
) -> Iterator[str]:
    """Yield sentences on the chart of a programme, with each track's position in each week."""
    weeks = program.weeks
    volumes = [sum(week.effective_volume.values()) for week in weeks]
    highest = max(volumes)
    spans = [(span.name, range(span.from_week, span.to_week + 1)) for span in program.phases]
    phases = _join_words([f"{name} in {format_weeks(numbers)}" for name, numbers in spans])
    yield f"A programme of {format_count(len(weeks), 'week')}: {phases}."
    yield from _list_special_weeks([week.kind for week in weeks])
    sets = format_count(sum(week.hard_sets for week in weeks), "hard set")
    reps = format_count(sum(week.total_reps for week in weeks), "repetition")
    yield f"It has {_join_words([sets, reps, *_format_holds(weeks)])} in total."
    yield (
        f"Weekly volume starts at {format_number(volumes[0])} planning units and is highest in "
        f"week {volumes.index(highest) + 1}, at {format_number(highest)}."
    )
    unit = UNIT[program.spec.units]
    for track, places in positions.items():
        yield f"{TRACK_NAMES[track]}: {_describe_ladder(places, unit)}."


def _format_holds(weeks: Sequence[Week]) -> list[str]:
    """Return the seconds of holds of some weeks in words; nothing without core tracks."""
    seconds = [week.total_hold_s for week in weeks if week.total_hold_s is not None]
    return [f"{format_count(sum(seconds), 'second')} of holds"] if seconds else []


def _list_special_weeks(kinds: Sequence[WeekKind]) -> Iterator[str]:
    for kind, name in _KIND_NAMES.items():
        if found := [week for week, one in enumerate(kinds, 1) if one == kind]:
            yield f"{name}: {format_weeks(found)}."


def _describe_ladder(positions: Sequence[LadderPlace | None], unit: str) -> str:
    known = [position for position in positions if position is not None]
    if not known:
        return "in no session of this programme"
    first, last = known[0], known[-1]
    text = f"from rung {first.rung}, {first.exercise}, to rung {last.rung}, {last.exercise}"
    if first.rung == last.rung:
        text = f"rung {first.rung}, {first.exercise}, throughout"
    return text + (f", with {format_number(last.load)} {unit} at the end" if last.load else "")


def describe_week(week: Week) -> str:
    """Describe a planned week in one line."""
    parts = ", ".join(
        f"{TRACK_NAMES[track].lower()} {format_number(volume)}"
        for track, volume in week.effective_volume.items()
    )
    sets, reps = format_count(week.hard_sets, "set"), format_count(week.total_reps, "repetition")
    amounts = ", ".join([sets, reps, *_format_holds([week])])
    return f"{_format_week_heading(week.index, week.kind)}: {amounts}; {parts}"


def describe_chart_week(week: WeekOverview) -> str:
    """Describe a followed week in one line."""
    planned = f"{format_number(sum(week.planned.values()))} planned"
    done = "still to come"
    if week.done is not None:
        done = f"{format_number(sum(week.done.values()))} done"
    pain = "" if week.worst_pain is None else f", worst pain {format_number(week.worst_pain)}"
    return f"{_format_week_heading(week.index, week.kind)}: {planned}, {done}{pain}"


def describe_progress(weeks: Sequence[WeekOverview]) -> Iterator[str]:
    """Yield sentences on the chart of a followed programme."""
    past = [(week, sum(week.done.values())) for week in weeks if week.done is not None]
    if past:
        done = sum(volume for _, volume in past)
        planned = sum(sum(week.planned.values()) for week, _ in past)
        share = f", {round(100 * done / planned)} %" if planned else ""
        yield (
            f"In {format_weeks([week.index for week, _ in past])} of {len(weeks)}, "
            f"{format_number(done)} of {format_number(planned)} planned planning units were done"
            f"{share}."
        )
        if missed := [week.index for week, volume in past if not volume]:
            yield f"Nothing was done in {format_weeks(missed)}."
    else:
        yield f"Nothing of this programme of {format_count(len(weeks), 'week')} has been done yet."
    yield from _list_special_weeks([week.kind for week in weeks])
    yield from _describe_holds(weeks)
    for track in TRACKS:
        positions = [week.position.get(track) for week, _ in past]
        if found := [position for position in positions if position is not None]:
            yield f"{TRACK_NAMES[track]}: ladder position from {found[0]:.1f} to {found[-1]:.1f}."
    yield _describe_pain(weeks)


def _describe_holds(weeks: Sequence[WeekOverview]) -> Iterator[str]:
    """Yield a sentence on the holds of past weeks, if there are core tracks."""
    past = [week for week in weeks if week.done_holds is not None]
    if past:
        done = sum(sum((week.done_holds or {}).values()) for week in past)
        planned = sum(sum((week.planned_holds or {}).values()) for week in past)
        yield f"Holds: {format_number(done)} of {format_number(planned)} planned seconds."


def _describe_pain(weeks: Sequence[WeekOverview]) -> str:
    reported = [(week.worst_pain, week.index) for week in weeks if week.worst_pain is not None]
    if not reported:
        return "No pain scores were reported."
    worst = max(pain for pain, _ in reported)
    when = format_weeks([index for pain, index in reported if pain == worst])
    return f"The worst pain reported was {format_number(worst)} of 10, in {when}."


def _format_week_heading(index: int, kind: WeekKind) -> str:
    return f"Week {index}, {WEEK_MARKS[kind][1]}" if kind in WEEK_MARKS else f"Week {index}"


def format_weeks(weeks: Sequence[int]) -> str:
    """Format ascending numbers of weeks, runs of three and more as `4 to 8`."""
    runs: list[list[int]] = []
    for week in weeks:
        if runs and runs[-1][-1] == week - 1:
            runs[-1].append(week)
        else:
            runs.append([week])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
    return f"{'week' if len(weeks) == 1 else 'weeks'} {_join_words(words)}"


def _join_words(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def format_count(number: int, noun: str) -> str:
    """Format a number of things, such as `1 week` or `12 weeks`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_number(value: float) -> str:
    """Format a number with thousands separators and at most one decimal."""
    return f"{value:,.1f}".removesuffix(".0")
