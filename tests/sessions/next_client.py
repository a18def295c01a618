"""Sends sessions of the default programme, and reads the next session in the responses."""

from typing import Any

import httpx

from tests.athletes.journal_uploads import find_program_id
from tests.client import Json, a_live_set, a_session, new_id
from tests.training.journal import Journal

DEFAULT = find_program_id(Journal())
TRACKS = ["straight_knee", "bent_knee", "step_up"]


def make_body(**changes: Any) -> Json:
    """Return a session of the default programme."""
    return a_session(**{"session_id": new_id(), "program_id": DEFAULT, **changes})


def list_tracks(following: Json) -> list[str]:
    details = following["exercise_details"]
    return [details[one["slug"]]["track"] for one in following["exercises"]]


def find_reason_codes(following: Json) -> dict[str, str]:
    return {track: reason["code"] for track, reason in following["reasons"].items()}


def count_left(following: Json) -> dict[str, list[int]]:
    """Return the sets that are left of each track, on each side."""
    return {track: [*sides.values()] for track, sides in following["left"].items()}


async def put_set(client: httpx.AsyncClient, session_id: str, **changes: Any) -> Json:
    path = f"/sessions/{session_id}/sets/{new_id()}"
    answer = await client.put(path, json=a_live_set(**changes))
    assert answer.status_code in (200, 201), answer.text
    body: Json = answer.json()
    return body


async def send_batch(client: httpx.AsyncClient, *sent: Json) -> list[Json]:
    """Return the next sessions of a batch's response."""
    answer = await client.post("/sessions/batch", json={"sessions": sent})
    assert answer.status_code == 200, answer.text
    told: list[Json] = answer.json()["next"]
    return told
