"""Sends sessions from Health Connect to Pushoff, and planned sessions back to Health Connect.

    python examples/health_connect.py --url http://127.0.0.1:8000 --token pusht_… \
        --athlete runner-7 --program AgCZvl77 send examples/health_connect.json
    python examples/health_connect.py … plan --week 1 --session 1 --version 3

`send` reads ExerciseSessionRecords from a JSON file, as an app on the phone could write it, and
sends them as one batch. `plan` prints a planned session as a PlannedExerciseSessionRecord, for the
app on the phone to insert.

Health Connect has neither calf raises nor sides, so both come from the plan. The title of a record
says which planned session it was. If a record has as many segments of one type and number as the
plan has such steps, the segments are those steps, in their order. Otherwise nothing is guessed: an
uncertain side is left out, and a segment that may be one of two exercises is sent as
`health_connect:65`, a name that no exercise has.
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

# Segment types that are not sets: PAUSE, REST and STRETCHING of androidx.health.connect.client.
NOT_SETS = {39, 44, 54}
DEVICES = {1: "watch", 2: "phone", 4: "ring", 5: "head-mounted", 6: "band", 7: "chest strap"}
TITLE = re.compile(r"Pushoff W(\d+)S(\d+)")
# The namespace of ids that are derived from others. Use a UUID of your own, and never change it.
NAMESPACE = uuid.UUID("3f1d6a52-8a53-5d5e-9d0c-2b7c1f3c9a11")


def derive_id(client_record_id: str, app: str) -> str:
    """Return a clientRecordId that is a UUID as it is; derive a UUID (version 5) from any other."""
    try:
        return str(uuid.UUID(client_record_id))
    except ValueError:
        return str(uuid.uuid5(NAMESPACE, f"{app}/{client_record_id}"))


def read_moment(instant: str, offset: str | None) -> datetime:
    """Combine an Instant and its ZoneOffset, which may be missing, in one datetime."""
    moment = datetime.fromisoformat(instant)
    if offset in (None, "Z"):
        return moment
    hours, minutes = str(offset)[1:].split(":")[:2]
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    return moment.astimezone(timezone(-distance if str(offset).startswith("-") else distance))


def parse_title(record: Json) -> tuple[int, int] | None:
    """Return the week and the session in a record's title, or None if it was not planned."""
    found = TITLE.fullmatch(record.get("title") or "")
    return (int(found[1]), int(found[2])) if found else None


def list_steps(planned: Json | None) -> list[Json]:
    """Return the sets of a planned session in their order, without the rests."""
    blocks = planned["blocks"] if planned else []
    return [step for block in blocks for step in block["steps"] if step["phase"] == "work"]


def match_steps(
    segments: Sequence[Json], steps: Sequence[Json]
) -> Iterator[tuple[Json, Json | None]]:
    """Yield each segment with its step of the plan.

    If several steps are possible, the step has the exercise and the side that all of them share. It
    is None if they do not share the exercise.
    """
    for segment in segments:
        similar = [one for one in segments if segment_key(one) == segment_key(segment)]
        candidates = [step for step in steps if is_candidate(segment, step)]
        if len(candidates) == len(similar):
            yield segment, candidates[similar.index(segment)]
        elif shared_value(candidates, "exercise"):
            yield segment, candidates[0] | {"side": shared_value(candidates, "side")}
        else:
            yield segment, None


def shared_value(steps: Sequence[Json], field: str) -> Any:
    """Return the value of a field if it is the same in all steps, else None."""
    values = {step[field] for step in steps}
    return values.pop() if len(values) == 1 else None


def segment_key(segment: Json) -> tuple[int, int | None]:
    """Return the type and the number of a segment, which is all that identifies it."""
    return segment["segmentType"], segment.get("setIndex")


def is_candidate(segment: Json, step: Json) -> bool:
    """Return whether a segment may be a step. `setIndex` counts from 0, `set` from 1."""
    segment_type, index = segment_key(segment)
    same_type = step["health_connect"]["segment_code"] == segment_type
    return same_type and index in (None, step["set"] - 1)


def to_set(session_id: str, record: Json, segment: Json, step: Json | None) -> Json:
    """Convert a segment to a completed set."""
    start = read_moment(segment["startTime"], record.get("startZoneOffset"))
    end = read_moment(segment["endTime"], record.get("startZoneOffset"))
    weight, rpe = segment.get("weight"), segment.get("rateOfPerceivedExertion")
    _, index = segment_key(segment)
    completed_set = {
        # Segments have no ids. The start time stays the same when a record is corrected.
        "set_id": str(uuid.uuid5(uuid.UUID(session_id), segment["startTime"])),
        "exercise": step["exercise"] if step else f"health_connect:{segment['segmentType']}",
        "side": step["side"] if step else None,
        "set_index": None if index is None else index + 1,
        # In Health Connect this field cannot be null, so 0 means unknown.
        "reps": segment.get("repetitions") or None,
        "load": {"value": round(weight["inKilograms"], 4), "unit": "kg"} if weight else None,
        # Of a hold this is what counts.
        "duration_s": round((end - start).total_seconds(), 4),
        "rpe": rpe,
        "rpe_scale": None if rpe is None else "borg-cr10",
        "performed_at": start.isoformat(),
        "prescribed": prescribed_reps(step),
    }
    return {name: value for name, value in completed_set.items() if value is not None}


def prescribed_reps(step: Json | None) -> Json | None:
    """Return the prescription of a step, or None if it has none or is a hold."""
    return {"reps": step["goal"]["reps"]} if step and step["goal"]["kind"] == "reps" else None


def to_session(record: Json, athlete_id: str, program_id: str, planned: Json | None) -> Json:
    """Convert an ExerciseSessionRecord to a completed session. `planned` is its plan, if any."""
    metadata, steps = record["metadata"], list_steps(planned)
    session_id = derive_id(metadata["clientRecordId"], metadata["dataOrigin"]["packageName"])
    segments = [one for one in record["segments"] if one["segmentType"] not in NOT_SETS]
    matched = list(match_steps(sorted(segments, key=lambda one: str(one["startTime"])), steps))
    is_complete = len(matched) >= len(steps) and all(step for _, step in matched)
    device = metadata.get("device") or {}
    session = {
        "session_id": session_id,
        "version": metadata["clientRecordVersion"],
        "athlete_id": athlete_id,
        "started_at": read_moment(record["startTime"], record.get("startZoneOffset")).isoformat(),
        "ended_at": read_moment(record["endTime"], record.get("endZoneOffset")).isoformat(),
        "status": "completed" if is_complete else "partial",
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
    """Convert a planned session to a PlannedExerciseSessionRecord.

    A session without a date is planned for today. Raise the version with each change of the plan:
    Health Connect ignores a record whose version is not higher.
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
    """Convert a step of the plan to a PlannedExerciseStep."""
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
    """Calls the service for one athlete in one programme."""

    def __init__(self, client: httpx.AsyncClient, athlete_id: str, program_id: str) -> None:
        self.client, self.athlete_id, self.program_id = client, athlete_id, program_id

    async def fetch_planned(self, week: int, session: int) -> Json | None:
        """Return a session as it is planned after what was done, or None if there is none."""
        program_path = f"/athletes/{self.athlete_id}/programs/{self.program_id}"
        path = f"{program_path}/weeks/{week}/sessions/{session}/planned.json"
        response = await self.client.get(path)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        response.raise_for_status()
        planned: Json = response.json()
        return planned

    async def send(self, records: Sequence[Json]) -> Json:
        """Send up to 500 records as one batch, and return the outcome of each.

        Sending a record again is harmless: the outcome is `unchanged`. If a newer version is
        stored, the outcome is `stale`. Neither changes anything.
        """
        sessions = []
        for record in records:
            position = parse_title(record)
            planned = await self.fetch_planned(*position) if position else None
            sessions.append(to_session(record, self.athlete_id, self.program_id, planned))
        response = await self.client.post("/sessions/batch", json={"sessions": sessions})
        response.raise_for_status()
        result: Json = response.json()
        return result


async def main() -> None:
    """Send recorded sessions, or print a planned one."""
    parser = argparse.ArgumentParser(description="Sessions between Health Connect and Pushoff.")
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
            result = await companion.send(json.loads(args.file.read_text("utf-8"))["records"])
        else:
            planned = await companion.fetch_planned(args.week, args.session)
            if planned is None:
                parser.error("the programme has no such session")
            today = datetime.now().astimezone().date()
            result = to_planned_record(planned, args.version, today)
    print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    asyncio.run(main())
