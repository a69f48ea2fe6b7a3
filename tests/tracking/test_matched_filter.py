"""Signal to noise of blobs below the threshold."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tracking.pictures import blob
from tracking.matched_filter import Blob, Responses, chance, filter_strip, sum_deviation
from tracking.strip import Strip, discs

Array = NDArray[np.float64]
SHAPE = (60, 80)
PLACE_PX = np.array([41.3, 27.8])


def filtered(contrast: float, noise: float = 4.0, pictures: int = 30, tail: float = 0.0) -> Responses:
    """Look at noise of so many grey levels, with a blob in the last picture."""
    rng = np.random.default_rng(4)
    luma = 120.0 + noise * rng.standard_normal((pictures, *SHAPE))
    luma += tail * (rng.random(luma.shape) < 0.02) * rng.standard_normal(luma.shape)
    luma[-1] += blob(SHAPE, PLACE_PX, contrast, 1.2)
    times_s = np.arange(pictures, dtype=np.float64)
    levels = luma.round().astype(np.float32)
    strip = Strip(times_s, times_s, (0, 0), levels)
    return filter_strip(strip, hidden(pictures), np.median(levels, axis=0), Blob(1.2, 1.2))


def hidden(pictures: int) -> NDArray[np.bool_]:
    """Hide what is around the blob in the last picture."""
    return discs((pictures, *SHAPE), np.tile(PLACE_PX, (pictures, 1)), np.array([0.0] * (pictures - 1) + [8.0]))


def test_blob_of_a_disc_worked_by_hand() -> None:
    # A disc of 4 px has a deviation of 1 px along each axis, an even smear of 6 px one of 6 / sqrt(12) = 1.732 px.
    look = Blob.of(4.0, (0.0, 6.0))
    assert look.across_px == pytest.approx(np.hypot(0.7, 1.0))
    assert look.down_px == pytest.approx(np.sqrt(0.7**2 + 1.0 + 3.0), rel=1e-3)
    assert Blob.of(0.0, (0.0, 0.0)) == Blob(0.7, 0.7)


def test_chance_worked_by_hand() -> None:
    assert chance(0.0, 1.0) == pytest.approx(0.5)
    assert chance(0.0, 2.0) == pytest.approx(0.75)
    assert chance(3.0902, 1.0) == pytest.approx(1e-3, rel=1e-3)
    assert chance(3.0902, 10.0) == pytest.approx(1e-2, rel=1e-2)
    assert chance(-10.0, 3.0) == pytest.approx(1.0)


def test_ratios_of_noise_are_normal() -> None:
    responses = filtered(0.0)
    values = np.stack([responses.ratio(index) for index in range(30)])
    assert float(values.std()) == pytest.approx(1.0, abs=0.1)
    assert float(np.abs(values).max()) < 5.5


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_blob_stands_out_as_theory_has_it(sign: float) -> None:
    # Of white noise n a filter that matches a blob of contrast c and deviation s makes sqrt(pi) c s / n (Turin 1960);
    # some of it is lost to the surround that is taken off.
    ratio = sign * filtered(sign * 16.0).ratio(29)
    row, column = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    assert np.hypot(column - PLACE_PX[0], row - PLACE_PX[1]) < 1.0
    assert 0.7 < float(ratio.max()) / (np.sqrt(np.pi) * 16.0 * 1.2 / 4.0) < 1.2


def test_light_that_changes_everywhere_means_nothing() -> None:
    responses = filtered(0.0)
    luma = responses.strip.luma.copy()
    luma[-1] += 30.0
    strip = Strip(responses.strip.times_s, responses.strip.taken_s, (0, 0), luma)
    ratio = filter_strip(strip, responses.hidden, responses.background, Blob(1.2, 1.2)).ratio(29)
    assert float(np.abs(ratio).max()) < 5.5


def test_long_tails_make_what_stands_out_worth_less() -> None:
    plain = filtered(40.0).ratio(29).max()
    with_tails = filtered(40.0, tail=80.0).ratio(29).max()
    assert with_tails < 0.6 * plain


def test_still_pictures_have_no_ratio_out_of_nothing() -> None:
    responses = filtered(0.0, noise=0.0)
    assert float(np.abs(responses.ratio(29)).max()) == 0.0


def test_deviation_of_a_sum_worked_by_hand() -> None:
    still = np.zeros((4, 2))
    moving = np.array([[0.0, 50.0 * step] for step in range(4)])
    assert sum_deviation(still, Blob(1.0, 1.0), 0.0) == pytest.approx(2.0)
    assert sum_deviation(still, Blob(1.0, 1.0), 1.0) == pytest.approx(4.0)
    assert sum_deviation(moving, Blob(1.0, 1.0), 1.0) == pytest.approx(2.0)
    # Two pictures, 2 px apart, blobs of 1 px: alike by exp(-1), half of which persists.
    pair = np.array([[0.0, 0.0], [2.0, 0.0]])
    assert sum_deviation(pair, Blob(1.0, 1.0), 0.5) == pytest.approx(np.sqrt(2 + 2 * 0.5 * np.exp(-1)))


def test_noise_that_stays_is_told_from_noise_that_does_not() -> None:
    assert filtered(0.0).persistence == pytest.approx(0.0, abs=0.05)
    rng = np.random.default_rng(4)
    levels = np.repeat(120 + 4 * rng.standard_normal((6, *SHAPE)), 5, axis=0).astype(np.float32)
    times_s = np.arange(30, dtype=np.float64)
    strip = Strip(times_s, times_s, (0, 0), levels)
    # Four of five pictures repeat the noise of the one before.
    kept = filter_strip(strip, hidden(30), np.median(levels, axis=0), Blob(1.2, 1.2)).persistence
    assert kept == pytest.approx(0.8, abs=0.1)
