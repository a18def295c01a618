"""Load the poses of the exercises from `poses/*.toml`, and check them, once, at import.

A physiotherapist can correct the files: `poses/README.md` explains each word in them. `FIGURES`
goes to `pose_moments`, the drawing modules and the tests.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from app.formats.figures.geometry import Point
from app.formats.figures.pose_values import (
    ARM_KINDS,
    ARMS,
    CARRIERS,
    LEG_KINDS,
    LEGS,
    LIMBS,
    Kind,
    Limb,
    LimbName,
    Pose,
)
from app.formats.figures.scene_values import MACHINES, PROPS, Box, Chair, Prop, Scene
from app.training.catalog.exercises import EXERCISES

FOLDER = Path(__file__).parent / "poses"
Raw = Mapping[str, Any]
Facing = Literal["right", "reader"]
Works = Literal["lower", "upper", "both"]
Phase = Literal["up", "hold", "down"]


@dataclass(frozen=True, slots=True)
class Stop:
    """A pose on the way, where the straight way between start and end would be wrong."""

    phase: Phase
    at: float
    """The share of the phase that has passed, 0 to 1."""
    pose: Pose


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the numbered pictures of the view `both`."""

    phase: Phase
    at: float
    caption: str
    arrow: tuple[Point, ...]
    """The way that an arrow shows, in centimetres; empty without an arrow."""


@dataclass(frozen=True, slots=True)
class Figure:
    """All that a picture of one exercise needs, apart from what the catalogue says of it."""

    slug: str
    description: str
    """Two sentences of what is seen."""
    panels: tuple[Panel, ...]
    scene: Scene
    props: tuple[Prop, ...]
    facing: Facing
    works: Works
    """Which side of hip and trunk is red in a person who faces the reader."""
    across: bool
    """Whether the near hand reaches across to the far side, behind the trunk."""
    start: Pose
    end: Pose
    stops: tuple[Stop, ...]
    lens: Point | None
    """Where the middle of the enlarged foot is, in centimetres; None without one."""


class WrongPose(ValueError):
    """The data of a picture are incomplete or contradict each other."""


_WORDS = {
    "like", "description", "captions", "arrows", "panels", "scene", "props", "facing", "works",
    "across", "start", "end", "via", "lens",
}  # fmt: skip
_POSE_WORDS = {"trunk", "head", "hip", "shoulder", *LIMBS}


def load(files: Mapping[str, Raw]) -> Mapping[str, Figure]:
    """Return the figures by slug, from parsed files. Raises WrongPose, which names the slug."""
    raws = {slug: raw for content in files.values() for slug, raw in content.items()}
    return MappingProxyType({slug: _build(slug, _inherit(raws, slug)) for slug in raws})


def _read_files() -> Mapping[str, Raw]:
    paths = sorted(FOLDER.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}


def _inherit(raws: Mapping[str, Raw], slug: str, seen: tuple[str, ...] = ()) -> Raw:
    """Return the data of an exercise with what it takes over from another one."""
    if slug not in raws:
        raise WrongPose(f"{seen[-1]}: like names {slug!r}, which has no pose")
    if slug in seen:
        raise WrongPose(f"{slug}: like leads back to itself")
    raw = raws[slug]
    if "like" not in raw:
        return raw
    model = _inherit(raws, raw["like"], (*seen, slug))
    merged = {**model, **raw}
    for part in ("start", "end"):
        if part in raw and part in model:
            merged[part] = _change_pose(model[part], raw[part])
    return merged


def _change_pose(pose: Raw, change: Raw) -> Raw:
    """Return a pose with changes. Words that fit a limb as it is change it; others replace it."""
    merged = {**pose, **change}
    for name in LIMBS:
        if name in pose and name in change and _fits(name, pose[name], change[name]):
            merged[name] = {**pose[name], **change[name]}
    return merged


def _fits(name: LimbName, limb: Raw, change: Raw) -> bool:
    kinds, words = _get_kinds(name), _flatten(limb)
    found = _find_kind(name, words)
    known = {*kinds[found].needs, *kinds[found].defaults} if found else set()
    return _flatten(change).keys() <= known


def _find_kind(name: LimbName, words: Mapping[str, float]) -> str | None:
    kinds = _get_kinds(name)
    return next((kind for kind in kinds if kinds[kind].needs[0] in words), None)


def _get_kinds(name: LimbName) -> Mapping[str, Kind]:
    return ARM_KINDS if name in ARMS else LEG_KINDS


def _flatten(raw: Raw) -> dict[str, float]:
    """Return the numbers of a table: a point becomes two, `true` becomes 1."""
    flat: dict[str, float] = {}
    for key, value in raw.items():
        if isinstance(value, list):
            flat[f"{key}_x"], flat[f"{key}_y"] = (float(part) for part in value)
        else:
            flat[key] = float(value)
    return flat


def _build(slug: str, raw: Raw) -> Figure:
    try:
        return _build_figure(slug, raw)
    except KeyError as missing:
        raise WrongPose(f"{slug}: {missing.args[0]} is missing") from None
    except (TypeError, ValueError, AttributeError) as fault:
        raise WrongPose(f"{slug}: {fault}") from None


def _build_figure(slug: str, raw: Raw) -> Figure:
    if unknown := raw.keys() - _WORDS:
        raise ValueError(f"{min(unknown)} is no word of a picture")
    start = _build_pose(raw["start"])
    end = _build_pose(_change_pose(raw["start"], raw["end"]))
    props, facing = tuple(raw.get("props", ())), raw.get("facing", "right")
    works = raw.get("works", "lower")
    if wrong := [prop for prop in props if prop not in PROPS]:
        raise ValueError(f"props has an unknown {wrong[0]!r}")
    if facing not in get_args(Facing):
        raise ValueError(f"facing is {facing!r}")
    if works not in get_args(Works):
        raise ValueError(f"works is {works!r}")
    return Figure(
        slug=slug,
        description=raw["description"],
        panels=tuple(_build_panels(slug, raw)),
        scene=_build_scene(raw.get("scene", {})),
        props=props,
        facing=facing,
        works=works,
        across=bool(raw.get("across", False)),
        start=start,
        end=end,
        stops=tuple(_build_stop(raw, stop) for stop in raw.get("via", ())),
        lens=_build_point(raw["lens"]) if raw.get("lens") else None,
    )


def _build_pose(raw: Raw) -> Pose:
    if unknown := raw.keys() - _POSE_WORDS:
        raise ValueError(f"{min(unknown)} is no word of a pose")
    body = _flatten({name: raw[name] for name in raw.keys() - set(LIMBS)})
    limbs: dict[LimbName, Limb] = {name: _build_limb(name, raw[name]) for name in LIMBS}
    _check_carriers(body, limbs)
    body.setdefault("head", body.get("trunk", 0.0) * 0.3)
    return Pose(body, MappingProxyType(limbs))


def _check_carriers(body: Raw, limbs: Mapping[LimbName, Limb]) -> None:
    """Raise ValueError unless one thing says where the body is, and one how the trunk leans."""
    carriers = [name for name in LEGS if limbs[name].kind in CARRIERS]
    places = [*carriers, *(name for name in ("hip", "shoulder") if f"{name}_x" in body)]
    if len(places) != 1:
        found = " and ".join(places) or "nothing"
        raise ValueError(f"one of hip, shoulder, near or far carries the body, not {found}")
    leans = any(limbs[name].kind == "forearm" for name in ARMS)
    if leans and not carriers:
        raise ValueError("a forearm on the floor needs a leg that carries the hip")
    if leans == ("trunk" in body):
        raise ValueError("trunk follows from the forearm" if leans else "trunk is missing")


def _build_limb(name: LimbName, raw: Raw) -> Limb:
    values, kinds = _flatten(raw), _get_kinds(name)
    found = _find_kind(name, values)
    if found is None:
        raise ValueError(
            f"{name} has none of {', '.join(kind.needs[0] for kind in kinds.values())}"
        )
    kind = kinds[found]
    if missing := [need for need in kind.needs if need not in values]:
        raise ValueError(f"{name}: {missing[0]} is missing")
    if unknown := values.keys() - {*kind.needs, *kind.defaults}:
        raise ValueError(f"{name}: {min(unknown)} does not belong to {found}")
    return Limb(found, MappingProxyType({**kind.defaults, **values}))


def _build_stop(raw: Raw, stop: Raw) -> Stop:
    """Build a stop: changes to the start, or to the end if `from` says so."""
    end = _change_pose(raw["start"], raw["end"])
    pose = _change_pose(end if stop.get("from") == "end" else raw["start"], stop["pose"])
    return Stop(_check_phase(stop["phase"]), float(stop["at"]), _build_pose(pose))


def _check_phase(phase: str) -> Phase:
    if phase == "up":
        return "up"
    if phase == "hold":
        return "hold"
    if phase == "down":
        return "down"
    raise ValueError(f"phase is {phase!r}, not up, hold or down")


def _build_panels(slug: str, raw: Raw) -> Iterator[Panel]:
    captions, arrows = raw["captions"], raw.get("arrows", {})
    moments = raw.get("panels", [{"phase": "up", "at": 0.0}, {"phase": "hold", "at": 1.0}])
    if len(captions) != len(moments):
        raise ValueError(f"{len(moments)} panels have {len(captions)} captions")
    for number, (moment, caption) in enumerate(zip(moments, captions, strict=True), 1):
        arrow = tuple(_build_point(point) for point in arrows.get(str(number), ()))
        words = _fill_in_tempo(slug, caption)
        yield Panel(_check_phase(moment["phase"]), float(moment["at"]), words, arrow)


def _fill_in_tempo(slug: str, caption: str) -> str:
    """Return a caption with the catalogue's seconds for `{up_s}`, `{hold_s}` and `{down_s}`."""
    tempo = EXERCISES[slug].tempo
    for phase in ("up_s", "hold_s", "down_s") if tempo else ():
        caption = caption.replace(f"{{{phase}}}", str(getattr(tempo, phase)))
    return caption


def _build_point(raw: Any) -> Point:
    x, y = raw
    return float(x), float(y)


def _build_scene(raw: Raw) -> Scene:
    if unknown := raw.keys() - {"wall", "step", "mat", "rail", "chair", "machine"}:
        raise ValueError(f"{min(unknown)} is no part of a scene")
    machine = raw.get("machine")
    if machine is not None and machine not in MACHINES:
        raise ValueError(f"machine is {machine!r}")
    return Scene(
        wall=float(raw["wall"]) if "wall" in raw else None,
        step=Box(*raw["step"]) if "step" in raw else None,
        mat=Box(*raw["mat"]) if "mat" in raw else None,
        rail=_build_point(raw["rail"]) if "rail" in raw else None,
        chair=Chair(**raw["chair"]) if "chair" in raw else None,
        machine=machine,
    )


FIGURES: Mapping[str, Figure] = load(_read_files())
