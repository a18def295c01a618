"""Tests of FileWorker: calls in other processes, their errors, limits and timeouts."""

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


class NeverRounded:
    """A number whose formatting never returns."""

    def __round__(self, digits: int) -> float:
        threading.Event().wait()
        return float(digits)


def find_idle_process(worker: FileWorker) -> psutil.Process:
    """Return the only idle process."""
    (idle,) = worker.idle
    return psutil.Process(idle.process.pid)


class TestCall:
    async def test_runs_the_function_in_another_process(self) -> None:
        worker = FileWorker(20)
        assert await worker.call("charts.svg", "title", "a < b") == "<title>a &lt; b</title>"
        process = find_idle_process(worker)
        assert "app.file_worker" in process.cmdline()
        worker.close()
        assert not process.is_running()

    async def test_reuses_an_idle_process(self) -> None:
        worker = FileWorker(20)
        await worker.call(*NUMBER)
        before = find_idle_process(worker)
        await worker.call(*NUMBER)
        assert find_idle_process(worker) == before
        worker.close()

    async def test_raises_the_error_of_the_function(self) -> None:
        worker = FileWorker(20)
        with pytest.raises(AttributeError):
            await worker.call("charts.svg", "no_such_function")
        assert await worker.call(*NUMBER) == "0.5"
        worker.close()

    async def test_kills_a_call_that_takes_too_long_and_serves_the_next(self) -> None:
        worker = FileWorker(20)
        await worker.call(*NUMBER)
        before = find_idle_process(worker)
        worker.timeout_s = 0.2
        with pytest.raises(FileWorkerTimeout):
            await worker.call("charts.svg", "number", NeverRounded())
        assert not before.is_running()
        worker.timeout_s = 20
        assert await worker.call(*NUMBER) == "0.5"
        worker.close()

    async def test_rejects_a_call_when_too_many_wait(self) -> None:
        worker = FileWorker(20)
        for _ in range(MAX_PROCESSES):
            await worker.semaphore.acquire()
        waiting = [asyncio.ensure_future(worker.call(*NUMBER)) for _ in range(MAX_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(FileWorkerBusy):
            await worker.call(*NUMBER)
        for _ in range(MAX_PROCESSES):
            worker.semaphore.release()
        assert await asyncio.gather(*waiting) == ["0.5"] * MAX_WAITING
        worker.close()

    async def test_holds_the_semaphore_until_a_cancelled_call_ends(self) -> None:
        worker = FileWorker(20)
        for _ in range(MAX_PROCESSES - 1):
            await worker.semaphore.acquire()
        await worker.call(*NUMBER)
        worker.timeout_s = 0.5
        call = asyncio.ensure_future(worker.call("charts.svg", "number", NeverRounded()))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert worker.semaphore.locked()
        # The process is killed after its timeout, and the semaphore is released.
        await worker.semaphore.acquire()
        worker.close()

    async def test_replaces_a_killed_process(self) -> None:
        worker = FileWorker(20)
        await worker.call(*NUMBER)
        worker.idle[0].process.kill()
        worker.idle[0].process.wait()
        assert await worker.call(*NUMBER) == "0.5"
        worker.close()

    async def test_loads_no_file_library_into_this_process(self) -> None:
        worker = FileWorker(20)
        with pytest.raises(FileUnreadable):
            await worker.call("detection", "read", b"", ImportContext("me", datetime.now(UTC)))
        worker.close()
        assert "fitdecode" in list_loaded_packages("app.formats.detection")
        assert list_loaded_packages("app.main") & {"fitdecode", "fit_tool", "icalendar"} == set()


class TestWorkerProcess:
    def test_ends_when_the_server_process_is_killed(self) -> None:
        script = (
            "import os\nfrom app.file_worker import FileWorker\nworker = FileWorker(20)\n"
            "worker.call_sync(('charts.svg', 'number', (0.5,)))\n"
            "print(worker.idle[0].process.pid, flush=True)\nos.kill(os.getpid(), 9)"
        )
        command = [sys.executable, "-c", script]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(int(finished.stdout)).wait(10)
        assert not psutil.pid_exists(int(finished.stdout))


def list_loaded_packages(module: str) -> set[str]:
    """Return the packages that an import of the module loads."""
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(finished.stdout.split())
