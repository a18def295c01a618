"""The list of exercises on the wire, and its filter. An exercise is a value of the catalogue."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from app.training.catalog.exercises import EQUIPMENT, MUSCLES, Exercise, Laterality
from app.training.catalog.track_definitions import Track


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    def check(name: str) -> str:
        if name not in names:
            raise PydanticCustomError("enum", "must be one of {names}", {"names": ", ".join(names)})
        return name

    return check


Muscle = Annotated[
    str, AfterValidator(_one_of(MUSCLES)), Field(json_schema_extra={"enum": list(MUSCLES)})
]
EquipmentName = Annotated[
    str, AfterValidator(_one_of(EQUIPMENT)), Field(json_schema_extra={"enum": list(EQUIPMENT)})
]


class ExerciseFilter(BaseModel, frozen=True, use_attribute_docstrings=True):
    """Which exercises to list. An exercise must meet all conditions."""

    track: Annotated[Track | None, Field(examples=["bent_knee"])] = None
    """Only this ladder."""
    muscle: Muscle | None = None
    """Only exercises that train this muscle: as a primary or secondary muscle, or a stabiliser."""
    equipment: Annotated[list[EquipmentName] | None, Field(examples=[["step", "backpack"]])] = None
    """The equipment you have: only exercises that need nothing else. Repeat the parameter for each
    item. `floor` and `wall` are always available, so `equipment=floor` finds exercises without
    equipment."""
    laterality: Laterality | None = None
    """Only exercises for both sides at once, or for one at a time."""
    seed: Literal["true", "false"] | None = None
    """`true`: only the three exercises of the original article."""


class ExerciseList(BaseModel):
    """Exercises in the order of their ladders, from easy to hard."""

    items: list[Exercise]
    """The exercises."""
