"""Reads part 6 of docs/science.md: specs and weeks of plans, and the tables of the other cases."""

import datetime
import json
import re
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.training.planning.spec import HeelRiseTest, Pause, Race, SpecFields

FILE = Path(__file__).parents[2] / "docs" / "science.md"


class PlannedExample(NamedTuple):
    """A plan: the fields of its spec, its days, and the cells of each week."""

    sent: dict[str, Any]
    """The spec as a client sends it."""
    fields: SpecFields
    days: str
    weeks: tuple[list[str], ...]


def _read_parts() -> dict[str, str]:
    """Return the text below each heading. It is compared with `x` for a multiplication sign."""
    text = FILE.read_text(encoding="utf-8").replace("\N{MULTIPLICATION SIGN}", "x")
    parts = (part.split("\n", 1) for part in text.split("\n## ")[1:])
    return {title.strip(): body for title, body in parts}


def _read_rows(body: str, first: str) -> list[list[str]]:
    """Return the cells of the rows whose first cell matches an expression."""
    rows = [line.strip("|").split(" | ") for line in body.splitlines() if line.startswith("| ")]
    stripped = [[cell.strip(" |") for cell in row] for row in rows]
    return [row for row in stripped if re.fullmatch(first, row[0])]


def read_fields(text: str) -> SpecFields:
    """Return the fields of a spec that are written as JSON."""
    fields: dict[str, Any] = json.loads(text)
    for name in {"start_date", "race_date"} & fields.keys():
        fields[name] = datetime.date.fromisoformat(fields[name])
    if test := fields.get("heel_rise_test"):
        fields["heel_rise_test"] = HeelRiseTest(**test)
    if races := fields.get("races"):
        fields["races"] = [Race(_read_date(race["date"]), race["taper"]) for race in races]
    if pauses := fields.get("pauses"):
        fields["pauses"] = [Pause(_read_date(one["from"]), _read_date(one["to"])) for one in pauses]
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return cast(SpecFields, fields | lists)


def _read_date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _read_plan(body: str) -> PlannedExample:
    found = re.search(r"Spec\s`(\{.*?\})`\.\sDays\s([\w\s]+)\.", body, re.DOTALL)
    assert found
    weeks = tuple(row[1:] for row in _read_rows(body, r"\d+"))
    sent = json.loads(found[1])
    return PlannedExample(sent, read_fields(found[1]), " ".join(found[2].split()), weeks)


_PARTS = _read_parts()
PLANS = {name: _read_plan(body) for name, body in _PARTS.items() if re.fullmatch(r"P\d+", name)}
ADAPTATIONS = {row[0]: row[3:] for row in _read_rows(_PARTS["Adaptation"], r"A\d+")}
"""The cells of the week after a history, by the number of the case."""
CONTINUATIONS = {
    row[0]: (row[3].strip("`"), row[4]) for row in _read_rows(_PARTS["Continue"], r"C\d+")
}
"""The changes as JSON, and the first two weeks of the successor."""
NEXT_SESSIONS = {row[0]: (row[2], row[3]) for row in _read_rows(_PARTS["Within the week"], r"N\d+")}
"""The date, and the next session then."""
