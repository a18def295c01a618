"""The closed loop: the worked examples of the science digit for digit, and similar ones.

What pain leads to is in test_pain.py, what weeks away lead to in test_setbacks.py.
"""

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.training.adapting import followed_program
from app.training.log.completed import MorningPain
from app.training.planning import dose
from app.training.planning.dose import ExerciseSlot
from app.training.planning.spec import SpecFields, Start, TrackStart
from tests.training.journal import LONG, P2, TRACK, Change, Journal, sessions, sets

RACE: SpecFields = {
    "start_date": datetime.date(2027, 3, 1),
    "race_date": datetime.date(2027, 4, 11),
}
HALF = sessions(2, omit=True)
A2 = sets("SK", session=2, reps=(18, 16, 14), rir=(2, 1, 0))
A5 = sets("SK", session=1, pain=7)
EVENLY_BEHIND = (sets("SK", side="left", reps=15), sets("SK", side="right", reps=18))


# The log, and the week that follows it: index | kind/phase | set budget | hard sets |
# repetitions | effective volume of SK/BK/SU | reason; then its sessions.
EXAMPLES: dict[str, tuple[Callable[[], Journal], str]] = {
    "A1: six weeks exactly as prescribed": (
        lambda: Journal().train(weeks=6),
        """
7 | build/build | 18 | 18 | 216 | 82.8/82.8/82.8 | NEXT_RUNG
Mon+Thu [F, 29 min]: SK3 3x12 R3; BK3 3x12 R3; SU3 3x12 R3 h18
""",
    ),
    "A2: a second session that fell short": (
        lambda: Journal().train(weeks=4).train(A2),
        """
6 | build/build | 18 | 18 | 348 | 108/120/120 | TARGET_NOT_YET_MET/ADD_REPS/ADD_REPS
Mon+Thu [F, 31 min]: SK2 3x18 R3; BK2 3x20 R3; SU2 3x20 R3 h18
""",
    ),
    "A3: two thirds of the repetitions": (
        lambda: Journal().train(weeks=4).train(sets("SK", reps=(14, 12, 10), rir=0)),
        """
6 | build/build | 18 | 18 | 330 | 90/120/120 | BELOW_TARGET_REGRESS/ADD_REPS/ADD_REPS
Mon+Thu [F, 30 min]: SK2 3x15 R3; BK2 3x20 R3; SU2 3x20 R3 h18
""",
    ),
    "A4a: pain to watch": (
        lambda: Journal().train(weeks=4).train(sets("BK", pain=4)),
        """
6 | build/build | 18 | 18 | 348 | 120/108/120 | ADD_REPS/PAIN_ACCEPTABLE_HOLD/ADD_REPS
Mon+Thu [F, 31 min]: SK2 3x20 R3; BK2 3x18 R3; SU2 3x20 R3 h18
""",
    ),
    "A5: pain that stops": (
        lambda: Journal().train().train(A5),
        """
3 | build/foundation | 15 | 8 | 114 | 0/39/75 | PAIN_ABOVE_5/SIBLING_PAIN/HOLD_WITH_OTHERS
Mon [F, 16 min]: BK2 2x12 R5; SU2 3x15 R4 h18
Thu [F, 11 min]: BK2 1x15 R5; SU2 2x15 R4 h18
""",
    ),
    "A8b: a fortnight away": (
        lambda: Journal().train(weeks=4).skip(2),
        """
7 | build/foundation | 12 | 12 | 180 | 60/60/60 | LONG_BREAK_14
Mon+Thu [F, 19 min]: SK2 2x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18
""",
    ),
    "A10: a weak left leg": (
        lambda: Journal(**P2).train(weeks=4).train(sets("SK", side="left", reps=12, rir=0)),
        """
6 | build/build | 27 | 27 | 351 | 202.5/194.4/145.8 | TARGET_NOT_YET_MET/NEXT_RUNG/NEXT_RUNG
Mon [F, 36 min]: SK4 3x15 R3 (+1 left); BK5 3x12 R3; SU4 3x12 R3 h30
Wed+Fri [F, 34 min]: SK4 3x15 R3; BK5 3x12 R3; SU4 3x12 R3 h30
""",
    ),
    "A13: a week without a word on effort and pain": (
        lambda: (
            Journal().train(weeks=4).train(sets(rir=None, pain=None), sessions(morning_pain=None))
        ),
        """
6 | build/build | 18 | 18 | 360 | 120/120/120 | ADD_REPS
Mon+Thu [F, 32 min]: SK2 3x20 R3; BK2 3x20 R3; SU2 3x20 R3 h18
""",
    ),
    "one exercise much too easy": (
        lambda: Journal().train(weeks=4).train(sets("SK", rir=7)),
        """
6 | build/build | 18 | 18 | 312 | 82.8/120/120 | ACCELERATE_RUNG/ADD_REPS/ADD_REPS
Mon+Thu [F, 31 min]: SK3 3x12 R3; BK2 3x20 R3; SU2 3x20 R3 h18
""",
    ),
    "a weight much too easy": (
        lambda: Journal(**P2).train(weeks=8).train(sets("SU", rir=5)),
        """
10 | build/strength | 27 | 27 | 342 | 270/270/135.25 | ADD_REPS/ADD_REPS/ACCELERATE_LOAD
Mon+Wed+Fri [F, 35 min]: SK6 3x15 R3; BK6 3x15 R3; SU6 3x8 @9 R2 h30
""",
    ),
    "a weight too heavy": (
        lambda: Journal(**P2).train(weeks=8).train(sets("SU", reps=6, rir=0)),
        """
10 | build/strength | 27 | 27 | 342 | 270/270/127.94 | ADD_REPS/ADD_REPS/BELOW_TARGET_REGRESS
Mon+Wed+Fri [F, 35 min]: SK6 3x15 R3; BK6 3x15 R3; SU6 3x8 @5 R2 h30
""",
    ),
    "a version too hard, then a lighter week": (
        lambda: Journal().train(weeks=6).train(sets("SK", reps=8, rir=0)),
        """
8 | deload/build | 18 | 12 | 120 | 48/41.4/41.4 | DELOAD
Mon+Thu [F, 17 min]: SK2 2x12 R5; BK3 2x9 R5; SU3 2x9 R5 h18
""",
    ),
    "a version too hard, and the lighter week done": (
        lambda: Journal().train(weeks=6).train(sets("SK", reps=8, rir=0)).train(),
        """
9 | build/build | 18 | 18 | 270 | 90/103.5/103.5 | BELOW_TARGET_REGRESS/ADD_REPS/ADD_REPS
Mon+Thu [F, 31 min]: SK2 3x15 R3; BK3 3x15 R3; SU3 3x15 R3 h18
""",
    ),
    "a lighter week done badly": (
        lambda: Journal().train(weeks=3).train(sets("SK", reps=1, rir=0)),
        """
5 | build/build | 18 | 18 | 324 | 108/108/108 | ADD_REPS
Mon+Thu [F, 30 min]: SK2 3x18 R3; BK2 3x18 R3; SU2 3x18 R3 h18
""",
    ),
    "a taper that was much too easy": (
        lambda: Journal(**RACE).train(weeks=4).train(sets(reps=40, rir=10)),
        """
6 | race/taper | 18 | 12 | 168 | 56/56/56 | RACE
Mon+Thu [F, 18 min]: SK2 2x14 R3; BK2 2x14 R3; SU2 2x14 R3 h18
""",
    ),
    "a missed week before the taper": (
        lambda: Journal(**RACE).train(weeks=3).skip(),
        """
5 | taper/taper | 18 | 12 | 168 | 56/56/56 | TAPER
Mon+Thu [F, 18 min]: SK2 2x14 R3; BK2 2x14 R3; SU2 2x14 R3 h18
""",
    ),
    "a side behind though it met the target": (
        lambda: Journal(**P2).train(weeks=4).train(*EVENLY_BEHIND),
        """
6 | build/build | 27 | 27 | 351 | 202.5/194.4/145.8 | ASYMMETRY_HOLD/NEXT_RUNG/NEXT_RUNG
Mon [F, 36 min]: SK4 3x15 R3 (+1 left); BK5 3x12 R3; SU4 3x12 R3 h30
Wed+Fri [F, 34 min]: SK4 3x15 R3; BK5 3x12 R3; SU4 3x12 R3 h30
""",
    ),
    "an exercise left out": (
        lambda: Journal().train(weeks=4).train(sets("SU", omit=True)),
        """
6 | build/build | 18 | 18 | 348 | 120/120/108 | ADD_REPS/ADD_REPS/TRACK_MISSED_REPEAT
Mon+Thu [F, 31 min]: SK2 3x20 R3; BK2 3x20 R3; SU2 3x18 R3 h18
""",
    ),
    "half a week": (
        lambda: Journal().train(weeks=4).train(HALF),
        """
6 | build/build | 18 | 18 | 324 | 108/108/108 | PARTIAL_WEEK_REPEAT
Mon+Thu [F, 30 min]: SK2 3x18 R3; BK2 3x18 R3; SU2 3x18 R3 h18
""",
    ),
    "two halves with a lighter week between": (
        lambda: Journal().train(weeks=2).train(HALF).train().train(HALF),
        """
6 | build/foundation | 12 | 12 | 180 | 60/60/60 | SIMPLIFY_DOSE
Mon+Thu [F, 19 min]: SK2 2x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18
""",
    ),
}


class TestFoldWeek:
    @pytest.mark.parametrize(("history", "expected"), EXAMPLES.values(), ids=EXAMPLES)
    def test_matches_the_worked_example(
        self, history: Callable[[], Journal], expected: str
    ) -> None:
        assert history().week_text == expected

    def test_blocks_after_two_weeks_of_high_pain_a5c(self) -> None:
        after = Journal().train().train(A5).train(sets("BK", pain=7)).followed
        assert (after.status, after.week) == ("blocked", None)

    def test_ignores_how_the_log_arrived_a20(self) -> None:
        journal = Journal().train(weeks=4).train(A2)
        again = replace(journal.log[-1].sets[0], version=1)
        late = [session for session in journal.log if session.week == 4]
        rest = [session for session in journal.log if session.week != 4]
        resent = replace(journal.log[-1], sets=(again,))
        found = followed_program.follow(journal.spec, [*rest[::-1], resent, *rest[::-1], *late * 2])
        assert (found.week, found.log.notes) == (journal.week, ())
        assert found.standing == journal.followed.standing

    def test_counts_the_seconds_of_a_session_a22(self) -> None:
        first = Journal().followed
        rungs = [first.standing.position.states[track].rung for track in TRACK.values()]
        assert [dose.estimate_seconds(ExerciseSlot(rung, 2, 15)) for rung in rungs] == [
            240,
            240,
            320,
        ]
        assert first.week is not None
        assert first.week.sessions[0].est_minutes == 19


def list_codes(journal: Journal) -> list[str]:
    """Return the reason codes of the three tracks."""
    return [journal.reason(track).code for track in TRACK]


class TestRamp:
    def test_yields_to_an_exercise_that_is_much_too_easy(self) -> None:
        journal = Journal().train(sets("SK", rir=8))
        assert list_codes(journal) == ["ACCELERATE_RUNG", "HOLD_WITH_OTHERS", "HOLD_WITH_OTHERS"]
        assert journal.week_text.splitlines()[1].startswith(
            "2 | build/foundation | 12 | 12 | 168 | 55.2/60/60 |"
        )
        assert journal.week_text.splitlines()[2] == (
            "Mon+Thu [F, 19 min]: SK3 2x12 R4; BK2 2x15 R4; SU2 2x15 R4 h18"
        )

    def test_waits_until_all_three_tracks_do_well(self) -> None:
        journal = Journal().train(sets("SK", rir=8), sets("BK", rir=1))
        assert list_codes(journal) == ["HOLD_WITH_OTHERS", "EFFORT_TOO_HIGH", "HOLD_WITH_OTHERS"]
        assert (journal.week.set_budget, journal.state("SK").rung.number) == (12, 2)

    def test_waits_for_a_reduced_track(self) -> None:
        journal = Journal().train().train(A5).train()
        assert list_codes(journal) == ["RETURN_AFTER_PAIN", "RESUME_FULL", "HOLD_WITH_OTHERS"]
        assert journal.week.set_budget == 15

    def test_does_not_wait_for_a_track_that_was_trimmed(self) -> None:
        journal = Journal(session_minutes=10).train()
        assert list_codes(journal) == ["RAMP_SETS", "RAMP_SETS", "NOT_SCHEDULED"]
        assert journal.week.set_budget == 15


class TestGrowth:
    def test_restarts_the_count_of_hits_after_a_hard_session(self) -> None:
        once: SpecFields = {**LONG, "days_per_week": 1, "deload_every": 0}
        journal = Journal(**once).train(weeks=3).train(sets("SK", rir=0))
        assert list_codes(journal) == ["EFFORT_TOO_HIGH", "NEXT_RUNG", "NEXT_RUNG"]
        assert list_codes(journal.train())[0] == "HOLD_TWO_FOR_TWO"
        assert list_codes(journal.train())[0] == "NEXT_RUNG"

    def test_counts_only_sessions_that_hold_the_track(self) -> None:
        """Days are calf, step, calf: a step-up once a week needs a week more."""
        split: SpecFields = {**LONG, "weekdays": (0, 1, 2), "deload_every": 0}
        journal = Journal(**split).train(weeks=3)
        assert list_codes(journal) == ["NEXT_RUNG", "NEXT_RUNG", "HOLD_TWO_FOR_TWO"]

    def test_stops_at_the_top_of_the_ladder(self) -> None:
        start = Start(straight_knee=TrackStart(6, 15), full_volume=True)
        journal = Journal(start=start).train(sets("SK", rir=7))
        assert list_codes(journal)[0] == "LADDER_TOP_HOLD"
        assert journal.state("SK").reps == 15

    def test_resumes_when_the_weak_side_has_caught_up(self) -> None:
        journal = Journal(**P2).train(weeks=4).train(*EVENLY_BEHIND)
        assert journal.state("SK").weak == "left"
        assert list_codes(journal.train())[0] == "NEXT_RUNG"
        assert journal.state("SK").weak is None

    def test_does_not_accelerate_with_a_weak_side(self) -> None:
        done = (sets("SK", side="left", reps=21), sets("SK", side="right", reps=17))
        journal = Journal(**P2).train(weeks=4)
        assert journal.classify("SK", *done).verdict == "ACCELERATE"
        assert list_codes(journal.train(*done))[0] == "ASYMMETRY_HOLD"
        sides = [one.side for one in journal.week.sessions[0].exercises[0].sets]
        assert sides == ["right", "left"] * 3 + ["right"]


class TestShortWeeks:
    def test_counts_weeks_below_60_percent_as_short(self) -> None:
        """Monday holds three of the five sets of each exercise."""
        journal = Journal(deload_every=0).train().train(HALF)
        assert journal.followed.standing.short == 0
        journal.train(sessions(1, omit=True))
        assert journal.followed.standing.short == 1

    @pytest.mark.parametrize(("more", "short"), [(1, 1), (2, 0)])
    def test_judges_a_week_by_the_units_of_all_tracks(self, more: int, short: int) -> None:
        """Done are 18 of 36 units and two for each set on Thursday; 21.6 are enough."""
        thursday = [sets(session=2, reps=0), sets("SU", session=2, reps=(18,) * more + (0,))]
        journal = Journal(deload_every=0).train(weeks=3).train(*thursday)
        assert journal.followed.standing.short == short

    def test_changes_nothing_after_one_short_week(self) -> None:
        assert Journal().train(HALF).week.set_budget == 12

    @pytest.mark.parametrize("between", [(), (sets("SU", omit=True),)])
    def test_requires_consecutive_short_weeks(self, between: tuple[Change, ...]) -> None:
        journal = Journal(deload_every=0).train(weeks=3).train(HALF).train(*between).train(HALF)
        assert journal.week.set_budget == 18

    def test_counts_no_lighter_week_as_short(self) -> None:
        journal = Journal().train(weeks=2).train(HALF).train(HALF)
        assert (journal.week.set_budget, journal.followed.standing.short) == (18, 1)

    def test_removes_one_set_from_each_exercise(self) -> None:
        journal = Journal(deload_every=0).train(weeks=3)
        budgets = [journal.train(HALF).week.set_budget for _ in range(6)]
        assert budgets == [18, 12, 12, 6, 6, 6]

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            ((), (A5,), ["PAIN_ABOVE_5", "SIBLING_PAIN", "SIMPLIFY_DOSE"]),
            ((A5,), (), ["RETURN_AFTER_PAIN", "SIMPLIFY_DOSE", "SIMPLIFY_DOSE"]),
            (
                (sets("BK", pain=4),),
                (sets("BK", pain=4),),
                ["SIMPLIFY_DOSE", "PAIN_NOT_SETTLING", "SIMPLIFY_DOSE"],
            ),
            (
                (),
                (sets("SK", pain=3), sessions(morning_pain=MorningPain(4, "knee"))),
                ["PAIN_ACCEPTABLE_HOLD", "SIMPLIFY_DOSE", "PAIN_WORSE_NEXT_MORNING"],
            ),
        ],
    )
    def test_keeps_the_reasons_of_pain(
        self, first: tuple[Change, ...], second: tuple[Change, ...], said: list[str]
    ) -> None:
        journal = Journal(deload_every=0).train(weeks=3)
        assert list_codes(journal.train(HALF, *first).train(HALF, *second)) == said
        assert journal.week.set_budget == 12


class TestReasons:
    @pytest.mark.parametrize(
        ("history", "track", "sentence"),
        [
            (
                lambda: Journal().train(),
                "SK",
                (
                    "One step more volume: 15 sets this week."
                    " Reps stay the same while you build the habit."
                ),
            ),
            (
                lambda: Journal(**LONG).train(),
                "SK",
                "You met the target, so each set goes to 18.",
            ),
            (
                lambda: Journal().train(weeks=6),
                "SU",
                (
                    "Two good sessions at the top of the range: next is Step-up with slow lowering,"
                    " with fewer reps because it is harder."
                ),
            ),
            (
                lambda: Journal(**P2).train(weeks=11).train(),
                "SU",
                "Add 3 kg; reps go back to 8.",
            ),
            (
                lambda: Journal(**LONG).train(sets("SK", reps=14)),
                "SK",
                "Not every set reached 15 in the last two sessions; same again.",
            ),
            (
                lambda: Journal(**LONG).train().train(sets("SK", reps=10, rir=0)),
                "SK",
                "More than a fifth of the work was missing, so the target drops to 15.",
            ),
            (
                lambda: Journal(**P2).train(weeks=4).train(*EVENLY_BEHIND),
                "SK",
                "The left side is more than 15 % behind: one extra set there until it catches up.",
            ),
        ],
    )
    def test_contains_the_numbers_of_the_next_week(
        self, history: Callable[[], Journal], track: str, sentence: str
    ) -> None:
        assert history().reason(track).sentence == sentence
