"""Evidence on the wire."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.training.catalog.reasons import Evidence

Status = Literal["verified", "as reported", "unverified", "engineering choice"]


class EvidenceOut(BaseModel):
    """One row of the evidence table."""

    model_config = ConfigDict(title="Evidence")

    id: str
    """Stable id, as reasons cite it."""
    rule: str
    """The finding or rule, in our words."""
    value: str
    """The figures that are used."""
    source: str | None
    """Title, journal or author of the source. Null where nothing is cited: for our own choices,
    and for what was not verified."""
    status: list[Status]
    """How the parts of it were checked: at the source, in a page that reports it, not at all, or
    not to be checked, because the number is an engineering choice of ours."""
    confidence: str
    """How far we trust it."""
    engine_use: str
    """What the engine does with it."""


class EvidenceList(BaseModel):
    """The evidence table."""

    items: list[EvidenceOut]
    """Its rows."""


# The marks of the table, as a reader would say them.
MARKS: dict[str, Status] = {
    "V": "verified",
    "V2": "as reported",
    "M": "unverified",
    "E": "engineering choice",
}


def tell(row: Evidence) -> EvidenceOut:
    """A row as it is answered. What is only remembered is not cited as a fact."""
    marks = [mark for mark in MARKS if mark in words(row.status)]
    return EvidenceOut(
        id=row.id,
        rule=row.rule,
        value=row.value,
        source=row.source if {"V", "V2"} & set(marks) else None,
        status=[MARKS[mark] for mark in marks],
        confidence=row.confidence,
        engine_use=row.engine_use,
    )


def words(status: str) -> set[str]:
    """The marks in a status, which may say what each is about."""
    return {word.strip("(),/+;:") for word in status.split()}
