"""The command line: parses the arguments and calls a function of `commands`.

`commands` is loaded only when a command runs, so that help is printed at once.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

SCOPES = ("sessions:read", "sessions:write", "athletes:erase", "tokens:create")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Return its exit code: 0 for success, 1 for failure, 2 for wrong usage."""
    options = _build_parser().parse_args(arguments)
    commands = importlib.import_module("app.commands")
    try:
        code: int = getattr(commands, options.command)(options)
    except commands.CommandFailed as error:
        print(f"pushoff: {error}", file=sys.stderr)
        return 1
    return code


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pushoff",
        description="Calf and core strength for runners as a service.",
        epilog="Settings are environment variables with the prefix PUSHOFF_; see docs/settings.md.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    serve = commands.add_parser("serve", help="answer requests until SIGTERM or Ctrl-C")
    serve.add_argument("--workers", type=int, help="server processes (default: PUSHOFF_WORKERS)")
    serve.add_argument("--migrate", action="store_true", help="migrate the database first")
    serve.set_defaults(command="serve")

    migrate = commands.add_parser(
        "migrate", help="bring the schema of the database to the newest revision"
    )
    migrate.set_defaults(command="migrate")

    openapi = commands.add_parser("openapi", help="write openapi.yaml from the routes")
    openapi.add_argument(
        "--check", action="store_true", help="only check whether the file is up to date"
    )
    openapi.set_defaults(command="write_openapi")

    keys = commands.add_parser("keys", help="create, list and revoke API keys")
    _add_key_commands(keys.add_subparsers(required=True, metavar="action"))
    return parser


def _add_key_commands(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    create = actions.add_parser("create", help="create a key and print it; it is not shown again")
    create.add_argument("--tenant", required=True, help="name of the app that calls")
    create.add_argument(
        "--scope", action="append", choices=SCOPES, help="may be repeated (default: all)"
    )
    create.set_defaults(command="create_key")

    listing = actions.add_parser("list", help="list keys, without their secrets")
    listing.add_argument("--tenant", help="only the keys of this app")
    listing.set_defaults(command="list_keys")

    revoke = actions.add_parser(
        "revoke", help="revoke a key; every worker rejects it within a second"
    )
    revoke.add_argument("key_id", help="the 16 characters after push_")
    revoke.set_defaults(command="revoke_key")
