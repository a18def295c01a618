"""Adaptation examples as in science part 6: journals, each with the week that follows from it.

Every way into the engine is tested with each of them. tests/training holds all examples.
"""

from collections.abc import Callable

from tests.training.journal import CORE, P2, Journal, sessions, sets

Case = tuple[Callable[[], Journal], str]


def four_weeks() -> Journal:
    """The default programme, four weeks done exactly as prescribed."""
    return Journal().train(weeks=4)


def session_below_target() -> Journal:
    return four_weeks().train(sets("SK", session=2, reps=(18, 16, 14), rir=(2, 1, 0)))


def third_of_work_missing() -> Journal:
    return four_weeks().train(sets("SK", reps=(14, 12, 10), rir=0))


def acceptable_pain() -> Journal:
    return four_weeks().train(sets("BK", pain=4))


def high_pain() -> Journal:
    return Journal().train().train(sets("SK", session=1, pain=7))


def high_pain_in_two_weeks() -> Journal:
    """High pain in one tissue in two weeks in a row, which blocks the programme."""
    return high_pain().train(sets("BK", pain=7))


def two_weeks_without_training() -> Journal:
    return four_weeks().skip(2)


def weaker_left_leg() -> Journal:
    return Journal(**P2).train(weeks=4).train(sets("SK", side="left", reps=9))


def shorter_side_planks() -> Journal:
    """Six tracks; in the fifth week each side plank is held ten seconds less than asked for."""
    return Journal(**CORE).train(weeks=4).train(sets("SP", missed=2))


def reps_only() -> Journal:
    return four_weeks().train(sets(rir=None, pain=None), sessions(morning_pain=None))


CASES: dict[str, Case] = {
    "A2 one session short": (
        session_below_target,
        """
6 | build/build | 18 | 18 | 348 | 108/120/120 | TARGET_NOT_YET_MET/ADD_REPS/ADD_REPS
Mon+Thu [F, 31 min]: SK2 3x18 R3; BK2 3x20 R3; SU2 3x20 R3 h18
""",
    ),
    "A3 a third of the work missing": (
        third_of_work_missing,
        """
6 | build/build | 18 | 18 | 330 | 90/120/120 | BELOW_TARGET_REGRESS/ADD_REPS/ADD_REPS
Mon+Thu [F, 30 min]: SK2 3x15 R3; BK2 3x20 R3; SU2 3x20 R3 h18
""",
    ),
    "A4a pain to watch": (
        acceptable_pain,
        """
6 | build/build | 18 | 18 | 348 | 120/108/120 | ADD_REPS/PAIN_ACCEPTABLE_HOLD/ADD_REPS
Mon+Thu [F, 31 min]: SK2 3x20 R3; BK2 3x18 R3; SU2 3x20 R3 h18
""",
    ),
    "A5 high pain": (
        high_pain,
        """
3 | build/build | 16 | 9 | 129 | 0/39/90 | PAIN_ABOVE_5/SIBLING_PAIN/RAMP_SETS
Mon [F, 16 min]: BK2 2x12 R5; SU2 3x15 R3 h18
Thu [F, 14 min]: BK2 1x15 R5; SU2 3x15 R3 h18
""",
    ),
    "A8b a fortnight away": (
        two_weeks_without_training,
        """
7 | build/foundation | 12 | 12 | 180 | 60/60/60 | LONG_BREAK_14
Mon+Thu [F, 19 min]: SK2 2x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18
""",
    ),
    "A10 a weak left leg": (
        weaker_left_leg,
        """
6 | build/build | 27 | 27 | 378 | 162/202.5/155.25 | TARGET_NOT_YET_MET/ADD_REPS/ADD_REPS
Mon [F, 40 min]: SK4 3x12 R3 (+1 left); BK4 3x15 R3; SU3 3x15 R3 h18
Wed+Fri [F, 38 min]: SK4 3x12 R3; BK4 3x15 R3; SU3 3x15 R3 h18
""",
    ),
    "shorter side planks": (
        shorter_side_planks,
        """
6 | build/build | 36 | 36 | 480 | 120/120/120/14.4/120/21.6 | \
ADD_REPS/ADD_REPS/ADD_REPS/BELOW_TARGET_REGRESS/ADD_REPS/ADD_REPS
Mon+Thu [F, 50 min]: SK2 3x20 R3; BK2 3x20 R3; SU2 3x20 R3 h18; SP1 3x20s R3; BR1 3x20 R3; \
PL2 3x30s R3
""",
    ),
    "A13 nothing but repetitions": (
        reps_only,
        """
6 | build/build | 18 | 18 | 360 | 120/120/120 | ADD_REPS
Mon+Thu [F, 32 min]: SK2 3x20 R3; BK2 3x20 R3; SU2 3x20 R3 h18
""",
    ),
}
