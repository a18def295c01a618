"""Setbacks of a track, step by step, and programmes after weeks away."""

import datetime

import pytest

from app.training.adapting import setbacks
from app.training.planning.plan_constants import PlanConstants
from app.training.planning.progression import TrackState
from app.training.planning.spec import Start, TrackStart
from tests.training.journal import TRACK, Journal, sessions
from tests.training.strategies import make_constants

# Every rung of every ladder, for a beginner of 70 kg who adds a kilogram at a time.
EVERYTHING = make_constants(equipment=("chair", "backpack"), step_heights_cm=(18, 30, 40))
COARSE = make_constants(equipment=("chair", "backpack"), load_increment=2.5)

# A rung, its repetitions and its load: "SK7 8 @6".
Dose = str


def parse_state(constants: PlanConstants, dose: Dose, hits: int = 2) -> TrackState:
    """Parse a dose into a state with some hits for the next rung."""
    name, reps, *load = dose.split()
    ladder = constants.ladders[TRACK[name[:2]]]
    rung = next(rung for rung in ladder if rung.number == int(name[2:]))
    hundredths = round(100 * float(load[0][1:])) if load else 0
    return TrackState(rung, int(reps), hundredths, hits=hits)


def format_state(state: TrackState) -> Dose:
    """Format a state as a dose."""
    short = next(name for name, track in TRACK.items() if track == state.rung.track)
    load = f" @{state.load / 100:g}" if state.load else ""
    return f"{short}{state.rung.number} {state.reps}{load}"


class TestRegress:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            # Repetitions first, in steps of three, two or one, down to the range's lower end.
            ("SK2 18", "SK2 15"),
            ("SK2 16", "SK2 15"),
            ("SK7 12 @7", "SK7 10 @7"),
            ("SK7 9 @7", "SK7 8 @7"),
            ("SK8 8 @20", "SK8 7 @20"),
            # Then the load, by a tenth, if an increment or more is left of it.
            ("SK7 8 @7", "SK7 8 @6"),
            ("SK8 6 @20", "SK8 6 @18"),
            ("SK7 8 @1", "SK6 12"),
            ("SK8 6 @1", "SK7 8 @1"),
            ("SU6 8 @1", "SU5 10"),
            # Then the version.
            ("SK3 12", "SK2 15"),
            ("BK6 12", "BK5 12"),
            ("SU5 10", "SU4 12"),
            # On the lowest one repetitions again, but never below eight.
            ("SK1 20", "SK1 17"),
            ("SK1 15", "SK1 12"),
            ("SU0 12", "SU0 9"),
            ("BK1 9", "BK1 8"),
            ("BK1 8", "BK1 8"),
        ],
    )
    def test_takes_the_smallest_step_there_is(self, before: Dose, after: Dose) -> None:
        assert format_state(setbacks.regress(EVERYTHING, parse_state(EVERYTHING, before))) == after

    @pytest.mark.parametrize(
        ("before", "after"), [("SK7 8 @5", "SK7 8 @2.5"), ("SK7 8 @2.5", "SK6 12")]
    )
    def test_rounds_loads_to_the_increment(self, before: Dose, after: Dose) -> None:
        assert format_state(setbacks.regress(COARSE, parse_state(COARSE, before))) == after


class TestDropRung:
    @pytest.mark.parametrize(
        ("before", "percent", "after"),
        [
            ("SK3 15", 80, "SK2 15"),
            ("SK7 12 @10", 80, "SK6 12"),
            ("SK8 8 @20", 80, "SK7 8 @16"),
            ("SK8 8 @20", 90, "SK7 8 @18"),
            ("SK8 8 @1", 80, "SK7 8 @1"),
            ("SK1 20", 80, "SK1 15"),
            ("SK1 12", 90, "SK1 12"),
        ],
    )
    def test_goes_to_the_easier_rung(self, before: Dose, percent: int, after: Dose) -> None:
        dropped = setbacks.drop_rung(EVERYTHING, parse_state(EVERYTHING, before), percent)
        assert (format_state(dropped), dropped.hits) == (after, 0)

    def test_skips_rungs_without_equipment(self) -> None:
        box = make_constants(level="advanced", step_heights_cm=(30,))
        assert format_state(setbacks.drop_rung(box, parse_state(box, "SU4 12"), 8)) == "SU0 15"


class TestBreakSetbacks:
    @pytest.mark.parametrize(
        ("before", "after"),
        [("SK2 18", "SK2 15"), ("SK2 12", "SK2 12"), ("SK7 12 @10", "SK7 8 @9")],
    )
    def test_eases_after_two_weeks(self, before: Dose, after: Dose) -> None:
        eased = setbacks.ease(EVERYTHING, parse_state(EVERYTHING, before))
        assert (format_state(eased), eased.hits) == (after, 0)

    def test_keeps_one_increment_after_two_weeks(self) -> None:
        assert (
            format_state(setbacks.ease(COARSE, parse_state(COARSE, "SK7 8 @2.5"))) == "SK7 8 @2.5"
        )

    @pytest.mark.parametrize(
        ("before", "after"), [("SK3 15", "SK2 15"), ("SK8 8 @20", "SK7 8 @16")]
    )
    def test_steps_back_after_four_weeks(self, before: Dose, after: Dose) -> None:
        stepped = setbacks.step_back(EVERYTHING, parse_state(EVERYTHING, before))
        assert (format_state(stepped), stepped.hits) == (after, 0)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("SK6 15", "SK2 15"),
            ("SK8 8 @20", "SK2 15"),
            ("SK2 20", "SK2 15"),
            ("SK2 12", "SK2 12"),
            ("SK1 20", "SK1 15"),
            ("SU1 18", "SU0 15"),
        ],
    )
    def test_restarts_after_eight_weeks(self, before: Dose, after: Dose) -> None:
        restarted = setbacks.restart(EVERYTHING, parse_state(EVERYTHING, before))
        assert (format_state(restarted), restarted.hits) == (after, 0)

    @pytest.mark.parametrize(
        ("before", "after"), [("SK8 8 @20", "SK7 8 @7"), ("SK7 9 @5", "SK7 8 @5")]
    )
    def test_does_not_raise_the_load_after_eight_weeks(self, before: Dose, after: Dose) -> None:
        loaded = make_constants(
            equipment=("backpack",), start=Start(straight_knee=TrackStart(7, 10, 7))
        )
        assert format_state(setbacks.restart(loaded, parse_state(loaded, before))) == after


# The next week, computed from the science by hand, as in the tables of its part 6.
WEEKS = {
    "two weeks away": """
11 | build/foundation | 12 | 12 | 144 | 72/72/55.2 | LONG_BREAK_14
Mon+Thu [F, 24 min]: SK4 2x12 R4; BK4 2x12 R4; SU3 2x12 R4 h18
""",
    "four weeks away": """
13 | build/foundation | 12 | 12 | 156 | 55.2/55.2/60 | LONG_BREAK_28
Mon+Thu [F, 19 min]: SK3 2x12 R4; BK3 2x12 R4; SU2 2x15 R4 h18
""",
    "six weeks away": """
15 | build/foundation | 6 | 6 | 78 | 27.6/27.6/30 | SIMPLIFY_DOSE
Mon+Thu [F, 11 min]: SK3 1x12 R4; BK3 1x12 R4; SU2 1x15 R4 h18
""",
    "eight weeks away": """
17 | build/foundation | 6 | 6 | 90 | 30/30/30 | RESTART_AFTER_BREAK
Mon+Thu [F, 11 min]: SK2 1x15 R4; BK2 1x15 R4; SU2 1x15 R4 h18
""",
    "nothing ever": """
4 | build/foundation | 12 | 12 | 180 | 60/60/60 | NO_DATA_START
Mon+Thu [F, 19 min]: SK2 2x15 R4; BK2 2x15 R4; SU2 2x15 R4 h18
""",
    "a late beginning": """
4 | deload/foundation | 12 | 6 | 90 | 30/30/30 | DELOAD
Mon+Thu [F, 11 min]: SK2 1x15 R5; BK2 1x15 R5; SU2 1x15 R5 h18
""",
    "no lighter week after a missed one": """
4 | build/build | 18 | 18 | 270 | 90/90/90 | MISSED_WEEK_REPEAT
Mon+Thu [F, 27 min]: SK2 3x15 R3; BK2 3x15 R3; SU2 3x15 R3 h18
""",
    "a lighter week missed": """
5 | build/build | 18 | 18 | 324 | 108/108/108 | ADD_REPS
Mon+Thu [F, 30 min]: SK2 3x18 R3; BK2 3x18 R3; SU2 3x18 R3 h18
""",
    "a short week and a missed one": """
6 | build/foundation | 12 | 12 | 216 | 72/72/72 | SIMPLIFY_DOSE
Mon+Thu [F, 21 min]: SK2 2x18 R4; BK2 2x18 R4; SU2 2x18 R4 h18
""",
    "a race without a session and a missed week": """
6 | build/build | 9 | 9 | 135 | 45/45/45 | RAMP_SETS
Mon [F, 27 min]: SK2 3x15 R3; BK2 3x15 R3; SU2 3x15 R3 h18
""",
}


class TestWeeksAway:
    def test_repeats_a_missed_week(self) -> None:
        journal = Journal(deload_every=0).train(weeks=3)
        before = {track: journal.state(track) for track in TRACK}
        journal.skip()
        assert {track: journal.state(track) for track in TRACK} == before
        assert set(journal.week.reasons.values()) == {"MISSED_WEEK_REPEAT"}
        assert journal.week.set_budget == 18

    def test_lowers_the_dose_over_months(self) -> None:
        journal = Journal(deload_every=0, weeks=20).train(weeks=8)
        assert journal.skip(2).week_text == WEEKS["two weeks away"]
        assert journal.skip().week_text == WEEKS["two weeks away"].replace("\n11", "\n12")
        assert journal.skip().week_text == WEEKS["four weeks away"]
        assert journal.skip(2).week_text == WEEKS["six weeks away"]
        assert journal.skip(2).week_text == WEEKS["eight weeks away"]

    def test_goes_below_the_start_after_one_week_of_training(self) -> None:
        journal = Journal(weeks=20).train().skip(8)
        assert [format_state(journal.state(track)) for track in TRACK] == [
            "SK1 15",
            "BK1 15",
            "SU0 15",
        ]

    @pytest.mark.parametrize(
        ("weeks", "sentence"),
        [
            (1, "You missed a week; pick up where you left off."),
            (2, "After 2 weeks away we restart with fewer repetitions and sets."),
            (4, "After 4 weeks away we restart one step lower."),
            (8, "After 8 weeks away we restart from the beginning."),
        ],
    )
    def test_names_the_weeks_away_in_the_reason(self, weeks: int, sentence: str) -> None:
        journal = Journal(deload_every=0).train(weeks=3).skip(weeks)
        assert {journal.reason(track).sentence for track in TRACK} == {sentence}

    def test_ends_with_the_first_week_of_training(self) -> None:
        journal = Journal(deload_every=0).train(weeks=3).skip().train().skip()
        assert set(journal.week.reasons.values()) == {"MISSED_WEEK_REPEAT"}

    def test_changes_nothing_before_the_first_log(self) -> None:
        journal = Journal(weeks=20).skip(3)
        assert journal.week_text == WEEKS["nothing ever"]
        assert journal.skip(9).week_text == WEEKS["nothing ever"].replace("\n4", "\n13")

    def test_counts_no_missed_week_before_the_first_log(self) -> None:
        journal = Journal().skip(2).train()
        assert journal.week_text == WEEKS["a late beginning"]
        assert set(journal.train().week.reasons.values()) == {"RAMP_SETS"}

    def test_replaces_a_deload(self) -> None:
        journal = Journal().train(weeks=2).skip()
        assert journal.week_text == WEEKS["no lighter week after a missed one"]

    def test_changes_nothing_in_a_deload(self) -> None:
        assert Journal().train(weeks=3).skip().week_text == WEEKS["a lighter week missed"]

    def test_shrinks_the_plan_after_a_short_week(self) -> None:
        journal = Journal(deload_every=0).train(weeks=3).train(sessions(2, omit=True)).skip()
        assert journal.week_text == WEEKS["a short week and a missed one"]

    def test_leaves_one_set_of_each_exercise(self) -> None:
        journal = Journal(deload_every=0, weeks=30).train(weeks=3).skip(20)
        assert journal.week.set_budget == 6

    def test_ignores_a_week_that_a_race_empties(self) -> None:
        """Monday is two days before the race on Wednesday, so week 4 has no session."""
        start, race = datetime.date(2027, 3, 1), datetime.date(2027, 3, 24)
        journal = Journal(start_date=start, race_date=race, weeks=6, weekdays=(0,)).train(weeks=3)
        assert journal.week.sessions == ()
        assert journal.train().week.kind == "transition"
        assert journal.skip().week_text == WEEKS["a race without a session and a missed week"]

    def test_lowers_a_load_by_tenths(self) -> None:
        start = Start(straight_knee=TrackStart(7, 12, 10), full_volume=True)
        journal = Journal(equipment=("chair", "backpack"), start=start).train()
        assert format_state(journal.state("SK")) == "SK7 8 @14"
        assert format_state(journal.skip(2).state("SK")) == "SK7 8 @12"
