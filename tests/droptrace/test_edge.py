"""`droptrace edge`: what it refuses, what it sends on, and that it goes on."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from tests.droptrace.processes import children_of, skip_without_proc, wait_until
from tests.droptrace.program import DEMO_SITE, finish, run, start
from tests.evidence import receiver as receivers
from tests.journeys.box import Box
from tests.ports import free_port
from tests.vision.clips import encode, even_ms

NOBODY = "http://127.0.0.1:9/api/v1/incidents"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box")


@pytest.fixture(scope="module")
def quiet_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording in which nothing happens, soon over."""
    return encode(tmp_path_factory.mktemp("clips") / "quiet.mp4", [np.full((120, 160), 90, np.uint8)] * 5, even_ms(5))


def changed_site(folder: Path, old: str, new: str) -> Path:
    site = folder / "changed.site.toml"
    site.write_text(DEMO_SITE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return site


def test_wrong_site_file_is_refused_before_anything_is_started(box: Box, tmp_path: Path) -> None:
    outcome = run("edge", box.configure(NOBODY, site=changed_site(tmp_path, "min_floor", "min_flour")))
    assert outcome.status == 2
    assert "changed.site.toml" in outcome.complaint
    assert "min_flour" in outcome.complaint
    assert not box.data.exists()


def test_wrong_endpoint_is_refused_before_anything_is_started(box: Box) -> None:
    outcome = run("edge", box.configure("centre.example/api"))
    assert outcome.status == 2
    assert "endpoint.url 'centre.example/api' is not an address" in outcome.complaint


def test_site_of_another_shape_stops_only_its_own_camera(box: Box, quiet_clip: Path) -> None:
    config = box.configure(NOBODY, address=quiet_clip)
    with config.open("a", encoding="utf-8") as file:
        file.write(f'[[camera]]\nid = "other"\naddress = "{quiet_clip}"\n')
    outcome = run("edge", config, "--verbose")
    assert outcome.status == 2
    assert "160x120" in outcome.said[-1]
    assert "1280x720" in outcome.said[-1]
    assert sum('"camera_lost"' in line for line in outcome.said) == 1


def test_recording_that_is_not_there_fails(box: Box, tmp_path: Path) -> None:
    outcome = run("edge", box.configure(NOBODY, address=tmp_path / "nowhere.mp4", site=None))
    assert outcome.status == 1
    assert outcome.said[-1] == f"droptrace: {tmp_path / 'nowhere.mp4'}: no such file; check the path"


def test_data_folder_is_for_one_box(box: Box) -> None:
    config = box.configure(NOBODY, address=f"rtsp://127.0.0.1:{free_port()}/cam", site=None)
    first = start("edge", config)
    wait_until((box.data / "outbox.sqlite3").exists)
    second = run("edge", config)
    first.terminate()
    assert second.status == 1
    assert second.complaint.startswith(f"droptrace: data_dir {box.data}: another droptrace edge uses it; stop that one")
    assert finish(first).status == 0


def test_fall_from_below_the_least_floor_is_kept_and_not_sent_on(box: Box, tmp_path: Path) -> None:
    site = changed_site(tmp_path, "min_floor = 7", "min_floor = 16")
    with receivers.running() as receiver:
        outcome = run("edge", box.configure(receiver.url, site=site))
    assert outcome.status == 0, outcome.stderr
    (fall,) = outcome.falls
    assert (fall["verdict"], fall["origin"]["floor"], fall["below_min_floor"]) == ("confirmed", 14, True)
    (package,) = box.standing()
    assert package.name == fall["incident_id"]
    assert receiver.requests == []
    assert box.waiting() == (0, 0)


def test_camera_process_that_dies_is_started_again(box: Box) -> None:
    skip_without_proc()
    process = start("edge", box.configure(NOBODY, address=f"rtsp://127.0.0.1:{free_port()}/cam", site=None))
    wait_until(lambda: children_of(process.pid))
    (first,) = children_of(process.pid)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: children_of(process.pid) not in ([], [first]))
    process.terminate()
    outcome = finish(process)
    assert outcome.status == 0
    (lost,) = (line for line in outcome.said if '"camera_lost"' in line)
    assert "signal SIGKILL" in lost
    assert "It is started again" in lost
    assert '"restarts": true' in lost


@pytest.mark.parametrize("decoder", ["vaapi", "cuda", "rkmpp", "v4l2m2m"])
def test_box_without_the_hardware_finds_the_fall_by_software_and_says_so(box: Box, decoder: str) -> None:
    with receivers.running() as receiver:
        config = box.configure(receiver.url)
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("[endpoint]", f'decoder = "{decoder}"\n[endpoint]'), encoding="utf-8")
        outcome = run("edge", config, "--verbose", "--drain-s", "100")
    assert outcome.status == 0, outcome.stderr
    said = [json.loads(line) for line in outcome.said if line.startswith("{")]
    if any(one["event"] == "decoder_used" for one in said):
        pytest.skip(f"this machine decodes with {decoder}")
    (told,) = [one for one in said if one["event"] == "decoder_unusable"]
    assert (told["level"], told["decoder"], told["instead"]) == ("warning", decoder, "software")
    (fall,) = outcome.falls
    assert (fall["verdict"], fall["origin"]["floor"]) == ("confirmed", 14)
