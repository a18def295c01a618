"""The CPU of drawing the pictures of the exercises, in calibration loops."""

from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import get_args

from app.formats.figures import illustration
from app.formats.figures.illustration import View
from benchmarks.measurements import Measurement, divide, interleave
from benchmarks.planning import calibration_loop_cpu_s, median_cpu_s

# 3 ms on a machine where a loop takes 50 µs.
MAX_LOOPS = 60.0


def measure() -> Iterator[Measurement]:
    """Yield the CPU of the exercise that costs the most, for each view."""
    for view in get_args(View):
        slug = max(illustration.SLUGS, key=partial(_draw_cpu_s, view))
        ours, loops = interleave(partial(_draw_cpu_s, view, slug), calibration_loop_cpu_s)
        detail = f"{slug}; {median(ours) * 1000:.2f} ms; a loop is {median(loops) * 1e6:.0f} µs"
        name = f"drawing a picture, {view}"
        yield Measurement(name, divide(ours, loops), MAX_LOOPS, "loops", detail=detail)


def _draw_cpu_s(view: View, slug: str) -> float:
    return median_cpu_s(lambda: illustration.draw(slug, view, "auto"))
