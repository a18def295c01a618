"""The pictures of the exercises in Chromium: as another renderer draws them, and how they move."""

import base64
import re
from collections.abc import Iterator

import pytest
import resvg_py

from app.formats.figures import illustration
from app.formats.figures.illustration import SLUGS, Theme, View
from app.training.catalog.exercises import EXERCISES
from tests.browser.chromium import Browser, launch

WIDTH = 680
MAX_SHARE = 0.02
MOVING = "(prefers-reduced-motion:no-preference)"
each_slug = pytest.mark.parametrize("slug", sorted(SLUGS))
# Draws two pictures at one size, and counts the pixels whose colours differ clearly.
COMPARE = """
const [first, second, width] = arguments, done = arguments[arguments.length - 1];
const load = source => new Promise((resolve, reject) => {
  const image = new Image(); image.onload = () => resolve(image); image.onerror = reject;
  image.src = source;
});
Promise.all([load(first), load(second)]).then(images => {
  const height = Math.round(width * images[1].naturalHeight / images[1].naturalWidth);
  const [a, b] = images.map(image => {
    const canvas = document.createElement('canvas'); canvas.width = width; canvas.height = height;
    const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0, width, height);
    return pen.getImageData(0, 0, width, height).data;
  });
  let differ = 0, painted = 0;
  for (let i = 0; i < a.length; i += 4) {
    const far = Math.max(...[0, 1, 2].map(k => Math.abs(a[i + k] - b[i + k])));
    if (far > 48) differ++;
    if (a[i] !== a[0] || a[i + 1] !== a[1]) painted++;
  }
  done([differ / (width * height), painted / (width * height)]);
});
"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with launch("data:text/html,", tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def prefer(browser: Browser, **features: str) -> None:
    """Emulate preferences of the reader, such as reduced motion."""
    named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})


def encode(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def compare(browser: Browser, slug: str, view: View, theme: Theme) -> tuple[float, float]:
    """Return the shares of pixels that differ between the renderers, and that are painted."""
    drawn = illustration.draw(slug, view, theme).decode()
    # Letters are those of the reader's machine. What is emulated does not reach an image.
    drawn = re.sub(r"<text.*?</text>", "", drawn).replace(MOVING, "not all")
    other = resvg_py.svg_to_bytes(svg_string=drawn, width=WIDTH)
    sources = encode("svg+xml", drawn.encode()), encode("png", bytes(other))
    differ, painted = browser.driver.execute_async_script(COMPARE, *sources, WIDTH)
    return float(differ), float(painted)


def show(browser: Browser, slug: str, view: View) -> None:
    """Open a picture as a document."""
    browser.driver.get(encode("svg+xml", illustration.draw(slug, view, "auto")))


def count_animations(browser: Browser) -> int:
    return int(browser.evaluate("document.getAnimations().length"))


class TestRenderers:
    @each_slug
    @pytest.mark.parametrize("view", ["both", "start", "end", "motion"])
    def test_agree_on_a_picture_at_rest(self, chromium: Browser, slug: str, view: View) -> None:
        differ, painted = compare(chromium, slug, view, "light")
        assert differ < MAX_SHARE
        assert painted > 0.05

    @each_slug
    def test_agree_on_dark_paper(self, chromium: Browser, slug: str) -> None:
        assert compare(chromium, slug, "both", "dark")[0] < MAX_SHARE


class TestMotion:
    @each_slug
    def test_lasts_as_long_as_the_prescribed_repetition(self, chromium: Browser, slug: str) -> None:
        prefer(chromium, prefers_reduced_motion="no-preference")
        show(chromium, slug, "motion")
        tempo = EXERCISES[slug].tempo
        timings = chromium.evaluate(
            "document.getAnimations().map(one => one.effect.getComputedTiming().duration)"
        )
        assert set(timings) == {(tempo.seconds if tempo else 10) * 1000}

    @each_slug
    def test_rests_if_the_reader_wants_no_motion(self, chromium: Browser, slug: str) -> None:
        prefer(chromium, prefers_reduced_motion="reduce")
        show(chromium, slug, "motion")
        assert count_animations(chromium) == 0

    @pytest.mark.parametrize("view", ["both", "start", "end"])
    def test_the_other_views_stand_still(self, chromium: Browser, view: View) -> None:
        prefer(chromium, prefers_reduced_motion="no-preference")
        show(chromium, "straight-leg-calf-raise", view)
        assert count_animations(chromium) == 0


class TestThemes:
    def test_auto_follows_the_reader(self, chromium: Browser) -> None:
        papers = []
        for scheme in ("light", "dark"):
            prefer(chromium, prefers_color_scheme=scheme)
            show(chromium, "straight-leg-calf-raise", "both")
            papers.append(
                chromium.evaluate("getComputedStyle(document.querySelector('path')).fill")
            )
        assert papers == ["rgb(255, 255, 255)", "rgb(22, 27, 24)"]
