"""When a stream that is lost is tried again, and when the log says so: by hand."""

from random import Random

import pytest

from vision.errors import CredentialsRefused, SourceError, StreamLost, StreamRefused
from vision.reconnection import Reconnection

GONE = StreamLost("cam: nothing listens there")
ENDED = StreamLost("cam: the camera ended the stream")
NO_PATH = StreamRefused("cam: no stream at that path")
WRONG_PASSWORD = CredentialsRefused("cam: check user and password")


class Unlucky(Random):
    """Adds the most that may be added at random, or nearly."""

    def random(self) -> float:
        return 1.0


class Lucky(Random):
    """Adds nothing at random."""

    def random(self) -> float:
        return 0.0


def waits_s(reconnection: Reconnection, error: SourceError, count: int) -> list[float]:
    return [reconnection.failed(error, 0.0).wait_s for _ in range(count)]


def news(reconnection: Reconnection, *failures: tuple[float, SourceError]) -> list[float]:
    """Give the moments at which something is to be said."""
    return [at_s for at_s, error in failures if reconnection.failed(error, at_s).is_news]


@pytest.mark.parametrize("error", [GONE, NO_PATH])
def test_camera_is_tried_after_a_second_and_then_every_two(error: SourceError) -> None:
    assert waits_s(Reconnection(Lucky()), error, 5) == [1, 2, 2, 2, 2]
    assert waits_s(Reconnection(Unlucky()), error, 5) == [1.25, 2.5, 2.5, 2.5, 2.5]


def test_refused_credentials_are_tried_more_and_more_seldom() -> None:
    assert waits_s(Reconnection(Lucky()), WRONG_PASSWORD, 7) == [1, 2, 4, 8, 16, 30, 30]


def test_refusals_are_counted_by_themselves_whatever_lies_between() -> None:
    reconnection = Reconnection(Lucky())
    assert waits_s(reconnection, WRONG_PASSWORD, 4) == [1, 2, 4, 8]
    assert waits_s(reconnection, GONE, 3) == [1, 2, 2]
    assert waits_s(reconnection, WRONG_PASSWORD, 2) == [16, 30]
    assert waits_s(reconnection, GONE, 1) == [2]


def test_what_stays_the_same_is_news_once_a_minute() -> None:
    failures = [(2.0 * i, GONE) for i in range(100)]
    assert news(Reconnection(Lucky()), *failures) == [0.0, 60.0, 120.0, 180.0]


def test_another_reason_is_news_at_once() -> None:
    failures = [(0.0, ENDED), (1.0, GONE), (3.0, GONE), (5.0, WRONG_PASSWORD), (6.0, WRONG_PASSWORD)]
    assert news(Reconnection(Lucky()), *failures) == [0.0, 1.0, 5.0]


def test_reasons_that_alternate_are_news_once_a_minute_each() -> None:
    failures = [(2.0 * i, (GONE, NO_PATH)[i % 2]) for i in range(62)]
    assert news(Reconnection(Lucky()), *failures) == [0.0, 2.0, 60.0, 62.0, 120.0, 122.0]


def test_success_makes_the_next_failure_news_and_soon_tried_again() -> None:
    reconnection = Reconnection(Lucky())
    waits_s(reconnection, GONE, 3)
    waits_s(reconnection, WRONG_PASSWORD, 3)
    reconnection.succeeded()
    assert news(reconnection, (1.0, GONE), (2.0, GONE), (3.0, WRONG_PASSWORD)) == [1.0, 3.0]
    reconnection.succeeded()
    assert waits_s(reconnection, GONE, 2) == [1, 2]
    assert waits_s(reconnection, WRONG_PASSWORD, 2) == [1, 2]


def test_stream_has_failed_from_the_first_failure_to_the_next_success() -> None:
    reconnection = Reconnection(Lucky())
    told = [reconnection.has_failed]
    for at_s in (0.0, 1.0, 500.0):
        reconnection.failed(GONE, at_s)
        told.append(reconnection.has_failed)
    reconnection.succeeded()
    assert [*told, reconnection.has_failed] == [False, True, True, True, False]
