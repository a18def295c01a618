"""The one file inside of a ZIP, which is how watches' portals hand out recordings.

Hands its bytes to upload. Nothing is ever unpacked to a disk, and nothing grows beyond what was
allowed: sizes are checked as they are declared and again as they turn out.
"""

import io
import re
import zipfile
import zlib

from app.formats.imported_file import FileLimitExceeded, FileUnreadable

MAGIC = b"PK\x03\x04"
EMPTY = b"PK\x05\x06"
# Before a directory is read, its entries are counted by what each begins with, so that a hundred
# thousand empty files cost nothing.
ENTRY = b"PK\x01\x02"
MOST_ENTRIES = 100
HIGHEST_RATIO = 100
ENCRYPTED = 0x1 | 0x40
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What macOS adds beside each file.
SHADOW = "__MACOSX/"
# Everything that zipfile raises on damage, which its documentation does not list.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def open_member(data: bytes, most: int) -> bytes:
    """What the one file in a ZIP holds, at most `most` bytes. Raises Unreadable and TooMuch."""
    if data.count(ENTRY) > MOST_ENTRIES:
        raise FileLimitExceeded(
            f"The ZIP holds more than {MOST_ENTRIES} files: send one with a single file."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = choose(archive)
            check(member, most)
            with archive.open(member) as file:
                content = file.read(most + 1)
                whole = not file.read(1)
    except (FileUnreadable, FileLimitExceeded):
        raise
    except DAMAGE:
        raise FileUnreadable("The ZIP is damaged: send it again, or the file itself.") from None
    check_size(len(content), member.compress_size, most)
    if not whole:
        raise FileLimitExceeded(too_large(most))
    return content


def choose(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file in the ZIP. Raises Unreadable if it is not one, or in an odd place."""
    members = archive.infolist()
    if any(is_outside(member.filename) for member in members):
        raise FileUnreadable("The ZIP names a file outside of itself.")
    files = [m for m in members if not m.is_dir() and not m.filename.startswith(SHADOW)]
    if len(files) != 1:
        raise FileUnreadable(f"The ZIP holds {len(files)} files: send one with a single file.")
    return files[0]


def is_outside(name: str) -> bool:
    """Whether a name would lead out of the folder that it is unpacked to."""
    parts = re.split(r"[/\\]", name)
    return ".." in parts or not parts[0] or ":" in parts[0]


def check(member: zipfile.ZipInfo, most: int) -> None:
    """That a file can be read, by what the ZIP says of it. Raises Unreadable and TooMuch."""
    if member.flag_bits & ENCRYPTED:
        raise FileUnreadable("The file in the ZIP is encrypted: send it without a password.")
    if member.compress_type not in METHODS:
        raise FileUnreadable(
            "The file in the ZIP is packed in a rare way: use plain ZIP (Deflate)."
        )
    check_size(member.file_size, member.compress_size, most)


def check_size(size: int, packed: int, most: int) -> None:
    """That a file is not too large, and not blown up from next to nothing. Raises TooMuch."""
    if size > most:
        raise FileLimitExceeded(too_large(most))
    if size > HIGHEST_RATIO * packed:
        raise FileLimitExceeded(
            f"The file in the ZIP is more than {HIGHEST_RATIO} times larger than packed:"
            " send the file itself."
        )


def too_large(most: int) -> str:
    """The sentence on a file that is too large."""
    return f"The file in the ZIP is larger than {most / 2**20:g} MiB: send it in parts."
