"""A tracker made to fit a camera."""

from floors.site import Site
from tracking.clutter import SceneClutter
from tracking.motion import FreeAcceleration
from tracking.sighting import PixelSpace
from tracking.tentative import TentativeSettings
from tracking.tracker import Tracker


def make_tracker(width_px: int, height_px: int, site: Site | None) -> Tracker:
    """Make the tracker for frames of a size; a site's facade points put its tracks into metres."""
    del site
    return Tracker(
        PixelSpace(),
        FreeAcceleration.for_height(height_px),
        SceneClutter(width_px, height_px),
        TentativeSettings(max_speed=2.8 * height_px),
    )
