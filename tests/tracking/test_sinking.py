"""Cloth from a window is worth a look; leaves, scraps and what blew in are not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.facades import EYE_M, WALL_M, facade
from tests.tracking.scenes import HEIGHT_PX, LookingUp, dot
from tracking.fall import Fall
from tracking.judge import Judge
from tracking.sinking import LABEL
from tracking.track import Track
from vision.detection import Detection

Array = NDArray[np.float64]
FPS = 25.0
EMPTY: tuple[tuple[Detection, ...], ...] = ((),) * 40


def sinking_px(times_s: Array, *, from_m: float = 45.0, speed_m_s: float = 2.0, sway_m: float = 0.2) -> Array:
    """Sink evenly half a metre before the wall, swaying along it."""
    height = from_m - EYE_M - speed_m_s * times_s
    across = -3.0 + sway_m * np.sin(3.0 * times_s)
    return LookingUp().project(np.column_stack([across, np.full_like(times_s, WALL_M - 0.5), height]))


def sinking(
    *, size_px: float = 18.0, lasts_s: float = 6.0, earlier: tuple[tuple[Detection, ...], ...] = EMPTY, **how: float
) -> Track:
    times_s = np.arange(round(lasts_s * FPS)) / FPS + 2.0
    points = sinking_px(times_s - 2.0, **how)
    detections = tuple(
        dot(float(t), float(x), float(y), size_px=size_px) for t, (x, y) in zip(times_s, points, strict=True)
    )
    return Track(1, detections, len(detections), 100.0, 0.0, earlier)


def judged(track: Track) -> Fall:
    return Judge(HEIGHT_PX, facade()).judge(track)


def test_cloth_is_suspected_and_its_floor_named() -> None:
    # 45 m up with floors of 3 m: floor 16 from its lower edge on; half a metre before the wall it is seen higher up.
    fall = judged(sinking(from_m=46.0))
    assert (fall.verdict, fall.label) == ("suspected", LABEL)
    assert fall.origin is not None
    assert (fall.origin.floor, fall.origin.unit) == (16, "01")
    assert fall.reasons[-1] == "failed: sinks and does not fall"
    assert any("sinks at 2." in reason for reason in fall.reasons)


@pytest.mark.parametrize(
    "track",
    [
        pytest.param(sinking(size_px=3.0), id="as small as a leaf"),
        pytest.param(sinking(speed_m_s=0.4, lasts_s=20.0), id="as slow as a gondola"),
        pytest.param(sinking(earlier=()), id="there from the start"),
        pytest.param(sinking(lasts_s=2.0), id="one floor only"),
        pytest.param(sinking(from_m=60.0), id="from above the roof"),
        pytest.param(sinking(sway_m=8.0), id="swings along the wall"),
    ],
)
def test_what_is_no_cloth_is_refused(track: Track) -> None:
    assert judged(track).verdict == "rejected"
