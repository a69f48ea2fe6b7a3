"""What truly happens in a clip: its truth file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import DatasetError
from tracking.fall import PathPoint

TRUTH_ENDING = ".truth.json"


@dataclass(frozen=True, slots=True)
class TrueFall:
    """One thing that truly falls.

    Attributes:
        kind: What it is, such as "bottle".
        release_s: When it leaves the hand, presentation seconds; None where not known.
        first_s: First time in view.
        last_s: Last time in view.
        floor: Floor that it comes from, counted from 1 at the ground; None where not known.
        unit: Unit that it comes from; None where not known.
        path: Where it is, in order of time; one point at least.
        contrast: Median difference to the wall behind its path, grey levels; None where not known.
        snr: Signal to noise of one frame, as in `benchmarks.sensitivity`; None where not known.
    """

    kind: str
    release_s: float | None
    first_s: float
    last_s: float
    floor: int | None
    unit: str | None
    path: tuple[PathPoint, ...]
    contrast: float | None = None
    snr: float | None = None


@dataclass(frozen=True, slots=True)
class TrueBox:
    """A labelled box at one time: presentation seconds; left, top, right and bottom in pixels of the full frame."""

    time_s: float
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float


@dataclass(frozen=True, slots=True)
class ClipTruth:
    """A clip with all that is true of it.

    Attributes:
        name: The clip's name without ending, unique within its suite.
        suite: The folder that it lies in.
        clip: The recording: a file, or a folder of images.
        site: Its site file; None where there is no geometry: then floors and units are not scored.
        truth: The file (or the folder of annotations) that the truth was read from.
        falls: All that falls; empty where nothing does.
        boxes: The labelled boxes, for FADE's measures.
        seed: The number that the scene was rendered from, where the truth tells it.
    """

    name: str
    suite: str
    clip: Path
    site: Path | None
    truth: Path
    falls: tuple[TrueFall, ...]
    boxes: tuple[TrueBox, ...]
    seed: int | None

    @property
    def is_probe(self) -> bool:
        """Tell a clip that asks how faint an object may be: not to see it is no miss, so it counts in no total."""
        return any(fall.snr is not None for fall in self.falls)


def read_truth(path: Path, suite: str) -> ClipTruth:
    """Read one NAME.truth.json.

    Args:
        path: The truth file; clip and site are looked for beside it.
        suite: Name of the suite that the clip is counted under.

    Raises:
        DatasetError: The file is not readable, a key is missing or wrong, or the clip or site file is not there.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetError(path, "", f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise DatasetError(path, "", f"is not JSON: {error}") from error
    reader = _Reader(path)
    top = reader.mapping(raw, "")
    falls = tuple(reader.fall(entry, f"falls[{i}]") for i, entry in enumerate(reader.sequence(top, "falls", "")))
    return ClipTruth(
        name=path.name.removesuffix(TRUTH_ENDING),
        suite=suite,
        clip=reader.file_beside(reader.text(top, "clip", ""), "clip"),
        site=reader.file_beside(site, "site") if (site := reader.optional_text(top, "site", "")) else None,
        truth=path,
        falls=falls,
        boxes=tuple(square_box(point) for fall in falls for point in fall.path),
        seed=reader.optional_whole(top, "seed", ""),
    )


def square_box(point: PathPoint) -> TrueBox:
    """Make the square box around a point of a path."""
    half_px = point.size_px / 2
    return TrueBox(point.time_s, point.x_px - half_px, point.y_px - half_px, point.x_px + half_px, point.y_px + half_px)


class _Reader:
    """Takes values out of one parsed truth file and names file and key where they are wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fall(self, raw: object, key: str) -> TrueFall:
        entry = self.mapping(raw, key)
        points = self.sequence(entry, "path", key)
        path = tuple(self._point(point, f"{key}.path[{i}]") for i, point in enumerate(points))
        if not path:
            raise self._error(f"{key}.path", "is empty; give one point [t_s, x_px, y_px, size_px] a frame at least")
        for i, (before, after) in enumerate(zip(path, path[1:], strict=False), start=1):
            if after.time_s <= before.time_s:
                raise self._error(f"{key}.path[{i}]", f"time {after.time_s} does not come after {before.time_s}")
        return TrueFall(
            kind=self.text(entry, "kind", key),
            release_s=self._optional_number(entry, "release_s", key),
            first_s=self._number(entry.get("first_s"), f"{key}.first_s"),
            last_s=self._number(entry.get("last_s"), f"{key}.last_s"),
            floor=self.optional_whole(entry, "floor", key),
            unit=self.optional_text(entry, "unit", key),
            path=path,
            contrast=self._optional_number(entry, "contrast", key),
            snr=self._optional_number(entry, "snr", key),
        )

    def mapping(self, raw: object, key: str) -> Mapping[str, object]:
        if not isinstance(raw, dict):
            raise self._error(key, "must be an object {...}")
        return raw

    def sequence(self, entry: Mapping[str, object], key: str, above: str) -> list[object]:
        value = entry.get(key)
        if not isinstance(value, list):
            raise self._error(_join(above, key), "is missing" if value is None else "must be a list [...]")
        return value

    def text(self, entry: Mapping[str, object], key: str, above: str) -> str:
        value = self.optional_text(entry, key, above)
        if not value:
            raise self._error(_join(above, key), "is missing")
        return value

    def optional_text(self, entry: Mapping[str, object], key: str, above: str) -> str | None:
        value = entry.get(key)
        if value is not None and not isinstance(value, str):
            raise self._error(_join(above, key), f"must be text, not {value!r}")
        return value

    def optional_whole(self, entry: Mapping[str, object], key: str, above: str) -> int | None:
        value = entry.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self._error(_join(above, key), f"must be a whole number, not {value!r}")
        return value

    def file_beside(self, name: str, key: str) -> Path:
        path = self._path.parent / name
        if not path.exists():
            raise self._error(key, f"there is no {name!r} beside the truth file")
        return path

    def _point(self, raw: object, key: str) -> PathPoint:
        if not isinstance(raw, list) or len(raw) != 4:
            raise self._error(key, "must be [t_s, x_px, y_px, size_px]")
        time_s, x_px, y_px, size_px = (self._number(value, key) for value in raw)
        if size_px < 0:
            raise self._error(key, f"size {size_px} is below zero")
        return PathPoint(time_s, x_px, y_px, size_px)

    def _optional_number(self, entry: Mapping[str, object], key: str, above: str) -> float | None:
        value = entry.get(key)
        return None if value is None else self._number(value, _join(above, key))

    def _number(self, value: object, key: str) -> float:
        if value is None:
            raise self._error(key, "is missing")
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._error(key, f"must be a finite number, not {value!r}")
        return float(value)

    def _error(self, key: str, message: str) -> DatasetError:
        return DatasetError(self._path, key, message)


def _join(above: str, key: str) -> str:
    return f"{above}.{key}" if above else key
