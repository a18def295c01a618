"""The programme: its weeks, with notices and the spec that it was made from.

build_program() takes the weeks that `training.engine` planned. The dataclasses are the response on
the wire, which says each thing once: what is true of an exercise in the whole programme stands in
`exercise_details`. A spec that must not be planned gives a Blocked, which has no sessions and no
id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.training.catalog import reasons
from app.training.catalog.exercises import EXERCISES, WARM_UP
from app.training.catalog.reasons import DISCLAIMER, Param, Reason
from app.training.catalog.track_definitions import DEFINITIONS, SessionType
from app.training.planning import explaining, week_answer
from app.training.planning.plan_constants import ADULT_AGE, UNIT, PlanConstants
from app.training.planning.spec import Spec
from app.training.planning.spec_building import count_week
from app.training.planning.standing import standing_without_tracks
from app.training.planning.week import ExerciseDetails, Phase, Week
from app.training.planning.week_plan import RenderedWeek

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
    """Whether the plan starts more carefully because of age, pain or a recent injury."""
    body_mass_assumed: bool
    """Whether loads were computed with an assumed body mass."""
    days: tuple[int, ...]
    """The weekdays to train on, 0 = Monday."""
    session_types: Mapping[int, SessionType]
    """The session type of each of these days: F everything, C the calf raises, S all else."""
    warm_up: str
    """What to do before each session. Its three minutes are part of `est_minutes`."""
    notices: tuple[Reason, ...]
    """Notices on the programme as a whole."""
    disclaimers: tuple[str, ...]
    """Disclaimers."""
    phases: tuple[PhaseSpan, ...]
    """The phases in order."""
    exercise_details: Mapping[str, ExerciseDetails]
    """What is true of each exercise in the whole programme, by its slug."""
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
    constants: PlanConstants, rendered: Sequence[RenderedWeek], program_id: str, engine_version: str
) -> Program:
    """Return the programme of these weeks."""
    spec = constants.spec
    weeks = tuple([week_answer.build_week(constants, week, planned=True) for week in rendered])
    return Program(
        program_id=program_id,
        status="planned",
        engine_version=engine_version,
        spec=spec,
        cautious=rendered[0].standing.is_cautious(constants),
        body_mass_assumed=spec.body_mass is None,
        days=constants.days,
        session_types={place.weekday: place.type for place in constants.places},
        warm_up=WARM_UP,
        notices=tuple(_list_notices(constants, weeks)),
        disclaimers=(DISCLAIMER,),
        phases=tuple(_list_phases(weeks)),
        exercise_details=week_answer.collect_details(rendered),
        weeks=weeks,
    )


def find_block(spec: Spec) -> Blocked | None:
    """Return why nothing may be planned for a spec, or None."""
    if not spec.red_flags and spec.pain_now <= _MAX_PAIN:
        return None
    code = "CLEARANCE_REQUIRED" if spec.red_flags else "PAIN_ABOVE_5"
    return Blocked("blocked", *reasons.BLOCKS[code], (DISCLAIMER,))


def _list_phases(weeks: tuple[Week, ...]) -> Iterator[PhaseSpan]:
    for phase, run in groupby(weeks, key=lambda week: week.phase):
        span = list(run)
        yield PhaseSpan(phase, span[0].index, span[-1].index)


def _list_notices(constants: PlanConstants, weeks: tuple[Week, ...]) -> Iterator[Reason]:
    """Yield the notices on a programme as a whole, in a fixed order."""
    for code, params in _find_notices(constants, weeks):
        variant = str(params.pop("variant", "")) or None
        yield reasons.explain_notice(code, variant=variant, **params)


def _find_notices(
    constants: PlanConstants, weeks: tuple[Week, ...]
) -> Iterator[tuple[str, dict[str, Param]]]:
    spec = constants.spec
    sessions = [session for week in weeks for session in week.sessions]
    slugs = {exercise.slug for session in sessions for exercise in session.exercises}
    if {place.type for place in constants.places} != {"F"}:
        yield "SPLIT_FOR_48H", {"variant": "with_core"} if spec.core else {}
    if any(session.trimmed for session in sessions):
        yield "TIME_BUDGET_TRIM", {}
    for track, ladder in constants.ladders.items():
        notice = DEFINITIONS[track].single_rung_notice
        if len(ladder) == 1 and notice is not None:
            yield notice, {}
    if limited := _list_limited_tracks(constants):
        yield "LADDER_LIMITED_BY_EQUIPMENT", {"tracks": ", ".join(limited)}
    yield from _find_race_notices(constants, weeks)
    yield from _find_runner_notices(constants)
    if not slugs.isdisjoint(_INCOMPLETE_HEIGHTS):
        yield "SEED_HEIGHT_UNKNOWN_UPPER", {}
    if any(week.kind == "deload" for week in weeks):
        yield "DELOAD_CONVENTION", {}
    yield ("CORE_EVIDENCE" if spec.core else "CORE_AVAILABLE"), {}


def _list_limited_tracks(constants: PlanConstants) -> list[str]:
    """Return the names of the tracks whose hardest available rung more equipment would open."""
    tops = {track: ladder[-1] for track, ladder in constants.ladders.items()}
    return [
        DEFINITIONS[track].name.lower()
        for track, top in tops.items()
        if not top.loaded and explaining.find_opening(constants, top, 0) is not None
    ]


def _find_race_notices(
    constants: PlanConstants, weeks: tuple[Week, ...]
) -> Iterator[tuple[str, dict[str, Param]]]:
    spec = constants.spec
    tapered = [race.date for race in spec.races if race.taper]
    if spec.start_date is None or not tapered:
        return
    if any(count_week(spec.start_date, day) > spec.weeks for day in tapered):
        yield "RACE_OUTSIDE_PROGRAMME", {}
    if any(week.sessions for week in weeks if week.kind in ("taper", "race")):
        yield "TAPER_APPLIED", {}
    dates = [session.date for week in weeks for session in week.sessions if session.date]
    if not dates or min(tapered) < min(dates):
        yield "RACE_TOO_CLOSE", {}


def _find_runner_notices(constants: PlanConstants) -> Iterator[tuple[str, dict[str, Param]]]:
    spec = constants.spec
    standing = standing_without_tracks(constants)
    if standing.is_cautious(constants):
        yield "CAUTIOUS_MODE", {}
    if spec.age is not None and spec.age < ADULT_AGE:
        yield "MINOR_SUPERVISION", {}
    if spec.body_mass is None:
        mass = constants.body_mass // 100
        yield "BODY_MASS_ASSUMED", {"mass": mass, "unit": UNIT[spec.units]}
    weak = {DEFINITIONS[t].test: standing.weak_side(t, None) for t in constants.tracks}
    if (leg := weak.get("heel_rise")) is not None:
        yield "TEST_ASYMMETRY", {"side": leg}
    if (side := weak.get("side_plank")) is not None:
        yield "TEST_ASYMMETRY", {"side": side, "variant": "side_plank"}
    if spec.heel_rise_test and spec.age is not None and spec.age not in NORM_AGES:
        yield "EXTRAPOLATED_NORM", {}
