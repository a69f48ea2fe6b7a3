"""The help of the program and of each command."""

import pytest
import typer

from droptrace.cli import app
from tests.droptrace.program import run

COMMANDS = sorted(typer.main.get_group(app).commands)


def test_commands_are_those_of_the_contract() -> None:
    assert {"detect", "edge", "serve", "bench", "scene", "verify"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    outcome = run(command, "--help")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert f"Usage: droptrace {command} " in outcome.stdout


def test_program_lists_its_commands() -> None:
    outcome = run("--help")
    assert outcome.status == 0
    assert all(command in outcome.stdout for command in COMMANDS)


def test_benchmarks_run_under_their_own_name() -> None:
    outcome = run("--help", module="benchmarks")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "Usage: python -m benchmarks [OPTIONS]" in outcome.stdout


def test_version_is_told() -> None:
    outcome = run("--version")
    assert outcome.status == 0
    assert outcome.stdout.startswith("droptrace ")
