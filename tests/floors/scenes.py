"""Exact synthetic truth: a camera, a facade and a thrown object, integrated finely with drag."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from floors.camera import Camera

Array = NDArray[np.float64]
GRAVITY = 9.81
FRAME = (1920, 1080)


@dataclass(frozen=True)
class Throw:
    height_m: float
    x_m: float = 12.0
    distance_m: float = 0.3
    velocity_m_s: tuple[float, float, float] = (0.0, 0.3, 1.4)
    terminal_m_s: float = 25.0


def look(position: tuple[float, float, float], target: tuple[float, float, float], focal_px: float = 1300.0) -> Camera:
    forward = np.array(target) - np.array(position)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward])
    return Camera(focal_px, (FRAME[0] / 2, FRAME[1] / 2), rotation, np.array(position, dtype=np.float64))


def fly(throw: Throw, since_s: Array) -> Array:
    """World positions (N, 3) at times since release, by an adaptive integrator of high order."""
    drag = GRAVITY / throw.terminal_m_s**2

    def change(_: float, state: Array) -> Array:
        velocity = state[3:]
        return np.concatenate((velocity, -drag * np.linalg.norm(velocity) * velocity - [0.0, GRAVITY, 0.0]))

    start = np.array([throw.x_m, throw.height_m, throw.distance_m, *throw.velocity_m_s])
    solved = solve_ivp(change, (0.0, float(since_s[-1]) + 0.01), start, t_eval=since_s, rtol=1e-9, atol=1e-9)
    return np.asarray(solved.y[:3].T, dtype=np.float64)


def random_throw(rng: np.random.Generator, height_m: float) -> Throw:
    return Throw(
        height_m=height_m,
        x_m=float(rng.uniform(3, 21)),
        distance_m=float(rng.normal(0.3, 0.3)),
        velocity_m_s=(float(rng.normal(0, 1)), float(rng.normal(0.3, 0.6)), float(rng.normal(1.4, 1.0))),
        terminal_m_s=float(np.exp(rng.normal(3.2, 0.5))),
    )


def seen(camera: Camera, throw: Throw, hidden_s: float = 0.0, fps: float = 25.0) -> tuple[Array, Array]:
    """Times since release and exact pixels, from `hidden_s` on while the object is over the ground and in the frame."""
    times = np.arange(hidden_s, 6.0, 1 / fps)
    world = fly(throw, times)
    pixels = camera.project(world)
    inside = (world[:, 1] > 0) & np.all((pixels > 0) & (pixels < FRAME), axis=1)
    count = len(inside) if inside.all() else int(np.argmin(inside))
    return times[:count], pixels[:count]


def site_text(camera: Camera, corners: tuple[float, float, float, float], noise: Array | float = 0.0) -> str:
    """A site of 30 floors of 3 m and six units of 4 m, with four corners (left, low, right, high) as points."""
    left, low, right, high = corners
    metres = np.array([[left, low], [right, low], [right, high], [left, high]])
    pixels = camera.project(np.column_stack((metres, np.zeros(4)))) + noise
    points = ", ".join(
        f"{{ px = [{px[0]:.4f}, {px[1]:.4f}], m = [{m[0]:.3f}, {m[1]:.3f}] }}"
        for px, m in zip(pixels.tolist(), metres.tolist(), strict=True)
    )
    units = "".join(f'[[units]]\nname = "0{i + 1}"\nx_m = [{4 * i}.0, {4 * i + 4}.0]\n' for i in range(6))
    return (
        f'[camera]\nid = "a"\nwidth = {FRAME[0]}\nheight = {FRAME[1]}\n[facade]\npoints = [{points}]\n'
        f"[floors]\ncount = 30\nheight_m = 3.0\n{units}"
    )


def lines_text(camera: Camera, floors: range, floor_m: float = 3.0) -> str:
    """A site of drawn lines, exact, between x = 2 m and x = 20 m."""
    lines = []
    for floor in floors:
        ends = camera.project(np.array([[2.0, (floor - 1) * floor_m, 0.0], [20.0, (floor - 1) * floor_m, 0.0]]))
        (x0, y0), (x1, y1) = ends.tolist()
        lines.append(f"{{ floor = {floor}, px = [[{x0:.4f}, {y0:.4f}], [{x1:.4f}, {y1:.4f}]] }}")
    return (
        f'[camera]\nid = "a"\nwidth = {FRAME[0]}\nheight = {FRAME[1]}\n[floors]\ncount = 30\n'
        f"lines = [{', '.join(lines)}]\n"
    )
