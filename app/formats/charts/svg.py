"""Build SVG as text: the elements that charts consist of, their colours, and the whole document.

panels draws with the elements, and chart calls document(). Widths are shares of the chart, 0 to 1,
and heights are pixels, so that a chart fills any width and its text keeps its size. Lines are given
in shares, too, and never stretched, because few programs besides browsers can keep the width of a
stretched line. Knowledge of training does not belong here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from app.training.catalog.track_definitions import DEFINITIONS

# Colours by name, for a light and a dark background. Any two tracks are distinct for colour-blind
# readers, too (a colour difference of at least 30 CIE units for each of the three common kinds).
INKS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#161b18"),
    "ink": ("#1c2420", "#e6ebe8"),
    "quiet": ("#5b6660", "#9faaa4"),
    "grid": ("#d8dfda", "#36403a"),
    **{track: (one.colours.light, one.colours.dark) for track, one in DEFINITIONS.items()},
    "mild": ("#5f7f8f", "#8fa9b8"),
    "moderate": ("#b86e00", "#f0b23c"),
    "strong": ("#a3122a", "#ff6b6b"),
}
# The plots, as shares of the width. The numbers of their scales are to the left.
_PLOT_LEFT, PLOT_WIDTH = 0.13, 0.84
MIN_WIDTH, WIDE_WIDTH = 288, 701
"""Everything has to fit into the first width, and what only wide charts show into the second."""
# Programs that convert a chart to pixels know neither media queries nor the width of a page.
_STATIC_WIDTH = 760
# A phone that opens a chart by itself lays it out 980 pixels wide and shrinks it to the screen. The
# zoom makes up for that, so that it is as readable as in a page. Images in a page do not know the
# size of the device, but at this width they are never higher than wide: hence the orientation.
_PHONE = "(min-width:900px) and (max-device-width:700px) and (orientation:portrait)"


@dataclass(frozen=True, slots=True)
class Panel:
    """A strip over the whole width of a chart, `height` pixels high."""

    height: int
    body: str


def _build_style() -> str:
    """Return the CSS of every chart: colours for both themes, and what only wide charts show."""
    light, dark = (
        f".pushoff{{background:{INKS['paper'][theme]}}}"
        + "".join(f".pushoff .{name}{{color:{pair[theme]}}}" for name, pair in INKS.items())
        for theme in (0, 1)
    )
    narrow = ".pushoff .wide{display:none}.pushoff .narrow{display:inline}"
    return (
        f".pushoff{{width:{_STATIC_WIDTH}px}}@media all{{.pushoff{{width:100%}}}}"
        f".pushoff .narrow{{display:none}}{light}@media (prefers-color-scheme:dark){{{dark}}}"
        f"@media (max-width:{WIDE_WIDTH - 1}px),{_PHONE}{{{narrow}}}"
        f"@media {_PHONE}{{.pushoff{{zoom:2.75}}}}"
    )


STYLE = _build_style()
_HATCH_PATTERN = (
    '<pattern id="pushoff-hatch" width="5" height="5" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><path d="M0 1H5" class="paper" stroke="currentColor"'
    ' stroke-width="2"/></pattern>'
)


def document(name: str, title: str, summary: str, panels: Sequence[Panel]) -> bytes:
    """Return a chart: its panels from top to bottom. `name` makes its ids unique on a page."""
    placed, height = [], 0
    for panel in panels:
        placed.append(translate(0, height, panel.body))
        height += panel.height
    ids = f"pushoff-{name}-title", f"pushoff-{name}-text"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pushoff" lang="en" role="img"'
        f' aria-labelledby="{ids[0]}" aria-describedby="{ids[1]}" width="100%" height="{height}"'
        ' font-family="system-ui,sans-serif" font-size="12">'
        f'<title id="{ids[0]}">{escape(title)}</title><desc id="{ids[1]}">{escape(summary)}</desc>'
        f"<style>{STYLE}</style><defs>{_HATCH_PATTERN}</defs>"
        f"{fill('paper', rect(0, 0, 1, height))}{fill('ink', *placed)}</svg>\n"
    ).encode()


def number(value: float) -> str:
    """Format a number with at most two decimals and no trailing zeros."""
    # Adding 0 turns a negative zero into 0.
    return f"{round(value, 2) + 0:.8g}"


def percent(value: float) -> str:
    """Format a share of the width, 0 to 1."""
    return f"{number(value * 100)}%"


def title(words: str) -> str:
    """Build the title of an element, which browsers show as a tooltip."""
    return f"<title>{escape(words)}</title>"


def text(content: str, x: str | float, y: float, more: str = "") -> str:
    """Build a line of text with its baseline at y. Each attribute in `more` follows a space."""
    at = x if isinstance(x, str) else number(x)
    return f'<text x="{at}" y="{number(y)}"{more}>{escape(content)}</text>' if content else ""


def by_width(wide: str, narrow: str) -> str:
    """Show one part in wide charts and another one in narrow charts."""
    if wide == narrow:
        return wide
    parts = (("wide", wide), ("narrow", narrow))
    return "".join(f'<g class="{name}">{part}</g>' for name, part in parts if part)


def rect(left: float, top: float, width: float, height: float, inside: str = "") -> str:
    """Build a rectangle: left and width as shares of the width, top and height in pixels."""
    size = f'width="{percent(width)}" height="{number(height)}"'
    frame = f'x="{percent(left)}" y="{number(top)}" {size}'
    return f"<rect {frame}>{inside}</rect>" if inside else f"<rect {frame}/>"


def horizontal(left: float, right: float, y: float) -> str:
    """Build a horizontal line between shares of the width."""
    ends = f'x1="{percent(left)}" x2="{percent(right)}"'
    return f'<line {ends} y1="{number(y)}" y2="{number(y)}"/>'


def vertical(x: float, top: float, bottom: float) -> str:
    """Build a vertical line at a share of the width."""
    ends = f'y1="{number(top)}" y2="{number(bottom)}"'
    return f'<line x1="{percent(x)}" x2="{percent(x)}" {ends}/>'


def translate(left: float, top: float, *parts: str) -> str:
    return f'<g transform="translate({number(left)} {number(top)})">{"".join(parts)}</g>'


def hatch(*parts: str) -> str:
    """Fill the parts with stripes in the colour of the background; empty without parts."""
    body = "".join(parts)
    return body and f'<g fill="url(#pushoff-hatch)">{body}</g>'


def fill(ink: str, *parts: str, more: str = "") -> str:
    """Fill the parts with a colour of INKS; empty without parts."""
    body = "".join(parts)
    return body and f'<g class="{ink}" fill="currentColor"{more}>{body}</g>'


def stroke(ink: str, *parts: str, width: float = 1, more: str = "") -> str:
    """Draw the parts as lines with a colour of INKS; empty without parts."""
    body = "".join(parts)
    return body and (
        f'<g class="{ink}" fill="none" stroke="currentColor"'
        f' stroke-width="{number(width)}"{more}>{body}</g>'
    )


def path(pieces: Iterable[str]) -> str:
    """Join pieces to the path of a shape; empty without pieces."""
    data = "".join(pieces)
    return data and f'<path d="{data}"/>'


def stretch_to_plot(units: int, height: int, *parts: str) -> str:
    """Stretch filled shapes, drawn in a frame `units` wide, to the width of the plot."""
    return (
        f'<svg width="100%" height="{height}" viewBox="0 0 {units} {height}"'
        f' preserveAspectRatio="none" overflow="visible">{"".join(parts)}</svg>'
    )


def plot_area(top: float, height: int, *parts: str) -> str:
    """Put the parts into the plot, to the right of the scale. Shares are shares of the plot."""
    frame = f'x="{percent(_PLOT_LEFT)}" y="{number(top)}" width="{percent(PLOT_WIDTH)}"'
    return f'<svg {frame} height="{height}" overflow="visible">{"".join(parts)}</svg>'
