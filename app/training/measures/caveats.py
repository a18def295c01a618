"""The caveat of each measure: what it does not say, with the evidence behind that.

Every measure has its caveat in the answer. No caveat promises anything about health or names a
condition. docs/measures.md shows the same table, which a test checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.training.catalog.reasons import Rule


@dataclass(frozen=True, slots=True)
class Measure:
    """The fields that every measure has."""

    caveat: str
    """What the measure does not say."""
    evidence: tuple[str, ...]
    """Ids of the entries of the evidence table behind the measure."""


CAVEATS: Mapping[str, Rule] = {
    "adherence": Rule(
        "Counts sets, not how well they went; the threshold of 80 % is our own choice.",
        ("EV-06", "EV-44"),
    ),
    "hard_sets": Rule(
        "About ten sets a week for a muscle is what summaries of studies on muscle growth report:"
        " a reference, not a goal of this programme.",
        ("EV-06",),
    ),
    "volume": Rule(
        "Planning units: studies put the exercises in order, the size of the weights is our own"
        " choice. Compare a track with itself only.",
        ("EV-21", "EV-22", "EV-43", "EV-44"),
    ),
    "ladder": Rule(
        "Shows what is prescribed and is no test of strength. Lighter weeks ask for fewer"
        " repetitions, so the line dips in them.",
        ("EV-01", "EV-44"),
    ),
    "tension": Rule(
        "Computed from each exercise's tempo, not timed. A slow tempo is for control: time"
        " under tension did not consistently change what training led to.",
        ("EV-06",),
    ),
    "effort": Rule(
        "People have about one repetition more in reserve than they say, and misjudge it by more"
        " in sets of over 12 repetitions and far from their limit.",
        ("EV-25", "EV-26"),
    ),
    "pain": Rule(
        "The zones are those of this programme, and sources draw them differently. They do not"
        " say where pain comes from: if it goes above 5 or lasts, ask a professional.",
        ("EV-15", "EV-16", "EV-17"),
    ),
    "asymmetry": Rule(
        "Differences between sides are common in healthy runners. This is a cue for training and"
        " nothing more.",
        ("EV-37",),
    ),
    "heel_rise": Rule(
        "Differences of up to 6 repetitions between days are noise. The norms are for a 10 degree"
        " wedge, and a newer study found no link with age.",
        ("EV-10", "EV-11", "EV-12", "EV-37"),
    ),
    "system_load": Rule(
        "Uses the body mass of the spec, and does not distinguish one leg from two.",
        ("EV-01", "EV-44"),
    ),
    "session_load": Rule(
        "For information only: it rates the strength sessions alone, without the runs between"
        " them. Nothing is decided on it, and no ratio of recent to earlier load is computed,"
        " because such ratios have not held up.",
        ("EV-34", "EV-35", "EV-36"),
    ),
}
