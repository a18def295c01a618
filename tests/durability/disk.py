"""A disk under SQLite that can lose its power: what was not synced by then is half gone.

Every write goes to a real file and is noted beside it. A sync moves what was noted for its file
onto the platter. At the cut each sector that was written and not synced survives or not, by the
toss of a coin; `platter` is what the machine finds when it starts again.
"""

import random
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class PowerCut(Exception):
    """The machine is off."""


class Disk(apsw.VFS):
    """A file system of the name `power`, whose power lasts for so many writes and syncs."""

    def __init__(self, draw: random.Random, lasting: int) -> None:
        super().__init__("power", base="")
        self.platter: dict[str, bytearray] = {}
        self._draw = draw
        self._lasting = lasting
        self._noted: dict[str, list[tuple[int, bytes | None]]] = {}

    def put(self, file: Path) -> None:
        """Take a file as it is for synced."""
        self.platter[str(file)] = bytearray(file.read_bytes())

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "File":  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return File(self, path or "", flags)

    def use_power(self) -> None:
        """Raise PowerCut once the power is used up."""
        self._lasting -= 1
        if self._lasting < 0:
            raise PowerCut

    def note(self, path: str, offset: int, data: bytes | None) -> None:
        """A write of data, or with none the cut of a file at an offset."""
        self._noted.setdefault(path, []).append((offset, data))

    def sync(self, path: str) -> None:
        for offset, data in self._noted.pop(path, ()):
            self._settle(path, offset, data)

    def cut(self) -> dict[str, bytearray]:
        """The files after the power cut."""
        self._lasting = 0
        for path, notes in self._noted.items():
            for offset, data in notes:
                for start, piece in sectors(offset, data):
                    if self._draw.random() < 0.5:
                        self._settle(path, start, piece)
        return self.platter

    def _settle(self, path: str, offset: int, data: bytes | None) -> None:
        settled = self.platter.setdefault(path, bytearray())
        if data is None:
            del settled[offset:]
            return
        settled.extend(bytes(max(0, offset - len(settled))))
        settled[offset : offset + len(data)] = data


class File(apsw.VFSFile):
    """One open file of a disk."""

    def __init__(self, disk: Disk, path: str, flags: list[int]) -> None:
        super().__init__("", path, flags)
        self._disk = disk
        self._path = path

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._disk.use_power()
        super().xWrite(data, offset)
        self._disk.note(self._path, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.use_power()
        super().xTruncate(newsize)
        self._disk.note(self._path, newsize, None)

    def xSync(self, flags: int) -> None:  # noqa: N802
        # The machine's own disk is spared: what counts is on the platter.
        self._disk.use_power()
        self._disk.sync(self._path)


def sectors(offset: int, data: bytes | None) -> list[tuple[int, bytes | None]]:
    """A write in the pieces that a disk writes whole or not at all."""
    if data is None:
        return [(offset, None)]
    starts = [0, *range(SECTOR - offset % SECTOR, len(data), SECTOR)]
    return [
        (offset + start, data[start:end])
        for start, end in zip(starts, [*starts[1:], len(data)], strict=True)
    ]
