"""Tests of what the cohort's runners do and report."""

import pytest

from benchmarks.cohort.runners import ORDINARY, PERFECT, DoneSet, Habits, Runner

SETS = 4_000


def do_sets(habits: Habits, target: int = 12, reserve: int = 4) -> list[DoneSet | None]:
    runner = Runner(habits, seed=1)
    return [runner.do_set(target, reserve) for _ in range(SETS)]


def find_share(found: list[bool]) -> float:
    return sum(found) / len(found)


class TestDoSet:
    def test_does_what_is_asked_without_habits(self) -> None:
        assert {*do_sets(PERFECT)} == {DoneSet(12, 4)}

    def test_ends_some_sets_early(self) -> None:
        reps = [done.reps for done in do_sets(ORDINARY) if done]
        assert find_share([one == 11 for one in reps]) == pytest.approx(0.1, abs=0.02)
        assert find_share([one in (9, 10) for one in reps]) == pytest.approx(0.03, abs=0.01)
        assert {*reps} == {9, 10, 11, 12}

    def test_leaves_some_sets_unlogged(self) -> None:
        missing = [done is None for done in do_sets(ORDINARY)]
        assert find_share(missing) == pytest.approx(0.05, abs=0.01)

    def test_tells_the_reserve_with_noise_within_its_bounds(self) -> None:
        told = [done.reserve for done in do_sets(ORDINARY, reserve=4) if done]
        assert sum(told) / len(told) == pytest.approx(4, abs=0.1)
        noise = [(one - 4) ** 2 for one in told]
        # Rounding adds a twelfth to the variance.
        assert sum(noise) / len(noise) == pytest.approx(1 + 1 / 12, abs=0.1)
        assert {done.reserve for done in do_sets(ORDINARY, reserve=0) if done} >= {0}
        assert min(done.reserve for done in do_sets(ORDINARY, reserve=0) if done) == 0

    @pytest.mark.parametrize(("target", "done"), [(15, 13), (12, 10), (10, 9), (1, 1)])
    def test_rounds_a_share_of_the_target_down(self, target: int, done: int) -> None:
        assert Runner(Habits(percent=90), 1).do_set(target, 4) == DoneSet(done, 4)

    def test_tells_a_fixed_reserve(self) -> None:
        assert Runner(Habits(reserve=0), 1).do_set(12, 4) == DoneSet(12, 0)

    def test_repeats_itself_with_the_same_seed_only(self) -> None:
        one, same, other = (Runner(ORDINARY, seed) for seed in (1, 1, 2))
        decisions = [[who.do_set(12, 4) for _ in range(50)] for who in (one, same, other)]
        assert decisions[0] == decisions[1] != decisions[2]


class TestChooseSessions:
    def test_does_all_without_habits(self) -> None:
        assert Runner(PERFECT, 1).choose_sessions([1, 2, 3]) == {1, 2, 3}

    def test_misses_one_session_in_ten(self) -> None:
        runner = Runner(ORDINARY, 1)
        done = sum(len(runner.choose_sessions([1, 2])) for _ in range(SETS // 2))
        assert done / SETS == pytest.approx(0.9, abs=0.02)

    def test_misses_now_this_one_and_now_that_one(self) -> None:
        runner = Runner(Habits(misses_one_of_two=True), 1)
        weeks = [frozenset(runner.choose_sessions([1, 2])) for _ in range(20)]
        assert {*weeks} == {frozenset({1}), frozenset({2})}

    def test_has_nothing_to_miss_in_a_week_without_sessions(self) -> None:
        assert Runner(Habits(misses_one_of_two=True), 1).choose_sessions([]) == set()

    def test_stays_away_for_whole_weeks(self) -> None:
        runner = Runner(Habits(away=0.5), 1)
        weeks = {frozenset(runner.choose_sessions([1, 2])) for _ in range(20)}
        assert weeks == {frozenset(), frozenset({1, 2})}


class TestFeelPain:
    def test_feels_none_without_habits(self) -> None:
        assert {Runner(PERFECT, 1).feel_pain() for _ in range(50)} == {0}

    def test_feels_pain_in_a_share_of_the_exercises(self) -> None:
        runner = Runner(Habits(painful=0.05), 1)
        felt = [runner.feel_pain() for _ in range(SETS)]
        assert {*felt} == {0, 3}
        assert find_share([pain == 3 for pain in felt]) == pytest.approx(0.05, abs=0.01)


class TestTakeTest:
    def test_takes_none_without_habits(self) -> None:
        assert Runner(PERFECT, 1).take_test() is None

    def test_takes_a_test_of_both_legs(self) -> None:
        test = Runner(Habits(retests=True), 1).take_test()
        assert test is not None
        assert all(4 <= leg <= 30 for leg in test)
