"""How far a dot of known size would stand out of the noise, at each place of each picture of a strip.

A matched filter correlates a picture with what is sought and divides by the noise of that (Turin, "An introduction to
matched filters", IRE Trans. Inf. Theory 6, 1960). What is sought is a blob of Gaussian shape against what surrounds
it, so that light that comes and goes means nothing. Noise is measured, not assumed: codecs, rain and leaves have tails
that no formula knows.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tracking.normal import log_normal_cdf
from tracking.strip import Levels, Strip, usual

Array = NDArray[np.float64]

_LENS_SIGMA_PX = 0.7
"""Of what lens, pixels and compression make of a point."""
_SIGMA_BY_DIAMETER = 0.25
"""A disc's brightness has a standard deviation of a quarter of its diameter along each axis."""
_SIGMA_BY_LENGTH = 0.2887
"""Of an even smear: one over the root of twelve."""
_SURROUND = 3.0
_DEVIATION_BY_MEDIAN = 1.4826
_LEAST_NOISE = 0.15
"""Grey levels: where a codec repeats a still part of the picture there is no noise to be measured."""
_TAIL_SHARE, _TAIL_SIGMAS = 0.005, 2.807
"""The share of a normal distribution beyond so many deviations on either side."""
_FEWEST_SAMPLES = 400
_OUTSTANDING = 3.0


@dataclass(frozen=True, slots=True)
class Blob:
    """What is sought: standard deviations of its brightness along x and y, pixels."""

    across_px: float
    down_px: float

    @classmethod
    def of(cls, diameter_px: float, smear_px: tuple[float, float]) -> "Blob":
        """Tell the look of a disc that moves by `smear_px` (x, y) while the shutter is open."""
        round_px = np.hypot(_LENS_SIGMA_PX, _SIGMA_BY_DIAMETER * diameter_px)
        across, down = (float(np.hypot(round_px, _SIGMA_BY_LENGTH * abs(length))) for length in smear_px)
        return cls(across, down)

    @property
    def area_px2(self) -> float:
        """Tell over what area its response is about the same, so how far apart two places tell two things."""
        return 4 * np.pi * self.across_px * self.down_px


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """The answer of the filter, positive where something is brighter than what is usually there.

    Attributes:
        strip: The pictures.
        background: (h, w) float32, what is usually there, grey levels.
        levels: (N, h, w) float32, grey levels, of a kind: what the filter gives.
        noise: (h, w) float32, its usual size at each place.
        hidden: (N, h, w), true where something else than noise may be.
        persistence: Correlation of the noise of a place in one picture with that in the next, 0 to 1.
    """

    strip: Strip
    background: Levels
    levels: Levels
    noise: Levels
    hidden: NDArray[np.bool_]
    persistence: float

    def ratio(self, index: int) -> Levels:
        """Give the (h, w) signal to noise of a picture: where nothing is it is normal, with unit deviation, or less."""
        ratio: Levels = self.levels[index] / self.noise
        return _over_tail(ratio, ratio[~self.hidden[index]])

    def ratio_to_all(self, index: int) -> Levels:
        """Give the same where a picture is too small to tell how long its own tail is: that of all pictures counts."""
        ratios: Levels = self.levels / self.noise
        return _over_tail(ratios[index], ratios[~self.hidden])


def filter_strip(strip: Strip, hidden: NDArray[np.bool_], background: Levels, blob: Blob) -> Responses:
    """Look for blobs in all pictures of a strip.

    Args:
        strip: The pictures.
        hidden: (N, h, w), true where they say nothing of the noise, since what is sought may be there.
        background: (h, w) what is usually there.
        blob: What is sought.
    """
    levels = np.stack([_respond(luma - background, blob) for luma in strip.luma])
    noise = _DEVIATION_BY_MEDIAN * usual(np.abs(levels), hidden)
    # By chance alone a place is quiet in most pictures: none counts as quieter than half of them all.
    noise = np.maximum(noise, max(float(np.median(noise)), _LEAST_NOISE))
    noise = noise.astype(np.float32)
    return Responses(strip, background, levels, noise, hidden, _persistence(levels / noise, hidden))


def sum_deviation(places_px: Array, blob: Blob, persistence: float) -> float:
    """Tell the standard deviation of the sum of ratios of noise at (M, 2) places in M successive pictures.

    What a codec leaves on the wall stays for seconds, and adds up by the number of pictures for what hardly moves. The
    ratios of two places are alike by exp(-d^2 / 4 s^2) at the distance d, for a blob of the deviation s (a Gaussian
    correlated with itself), and by the persistence to the power of the number of pictures between.
    """
    scaled = places_px / (2 * np.array([blob.across_px, blob.down_px]))
    apart2 = ((scaled[:, None] - scaled[None]) ** 2).sum(axis=2)
    order = np.arange(len(scaled))
    alike = np.exp(-apart2) * persistence ** np.abs(order[:, None] - order)
    return float(np.sqrt(alike.sum()))


def summit(ratios: Levels, row: int, column: int) -> Array:
    """Find the top of the parabolas through a largest value and its neighbours: (2,) column and row."""
    place = np.array([column, row], float)
    for axis, (index, line) in enumerate(((column, ratios[row, :]), (row, ratios[:, column]))):
        if 0 < index < len(line) - 1:
            before, here, after = (float(value) for value in line[index - 1 : index + 2])
            bend = before - 2 * here + after
            place[axis] += float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0
    return place


def chance(ratio: float, places: float) -> float:
    """Tell how likely the largest of so many independent ratios of pure noise is as large as this."""
    return -math.expm1(places * log_normal_cdf(ratio))


def _persistence(ratios: Levels, hidden: NDArray[np.bool_]) -> float:
    """Tell how alike the noise of (N, h, w) successive pictures is; what stands out much counts no more than usual."""
    known = ~(hidden[1:] | hidden[:-1])
    usual_ratios = np.clip(ratios, -_OUTSTANDING, _OUTSTANDING)
    before, after = usual_ratios[:-1][known], usual_ratios[1:][known]
    size = float(np.sqrt((before**2).sum() * (after**2).sum()))
    return float(np.clip((before * after).sum() / size, 0.0, 1.0)) if size > 0 else 0.0


def _respond(difference: Levels, blob: Blob) -> Levels:
    near = cv2.GaussianBlur(difference, (0, 0), sigmaX=blob.across_px, sigmaY=blob.down_px)
    around = cv2.GaussianBlur(difference, (0, 0), sigmaX=_SURROUND * blob.across_px, sigmaY=_SURROUND * blob.down_px)
    return np.asarray(near - around, np.float32)


def _over_tail(ratio: Levels, noise: Levels) -> Levels:
    """Divide ratios by how much longer the tail of the (M,) `noise` among them is than a normal one."""
    return ratio / np.float32(max(1.0, _tail(np.abs(noise))))


def _tail(sizes: Levels) -> float:
    """Tell by how much the tail of (M,) absolute ratios is longer than a normal one."""
    if len(sizes) < _FEWEST_SAMPLES:
        return 1.0
    return float(np.quantile(sizes, 1 - _TAIL_SHARE)) / _TAIL_SIGMAS
