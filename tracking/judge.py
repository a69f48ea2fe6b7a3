"""Is a track a fall? The tests, their reasons, and what follows from them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.projection import Facade
from floors.tracing import Traced, trace_origin
from tracking.fall import Fall, PathPoint, Verdict
from tracking.image_fall import ImageFall, fit_even, fit_fall
from tracking.physics_tests import Limits, Motion, TestResult, image_tests, space_tests
from tracking.sighting import measured_sigma_px
from tracking.trace_back import trace_back
from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]

_LEAST_FOR_A_FIT = 5
_UNSEEN_S = 0.5


class Judge:
    """Judges the tracks of one camera."""

    def __init__(self, height_px: int, facade: Facade | None, limits: Limits | None = None) -> None:
        """Judge tracks in frames of a height, in front of `facade` where its geometry is known."""
        self._height_px = height_px
        self._facade = facade
        self._limits = limits or Limits()

    def judge(self, track: Track) -> Fall:
        """Tell whether a track is a fall, why, and where it began."""
        if len(track.detections) < _LEAST_FOR_A_FIT:
            few = TestResult(passed=False, doubtful=False, reason=f"seen {len(track.detections)} times only")
            return self._conclude(track, None, None, [few])
        motion = self._fit(track, list(track.detections))
        results = self._image_tests(motion)
        traced = None
        if _may_be_a_fall(results):
            # Only for what may be a fall: tracing back and the fit in space take 10 ms each.
            motion = self._fit(track, trace_back(track, motion.fall, self._fit_fall(track), self._height_px))
            results = self._image_tests(motion)
            traced = self._trace(motion)
            if traced is not None:
                results += space_tests(traced, self._limits)
        return self._conclude(track, motion, traced, results)

    def _image_tests(self, motion: Motion) -> list[TestResult]:
        has_metres = self._facade is not None and self._facade.has_metres
        return image_tests(motion, self._limits, has_metres=has_metres)

    def _trace(self, motion: Motion) -> Traced | None:
        keep = motion.fall.inliers
        return trace_origin(self._facade, motion.times_s[keep], motion.points_px[keep], motion.sizes_px[keep])

    def _fit_fall(self, track: Track) -> Callable[[list[Detection]], ImageFall]:
        def fit(detections: list[Detection]) -> ImageFall:
            columns = _columns(detections)
            return fit_fall(columns.times_s, columns.points_px, columns.sigma_px, track.timing_sigma_s)

        return fit

    def _fit(self, track: Track, detections: list[Detection]) -> Motion:
        columns = _columns(detections)
        fall = self._fit_fall(track)(detections)
        even = fit_even(columns.times_s, columns.points_px, columns.sigma_px, track.timing_sigma_s)
        before = len(detections) - len(track.detections)
        return Motion(
            tuple(detections),
            track.frames + before,
            self._height_px,
            columns.times_s,
            columns.points_px,
            columns.sizes_px,
            fall,
            even,
        )

    def _conclude(self, track: Track, motion: Motion | None, traced: Traced | None, results: list[TestResult]) -> Fall:
        verdict = _verdict(results)
        release_s, release_px = _release(track, motion, traced)
        seen = motion.detections if motion is not None else track.detections
        keep = motion.fall.inliers if motion is not None else np.ones(len(seen), bool)
        path = tuple(
            PathPoint(d.time_s, d.x_px, d.y_px, max(d.width_px, d.height_px))
            for d, good in zip(seen, keep, strict=True)
            if good or verdict == "rejected"
        )
        origin = traced.origin if traced is not None else None
        return Fall(
            verdict=verdict,
            label="falling_object",
            score=_score(track, verdict),
            release_s=release_s,
            first_s=path[0].time_s,
            last_s=path[-1].time_s,
            release_px=release_px,
            path=path,
            origin=origin,
            reasons=tuple(f"{'passed' if r.passed else 'failed'}: {r.reason}" for r in results),
            below_min_floor=origin is not None and self._is_low(origin.floor),
        )

    def _is_low(self, floor: int) -> bool:
        return self._facade is not None and floor < self._facade.site.min_floor


@dataclass(frozen=True, slots=True)
class _Columns:
    """Detections as arrays: (N,) times, (N, 2) centres, (N,) sizes, (N,) expected errors."""

    times_s: Array
    points_px: Array
    sizes_px: Array
    sigma_px: Array


def _columns(detections: list[Detection]) -> _Columns:
    rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in detections])
    return _Columns(
        rows[:, 0], rows[:, 1:3], np.maximum(rows[:, 3], rows[:, 4]), measured_sigma_px(rows[:, 3], rows[:, 4])
    )


def _may_be_a_fall(results: list[TestResult]) -> bool:
    return all(result.passed or result.doubtful for result in results)


def _verdict(results: list[TestResult]) -> Verdict:
    failed = [result for result in results if not result.passed]
    if not failed:
        return "confirmed"
    return "suspected" if _may_be_a_fall(results) else "rejected"


def _release(track: Track, motion: Motion | None, traced: Traced | None) -> tuple[float, tuple[float, float]]:
    """Tell when and where the object left the hand, as far back as the geometry supports it."""
    first = motion.detections[0] if motion is not None else track.detections[0]
    if traced is not None and traced.origin is not None:
        return traced.release_s, traced.release_px
    if motion is None:
        return first.time_s, (first.x_px, first.y_px)
    # Without geometry no further back than half a second: beyond that it is a guess.
    release_s = float(np.clip(motion.fall.top_s, first.time_s - _UNSEEN_S, first.time_s))
    x_px, y_px = motion.fall.at(np.array([release_s]))[0]
    return release_s, (float(x_px), float(y_px))


def _score(track: Track, verdict: Verdict) -> float:
    """Squeeze the log-likelihood ratio into 0..1; what is not confirmed stays below a half."""
    certainty = 1 / (1 + math.exp(1 - min(track.score, 60.0) / 12))
    return certainty if verdict == "confirmed" else certainty / 2
