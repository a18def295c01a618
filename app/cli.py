"""The command line: what can be asked for, in words.

What a command does stands in commands, which is loaded only when one runs, so that help is there
at once.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

SCOPES = ("sessions:read", "sessions:write", "athletes:erase", "tokens:create")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. The exit code is 0 if it went well, 1 if not, 2 for a wrong call."""
    wanted = _build_parser().parse_args(arguments)
    commands = importlib.import_module("app.commands")
    try:
        code: int = getattr(commands, wanted.command)(wanted)
    except commands.CommandFailed as failed:
        print(f"pushoff: {failed}", file=sys.stderr)
        return 1
    return code


def _build_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = argparse.ArgumentParser(
        prog="pushoff",
        description="Calf and core strength for runners as a service.",
        epilog="Settings are environment variables with the prefix PUSHOFF_; see docs/settings.md.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    serve = commands.add_parser("serve", help="answer requests until told to stop")
    serve.add_argument("--workers", type=int, help="server processes (default: PUSHOFF_WORKERS)")
    serve.add_argument("--migrate", action="store_true", help="bring the database to head first")
    serve.set_defaults(command="serve")

    migrate = commands.add_parser("migrate", help="bring the database's schema to head")
    migrate.set_defaults(command="migrate")

    openapi = commands.add_parser("openapi", help="write openapi.yaml from the routes")
    openapi.add_argument("--check", action="store_true", help="only say whether it is up to date")
    openapi.set_defaults(command="write_openapi")

    keys = commands.add_parser("keys", help="make, list and revoke API keys")
    _add_key_commands(keys.add_subparsers(required=True, metavar="action"))
    return parser


def _add_key_commands(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The actions of `pushoff keys`."""
    create = actions.add_parser("create", help="make a key and print it, once")
    create.add_argument("--tenant", required=True, help="name of the app that will call")
    create.add_argument(
        "--scope", action="append", choices=SCOPES, help="may be repeated (default: all)"
    )
    create.set_defaults(command="create_key")

    listing = actions.add_parser("list", help="list keys without their secrets")
    listing.add_argument("--tenant", help="only the keys of this app")
    listing.set_defaults(command="list_keys")

    revoke = actions.add_parser("revoke", help="end a key within a second, on every worker")
    revoke.add_argument("key_id", help="the 16 characters after push_")
    revoke.set_defaults(command="revoke_key")
