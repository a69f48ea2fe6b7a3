"""Photographs of real facades, laid on the drawn building's wall."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from samples.building import Building
from samples.errors import BackgroundError
from samples.facade_texture import Texture

_ENDINGS = (".jpg", ".jpeg", ".png")
_TILE_M = 16.0


def list_photographs(folder: Path) -> tuple[Path, ...]:
    """List the photographs in a folder, by name.

    Raises:
        BackgroundError: The folder is missing or has none.
    """
    if not folder.is_dir():
        raise BackgroundError(f"no folder of photographs at {folder}: name one that exists, or leave it out")
    found = tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS))
    if not found:
        raise BackgroundError(f"no .jpg or .png in {folder}: name a folder with photographs of facades")
    return found


def lay_photograph(
    path: Path, building: Building, px_per_m: float, is_night: bool, rng: np.random.Generator
) -> Texture:
    """Cover a wall with the middle of a photograph, mirrored again and again upwards and to the right.

    Args:
        path: The photograph.
        building: Tells the size of the wall.
        px_per_m: Resolution.
        is_night: Whether a bright photograph is darkened.
        rng: Source of chance.

    Returns:
        The texture.

    Raises:
        BackgroundError: The file is not a picture.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise BackgroundError(f"{path} cannot be read as a picture: remove it from the folder")
    height, width = picture.shape[:2]
    middle = picture[int(height * 0.22) : int(height * 0.72), int(width * 0.22) : int(width * 0.78)]
    tile_m = _TILE_M * float(rng.uniform(0.8, 1.25))
    side = max(int(tile_m * px_per_m), 2)
    tile = cv2.resize(middle, (side, side), interpolation=cv2.INTER_AREA if side < width / 2 else cv2.INTER_CUBIC)
    rows, columns = round(building.height_m * px_per_m), round(building.width_m * px_per_m)
    block = np.vstack([np.hstack([tile, tile[:, ::-1]]), np.hstack([tile[::-1], tile[::-1, ::-1]])])
    repeats = (rows // block.shape[0] + 1, columns // block.shape[1] + 1, 1)
    wall = np.tile(block, repeats)[:rows, :columns].astype(np.float32)
    mean = float(wall.mean())
    if is_night and mean > 60.0:
        wall *= 50.0 / mean
    elif not is_night and mean < 90.0:
        wall *= 115.0 / max(mean, 1.0)
    return Texture(np.clip(wall, 0, 255).astype(np.uint8), px_per_m, building.height_m)
