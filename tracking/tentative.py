"""Tracks that may be nothing: many, short-lived, held as arrays and sorted by a likelihood ratio."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracking.amplitude import START_STRENGTH, follow, log_chance_seen, strength_gain
from tracking.association import gated_pairs
from tracking.extent import extent_chance, log_weights
from tracking.hit_history import NONE, HitHistory
from tracking.kalman import innovation_covariances, measurement_noise, predict_many, update_many
from tracking.motion import MotionModel
from tracking.pairs import Earlier, PairSettings, find_pairs
from tracking.sighting import DENSITY, DOWN, EXTENT, STRENGTH, VARIANCE, Sightings, X, median
from tracking.track import LONGEST_UNSEEN_S

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
_DEAD_SHARE = 0.25
"""Of the rows, so many may belong to tracks that were dropped before the others are moved together."""


@dataclass(frozen=True, slots=True)
class TentativeSettings:
    """When a pair of detections starts a track and when the track counts.

    Attributes:
        pairs: With which pairs of detections tracks start.
        seen_share: Chance that an object in view is detected in a frame, as it is believed before its track tells.
        seen_frames: Frames that this belief is worth.
        start_score: Log-likelihood ratio of a fresh pair, before its clutter: how rare throws are.
        confirm_score: Ratio at which a track lives (Wald's upper bound).
        drop_score: Ratio at which it is dropped (Wald's lower bound, from the best it had).
        longest_unseen_s: It is dropped in any case when nothing was seen of it for so long: after that it could be
            anywhere, and would take the first sights of another thing for its own.
        max_starts: Pairs of frames from which tracks are started, a frame.
        max_tracks: Tentative tracks held.
        min_hits: Detections that a confirmed track has at least.
        parabola_hits: Detections from which an acceleration is told.
    """

    pairs: PairSettings
    seen_share: float = 0.6
    seen_frames: float = 3.0
    start_score: float = -4.0
    confirm_score: float = 9.0
    drop_score: float = 7.0
    longest_unseen_s: float = LONGEST_UNSEEN_S
    max_starts: int = 4
    max_tracks: int = 600
    min_hits: int = 5
    parabola_hits: int = 7


@dataclass(frozen=True, slots=True)
class Promoted:
    """A tentative track that lives from now on: its state, score, and its hits as (frame serial, detection index)."""

    mean: Array
    covariance: Array
    score: float
    strength: float
    extent: float
    hits: tuple[tuple[int, int], ...]


class TentativeTracks:
    """All tentative tracks of one camera, a row of several arrays each; one that is dropped has a score of -inf."""

    def __init__(self, model: MotionModel, settings: TentativeSettings) -> None:
        """Hold none yet."""
        self._model = model
        self._settings = settings
        self._mean = np.zeros((0, model.size))
        self._covariance = np.zeros((0, model.size, model.size))
        self._score = np.zeros(0)
        self._best = np.zeros(0)
        self._strength = np.zeros(0)
        self._extent = np.zeros(0)
        # What these two make of a detection, as far as it is the same for all.
        self._log_seen = np.zeros(0)
        self._log_weight = np.zeros(0)
        self._history = HitHistory(settings.max_tracks + settings.max_starts * settings.pairs.max_pairs)
        self._place = np.zeros(0, np.int64)
        self._count = np.zeros(0, np.int64)
        # Frames looked at since the first hit.
        self._age = np.zeros(0, np.int64)
        self._unseen_s = np.zeros(0)

    def __len__(self) -> int:
        """Count the tracks."""
        return int(np.count_nonzero(self._score > -np.inf))

    @property
    def hits(self) -> Indices:
        """Tell (N, KEEP, 2) the last hits of each row, see `HitHistory`; dropped tracks may be among them."""
        return self._history.hits(self._place)

    def step(self, dt_s: float, sightings: Sightings, serial: int) -> None:
        """Predict all tracks by `dt_s`, give each its best detection in reach, and drop what is unlikely.

        Args:
            dt_s: Seconds since the last step.
            sightings: The frame's detections that no live track took.
            serial: Number of the frame, to remember hits by.
        """
        if not len(self._score):
            return
        self._mean, self._covariance = predict_many(self._model, self._mean, self._covariance, dt_s)
        chance = self._chance_seen()
        self._age += 1
        self._unseen_s += dt_s
        self._score += np.log(1 - chance)
        if len(sightings):
            self._take_best(sightings, serial, chance)
        self._best = np.maximum(self._best, self._score)
        dead = self._score <= self._best - self._settings.drop_score
        dead |= self._unseen_s > self._settings.longest_unseen_s
        self._score[dead] = -np.inf
        if np.count_nonzero(dead) > _DEAD_SHARE * len(dead):
            self._keep(np.flatnonzero(~dead))

    def _chance_seen(self) -> Array:
        """Tell for each track how likely it is seen in the next frame, by how often it was: a Beta posterior's mean.

        Multiplied up, that is the exact likelihood of hits and misses with an unknown chance (Gelman et al., 2.4).
        """
        settings = self._settings
        # The first hit is given: without it there would be no track.
        hits = settings.seen_share * settings.seen_frames + self._count - 1
        return np.asarray(hits / (settings.seen_frames + self._age))

    def _take_best(self, sightings: Sightings, serial: int, chance: Array) -> None:
        velocity = self._mean[:, 1:4:2]
        noise = measurement_noise(median(sightings.variance), velocity, sightings.timing_sigma_s)
        spread = innovation_covariances(self._covariance, noise)
        pairs = gated_pairs(self._mean[:, :3:2], spread, sightings.position)
        row, column = pairs.track, pairs.detection
        if not len(row):
            return
        gain = -0.5 * (pairs.distance + pairs.log_determinant) - np.log(2 * np.pi * sightings.density[column])
        gain += strength_gain(sightings.strength[column], self._strength[row], self._log_seen[row])
        gain += extent_chance(sightings.extent[column], self._extent[row], self._log_weight[row])
        gain += np.log(chance / (1 - chance))[row]
        # A detection that makes the track less likely than a miss does is a miss.
        useful = np.flatnonzero((gain > 0) & (self._score[row] > -np.inf))
        if not len(useful):
            return
        useful = useful[np.lexsort((-gain[useful], row[useful]))]
        hit, first = np.unique(row[useful], return_index=True)
        chosen, gain = column[useful[first]], gain[useful[first]]
        noise = measurement_noise(sightings.variance[chosen], velocity[hit], sightings.timing_sigma_s)
        self._mean[hit], self._covariance[hit] = update_many(
            self._mean[hit], self._covariance[hit], sightings.position[chosen], noise
        )
        self._score[hit] += gain
        self._strength[hit] = follow(self._strength[hit], sightings.strength[chosen])
        self._extent[hit] = follow(self._extent[hit], sightings.extent[chosen])
        self._log_seen[hit] = log_chance_seen(self._strength[hit])
        self._log_weight[hit] = log_weights(self._extent[hit])
        self._history.add(self._place[hit], chosen, serial, sightings)
        self._count[hit] += 1
        self._unseen_s[hit] = 0.0
        self._drop_twins(hit)

    def _drop_twins(self, rows: Indices) -> None:
        """Of tracks with the same last two hits, keep the likeliest: they have the same future."""
        last = self._history.hits(self._place[rows])[:, :2].reshape(len(rows), 4)
        order = np.lexsort((-self._score[rows], *last.T))
        ordered = last[order]
        twin = np.zeros(len(rows), bool)
        twin[1:] = np.all(ordered[1:] == ordered[:-1], axis=1)
        self._score[rows[order[twin]]] = -np.inf

    def promote(self, *, only_falling: bool = False) -> list[Promoted]:
        """Take out the tracks that count, likeliest first; of those that share detections only the first.

        Args:
            only_falling: Take out only what visibly gains speed, and drop what visibly does not: snow makes a hundred
                good tracks at once, and there are not places enough for them.
        """
        ripe = np.flatnonzero((self._score >= self._settings.confirm_score) & (self._count >= self._settings.min_hits))
        if only_falling and len(ripe):
            falls, floats = self._gaining(ripe)
            self._score[ripe[floats]] = -np.inf
            ripe = ripe[falls]
        promoted: list[Promoted] = []
        taken: set[tuple[int, int]] = set()
        ripe = ripe[np.argsort(-self._score[ripe])]
        for row, history in zip(ripe, self._history.hits(self._place[ripe]), strict=True):
            hits = tuple((int(s), int(i)) for s, i in history if s != NONE)
            if taken.isdisjoint(hits):
                promoted.append(
                    Promoted(
                        self._mean[row],
                        self._covariance[row],
                        float(self._score[row]),
                        float(self._strength[row]),
                        float(self._extent[row]),
                        hits,
                    )
                )
                taken.update(hits)
        if taken:
            self._drop_sharing(taken)
        return promoted

    def _gaining(self, rows: Indices) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell for the (R,) tracks `rows` whether each surely accelerates as a fall does, and whether surely not.

        A parabola through the hits, by weighted normal equations for all at once; its curvature has the error that
        the scatter of the hits about it gives.
        """
        used = self._history.hits(self._place[rows])[:, :, 0] != NONE
        trace = self._history.trace(self._place[rows])
        count = used.sum(axis=1)
        times = np.where(used, trace[:, :, 0] - trace[:, :1, 0], 0.0)
        down = np.where(used, trace[:, :, 1] - trace[:, :1, 1], 0.0)
        basis = np.stack([np.ones_like(times), times, times**2 / 2], axis=2) * used[:, :, None]
        inverse = np.linalg.pinv(basis.transpose(0, 2, 1) @ basis)
        curve = (inverse @ (basis.transpose(0, 2, 1) @ down[:, :, None]))[:, :, 0]
        scatter = ((basis @ curve[:, :, None])[:, :, 0] - down) ** 2
        sigma = np.sqrt(scatter.sum(axis=1) / np.maximum(count - 3, 1) * inverse[:, 2, 2])
        least = self._model.least_acceleration
        enough = count >= self._settings.parabola_hits
        return enough & (curve[:, 2] - 2 * sigma > least), enough & (curve[:, 2] + 2 * sigma < least)

    def _drop_sharing(self, taken: set[tuple[int, int]]) -> None:
        """Drop tracks that use detections of a promoted one."""
        used = np.array([[s * 100_000 + i for s, i in taken]])
        hits = self.hits
        keys = hits[:, :, 0] * 100_000 + hits[:, :, 1]
        self._keep(np.flatnonzero(~np.isin(keys, used).any(axis=1)))

    def start(self, earlier: Sequence[Earlier], later: Sightings, serial: int) -> None:
        """Start a track from each pair of detections that one falling object could have made.

        Args:
            earlier: Frames to pair with this one, as for `find_pairs`.
            later: This frame.
            serial: Its number.
        """
        pairs = find_pairs(earlier, later, self._settings.pairs)
        if pairs is None:
            return
        first, second = pairs.first, pairs.second
        dt_s = later.time_s - pairs.first_s
        begin, end = first[:, X : DOWN + 1], second[:, X : DOWN + 1]
        step = end - begin
        speed = np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2) / dt_s
        variance = (first[:, VARIANCE] + second[:, VARIANCE]) / 2 + (speed * later.timing_sigma_s) ** 2
        mean, covariance = self._model.start(begin, end, dt_s, variance)
        # A pair costs what clutter would make within the reach of a fall, in units of a hundred noise areas.
        score = self._settings.start_score - np.log1p(second[:, DENSITY] * variance * 100)
        strength = (first[:, STRENGTH] + second[:, STRENGTH] + START_STRENGTH) / 3
        log_seen = log_chance_seen(strength)
        score += strength_gain(second[:, STRENGTH], strength, log_seen)
        extent = (first[:, EXTENT] + second[:, EXTENT]) / 2
        log_weight = log_weights(extent)
        score += extent_chance(second[:, EXTENT], extent, log_weight)
        places = self._history.start(pairs, later, serial)
        self._mean = np.concatenate([self._mean, mean])
        self._covariance = np.concatenate([self._covariance, covariance])
        self._score = np.concatenate([self._score, score])
        self._best = np.concatenate([self._best, score])
        self._strength = np.concatenate([self._strength, strength])
        self._extent = np.concatenate([self._extent, extent])
        self._log_seen = np.concatenate([self._log_seen, log_seen])
        self._log_weight = np.concatenate([self._log_weight, log_weight])
        self._count = np.concatenate([self._count, np.full(len(score), 2, np.int64)])
        self._age = np.concatenate([self._age, serial - pairs.first_serial])
        self._unseen_s = np.concatenate([self._unseen_s, np.zeros(len(score))])
        self._place = np.concatenate([self._place, places])

    def limit(self) -> None:
        """Keep the likeliest tracks when there are more than may be held; to be called before the next `step`."""
        if len(self._score) > self._settings.max_tracks:
            self._keep(np.sort(np.argsort(-self._score)[: self._settings.max_tracks]))

    def _keep(self, rows: Indices) -> None:
        if len(rows) == len(self._score):
            return
        gone = np.ones(len(self._score), bool)
        gone[rows] = False
        self._history.give_back(self._place[gone])
        self._mean, self._covariance = self._mean.take(rows, axis=0), self._covariance.take(rows, axis=0)
        self._score, self._best = self._score[rows], self._best[rows]
        self._strength, self._extent = self._strength[rows], self._extent[rows]
        self._log_seen, self._log_weight = self._log_seen[rows], self._log_weight[rows]
        self._count, self._age = self._count[rows], self._age[rows]
        self._unseen_s = self._unseen_s[rows]
        self._place = self._place[rows]
