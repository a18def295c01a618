"""openapi.yaml as a reader meets it: its operations, the requests that their examples make, and
whether a value fits a schema of it. Knows nothing of the app.
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
        """Every answer by its status, references followed."""
        return {int(status): resolve(one) for status, one in self.entry["responses"].items()}

    @property
    def success(self) -> int:
        """What a first call is answered with; a repeated one may say less."""
        return max(status for status in self.responses if status < 300)

    @property
    def problems(self) -> dict[int, set[str]]:
        """The slugs of every problem by its status."""
        return {
            status: set(PROBLEM_LINK.findall(response["description"]))
            for status, response in self.responses.items()
            if status >= 400
        }

    @property
    def bodies(self) -> list[Any]:
        """The examples of its body; one None where it takes no body."""
        if "requestBody" not in self.entry:
            return [None]
        content = self.entry["requestBody"]["content"]
        if "application/json" not in content:
            return [content["application/octet-stream"]["example"]]
        return list(resolve(content["application/json"]["schema"])["examples"])

    def request(self, body: Any = None, **changes: Any) -> Json:
        """The request that its examples make, with changes to named parameters, as httpx's
        Client.request() takes it.
        """
        values = {p["name"]: p["example"] for p in self.parameters if "example" in p} | changes
        of: dict[str, Json] = {"path": {}, "query": {}, "header": {}}
        for parameter in self.parameters:
            if (name := parameter["name"]) in values:
                of[parameter["in"]][name] = values[name]
        return {
            "method": self.method,
            "url": self.path.format_map(of["path"]),
            "params": of["query"],
            "headers": of["header"],
            # A file is text, and goes as it is.
            **({"content": body} if isinstance(body, str) else {"json": body}),
        }


def resolve(node: Json) -> Json:
    """A part of the document, or what it refers to."""
    if "$ref" not in node:
        return node
    found: Any = DOCUMENT
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return resolve(found)


def walk() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, entry in methods.items():
            yield Operation(method.upper(), path, entry)


OPERATIONS = list(walk())


def misfits(value: Any, schema: Json) -> list[str]:
    """What is wrong with a value by a schema of the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
