"""Tests with stored logs that make no sense: the answers to writes and reads of a programme never
fail, and do not depend on the order of the log or on repetitions.
"""

import datetime
import uuid
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from app.athletes import program_history, responses
from app.calendars import feeds
from app.calendars.feeds import FeedSource
from app.programs.adapting_schemas import LoggedSessionIn
from app.sessions import from_wire
from app.sessions.next_session import ProgramLog, prescribe
from app.sessions.store import LogEdition
from app.training import engine
from app.training.log.completed import CompletedSession
from app.training.measures.progress import measure_progress
from app.training.planning.spec import Spec
from tests.client import Json
from tests.programs.test_junk_logs import completed_sessions
from tests.properties import at_most
from tests.training.strategies import specs

NOW = datetime.datetime(2027, 3, 3, tzinfo=UTC)


def read_session(number: int, sent: Json) -> CompletedSession:
    upload = LoggedSessionIn.model_validate(sent)
    session_id = upload.session_id or uuid.UUID(int=number)
    sets = tuple(from_wire.parse_sets_with_ids(upload, session_id))
    return from_wire.parse_own_fields(upload, session_id, sets)


def logs() -> st.SearchStrategy[list[CompletedSession]]:
    sent = st.lists(completed_sessions(), max_size=6)
    return sent.map(lambda some: [read_session(n, one) for n, one in enumerate(some)])


def answer_everything(spec: Spec, log: list[CompletedSession]) -> list[object]:
    """Return all that the service answers about a log."""
    ref = engine.identify(spec)
    following = prescribe(ProgramLog("runner", ref.program_id, log), NOW)
    assert "next_failed" not in [note.code for note in following.notes]
    followed = ref.follow(log, as_of=spec.date_at(NOW))
    measure_progress(followed, log)
    source = FeedSource("runner", ref.program_id, log, LogEdition(0, None), None, None)
    dated = spec.start_date is not None
    listed = program_history.list_programs({ref.program_id: log}, NOW) if log else []
    return [
        following,
        responses.encode_program(ref, followed, "runner"),
        responses.encode_today(followed, spec.date_at(NOW), in_full=False),
        responses.encode_today(followed, spec.date_at(NOW), in_full=True),
        feeds.build_feed(ref, source, NOW) if dated else None,
        listed,
    ]


class TestJunkLog:
    @settings(max_examples=at_most(100))
    @given(specs(), logs())
    def test_is_answered_and_its_order_does_not_matter(
        self, spec: Spec, log: list[CompletedSession]
    ) -> None:
        found = answer_everything(spec, log)
        assert answer_everything(spec, [*reversed(log), *log]) == found
