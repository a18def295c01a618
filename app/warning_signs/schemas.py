"""The list of warning signs on the wire. A sign is a value of the catalogue."""

from pydantic import BaseModel

from app.training.catalog.warning_signs import WarningSign


class WarningSignList(BaseModel):
    """The signs to ask for before a programme."""

    items: list[WarningSign]
    """The signs, the urgent ones first. Any other code in `red_flags` blocks as well."""
