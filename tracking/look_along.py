"""Looks again at the pictures along a track that was seen now and then only: between its sights, and beyond them.

A fall that is hardly brighter than the noise passes the threshold in one picture of five. Where it was in the other
four is known to a few pixels from those, so a matched filter is asked there alone: what fell is there in most of them,
and along a line that chance drew through specks of noise there is nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tracking.appearance import Appearance, read_appearance
from tracking.image_fall import ImageFall
from tracking.matched_filter import Blob, filter_strip, summit
from tracking.past import Past
from tracking.strip import Levels, Strip, cut_strip, discs, usual
from vision.detection import Detection

Array = NDArray[np.float64]
Fit = Callable[[list[Detection]], ImageFall]

_BEFORE_S, _AFTER_S = 1.6, 0.6
"""How far beyond its ends a track is looked for, and pictures tell what is usually there."""
_FEWEST_PICTURES = 15
_MOST_NUMBERS = 16e6
"""Of pixels by pictures: 64 MB."""
_MARGIN_PX = 16.0
_REACH_PX = 3
_SURROUND_PX = 14
"""As far as the filter's surround reaches, and wide enough to tell the noise."""
_TELLING_PICTURES = 20
"""So many, evenly chosen, tell the noise: the filter is run on each of them for each picture asked."""
_HIDDEN_PX = 6.0
_LEAST_RATIO = 2.5
"""Noise alone reaches it at one place of fifty."""
_STEP, _FEWEST_OF_STEP, _DENSE_OF_STEP = 5, 3, 4
"""A track is longer by so many pictures at a time, while it is found in so many of them, and begins where in more."""
_FEWEST_SIGHTS = 5
_SIZES = (1.0, 1.7, 2.9)
"""The threshold shows but the brightest part of what is faint: it may be larger by so many times."""
_SIZED_BY = 6
"""So many of the sights, evenly chosen, tell by which."""


def look_along(past: Past, sights: Sequence[Detection], fit: Fit) -> tuple[list[Detection], int]:
    """Find a track in the pictures between and beyond its sights.

    Args:
        past: Shows the pictures again.
        sights: Of the track, in order of time.
        fit: Fits sights in the picture.

    Returns:
        The sights and what was found, in order of time, and the number of pictures from the first to the last; the
        sights alone and 0 where the pictures cannot be had.
    """
    fall = fit(list(sights))
    strip = _cut(past, sights, fall)
    if strip is None or len(strip) < _FEWEST_PICTURES:
        return list(sights), 0
    seen = {int(np.argmin(np.abs(strip.taken_s - sight.taken_s))): sight for sight in sights}
    pictures = _of_best_size(_Pictures.of(strip, sights, fall), list(seen))
    # Of what is faint the threshold shows a speck somewhere on it; the filter finds the middle.
    found = {index: pictures.find(index) or sight for index, sight in seen.items()}
    found = _trimmed(_filled(found, pictures, min(found), max(found)))
    if len(found) < _FEWEST_SIGHTS:
        return list(sights), 0
    begin, end, goes_back, goes_on = min(found), max(found), True, True
    while True:
        found = _filled(found, pictures, begin, end)
        goes_back = goes_back and begin >= 0 and sum(begin <= i < begin + _STEP for i in found) >= _FEWEST_OF_STEP
        goes_on = goes_on and end < len(strip) and sum(end - _STEP < i <= end for i in found) >= _FEWEST_OF_STEP
        along = [found[index] for index in sorted(found)]
        if not (goes_back or goes_on):
            return along, max(found) - min(found) + 1
        pictures = pictures.along(fit(along))
        begin, end = begin - _STEP * goes_back, end + _STEP * goes_on


def _filled(found: dict[int, Detection], pictures: "_Pictures", begin: int, end: int) -> dict[int, Detection]:
    """Add what is found in the other pictures from `begin` to `end`."""
    missing = (index for index in range(max(0, begin), min(end + 1, len(pictures.strip))) if index not in found)
    return found | {index: sight for index in missing if (sight := pictures.find(index)) is not None}


def _trimmed(found: dict[int, Detection]) -> dict[int, Detection]:
    """Leave out the ends that are found now and then only: the track went on to specks of noise there."""
    indices = sorted(found)
    while indices and sum(index < indices[0] + _STEP for index in indices) < _DENSE_OF_STEP:
        indices = indices[1:]
    while indices and sum(index > indices[-1] - _STEP for index in indices) < _DENSE_OF_STEP:
        indices = indices[:-1]
    return {index: found[index] for index in indices}


def _of_best_size(pictures: "_Pictures", seen: list[int]) -> "_Pictures":
    """Choose the size by which the object stands out best where it was seen."""
    some = seen[:: -(-len(seen) // _SIZED_BY)]
    sized = [pictures.sized(factor * pictures.look.diameter_px) for factor in _SIZES]
    return max(sized, key=lambda each: sum(each.answer(index)[0] for index in some))


def _cut(past: Past, sights: Sequence[Detection], fall: ImageFall) -> Strip | None:
    """Cut out what surrounds the path and its continuation; less where that is too much or cannot be had."""
    first, last = sights[0], sights[-1]
    step_s = float(np.min(np.diff([d.taken_s for d in sights])))
    from_s = max(first.taken_s - _BEFORE_S, min(fall.top_s, first.taken_s))
    beyond_px = fall.at(np.linspace(from_s, last.taken_s + _AFTER_S, 50)).clip(0, None)
    sights_px = np.array([(d.x_px, d.y_px) for d in sights])
    for around_px, before_s in ((beyond_px, _BEFORE_S), (sights_px, _BEFORE_S), (sights_px, _AFTER_S)):
        pictures = (last.taken_s - first.taken_s + before_s + _AFTER_S) / step_s
        if (np.ptp(around_px, axis=0) + 2 * _MARGIN_PX).prod() * pictures > _MOST_NUMBERS:
            continue
        strip = cut_strip(past.pictures(first.time_s - before_s, last.time_s + _AFTER_S), around_px, _MARGIN_PX)
        if strip is not None:
            return strip
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Pictures:
    """What is needed to look for an object at one picture of a strip.

    Attributes:
        strip: The pictures.
        telling: (K,) which of them tell how much noise there is.
        hidden: (N, h, w), true where the object may be.
        background: (h, w) what is usually there, by and large.
        look: What the object looks like.
        places_px: (N, 2) where it should be, in the full frame.
    """

    strip: Strip
    telling: NDArray[np.int_]
    hidden: NDArray[np.bool_]
    background: Levels
    look: Appearance
    places_px: Array

    @classmethod
    def of(cls, strip: Strip, sights: Sequence[Detection], fall: ImageFall) -> "_Pictures":
        """Prepare to look along the fit of some sights."""
        telling = np.unique(np.linspace(0, len(strip) - 1, _TELLING_PICTURES).astype(int))
        places_px = fall.at(strip.taken_s)
        radius_px = max(max(d.width_px, d.height_px) for d in sights) + _HIDDEN_PX
        hidden = discs(strip.luma.shape, places_px - strip.corner_px, np.full(len(strip), radius_px))
        background = usual(strip.luma[telling], hidden[telling])
        look = read_appearance(sights, background, strip.corner_px, float(np.median(np.diff(strip.taken_s))))
        return cls(strip, telling, hidden, background, look, places_px)

    def along(self, fall: ImageFall) -> "_Pictures":
        """Look along another fit, which is better known, for the same object."""
        return replace(self, places_px=fall.at(self.strip.taken_s))

    def sized(self, diameter_px: float) -> "_Pictures":
        """Look for an object of another size."""
        return replace(self, look=replace(self.look, diameter_px=diameter_px))

    def find(self, index: int) -> Detection | None:
        """Find the object in one picture; None where it does not stand out."""
        ratio, place_px = self.answer(index)
        if ratio < _LEAST_RATIO:
            return None
        times_s = float(self.strip.times_s[index]), float(self.strip.taken_s[index])
        return self.look.sight(*times_s, place_px, self.look.diameter_px, ratio)

    def answer(self, index: int) -> tuple[float, Array]:
        """Tell the largest signal to noise near the place where the object should be in one picture, and its place."""
        local = self.places_px[index] - self.strip.corner_px
        column, row = np.rint(local).astype(int).tolist()
        height, width = self.background.shape
        if not (0 <= column < width and 0 <= row < height):
            return -np.inf, self.places_px[index]
        top, left = max(0, row - _SURROUND_PX), max(0, column - _SURROUND_PX)
        ratio = self._ratio(index, np.s_[top : row + _SURROUND_PX + 1, left : column + _SURROUND_PX + 1])
        signed = ratio * (self.look.sign(float(self.background[row, column])) or np.sign(self.look.contrast))
        rows, columns = np.ogrid[: signed.shape[0], : signed.shape[1]]
        is_near = np.hypot(columns + left - local[0], rows + top - local[1]) <= _REACH_PX
        down, right = np.unravel_index(int(np.argmax(np.where(is_near, signed, -np.inf))), signed.shape)
        corner_px = np.array([left, top]) + self.strip.corner_px
        return float(signed[down, right]), corner_px + summit(signed, int(down), int(right))

    def _ratio(self, index: int, part: tuple[slice, slice]) -> Levels:
        """Tell the signal to noise in a part of one picture, by the noise of those that tell it."""
        smear_px = self.look.shutter_s * np.gradient(self.places_px, self.strip.taken_s, axis=0)[index]
        blob = Blob.of(self.look.diameter_px, (float(smear_px[0]), float(smear_px[1])))
        chosen = np.append(self.telling, index)
        piece = Strip(self.strip.times_s[chosen], self.strip.taken_s[chosen], (0, 0), self.strip.luma[chosen, *part])
        background = usual(self.strip.luma[:, *part], self.hidden[:, *part])
        return filter_strip(piece, self.hidden[chosen, *part], background, blob).ratio_to_all(-1)
