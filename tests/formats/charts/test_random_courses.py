"""A picture is drawn for every course that a runner may take."""

from hypothesis import HealthCheck, given, settings

from app.formats.charts import chart
from app.training.measures.week_overview import build_overview, build_overview_across
from tests.formats.charts.chart_samples import parse
from tests.properties import at_most
from tests.training.journal import Journal, sets
from tests.training.measures.courses import courses

# A thorough run (`--hypothesis-profile=thorough`) draws 5,000.
few = settings(max_examples=at_most(100), suppress_health_check=[*HealthCheck], deadline=None)


class TestCourses:
    @few
    @given(courses())
    def test_have_charts(self, course: list[Journal]) -> None:
        for journal in course:
            weeks = build_overview(journal.followed)
            assert parse(chart.draw_progress(weeks)).get("height")
        line = [(one.followed, one.log) for one in course]
        weeks = build_overview_across(line)
        assert parse(chart.draw_progress(weeks)).get("height")
        assert [one.index for one in weeks] == sorted({one.index for one in weeks})


class TestBlockedProgrammes:
    def test_have_charts_from_their_first_week_on(self) -> None:
        # Pain above 5 again in the first week back ends a programme of two weeks.
        journal = Journal(weeks=2).train(sets("SK", pain=7)).train(sets("BK", pain=7))
        assert journal.followed.status == "blocked"
        drawn = chart.draw_progress(build_overview(journal.followed))
        assert b"worst pain reported was 7 of 10, in weeks 1 and 2" in drawn

    def test_have_charts_after_two_weeks_of_pain_4(self) -> None:
        journal = Journal().train(sets(pain=4)).train(sets(pain=4))
        drawn = chart.draw_progress(build_overview(journal.followed))
        assert b"ladder position from 2.0 to 2.0" in drawn
