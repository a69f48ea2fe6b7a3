"""Three-dimensional fit of a fall seen by one camera.

Gravity gives the scale that one camera lacks: a fall of known acceleration can only be at one depth. What the pictures
cannot tell, when before the first sight the object left the hand, follows from how people throw (`ThrowPrior`): nearly
level, so that the speed of fall seen first tells the time since release.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from floors.camera import Camera
from floors.fall_start import Beliefs, Start, guess
from floors.impact import Impact, classify_drag
from floors.least_squares import Solution, solve
from floors.throw_prior import (
    DRAG,
    DRAG_LIMITS,
    LOG_GRAVITY,
    OUT,
    RELEASE,
    RIGHT,
    SIZE,
    UP,
    WIND_OUT,
    WIND_RIGHT,
    ThrowPrior,
    X,
    Y,
    Z,
)
from floors.trajectory import GRAVITY_M_S2, LONGEST_STEP_S, Flight, fly

Array = NDArray[np.float64]

_FLIGHT_PARAMETERS = (RIGHT, UP, OUT, DRAG, LOG_GRAVITY, WIND_RIGHT, WIND_OUT)
_NUDGES = np.array([1e-5, 1e-5, 1e-5, 1e-7, 1e-5, 1e-5, 1e-5])
# Wide enough to cross no more than the grid of the flight does.
_IMPACT_NUDGES = np.array([1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-6, 1e-3, 1e-3, 1e-3])
_FASTEST_M_S = 60.0
_LONGEST_S = 40.0
_STABLE = 1.2
_GOOD_COST_A_POINT = 3.0
_CALM_COST_A_POINT = 0.5
_WIND_COSTS = 7.0
_CALM_M_S = 0.01
_HOPELESS_A_POINT = 10.0
_HOPELESS_START_A_POINT = 100.0
_STARTS = 2
_LONGEST_HIDDEN_S = 4.0
_NEAREST_M = 0.5
_FEWEST_POINTS = 5
_OUTLIER = 3.5
# Numbers that the path decides: the others are the prior's.
_FREE_NUMBERS = 6


@dataclass(frozen=True, slots=True, eq=False)
class BallisticFit:
    """A fall in the world of the facade (metres; z out of the wall).

    Attributes:
        parameters: (11,) x, y, z at release (m), release (s), velocity right, up, out (m/s), drag as one over the
            square of the terminal velocity, log g, wind right and out (m/s).
        covariance: (11, 11) of the parameters.
        residual_rms_px: Root mean square of the distances of the seen points from the fitted path, outliers included.
        inlier_share: Share of points within three and a half standard deviations.
        cost_per_point: Half the robust sum of squares by the number of points; about 1 for a true fall.
        camera: The camera that saw it.
        prior: How things were believed to be thrown.
    """

    parameters: Array
    covariance: Array
    residual_rms_px: float
    inlier_share: float
    cost_per_point: float
    camera: Camera
    prior: ThrowPrior

    @property
    def release_s(self) -> float:
        """Tell when it left the hand, presentation seconds."""
        return float(self.parameters[RELEASE])

    @property
    def release_sigma_s(self) -> float:
        """Tell the standard deviation of the release time."""
        return self._sigma(RELEASE)

    @property
    def height_m(self) -> float:
        """Tell the release height above ground."""
        return float(self.parameters[Y])

    @property
    def height_sigma_m(self) -> float:
        """Tell the standard deviation of the release height."""
        return self._sigma(Y)

    @property
    def x_m(self) -> float:
        """Tell where along the facade it was released."""
        return float(self.parameters[X])

    @property
    def x_sigma_m(self) -> float:
        """Tell the standard deviation of `x_m`."""
        return self._sigma(X)

    @property
    def terminal_velocity_m_s(self) -> float:
        """Tell the speed at which drag would balance weight: small for what is light."""
        return float(1 / np.sqrt(self.parameters[DRAG]))

    @property
    def gravity_ratio(self) -> float:
        """Tell the acceleration found, by gravity; it says something only where the prior left it free."""
        return float(np.exp(self.parameters[LOG_GRAVITY])) / GRAVITY_M_S2

    @property
    def release_px(self) -> tuple[float, float]:
        """Tell where in the picture it left the hand."""
        x_px, y_px = self.camera.project(self.parameters[:3])
        return float(x_px), float(y_px)

    def world(self, times_s: Array) -> Array:
        """Give positions (N, 3), metres, at presentation times (N,); before release where it was held."""
        flight = _flight(self.parameters[None], float(np.max(times_s)) - self.release_s)
        return _positions(self.parameters[None], flight, times_s)[0][:, 0]

    def path(self, times_s: Array) -> Array:
        """Give pixels (N, 2) at presentation times (N,)."""
        return self.camera.project(self.world(times_s))

    def path_covariance(self, times_s: Array) -> Array:
        """Give the covariance (N, 2, 2) of the path's pixels at rising times (N,), by the fit's own to first order."""
        world, change = _world_jacobian(self.parameters, times_s)
        slopes = self.camera.jacobian(world) @ change
        result: Array = slopes @ self.covariance @ slopes.transpose(0, 2, 1)
        return result

    def refit(self, times_s: Array, points_px: Array, sigma_px: Array) -> "BallisticFit | None":
        """Fit again to more of the same path, from here on; arguments and result as of `fit_fall`."""
        return fit_fall(times_s, points_px, sigma_px, self.camera, self.prior, near=self)

    def impact(self) -> Impact:
        """Tell how and where it meets the ground (y = 0), with the errors that the fit's covariance gives."""
        here, *nudged = _landings(self.parameters + np.vstack((np.zeros(SIZE), np.diag(_IMPACT_NUDGES))))
        slopes = (np.stack(nudged) - here) / _IMPACT_NUDGES[:, None]
        sigma = np.sqrt(np.maximum(np.diag(slopes.T @ self.covariance @ slopes), 0.0))
        # Drag is one over the square of the terminal velocity: d log v = - d drag / (2 drag).
        log_sigma = self._sigma(DRAG) / (2 * float(self.parameters[DRAG]))
        drag_class, probability = classify_drag(self.terminal_velocity_m_s, log_sigma)
        return Impact(
            time_s=float(here[0]),
            speed_m_s=float(here[1]),
            speed_sigma_m_s=float(sigma[1]),
            distance_m=float(here[2]),
            distance_sigma_m=float(sigma[2]),
            along_m=float(here[3]),
            along_sigma_m=float(sigma[3]),
            terminal_velocity_m_s=self.terminal_velocity_m_s,
            drag_class=drag_class,
            drag_class_probability=probability,
        )

    def _sigma(self, index: int) -> float:
        return float(np.sqrt(max(self.covariance[index, index], 0.0)))


def fit_fall(
    times_s: Array,
    points_px: Array,
    sigma_px: Array | float,
    camera: Camera,
    prior: ThrowPrior | None = None,
    near: BallisticFit | None = None,
) -> BallisticFit | None:
    """Fit release point, time, velocity and drag to a path in the picture.

    Args:
        times_s: (N,) presentation seconds, rising; 5 at least.
        points_px: (N, 2) pixels as the camera shows them.
        sigma_px: Standard deviation of a coordinate, pixels; one for all or (N,).
        camera: Pose of the camera.
        prior: How things are thrown.
        near: A fit of the same path to begin from; else several first guesses are tried.

    Returns:
        The best fit, or None where the points are too few or the solver finds no fall before the camera.
    """
    if len(times_s) < _FEWEST_POINTS:
        return None
    prior = prior or ThrowPrior()
    sigmas = np.broadcast_to(np.asarray(sigma_px, dtype=np.float64), times_s.shape)
    problem = _Problem(times_s, camera.ideal_pixels(points_px), sigmas, camera, prior.calm)
    if near is not None and np.any(np.abs(near.parameters[[WIND_RIGHT, WIND_OUT]]) > _CALM_M_S):
        # The same path's wind is known already.
        problem = replace(problem, prior=prior)
        solution = solve(problem, near.parameters, pairs=len(times_s), confine=_confine)
        return None if solution is None else _conclude(problem, solution)
    calm = _solve(problem, near)
    if calm is not None and calm.cost < _CALM_COST_A_POINT * len(times_s):
        return _conclude(problem, calm)
    # Wind is asked for only where still air does not explain the path: it is one more way to explain away outliers.
    windy_problem = replace(problem, prior=prior)
    if calm is None or calm.cost > _GOOD_COST_A_POINT * len(times_s):
        windy = _solve(windy_problem, None)
    else:
        windy = solve(windy_problem, calm.parameters, pairs=len(times_s), confine=_confine)
    if windy is not None and (calm is None or windy.cost < calm.cost - _WIND_COSTS):
        return _conclude(windy_problem, windy)
    return None if calm is None else _conclude(problem, calm)


def _solve(problem: "_Problem", near: BallisticFit | None) -> Solution | None:
    """Solve from a fit of the same path, or from the likeliest first guesses."""
    times_s = problem.times_s
    best: Solution | None = None
    give_up = _HOPELESS_A_POINT * len(times_s)
    for start in _first_guesses(problem)[:_STARTS] if near is None else [near.parameters]:
        solution = solve(problem, start, pairs=len(times_s), confine=_confine, give_up=give_up)
        if solution is not None and (best is None or solution.cost < best.cost):
            best = solution
        if best is not None and best.cost < _GOOD_COST_A_POINT * len(times_s):
            break
    return best


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """What is to be fitted; pixels are undistorted."""

    times_s: Array
    ideal_px: Array
    sigmas_px: Array
    camera: Camera
    prior: ThrowPrior

    def residuals(self, parameters: Array) -> Array:
        """Give residuals (2 N + 9,) in standard deviations, the prior's last."""
        beliefs, _ = self.prior.rows(parameters, float(self.times_s[0]))
        if not _possible(parameters, self.times_s):
            return np.full(2 * len(self.times_s) + len(beliefs), np.inf)
        flight = _flight(parameters[None], float(self.times_s[-1]) - parameters[RELEASE])
        world = _positions(parameters[None], flight, self.times_s)[0][:, 0]
        return np.concatenate((self._misses(world).ravel(), beliefs))

    def linearise(self, parameters: Array) -> tuple[Array, Array]:
        """Give residuals as `residuals` and their Jacobian (2 N + 9, 11)."""
        beliefs, belief_slopes = self.prior.rows(parameters, float(self.times_s[0]))
        if not _possible(parameters, self.times_s):
            size = 2 * len(self.times_s) + len(beliefs)
            return np.full(size, np.inf), np.zeros((size, SIZE))
        world, change = _world_jacobian(parameters, self.times_s)
        slopes = (self.camera.jacobian(world) @ change) / self.sigmas_px[:, None, None]
        residuals = np.concatenate((self._misses(world).ravel(), beliefs))
        return residuals, np.concatenate((slopes.reshape(-1, SIZE), belief_slopes))

    def _misses(self, world: Array) -> Array:
        """Give the distances (N, 2) of the seen points from those of world positions, in standard deviations."""
        misses = (self.camera.project_ideal(world) - self.ideal_px) / self.sigmas_px[:, None]
        depth = (world - self.camera.position_m) @ self.camera.rotation[2]
        misses[depth < _NEAREST_M] = np.inf
        return misses


def _confine(before: Array, after: Array) -> Array:
    """Keep drag positive, and from changing by more than a factor in one step."""
    result = after.copy()
    result[DRAG] = np.clip(result[DRAG], *np.clip((0.2 * before[DRAG], 5 * before[DRAG]), *DRAG_LIMITS))
    return result


def _possible(parameters: Array, times_s: Array) -> bool:
    """Tell whether parameters can be flown at all; the solver's longer steps may go anywhere."""
    hidden, duration = times_s[0] - parameters[RELEASE], times_s[-1] - parameters[RELEASE]
    fastest = np.max(np.abs(parameters[[RIGHT, UP, OUT]]))
    bent = abs(parameters[LOG_GRAVITY] - np.log(GRAVITY_M_S2))
    # Faster than this in air so thick the integrator would not be stable.
    bound = GRAVITY_M_S2 * parameters[DRAG] * fastest * LONGEST_STEP_S < _STABLE
    flyable = bound and fastest < _FASTEST_M_S and hidden < _LONGEST_HIDDEN_S and 0 < duration < _LONGEST_S and bent < 1
    return bool(flyable and DRAG_LIMITS[0] <= parameters[DRAG] <= DRAG_LIMITS[1])


def _landings(sets: Array) -> Array:
    """Give (B, 4) time (s), speed (m/s), distance from the wall and place along it (m) at the ground."""
    highest_m = float(sets[:, Y].max())
    longest_s = highest_m / 1.5 + 3.0 if highest_m > 0 else 0.1
    flight = _flight(sets, min(longest_s, 30.0))
    reach, drop, damping, down = np.moveaxis(flight.state, 1, 0)
    last = np.argmax(drop >= sets[:, Y], axis=0)
    index = np.where(last > 0, last, len(drop) - 1), np.arange(len(sets))
    over_s = (drop[index] - sets[:, Y]) / np.maximum(down[index], 1e-6)
    after_s = index[0] * flight.step_s - over_s
    travelled = reach[index] - over_s * damping[index]
    wind = sets[:, [WIND_OUT, WIND_RIGHT]]
    through_air = sets[:, [OUT, RIGHT]] - wind
    level = wind + through_air * damping[index][:, None]
    away = sets[:, [Z, X]] + wind * after_s[:, None] + through_air * travelled[:, None]
    speed = np.hypot(down[index], np.hypot(level[:, 0], level[:, 1]))
    return np.column_stack((sets[:, RELEASE] + after_s, speed, away))


def _flight(sets: Array, longest_s: float) -> Flight:
    """Fly parameter sets (B, 11) through the air, which moves with the wind."""
    gravity = np.exp(sets[:, LOG_GRAVITY])
    drag = gravity * sets[:, DRAG]
    level = np.hypot(sets[:, RIGHT] - sets[:, WIND_RIGHT], sets[:, OUT] - sets[:, WIND_OUT])
    return fly(level, -sets[:, UP], drag, gravity, max(longest_s, 0.05))


def _positions(sets: Array, flight: Flight, times_s: Array) -> tuple[Array, Array]:
    """Give positions and velocities (N, B, 3) of parameter sets (B, 11) that share one release time."""
    since_s = times_s - sets[0, RELEASE]
    reach, drop, damping, down = np.moveaxis(flight.at(since_s), 1, 0)
    wind_right, wind_out = sets[:, WIND_RIGHT], sets[:, WIND_OUT]
    right, out = sets[:, RIGHT] - wind_right, sets[:, OUT] - wind_out
    x_m = sets[:, X] + wind_right * since_s[:, None] + right * reach
    z_m = sets[:, Z] + wind_out * since_s[:, None] + out * reach
    place = np.stack((x_m, sets[:, Y] - drop, z_m), axis=-1)
    velocity = np.stack((wind_right + right * damping, -down, wind_out + out * damping), axis=-1)
    return place, velocity


def _world_jacobian(parameters: Array, times_s: Array) -> tuple[Array, Array]:
    """Give positions (N, 3) and their derivatives (N, 3, 11): exact where they are simple, else differences."""
    sets = np.repeat(parameters[None], 1 + len(_FLIGHT_PARAMETERS), axis=0)
    for row, column in enumerate(_FLIGHT_PARAMETERS, start=1):
        sets[row, column] += _NUDGES[row - 1]
    flight = _flight(sets, float(times_s[-1]) - parameters[RELEASE])
    place, velocity = _positions(sets, flight, times_s)
    change = np.zeros((len(times_s), 3, SIZE))
    change[:, [0, 1, 2], [X, Y, Z]] = 1.0
    change[:, :, RELEASE] = -velocity[:, 0]
    change[:, :, list(_FLIGHT_PARAMETERS)] = ((place[:, 1:] - place[:, :1]) / _NUDGES[:, None]).transpose(0, 2, 1)
    return place[:, 0], change


def start_cost(times_s: Array, points_px: Array, sigmas_px: Array, camera: Camera, prior: ThrowPrior) -> float:
    """Tell how badly the best first guess misses: half the sum of squares. Quick, to choose among cameras."""
    return _guess(_Problem(times_s, camera.ideal_pixels(points_px), sigmas_px, camera, prior))[0].cost


def _guess(problem: _Problem) -> list[Start]:
    prior = problem.prior
    beliefs = Beliefs(
        (prior.distance_m, 0.0, prior.up_m_s, prior.out_m_s, 0.0, 0.0),
        (
            *(prior.distance_sigma_m, prior.right_sigma_m_s, prior.up_sigma_m_s, prior.out_sigma_m_s),
            *(prior.wind_right_sigma_m_s, prior.wind_out_sigma_m_s),
        ),
    )
    return guess(problem.times_s, problem.ideal_px, problem.sigmas_px, problem.camera, beliefs)


def _first_guesses(problem: _Problem) -> list[Array]:
    """Give starting parameters, the most likely first."""
    return [
        np.array(
            [
                *(*start.place_m, start.release_s, *start.velocity_m_s),
                *(start.terminal_m_s**-2, np.log(GRAVITY_M_S2), *start.wind_m_s),
            ]
        )
        for start in _guess(problem)
        if start.cost < _HOPELESS_START_A_POINT * len(problem.times_s)
    ]


def _conclude(problem: _Problem, solution: Solution) -> BallisticFit | None:
    """Turn a solution into a fit; its covariance grows with misses that the noise does not explain."""
    count = len(problem.times_s)
    misses = np.sqrt((solution.residuals[: 2 * count].reshape(-1, 2) ** 2).sum(axis=1))
    if not np.all(np.isfinite(misses)):
        return None
    good = misses < _OUTLIER
    freedom = max(2 * int(np.count_nonzero(good)) - _FREE_NUMBERS, 1)
    excess = max(1.0, float((misses[good] ** 2).sum()) / freedom) if np.any(good) else 1.0
    return BallisticFit(
        parameters=solution.parameters,
        covariance=solution.covariance * excess,
        residual_rms_px=float(np.sqrt(np.mean((misses * problem.sigmas_px) ** 2))),
        inlier_share=float(np.mean(good)),
        cost_per_point=solution.cost / count,
        camera=problem.camera,
        prior=problem.prior,
    )
