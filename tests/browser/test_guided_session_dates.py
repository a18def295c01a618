"""The guided session of a programme that begins later says that it does not count yet."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.browser.chromium import Browser
from tests.browser.conftest import RunningService
from tests.browser.guided_session import GuidedSession


@pytest.fixture
def guided(browser: Browser) -> GuidedSession:
    return GuidedSession(browser)


class TestStartDate:
    def begin(self, guided: GuidedSession, service: RunningService, days: int) -> str:
        """Do one set of a programme that begins in so many days; return what was said before."""
        start = datetime.now(UTC).date() + timedelta(days=days)
        query = {"start_date": start.isoformat()}
        program = httpx.get(f"{service.address}/programs", params=query).json()
        guided.open(program["program_id"])
        said = guided.text()
        guided.press("Start", "I am warm")
        guided.do_set(pain=0)
        guided.end()
        guided.press("What changes next?")
        return said

    def test_that_is_later_is_told_before_the_session_and_after(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        said = self.begin(guided, service, days=9)
        assert "a session before then does not count" in said
        guided.wait_for_text("main", "The session lies outside the programme's weeks")
        assert "Counted:" not in guided.text()

    def test_of_yesterday_needs_no_word(
        self, guided: GuidedSession, service: RunningService
    ) -> None:
        assert "does not count" not in self.begin(guided, service, days=-1)
        guided.wait_for_text("main", "Counted:")
