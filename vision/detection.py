"""A thing that moved in one frame."""

from typing import NamedTuple


class Detection(NamedTuple):
    """A blob of pixels that differ from the background.

    Rain makes hundreds a frame: a tuple is made in a fifth of the time of a frozen dataclass.

    Attributes:
        time_s: Presentation time of its frame, seconds.
        taken_s: When its picture was taken, seconds on the same axis: `time_s`, unless the recording was re-timed.
        x_px: Weighted centre, pixels of the full frame, x right.
        y_px: Weighted centre, y down.
        width_px: Width of its bounding box.
        height_px: Height of its bounding box.
        area_px: Number of pixels over the threshold.
        contrast: Mean difference to the background in grey levels, signed: positive where the object is brighter.
        snr: Largest difference over the threshold at that pixel (1 is just seen).
    """

    time_s: float
    taken_s: float
    x_px: float
    y_px: float
    width_px: float
    height_px: float
    area_px: int
    contrast: float
    snr: float

    @property
    def size_px(self) -> float:
        """Tell the longer side of its bounding box."""
        return max(self.width_px, self.height_px)
