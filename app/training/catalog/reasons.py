"""Reasons and evidence, read from `sentences.toml` and `evidence.toml`.

The planner and the fold pass a code and its parameters, and explain() returns the Reason with its
sentence filled in. Notices, week notes, blocks and advice work alike. No rule is decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from string import Formatter
from types import MappingProxyType
from typing import Literal, NamedTuple

from app.training.catalog import toml_files
from app.training.catalog.omission import omit_if_empty
from app.training.catalog.toml_files import Raw

Basis = Literal["evidence", "engineering", "mixed"]
Kind = Literal["reason", "week_note", "notice", "data_note", "block", "timing"]
Param = str | int | float
# The rows of the evidence table for our own choices, which no study supports. The first is cited
# where nothing else is.
ENGINEERING = "EV-44"
ENGINEERING_IDS = frozenset({ENGINEERING, "EV-77"})


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
    params: Mapping[str, Param] = field(default_factory=dict)
    """The values filled into the sentence, for translation. Left out if there are none."""

    __get_pydantic_core_schema__ = omit_if_empty("params")


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


@dataclass(frozen=True, slots=True)
class Wording:
    """What a code says in one situation. Names in braces stand for its params."""

    earned: str
    """What is said after a log."""
    planned: str | None
    """What is said of weeks to come; None if that is the same, or never said of them."""
    params: tuple[str, ...]
    """The names in braces, in the order of the sentences."""
    evidence: tuple[str, ...]
    """Ids of the evidence."""


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """A code, and everything that it may say."""

    code: str
    kind: Kind
    change: str | None
    """What changes in the programme; None for a code that explains no change."""
    wording: Wording
    basis: Basis
    variants: Mapping[str, Wording] = field(default_factory=dict)
    """Other wordings of the same code, by the name of the situation."""


class ReasonTemplate(NamedTuple):
    """A sentence with placeholders for its parameters, and its evidence."""

    sentence: str
    evidence: tuple[str, ...]


class BlockTemplate(NamedTuple):
    """Why there is no programme: what the answer says."""

    code: str
    sentence: str
    evidence: tuple[str, ...]


_SENTENCES = toml_files.read("sentences.toml")


def read_rules(table: str) -> dict[str, ReasonTemplate]:
    """Return a table of `sentences.toml` by code."""
    rows = _SENTENCES[table].items()
    return {code: ReasonTemplate(row["sentence"], tuple(row["evidence"])) for code, row in rows}


def _read_reasons(table: str, kind: Kind) -> Mapping[str, ReasonRule]:
    rows = _SENTENCES[table].items()
    return MappingProxyType({code: _parse_rule(code, kind, row) for code, row in rows})


def _parse_rule(code: str, kind: Kind, row: Raw) -> ReasonRule:
    wording = _parse_wording(row, ())
    return ReasonRule(
        code,
        kind,
        row.get("change"),
        wording,
        find_basis(wording.evidence),
        {
            name: _parse_wording(variant, wording.evidence)
            for name, variant in row.get("variants", {}).items()
        },
    )


def _parse_wording(row: Raw, evidence: tuple[str, ...]) -> Wording:
    """Parse a row. A variant without evidence of its own has that of its code."""
    earned = row["earned"] if "earned" in row else row["sentence"]
    planned = row.get("planned")
    return Wording(
        earned, planned, find_params(earned, planned), tuple(row.get("evidence", evidence))
    )


@cache
def find_params(*sentences: str | None) -> tuple[str, ...]:
    """Return the names in braces, each once, in the order of the sentences."""
    parsed = (part for text in sentences if text for part in Formatter().parse(text))
    return tuple(dict.fromkeys(name for _, name, _, _ in parsed if name))


def find_basis(evidence: Iterable[str]) -> Basis:
    """Return whether the ids are published findings, our own choices or both."""
    cited = set(evidence)
    if not cited & ENGINEERING_IDS:
        return "evidence"
    return "engineering" if cited <= ENGINEERING_IDS else "mixed"


REASONS = _read_reasons("reasons", "reason")
WEEK_NOTES = _read_reasons("week_notes", "week_note")
NOTICES = _read_reasons("notices", "notice")
TIMING = _read_reasons("timing", "timing")
# Why a spec gets no programme, and why one ends: the intake's two, and what a log may bring.
BLOCKS: Mapping[str, BlockTemplate] = {
    key: BlockTemplate(row.get("code", key), row["sentence"], tuple(row["evidence"]))
    for key, row in _SENTENCES["blocks"].items()
}
NOTE_SENTENCES: Mapping[str, str] = _SENTENCES["data_notes"]
# What to say on a day without a session.
TODAY_SENTENCES: Mapping[str, str] = _SENTENCES["today"]
DISCLAIMER: str = _SENTENCES["disclaimer"]


# A plan repeats few reasons week after week: building one takes 3.6 us, a cache hit 0.3 us. The
# cache distinguishes 1 from 1.0, because params keep the type.
@lru_cache(maxsize=2048, typed=True)
def explain(
    code: str,
    *,
    planned: bool = False,
    variant: str | None = None,
    evidence: tuple[str, ...] | None = None,
    more_evidence: tuple[str, ...] = (),
    **params: Param,
) -> Reason:
    """Return the reason of a code. Parameters that its sentence does not name are dropped.

    `planned` asks for the sentence for weeks to come; a code without one says the other. `evidence`
    replaces the ids of the code, `more_evidence` follows them.
    """
    wording = _find_wording(REASONS[code], variant)
    cited = (*(wording.evidence if evidence is None else evidence), *more_evidence)
    sentence = (wording.planned if planned else None) or wording.earned
    return _build_reason(code, sentence, tuple(dict.fromkeys(cited)), params)


@lru_cache(maxsize=256, typed=True)
def explain_notice(code: str, *, variant: str | None = None, **params: Param) -> Reason:
    """Return a notice on the programme as a whole."""
    wording = _find_wording(NOTICES[code], variant)
    return _build_reason(code, wording.earned, wording.evidence, params)


@cache
def explain_week_note(code: str) -> Reason:
    """Return a note on a week."""
    wording = WEEK_NOTES[code].wording
    return _build_reason(code, wording.earned, wording.evidence, {})


@cache
def explain_timing(code: str) -> Reason:
    """Return advice on the time or the day of a session."""
    wording = TIMING[code].wording
    return _build_reason(code, wording.earned, wording.evidence, {})


@cache
def explain_block(key: str) -> Reason:
    """Return why there is no programme, by the key of a row of BLOCKS."""
    block = BLOCKS[key]
    return _build_reason(block.code, block.sentence, block.evidence, {})


def fill_in(sentence: str, **params: Param) -> str:
    """Return a sentence with its names in braces replaced. Numbers have no superfluous zeros."""
    texts = {
        name: f"{value:g}" if isinstance(value, float) else value for name, value in params.items()
    }
    return sentence.format_map(texts)


def _find_wording(rule: ReasonRule, variant: str | None) -> Wording:
    return rule.wording if variant is None else rule.variants[variant]


def _build_reason(
    code: str, sentence: str, evidence: tuple[str, ...], params: Mapping[str, Param]
) -> Reason:
    named = {name: params[name] for name in find_params(sentence)}
    text = fill_in(sentence, **named) if named else sentence
    return Reason(code, text, evidence, find_basis(evidence), named)


def list_reasons() -> tuple[ReasonRule, ...]:
    """Return every code that a programme, a change, a notice or a data note may carry, each once.

    A block whose code is known already, from a reason or another block, is a variant of it.
    """
    found: dict[str, ReasonRule] = {**REASONS, **WEEK_NOTES, **NOTICES, **TIMING}
    for key, block in BLOCKS.items():
        rule = _parse_rule(block.code, "block", block._asdict())
        if known := found.get(block.code):
            name = "blocked" if key == block.code else key.lower()
            rule = replace(known, variants={**known.variants, name: rule.wording})
        found[block.code] = rule
    for code, sentence in NOTE_SENTENCES.items():
        row = {"sentence": sentence, "evidence": [ENGINEERING]}
        found[code] = _parse_rule(code, "data_note", row)
    return tuple(found.values())


@cache
def load_evidence() -> dict[str, Evidence]:
    """Return the evidence table by id."""
    return {row["id"]: Evidence(**row) for row in toml_files.read("evidence.toml")["evidence"]}
