"""How a stream is encoded."""

import io
from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from vision.errors import NotAVideo

MAX_SIDE_PX = 16384
_GUESSED_IN_AVI = frozenset({"h264", "hevc"})


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """All that a decoder or a muxer has to know of a stream; outlives the file or connection that it came from.

    Attributes:
        name: What to call the source in messages; without credentials.
        codec: Name of the codec, such as "h264".
        codec_tag: Four characters by which the container calls the codec; some decoders change their ways by it.
        time_base: Seconds per unit of the packets' time stamps.
        declared_fps: Frames a second as declared, or None.
        has_pts: Whether the container tells presentation times; AVI tells only those of decoding,
            and what FFmpeg guesses from them is wrong where H.264 or HEVC reorder in depth.
        template: A stream of an unwritten container, with the codec's parameters; never muxed into.
    """

    name: str
    codec: str
    codec_tag: str
    time_base: Fraction
    declared_fps: float | None
    has_pts: bool
    template: VideoStream

    @classmethod
    def of(cls, container: InputContainer, name: str) -> "StreamFormat":
        """Copy the parameters of the first video stream.

        Raises:
            NotAVideo: There is no video stream, its codec is unknown, or its size is not that of a picture.
        """
        stream = video_stream(container, name)
        context = stream.codec_context
        if max(context.width, context.height) > MAX_SIDE_PX:
            raise NotAVideo(
                f"{name}: a picture of {context.width} x {context.height} pixels is more than the {MAX_SIDE_PX} a side "
                "that are read; the header is damaged or the file is no recording of a camera"
            )
        return cls(
            name=name,
            codec=context.codec.canonical_name,
            codec_tag=context.codec_tag,
            time_base=stream.time_base or Fraction(1, 90_000),
            declared_fps=float(stream.average_rate) if stream.average_rate else None,
            has_pts=container.format.name != "avi" or context.codec.canonical_name not in _GUESSED_IN_AVI,
            template=_copy_of(stream),
        )

    @property
    def reorders(self) -> bool:
        """Tell whether pictures are decoded in another order than shown."""
        return self.template.codec_context.reorder_depth > 0

    def new_decoder(self, threads: int) -> VideoCodecContext:
        """Make a decoder of its own, for one thread to use, that hands each packet's `opaque` on to its frame."""
        context = _copy_of(self.template).codec_context
        context.codec_tag = self.codec_tag
        context.thread_count = threads
        context.copy_opaque = True
        return context


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """Find the stream with the moving pictures; a cover picture in a sound file is none.

    Raises:
        NotAVideo: There is none that can be decoded.
    """
    streams = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if not streams:
        raise NotAVideo(f"{name}: no video stream in it; give a recording of a camera")
    stream: VideoStream = streams[0]
    # The stubs do not say so, but a stream whose codec is unknown has no context.
    if getattr(stream, "codec_context", None) is None:
        raise NotAVideo(f"{name}: no decoder for its codec; convert it to H.264 in MP4")
    return stream


def _copy_of(stream: VideoStream) -> VideoStream:
    """Copy a stream's parameters into a container that is never written; that is how PyAV keeps all of them."""
    holder = av.open(io.BytesIO(), "w", format="null")
    return holder.add_stream_from_template(stream, opaque=True)
