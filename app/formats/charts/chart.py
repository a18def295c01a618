"""The two pictures: a programme as it is planned, and how an athlete follows it.

Decides what each picture holds; panels draw it and captions put it into words. Hands finished SVG
to the routes. The same values always make the same bytes.
"""

from collections.abc import Iterator, Sequence

from app.formats.charts import alt_text, panels, svg
from app.formats.charts.alt_text import ChartWeek, Place
from app.formats.charts.panels import Span
from app.training.catalog.exercises import LADDERS
from app.training.catalog.tracks import TRACKS, Track
from app.training.planning.plan_constants import UNIT
from app.training.planning.program import Program
from app.training.planning.week import Prescription, Week

__all__ = ["ChartWeek", "draw_program", "draw_progress"]

SUBTITLE = "Weekly volume: repetitions weighted by difficulty"
PHASE_NAMES = {"transition": "after the race"}
REPS_LOW = {(track, rung.number): rung.reps_low for track in TRACKS for rung in LADDERS[track]}
PLANNED = svg.trace("ink", '<path d="M0 5H12"/>', width=1.5)
TO_COME = svg.trace("ink", '<path d="M0 5H12" stroke-dasharray="4 3"/>', width=1.5), "to come"
OUTLINE = svg.trace("quiet", '<path d="M.5.5h11v9h-11z"/>')


def draw_program(program: Program) -> bytes:
    """The SVG of a programme: phases, volume by week and track, and the way up each ladder."""
    weeks, kinds = program.weeks, [week.kind for week in program.weeks]
    places = {track: list(follow(weeks, track)) for track in TRACKS}
    title = f"{len(weeks)}-week programme, {program.spec.level}"
    spans: list[Span] = [
        (PHASE_NAMES.get(span.name, span.name), span.from_week, span.to_week)
        for span in program.phases
    ]
    short = panels.shorten(spans, len(weeks))
    return svg.document(
        "program",
        title,
        alt_text.describe_program(program, places),
        [
            panels.head(title, SUBTITLE),
            panels.legend(kinds, *([(OUTLINE, f"phases: {short}")] if short else [])),
            panels.band(spans, len(weeks)),
            panels.mark(kinds),
            panels.volume(
                kinds,
                [week.effective_volume for week in weeks],
                [alt_text.tell_week(week) for week in weeks],
            ),
            panels.number_weeks(len(weeks)),
            *(ladder_of(track, places[track], UNIT[program.spec.units]) for track in TRACKS),
        ],
    )


def draw_progress(weeks: Sequence[ChartWeek]) -> bytes:
    """The SVG of a followed programme: planned and done, ladders, pain. Raises ValueError if empty.

    Weeks that are still to come stand at the end.
    """
    if not weeks:
        raise ValueError("a picture needs at least one week")
    kinds = [week.kind for week in weeks]
    known = sum(week.done is not None for week in weeks)
    title = f"Planned and done, {alt_text.count(len(weeks), 'week')}"
    return svg.document(
        "progress",
        title,
        alt_text.describe_progress(weeks),
        [
            panels.head(title, SUBTITLE),
            panels.legend(kinds, (PLANNED, "planned"), *([TO_COME] if known < len(weeks) else [])),
            panels.mark(kinds),
            panels.volume(
                kinds,
                [week.done or {} for week in weeks],
                [alt_text.tell_chart_week(week) for week in weeks],
                [sum(week.planned.values()) for week in weeks],
                known,
            ),
            panels.number_weeks(len(weeks)),
            *(climb_of(track, weeks, known) for track in TRACKS),
            panels.ache([week.worst_pain for week in weeks]),
            panels.number_weeks(len(weeks)),
        ],
    )


def follow(weeks: Sequence[Week], track: Track) -> Iterator[Place | None]:
    """Where a track stands in each week; easier weeks and weeks without it change nothing."""
    place: Place | None = None
    for week in weeks:
        shown = next((e for s in week.sessions for e in s.exercises if e.track == track), None)
        if shown is not None and (place is None or week.kind == "build"):
            place = locate(shown, full=week.kind == "build")
        yield place


def locate(exercise: Prescription, *, full: bool) -> Place:
    """The place of an exercise on its ladder (science 5); the rung's foot without a `full` dose."""
    first = exercise.sets[0]
    low = REPS_LOW[exercise.track, exercise.rung]
    grown = (first.reps_target - low) / (first.reps_max - low + 1) if full else 0
    return Place(exercise.rung, exercise.name, first.load or 0, exercise.rung + grown)


def ladder_of(track: Track, places: Sequence[Place | None], unit: str) -> svg.Panel:
    """A track's way up its ladder as it is planned."""
    known = [place for place in places if place is not None]
    if not known:
        return panels.ladder(track, "", "not in this programme", [None] * len(places), 0)
    first, last = known[0], known[-1]
    same = first.rung == last.rung
    names = first.name if same else f"{first.name} to {last.name}"
    rungs = f"rung {first.rung}" if same else f"rung {first.rung} to {last.rung}"
    load = f", {alt_text.figure(last.load)} {unit}" if last.load else ""
    positions = [None if place is None else place.position for place in places]
    return panels.ladder(track, f"{names}, ", rungs + load, positions, len(places))


def climb_of(track: Track, weeks: Sequence[ChartWeek], known: int) -> svg.Panel:
    """A track's way up its ladder as it went, and as it may go on."""
    positions = [week.position.get(track) for week in weeks]
    went = [position for position in positions[:known] if position is not None]
    way = " to ".join(dict.fromkeys(f"{position:.1f}" for position in went[:1] + went[-1:]))
    return panels.ladder(track, "", f"ladder {way}" if way else "not begun", positions, known)
