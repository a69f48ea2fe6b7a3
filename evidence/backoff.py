"""How long to wait before trying again."""

import random

LONGEST_WAIT_S = 86_400.0

_RETRY_DELAYS_S = (5, 15, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, LONGEST_WAIT_S)
_REST_DELAYS_S = (5, 15, 60)
_JITTER = 0.2


def retry_delay_s(attempts: int, rng: random.Random) -> float:
    """Tell how long a delivery waits after it failed.

    Standard Webhooks 1.0 has 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h; 15 s and 1 min stand between
    here, since somebody waits at the door. After the last step it stays at the last one.

    Args:
        attempts: How often it failed, this time among them; from 1.
        rng: Spreads the delays by a fifth either way, so that many boxes do not come back together.

    Returns:
        Seconds.
    """
    return _spread(_RETRY_DELAYS_S[min(attempts, len(_RETRY_DELAYS_S)) - 1], rng)


def rest_delay_s(failures: int, rng: random.Random) -> float:
    """Tell how long nothing at all is sent after a receiver failed `failures` times in a row; a minute at most."""
    return _spread(_REST_DELAYS_S[min(failures, len(_REST_DELAYS_S)) - 1], rng)


def _spread(delay_s: float, rng: random.Random) -> float:
    return delay_s * rng.uniform(1.0 - _JITTER, 1.0 + _JITTER)
