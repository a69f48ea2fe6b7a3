"""Looks again at the pictures before an object was first seen, for what was too faint to be seen then.

Walks back picture by picture along the fitted path. Around each predicted place the answers of a matched filter are
laid on those of the pictures after it, shifted by the path, and added up: noise adds up by the root of their number or
little more, the object by their number (track before detect; Blackman & Popoli, Design and Analysis of Modern
Tracking Systems, 1999, chapter 17).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from floors.ballistics import BallisticFit
from tracking.appearance import Appearance, read_appearance
from tracking.matched_filter import Blob, Responses, chance, filter_strip, sum_deviation, summit
from tracking.past import Past
from tracking.sighting import measured_sigma_px
from tracking.strip import Levels, Strip, cut_strip, discs, usual
from vision.detection import Detection

Array = NDArray[np.float64]

_WORTH_FRAMES = 1.5
_BEFORE_S, _AFTER_S = 0.4, 0.2
"""How long before the release and after the first sight pictures tell what is usually there."""
_FEWEST_SIGHTS, _FEWEST_PICTURES = 5, 15
_LONGEST_UNSEEN_S = 2.5
_MARGIN_PX = 24.0
_LONGEST_SIDE_PX = 700
_REACH_SIGMAS = 2.5
_LEAST_REACH_PX, _LOST_PX = 2.0, 13.0
_FALSE_ALARMS = 2e-4
"""How often noise alone may extend a path at one picture."""
_LONGEST_RUN = 8
_LEAST_RATIO = 2.5
_SEEN_SHARE = 0.5
_REFIT_AFTER = 3
_NOT_YET_S = 0.12
_SAME_S = 1e-6
_HIDDEN_PX = 3.0


def look_again(past: Past, sights: Sequence[Detection], fit: BallisticFit) -> list[Detection]:
    """Find what was in the air before its first sight.

    Args:
        past: Shows the pictures again.
        sights: Those that agree with the fit, in order of time.
        fit: Their fit in space.

    Returns:
        What was found before the first sight, in order of time; empty where nothing was, or nothing can have been.
    """
    if len(sights) < _FEWEST_SIGHTS:
        return []
    first = sights[0]
    step_s = float(np.median(np.diff([d.taken_s for d in sights])))
    unseen_s = first.taken_s - fit.release_s
    if not _WORTH_FRAMES * step_s < unseen_s < _LONGEST_UNSEEN_S:
        return []
    start_s = fit.release_s - fit.release_sigma_s - _NOT_YET_S
    places = fit.path(np.arange(start_s, first.taken_s + step_s, step_s))
    if np.ptp(places, axis=0).max() > _LONGEST_SIDE_PX:
        return []
    strip = cut_strip(past.pictures(start_s - _BEFORE_S, first.time_s + _AFTER_S), places, _MARGIN_PX)
    if strip is None or len(strip) < _FEWEST_PICTURES:
        return []
    prediction = _predict(fit, strip)
    radii_px = np.where(strip.taken_s < start_s, 0.0, prediction.reach_px + sights[0].height_px + _HIDDEN_PX)
    hidden = discs(strip.luma.shape, prediction.places_px - strip.corner_px, radii_px)
    background = usual(strip.luma, hidden)
    look = read_appearance(sights, background, strip.corner_px, step_s)
    smear_px = look.shutter_s * np.ptp(places, axis=0) / unseen_s
    blob = Blob.of(look.diameter_px, (float(smear_px[0]), float(smear_px[1])))
    return _Walk(filter_strip(strip, hidden, background, blob), blob, look, list(sights), fit).back()


@dataclass(frozen=True, slots=True, eq=False)
class _Patch:
    """The answers around a predicted place.

    Attributes:
        index: Of the picture.
        predicted_px: (2,) the place in the full frame.
        ratios: (2 r + 1, 2 r + 1) signal to noise, positive where something is brighter than usual.
        sign: Of what is sought there; 0 where it is open.
    """

    index: int
    predicted_px: Array
    ratios: Levels
    sign: int


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """Patches that show one thing at about the same distance from where it was predicted.

    Attributes:
        patches: From the first sight away.
        away_px: (2,) whole pixels, that distance, x and y.
        sign: What it is where the patches leave that open.
        chance: How likely noise does as well.
    """

    patches: list[_Patch]
    away_px: NDArray[np.int_]
    sign: int
    chance: float


@dataclass(frozen=True, slots=True, eq=False)
class _Prediction:
    """Where a fit has the object in the N pictures of a strip: (N, 2) places in the full frame, (N,) reach, pixels."""

    places_px: Array
    reach_px: NDArray[np.int_]


class _Walk:
    """One walk back from a first sight; it owns what is found on the way."""

    def __init__(
        self, responses: Responses, blob: Blob, look: Appearance, sights: list[Detection], fit: BallisticFit
    ) -> None:
        self._responses = responses
        self._strip: Strip = responses.strip
        self._blob = blob
        self._look = look
        self._sights = sights
        self._near_m = _distances_m(fit, np.array([sights[0].taken_s]))[0]
        self._found: list[Detection] = []
        self._fit = fit
        self._prediction = _predict(fit, self._strip)

    def back(self) -> list[Detection]:
        """Walk until the object is not there any more, or nobody knows where it would be."""
        pending: list[_Patch] = []
        fitted = 0
        for index in reversed(np.flatnonzero(self._strip.taken_s < self._sights[0].taken_s - _SAME_S).tolist()):
            patch = self._patch(index)
            if patch is None:
                break
            pending = [*pending[1 - _LONGEST_RUN :], patch]
            run = self._best_run(pending)
            taken = self._sights_of(run) if run.chance <= _FALSE_ALARMS else []
            # A leaf that stays aside adds up as well as what falls slowly, but shows nothing in most of the pictures.
            if len(taken) < _SEEN_SHARE * len(run.patches):
                continue
            self._found = taken + self._found
            pending = []
            if len(self._found) >= fitted + _REFIT_AFTER:
                fitted = len(self._found)
                self._refit()
        return self._found

    def _patch(self, index: int) -> _Patch | None:
        """Cut out the answers around where the object is predicted; None where it was not yet or may be anywhere."""
        not_yet_s = self._fit.release_s - max(_NOT_YET_S, self._fit.release_sigma_s)
        reach_px = int(self._prediction.reach_px[index])
        predicted_px = self._prediction.places_px[index]
        local = predicted_px - self._strip.corner_px
        height, width = self._responses.background.shape
        column, row = np.rint(local).astype(int)
        is_in = 0 <= column < width and 0 <= row < height
        if self._strip.taken_s[index] < not_yet_s or reach_px >= _LOST_PX or not is_in:
            return None
        ratio = self._responses.ratio(index)
        side = 2 * reach_px + 1
        ratios = cv2.getRectSubPix(ratio, (side, side), local.tolist())
        behind = float(self._responses.background[row, column])
        return _Patch(index, predicted_px, np.asarray(ratios, np.float32), self._look.sign(behind))

    def _best_run(self, pending: list[_Patch]) -> _Run:
        """Choose how many of the last patches together are the least likely to be noise."""
        runs = [
            self._run(patches, sign)
            for patches in (pending[-count:] for count in range(1, len(pending) + 1))
            for sign in ((1, -1) if any(patch.sign == 0 for patch in patches) else (1,))
        ]
        best = min(runs, key=lambda run: run.chance)
        return replace(best, chance=min(1.0, best.chance * len(runs)))

    def _run(self, patches: list[_Patch], sign: int) -> _Run:
        side = min(len(patch.ratios) for patch in patches)
        places_px = np.array([patch.predicted_px for patch in patches])
        deviation = sum_deviation(places_px, self._blob, self._responses.persistence)
        signed = np.stack([_middle(patch.ratios, side) * (patch.sign or sign) for patch in patches])
        total = signed.sum(axis=0) / deviation
        row, column = np.unravel_index(int(np.argmax(total)), total.shape)
        places = max(1.0, side**2 / self._blob.area_px2)
        away_px = np.array([column, row]) - side // 2
        return _Run(patches, away_px, sign, chance(float(total[row, column]), places))

    def _sights_of(self, run: _Run) -> list[Detection]:
        """Find in each picture of a run the best place near the common one, if it stands out; in order of time."""
        taken: list[Detection] = []
        near = round(1 + self._blob.across_px)
        for patch in run.patches:
            ratios = patch.ratios * np.float32(patch.sign or run.sign)
            centre = len(ratios) // 2
            left, top = np.maximum(run.away_px + centre - near, 0)
            part = ratios[top : top + 2 * near + 1, left : left + 2 * near + 1]
            row, column = np.unravel_index(int(np.argmax(part)), part.shape)
            ratio = float(part[row, column])
            if ratio >= _LEAST_RATIO:
                away_px = summit(ratios, top + int(row), left + int(column)) - centre
                taken.insert(0, self._sight(patch, patch.predicted_px + away_px, ratio))
        return taken

    def _sight(self, patch: _Patch, place_px: Array, ratio: float) -> Detection:
        taken_s = float(self._strip.taken_s[patch.index])
        farther = self._near_m / _distances_m(self._fit, np.array([taken_s]))[0]
        size_px = max(1.0, float(self._look.diameter_px * farther))
        return self._look.sight(float(self._strip.times_s[patch.index]), taken_s, place_px, size_px, ratio)

    def _refit(self) -> None:
        sights = [*self._found, *self._sights]
        rows = np.array([(d.taken_s, d.x_px, d.y_px, d.width_px, d.height_px) for d in sights])
        sigma_px = measured_sigma_px(rows[:, 3], rows[:, 4])
        self._fit = self._fit.refit(rows[:, 0], rows[:, 1:3], sigma_px) or self._fit
        self._prediction = _predict(self._fit, self._strip)


def _predict(fit: BallisticFit, strip: Strip) -> _Prediction:
    spread_px = np.sqrt(np.linalg.eigvalsh(fit.path_covariance(strip.taken_s))[:, -1])
    reach_px = np.rint(np.clip(_REACH_SIGMAS * spread_px, _LEAST_REACH_PX, _LOST_PX)).astype(int)
    return _Prediction(fit.path(strip.taken_s), reach_px)


def _distances_m(fit: BallisticFit, times_s: Array) -> Array:
    result: Array = np.linalg.norm(fit.world(times_s) - fit.camera.position_m, axis=1)
    return result


def _middle(ratios: Levels, side: int) -> Levels:
    cut = (len(ratios) - side) // 2
    return ratios[cut : cut + side, cut : cut + side]
