"""Encoded packets written into a file as they are."""

from collections.abc import Sequence
from pathlib import Path

import av

from vision.errors import RecordingNotWritten
from vision.packet import EncodedPacket
from vision.stream_format import StreamFormat
from vision.time_axis import TimeAxis

_CONTAINERS = ((".mp4", "mp4"), (".mkv", "matroska"), (".mov", "mov"), (".nut", "nut"))
_WITHOUT_PTS = ((".avi", "avi"), (".mkv", "matroska"))


def write_clip(stem: Path, stream: StreamFormat, axis: TimeAxis, packets: Sequence[EncodedPacket]) -> Path:
    """Write packets by stream copy; the file appears under its name once it is complete.

    Args:
        stem: Path without ending; that of the first container that takes the codec is added.
        stream: How the packets are encoded.
        axis: Where their times lie; tells the clip's `creation_time` where it knows the wall clock.
        packets: In order of decoding, the first a key picture.

    Returns:
        The file.

    Raises:
        RecordingNotWritten: The disk is full or read-only, or no container takes the codec.
    """
    tells_order = stream.has_pts or not stream.reorders
    for suffix, format_name in _CONTAINERS if tells_order else _WITHOUT_PTS:
        final = stem.with_name(stem.name + suffix)
        partial = stem.with_name(f".{stem.name}.partial{suffix}")
        try:
            if _is_written(partial, format_name, stream, axis, packets):
                partial.replace(final)
                return final
        except av.error.InvalidDataError:
            continue  # it takes the codec, but not in the way that these packets are laid out
        except (av.error.FFmpegError, OSError) as error:
            raise RecordingNotWritten(
                f"{final}: the recording could not be written ({error.strerror}); free or mount the disk"
            ) from error
        finally:
            partial.unlink(missing_ok=True)
    raise RecordingNotWritten(f"{stem.name}: no container takes the codec {stream.codec}; set the camera to H.264")


def _is_written(
    path: Path, format_name: str, stream: StreamFormat, axis: TimeAxis, packets: Sequence[EncodedPacket]
) -> bool:
    """Write into one kind of container; tell whether it takes the codec."""
    stamps = decoding_order_stamps(packets)
    first_pts = stamps[0][0]
    # Without a duration the last picture ends as it begins, and MP4 cuts it off.
    last_step = stamps[-1][1] - stamps[-2][1] if len(stamps) > 1 else 1
    started = packets[0].arrival_utc or axis.utc(first_pts)
    with av.open(path, "w", format=format_name, container_options={"movflags": "+faststart"}) as output:
        if started is not None:
            output.metadata["creation_time"] = started.isoformat()
        try:
            written = output.add_stream_from_template(stream.template, opaque=True)
            output.start_encoding()
        except (ValueError, av.error.ArgumentError):
            return False
        for packet, (pts, dts) in zip(packets, stamps, strict=True):
            copy = packet.to_av(stream.time_base)
            copy.stream = written
            copy.pts, copy.dts = pts - first_pts, dts - first_pts
            copy.duration = packet.duration or last_step
            output.mux(copy)
    return True


def decoding_order_stamps(packets: Sequence[EncodedPacket]) -> list[tuple[int, int]]:
    """Find (pts, dts) for every packet, so that dts rises and never passes pts, as every container demands.

    Files have both, and keep them. Cameras send pts only: then dts is the sorted pts, moved back by as much as the
    pictures that are shown out of order need.
    """
    pts = _filled([packet.stamp for packet in packets])
    given = [packet.dts for packet in packets if packet.dts is not None]
    rises = all(a < b for a, b in zip(given, given[1:], strict=False))
    if len(given) == len(packets) and rises and all(d <= p for d, p in zip(given, pts, strict=True)):
        return list(zip(pts, given, strict=True))
    ordered = sorted(pts)
    back = max(after - shown for after, shown in zip(ordered, pts, strict=True))
    stamps: list[tuple[int, int]] = []
    for shown, after in zip(pts, ordered, strict=True):
        dts = after - back if not stamps else max(after - back, stamps[-1][1] + 1)
        stamps.append((max(shown, dts), dts))
    return stamps


def _filled(stamps: list[int | None]) -> list[int]:
    """Give a packet without any time the next tick after the one before."""
    filled: list[int] = []
    for stamp in stamps:
        filled.append(stamp if stamp is not None else (filled[-1] + 1 if filled else 0))
    return filled
