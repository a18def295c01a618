"""A watch that trains by a Pushoff programme, over a connection that comes and goes.

    python examples/watch_companion.py --url http://127.0.0.1:8000 \
        --token pusht_… --athlete runner-7 --program AQBH3FQM

It asks what to do, sends each set as soon as it is done, and ends with what comes next. All of it
is in a file before it is sent: pull the network or kill the program wherever you like and start it
again, and no set is lost and none counts twice. It carries the token of one athlete's device, as
POST /athletes/{athlete_id}/tokens makes it, and never a key.
"""

import argparse
import contextlib
import json
import os
import random
import time
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]

# What may go well another time. Every other refusal is for good.
PASSING = {408, 429, 500, 502, 503, 504}
# Between two sets a watch does not insist, since the file has the set; at the end it does.
TRIES_LIVE, TRIES = 2, 6


class Offline(Exception):
    """Nobody answered, however often it was asked."""


class Journal:
    """What happened, a JSON object a line, each on the disk before anything follows from it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        text = file.read_bytes() if file.exists() else b""
        # A battery that dies while a line is written leaves a part of it, which never happened.
        whole = text[: text.rfind(b"\n") + 1]
        if whole != text:
            os.truncate(file, len(whole))
        self.lines: list[Json] = [json.loads(line) for line in whole.splitlines()]

    def add(self, kind: str, content: Any) -> None:
        """Writes a line, and comes back when nothing can take it away any more."""
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({kind: content}) + "\n")
            out.flush()
            os.fsync(out.fileno())
        self.lines.append({kind: content})

    def all(self, kind: str) -> list[Any]:
        """Everything of a kind, the oldest first."""
        return [line[kind] for line in self.lines if kind in line]

    def last(self, kind: str) -> Any:
        """The newest of a kind, or None."""
        return next(reversed(self.all(kind)), None)

    def unsettled(self) -> list[Json]:
        """The sets that the server has not said it has."""
        settled = set(self.all("settled"))
        return [done for done in self.all("set") if done["set_id"] not in settled]

    def clear(self) -> None:
        """Forgets a session that the server has, and what was heard before it was done."""
        os.truncate(self.file, 0)
        self.lines = []


class Watch:
    """A journal, and a client that may or may not get through."""

    def __init__(self, client: httpx.Client, journal: Journal, pause_s: float) -> None:
        self.client, self.journal, self.pause_s = client, journal, pause_s

    def ask(self, method: str, path: str, tries: int = TRIES, **sent: Any) -> httpx.Response:
        """An answer that is final, be it good or bad. Raises Offline.

        Every request may be sent again: ids and versions are ours, so what got there the first
        time, though its answer got lost, is `unchanged` the second time.
        """
        for attempt in range(tries):
            wait_s = 0.0
            with contextlib.suppress(httpx.TransportError):
                answer = self.client.request(method, path, **sent)
                if answer.status_code in {401, 403}:
                    raise SystemExit("The token has ended. The journal waits for a new one.")
                if answer.status_code not in PASSING:
                    return answer
                wait_s = float(answer.headers.get("Retry-After", 0))
            if attempt + 1 < tries:
                # By chance, or all watches that lost a server would come back at one moment.
                time.sleep(wait_s + random.uniform(0, self.pause_s * 2**attempt))
        raise Offline

    def hear(self, programme: str) -> Json | None:
        """What to do, step by step. Where nothing changed, or nobody answers, it is what was heard
        last, so that a watch in a cellar has its session too.
        """
        heard: Json | None = self.journal.last("heard")
        known = {"If-None-Match": heard["etag"]} if heard else {}
        with contextlib.suppress(Offline):
            answer = self.ask("GET", f"{programme}/today", headers=known)
            if answer.status_code == 304:
                return heard
            today, steps = read(answer), []
            if today["status"] == "planned":
                place = f"{programme}/weeks/{today['week']}/sessions/{today['session']}"
                blocks = read(self.ask("GET", f"{place}/planned.json"))["blocks"]
                steps = [one for block in blocks for one in block["steps"] if one["exercise"]]
            heard = {"etag": answer.headers["ETag"], "today": today, "steps": steps}
            self.journal.add("heard", heard)
        return heard

    def train(self, session: Json, steps: list[Json]) -> None:
        """Goes through the steps that are not in the journal yet: all, or what a crash left."""
        for step in steps[len(self.journal.all("set")) :]:
            done = perform(step)
            self.journal.add("set", done)
            self.stream(session, done)
        if self.journal.last("end") is None:
            self.journal.add("end", {"status": "completed", "ended_at": now(), "version": 1})

    def stream(self, session: Json, done: Json) -> None:
        """Sends one set live, or leaves it for later."""
        about = {name: session[name] for name in ("athlete_id", "program_id", "week", "session")}
        path = f"/sessions/{session['session_id']}/sets/{done['set_id']}"
        with contextlib.suppress(Offline):
            self.settle(done, self.ask("PUT", path, TRIES_LIVE, json=about | done).json())

    def finish(self, session: Json) -> Json | None:
        """Sends what is left, closes the session, and gives what comes next. Raises Offline."""
        if left := self.journal.unsettled():
            # Each set comes with its session around it, and has an outcome of its own.
            batch = {"sessions": [session | {"sets": [done]} for done in left]}
            outcomes = read(self.ask("POST", "/sessions/batch", json=batch))["outcomes"]
            for done, outcome in zip(left, outcomes, strict=True):
                self.settle(done, outcome["problem"] or {})
        closed = session | self.journal.last("end")
        told: Json = self.ask("PUT", f"/sessions/{session['session_id']}", json=closed).json()
        complain(told)
        self.journal.clear()
        return told.get("next")

    def settle(self, done: Json, told: Json) -> None:
        """Notes that a set need not be sent again. What was refused once would be refused for ever,
        so the runner is told, and no other set has to wait behind it.
        """
        complain(told)
        self.journal.add("settled", done["set_id"])


def read(answer: httpx.Response) -> Json:
    """The body of an answer that nothing can go on without."""
    body: Json = answer.json()
    if answer.is_error:
        raise SystemExit(f"{body['title']}: {body['detail']}")
    return body


def complain(told: Json) -> None:
    """Prints what is wrong, if an answer is a problem."""
    if "detail" in told:
        print(f"{told['title']}: {told['detail']}")


def now() -> str:
    """This moment with its offset, which the service asks for."""
    return datetime.now().astimezone().isoformat()


def begin(**about: Any) -> Json:
    """A session that starts now. Its id is made here, once, and stays with it."""
    made = {"session_id": str(uuid.uuid4()), "version": 0, "status": "in_progress"}
    return made | about | {"started_at": now(), "device": {"kind": "watch"}}


def perform(step: Json) -> Json:
    """A set, done just as it was asked for: here a watch counts, and asks about pain."""
    print(step["description"])
    made = {"set_id": str(uuid.uuid4()), "version": 0, "set_index": step["set"]}
    asked = {name: step[name] for name in ("exercise", "side", "load")}
    return made | asked | {"reps": step["goal"]["reps"], "pain": 0, "performed_at": now()}


def main() -> None:
    """Trains if there is something to do, or finishes what was begun."""
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
            heard = watch.hear(f"/athletes/{args.athlete}/programs/{args.program}")
            if heard is None or not heard["steps"]:
                raise SystemExit("Nothing to do" if heard else "Nothing heard, and no connection")
            place = {name: heard["today"][name] for name in ("week", "session")}
            session = begin(athlete_id=args.athlete, program_id=args.program, **place)
            journal.add("session", session)
        watch.train(session, journal.last("heard")["steps"])
        try:
            following = watch.finish(session)
        except Offline:
            raise SystemExit(f"No connection. {args.journal} has it all: start again.") from None
    if following is not None:
        print(f"Next: week {following['week']}, session {following['session']}")
        for one in following["exercises"]:
            print(f"- {one['name']}: {len(one['sets'])} x {one['sets'][0]['reps_target']}")


if __name__ == "__main__":
    main()
