"""What a stream's times mean on the clocks that it shares with another stream of its camera."""

import struct
from threading import Lock

from vision.arrival_lag import ArrivalLag
from vision.packet import EncodedPacket

_SECONDS = 600
_LARGEST_DISAGREEMENT_S = 60.0
"""A box that does not keep up reads late, by many seconds; clocks that are not the same differ by more."""
_SENDER_TIME = "prft"
"""FFmpeg's name of the producer's reference time, which it takes from RTCP: microseconds since 1970, and flags."""


class StreamClock:
    """Lays the times of one stream on the machine's monotonic clock, and on the camera's own where RTCP tells it.

    One thread may tell it of packets while another one asks.
    """

    def __init__(self) -> None:
        """Begin without a packet."""
        self._lock = Lock()
        self._lag = ArrivalLag(1.0, _SECONDS)
        self._sender_s: float | None = None

    def take(self, packet: EncodedPacket, time_s: float, arrived_s: float) -> None:
        """Take each packet.

        Args:
            packet: Of the stream.
            time_s: When it is presented, on the stream's axis, seconds.
            arrived_s: When it came, monotonic seconds.
        """
        sent_s = _sent_s(packet)
        with self._lock:
            self._lag.note(time_s, arrived_s)
            if sent_s is not None:
                self._sender_s = sent_s - time_s

    def ahead_s(self, other: "StreamClock") -> float | None:
        """Tell by how much the times of this stream are larger than those of another at the same moment, seconds.

        The camera's own clock is taken where it has told both streams what it shows; else the packets of either that
        came soonest are held to have been under way as long.

        Returns:
            None before both have had a packet.
        """
        mine_s, mine_sent_s = self._read()
        others_s, others_sent_s = other._read()
        if mine_s is None or others_s is None:
            return None
        by_arrival_s = others_s - mine_s
        if mine_sent_s is None or others_sent_s is None:
            return by_arrival_s
        by_sender_s = others_sent_s - mine_sent_s
        # Some cameras count from 1970 in one stream and from their start in the other.
        return by_sender_s if abs(by_sender_s - by_arrival_s) <= _LARGEST_DISAGREEMENT_S else by_arrival_s

    def _read(self) -> tuple[float | None, float | None]:
        with self._lock:
            return min(self._lag.lags_s, default=None), self._sender_s


def _sent_s(packet: EncodedPacket) -> float | None:
    for data in packet.side_data:
        if data.data_type == _SENDER_TIME:
            (sent_us,) = struct.unpack_from("=q", bytes(data))
            return float(sent_us) / 1e6
    return None
