"""A disk for SQLite that can lose its power, with half of what was not synced.

Every write goes to a real file and is also recorded as pending. A sync moves the pending writes of
its file to `synced`. At the power cut, each sector that was written and not synced survives with a
probability of one half; `synced` is then what the machine finds when it starts again.
"""

import random
from pathlib import Path
from typing import Any

import apsw

_SECTOR_BYTES = 512


class PowerCut(Exception):
    """The machine is off."""


class PowerLossDisk(apsw.VFS):
    """A file system named `power`. Its power lasts for `operations` writes and syncs."""

    def __init__(self, randomness: random.Random, operations: int) -> None:
        super().__init__("power", base="")
        self.synced: dict[str, bytearray] = {}
        self._random = randomness
        self._operations_left = operations
        self._pending: dict[str, list[tuple[int, bytes | None]]] = {}

    def add_synced(self, file: Path) -> None:
        """Treat the present content of a file as synced."""
        self.synced[str(file)] = bytearray(file.read_bytes())

    def xOpen(  # noqa: N802
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> "_PowerLossFile":
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return _PowerLossFile(self, path or "", flags)

    def use_power(self) -> None:
        """Count one operation. Raises PowerCut when none is left."""
        self._operations_left -= 1
        if self._operations_left < 0:
            raise PowerCut

    def add_pending(self, path: str, offset: int, data: bytes | None) -> None:
        """Record a write; `data` is None when the file was truncated at the offset."""
        self._pending.setdefault(path, []).append((offset, data))

    def sync(self, path: str) -> None:
        for offset, data in self._pending.pop(path, ()):
            self._apply(path, offset, data)

    def cut_power(self) -> dict[str, bytearray]:
        """Return the content of each file after the power cut, by path."""
        self._operations_left = 0
        for path, writes in self._pending.items():
            for offset, data in writes:
                for start, piece in split_into_sectors(offset, data):
                    if self._random.random() < 0.5:
                        self._apply(path, start, piece)
        return self.synced

    def _apply(self, path: str, offset: int, data: bytes | None) -> None:
        content = self.synced.setdefault(path, bytearray())
        if data is None:
            del content[offset:]
            return
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data


class _PowerLossFile(apsw.VFSFile):
    def __init__(self, disk: PowerLossDisk, path: str, flags: list[int]) -> None:
        super().__init__("", path, flags)
        self._disk = disk
        self._path = path

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._disk.use_power()
        super().xWrite(data, offset)
        self._disk.add_pending(self._path, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.use_power()
        super().xTruncate(newsize)
        self._disk.add_pending(self._path, newsize, None)

    def xSync(self, flags: int) -> None:  # noqa: N802
        # Nothing is synced to the real disk, to save time: only `synced` is read afterwards.
        self._disk.use_power()
        self._disk.sync(self._path)


def split_into_sectors(offset: int, data: bytes | None) -> list[tuple[int, bytes | None]]:
    """Split a write into the pieces that a disk writes in full or not at all."""
    if data is None:
        return [(offset, None)]
    starts = [0, *range(_SECTOR_BYTES - offset % _SECTOR_BYTES, len(data), _SECTOR_BYTES)]
    return [
        (offset + start, data[start:end])
        for start, end in zip(starts, [*starts[1:], len(data)], strict=True)
    ]
