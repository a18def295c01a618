"""What the commands do: serve, migrate, keys, openapi.

Settings come from the environment. A command that cannot do its work raises CommandFailed with a
sentence for the person at the terminal.
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
from app.keys import credentials, store
from app.keys.auth import SCOPES
from app.keys.store import Key
from app.settings import Settings
from app.web.docs import openapi
from app.web.monitoring import logs

LOCAL_TENANT = "local"
OPENAPI_FILE = Path("openapi.yaml")
BACKLOG = 2048


class CommandFailed(Exception):
    """Why a command could not do its work."""


def serve(wanted: Namespace) -> int:
    """Answers requests until SIGTERM or Ctrl-C, then finishes those that run."""
    settings = read_settings(wanted)
    logs.configure(settings)
    if not is_loopback(settings.host) and settings.secret is None:
        raise CommandFailed(
            f"{settings.host} can be reached from other machines: set PUSHOFF_SECRET to 32 or more"
            " random characters, the same on every instance"
        )
    # To stop when asked to is no failure, also before the server is up.
    signal.signal(signal.SIGTERM, leave)
    if wanted.migrate:
        bring_to_head(settings)
    listener = listen(settings)
    address = "http://{}:{}".format(*listener.getsockname()[:2])
    print(f"Docs: {address}/docs")
    if is_loopback(settings.host) and (key := make_first_key(settings)):
        print(f"Key (shown once, tenant {LOCAL_TENANT}): {key}")
    print(f"Try: curl {address}/programs -H 'Content-Type: application/json' -d '{{}}'", flush=True)
    run_server(settings, listener)
    return 0


def run_server(settings: Settings, listener: socket.socket) -> None:
    """One server in this process, or several in processes of their own."""
    config = uvicorn.Config(
        "app.main:build",
        factory=True,
        workers=settings.workers,
        http="app.web.layers.protocol_limits:GuardedProtocol",
        # Without this, an upgrade is taken wherever some library for web sockets is installed.
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=round(settings.graceful_shutdown_s),
    )
    with contextlib.ExitStack() as stack:
        # Uvicorn raises the signal again once it has stopped.
        signal.signal(signal.SIGTERM, leave)
        stack.enter_context(contextlib.suppress(KeyboardInterrupt))
        if settings.workers == 1:
            uvicorn.Server(config).run(sockets=[listener])
            return
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pushoff-metrics-"))
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
        os.environ["PUSHOFF_WORKERS"] = str(settings.workers)
        Multiprocess(config, sockets=[listener]).run()


def leave(_signal: int, _frame: object) -> None:
    """Ends the process as one that has done its work."""
    sys.exit(0)


def listen(settings: Settings) -> socket.socket:
    """A socket that already takes connections, so that what is printed next is true."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as bad:
        raise CommandFailed(
            f"cannot listen on {settings.host}:{settings.port}: {bad.strerror};"
            " set PUSHOFF_PORT to another port"
        ) from bad
    listener.listen(BACKLOG)
    return listener


def migrate(wanted: Namespace) -> int:
    """Brings the database's schema to head."""
    changed = bring_to_head(read_settings(wanted))
    print(f"{'Migrated to' if changed else 'Already at'} {schema_revision.HEAD}.")
    return 0


def bring_to_head(settings: Settings) -> bool:
    """Whether anything had to be done. Alembic is loaded only if so: it takes its time."""
    with transaction(settings, read_only=True) as tx:
        if schema_revision.find(tx) == schema_revision.HEAD:
            return False
    migration = importlib.import_module("app.database.migration")
    try:
        changed: bool = migration.migrate(settings.database_url.get_secret_value())
    except migration.MigrationFailed as failed:
        raise CommandFailed(str(failed)) from failed
    return changed


def make_first_key(settings: Settings) -> str | None:
    """A key for whoever tries this at home: only where there is none, on a migrated database."""
    try:
        with transaction(settings) as tx:
            if schema_revision.find(tx) != schema_revision.HEAD or store.has_keys(tx):
                return None
            return add_key(tx, LOCAL_TENANT, SCOPES)
    except CommandFailed:
        # The server starts without its database as well; /readyz tells of it.
        return None


def create_key(wanted: Namespace) -> int:
    """Makes a key and prints it, the only time that it is seen."""
    with transaction(read_settings(wanted)) as tx:
        print(add_key(tx, wanted.tenant, frozenset(wanted.scope or SCOPES)))
    return 0


def add_key(tx: sa.Connection, tenant: str, scopes: frozenset[str]) -> str:
    """A new key of a tenant, spelled out."""
    credential = credentials.mint()
    secret_hash = credentials.hash_secret(credential.secret)
    now = datetime.now(UTC)
    store.add_key(tx, Key(credential.key_id, uuid4(), tenant, secret_hash, scopes, now, None))
    return credential.spell()


def list_keys(wanted: Namespace) -> int:
    """Lists keys, one a line."""
    with transaction(read_settings(wanted), read_only=True) as tx:
        for key in store.list_keys(tx, wanted.tenant):
            ended = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "live"
            scopes = ",".join(sorted(key.scopes))
            print(f"{key.key_id}  {key.tenant}  {key.created_at:%Y-%m-%d}  {ended}  {scopes}")
    return 0


def revoke_key(wanted: Namespace) -> int:
    """Ends a key."""
    with transaction(read_settings(wanted)) as tx:
        if not store.revoke_key(tx, wanted.key_id, datetime.now(UTC)):
            raise CommandFailed(f"no live key has the id {wanted.key_id}; see pushoff keys list")
    print(f"Revoked {wanted.key_id}.")
    return 0


def write_openapi(wanted: Namespace) -> int:
    """Writes openapi.yaml into the current folder, or says whether the one there is right."""
    document = main.create_app(Settings()).openapi()
    text = openapi.render_yaml(document)
    if not wanted.check:
        OPENAPI_FILE.write_text(text, encoding="utf-8")
        print(f"Wrote {OPENAPI_FILE}.")
    elif not OPENAPI_FILE.exists() or OPENAPI_FILE.read_text(encoding="utf-8") != text:
        raise CommandFailed(f"{OPENAPI_FILE} is not what the routes say; run pushoff openapi")
    return 0


def read_settings(wanted: Namespace) -> Settings:
    """The settings of the environment, and of the command where it has some."""
    given = {"workers": wanted.workers} if getattr(wanted, "workers", None) is not None else {}
    try:
        return Settings(**given)
    except ValidationError as bad:
        lines = [
            f"PUSHOFF_{'_'.join(str(step) for step in error['loc']).upper()}: {error['msg']}"
            for error in bad.errors()
        ]
        raise CommandFailed("\n  ".join(["a setting is wrong:", *lines])) from bad


@contextlib.contextmanager
def transaction(settings: Settings, *, read_only: bool = False) -> Iterator[sa.Connection]:
    """A transaction of a command's own. Raises CommandFailed if the database does not answer."""
    url = sa.make_url(settings.database_url.get_secret_value())
    engine = make_engine(url, settings.statement_timeout_s, read_only=read_only)
    try:
        with engine.begin() as tx:
            yield tx
    except DBAPIError as bad:
        place = url.render_as_string(hide_password=True)
        reason = str(bad.orig).strip().splitlines()[0]
        raise CommandFailed(f"the database {place} says: {reason}") from bad


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
