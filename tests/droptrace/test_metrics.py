"""Metrics as somebody scrapes them, from a real socket."""

import re
from collections.abc import Iterator

import httpx
import pytest

from droptrace.config import MetricsConfig
from droptrace.errors import DroptraceError
from droptrace.metrics import MetricsServer, StatusCollector, make_metrics_server
from tests.droptrace.statuses import BLIND, STATUS, with_cameras
from tests.source_tree import ROOT
from vision.clock import ManualClock

CLOCK = ManualClock()


@pytest.fixture
def collector() -> StatusCollector:
    return StatusCollector(CLOCK)


@pytest.fixture
def server(collector: StatusCollector) -> Iterator[MetricsServer]:
    running = MetricsServer(collector, "127.0.0.1", 0)
    yield running
    running.close()


def scrape(server: MetricsServer) -> dict[str, float]:
    text = httpx.get(f"http://127.0.0.1:{server.port}/metrics", trust_env=False).text
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_status_is_scraped_in_base_units(server: MetricsServer, collector: StatusCollector) -> None:
    assert scrape(server) == {}
    collector.take(STATUS)
    CLOCK.advance(4.0)
    assert scrape(server) == {
        'droptrace_box_info{box="box-7",version="0.1.0"}': 1.0,
        "droptrace_status_age_seconds": 4.0,
        "droptrace_cpu_ratio": 0.34,
        "droptrace_memory_used_bytes": 2.1e9,
        "droptrace_memory_total_bytes": 8.2e9,
        "droptrace_temperature_celsius": 51.2,
        "droptrace_disk_free_bytes": 1.2e11,
        "droptrace_disk_left_seconds": pytest.approx(40.2 * 86_400),
        "droptrace_outbox_depth": 3.0,
        "droptrace_outbox_oldest_seconds": 125.0,
        "droptrace_clock_synchronised": 1.0,
        "droptrace_clock_error_seconds": 0.021,
        'droptrace_camera_sees{camera="gate"}': 1.0,
        'droptrace_camera_sees{camera="yard"}': 0.0,
        'droptrace_camera_restarts_today{camera="gate"}': 1.0,
        'droptrace_camera_restarts_today{camera="yard"}': 7.0,
        'droptrace_camera_memory_bytes{camera="gate"}': 225.4e6,
        'droptrace_camera_frame_rate{camera="gate"}': 24.96,
        'droptrace_camera_frame_age_seconds{camera="gate"}': 0.04,
        'droptrace_camera_behind_seconds{camera="gate"}': 0.12,
        'droptrace_camera_frames_total{camera="gate"}': 1500.0,
        'droptrace_camera_clock_jumps_total{camera="gate"}': 1.0,
        'droptrace_camera_clock_drift_ratio{camera="gate"}': pytest.approx(-41.5e-6),
        'droptrace_camera_moved{camera="gate"}': 1.0,
        'droptrace_camera_blind_seconds_today{camera="gate",reason="no_stream"}': 65.5,
        'droptrace_camera_blind_seconds_today{camera="gate",reason="dark"}': 4.0,
        'droptrace_camera_dropped_total{camera="gate",reason="damaged"}': 3.0,
        'droptrace_camera_dropped_total{camera="gate",reason="overloaded"}': 0.0,
    }


def test_camera_that_goes_blind_shows_at_the_next_scrape(server: MetricsServer, collector: StatusCollector) -> None:
    collector.take(STATUS)
    collector.take(with_cameras(BLIND))
    assert scrape(server)['droptrace_camera_sees{camera="gate"}'] == 0.0


def test_metrics_of_the_guide_are_those_of_the_program(server: MetricsServer, collector: StatusCollector) -> None:
    collector.take(STATUS)
    guide = (ROOT / "docs" / "health.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(droptrace_\w+(?:\{[\w, ]+\})?)` \|", guide, re.MULTILINE))
    found = {re.sub(r'="[^"]*"', "", name).replace(",", ", ") for name in scrape(server)}
    assert told == found


def test_port_that_is_taken_is_told(server: MetricsServer, collector: StatusCollector) -> None:
    config = MetricsConfig(listen=f"127.0.0.1:{server.port}")
    with pytest.raises(DroptraceError, match=rf"metrics.listen 127.0.0.1:{server.port}: nobody can listen there"):
        make_metrics_server(config, collector)
    with pytest.raises(DroptraceError, match="nobody can listen there"):
        make_metrics_server(MetricsConfig(listen="127.0.0.1:65536"), collector)


def test_nobody_listens_unless_asked_to(collector: StatusCollector) -> None:
    assert make_metrics_server(MetricsConfig(), collector) is None


def test_place_to_listen_at_may_be_of_either_kind() -> None:
    assert MetricsConfig(listen="127.0.0.1:9108").place == ("127.0.0.1", 9108)
    assert MetricsConfig(listen="[::1]:9108").place == ("::1", 9108)
    assert MetricsConfig(listen="box.example:9108").place == ("box.example", 9108)
