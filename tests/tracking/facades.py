"""A wall with metres before a camera that looks up."""

import numpy as np

from floors.projection import Facade, make_facade
from floors.site import parse_site
from tests.tracking.scenes import LookingUp

WALL_M, EYE_M = 25.0, 1.5


def facade(min_floor: int = 7) -> Facade:
    """Describe a wall of 18 floors of 3 m, 25 m before a camera at 1.5 m; unit 01 is left of its middle."""
    corners_m = np.array([(-8.0, 24.0), (8.0, 24.0), (-8.0, 51.0), (8.0, 51.0)])
    in_space = np.column_stack([corners_m[:, 0], np.full(4, WALL_M), corners_m[:, 1] - EYE_M])
    pairs = ", ".join(
        f"{{ px = [{x:.3f}, {y:.3f}], m = [{m[0]}, {m[1]}] }}"
        for (x, y), m in zip(LookingUp().project(in_space), corners_m, strict=True)
    )
    text = f"""min_floor = {min_floor}
[camera]
id = "north"
width = 1920
height = 1080
[building]
id = "b"
name = "B"
[facade]
points = [{pairs}]
[floors]
count = 18
height_m = 3.0
[[units]]
name = "01"
x_m = [-8.0, 0.0]
[[units]]
name = "02"
x_m = [0.0, 8.0]
"""
    made = make_facade(parse_site(text, "north.site.toml"))
    assert made is not None
    return made
