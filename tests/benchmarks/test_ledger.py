"""What became of throws, by hand."""

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.rig.endpoint import Order, read_order
from benchmarks.rig.ledger import Throw, released_s, settle, throws_of
from benchmarks.rig.spans import covered_s, merged
from benchmarks.truth import TrueFall
from tests.benchmarks.made import true_path

PATH = tuple(true_path(2))
THROW = Throw("gate", release_s=100.0, first_s=100.1, last_s=102.6)


def order(key: str = "a", camera: str = "gate", **changes: Any) -> Order:
    return replace(Order(key, camera, "confirmed", 104.0, 5100.0, 5103.0, 2.6), **changes)


def fate(*orders: tuple[Order, float], blind: list[tuple[float, float]] = []) -> str:  # noqa: B006
    (entry,) = settle([THROW], orders, {"gate": blind}).entries
    return entry.fate


def test_a_throw_is_told_once_or_twice_or_lost() -> None:
    assert fate((order(), 100.1)) == "told"
    assert fate((order("a"), 100.1), (order("b"), 101.9)) == "twice"
    assert fate() == "lost"


@pytest.mark.parametrize(
    ("blind", "expected"),
    [
        ([(99.0, 103.0)], "blind"),
        ([(99.0, 101.0), (101.0, 102.6)], "blind"),
        ([(99.0, 101.0)], "partly blind"),
        ([(102.6, 110.0)], "lost"),
        ([(90.0, 100.1)], "lost"),
    ],
)
def test_blind_time_counts_only_as_far_as_the_object_was_in_view(
    blind: list[tuple[float, float]], expected: str
) -> None:
    assert fate(blind=blind) == expected


def test_what_is_told_is_told_though_the_camera_was_blind() -> None:
    assert fate((order(), 100.0), blind=[(99.0, 103.0)]) == "told"


def test_order_of_another_camera_or_time_belongs_to_no_throw() -> None:
    ledger = settle([THROW], [(order("a", "yard"), 100.0), (order("b"), 97.9), (order("c"), 102.7)], {})
    assert [entry.fate for entry in ledger.entries] == ["lost"]
    assert [stray.incident_id for stray in ledger.strays] == ["a", "b", "c"]
    assert not ledger.is_clean


def test_order_belongs_to_the_nearest_of_two_throws() -> None:
    second = Throw("gate", 101.5, 101.6, 104.0)
    ledger = settle([THROW, second], [(order("a"), 101.4), (order("b"), 100.2)], {})
    assert [[one.incident_id for one in entry.orders] for entry in ledger.entries] == [["b"], ["a"]]
    assert ledger.is_clean


def test_throw_from_below_the_least_floor_is_not_waited_for_and_its_order_is_no_stray() -> None:
    low = Throw("gate", 100.0, 100.1, 102.6, is_due=False)
    ledger = settle([low], [(order(), 100.0)], {})
    assert (ledger.entries, ledger.strays) == ((), ())


def test_throws_of_a_clip_that_is_shown_again_and_again() -> None:
    falls = [
        TrueFall("bottle", 2.0, 2.1, 4.0, 9, None, PATH),
        TrueFall("can", 5.0, 5.1, 6.0, 3, None, PATH),
    ]
    throws = throws_of("gate", falls, start_s=10.0, length_s=7.0, during=(13.0, 26.0), min_floor=7)
    # The clip begins at 10, 17, 24: 12 is too early, 26 is not over in time.
    assert [(throw.release_s, throw.is_due) for throw in throws] == [(15.0, False), (19.0, True), (22.0, False)]


def test_release_is_found_on_either_side_of_a_jump_of_the_wall_clock() -> None:
    # The wall clock was 5000 s ahead of the monotonic one, and then 5600 s.
    offsets_s = (5000.0, 5600.0)
    assert released_s(order(), offsets_s) == 100.0
    assert released_s(order(release_utc_s=5700.0, detected_utc_s=5703.0), offsets_s) == 100.0
    assert released_s(order(release_utc_s=None), offsets_s) is None


def test_spans_are_joined_and_cover_no_second_twice() -> None:
    assert merged([(3.0, 4.0), (1.0, 2.0), (1.5, 3.0), (6.0, 6.0)]) == [(1.0, 4.0)]
    assert covered_s((0.0, 10.0), [(-5.0, 1.0), (0.5, 2.0), (9.0, 20.0)]) == 3.0


def test_facts_of_an_order_are_read() -> None:
    facts = {"incident_id": "i", "camera_id": "gate", "verdict": "suspected", "release_s": 3.0, "last_s": 5.5}
    facts |= {"release_utc": "1970-01-01T00:01:40Z", "detected_utc": "1970-01-01T00:01:43.500Z"}
    assert read_order(facts, 7.0) == Order("i", "gate", "suspected", 7.0, 100.0, 103.5, 2.5)
    assert read_order(facts | {"release_utc": None}, 7.0).release_utc_s is None
