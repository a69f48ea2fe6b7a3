"""A running edge box: hangs, leaks, SIGHUP and the end, with real processes and cameras."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from evidence.manifest import read_manifest
from evidence.verify import verify_package
from tests.droptrace.clips import write_repeated
from tests.droptrace.events import Events
from tests.droptrace.processes import children_of, is_alive, skip_without_proc, wait_until
from tests.droptrace.program import DEMO, DEMO_SITE, packages_in, running
from tests.ports import free_port
from tests.vision.gst_camera import serving, skip_without_gstreamer

NOBODY = "http://127.0.0.1:9/api/v1/incidents"


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Minutes of video, in which something falls every seven seconds."""
    return write_repeated(tmp_path_factory.mktemp("clips") / "long.mp4", 30)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "edge.toml"


def away() -> str:
    """Give the address of a camera that is switched off: its process lives, and waits for it."""
    return f"rtsp://viewer:secret@127.0.0.1:{free_port()}/cam"


def write(
    config: Path, cameras: Mapping[str, str | Path], *, head: str = "", site: Path | None = None, **limits: float
) -> None:
    """Write EDGE.toml: cameras by id, each with the site file if there is one."""
    place = f'site = "{site}"\n' if site else ""
    blocks = [f'[[camera]]\nid = "{key}"\naddress = "{address}"\n{place}' for key, address in cameras.items()]
    table = "".join(f"{key} = {value}\n" for key, value in limits.items())
    text = f'data_dir = "data"\n{head}\n{"".join(blocks)}[endpoint]\nurl = "{NOBODY}"\n[limits]\n{table}'
    config.write_text(text, encoding="utf-8")


@contextmanager
def box(config: Path) -> Iterator[tuple[Popen[str], Events]]:
    skip_without_proc()
    with running("edge", config, "--verbose", "--drain-s", 0) as process:
        yield process, Events(process)


def pid_of(events: Events, camera: str, *, start: int = 1) -> int:
    """Wait until a camera's process lives after its start of that number, and return its own."""
    events.wait("camera_up", camera, count=start)
    pid: int = events.of("camera_started", camera)[start - 1]["pid"]
    return pid


def told(events: Events, name: str) -> dict[str, Any]:
    return {key: value for key, value in events.wait(name).items() if key not in ("level", "timestamp", "event")}


def test_stopped_process_is_started_again_alone_and_a_lost_stream_is_no_hang(config: Path) -> None:
    write(config, {"north": away(), "east": away()}, silent_s=3)
    with box(config) as (process, events):
        north, east = pid_of(events, "north"), pid_of(events, "east")
        os.kill(north, signal.SIGSTOP)
        hung = events.wait("camera_hung")
        again = pid_of(events, "north", start=2)
        process.terminate()
        assert events.finish() == 0
    assert (hung["camera"], hung["silent_s"] >= 3.0) == ("north", True)
    assert again != north
    assert not is_alive(north)
    # It had no picture for as long, and said so.
    assert events.of("stream_lost")
    assert [start["pid"] for start in events.of("camera_started", "east")] == [east]
    assert [(lost["camera"], lost["restarts"]) for lost in events.of("camera_lost")] == [("north", True)]
    assert not any("secret" in line for line in events.lines)


def test_incident_of_a_process_that_hangs_keeps_what_is_left_of_its_evidence(
    config: Path, tmp_path: Path, long_clip: Path
) -> None:
    write(config, {"gate": long_clip}, site=DEMO_SITE)
    with box(config) as (process, events):
        assert process.stdout is not None
        fall = json.loads(process.stdout.readline())
        os.kill(pid_of(events, "gate"), signal.SIGSTOP)
        # Only now, or a busy machine that loads slowly would be taken for one that hangs.
        write(config, {"gate": long_clip}, site=DEMO_SITE, silent_s=2)
        process.send_signal(signal.SIGHUP)
        assert events.finish() == 1
    (lost,) = events.of("camera_lost")
    assert lost["restarts"] is False
    assert "; gate: gave no sign of life for " in events.lines[-1]
    package = tmp_path / "data" / "packages" / "gate" / fall["incident_id"]
    assert verify_package(package).is_ok


def test_reload_starts_and_stops_what_differs_and_leaves_the_others(config: Path) -> None:
    kept, changed, removed = away(), away(), away()
    write(config, {"kept": kept, "changed": changed, "removed": removed})
    with box(config) as (process, events):
        pids = {name: pid_of(events, name) for name in ("kept", "changed", "removed")}
        write(config, {"new": away(), "changed": away(), "kept": kept})
        process.send_signal(signal.SIGHUP)
        reloaded = told(events, "reloaded")
        anew = {pid_of(events, "new"), pid_of(events, "changed", start=2)}
        wait_until(lambda: not is_alive(pids["removed"]))
        wait_until(lambda: set(children_of(process.pid)) == {pids["kept"], *anew})
        assert not anew & set(pids.values())
        process.terminate()
        assert events.finish() == 0
    assert reloaded == {"added": ["new"], "changed": ["changed"], "removed": ["removed"]}
    assert events.of("camera_lost") == []
    assert len(events.of("camera_started", "kept")) == 1


def test_wrong_file_is_refused_and_everything_goes_on(config: Path, tmp_path: Path) -> None:
    address = away()
    write(config, {"north": address})
    with box(config) as (process, events):
        north = pid_of(events, "north")
        write(config, {"east": away()}, head="box_ib = 7")
        process.send_signal(signal.SIGHUP)
        assert "box_ib: unknown key; did you mean box_id?" in events.wait("reload_refused")["reason"]
        write(config, {"north": address}, site=tmp_path / "nowhere.toml")
        process.send_signal(signal.SIGHUP)
        assert "nowhere.toml" in events.wait("reload_refused", count=2)["reason"]
        config.unlink()
        process.send_signal(signal.SIGHUP)
        assert "cannot be read" in events.wait("reload_refused", count=3)["reason"]
        assert children_of(process.pid) == [north]
        process.terminate()
        assert events.finish() == 0
    assert len(events.of("camera_started")) == 1


def test_what_takes_a_new_start_is_told_and_the_rest_is_done(config: Path, tmp_path: Path) -> None:
    address = away()
    write(config, {"north": address})
    with box(config) as (process, events):
        north = pid_of(events, "north")
        write(config, {"north": address, "east": away()}, head='box_id = "box-2"')
        config.write_text(config.read_text().replace('"data"', '"elsewhere"'), encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        assert told(events, "reloaded") == {"added": ["east"], "changed": [], "removed": []}
        east = pid_of(events, "east")
        assert sorted(children_of(process.pid)) == sorted([north, east])
        process.terminate()
        assert events.finish() == 0
    assert [ignored["key"] for ignored in events.of("reload_ignored")] == ["box_id", "data_dir"]
    assert not (tmp_path / "elsewhere").exists()


def test_recording_that_is_added_is_watched_to_its_end(config: Path, tmp_path: Path) -> None:
    address = away()
    write(config, {"north": address})
    with box(config) as (process, events):
        pid_of(events, "north")
        write(config, {"north": address, "demo": DEMO}, site=DEMO_SITE)
        process.send_signal(signal.SIGHUP)
        events.wait("camera_ended", "demo")
        # North has a site file now, so it was started again.
        assert told(events, "reloaded") == {"added": ["demo"], "changed": ["north"], "removed": []}
        process.terminate()
        assert events.finish() == 0
    (package,) = packages_in(tmp_path / "data" / "packages" / "demo")
    assert read_manifest(package).complete


def test_end_finishes_open_incidents_of_all_cameras(config: Path, tmp_path: Path, long_clip: Path) -> None:
    names = ("north", "east", "south")
    write(config, dict.fromkeys(names, long_clip), site=DEMO_SITE)
    with box(config) as (process, events):
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while {json.loads(line)["camera_id"] for line in lines} != set(names):
            lines.append(process.stdout.readline())
        process.terminate()
        lines += process.stdout.readlines()
        status = events.finish()
    assert status == 0, events.lines
    for name in names:
        falls = {fall["incident_id"] for fall in map(json.loads, lines) if fall["camera_id"] == name}
        packages = packages_in(tmp_path / "data" / "packages" / name)
        assert {package.name for package in packages} == falls
        assert all(verify_package(package).is_ok and read_manifest(package).complete for package in packages)
    assert {one["camera"] for one in events.of("camera_ended")} == set(names)
    assert events.of("camera_lost") == []


def test_process_that_does_not_end_is_killed_and_told(config: Path) -> None:
    write(config, {"north": away(), "east": away()}, stop_s=2)
    with box(config) as (process, events):
        os.kill(pid_of(events, "north"), signal.SIGSTOP)
        pid_of(events, "east")
        process.terminate()
        assert events.finish() == 1
    assert "north: did not end within 2 s and was killed" in events.lines[-1]
    assert [lost["camera"] for lost in events.of("camera_lost")] == ["north"]


def test_second_signal_ends_at_once(config: Path) -> None:
    write(config, {"north": away(), "east": away()}, stop_s=600)
    with box(config) as (process, events):
        north = pid_of(events, "north")
        pid_of(events, "east")
        os.kill(north, signal.SIGSTOP)
        process.terminate()
        events.wait("camera_ended", "east")
        process.send_signal(signal.SIGINT)
        assert events.finish() == 1
        assert not is_alive(north)
    assert "north: was ended before it had finished" in events.lines[-1]


def test_camera_that_takes_too_much_memory_finishes_its_incident_and_is_watched_again(
    config: Path, tmp_path: Path
) -> None:
    skip_without_gstreamer()
    port = free_port()
    cameras = {"gate": f"rtsp://127.0.0.1:{port}/cam", "other": away()}
    write(config, cameras, site=DEMO_SITE, memory_mb=5000)
    with serving(DEMO, port, times=20), box(config) as (process, events):
        assert process.stdout is not None
        fall = json.loads(process.stdout.readline())
        gate, other = pid_of(events, "gate"), pid_of(events, "other")
        # All take more than this; the limits are changed without a start of anything.
        write(config, cameras, site=DEMO_SITE, memory_mb=50)
        process.send_signal(signal.SIGHUP)
        assert told(events, "reloaded") == {"added": [], "changed": [], "removed": []}
        assert events.wait("camera_leaks", "gate")["limit_mb"] == 50
        events.wait("camera_ended", "gate")
        write(config, cameras, site=DEMO_SITE, memory_mb=5000)
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: not is_alive(gate) and not is_alive(other))
        events.wait("camera_started", "gate", count=2)
        second = json.loads(process.stdout.readline())
        process.terminate()
        assert events.finish() == 0
    assert second["incident_id"] != fall["incident_id"]
    first, *_ = [one for one in packages_in(tmp_path / "data" / "packages" / "gate") if one.name == fall["incident_id"]]
    assert verify_package(first).is_ok
    assert events.of("camera_lost") == []
