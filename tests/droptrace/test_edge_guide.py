"""What docs/edge.md says of the edge box is so: its keys, its events, its example."""

import ast
import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from droptrace.config import (
    CameraConfig,
    DetectionConfig,
    EdgeConfig,
    EndpointConfig,
    EvidenceConfig,
    LimitsConfig,
    MetricsConfig,
    RetentionConfig,
    load_edge_config,
)
from droptrace.reload import difference, settle
from droptrace.roster import make_roster
from evidence.retention import is_held
from tests.droptrace.events import Events
from tests.droptrace.processes import skip_without_proc
from tests.droptrace.program import running
from tests.source_tree import ROOT, read_tree

GUIDE = ROOT / "docs" / "edge.md"
TABLES: dict[str, type[BaseModel]] = {
    "camera": CameraConfig,
    "endpoint": EndpointConfig,
    "detection": DetectionConfig,
    "evidence": EvidenceConfig,
    "limits": LimitsConfig,
    "metrics": MetricsConfig,
    "retention": RetentionConfig,
}
OTHER: dict[str, Any] = {
    "endpoint.url": "http://127.0.0.1:9/b",
    "camera.address": "rtsp://192.0.2.9/a",
    "camera.site": str(ROOT / "samples" / "demo.site.toml"),
}


@pytest.fixture(scope="module")
def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


def rows(guide: str, head: str) -> list[list[str]]:
    """Give the cells of the table that begins with a head, code marks taken off the first."""
    _, _, rest = guide.partition(f"\n{head}\n")
    lines = rest.partition("\n\n")[0].splitlines()[1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [[first.strip("`"), *others] for first, *others in cells]


def defaults() -> dict[str, str]:
    """Give every key with its default as TOML writes it."""
    found = {}
    models: dict[str, type[BaseModel]] = {"": EdgeConfig, **TABLES}
    for table, model in models.items():
        for key, field in model.model_fields.items():
            if table or key not in TABLES:
                name = f"{table}.{key}" if table else key
                value = "-" if field.is_required() else f"`{json.dumps(field.default)}`"
                found[name] = "none" if field.default is None else value
    return found


def test_every_key_stands_in_the_guide_with_its_default(guide: str) -> None:
    assert {row[0]: row[1] for row in rows(guide, "| key | default | what | HUP |")} == defaults()


def test_what_the_guide_says_of_a_changed_key_is_what_happens(guide: str) -> None:
    camera = CameraConfig(id="a", address="rtsp://192.0.2.1/a")
    running_with = EdgeConfig(
        camera=(camera, camera.model_copy(update={"id": "b"})), endpoint=EndpointConfig(url="http://127.0.0.1:9/a")
    )
    told = {row[0]: row[3] for row in rows(guide, "| key | default | what | HUP |")}
    assert {key: outcome(running_with, key) for key in told} == told


def outcome(config: EdgeConfig, key: str) -> str:
    """Change one key, and tell what that means for a box that runs."""
    settled, fixed = settle(config, with_another(config, key))
    if fixed:
        assert fixed == (key,)
        return "start"
    changes = difference(make_roster(config), make_roster(settled))
    return {0: "now", 1: "camera", 2: "cameras"}[len(changes.changed) + len(changes.added)]


def with_another(config: EdgeConfig, key: str) -> EdgeConfig:
    """Give a key another value, of the first camera where it is a camera's."""
    table, _, name = key.rpartition(".")
    if not table:
        return config.model_copy(update={name: "x"})
    model: BaseModel = config.camera[0] if table == "camera" else getattr(config, table)
    value = getattr(model, name)
    number = value + 1 if isinstance(value, float | int) else "x"
    other = OTHER.get(key, not value if isinstance(value, bool) else number)
    changed = model.model_copy(update={name: other})
    return config.model_copy(update={table: (changed, config.camera[1]) if table == "camera" else changed})


def test_events_of_the_guide_are_those_of_the_program(guide: str) -> None:
    told = {(row[0], row[1], row[2]) for row in rows(guide, "| event | level | fields | when |")}
    assert told == set(events())


def events() -> Iterator[tuple[str, str, str]]:
    """Give the event, level and fields of each place that logs, outside the command centre."""
    for file in read_tree("droptrace", "vision", "floors", "models", "tracking", "evidence"):
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                level = node.func.attr
                if level in ("info", "warning", "error", "critical"):
                    assert isinstance(node.args[0], ast.Constant), f"{file.path}:{node.lineno}: an event has one name"
                    fields = ", ".join(f"`{keyword.arg}`" for keyword in node.keywords)
                    yield str(node.args[0].value), level, fields


def test_example_of_two_streams_is_understood(guide: str, tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", guide.partition("## Decoding in hardware")[0], re.DOTALL)
    path = tmp_path / "edge.toml"
    path.write_text(f'{example}[endpoint]\nurl = "http://127.0.0.1:8600/api/v1/incidents"\n', encoding="utf-8")
    ((key, post),) = make_roster(load_edge_config(path)).items()
    addresses = (post.job.address, post.job.detection_address)
    assert key == "3-north"
    assert addresses == tuple(f"rtsp://viewer:password@192.0.2.10/{name}" for name in ("main", "sub"))


def test_examples_of_deleting_evidence_do_what_the_guide_says(guide: str, tmp_path: Path) -> None:
    guide = guide.partition("## Deleting old evidence")[2].partition("## Signals")[0]
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    path = tmp_path / "edge.toml"
    path.write_text(f'[[camera]]\naddress = "a.mp4"\n[endpoint]\nurl = "http://127.0.0.1:9/a"\n{example}', "utf-8")
    assert load_edge_config(path).retention == RetentionConfig(days=90, keep_free_gb=20.0)
    (command,) = re.findall(r"```sh\n *(.*?)\n", guide)
    assert subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=False).returncode != 0
    package = tmp_path / command.split()[1]
    package.mkdir(parents=True)
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)
    assert is_held(package)
    assert not list(package.iterdir())


def test_example_of_a_reload_runs_and_logs_what_the_guide_shows(guide: str, tmp_path: Path) -> None:
    skip_without_proc()
    guide = guide.partition("## Changing cameras while it runs")[2]
    # Nothing is sent to anybody: the addresses of the guide become this machine's own, at which no camera is.
    before, after = (
        text.replace("192.0.2.", "127.0.0.") for text in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    )
    (shown,) = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    config = tmp_path / "edge.toml"
    config.write_text(before, encoding="utf-8")
    with running("edge", config, "--verbose", "--drain-s", 0) as process:
        log = Events(process)
        log.wait("camera_up", "3-north")
        log.wait("camera_up", "3-east")
        config.write_text(after, encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        log.wait("camera_up", "3-west")
        log.wait("camera_up", "3-east", count=2)
        process.terminate()
        assert log.finish() == 0
    told = [one for name in ("reload_ignored", "reloaded") for one in log.of(name)]
    assert [{key: value for key, value in one.items() if key != "timestamp"} for one in told] == [
        json.loads(line) for line in shown.splitlines()
    ]
    assert len(log.of("camera_started", "3-north")) == 1
