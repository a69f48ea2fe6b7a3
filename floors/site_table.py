"""Reading one table of a site file so that nothing wrong passes unnoticed."""

import difflib
import math
from collections.abc import Mapping, Sequence

from floors.errors import SiteError
from floors.site_parts import Pixel


class SiteTable:
    """A TOML table that knows where it stands and which of its keys were asked for.

    Every error names the file, the path of the key and what to do.
    """

    def __init__(self, values: Mapping[str, object], where: str, path: str = "") -> None:
        self._values = values
        self._where = where
        self._path = path
        self._asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def key(self, name: str) -> str:
        """Give the full path of a key, such as "floors.height_m"."""
        return f"{self._path}.{name}" if self._path else name

    def fail(self, key: str, problem: str) -> SiteError:
        """Make the error that says what is wrong with a key of this table (or with all of it, for "")."""
        return SiteError(f"{self._where}: {self.key(key) if key else self._path}: {problem}")

    def text(self, key: str, default: str | None = None) -> str:
        """Read a string that is not empty; without a default it must be there."""
        value = self._take(key, default)
        if not isinstance(value, str) or not (value.strip() or value == default):
            raise self.fail(key, f'must be a text, such as "a1", not {_show(value)}')
        return value

    def integer(self, key: str, least: int, default: int | None = None) -> int:
        """Read a whole number of `least` or more."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.fail(key, f"must be a whole number of {least} or more, not {_show(value)}")
        return value

    def positive(self, key: str) -> float:
        """Read a number over zero."""
        value = self._number(self._take(key, None), key)
        if value <= 0:
            raise self.fail(key, f"must be over 0, not {value:g}")
        return value

    def numbers(self, key: str, count: int | None = None) -> tuple[float, ...]:
        """Read a list of numbers, of `count` where that is fixed."""
        value = self._list(self._take(key, None), key)
        if count is not None and len(value) != count:
            raise self.fail(key, f"must have {count} numbers, not {len(value)}")
        return tuple(self._number(item, f"{key}[{index}]") for index, item in enumerate(value))

    def pixel(self, key: str) -> Pixel:
        """Read one pixel [x, y]."""
        x_px, y_px = self.numbers(key, 2)
        return x_px, y_px

    def pixels(self, key: str, least: int) -> tuple[Pixel, ...]:
        """Read a list of pixels [[x, y], ...], `least` or more of them."""
        value = self._list(self._take(key, None), key)
        if len(value) < least:
            raise self.fail(key, f"must have {least} points or more, not {len(value)}")
        return tuple(self._pixel(item, f"{key}[{index}]") for index, item in enumerate(value))

    def pixel_pair(self, key: str) -> tuple[Pixel, Pixel]:
        """Read a line: two different pixels [[x, y], [x, y]]."""
        value = self.pixels(key, 2)
        if len(value) != 2:
            raise self.fail(key, f"must be a line of two points, not {len(value)}")
        if value[0] == value[1]:
            raise self.fail(key, "both ends of the line are the same point; draw it as long as the facade is wide")
        return value[0], value[1]

    def has_nested_lines(self, key: str) -> bool:
        """Tell whether a key holds lines [[[x, y], [x, y]], ...] rather than points [[x, y], ...]."""
        value: object = self._values.get(key)
        for _ in range(2):
            if not isinstance(value, list) or not value:
                return False
            value = value[0]
        return isinstance(value, list)

    def pixel_pairs(self, key: str, count: int) -> tuple[tuple[Pixel, Pixel], ...]:
        """Read `count` lines [[[x, y], [x, y]], ...]."""
        value = self._list(self._take(key, None), key)
        if len(value) != count:
            raise self.fail(key, f"must have {count} lines, not {len(value)}")
        inner = SiteTable({f"{key}[{i}]": item for i, item in enumerate(value)}, self._where, self._path)
        return tuple(inner.pixel_pair(f"{key}[{index}]") for index in range(count))

    def table(self, key: str) -> "SiteTable":
        """Read a table; an empty one where it is absent."""
        value = self._take(key, {})
        if not isinstance(value, Mapping):
            raise self.fail(key, f"must be a table ([{self.key(key)}]), not {_show(value)}")
        return SiteTable(value, self._where, self.key(key))

    def tables(self, key: str) -> list["SiteTable"]:
        """Read a list of tables; none where it is absent."""
        value = self._list(self._take(key, []), key)
        found = []
        for index, item in enumerate(value):
            if not isinstance(item, Mapping):
                raise self.fail(f"{key}[{index}]", f"must be a table {{ ... }}, not {_show(item)}")
            found.append(SiteTable(item, self._where, self.key(f"{key}[{index}]")))
        return found

    def finish(self) -> None:
        """Refuse keys that nothing asked for."""
        for key in self._values:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1)
                known = ", ".join(sorted(self._asked))
                hint = f"did you mean {near[0]}?" if near else f"known here: {known}"
                raise self.fail(key, f"unknown key; {hint}")

    def allow(self, *keys: str) -> None:
        """Know keys that are read elsewhere or only in some cases."""
        self._asked.extend(keys)

    def _take(self, key: str, default: object) -> object:
        self._asked.append(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            near = difflib.get_close_matches(key, [name for name in self._values if name not in self._asked], n=1)
            if near:
                raise self.fail(near[0], f"unknown key; did you mean {key}?")
            raise self.fail(key, "is missing; add it")
        return default

    def _list(self, value: object, key: str) -> Sequence[object]:
        if not isinstance(value, list):
            raise self.fail(key, f"must be a list [...], not {_show(value)}")
        return value

    def _number(self, value: object, key: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.fail(key, f"must be a number, not {_show(value)}")
        return float(value)

    def _pixel(self, value: object, key: str) -> Pixel:
        pair = self._list(value, key)
        if len(pair) != 2:
            raise self.fail(key, f"must be a pixel [x, y], not {len(pair)} numbers")
        return self._number(pair[0], f"{key}[0]"), self._number(pair[1], f"{key}[1]")


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
