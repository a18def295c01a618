"""A watch app that trains by a Pushoff programme, over an unreliable connection.

    python examples/watch_companion.py --url http://127.0.0.1:8000 \
        --token pusht_… --athlete runner-7 --program AgCZvl77

It fetches what to do today, sends each set as soon as it is done, closes the session, and prints
the next one. If there is nothing to do, it shows the sentence that says why. Everything is written
to a journal file before it is sent. If the network fails or the program is killed, start it again:
no set is lost and none is stored twice.

It uses the token of one athlete's device, made with POST /athletes/{athlete_id}/tokens. A tenant's
key does not belong on a watch.
"""

import argparse
import contextlib
import json
import os
import random
import time
import uuid
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]

# Status codes after which a retry may succeed. Any other 4xx will be the same next time.
RETRYABLE = {408, 429, 500, 502, 503, 504}
# Between two sets, few attempts are enough, because the set is in the journal. At the end of the
# session, it is worth trying longer.
MAX_TRIES_LIVE, MAX_TRIES = 2, 6


class Offline(Exception):
    """No attempt of a request got a final response."""


class Journal:
    """A file with one JSON object per line, such as `{"set": {...}}`. The key is the kind.

    Each line is synced to the disk before the program acts on it. The kinds are:

    - `plan`: today's session and its steps, with the ETag
    - `session`: the session in progress
    - `set`: a set that was done
    - `delivered`: the id of a set that the service has stored or rejected for good
    - `end`: the status and the time with which the session is closed
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        text = file.read_bytes() if file.exists() else b""
        # If the battery died during a write, the last line is incomplete. Cut it off.
        complete = text[: text.rfind(b"\n") + 1]
        if complete != text:
            os.truncate(file, len(complete))
        self.lines: list[Json] = [json.loads(line) for line in complete.splitlines()]

    def add(self, kind: str, content: Any) -> None:
        """Append a line, and return when it is on the disk."""
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({kind: content}) + "\n")
            out.flush()
            os.fsync(out.fileno())
        self.lines.append({kind: content})

    def all(self, kind: str) -> list[Any]:
        """Return everything of a kind, the oldest first."""
        return [line[kind] for line in self.lines if kind in line]

    def last(self, kind: str) -> Any:
        """Return the newest of a kind, or None."""
        return next(reversed(self.all(kind)), None)

    def undelivered_sets(self) -> list[Json]:
        """Return the sets that the service has not answered yet."""
        delivered = set(self.all("delivered"))
        return [one for one in self.all("set") if one["set_id"] not in delivered]

    def clear(self) -> None:
        """Delete all lines, once the service has stored the whole session."""
        os.truncate(self.file, 0)
        self.lines = []


class Watch:
    """Trains one session at a time: `fetch_plan`, `train`, `finish`."""

    def __init__(self, client: httpx.Client, journal: Journal, pause_s: float) -> None:
        self.client, self.journal, self.pause_s = client, journal, pause_s

    def request(
        self, method: str, path: str, max_tries: int = MAX_TRIES, **arguments: Any
    ) -> httpx.Response:
        """Return a final response: a success, or an error that a retry would not change.

        Raises Offline after `max_tries`. Every request is safe to repeat, because the ids and
        versions are ours. If the first attempt was stored and its response was lost, the second one
        is answered with `unchanged`.
        """
        for attempt in range(max_tries):
            retry_after_s = 0.0
            with contextlib.suppress(httpx.TransportError):
                response = self.client.request(method, path, **arguments)
                if response.status_code in {401, 403}:
                    raise SystemExit("The token is no longer valid. The journal keeps all sets.")
                if response.status_code not in RETRYABLE:
                    return response
                retry_after_s = float(response.headers.get("Retry-After", 0))
            if attempt + 1 < max_tries:
                # The random part keeps many watches from returning at the same moment.
                time.sleep(retry_after_s + random.uniform(0, self.pause_s * 2**attempt))
        raise Offline

    def fetch_plan(self, program_path: str) -> Json | None:
        """Return what to do today with its steps, or None if it was never fetched.

        The journal keeps the last plan. It is used when nothing has changed (304) and when there
        is no connection.
        """
        plan: Json | None = self.journal.last("plan")
        headers = {"If-None-Match": plan["etag"]} if plan else {}
        with contextlib.suppress(Offline):
            response = self.request("GET", f"{program_path}/today", headers=headers)
            if response.status_code == 304:
                return plan
            today, steps = read_json(response), []
            if today["status"] in {"train", "continue"}:
                path = f"{program_path}/weeks/{today['week']}/sessions/{today['session']}"
                blocks = read_json(self.request("GET", f"{path}/planned.json"))["blocks"]
                steps = list_steps(blocks, today["exercises"])
            plan = {"etag": response.headers["ETag"], "today": today, "steps": steps}
            self.journal.add("plan", plan)
        return plan

    def train(self, session: Json, steps: list[Json]) -> None:
        """Do the steps that are not in the journal yet: all, or the rest after a crash."""
        for step in steps[len(self.journal.all("set")) :]:
            completed_set = perform(step)
            self.journal.add("set", completed_set)
            self.send_live(session, completed_set)
        if self.journal.last("end") is None:
            self.journal.add("end", {"status": "completed", "ended_at": now(), "version": 1})

    def send_live(self, session: Json, completed_set: Json) -> None:
        """Send one set. Without a connection, `finish` sends it later."""
        names = ("athlete_id", "program_id", "week", "session")
        body = {name: session[name] for name in names} | completed_set
        path = f"/sessions/{session['session_id']}/sets/{completed_set['set_id']}"
        with contextlib.suppress(Offline):
            response = self.request("PUT", path, MAX_TRIES_LIVE, json=body)
            self.mark_delivered(completed_set, response.json())

    def finish(self, session: Json) -> Json:
        """Send the remaining sets, close the session, and return the answer. Raises Offline.

        It holds the next session, and notes for the runner: what pain changes, for example.
        """
        if remaining := self.journal.undelivered_sets():
            # One session around each set, so that each set has its own outcome: an invalid set does
            # not keep the others from being stored.
            batch = {"sessions": [session | {"sets": [one]} for one in remaining]}
            outcomes = read_json(self.request("POST", "/sessions/batch", json=batch))["outcomes"]
            for one, outcome in zip(remaining, outcomes, strict=True):
                self.mark_delivered(one, outcome["problem"] or {})
        closed = session | self.journal.last("end")
        response = self.request("PUT", f"/sessions/{session['session_id']}", json=closed)
        result: Json = response.json()
        print_problem(result)
        self.journal.clear()
        return result

    def mark_delivered(self, completed_set: Json, result: Json) -> None:
        """Record that a set need not be sent again, and print the problem if it was rejected.

        A rejected set would be rejected every time, so it is not sent again.
        """
        print_problem(result)
        self.journal.add("delivered", completed_set["set_id"])


def read_json(response: httpx.Response) -> Json:
    """Return the body of a response. Exits if it is an error, because nothing can follow then."""
    body: Json = response.json()
    if response.is_error:
        raise SystemExit(f"{body['title']}: {body['detail']}")
    return body


def print_problem(result: Json) -> None:
    """Print a result if it is a problem (RFC 9457)."""
    if "detail" in result:
        print(f"{result['title']}: {result['detail']}")


def print_next(result: Json) -> None:
    """Print what the answer says to the runner, and the next session."""
    for note in result.get("data_notes", []):
        print(note["detail"])
    if (following := result.get("next")) is not None:
        print(f"Next: week {following['week']}, session {following['session']}")
        for exercise in following["exercises"]:
            name = following["exercise_details"][exercise["slug"]]["name"]
            print(f"- {describe(exercise, name)}")


def now() -> str:
    """Return the current time with its UTC offset, which the service requires."""
    return datetime.now().astimezone().isoformat()


def start_session(**fields: Any) -> Json:
    """Return a session that starts now. Its id is made once and never changes."""
    new = {"session_id": str(uuid.uuid4()), "version": 0, "status": "in_progress"}
    return new | fields | {"started_at": now(), "device": {"kind": "watch"}}


def list_steps(blocks: list[Json], exercises: list[Json]) -> list[Json]:
    """Return the steps of a planned session that are left, without the rests.

    If another device has begun the session, fewer sets are left of an exercise and a side than
    planned: the last ones.
    """
    # Rests are steps without an exercise.
    steps = [step for block in blocks for step in block["steps"] if step["exercise"]]
    left = {(e["slug"], group["side"]): group["count"] for e in exercises for group in e["sets"]}
    planned = Counter((step["exercise"], step["side"]) for step in steps)
    done = {kind: planned[kind] - left.get(kind, 0) for kind in planned}
    return [step for step in steps if step["set"] > done[step["exercise"], step["side"]]]


def perform(step: Json) -> Json:
    """Return a set, done exactly as planned. A real watch counts the repetitions, times a hold, and
    asks about pain.
    """
    print(step["description"])
    new = {"set_id": str(uuid.uuid4()), "version": 0, "set_index": step["set"]}
    planned = {name: step[name] for name in ("exercise", "side", "load")}
    return new | planned | measure(step["goal"]) | {"pain": 0, "performed_at": now()}


def measure(goal: Json) -> Json:
    """Return what was done of a goal: repetitions, or the seconds of a hold."""
    if goal["kind"] == "time":
        return {"duration_s": goal["seconds"]}
    return {"reps": goal["reps"]}


def describe(exercise: Json, name: str) -> str:
    """Return an exercise of the next session in one line, as `Step-up: 2 x 15`."""
    first = exercise["sets"][0]
    dose = f"{first['seconds']} s" if "seconds" in first else str(first["reps"])
    return f"{name}: {first['count']} x {dose}"


def main() -> None:
    """Train today's session, or finish one that was interrupted."""
    parser = argparse.ArgumentParser(description="A watch that trains by a Pushoff programme.")
    for name in ("--url", "--token", "--athlete", "--program"):
        parser.add_argument(name, required=True)
    parser.add_argument("--journal", type=Path, default=Path("watch.journal"))
    parser.add_argument("--pause", type=float, default=0.5, help="seconds, doubled at each retry")
    args = parser.parse_args()
    journal = Journal(args.journal)
    headers = {"Authorization": f"Bearer {args.token}"}
    with httpx.Client(base_url=args.url, headers=headers, timeout=10) as client:
        watch = Watch(client, journal, args.pause)
        if (session := journal.last("session")) is None:
            plan = watch.fetch_plan(f"/athletes/{args.athlete}/programs/{args.program}")
            if plan is None:
                raise SystemExit("No connection, and no plan from before.")
            if not plan["steps"]:
                raise SystemExit(plan["today"]["sentence"])
            position = {name: plan["today"][name] for name in ("week", "session")}
            session = start_session(athlete_id=args.athlete, program_id=args.program, **position)
            journal.add("session", session)
        watch.train(session, journal.last("plan")["steps"])
        try:
            result = watch.finish(session)
        except Offline:
            raise SystemExit(f"No connection. {args.journal} has all sets: start again.") from None
    print_next(result)


if __name__ == "__main__":
    main()
