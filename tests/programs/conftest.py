"""A service without a database: it can answer from the request alone."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.client import caller, opened

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture(scope="module")
async def offline() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a service without a database, so nothing can be stored."""
    async with opened(NOWHERE) as app, caller(app) as client:
        assert (await client.get("/readyz")).status_code == 503
        yield client
