"""The words that a guide may use in code: everything that exists on the wire and around it.

Called by `test_guides`. It knows the OpenAPI document, the catalogue, the settings and the command
line, so a guide cannot name a field, a path, a header or a code that does not exist.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi.routing import iter_route_contexts

from app import cli
from app.keys.auth import SCOPES
from app.main import create_app
from app.settings import Settings
from app.training.catalog.exercises import EXERCISES
from app.training.catalog.reasons import list_reasons, load_evidence
from app.training.catalog.warning_signs import WARNING_SIGNS
from app.web.http import problems

# What is not ours, and programs that the guides ask for.
_FOREIGN = {"make run", "curl", "httpx", "cp", "postgresql://", "X-Forwarded-For"}
_REQUEST_HEADERS = {"Accept", "Authorization", "Content-Type"}
_METHOD = re.compile(r"(?:GET|POST|PUT|DELETE) (/\S*)")
_HEADER = re.compile(r"-H '([\w-]+):|headers=\{\"([\w-]+)\"")
_CODE = re.compile(r"`([^`\n]+)`")


def find_unknown_words(text: str) -> list[str]:
    """Return the inline code of a guide, and the headers of its programs, that do not exist."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    words = _CODE.findall(prose) + ["".join(found) for found in _HEADER.findall(text)]
    return [word for word in words if not _exists(word)]


def _exists(word: str) -> bool:
    if found := _METHOD.fullmatch(word):
        return _is_served(found[1])
    if word.startswith("/"):
        return _is_served(word) or word.removeprefix("/problems/") in problems.by_slug()
    if word.startswith("pushoff "):
        return _is_command(word)
    if word.startswith("http://127.0.0.1:8000"):
        return True
    # A parameter with a value, such as `view=motion`.
    name, _, value = word.partition("=")
    return name in _list_words() and (not value or value in _list_words())


def _is_served(path: str) -> bool:
    return path in _list_paths()


@cache
def _list_paths() -> set[str]:
    return {str(route.path_format) for route in iter_route_contexts(create_app().routes)}


def _is_command(line: str) -> bool:
    """Return whether the command line accepts a command."""
    try:
        cli._build_parser().parse_args(line.split()[1:])
    except SystemExit:
        return False
    return True


@cache
def _list_words() -> set[str]:
    words = {
        *_FOREIGN,
        *_REQUEST_HEADERS,
        *SCOPES,
        *EXERCISES,
        *load_evidence(),
        *problems.by_slug(),
    }
    words |= {rule.code for rule in list_reasons()} | {sign.code for sign in WARNING_SIGNS}
    words |= {f"PUSHOFF_{name.upper()}" for name in Settings.model_fields}
    settings = Settings()
    words |= {"--scope", f"{settings.host}:{settings.port}"}
    words |= {settings.database_url.get_secret_value()}
    # The last part of a path, such as `planned.json`.
    words |= {path.rpartition("/")[2] for path in _list_paths()}
    return words | set(_find_words(create_app().openapi()))


def _find_words(node: Any) -> Iterator[str]:
    """Yield the names of fields, parameters, headers and schemas, and their constant values."""
    if isinstance(node, dict):
        for name, part in node.items():
            if isinstance(part, dict | list):
                yield name
            yield from _find_words(part)
            if name in ("const", "name") and isinstance(part, str):
                yield part
            if name in ("enum", "examples", "description"):
                yield from _find_texts(part)
    elif isinstance(node, list):
        for part in node:
            yield from _find_words(part)


def _find_texts(node: Any) -> Iterator[str]:
    """Yield constant values, and the code in a description."""
    if isinstance(node, str):
        yield from (node, *_CODE.findall(node))
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _find_texts(part)
