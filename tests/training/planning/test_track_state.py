"""Copies of a track's state. They are made by position, for speed, and must be those by name."""

from app.training.planning.standing import Held
from tests.training.planning.states import at, find_rung


class TestTrackState:
    EVERY_FIELD = at(
        "SK2",
        12,
        why="START",
        hits=1,
        due="test",
        due_rung=4,
        top=2,
        maintain=True,
        suspended=True,
        reduce=True,
        stopped=True,
        pain_prev=40_000,
        painful=3,
        weak="left",
        held=Held(3, 10, 500, 2),
        lowered="load",
    )

    def test_moves_to_another_target(self) -> None:
        rung = find_rung("SK6")
        assert self.EVERY_FIELD.move(rung, 8, 700) == self.EVERY_FIELD._replace(
            rung=rung, reps=8, load=700, hits=0, due=None, due_rung=None, top=0
        )

    def test_takes_over_a_judgement(self) -> None:
        assert self.EVERY_FIELD.judge("EFFORT_TOO_HIGH", 2, "step", None, "right") == (
            self.EVERY_FIELD._replace(
                why="EFFORT_TOO_HIGH", hits=2, due="step", due_rung=None, weak="right"
            )
        )

    def test_has_no_default_left_in_the_sample(self) -> None:
        defaults = self.EVERY_FIELD._field_defaults
        assert not [n for n, value in defaults.items() if getattr(self.EVERY_FIELD, n) == value]
