"""Reasons and evidence, read from `sentences.toml` and `evidence.toml`.

The planner and the fold pass a code and its parameters, and explain() returns the Reason with its
sentence filled in. Notices and advice work alike. No rule is decided here.
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


class ReasonTemplate(NamedTuple):
    """A sentence with placeholders for its parameters, and its evidence."""

    sentence: str
    evidence: tuple[str, ...]


_SENTENCES = toml_files.read("sentences.toml")


def read_rules(table: str) -> dict[str, ReasonTemplate]:
    """Return a table of `sentences.toml` by code."""
    rows = _SENTENCES[table].items()
    return {code: ReasonTemplate(row["sentence"], tuple(row["evidence"])) for code, row in rows}


REASONS = read_rules("reasons")
# Why a spec gets no programme.
BLOCKS = read_rules("blocks")
NOTICES = read_rules("notices")
TIMING = read_rules("timing")
NOTE_SENTENCES: Mapping[str, str] = _SENTENCES["data_notes"]
DISCLAIMER: str = _SENTENCES["disclaimer"]
_PLACEHOLDERS = {
    code: [name for _, name, _, _ in Formatter().parse(rule.sentence) if name]
    for code, rule in REASONS.items()
}


# A plan repeats few reasons week after week: building one takes 1.9 us, a cache hit 0.3 us. The
# cache distinguishes 1 from 1.0, because the sentences print them differently.
@lru_cache(maxsize=1024, typed=True)
def explain(code: str, **params: str | int | float) -> Reason:
    """Return the reason of a code. Parameters that its sentence does not name are dropped."""
    return _build_reason(REASONS[code], code, {name: params[name] for name in _PLACEHOLDERS[code]})


def explain_notice(code: str, **params: str | int | float) -> Reason:
    """Return a notice on the programme as a whole."""
    return _build_reason(NOTICES[code], code, params)


@cache
def explain_timing(code: str) -> Reason:
    """Return advice on the time or the day of a session."""
    return _build_reason(TIMING[code], code, {})


def _build_reason(
    rule: ReasonTemplate, code: str, params: Mapping[str, str | int | float]
) -> Reason:
    sentence = rule.sentence.format_map(params) if params else rule.sentence
    return Reason(code, sentence, rule.evidence, find_basis(rule.evidence), params)


def find_basis(evidence: tuple[str, ...]) -> Basis:
    """Return whether the ids are published findings, our own choices or both."""
    if ENGINEERING not in evidence:
        return "evidence"
    return "engineering" if evidence == (ENGINEERING,) else "mixed"


@cache
def load_evidence() -> dict[str, Evidence]:
    """Return the evidence table by id."""
    return {row["id"]: Evidence(**row) for row in toml_files.read("evidence.toml")["evidence"]}
