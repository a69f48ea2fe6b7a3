"""Presentation time stamps made into seconds."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Lays the time stamps of one file, or of one connection to a camera, on the source's axis of seconds.

    Attributes:
        time_base: Seconds per unit of a time stamp.
        origin_pts: Time stamp of the first frame; None until there was one.
        offset_s: Where that first frame lies on the source's axis, seconds; 0 but for a camera's later connections.
        utc_origin: Wall-clock time of that first frame, or None where nothing tells it.
    """

    time_base: Fraction
    origin_pts: int | None = None
    offset_s: float = 0.0
    utc_origin: datetime | None = None

    def anchored(self, pts: int) -> "TimeAxis":
        """Make the axis whose first frame has this time stamp; an axis that has one already stays as it is."""
        return self if self.origin_pts is not None else replace(self, origin_pts=pts)

    def time_s(self, pts: int) -> float:
        """Tell the time of a time stamp, seconds on the source's axis."""
        return self.offset_s + float((pts - (self.origin_pts or 0)) * self.time_base)

    def utc(self, pts: int) -> datetime | None:
        """Tell the wall-clock time of a time stamp, where the axis knows it."""
        if self.utc_origin is None:
            return None
        return self.utc_origin + timedelta(seconds=self.time_s(pts) - self.offset_s)
