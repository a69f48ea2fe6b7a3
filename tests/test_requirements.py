"""What the program says it needs is what it imports and what the locks pin."""

import re
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source_tree import PACKAGES, ROOT, read_tree

# Names that are imported where the distribution is called otherwise.
DISTRIBUTION_OF = {
    "cv2": "opencv-python-headless",
    "prometheus_client": "prometheus-client",
    "ultralytics": "ultralytics-opencv-headless",
}
# Imported, but part of what another dependency promises.
COMES_WITH = {"starlette": "fastapi", "pydantic_core": "pydantic", "markupsafe": "jinja2"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_import_is_declared_and_every_declared_is_imported(project: dict[str, Any]) -> None:
    imported = {
        DISTRIBUTION_OF.get(name, COMES_WITH.get(name, name))
        for file in read_tree(*PACKAGES)
        for name in (one.module.split(".")[0] for one in file.imports())
        if name not in sys.stdlib_module_names and name not in PACKAGES
    }
    optional = {
        canonicalize_name(Requirement(line).name)
        for extra in project["project"]["optional-dependencies"].values()
        for line in extra
    }
    declared = {canonicalize_name(Requirement(line).name) for line in project["project"]["dependencies"]}
    assert imported - optional == declared


def test_edge_lock_pins_what_the_program_declares(project: dict[str, Any]) -> None:
    assert_pinned(project["project"]["dependencies"], dict(pins("edge")))


def test_dev_lock_pins_what_tests_declare(project: dict[str, Any]) -> None:
    assert_pinned(project["dependency-groups"]["dev"], dict(pins("dev")))


def test_both_locks_pin_the_same_versions() -> None:
    edge, dev = dict(pins("edge")), dict(pins("dev"))
    assert {name: edge[name] for name in edge if name in dev} == {name: dev[name] for name in dev if name in edge}


@pytest.mark.parametrize("lock", ["edge", "dev"])
def test_lock_names_versions_only(lock: str) -> None:
    lines = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines if not re.fullmatch(r"#.*|[a-z0-9.-]+==[0-9a-z.]+ # via .*", line)]
    assert odd == []


def pins(lock: str) -> Iterator[tuple[str, str]]:
    for line in (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, version = line.split(" #")[0].split("==")
            yield canonicalize_name(name), version


def assert_pinned(declared: list[str], pinned: dict[str, str]) -> None:
    for requirement in map(Requirement, declared):
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} is declared, but the lock does not pin it"
        assert requirement.specifier.contains(pinned[name]), f"{name}=={pinned[name]} does not fit {requirement}"
