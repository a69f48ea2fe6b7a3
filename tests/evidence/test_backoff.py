import random

from evidence.backoff import rest_delay_s, retry_delay_s


class Middle(random.Random):
    """Always the middle of a range."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2.0


def test_first_retries_are_quick_and_the_last_wait_stays() -> None:
    delays = [retry_delay_s(attempts, Middle()) for attempts in range(1, 14)]

    assert delays == [5, 15, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, 86400, 86400]


def test_receiver_that_is_down_is_asked_once_a_minute_at_most() -> None:
    assert [rest_delay_s(failures, Middle()) for failures in (1, 2, 3, 4, 100)] == [5, 15, 60, 60, 60]


def test_delays_are_spread_by_a_fifth() -> None:
    rng = random.Random(7)
    delays = [retry_delay_s(3, rng) for _ in range(200)]

    assert 48.0 <= min(delays) < 51.0
    assert 69.0 < max(delays) <= 72.0
