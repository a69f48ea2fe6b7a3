import numpy as np
from scipy.optimize import linear_sum_assignment as reference

from tests.fresh import loaded_by
from tracking.linear_assignment import linear_sum_assignment


def test_solver_is_that_of_scipy() -> None:
    rng = np.random.default_rng(3)
    for rows, columns in rng.integers(1, 20, (50, 2)):
        gain = rng.normal(size=(rows, columns))
        assert np.array_equal(linear_sum_assignment(gain, maximize=True), reference(gain, maximize=True))


def test_solver_comes_without_the_rest_of_scipy() -> None:
    loaded = loaded_by("tracking.association")
    assert "scipy" in loaded
    assert "scipy.optimize" not in loaded
