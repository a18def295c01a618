"""Where a log is folded: on the event loop if it is short, in a thread if it is long.

Everything that folds a log for a request goes through `run` or `simulate`: responses to writes,
imports, /athletes, /calendars, and adapt, continue and simulate under /programs. A long fold on the
event loop would delay every other request; for a short fold a thread would be a waste.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from app.sessions.schemas import SessionIn
from app.training.adapting.simulation import SimulatedRunner, Simulation
from app.training.engine import ProgramRef
from app.training.log.completed import CompletedSession

# Measured on one core of a two-core server for programmes of 12, 26 and 52 weeks: to follow a log
# takes 14 µs for each logged set, 20 with all core tracks; the measures of progress take another
# 12 µs, and the projection and encoding of the weeks to come 0.14 ms a week, 0.3 with all core
# tracks. So 400 sets keep the loop for 6 to 8 ms, for 10 to 13 ms with the measures, and for 7 to
# 16 ms more with 52 weeks encoded. 12 weeks of training are 400 to 600 sets.
MAX_SETS_ON_LOOP = 400
# One simulated week takes 0.8 ms, so 12 of them take 10 ms.
MAX_SIMULATED_WEEKS_ON_LOOP = 12

_T = TypeVar("_T")


def count_sets(sessions: Iterable[CompletedSession | SessionIn]) -> int:
    """Return the number of logged sets in some sessions. One without sets counts as one."""
    return sum(max(len(session.sets), 1) for session in sessions)


async def run(work: Callable[[], _T], *, sets: int) -> _T:
    """Run a function that folds logs with so many sets in all, and return its result."""
    return work() if sets <= MAX_SETS_ON_LOOP else await asyncio.to_thread(work)


async def simulate(ref: ProgramRef, runner: SimulatedRunner) -> Simulation:
    """Return a programme as a simulated runner does it, as `ProgramRef.simulate` does."""
    if ref.spec.weeks <= MAX_SIMULATED_WEEKS_ON_LOOP:
        return ref.simulate(runner)
    return await asyncio.to_thread(ref.simulate, runner)
