"""Detects the format of an uploaded file from its bytes, and calls the reader of that format.

The name and the media type of the file are ignored. app/sessions/imports.py calls `read` through
the file worker. Formats: FIT, Pushoff CSV, Hevy CSV, Strong CSV, or a ZIP with one of these.
"""

from collections.abc import Callable, Mapping

from app.formats import uploaded_zip
from app.formats.csv import hevy, pushoff_csv, row_reader, strong
from app.formats.fit import activity
from app.formats.imported_file import FileLimitExceeded, FileUnreadable, ImportContext, ImportedFile

_Reader = Callable[[bytes, ImportContext], ImportedFile]

_SUPPORTED = (
    "Supported: a FIT activity, a CSV file of Pushoff, Hevy or Strong (with English column names),"
    " or a ZIP with one of these."
)
# A FIT header has this mark after its size, version and length.
_FIT_MARK, _FIT_MARK_BYTES = b".FIT", slice(8, 12)
# The first reader whose columns are all present is used.
_CSV_READERS: Mapping[frozenset[str], _Reader] = {
    hevy.NEEDED: hevy.read,
    strong.NEEDED: strong.read,
    pushoff_csv.NEEDED: pushoff_csv.read,
}


def read(data: bytes, context: ImportContext) -> ImportedFile:
    """Read a file of any supported format. Raises FileUnreadable and FileLimitExceeded."""
    if len(data) > row_reader.MAX_BYTES:
        megabytes = row_reader.MAX_BYTES // 2**20
        raise FileLimitExceeded(f"The file is larger than {megabytes} MiB: send it in parts.")
    if data.startswith(uploaded_zip.SIGNATURES):
        data = uploaded_zip.extract_file(data, row_reader.MAX_BYTES)
        if data.startswith(uploaded_zip.SIGNATURES):
            raise FileUnreadable("The ZIP holds another ZIP: send one with the file itself.")
    return _find_reader(data)(data, context)


def _find_reader(data: bytes) -> _Reader:
    if not data:
        raise FileUnreadable(f"The file is empty. {_SUPPORTED}")
    if data[_FIT_MARK_BYTES] == _FIT_MARK:
        return activity.read
    try:
        columns = set(row_reader.read_header(data))
    except FileUnreadable as unreadable:
        raise FileUnreadable(f"{unreadable} {_SUPPORTED}") from None
    reader = next((reader for needed, reader in _CSV_READERS.items() if needed <= columns), None)
    if reader is None:
        raise FileUnreadable(f"The columns match no supported format. {_SUPPORTED}")
    return reader
