"""Recordings made of the sample clip."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from tests.droptrace.program import DEMO
from tests.vision.clips import encode, even_ms

DEMO_S = 7.0
"""Length of the sample clip, seconds."""


def write_repeated(target: Path, times: int) -> Path:
    """Write the sample clip's packets `times` over, without a gap in time: something falls in each turn."""
    with av.open(DEMO) as source, av.open(target, "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.size]
        time_base = packets[0].time_base
        assert time_base is not None
        turn_pts = round(Fraction(DEMO_S) / time_base)
        for turn in range(times):
            for packet in packets:
                assert packet.pts is not None
                assert packet.dts is not None
                copy = av.Packet(bytes(packet))
                copy.stream, copy.time_base, copy.is_keyframe = stream, time_base, packet.is_keyframe
                copy.pts, copy.dts = packet.pts + turn * turn_pts, packet.dts + turn * turn_pts
                output.mux(copy)
    return target


def write_images(folder: Path, first_s: float, last_s: float) -> Path:
    """Write the sample clip's frames of a span of time as images, with their times beside them."""
    folder.mkdir()
    lines = ["name,time_s"]
    with av.open(DEMO) as source:
        for frame in source.decode(video=0):
            if first_s <= frame.time <= last_s:
                name = f"{len(lines)}.jpg"
                cv2.imwrite(str(folder / name), frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, 95])
                lines.append(f"{name},{frame.time:.3f}")
    (folder / "times.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def write_even_motion(target: Path) -> Path:
    """Write a clip in which a square goes down at constant speed, as nothing that falls does."""
    wall = np.linspace(60, 140, 480)[None, :].repeat(360, axis=0)
    rng = np.random.default_rng(1)
    drawn = []
    for number in range(110):
        picture = wall + rng.normal(0, 2, wall.shape)
        step = number - 40
        if 0 <= step < 60:
            picture[20 + 5 * step : 26 + 5 * step, 200 + step : 206 + step] = 220
        drawn.append(np.clip(picture, 0, 255).astype(np.uint8))
    return encode(target, drawn, even_ms(len(drawn)))


def write_tiny(target: Path) -> Path:
    """Write a clip too small to see anything in."""
    return encode(target, [np.full((64, 80), 90, np.uint8)] * 5, even_ms(5))


def without_pictures(target: Path) -> Path:
    """Write the sample clip's head, which lists all its pictures, and not one of them."""
    content = DEMO.read_bytes()
    target.write_bytes(content[: content.index(b"mdat") + 4])
    return target
