"""Who calls: from an Authorization header to a tenant, its scopes, and a device's one athlete.

Every failure is one and the same 401. A looked-up key is trusted for half a second, so that a
revoked one stops within a second on every worker without a query for each request.
"""

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from app.database.database import Database
from app.keys import credentials, store, tokens
from app.keys.credentials import Credential
from app.keys.store import Key
from app.keys.tokens import SignedToken
from app.web.http.problems import InsufficientScope, InvalidHeader, Unauthenticated
from app.web.http.resources import DatabaseDep
from app.web.http.routing import BatchRoute, StrictRoute
from app.web.layers import rate_limits

Scope = Literal["sessions:read", "sessions:write", "athletes:erase", "tokens:create"]
SCOPES: frozenset[str] = frozenset(get_args(Scope))
TRUSTED_S = 0.5
# Made-up key ids must not fill the memory.
MOST_REMEMBERED = 10_000

SCHEME = HTTPBearer(
    scheme_name="ApiKey",
    description="A key as `pushoff keys create` prints it (`push_…`), or the token of a device"
    " (`pusht_…`).",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request is from, and what it may do."""

    tenant_id: UUID
    key_id: str
    scopes: frozenset[str]
    athlete_id: str | None = None
    """The one person that a device's token is bound to; None for a key, which may see all."""

    def check_athlete(self, athlete_id: str) -> None:
        """Raises InsufficientScope where a token is another person's."""
        if self.athlete_id not in (None, athlete_id):
            raise InsufficientScope("The token is bound to another athlete.")


class KeyRing:
    """Keys that were looked up a moment ago, missing ones included."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[float, Key | None]] = {}

    async def find(self, database: Database, key_id: str) -> Key | None:
        """The key of an id, from memory or from the database."""
        now = time.monotonic()
        when, key = self.seen.get(key_id, (-math.inf, None))
        if now - when < TRUSTED_S:
            return key
        key = await database.read(store.find_key, key_id)
        if len(self.seen) >= MOST_REMEMBERED:
            self.seen.clear()
        self.seen[key_id] = (now, key)
        return key


def refuse() -> Unauthenticated:
    """The one answer to every wrong key."""
    return Unauthenticated(
        "Send a valid key: Authorization: Bearer push_…",
        headers={"WWW-Authenticate": "Bearer"},
    )


def read_credential(request: Request) -> Credential | SignedToken:
    """The key or the token of a request, if it has the form of one. Raises Unauthenticated."""
    sent = request.headers.getlist("authorization")
    if len(sent) > 1:
        raise InvalidHeader("Authorization was sent more than once.")
    scheme, _separator, text = sent[0].partition(" ") if sent else ("", "", "")
    if scheme.lower() != "bearer":
        raise refuse()
    credential = credentials.parse(text.strip()) or tokens.parse(text.strip())
    if credential is None:
        raise refuse()
    return credential


class KeyedRoute(StrictRoute):
    """A route behind a key: without the form of one, not even the body is read."""

    def admit(self, request: Request) -> None:
        """Raises Unauthenticated for what is no key of ours by its form."""
        read_credential(request)


class KeyedBatchRoute(KeyedRoute, BatchRoute):
    """The same for many sessions at once."""


def _get_key_ring(request: Request) -> KeyRing:
    ring: KeyRing = request.app.state.key_ring
    return ring


async def identify(
    request: Request, database: DatabaseDep, _: Annotated[object, Depends(SCHEME)]
) -> Caller:
    """The caller of a request. Raises Unauthenticated."""
    credential = read_credential(request)
    key = await _get_key_ring(request).find(database, credential.key_id)
    if key is None or key.revoked_at is not None:
        raise refuse()
    if isinstance(credential, SignedToken):
        caller = admit_device(credential, key)
    elif credentials.verify(credential.secret, key.secret_hash):
        caller = Caller(key.tenant_id, key.key_id, key.scopes)
    else:
        raise refuse()
    rate_limits.confirm_key(request.scope, caller.key_id, caller.athlete_id)
    return caller


def admit_device(sent: SignedToken, key: Key) -> Caller:
    """The caller of a device's token, made by this key or not. Raises Unauthenticated."""
    token = sent.token
    if not sent.verify(key.secret_hash) or token.expires_at <= datetime.now(UTC):
        raise refuse()
    return Caller(key.tenant_id, key.key_id, token.scopes, token.athlete_id)


def require(scope: Scope) -> Callable[[Request, Caller], Awaitable[Caller]]:
    """A dependency that lets callers with a scope through, and a token to its own athlete only,
    wherever an address names one. What a body or a row names, its operation checks.
    """

    async def check(request: Request, caller: Annotated[Caller, Depends(identify)]) -> Caller:
        if scope not in caller.scopes:
            raise InsufficientScope(f"The key lacks the scope {scope}.")
        for named in (request.path_params, request.query_params):
            if (athlete_id := named.get("athlete_id")) is not None:
                caller.check_athlete(athlete_id)
        return caller

    return check


Reader = Annotated[Caller, Depends(require("sessions:read"))]
Writer = Annotated[Caller, Depends(require("sessions:write"))]
Eraser = Annotated[Caller, Depends(require("athletes:erase"))]
Opener = Annotated[Caller, Depends(require("tokens:create"))]
