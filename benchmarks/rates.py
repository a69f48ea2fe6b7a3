"""Shares and frequencies with the interval that their counts allow."""

import math
from dataclasses import dataclass

from scipy.stats import chi2

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many.

    Attributes:
        count: How many.
        total: Of how many.
        value: Their ratio; None of nothing.
        low: Lower end of the 95 % interval; None of nothing.
        high: Upper end.
    """

    count: int
    total: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Frequency:
    """So many in so many hours, with the 95 % interval; no value where nothing was watched."""

    count: int
    hours: float
    value: float | None
    low: float | None
    high: float | None


def wilson(count: int, total: int) -> Rate:
    """Make a rate with Wilson's score interval (Wilson 1927), which stays honest near 0 and 1 and for few cases."""
    if total == 0:
        return Rate(count, total, None, None, None)
    share = count / total
    weight = 1 + Z_95**2 / total
    centre = (share + Z_95**2 / (2 * total)) / weight
    half = Z_95 * math.sqrt(share * (1 - share) / total + Z_95**2 / (4 * total**2)) / weight
    low = 0.0 if count == 0 else centre - half
    high = 1.0 if count == total else centre + half
    return Rate(count, total, share, low, high)


def per_hour(count: int, hours: float) -> Frequency:
    """Make a frequency with the exact interval of a Poisson count (Garwood 1936)."""
    if hours <= 0:
        return Frequency(count, hours, None, None, None)
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(0.975, 2 * (count + 1))) / 2
    return Frequency(count, hours, count / hours, low / hours, high / hours)


def rate_text(rate: Rate) -> str:
    """Write a rate to three places, as n of m beside it; "-" of nothing."""
    return "-" if rate.value is None else f"{rate.value:.3f} {rate.count}/{rate.total}"


def frequency_text(frequency: Frequency) -> str:
    """Write a frequency to three significant places; "-" where nothing was watched."""
    return "-" if frequency.value is None else _number_text(frequency.value)


def interval_text(number: Rate | Frequency) -> str:
    """Write the 95 % interval of a number; "-" where it has none."""
    return (
        "-"
        if number.low is None or number.high is None
        else f"{_number_text(number.low)} to {_number_text(number.high)}"
    )


def _number_text(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
