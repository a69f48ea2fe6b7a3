"""Rules of the tree that no linter knows."""

import importlib.util
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.source_tree import PACKAGES, ROOT, SourceFile, find_cycle, parse, read_tree

MAY_IMPORT: dict[str, set[str]] = {
    "vision": set(),
    "floors": set(),
    "models": {"vision"},
    "tracking": {"vision", "floors"},
    "evidence": {"vision", "floors", "tracking"},
    "server": {"evidence"},
    "samples": {"floors"},
    "benchmarks": set(PACKAGES),
    "droptrace": set(PACKAGES),
}
ROOF = "droptrace.cli"
ABOVE_THE_ROOF = {"benchmarks.__main__", "droptrace.__main__"}
MOST_LINES = 400
MOST_LINES_OF_FUNCTION = 60


@pytest.fixture(scope="module")
def source() -> list[SourceFile]:
    return read_tree(*PACKAGES)


@pytest.fixture(scope="module")
def everything(source: list[SourceFile]) -> list[SourceFile]:
    return [*source, *read_tree("tests")]


def test_packages_import_one_way(source: list[SourceFile]) -> None:
    assert_none(
        f"{file.path}:{one.line}: {file.package} must not import {one.module}; "
        f"it may import {', '.join(sorted(MAY_IMPORT[file.package])) or 'no other package of the project'}"
        for file in source
        for one in file.imports()
        if one.module.split(".")[0] in {*PACKAGES, "tests"} - MAY_IMPORT[file.package] - {file.package}
    )


def test_imports_are_absolute(everything: list[SourceFile]) -> None:
    assert_none(
        f"{file.path}:{one.line}: relative import {one.module}; write the full name"
        for file in everything
        for one in file.imports()
        if one.module.startswith(".")
    )


def test_nothing_below_the_roof_imports_the_command_line(source: list[SourceFile]) -> None:
    assert_none(
        f"{file.path}:{one.line}: {ROOF} is for {', '.join(sorted(ABOVE_THE_ROOF))} alone"
        for file in source
        for one in file.imports()
        if one.module == ROOF and file.module not in ABOVE_THE_ROOF
    )


def test_modules_do_not_import_each_other_in_circles(source: list[SourceFile]) -> None:
    cycle = find_cycle(module_graph(source))
    assert cycle is None, f"modules import each other in a circle: {' -> '.join(cycle)}"


def test_files_fit_a_reader(everything: list[SourceFile]) -> None:
    assert_none(
        f"{file.path}:{MOST_LINES + 1}: {lines} lines; cut it where it has two nouns, {MOST_LINES} is the most"
        for file in everything
        if (lines := len(file.text.splitlines())) > MOST_LINES
    )


def test_functions_fit_a_screen(everything: list[SourceFile]) -> None:
    assert_none(
        f"{file.path}:{line}: {name} has {length} lines; {MOST_LINES_OF_FUNCTION} is the most"
        for file in everything
        for name, line, length in file.functions()
        if length > MOST_LINES_OF_FUNCTION
    )


def test_no_function_rebinds_module_state(everything: list[SourceFile]) -> None:
    assert_none(
        f"{file.path}:{line}: `global`; give the state to an object that owns it"
        for file in everything
        for line in file.globals()
    )


def test_only_named_errors_are_caught(everything: list[SourceFile]) -> None:
    assert_none(
        f"{file.path}:{line}: catches everything; name the errors that can be dealt with here"
        for file in everything
        for line in file.broad_handlers()
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_package_resolves_inside_this_checkout(package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None, f"{package} has no __init__.py"
    assert Path(spec.origin).resolve().is_relative_to(ROOT), f"{package} comes from {spec.origin}"


def test_every_package_is_in_the_wheel() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert found == set(PACKAGES), "PACKAGES in tests/source_tree.py does not name what is there"
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    listed = wheel["packages"]["find"]["include"]
    missing = [package for package in PACKAGES if not any(fnmatch(package, pattern) for pattern in listed)]
    assert not missing, f"tool.setuptools.packages.find.include in pyproject.toml lacks {', '.join(missing)}"


def test_every_other_file_is_in_the_wheel() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns: dict[str, list[str]] = wheel["package-data"]
    listed = {path for package, each in patterns.items() for one in each for path in (ROOT / package).glob(one)}
    assert_none(
        f"{path.relative_to(ROOT).as_posix()}: tool.setuptools.package-data in pyproject.toml does not list it"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".part") and path not in listed
        if path.suffix != ".py" or not (path.parent / "__init__.py").exists()
    )


def test_scan_sees_imports_inside_functions_and_of_names() -> None:
    file = parse("vision/eye.py", "def look():\n    from tracking import judge\n    import server.app\n")
    found = [(one.module, one.line) for one in file.imports()]
    assert found == [("tracking", 2), ("tracking.judge", 2), ("server.app", 3)]


@pytest.mark.parametrize(
    ("graph", "cycle"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, None),
        ({"a": {"b", "c"}, "b": {"c"}, "c": set()}, None),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, ["b", "c", "b"]),
        ({"a": {"a"}}, ["a", "a"]),
    ],
)
def test_cycle_is_found_where_there_is_one(graph: dict[str, set[str]], cycle: list[str] | None) -> None:
    assert find_cycle(graph) == cycle


def test_broad_handlers_are_seen_in_every_form() -> None:
    text = "try:\n    pass\nexcept {}:\n    pass\n"
    caught = ["Exception", "BaseException as error", "(OSError, Exception)", "OSError"]
    assert [list(parse("a.py", text.format(one)).broad_handlers()) for one in caught] == [[3], [3], [3], []]
    assert list(parse("a.py", text.replace(" {}", "")).broad_handlers()) == [3]


def module_graph(files: Iterable[SourceFile]) -> dict[str, set[str]]:
    files = list(files)
    known = {file.module for file in files}
    return {file.module: {one.module for one in file.imports() if one.module in known} for file in files}


def assert_none(violations: Iterable[str]) -> None:
    found = list(violations)
    assert not found, "\n" + "\n".join(found)
