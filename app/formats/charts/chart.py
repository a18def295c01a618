"""Draw the two charts: a programme as planned, and a programme as an athlete follows it.

Called by the routes of programs and athletes. Decides which values a chart shows; panels and
week_panels draw them, alt_text describes them and svg builds the document. The same values always
give the same bytes.
"""

from collections.abc import Mapping, Sequence

from app.formats.charts import alt_text, panels, svg, week_panels
from app.formats.charts.panels import WeekSpan
from app.formats.charts.svg import Panel
from app.training.catalog.track_definitions import TRACKS, Track
from app.training.measures.plan_overview import LadderPlace, build_plan_overview
from app.training.measures.week_overview import WeekOverview
from app.training.planning.plan_constants import UNIT
from app.training.planning.program import Program

_SUBTITLE = "Weekly volume, in planning units"
_PHASE_NAMES = {"transition": "after the race"}
_PLANNED_SAMPLE = svg.stroke("ink", '<path d="M0 5H12"/>', width=1.5), "planned"
_DASHED = '<path d="M0 5H12" stroke-dasharray="4 3"/>'
_TO_COME_SAMPLE = svg.stroke("ink", _DASHED, width=1.5), "to come"

_Positions = Mapping[Track, Sequence[LadderPlace | None]]


def draw_program(program: Program) -> bytes:
    """Return the SVG of a programme: phases, volume by week and track, holds, and all ladders."""
    weeks, kinds = program.weeks, [week.kind for week in program.weeks]
    overview = build_plan_overview(program.spec)
    places, holds = overview.places, overview.holds
    title = f"{len(weeks)}-week programme"
    spans: list[WeekSpan] = [
        (_PHASE_NAMES.get(span.name, span.name), span.from_week, span.to_week)
        for span in program.phases
    ]
    short = panels.explain_short_names(spans, len(weeks))
    numbers = [week.index for week in weeks]
    return svg.document(
        "program",
        f"{title}, {program.spec.level}",
        " ".join(alt_text.describe_program(program, places)),
        [
            panels.draw_header(f"{title}, {program.spec.level}", title, _SUBTITLE),
            panels.draw_legend([*places], kinds, phases=short),
            panels.draw_spans(spans, len(weeks)),
            panels.draw_week_marks(kinds),
            week_panels.draw_volume(
                kinds,
                [week.effective_volume for week in weeks],
                [alt_text.describe_week(week) for week in weeks],
            ),
            panels.draw_week_numbers(numbers),
            *_draw_ladders(places, UNIT[program.spec.units]),
            *([week_panels.draw_holds(holds), panels.draw_week_numbers(numbers)] if holds else []),
        ],
    )


def draw_progress(weeks: Sequence[WeekOverview]) -> bytes:
    """Return the SVG of a followed programme: volume and holds planned and done, ladders and pain.

    Future weeks must come last. Raises ValueError without weeks.
    """
    if not weeks:
        raise ValueError("a chart needs at least one week")
    kinds, numbers = [week.kind for week in weeks], [week.index for week in weeks]
    tracks = [track for track in TRACKS if any(track in week.planned for week in weeks)]
    known = sum(week.done is not None for week in weeks)
    planned = [sum(week.planned.values()) for week in weeks]
    title = f"Planned and done, {alt_text.format_count(len(weeks), 'week')}"
    samples = [_PLANNED_SAMPLE, _TO_COME_SAMPLE] if known < len(weeks) else [_PLANNED_SAMPLE]
    return svg.document(
        "progress",
        title,
        " ".join(alt_text.describe_progress(weeks)),
        [
            panels.draw_header(title, "Planned and done", _SUBTITLE),
            panels.draw_legend(tracks, kinds, samples),
            panels.draw_week_marks(kinds),
            week_panels.draw_volume(
                kinds,
                [week.done or {} for week in weeks],
                [alt_text.describe_chart_week(week) for week in weeks],
                planned,
                known,
            ),
            panels.draw_week_numbers(numbers),
            *(_draw_followed_ladder(track, weeks, known) for track in tracks),
            *_draw_followed_holds(weeks, known),
            week_panels.draw_pain([week.worst_pain for week in weeks]),
            panels.draw_week_numbers(numbers),
        ],
    )


def _draw_ladders(places: _Positions, unit: str) -> list[Panel]:
    return [_draw_planned_ladder(track, found, unit) for track, found in places.items()]


def _draw_planned_ladder(track: Track, places: Sequence[LadderPlace | None], unit: str) -> Panel:
    known = [place for place in places if place is not None]
    if not known:
        return week_panels.draw_ladder(track, ["not prescribed"], _list_values(places), 0)
    first, last = known[0], known[-1]
    ends = [str(first.rung)] if first.rung == last.rung else [str(first.rung), str(last.rung)]
    rungs = " to ".join(ends)
    load = f", {alt_text.format_number(last.load)} {unit}" if last.load else ""
    names = " to ".join(dict.fromkeys((first.exercise, last.exercise)))
    captions = [
        f"{names}, rung {rungs}{load}",
        f"{last.exercise}, rung {rungs}{load}",
        f"rung {rungs}{load}",
        f"{rungs}{load}",
        f"rung {rungs}",
    ]
    return week_panels.draw_ladder(track, captions, _list_values(places), len(places))


def _list_values(places: Sequence[LadderPlace | None]) -> list[float | None]:
    """Return the positions alone."""
    return [None if place is None else place.position for place in places]


def _draw_followed_ladder(track: Track, weeks: Sequence[WeekOverview], known: int) -> Panel:
    values = [week.position.get(track) for week in weeks]
    past = [value for value in values[:known] if value is not None]
    ends = " to ".join(dict.fromkeys(f"{value:.1f}" for value in past[:1] + past[-1:]))
    caption = f"ladder {ends}" if ends else "not begun"
    return week_panels.draw_ladder(track, [caption], values, known)


def _draw_followed_holds(weeks: Sequence[WeekOverview], known: int) -> list[Panel]:
    """Return the panel of holds, or none without core tracks."""
    if all(week.planned_holds is None for week in weeks):
        return []
    planned = [
        None if week.planned_holds is None else sum(week.planned_holds.values()) for week in weeks
    ]
    return [week_panels.draw_holds([week.done_holds or {} for week in weeks], planned, known)]
