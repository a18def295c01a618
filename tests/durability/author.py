"""Draws what a companion sends: sessions, live sets, batches, changes and deletions.

Every draw comes from the seed. Sends nothing, and knows nothing of what is stored.
"""

import random
from typing import Any
from uuid import UUID

from tests.durability.diary import Json, Write

ATHLETE = "runner-1"
MOMENT = "2026-11-22T18:30:00+01:00"
EXERCISES = ("standing_calf_raise", "bent_knee_calf_raise", "step_up", "an_unknown_one")


class Author:
    """The writes of one companion. Sessions that several may add live sets to are shared."""

    def __init__(self, name: str, seed: int, shared: list[str]) -> None:
        self._name = name
        self._draw = random.Random(f"{seed}/{name}")
        self._names = 0
        self._shared = shared
        self._kept: list[Json] = []

    def write(self) -> Write:
        """The next write, under names that no unacknowledged write has touched."""
        kinds = [self.put, self.put_set, self.post, self.post_batch]
        weights = [35, 25, 10, 15]
        if self._kept:
            kinds += [self.change, self.delete_set]
            weights += [10, 5]
        (kind,) = self._draw.choices(kinds, weights)
        return kind()

    def keep(self, write: Write) -> None:
        """Sessions of an acknowledged write may be changed by later ones."""
        self._kept = [*self._kept, *write.kept][-20:]

    def chance(self, share: float) -> bool:
        return self._draw.random() < share

    def put(self) -> Write:
        """A new session, which other companions may add sets to from this moment on."""
        body = self._session(sets=self._draw.randint(1, 6))
        self._shared.append(body["session_id"])
        return Write("PUT", f"/sessions/{body['session_id']}", body, effects(body), kept=(body,))

    def put_set(self) -> Write:
        """A live set, often into a session that is not there yet, or not any more."""
        session_id = self._id()
        if self._shared and self.chance(0.7):
            session_id = self._draw.choice(self._shared[-10:])
        body = self._set(1) | {"set_id": self._id()}
        effect = {body["rpe_scale"]: body | {"session_id": session_id}}
        path = f"/sessions/{session_id}/sets/{body['set_id']}"
        return Write("PUT", path, body | {"athlete_id": ATHLETE}, effect)

    def post(self) -> Write:
        """A session of a client that cannot make ids: a retry finds it by its key."""
        body = self._session(sets=2)
        del body["session_id"]
        key = {"Idempotency-Key": self._name_one()}
        return Write("POST", "/sessions", body, effects(body), key)

    def post_batch(self) -> Write:
        """An offline queue."""
        sessions = [self._session(sets=self._draw.randint(0, 4)) for _ in range(3)]
        together: dict[str, Json | None] = {}
        for session in sessions:
            together |= effects(session)
        body = {"sessions": sessions}
        return Write("POST", "/sessions/batch", body, together, kept=tuple(sessions))

    def change(self) -> Write:
        """A higher version of a session and of all its sets."""
        old = self._kept.pop(self._draw.randrange(len(self._kept)))
        version = old["version"] + 1
        sets = [
            one | {"version": version, "reps": self._draw.randint(0, 99)} for one in old["sets"]
        ]
        body = old | {"version": version, "srpe": self._draw.randint(0, 10), "sets": sets}
        return Write("PUT", f"/sessions/{body['session_id']}", body, effects(body), kept=(body,))

    def delete_set(self) -> Write:
        """A deletion, after which the set must not come back."""
        old = self._kept.pop(self._draw.randrange(len(self._kept)))
        deletable = [one for one in old["sets"] if "set_id" in one]
        if not deletable:
            return self.put_set()
        gone = self._draw.choice(deletable)
        body = old | {"sets": [one for one in old["sets"] if one is not gone]}
        path = f"/sessions/{old['session_id']}/sets/{gone['set_id']}"
        return Write("DELETE", path, None, {gone["rpe_scale"]: None}, kept=(body,))

    def _session(self, sets: int) -> Json:
        own_ids = self.chance(0.5)  # The ids of others follow from what they are.
        drawn = [self._set(place) for place in range(1, sets + 1)]
        return {
            "session_id": self._id(),
            "athlete_id": ATHLETE,
            "version": 1,
            "started_at": MOMENT,
            "status": self._draw.choice(["completed", "partial"]),
            "srpe": self._draw.randint(0, 10),
            "notes": self._name_one(),
            "sets": [one | {"set_id": self._id()} if own_ids else one for one in drawn],
        }

    def _set(self, place: int) -> dict[str, Any]:
        return {
            "exercise": self._draw.choice(EXERCISES),
            "side": self._draw.choice(["left", "right", "both"]),
            "set_index": place,
            "reps": self._draw.randint(0, 40),
            "load_kg": self._draw.randint(0, 80) / 4,
            "rir": self._draw.randint(0, 5),
            "rpe_scale": self._name_one(),
            "performed_at": MOMENT,
            "version": 1,
        }

    def _id(self) -> str:
        return str(UUID(int=self._draw.getrandbits(128), version=4))

    def _name_one(self) -> str:
        self._names += 1
        return f"{self._name}-{self._names}"


def effects(session: Json) -> dict[str, Json | None]:
    """What stands by name once this session is stored with its sets."""
    own = {key: value for key, value in session.items() if key != "sets"}
    place = {key: session[key] for key in ("session_id",) if key in session}
    sets = {one["rpe_scale"]: one | place for one in session["sets"]}
    return {session["notes"]: own, **sets}
