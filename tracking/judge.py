"""Is a track a fall? The tests, their reasons, and what follows from them."""

import math

import numpy as np

from floors.projection import Facade
from floors.tracing import Traced, trace_origin
from tracking.fall import Fall, PathPoint, Verdict
from tracking.image_fall import fit_even, fit_fall
from tracking.physics_tests import Limits, Motion, TestResult, image_tests, space_tests
from tracking.sighting import measured_sigma_px
from tracking.track import Track

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
        motion = self._fit(track)
        results = image_tests(motion, self._limits, has_metres=self._facade is not None and self._facade.has_metres)
        traced = None
        if all(result.passed or result.doubtful for result in results):
            # The fit in space takes 10 ms: only for what may be a fall.
            keep = motion.fall.inliers
            traced = trace_origin(self._facade, motion.times_s[keep], motion.points_px[keep], motion.sizes_px[keep])
            if traced is not None:
                results += space_tests(traced, self._limits)
        return self._conclude(track, motion, traced, results)

    def _fit(self, track: Track) -> Motion:
        rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in track.detections])
        times_s, points_px = rows[:, 0], rows[:, 1:3]
        sigma_px = measured_sigma_px(rows[:, 3], rows[:, 4])
        fall = fit_fall(times_s, points_px, sigma_px, track.timing_sigma_s)
        even = fit_even(times_s, points_px, sigma_px, track.timing_sigma_s)
        sizes_px = np.maximum(rows[:, 3], rows[:, 4])
        return Motion(track, self._height_px, times_s, points_px, sizes_px, fall, even)

    def _conclude(self, track: Track, motion: Motion | None, traced: Traced | None, results: list[TestResult]) -> Fall:
        verdict = _verdict(results)
        release_s, release_px = _release(track, motion, traced)
        keep = motion.fall.inliers if motion is not None else np.ones(len(track.detections), bool)
        path = tuple(
            PathPoint(d.time_s, d.x_px, d.y_px, max(d.width_px, d.height_px))
            for d, good in zip(track.detections, keep, strict=True)
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


def _verdict(results: list[TestResult]) -> Verdict:
    failed = [result for result in results if not result.passed]
    if not failed:
        return "confirmed"
    return "suspected" if all(result.doubtful for result in failed) else "rejected"


def _release(track: Track, motion: Motion | None, traced: Traced | None) -> tuple[float, tuple[float, float]]:
    """Tell when and where the object left the hand, as far back as the geometry supports it."""
    first = track.detections[0]
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
