"""Authentication: from an Authorization header to a tenant, its scopes, and a device's athlete.

Routes declare a dependency such as `Reader`; they get a `Caller` or raise the problem. Every wrong
key gets the same 401. A key is cached for half a second, so that a revoked one is rejected within a
second on every worker without a query for each request.
"""

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, get_args
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from app.database.database import Database
from app.keys import api_keys, device_tokens, store
from app.keys.api_keys import Credential
from app.keys.device_tokens import SignedToken
from app.keys.store import Key
from app.web.http.problems import InsufficientScope, InvalidHeader, Unauthenticated
from app.web.http.resources import get_resources
from app.web.http.routing import BatchRoute, StrictRoute
from app.web.layers import rate_limits

Scope = Literal["sessions:read", "sessions:write", "athletes:erase", "tokens:create"]
SCOPES: frozenset[str] = frozenset(get_args(Scope))
_CACHE_TTL_S = 0.5
# The clock of the instance that created a token may be ahead of this one's.
_CLOCK_SKEW = timedelta(minutes=5)
# Limits the memory that requests with invented key ids can use.
MAX_CACHED_KEYS = 10_000

_SCHEME = HTTPBearer(
    scheme_name="ApiKey",
    description="An API key from `pushoff keys create` (`push_…`), or a device token (`pusht_…`).",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller of a request."""

    tenant_id: UUID
    key_id: str
    scopes: frozenset[str]
    athlete_id: str | None = None
    """The only athlete that a device token gives access to; None for a key: all athletes."""

    def check_athlete(self, athlete_id: str) -> None:
        """Raise InsufficientScope if the device token belongs to another athlete."""
        if self.athlete_id not in (None, athlete_id):
            raise InsufficientScope("The token is bound to another athlete.")


class KeyCache:
    """The keys that were looked up in the last half second, and the ids that had none."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[float, Key | None]] = {}

    async def find(self, database: Database, key_id: str) -> Key | None:
        """Return the key with this id, or None, from the cache or from the database."""
        now = time.monotonic()
        cached_at, key = self.entries.get(key_id, (-math.inf, None))
        if now - cached_at < _CACHE_TTL_S:
            return key
        key = await database.read(store.find_key, key_id)
        if len(self.entries) >= MAX_CACHED_KEYS:
            self.entries.clear()
        self.entries[key_id] = (now, key)
        return key


def build_unauthenticated() -> Unauthenticated:
    """Return the problem that every wrong key gets."""
    return Unauthenticated(
        "Send a valid key: Authorization: Bearer push_…", headers={"WWW-Authenticate": "Bearer"}
    )


def _parse_credential(request: Request) -> Credential | SignedToken:
    """Return the well-formed key or token of a request. Raises Unauthenticated, InvalidHeader."""
    headers = request.headers.getlist("authorization")
    if len(headers) > 1:
        raise InvalidHeader("Authorization was sent more than once.")
    scheme, _separator, text = headers[0].partition(" ") if headers else ("", "", "")
    if scheme.lower() != "bearer":
        raise build_unauthenticated()
    credential = api_keys.parse(text.strip()) or device_tokens.parse(text.strip())
    if credential is None:
        raise build_unauthenticated()
    return credential


class AuthenticatedRoute(StrictRoute):
    """A route that needs a key. Without a valid one, the body is not even read."""

    async def check_head(self, request: Request) -> None:
        """Raise Unauthenticated if the request has no valid key or token."""
        request.state.caller = await _authenticate(request)


class AuthenticatedBatchRoute(AuthenticatedRoute, BatchRoute):
    """The same for a batch of sessions."""


async def _get_caller(request: Request, _: Annotated[object, Depends(_SCHEME)]) -> Caller:
    """Return the caller of a request to an AuthenticatedRoute."""
    caller: Caller = request.state.caller
    return caller


async def _authenticate(request: Request) -> Caller:
    """Return the caller of a request. Raises Unauthenticated, InvalidHeader."""
    credential, resources = _parse_credential(request), get_resources(request)
    cache: KeyCache = request.app.state.key_cache
    key = await cache.find(resources.database, credential.key_id)
    if key is None or key.revoked_at is not None:
        raise build_unauthenticated()
    if isinstance(credential, SignedToken):
        service_key = resources.settings.derive_key(device_tokens.KEY_PURPOSE)
        caller = _authenticate_device(credential, key, service_key)
    elif api_keys.verify(credential.secret, key.secret_hash):
        caller = Caller(key.tenant_id, key.key_id, key.scopes)
    else:
        raise build_unauthenticated()
    rate_limits.record_confirmed_key(request.scope, caller.key_id, caller.athlete_id)
    return caller


def _authenticate_device(sent: SignedToken, key: Key, service_key: bytes) -> Caller:
    token, left = sent.token, sent.token.expires_at - datetime.now(UTC)
    signing_key = device_tokens.derive_signing_key(service_key, key.secret_hash)
    is_current = timedelta(0) < left <= device_tokens.MAX_LIFETIME + _CLOCK_SKEW
    if not sent.verify(signing_key) or not is_current:
        raise build_unauthenticated()
    return Caller(key.tenant_id, key.key_id, token.scopes, token.athlete_id)


def require_scope(scope: Scope) -> Callable[[Request, Caller], Awaitable[Caller]]:
    """Return a dependency that accepts callers with this scope.

    It also rejects a device token if the path or the query names another athlete. An athlete in a
    body or in a row is checked by the operation.
    """

    async def check(request: Request, caller: Annotated[Caller, Depends(_get_caller)]) -> Caller:
        if scope not in caller.scopes:
            raise InsufficientScope(f"The key lacks the scope {scope}.")
        for parameters in (request.path_params, request.query_params):
            if (athlete_id := parameters.get("athlete_id")) is not None:
                caller.check_athlete(athlete_id)
        return caller

    return check


Reader = Annotated[Caller, Depends(require_scope("sessions:read"))]
Writer = Annotated[Caller, Depends(require_scope("sessions:write"))]
Eraser = Annotated[Caller, Depends(require_scope("athletes:erase"))]
TokenCreator = Annotated[Caller, Depends(require_scope("tokens:create"))]
