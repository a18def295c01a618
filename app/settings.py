"""Every environment variable that Pushoff reads, once, with its default and its range.

Hands one frozen ``Settings`` to everybody else; nothing else may read the environment.
What a setting does is decided where it is used, so nothing is opened or started here.
"""

import hashlib
import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
# User and password, hosts with their ports, and the rest, as SQLAlchemy tells them apart.
_AUTHORITY = re.compile(r"((?:[^:/@]*(?::[^@]*)?@)?)([^/?]*)(.*)", re.DOTALL)
_HOST_AND_PORT = re.compile(
    r"(?:\[(?P<ip>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9._-]+))(?::(?P<port>\d{1,5}))?"
)
_KIB, _MIB = 1024, 1024 * 1024

Seconds = Annotated[float, Field(gt=0, le=600)]


def normalise_url(url: str) -> str:
    """The database URL as SQLAlchemy wants it, from one as people write it.

    Raises ``ValueError``, without the URL and so without its password, for any other kind.
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
    """Several hosts, with commas between, move to where SQLAlchemy looks for them: the query."""
    user, hosts, path = _AUTHORITY.fullmatch(rest).groups()  # type: ignore[union-attr]  # any fits
    if "," not in hosts:
        return rest
    places = [_HOST_AND_PORT.fullmatch(host) for host in hosts.split(",")]
    if not all(places):
        raise ValueError("write several hosts as in postgresql://user:password@one,two:5433/name")
    names = ",".join(place["host"] or place["ip"] for place in places if place)
    ports = ",".join(place["port"] or "5432" for place in places if place)
    return f"{user}{path}{'&' if '?' in path else '?'}host={names}&port={ports}"


class Settings(BaseSettings):
    """What an operator may choose. Raises ``pydantic.ValidationError`` on a value out of range.

    Inputs are hidden in that error, because a rejected database URL may hold a password.
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
    """Port to listen on; 0 lets the system choose one."""
    workers: int = Field(default=1, ge=1, le=64)
    """Number of server processes."""
    graceful_shutdown_s: Seconds = 10
    """Seconds that running requests get to finish after SIGTERM."""

    database_url: SecretStr = SecretStr("sqlite:///pushoff.db")
    """Where rows are kept: `sqlite:///file.db`, `postgresql://…` or `postgres://…`."""
    read_pool_size: int = Field(default=4, ge=1, le=64)
    """Threads, each with a connection of its own, that read from the database."""
    write_threads: int = Field(default=2, ge=1, le=64)
    """Threads, each with a connection of its own, that write to Postgres. SQLite has one."""
    group_commit_limit: int = Field(default=64, ge=1, le=1000)
    """Most writes that share one commit."""
    pool_wait_s: Seconds = 1
    """Seconds that a request waits for a database thread before it is refused."""
    statement_timeout_s: Seconds = 5
    """Seconds that one statement, or the wait for a lock or for a standby, may take."""
    database_silence_s: Seconds = 1
    """Seconds of silence after which Postgres is asked whether it still answers, and in which it
    must; else another of its servers is tried."""

    max_body_bytes: int = Field(default=1 * _MIB, ge=_KIB, le=256 * _MIB)
    """Largest request body."""
    max_batch_bytes: int = Field(default=4 * _MIB, ge=_KIB, le=256 * _MIB)
    """Largest body of a batch of sessions."""
    max_file_bytes: int = Field(default=8 * _MIB, ge=_KIB, le=64 * _MIB)
    """Largest file to import."""
    max_decoded_bytes: int = Field(default=8 * _MIB, ge=_KIB, le=256 * _MIB)
    """Largest gzip body after decoding."""
    max_decode_ratio: int = Field(default=100, ge=1, le=2000)
    """Largest ratio of a gzip body's decoded size to its size on the wire."""
    json_depth: int = Field(default=32, ge=4, le=200)
    """Deepest nesting of a JSON body."""
    max_string: int = Field(default=2000, ge=128, le=100_000)
    """Longest string in a request, in characters."""
    max_head_bytes: int = Field(default=32 * _KIB, ge=_KIB, le=_MIB)
    """Largest head of a request: its line and its headers."""
    max_headers: int = Field(default=100, ge=16, le=1000)
    """Most headers of a request."""
    head_timeout_s: Seconds = 5
    """Seconds in which a client must have sent its request head."""
    body_timeout_s: Seconds = 10
    """Seconds in which a client must have sent its request body."""
    request_timeout_s: Seconds = 10
    """Seconds in which a request is answered or given up."""

    answer_timeout_s: Seconds = 30
    """Seconds in which a client that keeps us waiting must take 16 KiB more of its answer."""

    key_requests_per_minute: int = Field(default=600, ge=0, le=1_000_000)
    """Requests a minute for each key, and for each device's athlete; 0 turns the limit off."""
    key_burst: int = Field(default=100, ge=1, le=10_000)
    """Most requests of a key at once, after a pause."""
    address_requests_per_minute: int = Field(default=1200, ge=0, le=1_000_000)
    """Requests a minute without a right key from each client address; 0 turns the limit off."""
    address_burst: int = Field(default=300, ge=1, le=10_000)
    """Most requests of an address at once, after a pause."""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses and networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, with
    commas between: `10.0.0.0/8`."""
    # At full load each of them waits for all others. With 10, one in a hundred sessions with what
    # comes next takes some 90 ms, and 42 ms at half load; with 32 it was 340, for as many a second.
    max_in_flight: int = Field(default=10, ge=0, le=100_000)
    """Most requests that a process answers at once, health apart; 0 turns the limit off."""
    max_in_flight_each: int = Field(default=6, ge=0, le=100_000)
    """Most of them for one key with its devices, or for one address; 0 turns the limit off."""
    # A burst of twice as many is over in as much time, and who comes last in it waits as long as
    # one in a hundred does under a load that lasts.
    burst_s: float = Field(default=0.1, ge=0, le=600)
    """Seconds in which a crowd may take twice as many places; 0 allows no bursts."""

    file_timeout_s: Seconds = 1.8
    """Seconds in which an imported file must be read; what takes longer is refused."""

    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins whose pages may call with a key, with commas between: `https://a.example`."""
    secret: SecretStr | None = Field(default=None, min_length=32)
    """Signs cursors and hashes the ids of erased people; the same on every instance. Left out, it
    follows from the database's address."""
    program_cache_mb: int = Field(default=8, ge=0, le=4096)
    """Memory for programmes already planned, in MiB for each process; 0 turns it off."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe message that is logged."""
    log_format: Literal["auto", "json", "console"] = "auto"
    """Form of the log; `auto` is `console` on a terminal and `json` elsewhere."""
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
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError("an origin is a scheme and a host, as in https://app.example:8443")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ipaddress.ip_network(network)
            except ValueError as bad:
                raise ValueError("a proxy is an address or a network, as in 10.0.0.0/8") from bad
        return value

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.max_body_bytes <= self.max_batch_bytes <= self.max_decoded_bytes:
            raise ValueError("max_body_bytes <= max_batch_bytes <= max_decoded_bytes must hold")
        if self.pool_wait_s >= self.request_timeout_s:
            raise ValueError("pool_wait_s must be shorter than request_timeout_s")
        return self

    def derive_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, the same on every instance before one database."""
        secret = self.secret or self.database_url
        text = f"pushoff {purpose}\0{secret.get_secret_value()}"
        return hashlib.sha256(text.encode("utf-8")).digest()
