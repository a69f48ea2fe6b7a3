"""Traces a path back to where it began: release, floor and unit, and the figures by which a fall is judged."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from floors.ballistics import BallisticFit, fit_fall
from floors.floor_lines import FloorProfile, fit_floor_profile
from floors.floor_map import ASSUMED_FLOOR_M
from floors.image_path import ImagePath, fit_image_path, fit_straight
from floors.impact import Impact
from floors.origin import Origin
from floors.posterior import posterior
from floors.projection import Facade
from floors.self_calibration import likely_cameras, unlikeliness
from floors.throw_prior import ThrowPrior

Array = NDArray[np.float64]

_FEWEST_POINTS = 5
_SHORTEST_S = 0.1
# Centres of blobs: what compression and pixels cost, and by the object's size (it tumbles, it smears).
_LEAST_SIGMA_PX = 0.6
_SIGMA_BY_SIZE = 0.05
_SAME_PX = 0.6
_LEAST_FLOORS = 0.3
# Drawn floors lie where they are seen, on the outermost edge; a floor may be a tenth higher or lower than assumed.
_LINES_PRIOR = ThrowPrior(distance_m=0.15, distance_sigma_m=0.2, log_gravity_sigma=0.1)
# The fit in the picture has about as many free numbers; what is worse by more than this is not such a fall.
_WORSE_BY = 7.0
_SIZE_TOLERANCE = 0.6
_HOPELESS_COST_A_POINT = 6.0
_RELEASE_X_SIGMA_PX = 3.0
_FREE_GRAVITY = ThrowPrior(log_gravity_sigma=0.4)


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """Where a path began, and how well it is that of a fall. None stands where the geometry does not tell.

    Attributes:
        method: "space" (fit in three dimensions), "profile" (height along drawn floors) or "image" (no geometry).
        release_s: When it left the hand, presentation seconds.
        release_sigma_s: Standard deviation of that.
        release_px: Where in the picture it left the hand.
        origin: Floors and units with probabilities.
        height_m: Release height over the ground, metres; with drawn floors, of an assumed 3 m a floor.
        height_sigma_m: Its standard deviation.
        residual_rms_px: Distance of the points from the fitted path.
        straight_residual_rms_px: Distance of the points from even motion along a straight line in the picture.
        gravity_ratio: Downward acceleration by gravity; 1 for a fall, with the metres of the geometry.
        terminal_velocity_m_s: Small for what is light; about 25 for a bottle, 3 for paper.
        travel_floors: How far down it was seen to move along the wall, floors.
        impact: How and where it meets the ground.
        fit: The fit in space, for drawing the path.
        image_path: The fit in the picture.
    """

    method: str
    release_s: float
    release_sigma_s: float
    release_px: tuple[float, float]
    origin: Origin | None
    height_m: float | None
    height_sigma_m: float | None
    residual_rms_px: float
    straight_residual_rms_px: float
    gravity_ratio: float | None
    terminal_velocity_m_s: float | None
    travel_floors: float | None
    impact: Impact | None
    fit: BallisticFit | None
    image_path: ImagePath


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """A path without repeated pictures, with its noise."""

    times_s: Array
    points_px: Array
    sizes_px: Array
    sigmas_px: Array
    image: ImagePath


def trace_origin(
    facade: Facade | None, times_s: Array, points_px: Array, sizes_px: Array, near: BallisticFit | None = None
) -> Traced | None:
    """Trace a path back to its release.

    Args:
        facade: Geometry of the site; None where there is none.
        times_s: (N,) presentation seconds, rising.
        points_px: (N, 2) centres, pixels.
        sizes_px: (N,) sizes, pixels.
        near: A fit of nearly the same path, which spares most of the time where there are metres; what gravity would
            be, were it not known, is not asked again then.

    Returns:
        What was found; None where the path is too short to tell anything.
    """
    times, points, sizes = _merge_repeats(times_s, points_px, sizes_px)
    if len(times) < _FEWEST_POINTS or times[-1] - times[0] < _SHORTEST_S:
        return None
    least_px = float(np.hypot(_LEAST_SIGMA_PX, _SIGMA_BY_SIZE * np.median(sizes)))
    image = fit_image_path(times, points, least_px)
    base = _in_image(image, times, points)
    path = _Path(times, points, sizes, image.sigmas(times), image)
    if facade is None:
        return base
    floors = facade.floors_of(points)
    base = replace(base, travel_floors=float(floors.max() - floors[-max(1, len(floors) // 8) :].mean()))
    if base.travel_floors is None or base.travel_floors < _LEAST_FLOORS:
        return base
    traced = _from_points(base, facade, path, near) if facade.has_metres else _from_lines(base, facade, path)
    return traced or base


def _merge_repeats(times_s: Array, points_px: Array, sizes_px: Array) -> tuple[Array, Array, Array]:
    """Join pictures that repeat the one before, at their mean time: so re-timed recordings become even again.

    Only where the object moves before or after; what hardly moves is not touched by it.
    """
    groups: list[list[int]] = []
    for index in range(len(times_s)):
        same = groups and np.abs(points_px[index] - points_px[groups[-1][0]]).max() <= _SAME_PX
        if same and len(groups[-1]) < 2:
            groups[-1].append(index)
        else:
            groups.append([index])
    parts = [(times_s[group].mean(), points_px[group].mean(axis=0), sizes_px[group].mean()) for group in groups]
    times, points, sizes = (np.array(column, dtype=np.float64) for column in zip(*parts, strict=True))
    return times, points, sizes


def _in_image(image: ImagePath, times_s: Array, points_px: Array) -> Traced:
    """Conclude what can be said without geometry."""
    x_px, y_px = image.path(np.array([image.release_s]))[0]
    return Traced(
        method="image",
        release_s=image.release_s,
        release_sigma_s=image.release_sigma_s,
        release_px=(float(x_px), float(y_px)),
        origin=None,
        height_m=None,
        height_sigma_m=None,
        residual_rms_px=image.residual_rms_px,
        straight_residual_rms_px=fit_straight(times_s, points_px),
        gravity_ratio=None,
        terminal_velocity_m_s=None,
        travel_floors=None,
        impact=None,
        fit=None,
        image_path=image,
    )


def _from_points(base: Traced, facade: Facade, path: _Path, near: BallisticFit | None) -> Traced | None:
    """Trace in measured metres."""
    fit = fit_fall(path.times_s, path.points_px, path.sigmas_px, facade.camera, near=near)
    if fit is None or facade.pose is None:
        return None
    drawn = facade.pose.facade_covariance(*fit.release_px)
    height_sigma_m = float(np.hypot(fit.height_sigma_m, np.sqrt(drawn[1, 1])))
    x_sigma_m = float(np.hypot(fit.x_sigma_m, np.sqrt(drawn[0, 0])))
    _, columns = facade.columns_at(*fit.release_px)
    origin = posterior(fit.height_m, height_sigma_m, facade.boundaries_m, fit.x_m, x_sigma_m, columns)
    return _in_space(base, fit, origin, height_sigma_m, None if near else path)


def _in_space(base: Traced, fit: BallisticFit, origin: Origin, height_sigma_m: float, path: _Path | None) -> Traced:
    free = None
    # What no throw leads along is not asked further.
    if path is not None and fit.cost_per_point < _HOPELESS_COST_A_POINT:
        free = fit_fall(path.times_s, path.points_px, path.sigmas_px, fit.camera, _FREE_GRAVITY, near=fit)
    return replace(
        base,
        method="space",
        release_s=fit.release_s,
        release_sigma_s=fit.release_sigma_s,
        release_px=fit.release_px,
        origin=origin,
        height_m=fit.height_m,
        height_sigma_m=height_sigma_m,
        residual_rms_px=fit.residual_rms_px,
        gravity_ratio=None if free is None else free.gravity_ratio,
        terminal_velocity_m_s=fit.terminal_velocity_m_s,
        impact=fit.impact(),
        fit=fit,
    )


def _from_lines(base: Traced, facade: Facade, path: _Path) -> Traced | None:
    """Trace along drawn floors: in space if floors of the usual height make it a fall, else along the floors."""
    fits = [
        fit
        for camera in likely_cameras(facade, path.times_s, path.points_px, path.sigmas_px, _LINES_PRIOR)
        if (fit := fit_fall(path.times_s, path.points_px, path.sigmas_px, camera, _LINES_PRIOR)) is not None
        and (fit.cost_per_point - path.image.cost_per_point) * len(path.times_s) < _WORSE_BY
        and _sizes_agree(fit, path)
    ]
    if fits:
        return _mixed(base, facade, fits, path)
    profile = _profile(facade, path)
    return None if profile is None else _along_floors(base, facade, path, profile)


def _sizes_agree(fit: BallisticFit, path: _Path) -> bool:
    """Tell whether the object grows as it comes nearer, as far as its size can be measured."""
    distances = np.linalg.norm(fit.world(path.times_s) - fit.camera.position_m, axis=1)
    third = max(len(distances) // 3, 1)
    nearer = np.log(np.median(distances[:third]) / np.median(distances[-third:]))
    grown = np.log(max(np.median(path.sizes_px[-third:]), 1.0) / max(np.median(path.sizes_px[:third]), 1.0))
    return bool(abs(nearer - grown) < _SIZE_TOLERANCE)


def _mixed(base: Traced, facade: Facade, fits: list[BallisticFit], path: _Path) -> Traced:
    """Weigh the focal lengths that may be by how well the fall fits them."""
    costs = np.array([fit.cost_per_point * len(path.times_s) + unlikeliness(facade, fit.camera) for fit in fits])
    shares = np.exp(costs.min() - costs)
    shares = shares / shares.sum()
    # What the lines say beyond the flat map, at the height where the fit has the release.
    heights = np.array(
        [facade.height_of_floor(float(facade.floors_of_height(np.array([f.height_m]))[0])) for f in fits]
    )
    height_m = float(shares @ heights)
    variance = float(shares @ (np.array([fit.height_sigma_m for fit in fits]) ** 2 + (heights - height_m) ** 2))
    fit = fits[int(np.argmax(shares))]
    place, columns = facade.columns_at(*fit.release_px)
    x_sigma_px = _RELEASE_X_SIGMA_PX + fit.x_sigma_m * facade.px_per_m(*fit.release_px)
    origin = posterior(height_m, float(np.sqrt(variance)), facade.boundaries_m, place, x_sigma_px, columns)
    return replace(
        _in_space(base, fit, origin, float(np.sqrt(variance)), path),
        height_m=height_m,
    )


def _profile(facade: Facade, path: _Path) -> FloorProfile | None:
    nudge = np.array([0.0, 1.0])
    slopes = np.abs(facade.floors_of(path.points_px + nudge) - facade.floors_of(path.points_px - nudge)) / 2
    return fit_floor_profile(path.times_s, facade.floors_of(path.points_px), slopes * path.sigmas_px)


def _along_floors(base: Traced, facade: Facade, path: _Path, profile: FloorProfile) -> Traced:
    """Conclude from the height along the floors alone."""
    height_m = facade.height_of_floor(profile.release_floor)
    height_sigma_m = profile.release_sigma * ASSUMED_FLOOR_M
    release_s = min(profile.release_s, float(path.times_s[-1]))
    x_px = float(path.image.path(np.array([max(release_s, float(path.times_s[0]))]))[0, 0])
    y_px = facade.row_of_floor(profile.release_floor, x_px)
    place, columns = facade.columns_at(x_px, base.release_px[1] if y_px is None else y_px)
    origin = posterior(height_m, height_sigma_m, facade.boundaries_m, place, _RELEASE_X_SIGMA_PX, columns)
    return replace(
        base,
        method="profile",
        release_s=release_s,
        release_sigma_s=profile.release_sigma_s,
        release_px=base.release_px if y_px is None else (x_px, y_px),
        origin=origin,
        height_m=height_m,
        height_sigma_m=height_sigma_m,
        gravity_ratio=profile.gravity_ratio,
    )
