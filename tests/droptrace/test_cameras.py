"""`droptrace cameras` as a person runs it."""

import json
import os
import pty
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from droptrace.cameras import read_credentials
from droptrace.errors import ConfigError
from tests.droptrace.program import Outcome, command, run
from tests.source_tree import ROOT
from tests.vision.onvif_camera import OnvifCamera, discoverable, onvif_camera, probe_matches

PORT = 3702


@pytest.fixture
def camera() -> Iterator[OnvifCamera]:
    with onvif_camera() as one:
        yield one


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("s3cret<&>\n", encoding="utf-8")
    return path


def cameras(*arguments: object) -> Outcome:
    outcome = run("cameras", *arguments)
    assert "s3cret" not in outcome.stdout + outcome.stderr
    return outcome


def test_camera_on_the_network_is_found_and_its_streams_are_printed(camera: OnvifCamera, password: Path) -> None:
    with discoverable(lambda asked: [probe_matches(asked, camera.service)], PORT):
        outcome = cameras("--interface", "lo", "--wait-s", 1, "--user", "viewer", "--password-file", password)
    assert (outcome.status, outcome.stderr) == (0, "")
    main, sub = map(json.loads, outcome.stdout.splitlines())
    assert main == {
        "camera": camera.host,
        "manufacturer": "Lens & Co",
        "model": "摄像机 8MP",
        "name": "主码流",
        "width": 3840,
        "height": 2160,
        "codec": "H265",
        "fps": 25.0,
        "address": "rtsp://127.0.0.1:554/main",
    }
    assert sub["address"] == "rtsp://127.0.0.1:554/sub"


def test_no_camera_is_a_failure_with_advice() -> None:
    with discoverable(lambda _: [], PORT):
        outcome = cameras("--interface", "lo", "--wait-s", 0.2)
    assert (outcome.status, outcome.stdout) == (1, "")
    assert outcome.complaint.startswith("droptrace: no camera answered within 0.2 s; check that ONVIF is switched on")


def test_device_that_answers_rubbish_does_not_hide_the_others(camera: OnvifCamera, password: Path) -> None:
    camera.misbehave = lambda handler: handler.send_raw(200, b"<html>")
    with discoverable(lambda asked: [probe_matches(asked, camera.service)], PORT):
        outcome = cameras("--interface", "lo", "--wait-s", 1, "--user", "viewer", "--password-file", password)
    assert (outcome.status, outcome.stdout) == (1, "")
    assert outcome.complaint.startswith(f"droptrace: {camera.host}: what it answers is not SOAP")


def test_credentials_come_from_the_environment(camera: OnvifCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROPTRACE_CAMERA_USER", camera.user)
    monkeypatch.setenv("DROPTRACE_CAMERA_PASSWORD", camera.password)
    credentials = read_credentials("viewer", None)
    assert credentials is not None
    assert (credentials.user, credentials.password) == (camera.user, camera.password)
    environment = {**os.environ, "COLUMNS": "160"}
    done = subprocess.run(
        command(["cameras", "--host", camera.host]),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 2
    assert camera.password not in done.stdout + done.stderr


def test_wrong_password_is_one_line(camera: OnvifCamera, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("hunter2\n", encoding="utf-8")
    outcome = cameras("--host", camera.host, "--user", "viewer", "--password-file", wrong)
    assert (outcome.status, outcome.stdout) == (1, "")
    assert outcome.complaint.startswith(
        f"droptrace: {camera.host}: it refuses the credentials; check user and password"
    )
    assert "hunter2" not in outcome.stderr


def test_stream_of_another_host_is_printed_with_a_warning(camera: OnvifCamera, password: Path) -> None:
    camera.stream_url["main"] = "rtsp://203.0.113.5/live"
    outcome = cameras("--host", camera.host, "--user", "viewer", "--password-file", password)
    assert (outcome.status, len(outcome.stdout.splitlines())) == (1, 2)
    assert "names another host; use it only if you know that host" in outcome.complaint


def test_terminal_gets_a_table(camera: OnvifCamera, password: Path) -> None:
    line = command(["cameras", "--host", camera.host, "--user", "viewer", "--password-file", password])
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        line, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=theirs, env={**os.environ, "TERM": "dumb"}
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 65_536):
                shown += block
        except OSError:
            pass  # that is how a terminal ends
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    assert "3840x2160" in text
    assert "rtsp://127.0.0.1:554/main" in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (b"", "is empty"), (b"\xff\n", "is no text")], ids=str
)
def test_password_file_that_has_none_is_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        read_credentials("viewer", path)


def test_user_without_a_password_is_wrong_usage() -> None:
    outcome = cameras("--host", "127.0.0.1:9", "--user", "viewer")
    assert outcome.status == 2
    assert "set DROPTRACE_CAMERA_PASSWORD, or give --password-file" in outcome.complaint


def test_host_that_is_none_is_told_without_what_stands_before_it() -> None:
    outcome = cameras("--host", "admin:s3cret@192.0.2.1")
    assert outcome.status == 1
    assert "write it as 192.0.2.10 or 192.0.2.10:8080" in outcome.complaint


def test_example_in_the_documentation_runs_and_prints_what_it_shows(camera: OnvifCamera, password: Path) -> None:
    text = (ROOT / "docs" / "cameras.md").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("droptrace cameras --host"))
    (shown,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    typed = line.replace("192.0.2.10:80", camera.host).replace("password.txt", str(password))
    outcome = cameras(*shlex.split(typed)[2:])
    expected = json.loads(shown.replace("192.0.2.10:80", camera.host).replace("rtsp://192.0.2.10", "rtsp://127.0.0.1"))
    assert json.loads(outcome.stdout.splitlines()[0]) == expected
