"""Heat maps as SVG: recall in colour, with its counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from benchmarks.plots import svg, text
from benchmarks.rates import Rate
from benchmarks.strata import CONTRASTS, SIZES, UNKNOWN, Stratum, pool

_LABEL_PX, _CELL_PX, _ROW_PX, _HEAD_PX = 92, 62, 30, 40
_LOW_ROW_PX = 21
_WORST, _TURN = 0.5, 0.85
_GOOD, _MIDDLE, _BAD = (56, 142, 84), (238, 189, 80), (204, 66, 58)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rates in rows and columns.

    Attributes:
        title: What is shown, for those who hear the page.
        across: What the columns are.
        columns: A name for each column.
        rows: A name and the rates of each row.
    """

    title: str
    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Rate, ...]], ...]


def size_by_contrast(strata: Sequence[Stratum]) -> Grid:
    """Lay out the recall of all suites by size (down) and contrast (across)."""
    contrasts = [one for one in (*CONTRASTS, UNKNOWN) if any(stratum.contrast == one for stratum in strata)]
    rows = []
    for size in SIZES:
        cells = tuple(pool(strata, size=size, contrast=contrast) for contrast in contrasts)
        rows.append((f"{size} px", (*cells, pool(strata, size=size))))
    total = (*(pool(strata, contrast=contrast) for contrast in contrasts), pool(strata))
    title = "Recall by size and contrast of the object"
    return Grid(title, "contrast to the wall, grey levels", (*contrasts, "all"), (*rows, ("all", total)))


def suite_by_class(strata: Sequence[Stratum]) -> Grid:
    """Lay out the recall of each suite by size and by contrast."""
    contrasts = [one for one in CONTRASTS if any(stratum.contrast == one for stratum in strata)]
    rows = []
    for suite in dict.fromkeys(stratum.suite for stratum in strata):
        sizes = tuple(pool(strata, suite=suite, size=size) for size in SIZES)
        rows.append((suite, (*sizes, *(pool(strata, suite=suite, contrast=contrast) for contrast in contrasts))))
    columns = (*(f"{size} px" for size in SIZES), *contrasts)
    return Grid("Recall of each suite by size and by contrast", "size, then contrast", columns, tuple(rows))


def heat_map(grid: Grid, *, is_low: bool = False) -> Markup:
    """Draw rates as coloured cells: the rate above its counts, or with low rows the counts alone."""
    row_px = _LOW_ROW_PX if is_low else _ROW_PX
    parts = [text(_LABEL_PX + _CELL_PX * len(grid.columns) / 2, 12, grid.across, "middle")]
    for column, name in enumerate(grid.columns):
        parts.append(text(_LABEL_PX + _CELL_PX * (column + 0.5), _HEAD_PX - 8, name, "middle"))
    for row, (name, rates) in enumerate(grid.rows):
        top_px = _HEAD_PX + row * row_px
        parts.append(text(_LABEL_PX - 8, top_px + row_px / 2 + 4, name, "end"))
        for column, rate in enumerate(rates):
            parts += _cell(rate, _LABEL_PX + column * _CELL_PX, top_px, row_px)
    width_px = _LABEL_PX + _CELL_PX * len(grid.columns) + 4
    return svg(width_px, _HEAD_PX + row_px * len(grid.rows) + 4, grid.title, parts)


def shade(share: float) -> str:
    """Choose the colour of a share: red up to a half, over yellow at 0.85, to green at 1."""
    low, high, along = (
        (_BAD, _MIDDLE, (share - 0.5) / 0.35) if share < 0.85 else (_MIDDLE, _GOOD, (share - 0.85) / 0.15)
    )
    along = min(max(along, 0.0), 1.0)
    mixed = (round(a + (b - a) * along) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _cell(rate: Rate, left_px: float, top_px: float, row_px: float) -> list[str]:
    if rate.value is None:
        return [text(left_px + _CELL_PX / 2, top_px + row_px / 2 + 4, "·", "middle", "soft")]
    hint = escape(f"{rate.count} of {rate.total}: {rate.low:.2f} to {rate.high:.2f}")
    middle_px = left_px + _CELL_PX / 2
    parts = [
        f'<rect x="{left_px + 1:.0f}" y="{top_px + 1:.0f}" width="{_CELL_PX - 2}" height="{row_px - 2}" rx="2" '
        f'fill="{shade(rate.value)}"><title>{hint}</title></rect>'
    ]
    counts = f"{rate.count}/{rate.total}"
    if row_px < _ROW_PX:
        return [*parts, text(middle_px, top_px + row_px / 2 + 4, counts, "middle", "on")]
    parts.append(text(middle_px, top_px + 14, f"{rate.value:.2f}", "middle", "on strong"))
    return [*parts, text(middle_px, top_px + 25, counts, "middle", "on small")]
