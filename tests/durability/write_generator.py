"""Generates the writes of a client: sessions, live sets, batches, changes and deletions.

All random numbers come from the seed. This module sends nothing (`clients` does) and does not know
what is stored (`acknowledgements` compares that).
"""

import random
from typing import Any
from uuid import UUID

from tests.durability.acknowledgements import Json, Write

ATHLETE = "runner-1"
MOMENT = "2026-11-22T18:30:00+01:00"
EXERCISES = ("standing_calf_raise", "bent_knee_calf_raise", "step_up", "an_unknown_one")


class WriteGenerator:
    """The writes of one client. All clients may add live sets to the sessions in `shared`."""

    def __init__(self, name: str, seed: int, shared: list[str]) -> None:
        self._name = name
        self._random = random.Random(f"{seed}/{name}")
        self._names = 0
        self._shared = shared
        self._changeable: list[Json] = []

    def next_write(self) -> Write:
        """Return the next write. Its names appear in no unacknowledged write."""
        kinds = [self.put, self.put_set, self.post, self.post_batch]
        weights = [35, 25, 10, 15]
        if self._changeable:
            kinds += [self.change, self.delete_set]
            weights += [10, 5]
        (kind,) = self._random.choices(kinds, weights)
        return kind()

    def add_acknowledged(self, write: Write) -> None:
        """Let later writes change the sessions of an acknowledged write."""
        self._changeable = [*self._changeable, *write.changeable][-20:]

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def put(self) -> Write:
        """A new session. From now on, other clients may add live sets to it."""
        body = self._session(sets=self._random.randint(1, 6))
        self._shared.append(body["session_id"])
        path = f"/sessions/{body['session_id']}"
        return Write("PUT", path, body, expected_content(body), changeable=(body,))

    def put_set(self) -> Write:
        """A live set, often for a session that does not exist yet or was deleted."""
        session_id = self._id()
        if self._shared and self.chance(0.7):
            session_id = self._random.choice(self._shared[-10:])
        body = self._set(1) | {"set_id": self._id()}
        expected = {body["rpe_scale"]: body | {"session_id": session_id}}
        path = f"/sessions/{session_id}/sets/{body['set_id']}"
        return Write("PUT", path, body | {"athlete_id": ATHLETE}, expected)

    def post(self) -> Write:
        """A session without an id. The idempotency key makes a retry safe."""
        body = self._session(sets=2)
        del body["session_id"]
        key = {"Idempotency-Key": self._new_name()}
        return Write("POST", "/sessions", body, expected_content(body), key)

    def post_batch(self) -> Write:
        """Three sessions, as a client sends them after it was offline."""
        sessions = [self._session(sets=self._random.randint(0, 4)) for _ in range(3)]
        expected: dict[str, Json | None] = {}
        for session in sessions:
            expected |= expected_content(session)
        body = {"sessions": sessions}
        return Write("POST", "/sessions/batch", body, expected, changeable=tuple(sessions))

    def change(self) -> Write:
        """A higher version of a session and of all its sets."""
        old = self._changeable.pop(self._random.randrange(len(self._changeable)))
        version = old["version"] + 1
        sets = [
            one | {"version": version, "reps": self._random.randint(0, 99)} for one in old["sets"]
        ]
        body = old | {"version": version, "srpe": self._random.randint(0, 10), "sets": sets}
        path = f"/sessions/{body['session_id']}"
        return Write("PUT", path, body, expected_content(body), changeable=(body,))

    def delete_set(self) -> Write:
        """A deletion. The set must not appear again afterwards."""
        old = self._changeable.pop(self._random.randrange(len(self._changeable)))
        deletable = [one for one in old["sets"] if "set_id" in one]
        if not deletable:
            return self.put_set()
        deleted = self._random.choice(deletable)
        body = old | {"sets": [one for one in old["sets"] if one is not deleted]}
        path = f"/sessions/{old['session_id']}/sets/{deleted['set_id']}"
        return Write("DELETE", path, None, {deleted["rpe_scale"]: None}, changeable=(body,))

    def _session(self, sets: int) -> Json:
        has_set_ids = self.chance(0.5)  # Without ids, the service derives them from the content.
        drawn = [self._set(index) for index in range(1, sets + 1)]
        return {
            "session_id": self._id(),
            "athlete_id": ATHLETE,
            "version": 1,
            "started_at": MOMENT,
            "status": self._random.choice(["completed", "partial"]),
            "srpe": self._random.randint(0, 10),
            "notes": self._new_name(),
            "sets": [one | {"set_id": self._id()} if has_set_ids else one for one in drawn],
        }

    def _set(self, index: int) -> dict[str, Any]:
        return {
            "exercise": self._random.choice(EXERCISES),
            "side": self._random.choice(["left", "right", "both"]),
            "set_index": index,
            "reps": self._random.randint(0, 40),
            "load_kg": self._random.randint(0, 80) / 4,
            "rir": self._random.randint(0, 5),
            "rpe_scale": self._new_name(),
            "performed_at": MOMENT,
            "version": 1,
        }

    def _id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def _new_name(self) -> str:
        self._names += 1
        return f"{self._name}-{self._names}"


def expected_content(session: Json) -> dict[str, Json | None]:
    """Return what must be stored under each name after a session was written with its sets."""
    own = {key: value for key, value in session.items() if key != "sets"}
    session_id = {key: session[key] for key in ("session_id",) if key in session}
    sets = {one["rpe_scale"]: one | session_id for one in session["sets"]}
    return {session["notes"]: own, **sets}
