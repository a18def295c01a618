"""All settings: every environment variable that Pushoff reads, with its default and its range.

``commands`` and ``main`` make one frozen ``Settings`` and pass it on; no other module may read the
environment. Nothing is opened or started here. `docs/settings.md` repeats the descriptions.
"""

import hashlib
import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
# User and password, hosts with their ports, and the rest, split as SQLAlchemy splits them.
_AUTHORITY = re.compile(r"((?:[^:/@]*(?::[^@]*)?@)?)([^/?]*)(.*)", re.DOTALL)
_HOST_AND_PORT = re.compile(
    r"(?:\[(?P<ip>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9._-]+))(?::(?P<port>\d{1,5}))?"
)
_KIB, _MIB = 1024, 1024 * 1024

Seconds = Annotated[float, Field(gt=0, le=600)]


def normalise_url(url: str) -> str:
    """Return the database URL in SQLAlchemy's form.

    Raises ``ValueError`` for a URL that is neither SQLite nor PostgreSQL. The message does not
    quote the URL, which may hold a password.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme in _POSTGRES:
        return f"postgresql+psycopg://{_move_hosts(rest)}"
    if scheme != "sqlite" or not separator:
        raise ValueError("write sqlite:///file.db or postgresql://user:password@host/name")
    if not re.fullmatch(r"/[^?]*[^?/]", rest) or rest == "/:memory:":
        raise ValueError("SQLite needs a file: sqlite:///file.db, or sqlite:////var/file.db")
    return url


def _move_hosts(rest: str) -> str:
    """Move several hosts, separated by commas, to the query, where SQLAlchemy expects them."""
    user, hosts, path = _AUTHORITY.fullmatch(rest).groups()  # type: ignore[union-attr]  # matches any text
    if "," not in hosts:
        return rest
    matches = [_HOST_AND_PORT.fullmatch(host) for host in hosts.split(",")]
    if not all(matches):
        raise ValueError("write several hosts as in postgresql://user:password@one,two:5433/name")
    names = ",".join(match["host"] or match["ip"] for match in matches if match)
    ports = ",".join(match["port"] or "5432" for match in matches if match)
    return f"{user}{path}{'&' if '?' in path else '?'}host={names}&port={ports}"


class Settings(BaseSettings):
    """The settings of an operator. Raises ``pydantic.ValidationError`` for a value out of range.

    That error does not quote the value, because a rejected database URL may hold a password.
    """

    model_config = SettingsConfigDict(
        env_prefix="PUSHOFF_",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    host: str = Field(default="127.0.0.1", min_length=1)
    """Address to listen on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 lets the operating system choose one."""
    workers: int = Field(default=1, ge=1, le=64)
    """Number of server processes."""
    graceful_shutdown_s: Seconds = 10
    """Seconds in which running requests may finish after SIGTERM."""

    database_url: SecretStr = SecretStr("sqlite:///pushoff.db")
    """Address of the database: `sqlite:///file.db`, `postgresql://…` or `postgres://…`."""
    read_pool_size: int = Field(default=4, ge=1, le=64)
    """Threads that read from the database, each with its own connection."""
    write_threads: int = Field(default=2, ge=1, le=64)
    """Threads that write to PostgreSQL, each with its own connection. SQLite always has one."""
    group_commit_limit: int = Field(default=64, ge=1, le=1000)
    """Maximum number of writes that share one commit."""
    pool_wait_s: Seconds = 1
    """Seconds that a request waits for a database thread before it is rejected."""
    statement_timeout_s: Seconds = 5
    """Maximum seconds for one statement, including waits for a lock or a standby."""
    database_silence_s: Seconds = 1
    """A PostgreSQL server that is silent for so many seconds is probed, and has as long again to
    answer. If it does not, the next server is tried."""

    monitoring_cache_s: float = Field(default=1, ge=0, le=60)
    """Seconds for which the answers of `/readyz` and `/metrics` are kept, whoever asks."""

    max_body_bytes: int = Field(default=1 * _MIB, ge=_KIB, le=256 * _MIB)
    """Maximum size of a request body, in bytes."""
    max_batch_bytes: int = Field(default=4 * _MIB, ge=_KIB, le=256 * _MIB)
    """Maximum size of the body of a batch of sessions, in bytes."""
    max_file_bytes: int = Field(default=8 * _MIB, ge=_KIB, le=64 * _MIB)
    """Maximum size of a file to import, in bytes."""
    max_decoded_bytes: int = Field(default=8 * _MIB, ge=_KIB, le=256 * _MIB)
    """Maximum size of a gzip body after decompression, in bytes."""
    max_decode_ratio: int = Field(default=100, ge=1, le=2000)
    """Maximum ratio of the decompressed size of a gzip body to its compressed size."""
    json_depth: int = Field(default=32, ge=4, le=200)
    """Maximum nesting depth of a JSON body."""
    max_string: int = Field(default=2000, ge=128, le=100_000)
    """Maximum length of a string in a request, in characters."""
    max_head_bytes: int = Field(default=32 * _KIB, ge=_KIB, le=_MIB)
    """Maximum size of the request line and all headers, in bytes."""
    max_headers: int = Field(default=100, ge=16, le=1000)
    """Maximum number of headers of a request."""
    head_timeout_s: Seconds = 5
    """Seconds in which a client must send the request line and headers."""
    body_timeout_s: Seconds = 10
    """Seconds in which a client must send the request body."""
    request_timeout_s: Seconds = 10
    """Seconds after which a request that is not answered is given up."""
    answer_timeout_s: Seconds = 30
    """Seconds in which a slow client must receive the next 16 KiB of a response."""

    key_requests_per_minute: int = Field(default=600, ge=0, le=1_000_000)
    """Requests a minute of each key, and of each athlete with a device token; 0 means no limit."""
    key_burst: int = Field(default=100, ge=1, le=10_000)
    """Maximum number of requests of a key in one burst, after a pause."""
    address_requests_per_minute: int = Field(default=1200, ge=0, le=1_000_000)
    """Requests a minute without a valid key from each client address; 0 means no limit."""
    address_burst: int = Field(default=300, ge=1, le=10_000)
    """Maximum number of requests of an address in one burst, after a pause."""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses and networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted, separated
    by commas: `10.0.0.0/8`."""
    # At full load, each request waits for all others in flight. With 10, the 99th percentile for
    # storing a session and computing the next one is some 90 ms, and 42 ms at half load. With 32 it
    # was 340 ms, at the same throughput.
    max_in_flight: int = Field(default=10, ge=0, le=100_000)
    """Maximum concurrent requests of a process, without health checks; 0 means no limit."""
    max_in_flight_each: int = Field(default=6, ge=0, le=100_000)
    """Maximum concurrent requests of a key with its devices, or of an address; 0 means no limit."""
    # Long enough to answer a burst of twice `max_in_flight`. Its last request waits about as long
    # as the slowest 1 % do under constant load.
    burst_s: float = Field(default=0.1, ge=0, le=600)
    """Seconds in which a burst may have twice as many concurrent requests; 0 allows no bursts."""

    file_timeout_s: Seconds = 1.8
    """Maximum seconds to read an imported file; a file that takes longer is rejected."""

    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins of web pages that may call with a key (CORS), separated by commas: `https://a.example`."""
    secret: SecretStr | None = Field(default=None, min_length=32)
    """Signs cursors and device tokens, and hashes the ids of erased athletes; the same on every
    instance. Without it, the key is derived from `PUSHOFF_DATABASE_URL`."""
    program_cache_mb: int = Field(default=8, ge=0, le=4096)
    """Size of the cache of planned programmes, in MiB for each process; 0 turns it off."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Minimum level of the messages that are logged."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """Format of the log; `auto` is `console` on a terminal and `json` elsewhere."""
    access_log: bool = True
    """Whether every request is logged."""

    @field_validator("database_url")
    @classmethod
    def _normalise_url(cls, value: SecretStr) -> SecretStr:
        return SecretStr(normalise_url(value.get_secret_value()))

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError("an origin is a scheme and a host, as in https://app.example:8443")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for network in value:
                ipaddress.ip_network(network)
        except ValueError as error:
            raise ValueError("a proxy is an address or a network, as in 10.0.0.0/8") from error
        return value

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.max_body_bytes <= self.max_batch_bytes <= self.max_decoded_bytes:
            raise ValueError("max_body_bytes <= max_batch_bytes <= max_decoded_bytes must hold")
        if self.pool_wait_s >= self.request_timeout_s:
            raise ValueError("pool_wait_s must be shorter than request_timeout_s")
        return self

    def derive_key(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for one purpose, the same on every instance with this secret."""
        secret = self.secret or self.database_url
        text = f"pushoff {purpose}\0{secret.get_secret_value()}"
        return hashlib.sha256(text.encode("utf-8")).digest()
