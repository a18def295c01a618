"""Strategies of hypothesis for courses: programmes that follow one another, with random logs.

courses() draws up to three journals. The first is a history of its own; each of the others goes on
with other equipment, core tracks, units or body mass, and is done well, badly, in pain or not at
all.
"""

from typing import Any, cast

from hypothesis import strategies as st

from app.training.planning.spec import SpecFields
from tests.training.histories import HABITS, WEEKS, histories, log_next
from tests.training.journal import Journal
from tests.training.strategies import equipment, heights, owned_loads

CORES = [("side_plank",), ("bridge", "plank"), ("side_plank", "bridge", "plank"), ()]
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "equipment": equipment(),
    "step_heights_cm": heights(),
    "loads": owned_loads(),
    "core": st.sampled_from(CORES),
    "units": st.sampled_from(["metric", "imperial"]),
    "level": st.sampled_from(["beginner", "intermediate", "advanced"]),
    "days_per_week": st.integers(1, 6),
}


@st.composite
def courses(draw: st.DrawFn) -> list[Journal]:
    """Draw programmes that follow one another, with their logs."""
    journals = [draw(histories(most=6))]
    for _ in range(draw(st.integers(0, 2))):
        changes = cast(SpecFields, draw(st.fixed_dictionaries({}, optional=CHANGES)))
        following = journals[-1].carry_on(cleared=True, **changes)
        habit = draw(HABITS)
        for week in draw(st.lists(WEEKS, max_size=4)):
            log_next(following, None if week is None else [*habit, *week])
        journals.append(following)
    return journals
