"""What a scene is to be, before chance fills in the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """The order for one scene; the same order gives the same scene.

    Attributes:
        name: File name of its clip, without ending.
        seed: Seed of all that is left to chance.
        size_px: Width and height, even numbers.
        fps: Frames a second.
        variable_rate: Whether frames come late now and then, as from a busy camera.
        duration_s: Length.
        floors: Number of floors of the tower.
        lobby: Whether the first floor is higher than the others.
        distance_m: From the wall to the camera.
        lowest_floor: Lowest floor that the camera sees; the highest is the last.
        throw_floors: Floors from which something is thrown, one after the other.
        kinds: Kinds of object to choose from; empty for all.
        size_px_range: Least and largest size on the picture at the release: the root of the visible area, pixels.
        contrast_range: Least and largest difference to the wall, grey levels.
        is_night: Whether it is dark.
        shake_px: Standard deviation of the camera's shake.
        layers: Names of distractors and weather, from far to near.
        bitrate_bps: Of the encoded clip.
        shutter_s: How long the shutter is open for a frame.
        min_floor: What the site file says of floors from which incidents are sent on.
        exposures_fps: Exposures a second where fewer than frames, which then are repeated; None where each is its own.
        volley_s: Time within which all throws begin, every third together with the one before it; None for one after
            the other over the whole length.
        least_view_s: How long a throw has to be in view to be chosen.
        site_error_px: How far the points of the site file may be off.
        is_blank: Whether wall and sky are one even grey; then the truth tells each throw's signal to noise.
    """

    name: str
    seed: int
    size_px: tuple[int, int] = (1920, 1080)
    fps: float = 25.0
    variable_rate: bool = False
    duration_s: float = 8.0
    floors: int = 18
    lobby: bool = False
    distance_m: float = 25.0
    lowest_floor: int = 4
    throw_floors: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    size_px_range: tuple[float, float] = (3.0, 40.0)
    contrast_range: tuple[float, float] = (40.0, 170.0)
    is_night: bool = False
    shake_px: float = 0.0
    layers: tuple[str, ...] = ()
    bitrate_bps: int = 4_000_000
    shutter_s: float = 0.005
    min_floor: int = 7
    exposures_fps: float | None = None
    volley_s: float | None = None
    least_view_s: float = 0.8
    site_error_px: float = 0.0
    is_blank: bool = False
