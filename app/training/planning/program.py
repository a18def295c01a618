"""The programme: its weeks, with notices and the spec that it was made from.

build_program() takes the weeks from `training.engine`. The dataclasses are the response on the
wire. A spec that must not be planned gives a Blocked, which has no sessions and no id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.training.catalog import reasons
from app.training.catalog.exercises import EXERCISES, LADDERS
from app.training.catalog.reasons import DISCLAIMER, Reason
from app.training.catalog.track_definitions import DEFINITIONS, TRACKS, SessionType
from app.training.planning import training_calendar
from app.training.planning.plan_constants import ADULT_AGE, UNIT, PlanConstants
from app.training.planning.spec import Spec
from app.training.planning.week import Phase, Week

_MAX_PAIN = 5
# The ages of the published heel-rise norms (EV-10).
NORM_AGES = range(20, 82)
# Exercises whose step height lost its upper bound in the article.
_INCOMPLETE_HEIGHTS = frozenset(
    slug
    for slug, one in EXERCISES.items()
    if one.step_height_cm and one.step_height_cm.upper_bound_in_source
)


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """Weeks in a row that share a phase."""

    name: Phase
    """The aim of these weeks."""
    from_week: int
    """The first week."""
    to_week: int
    """The last week."""


@dataclass(frozen=True, slots=True)
class Program:
    """A planned programme, week by week."""

    program_id: str
    """The id of the programme. It encodes spec and engine."""
    status: Literal["planned"]
    """Always `planned`."""
    engine_version: str
    """The version of the rules that planned it."""
    spec: Spec
    """The spec with every default filled in."""
    cautious: bool
    """Whether the plan is more careful because of age, pain or a recent injury."""
    body_mass_assumed: bool
    """Whether loads were computed with an assumed body mass."""
    days: tuple[int, ...]
    """The weekdays to train on, 0 = Monday."""
    session_types: Mapping[int, SessionType]
    """The session type of each of these days: F everything, C both calf raises, S step-ups."""
    notices: tuple[Reason, ...]
    """Notices on the programme as a whole."""
    disclaimers: tuple[str, ...]
    """Disclaimers."""
    phases: tuple[PhaseSpan, ...]
    """The phases in order."""
    weeks: tuple[Week, ...]
    """The weeks in order."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """No programme, because something has to be cleared first."""

    status: Literal["blocked"]
    """Always `blocked`."""
    code: str
    """Stable code of the obstacle."""
    sentence: str
    """The obstacle in one sentence."""
    evidence: tuple[str, ...]
    """Ids of the evidence."""
    disclaimers: tuple[str, ...]
    """Disclaimers."""


def build_program(
    constants: PlanConstants, weeks: tuple[Week, ...], program_id: str, engine_version: str
) -> Program:
    """Return the programme of these weeks."""
    spec = constants.spec
    return Program(
        program_id=program_id,
        status="planned",
        engine_version=engine_version,
        spec=spec,
        cautious=constants.cautious,
        body_mass_assumed=spec.body_mass is None,
        days=constants.days,
        session_types=constants.types,
        notices=tuple(_list_notices(constants, weeks)),
        disclaimers=(DISCLAIMER,),
        phases=tuple(_list_phases(weeks)),
        weeks=weeks,
    )


def find_block(spec: Spec) -> Blocked | None:
    """Return why nothing may be planned for a spec, or None."""
    if not spec.red_flags and spec.pain_now <= _MAX_PAIN:
        return None
    code = "CLEARANCE_REQUIRED" if spec.red_flags else "PAIN_ABOVE_5"
    return Blocked("blocked", code, *reasons.BLOCKS[code], (DISCLAIMER,))


def _list_phases(weeks: tuple[Week, ...]) -> Iterator[PhaseSpan]:
    for phase, run in groupby(weeks, key=lambda week: week.phase):
        span = list(run)
        yield PhaseSpan(phase, span[0].index, span[-1].index)


def _list_notices(constants: PlanConstants, weeks: tuple[Week, ...]) -> Iterator[Reason]:
    """Yield the notices on a programme as a whole, in a fixed order."""
    spec = constants.spec
    slugs = {e.slug for week in weeks for session in week.sessions for e in session.exercises}
    limited = [
        track
        for track in TRACKS
        if not constants.ladders[track][-1].loaded and any(r.loaded for r in LADDERS[track])
    ]
    raced = training_calendar.find_race_week(spec) is not None
    young = spec.age is not None and spec.age < ADULT_AGE
    extrapolated = spec.heel_rise_test and spec.age is not None and spec.age not in NORM_AGES
    trimmed = any(session.trimmed for week in weeks for session in week.sessions)
    single = [track for track, ladder in constants.ladders.items() if len(ladder) == 1]
    notices = [code for track in single if (code := DEFINITIONS[track].single_rung_notice)]
    applies: dict[str, bool] = {
        "SPLIT_FOR_48H": set(constants.types.values()) != {"F"},
        "TIME_BUDGET_TRIM": trimmed,
        **dict.fromkeys(notices, True),
        "LADDER_LIMITED_BY_EQUIPMENT": bool(limited),
        "RACE_OUTSIDE_PROGRAMME": spec.race_date is not None and not raced,
        "TAPER_APPLIED": raced,
        "CAUTIOUS_MODE": constants.cautious,
        "MINOR_SUPERVISION": young,
        "BODY_MASS_ASSUMED": spec.body_mass is None,
        "TEST_ASYMMETRY": constants.weak_test is not None,
        "EXTRAPOLATED_NORM": bool(extrapolated),
        "SEED_HEIGHT_UNKNOWN_UPPER": not slugs.isdisjoint(_INCOMPLETE_HEIGHTS),
        "DELOAD_CONVENTION": any(week.kind == "deload" for week in weeks),
    }
    params: dict[str, dict[str, str | int | float]] = {
        "LADDER_LIMITED_BY_EQUIPMENT": {"tracks": ", ".join(limited)},
        "BODY_MASS_ASSUMED": {"mass": constants.body_mass // 100, "unit": UNIT[spec.units]},
        "TEST_ASYMMETRY": {"side": constants.weak_test or ""},
    }
    for code, true in applies.items():
        if true:
            yield reasons.explain_notice(code, **params.get(code, {}))
