import pytest

from evidence.incident import make_incident_id
from tests.evidence.scenes import make_incident


def test_incident_id_is_the_same_on_every_machine_and_run() -> None:
    assert make_incident_id("tower.mp4", 2.7) == "e4e2ccd4-a36c-5a13-bffd-1add82fc533f"


def test_incident_id_compares_the_release_to_the_millisecond() -> None:
    assert make_incident_id("a", 2.7) == make_incident_id("a", 2.70004)
    assert make_incident_id("a", 2.7) != make_incident_id("a", 2.702)
    assert make_incident_id("a", 2.7) != make_incident_id("b", 2.7)


@pytest.mark.parametrize(
    ("verdict", "below_min_floor", "is_sent_on"),
    [("confirmed", False, True), ("suspected", False, True), ("rejected", False, False), ("confirmed", True, False)],
)
def test_only_falls_worth_a_visit_are_sent_on(verdict: str, below_min_floor: bool, is_sent_on: bool) -> None:
    assert make_incident(verdict=verdict, below_min_floor=below_min_floor).is_sent_on is is_sent_on
