"""What the pictures show, in words: for screen readers, and for whoever points at a week.

Hands plain sentences to chart. Every number in them is worked out from the same values as the
drawing, and nothing here judges or diagnoses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.formats.charts.panels import MARKS, TRACK_NAMES
from app.training.catalog.tracks import TRACKS, Track
from app.training.planning.plan_constants import UNIT
from app.training.planning.program import Program
from app.training.planning.training_days import WeekKind
from app.training.planning.week import Week

KIND_NAMES: dict[WeekKind, str] = {
    "deload": "Deload",
    "taper": "Taper",
    "race": "Race",
    "transition": "An easy week after the race",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a track stands on its ladder."""

    rung: int
    name: str
    load: float
    """External load in the programme's unit, 0 for none."""
    position: float
    """The rung, and how far its repetitions have grown towards the next one."""


@dataclass(frozen=True, slots=True)
class ChartWeek:
    """One week of a programme as an athlete follows it. Volumes are in planning units."""

    index: int
    kind: WeekKind
    planned: Mapping[Track, float]
    done: Mapping[Track, float] | None
    """What was done; None for a week that is still to come."""
    position: Mapping[Track, float | None]
    """Ladder position, planned for weeks to come; None for a track that is left out."""
    worst_pain: float | None
    """The worst pain reported, 0 to 10."""


def describe_program(program: Program, places: Mapping[Track, Sequence[Place | None]]) -> str:
    """A programme's picture in words."""
    return " ".join(tell_program(program, places))


def tell_program(program: Program, places: Mapping[Track, Sequence[Place | None]]) -> Iterator[str]:
    weeks = program.weeks
    volumes = [sum(week.effective_volume.values()) for week in weeks]
    most = max(volumes)
    spans = [(span.name, range(span.from_week, span.to_week + 1)) for span in program.phases]
    phases = join([f"{name} in {name_weeks(run)}" for name, run in spans])
    yield f"A programme of {count(len(weeks), 'week')}: {phases}."
    yield from tell_kinds([week.kind for week in weeks])
    yield (
        f"It holds {count(sum(w.hard_sets for w in weeks), 'hard set')} and "
        f"{count(sum(w.total_reps for w in weeks), 'repetition')} in all."
    )
    yield (
        f"Weekly volume starts at {figure(volumes[0])} planning units and is highest, at "
        f"{figure(most)}, in week {volumes.index(most) + 1}."
    )
    for track in TRACKS:
        yield f"{TRACK_NAMES[track]}: {tell_climb(places[track], UNIT[program.spec.units])}."


def tell_kinds(kinds: Sequence[WeekKind]) -> Iterator[str]:
    """Which weeks are special."""
    for kind, name in KIND_NAMES.items():
        if found := [place for place, one in enumerate(kinds, 1) if one == kind]:
            yield f"{name}: {name_weeks(found)}."


def tell_climb(places: Sequence[Place | None], unit: str) -> str:
    """A track's way up its ladder, with the names of the exercises."""
    known = [place for place in places if place is not None]
    if not known:
        return "not in this programme"
    first, last = known[0], known[-1]
    if first.rung == last.rung:
        told = f"rung {first.rung}, {first.name}, throughout"
    else:
        told = f"from rung {first.rung}, {first.name}, to rung {last.rung}, {last.name}"
    return told + (f", with {figure(last.load)} {unit} at the end" if last.load else "")


def tell_week(week: Week) -> str:
    """A planned week in short."""
    parts = ", ".join(
        f"{TRACK_NAMES[t].lower()} {figure(week.effective_volume[t])}" for t in TRACKS
    )
    return (
        f"{head_week(week.index, week.kind)}: {count(week.hard_sets, 'set')}, "
        f"{count(week.total_reps, 'repetition')}; {parts}"
    )


def tell_chart_week(week: ChartWeek) -> str:
    """A followed week in short."""
    planned = f"{figure(sum(week.planned.values()))} planned"
    done = "still to come" if week.done is None else f"{figure(sum(week.done.values()))} done"
    pain = "" if week.worst_pain is None else f", worst pain {figure(week.worst_pain)}"
    return f"{head_week(week.index, week.kind)}: {planned}, {done}{pain}"


def describe_progress(weeks: Sequence[ChartWeek]) -> str:
    """An athlete's picture in words."""
    return " ".join(tell_progress(weeks))


def tell_progress(weeks: Sequence[ChartWeek]) -> Iterator[str]:
    begun = [(week, sum(week.done.values())) for week in weeks if week.done is not None]
    if begun:
        done = sum(volume for _, volume in begun)
        planned = sum(sum(week.planned.values()) for week, _ in begun)
        share = f", {round(100 * done / planned)} %" if planned else ""
        yield (
            f"In {name_weeks([week.index for week, _ in begun])} of {len(weeks)}, {figure(done)} "
            f"of {figure(planned)} planned planning units were done{share}."
        )
        if missed := [week.index for week, volume in begun if not volume]:
            yield f"Nothing was done in {name_weeks(missed)}."
    else:
        yield f"Nothing of this programme of {count(len(weeks), 'week')} has been done yet."
    yield from tell_kinds([week.kind for week in weeks])
    for track in TRACKS:
        places = [week.position.get(track) for week, _ in begun]
        if found := [place for place in places if place is not None]:
            yield (
                f"{TRACK_NAMES[track]}: ladder position {found[0]:.1f} at first, "
                f"{found[-1]:.1f} at last."
            )
    yield tell_pain(weeks)


def tell_pain(weeks: Sequence[ChartWeek]) -> str:
    """The worst of the pain that was reported."""
    reported = [(week.worst_pain, week.index) for week in weeks if week.worst_pain is not None]
    if not reported:
        return "No pain scores were reported."
    worst = max(pain for pain, _ in reported)
    where = name_weeks([index for pain, index in reported if pain == worst])
    return f"The worst pain reported was {figure(worst)} of 10, in {where}."


def head_week(index: int, kind: WeekKind) -> str:
    """A week's number, and what is special about it."""
    return f"Week {index}, {MARKS[kind][1]}" if kind in MARKS else f"Week {index}"


def name_weeks(weeks: Sequence[int]) -> str:
    """Numbers of weeks in ascending order, runs of three and more as `4 to 8`."""
    runs: list[list[int]] = []
    for week in weeks:
        if runs and runs[-1][-1] == week - 1:
            runs[-1].append(week)
        else:
            runs.append([week])
    words = [
        word
        for run in runs
        for word in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(week) for week in run])
    ]
    return f"{'week' if len(weeks) == 1 else 'weeks'} {join(words)}"


def join(words: Sequence[str]) -> str:
    """Words as a list in a sentence."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def count(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def figure(value: float) -> str:
    """A number as people write it, with at most one decimal."""
    return f"{value:,.1f}".removesuffix(".0")
