"""Draw the two charts: a programme as planned, and a programme as an athlete follows it.

Called by the routes of programs and athletes. Decides which values a chart shows; panels draws
them, alt_text describes them and svg builds the document. The same values always give the same
bytes.
"""

from collections.abc import Iterator, Sequence

from app.formats.charts import alt_text, panels, svg
from app.formats.charts.chart_values import ChartPosition, ChartWeek
from app.formats.charts.panels import WeekSpan
from app.training.catalog.exercises import LADDERS
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.planning.plan_constants import UNIT
from app.training.planning.program import Program
from app.training.planning.week import Prescription, Week

_SUBTITLE = "Weekly volume: repetitions weighted by difficulty"
_PHASE_NAMES = {"transition": "after the race"}
_MIN_REPS = {(track, rung.number): rung.reps_low for track in TRACKS for rung in LADDERS[track]}
_PLANNED_SAMPLE = svg.stroke("ink", '<path d="M0 5H12"/>', width=1.5), "planned"
_DASHED = '<path d="M0 5H12" stroke-dasharray="4 3"/>'
_TO_COME_SAMPLE = svg.stroke("ink", _DASHED, width=1.5), "to come"
_PHASE_SAMPLE = svg.stroke("quiet", '<path d="M.5.5h11v9h-11z"/>')


def draw_program(program: Program) -> bytes:
    """Return the SVG of a programme: phases, volume by week and track, and all ladders."""
    weeks, kinds = program.weeks, [week.kind for week in program.weeks]
    positions = {track: list(list_positions(weeks, track)) for track in TRACKS}
    title = f"{len(weeks)}-week programme, {program.spec.level}"
    spans: list[WeekSpan] = [
        (_PHASE_NAMES.get(span.name, span.name), span.from_week, span.to_week)
        for span in program.phases
    ]
    short = panels.explain_short_names(spans, len(weeks))
    tooltips = [alt_text.describe_week(week) for week in weeks]
    unit = UNIT[program.spec.units]
    return svg.document(
        "program",
        title,
        " ".join(alt_text.describe_program(program, positions)),
        [
            panels.draw_header(title, _SUBTITLE),
            panels.draw_legend(kinds, *([(_PHASE_SAMPLE, f"phases: {short}")] if short else [])),
            panels.draw_spans(spans, len(weeks)),
            panels.draw_week_marks(kinds),
            panels.draw_volume(kinds, [week.effective_volume for week in weeks], tooltips),
            panels.draw_week_numbers(len(weeks)),
            *(_draw_planned_ladder(track, positions[track], unit) for track in TRACKS),
        ],
    )


def draw_progress(weeks: Sequence[ChartWeek]) -> bytes:
    """Return the SVG of a followed programme: volume planned and done, ladders and pain.

    Future weeks must come last. Raises ValueError without weeks.
    """
    if not weeks:
        raise ValueError("a chart needs at least one week")
    kinds = [week.kind for week in weeks]
    known = sum(week.done is not None for week in weeks)
    planned = [sum(week.planned.values()) for week in weeks]
    tooltips = [alt_text.describe_chart_week(week) for week in weeks]
    title = f"Planned and done, {alt_text.format_count(len(weeks), 'week')}"
    samples = [_PLANNED_SAMPLE, _TO_COME_SAMPLE] if known < len(weeks) else [_PLANNED_SAMPLE]
    return svg.document(
        "progress",
        title,
        " ".join(alt_text.describe_progress(weeks)),
        [
            panels.draw_header(title, _SUBTITLE),
            panels.draw_legend(kinds, *samples),
            panels.draw_week_marks(kinds),
            panels.draw_volume(
                kinds, [week.done or {} for week in weeks], tooltips, planned, known
            ),
            panels.draw_week_numbers(len(weeks)),
            *(_draw_followed_ladder(track, weeks, known) for track in TRACKS),
            panels.draw_pain([week.worst_pain for week in weeks]),
            panels.draw_week_numbers(len(weeks)),
        ],
    )


def list_positions(weeks: Sequence[Week], track: Track) -> Iterator[ChartPosition | None]:
    """Yield a track's position in each week. Weeks that are easier or without it change nothing."""
    position: ChartPosition | None = None
    for week in weeks:
        shown = next((e for s in week.sessions for e in s.exercises if e.track == track), None)
        if shown is not None and (position is None or week.kind == "build"):
            position = _compute_position(shown, full=week.kind == "build")
        yield position


def _compute_position(exercise: Prescription, *, full: bool) -> ChartPosition:
    """Return an exercise's position (science 5); without a `full` dose the start of its rung."""
    first = exercise.sets[0]
    low = _MIN_REPS[exercise.track, exercise.rung]
    grown = (first.reps_target - low) / (first.reps_max - low + 1) if full else 0
    return ChartPosition(exercise.rung, exercise.name, first.load or 0, exercise.rung + grown)


def _draw_planned_ladder(
    track: Track, positions: Sequence[ChartPosition | None], unit: str
) -> svg.Panel:
    known = [position for position in positions if position is not None]
    if not known:
        return panels.draw_ladder(track, "", "not in this programme", [None] * len(positions), 0)
    first, last = known[0], known[-1]
    same = first.rung == last.rung
    names = first.exercise if same else f"{first.exercise} to {last.exercise}"
    rungs = f"rung {first.rung}" if same else f"rung {first.rung} to {last.rung}"
    load = f", {alt_text.format_number(last.load)} {unit}" if last.load else ""
    values = [None if position is None else position.position for position in positions]
    return panels.draw_ladder(track, f"{names}, ", rungs + load, values, len(positions))


def _draw_followed_ladder(track: Track, weeks: Sequence[ChartWeek], known: int) -> svg.Panel:
    values = [week.position.get(track) for week in weeks]
    past = [value for value in values[:known] if value is not None]
    ends = " to ".join(dict.fromkeys(f"{value:.1f}" for value in past[:1] + past[-1:]))
    return panels.draw_ladder(track, "", f"ladder {ends}" if ends else "not begun", values, known)
