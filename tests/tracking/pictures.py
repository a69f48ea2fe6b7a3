"""Pictures with exact truth: a wall, its noise, and a blob that moves before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.tracking.scenes import HEIGHT_PX, WIDTH_PX
from tracking.past import Picture

Array = NDArray[np.float64]
WALL = 120.0
ROWS, COLUMNS = slice(150, 650), slice(800, 1050)
"""Where pictures are drawn at all: the falls of `free_fall_px` are there."""


def blob(shape: tuple[int, int], place_px: Array, contrast: float, sigma_px: float) -> Array:
    """Draw a round Gaussian blob: (height, width) grey levels."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    distance2 = (columns - place_px[0]) ** 2 + (rows - place_px[1]) ** 2
    result: Array = contrast * np.exp(-distance2 / (2 * sigma_px**2))
    return result


@dataclass(slots=True)
class DrawnPast:
    """Pictures of a wall with noise, and of a blob on a path from `from_s` on; counts how often it is asked."""

    path: Callable[[Array], Array]
    from_s: float
    contrast: float
    noise: float = 4.0
    sigma_px: float = 1.2
    shake_px: float = 0.0
    step_s: float = 0.04
    asked: int = 0

    def pictures(self, start_s: float, end_s: float) -> Iterator[Picture]:
        """Draw the pictures of a span, each the same whenever it is asked for. See `Past`."""
        self.asked += 1
        for index in range(int(np.ceil(start_s / self.step_s)), int(np.floor(end_s / self.step_s)) + 1):
            yield self._picture(index)

    def _picture(self, index: int) -> Picture:
        rng = np.random.default_rng([11, index + 1000])
        time_s = index * self.step_s
        moved_px = rng.uniform(-self.shake_px, self.shake_px, 2)
        luma = np.full((HEIGHT_PX, WIDTH_PX), WALL)
        part = luma[ROWS, COLUMNS]
        # A wall with edges, so that a picture that is not moved back shows them everywhere.
        columns = np.arange(part.shape[1]) - moved_px[0]
        part += 20.0 * np.clip(np.sin(columns / 3.0), -0.5, 0.5)
        part += self.noise * rng.standard_normal(part.shape)
        if time_s >= self.from_s:
            place_px = self.path(np.array([time_s]))[0] + moved_px - (COLUMNS.start, ROWS.start)
            part += blob(part.shape, place_px, self.contrast, self.sigma_px)
        levels = np.clip(np.rint(luma), 0, 255).astype(np.uint8)
        return Picture(time_s, time_s, levels, (float(moved_px[0]), float(moved_px[1])))
