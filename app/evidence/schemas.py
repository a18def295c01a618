"""Evidence on the wire, and the conversion of the catalogue's rows to it."""

from dataclasses import asdict
from typing import Literal

from pydantic import BaseModel

from app.training.catalog.reasons import Evidence

Status = Literal["verified", "as reported", "unverified", "engineering choice"]


class EvidenceOut(BaseModel, title="Evidence"):
    """One row of the evidence table."""

    id: str
    """Stable id, as reasons cite it."""
    rule: str
    """The finding or rule, in plain words."""
    value: str
    """The figures that the engine uses."""
    source: str | None
    """Title, journal or author of the source. Null where nothing is cited: for engineering
    choices, and for findings that were not verified."""
    status: list[Status]
    """How its parts were checked: `verified` at the source, `as reported` by another page,
    `unverified`, or `engineering choice` where there is nothing to check."""
    confidence: str
    """How reliable it is."""
    engine_use: str
    """How the engine uses it."""


class EvidenceList(BaseModel):
    """The evidence table."""

    items: list[EvidenceOut]
    """Its rows."""


# The marks in the status column of the catalogue, as words.
_MARKS: dict[str, Status] = {
    "V": "verified",
    "V2": "as reported",
    "M": "unverified",
    "E": "engineering choice",
}


def to_wire(row: Evidence) -> EvidenceOut:
    """Return a row of the catalogue as it is sent. A source that was not checked is left out."""
    marks = [mark for mark in _MARKS if mark in split_status(row.status)]
    source = row.source if {"V", "V2"} & set(marks) else None
    status = [_MARKS[mark] for mark in marks]
    return EvidenceOut(**asdict(row) | {"source": source, "status": status})


def split_status(status: str) -> set[str]:
    return {word.strip("(),/+;:") for word in status.split()}
