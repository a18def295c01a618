"""From uploads to what is stored: which version wins, set by set, and what is told of it.

judge() holds the rules of versions (those of Health Connect and HealthKit), merge() applies them
to a session and its sets, take_in() runs it all inside one transaction. An upload is stored
whole or not at all, and one that is in order holds back no other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.sessions import store
from app.sessions.columns import StoredSession, StoredSet
from app.sessions.erasure import REMEMBERED
from app.sessions.prescribing import Log
from app.sessions.schemas import SESSION, Outcome
from app.sessions.uploads import Upload
from app.training.log import CompletedSession, CompletedSet
from app.web import caching
from app.web.problems import AthleteErased, NotFound, PreconditionFailed

# A batch tells what comes next for so many programmes.
MOST_NEXT = 10
NO_SESSION = "There is no session with this id."


@dataclass(frozen=True, slots=True)
class Merge:
    """What an upload comes to."""

    outcome: Outcome
    session: CompletedSession | None = None
    """Own fields to write, if they change; its sets are not looked at."""
    sets: tuple[CompletedSet, ...] = ()
    """Sets to write."""
    why: str = ""
    """What stands in the way, for a conflict."""
    stored: CompletedSession | None = None
    """Own fields that are stored, for a conflict."""

    def seen_by(self, athlete_id: str | None) -> "Merge":
        """The same as a device bound to one person may see it; None may see all."""
        theirs = self.stored is None or athlete_id in (None, self.stored.athlete_id)
        return self if theirs else replace(self, stored=None)


@dataclass(slots=True)
class Known:
    """What is stored under the ids of some uploads, kept up as they are taken in."""

    sessions: dict[UUID, StoredSession] = field(default_factory=dict)
    sets: dict[UUID, StoredSet] = field(default_factory=dict)
    erased: frozenset[bytes] = frozenset()
    """People who asked to be forgotten, by fingerprint."""


def judge(
    stored: StoredSession | StoredSet | None, version: int | None, same_content: bool
) -> Outcome:
    """The outcome of writing one thing over another.

    A deleted thing comes back only with a higher version than its deletion, so that a late
    upload cannot undo it. Without a version the last write wins.
    """
    if stored is None:
        return "created"
    if stored.deleted:
        higher = version is not None and version > (stored.version or 0)
        return "created" if higher else "stale"
    if version is None or stored.version is None:
        same = same_content and version in (None, stored.version)
        return "unchanged" if same else "updated"
    if version < stored.version:
        return "stale"
    if version > stored.version:
        return "updated"
    return "unchanged" if same_content else "conflict"


def merge(known: Known, upload: Upload) -> Merge:
    """What an upload comes to beside what is stored. Writes nothing."""
    new = upload.session
    if upload.fingerprint in known.erased:
        return Merge("invalid")
    stored = known.sessions.get(new.session_id)
    own = judge_session(stored, upload)
    if own == "stale" and stored is not None and stored.deleted:
        return Merge("stale")
    verdicts = {done.set_id: judge_set(known, upload, done) for done in new.sets}
    if why := find_conflict(known, upload, own, verdicts):
        return Merge("conflict", why=why, stored=None if stored is None else stored.content)
    to_write = tuple(s for s in new.sets if verdicts[s.set_id] in ("created", "updated"))
    return Merge(
        outcome=sum_up(own, verdicts.values()),
        session=keep_version(stored, new) if own in ("created", "updated") else None,
        sets=tuple(keep_set_version(known.sets.get(s.set_id), s) for s in to_write),
    )


def judge_set(known: Known, upload: Upload, done: CompletedSet) -> Outcome:
    """The outcome for one set; a set cannot move from one session to another."""
    stored = known.sets.get(done.set_id)
    if stored is None:
        return "created"
    if stored.session_id != upload.session.session_id:
        return "conflict"
    return judge(stored, done.version, same_set(stored, done))


def find_conflict(
    known: Known, upload: Upload, own: Outcome, verdicts: Mapping[UUID, Outcome]
) -> str:
    """What keeps an upload from being stored at all, in words; empty if nothing does."""
    new = upload.session
    stored = known.sessions.get(new.session_id)
    if stored is not None and stored.athlete_id != new.athlete_id:
        return "The session belongs to another athlete."
    if own == "conflict":
        return "This version of the session is stored with other content."
    for set_id, verdict in verdicts.items():
        if verdict == "conflict" and known.sets[set_id].session_id != new.session_id:
            return "A set of another session has the same set_id."
        if verdict == "conflict":
            return "This version of a set is stored with other content."
    return ""


def judge_session(stored: StoredSession | None, upload: Upload) -> Outcome:
    """The outcome for a session's own fields; a lone set never changes those that are stored."""
    if upload.opening and stored is not None:
        return "stale" if stored.deleted else "unchanged"
    content = None if stored is None else stored.content
    same = content is not None and own_fields(content) == own_fields(upload.session)
    return judge(stored, upload.session.version, same)


def own_fields(session: CompletedSession) -> tuple[object, ...]:
    """A session without its sets and version, for comparison. The offsets stand beside it because
    one moment in two offsets is equal to Python, and is other content to us.
    """
    moments = session.started_at, session.ended_at
    return replace(session, sets=(), version=None), [m and m.utcoffset() for m in moments]


def set_fields(done: CompletedSet) -> tuple[object, ...]:
    """The same for a set."""
    return replace(done, version=None), done.performed_at.utcoffset()


def same_set(stored: StoredSet, new: CompletedSet) -> bool:
    """Whether a set says what is stored, whatever its version."""
    return stored.content is not None and set_fields(stored.content) == set_fields(new)


def keep_version(stored: StoredSession | None, new: CompletedSession) -> CompletedSession:
    """A write without a version leaves the stored one, so that older ones stay refused."""
    return replace(new, version=stored.version) if stored and new.version is None else new


def keep_set_version(stored: StoredSet | None, new: CompletedSet) -> CompletedSet:
    """The same for a set."""
    return replace(new, version=stored.version) if stored and new.version is None else new


def sum_up(own: Outcome, sets: Iterable[Outcome]) -> Outcome:
    """One outcome for a session and its sets: what changed most is what is told."""
    if own in ("created", "updated"):
        return own
    verdicts = set(sets)
    if verdicts & {"created", "updated"}:
        return "updated"
    return "stale" if own == "stale" or "stale" in verdicts else "unchanged"


def take_in(
    tx: sa.Connection, tenant_id: UUID, uploads: Sequence[Upload], now: datetime
) -> list[Merge]:
    """Stores uploads one after the other in one transaction; what became of each."""
    known = look_up(tx, tenant_id, uploads, now)
    merges = [*follow(known, uploads)]
    store.save(
        tx,
        tenant_id,
        [known.sessions[m.session.session_id] for m in merges if m.session],
        [known.sets[done.set_id] for m in merges for done in m.sets],
        now,
    )
    return merges


def foresee(
    tx: sa.Connection, tenant_id: UUID, uploads: Sequence[Upload], now: datetime
) -> list[Merge]:
    """What would become of uploads, one after the other. Stores nothing."""
    return [*follow(look_up(tx, tenant_id, uploads, now), uploads)]


def follow(known: Known, uploads: Iterable[Upload]) -> Iterator[Merge]:
    """What each upload comes to beside what is stored and the uploads before it."""
    for upload in uploads:
        merged = merge(known, upload)
        note(known, upload, merged)
        yield merged


def look_up(tx: sa.Connection, tenant_id: UUID, uploads: Sequence[Upload], now: datetime) -> Known:
    """What is stored under the ids of these uploads, held until the transaction ends."""
    session_ids = {upload.session.session_id for upload in uploads}
    set_ids = {done.set_id for upload in uploads for done in upload.session.sets}
    people = {upload.fingerprint for upload in uploads if upload.fingerprint}
    store.hold(tx, tenant_id, session_ids, people)
    return Known(
        sessions=store.find_sessions(tx, tenant_id, session_ids),
        sets=store.find_sets(tx, tenant_id, set_ids),
        erased=frozenset(store.find_erased(tx, tenant_id, people, now - REMEMBERED)),
    )


def note(known: Known, upload: Upload, merged: Merge) -> None:
    """Keeps up what is known, for the uploads that follow in the same transaction."""
    new = merged.session
    if new is not None:
        known.sessions[new.session_id] = StoredSession(
            new.session_id, new.athlete_id, new.version, deleted=False, content=new
        )
    for done in merged.sets:
        known.sets[done.set_id] = StoredSet(
            done.set_id, upload.session.session_id, done.version, deleted=False, content=done
        )


@dataclass(frozen=True, slots=True)
class Precondition:
    """What a client expects to be stored before it writes."""

    if_match: str | None = None
    """Entity tags, one of which must be the current one."""
    create_only: bool = False
    """Nothing may be there yet."""

    def check(self, current: CompletedSession | None) -> None:
        """Raises PreconditionFailed where the client's view is out of date."""
        if self.create_only and current is not None:
            raise PreconditionFailed("The session exists already.")
        if self.if_match is None:
            return
        if current is None or not caching.matches(self.if_match, tag(current), strong=True):
            raise PreconditionFailed("The session is no longer what If-Match names.")


def tag(session: CompletedSession) -> str:
    """The entity tag of a session with its sets."""
    return caching.tag(SESSION.dump_json(session))


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an upload, what is stored now with all sets, and the programme's log."""

    merge: Merge
    stored: CompletedSession | None
    log: Log | None


def put(
    tx: sa.Connection, tenant_id: UUID, upload: Upload, expected: Precondition, now: datetime
) -> Written:
    """Stores one upload and reads, in the same transaction, what follows from it."""
    session_id = upload.session.session_id
    if expected != Precondition():
        # In the order in which take_in() holds them, so that no two writers wait in a circle.
        people = [upload.fingerprint] if upload.fingerprint else []
        store.hold(tx, tenant_id, [session_id], people)
        expected.check(store.read_session(tx, tenant_id, session_id))
    (merged,) = take_in(tx, tenant_id, [upload], now)
    if merged.outcome == "invalid":
        raise AthleteErased
    stored = store.read_session(tx, tenant_id, session_id)
    if stored is None or stored.program_id is None:
        return Written(merged, stored, None)
    return Written(merged, stored, read_log(tx, tenant_id, stored.athlete_id, stored.program_id))


def put_batch(
    tx: sa.Connection, tenant_id: UUID, uploads: Sequence[Upload], now: datetime
) -> tuple[list[Merge], list[Log]]:
    """Stores many uploads; with the logs of the first programmes among them."""
    merges = take_in(tx, tenant_id, uploads, now)
    touched = dict.fromkeys(
        (upload.session.athlete_id, upload.session.program_id)
        for upload, merged in zip(uploads, merges, strict=True)
        if merged.outcome not in ("conflict", "invalid") and upload.session.program_id is not None
    )
    logs = [
        read_log(tx, tenant_id, athlete_id, program_id or "")
        for athlete_id, program_id in list(touched)[:MOST_NEXT]
    ]
    return merges, logs


def read_log(tx: sa.Connection, tenant_id: UUID, athlete_id: str, program_id: str) -> Log:
    """What a person did in a programme."""
    sessions = store.read_log(tx, tenant_id, athlete_id, program_id)
    return Log(athlete_id, program_id, sessions)


def delete_session(
    tx: sa.Connection,
    tenant_id: UUID,
    session_id: UUID,
    version: int | None,
    expected: Precondition,
    now: datetime,
) -> bool:
    """Deletes a session and its sets. False if something newer is stored; raises NotFound."""
    store.hold(tx, tenant_id, [session_id])
    stored = store.find_sessions(tx, tenant_id, [session_id]).get(session_id)
    if stored is None:
        raise NotFound(NO_SESSION)
    expected.check(store.read_session(tx, tenant_id, session_id))
    if version is not None and version < (stored.version or 0):
        return stored.deleted
    gone = replace(stored, version=max(version or 0, stored.version or 0))
    store.delete_session(tx, tenant_id, gone, now)
    return True


def delete_set(
    tx: sa.Connection,
    tenant_id: UUID,
    session_id: UUID,
    set_id: UUID,
    version: int | None,
    now: datetime,
) -> bool:
    """Deletes one set. False if something newer is stored; raises NotFound."""
    store.hold(tx, tenant_id, [session_id])
    stored = store.find_sets(tx, tenant_id, [set_id]).get(set_id)
    if stored is None or stored.session_id != session_id:
        raise NotFound("There is no set with this id in this session.")
    if version is not None and version < (stored.version or 0):
        return stored.deleted
    gone = replace(stored, version=max(version or 0, stored.version or 0))
    store.delete_set(tx, tenant_id, gone)
    store.touch(tx, tenant_id, [session_id], now)
    return True
