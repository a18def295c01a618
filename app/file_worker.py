"""Separate processes that read and write files, so that the server process does not.

The file libraries take 60 MB and a file may be hostile, so both stay out of the server process.
Routes call ``FileWorker.call`` with the name of a function of ``app.formats``, which does the work.
A process starts with the first file and is killed when it takes too long. Whatever happens to it,
the caller gets a result or an error.
"""

import asyncio
import contextlib
import importlib
import os
import pickle  # nosec B403  # Only between our own processes.
import subprocess  # nosec B404  # Only starts this program.
import sys
import threading
import weakref
from typing import Any, BinaryIO

# Two files at a time leave CPU cores to other requests. Four more may wait, which leaves some of
# the slots of the server process to requests without a file.
MAX_PROCESSES = 2
MAX_WAITING = 4
# A reader checks its own time limit. If it cannot, its process is killed this much later; the 2 s
# include the time before the reader starts its clock. A new process gets the start time on top.
KILL_GRACE_S = 2.0
_START_TIME_S = 5.0
# The environment variables that a process gets: none that is secret.
_INHERITED_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")


class FileWorkerError(Exception):
    """A file could not be handled, for a reason that is not in its content."""


class FileWorkerBusy(FileWorkerError):
    """Too many files wait already."""


class FileWorkerCrashed(FileWorkerError):
    """The process ended before it answered. The next call starts another one."""


class FileWorkerTimeout(FileWorkerError):
    """The process took too long over this file and was killed."""


class FileWorker:
    """Runs functions of `app.formats` in other processes. There is one for each app."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self.waiting = 0
        self.semaphore = asyncio.Semaphore(MAX_PROCESSES)
        self.idle: list[_WorkerProcess] = []

    async def call(self, module: str, function: str, *args: Any) -> Any:
        """Return the result of `app.formats.<module>.<function>(*args)`, or raise its error.

        Arguments, result and errors are pickled. Raises FileWorkerError.
        """
        if self.waiting >= MAX_WAITING:
            raise FileWorkerBusy
        self.waiting += 1
        try:
            await self.semaphore.acquire()
        finally:
            self.waiting -= 1
        call = asyncio.to_thread(self.call_sync, (module, function, args))
        running = asyncio.ensure_future(call)
        running.add_done_callback(self._release)
        # A cancelled caller does not end the call, so the semaphore is released by the call itself.
        return await asyncio.shield(running)

    def _release(self, finished: asyncio.Future[Any]) -> None:
        self.semaphore.release()
        if not finished.cancelled():
            finished.exception()  # Retrieved, so that asyncio does not log it without a caller.

    def call_sync(self, call: tuple[str, str, tuple[Any, ...]]) -> Any:
        """Do the same as `call` from any thread, without a limit on concurrent calls."""
        process = self._get_process()
        succeeded, result = process.call(call, self.timeout_s)
        self.idle.append(process)
        if not succeeded:
            raise result
        return result

    def _get_process(self) -> "_WorkerProcess":
        while self.idle:
            process = self.idle.pop()
            if process.is_alive():
                return process
            process.end()
        return _WorkerProcess()

    def close(self) -> None:
        while self.idle:
            self.idle.pop().end()


class _WorkerProcess:
    """One process, connected by two pipes. It ends with this process, however this one ends."""

    def __init__(self) -> None:
        self.used = False
        environment = {k: os.environ[k] for k in _INHERITED_VARIABLES if k in os.environ}
        # In its own process group, so that Ctrl-C does not end it before the server.
        self.process = subprocess.Popen(  # noqa: S603  # nosec B603  # This program.
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )
        # Without a call of end(), the process ends when this object is collected.
        self.end = weakref.finalize(self, _kill, self.process)

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def call(self, call: object, timeout_s: float) -> tuple[bool, Any]:
        """Return whether the call succeeded, and its result or error.

        Raises FileWorkerCrashed or FileWorkerTimeout; the process has ended then.
        """
        assert self.process.stdin is not None  # noqa: S101  # It was started with a pipe.
        assert self.process.stdout is not None  # noqa: S101
        # A new process needs the start time to load its libraries.
        limit_s = timeout_s + (0 if self.used else _START_TIME_S)
        timer = threading.Timer(limit_s, self.process.kill)
        timer.start()
        self.used = True
        try:
            self.process.stdin.write(pickle.dumps(call))
            self.process.stdin.flush()
            # Our own code has pickled the answer, whatever the file contains.
            answer: tuple[bool, Any] = pickle.load(self.process.stdout)  # noqa: S301  # nosec B301
        except (EOFError, OSError, pickle.UnpicklingError) as broken:
            late = not timer.is_alive()
            self.end()
            raise (FileWorkerTimeout if late else FileWorkerCrashed) from broken
        finally:
            timer.cancel()
        return answer


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    with contextlib.suppress(OSError), process:
        process.wait()


def _serve_calls(calls: BinaryIO, answers: BinaryIO) -> None:
    """Answer calls, in the worker process, until the server process closes the pipe."""
    while True:
        try:
            module, function, args = pickle.load(calls)  # noqa: S301  # nosec B301  # Our own.
        except EOFError:
            return
        answers.write(_run_call(module, function, args))
        answers.flush()


def _run_call(module: str, function: str, args: tuple[Any, ...]) -> bytes:
    """Return the pickled outcome of one call.

    The module is loaded by name, and only here, so that the server process never loads the
    libraries that it imports.
    """
    try:
        loaded = importlib.import_module(f"app.formats.{module}")
        return pickle.dumps((True, getattr(loaded, function)(*args)))
    except Exception as error:  # noqa: BLE001  # The caller gets every error.
        return pickle.dumps((False, error))


if __name__ == "__main__":
    # Output of print() must not mix with the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    _serve_calls(sys.stdin.buffer, answers.buffer)
