"""A fall as `droptrace detect` prints it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast, get_args

from benchmarks.errors import FoundFormError
from floors.origin import Candidate, Origin
from tracking.fall import Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FoundFall:
    """What the program says has fallen.

    Attributes:
        incident_id: Its name.
        verdict: "confirmed", "suspected" or "rejected"; whether it began below the site's `min_floor` plays no part.
        score: Confidence, 0..1.
        release_s: When it left the hand, presentation seconds.
        path: (time_s, x_px, y_px) in order of time.
        sizes_px: The object's size at each point of the path; None where it was not printed (FADE's boxes need it).
        origin: Floor and unit with probabilities; None without geometry.
        reasons: Why it was judged so.
        package: Folder of its evidence package, as printed; None where there is none.
    """

    incident_id: str
    verdict: Verdict
    score: float
    release_s: float | None
    path: tuple[tuple[float, float, float], ...]
    sizes_px: tuple[float, ...] | None
    origin: Origin | None
    reasons: tuple[str, ...]
    package: str | None


def parse_found(line: Mapping[str, Any]) -> FoundFall:
    """Make a `FoundFall` of one parsed line of `detect`.

    Raises:
        FoundFormError: A key is missing or wrong; the message names it.
    """
    path = _take(line, "path", _path)
    return FoundFall(
        incident_id=_take(line, "incident_id", _text),
        verdict=_take(line, "verdict", _verdict),
        score=_take(line, "score", _finite),
        release_s=_take(line, "release_s", lambda raw: None if raw is None else _finite(raw)),
        path=path,
        sizes_px=_take(line, "path_size_px", lambda raw: _sizes(raw, len(path))),
        origin=_take(line, "origin", _origin),
        reasons=_take(line, "reasons", lambda raw: tuple(str(reason) for reason in raw or ())),
        package=_take(line, "package", _optional_text),
    )


def _take(line: Mapping[str, Any], key: str, convert: Callable[[Any], T]) -> T:
    try:
        return convert(line.get(key))
    except (TypeError, ValueError, LookupError) as error:
        problem = "is missing" if line.get(key) is None else f"is wrong: {error}"
        raise FoundFormError(f"detection printed a fall of the wrong form: {key!r} {problem}") from error


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError(f"{raw!r} is not text")
    return raw


def _verdict(raw: object) -> Verdict:
    if raw not in get_args(Verdict):
        raise ValueError(f"{raw!r} is none of {', '.join(get_args(Verdict))}")
    return cast(Verdict, raw)


def _path(raw: Any) -> tuple[tuple[float, float, float], ...]:
    path = tuple((_finite(point[0]), _finite(point[1]), _finite(point[2])) for point in raw)
    if not path:
        raise ValueError("has no points")
    for before, after in zip(path, path[1:], strict=False):
        if after[0] <= before[0]:
            raise ValueError(f"time {after[0]} does not come after {before[0]}")
    return path


def _sizes(raw: Any, points: int) -> tuple[float, ...] | None:
    if raw is None:
        return None
    sizes_px = tuple(_finite(size) for size in raw)
    if len(sizes_px) != points:
        raise ValueError(f"has {len(sizes_px)} sizes for {points} points of the path")
    return sizes_px


def _origin(raw: Any) -> Origin | None:
    if raw is None:
        return None
    return Origin(
        floor=int(raw["floor"]),
        floor_low=int(raw["floor_low"]),
        floor_high=int(raw["floor_high"]),
        unit=_optional_text(raw.get("unit")),
        probability=_finite(raw["probability"]),
        candidates=tuple(
            Candidate(int(one["floor"]), _optional_text(one.get("unit")), _finite(one["probability"]))
            for one in raw.get("candidates") or ()
        ),
    )


def _optional_text(raw: object) -> str | None:
    return None if raw is None else str(raw)


def _finite(raw: Any) -> float:
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    return value
