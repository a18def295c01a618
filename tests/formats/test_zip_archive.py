"""A ZIP gives out its one file, and nothing that is too large, hidden, damaged or elsewhere."""

import io
import struct
import warnings
import zipfile

import pytest

from app.formats import zip_archive
from app.formats.imported_file import FileLimitExceeded, FileUnreadable

MOST = 1024 * 1024
TEXT = b"start_time,exercise_title\n" * 10


def pack(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of files by name."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as made:
        # Two members of one name are what a test wants to see, not a mistake.
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            made.writestr(name, content)
    return file.getvalue()


def patch(data: bytes, in_file: int, in_directory: int, value: bytes) -> bytes:
    """A ZIP of one file with a field of both its headers overwritten."""
    changed = bytearray(data)
    start = data.index(zip_archive.ENTRY_SIGNATURE)
    changed[in_file : in_file + len(value)] = value
    changed[start + in_directory : start + in_directory + len(value)] = value
    return bytes(changed)


def refusal(data: bytes, most: int = MOST) -> str:
    with pytest.raises((FileUnreadable, FileLimitExceeded)) as refused:
        zip_archive.extract_file(data, most)
    return f"{type(refused.value).__name__}: {refused.value}"


class TestOpenMember:
    @pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
    def test_gives_out_the_one_file(self, method: int) -> None:
        assert zip_archive.extract_file(pack(("a/b.csv", TEXT), method=method), MOST) == TEXT

    def test_looks_past_folders_and_what_macos_adds(self) -> None:
        data = pack(("a/", b""), ("a/b.csv", TEXT), ("__MACOSX/a/._b.csv", b"\0"))
        assert zip_archive.extract_file(data, MOST) == TEXT

    def test_gives_out_as_much_as_was_allowed_and_no_more(self) -> None:
        data = pack(("a", bytes(range(256)) * 8), method=zipfile.ZIP_STORED)
        assert len(zip_archive.extract_file(data, 2048)) == 2048
        assert refusal(data, 2047).startswith(
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
    def test_refuses_any_other_number(self, members: list[tuple[str, bytes]], count: int) -> None:
        expected = f"FileUnreadable: The ZIP holds {count} files: send one with a single file."
        assert refusal(pack(*members)) == expected

    @pytest.mark.parametrize(
        "name", ["../a.csv", "a/../../b", "/etc/a", "\\a", "C:\\a", "..\\a", "a\\..\\b", ".."]
    )
    def test_refuses_names_that_lead_outside(self, name: str) -> None:
        assert (
            refusal(pack((name, TEXT)))
            == "FileUnreadable: The ZIP holds a path that leads outside of the ZIP."
        )

    def test_refuses_a_name_that_leads_outside_beside_a_good_one(self) -> None:
        assert "outside" in refusal(pack(("../", b""), ("a.csv", TEXT)))

    def test_refuses_what_is_blown_up_from_nothing(self) -> None:
        assert refusal(pack(("a", bytes(MOST)))).startswith(
            "FileLimitExceeded: The file in the ZIP is more than 100 times larger than its"
        )

    def test_refuses_a_bomb_before_it_is_opened(self) -> None:
        assert "larger than 1 MiB" in refusal(pack(("a", bytes(50 * MOST))))

    def test_is_not_deceived_by_a_small_size_that_is_declared(self) -> None:
        data = pack(("a", bytes(50 * MOST)))
        assert "damaged" in refusal(patch(data, 22, 24, struct.pack("<I", 100)))

    def test_is_not_deceived_by_a_large_size_that_is_declared(self) -> None:
        data = pack(("a", TEXT))
        assert "times larger" in refusal(patch(data, 22, 24, struct.pack("<I", MOST)))

    def test_refuses_what_is_encrypted(self) -> None:
        data = patch(pack(("a", TEXT)), 6, 8, struct.pack("<H", 1))
        assert "is encrypted" in refusal(data)

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_refuses_rare_ways_of_packing(self, method: int) -> None:
        assert "compression of the ZIP is not supported" in refusal(
            pack(("a", TEXT), method=method)
        )

    def test_counts_the_files_of_a_swarm_before_it_is_listed(self) -> None:
        swarm = pack(*((str(number), b"") for number in range(101)))
        assert refusal(swarm).startswith("FileLimitExceeded: The ZIP holds more than 100 files")

    def test_refuses_a_name_that_is_no_text(self) -> None:
        data = pack(("ü", TEXT)).replace("ü".encode(), b"\xff\xff")
        assert "damaged" in refusal(data)

    def test_refuses_whatever_is_cut_off(self) -> None:
        data = pack(("a.csv", TEXT))
        for length in range(len(data)):
            assert "FileUnreadable" in refusal(data[:length])

    def test_says_what_is_wrong_whichever_byte_is(self) -> None:
        data = pack(("a.csv", TEXT))
        outcomes = []
        for place in range(len(data)):
            changed = bytearray(data)
            changed[place] ^= 0xFF
            try:
                outcomes.append(zip_archive.extract_file(bytes(changed), MOST) == TEXT)
            except (FileUnreadable, FileLimitExceeded) as refused:
                outcomes.append(str(refused).startswith("The "))
        # A file that is given out is the right one: its checksum sees to that.
        assert all(outcomes)
