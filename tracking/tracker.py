"""Detections in, tracks out: predict, associate, promote, end."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracking.amplitude import follow, log_chance_seen, strength_gain
from tracking.association import GATE, assign, squared_mahalanobis
from tracking.clutter import Clutter
from tracking.extent import extent_chance, log_weights
from tracking.kalman import innovation_covariances, measurement_noise
from tracking.motion import MotionModel
from tracking.pairs import Earlier
from tracking.sighting import Sightings, TrackSpace, make_sightings, median
from tracking.tentative import Promoted, TentativeSettings, TentativeTracks
from tracking.track import LONGEST_UNSEEN_S, LiveTrack, Track
from vision.detection import Detection


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """How long a track is followed and how many.

    Attributes:
        lost_after_s: A track does not end before nothing was seen of it for so long.
        lost_chance: After that it ends when one that was seen as often would hide as long with less than this chance.
        longest_unseen_s: It ends in any case when nothing was seen of it for so long.
        max_live: Live tracks; the least likely one ends when there are more.
        crowded_from: Live tracks from which on only what visibly gains speed becomes another.
        pair_span: A track starts from detections up to so many frames apart.
        rare_spans: From those that stand out best, so many frames apart too: what is faint is seen now and then.
        max_searched: Detections of a frame in which new tracks are searched: rain makes a thousand, and their pairs
            would cost more time than there is; the ones that stand out come first.
        memory_frames: Frames whose detections are remembered.
    """

    lost_after_s: float = 0.32
    lost_chance: float = 0.02
    longest_unseen_s: float = LONGEST_UNSEEN_S
    max_live: int = 48
    crowded_from: int = 16
    pair_span: int = 2
    rare_spans: tuple[int, ...] = (4, 6)
    max_searched: int = 250
    memory_frames: int = 128


class Tracker:
    """Follows what falls in front of one camera. Call `step` once a frame, also with no detections."""

    def __init__(
        self,
        space: TrackSpace,
        model: MotionModel,
        clutter: Clutter,
        tentative: TentativeSettings,
        settings: TrackerSettings | None = None,
    ) -> None:
        """Follow nothing yet."""
        self._space = space
        self._model = model
        self._clutter = clutter
        self._settings = settings or TrackerSettings()
        self._tentative = TentativeTracks(model, tentative)
        self._live: list[LiveTrack] = []
        # Of each frame, the detections that no live track took.
        self._memory: deque[Sightings] = deque(maxlen=self._settings.memory_frames)
        self._serial = 0
        self._next_id = 1

    def step(self, time_s: float, detections: Sequence[Detection], timing_sigma_s: float = 0.0) -> list[Track]:
        """Take one frame's detections and return the tracks that ended with it.

        Args:
            time_s: When the frame was taken; greater than that of the step before.
            detections: All detections of the frame.
            timing_sigma_s: Error of `time_s`.
        """
        sightings = make_sightings(time_s, timing_sigma_s, detections, self._space, self._clutter)
        dt_s = sightings.time_s - self._memory[-1].time_s if self._memory else 0.0
        self._serial += 1
        rest = sightings
        if self._memory:
            free = self._follow(dt_s, sightings)
            rest = sightings if free.all() else sightings.only(np.flatnonzero(free))
            rest = rest.promising(self._settings.max_searched)
            self._search(dt_s, rest)
            self._clutter.add(sightings.position_px, sightings.extent, free, dt_s)
        self._memory.append(rest)
        return self._end_lost(time_s)

    @property
    def live_from_s(self) -> list[float]:
        """Tell when each track that lives was first seen."""
        return [track.detections[0].taken_s for track in self._live]

    def seen_at(self, taken_s: float) -> Iterator[tuple[int, Detection]]:
        """Yield number and detection of each live track that was seen in the frame taken at a time, the last or so."""
        for track in self._live:
            for detection in reversed(track.detections[-2:]):
                if detection.taken_s == taken_s:
                    yield track.track_id, detection

    def finish(self) -> list[Track]:
        """End all live tracks: the recording is over."""
        ended = [track.end() for track in self._live]
        self._live = []
        return ended

    def _follow(self, dt_s: float, sightings: Sightings) -> NDArray[np.bool_]:
        """Update the live tracks; tell which of the detections none of them took."""
        free = np.ones(len(sightings), bool)
        for track in self._live:
            track.filter.predict(dt_s)
        if self._live and len(sightings):
            predicted = np.array([t.filter.position for t in self._live])
            covariance = np.array([t.filter.covariance for t in self._live])
            velocity = np.array([t.filter.velocity for t in self._live])
            noise = measurement_noise(median(sightings.variance), velocity, sightings.timing_sigma_s)
            spread = innovation_covariances(covariance, noise)
            distance, log_determinant = squared_mahalanobis(predicted, spread, sightings.position)
            gain = -0.5 * (distance + log_determinant[:, None]) - np.log(2 * np.pi * sightings.density)
            strength = np.array([[t.strength] for t in self._live])
            gain += strength_gain(sightings.strength[None, :], strength, log_chance_seen(strength))
            extent = np.array([[t.extent] for t in self._live])
            gain += extent_chance(sightings.extent[None, :], extent, log_weights(extent))
            for row, column in assign(np.where(distance <= GATE, gain, -np.inf)):
                if gain[row, column] > 0:
                    self._extend(self._live[row], sightings, column, float(gain[row, column]))
                    free[column] = False
        return free

    def _extend(self, track: LiveTrack, sightings: Sightings, index: int, gain: float) -> None:
        noise = measurement_noise(
            sightings.variance[index : index + 1], track.filter.velocity[None, :], sightings.timing_sigma_s
        )
        track.filter.update(sightings.position[index], noise[0])
        track.detections.append(sightings.detections[index])
        track.score += gain
        track.strength = float(follow(np.array(track.strength), sightings.strength[index]))
        track.extent = float(follow(np.array(track.extent), sightings.extent[index]))
        track.last_serial, track.last_s = self._serial, sightings.time_s
        track.timing_sigma_s = sightings.timing_sigma_s

    def _search(self, dt_s: float, rest: Sightings) -> None:
        """Feed the tentative tracks with what the live ones left, and promote those that count."""
        self._tentative.step(dt_s, rest, self._serial)
        settings = self._settings
        spans = (*range(1, settings.pair_span + 1), *settings.rare_spans)
        earlier = [
            Earlier(self._memory[-span], self._serial - span, only_rare=span > settings.pair_span)
            for span in spans
            if span <= len(self._memory)
        ]
        self._tentative.start(earlier, rest, self._serial)
        self._tentative.limit()
        is_crowded = len(self._live) >= self._settings.crowded_from
        for promoted in self._tentative.promote(only_falling=is_crowded):
            self._promote(promoted, rest)

    def _promote(self, promoted: Promoted, now: Sightings) -> None:
        detections = []
        for serial, index in reversed(promoted.hits):
            frame = now if serial == self._serial else self._memory[serial - self._serial]
            detections.append(frame.detections[index])
        # With the first track that lives: a camera that has seen nothing is 70 MB smaller without.
        from tracking.track_filter import TrackFilter

        track_filter = TrackFilter(self._model, promoted.mean, promoted.covariance)
        first, last = promoted.hits[-1][0], promoted.hits[0][0]
        self._live.append(
            LiveTrack(
                self._next_id,
                track_filter,
                detections,
                promoted.score,
                promoted.strength,
                promoted.extent,
                first,
                last,
                now.time_s,
                now.timing_sigma_s,
                self._before(first),
            )
        )
        self._next_id += 1

    def _before(self, serial: int) -> tuple[tuple[Detection, ...], ...]:
        """Tell the detections of the remembered frames before the one numbered `serial`."""
        count = max(0, len(self._memory) - (self._serial - serial))
        return tuple(self._memory[index].detections for index in range(count))

    def _is_lost(self, track: LiveTrack, unseen_s: float) -> bool:
        settings = self._settings
        if unseen_s <= settings.lost_after_s:
            return False
        return unseen_s > settings.longest_unseen_s or track.is_lost(self._serial, settings.lost_chance)

    def _end_lost(self, time_s: float) -> list[Track]:
        lost = [t for t in self._live if self._is_lost(t, time_s - t.last_s)]
        surplus = sorted((t for t in self._live if t not in lost), key=lambda t: t.score)
        lost += surplus[: max(0, len(surplus) - self._settings.max_live)]
        self._live = [t for t in self._live if t not in lost]
        return [t.end() for t in lost]
