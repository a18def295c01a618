"""Reads the code blocks of a guide, and runs them in order, as a reader would.

The shell blocks of a guide are one program, and so are its Python blocks. What a block prints is
kept apart from what the others print. Called by `test_guides`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import PUSHOFF, RunningServer, environment

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ADDRESS, _KEY = "http://127.0.0.1:8000", "push_…"
# Printed after each block; no block prints it.
_END = "\x1e"
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Block:
    """A program of a guide, and the block below it, which shows what it prints."""

    language: str
    code: str
    shown_as: str = ""
    """`json`, `text`, or nothing if the guide shows no output."""
    shown: str = ""


def read_blocks(text: str) -> list[Block]:
    """Return the programs of a guide. Fails for a block that is neither one nor its output."""
    blocks: list[Block] = []
    for language, code in _BLOCK.findall(text):
        if language in ("sh", "python"):
            blocks.append(Block(language, code))
        else:
            assert language in ("json", "text"), f"{language!r} is not run"
            above = blocks.pop()
            assert above.shown_as == "", "a program has one output"
            blocks.append(Block(above.language, above.code, language, code))
    return blocks


def run_blocks(blocks: Sequence[Block], server: RunningServer, key: str) -> Iterator[str]:
    """Yield what each block prints. The blocks are of one language and run in one process."""
    language = blocks[0].language
    separator = "\nprintf '\\x1e'\n" if language == "sh" else f"\nprint({_END!r}, end='')\n"
    program = "".join(block.code + separator for block in blocks)
    program = program.replace(_ADDRESS, server.address).replace(_KEY, key)
    interpreter = ["bash", "-euo", "pipefail"] if language == "sh" else [sys.executable]
    variables = environment(database_url="sqlite:///pushoff.db")
    variables["PATH"] += f":{Path(PUSHOFF).parent}"
    done = subprocess.run(
        [*interpreter, "-c", program],
        cwd=server.log.parent,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    yield from done.stdout.split(_END)[:-1]


def find_difference(block: Block, printed: str) -> str:
    """Return how the output differs from what the guide shows; nothing if it does not."""
    if block.shown_as == "json":
        shown, answered = json.loads(block.shown), json.loads(printed)
        return "" if is_excerpt(shown, answered) else f"{printed} is not\n{block.shown}"
    if block.shown_as == "text":
        return "" if printed == block.shown else f"{printed} is not\n{block.shown}"
    is_problem = '"type":"/problems/' in printed
    return f"an error that is not shown: {printed}" if is_problem else ""


def is_excerpt(shown: Any, answered: Any) -> bool:
    """Return whether the answer contains what is shown, which may lack fields and list items."""
    if isinstance(shown, dict):
        return isinstance(answered, dict) and all(
            name in answered and is_excerpt(value, answered[name]) for name, value in shown.items()
        )
    if isinstance(shown, list) and shown:
        return len(shown) <= len(answered) and all(map(is_excerpt, shown, answered))
    return bool(shown == answered)
