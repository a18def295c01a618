"""The single file in a ZIP, the form in which the portals of watches deliver recordings.

detection passes the bytes of an upload and gets the bytes of the file in it. Nothing is written to
disk, and nothing grows beyond the allowed size: sizes are checked as declared and again as read.
"""

import io
import re
import zipfile
import zlib

from app.formats.imported_file import FileLimitExceeded, FileUnreadable

# A ZIP begins with the header of its first file or, if it is empty, with the end of its directory.
SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
# Entries are counted by their signature before the directory is parsed, so that a hundred thousand
# empty files cost nothing.
ENTRY_SIGNATURE = b"PK\x01\x02"
_MAX_ENTRIES = 100
_MAX_RATIO = 100
_ENCRYPTED_FLAGS = 0x1 | 0x40
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# macOS adds a hidden file in this folder for each file.
_MACOS_FOLDER = "__MACOSX/"
# Everything that zipfile raises for a damaged file; its documentation does not list these.
_DAMAGE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def extract_file(data: bytes, max_bytes: int) -> bytes:
    """Return the content of the single file in a ZIP.

    Raises FileLimitExceeded if it is larger than `max_bytes`, has too many entries or is compressed
    too strongly, and FileUnreadable if the ZIP is damaged or does not hold exactly one plain file.
    """
    if data.count(ENTRY_SIGNATURE) > _MAX_ENTRIES:
        number = f"more than {_MAX_ENTRIES} files"
        raise FileLimitExceeded(f"The ZIP holds {number}: send one with a single file.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = _find_single_file(archive)
            _check_member(member, max_bytes)
            with archive.open(member) as file:
                content = file.read(max_bytes + 1)
    except (FileUnreadable, FileLimitExceeded):
        raise
    except _DAMAGE_ERRORS:
        raise FileUnreadable("The ZIP is damaged: send it again, or the file itself.") from None
    _check_size(len(content), member.compress_size, max_bytes)
    return content


def _find_single_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if any(_leads_outside(member.filename) for member in members):
        raise FileUnreadable("The ZIP holds a path that leads outside of the ZIP.")
    files = [m for m in members if not m.is_dir() and not m.filename.startswith(_MACOS_FOLDER)]
    if len(files) != 1:
        raise FileUnreadable(f"The ZIP holds {len(files)} files: send one with a single file.")
    return files[0]


def _leads_outside(name: str) -> bool:
    """Whether a name is absolute or leads out of the folder that it is unpacked to."""
    parts = re.split(r"[/\\]", name)
    return ".." in parts or not parts[0] or ":" in parts[0]


def _check_member(member: zipfile.ZipInfo, max_bytes: int) -> None:
    if member.flag_bits & _ENCRYPTED_FLAGS:
        raise FileUnreadable("The file in the ZIP is encrypted: send it without a password.")
    if member.compress_type not in _METHODS:
        raise FileUnreadable("The compression of the ZIP is not supported: use Deflate.")
    _check_size(member.file_size, member.compress_size, max_bytes)


def _check_size(size: int, compressed_size: int, max_bytes: int) -> None:
    if size > max_bytes:
        limit = f"{max_bytes / 2**20:g} MiB"
        raise FileLimitExceeded(f"The file in the ZIP is larger than {limit}: send it in parts.")
    if size > _MAX_RATIO * compressed_size:
        raise FileLimitExceeded(
            f"The file in the ZIP is more than {_MAX_RATIO} times larger than its compressed form:"
            " send the file itself."
        )
