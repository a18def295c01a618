"""Tests of the ladders and what stands beside them: they equal the tables of the science."""

import pytest

from app.training.catalog import exercises
from app.training.catalog.exercises import EXERCISES, LADDERS, Exercise, Rung
from app.training.catalog.track_definitions import DEFINITIONS, OPTIONAL_TRACKS, TRACKS, Track

# number, slug, sides at a time, equipment besides floor and wall (load: any loader; no_load: only
# while no loaded rung is available), repetitions or seconds, tempo, coefficient, step heights in cm
TABLE: dict[Track, str] = {
    "straight_knee": """
1 | two-leg-calf-raise-floor      | bi  |      | 15-20 | 2-1-2-0 | 0.80 |
2 | straight-leg-calf-raise       | bi  | step | 15-20 | 2-1-3-0 | 1.00 |
3 | two-leg-calf-raise-slow-lower | bi  |      | 12-15 | 2-1-5-0 | 1.15 |
4 | two-up-one-down-calf-raise    | uni |      | 12-15 | 1-1-4-0 | 1.50 |
5 | single-leg-calf-raise-floor   | uni |      | 12-15 | 2-1-3-0 | 1.80 |
6 | single-leg-calf-raise-step    | uni | step | 12-15 | 2-1-3-0 | 2.00 |
7 | single-leg-calf-raise-loaded  | uni | load | 8-12  | 2-1-3-0 | 2.00 |
8 | single-leg-calf-raise-heavy   | uni | load | 6-8   | 2-1-3-0 | 2.00 |
""",
    "bent_knee": """
1 | seated-heel-raise                 | bi  | chair | 15-20 | 2-1-2-0 | 0.40 |
2 | bent-knee-calf-raise              | bi  |       | 15-20 | 2-1-3-0 | 1.00 |
3 | bent-knee-slow-lower              | bi  |       | 12-15 | 2-1-5-0 | 1.15 |
4 | bent-knee-two-up-one-down         | uni |       | 12-15 | 1-1-4-0 | 1.50 |
5 | single-leg-bent-knee-raise-wall   | uni |       | 12-15 | 2-1-3-0 | 1.80 |
6 | single-leg-bent-knee-raise-step   | uni | step  | 12-15 | 2-1-3-0 | 2.00 |
7 | single-leg-bent-knee-raise-loaded | uni | load  | 8-12  | 2-1-3-0 | 2.00 |
8 | single-leg-bent-knee-raise-heavy  | uni | load  | 6-8   | 2-1-3-0 | 2.00 |
""",
    "step_up": """
0 | standing-knee-drive  | uni |           | 15-20 | 1-2-1-0 | 0.60 |
1 | supported-step-up    | uni | step      | 15-20 | 2-0-2-0 | 0.85 | 8-21
2 | step-up              | uni | step      | 15-20 | 1-1-2-0 | 1.00 | 15-21
3 | step-up-slow-lower   | uni | step      | 12-15 | 1-1-4-0 | 1.15 | 15-21
4 | step-up-mid-box      | uni | step      | 12-15 | 1-1-2-0 | 1.35 | 22-35
5 | step-up-high-box     | uni | step no_load | 10-12 | 1-1-3-0 | 1.60 | 36-46
6 | step-up-loaded       | uni | step load | 8-12  | 1-1-2-0 | 1.65 | 15-35
7 | step-up-loaded-heavy | uni | step load | 6-8   | 1-1-2-0 | 1.90 | 22-46
""",
    "side_plank": """
1 | side-plank-knees      | uni |       | 20-30 s | hold    | 0.60 |
2 | side-plank            | uni |       | 20-40 s | hold    | 1.00 |
3 | side-plank-leg-raise  | uni |       | 25-40 s | hold    | 1.40 |
4 | copenhagen-plank-knee | uni | chair | 20-30 s | hold    | 1.80 |
5 | copenhagen-plank      | uni | chair | 20-30 s | hold    | 2.60 |
6 | copenhagen-raise      | uni | chair | 8-12    | 2-1-2-0 | 2.00 |
""",
    "bridge": """
1 | bridge                   | bi  |       | 15-20 | 2-1-2-0 | 1.00 |
2 | marching-bridge          | bi  |       | 12-16 | 1-2-1-0 | 1.30 |
3 | single-leg-bridge        | uni |       | 12-15 | 2-1-2-0 | 1.80 |
4 | single-leg-bridge-raised | uni | chair | 12-15 | 2-1-2-0 | 2.10 |
5 | single-leg-bridge-loaded | uni | load  | 8-12  | 2-1-2-0 | 2.10 |
6 | single-leg-bridge-heavy  | uni | load  | 6-8   | 2-1-2-0 | 2.10 |
""",
    "plank": """
1 | dead-bug         | bi | | 12-16   | 2-0-2-0 | 0.20 |
2 | plank-knees      | bi | | 20-30 s | hold    | 0.60 |
3 | plank            | bi | | 20-40 s | hold    | 1.00 |
4 | plank-leg-lift   | bi | | 30-45 s | hold    | 1.30 |
5 | long-lever-plank | bi | | 25-40 s | hold    | 2.00 |
6 | body-saw         | bi | | 8-12    | 2-0-2-0 | 2.00 |
""",
}
# slug, rungs, sides at a time, equipment besides floor; in the order in which they are tried
ALTERNATIVES = """
standing-machine-calf-raise | straight_knee 7 8 | uni | calf_machine
leg-press-calf-raise        | straight_knee 7 8 | uni | leg_press
seated-machine-calf-raise   | bent_knee 7 8     | bi  | seated_calf_machine
seated-loaded-calf-raise    | bent_knee 7 8     | bi  | chair load
"""
NEVER_PLANNED = ["side-lying-leg-raise", "bird-dog", "hamstring-walkout", "plank-shoulder-taps"]
# The name in FIT files when the load is not known, and whether it is exact; then how many rungs
# in ladder order share it. A row for each kind, then the exercises beside the ladders.
FIT: tuple[tuple[exercises.Fit | None, int], ...] = (
    (exercises.Fit("calf_raise", "standing_calf_raise", exact=True), 3),
    (exercises.Fit("calf_raise", "single_leg_standing_calf_raise", exact=False), 1),
    (exercises.Fit("calf_raise", "single_leg_standing_calf_raise", exact=True), 2),
    (exercises.Fit("calf_raise", "single_leg_standing_calf_raise", exact=False), 2),
    (exercises.Fit("calf_raise", "seated_calf_raise", exact=True), 1),
    (exercises.Fit("calf_raise", "standing_calf_raise", exact=False), 2),
    (exercises.Fit("calf_raise", "single_leg_bent_knee_calf_raise", exact=False), 1),
    (exercises.Fit("calf_raise", "single_leg_bent_knee_calf_raise", exact=True), 2),
    (exercises.Fit("calf_raise", "weighted_single_leg_bent_knee_calf_raise", exact=True), 2),
    (None, 1),
    (exercises.Fit("squat", "step_up", exact=True), 5),
    (exercises.Fit("squat", "weighted_step_up", exact=True), 2),
    (exercises.Fit("plank", "side_plank", exact=False), 1),
    (exercises.Fit("plank", "side_plank", exact=True), 1),
    (exercises.Fit("plank", "side_plank_with_leg_lift", exact=True), 1),
    (exercises.Fit("plank", "side_plank_with_feet_on_bench", exact=False), 2),
    (exercises.Fit("plank", None, exact=False), 1),
    (exercises.Fit("hip_raise", "hip_raise", exact=True), 1),
    (exercises.Fit("hip_raise", "marching_hip_raise", exact=True), 1),
    (exercises.Fit("hip_raise", "single_leg_hip_raise", exact=True), 1),
    (exercises.Fit("hip_raise", "single_leg_hip_raise_with_foot_on_bench", exact=True), 1),
    (exercises.Fit("hip_raise", "weighted_single_leg_hip_raise", exact=True), 2),
    (exercises.Fit("hip_stability", "dead_bug", exact=True), 1),
    (exercises.Fit("plank", "kneeling_plank", exact=True), 1),
    (exercises.Fit("plank", "plank", exact=True), 1),
    (exercises.Fit("plank", "plank", exact=False), 2),
    (exercises.Fit("plank", None, exact=False), 1),
    (exercises.Fit("calf_raise", None, exact=False), 2),
    (exercises.Fit("calf_raise", "weighted_seated_calf_raise", exact=True), 2),
    (exercises.Fit("hip_stability", "side_lying_leg_raise", exact=True), 1),
    (exercises.Fit("core", "arm_and_leg_extension_on_knees", exact=True), 1),
    (exercises.Fit("hip_raise", None, exact=False), 1),
    (exercises.Fit("plank", "straight_arm_plank_with_shoulder_touch", exact=True), 1),
)
# The numbers of these names in the FIT profile.
FIT_NUMBERS = """
calf_raise seated_calf_raise 6, weighted_seated_calf_raise 7, single_leg_bent_knee_calf_raise 9
calf_raise weighted_single_leg_bent_knee_calf_raise 10, single_leg_standing_calf_raise 15
calf_raise single_leg_standing_dumbbell_calf_raise 16, standing_calf_raise 18
squat step_up 66, dumbbell_step_up 32, weighted_step_up 67
plank side_plank 66, side_plank_with_leg_lift 80, side_plank_with_feet_on_bench 74
plank kneeling_plank 22, plank 43, straight_arm_plank_with_shoulder_touch 94
hip_raise hip_raise 11, marching_hip_raise 24, single_leg_hip_raise 30
hip_raise weighted_single_leg_hip_raise 31, single_leg_hip_raise_with_foot_on_bench 32
hip_stability dead_bug 1, side_lying_leg_raise 21
core arm_and_leg_extension_on_knees 48
"""
RUNGS = [rung for track in TRACKS for rung in LADDERS[track]]


def format_needs(found: Exercise) -> str:
    """Format the equipment of an exercise, with `load` for any loader."""
    needs = " ".join(thing for thing in found.equipment if thing not in {"floor", "wall"})
    return needs.replace(" ".join(exercises.LOADERS), "load")


def format_dose(dose: exercises.Dose) -> str:
    if dose.seconds_low is None:
        return f"{dose.reps_low}-{dose.reps_high}"
    return f"{dose.seconds_low}-{dose.seconds_high} s"


def format_row(rung: Rung) -> list[str]:
    """Format a rung in the columns of TABLE."""
    tempo = rung.exercise.tempo
    return [
        str(rung.number),
        rung.slug,
        "uni" if rung.unilateral else "bi",
        format_needs(rung.exercise) + rung.only_without_load * " no_load",
        format_dose(rung.exercise.dose),
        f"{tempo.up_s}-{tempo.hold_s}-{tempo.down_s}-{tempo.bottom_s}" if tempo else "hold",
        f"{rung.coef / 100:.2f}",
        "-".join(map(str, rung.height_band or ())),
    ]


class TestLadders:
    @pytest.mark.parametrize("track", TRACKS)
    def test_has_the_rungs_of_the_science_tables(self, track: Track) -> None:
        rows = [
            [cell.strip() for cell in row.split("|")] for row in TABLE[track].split("\n") if row
        ]
        assert [format_row(rung) for rung in LADDERS[track]] == rows

    def test_has_42_rungs_and_eight_exercises_beside_the_ladders(self) -> None:
        alternatives = [row.split(" ", 1)[0] for row in ALTERNATIVES.strip().splitlines()]
        assert list(EXERCISES) == [rung.slug for rung in RUNGS] + alternatives + NEVER_PLANNED
        assert len(RUNGS) == 24 + 18

    def test_rests_longer_after_fewer_repetitions(self) -> None:
        rest = {(rung.reps_low, rung.rest_s) for rung in RUNGS if not rung.hold}
        assert rest == {(15, 60), (12, 60), (10, 90), (8, 90), (6, 120)}

    def test_counts_a_hold_in_fives(self) -> None:
        for rung in (rung for rung in RUNGS if rung.hold):
            dose = rung.exercise.dose
            assert (5 * rung.reps_low, 5 * rung.reps_high) == (dose.seconds_low, dose.seconds_high)
            assert (rung.rep_s, rung.rest_s) == (5, 60)
            assert (rung.exercise.unit, rung.exercise.tempo) == ("seconds", None)
            assert (dose.reps_low, dose.reps_high) == (None, None)

    def test_counts_everything_else_in_repetitions(self) -> None:
        for found in EXERCISES.values():
            if found.tempo:
                assert found.unit == "reps"
                assert (found.dose.seconds_low, found.dose.seconds_high) == (None, None)

    def test_marks_the_exercises_on_a_step_edge(self) -> None:
        edges = {rung.slug for rung in RUNGS if rung.step_edge}
        assert edges == {
            "straight-leg-calf-raise",
            "single-leg-calf-raise-step",
            "single-leg-bent-knee-raise-step",
        }

    def test_marks_the_two_top_rungs_as_loaded(self) -> None:
        loaded = [(rung.track, rung.number) for rung in RUNGS if rung.loaded]
        tops = {"straight_knee": (7, 8), "bent_knee": (7, 8), "step_up": (6, 7), "bridge": (5, 6)}
        assert loaded == [(track, number) for track, top in tops.items() for number in top]

    def test_marks_the_rungs_with_a_chair(self) -> None:
        assert [rung.slug for rung in RUNGS if rung.chair] == [
            "seated-heel-raise", "copenhagen-plank-knee", "copenhagen-plank", "copenhagen-raise",
            "single-leg-bridge-raised",
        ]  # fmt: skip

    def test_uses_the_lowest_step_for_the_supported_step_up_only(self) -> None:
        assert [rung.slug for rung in RUNGS if rung.lowest] == ["supported-step-up"]

    def test_has_the_fit_names_of_the_science(self) -> None:
        expected = [fit for fit, count in FIT for _ in range(count)]
        assert [found.fit for found in EXERCISES.values()] == expected

    @pytest.mark.parametrize("row", FIT_NUMBERS.strip().splitlines())
    def test_has_the_numbers_of_the_fit_profile(self, row: str) -> None:
        category, names = row.split(" ", 1)
        known = {
            name: number
            for track in DEFINITIONS.values()
            for name, number in (track.fit[category].names if category in track.fit else {}).items()
        }
        for name, number in (pair.split() for pair in names.split(", ")):
            assert known[name] == int(number)

    def test_has_the_dumbbell_names_of_fit(self) -> None:
        calf = exercises.Fit("calf_raise", "single_leg_standing_dumbbell_calf_raise", exact=True)
        step = exercises.Fit("squat", "dumbbell_step_up", exact=True)
        named = {rung.slug: rung.fit_dumbbell for rung in RUNGS if rung.fit_dumbbell}
        assert named == {
            "single-leg-calf-raise-loaded": calf,
            "single-leg-calf-raise-heavy": calf,
            "step-up-loaded": step,
            "step-up-loaded-heavy": step,
        }

    @pytest.mark.parametrize("track", TRACKS)
    def test_links_each_rung_to_its_neighbours(self, track: Track) -> None:
        slugs = [rung.slug for rung in LADDERS[track]]
        assert [rung.exercise.harder for rung in LADDERS[track]] == [*slugs[1:], None]
        assert [rung.exercise.easier for rung in LADDERS[track]] == [None, *slugs[:-1]]

    def test_rejects_a_change_of_the_ladders(self) -> None:
        with pytest.raises(TypeError, match="does not support item assignment"):
            LADDERS["step_up"] = ()  # type: ignore[index]


class TestAlternatives:
    @pytest.mark.parametrize("row", ALTERNATIVES.strip().splitlines(), ids=lambda r: r.split()[0])
    def test_has_the_rows_of_the_science(self, row: str) -> None:
        slug, rungs, sides, needs = (cell.strip() for cell in row.split("|"))
        track, *numbers = rungs.split()
        found = EXERCISES[slug]
        assert (found.track, found.rung, found.loadable) == (track, None, True)
        assert found.replaces_rungs == tuple(map(int, numbers))
        assert format_needs(found) == needs
        assert found.laterality == {"uni": "unilateral", "bi": "bilateral"}[sides]
        assert (found.dose, found.tempo) == (
            LADDERS[track][6].exercise.dose,
            exercises.Tempo(2, 1, 3, 0),
        )

    def test_stand_beside_their_rungs_in_the_order_of_the_science(self) -> None:
        beside = {
            (rung.track, rung.number): [one.slug for one in rung.alternatives]
            for rung in RUNGS
            if rung.alternatives
        }
        straight = ["standing-machine-calf-raise", "leg-press-calf-raise"]
        bent = ["seated-machine-calf-raise", "seated-loaded-calf-raise"]
        assert beside == {
            ("straight_knee", 7): straight, ("straight_knee", 8): straight,
            ("bent_knee", 7): bent, ("bent_knee", 8): bent,
        }  # fmt: skip

    def test_are_named_by_their_rungs_and_name_them(self) -> None:
        for rung in RUNGS:
            for one in rung.alternatives:
                assert one.slug in rung.exercise.alternatives
                assert rung.slug in one.alternatives

    @pytest.mark.parametrize("slug", NEVER_PLANNED)
    def test_exclude_what_is_never_planned(self, slug: str) -> None:
        found = EXERCISES[slug]
        assert (found.rung, found.replaces_rungs) == (None, ())
        assert found.track in OPTIONAL_TRACKS
        assert (found.easier, found.harder) == (None, None)

    def test_offers_a_leg_raise_to_a_sore_shoulder(self) -> None:
        naming = [one.slug for one in EXERCISES.values() if NEVER_PLANNED[0] in one.alternatives]
        assert naming == ["side-plank-knees", "side-plank", "side-plank-leg-raise"]
