"""A camera whose sub-stream is looked at and whose main stream is the evidence, through real RTSP servers."""

import json
import time
from contextlib import ExitStack
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from av.video.stream import VideoStream
from numpy.typing import NDArray

from evidence.manifest import read_manifest
from evidence.verify import verify_package
from tests.droptrace.events import Events
from tests.droptrace.processes import wait_until
from tests.droptrace.program import DEMO, DEMO_SITE, running
from tests.evidence import receiver as receivers
from tests.journeys.box import Box
from tests.ports import free_port
from tests.vision.gst_camera import serving, skip_without_gstreamer
from vision.source_file import FileSource

WIDTH, HEIGHT = 1600, 900
"""Of the main stream: the sample clip, five quarters as large."""
_SEARCHED_S = 3.0


@pytest.fixture(scope="module")
def main_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("clips") / "main.mp4"
    with av.open(str(DEMO)) as source, av.open(str(target), "w") as output:
        options = {"preset": "ultrafast", "g": "25", "bf": "0", "threads": "1"}
        stream = output.add_stream("libx264", rate=25, options=options, time_base=Fraction(1, 90_000))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in source.decode(video=0):
            larger = frame.reformat(WIDTH, HEIGHT, "yuv420p", interpolation="BICUBIC")
            larger.pict_type = 0
            output.mux(stream.encode(larger))
        output.mux(stream.encode())
    return target


def facts_of(package: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((package / "incident.json").read_text(encoding="utf-8"))
    return facts


def frames_of(package: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    """Give the frames of its clip, brightness alone, with their times on the axis of the path."""
    (clip,) = (package / "original").iterdir()
    start_s = facts_of(package)["recording"]["start_s"]
    source = FileSource(clip)
    return [(start_s + frame.time_s, frame.luma.copy()) for frame in source.frames()]


def how_late_s(package: Path) -> float:
    """Tell how much later than the path says the object is at its places in the clip, seconds: the middle one."""
    facts, frames = facts_of(package), frames_of(package)
    background = np.median(np.stack([picture for _, picture in frames[::8]]), axis=0)
    scale, late_s = WIDTH / facts["frame"]["width"], []
    for time_s, x_px, y_px in facts["path"][5:-5:3]:
        x, y = round(x_px * scale), round(y_px * scale)
        window = np.s_[max(0, y - 6) : y + 7, max(0, x - 6) : x + 7]
        # The clip begins anew every seven seconds, and the next fall takes the same way.
        near = [(at_s, picture[window]) for at_s, picture in frames if abs(at_s - time_s) < _SEARCHED_S]
        change = [float(np.abs(picture - background[window]).max()) for _, picture in near]
        late_s.append(near[int(np.argmax(change))][0] - time_s)
    return float(np.median(late_s))


def test_evidence_is_the_main_stream_s_until_that_is_lost(main_clip: Path, tmp_path: Path) -> None:
    skip_without_gstreamer()
    main_port, sub_port, box = free_port(), free_port(), Box(tmp_path / "box")
    main, sub = (f"rtsp://viewer:hunter2@127.0.0.1:{port}/cam" for port in (main_port, sub_port))
    served = partial(serving, times=60, credentials="viewer:hunter2", since_s=time.monotonic())
    with receivers.running() as receiver, ExitStack() as lost:
        config = box.configure(receiver.url, address=main, site=DEMO_SITE)
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("[endpoint]", f'detection_address = "{sub}"\n[endpoint]'), encoding="utf-8")
        lost.enter_context(served(main_clip, main_port))
        with served(DEMO, sub_port), running("edge", config, "--verbose") as process:
            log = Events(process)
            wait_until(lambda: len(standing(box)) > len(log.of("evidence_from_detection")), timeout_s=120.0)
            lost.close()
            log.wait("evidence_stream_lost")
            before = len(log.of("evidence_from_detection"))  # the first fall may be sooner than the main stream
            small = log.wait("evidence_from_detection", count=before + 1)["incident_id"]
            wait_until((box.packages / small).exists, timeout_s=60.0)
            wait_until(lambda: health_of(box).get("evidence_held") is False, timeout_s=60.0)
            process.terminate()
            log.finish()
    assert "hunter2" not in "".join(log.lines)
    packages = {package.name: package for package in standing(box)}
    assert_is_sub(packages[small], f"rtsp://127.0.0.1:{sub_port}/cam")
    small_ones = {told["incident_id"] for told in log.of("evidence_from_detection")}
    large_ones = [package for name, package in packages.items() if name not in small_ones]
    assert large_ones
    for package in large_ones:
        assert_is_main(package, f"rtsp://127.0.0.1:{main_port}/cam")
    written = [path.read_text(encoding="utf-8") for one in packages.values() for path in one.glob("*.json")]
    assert "hunter2" not in "".join(written)


def standing(box: Box) -> list[Path]:
    return [path for path in box.standing() if not path.name.startswith(".")] if box.packages.exists() else []


def health_of(box: Box) -> dict[str, Any]:
    told = json.loads((box.data / "status.json").read_text(encoding="utf-8"))
    return told["cameras"][0]["health"] or {}


def assert_is_main(package: Path, name: str) -> None:
    facts, manifest = facts_of(package), read_manifest(package)
    assert verify_package(package).is_ok
    assert (manifest.complete, manifest.notes) == (True, ())
    assert facts["recording"]["name"] == name
    assert facts["frame"] == {"width": 1280, "height": 720}
    assert (facts["origin"]["floor"], facts["origin"]["unit"]) == (14, "03")
    assert frames_of(package)[0][1].shape == (HEIGHT, WIDTH)
    strobe = cv2.imread(str(package / "strobe.jpg"))
    assert strobe is not None
    assert strobe.shape == (HEIGHT, WIDTH, 3)
    assert abs(how_late_s(package)) < 0.05  # one frame at most


def assert_is_sub(package: Path, name: str) -> None:
    facts, manifest = facts_of(package), read_manifest(package)
    assert verify_package(package).is_ok
    assert facts["recording"]["name"] == name
    assert frames_of(package)[0][1].shape == (720, 1280)
    assert manifest.complete
    assert any(note.startswith("cut from the stream for detection, since") for note in manifest.notes)
