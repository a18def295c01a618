"""The colours of the pictures, for light and dark paper, and the CSS that applies them.

Paper, ink and the tracks have the colours of the charts. A class names the theme and the ink, and
means the same in every picture: two pictures in one page do not restyle each other. Classes stand
alone, because programs do not agree on what else matches in a copied element (`use`).
"""

from typing import Literal

from app.formats.charts.svg import INKS as CHART_INKS
from app.training.catalog.track_definitions import TRACKS

Theme = Literal["auto", "light", "dark"]

# Body and paper differ by at least 3:1 in both themes.
INKS: dict[str, tuple[str, str]] = {
    "paper": CHART_INKS["paper"],
    "ink": CHART_INKS["ink"],
    "ground": ("#dfe4e0", "#313a35"),
    "edge": ("#7f8a83", "#7d8982"),
    "skin": ("#b97d55", "#c68d66"),
    "far-skin": ("#93603e", "#97694b"),
    "hair": ("#33241b", "#8d6b52"),
    "eye": ("#33241b", "#2a1d15"),
    "shirt": ("#2f6d94", "#4b90ba"),
    "far-shirt": ("#1f4d6b", "#35698a"),
    "shorts": ("#2b3543", "#6b7d95"),
    "far-shorts": ("#1a222d", "#4d5c70"),
    "shoe": ("#e0561f", "#f0733f"),
    "far-shoe": ("#a5431a", "#b5522b"),
    "sole": ("#f6f2ea", "#f6f2ea"),
    "far-sole": ("#d6cfc3", "#bdb6aa"),
    "sock": ("#c9cfd2", "#dfe5e8"),
    "far-sock": ("#9aa3a8", "#a2abb0"),
    "muscle": ("#b8001c", "#d90429"),
    "far-muscle": ("#9d0d24", "#c83a4d"),
    "weight": ("#3f4a55", "#8b98a5"),
    "metal": ("#7d8894", "#b8c2cc"),
    "gleam": ("#6f7c89", "#c3ccd5"),
    "bag": ("#3f7a4f", "#5fa372"),
    "bagpocket": ("#2f6140", "#4a875b"),
    "towel": ("#d9cdb2", "#cbbfa5"),
    "column": ("#9aa49e", "#5d6862"),
    "mat": ("#9db8c9", "#4a6374"),
    "seat": ("#7f8a83", "#7d8982"),
    **{track: CHART_INKS[track] for track in TRACKS},
    "pad": ("#2b3138", "#59636d"),
}

# What is drawn as a line: its ink and its width in centimetres.
_LINES: dict[str, tuple[str, float]] = {
    "outline": ("edge", 0.8),
    "post": ("edge", 3.2),
    "ring": ("weight", 2.6),
    "strap": ("bagpocket", 2.6),
    "lace": ("sole", 0.8),
    "callout": ("edge", 0.6),
    "clock": ("edge", 2.4),
    **{f"arrow-{track}": (track, 2.6) for track in TRACKS},
    **{f"clock-{track}": (track, 7.0) for track in TRACKS},
}


def name_class(theme: Theme, ink: str) -> str:
    """Return the class that has a colour: the same class is the same colour in every picture."""
    return f"f{theme[0]}-{ink}"


def build_style(theme: Theme, body: str) -> str:
    """Return the CSS of the classes that a picture uses: one theme, or both by preference."""
    used = {name for name in (*INKS, *_LINES) if f'{name_class(theme, name)}"' in body}
    if theme != "auto":
        return _build_colors(theme, used, int(theme == "dark")) + _build_lines(theme, used)
    dark = f"@media (prefers-color-scheme:dark){{{_build_colors(theme, used, 1)}}}"
    return _build_colors(theme, used, 0) + _build_lines(theme, used) + dark


def _build_colors(theme: Theme, used: set[str], index: int) -> str:
    rules = [
        f".{name_class(theme, name)}{{fill:{pair[index]}}}"
        for name, pair in INKS.items()
        if name in used
    ]
    rules += [
        f".{name_class(theme, name)}{{stroke:{INKS[ink][index]}}}"
        for name, (ink, _) in _LINES.items()
        if name in used
    ]
    return "".join(rules)


def _build_lines(theme: Theme, used: set[str]) -> str:
    return "".join(
        f".{name_class(theme, name)}{{fill:none;stroke-width:{width};stroke-linecap:round;"
        "stroke-linejoin:round}"
        for name, (_, width) in _LINES.items()
        if name in used
    )
