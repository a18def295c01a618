"""The face of training: what a programme id stands for, and the engine that plans and adapts it.

An engine is a version of the rules with a number, and every id names its engine. The number is
mapped to rules here and nowhere else. The promise of an id: the same exercises, sets, reps, loads
and days for ever; a rule that changes one of them needs a new engine. Features call this module;
the rooms below hold the values that go in and come out.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.training.adapting import fold, followed_program, simulation, successor
from app.training.adapting.followed_program import FollowedProgram
from app.training.adapting.simulation import Runner, Simulation
from app.training.log.completed import CompletedSession
from app.training.planning import plan_constants, program, program_ids
from app.training.planning.program import Program
from app.training.planning.program_ids import UnknownProgram
from app.training.planning.spec import Spec, SpecFields


class Follow(Protocol):
    """How an engine adapts a programme to a log."""

    def __call__(
        self,
        spec: Spec,
        sessions: Iterable[CompletedSession],
        *,
        through_week: int | None = None,
        as_of: datetime.date | None = None,
    ) -> FollowedProgram: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """One version of the rules. Its functions raise SpecError if a spec's `start` does not fit."""

    number: int
    """Number in program ids. A number is never used again."""
    version: str
    """The version that programmes name."""
    plan: Callable[[Spec, str], Program]
    """The programme of a spec; the second argument is its id."""
    follow: Follow
    """The programme of a spec after a log."""
    simulate: Callable[[Spec, Runner], Simulation]
    """The programme of a spec, done by a simulated runner."""


@dataclass(frozen=True, slots=True)
class ProgramRef:
    """A programme id with the spec and the engine that it encodes."""

    program_id: str
    spec: Spec
    engine: Engine

    def plan(self) -> Program:
        """The programme as planned. Raises SpecError if the spec's `start` does not fit."""
        return self.engine.plan(self.spec, self.program_id)

    def follow(
        self,
        sessions: Iterable[CompletedSession],
        *,
        through_week: int | None = None,
        as_of: datetime.date | None = None,
    ) -> FollowedProgram:
        """The programme after a log, in whatever order its sessions come.

        `through_week` is the last week that is over; left out, the log and `as_of` decide.
        """
        return self.engine.follow(self.spec, sessions, through_week=through_week, as_of=as_of)

    def simulate(self, runner: Runner) -> Simulation:
        """The programme as a simulated runner does it."""
        return self.engine.simulate(self.spec, runner)


class EngineRetired(Exception):
    """The id's engine is no longer served. `successor` is the same spec under the current one."""

    def __init__(self, successor: ProgramRef) -> None:
        super().__init__("the engine of this program id is retired")
        self.successor = successor


def find_program(program_id: str) -> ProgramRef:
    """The spec and the engine of an id. Raises UnknownProgram and EngineRetired."""
    number, spec = program_ids.decode(program_id)
    if number in RETIRED:
        raise EngineRetired(identify(spec))
    if number not in ENGINES:
        raise UnknownProgram
    return ProgramRef(program_id, spec, ENGINES[number])


def identify(spec: Spec) -> ProgramRef:
    """A settled spec that nothing blocks, with its id under the current engine."""
    return ProgramRef(program_ids.encode(spec, CURRENT.number), spec, CURRENT)


def continue_program(followed: FollowedProgram, changes: SpecFields) -> Spec:
    """The settled spec of the successor, which starts where the log ends.

    Raises SpecError where the changes make no sense.
    """
    return successor.succeed(followed, changes)


def _plan_1(spec: Spec, program_id: str) -> Program:
    constants = plan_constants.derive(spec)
    weeks = tuple(fold.unfold(constants))
    return program.build_program(constants, weeks, program_id, engine_version="1.0.0")


ENGINES: Mapping[int, Engine] = {
    1: Engine(1, "1.0.0", _plan_1, followed_program.follow, simulation.simulate)
}
"""The engines that are served, by number."""

RETIRED: frozenset[int] = frozenset()
"""Numbers of engines that were served once. Their ids still decode."""

CURRENT = ENGINES[1]
"""The engine of new programmes."""
