import math

import numpy as np
import pytest
from scipy.special import log_ndtr

from tracking.normal import log_normal_cdf, log_normal_cdfs


def test_half_of_all_is_below_the_mean() -> None:
    assert log_normal_cdf(0.0) == pytest.approx(math.log(0.5))


def test_logarithm_of_the_normal_distribution_is_exact_in_both_tails() -> None:
    deviations = np.linspace(-36.0, 12.0, 481)
    assert log_normal_cdfs(deviations) == pytest.approx(log_ndtr(deviations), rel=1e-13)


def test_what_is_too_unlikely_for_a_number_is_as_unlikely_as_a_number_can_be() -> None:
    assert log_normal_cdf(-1e6) == log_normal_cdf(-37.0) < -680


def test_arrays_keep_their_shape() -> None:
    assert log_normal_cdfs(np.zeros((2, 0))).shape == (2, 0)
    assert log_normal_cdfs(np.zeros((3, 1))) == pytest.approx(np.full((3, 1), math.log(0.5)))
