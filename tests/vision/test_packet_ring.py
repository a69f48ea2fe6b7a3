"""The ring of encoded packets: what it holds, and for how long."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.vision.clips import encode, even_ms, pictures
from vision.errors import NotHeld
from vision.packet import EncodedPacket
from vision.packet_ring import PacketRing
from vision.stream_format import StreamFormat
from vision.time_axis import TimeAxis

AXIS = TimeAxis(Fraction(1, 1000), origin_pts=0)


@pytest.fixture
def stream(tmp_path: Path) -> StreamFormat:
    with av.open(encode(tmp_path / "a.mp4", pictures(2), even_ms(2))) as container:
        return StreamFormat.of(container, "a")


def _packet(ms: int, *, key: bool = False, size: int = 100) -> EncodedPacket:
    return EncodedPacket(bytes(size), ms, ms, 40, key)


def _filled(stream: StreamFormat, *, keep_s: float, seconds: int, max_bytes: int = 10**9) -> PacketRing:
    """Fill a ring with 25 packets a second, a key picture at each full second."""
    ring = PacketRing(keep_s, max_bytes)
    ring.begin(stream)
    ring.lay_on(AXIS)
    for ms in range(0, 1000 * seconds, 40):
        ring.add(_packet(ms, key=ms % 1000 == 0))
    return ring


def test_recording_goes_from_the_key_picture_before_to_the_last_picture_asked_for(stream: StreamFormat) -> None:
    recording = _filled(stream, keep_s=30, seconds=10).cut(3.5, 5.1)
    assert (recording.start_s, recording.end_s) == (3.0, 5.08)
    packets = recording.segments[0].packets
    assert packets[0].is_key
    assert [packet.pts for packet in packets] == list(range(3000, 5081, 40))


def test_key_picture_at_the_very_time_is_enough(stream: StreamFormat) -> None:
    assert _filled(stream, keep_s=30, seconds=10).cut(4.0, 5.0).start_s == 4.0


def test_what_is_older_than_was_asked_to_keep_goes_but_never_sooner(stream: StreamFormat) -> None:
    ring = _filled(stream, keep_s=3.0, seconds=10)
    assert ring.cut(0.0, 9.0).start_s == 6.0  # 9.96 s is newest, so from 6.96 s on must be held
    assert ring.cut(6.96, 9.0).start_s == 6.0
    assert ring.held_bytes == 100 * 100
    with pytest.raises(NotHeld, match="the last 3 s are"):
        ring.cut(2.0, 5.9)


def test_bytes_are_bounded_too(stream: StreamFormat) -> None:
    ring = _filled(stream, keep_s=30, seconds=10, max_bytes=6000)
    assert 2500 < ring.held_bytes <= 6000
    assert ring.cut(0.0, 10.0).start_s == 8.0


def test_stream_without_key_pictures_cannot_fill_the_memory(stream: StreamFormat) -> None:
    ring = PacketRing(30, max_bytes=1000)
    ring.begin(stream)
    ring.lay_on(AXIS)
    ring.add(_packet(0, key=True))
    for ms in range(40, 4000, 40):
        ring.add(_packet(ms))
    assert ring.held_bytes == 0
    ring.add(_packet(4000, key=True))
    assert ring.cut(4.0, 5.0).start_s == 4.0


def test_packets_before_the_first_key_picture_are_not_held(stream: StreamFormat) -> None:
    ring = PacketRing(30)
    ring.begin(stream)
    ring.lay_on(AXIS)
    for ms in (0, 40, 80):
        ring.add(_packet(ms))
    assert ring.held_bytes == 0
    with pytest.raises(NotHeld):
        ring.cut(0.0, 1.0)


def test_pictures_shown_before_the_first_key_picture_are_left_out(stream: StreamFormat) -> None:
    ring = PacketRing(30)
    ring.begin(stream)
    ring.lay_on(AXIS)
    for ms, key in ((0, True), (40, False), (160, True), (80, False), (120, False), (200, False)):
        ring.add(replace(_packet(ms, key=key), dts=None))
    assert [packet.pts for packet in ring.cut(0.16, 1.0).segments[0].packets] == [160, 200]
    assert [packet.pts for packet in ring.cut(0.0, 1.0).segments[0].packets] == [0, 40, 160, 80, 120, 200]


def test_recording_over_a_lost_connection_has_a_segment_for_each(stream: StreamFormat) -> None:
    ring = _filled(stream, keep_s=30, seconds=2)
    ring.begin(stream)
    ring.add(_packet(0))
    ring.add(_packet(40, key=True))
    ring.lay_on(TimeAxis(Fraction(1, 1000), origin_pts=0, offset_s=5.0))
    ring.add(_packet(80))
    recording = ring.cut(1.5, 6.0)
    assert [segment.start_s for segment in recording.segments] == [1.0, 5.04]
    assert recording.end_s == 5.08
    with pytest.raises(NotHeld):
        ring.cut(2.5, 4.5)


def test_recording_does_not_change_when_the_ring_goes_on(stream: StreamFormat) -> None:
    ring = _filled(stream, keep_s=2, seconds=4)
    recording = ring.cut(2.0, 3.0)
    before = recording.segments[0].packets
    for ms in range(4000, 60_000, 40):
        ring.add(_packet(ms, key=ms % 1000 == 0))
    assert recording.segments[0].packets == before


def test_packet_that_is_decoded_twice_at_once_tells_its_arrival_both_times() -> None:
    packet = replace(_packet(0, key=True), arrival_utc=datetime(2026, 1, 1, tzinfo=UTC))
    first, second = (packet.to_av(Fraction(1, 1000)) for _ in range(2))
    del first
    assert second.opaque == datetime(2026, 1, 1, tzinfo=UTC)
