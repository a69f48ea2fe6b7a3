"""Plots as SVG, small enough to stand inside the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from benchmarks.rates import Frequency, Rate, frequency_text, rate_text
from benchmarks.summary import ReliabilityBin

BLUE, ORANGE, RED, GREY = "#2b6cb0", "#dd8a1a", "#c53030", "#8a94a0"
ROW_PX, LABEL_PX, BAR_PX, VALUE_PX = 22, 130, 300, 140


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar: its length and interval on a common scale, its colour, and what is written at its end."""

    value: float | None
    low: float | None
    high: float | None
    colour: str
    words: str


def rate_bar(rate: Rate, colour: str) -> Bar:
    """Make the bar of a rate."""
    return Bar(rate.value, rate.low, rate.high, colour, rate_text(rate))


def frequency_bar(frequency: Frequency, colour: str) -> Bar:
    """Make the bar of a frequency; what so few hours do not exclude stands in words, for it would dwarf all bars."""
    words = f"{frequency_text(frequency)} ({frequency.count})"
    if frequency.high is not None:
        words += f", at most {frequency.high:.3g}"
    return Bar(frequency.value, None, None, colour, words)


def bar_chart(rows: Mapping[str, Sequence[Bar]], longest: float, title: str) -> Markup:
    """Draw bars in groups, a label for each group, with whiskers for the 95 % intervals.

    Args:
        rows: Bars of each group by its label.
        longest: Value of a bar of full length; 1 for rates.
        title: What is shown, for those who hear the page.
    """
    parts = []
    y_px = 4.0
    for label, bars in rows.items():
        middle_px = y_px + ROW_PX * len(bars) / 2
        parts.append(text(LABEL_PX - 8, middle_px + 4, label, "end"))
        for bar in bars:
            parts += _bar(bar, y_px, longest)
            y_px += ROW_PX
        y_px += 8
    axis = f'<line x1="{LABEL_PX}" y1="0" x2="{LABEL_PX}" y2="{y_px:.0f}" stroke="{GREY}"/>'
    return svg(LABEL_PX + BAR_PX + VALUE_PX, y_px, title, [axis, *parts])


def histogram(counts: Mapping[str, int], title: str) -> Markup:
    """Draw counts as columns in the order given; that of "0", the right answer, in blue."""
    width_px, height_px = 46, 130
    most = max(counts.values(), default=1)
    parts = []
    for i, (label, count) in enumerate(counts.items()):
        column_px = height_px * count / most
        x_px = 10 + i * width_px
        colour = BLUE if label == "0" else ORANGE
        parts.append(
            f'<rect x="{x_px + 4}" y="{20 + height_px - column_px:.1f}" width="{width_px - 8}" '
            f'height="{column_px:.1f}" fill="{colour}"/>'
        )
        parts.append(text(x_px + width_px / 2, 15 + height_px - column_px, str(count), "middle"))
        parts.append(text(x_px + width_px / 2, height_px + 36, label, "middle"))
    return svg(20 + width_px * max(1, len(counts)), height_px + 44, title, parts)


def reliability_plot(bins: Sequence[ReliabilityBin], title: str) -> Markup:
    """Draw claimed probability (right) against share right (up); points on the diagonal are honest.

    Beside each point stands the number of origins, through it goes the 95 % interval.
    """
    side_px, left_px, top_px = 220, 40, 10
    bottom_px = top_px + side_px
    parts = [
        f'<rect x="{left_px}" y="{top_px}" width="{side_px}" height="{side_px}" fill="none" stroke="{GREY}"/>',
        f'<line x1="{left_px}" y1="{bottom_px}" x2="{left_px + side_px}" y2="{top_px}" stroke="{GREY}" '
        'stroke-dasharray="4 4"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        parts.append(text(left_px + side_px * tick, bottom_px + 16, f"{tick:g}", "middle"))
        parts.append(text(left_px - 6, bottom_px - side_px * tick + 4, f"{tick:g}", "end"))
    parts.append(text(left_px + side_px / 2, bottom_px + 34, "claimed probability", "middle"))
    most = max((one.count for one in bins), default=0)
    for one in bins:
        if one.mean_probability is None or one.share_right is None:
            continue
        x_px, y_px = left_px + side_px * one.mean_probability, bottom_px - side_px * one.share_right
        low_px, high_px = (bottom_px - side_px * (end or 0.0) for end in (one.share_low, one.share_high))
        radius_px = 3 + 5 * (one.count / most) ** 0.5
        hint = f"<title>{one.count} origins: claimed {one.mean_probability:.2f}, right {one.share_right:.2f}</title>"
        parts.append(f'<path d="M{x_px:.1f} {low_px:.1f}V{high_px:.1f}" stroke="{BLUE}"/>')
        parts.append(
            f'<circle cx="{x_px:.1f}" cy="{y_px:.1f}" r="{radius_px:.1f}" fill="{BLUE}" fill-opacity="0.7">'
            f"{hint}</circle>"
        )
        parts.append(text(x_px - radius_px - 3, y_px + 4, str(one.count), "end", "small"))
    return svg(left_px + side_px + 14, bottom_px + 42, title, parts)


def stacked_bars(rows: Mapping[str, Sequence[tuple[int, str]]], title: str) -> Markup:
    """Draw a low bar a row, made of counts one after the other, each in its colour; its sum stands at the end."""
    row_px, bar_px = 15, 200
    most = max((sum(count for count, _ in parts) for parts in rows.values()), default=1)
    drawn = []
    for i, (label, counts) in enumerate(rows.items()):
        drawn.append(text(44, i * row_px + 12, label, "end", "small"))
        left_px = 50.0
        for count, colour in counts:
            width_px = bar_px * count / max(1, most)
            drawn.append(
                f'<rect x="{left_px:.1f}" y="{i * row_px + 2}" width="{width_px:.1f}" height="{row_px - 4}" '
                f'fill="{colour}"/>'
            )
            left_px += width_px
        drawn.append(text(left_px + 5, i * row_px + 12, str(sum(count for count, _ in counts)), "start", "small"))
    return svg(50 + bar_px + 40, row_px * len(rows) + 4, title, drawn)


def _bar(bar: Bar, y_px: float, longest: float) -> list[str]:
    middle_px = y_px + ROW_PX / 2
    parts = [text(LABEL_PX + BAR_PX + 8, middle_px + 4, bar.words, "start")]
    if bar.value is None or longest <= 0:
        return parts
    length_px = BAR_PX * min(1.0, bar.value / longest)
    parts.append(
        f'<rect x="{LABEL_PX}" y="{y_px + 3:.1f}" width="{length_px:.1f}" height="{ROW_PX - 6}" fill="{bar.colour}"/>'
    )
    if bar.low is not None and bar.high is not None:
        low_px, high_px = (LABEL_PX + BAR_PX * min(1.0, end / longest) for end in (bar.low, bar.high))
        whisker = f"M{low_px:.1f} {middle_px - 4:.1f}v8m0 -4H{high_px:.1f}m0 -4v8"
        parts.append(f'<path d="{whisker}" stroke="currentColor" fill="none"/>')
    return parts


def text(x_px: float, y_px: float, words: str, anchor: str, style: str = "") -> str:
    """Write words at a place; `style` names classes of the page."""
    named = f' class="{style}"' if style else ""
    return f'<text x="{x_px:.1f}" y="{y_px:.1f}" text-anchor="{anchor}"{named}>{escape(words)}</text>'


def svg(width_px: float, height_px: float, title: str, parts: Sequence[str]) -> Markup:
    """Put parts into one picture that can be read aloud by its title."""
    return Markup(
        f'<svg role="img" viewBox="0 0 {width_px:.0f} {height_px:.0f}" width="{width_px:.0f}" height="{height_px:.0f}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
