"""No place forgets a field of a session or a set: docs/adding-a-field.md.

Each place is a round trip of a session in which every field is set. A field that does not come back
is named with its place. The controls add a field that no place knows.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, is_dataclass, make_dataclass, replace
from datetime import datetime, timedelta, timezone
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic_core import to_jsonable_python

from app.formats.csv import pushoff_csv
from app.sessions import from_wire, merging, row_mapping
from app.sessions.from_wire import SessionUpload
from app.sessions.merging import StoredState
from app.sessions.row_mapping import DRIVER_CODECS, StoredSession, StoredSet
from app.sessions.schemas import SESSION, LiveSetIn, SessionIn
from app.training.log.completed import CompletedSession, CompletedSet
from app.training.planning.load import Load
from tests.client import new_id
from tests.formats.csv.import_checks import NOW, make_context

MISSING = object()
WIDER_SET: Any = make_dataclass(
    "WiderSet",
    [("new_number", int | None, None)],
    bases=(CompletedSet,),
    frozen=True,
    slots=True,
    kw_only=True,
)
WIDER_SESSION: Any = make_dataclass(
    "WiderSession",
    [("new_text", str | None, None)],
    bases=(CompletedSession,),
    frozen=True,
    slots=True,
    kw_only=True,
)


def make_value(hint: Any) -> Any:
    """A value of a type that differs from every default and lies within every limit."""
    kinds = get_args(hint)
    kind = next((one for one in kinds if one is not NoneType), hint) if NoneType in kinds else hint
    if is_dataclass(kind):
        return make_full(kind)
    if get_origin(kind) is Literal:
        return get_args(kind)[-1]
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return (make_full(inner) if is_dataclass(inner) else "other",)
    moment = datetime(2026, 10, 6, 18, 30, tzinfo=timezone(timedelta(hours=2)))
    return {int: 7, float: 1.5, str: "step-up", UUID: uuid4(), datetime: moment}[kind]


def make_full(owner: Any, **given: Any) -> Any:
    """A value of a dataclass in which every field is set."""
    hints = get_type_hints(owner)
    made = {each.name: make_value(hints[each.name]) for each in fields(owner)} | given
    if isinstance(made.get("load"), Load):
        made["load_kg"] = made["load"].kg
    return owner(**made)


def make_session(session: Any = CompletedSession, done: Any = CompletedSet) -> Any:
    return make_full(session, athlete_id="runner-7", sets=(make_full(done),))


def store_and_load(session: CompletedSession) -> CompletedSession:
    codec = DRIVER_CODECS["sqlite"]
    stored = StoredSession(session.session_id, session.athlete_id, session.version, False, session)
    row = row_mapping.from_session(b"", stored, NOW, codec)
    names = [column.clause.name for column in row_mapping.SESSION_COLUMNS]
    sets = []
    for done in session.sets:
        kept = StoredSet(done.set_id, session.session_id, done.version, False, done)
        cells = row_mapping.from_set(b"", kept, codec)
        order = [column.clause.name for column in row_mapping.SET_COLUMNS]
        sets.append(row_mapping.make_set([cells[name] for name in order], codec))
    return row_mapping.make_session([row[name] for name in names], codec, tuple(sets))


def write_and_read_csv(session: CompletedSession) -> CompletedSession:
    text = "".join(pushoff_csv.write([session]))
    (back,) = pushoff_csv.read(text.encode(), make_context()).sessions
    return back


def upload(session: CompletedSession) -> CompletedSession:
    sent = to_jsonable_python(asdict(session))
    return from_wire.parse_session(SessionIn.model_validate(sent), session.session_id, NOW).session


def merge(session: CompletedSession) -> CompletedSession:
    merged = merging.merge(StoredState(), SessionUpload(session))
    assert merged.session is not None
    return replace(merged.session, sets=merged.sets)


def serialise(session: CompletedSession) -> CompletedSession:
    """Serialise a session as the routes and the JSON export do."""
    return SESSION.validate_json(SESSION.dump_json(session))


PLACES: dict[str, Callable[[CompletedSession], CompletedSession]] = {
    "rows": store_and_load,
    "CSV": write_and_read_csv,
    "wire": upload,
    "merging": merge,
    "answer": serialise,
}


def find_lost(before: Any, after: Any) -> list[str]:
    """The fields of a session and of its set that did not come back."""
    lost = [f"session.{name}" for name in _compare(before, after) if name != "sets"]
    return lost + [f"set.{name}" for name in _compare(before.sets[0], after.sets[0])]


def _compare(before: Any, after: Any) -> Iterator[str]:
    for each in fields(before):
        old, new = getattr(before, each.name), getattr(after, each.name, MISSING)
        # One moment in two offsets is equal to Python.
        same = old.isoformat() == new.isoformat() if isinstance(new, datetime) else old == new
        if not same:
            yield each.name


def find_uncompared(session: Any, stored: Any) -> list[str]:
    """The fields in which a changed upload of the stored version is no conflict."""
    state = StoredState(
        {stored.session_id: StoredSession(stored.session_id, "runner-7", 7, False, stored)},
        {s.set_id: StoredSet(s.set_id, stored.session_id, 7, False, s) for s in stored.sets},
    )
    own = [each.name for each in fields(session) if each.name not in KEYS]
    of_set = [each.name for each in fields(session.sets[0]) if each.name not in KEYS]
    changed = {
        **{f"session.{n}": replace(stored, **{n: getattr(session, n)}) for n in own},
        **{f"set.{n}": _replace_in_set(stored, n, session.sets[0]) for n in of_set},
    }
    merges = {name: merging.merge(state, SessionUpload(one)) for name, one in changed.items()}
    # One version with other content is a conflict; an equal one is unchanged.
    return [name for name, merged in merges.items() if merged.outcome != "conflict"]


KEYS = ("session_id", "set_id", "athlete_id", "version", "sets")


def _replace_in_set(session: Any, name: str, source: Any) -> Any:
    (done,) = session.sets
    return replace(session, sets=(replace(done, **{name: getattr(source, name)}),))


def make_bare(session: Any) -> Any:
    """The same session and set with only the required fields, and other values of them."""
    moment = NOW - timedelta(days=9)
    done = session.sets[0]
    bare = type(done)(
        set_id=done.set_id, version=7, exercise="other", set_index=1, performed_at=moment
    )
    return type(session)(
        session_id=session.session_id,
        athlete_id="runner-7",
        version=7,
        started_at=moment,
        sets=(bare,),
    )


class TestPlaces:
    @pytest.mark.parametrize("place", PLACES)
    def test_keeps_every_field(self, place: str) -> None:
        session = make_session()
        lost = find_lost(session, PLACES[place](session))
        assert lost == [], f"{place} loses {lost}: see docs/adding-a-field.md"

    @pytest.mark.parametrize("place", ["rows", "CSV", "wire", "answer"])
    def test_loses_only_a_field_that_no_place_knows(self, place: str) -> None:
        session = make_session(WIDER_SESSION, WIDER_SET)
        assert find_lost(session, PLACES[place](session)) == ["session.new_text", "set.new_number"]


class TestMerging:
    @pytest.mark.parametrize(
        ("session", "done"), [(CompletedSession, CompletedSet), (WIDER_SESSION, WIDER_SET)]
    )
    def test_compares_every_field(self, session: Any, done: Any) -> None:
        new = make_session(session, done)
        assert find_uncompared(new, make_bare(new)) == []

    def test_is_detected_if_it_does_not_compare_a_field(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        forgetful = merging.comparable_set
        monkeypatch.setattr(
            merging, "comparable_set", lambda done: forgetful(replace(done, pain=None))
        )
        new = make_session()
        assert find_uncompared(new, make_bare(new)) == ["set.pain"]

    def test_fills_in_every_unknown_field_of_a_recording(self) -> None:
        new = make_session()
        bare = make_bare(new)
        stored = StoredSession(new.session_id, "runner-7", None, False, bare)
        kept = StoredSet(bare.sets[0].set_id, new.session_id, None, False, bare.sets[0])
        state = StoredState({new.session_id: stored}, {kept.set_id: kept})
        merged = merging.merge(state, SessionUpload(new, recorded=True))
        unknown = {each.name for each in fields(bare) if getattr(bare, each.name) in (None, ())}
        assert {n: getattr(merged.session, n) for n in unknown} == {
            n: getattr(new, n) for n in unknown
        }


class TestLiveSet:
    def test_keeps_every_field_of_a_set(self) -> None:
        done = make_full(CompletedSet)
        sent = {"athlete_id": "runner-7", **to_jsonable_python(asdict(done))}
        upload = from_wire.parse_live_set(LiveSetIn.model_validate(sent), uuid4(), done.set_id, NOW)
        assert [*_compare(done, upload.session.sets[0])] == []


class TestExport:
    async def test_contains_every_field_as_json_and_as_csv(self, api: httpx.AsyncClient) -> None:
        session = replace(make_session(), session_id=UUID(new_id()))
        sent = to_jsonable_python(asdict(session))
        stored = await api.put(f"/sessions/{session.session_id}", json=sent)
        assert stored.status_code == 201, stored.text
        path = f"/athletes/{session.athlete_id}/export"
        (exported,) = json.loads((await api.get(path)).content)["sessions"]
        assert exported.keys() == {each.name for each in fields(CompletedSession)}
        assert exported["sets"][0].keys() == {each.name for each in fields(CompletedSet)}
        query = {"athlete_id": session.athlete_id}
        written = await api.get("/sessions", params=query, headers={"Accept": "text/csv"})
        (row,) = csv.DictReader(io.StringIO(written.text, newline=""))
        assert all(row.values()), row
