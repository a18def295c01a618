"""The commands: serve, migrate, keys, openapi.

`cli` calls one function of this module with the parsed options and exits with the code that it
returns. Settings come from the environment. A command that fails raises CommandFailed with a
sentence for the terminal.
"""

import contextlib
import importlib
import ipaddress
import os
import signal
import socket
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from uvicorn.supervisors.multiprocess import Multiprocess

from app import main
from app.database import schema_revision
from app.database.engines import make_engine
from app.keys import api_keys, store
from app.keys.auth import SCOPES
from app.keys.store import Key
from app.settings import Settings
from app.web.docs import openapi
from app.web.monitoring import logs

_LOCAL_TENANT = "local"
_OPENAPI_FILE = Path("openapi.yaml")
_BACKLOG = 2048


class CommandFailed(Exception):
    """A command failed; the message is shown at the terminal."""


def serve(options: Namespace) -> int:
    """Answer requests until SIGTERM or Ctrl-C, then finish the running ones."""
    settings = _load_settings(options)
    logs.configure(settings)
    if not is_loopback(settings.host) and settings.secret is None:
        raise CommandFailed(
            f"{settings.host} can be reached from other machines: set PUSHOFF_SECRET to 32 or more"
            " random characters, the same on every instance"
        )
    exit_normally_on_sigterm()
    if options.migrate:
        _migrate_to_head(settings)
    listener = open_listener(settings)
    address = "http://{}:{}".format(*listener.getsockname()[:2])
    print(f"Open: {address}/")
    print(f"Docs: {address}/docs")
    if is_loopback(settings.host) and (key := create_first_key(settings)):
        print(f"Key (shown once, tenant {_LOCAL_TENANT}): {key}")
    print(f"Try: curl {address}/programs -H 'Content-Type: application/json' -d '{{}}'", flush=True)
    run_server(settings, listener)
    return 0


def run_server(settings: Settings, listener: socket.socket) -> None:
    """Run one server in this process, or several worker processes."""
    config = uvicorn.Config(
        "app.main:build",
        factory=True,
        workers=settings.workers,
        http="app.web.layers.protocol_limits:GuardedProtocol",
        # Otherwise uvicorn accepts upgrades if a library for web sockets is installed.
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=round(settings.graceful_shutdown_s),
    )
    with contextlib.ExitStack() as stack:
        # Uvicorn raises the signal again once it has stopped.
        signal.signal(signal.SIGTERM, _exit_normally)
        stack.enter_context(contextlib.suppress(KeyboardInterrupt))
        if settings.workers == 1:
            uvicorn.Server(config).run(sockets=[listener])
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pushoff-metrics-"))
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
        os.environ["PUSHOFF_WORKERS"] = str(settings.workers)
        Multiprocess(config, sockets=[listener]).run()


def exit_normally_on_sigterm() -> None:
    """Make SIGTERM end this process with 0, also before the server is up."""
    signal.signal(signal.SIGTERM, _exit_normally)
    sys.unraisablehook = _exit_if_dropped


def _exit_normally(_signal: int, _frame: object) -> None:
    sys.exit(0)


def _exit_if_dropped(unraisable: "sys.UnraisableHookArgs") -> None:
    # Python drops an exception that a signal handler raises inside a finaliser or the callback of a
    # weak reference. About one in two hundred SIGTERMs during a start was lost like this.
    if unraisable.exc_type is SystemExit:
        sys.stdout.flush()
        os._exit(0)
    sys.__unraisablehook__(unraisable)


def open_listener(settings: Settings) -> socket.socket:
    """Return a listening socket, so that the address printed next accepts connections already."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise CommandFailed(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror};"
            " set PUSHOFF_PORT to another port"
        ) from error
    listener.listen(_BACKLOG)
    return listener


def migrate(options: Namespace) -> int:
    changed = _migrate_to_head(_load_settings(options))
    print(f"{'Migrated to' if changed else 'Already at'} {schema_revision.HEAD}.")
    return 0


def _migrate_to_head(settings: Settings) -> bool:
    """Return False if nothing was to do; only otherwise load Alembic, which is slow to load."""
    with open_transaction(settings, read_only=True) as tx:
        if schema_revision.find(tx) == schema_revision.HEAD:
            return False
    migration = importlib.import_module("app.database.migration")
    try:
        changed: bool = migration.migrate(settings.database_url.get_secret_value())
    except migration.MigrationFailed as error:
        raise CommandFailed(str(error)) from error
    return changed


def create_first_key(settings: Settings) -> str | None:
    """Create a key for a first try. Return None if there is a key, or if no migration has run."""
    try:
        with open_transaction(settings) as tx:
            if schema_revision.find(tx) != schema_revision.HEAD or store.has_keys(tx):
                return None
            return add_key(tx, _LOCAL_TENANT, SCOPES)
    except CommandFailed:
        # The server starts without its database, too; /readyz reports it.
        return None


def create_key(options: Namespace) -> int:
    """Create a key and print it. It cannot be shown again."""
    with open_transaction(_load_settings(options)) as tx:
        print(add_key(tx, options.tenant, frozenset(options.scope or SCOPES)))
    return 0


def add_key(tx: sa.Connection, tenant: str, scopes: frozenset[str]) -> str:
    """Store a new key of a tenant; return its text."""
    credential = api_keys.generate()
    secret_hash = api_keys.hash_secret(credential.secret)
    now = datetime.now(UTC)
    store.add_key(tx, Key(credential.key_id, uuid4(), tenant, secret_hash, scopes, now, None))
    return credential.encode()


def list_keys(options: Namespace) -> int:
    with open_transaction(_load_settings(options), read_only=True) as tx:
        for key in store.list_keys(tx, options.tenant):
            state = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "live"
            scopes = ",".join(sorted(key.scopes))
            print(f"{key.key_id}  {key.tenant}  {key.created_at:%Y-%m-%d}  {state}  {scopes}")
    return 0


def revoke_key(options: Namespace) -> int:
    with open_transaction(_load_settings(options)) as tx:
        if not store.revoke_key(tx, options.key_id, datetime.now(UTC)):
            raise CommandFailed(f"no live key has the id {options.key_id}; see pushoff keys list")
    print(f"Revoked {options.key_id}.")
    return 0


def write_openapi(options: Namespace) -> int:
    """Write openapi.yaml into the current folder, or check that it is up to date."""
    text = openapi.render_yaml(main.create_app(Settings()).openapi())
    if not options.check:
        _OPENAPI_FILE.write_text(text, encoding="utf-8")
        print(f"Wrote {_OPENAPI_FILE}.")
    elif not _OPENAPI_FILE.exists() or _OPENAPI_FILE.read_text(encoding="utf-8") != text:
        raise CommandFailed(f"{_OPENAPI_FILE} differs from the routes; run pushoff openapi")
    return 0


def _load_settings(options: Namespace) -> Settings:
    workers = getattr(options, "workers", None)
    try:
        return Settings() if workers is None else Settings(workers=workers)
    except ValidationError as invalid:
        lines = [
            f"PUSHOFF_{'_'.join(str(step) for step in error['loc']).upper()}: {error['msg']}"
            for error in invalid.errors()
        ]
        raise CommandFailed("\n  ".join(["a setting is wrong:", *lines])) from invalid


@contextlib.contextmanager
def open_transaction(settings: Settings, *, read_only: bool = False) -> Iterator[sa.Connection]:
    """Open a transaction and commit it. Raise CommandFailed on an error of the database."""
    url = sa.make_url(settings.database_url.get_secret_value())
    engine = make_engine(url, settings.statement_timeout_s, read_only=read_only)
    try:
        with engine.begin() as tx:
            yield tx
    except DBAPIError as error:
        address = url.render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        raise CommandFailed(f"the database {address} says: {reason}") from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
