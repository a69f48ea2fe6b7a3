"""In which order tests run."""

from pathlib import PurePath

import pytest

# The files of these wait longest for processes, streams and browsers: begun last, one of them would run alone.
_FIRST = ("journeys", "droptrace", "vision")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; files stay whole, and `make test` gives each to one process with its fixtures."""
    items.sort(key=lambda item: _turn(PurePath(item.nodeid).parts))


def _turn(parts: tuple[str, ...]) -> int:
    folder = parts[1] if len(parts) > 1 else ""
    return _FIRST.index(folder) if folder in _FIRST else len(_FIRST)
