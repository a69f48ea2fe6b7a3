"""Streams that change under the edge box, and what must not be found in anything that it writes."""

from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.rig.rtp import rtp
from droptrace.child import CameraChild
from droptrace.job import CameraJob
from droptrace.messages import Failed
from tests.droptrace.processes import wait_until
from tests.droptrace.program import DEMO, finish, running
from tests.evidence import receiver as receivers
from tests.journeys.box import Box
from tests.vision.clips import encode, even_ms
from tests.vision.rtsp_camera import Show, rtsp_camera

FRAMES = 40


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, ...]:
    """Pack the sample clip, 1280 x 720, in which something falls."""
    clip = tmp_path_factory.mktemp("clips") / "demo.ts"
    with av.open(DEMO) as source, av.open(clip, "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                output.mux(packet)
    return rtp(clip)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box")


def quiet(folder: Path, width: int, height: int) -> Path:
    """Encode a wall in front of which nothing happens."""
    wall = np.random.default_rng(1).normal(90, 3, (FRAMES, height, width)).clip(0, 255).astype(np.uint8)
    return encode(folder / f"{width}x{height}.ts", list(wall), even_ms(FRAMES))


def changing(folder: Path, *sizes: tuple[int, int]) -> Show:
    """Show one size after the other, in one stream."""
    clips = [rtp(quiet(folder, *size), at_s=i * FRAMES * 0.04) for i, size in enumerate(sizes)]
    return Show(tuple(packet for clip in clips for packet in clip), then="silence")


@pytest.mark.parametrize("others", [[], [(640, 480)]], ids=["same-shape", "other-shape-meanwhile"])
def test_camera_that_changes_its_size_is_watched_anew_with_its_site_scaled(
    box: Box, tmp_path: Path, demo: tuple[bytes, ...], others: list[tuple[int, int]]
) -> None:
    shows = [changing(tmp_path, (640, 360), (others or [(1280, 720)])[0])]
    shows += [changing(tmp_path, size) for size in others]
    with (
        receivers.running() as receiver,
        rtsp_camera(*shows, Show(demo, then="silence")) as camera,
        running("edge", box.configure(receiver.url, address=camera.address)) as process,
    ):
        wait_until(lambda: receiver.order_keys, timeout_s=60.0)
        process.terminate()
        outcome = finish(process)
    assert outcome.status == 0, outcome.stderr
    (fall,) = outcome.falls
    assert (fall["verdict"], fall["origin"]["floor"], fall["origin"]["unit"]) == ("confirmed", 14, "03")
    lost = [line for line in outcome.said if '"camera_lost"' in line]
    assert len(lost) == len(shows)
    assert "pictures changed from 640 x 360" in lost[0]
    assert all('"restarts": true' in line for line in lost)


def test_camera_whose_pictures_are_too_small_says_so_without_its_password(tmp_path: Path) -> None:
    with rtsp_camera(Show(rtp(quiet(tmp_path, 80, 64)), then="silence")) as camera:
        address = camera.address.replace("//", "//viewer:hunter2@")
        child = CameraChild(CameraJob(address, None, tmp_path, "box"))
        *_, failed = child.messages(60.0)
        child.close()
    assert isinstance(failed, Failed)
    assert failed.reason.startswith(f"{camera.address}: its pictures are 80x64; nothing that falls can be seen")


def test_credentials_of_a_camera_are_in_nothing_that_the_box_writes(
    box: Box, tmp_path: Path, demo: tuple[bytes, ...]
) -> None:
    changed = changing(tmp_path, (640, 360), (1280, 720))
    with receivers.running() as receiver, rtsp_camera(changed, Show(demo), Show(demo, then="silence")) as camera:
        address = camera.address.replace("//", "//admin77:s3cret@") + "?channel=1&password=hunter2"
        config = box.configure(receiver.url, address=address, site=None)
        config.write_text(config.read_text(encoding="utf-8").replace('id = "gate"\n', ""), encoding="utf-8")
        with running("edge", config, "--verbose") as process:
            wait_until(lambda: len(receiver.order_keys) == 2, timeout_s=60.0)
            process.terminate()
            outcome = finish(process)
    assert outcome.status == 0, outcome.stderr
    written = [path.read_bytes() for path in box.data.rglob("*") if path.is_file()]
    written += [outcome.stdout.encode(), outcome.stderr.encode()]
    written += [request.body + str((request.path, request.headers)).encode() for request in receiver.requests]
    assert any(b"?channel=1&password=***" in content for content in written)
    assert any(b"stream_lost" in content for content in written)
    for secret in (b"admin77", b"s3cret", b"hunter2"):
        assert not [content for content in written if secret in content]
