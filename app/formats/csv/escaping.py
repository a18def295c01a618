"""Escapes texts for the cells of the Pushoff CSV, so that no spreadsheet runs one as a formula.

pushoff_csv escapes what it writes; pushoff_csv and row_values unescape what they read, and get the
exact text back. The escape is an apostrophe in front, which spreadsheets use themselves to mark
text. An apostrophe alone is the empty text; an empty cell is None.
"""

import json

_APOSTROPHE = "'"
# Characters that make spreadsheets calculate, also in the wide forms of East Asian keyboards, and
# the apostrophe, because a text that begins with one could not be told from an escaped text.
_RISKY = tuple("=+-@\t\r\n＝＋－＠" + _APOSTROPHE)  # noqa: RUF001 - the wide forms are meant
_SEPARATOR = ";"


def escape(text: str) -> str:
    """Return the cell for a text."""
    return text if text and not text.startswith(_RISKY) else _APOSTROPHE + text


def unescape(cell: str) -> str | None:
    """Return the text of an escaped cell. An apostrophe that escapes nothing belongs to it."""
    if not cell:
        return None
    rest = cell[1:]
    escaped = cell[0] == _APOSTROPHE and (not rest or rest.startswith(_RISKY))
    return rest if escaped else cell


def join_words(words: tuple[str, ...]) -> str:
    """Return words as one text: separated by semicolons if that is unambiguous, else as JSON."""
    plain = _SEPARATOR.join(words)
    return plain if split_words(plain) == words else json.dumps(words, ensure_ascii=False)


def split_words(text: str | None) -> tuple[str, ...]:
    """Return the words of a text from `join_words`, or of a list with semicolons typed by hand."""
    if not text:
        return ()
    words = _parse_json_list(text) if text.startswith("[") else None
    if words is None:
        words = [word.strip() for word in text.split(_SEPARATOR)]
    return tuple(word for word in words if word)


def _parse_json_list(text: str) -> list[str] | None:
    try:
        words = json.loads(text)
        # JSON can escape NUL and half of a surrogate pair, which no database stores.
        plain = all(isinstance(word, str) and "\0" not in word for word in words)
        "".join(words if plain else ()).encode()
    except (ValueError, TypeError, RecursionError):
        return None
    return list(words) if plain and isinstance(words, list) else None
