"""The errors that a database can cause to every caller, and how a driver's error becomes one.

``threads`` translates what a job raises; ``web.http.error_handlers`` gives each error its status.
"""

from sqlalchemy.exc import DBAPIError, OperationalError

# Errors have a SQLSTATE on Postgres (text) and a primary result code on SQLite (a number).
_TRANSIENT = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_DISK_FULL = {"53100", 13}
_NOT_REPLICATED = {"01000"}
_READ_ONLY = {"25006", 8}
_CORRUPT = {11, 26}  # the file is damaged, or is no database
# "Bad SQL or no such table" on SQLite and "too large" on Postgres are mistakes in a job that come
# as an OperationalError all the same. No retry will ever help them.
_JOB_MISTAKES = {1, "54000", "54001", "54011", "54023"}


class DatabaseFailure(Exception):
    """The database cannot be reached, or did not take the work. A retry may succeed.

    The text says what the driver said, which is for the log and not for a client.
    """


class DiskFull(DatabaseFailure):
    """No room is left where the database keeps its files."""


class ReplicationUnconfirmed(DatabaseFailure):
    """What was written is on one server only. A retry succeeds once it is on the standby as well.

    Until then it can be read, and is lost if that server is.
    """


class NoThreadFree(Exception):
    """No thread was free for a job within its time. The job has not run, and it will not."""


def _error_code(error: BaseException | None) -> str | int | None:
    if not isinstance(error, DBAPIError):
        return None
    number: int | None = getattr(error.orig, "sqlite_errorcode", None)
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state if number is None else number & 0xFF


def is_transient(error: BaseException) -> bool:
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or _error_code(error) in _TRANSIENT


def translate(error: BaseException | None, *, reading: bool) -> BaseException:
    """The error that a caller gets for one that a job has raised."""
    if isinstance(error, StopIteration) or not isinstance(error, Exception):
        return RuntimeError(f"the job has raised {error!r}")  # A future must not carry such.
    code = _error_code(error)
    if code in _JOB_MISTAKES or (code in _READ_ONLY and reading):
        return error
    if isinstance(error, OperationalError) or is_transient(error) or code in _READ_ONLY | _CORRUPT:
        told = to_failure(error)
        told.__cause__ = error
        return told
    return error


def to_failure(error: BaseException) -> DatabaseFailure:
    code = _error_code(error)
    kind = ReplicationUnconfirmed if code in _NOT_REPLICATED else DatabaseFailure
    kind = DiskFull if code in _DISK_FULL else kind
    cause = error.orig if isinstance(error, DBAPIError) else error
    # What goes wrong with the database itself is told in words that quote no row.
    quotable = isinstance(error, OperationalError) or code in _CORRUPT
    said = str(cause).partition("\n")[0] if quotable else ""
    return kind(f"{type(cause).__name__}: {said}".removesuffix(": "))
