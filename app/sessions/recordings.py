"""From a file's recording to uploads, and what is told of an import, in the words of the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticCustomError

from app.formats.recording import Context, Recording, Remark
from app.sessions import answers
from app.sessions.answers import PRIVATE
from app.sessions.ingest import Merge
from app.sessions.prescribing import Log
from app.sessions.schemas import Answered, AthleteId, BatchNext, BatchOutcome, Note
from app.sessions.uploads import Upload
from app.training.log import CompletedSession
from app.training.week import Week
from app.web import caching

MOST_NOTES = 100


def check_zone(name: str) -> str:
    """The name of a time zone that there is."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError("tz", "must be an IANA time zone such as Europe/Berlin") from None
    return name


class ImportQuery(BaseModel):
    """What is known of a file beside its bytes."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    athlete_id: Annotated[AthleteId, Field(examples=["runner-7"])]
    """Whose training it is, by the calling app's own id."""
    tz: Annotated[
        Annotated[str, Field(max_length=64), AfterValidator(check_zone)] | None,
        Field(examples=["Europe/Berlin"]),
    ] = None
    """Time zone of the file's local times, for formats that name none; UTC if left out."""
    program_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The programme that was trained by. What was done is then matched to what was planned."""
    dry_run: Literal["true", "false"] = "false"
    """`true`: tell what would be stored, and store nothing."""
    strict: Literal["true", "false"] = "false"
    """`true`: refuse a file that is damaged, where otherwise what can be read of it is taken."""

    def give_context(self, now: datetime, weeks: Sequence[Week], seconds: float) -> Context:
        """The same for the readers of files."""
        return Context(
            athlete_id=self.athlete_id,
            now=now,
            time_zone=self.tz,
            program_id=self.program_id,
            weeks=weeks,
            strict=self.strict == "true",
            seconds=seconds,
        )


class UnmappedOut(Answered):
    """Sets of an exercise that none of ours could be matched to. They are kept under that name."""

    model_config = ConfigDict(title="Unmapped")

    exercise: str
    """What they are stored as, until they are sent again under an exercise of the catalogue."""
    sets: int
    """How many."""


class ImportResult(Answered):
    """What became of a file."""

    kind: str
    """What it was: `fit`, `pushoff_csv`, `hevy_csv` or `strong_csv`."""
    dry_run: bool
    """Whether this only tells what would have been."""
    sessions: list[CompletedSession]
    """The sessions that were read, with ids that follow from the file."""
    outcomes: list[BatchOutcome]
    """What was done with each, in the same order."""
    next: list[BatchNext]
    """The next session of each programme, of the first ten in the file; empty in a dry run."""
    warnings: list[Note]
    """What the format could not say, or what was read with a grain of salt."""
    unmapped: list[UnmappedOut]
    """What could not be matched to an exercise: kept, and not counted."""


RESULT = TypeAdapter(ImportResult)


def tell(
    recording: Recording,
    merges: Sequence[Merge],
    logs: Sequence[Log],
    request: Request,
    now: datetime,
    *,
    dry_run: bool,
) -> Response:
    """The answer to an import: `merges` belong to its sessions, in their order."""
    uploads = [Upload(session) for session in recording.sessions]
    pairs = enumerate(zip(uploads, merges, strict=True))
    result = ImportResult(
        kind=recording.kind,
        dry_run=dry_run,
        sessions=list(recording.sessions),
        outcomes=[answers.tell_item(place, *pair, request) for place, pair in pairs],
        next=[] if dry_run else [answers.tell_next(done, now) for done in logs],
        warnings=[tell_remark(remark) for remark in recording.remarks[:MOST_NOTES]],
        unmapped=[UnmappedOut(exercise=one.exercise, sets=one.sets) for one in recording.unmapped],
    )
    return Response(RESULT.dump_json(result), headers=PRIVATE, media_type=caching.JSON)


def tell_remark(remark: Remark) -> Note:
    """A remark of a reader in the words of the wire."""
    return Note(code=remark.code, detail=remark.detail, pointer=remark.pointer)
