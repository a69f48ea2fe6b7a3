"""What stands before it falls is cut off; what falls is left whole."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.scenes import HEIGHT_PX, frame_times, free_fall_px, track_of
from tracking.standstill import cut_standstill

Array = NDArray[np.float64]
FALL_S = frame_times(0.0, 1.8)


def held_px(times_s: Array, drift_px_s: float = 0.0) -> Array:
    """Held at its place until 0 s, perhaps drifting upwards, as a gondola's rail does; falling from then on."""
    places = free_fall_px(np.maximum(times_s, 0.0))
    places[:, 1] += drift_px_s * np.minimum(times_s, 0.0)
    return places


@pytest.mark.parametrize("drift_px_s", [0.0, -8.0])
def test_what_stood_for_two_seconds_is_cut_off_to_its_first_metre(drift_px_s: float) -> None:
    times_s = frame_times(-2.0, 1.8)
    track = track_of(times_s, held_px(times_s, drift_px_s), frames=len(times_s) + 8, noise_px=0.3)
    cut = cut_standstill(track, HEIGHT_PX)
    assert 0.0 <= cut.detections[0].taken_s < 0.5
    assert cut.detections == track.detections[-len(cut.detections) :]
    assert len(cut.detections) <= cut.frames <= len(cut.detections) + 8
    # What was cut off may be found again, one picture each.
    assert [one for (one,) in cut.earlier] == list(track.detections[: -len(cut.detections)])


def test_fall_from_the_hand_is_left_whole() -> None:
    track = track_of(FALL_S, free_fall_px(FALL_S))
    assert cut_standstill(track, HEIGHT_PX) is track


def test_what_lies_on_the_ground_at_last_is_left_whole() -> None:
    times_s = frame_times(0.0, 3.4)
    track = track_of(times_s, free_fall_px(np.minimum(times_s, 1.8)))
    assert cut_standstill(track, HEIGHT_PX) is track


def test_throw_upwards_loses_no_more_than_its_turn() -> None:
    times_s = frame_times(-0.3, 1.8)
    track = track_of(times_s, free_fall_px(np.abs(times_s)))
    assert cut_standstill(track, HEIGHT_PX).detections[0].taken_s < 0.5


def test_track_shorter_than_the_window_is_left_whole() -> None:
    track = track_of(FALL_S[:10], free_fall_px(FALL_S[:10]))
    assert cut_standstill(track, HEIGHT_PX) is track
