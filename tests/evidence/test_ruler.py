import numpy as np
from numpy.typing import NDArray

from evidence.drawing import AMBER, Pen
from evidence.ruler import draw_ruler
from floors.origin import Origin


def test_ruler_stands_at_the_edge_away_from_the_path_and_marks_the_origin() -> None:
    ruler = (
        (1, (100.0, 900.0), (700.0, 900.0)),
        (2, (100.0, 600.0), (700.0, 600.0)),
        (3, (700.0, 300.0), (100.0, 300.0)),
    )
    origin = Origin(2, 2, 2, None, 0.9, ())

    def drawn(path_x: float) -> NDArray[np.uint8]:
        picture = np.zeros((1000, 800, 3), np.uint8)
        draw_ruler(Pen(picture), (800, 1000), ruler, origin, path_x)
        return picture

    left, right = drawn(650.0), drawn(150.0)
    assert left[700, 100].any()
    assert not left[760:850, 690:710].any()
    assert right[700, 700].any()
    assert left[450, 400].any(), "the floor of the origin is tinted"
    assert not left[750, 400].any(), "another floor is not"
    assert (np.abs(left[:, :90].astype(int) - AMBER).max(axis=2) < 20).any(), "its number is in colour"


def test_dense_ruler_writes_the_floor_of_the_origin_and_round_numbers_only() -> None:
    ruler = tuple((floor, (100.0, 900.0 - 6.0 * floor), (700.0, 900.0 - 6.0 * floor)) for floor in range(1, 34))
    picture = np.zeros((1080, 800, 3), np.uint8)

    draw_ruler(Pen(picture), (800, 1080), ruler, Origin(17, 17, 17, None, 0.9, ()), 650.0)

    amber = np.abs(picture[:, :90].astype(int) - AMBER).max(axis=2) < 20
    rows = np.flatnonzero(amber.any(axis=1))
    assert rows.size
    assert 780 < rows.mean() < 810
