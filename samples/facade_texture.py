"""A drawn facade: slabs, windows, balconies, boxes of air conditioners, curtains and dirt, in facade metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.building import Building, Unit

Colour = tuple[float, float, float]
Column = Literal["window", "wide_window", "balcony", "narrow"]

_WALLS: tuple[Colour, ...] = (
    (150, 165, 172),
    (128, 138, 146),
    (165, 178, 190),
    (118, 136, 158),
    (178, 182, 184),
    (135, 148, 140),
)


@dataclass(frozen=True, slots=True)
class Texture:
    """A picture laid on the wall.

    Attributes:
        bgr: (rows, columns, 3) uint8, row 0 at the top.
        px_per_m: Rows and columns to the metre.
        height_m: Height of its upper edge; its lower edge is the ground.
    """

    bgr: NDArray[np.uint8]
    px_per_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class Style:
    """What is alike on all floors of a tower: colours and the kind of each column; and how many windows are lit."""

    wall: Colour
    slab: Colour
    frame: Colour
    columns: tuple[Column, ...]
    lit_share: float
    is_night: bool


def draw_facade(building: Building, px_per_m: float, is_night: bool, rng: np.random.Generator) -> Texture:
    """Draw the facade of a tower.

    Args:
        building: Floors and units.
        px_per_m: Resolution.
        is_night: Whether walls are dark and some windows lit.
        rng: Source of chance.

    Returns:
        The texture, as wide and high as the building.
    """
    painter = _Painter(building, px_per_m)
    style = _make_style(building, is_night, rng)
    painter.fill((0.0, 0.0, building.width_m, building.height_m), style.wall)
    painter.roughen(rng)
    for floor in range(1, building.floor_count + 1):
        for unit, column in zip(building.units, style.columns, strict=True):
            _draw_cell(painter, style, column, _Cell(unit, building.slab_m(floor), building.storey_m(floor)), rng)
        _draw_slab(painter, style, building, floor, rng)
    if is_night:
        painter.darken()
        _light_windows(painter, style, building, rng)
    return painter.texture()


@dataclass(frozen=True, slots=True)
class _Cell:
    unit: Unit
    slab_m: float
    storey_m: float

    @property
    def centre_m(self) -> float:
        return (self.unit.left_m + self.unit.right_m) / 2.0


def _make_style(building: Building, is_night: bool, rng: np.random.Generator) -> Style:
    wall = _WALLS[int(rng.integers(len(_WALLS)))]
    lift = float(rng.uniform(-28, 22))
    kinds: tuple[Column, ...] = ("window", "wide_window", "balcony", "narrow")
    chosen = [kinds[int(k)] for k in rng.choice(len(kinds), size=len(building.units), p=(0.3, 0.25, 0.3, 0.15))]
    shade = float(rng.uniform(120, 205))
    frame = float(rng.choice([45.0, 80.0, 190.0]))
    return Style(
        wall=(wall[0] + lift, wall[1] + lift, wall[2] + lift),
        slab=(shade, shade + 4, shade + 8),
        frame=(frame, frame, frame),
        columns=tuple(chosen),
        lit_share=0.28 if is_night else 0.0,
        is_night=is_night,
    )


class _Painter:
    """Draws rectangles given in metres; edges fall on whole texels."""

    def __init__(self, building: Building, px_per_m: float) -> None:
        self.px_per_m = px_per_m
        self.height_m = building.height_m
        shape = (round(building.height_m * px_per_m), round(building.width_m * px_per_m), 3)
        self.bgr = np.zeros(shape, np.float32)

    def box(self, area_m: tuple[float, float, float, float]) -> tuple[slice, slice]:
        left, bottom, right, top = area_m
        rows = slice(
            max(round((self.height_m - top) * self.px_per_m), 0), round((self.height_m - bottom) * self.px_per_m)
        )
        return rows, slice(max(round(left * self.px_per_m), 0), round(right * self.px_per_m))

    def fill(self, area_m: tuple[float, float, float, float], colour: Colour) -> None:
        self.bgr[self.box(area_m)] = colour

    def shade(self, area_m: tuple[float, float, float, float], factor: float) -> None:
        self.bgr[self.box(area_m)] *= factor

    def ramp(self, area_m: tuple[float, float, float, float], top: float, bottom: float) -> None:
        rows, columns = self.box(area_m)
        view = self.bgr[rows, columns]
        view *= np.linspace(top, bottom, view.shape[0], dtype=np.float32)[:, None, None]

    def roughen(self, rng: np.random.Generator) -> None:
        height, width = self.bgr.shape[:2]
        for cell_m, strength in ((4.0, 0.06), (0.5, 0.04), (0.08, 0.035)):
            coarse = (max(int(width / (cell_m * self.px_per_m)), 2), max(int(height / (cell_m * self.px_per_m)), 2))
            field = rng.standard_normal(coarse[::-1], dtype=np.float32)
            self.bgr *= 1.0 + strength * cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]

    def darken(self) -> None:
        self.bgr *= np.array([0.20, 0.185, 0.17], np.float32)
        self.bgr += np.array([9.0, 10.0, 11.0], np.float32)

    def texture(self) -> Texture:
        return Texture(np.clip(self.bgr, 0, 255).astype(np.uint8), self.px_per_m, self.height_m)


def _draw_cell(painter: _Painter, style: Style, column: Column, cell: _Cell, rng: np.random.Generator) -> None:
    if column == "balcony":
        _draw_balcony(painter, style, cell, rng)
        return
    half_m = {"window": 0.75, "wide_window": 1.25, "narrow": 0.4}[column]
    sill_m = cell.slab_m + (1.3 if column == "narrow" else 0.9)
    _draw_window(painter, style, (cell.centre_m - half_m, sill_m, cell.centre_m + half_m, sill_m + 1.45), rng)
    painter.ramp((cell.centre_m - half_m, cell.slab_m, cell.centre_m + half_m, sill_m - 0.06), 0.82, 0.97)
    if rng.random() < 0.4:
        _draw_air_conditioner(painter, cell, rng)


def _draw_window(
    painter: _Painter, style: Style, area_m: tuple[float, float, float, float], rng: np.random.Generator
) -> None:
    left, bottom, right, top = area_m
    painter.fill((left - 0.07, bottom - 0.07, right + 0.07, top + 0.07), style.frame)
    glass = float(rng.uniform(28, 75))
    painter.fill(area_m, (glass * 1.15, glass * 1.05, glass))
    if rng.random() < 0.5:
        tint = rng.uniform(95, 200) * rng.uniform(0.8, 1.0, size=3)
        drawn_m = (right - left) * float(rng.uniform(0.2, 0.6))
        side = left if rng.random() < 0.5 else right - drawn_m
        painter.fill((side, bottom, side + drawn_m, top), (float(tint[0]), float(tint[1]), float(tint[2])))
    painter.ramp(area_m, 0.75, 1.25)
    count = max(int((right - left) / 0.75), 1)
    for index in range(1, count + 1):
        bar_m = left + (right - left) * index / (count + 1)
        painter.fill((bar_m - 0.025, bottom, bar_m + 0.025, top), style.frame)
    painter.fill((left, top - 0.45, right, top - 0.40), style.frame)
    painter.shade((left - 0.07, top, right + 0.07, top + 0.10), 0.6)


def _draw_balcony(painter: _Painter, style: Style, cell: _Cell, rng: np.random.Generator) -> None:
    left, right = cell.unit.left_m + 0.15, cell.unit.right_m - 0.15
    depth = float(rng.uniform(30, 55))
    painter.fill((left, cell.slab_m + 1.05, right, cell.slab_m + cell.storey_m - 0.25), (depth, depth, depth * 0.95))
    door_m = left + float(rng.uniform(0.2, right - left - 1.6))
    glass = float(rng.uniform(35, 95))
    painter.fill((door_m, cell.slab_m + 1.05, door_m + 1.4, cell.slab_m + 2.2), (glass * 1.1, glass, glass))
    if rng.random() < 0.45:
        _draw_washing(painter, (left, right), cell.slab_m, rng)
    tone = style.slab[0] * 0.92
    painter.fill((left, cell.slab_m + 0.1, right, cell.slab_m + 1.05), (tone, tone + 3, tone + 5))
    painter.ramp((left, cell.slab_m + 0.1, right, cell.slab_m + 1.05), 1.05, 0.85)
    painter.shade((left, cell.slab_m + 1.0, right, cell.slab_m + 1.05), 0.7)


def _draw_washing(painter: _Painter, span_m: tuple[float, float], slab_m: float, rng: np.random.Generator) -> None:
    place_m = span_m[0] + 0.2
    while place_m < span_m[1] - 0.7:
        width_m = float(rng.uniform(0.25, 0.6))
        colour = rng.uniform(60, 225) + rng.uniform(-35, 35, size=3)
        if rng.random() < 0.6:
            length_m = float(rng.uniform(0.3, 0.7))
            area_m = (place_m, slab_m + 2.1 - length_m, place_m + width_m, slab_m + 2.1)
            painter.fill(area_m, (float(colour[0]), float(colour[1]), float(colour[2])))
        place_m += width_m + 0.12


def _draw_air_conditioner(painter: _Painter, cell: _Cell, rng: np.random.Generator) -> None:
    tone = float(rng.uniform(150, 215))
    left = cell.unit.left_m + float(rng.uniform(0.1, 0.3))
    area_m = (left, cell.slab_m + 0.15, left + 0.85, cell.slab_m + 0.75)
    painter.fill(area_m, (tone, tone, tone))
    painter.fill((left + 0.1, cell.slab_m + 0.2, left + 0.55, cell.slab_m + 0.7), (tone * 0.6, tone * 0.6, tone * 0.6))
    painter.ramp((left, max(cell.slab_m - 0.9, 0.0), left + 0.85, cell.slab_m + 0.12), 0.78, 1.0)


def _draw_slab(painter: _Painter, style: Style, building: Building, floor: int, rng: np.random.Generator) -> None:
    slab_m = building.slab_m(floor)
    stain = float(rng.uniform(0.93, 1.04))
    colour = (style.slab[0] * stain, style.slab[1] * stain, style.slab[2] * stain)
    painter.fill((0.0, slab_m, building.width_m, slab_m + 0.22), colour)
    painter.shade((0.0, slab_m - 0.22, building.width_m, slab_m), 0.62)


def _light_windows(painter: _Painter, style: Style, building: Building, rng: np.random.Generator) -> None:
    for floor in range(1, building.floor_count + 1):
        for unit, column in zip(building.units, style.columns, strict=True):
            if rng.random() >= style.lit_share:
                continue
            half_m = {"window": 0.75, "wide_window": 1.25, "narrow": 0.4, "balcony": 1.1}[column]
            centre_m = (unit.left_m + unit.right_m) / 2.0
            bottom_m = building.slab_m(floor) + (1.3 if column == "narrow" else 1.1)
            level = float(rng.uniform(120, 235))
            warmth = float(rng.uniform(0.6, 1.0))
            area_m = (centre_m - half_m, bottom_m, centre_m + half_m, bottom_m + 1.1)
            painter.fill(area_m, (level * warmth, level * (0.5 + 0.5 * warmth), level))
            painter.ramp(area_m, 1.05, 0.7)
            painter.fill((centre_m - 0.03, bottom_m, centre_m + 0.03, bottom_m + 1.1), (30.0, 30.0, 30.0))
