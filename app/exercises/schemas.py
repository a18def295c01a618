"""Exercises on the wire: a value of the catalogue with its pictures; the list, and its filter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from app.formats.figures.illustration import Theme, View
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


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where the pictures of an exercise are, and what they show."""

    still: str
    """Path of the picture with the start and the end side by side."""
    motion: str
    """Path of the picture that moves at the exercise's tempo."""
    alt: str
    """What the pictures show, in words."""
    license: Literal["CC0-1.0"]
    """Licence of the pictures: nobody has to be asked or named."""


@dataclass(frozen=True, slots=True)
class IllustratedExercise(Exercise):
    """One exercise: instructions, dose, place on its ladder and pictures."""

    # The wire calls it Exercise.
    pictures: Pictures
    """Its pictures."""


class PictureQuery(BaseModel, frozen=True, use_attribute_docstrings=True):
    """Which picture of an exercise to draw."""

    view: View = "both"
    """`both`: start and end side by side, with captions; `start` or `end`: one of them without, for
    thumbnails; `motion`: it moves at the exercise's tempo."""
    theme: Theme = "auto"
    """Colours: `light`, `dark`, or `auto` for those that the reader's system prefers."""


class ExerciseList(BaseModel):
    """Exercises in the order of their ladders, from easy to hard."""

    items: list[IllustratedExercise]
    """The exercises."""
