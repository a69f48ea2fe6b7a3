"""Is a track a fall? The tests, their reasons, and what follows from them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from floors.first_sight import trace_first_sight
from floors.origin import Origin
from floors.projection import Facade
from floors.tracing import Traced, trace_origin
from tracking.candidates import CandidateRate
from tracking.dragged_fall import with_drag
from tracking.fall import Fall, PathPoint, Verdict
from tracking.follow_back import follow_back
from tracking.hidden_start import cut_hidden_start
from tracking.image_fall import ImageFall, fit_even, fit_fall
from tracking.look_again import look_again
from tracking.look_along import look_along
from tracking.merge import mirrored_path
from tracking.past import Past
from tracking.physics_tests import (
    Limits,
    Motion,
    Outcome,
    Seen,
    cheap_tests,
    evidence,
    far_enough,
    fit_tests,
    fits_gravity,
    is_clear,
    is_faint,
    is_thrown,
    space_tests,
)
from tracking.sighting import measured_sigma_px
from tracking.sinking import LABEL, SinkingLimits, may_sink, sinking_tests
from tracking.standstill import cut_standstill
from tracking.trace_back import trace_back
from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]

_UNSEEN_S = 0.5
_REACH = 0.0035
"""How far from its line what moves smoothly may be found, as a share of the frame's height: 4 px of 1080."""
_WORSE = 1.7
"""By how many times what was seen before may lie further off the fit: a hand, or another thing, fits no fall."""
_LEAST_RMS_PX = 0.5
_FIRST_STEP = 4
_SLACK = 2.0
_SURPRISE, _ALIKE_M = 3.0, 0.3
"""By how many deviations of its height, and metres, what is found later may move a release."""


@dataclass(frozen=True, slots=True)
class Methods:
    """What a judge does beyond the tests in the picture; all of it, but where its worth is measured.

    Attributes:
        space: Fit and test the fall in space.
        trace_back: Follow tracks back to earlier detections, and look again for falls in the pictures before.
        origin: Take floors from the fit; otherwise from where the object was first seen.
    """

    space: bool = True
    trace_back: bool = True
    origin: bool = True


class Judge:
    """Judges the tracks of one camera."""

    def __init__(
        self,
        height_px: int,
        facade: Facade | None,
        limits: Limits | None = None,
        methods: Methods | None = None,
        past: Past | None = None,
    ) -> None:
        """Judge tracks in frames of a height, in front of `facade` where its geometry is known.

        Given the `past`, what was too faint before the first sight of a fall is looked for there.
        """
        self._past = past
        self._methods = methods or Methods()
        self._height_px = height_px
        self._facade = facade
        self._limits = limits or Limits()
        self._sinking = SinkingLimits()
        self._candidates = CandidateRate()
        self._looks_along = CandidateRate()
        self._looks_again = CandidateRate()

    def judge(self, track: Track) -> Fall:
        """Tell whether a track is a fall, why, and where it began."""
        fall = self._judge_fall(cut_standstill(track, self._height_px))
        if fall.verdict != "rejected" or self._facade is None or not may_sink(track, self._sinking):
            return fall
        return self._judge_sinking(track, self._facade) or fall

    def judge_again(self, track: Track) -> Fall:
        """Tell whether a part of tracks that were judged is a fall: it is no new thing that might look like one."""
        return self._judge_fall(cut_standstill(track, self._height_px), is_new=False)

    def _judge_sinking(self, track: Track, facade: Facade) -> Fall | None:
        """Tell whether what does not fall sinks from a window as cloth does; None where it does not."""
        detections = follow_back(track.detections, track.earlier, _REACH * self._height_px, degree=1, points=8)
        earlier = len(detections) - len(track.detections)
        watched = len(track.earlier) - earlier
        results = sinking_tests(detections, track.frames + earlier, watched, facade, self._sinking)
        if not all(result.passed for result in results):
            return None
        first, last = detections[0], detections[-1]
        origin = trace_first_sight(facade, first.x_px, first.y_px)
        path = (PathPoint(d.time_s, d.x_px, d.y_px, d.size_px) for d in detections)
        return Fall(
            verdict="suspected",
            label=LABEL,
            score=_score(track, "suspected"),
            release_s=first.time_s,
            first_s=first.time_s,
            last_s=last.time_s,
            release_px=(first.x_px, first.y_px),
            path=tuple(path),
            origin=origin,
            reasons=(*(f"passed: {result.reason}" for result in results), "failed: sinks and does not fall"),
            below_min_floor=self._is_low(origin.floor),
            track_id=track.track_id,
        )

    def _judge_fall(self, track: Track, *, is_new: bool = True) -> Fall:
        seen = self._look(track, track.detections)
        cheap = cheap_tests(seen, self._limits)
        along = self._looked_along(track, seen, cheap)
        if along is not None:
            track, seen = along, self._look(along, along.detections)
            cheap = cheap_tests(seen, self._limits)
        if not _may_be_a_fall(cheap):
            return self._conclude(track, seen, None, None, cheap)
        an_hour = self._chances_an_hour(track, is_faint=along is not None, is_new=is_new)
        is_storm = an_hour > self._limits.storm_an_hour
        if is_storm and not cheap[0].passed:
            # Rain makes hundreds of short tracks a second: no fit is worth its time before one has come far.
            far = far_enough(seen, self._limits, an_hour, math.inf)
            if _verdict(cheap + far, self._limits) == "rejected":
                return self._conclude(track, seen, None, None, cheap + far)
        motion = self._fit(seen, track)
        results = cheap + fit_tests(motion, self._limits, an_hour)
        # Of what is faint the beginning is yet to be found, and with it what tells a fall from an even motion.
        so_far = results if along is None else [fits_gravity(motion, self._limits)]
        if not _may_be_a_fall(so_far) or (is_storm and _verdict(results, self._limits) == "rejected"):
            return self._conclude(track, seen, motion, None, results)
        fall = self._judge_traced(track, motion, results, an_hour, is_faint=along is not None)
        rest = cut_hidden_start(track) if fall.verdict == "rejected" else None
        again = fall if rest is None else self._judge_fall(rest, is_new=False)
        return fall if again.verdict == "rejected" else again

    def _chances_an_hour(self, track: Track, *, is_faint: bool, is_new: bool) -> float:
        """Count a track that comes near to being a fall, and tell how many do."""
        if is_faint:
            return self._candidates.an_hour + self._looks_along.an_hour
        if is_new:
            self._candidates.add(track.detections[-1].taken_s)
        return self._candidates.an_hour

    def _judge_traced(
        self, track: Track, motion: Motion, results: list[Outcome], an_hour: float, *, is_faint: bool
    ) -> Fall:
        """Trace back what may be a fall and fit it in space, 10 ms each, and judge it by all that is known."""
        seen = motion.seen
        if self._methods.trace_back:
            found = trace_back(track, motion.fall, self._refit(track), self._height_px)
            if len(found) > len(seen.detections):
                seen = self._look(track, found)
                motion = self._fit(seen, track)
        keep = motion.fall.inliers
        facade = self._facade if self._methods.space else None
        traced = trace_origin(facade, seen.times_s[keep], seen.points_px[keep], seen.sizes_px[keep])
        is_storm = an_hour > self._limits.storm_an_hour
        in_space = self._in_space(traced, seen, may_be_a_drop=is_storm or is_faint)
        if is_storm and not _may_be_a_fall(in_space):
            return self._conclude(track, seen, motion, traced, results + in_space)
        judged = motion
        if self._methods.trace_back and traced is not None and traced.fit is not None:
            seen, motion, traced = self._from_the_hand(track, seen, motion, traced)
        results = self._all_tests(judged, seen, traced, an_hour, is_faint=is_faint)
        # Only for what is told to somebody: the pictures must be decoded again.
        if traced is not None and (is_faint or _verdict(results, self._limits) != "rejected"):
            seen, motion, traced = self._looked_at_again(track, seen, motion, traced)
            if is_faint:
                results = self._all_tests(self._fit(seen, track), seen, traced, an_hour, is_faint=True)
        return self._conclude(track, seen, motion, traced, results)

    def _all_tests(
        self, judged: Motion, seen: Seen, traced: Traced | None, an_hour: float, *, is_faint: bool
    ) -> list[Outcome]:
        """Run all tests on a path as it is judged, perhaps without its beginning, which was `seen` too."""
        unseen_s = float(seen.times_s[0]) - traced.release_s if traced is not None else 0.0
        results = cheap_tests(judged.seen, self._limits) + fit_tests(judged, self._limits, an_hour, unseen_s)
        is_storm = an_hour > self._limits.storm_an_hour
        return results + self._in_space(traced, seen, may_be_a_drop=is_storm or is_faint)

    def _in_space(self, traced: Traced | None, seen: Seen, *, may_be_a_drop: bool) -> list[Outcome]:
        """Run the tests of the fit in space, where it is made and has metres."""
        facade = self._in_metres
        if facade is None:
            return []
        results = space_tests(traced, float(seen.times_s[0]), facade, self._limits)
        if may_be_a_drop and traced is not None and traced.fit is not None:
            results.append(is_thrown(traced.fit, seen, self._limits))
        return results

    def _from_the_hand(self, track: Track, seen: Seen, motion: Motion, traced: Traced) -> tuple[Seen, Motion, Traced]:
        """Add what was seen before the path that was judged, as far back as the fit in space agrees that it fell.

        Before that a hand held it: an arm that swings moves as smoothly as what it throws, and leads to another floor.
        """
        found = follow_back(seen.detections, track.earlier, _REACH * self._height_px, degree=2, points=10)
        new = len(found) - len(seen.detections)
        best, taken, step, is_near_end = (seen, motion, traced), 0, _FIRST_STEP, False
        while taken < new and step:
            added = min(taken + step, new)
            longer = self._with_earlier(track, found[new - added :], *best[1:])
            is_near_end |= longer is None
            if longer is not None:
                best, taken = longer, added
            step = step // 2 if longer is None else step * (1 if is_near_end else 2)
        return best

    def _looked_at_again(self, track: Track, seen: Seen, motion: Motion, traced: Traced) -> tuple[Seen, Motion, Traced]:
        """Add what was too faint to be seen when it was shown, where the fit in space agrees that it is the same."""
        is_spent = self._looks_again.an_hour > self._limits.looks_again_an_hour
        if self._past is None or not self._methods.trace_back or traced.fit is None or is_spent:
            return seen, motion, traced
        self._looks_again.add(seen.detections[-1].taken_s)
        sights = [d for d, good in zip(seen.detections, motion.fall.inliers, strict=True) if good]
        # A first detection that disagrees with the fit lies before the first sight too.
        first_s = seen.detections[0].taken_s
        before = [d for d in look_again(self._past, sights, traced.fit) if d.taken_s < first_s]
        longer = self._with_earlier(track, (*before, *seen.detections), motion, traced) if before else None
        if longer is None or longer[2].fit is None:
            return seen, motion, traced
        moved_m = abs(longer[2].fit.height_m - traced.fit.height_m)
        return longer if moved_m <= _SURPRISE * traced.fit.height_sigma_m + _ALIKE_M else (seen, motion, traced)

    def _looked_along(self, track: Track, seen: Seen, cheap: list[Outcome]) -> Track | None:
        """Look for a track that was seen now and then only in all pictures along its path; None where that is vain."""
        if self._past is None or not self._methods.trace_back or not is_faint(seen, cheap, self._limits):
            return None
        # Asked before the fit: in rain, with the most such tracks, the rate is used up most of the time.
        if self._looks_along.an_hour > self._limits.looks_along_an_hour:
            return None
        # A speck of noise somewhere on an object lies twice as far off its path as what is clear does.
        if not fits_gravity(self._fit(seen, track), self._limits, slack=_SLACK).passed:
            return None
        self._looks_along.add(track.detections[-1].taken_s)
        found, frames = look_along(self._past, track.detections, self._refit(track))
        earlier = tuple(frame for frame in track.earlier if not frame or frame[0].taken_s < found[0].taken_s)
        return replace(track, detections=tuple(found), frames=frames or track.frames, earlier=earlier)

    def _with_earlier(
        self, track: Track, detections: Sequence[Detection], motion: Motion, traced: Traced
    ) -> tuple[Seen, Motion, Traced] | None:
        """Fit a path anew with the earlier detections before it; None where those are not of the same fall."""
        whole = self._look(track, detections)
        added = len(detections) - len(motion.seen.detections)
        keep = np.concatenate([np.ones(added, bool), motion.fall.inliers])
        again = trace_origin(self._facade, whole.times_s[keep], whole.points_px[keep], whole.sizes_px[keep], traced.fit)
        if again is None or again.fit is None:
            return None
        before = float(motion.fall.inliers.sum()) * traced.residual_rms_px**2
        worse = float(keep.sum()) * again.residual_rms_px**2 - before
        if worse > added * (_WORSE * max(traced.residual_rms_px, _LEAST_RMS_PX)) ** 2:
            return None
        reach_px = _REACH * self._height_px + 0.25 * whole.sizes_px
        near = np.hypot(*(again.fit.path(whole.times_s) - whole.points_px).T) <= reach_px
        motion = replace(motion, seen=whole, fall=replace(motion.fall, inliers=keep & near))
        return whole, motion, replace(again, gravity_ratio=traced.gravity_ratio)

    def _origin(self, traced: Traced | None, first: PathPoint) -> Origin | None:
        if self._facade is None or traced is None:
            return None
        if self._methods.space and self._methods.origin:
            return traced.origin
        return trace_first_sight(self._facade, first.x_px, first.y_px)

    def _look(self, track: Track, detections: Sequence[Detection]) -> Seen:
        """Lay out a track's detections, perhaps with earlier ones before them, as arrays."""
        rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in detections])
        points_px = rows[:, 1:3]
        return Seen(
            detections=tuple(detections),
            frames=track.frames + len(detections) - len(track.detections),
            watched_frames=track.watched_frames,
            height_px=self._height_px,
            times_s=rows[:, 0],
            points_px=points_px,
            sizes_px=np.maximum(rows[:, 3], rows[:, 4]),
            sigma_px=measured_sigma_px(rows[:, 3], rows[:, 4]),
            floors=self._facade.floors_of(points_px) if self._facade is not None else None,
        )

    def _refit(self, track: Track) -> Callable[[list[Detection]], ImageFall]:
        def fit(detections: list[Detection]) -> ImageFall:
            seen = self._look(track, detections)
            return fit_fall(seen.times_s, seen.points_px, seen.sigma_px, track.timing_sigma_s)

        return fit

    def _fit(self, seen: Seen, track: Track) -> Motion:
        path = seen.times_s, seen.points_px, seen.sigma_px, track.timing_sigma_s
        motion = Motion(seen, fit_fall(*path), fit_even(*path))
        facade = self._in_metres
        if facade is None or is_clear(motion, self._limits):
            return motion
        return with_drag(motion, facade, track.timing_sigma_s)

    def _conclude(
        self, track: Track, seen: Seen, motion: Motion | None, traced: Traced | None, results: list[Outcome]
    ) -> Fall:
        verdict = _verdict(results, self._limits)
        release_s, release_px = _release(seen, motion, traced)
        keep = motion.fall.inliers if motion is not None else np.ones(len(seen.detections), bool)
        path = tuple(
            PathPoint(d.time_s, d.x_px, d.y_px, d.size_px)
            for d, good in zip(seen.detections, keep, strict=True)
            if good or verdict == "rejected"
        )
        origin = self._origin(traced, path[0])
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
            impact=traced.impact if traced is not None and self._has_metres else None,
            mirrored=mirrored_path(traced, path),
            track_id=track.track_id,
            evidence_nats=evidence(motion) if motion is not None else 0.0,
        )

    @property
    def _in_metres(self) -> Facade | None:
        """Give the geometry where falls are fitted and tested in metres."""
        return self._facade if self._methods.space and self._has_metres else None

    @property
    def _has_metres(self) -> bool:
        return self._facade is not None and self._facade.has_metres

    def _is_low(self, floor: int) -> bool:
        return self._facade is not None and floor < self._facade.site.min_floor


def _may_be_a_fall(results: list[Outcome]) -> bool:
    return all(result.passed or result.doubtful for result in results)


def _verdict(results: list[Outcome], limits: Limits) -> Verdict:
    failed = [result for result in results if not result.passed]
    if not failed:
        return "confirmed"
    return "suspected" if _may_be_a_fall(results) and len(failed) <= limits.most_doubts else "rejected"


def _release(seen: Seen, motion: Motion | None, traced: Traced | None) -> tuple[float, tuple[float, float]]:
    """Tell when and where the object left the hand, as far back as the geometry supports it."""
    first = seen.detections[int(np.argmax(motion.fall.inliers)) if motion is not None else 0]
    if traced is not None and traced.origin is not None:
        # What was seen was in the air: a release after the first sight is the fit's error.
        return min(traced.release_s, first.time_s), traced.release_px
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
