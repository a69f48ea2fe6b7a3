"""A tracker made to fit a camera."""

from floors.projection import Facade
from tracking.clutter import EvenClutter, SceneClutter
from tracking.facade_space import FacadeSpace
from tracking.motion import FreeAcceleration, GravityInput
from tracking.pairs import PairSettings
from tracking.sighting import PixelSpace
from tracking.tentative import TentativeSettings
from tracking.tracker import Tracker

_FASTEST_M_S = 60.0
"""Seen on the facade's plane: an object that comes nearer to the camera seems faster than it falls."""
_FASTEST_HEIGHTS_S = 2.8
"""Frame heights a second: real throws reach 2.5 at the lower edge of the picture."""


def make_tracker(width_px: int, height_px: int, facade: Facade | None, *, learns_clutter: bool = True) -> Tracker:
    """Make the tracker for frames of a size; facade points put its tracks into metres.

    Without `learns_clutter` the density of clutter is one number everywhere: for measuring what learning it is worth.
    """
    clutter = SceneClutter(width_px, height_px) if learns_clutter else EvenClutter()
    if facade is not None and facade.has_metres:
        settings = TentativeSettings(PairSettings(_FASTEST_M_S))
        return Tracker(FacadeSpace(facade), GravityInput(), clutter, settings)
    settings = TentativeSettings(PairSettings(_FASTEST_HEIGHTS_S * height_px))
    return Tracker(PixelSpace(), FreeAcceleration.for_height(height_px), clutter, settings)
