import numpy as np
import pytest
from scipy.special import stdtr

from floors.posterior import Column, floor_probabilities, posterior

BORDERS = tuple(3.0 * index for index in range(19))
UNITS = (Column("01", 0.0, 4.0), Column("02", 4.0, 8.0), Column("03", 8.0, 12.0))


def test_release_over_a_sill_names_its_floor() -> None:
    origin = posterior(3.0 * 14 + 1.4, 0.2, BORDERS, 6.0, 0.3, UNITS)
    assert (origin.floor, origin.floor_low, origin.floor_high) == (15, 15, 15)
    assert origin.unit == "02"
    assert origin.probability > 0.95


def test_release_between_two_floors_names_both() -> None:
    # Just under the slab of floor 16: over the head of floor 15 or at the feet of floor 16.
    origin = posterior(3.0 * 15 - 0.3, 0.6, BORDERS)
    assert (origin.floor_low, origin.floor_high) == (15, 16)
    assert origin.unit is None
    assert {candidate.floor for candidate in origin.candidates[:2]} == {15, 16}


def test_height_seen_too_low_still_lies_in_reach_of_the_floor_above() -> None:
    # Hands are over the slab, so a height 0.2 m below it is more likely from above than from 2.8 m over the slab below.
    assert posterior(3.0 * 15 - 0.2, 0.4, BORDERS).floor == 16


def test_probabilities_are_whole_and_candidates_reach_99_percent() -> None:
    origin = posterior(20.0, 1.5, BORDERS, 3.9, 0.5, UNITS)
    assert floor_probabilities(20.0, 1.5, BORDERS).sum() == pytest.approx(1.0)
    told = [candidate.probability for candidate in origin.candidates]
    assert told == sorted(told, reverse=True)
    assert 0.99 <= sum(told) <= 1.0 + 1e-9
    assert sum(told[:-1]) < 0.99


def test_interval_is_the_shortest_with_90_percent() -> None:
    floors = floor_probabilities(24.0, 2.0, BORDERS)
    origin = posterior(24.0, 2.0, BORDERS)
    share = floors[origin.floor_low - 1 : origin.floor_high].sum()
    length = origin.floor_high - origin.floor_low
    assert share >= 0.9
    assert all(floors[low : low + length].sum() < 0.9 for low in range(len(floors) - length))


def test_roof_and_cellar_belong_to_the_outermost_floors() -> None:
    assert posterior(90.0, 0.3, BORDERS).floor == 18
    assert posterior(-5.0, 0.3, BORDERS).floor == 1


def test_place_beside_all_windows_belongs_to_the_nearest_unit() -> None:
    assert posterior(20.0, 0.2, BORDERS, -3.0, 0.1, UNITS).unit == "01"
    assert posterior(20.0, 0.2, BORDERS, 99.0, 0.1, UNITS).unit == "03"


@pytest.mark.parametrize("x_m", [2.5, -40.0, 46.0])
def test_units_share_what_the_t_distribution_of_eight_degrees_gives_them(x_m: float) -> None:
    borders_m = np.array([0.0, 3.0, 6.0])
    columns = [Column("01", 0.0, 3.0), Column("02", 3.0, 6.0)]
    told = posterior(10.0, 0.1, [0, 3, 6, 9, 12, 15], x_m, 1.0, columns).candidates
    # The tails by their small side, where nothing cancels.
    deviations = -np.abs(borders_m - x_m) if abs(x_m) > 6 else borders_m - x_m
    first, second = np.abs(np.diff(stdtr(8, deviations)))
    nearest = np.clip(x_m, [0.0, 3.0], [3.0, 6.0]) - x_m
    extra = 1e-6 * (1 + nearest**2 / 8) ** -4.5
    of_first = sum(one.probability for one in told if one.unit == "01")
    of_second = sum(one.probability for one in told if one.unit == "02")
    assert of_first / (of_first + of_second) == pytest.approx(
        (first + extra[0]) / (first + second + extra.sum()), rel=0.02
    )


def test_unknown_place_shares_the_units_evenly() -> None:
    origin = posterior(3.0 * 4 + 1.4, 0.1, BORDERS, None, 0.0, UNITS)
    assert [round(candidate.probability, 2) for candidate in origin.candidates[:3]] == [0.33] * 3


def test_interval_holds_the_true_floor_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    floors = rng.integers(1, 19, 400)
    heights = 3.0 * (floors - 1) + rng.uniform(0.7, 2.0, 400)
    origins = [posterior(h + rng.normal(0, 1.5), 1.5, BORDERS) for h in heights.tolist()]
    held = [o.floor_low <= f <= o.floor_high for o, f in zip(origins, floors.tolist(), strict=True)]
    assert 0.88 <= np.mean(held) <= 0.995
