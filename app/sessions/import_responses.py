"""From a file's recording to uploads, and what is told of an import, in the words of the wire."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticCustomError

from app.formats.imported_file import ImportContext, ImportedFile, ImportRemark
from app.sessions import from_wire, responses
from app.sessions.field_types import AthleteId
from app.sessions.from_wire import SessionUpload
from app.sessions.merging import MergeResult
from app.sessions.next_session import ProgramLog
from app.sessions.schemas import Answered, BatchNext, BatchOutcome, Note
from app.training.log.completed import CompletedSession
from app.training.planning.week import Week
from app.web.http import answers
from app.web.http.answers import PRIVATE

MOST_NOTES = 100
# A history of years would be told back in megabytes.
MOST_SHOWN = 100
SAME_EVENING = timedelta(hours=12)


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

    def give_context(self, now: datetime, weeks: Sequence[Week], seconds: float) -> ImportContext:
        """The same for the readers of files."""
        return ImportContext(
            athlete_id=self.athlete_id,
            now=now,
            time_zone=self.tz,
            program_id=self.program_id,
            weeks=weeks,
            strict=self.strict == "true",
            timeout_s=seconds,
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
    """The sessions that were read, with ids that follow from the file; the first hundred."""
    outcomes: list[BatchOutcome]
    """What was done with each, in the same order."""
    next: list[BatchNext]
    """The next session of each programme, of the first ten in the file; empty in a dry run."""
    warnings: list[Note]
    """What the format could not say, or what was read with a grain of salt."""
    unmapped: list[UnmappedOut]
    """What could not be matched to an exercise: kept, and not counted."""


RESULT = TypeAdapter(ImportResult)


@dataclass(frozen=True, slots=True)
class Told:
    """An import that is over: `merges` belong to the recording's sessions, in their order."""

    recording: ImportedFile
    merges: Sequence[MergeResult]
    logs: Sequence[ProgramLog]
    now: datetime
    dry_run: bool


def tell(done: Told, request: Request) -> Response:
    """The answer to an import."""
    recording = done.recording
    noticed = [notice(session, done.now) for session in recording.sessions]
    pairs = enumerate(zip(noticed, done.merges, strict=True))
    warnings = [*map(tell_remark, recording.remarks), *find_twins(recording, done.logs)]
    result = ImportResult(
        kind=recording.kind,
        dry_run=done.dry_run,
        sessions=list(recording.sessions[:MOST_SHOWN]),
        outcomes=[responses.tell_item(place, *pair, request) for place, pair in pairs],
        next=[] if done.dry_run else [responses.tell_next(log, done.now) for log in done.logs],
        warnings=warnings[:MOST_NOTES],
        unmapped=[UnmappedOut(exercise=one.exercise, sets=one.sets) for one in recording.unmapped],
    )
    return Response(RESULT.dump_json(result), headers=PRIVATE, media_type=answers.JSON)


def notice(session: CompletedSession, now: datetime) -> SessionUpload:
    """A session of a file with what is odd about it, as for any other upload."""
    notes = [*from_wire.notice_session(session, now)]
    for number, done in enumerate(session.sets):
        # What a reader could not match it has told already, once for all sets.
        if ":" not in done.exercise:
            notes += from_wire.notice_set(done, f"/sets/{number}", now)
    return SessionUpload(session, notes=tuple(notes[: from_wire.MOST_NOTES]))


def find_twins(recording: ImportedFile, logs: Sequence[ProgramLog]) -> Iterator[Note]:
    """Sessions of a programme that are stored twice, it seems: live, and from the file."""
    stored = [(log.program_id, one) for log in logs for one in log.sessions]
    for place, session in enumerate(recording.sessions):
        if session.program_id is None or session.session is None:
            continue
        key = (session.program_id, session.week, session.session)
        for program_id, other in stored:
            near = abs(other.started_at - session.started_at) < SAME_EVENING
            same = (program_id, other.week, other.session) == key
            if same and near and other.session_id != session.session_id:
                told = "Another session of this day stands for the same place in the programme; if"
                told += " it is the same one, delete one of the two, or its sets count twice."
                yield Note(code="maybe_stored_already", detail=told, pointer=f"/sessions/{place}")
                break


def tell_remark(remark: ImportRemark) -> Note:
    """A remark of a reader in the words of the wire."""
    return Note(code=remark.code, detail=remark.detail, pointer=remark.pointer)
