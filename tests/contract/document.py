"""Reads openapi.yaml: its operations, the requests that its examples make, and its schemas.

The contract tests import it. It does not import the app.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

FILE = Path(__file__).parents[2] / "openapi.yaml"
PROBLEM_LINK = re.compile(r"\[[^]]+\]\(/problems/([a-z-]+)\)")

Json = dict[str, Any]
DOCUMENT: Json = yaml.safe_load(FILE.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    entry: Json

    @property
    def id(self) -> str:
        return str(self.entry["operationId"])

    @property
    def needs_key(self) -> bool:
        return "security" in self.entry

    @property
    def parameters(self) -> list[Json]:
        return list(self.entry.get("parameters", ()))

    @property
    def responses(self) -> dict[int, Json]:
        """The responses by status, with references resolved."""
        return {int(status): resolve(one) for status, one in self.entry["responses"].items()}

    @property
    def success(self) -> int:
        """The status of a first call. A repeated call may have a lower one."""
        return max(status for status in self.responses if status < 300)

    @property
    def problems(self) -> dict[int, set[str]]:
        """The slugs of the problems by status."""
        return {
            status: set(PROBLEM_LINK.findall(response["description"]))
            for status, response in self.responses.items()
            if status >= 400
        }

    @property
    def bodies(self) -> list[Any]:
        """The examples of the body; one None if there is no body."""
        if "requestBody" not in self.entry:
            return [None]
        content = self.entry["requestBody"]["content"]
        if "application/json" not in content:
            return [content["application/octet-stream"]["example"]]
        return list(resolve(content["application/json"]["schema"])["examples"])

    def request(self, body: Any = None, **changes: Any) -> Json:
        """Return the arguments of httpx's Client.request() for the examples of the parameters.

        `changes` replaces parameters by name.
        """
        values = {p["name"]: p["example"] for p in self.parameters if "example" in p} | changes
        by_place: dict[str, Json] = {"path": {}, "query": {}, "header": {}}
        for parameter in self.parameters:
            if (name := parameter["name"]) in values:
                by_place[parameter["in"]][name] = values[name]
        return {
            "method": self.method,
            "url": self.path.format_map(by_place["path"]),
            "params": by_place["query"],
            "headers": by_place["header"],
            # The example of a file is text and is sent unchanged.
            **({"content": body} if isinstance(body, str) else {"json": body}),
        }


def resolve(node: Json) -> Json:
    """Return a part of the document, after following its reference."""
    if "$ref" not in node:
        return node
    found: Any = DOCUMENT
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return resolve(found)


def _list_operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, entry in methods.items():
            yield Operation(method.upper(), path, entry)


OPERATIONS = list(_list_operations())


def find_schema_errors(value: Any, schema: Json) -> list[str]:
    """Return one line for each error of a value under a schema of the document."""
    complete = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(complete, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
