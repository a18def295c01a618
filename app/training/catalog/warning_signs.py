"""The warning signs to ask a person for before a programme, read from `warning_signs.toml`.

Any of them blocks a programme. They are no closed list: the planner blocks on any other code too.
"""

from dataclasses import dataclass

from app.training.catalog import toml_files


@dataclass(frozen=True, slots=True)
class WarningSign:
    """A sign that a professional should look at before someone trains."""

    code: str
    """The code for `red_flags` of a spec or a session."""
    question: str
    """What to ask, in plain words. Yes means that the sign is there."""
    urgent: bool
    """True if help is needed the same day or at once; then say so, and do not wait for an answer to
    the other questions."""


def load() -> tuple[WarningSign, ...]:
    """Return the signs, the urgent ones first."""
    rows = toml_files.read("warning_signs.toml")["sign"]
    return tuple(WarningSign(**row) for row in rows)


WARNING_SIGNS: tuple[WarningSign, ...] = load()
