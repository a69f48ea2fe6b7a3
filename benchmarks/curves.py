"""Recall over signal to noise as a plot."""

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from benchmarks.plots import BLUE, GREY, ORANGE, RED, svg, text
from benchmarks.rates import wilson
from benchmarks.sensitivity import LEAST_SNR, Sensitivity, Trial, ideal_recall, typical_frames

COLOURS = (BLUE, ORANGE, RED, "#6b4fa0")
_TICKS = (0.25, 0.5, 1, 2, 4, 8, 16, 32)
_LEFT_PX, _TOP_PX, _WIDTH_PX, _HEIGHT_PX = 40, 10, 420, 200
_STEPS = 120
_POINTS = 9


def sensitivity_plot(curves: Mapping[str, Sensitivity]) -> Markup:
    """Draw recall over the logarithm of the signal to noise: the bound dashed, fitted curves, measured points.

    Args:
        curves: Of each contender by its name, at most four; the first has its points drawn.
    """
    first = next(iter(curves.values()))
    bottom_px = _TOP_PX + _HEIGHT_PX
    parts = [
        f'<rect x="{_LEFT_PX}" y="{_TOP_PX}" width="{_WIDTH_PX}" height="{_HEIGHT_PX}" fill="none" stroke="{GREY}"/>',
        *(text(_x_px(one), bottom_px + 16, f"{one:g}", "middle") for one in _TICKS),
        *(text(_LEFT_PX - 6, _y_px(share) + 4, f"{share:g}", "end") for share in (0.0, 0.5, 1.0)),
        text(_LEFT_PX + _WIDTH_PX / 2, bottom_px + 34, "signal to noise of one frame", "middle"),
    ]
    frames = typical_frames(first.trials)
    bound = [(snr, ideal_recall(snr, frames)) for snr in _places()]
    parts.append(_line(bound, GREY, ' stroke-dasharray="5 4"'))
    for curve, colour in zip(curves.values(), COLOURS, strict=False):
        drawn = [(snr, share) for snr in _places() if (share := curve.recall(snr)) is not None]
        flat = [(snr, float(curve.found > 0)) for snr in _places()]
        parts.append(_line(drawn or flat, colour, ' stroke-width="2"'))
    parts += _points(first.trials, COLOURS[0])
    return svg(_LEFT_PX + _WIDTH_PX + 16, bottom_px + 42, "Recall over signal to noise", parts)


def _places() -> list[float]:
    low, high = math.log(_TICKS[0]), math.log(_TICKS[-1])
    return [math.exp(low + (high - low) * step / _STEPS) for step in range(_STEPS + 1)]


def _x_px(snr: float) -> float:
    low, high = math.log(_TICKS[0]), math.log(_TICKS[-1])
    along = (math.log(max(snr, LEAST_SNR)) - low) / (high - low)
    return _LEFT_PX + _WIDTH_PX * min(max(along, 0.0), 1.0)


def _y_px(share: float) -> float:
    return _TOP_PX + _HEIGHT_PX * (1.0 - share)


def _line(points: Sequence[tuple[float, float]], colour: str, style: str) -> str:
    places = " ".join(f"{_x_px(snr):.1f},{_y_px(share):.1f}" for snr, share in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}"{style}/>'


def _points(trials: Sequence[Trial], colour: str) -> list[str]:
    """Draw the share found of trials of like signal to noise, with its interval and how many they are."""
    in_order = sorted(trials, key=lambda trial: trial.snr)
    groups = [in_order[len(in_order) * i // _POINTS : len(in_order) * (i + 1) // _POINTS] for i in range(_POINTS)]
    parts = []
    for group in filter(None, groups):
        rate = wilson(sum(trial.found for trial in group), len(group))
        x_px = _x_px(group[len(group) // 2].snr)
        low_px, high_px = _y_px(rate.low or 0.0), _y_px(rate.high or 0.0)
        hint = f"<title>{rate.count} of {rate.total}, {group[0].snr:.2f} to {group[-1].snr:.2f}</title>"
        parts.append(f'<path d="M{x_px:.1f} {low_px:.1f}V{high_px:.1f}" stroke="{colour}" opacity="0.5"/>')
        parts.append(
            f'<circle cx="{x_px:.1f}" cy="{_y_px(rate.value or 0.0):.1f}" r="4" fill="{colour}">{hint}</circle>'
        )
    return parts
