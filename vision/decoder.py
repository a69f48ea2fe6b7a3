"""Encoded packets made into frames."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vision.counts import Counts
from vision.errors import SizeChanged
from vision.frame import Frame
from vision.hardware import Hardware
from vision.luma import luma_of
from vision.packet import EncodedPacket
from vision.repeats import RepeatRecogniser
from vision.stream_format import StreamFormat
from vision.time_axis import TimeAxis

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class Decoder:
    """Decodes the packets of one file, or of one connection to a camera, in order.

    Damaged packets, frames without a time and frames whose time does not advance are left out and counted.
    """

    def __init__(
        self,
        stream: StreamFormat,
        counts: Counts,
        axis: TimeAxis,
        *,
        shape: tuple[int, int] | None = None,
        threads: int = 1,
        hardware: Hardware | None = None,
    ) -> None:
        """Prepare a decoder.

        Args:
            stream: How the packets are encoded.
            counts: The source's totals, added to.
            axis: Where its times lie; anchored at the first frame where it is not yet.
            shape: (height, width) that every frame must have; None to take that of the first.
            threads: Threads that may work on one picture.
            hardware: Decodes where it can; None leaves all to software.
        """
        self._stream = stream
        self._counts = counts
        self._axis = axis
        self._shape = shape
        self._pictures = hardware.new_decoder(stream, threads) if hardware else stream.new_decoder(threads)
        self._repeats = RepeatRecogniser()
        self._last_pts: int | None = None
        self._rotation_deg = 0

    @property
    def axis(self) -> TimeAxis:
        """Tell where the times lie; its `origin_pts` is None until the first frame is out."""
        return self._axis

    @property
    def rotation_deg(self) -> int:
        """Tell by how much the frames were turned clockwise: 0, 90, 180 or 270."""
        return self._rotation_deg

    def frames(self, packets: Iterable[EncodedPacket]) -> Iterator[Frame]:
        """Decode packets to the last frame.

        Raises:
            SizeChanged: A frame has another size than the ones before.
        """
        for packet in packets:
            yield from self.decode(packet)
        yield from self.decode(None)

    def decode(self, packet: EncodedPacket | None) -> list[Frame]:
        """Decode one packet into the frames that are ready, in order of presentation; None brings out the last ones.

        Raises:
            SizeChanged: A frame has another size than the ones before.
        """
        try:
            pictures = self._pictures.decode(packet.to_av(self._stream.time_base) if packet else None)
        except av.error.FFmpegError:
            self._counts.damaged_packets += 1
            return []
        frames = (self._frame(picture) for picture in pictures)
        return [frame for frame in frames if frame is not None]

    def _frame(self, picture: av.VideoFrame) -> Frame | None:
        pts = picture.pts if picture.pts is not None else picture.dts
        if picture.is_corrupt:  # decoded around missing bytes: smears would pass for things that move
            self._counts.damaged_packets += 1
            return None
        if pts is None:
            self._counts.without_time += 1
            return None
        if self._last_pts is not None and pts <= self._last_pts:
            self._counts.out_of_order += 1
            return None
        self._last_pts = pts
        self._axis = self._axis.anchored(pts)
        self._rotation_deg = round(-picture.rotation / 90) * 90 % 360
        luma = upright(luma_of(picture), self._rotation_deg)
        luma.flags.writeable = False
        self._check_size(luma.shape[0], luma.shape[1])
        is_repeat = self._repeats.is_repeat(luma)
        frame = Frame(
            index=self._counts.frames,
            pts=pts,
            time_base=self._stream.time_base,
            time_s=self._axis.time_s(pts),
            utc=picture.opaque if isinstance(picture.opaque, datetime) else self._axis.utc(pts),
            luma=luma,
            is_repeat=is_repeat,
            to_bgr=_ColourOf(picture, self._rotation_deg),
        )
        self._counts.frames += 1
        self._counts.repeats += is_repeat
        return frame

    def _check_size(self, height: int, width: int) -> None:
        self._shape = self._shape or (height, width)
        if self._shape != (height, width):
            raise SizeChanged(
                f"{self._stream.name}: pictures changed from {self._shape[1]} x {self._shape[0]} to {width} x {height} "
                "pixels; a camera is started anew at its new size, a recording must be cut there"
            )


class _ColourOf:
    """The colour picture of a frame, converted when it is called for."""

    __slots__ = ("_picture", "_rotation_deg")

    def __init__(self, picture: av.VideoFrame, rotation_deg: int) -> None:
        self._picture = picture
        self._rotation_deg = rotation_deg

    def __call__(self) -> NDArray[np.uint8]:
        bgr = self._picture.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
        return upright(bgr, self._rotation_deg)


def upright(image: NDArray[np.uint8], rotation_deg: int) -> NDArray[np.uint8]:
    """Turn an image clockwise by 90, 180 or 270 degrees into memory of its own; by 0 hand it back as it is."""
    if rotation_deg == 0:
        return image
    return np.asarray(cv2.rotate(image, _TURNS[rotation_deg]), dtype=np.uint8)
