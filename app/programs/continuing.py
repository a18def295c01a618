"""The answer of `continue`: the spec and the id of the programme that goes on where a log ends.

continue_followed() gets a FollowedProgram and what changes. The routes under /programs follow a log
that was sent, those under /athletes the stored one.
"""

from collections.abc import Sequence

from app.programs import lookup
from app.programs.adapting_schemas import ContinuationIn, ContinueOut
from app.training import engine
from app.training.adapting.followed_program import FollowedProgram
from app.training.log.logbook import DataNote
from app.training.planning import program
from app.training.planning.spec_building import SpecError
from app.web.http.problems import ValidationFailed, error_at_pointer


def continue_followed(
    followed: FollowedProgram, sent: ContinuationIn, notes: Sequence[DataNote]
) -> ContinueOut:
    """Return the successor of a followed programme. Raises ValidationFailed for changes that do not
    fit, and after a block that nobody has cleared.
    """
    try:
        spec = engine.continue_program(followed, sent.spec.to_fields(), cleared=sent.cleared)
        if (why := program.find_block(spec)) is not None:
            field = "red_flags" if spec.red_flags else "pain_now"
            error = error_at_pointer(["spec", field], "blocks the programme", "blocked")
            raise ValidationFailed(why.sentence, errors=[error])
        program_id = engine.identify(spec).program_id
    except engine.NotCleared as blocked:
        error = error_at_pointer(
            ["cleared"], "must be true after the programme was blocked", "cleared"
        )
        text = "The programme is blocked. It can continue after a professional cleared the runner."
        raise ValidationFailed(text, errors=[error]) from blocked
    except SpecError as bad:
        error = error_at_pointer(["spec", *bad.path], bad.detail, "spec")
        raise lookup.unplannable(error) from bad
    return ContinueOut(program_id=program_id, spec=spec, data_notes=list(notes))
