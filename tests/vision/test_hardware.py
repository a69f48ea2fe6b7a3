"""Decoding in hardware: what is done where there is none, and with one that lags, lies or dies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import av
import numpy as np
import pytest
from av.stream import Stream
from structlog.testing import capture_logs

from tests.ports import free_port
from tests.vision.cameras import HastyClock, ScriptedCamera
from tests.vision.clips import encode, even_ms, pictures
from tests.vision.gst_camera import serving, skip_without_gstreamer
from vision.clock import SystemClock
from vision.counts import Counts
from vision.decoder import Decoder
from vision.decoder_kind import DecoderKind
from vision.errors import HardwareUnusable
from vision.frame import Frame
from vision.hardware import Hardware, OpenDevice, PictureDecoder
from vision.luma import luma_of
from vision.opening import open_source
from vision.packet import EncodedPacket
from vision.rtsp_settings import RtspSettings
from vision.source_file import FileSource
from vision.source_rtsp import RtspSource
from vision.stream_format import StreamFormat, video_stream
from vision.time_axis import TimeAxis

COUNT = 90
KINDS = [kind for kind in get_args(DecoderKind) if kind != "software"]
WHY = {
    "vaapi": ("this build of FFmpeg cannot decode h264 with vaapi", "it cannot be opened"),
    "cuda": ("this build of FFmpeg cannot decode h264 with cuda", "it cannot be opened"),
    "rkmpp": ("this build of FFmpeg has no decoder h264_rkmpp", "it cannot be opened"),
    "v4l2m2m": ("this build of FFmpeg has no decoder h264_v4l2m2m", "it cannot be opened"),
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(tmp_path_factory.mktemp("clip") / "clip.mp4", pictures(COUNT), even_ms(COUNT))


@pytest.fixture(scope="module")
def reordered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reordered")
    return encode(folder / "b.mp4", pictures(COUNT), even_ms(COUNT), bf="3", preset="veryfast", g="20")


def skip_with_hardware(decoder: str, kind: str) -> None:
    if decoder == kind:
        pytest.skip(f"this machine decodes with {kind}")


def as_seen(frames: Iterator[Frame]) -> list[tuple[float, bytes]]:
    return [(frame.time_s, frame.luma.tobytes()) for frame in frames]


def assert_is_told_once(logs: list[Any], kind: str, source: str) -> None:
    (told,) = [log for log in logs if log["event"] == "decoder_unusable"]
    assert (told["source"], told["decoder"], told["instead"]) == (source, kind, "software")
    assert told["reason"].startswith(WHY[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_file_is_decoded_by_software_where_there_is_no_hardware(clip: Path, kind: DecoderKind) -> None:
    by_software = as_seen(FileSource(clip).frames())
    with capture_logs() as logs:
        source = FileSource(clip, decoder=kind)
        skip_with_hardware(source.info.decoder, kind)
        assert as_seen(source.frames()) == by_software
    assert source.info.decoder == "software"
    assert_is_told_once(logs, kind, "clip")


def test_software_says_nothing(clip: Path) -> None:
    with capture_logs() as logs:
        source = FileSource(clip)
        assert len(list(source.frames())) == COUNT
    assert (logs, source.info.decoder) == ([], "software")


@pytest.mark.parametrize("kind", KINDS)
def test_camera_tells_once_however_often_it_is_connected_to(clip: Path, kind: DecoderKind) -> None:
    source = RtspSource(
        "rtsp://viewer:secret@192.0.2.7/cam",
        clock=HastyClock(),
        settings=RtspSettings(decoder=kind),
        open_container=ScriptedCamera([clip]),
    )
    with capture_logs() as logs:
        frames = list(islice(source.frames(), 3 * COUNT))
        source.close()
    skip_with_hardware(source.info.decoder, kind)
    assert (len(frames), source.counts.connections) == (3 * COUNT, 3)
    assert_is_told_once(logs, kind, "rtsp://192.0.2.7/cam")


@pytest.mark.parametrize("kind", KINDS)
def test_camera_on_the_network_is_seen_without_hardware(clip: Path, kind: DecoderKind) -> None:
    skip_without_gstreamer()
    port = free_port()
    with serving(clip, port), capture_logs() as logs:
        source = open_source(
            f"rtsp://127.0.0.1:{port}/cam",
            clock=SystemClock(),
            give_up_first=True,
            settings=RtspSettings(decoder=kind),
        )
        frames = list(islice(source.frames(), 30))
        source.close()
    skip_with_hardware(source.info.decoder, kind)
    assert (len(frames), source.counts.damaged_packets) == (30, 0)
    assert_is_told_once(logs, kind, f"rtsp://127.0.0.1:{port}/cam")


@dataclass
class Device:
    """Stands in for hardware: software, whose pictures come late, in another layout, wrong, or not for ever.

    Attributes:
        lag: Pictures that it holds back.
        layout: Pixel format of its pictures.
        lies: Whether they show something else.
        dies_after: Packets that it takes before it fails at each.
        skips: First pictures that it leaves out.
    """

    lag: int = 0
    layout: str = "nv12"
    lies: bool = False
    dies_after: int = 10**6
    skips: int = 0

    def open(self, stream: StreamFormat, kind: DecoderKind) -> PictureDecoder:
        self._software = stream.new_decoder(1)
        self._held: list[av.VideoFrame] = []
        return self

    def decode(self, packet: "av.Packet[Stream] | None") -> list[av.VideoFrame]:
        self.dies_after -= 1
        if self.dies_after < 0:
            raise av.error.ExternalError(1, "Generic error in an external library")
        self._held += [self._made(picture) for picture in self._software.decode(packet)]
        while self.skips and self._held:
            self.skips -= 1
            del self._held[0]
        ready = len(self._held) if packet is None else max(0, len(self._held) - self.lag)
        out, self._held = self._held[:ready], self._held[ready:]
        return out

    def _made(self, picture: av.VideoFrame) -> av.VideoFrame:
        made = picture.reformat(format=self.layout)
        if self.lies:
            plane = made.planes[0]
            plane.update(bytes(plane.buffer_size))
        return made


def decoded(
    clip: Path, open_device: OpenDevice, damage: Callable[[list[EncodedPacket]], None] = lambda packets: None
) -> tuple[list[Frame], list[str], list[Any], Counts]:
    """Decode a clip; give its frames, what decoded after each packet, what was logged, and the totals."""
    with av.open(str(clip)) as container:
        stream = StreamFormat.of(container, "clip")
        packets = [EncodedPacket.from_av(p) for p in container.demux(video_stream(container, "clip")) if p.size]
    damage(packets)
    hardware, counts = Hardware("cuda", "clip", open_device), Counts()
    decoder = Decoder(stream, counts, TimeAxis(stream.time_base), hardware=hardware)
    frames: list[Frame] = []
    in_use: list[str] = []
    with capture_logs() as logs:
        for packet in [*packets, None]:
            frames += decoder.decode(packet)
            in_use.append(hardware.in_use)
    return frames, in_use, logs, counts


@pytest.mark.parametrize("lag", [0, 1, 7])
@pytest.mark.parametrize("layout", ["nv12", "yuv420p"])
@pytest.mark.parametrize("which", ["clip", "reordered"])
def test_no_picture_is_lost_when_hardware_takes_over(
    request: pytest.FixtureRequest, which: str, layout: str, lag: int
) -> None:
    clip: Path = request.getfixturevalue(which)
    expected = as_seen(FileSource(clip).frames())
    frames, in_use, logs, counts = decoded(clip, Device(lag, layout).open)
    assert as_seen(iter(frames)) == expected
    assert (counts.out_of_order, counts.damaged_packets) == (0, 0)
    assert in_use[-1] == "cuda"
    assert in_use.index("cuda") <= lag + 3
    assert [log["event"] for log in logs] == ["decoder_used"]


def test_ten_bits_of_hardware_are_those_of_software(tmp_path: Path) -> None:
    clip = encode(tmp_path / "deep.mp4", pictures(COUNT), even_ms(COUNT), pixels="yuv420p10le")
    expected = [frame.luma.copy() for frame in FileSource(clip).frames()]
    frames, in_use, _, _ = decoded(clip, Device(layout="p010le").open)
    assert (in_use[-1], len(frames)) == ("cuda", COUNT)
    for frame, luma in zip(frames, expected, strict=True):
        assert np.abs(frame.luma.astype(int) - luma).max() <= 1


def test_hardware_that_leaves_out_the_first_pictures_is_used_later(clip: Path) -> None:
    frames, in_use, _, _ = decoded(clip, Device(skips=3).open)
    assert (len(frames), in_use[2], in_use[-1]) == (COUNT, "software", "cuda")


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (Device(lies=True), "it shows other pictures than software"),
        (Device(lag=COUNT), "it gave none of the first 50 pictures"),
        (Device(dies_after=0), "it fails at the first packets (Generic error in an external library)"),
        (Device(lag=3, dies_after=2), "it fails at the first packets (Generic error in an external library)"),
    ],
    ids=["lies", "silent", "dead", "dies"],
)
def test_hardware_that_fails_at_the_start_costs_no_picture(clip: Path, device: Device, reason: str) -> None:
    frames, in_use, logs, counts = decoded(clip, device.open)
    assert as_seen(iter(frames)) == as_seen(FileSource(clip).frames())
    assert counts.damaged_packets == 0
    assert "cuda" not in in_use
    assert [(log["event"], log["reason"]) for log in logs] == [("decoder_unusable", reason)]


def test_hardware_that_dies_later_costs_seconds_and_not_the_camera(tmp_path: Path) -> None:
    count = 200
    clip = encode(tmp_path / "long.mp4", pictures(count), even_ms(count))
    frames, in_use, logs, counts = decoded(clip, Device(dies_after=20).open)
    assert (in_use[19], in_use[-1]) == ("cuda", "software")
    assert [log["event"] for log in logs] == ["decoder_used", "decoder_unusable"]
    assert logs[1]["reason"] == "it gave no picture for 50 packets"
    shown = {round(frame.time_s / 0.04) for frame in frames}
    # Software begins at packet 70, which is a key picture.
    assert shown == {*range(20), *range(70, count)}
    assert counts.damaged_packets == 50


def test_a_damaged_stream_is_not_the_hardware_s_fault(clip: Path) -> None:
    def spoil(packets: list[EncodedPacket]) -> None:
        packets[0] = replace(packets[0], data=bytes(range(256)))

    _, in_use, logs, counts = decoded(clip, Device().open, spoil)
    assert counts.damaged_packets > 0
    assert in_use[-1] == "cuda"
    assert [log["event"] for log in logs] == ["decoder_used"]


def test_pictures_to_be_turned_are_left_to_software(tmp_path: Path) -> None:
    clip = encode(tmp_path / "turned.mp4", pictures(20), even_ms(20), rotation_deg=90)
    frames, _, logs, _ = decoded(clip, Device().open)
    assert as_seen(iter(frames)) == as_seen(FileSource(clip).frames())
    assert [log["event"] for log in logs] == ["decoder_unusable"]


def test_hardware_that_failed_is_not_tried_again(clip: Path) -> None:
    asked: list[str] = []

    def refuse(_: StreamFormat, kind: DecoderKind) -> PictureDecoder:
        asked.append(kind)
        raise HardwareUnusable("none")

    with av.open(str(clip)) as container:
        stream = StreamFormat.of(container, "clip")
    hardware = Hardware("vaapi", "clip", refuse)
    with capture_logs() as logs:
        for _ in range(3):
            hardware.new_decoder(stream, 1)
    assert asked == ["vaapi"]
    assert len(logs) == 1


@pytest.mark.parametrize("layout", ["nv12", "p010le", "yuv420p10le"])
def test_brightness_of_a_layout_is_in_its_first_plane(layout: str) -> None:
    drawn = pictures(1)[0]
    grey = av.VideoFrame.from_ndarray(drawn, format="gray")
    shown = luma_of(grey.reformat(format=layout))
    assert shown.shape == drawn.shape
    assert np.corrcoef(shown.ravel(), drawn.ravel())[0, 1] > 0.999
