"""The parts of a site: camera, building, marks on the picture. Pixels refer to the site's own frame size."""

from dataclasses import dataclass

Pixel = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SiteCamera:
    """The camera as the site file describes it.

    Attributes:
        id: Name of the camera.
        width_px: Width of the frame that the site's pixels refer to.
        height_px: Its height.
        distortion: k1, k2, p1, p2, k3 (Brown), or None.
        focal_px: Focal length, pixels, or None where it is to be found.
        centre_px: Principal point, or None for the middle of the frame.
    """

    id: str
    width_px: int
    height_px: int
    distortion: tuple[float, float, float, float, float] | None = None
    focal_px: float | None = None
    centre_px: Pixel | None = None


@dataclass(frozen=True, slots=True)
class Building:
    """The building: its key and the name that people read."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FacadePoint:
    """A point of the facade: pixel (x, y) and metres (x right, y up from the ground)."""

    px: Pixel
    m: tuple[float, float]


@dataclass(frozen=True, slots=True)
class FloorLine:
    """The lower edge of a floor on the picture, from left to right, pixels."""

    floor: int
    left_px: Pixel
    right_px: Pixel


@dataclass(frozen=True, slots=True)
class Unit:
    """A column of windows.

    Attributes:
        name: What the household's number says, such as "01".
        x_m: Left and right border, facade metres; None where lines are given.
        lines_px: Left and right border on the picture, each a line of two pixels; None where metres are given.
    """

    name: str
    x_m: tuple[float, float] | None = None
    lines_px: tuple[tuple[Pixel, Pixel], tuple[Pixel, Pixel]] | None = None


@dataclass(frozen=True, slots=True)
class Polygon:
    """An area of the picture: a zone (only here) or a shield (not here); corners in pixels."""

    name: str
    corners_px: tuple[Pixel, ...]
