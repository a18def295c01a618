"""The estimate of how wide a text is."""

import pytest

from app.formats.charts import text_width


class TestMeasureText:
    @pytest.mark.parametrize(
        ("text", "size", "pixels"),
        # As Chromium draws them in DejaVu Sans.
        [("week", 11, 28.9), ("Straight knee", 12, 81.0), ("2000", 11, 28.0), ("", 12, 0)],
    )
    def test_is_as_wide_as_the_widest_usual_font(
        self, text: str, size: float, pixels: float
    ) -> None:
        assert pixels <= text_width.measure_text(text, size) <= 1.1 * pixels

    def test_is_wider_in_bold(self) -> None:
        assert text_width.measure_text("knee", bold=True) > text_width.measure_text("knee")

    def test_takes_an_unknown_letter_for_a_wide_one(self) -> None:
        assert text_width.measure_text("\N{CJK UNIFIED IDEOGRAPH-4E00}") == 12


class TestChooseFitting:
    @pytest.mark.parametrize(
        ("room", "chosen"), [(500, "foundation"), (10, "F"), (9, "F"), (5, ""), (0, "")]
    )
    def test_takes_the_first_that_fits(self, room: float, chosen: str) -> None:
        assert text_width.choose_fitting(room, "foundation", "F", "") == chosen

    def test_takes_the_last_if_none_fits(self) -> None:
        assert text_width.choose_fitting(1, "foundation", "build") == "build"
