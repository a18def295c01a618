"""An external load in the unit that it was prescribed or logged in."""

from dataclasses import dataclass

from app.training.planning.plan_constants import LoadUnit

KG_PER_LB = 0.45359237


@dataclass(frozen=True, slots=True)
class Load:
    """An external load."""

    value: float
    """The load, with up to four decimals."""
    unit: LoadUnit
    """Unit of the load: kilograms or pounds."""

    @property
    def kg(self) -> float:
        """The load in kilograms, to a tenth of a gram."""
        return self.value if self.unit == "kg" else round(self.value * KG_PER_LB, 4)
