"""Estimate how wide a text is, in the widest of the usual fonts.

panels and week_panels choose between longer and shorter words with it, because a chart cannot ask
its reader's browser. In other fonts the words have more room than they need.
"""

# Widths of the letters of DejaVu Sans as shares of the font size, rounded up.
_LETTERS: dict[float, str] = {
    0.3: "'IJijl",
    0.35: " ,./:;\\|",
    0.4: "()-[]ft",
    0.45: "!r",
    0.5: '"*_`',
    0.55: "?csz",
    0.6: "FLkvxy",
    0.65: "$0123456789EPSTYabdeghnopqu{}",
    0.7: "ABCKRVXZ",
    0.75: "NU",
    0.8: "&DGHOQ",
    0.85: "#+<=>^w~",
    0.9: "M",
    1.0: "%@Wm",
}
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_OTHER = 1.0
_BOLD = 1.12


def measure_text(text: str, size: float = 12, *, bold: bool = False) -> float:
    """Return the width of a line in pixels; it is never wider in the usual fonts."""
    width = sum(_WIDTHS.get(letter, _OTHER) for letter in text) * size
    return width * _BOLD if bold else width


def choose_fitting(room: float, *texts: str, size: float = 12, bold: bool = False) -> str:
    """Return the first text that fits into so many pixels, or the last one."""
    fitting = (text for text in texts if measure_text(text, size, bold=bold) <= room)
    return next(fitting, texts[-1])
