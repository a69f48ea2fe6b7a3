"""Measurements are kept as long as the code that made them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.code_state import code_digest


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "measured_package"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "inner" / "part.py").write_text("LIMIT = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    sys.modules.pop(folder.name, None)


def test_digest_changes_with_any_module_and_with_nothing_else(package: Path) -> None:
    before = code_digest([package.name])
    (package / "notes.md").write_text("no code", encoding="utf-8")
    assert code_digest([package.name]) == before
    (package / "inner" / "part.py").write_text("LIMIT = 2\n", encoding="utf-8")
    assert code_digest([package.name]) != before


def test_order_of_the_packages_does_not_matter() -> None:
    assert code_digest(["vision", "floors"]) == code_digest(["floors", "vision"])
    assert code_digest(["vision"]) != code_digest(["floors"])


@pytest.mark.parametrize("name", ["no_such_package", "benchmarks.runner"])
def test_what_is_no_package_is_told(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=name):
        code_digest([name])
