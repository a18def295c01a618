"""Stores the examples of openapi.yaml, so that its other examples have something to read.

Called by the tests of the contract, and by `example_answers`.
"""

import httpx

from tests.contract.document import OPERATIONS, Json, Operation

SESSION = next(one for one in OPERATIONS if one.id == "put_session")
SET = next(one for one in OPERATIONS if one.id == "put_set")
CALENDAR = next(one for one in OPERATIONS if one.id == "create_calendar")


def needs_stored_data(operation: Operation) -> bool:
    """Return whether an operation reads or changes data that is stored under a key."""
    return operation.needs_key or operation.id == "get_calendar"


async def store_examples(client: httpx.AsyncClient) -> Json:
    """Store the examples, so that there is data to read and to delete.

    Returns the path parameters whose values the service has chosen.
    """
    operations = (SESSION, SET, CALENDAR)
    answers = [await client.request(**one.request(one.bodies[0])) for one in operations]
    assert max(answer.status_code for answer in answers) < 300, answers
    calendar: Json = answers[-1].json()
    token = calendar["url"].removeprefix("/calendars/").removesuffix(".ics")
    return {"calendar_id": calendar["calendar_id"], "token": token}
