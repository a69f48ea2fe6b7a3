"""SciPy's solver of the linear assignment problem, without what stands beside it.

`import scipy.optimize` loads 490 modules, 48 MB in the process of each camera, for this one function. The library that
holds it is compiled, needs nothing but NumPy, and is loaded here by itself: 2 MB (docs/design/0013-memory.md).
"""

from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Protocol

import numpy as np
import scipy
from numpy.typing import NDArray

_LIBRARY = "_lsap"


class _Solver(Protocol):
    def __call__(self, cost_matrix: NDArray[np.float64], maximize: bool = ...) -> tuple[NDArray[np.intp], ...]: ...


def _load() -> _Solver:
    folders = [f"{folder}/optimize" for folder in scipy.__path__]
    spec = PathFinder.find_spec(_LIBRARY, folders)
    if spec is None or spec.loader is None:
        # The name is SciPy's own affair: under another one the function is where it always was.
        from scipy.optimize import linear_sum_assignment

        return linear_sum_assignment
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    solver: _Solver = module.linear_sum_assignment
    return solver


linear_sum_assignment = _load()
"""See `scipy.optimize.linear_sum_assignment`: this is that function."""
