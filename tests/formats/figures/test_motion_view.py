"""The view `motion`: the catalogue's tempo, the end pose at rest, and complete keyframes."""

import math
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from app.formats.figures import illustration, painting, pose_moments
from app.formats.figures.illustration import SLUGS
from app.formats.figures.pose_files import FIGURES
from app.training.catalog.exercises import EXERCISES

MOVING = sorted(slug for slug in SLUGS if EXERCISES[slug].tempo)
HELD = sorted(SLUGS - set(MOVING))
each_moving = pytest.mark.parametrize("slug", MOVING)


def draw(slug: str) -> str:
    return illustration.draw(slug, "motion", "light").decode()


def list_keyframes(text: str) -> Iterator[tuple[str, dict[float, str]]]:
    """Yield the name of each movement with its declarations by the share of a repetition."""
    for name, body in re.findall(r"@keyframes ([\w-]+){((?:[^{}]+{[^{}]*})+)}", text):
        frames: dict[float, str] = {}
        for shares, declaration in re.findall(r"([^{}]+){([^{}]*)}", body):
            frames |= {float(share.rstrip("%")): declaration for share in shares.split(",")}
        yield name, frames


def read_turn(declaration: str) -> float:
    found = re.search(r"rotate:(-?[\d.]+)deg", declaration)
    assert found
    return float(found[1])


class TestTempo:
    @each_moving
    def test_a_repetition_lasts_as_long_as_prescribed(self, slug: str) -> None:
        tempo = EXERCISES[slug].tempo
        assert tempo
        assert re.findall(r"animation:(\d+)s linear infinite", draw(slug)) == [str(tempo.seconds)]

    @each_moving
    def test_the_top_is_reached_after_the_seconds_up_and_held(self, slug: str) -> None:
        tempo = EXERCISES[slug].tempo
        assert tempo
        moments = list(pose_moments.list_moments(FIGURES[slug], tempo, 4))
        seconds = [moment.seconds for moment in moments]
        assert seconds[0] == 0
        assert seconds == sorted(seconds)
        assert seconds[-1] == tempo.seconds
        end = pose_moments.solve_pose(FIGURES[slug], FIGURES[slug].end)
        held = next(one for one in moments if one.seconds == tempo.up_s + tempo.hold_s)
        assert math.dist(held.skeleton.shoulder, end.shoulder) < 0.01
        assert math.dist(held.skeleton.far.foot.ball, end.far.foot.ball) < 0.01

    @each_moving
    def test_every_movement_ends_where_it_begins(self, slug: str) -> None:
        movements = list(list_keyframes(draw(slug)))
        assert movements
        for name, frames in movements:
            assert (min(frames), max(frames)) == (0, 100), name
            assert frames[0] == frames[100], name

    @each_moving
    def test_nothing_turns_the_long_way_round(self, slug: str) -> None:
        for name, frames in list_keyframes(draw(slug)):
            turns = [read_turn(frames[share]) for share in sorted(frames)]
            steps = [abs(after - before) for before, after in pairwise(turns)]
            assert max(steps) < 90, name


class TestRest:
    @each_moving
    def test_is_the_end_pose_without_animation(self, slug: str) -> None:
        figure = FIGURES[slug]
        placed = painting.place_all(figure, pose_moments.solve_pose(figure, figure.end))
        assert f'transform="{placed["trunk"].to_svg()}"' in draw(slug)

    @each_moving
    def test_moves_only_if_the_reader_does_not_object(self, slug: str) -> None:
        before, moving = draw(slug).split("@media (prefers-reduced-motion:no-preference)")
        assert "animation" not in before
        assert "@keyframes" in moving


class TestHold:
    @pytest.mark.parametrize("slug", HELD)
    def test_shows_a_clock_and_moves_nothing_else(self, slug: str) -> None:
        text = draw(slug)
        (name, frames), (_, seconds) = list_keyframes(text)
        assert set(frames) == {0, 100}
        assert all(declaration.startswith("stroke-dashoffset") for declaration in frames.values())
        assert f".{name}{{animation:{name} 10s linear infinite}}" in text
        assert seconds == {0: "opacity:1", 10: "opacity:0", 100: "opacity:0"}

    @pytest.mark.parametrize("slug", HELD)
    def test_the_clock_begins_empty_and_is_full_after_ten_seconds(self, slug: str) -> None:
        (_, frames), _ = list_keyframes(draw(slug))
        empty, full = (float(frames[share].split(":")[1]) for share in (0, 100))
        dashes = re.search(r'stroke-dasharray="([\d.]+)"', draw(slug))
        assert dashes
        assert math.isclose(empty, float(dashes[1]))
        assert full == 0

    @pytest.mark.parametrize("slug", HELD)
    def test_each_number_is_shown_in_its_second_alone(self, slug: str) -> None:
        text = draw(slug)
        numbers = re.findall(r'<text class="([\w-]+)" opacity="0"[^>]*>(\d+)</text>', text)
        delays = dict(re.findall(r"\.([\w-]+){animation-delay:(\d+)s}", text))
        assert [shown for _, shown in numbers] == [str(number) for number in range(1, 11)]
        assert [delays[name] for name, _ in numbers] == [str(number) for number in range(10)]
