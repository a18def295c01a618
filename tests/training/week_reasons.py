"""The reason for each track of a week, in track order: of values, and of their JSON."""

from typing import Any

from app.training.catalog.reasons import Reason
from app.training.catalog.track_definitions import Track
from app.training.planning.week import Week


def list_reasons(week: Week) -> dict[Track, Reason]:
    """Return the reason for each track of a week."""
    return {track: week.find_reason(track) for track in week.effective_volume}


def list_sent_reasons(week: dict[str, Any]) -> dict[str, Any]:
    """Return the reason for each track of a week, as a client reads them from JSON."""
    others = week.get("other_reasons", {})
    return {track: others.get(track, week["reason"]) for track in week["effective_volume"]}
