"""What the documentation says is so: its examples run, its links lead somewhere, both languages say the same."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from droptrace.cli import app
from floors.site import parse_site
from tests.source_tree import PACKAGES, ROOT

ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SECTIONS_OF_A_DESIGN = ["Objective", "Background", "Design", "Caveats", "Alternatives", "Measured", "Status"]


@pytest.fixture(scope="module")
def english() -> str:
    return ENGLISH.read_text(encoding="utf-8")


def test_both_languages_have_the_same_outline() -> None:
    levels = [[len(mark) for mark, _ in headings(path)] for path in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1]
    commands = [[title for _, title in headings(path) if title.startswith("droptrace ")] for path in (ENGLISH, CHINESE)]
    assert commands[0] == commands[1]


def test_both_languages_have_the_same_examples_tables_and_links() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ENGLISH, CHINESE)]
    assert blocks(texts[0]) == blocks(texts[1])
    rows = [[line.count("|") for line in text.splitlines() if line.startswith("|")] for text in texts]
    assert rows[0] == rows[1]
    assert sorted(links(texts[0]) - {CHINESE.name}) == sorted(links(texts[1]) - {ENGLISH.name})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    dead = [link for link in links(path.read_text(encoding="utf-8")) if not is_there(path, link)]
    assert dead == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_named_in_code_marks_exist(path: Path) -> None:
    named = re.findall(rf"`((?:docs|tests|samples|{'|'.join(PACKAGES)})/[\w./-]*)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "design").glob("*.md")), ids=lambda path: path.name)
def test_design_document_has_its_sections(path: Path) -> None:
    assert [title for mark, title in headings(path) if mark == "##"] == SECTIONS_OF_A_DESIGN


def test_every_command_has_its_section(english: str) -> None:
    told = {title.removeprefix("droptrace ") for _, title in headings(ENGLISH) if title.startswith("droptrace ")}
    assert told == set(commands())


def test_examples_use_options_that_exist() -> None:
    for path in DOCUMENTS:
        for command, rest in re.findall(r"^droptrace (\w[\w-]*)(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE):
            wrong = set(re.findall(r"--[a-z][a-z-]*", rest)) - commands()[command] - {"--help"}
            assert not wrong, f"{path.name}: droptrace {command} has no {', '.join(wrong)}"


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"^make ([a-z-]+)", "\n".join(blocks(text)), re.MULTILINE))
        used |= set(re.findall(r"`make ([a-z-]+)[^`]*`", text))
        assert used <= targets, f"{path.name}: no such target: {', '.join(used - targets)}"
    assert set(re.findall(r'@echo "make ([a-z-]+)', makefile)) == targets - {"help"}


def test_site_file_in_the_readme_is_one(english: str) -> None:
    (text,) = blocks(english, "toml")
    site = parse_site(text, "README.md")
    assert (site.kind, site.floor_count, site.min_floor) == ("points", 18, 7)


def test_licence_is_the_one_that_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "AGPL-3.0-or-later"
    title = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split()[:8])
    assert title == "GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19"


def test_readme_examples_run_and_print_what_it_shows(english: str, tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    for name in ("demo.mp4", "demo.site.toml"):
        shutil.copy(ROOT / "samples" / name, tmp_path / "samples" / name)
    tried = ("droptrace detect", "droptrace verify")
    detect, strict, verify = (line for line in sh_lines(english) if line.startswith(tried))
    assert json.loads(run(strict, tmp_path))["verdict"] == "confirmed"
    told = run(detect, tmp_path)
    (found,) = [json.loads(line) for line in told.splitlines()]
    (shown,) = map(json.loads, blocks(english, "json"))
    assert list(found) == list(shown)
    assert list(found["origin"]) == list(shown["origin"])
    for key in ("verdict", "label", "camera_id"):
        assert found[key] == shown[key]
    assert (found["origin"]["floor"], found["origin"]["unit"]) == (shown["origin"]["floor"], shown["origin"]["unit"])
    assert Path(found["package"]).parent == Path(shown["package"]).parent
    assert run(verify, tmp_path).endswith("all files are as they were sealed\n")


def test_readme_help_example_lists_every_command(english: str, tmp_path: Path) -> None:
    assert "droptrace --help" in sh_lines(english)
    told = run("droptrace --help", tmp_path)
    assert all(re.search(rf"^\W*{command} ", told, re.MULTILINE) for command in commands())


def run(line: str, folder: Path) -> str:
    """Run a line of the README as a shell would, with this environment's droptrace on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        line, shell=True, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def commands() -> dict[str, set[str]]:
    """Give the options of each command of the program."""
    group = get_command(app)
    assert hasattr(group, "commands")
    return {
        name: {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}
        for name, command in group.commands.items()
    }


def headings(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"^(#+) (.+)$", text, re.MULTILINE)


def blocks(text: str, language: str = r"\w*") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def sh_lines(text: str) -> list[str]:
    return [line for block in blocks(text, "sh") for line in block.splitlines()]


def links(text: str) -> set[str]:
    return set(re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))


def is_there(path: Path, link: str) -> bool:
    """Tell whether a link within the tree leads to a file, and its part after # to a heading."""
    if "://" in link:
        return True
    name, _, place = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    if not target.exists():
        return False
    anchors = (
        {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for _, title in headings(target)} if place else ()
    )
    return not place or place in anchors
