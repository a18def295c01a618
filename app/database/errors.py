"""The errors that every user of the database can get, and how a driver's error becomes one.

``transaction_threads`` translates what a job raises; ``web.http.error_handlers`` assigns each error
its HTTP status.
"""

from sqlalchemy.exc import DBAPIError, OperationalError

# PostgreSQL has a SQLSTATE (text), SQLite a primary result code (a number).
_TRANSIENT = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_DISK_FULL = {"53100", 13}
_NOT_REPLICATED = {"01000"}
_READ_ONLY = {"25006", 8}
_CORRUPT = {11, 26}  # The file is damaged, or is not a database.
# Mistakes in a job that are raised as OperationalError: bad SQL or a missing table on SQLite, a
# statement that is too large on PostgreSQL. A retry never helps.
_JOB_MISTAKES = {1, "54000", "54001", "54011", "54023"}


class DatabaseFailure(Exception):
    """The database cannot be reached, or did not carry out the job. A retry may succeed.

    The text quotes the driver. It is for the log, not for a client.
    """


class DiskFull(DatabaseFailure):
    """The disk that holds the database is full."""


class ReplicationUnconfirmed(DatabaseFailure):
    """The commit is on one server, but the standby has not confirmed it.

    The rows can be read, but are lost if that server is lost. A retry succeeds once the standby has
    them, too.
    """


class NoThreadFree(Exception):
    """No database thread was free for the job in time. The job did not run and never will."""


def _error_code(error: BaseException | None) -> str | int | None:
    if not isinstance(error, DBAPIError):
        return None
    number: int | None = getattr(error.orig, "sqlite_errorcode", None)
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state if number is None else number & 0xFF


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may succeed if it is run again."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or _error_code(error) in _TRANSIENT


def translate(error: BaseException | None, *, reading: bool) -> BaseException:
    """Translate the error of a job into the error for its caller."""
    if isinstance(error, StopIteration) or not isinstance(error, Exception):
        return RuntimeError(f"the job has raised {error!r}")  # A future cannot hold these.
    code = _error_code(error)
    if code in _JOB_MISTAKES or (code in _READ_ONLY and reading):
        return error
    if isinstance(error, OperationalError) or is_transient(error) or code in _READ_ONLY | _CORRUPT:
        failure = to_failure(error)
        failure.__cause__ = error
        return failure
    return error


def to_failure(error: BaseException) -> DatabaseFailure:
    code = _error_code(error)
    kind = ReplicationUnconfirmed if code in _NOT_REPLICATED else DatabaseFailure
    kind = DiskFull if code in _DISK_FULL else kind
    cause = error.orig if isinstance(error, DBAPIError) else error
    # Only messages about the database itself are quoted; other messages may quote a row.
    quotable = isinstance(error, OperationalError) or code in _CORRUPT
    message = str(cause).partition("\n")[0] if quotable else ""
    return kind(f"{type(cause).__name__}: {message}".removesuffix(": "))
