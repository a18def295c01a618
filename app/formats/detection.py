"""Whatever somebody uploads, read by what it is and not by what it is called.

Sniffs the bytes and hands them to the reader of their format: FIT, our CSV, Hevy's, Strong's, or
a ZIP with one of them in it.
"""

from collections.abc import Callable, Mapping

from app.formats import zip_archive
from app.formats.csv import hevy, pushoff_csv, row_reader, strong
from app.formats.fit import activity
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportContext, ImportedFile

Reader = Callable[[bytes, ImportContext], ImportedFile]

TAKEN = "a FIT activity, a CSV of ours, of Hevy or of Strong (with English column names), or a ZIP"
TAKEN += " with one of these in it"
ZIP = (zip_archive.MAGIC, zip_archive.EMPTY)
# A FIT header names itself after its size, version and length.
FIT = slice(8, 12), b".FIT"
# In this order, by the columns that only theirs have.
READERS: Mapping[frozenset[str], Reader] = {
    hevy.NEEDED: hevy.read,
    strong.NEEDED: strong.read,
    pushoff_csv.NEEDED: pushoff_csv.read,
}


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """What a file holds. Raises Unreadable and TooMuch, which say what would be right."""
    if len(data) > row_reader.MOST_BYTES:
        raise FileLimitExceeded(
            f"The file is larger than {row_reader.MOST_BYTES // 2**20} MiB: send it in parts."
        )
    if data.startswith(ZIP):
        data = zip_archive.open_member(data, row_reader.MOST_BYTES)
        if data.startswith(ZIP):
            raise FileUnreadable("The ZIP holds another ZIP: send one with the file itself.")
    return choose(data)(data, context)


def choose(data: bytes) -> Reader:
    """The reader for a file. Raises Unreadable if there is none."""
    if not data:
        raise FileUnreadable(f"The file is empty. What can be read: {TAKEN}.")
    place, magic = FIT
    if data[place] == magic:
        return activity.read
    try:
        columns = set(row_reader.read_header(data))
    except FileUnreadable as unreadable:
        raise FileUnreadable(f"{unreadable} What can be read: {TAKEN}.") from None
    reader = next((reader for needed, reader in READERS.items() if needed <= columns), None)
    if reader is None:
        raise FileUnreadable(f"These columns are not known. What can be read: {TAKEN}.")
    return reader
