"""The face of training: what a program id means, and the engine that plans and adapts it.

An engine is one version of the rules and has a number. Every id names its engine, and only this
module maps the number to rules. An id promises the same exercises, sets, reps, loads and days for
ever; wording may be corrected (ADR 19). Features call this module. The subpackages hold the
types of arguments and results.

To add an engine:

- Write its rules beside those of engine 2, for example in planning/engine_3 and adapting/engine_3.
- Give it the next number in ENGINES and make it CURRENT. To end an old one, move its number from
  ENGINES to RETIRED. Its ids must still decode, so remove nothing from program_ids.
- A released engine is frozen: nothing may change a number that comes out of the rules of planning,
  log and adapting, or the rungs, coefficients and ranges of the catalogue. Golden ids in the tests
  hold its plans.
- Engines share the values (planning.spec, start, week and program, log.completed), program_ids, and
  the sentences, cues and evidence of the catalogue.

Engine 1 is retired. It was never released, so nothing of it is left but its number.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.training.adapting import fold, followed_program, simulation, successor
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.simulation import SimulatedRunner, Simulation
from app.training.log.completed import CompletedSession
from app.training.planning import plan_constants, program, program_ids
from app.training.planning.id_bytes import UnknownProgram
from app.training.planning.program import Program
from app.training.planning.spec import Spec, SpecFields
from app.training.planning.start_checks import check_start


@dataclass(frozen=True, slots=True)
class Engine:
    """One version of the rules. Its functions raise SpecError if a spec's `start` does not fit."""

    number: int
    """Number in program ids. It is never used for another engine."""
    version: str
    """The `engine_version` of its programmes."""
    plan: Callable[[Spec, str], Program]
    """Plans the programme of a spec; the second argument is its id."""
    follow: Callable[..., FollowedProgram]
    """Adapts the programme of a spec to a log. Called as ProgramRef.follow, the spec first."""
    simulate: Callable[[Spec, SimulatedRunner], Simulation]
    """Simulates the programme of a spec with a runner."""


@dataclass(frozen=True, slots=True)
class ProgramRef:
    """A program id with the spec and the engine that it encodes."""

    program_id: str
    spec: Spec
    engine: Engine

    def plan(self) -> Program:
        """Return the programme as planned. Raises SpecError if the spec's `start` does not fit."""
        return self.engine.plan(self.spec, self.program_id)

    def follow(
        self,
        sessions: Iterable[CompletedSession],
        *,
        through_week: int | None = None,
        as_of: datetime.date | None = None,
    ) -> FollowedProgram:
        """Return the programme after a log, whose sessions may come in any order.

        `through_week` is the number of the last week that is over. Without it, the log and `as_of`
        (today) decide which weeks are over.
        """
        return self.engine.follow(self.spec, sessions, through_week=through_week, as_of=as_of)

    def simulate(self, runner: SimulatedRunner) -> Simulation:
        """Return the programme as a simulated runner does it."""
        return self.engine.simulate(self.spec, runner)


NotCleared = successor.NotCleared
"""The programme is blocked, and nobody said that a professional has cleared the runner."""


class EngineRetired(Exception):
    """The engine of an id is no longer served.

    `successor` is the same spec under the current engine.
    """

    def __init__(self, successor: ProgramRef) -> None:
        super().__init__("the engine of this program id is retired")
        self.successor = successor


def find_program(program_id: str) -> ProgramRef:
    """Return the spec and the engine of an id.

    Raises UnknownProgram if the id is damaged or its engine unknown, and EngineRetired.
    """
    number, spec = program_ids.decode(program_id)
    if number in RETIRED:
        raise EngineRetired(identify(spec))
    if number not in ENGINES:
        raise UnknownProgram
    return ProgramRef(program_id, spec, ENGINES[number])


def identify(spec: Spec) -> ProgramRef:
    """Return a complete spec, which nothing may block, with its id under the current engine."""
    return ProgramRef(program_ids.encode(spec, CURRENT.number), spec, CURRENT)


def continue_program(
    followed: FollowedProgram, changes: SpecFields, *, cleared: bool = False
) -> Spec:
    """Return the complete spec of the programme that starts where the log ends.

    Raises NotCleared after a block that nobody has cleared, and SpecError if the changes
    are invalid.
    """
    spec = successor.build_successor(followed, changes, cleared=cleared)
    check_start(plan_constants.derive(spec))
    return spec


def _plan_2(spec: Spec, program_id: str) -> Program:
    constants = plan_constants.derive(spec)
    check_start(constants)
    weeks = tuple(fold.plan_weeks(constants))
    return program.build_program(constants, weeks, program_id, engine_version="2.0.0")


ENGINES: Mapping[int, Engine] = {
    2: Engine(2, "2.0.0", _plan_2, followed_program.follow, simulation.simulate)
}
"""The engines that are served, by number."""

RETIRED: frozenset[int] = frozenset({1})
"""Numbers of engines that were served once. Their ids still decode."""

CURRENT = ENGINES[2]
"""The engine of new programmes."""
