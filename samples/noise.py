"""The noise of an image sensor."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.canvas import Canvas, to_light

_FIELDS = 4
_PADDING_PX = 96
_FIELD_SCALE = 24.0
_SIGMA_SCALE = 12.0
_LEAST_LIGHT = 0.01
_GAMMA = 2.2
_CHROMA_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Sensor:
    """How noisy a sensor is.

    Attributes:
        white_electrons: Electrons in a pixel at white; more gain (night) means fewer.
        read_electrons: Read noise, electrons.
        grain_px: Blur of the grain by demosaicing and the camera's own noise reduction, pixels (standard deviation).
    """

    white_electrons: float
    read_electrons: float
    grain_px: float

    def sigma_levels(self, luma: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the standard deviation of luma at given luma, levels.

        Shot noise has the variance of the count of electrons, read noise adds to it (Janesick, Photon Transfer, ch. 3);
        the slope of the transfer curve brings it to levels.
        """
        light = np.maximum(to_light(luma), _LEAST_LIGHT)
        in_light = np.sqrt(light * self.white_electrons + self.read_electrons**2) / self.white_electrons
        slope = 219.0 / _GAMMA * np.power(light, 1.0 / _GAMMA - 1.0)
        return (in_light * slope).astype(np.float32)


DAY_SENSOR = Sensor(white_electrons=7000.0, read_electrons=4.0, grain_px=0.5)
NIGHT_SENSOR = Sensor(white_electrons=1000.0, read_electrons=4.0, grain_px=0.7)


class SensorNoise:
    """Adds grain to pictures of one size, from a few fields made once and laid at another place for each picture."""

    def __init__(self, sensor: Sensor, size_px: tuple[int, int], seed: int) -> None:
        self._seed = seed
        width, height = size_px
        rng = np.random.default_rng([seed, 1])
        shape = (height + _PADDING_PX, width + _PADDING_PX)
        self._fields = [_field(shape, sensor.grain_px, rng) for _ in range(_FIELDS)]
        levels = np.arange(256, dtype=np.float32)
        scaled = np.minimum(sensor.sigma_levels(levels) * _SIGMA_SCALE, 127.0)
        self._sigma = np.rint(scaled).astype(np.int8)

    def add(self, canvas: Canvas, index: int) -> None:
        """Add the grain of the picture of that index, in place; the same index has the same grain."""
        rng = np.random.default_rng([self._seed, 2, index])
        luma = canvas.luma
        sigma = cv2.LUT(luma, self._sigma)
        grain = self._cut(luma.shape, rng)
        scaled = cv2.multiply(grain, sigma, scale=1.0 / (_FIELD_SCALE * _SIGMA_SCALE), dtype=cv2.CV_8S)
        luma[:] = cv2.add(luma, scaled, dtype=cv2.CV_8U)
        mean_sigma = float(self._sigma[int(luma[::16, ::16].mean())]) / _SIGMA_SCALE
        for plane in canvas.chroma:
            grain = self._cut(plane.shape, rng)
            plane[:] = cv2.addWeighted(
                plane, 1.0, grain, _CHROMA_SHARE * mean_sigma / _FIELD_SCALE, 0.0, dtype=cv2.CV_8U
            )

    def _cut(self, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.int8]:
        field = self._fields[int(rng.integers(_FIELDS))]
        top = int(rng.integers(field.shape[0] - shape[0]))
        left = int(rng.integers(field.shape[1] - shape[1]))
        return field[top : top + shape[0], left : left + shape[1]]


def _field(shape: tuple[int, int], grain_px: float, rng: np.random.Generator) -> NDArray[np.int8]:
    field = cv2.GaussianBlur(rng.standard_normal(shape, dtype=np.float32), (0, 0), grain_px)
    scaled = field * np.float32(_FIELD_SCALE / field.std())
    rounded: NDArray[np.int8] = np.clip(np.rint(scaled), -127, 127).astype(np.int8)
    return rounded
