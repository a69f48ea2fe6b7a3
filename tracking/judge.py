"""Is a track a fall? The tests, their reasons, and what follows from them."""

import math

import numpy as np

from floors.site import Site
from tracking.fall import Fall, PathPoint, Verdict
from tracking.image_fall import fit_even, fit_fall
from tracking.physics_tests import Limits, Motion, TestResult, image_tests
from tracking.sighting import measured_sigma_px
from tracking.track import Track

_LEAST_FOR_A_FIT = 5


class Judge:
    """Judges the tracks of one camera."""

    def __init__(self, width_px: int, height_px: int, site: Site | None, limits: Limits | None = None) -> None:
        """Judge tracks in frames of a size under the geometry of `site`, already scaled to it."""
        self._width_px = width_px
        self._height_px = height_px
        self._site = site
        self._limits = limits or Limits()

    def judge(self, track: Track) -> Fall:
        """Tell whether a track is a fall, why, and where it began."""
        if len(track.detections) < _LEAST_FOR_A_FIT:
            few = TestResult(passed=False, doubtful=False, reason=f"seen {len(track.detections)} times only")
            return self._conclude(track, None, [few])
        motion = self._fit(track)
        return self._conclude(track, motion, image_tests(motion, self._limits))

    def _fit(self, track: Track) -> Motion:
        rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in track.detections])
        times_s, points_px = rows[:, 0], rows[:, 1:3]
        sigma_px = measured_sigma_px(rows[:, 3], rows[:, 4])
        fall = fit_fall(times_s, points_px, sigma_px, track.timing_sigma_s)
        even = fit_even(times_s, points_px, sigma_px, track.timing_sigma_s)
        sizes_px = np.maximum(rows[:, 3], rows[:, 4])
        return Motion(track, self._height_px, times_s, points_px, sizes_px, fall, even)

    def _conclude(self, track: Track, motion: Motion | None, results: list[TestResult]) -> Fall:
        failed = [result for result in results if not result.passed]
        verdict: Verdict = "confirmed"
        if failed:
            verdict = "suspected" if all(result.doubtful for result in failed) else "rejected"
        first, last = track.detections[0], track.detections[-1]
        release_s, release_px = first.time_s, (first.x_px, first.y_px)
        if motion is not None:
            # Followed back no further than half a second: beyond that it is a guess without geometry.
            release_s = float(np.clip(motion.fall.top_s, first.time_s - 0.5, first.time_s))
            if verdict != "rejected":
                x_px, y_px = motion.fall.at(np.array([release_s]))[0]
                release_px = (float(x_px), float(y_px))
        keep = motion.fall.inliers if motion is not None else np.ones(len(track.detections), bool)
        path = tuple(
            PathPoint(d.time_s, d.x_px, d.y_px, max(d.width_px, d.height_px))
            for d, good in zip(track.detections, keep, strict=True)
            if good or verdict == "rejected"
        )
        reasons = tuple(f"{'passed' if r.passed else 'failed'}: {r.reason}" for r in results)
        return Fall(
            verdict=verdict,
            label="falling_object",
            score=1 / (1 + math.exp(-min(track.score, 60.0) / 12 + 1)) * (1 if verdict == "confirmed" else 0.5),
            release_s=release_s,
            first_s=path[0].time_s,
            last_s=last.time_s,
            release_px=release_px,
            path=path,
            origin=None,
            reasons=reasons,
            below_min_floor=False,
        )
