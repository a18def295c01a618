"""The pictures as SVG documents: complete, small, safe to inline, and readable without seeing."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import get_args
from xml.etree import ElementTree as ET

import brotli
import pytest

from app.formats.figures import illustration, inks
from app.formats.figures.illustration import SLUGS, Theme, View
from app.formats.figures.pose_files import FIGURES, Figure
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.track_definitions import TRACKS
from tests.formats.charts.test_svg import VISION, convert_to_lab

SVG = "{http://www.w3.org/2000/svg}"
VIEWS: tuple[View, ...] = get_args(View)
THEMES: tuple[Theme, ...] = get_args(Theme)
MAX_BYTES, MAX_BROTLI_BYTES = 24 * 1024, 7 * 1024
each_slug = pytest.mark.parametrize("slug", sorted(SLUGS))
each_view = pytest.mark.parametrize("view", VIEWS)
each_theme = pytest.mark.parametrize("theme", THEMES)


def draw(slug: str, view: View = "both", theme: Theme = "auto") -> str:
    return illustration.draw(slug, view, theme).decode()


def parse(slug: str, view: View = "both", theme: Theme = "auto") -> ET.Element:
    return ET.fromstring(draw(slug, view, theme))


def list_texts(drawn: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in drawn.iter(f"{SVG}text")]


def list_rules(style: str) -> Iterator[tuple[str, str]]:
    """Yield each selector with its declarations, those of a media query with its condition."""
    media = ""
    for found in re.finditer(r"(@media[^{]+){|([^{}]+){([^{}]*)}|}", style):
        condition, selector, declarations = found.groups()
        if condition:
            media = condition
        elif selector:
            yield media + selector, declarations
        else:
            media = ""


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours by WCAG 2."""

    def lightness(color: str) -> float:
        parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((lightness(first), lightness(second)))
    return (light + 0.05) / (dark + 0.05)


def replace_texts(figure: Figure, words: str) -> Figure:
    panels = tuple(replace(panel, caption=words) for panel in figure.panels)
    return replace(figure, description=words, panels=panels)


class TestCoverage:
    def test_every_exercise_of_the_catalogue_has_a_picture(self) -> None:
        assert sorted(EXERCISES.keys() - SLUGS) == []

    def test_every_picture_belongs_to_an_exercise(self) -> None:
        assert EXERCISES.keys() >= SLUGS

    def test_an_unknown_slug_is_a_key_error(self) -> None:
        with pytest.raises(KeyError):
            illustration.draw("handstand", "both", "auto")
        with pytest.raises(KeyError):
            illustration.describe("handstand")


class TestDocument:
    @each_slug
    @each_view
    def test_is_an_image_with_title_description_and_licence(self, slug: str, view: View) -> None:
        drawn = parse(slug, view)
        assert drawn.get("role") == "img"
        named = {element.get("id"): element for element in drawn.iter()}
        assert named[drawn.get("aria-labelledby")].text == EXERCISES[slug].name
        assert named[drawn.get("aria-describedby")].text == illustration.describe(slug)
        metadata = drawn.find(f"{SVG}metadata")
        assert metadata is not None
        assert "CC0-1.0" in "".join(metadata.itertext())

    @each_slug
    @each_view
    def test_refers_to_itself_only(self, slug: str, view: View) -> None:
        text = draw(slug, view)
        namespaces = r' xmlns(:\w+)?="[^"]+"| rdf:resource="https://creativecommons.org/[^"]+"'
        rest = re.sub(namespaces, "", text)
        assert "://" not in rest
        ids = set(re.findall(r' id="([^"]+)"', text))
        used = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
        assert used <= ids
        assert not re.search(r"<script|<foreignObject|<image|@import|on\w+=", text)

    @each_slug
    @each_view
    def test_is_small(self, slug: str, view: View) -> None:
        drawn = illustration.draw(slug, view, "auto")
        assert len(drawn) <= MAX_BYTES
        assert len(brotli.compress(drawn)) <= MAX_BROTLI_BYTES

    @each_slug
    def test_is_the_same_each_time(self, slug: str) -> None:
        assert all(draw(slug, view) == draw(slug, view) for view in VIEWS)


class TestPage:
    def test_ids_do_not_clash_when_all_pictures_stand_on_one_page(self) -> None:
        texts = [draw(*each) for each in product(sorted(SLUGS), VIEWS, THEMES)]
        ids = [name for text in texts for name in re.findall(r' id="([^"]+)"', text)]
        assert len(ids) == len(set(ids))

    def test_no_picture_restyles_another_one(self) -> None:
        rules: dict[str, str] = {}
        for slug, view, theme in product(sorted(SLUGS), VIEWS, THEMES):
            style = parse(slug, view, theme).find(f"{SVG}style")
            assert style is not None
            merged: dict[str, str] = {}
            for selector, declarations in list_rules(style.text or ""):
                merged[selector] = f"{merged.get(selector, '')};{declarations}"
            for selector, declarations in merged.items():
                if "%" not in selector:
                    assert rules.setdefault(selector, declarations) == declarations, selector

    def test_rules_are_for_classes_of_pictures_only(self) -> None:
        for slug, view in product(sorted(SLUGS), VIEWS):
            style = parse(slug, view).find(f"{SVG}style")
            assert style is not None
            for selector, _ in list_rules(style.text or ""):
                bare = re.sub(r"^@media[^)]+\)|@keyframes [\w-]+", "", selector)
                assert re.fullmatch(r"(\.(fa|fl|fd)-[\w-]+|\.[\w-]+-\d+|[\d.]+%|,)*", bare)


class TestThemes:
    @each_slug
    def test_auto_asks_for_the_readers_preference(self, slug: str) -> None:
        assert "prefers-color-scheme:dark" in draw(slug, "both", "auto")

    @each_slug
    def test_light_and_dark_are_fixed(self, slug: str) -> None:
        light, dark = draw(slug, "both", "light"), draw(slug, "both", "dark")
        assert "prefers-color-scheme" not in light + dark
        assert inks.INKS["paper"][0] in light
        assert inks.INKS["paper"][1] in dark

    @pytest.mark.parametrize("index", [0, 1], ids=["light", "dark"])
    def test_the_body_stands_out_from_paper(self, index: int) -> None:
        paper = inks.INKS["paper"][index]
        body = ["skin", "far-skin", "hair", "shirt", "shorts", "shoe", "weight", "muscle", "edge"]
        ratios = {name: contrast(inks.INKS[name][index], paper) for name in body}
        assert min(ratios.values()) >= 3, ratios

    @pytest.mark.parametrize("index", [0, 1], ids=["light", "dark"])
    def test_muscles_stand_out_from_what_they_lie_on(self, index: int) -> None:
        """Colour-blind readers see it, too: the difference is in CIE units."""
        for vision, under in product(VISION, ("skin", "shorts", "shirt")):
            colours = (inks.INKS["muscle"][index], inks.INKS[under][index])
            assert math.dist(*(convert_to_lab(colour, vision) for colour in colours)) >= 20

    @pytest.mark.parametrize("track", TRACKS)
    def test_numbers_can_be_read_on_their_badges(self, track: str) -> None:
        for index in (0, 1):
            assert contrast(inks.INKS[track][index], inks.INKS["paper"][index]) >= 3


class TestViews:
    @each_slug
    def test_both_has_numbered_captions_from_the_data(self, slug: str) -> None:
        texts = list_texts(parse(slug, "both"))
        captions = [panel.caption for panel in FIGURES[slug].panels]
        assert texts[::2] == [str(number) for number in range(1, len(captions) + 1)]
        assert [text.replace(" ", "") for text in texts[1::2]] == [
            caption.replace(" ", "") for caption in captions
        ]

    @each_slug
    def test_captions_are_11_pixels_high_on_a_narrow_phone(self, slug: str) -> None:
        drawn = parse(slug, "both")
        width = float(str(drawn.get("viewBox")).split()[2])
        sizes = [float(str(text.get("font-size"))) for text in drawn.iter(f"{SVG}text")][1::2]
        assert min(sizes) * 320 / width >= 11

    @each_slug
    def test_captions_take_two_lines_at_most(self, slug: str) -> None:
        lines = [
            len(text.findall(f"{SVG}tspan")) for text in parse(slug, "both").iter(f"{SVG}text")
        ]
        assert max(lines) <= 2

    @each_slug
    @pytest.mark.parametrize("view", ["start", "end", "motion"])
    def test_the_other_views_have_no_words(self, slug: str, view: View) -> None:
        is_clock = view == "motion" and not EXERCISES[slug].tempo
        numbers = [str(number) for number in range(1, 11)]
        assert list_texts(parse(slug, view)) == (numbers if is_clock else [])

    @each_slug
    def test_the_description_is_two_sentences(self, slug: str) -> None:
        description = illustration.describe(slug)
        assert len(re.findall(r"[.!?](?= |$)", description)) == 2
        assert 60 <= len(description) <= 400

    def test_text_is_escaped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slug = min(SLUGS)
        figure = FIGURES[slug]
        hostile = replace_texts(figure, "<script>&\"'")
        monkeypatch.setattr(illustration, "FIGURES", {slug: hostile})
        drawn = parse(slug, "both")
        assert not list(drawn.iter(f"{SVG}script"))
        assert "<script>" in "".join(drawn.itertext())
