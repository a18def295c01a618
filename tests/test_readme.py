"""The README's examples and the pages of settings and operations agree with the code."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings
from app.training.catalog.exercises import EXERCISES, LADDERS
from tests.client import caller, make_key

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def is_excerpt(shown: Any, answered: Any) -> bool:
    """Return whether the answer contains what is shown, which may lack fields and list items."""
    if isinstance(shown, dict):
        return isinstance(answered, dict) and all(
            name in answered and is_excerpt(value, answered[name]) for name, value in shown.items()
        )
    if isinstance(shown, list) and shown and isinstance(shown[0], dict):
        return all(is_excerpt(one, other) for one, other in zip(shown, answered, strict=False))
    return bool(shown == answered)


class TestReadme:
    def test_shows_a_request_and_its_response_by_line_25(self) -> None:
        top = "\n".join(README.splitlines()[:25])
        assert "make run" in top
        assert "curl" in top
        assert "```json" in top

    async def test_shows_an_excerpt_of_the_real_response(self) -> None:
        sent = re.search(r"curl \S+/programs .* -d '([^']*)'", README)
        shown = re.search(r"```json\n(.*?)```", README, re.DOTALL)
        assert sent is not None
        assert shown is not None
        transport = httpx.ASGITransport(app=create_app(Settings(access_log=False)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.post("/programs", json=json.loads(sent[1]))
        assert is_excerpt(json.loads(shown[1]), answer.json())

    def test_counts_the_exercises(self) -> None:
        on_ladders = sum(len(ladder) for ladder in LADDERS.values())
        others = len(EXERCISES) - on_ladders
        assert f"{on_ladders} exercises on six ladders and {others} beside them" in README
        assert len(LADDERS) == 6

    async def test_stores_its_session_without_data_notes(self, sqlite_app: FastAPI) -> None:
        sent = re.search(r"curl -X PUT \S+(/sessions/\S+) .*? -d '(\{.*?\})'", README, re.DOTALL)
        assert sent is not None
        async with caller(sqlite_app, await make_key(sqlite_app)) as client:
            answer = await client.put(sent[1], json=json.loads(sent[2]))
        assert answer.status_code == 201
        assert answer.json()["data_notes"] == []


class TestIsExcerpt:
    @pytest.mark.parametrize(
        ("shown", "answered"),
        [({"a": 1}, {"a": 2}), ({"b": 1}, {"a": 1}), ([{"a": 1}], [{"a": 2}]), ([1], [2])],
    )
    def test_finds_a_difference(self, shown: Any, answered: Any) -> None:
        assert not is_excerpt(shown, answered)


class TestSettingsPage:
    @pytest.mark.parametrize("name", Settings.model_fields)
    def test_names_every_setting_with_its_default(self, name: str) -> None:
        page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
        row = re.search(rf"^\| `PUSHOFF_{name.upper()}` \| (.*?) \|", page, re.MULTILINE)
        assert row is not None
        default = Settings.model_fields[name].get_default()
        shown = getattr(default, "get_secret_value", lambda: default)()
        if isinstance(shown, bool):
            shown = str(shown).lower()
        assert row[1] == ("none" if shown in (None, ()) else f"`{shown}`")

    def test_names_no_unknown_setting(self) -> None:
        page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
        named = {name.lower() for name in re.findall(r"`PUSHOFF_([A-Z0-9_]+)`", page)}
        assert named == set(Settings.model_fields)


class TestOperationsPage:
    def test_names_every_command(self) -> None:
        page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
        for command in ("serve", "migrate", "keys create", "keys list", "keys revoke", "openapi"):
            assert f"`pushoff {command}" in page
