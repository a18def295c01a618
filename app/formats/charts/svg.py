"""SVG as text: the few elements that our pictures are made of, their colours and their frame.

Hands document() to chart and the elements to panels; knows nothing of training. Widths are shares
of the picture and heights are pixels, so a picture fills any width and its text stays as large.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from app.training.catalog.tracks import DEFINITIONS

# Ink by name: on light and on dark paper. The three tracks stay apart for colour-blind eyes, too
# (at least 32 CIE units of colour difference for each of the three common kinds).
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
# The plots, as shares of the width; left of them stand the numbers of their scales.
LEFT, WIDTH = 0.12, 0.85
# A phone that opens a picture by itself lays it out 980 pixels wide and shrinks it to the screen;
# enlarged by as much, it is as readable as within a page. In a page it is never higher than wide
# at this width; the check is there because images are not told the size of the device.
PHONE = "(min-width:900px) and (max-device-width:700px) and (orientation:portrait)"


@dataclass(frozen=True, slots=True)
class Panel:
    """A strip of a picture over its whole width, `height` pixels high."""

    height: int
    body: str


def dress() -> str:
    """The style of every picture: both sets of inks, and what is for wide ones only."""
    light, dark = (
        f".pushoff{{background:{INKS['paper'][theme]}}}"
        + "".join(f".pushoff .{name}{{color:{pair[theme]}}}" for name, pair in INKS.items())
        for theme in (0, 1)
    )
    return (
        f"{light}@media (prefers-color-scheme:dark){{{dark}}}"
        f"@media (max-width:700px),{PHONE}{{.pushoff .wide{{display:none}}}}"
        f"@media {PHONE}{{.pushoff{{zoom:2.75}}}}"
    )


STYLE = dress()
HATCH = (
    '<pattern id="pushoff-hatch" width="5" height="5" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><path d="M0 1H5" class="paper" stroke="currentColor"'
    ' stroke-width="2"/></pattern>'
)


def document(name: str, title: str, summary: str, panels: Sequence[Panel]) -> bytes:
    """A whole picture: its panels one below the other. `name` keeps its ids apart on a page."""
    placed, height = [], 0
    for panel in panels:
        placed.append(move(0, height, panel.body))
        height += panel.height
    ids = f"pushoff-{name}-title", f"pushoff-{name}-text"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pushoff" lang="en" role="img"'
        f' aria-labelledby="{ids[0]}" aria-describedby="{ids[1]}" width="100%" height="{height}"'
        ' font-family="system-ui,sans-serif" font-size="12">'
        f'<title id="{ids[0]}">{escape(title)}</title><desc id="{ids[1]}">{escape(summary)}</desc>'
        f"<style>{STYLE}</style><defs>{HATCH}</defs>"
        f"{paint('paper', box(0, 0, 1, height))}{paint('ink', *placed)}</svg>\n"
    ).encode()


def number(value: float) -> str:
    """A number with at most two decimals and nothing superfluous."""
    # Adding 0 makes a plain zero of a negative one.
    return f"{round(value, 2) + 0:.8g}"


def share(value: float) -> str:
    """A part of the width, 0 to 1."""
    return f"{number(value * 100)}%"


def title(words: str) -> str:
    """What an element is, in words."""
    return f"<title>{escape(words)}</title>"


def text(content: str, x: str | float, y: float, more: str = "", aside: str = "") -> str:
    """A line of text that stands on y; `more` are attributes, each after a space.

    `aside` comes before the content, in wide pictures only.
    """
    at = x if isinstance(x, str) else number(x)
    first = aside and f'<tspan class="wide">{escape(aside)}</tspan>'
    return f'<text x="{at}" y="{number(y)}"{more}>{first}{escape(content)}</text>'


def box(left: float, top: float, width: float, height: float, inside: str = "") -> str:
    """A rectangle: left and width as shares of the width, top and height in pixels."""
    frame = f'x="{share(left)}" y="{number(top)}" width="{share(width)}" height="{number(height)}"'
    return f"<rect {frame}>{inside}</rect>" if inside else f"<rect {frame}/>"


def move(left: float, top: float, *parts: str) -> str:
    """Parts at another place."""
    return f'<g transform="translate({number(left)} {number(top)})">{"".join(parts)}</g>'


def hatch(*parts: str) -> str:
    """Parts filled with stripes of paper."""
    body = "".join(parts)
    return body and f'<g fill="url(#pushoff-hatch)">{body}</g>'


def paint(ink: str, *parts: str, more: str = "") -> str:
    """Parts filled with an ink; empty where there is nothing to fill."""
    body = "".join(parts)
    return body and f'<g class="{ink}" fill="currentColor"{more}>{body}</g>'


def trace(ink: str, *parts: str, width: float = 1) -> str:
    """Parts drawn as lines with an ink; empty where there is nothing to draw."""
    body = "".join(parts)
    return body and (
        f'<g class="{ink}" fill="none" stroke="currentColor"'
        f' stroke-width="{number(width)}">{body}</g>'
    )


def path(pieces: Iterable[str], more: str = "") -> str:
    """A path of pieces; empty if there are none. Its lines keep their width when stretched."""
    route = "".join(pieces)
    return route and f'<path d="{route}" vector-effect="non-scaling-stroke"{more}/>'


def stretch(units: int, height: int, *parts: str) -> str:
    """Parts in a frame `units` wide that is stretched to the width of the plot."""
    return (
        f'<svg width="100%" height="{height}" viewBox="0 0 {units} {height}"'
        f' preserveAspectRatio="none" overflow="visible">{"".join(parts)}</svg>'
    )


def plot(top: float, height: int, *parts: str) -> str:
    """The part of a panel right of the scale, in which shares are shares of the plot."""
    return (
        f'<svg x="{share(LEFT)}" y="{number(top)}" width="{share(WIDTH)}" height="{height}"'
        f' overflow="visible">{"".join(parts)}</svg>'
    )
