"""Reason codes on the wire, and the conversion of the catalogue's rules to them."""

from typing import Annotated

from pydantic import BaseModel, Field

from app.training.catalog.reasons import Basis, Kind, ReasonRule, Wording, find_basis

_EXAMPLE = "If these sets go well, each set goes to {dose}."


class WordingOut(BaseModel, title="ReasonWording"):
    """Sentences of a code. A name in braces stands for a value in the `params` of a reason."""

    earned: str
    """What is said once it has happened: after a log, and wherever there is one sentence only."""
    planned: Annotated[str | None, Field(examples=[_EXAMPLE])]
    """What is said of weeks to come; null if they say the same, or cannot have this code."""
    params: list[str]
    """The names in braces, in the order of the sentences."""
    evidence: list[str]
    """Ids of the evidence. A reason may cite more, such as that for the order of a ladder."""
    basis: Basis
    """`evidence`: published findings; `engineering`: our own choice; `mixed`: both."""


class CodeOut(BaseModel):
    """A code, and what it is for."""

    code: str
    """The stable code."""
    kind: Kind
    """`reason`: why an exercise is prescribed as it is; `week_note` and `notice`: on a week, and
    on a programme; `data_note`: on what was logged; `block`: why there is no programme; `timing`:
    advice on the time of a session."""
    change: str | None
    """What it changes in the prescription; null if it explains no change."""


class ReasonCode(WordingOut, CodeOut, title="ReasonCode"):
    """A code that a programme, a change, a notice or a data note may carry."""

    variants: dict[str, WordingOut]
    """Sentences for special situations, in place of the usual ones, by the name of the situation:
    `by_feel`, for example, if the weight is the runner's own choice. A code that also blocks a
    programme says so in a variant."""


class ReasonCodeList(BaseModel):
    """The codes."""

    items: list[ReasonCode]
    """Every code, each once."""


def to_wire(rule: ReasonRule) -> ReasonCode:
    """Return a rule of the catalogue as it is sent."""
    return ReasonCode.model_validate(
        {
            "code": rule.code,
            "kind": rule.kind,
            "change": rule.change,
            **_convert(rule.wording),
            "variants": {name: _convert(wording) for name, wording in rule.variants.items()},
        }
    )


def _convert(wording: Wording) -> dict[str, object]:
    return {
        "earned": wording.earned,
        "planned": wording.planned,
        "params": wording.params,
        "evidence": wording.evidence,
        "basis": find_basis(wording.evidence),
    }
