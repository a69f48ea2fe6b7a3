"""Where something light came from, from where it was first seen.

Cloth and paper reach their terminal velocity at once and then swing: no acceleration tells how far away they are, and
the fit of a ballistic path says nothing. But they are slow, so they are seen within a metre of the window.
"""

import numpy as np

from floors.origin import Origin
from floors.posterior import posterior
from floors.projection import Facade

_BEFORE_WALL_M = 0.4
_BEFORE_WALL_SIGMA_M = 0.3
_SUNK_SIGMA_M = 0.5
_RELEASE_X_SIGMA_M = 0.4


def trace_first_sight(facade: Facade, x_px: float, y_px: float) -> Origin:
    """Give floors and units with probabilities for what began to sink at a pixel.

    Args:
        facade: Geometry of the site.
        x_px: Where it was first seen.
        y_px: Where it was first seen.
    """
    wall_m = facade.metres_of(np.array([x_px, y_px]))
    # Seen from below, what is before the wall seems higher up than it is.
    per_metre = (facade.camera.position_m[:2] - wall_m) / facade.camera.position_m[2]
    nearer_px = facade.pixels_of(wall_m + _BEFORE_WALL_M * per_metre)
    height_m = facade.height_of_floor(facade.floor_of_pixel(*nearer_px.tolist()))
    height_sigma_m = float(np.hypot(_SUNK_SIGMA_M, _BEFORE_WALL_SIGMA_M * per_metre[1]))
    place, columns = facade.columns_at(*nearer_px.tolist())
    x_sigma = _RELEASE_X_SIGMA_M * (1.0 if facade.has_metres else facade.px_per_m_across(x_px, y_px))
    return posterior(height_m, height_sigma_m, facade.boundaries_m, place, x_sigma, columns)
