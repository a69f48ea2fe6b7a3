"""A first guess of a fall in space.

Once the release time and the drag are given, the release point and velocity follow linearly from the rays and from
what is known of throws. So a grid of release times and weights is solved at once, and the best is taken. The drag is
that of a vertical fall from rest, which has a closed form: speed = terminal * tanh(g t / terminal).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from floors.camera import Camera
from floors.trajectory import GRAVITY_M_S2

Array = NDArray[np.float64]

_TERMINALS_M_S = np.array([5.0, 8.0, 12.0, 17.0, 24.0, 35.0, 70.0])
_HIDDEN_S = np.array([-0.05, 0.05, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0, 1.25, 1.5, 1.75, 2.0, 2.4])
_SPREAD = np.linspace(-1.0, 1.0, 7)
_ZOOMS = (1.0, 0.3)
_MOST_POINTS = 32


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Means and standard deviations of the release: distance, right, up, out, then of the wind right and out.

    In metres and metres a second.
    """

    means: tuple[float, float, float, float, float, float]
    sigmas: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A guessed release.

    Attributes:
        place_m: (3,) where.
        velocity_m_s: (3,) how fast.
        wind_m_s: (2,) right and out.
        release_s: When, presentation seconds.
        terminal_m_s: Terminal velocity.
        cost: Half the sum of squared misses, in standard deviations, beliefs included.
    """

    place_m: Array
    velocity_m_s: Array
    wind_m_s: Array
    release_s: float
    terminal_m_s: float
    cost: float


def guess(times_s: Array, ideal_px: Array, sigmas_px: Array, camera: Camera, beliefs: Beliefs) -> list[Start]:
    """Guess releases, one for each assumed terminal velocity, the most likely first.

    Args:
        times_s: (N,) presentation seconds.
        ideal_px: (N, 2) undistorted pixels.
        sigmas_px: (N,) standard deviation of a coordinate.
        camera: Pose.
        beliefs: What is known of throws.
    """
    if len(times_s) > _MOST_POINTS:
        chosen = np.linspace(0, len(times_s) - 1, _MOST_POINTS).astype(np.intp)
        thinning = np.sqrt(_MOST_POINTS / len(times_s))
        times_s, ideal_px, sigmas_px = times_s[chosen], ideal_px[chosen], sigmas_px[chosen] * thinning
    rows, targets = ray_rows(ideal_px, sigmas_px, camera)
    problem = _Linear(times_s - times_s[0], rows, targets, beliefs)
    cells = _best_by_terminal(problem)
    cells.sort(key=lambda cell: cell.cost)
    for width in _ZOOMS:
        middle = cells[0]
        hidden, terminal = _grid(
            middle.hidden_s + 0.2 * width * _SPREAD, middle.terminal_m_s * 1.4 ** (width * _SPREAD)
        )
        cells[0] = min((middle, problem.solve(hidden, terminal)), key=lambda cell: cell.cost)
    return [
        Start(
            place_m=cell.solved[:3],
            velocity_m_s=cell.solved[3:6],
            wind_m_s=cell.solved[6:],
            release_s=float(times_s[0]) - cell.hidden_s,
            terminal_m_s=cell.terminal_m_s,
            cost=cell.cost,
        )
        for cell in cells
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """The best point of a grid: seconds hidden, terminal velocity, place, velocity and wind (8,), cost."""

    hidden_s: float
    terminal_m_s: float
    solved: Array
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class _Linear:
    """Rays and beliefs as equations, linear once release time and drag are given."""

    since_s: Array
    rows: Array
    targets: Array
    beliefs: Beliefs

    def solve(self, hidden_s: Array, terminal_m_s: Array) -> _Cell:
        """Solve at grid points (G,) and give the best."""
        flown_s = self.since_s[None] + hidden_s[:, None]
        reach, drop = _from_rest(flown_s, terminal_m_s[:, None])
        moving = self.rows[None] * reach[:, :, None, None]
        blown = self.rows[None, :, :, [0, 2]] * (flown_s - reach)[:, :, None, None]
        columns = np.concatenate((np.broadcast_to(self.rows, moving.shape), moving, blown), axis=-1)
        columns = columns.reshape(len(hidden_s), -1, 8)
        aims = (self.targets[None] + self.rows[None, :, :, 1] * drop[:, :, None]).reshape(len(hidden_s), -1)
        weights = 1 / np.array(self.beliefs.sigmas)
        extra = np.zeros((6, 8))
        extra[range(6), [2, 3, 4, 5, 6, 7]] = weights
        extra_aims = np.array(self.beliefs.means) * weights
        turned = columns.transpose(0, 2, 1)
        normal = turned @ columns + extra.T @ extra + 1e-9 * np.eye(8)
        right_side = turned @ aims[:, :, None] + (extra.T @ extra_aims)[:, None]
        solved = np.linalg.solve(normal, right_side)[:, :, 0]
        misses = (columns @ solved[:, :, None])[:, :, 0] - aims
        beyond = solved @ extra.T - extra_aims
        costs = 0.5 * ((misses**2).sum(axis=1) + (beyond**2).sum(axis=1))
        best = int(np.argmin(costs))
        return _Cell(float(hidden_s[best]), float(terminal_m_s[best]), solved[best], float(costs[best]))


def _best_by_terminal(problem: _Linear) -> list[_Cell]:
    return [problem.solve(_HIDDEN_S, np.full_like(_HIDDEN_S, terminal)) for terminal in _TERMINALS_M_S]


def _grid(hidden_s: Array, terminal_m_s: Array) -> tuple[Array, Array]:
    first, second = np.meshgrid(hidden_s, terminal_m_s)
    return first.ravel(), second.ravel()


def ray_rows(ideal_px: Array, sigmas_px: Array, camera: Camera) -> tuple[Array, Array]:
    """Give (N, 2, 3) rows and (N, 2) targets: a point P is seen at slope a when (axis - a forward) . (P - C) = 0."""
    slopes = (ideal_px - camera.centre_px) / camera.focal_px
    normals = camera.rotation[:2][None] - slopes[:, :, None] * camera.rotation[2]
    # The miss in pixels is the algebraic one by the depth; that of the wall behind is near enough.
    wall = np.concatenate((camera.on_facade(camera.seen_pixels(ideal_px)), np.zeros((len(slopes), 1))), axis=1)
    depth = np.abs((wall - camera.position_m) @ camera.rotation[2])
    rows = normals * (camera.focal_px / (np.maximum(depth, 1.0) * sigmas_px))[:, None, None]
    return rows, rows @ camera.position_m


def _from_rest(since_s: Array, terminal_m_s: Array) -> tuple[Array, Array]:
    """Give level reach (seconds) and drop (metres) of a vertical fall from rest after `since_s`."""
    rate = GRAVITY_M_S2 / terminal_m_s
    phase = rate * since_s
    drop = terminal_m_s / rate * (np.logaddexp(phase, -phase) - np.log(2.0))
    return 2 / rate * np.arctan(np.tanh(0.5 * phase)), drop
