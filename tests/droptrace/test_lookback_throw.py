"""From a clip to a fall that is traced back through pictures in which it was too faint to be seen."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from droptrace.parts import Parts
from droptrace.pipeline import Pipeline
from tests.tracking.facades import facade
from tests.tracking.pictures import COLUMNS, ROWS, WALL, blob
from tests.tracking.scenes import HEIGHT_PX, WIDTH_PX
from tests.tracking.test_judge import throw_px
from tracking.fall import Fall
from vision.clock import SystemClock
from vision.opening import open_source

RATE = 25
RELEASE_S, BRIGHT_S, END_S = 1.2, 1.88, 2.8
FAINT, BRIGHT = 11.0, 70.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw before an even wall with grain; the object is all but as bright as the wall at first."""
    path = tmp_path_factory.mktemp("faint") / "faint.mp4"
    rng = np.random.default_rng(3)
    with av.open(path, "w") as output:
        stream = output.add_stream("libx264", rate=RATE, options={"crf": "12", "preset": "ultrafast", "g": "50"})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.time_base = Fraction(1, RATE)
        for index in range(round(END_S * RATE)):
            time_s = index / RATE
            luma = np.full((HEIGHT_PX, WIDTH_PX), WALL)
            part = luma[ROWS, COLUMNS]
            part += rng.normal(0.0, 3.0, part.shape)
            if time_s >= RELEASE_S:
                place_px = throw_px(np.array([time_s - RELEASE_S]))[0] - (COLUMNS.start, ROWS.start)
                part += blob(part.shape, place_px, BRIGHT if time_s >= BRIGHT_S else FAINT, 1.6)
            planes = np.full((HEIGHT_PX * 3 // 2, WIDTH_PX), 128, np.uint8)
            planes[:HEIGHT_PX] = np.clip(np.rint(luma), 16, 235)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = index
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def confirmed(clip: Path, parts: Parts) -> Fall:
    source = open_source(str(clip), clock=SystemClock())
    wall = facade()
    pipeline = Pipeline(source.info, wall.site, wall, parts=parts, source=source)
    falls = [fall for frame in source.frames() for fall in pipeline.step(frame)]
    falls += pipeline.finish()
    source.close()
    (fall,) = (fall for fall in falls if fall.verdict == "confirmed")
    return fall


def test_throw_is_traced_back_through_pictures_that_showed_nothing_at_once(clip: Path) -> None:
    late, whole = confirmed(clip, Parts.without("trace-back")), confirmed(clip, Parts())
    assert late.first_s > BRIGHT_S - 0.1
    assert whole.first_s < RELEASE_S + 0.2
    before = [point for point in whole.path if point.time_s < late.first_s]
    assert len(before) >= 10
    truth = throw_px(np.array([point.time_s for point in before]) - RELEASE_S)
    misses_px = np.hypot(*(np.array([(point.x_px, point.y_px) for point in before]) - truth).T)
    assert float(np.median(misses_px)) < 1.0
    assert float(misses_px.max()) < 3.0
    assert whole.release_s == pytest.approx(RELEASE_S, abs=0.12)
    assert whole.origin is not None
    assert (whole.origin.floor, whole.origin.unit) == (14, "01")
