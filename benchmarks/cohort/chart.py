"""Draws the share of each kind of runner who progresses, engine 1 above engine 2, as SVG."""

from typing import NamedTuple

_ROW, _BAR, _TOP = 48, 11, 72
_LEFT, _PIXELS_PER_PERCENT = 10, 3.6
_WIDTH = 460


class Row(NamedTuple):
    """The shares of one kind of runner, in percent."""

    name: str
    engine_1: float | None
    """None for runners whom engine 1 could not plan for."""
    engine_2: float


def format_share(percent: float) -> str:
    """Return a share with one decimal, if it has any: `99.5 %`."""
    return f"{round(percent, 1):g} %"


def draw(rows: list[Row]) -> str:
    """Return the SVG, with names and numbers beside the bars."""
    height = _TOP + _ROW * len(rows)
    title = "Simulated runners who are up a rung in both calf tracks after 16 weeks"
    told = "; ".join(f"{row.name}: {_describe(row)}" for row in rows)
    bars = "".join(_draw_row(row, _TOP + _ROW * index) for index, row in enumerate(rows))
    heading = "Runners who are up a rung in both calf tracks"
    legend = "after 16 weeks: engine 1 above, engine 2 below"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        ' font-family="system-ui,sans-serif" font-size="13">'
        f"<title>{title}</title><desc>{told}</desc>"
        "<style>text{fill:#222}.old{fill:#9a9996}.new{fill:#1a5fb4}"
        "@media(prefers-color-scheme:dark){text{fill:#eee}.old{fill:#77767b}.new{fill:#62a0ea}}"
        "</style>"
        f'<text x="{_LEFT}" y="22" font-size="15">{heading}</text>'
        f'<text x="{_LEFT}" y="42">{legend}</text>{bars}</svg>\n'
    )


def _describe(row: Row) -> str:
    old = "" if row.engine_1 is None else f"{format_share(row.engine_1)} with engine 1, "
    return f"{old}{format_share(row.engine_2)} with engine 2"


def _draw_row(row: Row, y: int) -> str:
    bars = [("old", row.engine_1), ("new", row.engine_2)]
    drawn = [(name, share) for name, share in bars if share is not None]
    body = "".join(
        _draw_bar(name, share, y + 5 + (_BAR + 2) * place)
        for place, (name, share) in enumerate(drawn)
    )
    return f'<text x="{_LEFT}" y="{y}">{row.name}</text>{body}'


def _draw_bar(name: str, percent: float, y: int) -> str:
    width = max(1.0, _PIXELS_PER_PERCENT * percent)
    end = f"{_LEFT + 6 + width:.1f}"
    return (
        f'<rect class="{name}" x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}"/>'
        f'<text x="{end}" y="{y + _BAR - 1}" font-size="12">{format_share(percent)}</text>'
    )
