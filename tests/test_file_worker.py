"""The processes in which files are read and written."""

import asyncio
import contextlib
import subprocess
import sys
import threading
from datetime import UTC, datetime

import psutil
import pytest

from app.file_worker import (
    MAX_PROCESSES,
    MAX_WAITING,
    FileWorker,
    FileWorkerBusy,
    FileWorkerTimeout,
)
from app.formats.imported_file import FileUnreadable, ImportContext

NUMBER = ("charts.svg", "number", 0.5)


class Hanging:
    """A number that is never done being written."""

    def __round__(self, digits: int) -> float:
        threading.Event().wait()
        return float(digits)


def idle_process(codecs: FileWorker) -> psutil.Process:
    """The only one that there is."""
    (idle,) = codecs.idle
    return psutil.Process(idle.process.pid)


class TestCall:
    async def test_answers_from_another_process(self) -> None:
        codecs = FileWorker(20)
        assert await codecs.call("charts.svg", "title", "a < b") == "<title>a &lt; b</title>"
        process = idle_process(codecs)
        assert "app.file_worker" in process.cmdline()
        codecs.close()
        assert not process.is_running()

    async def test_uses_the_same_process_again(self) -> None:
        codecs = FileWorker(20)
        await codecs.call(*NUMBER)
        before = idle_process(codecs)
        await codecs.call(*NUMBER)
        assert idle_process(codecs) == before
        codecs.close()

    async def test_hands_on_the_error_that_was_raised(self) -> None:
        codecs = FileWorker(20)
        with pytest.raises(AttributeError):
            await codecs.call("charts.svg", "no_such_function")
        assert await codecs.call(*NUMBER) == "0.5"
        codecs.close()

    async def test_kills_what_takes_too_long_and_goes_on(self) -> None:
        codecs = FileWorker(20)
        await codecs.call(*NUMBER)
        before = idle_process(codecs)
        codecs.seconds = 0.2
        with pytest.raises(FileWorkerTimeout):
            await codecs.call("charts.svg", "number", Hanging())
        assert not before.is_running()
        codecs.seconds = 20
        assert await codecs.call(*NUMBER) == "0.5"
        codecs.close()

    async def test_refuses_when_too_many_wait(self) -> None:
        codecs = FileWorker(20)
        for _ in range(MAX_PROCESSES):
            await codecs.turns.acquire()
        waiting = [asyncio.ensure_future(codecs.call(*NUMBER)) for _ in range(MAX_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(FileWorkerBusy):
            await codecs.call(*NUMBER)
        for _ in range(MAX_PROCESSES):
            codecs.turns.release()
        assert await asyncio.gather(*waiting) == ["0.5"] * MAX_WAITING
        codecs.close()

    async def test_keeps_its_turn_when_nobody_waits_for_it_any_more(self) -> None:
        codecs = FileWorker(20)
        for _ in range(MAX_PROCESSES - 1):
            await codecs.turns.acquire()
        await codecs.call(*NUMBER)
        codecs.seconds = 0.5
        call = asyncio.ensure_future(codecs.call("charts.svg", "number", Hanging()))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert codecs.turns.locked()
        # It is killed in its time, and the turn is given on.
        await codecs.turns.acquire()
        codecs.close()

    async def test_starts_another_where_one_was_killed(self) -> None:
        codecs = FileWorker(20)
        await codecs.call(*NUMBER)
        codecs.idle[0].process.kill()
        codecs.idle[0].process.wait()
        assert await codecs.call(*NUMBER) == "0.5"
        codecs.close()

    async def test_loads_no_codec_into_this_process(self) -> None:
        codecs = FileWorker(20)
        with pytest.raises(FileUnreadable):
            await codecs.call("detection", "read", b"", ImportContext("me", datetime.now(UTC)))
        codecs.close()
        assert "fitdecode" in loaded_by("app.formats.detection")
        assert loaded_by("app.main") & {"fitdecode", "fit_tool", "icalendar"} == set()


class TestProcess:
    def test_ends_with_the_one_that_asked(self) -> None:
        script = (
            "import os\nfrom app.file_worker import FileWorker\ncodecs = FileWorker(20)\n"
            "codecs.run(('charts.svg', 'number', (0.5,)))\n"
            "print(codecs.idle[0].process.pid, flush=True)\nos.kill(os.getpid(), 9)"
        )
        command = [sys.executable, "-c", script]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(int(asked.stdout)).wait(10)
        assert not psutil.pid_exists(int(asked.stdout))


def loaded_by(module: str) -> set[str]:
    """The packages that importing a module loads."""
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
