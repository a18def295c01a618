"""Charts as SVG documents: valid, self-contained, readable at any width and in both themes."""

import gzip
import re
from itertools import combinations
from typing import Any

import pytest

from app.formats.charts import chart, svg, week_panels
from app.formats.charts.svg import INKS, Panel
from app.training.catalog.track_definitions import TRACKS, Track
from tests.formats.charts.chart_samples import (
    SVG,
    WIDTHS,
    find_description,
    follow,
    list_labels,
    list_texts,
    parse,
)
from tests.formats.sample_programs import SPECS, plan

# Machado et al. 2009, severity 1.0: linear RGB as seen without one kind of cone.
VISION = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
each_theme = pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])


def build_charts() -> list[Any]:
    drawn = {name: chart.draw_program(plan(**fields)) for name, fields in SPECS.items()}
    for name, fields in SPECS.items():
        program = plan(**fields)
        for weeks_done in sorted({0, 1, len(program.weeks) // 2, len(program.weeks)}):
            drawn[f"{name}, {weeks_done} weeks done"] = chart.draw_progress(
                follow(program, weeks_done)
            )
    return [pytest.param(svg_bytes, id=name) for name, svg_bytes in drawn.items()]


each_chart = pytest.mark.parametrize("svg_bytes", build_charts())


class TestChart:
    @each_chart
    def test_has_a_title_and_a_description(self, svg_bytes: bytes) -> None:
        root = parse(svg_bytes)
        title, text, *_ = root
        assert (root.tag, root.get("role"), root.get("lang")) == (f"{SVG}svg", "img", "en")
        assert (title.tag, title.get("id")) == (f"{SVG}title", root.get("aria-labelledby"))
        assert (text.tag, text.get("id")) == (f"{SVG}desc", root.get("aria-describedby"))
        assert title.text
        assert len(find_description(svg_bytes)) > 80

    @each_chart
    def test_is_self_contained(self, svg_bytes: bytes) -> None:
        text = svg_bytes.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(
            r"://|href|@import|@font-face|<script|<image|<foreignObject|\bon\w+=", text
        )
        assert set(re.findall(r"url\(([^)]*)\)", text)) <= {"#pushoff-hatch"}

    @each_chart
    def test_defines_each_id_once(self, svg_bytes: bytes) -> None:
        ids = [element.get("id") for element in parse(svg_bytes).iter() if element.get("id")]
        assert len(set(ids)) == len(ids) == 3

    @each_chart
    def test_is_small(self, svg_bytes: bytes) -> None:
        assert len(svg_bytes) < 60_000
        assert len(gzip.compress(svg_bytes)) < 10_000

    @each_chart
    def test_keeps_its_text_readable_at_any_width(self, svg_bytes: bytes) -> None:
        root = parse(svg_bytes)
        sizes = [float(e.get("font-size", 99)) for e in root.iter()]
        assert min(sizes) >= 11
        # Without a viewBox the text does not scale with the chart.
        assert (root.get("width"), root.get("viewBox")) == ("100%", None)
        stretched = [e for e in root.iter(f"{SVG}svg") if e.get("viewBox")]
        assert stretched
        assert not [t for e in stretched for t in e.iter(f"{SVG}text")]

    @each_chart
    @pytest.mark.parametrize("width", WIDTHS)
    def test_shows_every_label_without_an_overlap(self, svg_bytes: bytes, width: int) -> None:
        labels = list_labels(svg_bytes, width)
        assert len(labels) > 10
        assert [one for one in labels if one.left < 0 or one.right > width] == []
        assert [pair for pair in combinations(labels, 2) if pair[0].overlaps(pair[1])] == []

    @each_chart
    def test_stretches_no_lines(self, svg_bytes: bytes) -> None:
        # Programs besides browsers do not keep the width of a stretched line.
        assert b"vector-effect" not in svg_bytes
        stretched = [e for e in parse(svg_bytes).iter(f"{SVG}svg") if e.get("viewBox")]
        inside = [shape for frame in stretched for shape in frame.iter()]
        assert not [one for one in inside if one.get("stroke") or one.tag == f"{SVG}line"]

    @each_chart
    def test_has_a_width_for_programs_that_know_no_media_queries(self, svg_bytes: bytes) -> None:
        style = parse(svg_bytes).findtext(f"{SVG}style") or ""
        assert style.startswith(".pushoff{width:760px}@media all{.pushoff{width:100%}}")
        shown = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\}", "", style)
        assert ".pushoff .narrow{display:none}" in shown
        assert ".wide" not in shown
        assert "tspan" not in svg_bytes.decode()

    @each_chart
    def test_uses_known_inks_only(self, svg_bytes: bytes) -> None:
        used = {element.get("class") for element in parse(svg_bytes).iter()} - {None}
        assert used <= {*INKS, "pushoff", "wide", "narrow"}
        body = svg_bytes.decode().partition("</style>")[2]
        assert not re.search(r"#[0-9a-f]{3,6}\b", body)


class TestDocument:
    def test_escapes_texts(self) -> None:
        nasty = "</title><script>1 & 2</script>"
        panel = Panel(20, svg.text(nasty, 0, 12) + svg.rect(0, 0, 1, 1, svg.title(nasty)))
        svg_bytes = svg.document("test", nasty, nasty, [panel])
        root = parse(svg_bytes)
        assert not list(root.iter(f"{SVG}script"))
        assert root.findtext(f"{SVG}title") == find_description(svg_bytes) == nasty
        assert list_texts(svg_bytes) == [nasty]

    def test_places_panels_below_one_another(self) -> None:
        root = parse(svg.document("test", "a", "b", [Panel(30, "<g/>"), Panel(20, "<g/>")]))
        assert root.get("height") == "50"
        places = [g.get("transform") for g in root.iter(f"{SVG}g") if g.get("transform")]
        assert places == ["translate(0 0)", "translate(0 30)"]


class TestInks:
    @each_theme
    @pytest.mark.parametrize("ink", ["ink", "quiet"])
    def test_has_enough_contrast_for_text(self, ink: str, theme: int) -> None:
        assert compute_contrast(INKS[ink][theme], INKS["paper"][theme]) >= 4.5

    @each_theme
    @pytest.mark.parametrize("ink", [*TRACKS, *(ink for ink, _, _ in week_panels.PAIN_ZONES)])
    def test_has_enough_contrast_for_shapes(self, ink: str, theme: int) -> None:
        assert compute_contrast(INKS[ink][theme], INKS["paper"][theme]) >= 3

    @each_theme
    @pytest.mark.parametrize("vision", VISION)
    @pytest.mark.parametrize("pair", [*combinations(TRACKS, 2)], ids="-".join)
    def test_distinguishes_tracks_for_colour_blind_readers(
        self, pair: tuple[Track, Track], vision: str, theme: int
    ) -> None:
        first, second = (convert_to_lab(INKS[track][theme], vision) for track in pair)
        assert sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5 >= 30

    def test_has_a_rule_for_each_theme(self) -> None:
        light, _, rest = svg.STYLE.partition("@media (prefers-color-scheme:dark){")
        dark = rest.partition("}}")[0]
        for name, (day, night) in INKS.items():
            assert f".pushoff .{name}{{color:{day}}}" in light
            assert f".pushoff .{name}{{color:{night}" in dark

    def test_styles_only_charts_on_a_page(self) -> None:
        selectors = re.findall(
            r"([^{}]+)\{[^{}]*:[^{}]*\}", re.sub(r"@media[^{]*\{", "", svg.STYLE)
        )
        assert selectors
        assert [one for one in selectors if not one.startswith(".pushoff")] == []


def linearise(colour: str) -> list[float]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def compute_contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    weights = (0.2126, 0.7152, 0.0722)
    lights = [
        sum(w * p for w, p in zip(weights, linearise(one), strict=True)) for one in (first, second)
    ]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def convert_to_lab(colour: str, vision: str) -> tuple[float, float, float]:
    """Return a colour in CIELAB as seen with a kind of colour vision."""
    mixed = (
        sum(w * p for w, p in zip(row, linearise(colour), strict=True)) for row in VISION[vision]
    )
    red, green, blue = (min(1.0, max(0.0, part)) for part in mixed)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
