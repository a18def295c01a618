"""Whether this process was asked to stop: set by SIGTERM, read by /readyz."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Draining:
    """Whether the process was asked to stop."""

    def __init__(self) -> None:
        self.is_set = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch for SIGTERM, and pass it on to the handler that was there before (the server's)."""
        if threading.current_thread() is not threading.main_thread():
            yield  # No signal arrives in this thread: an app that a test runs.
            return
        before = signal.getsignal(signal.SIGTERM)

        def handle(number: int, frame: FrameType | None) -> None:
            self.is_set = True
            if callable(before):
                before(number, frame)
            elif before == signal.SIG_DFL:
                # There is no other handler, so the process ends as it would without this one.
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)

        signal.signal(signal.SIGTERM, handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
