"""Falls that were followed in pieces, or further than they were seen.

What passes behind a tree or before a busy road is lost for half a second. A track that ends there and one that begins
beyond are too short to be told from anything else, but together they are one path, if they are of one fall. And a track
that went on there with what else moved is a fall up to where it did.
"""

from collections import deque
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tracking.fall import Fall
from tracking.track import LONGEST_UNSEEN_S, Track

Array = NDArray[np.float64]

_LONGEST_PIECE_S = 8.0
"""A piece is remembered for as long as one that goes on with it may be followed: it holds seconds of detections."""
_POINTS = 7
_LEAST_DOWN = 0.005
"""Share of the frame's height that each piece moves down, at least: what shivers in place is no piece of a fall."""
_REACH = 0.004
"""How far from one smooth curve the points next to the gap may lie, as a share of the frame's height: 4 px of 1080."""
_LEAST_GAP_S, _LEAST_GAP_FRAMES = 0.12, 2.5
"""From so many seconds, and frames as the track was usually seen, on something may have been mistaken for it."""
_LEAST_POINTS = 10
_MOST_PIECES = 64
_MOST_TRIES = 2
"""Of each kind: a fit costs some milliseconds, and a busy scene ends ten tracks a second."""


class TrackJudge(Protocol):
    """What judges tracks: `tracking.judge.Judge`."""

    def judge(self, track: Track) -> Fall:
        """Tell whether a track is a fall, or sinks as cloth does."""
        ...

    def judge_again(self, track: Track) -> Fall:
        """Tell whether a part of tracks that were judged is a fall."""
        ...


class PieceJudge:
    """Judges the tracks of one camera, and those that were refused once more without their end, or as an end."""

    def __init__(self, judge: TrackJudge, height_px: int) -> None:
        """Judge by `judge` in frames of a height."""
        self._judge = judge
        self._height_px = height_px
        self._refused: deque[Track] = deque(maxlen=_MOST_PIECES)

    def judge(self, track: Track) -> Fall:
        """Tell whether a track is a fall, by itself, in its first part, or as the end of one that was refused."""
        self._forget(before_s=track.detections[-1].taken_s - LONGEST_UNSEEN_S - _LONGEST_PIECE_S)
        fall = self._judge.judge(track)
        if fall.verdict != "rejected":
            return fall
        for other, words in (*self._heads(track), *self._wholes(track)):
            again = self._judge.judge_again(other)
            if again.verdict != "rejected":
                return replace(again, reasons=(*again.reasons, words))
        return fall

    def _forget(self, before_s: float) -> None:
        while self._refused and self._refused[0].detections[-1].taken_s < before_s:
            self._refused.popleft()

    def _heads(self, track: Track) -> list[tuple[Track, str]]:
        """Leave out the end of a track, in one way or two; in words what was done."""
        words = "is judged without what was followed after it had been lost for a moment"
        return [(head, words) for head in cut_ends(track)[:_MOST_TRIES] if self._goes_down(head)]

    def _wholes(self, track: Track) -> list[tuple[Track, str]]:
        """Join a track to those that it may continue, the likeliest first, and remember all that might go on."""
        if not self._goes_down(track):
            return []
        misses_px = {index: self._miss_px(one, track) for index, one in enumerate(self._refused)}
        near = sorted((miss_px, index) for index, miss_px in misses_px.items() if miss_px is not None)
        firsts = [self._refused[index] for _, index in near[:_MOST_TRIES]]
        wholes = [(join(first, track), _lost(first, track)) for first in firsts]
        self._refused += [track, *(whole for whole, _ in wholes)]
        return wholes

    def _goes_down(self, track: Track) -> bool:
        return track.detections[-1].y_px - track.detections[0].y_px >= _LEAST_DOWN * self._height_px

    def _miss_px(self, first: Track, second: Track) -> float | None:
        """Tell how far the points next to the gap lie from one smooth curve; None where the two are no pieces."""
        end, begin = first.detections[-1], second.detections[0]
        gap_s = begin.taken_s - end.taken_s
        if not 0 < gap_s <= LONGEST_UNSEEN_S or begin.y_px < end.y_px:
            return None
        near = (*first.detections[-_POINTS:], *second.detections[:_POINTS])
        rows = np.array([(d.taken_s - end.taken_s, d.x_px, d.y_px) for d in near])
        since_s, places_px = rows[:, 0], rows[:, 1:]
        # Down the picture the acceleration grows; across it what there is of it is the camera's nearness.
        miss_px = np.hypot(_off(since_s, places_px[:, 0], 2), _off(since_s, places_px[:, 1], 3))
        worst_px = float(np.sqrt(np.mean(miss_px**2)))
        return worst_px if worst_px <= _REACH * self._height_px else None


def _lost(first: Track, second: Track) -> str:
    gap_s = second.detections[0].taken_s - first.detections[-1].taken_s
    return f"is followed in two pieces, between which it was lost for {gap_s:.2f} s"


def _off(times_s: Array, places_px: Array, degree: int) -> Array:
    """Tell how far (N,) places lie from the polynomial of their times that fits them best."""
    basis = np.vander(times_s, degree + 1)
    return np.asarray(basis @ np.linalg.lstsq(basis, places_px, rcond=None)[0] - places_px)


def cut_ends(track: Track) -> list[Track]:
    """Cut off what was seen after a moment in which nothing was, the longest first."""
    times_s = np.array([detection.taken_s for detection in track.detections])
    steps_s = np.diff(times_s)
    gaps = np.flatnonzero((steps_s >= _LEAST_GAP_S) & (steps_s >= _LEAST_GAP_FRAMES * np.median(steps_s)))
    ends = [int(gap) for gap in gaps[::-1] if gap + 1 >= _LEAST_POINTS]
    return [replace(track, detections=track.detections[: end + 1], frames=track.frames_to(end)) for end in ends]


def join(first: Track, second: Track) -> Track:
    """Make one track of two pieces of one path; the frames between them, in which it was hidden, do not count."""
    return replace(
        second,
        detections=(*first.detections, *second.detections),
        frames=first.frames + second.frames,
        score=first.score + second.score,
        timing_sigma_s=max(first.timing_sigma_s, second.timing_sigma_s),
        earlier=first.earlier,
    )
