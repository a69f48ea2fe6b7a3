"""Decoding in hardware, for as long as it gives the pictures that software gives."""

from collections.abc import Callable
from typing import Protocol

import av
import cv2
import structlog
from av.codec.hwaccel import HWAccel
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext

from vision.decoder_kind import DecoderKind
from vision.errors import HardwareUnusable
from vision.luma import luma_of
from vision.stream_format import StreamFormat

_BY_NAME = frozenset({"rkmpp", "v4l2m2m"})
_MOST_BARREN = 50
"""Packets (two seconds of a common camera) within which a decoder that works has given a picture."""
_MOST_DIFFERENCE = 2.0
"""Grey levels, mean of a picture. H.264 and H.265 decode to the very bits; what has ten bits is rounded."""


class PictureDecoder(Protocol):
    """Makes the packets of one stream into pictures."""

    def decode(self, packet: "av.Packet[Stream] | None") -> list[av.VideoFrame]:
        """Decode a packet into the pictures that are ready; None brings out the last ones.

        Raises:
            av.error.FFmpegError: The packet is damaged.
        """
        ...


OpenDevice = Callable[[StreamFormat, DecoderKind], PictureDecoder]


def open_device(stream: StreamFormat, kind: DecoderKind) -> VideoCodecContext:
    """Open the hardware that decodes a stream; its pictures come as the device makes them, mostly NV12.

    Raises:
        HardwareUnusable: FFmpeg was built without it, or there is no device, driver or right to use it.
    """
    known = stream.template.codec_context
    try:
        if kind in _BY_NAME:
            context = av.CodecContext.create(f"{stream.codec}_{kind}", "r")
        else:
            # When it fails later, it is to say so instead of going over to software in silence.
            accelerator = HWAccel(kind, allow_software_fallback=False)
            context = av.CodecContext.create(known.codec.name, "r", hwaccel=accelerator)
            if not context.is_hwaccel:
                raise HardwareUnusable(f"this build of FFmpeg cannot decode {stream.codec} with {kind}")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = known.width, known.height
        context.extradata = known.extradata
        context.codec_tag = stream.codec_tag
        # The drivers of V4L2 count in microseconds, and lose all times where they are not told this.
        context.options = {"pkt_timebase": str(stream.time_base)}
        context.thread_count = 1
        context.copy_opaque = True
        context.open()
    except av.codec.codec.UnknownCodecError as error:
        raise HardwareUnusable(f"this build of FFmpeg has no decoder {error}") from error
    except av.error.FFmpegError as error:
        raise HardwareUnusable(
            f"it cannot be opened ({error.strerror}); check device, driver, and whether this user may use them"
        ) from error
    return context


class Hardware:
    """The hardware that is to decode the pictures of one source; once it has failed, software does for good.

    Attributes:
        in_use: What decodes now.
    """

    def __init__(self, asked: DecoderKind, source: str, open_device: OpenDevice = open_device) -> None:
        """Open nothing yet.

        Args:
            asked: What is to decode.
            source: What to call the source in the log; without credentials.
            open_device: Opens the hardware; another one for tests.
        """
        self.in_use: DecoderKind = "software"
        self._asked = asked
        self._source = source
        self._open_device = open_device

    def new_decoder(self, stream: StreamFormat, threads: int) -> PictureDecoder:
        """Make a decoder of its own for a file, or for one connection to a camera."""
        self.in_use = "software"
        if self._asked == "software":
            return stream.new_decoder(threads)
        try:
            return _Watched(self._open_device(stream, self._asked), stream, threads, self)
        except HardwareUnusable as error:
            self.give_up(str(error))
            return stream.new_decoder(threads)

    def take_over(self) -> None:
        """Say that the hardware decodes from now on."""
        self.in_use = self._asked
        structlog.get_logger().info("decoder_used", source=self._source, decoder=self._asked)

    def give_up(self, reason: str) -> None:
        """Say why software decodes from now on, also after the next connection."""
        if self._asked != "software":
            structlog.get_logger().warning(
                "decoder_unusable", source=self._source, decoder=self._asked, reason=reason, instead="software"
            )
        self.in_use = self._asked = "software"


class _Watched:
    """Both decoders side by side until the hardware has shown a picture as software does, then the hardware alone.

    No picture is lost or comes late by that: until the hardware is trusted, those of software are handed out.
    """

    def __init__(self, device: PictureDecoder, stream: StreamFormat, threads: int, hardware: Hardware) -> None:
        self._device: PictureDecoder | None = device
        self._stream, self._threads = stream, threads
        self._software = stream.new_decoder(threads)
        self._hardware = hardware
        self._is_trusted = False
        self._reference: av.VideoFrame | None = None
        self._ahead: list[av.VideoFrame] = []  # of the hardware, that software has not handed out yet
        self._last_pts: int | None = None  # of what software handed out
        self._barren = 0

    def decode(self, packet: "av.Packet[Stream] | None") -> list[av.VideoFrame]:
        if self._device is None:
            return self._software.decode(packet)
        if self._is_trusted:
            return self._trusted(self._device, packet)
        return self._on_trial(self._device, packet)

    def _on_trial(self, device: PictureDecoder, packet: "av.Packet[Stream] | None") -> list[av.VideoFrame]:
        failure: str | None = None
        try:
            self._ahead += [_downloaded(picture) for picture in device.decode(packet)]
        except av.error.FFmpegError as error:
            failure = f"it fails at the first packets ({error.strerror})"
        # Where the packet is to blame this fails too, and nothing is said against the hardware.
        pictures = self._software.decode(packet)
        for picture in pictures:
            self._last_pts = picture.pts
            self._barren += 1
            if self._reference is None and not picture.is_corrupt:
                self._reference = picture
        failure = failure or self._judged()
        if failure is not None:
            self._give_up(failure)
        elif self._is_trusted:
            return [*pictures, *self._ahead]
        return pictures

    def _judged(self) -> str | None:
        """Compare what there is; tell what speaks against the hardware."""
        reference = self._reference
        if reference is not None and reference.pts is not None:
            if reference.rotation:
                return "its pictures are to be turned, which software alone tells"
            match = next((picture for picture in self._ahead if picture.pts == reference.pts), None)
            if match is not None and _differ(match, reference):
                return "it shows other pictures than software"
            if match is not None:
                self._trust()
            elif self._ahead and (self._ahead[-1].pts or 0) > reference.pts:
                self._reference = None  # that one was left out: compare with a later one
        self._ahead = [picture for picture in self._ahead if self._is_new(picture)]
        return f"it gave none of the first {_MOST_BARREN} pictures" if self._barren > _MOST_BARREN else None

    def _trust(self) -> None:
        self._is_trusted = True
        self._barren = 0
        self._reference = None
        self._software = self._stream.new_decoder(self._threads)
        self._hardware.take_over()

    def _trusted(self, device: PictureDecoder, packet: "av.Packet[Stream] | None") -> list[av.VideoFrame]:
        self._barren += 1
        if self._barren > _MOST_BARREN:
            self._give_up(f"it gave no picture for {_MOST_BARREN} packets")
            return self._software.decode(packet)
        pictures = [_downloaded(picture) for picture in device.decode(packet)]
        if pictures:
            self._barren = 0
        return [picture for picture in pictures if self._is_new(picture)]

    def _is_new(self, picture: av.VideoFrame) -> bool:
        return picture.pts is None or self._last_pts is None or picture.pts > self._last_pts

    def _give_up(self, reason: str) -> None:
        self._device = self._reference = None
        self._ahead = []
        self._hardware.give_up(reason)


def _downloaded(picture: av.VideoFrame) -> av.VideoFrame:
    """Fetch a picture into main memory, where the decoder has left it on the device."""
    return picture if picture.sw_format is None else picture.reformat(format=picture.sw_format.name)


def _differ(one: av.VideoFrame, other: av.VideoFrame) -> bool:
    if (one.width, one.height) != (other.width, other.height):
        return True
    return float(cv2.absdiff(luma_of(one), luma_of(other)).mean()) > _MOST_DIFFERENCE
