"""What class of thing it is, by how the air holds it back."""

import pytest

from floors.impact import classify_drag


@pytest.mark.parametrize(
    ("terminal_velocity_m_s", "drag_class"),
    [(2.0, "flutters"), (4.9, "flutters"), (5.1, "light_solid"), (9.0, "light_solid"), (14.9, "light_solid"),
     (15.1, "heavy"), (60.0, "heavy")],
)  # fmt: skip
def test_borders_lie_at_five_and_fifteen(terminal_velocity_m_s: float, drag_class: str) -> None:
    assert classify_drag(terminal_velocity_m_s, 0.001)[0] == drag_class


def test_probability_is_worked_by_hand() -> None:
    # ln(30 / 15) = 0.693 is one deviation above the border: 84 % heavy.
    drag_class, probability = classify_drag(30.0, 0.6931)
    assert drag_class == "heavy"
    assert probability == pytest.approx(0.841, abs=0.001)


def test_on_the_border_both_are_as_likely() -> None:
    assert classify_drag(15.0, 0.1)[1] == pytest.approx(0.5, abs=1e-6)
