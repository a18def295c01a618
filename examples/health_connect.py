"""Health Connect and Pushoff, both ways: recorded sessions in, planned sessions out.

    python examples/health_connect.py --url http://127.0.0.1:8000 --token pusht_… \
        --athlete runner-7 --program AQBH3FQM send examples/health_connect.json
    python examples/health_connect.py … plan --week 1 --session 1 --version 3

`send` reads ExerciseSessionRecords as a companion on the phone would dump them, and sends them as
one batch. `plan` prints the session as a PlannedExerciseSessionRecord for the phone to insert.

Health Connect has neither calf raises nor sides, so these come from the plan. The title tells which
session it was. Where there are as many segments of a type and a number as there are such steps in
the plan, they are those steps in their order. Else the side stays unknown, and a set that may have
been one exercise or another is kept under a name that no exercise has: nothing is guessed.
"""

import argparse
import asyncio
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]

# Segments that are no sets: PAUSE, REST and STRETCHING of androidx.health.connect.client.
NO_SETS = {39, 44, 54}
DEVICES = {1: "watch", 2: "phone", 4: "ring", 5: "head-mounted", 6: "band", 7: "chest strap"}
TITLE = re.compile(r"Pushoff W(\d+)S(\d+)")
# Any UUID does, if it never changes: ids of others that are none become UUIDs inside of it.
NAMESPACE = uuid.UUID("3f1d6a52-8a53-5d5e-9d0c-2b7c1f3c9a11")


def derive_id(client_record_id: str, app: str) -> str:
    """A clientRecordId as it is, if it is a UUID; else the UUID that always follows from it."""
    try:
        return str(uuid.UUID(client_record_id))
    except ValueError:
        return str(uuid.uuid5(NAMESPACE, f"{app}/{client_record_id}"))


def read_moment(instant: str, offset: str | None) -> datetime:
    """An Instant and its ZoneOffset, which may be missing, as one moment."""
    moment = datetime.fromisoformat(instant)
    if offset in (None, "Z"):
        return moment
    hours, minutes = str(offset)[1:].split(":")[:2]
    away = timedelta(hours=int(hours), minutes=int(minutes))
    return moment.astimezone(timezone(-away if str(offset).startswith("-") else away))


def find_place(record: Json) -> tuple[int, int] | None:
    """The week and the session that a record was planned as, by its title."""
    found = TITLE.fullmatch(record.get("title") or "")
    return (int(found[1]), int(found[2])) if found else None


def list_steps(planned: Json | None) -> list[Json]:
    """The sets of a planned session in order."""
    blocks = planned["blocks"] if planned else []
    return [step for block in blocks for step in block["steps"] if step["phase"] == "work"]


def match(segments: Sequence[Json], steps: Sequence[Json]) -> Iterator[tuple[Json, Json | None]]:
    """Each segment with the step that it was, or with what is certain of it, or with None."""
    for segment in segments:
        rivals = [one for one in segments if key_of(one) == key_of(segment)]
        chances = [step for step in steps if could_be(segment, step)]
        if len(chances) == len(rivals):
            yield segment, chances[rivals.index(segment)]
        elif agree(chances, "exercise"):
            yield segment, chances[0] | {"side": agree(chances, "side")}
        else:
            yield segment, None


def agree(steps: Sequence[Json], name: str) -> Any:
    """What all of these steps have under a name, or None if they differ."""
    found = {step[name] for step in steps}
    return found.pop() if len(found) == 1 else None


def key_of(segment: Json) -> tuple[int, int | None]:
    """What tells segments apart, as far as Health Connect can: the type and the number."""
    return segment["segmentType"], segment.get("setIndex")


def could_be(segment: Json, step: Json) -> bool:
    """Whether a segment may have been a step. Their numbers count from 0, ours from 1."""
    kind, index = key_of(segment)
    return step["health_connect"]["segment_code"] == kind and index in (None, step["set"] - 1)


def to_set(session_id: str, record: Json, segment: Json, step: Json | None) -> Json:
    """A segment as a completed set."""
    start = read_moment(segment["startTime"], record.get("startZoneOffset"))
    end = read_moment(segment["endTime"], record.get("startZoneOffset"))
    weight, rpe = segment.get("weight"), segment.get("rateOfPerceivedExertion")
    _, index = key_of(segment)
    done = {
        # Segments have no ids. When one began is what stays if the record is corrected.
        "set_id": str(uuid.uuid5(uuid.UUID(session_id), segment["startTime"])),
        "exercise": step["exercise"] if step else f"health_connect:{segment['segmentType']}",
        "side": step["side"] if step else None,
        "set_index": None if index is None else index + 1,
        # Theirs cannot be null, so 0 stands for unknown.
        "reps": segment.get("repetitions") or None,
        "load": {"value": round(weight["inKilograms"], 4), "unit": "kg"} if weight else None,
        "duration_s": round((end - start).total_seconds(), 4),
        "rpe": rpe,
        "rpe_scale": None if rpe is None else "borg-cr10",
        "performed_at": start.isoformat(),
        "prescribed": step and {"reps": step["goal"]["reps"]},
    }
    return {name: value for name, value in done.items() if value is not None}


def to_session(record: Json, athlete_id: str, program_id: str, planned: Json | None) -> Json:
    """A recorded ExerciseSessionRecord as a completed session, by the plan that it followed."""
    metadata, steps = record["metadata"], list_steps(planned)
    session_id = derive_id(metadata["clientRecordId"], metadata["dataOrigin"]["packageName"])
    segments = [one for one in record["segments"] if one["segmentType"] not in NO_SETS]
    matched = list(match(sorted(segments, key=lambda one: str(one["startTime"])), steps))
    whole = len(matched) >= len(steps) and all(step for _, step in matched)
    device = metadata.get("device") or {}
    session = {
        "session_id": session_id,
        "version": metadata["clientRecordVersion"],
        "athlete_id": athlete_id,
        "started_at": read_moment(record["startTime"], record.get("startZoneOffset")).isoformat(),
        "ended_at": read_moment(record["endTime"], record.get("endZoneOffset")).isoformat(),
        "status": "completed" if whole else "partial",
        "source": metadata["dataOrigin"]["packageName"],
        "device": {
            "manufacturer": device.get("manufacturer"),
            "model": device.get("model"),
            "kind": DEVICES.get(device.get("type", 0)),
        },
        "notes": record.get("notes"),
        "sets": [to_set(session_id, record, segment, step) for segment, step in matched],
    }
    if planned:
        session |= {name: planned[name] for name in ("week", "session")}
        session["program_id"] = program_id
    return {name: value for name, value in session.items() if value is not None}


def to_planned_record(planned: Json, version: int, today: date) -> Json:
    """A planned session as a PlannedExerciseSessionRecord. Without a date of its own it is for
    today. The version has to grow with each change of the plan, or Health Connect ignores it.
    """
    return {
        "metadata": {"clientRecordId": planned["id"], "clientRecordVersion": version},
        "startDate": planned["date"] or today.isoformat(),
        "duration": f"PT{planned['est_minutes']}M",
        "exerciseType": planned["activity"]["health_connect_code"],
        "title": planned["title"],
        "blocks": [
            {
                "repetitions": 1,
                "description": " ".join([f"{block['name']}.", *block["cues"]]),
                "steps": [to_planned_step(step) for step in block["steps"]],
            }
            for block in planned["blocks"]
        ],
    }


def to_planned_step(step: Json) -> Json:
    """A step as a PlannedExerciseStep."""
    goal, load, targets = step["goal"], step["load"], []
    if load is not None:
        unit = "inKilograms" if load["unit"] == "kg" else "inPounds"
        targets.append({"type": "WeightTarget", "mass": {unit: load["value"]}})
    if step["rpe_target"] is not None:
        targets.append({"type": "RateOfPerceivedExertionTarget", "rpe": step["rpe_target"]})
    return {
        "exerciseType": step["health_connect"]["segment_code"],
        "exercisePhase": step["health_connect"]["phase_code"],
        "completionGoal": {"type": "RepetitionsGoal", "repetitions": goal["reps"]}
        if goal["kind"] == "reps"
        else {"type": "DurationGoal", "duration": f"PT{goal['seconds']}S"},
        "performanceTargets": targets,
        "description": step["description"],
    }


class Companion:
    """One athlete in one programme, as a phone meets the service."""

    def __init__(self, client: httpx.AsyncClient, athlete_id: str, program_id: str) -> None:
        self.client, self.athlete_id, self.program_id = client, athlete_id, program_id

    async def fetch(self, week: int, session: int) -> Json | None:
        """The session as it stands, step by step; None where the programme has no such session."""
        programme = f"/athletes/{self.athlete_id}/programs/{self.program_id}"
        path = f"{programme}/weeks/{week}/sessions/{session}/planned.json"
        answer = await self.client.get(path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        answer.raise_for_status()
        planned: Json = answer.json()
        return planned

    async def send(self, records: Sequence[Json]) -> Json:
        """Sends up to 500 records as one batch. Only what is new or corrected changes anything:
        what was sent before is `unchanged`, and a version older than the stored one is `stale`.
        """
        sessions = []
        for record in records:
            place = find_place(record)
            planned = await self.fetch(*place) if place else None
            sessions.append(to_session(record, self.athlete_id, self.program_id, planned))
        answer = await self.client.post("/sessions/batch", json={"sessions": sessions})
        answer.raise_for_status()
        told: Json = answer.json()
        return told


async def main() -> None:
    """Sends what was recorded, or prints what is planned."""
    parser = argparse.ArgumentParser(description="Health Connect and Pushoff, both ways.")
    for name in ("--url", "--token", "--athlete", "--program"):
        parser.add_argument(name, required=True)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("send").add_argument("file", type=Path)
    plan = commands.add_parser("plan")
    for name in ("--week", "--session", "--version"):
        plan.add_argument(name, type=int, required=True)
    args = parser.parse_args()
    headers = {"Authorization": f"Bearer {args.token}"}
    async with httpx.AsyncClient(base_url=args.url, headers=headers) as client:
        companion = Companion(client, args.athlete, args.program)
        if args.command == "send":
            told = await companion.send(json.loads(args.file.read_text("utf-8"))["records"])
        else:
            planned = await companion.fetch(args.week, args.session)
            if planned is None:
                parser.error("the programme has no such session")
            told = to_planned_record(planned, args.version, datetime.now().astimezone().date())
    print(json.dumps(told, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    asyncio.run(main())
