"""Heel-rise tests beside the published norms, and beside each other.

Science 2.7. review_tests() lists the test of the spec and those that were logged. A test is
information here; how the spec's test sets the first rungs is decided in constants.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.training.log.completed import CompletedSession
from app.training.measures.caveats import CAVEATS, Measure
from app.training.measures.rounding import round_percent_of
from app.training.planning.plan_constants import TEST_NOISE_REPS
from app.training.planning.program import NORM_AGES
from app.training.planning.spec import Sex, Spec, Surface

# Repetitions by decade of age, from the twenties to the eighties (EV-10); the middle row is the
# mean of both, a half up.
NORMS: Mapping[Sex, tuple[int, ...]] = {
    "male": (37, 32, 28, 23, 19, 14, 10),
    "unspecified": (34, 30, 26, 22, 19, 15, 12),
    "female": (30, 27, 24, 21, 19, 16, 13),
}
_FIRST_DECADE, _LAST_DECADE = 20, 80


@dataclass(frozen=True, slots=True)
class LegResult:
    """One leg in a heel-rise test."""

    reps: int
    """Full-height repetitions."""
    percent_of_norm: int | None
    """Of the published norm; null where the age is not known."""
    change: int | None
    """Repetitions more than in the test before; null for the first, and between two surfaces."""
    change_flagged: bool
    """Whether the change is 7 repetitions or more: less is noise between days."""


@dataclass(frozen=True, slots=True)
class HeelRiseResult:
    """One heel-rise test."""

    date: datetime.date | None
    """The day of the test, where it is known."""
    source: Literal["spec", "session"]
    """Whether it came with the programme's spec or was logged in a session."""
    session_id: UUID | None
    """The session that it was logged in."""
    surface: Surface | None
    """Flat floor or wedge, where it was recorded."""
    left: LegResult
    """The left leg."""
    right: LegResult
    """The right leg."""
    asymmetry_percent: int | None
    """Difference as a percentage of the greater; null if neither leg did one."""
    asymmetry_flagged: bool
    """Whether the difference is 6 repetitions or more: less is noise."""


@dataclass(frozen=True, slots=True)
class HeelRise(Measure):
    """Heel-rise tests, the earliest first."""

    norm: int | None
    """Published repetitions for age and sex; null where the age is not known."""
    extrapolated: bool
    """Whether the age lies outside of the 20 to 81 years that the norms cover."""
    noise_reps: int
    """Differences up to this many repetitions are noise, for a band around a line."""
    tests: tuple[HeelRiseResult, ...]
    """The test of the spec and those of the sessions."""


@dataclass(frozen=True, slots=True)
class _HeelRiseTest:
    """A test as it was done."""

    date: datetime.date | None
    session_id: UUID | None
    surface: Surface | None
    left: int
    right: int


def measure_heel_rise(spec: Spec, sessions: Sequence[CompletedSession]) -> HeelRise:
    """The tests of a programme; `sessions` are the newest of each, in order of time."""
    norm = None if spec.age is None else find_norm(spec.sex, spec.age)
    # A test without a date came before the programme. Sorting is stable, so that within a day the
    # spec's comes first.
    sittings = sorted(_list_tests(spec, sessions), key=lambda one: one.date or datetime.date.min)
    before = [None, *sittings]
    return HeelRise(
        *CAVEATS["heel_rise"],
        norm=norm,
        extrapolated=spec.age is not None and spec.age not in NORM_AGES,
        noise_reps=TEST_NOISE_REPS,
        tests=tuple(
            _compare_test(norm, sitting, earlier)
            for sitting, earlier in zip(sittings, before, strict=False)
        ),
    )


def find_norm(sex: Sex, age: int) -> int:
    """The norm of the nearest decade that has one."""
    decade = min(max(age // 10 * 10, _FIRST_DECADE), _LAST_DECADE)
    return NORMS[sex][(decade - _FIRST_DECADE) // 10]


def _list_tests(spec: Spec, sessions: Sequence[CompletedSession]) -> Iterator[_HeelRiseTest]:
    """The test of the spec, then those of the sessions."""
    if (test := spec.heel_rise_test) is not None:
        yield _HeelRiseTest(test.date, None, test.surface, test.left, test.right)
    for session in sessions:
        if (logged := session.heel_rise_test) is not None:
            date = spec.date_at(session.started_at)
            yield _HeelRiseTest(date, session.session_id, logged.surface, logged.left, logged.right)


def _compare_test(
    norm: int | None, sitting: _HeelRiseTest, earlier: _HeelRiseTest | None
) -> HeelRiseResult:
    """A test beside the norm and the one before it."""
    gap, most = abs(sitting.left - sitting.right), max(sitting.left, sitting.right)
    # A wedge makes every repetition longer, so tests on two surfaces do not compare.
    comparable = {earlier and earlier.surface, sitting.surface} != {"floor", "wedge"}
    left, right = (earlier.left, earlier.right) if earlier and comparable else (None, None)
    return HeelRiseResult(
        date=sitting.date,
        source="spec" if sitting.session_id is None else "session",
        session_id=sitting.session_id,
        surface=sitting.surface,
        left=_compare_leg(norm, sitting.left, left),
        right=_compare_leg(norm, sitting.right, right),
        asymmetry_percent=round_percent_of(gap, most),
        asymmetry_flagged=gap >= TEST_NOISE_REPS,
    )


def _compare_leg(norm: int | None, reps: int, before: int | None) -> LegResult:
    """One leg; a change counts where it goes beyond the noise between days (EV-11)."""
    change = None if before is None else reps - before
    return LegResult(
        reps=reps,
        percent_of_norm=None if norm is None else round_percent_of(reps, norm),
        change=change,
        change_flagged=change is not None and abs(change) > TEST_NOISE_REPS,
    )
