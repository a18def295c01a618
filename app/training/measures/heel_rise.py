"""Heel-rise tests, compared with the published norms and with the test before (science 2.7).

measure_heel_rise() gets the tests of the specs and those that were logged. Here a test is only
information; `standing` decides how a test sets the first rungs.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.training.log import placing
from app.training.log.completed import CompletedSession
from app.training.measures.rounding import round_percent_of
from app.training.measures.shared_fields import CAVEATS, Measure
from app.training.planning.program import NORM_AGES
from app.training.planning.spec import HeelRiseTest, Sex, Spec, Surface
from app.training.planning.standing import TEST_NOISE

# Repetitions by decade of age, from the twenties to the eighties (EV-10). The middle row is the
# mean of the other two, a half up.
NORMS: Mapping[Sex, tuple[int, ...]] = {
    "male": (37, 32, 28, 23, 19, 14, 10),
    "unspecified": (34, 30, 26, 22, 19, 15, 12),
    "female": (30, 27, 24, 21, 19, 16, 13),
}
_FIRST_DECADE, _LAST_DECADE = 20, 80
_NOISE_REPS = TEST_NOISE["heel_rise"]

SpecLog = tuple[Spec, Sequence[CompletedSession]]
"""A spec, and the sessions of its programme: each once, ordered by time."""


@dataclass(frozen=True, slots=True)
class LegResult:
    """One leg in a heel-rise test."""

    reps: int
    """Full-height repetitions."""
    percent_of_norm: int | None
    """Repetitions as a percentage of the published norm; null if the age is unknown."""
    change: int | None
    """Difference from the test before, in repetitions; null for the first test, and if one test
    was on the floor and the other on a wedge."""
    change_flagged: bool
    """Whether the change is 7 repetitions or more in either direction. Less is noise."""


@dataclass(frozen=True, slots=True)
class HeelRiseResult:
    """One heel-rise test."""

    date: datetime.date | None
    """Date of the test in the programme's time zone; null if it is unknown."""
    source: Literal["spec", "session"]
    """Whether the test came with the programme's spec or was logged in a session."""
    session_id: UUID | None
    """The session that the test was logged in; null for the test of the spec."""
    surface: Surface | None
    """Flat floor or wedge; null if it was not recorded."""
    left: LegResult
    """The left leg."""
    right: LegResult
    """The right leg."""
    asymmetry_percent: int | None
    """Difference between the legs as a percentage of the greater; null if both did none."""
    asymmetry_flagged: bool
    """Whether the difference between the legs is 6 repetitions or more. Less is noise."""


@dataclass(frozen=True, slots=True)
class HeelRise(Measure):
    """Heel-rise tests, the earliest first."""

    norm: int | None
    """Published repetitions for age and sex; null if the age is unknown."""
    extrapolated: bool
    """Whether the age is outside the 20 to 81 years that the norms cover."""
    noise_reps: int
    """Changes between tests of up to this many repetitions are noise: draw a band of this width."""
    tests: tuple[HeelRiseResult, ...]
    """The test of the spec and those of the sessions, the earliest first."""


@dataclass(frozen=True, slots=True)
class _TakenTest:
    date: datetime.date | None
    session_id: UUID | None
    surface: Surface | None
    left: int
    right: int


def measure_heel_rise(logs: Sequence[SpecLog]) -> HeelRise:
    """Compare the tests of programmes that follow one another. The last spec decides the norm."""
    spec = logs[-1][0]
    norm = None if spec.age is None else find_norm(spec.sex, spec.age)
    # A test without a date was before the programme. Sorting is stable, so within a day the test
    # of the spec comes first.
    tests = sorted(_list_tests(logs), key=lambda test: test.date or datetime.date.min)
    before = [None, *tests]
    return HeelRise(
        *CAVEATS["heel_rise"],
        norm=norm,
        extrapolated=spec.age is not None and spec.age not in NORM_AGES,
        noise_reps=_NOISE_REPS,
        tests=tuple(
            _compare_test(norm, test, earlier) for test, earlier in zip(tests, before, strict=False)
        ),
    )


def find_norm(sex: Sex, age: int) -> int:
    """Return the norm of the nearest decade that has one."""
    decade = min(max(age // 10 * 10, _FIRST_DECADE), _LAST_DECADE)
    return NORMS[sex][(decade - _FIRST_DECADE) // 10]


def _list_tests(logs: Sequence[SpecLog]) -> Iterator[_TakenTest]:
    known: set[HeelRiseTest] = set()
    for spec, sessions in logs:
        test = spec.heel_rise_test
        # A continued programme keeps the test of the one before.
        if test is not None and test not in known:
            known.add(test)
            yield _TakenTest(test.date, None, test.surface, test.left, test.right)
        for session in sessions:
            if (logged := session.heel_rise_test) is not None:
                date = placing.find_date(spec, session.started_at)
                yield _TakenTest(
                    date, session.session_id, logged.surface, logged.left, logged.right
                )


def _compare_test(norm: int | None, test: _TakenTest, earlier: _TakenTest | None) -> HeelRiseResult:
    gap, greater = abs(test.left - test.right), max(test.left, test.right)
    # A wedge makes every repetition longer, so tests on two surfaces do not compare.
    comparable = {earlier and earlier.surface, test.surface} != {"floor", "wedge"}
    left, right = (earlier.left, earlier.right) if earlier and comparable else (None, None)
    return HeelRiseResult(
        date=test.date,
        source="spec" if test.session_id is None else "session",
        session_id=test.session_id,
        surface=test.surface,
        left=_compare_leg(norm, test.left, left),
        right=_compare_leg(norm, test.right, right),
        asymmetry_percent=round_percent_of(gap, greater),
        asymmetry_flagged=gap >= _NOISE_REPS,
    )


def _compare_leg(norm: int | None, reps: int, before: int | None) -> LegResult:
    """Compare one leg. A change is flagged if it exceeds the noise between days (EV-11)."""
    change = None if before is None else reps - before
    return LegResult(
        reps=reps,
        percent_of_norm=None if norm is None else round_percent_of(reps, norm),
        change=change,
        change_flagged=change is not None and abs(change) > _NOISE_REPS,
    )
