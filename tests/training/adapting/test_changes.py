"""What changes in the running week: each track's work beside that of the last build week."""

from typing import Any

import pytest

from app.training.adapting import changes
from app.training.adapting.changes import Change, TrackDose
from app.training.planning.load import Load
from app.training.planning.start import Start, TrackStart
from tests.training.adapting.outcomes import LOADED, begin
from tests.training.journal import CORE, FIRST_DAY, LONG, Journal, sessions, sets
from tests.training.notation import TRACK


def find(journal: Journal, track: str) -> Change:
    """Return the change of a track in the next week of a journal."""
    return next(one for one in changes.list_changes(journal.followed) if one.track == TRACK[track])


class TestListChanges:
    def test_has_no_dose_before_the_first_week(self) -> None:
        found = changes.list_changes(Journal(**CORE).followed)
        assert [change.track for change in found] == list(TRACK.values())
        assert {(change.before, change.code) for change in found} == {(None, "START")}

    def test_compares_each_track_before_and_after(self) -> None:
        journal = Journal().train(weeks=4).train(sets("SK", session=2, reps=14, rir=1))
        calf, step = find(journal, "SK"), find(journal, "SU")
        was = TrackDose(2, "straight-leg-calf-raise", 6, None, reps=18)
        assert (calf.before, calf.after, calf.code) == (was, was, "TARGET_NOT_YET_MET")
        assert calf.sentence == "A session fell short of 18 repetitions; same again."
        assert (calf.evidence, calf.basis) == (("EV-01",), "evidence")
        assert step.before == TrackDose(2, "step-up", 6, None, reps=18)
        assert step.after == TrackDose(2, "step-up", 6, None, reps=20)

    def test_shows_a_track_that_gets_sets(self) -> None:
        change = find(Journal().train(), "SK")
        assert change.before
        assert change.after
        assert (change.before.sets, change.after.sets) == (4, 5)

    def test_names_loads_in_the_unit_of_the_programme(self) -> None:
        change = find(begin(LOADED, deload_every=0).train(), "SU")
        assert change.before == TrackDose(6, "step-up-loaded", 9, Load(6, "kg"), reps=8)
        assert change.after == TrackDose(6, "step-up-loaded", 9, Load(6, "kg"), reps=10)

    def test_names_no_load_that_the_runner_chooses(self) -> None:
        wish: dict[str, Any] = {
            "equipment": ("calf_machine", "backpack"),
            "prefer": ("standing-machine-calf-raise",),
            "start": Start(straight_knee=TrackStart(7, 8, load=10)),
        }
        after = find(Journal(**wish), "SK").after
        assert after == TrackDose(7, "standing-machine-calf-raise", 4, None, reps=8)

    def test_names_the_seconds_of_a_hold(self) -> None:
        after = find(Journal(**CORE), "PL").after
        assert after == TrackDose(2, "plank-knees", 4, None, seconds=20)

    def test_looks_past_lighter_weeks(self) -> None:
        journal = Journal(**LONG).train(weeks=3)
        assert journal.week.kind == "deload"
        lighter = find(journal, "SK")
        assert (lighter.before, lighter.after) == (
            TrackDose(2, "straight-leg-calf-raise", 6, None, reps=20),
            TrackDose(2, "straight-leg-calf-raise", 4, None, reps=16),
        )
        assert find(journal.train(), "SK").before == lighter.before

    def test_includes_a_track_that_is_left_out(self) -> None:
        journal = Journal().train(sets("SK", session=1, pain=7))
        assert (find(journal, "SK").code, find(journal, "SK").after) == ("PAIN_ABOVE_5", None)
        back = find(journal.train(), "SK")
        assert (back.code, back.before) == ("RETURN_AFTER_PAIN", None)
        assert back.after == TrackDose(1, "two-leg-calf-raise-floor", 2, None, reps=15)

    def test_shows_what_pain_changed_in_the_running_week(self) -> None:
        journal = begin(LONG, start_date=FIRST_DAY).train()
        journal.train(sets("SK", session=1, pain=7), sessions(2, omit=True))
        journal.weeks_over -= 1
        found = find(journal, "BK")
        assert found.code == "SIBLING_PAIN"
        assert found.after
        assert found.after.sets < 6

    @pytest.mark.parametrize("flags", [(), ("night_pain",)])
    def test_is_empty_if_no_week_runs(self, flags: tuple[str, ...]) -> None:
        journal = Journal(weeks=1).train(sessions(1, red_flags=flags))
        assert changes.list_changes(journal.followed) == ()
