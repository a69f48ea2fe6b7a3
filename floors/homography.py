"""Homography between facade metres and pixels."""

import numpy as np
from numpy.typing import NDArray

from floors.errors import GeometryError

Array = NDArray[np.float64]

_SMALLEST_SPREAD = 1e-4


def fit_homography(plane: Array, image: Array) -> Array:
    """Fit the (3, 3) matrix from plane (N, 2) to image (N, 2) by the normalised direct linear transform.

    Hartley and Zisserman, Multiple View Geometry (2nd ed.), algorithm 4.2.

    Raises:
        GeometryError: Fewer than four points, or points in a line.
    """
    if len(plane) < 4:
        raise GeometryError(f"{len(plane)} points; a facade needs four or more")
    to_plane, to_image = _normaliser(plane), _normaliser(image)
    source, target = apply(to_plane, plane), apply(to_image, image)
    ones = np.ones((len(source), 1))
    zeros = np.zeros((len(source), 3))
    lifted = np.concatenate((source, ones), axis=1)
    upper = np.concatenate((lifted, zeros, -target[:, :1] * lifted), axis=1)
    lower = np.concatenate((zeros, lifted, -target[:, 1:] * lifted), axis=1)
    _, sizes, rows = np.linalg.svd(np.concatenate((upper, lower)))
    if sizes[7] < _SMALLEST_SPREAD * sizes[0]:
        raise GeometryError("the points lie in a line (or three of the four do)")
    matrix = np.linalg.inv(to_image) @ rows[8].reshape(3, 3) @ to_plane
    depths = np.concatenate((plane, ones), axis=1) @ matrix[2]
    if np.min(depths) < 0 < np.max(depths):
        raise GeometryError("no camera sees the points so: are two of them exchanged?")
    if abs(np.linalg.det(matrix)) < 1e-12:
        raise GeometryError("the points lie in a line")
    result: Array = matrix * np.sign(depths[0])
    return result


def apply(matrix: Array, points: Array) -> Array:
    """Map points (..., 2) by a (3, 3) homography."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    result: Array = mapped[..., :2] / mapped[..., 2:]
    return result


def _normaliser(points: Array) -> Array:
    """Give the similarity that centres points and makes their mean distance the square root of two."""
    centre = points.mean(axis=0)
    spread = float(np.sqrt(((points - centre) ** 2).sum(axis=1)).mean())
    if spread == 0:
        raise GeometryError("all points are in one place")
    scale = np.sqrt(2) / spread
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1.0]])
