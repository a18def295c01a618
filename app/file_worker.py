"""The processes in which files are read and written, beside the one that answers.

The codec libraries take 60 MB, and a file may be hostile: both stay out of the server process. A
codec process starts with the first file and is killed when it takes too long; whatever happens to
it is an answer here. What is read or written is decided by the modules of formats.
"""

import asyncio
import contextlib
import importlib
import os
import pickle  # nosec B403  # between processes of our own
import subprocess  # nosec B404  # this very program
import sys
import threading
import weakref
from typing import Any, BinaryIO

# Two files at a time leave cores to those who ask for answers; so many more may wait, and leave
# some of a process's places to requests without a file.
MAX_PROCESSES = 2
MAX_WAITING = 4
# A reader watches its own time; one that cannot is killed so much later, its start included.
KILL_GRACE_S = 2.0
_START_TIME_S = 5.0
_INHERITED_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")


class FileWorkerError(Exception):
    """A file could not be handled, for a reason that does not lie in what it says."""


class FileWorkerBusy(FileWorkerError):
    """Too many files wait already."""


class FileWorkerCrashed(FileWorkerError):
    """The process ended before it answered; the next try has another one."""


class FileWorkerTimeout(FileWorkerError):
    """The process took too long over this file, and was ended."""


class FileWorker:
    """Runs functions of formats in processes of their own. One object for each app."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.waiting = 0
        self.turns = asyncio.Semaphore(MAX_PROCESSES)
        self.idle: list[_WorkerProcess] = []

    async def call(self, module: str, function: str, *args: Any) -> Any:
        """The result of `app.formats.<module>.<function>(*args)`, or the error that it raised.

        Arguments, result and errors are pickled. Raises CodecError.
        """
        if self.waiting >= MAX_WAITING:
            raise FileWorkerBusy
        self.waiting += 1
        try:
            await self.turns.acquire()
        finally:
            self.waiting -= 1
        running = asyncio.ensure_future(asyncio.to_thread(self.run, (module, function, args)))
        running.add_done_callback(self.give_turn)
        # Who goes away does not end the call, so the turn ends with the call and not with them.
        return await asyncio.shield(running)

    def give_turn(self, done: asyncio.Future[Any]) -> None:
        """Lets the next one in. An error that nobody waits for any more is nobody's."""
        self.turns.release()
        if not done.cancelled():
            done.exception()

    def run(self, call: tuple[str, str, tuple[Any, ...]]) -> Any:
        """The same from any thread, without a limit to how many run at once."""
        process = self.take()
        fine, result = process.ask(call, self.seconds)
        self.idle.append(process)
        if not fine:
            raise result
        return result

    def take(self) -> "_WorkerProcess":
        """A process that has nothing to do, or a new one."""
        while self.idle:
            process = self.idle.pop()
            if process.lives():
                return process
            process.end()
        return _WorkerProcess()

    def close(self) -> None:
        """Ends the processes that have nothing to do."""
        while self.idle:
            self.idle.pop().end()


class _WorkerProcess:
    """One process at the other end of two pipes. It ends with this one, however that ends."""

    def __init__(self) -> None:
        self.used = False
        # In a session of its own, so that Ctrl-C does not reach it before the server has ended.
        self.process = subprocess.Popen(  # noqa: S603  # nosec B603  # this very program
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**_inherited_environment(), "PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )
        # Called or not, it ends with this object.
        self.end = weakref.finalize(self, _kill, self.process)

    def lives(self) -> bool:
        """Whether it can be asked."""
        return self.process.poll() is None

    def ask(self, call: object, seconds: float) -> tuple[bool, Any]:
        """Whether a call went well, and its result or error. Raises CodecFailed and CodecLate,
        and has ended.
        """
        assert self.process.stdin is not None  # noqa: S101  # as it was started
        assert self.process.stdout is not None  # noqa: S101
        # A process that was just started gets the time that it takes to load its libraries.
        timer = threading.Timer(seconds + (0 if self.used else _START_TIME_S), self.process.kill)
        timer.start()
        self.used = True
        try:
            self.process.stdin.write(pickle.dumps(call))
            self.process.stdin.flush()
            # What it answers is made by our own code, whatever the file held.
            told: tuple[bool, Any] = pickle.load(self.process.stdout)  # noqa: S301  # nosec B301
        except (EOFError, OSError, pickle.UnpicklingError) as broken:
            late = not timer.is_alive()
            self.end()
            raise (FileWorkerTimeout if late else FileWorkerCrashed) from broken
        finally:
            timer.cancel()
        return told


def _inherited_environment() -> dict[str, str]:
    """What a codec process gets of our environment: nothing that is secret."""
    return {name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a process, whatever it does."""
    process.kill()
    with contextlib.suppress(OSError), process:
        process.wait()


def _serve_calls(calls: BinaryIO, answers: BinaryIO) -> None:
    """The other end: answers calls until there is nobody left to ask."""
    while True:
        try:
            module, function, args = pickle.load(calls)  # noqa: S301  # nosec B301  # our own
        except EOFError:
            return
        answers.write(_run_call(module, function, args))
        answers.flush()


def _run_call(module: str, function: str, args: tuple[Any, ...]) -> bytes:
    """What one call comes to. The module is loaded by its name, and only here, so that the server
    process never loads the libraries behind it.
    """
    try:
        loaded = importlib.import_module(f"app.formats.{module}")
        return pickle.dumps((True, getattr(loaded, function)(*args)))
    except Exception as failed:  # noqa: BLE001  # whatever it is, the caller gets to see it
        return pickle.dumps((False, failed))


if __name__ == "__main__":
    # Nothing that prints may get between the answers.
    spoken, sys.stdout = sys.stdout, sys.stderr
    _serve_calls(sys.stdin.buffer, spoken.buffer)
