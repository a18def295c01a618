"""The reasons for prescriptions, as tables: code, sentence and evidence.

The planner and the fold give a code and its parameters; explain() returns the Reason with the
sentence filled in. No rule is decided here. Sentences inform and promise nothing about health.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from string import Formatter
from typing import Literal, NamedTuple

from app.training.catalog import toml_files

Basis = Literal["evidence", "engineering", "mixed"]
# The row of the evidence table for our own choices, which no study supports.
ENGINEERING = "EV-44"

# Responses always contain the fields that have a default.
_ANSWERED = {"json_schema_serialization_defaults_required": True}


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason for a prescription."""

    code: str
    """Stable code of the rule."""
    sentence: str
    """The rule in one sentence, with its numbers filled in."""
    evidence: tuple[str, ...]
    """Ids of the evidence for the rule."""
    basis: Basis
    """`evidence`: published findings; `engineering`: our own choice; `mixed`: both."""
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    """The values filled into the sentence, for translation."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the evidence table."""

    id: str
    """Stable id, which reasons cite."""
    rule: str
    """The finding or rule, in our words."""
    value: str
    """The figures of the finding that are used."""
    source: str
    """Title, journal or author of the source; `none` for our own choices."""
    status: str
    """V: verified at the source; V2: as reported elsewhere; M: from memory; E: our choice."""
    confidence: str
    """How much we trust the finding."""
    engine_use: str
    """What the engine does with it."""


class Rule(NamedTuple):
    """A sentence with placeholders for its parameters, and its evidence."""

    sentence: str
    evidence: tuple[str, ...]


REASONS: dict[str, Rule] = {
    "START": Rule(
        "Your starting point, chosen from your level, test and equipment.",
        ("EV-03", "EV-10", "EV-44"),
    ),
    "RAMP_SETS": Rule(
        "One step more volume: {sets} sets this week."
        " Reps stay the same while you build the habit.",
        ("EV-44",),
    ),
    "ADD_REPS": Rule("You met the target, so each set goes to {reps}.", ("EV-01",)),
    "HOLD_TWO_FOR_TWO": Rule(
        "Top of the range once. Do it again and the exercise moves up.", ("EV-02",)
    ),
    "NEXT_RUNG": Rule(
        "Two good sessions at the top of the range: next is {name}, with fewer reps because it"
        " is harder.",
        ("EV-01", "EV-21", "EV-22"),
    ),
    "ADD_LOAD": Rule("Add {delta:g} {unit}; reps go back to {reps}.", ("EV-01",)),
    "LADDER_TOP_HOLD": Rule(
        "This is the hardest version your equipment allows; keep it crisp, or add a weight or a"
        " higher step.",
        ("EV-44",),
    ),
    "DELOAD": Rule(
        "A lighter week. It is a convention for recovery, not a proven booster.",
        ("EV-27", "EV-28"),
    ),
    "TAPER": Rule("Race is near: less work, same intensity.", ("EV-29",)),
    "RACE": Rule("Race is near: less work, same intensity.", ("EV-29",)),
    "TRANSITION": Rule("Easy week after the race.", ("EV-27",)),
    "NOT_SCHEDULED": Rule(
        "The session time or the race left no room for this exercise last week, so it stays as"
        " it was.",
        ("EV-44",),
    ),
    "ASYMMETRY_HOLD": Rule(
        "The {side} side is more than 15 % behind: one extra set there until it catches up.",
        ("EV-37",),
    ),
    "HOLD_WITH_OTHERS": Rule("Held so all three exercises grow together.", ("EV-44",)),
    "TARGET_NOT_YET_MET": Rule(
        "Not every set reached {reps} in the last two sessions; same again.", ("EV-01",)
    ),
    "BELOW_TARGET_REGRESS": Rule(
        "More than a fifth of the work was missing, so the target drops to {reps}.", ("EV-44",)
    ),
    "INCOMPLETE_NOT_FAILED": Rule(
        "Sets ended early with plenty left; the target stays.", ("EV-26",)
    ),
    "EFFORT_TOO_HIGH": Rule(
        "You did it, but with less in reserve than planned; repeat before adding.",
        ("EV-25", "EV-26"),
    ),
    "ACCELERATE_RUNG": Rule(
        "Much easier than planned and no pain: moving up one step now.", ("EV-01", "EV-26")
    ),
    "ACCELERATE_LOAD": Rule(
        "Much easier than planned and no pain: moving up one step now.", ("EV-01", "EV-26")
    ),
    "PAIN_ACCEPTABLE_HOLD": Rule(
        "Pain {p:g}/10 is in the watch zone: hold steady this week.", ("EV-15", "EV-16")
    ),
    "PAIN_NOT_SETTLING": Rule("Pain has not eased since last week, so the load does.", ("EV-17",)),
    "PAIN_WORSE_NEXT_MORNING": Rule(
        "Worse the morning after: half the work this week.", ("EV-17",)
    ),
    "PAIN_ABOVE_5": Rule(
        "Pain above 5/10: leave this exercise out for a week. If it persists, see a professional.",
        ("EV-15",),
    ),
    "SIBLING_PAIN": Rule(
        "The other calf exercise hurt, so this one is lighter too.", ("EV-15", "EV-44")
    ),
    "RETURN_AFTER_PAIN": Rule("Back at an easier version with half the work.", ("EV-15",)),
    "RESUME_FULL": Rule("Pain stayed low on the light week; back to full sets.", ("EV-15",)),
    "CLEARANCE_REQUIRED": Rule(
        "Warning sign or repeated high pain: stop and get assessed before continuing.",
        ("EV-38",),
    ),
    "MISSED_WEEK_REPEAT": Rule("You missed a week; pick up where you left off.", ("EV-32",)),
    "PARTIAL_WEEK_REPEAT": Rule("Under 60 % done; repeat the week.", ("EV-44",)),
    "TRACK_MISSED_REPEAT": Rule("Under 60 % done; repeat the week.", ("EV-44",)),
    "SIMPLIFY_DOSE": Rule(
        "Two short weeks in a row: a smaller plan you can finish beats a bigger one you cannot.",
        ("EV-06", "EV-33"),
    ),
    "LONG_BREAK_14": Rule("After {n} weeks away we restart {lower}.", ("EV-32",)),
    "LONG_BREAK_28": Rule("After {n} weeks away we restart {lower}.", ("EV-32",)),
    "RESTART_AFTER_BREAK": Rule("After {n} weeks away we restart {lower}.", ("EV-32",)),
    "DIFFERENT_EXERCISE_LOGGED": Rule(
        "An easier exercise or a lighter load was logged, so this one stays as it was.",
        ("EV-44",),
    ),
    "NO_DATA_START": Rule(
        "Nothing was logged yet, so the first week stands ready again.", ("EV-44",)
    ),
}

# Why a spec gets no programme.
BLOCKS: dict[str, Rule] = {
    "CLEARANCE_REQUIRED": Rule(
        "You named a warning sign: stop and get assessed before starting. With calf pain and"
        " breathlessness, or chest pain, call your emergency number.",
        ("EV-38", "EV-39"),
    ),
    "PAIN_ABOVE_5": Rule(
        "Pain above 5/10 today: no programme until it has eased. If it persists, see a"
        " professional.",
        ("EV-15",),
    ),
}

NOTICES: dict[str, Rule] = {
    "SPLIT_FOR_48H": Rule(
        "Calf and step sessions alternate, so that the same muscles rest for 48 hours.",
        ("EV-07",),
    ),
    "TIME_BUDGET_TRIM": Rule(
        "Some sessions were shortened to fit the time you have; they are marked.", ("EV-44",)
    ),
    "NO_STEP_FALLBACK": Rule(
        "No step of a height that suits the step-up: a standing knee drive stands in for it.",
        ("EV-43", "EV-44"),
    ),
    "LADDER_LIMITED_BY_EQUIPMENT": Rule(
        "At least one exercise ends below the top of its ladder: {tracks}. Its next versions"
        " need an external load.",
        ("EV-23", "EV-44"),
    ),
    "RACE_OUTSIDE_PROGRAMME": Rule(
        "The race is later than the last week, so nothing tapers towards it.", ("EV-29",)
    ),
    "TAPER_APPLIED": Rule(
        "Sets shrink before the race while the exercise and the load stay, and the days around"
        " it are free.",
        ("EV-29", "EV-30"),
    ),
    "CAUTIOUS_MODE": Rule(
        "A careful start: an easier first exercise, fewer sets and more in reserve, because of"
        " age, pain or a recent injury.",
        ("EV-16", "EV-44"),
    ),
    "MINOR_SUPERVISION": Rule(
        "Under 18: train with an adult who supervises; no external load is planned.",
        ("EV-44",),
    ),
    "BODY_MASS_ASSUMED": Rule(
        "No body mass given: {mass} {unit} is assumed where loads are worked out.", ("EV-44",)
    ),
    "TEST_ASYMMETRY": Rule(
        "The {side} leg did more than 15 % fewer repetitions in the test: it gets one extra calf"
        " set a week on single-leg versions. A training cue, not a sign of risk.",
        ("EV-11", "EV-37"),
    ),
    "EXTRAPOLATED_NORM": Rule(
        "The published test norms cover ages 20 to 81; outside of that they are extrapolated.",
        ("EV-10",),
    ),
    "SEED_HEIGHT_UNKNOWN_UPPER": Rule(
        "The article gives the step as 7 or 8 inches up to a height that is missing in print;"
        " 15 to 21 cm is what this programme accepts for it.",
        ("EV-43", "EV-44"),
    ),
    "DELOAD_CONVENTION": Rule(
        "Lighter weeks are common practice; studies have not shown that they help.",
        ("EV-27", "EV-28"),
    ),
}

TIMING: dict[str, Rule] = {
    "AFTER_RUN_6H": Rule(
        "Do this after the run, ideally 6 h later, at least 3 h.", ("EV-30", "EV-31")
    ),
    "EASY_BEFORE_HARD": Rule("Keep it light or swap the day: tomorrow's run is hard.", ("EV-30",)),
}

DISCLAIMER = (
    "This programme is general fitness information, not medical advice, diagnosis or treatment."
    " It cannot see you or examine you. If you have pain above 5 out of 10, any of the listed"
    " warning signs, or a medical condition, stop and speak to a qualified professional before"
    " you continue."
)


# A plan repeats few reasons week after week: building one takes 1.9 us, a cache hit 0.3 us. The
# cache distinguishes 1 from 1.0, because the sentences print them differently.
@lru_cache(maxsize=1024, typed=True)
def explain(code: str, **params: str | int | float) -> Reason:
    """Return the reason of a code, with those parameters that its sentence names."""
    rule = REASONS[code]
    return _build_reason(
        rule, code, {name: params[name] for name in _find_placeholders(rule.sentence)}
    )


@cache
def _find_placeholders(sentence: str) -> tuple[str, ...]:
    """Return the names of the placeholders in a sentence."""
    return tuple(name for _, name, _, _ in Formatter().parse(sentence) if name)


def explain_block(code: str) -> Reason:
    """Return the reason why a spec gets no programme."""
    return _build_reason(BLOCKS[code], code, {})


def explain_notice(code: str, **params: str | int | float) -> Reason:
    """Return a notice on the programme as a whole."""
    return _build_reason(NOTICES[code], code, params)


@cache
def explain_timing(code: str) -> Reason:
    """Return advice on the time or the day of a session."""
    return _build_reason(TIMING[code], code, {})


def _build_reason(rule: Rule, code: str, params: Mapping[str, str | int | float]) -> Reason:
    return Reason(
        code=code,
        sentence=rule.sentence.format_map(params) if params else rule.sentence,
        evidence=rule.evidence,
        basis=find_basis(rule.evidence),
        params=params,
    )


def find_basis(evidence: tuple[str, ...]) -> Basis:
    """Return whether the ids are published findings, our own choices or both."""
    if ENGINEERING not in evidence:
        return "evidence"
    return "engineering" if evidence == (ENGINEERING,) else "mixed"


@cache
def load_evidence() -> dict[str, Evidence]:
    """Return the evidence table by id."""
    return {row["id"]: Evidence(**row) for row in toml_files.read("evidence.toml")["evidence"]}
