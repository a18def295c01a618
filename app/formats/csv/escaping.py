"""Texts in the cells of our own CSV: safe to open in a spreadsheet, and exact when read back.

Hands cells to table and texts to entries. An apostrophe before what could be a formula is what
spreadsheets themselves use to mean text; here it also tells an empty text from none.
"""

import json

APOSTROPHE = "'"
# What makes spreadsheets calculate, in the wide forms of East Asian keyboards as well, and the
# apostrophe itself, or it could not be told from one of ours.
RISKY = tuple("=+-@\t\r\n＝＋－＠" + APOSTROPHE)  # noqa: RUF001 - the wide forms are meant
SEPARATOR = ";"


def guard(text: str | None) -> str:
    """A text as a cell that no spreadsheet runs; "" for none."""
    if text is None:
        return ""
    return text if text and not text.startswith(RISKY) else APOSTROPHE + text


def unguard(cell: str) -> str | None:
    """The text that guard() was given. An apostrophe that guards nothing belongs to the text."""
    if not cell:
        return None
    rest = cell[1:]
    guarded = cell[0] == APOSTROPHE and (not rest or rest.startswith(RISKY))
    return rest if guarded else cell


def join(words: tuple[str, ...]) -> str | None:
    """Several words as one text, with semicolons where that is clear, or else as JSON."""
    if not words:
        return None
    plain = SEPARATOR.join(words)
    return plain if split(plain) == words else json.dumps(words, ensure_ascii=False)


def split(text: str | None) -> tuple[str, ...]:
    """The words that join() was given, or that somebody listed with semicolons."""
    if not text:
        return ()
    words = read_list(text) if text.startswith("[") else None
    if words is None:
        words = [word.strip() for word in text.split(SEPARATOR)]
    return tuple(word for word in words if word)


def read_list(text: str) -> list[str] | None:
    """A JSON list of words; None for anything else."""
    try:
        words = json.loads(text)
        # What JSON may escape and no database stores: NUL, and half of a surrogate pair.
        plain = all(isinstance(word, str) and "\0" not in word for word in words)
        "".join(words if plain else ()).encode()
    except (ValueError, TypeError, RecursionError):
        return None
    return list(words) if plain and isinstance(words, list) else None
