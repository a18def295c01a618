"""Tests of extracting the single file of a ZIP, and of rejecting bombs and damage."""

import io
import struct
import warnings
import zipfile

import pytest

from app.formats import uploaded_zip
from app.formats.imported_file import FileLimitExceeded, FileUnreadable

MAX_BYTES = 1024 * 1024
TEXT = b"start_time,exercise_title\n" * 10


def pack(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of files by name."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as made:
        # zipfile warns of two members of one name, which a test needs.
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            made.writestr(name, content)
    return file.getvalue()


def patch(data: bytes, in_file: int, in_directory: int, value: bytes) -> bytes:
    """A ZIP of one file with a field of both its headers overwritten."""
    changed = bytearray(data)
    start = data.index(uploaded_zip.ENTRY_SIGNATURE)
    changed[in_file : in_file + len(value)] = value
    changed[start + in_directory : start + in_directory + len(value)] = value
    return bytes(changed)


def extract_error(data: bytes, max_bytes: int = MAX_BYTES) -> str:
    with pytest.raises((FileUnreadable, FileLimitExceeded)) as raised:
        uploaded_zip.extract_file(data, max_bytes)
    return f"{type(raised.value).__name__}: {raised.value}"


class TestExtractFile:
    @pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
    def test_returns_the_single_file(self, method: int) -> None:
        assert uploaded_zip.extract_file(pack(("a/b.csv", TEXT), method=method), MAX_BYTES) == TEXT

    def test_ignores_folders_and_the_files_of_macos(self) -> None:
        data = pack(("a/", b""), ("a/b.csv", TEXT), ("__MACOSX/a/._b.csv", b"\0"))
        assert uploaded_zip.extract_file(data, MAX_BYTES) == TEXT

    def test_rejects_one_byte_more_than_allowed(self) -> None:
        data = pack(("a", bytes(range(256)) * 8), method=zipfile.ZIP_STORED)
        assert len(uploaded_zip.extract_file(data, 2048)) == 2048
        assert extract_error(data, 2047).startswith(
            "FileLimitExceeded: The file in the ZIP is larger than"
        )

    @pytest.mark.parametrize(
        ("members", "count"),
        [
            ([], 0),
            ([("a", b"1"), ("b", b"2")], 2),
            ([("a", b"1"), ("a", b"2")], 2),
            ([("a/", b"")], 0),
        ],
    )
    def test_rejects_any_other_number_of_files(
        self, members: list[tuple[str, bytes]], count: int
    ) -> None:
        expected = f"FileUnreadable: The ZIP holds {count} files: send one with a single file."
        assert extract_error(pack(*members)) == expected

    @pytest.mark.parametrize(
        "name", ["../a.csv", "a/../../b", "/etc/a", "\\a", "C:\\a", "..\\a", "a\\..\\b", ".."]
    )
    def test_rejects_a_name_that_leads_outside(self, name: str) -> None:
        assert (
            extract_error(pack((name, TEXT)))
            == "FileUnreadable: The ZIP holds a path that leads outside of the ZIP."
        )

    def test_rejects_a_folder_that_leads_outside(self) -> None:
        assert "outside" in extract_error(pack(("../", b""), ("a.csv", TEXT)))

    def test_rejects_a_high_compression_ratio(self) -> None:
        assert extract_error(pack(("a", bytes(MAX_BYTES)))).startswith(
            "FileLimitExceeded: The file in the ZIP is more than 100 times larger than its"
            " compressed form"
        )

    def test_rejects_a_bomb_by_its_declared_size(self) -> None:
        assert "larger than 1 MiB" in extract_error(pack(("a", bytes(50 * MAX_BYTES))))

    def test_rejects_a_declared_size_that_is_too_small(self) -> None:
        data = pack(("a", bytes(50 * MAX_BYTES)))
        assert "damaged" in extract_error(patch(data, 22, 24, struct.pack("<I", 100)))

    def test_rejects_a_declared_size_that_is_too_large(self) -> None:
        data = pack(("a", TEXT))
        assert "times larger" in extract_error(patch(data, 22, 24, struct.pack("<I", MAX_BYTES)))

    def test_rejects_an_encrypted_file(self) -> None:
        data = patch(pack(("a", TEXT)), 6, 8, struct.pack("<H", 1))
        assert "is encrypted" in extract_error(data)

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_rejects_other_compression_methods(self, method: int) -> None:
        assert "compression of the ZIP is not supported" in extract_error(
            pack(("a", TEXT), method=method)
        )

    def test_rejects_too_many_files(self) -> None:
        swarm = pack(*((str(number), b"") for number in range(101)))
        assert extract_error(swarm).startswith(
            "FileLimitExceeded: The ZIP holds more than 100 files"
        )

    def test_rejects_a_name_that_is_not_utf_8(self) -> None:
        data = pack(("ü", TEXT)).replace("ü".encode(), b"\xff\xff")
        assert "damaged" in extract_error(data)

    def test_rejects_a_truncated_zip(self) -> None:
        data = pack(("a.csv", TEXT))
        for length in range(len(data)):
            assert "FileUnreadable" in extract_error(data[:length])

    def test_rejects_or_survives_every_changed_byte(self) -> None:
        data = pack(("a.csv", TEXT))
        outcomes = []
        for place in range(len(data)):
            changed = bytearray(data)
            changed[place] ^= 0xFF
            try:
                outcomes.append(uploaded_zip.extract_file(bytes(changed), MAX_BYTES) == TEXT)
            except (FileUnreadable, FileLimitExceeded) as raised:
                outcomes.append(str(raised).startswith("The "))
        # A file that is returned is the right one, because zipfile checks its checksum.
        assert all(outcomes)
