"""Lists of exercises on the wire, and their filters; an exercise is the catalogue's own value."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.training.catalog.exercises import EQUIPMENT, MUSCLES, Exercise, Laterality
from app.training.catalog.tracks import Track


def among(names: Sequence[str]) -> Callable[[str], str]:
    """A validator that takes one of these names."""

    def check(name: str) -> str:
        if name not in names:
            raise PydanticCustomError("enum", "must be one of {names}", {"names": ", ".join(names)})
        return name

    return check


Muscle = Annotated[
    str, AfterValidator(among(MUSCLES)), Field(json_schema_extra={"enum": list(MUSCLES)})
]
Gear = Annotated[
    str, AfterValidator(among(EQUIPMENT)), Field(json_schema_extra={"enum": list(EQUIPMENT)})
]


class ExerciseFilter(BaseModel):
    """Which exercises to list; all conditions must hold."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    track: Annotated[Track | None, Field(examples=["bent_knee"])] = None
    """Only this ladder."""
    muscle: Muscle | None = None
    """Only exercises in which this muscle works, in whatever role."""
    equipment: Annotated[list[Gear] | None, Field(examples=[["step", "backpack"]])] = None
    """What you have: only exercises that need nothing else. Repeat it for each thing; `floor`
    and `wall` are always there, so `equipment=floor` asks for exercises without equipment."""
    laterality: Laterality | None = None
    """Only exercises for both legs at once, or for one at a time."""
    seed: Literal["true", "false"] | None = None
    """`true`: only the three exercises of the original article."""


class ExerciseList(BaseModel):
    """Exercises in the order of their ladders, from easy to hard."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[Exercise]
    """The exercises."""
