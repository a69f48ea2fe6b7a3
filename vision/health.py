"""Can a camera see? What its pictures show of darkness, covers, blur and a picture that stands still."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vision.hold import Hold
from vision.picture_figures import PictureFigures, measure_picture

Ailment = Literal["dark", "covered", "frozen", "blurred"]
Light = Literal["day", "night"]


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """When a picture is worth nothing. Levels are grey levels; docs/design/0011 has the measurements behind each.

    Attributes:
        look_every_s: How often a picture is measured.
        dark_level: Where nine tenths of a picture are darker, only lamps are left.
        flat_levels: Where nothing stands out by more, nothing is to be seen.
        clear_levels: Where something stands out by more, the view is clear.
        sudden_s: A view that was clear so shortly before it went flat was covered; fog takes minutes.
        soft: Sharpness below which a falling object is smeared away: a blur of 3 px and more.
        part_levels: Span of levels in a part of the picture that has something to lose.
        part_lost: What is left of that where it is hidden, as a share.
        parts_hidden: Share of such parts that must be hidden for a view to count as covered.
        least_parts: Share of the picture that must have something to lose.
        usual_s: Time constant with which what is usual follows what is seen.
        night_level, day_level: Median below which it is night, and above which it is day again.
        dark_s, covered_s, blurred_s, frozen_s: How long each must last to be told.
        clear_s: How long it must be gone.
    """

    look_every_s: float = 2.0
    dark_level: float = 18.0
    flat_levels: float = 6.0
    clear_levels: float = 25.0
    sudden_s: float = 10.0
    soft: float = 0.165
    part_levels: float = 10.0
    part_lost: float = 0.33
    parts_hidden: float = 0.7
    least_parts: float = 0.2
    usual_s: float = 120.0
    night_level: float = 50.0
    day_level: float = 65.0
    dark_s: float = 6.0
    covered_s: float = 6.0
    blurred_s: float = 10.0
    frozen_s: float = 30.0
    clear_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Blindness:
    """Why nothing can be seen.

    Attributes:
        ailment: What it is; the first of `Ailment` where several are so.
        since_s: Since when.
        until_s: Until when that is sure: the present, or when the picture began to look well again.
    """

    ailment: Ailment
    since_s: float
    until_s: float


class PictureHealth:
    """Follows the pictures of one camera.

    Attributes:
        light: Day or night, by how bright the pictures are; None before the first.
    """

    def __init__(self, limits: HealthLimits | None = None, *, was_covered: bool = False) -> None:
        """Begin; `was_covered` tells that the camera was covered when it was last looked at."""
        self._limits = limits = limits or HealthLimits()
        self.light: Light | None = None
        self._holds: dict[Ailment, Hold] = {
            "dark": Hold(limits.dark_s, limits.clear_s),
            "covered": Hold(limits.covered_s, limits.clear_s),
            "frozen": Hold(limits.frozen_s, 0.0),
            "blurred": Hold(limits.blurred_s, limits.clear_s),
        }
        self._sample: NDArray[np.uint8] | None = None
        self._usual: NDArray[np.float32] | None = None
        self._usual_light: Light | None = None
        self._is_sudden = self._was_flat = was_covered
        self._clear_s: float | None = None
        self._seen_s: float | None = None

    @property
    def is_well(self) -> bool:
        """Whether the last picture shows none of all this, not even for a moment."""
        seen = self._seen_s is not None
        return seen and not any(hold.is_on or hold.doubted_s is not None for hold in self._holds.values())

    @property
    def ailments(self) -> tuple[Ailment, ...]:
        """Tell all that is wrong with the pictures, the gravest first."""
        return tuple(ailment for ailment, hold in self._holds.items() if hold.is_on)

    def blindness(self) -> Blindness | None:
        """Tell why nothing can be seen, as of the last look; None where something can."""
        for ailment, hold in self._holds.items():
            if hold.is_on and self._seen_s is not None:
                until_s = self._seen_s if hold.doubted_s is None else hold.doubted_s
                return Blindness(ailment, hold.since_s, until_s)
        return None

    def see(self, luma: NDArray[np.uint8], now_s: float) -> bool:
        """Look at a (height, width) uint8 frame, unless the last look was a moment ago; tell whether it was looked at.

        Args:
            luma: The frame.
            now_s: When it came, monotonic seconds.
        """
        if self._seen_s is not None and now_s - self._seen_s < self._limits.look_every_s:
            return False
        figures = measure_picture(luma)
        self._follow_light(figures.median_level)
        self._judge(figures, now_s)
        self._sample = figures.sample
        self._seen_s = now_s
        return True

    def _judge(self, figures: PictureFigures, now_s: float) -> None:
        limits = self._limits
        is_dark = figures.bright_level < limits.dark_level
        is_flat = not is_dark and figures.standout_levels < limits.flat_levels
        is_something = not is_dark and not is_flat
        self._follow_clearness(figures.standout_levels, now_s, is_flat=is_flat)
        # Fog fades all parts; what is left beside a cover is as clear as ever.
        is_clear = is_something and figures.standout_levels >= limits.clear_levels
        is_hidden = is_clear and self._hidden_share(figures) >= limits.parts_hidden
        is_soft = is_something and figures.sharpness is not None and figures.sharpness < limits.soft
        is_fog = is_flat and not self._is_sudden
        self._holds["dark"].see(now_s, is_so=is_dark)
        self._holds["covered"].see(now_s, is_so=is_hidden or (is_flat and self._is_sudden))
        self._holds["blurred"].see(now_s, is_so=is_fog or (is_soft and not is_hidden))
        self._follow_stillness(figures.sample, now_s, is_something=is_something)
        if is_something and not is_hidden:
            self._learn(figures)

    def _follow_stillness(self, sample: NDArray[np.uint8], now_s: float, *, is_something: bool) -> None:
        """See whether not one of the pixels compared has changed; of black or flat pictures that says nothing."""
        hold = self._holds["frozen"]
        is_same = is_something and self._sample is not None and np.array_equal(sample, self._sample)
        if is_same and self._seen_s is not None and hold.doubted_s is None and not hold.is_on:
            # The picture before was the first that stood still.
            hold.see(self._seen_s, is_so=True)
        hold.see(now_s, is_so=is_same)

    def _follow_light(self, level: float) -> None:
        limits = self._limits
        if self.light is None:
            self.light = "day" if level > (limits.night_level + limits.day_level) / 2 else "night"
        elif level < limits.night_level:
            self.light = "night"
        elif level > limits.day_level:
            self.light = "day"

    def _follow_clearness(self, standout_levels: float, now_s: float, *, is_flat: bool) -> None:
        """Remember whether a view that is flat now went so from one moment to the next."""
        if is_flat and not self._was_flat:
            self._is_sudden = self._clear_s is not None and now_s - self._clear_s <= self._limits.sudden_s
        elif not is_flat and standout_levels >= self._limits.clear_levels:
            self._clear_s = now_s
        self._was_flat = is_flat

    def _hidden_share(self, figures: PictureFigures) -> float:
        """Tell in which share of the parts that have something to show nothing is left of it; 0 by night."""
        if self._usual is None or (self.light, self._usual_light) != ("day", "day"):
            # At night lamps go out together: nothing else would be left of their parts either.
            return 0.0
        limits = self._limits
        has_something = self._usual >= limits.part_levels
        if has_something.mean() < limits.least_parts:
            return 0.0
        left = np.minimum(limits.part_lost * self._usual, limits.part_levels)
        return float((figures.cell_levels < left)[has_something].mean())

    def _learn(self, figures: PictureFigures) -> None:
        """Let what is usual follow slowly: fog that comes in minutes takes it along."""
        if self._usual is None or self._usual_light != self.light:
            self._usual, self._usual_light = figures.cell_levels, self.light
            return
        share = np.float32(self._limits.look_every_s / self._limits.usual_s)
        self._usual = self._usual + share * (figures.cell_levels - self._usual)
