"""A camera's health as its process tells it: messages, events, what is kept; times by a manual clock."""

import json
import shutil
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from droptrace.health import CameraHealth
from droptrace.health_memory import MEMORY_NAME
from droptrace.job import CameraJob
from droptrace.messages import Health
from floors.origin import Candidate, Origin
from floors.site import Site, load_site
from tests.droptrace.program import DEMO_SITE
from tests.droptrace.test_lookback import HeldSource
from tests.vision.health_scenes import Picture, hand, noisy, tower
from tracking.fall import Fall, PathPoint
from vision.clock import ManualClock
from vision.frame import Frame

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FPS = 5


class Camera:
    """A camera that gives five frames a second, as its process sees it."""

    def __init__(self, folder: Path, clock: ManualClock, *, site: Site | None = None) -> None:
        self.told: list[Health] = []
        self.clock = clock
        self.source = HeldSource(size_px=(1280, 720))
        job = CameraJob("rtsp://user:secret@192.0.2.1/cam", None, folder, "box", "gate", health=folder)
        self.health = CameraHealth(job, clock, self.told.append)
        self._site = site
        self._rng = np.random.default_rng(1)
        self.start_s = clock.monotonic_s()
        self._has_begun = False

    def show(
        self,
        picture: Picture | np.ndarray,
        seconds: float,
        *,
        work_s: float = 0.0,
        overloaded: int = 0,
        fast_ppm: float = 0.0,
    ) -> None:
        if not self._has_begun:
            self._has_begun = True
            self.health.begin(self.source, self._site)
        for _ in range(round(seconds * FPS)):
            arrived_s = self.clock.monotonic_s()
            self.take(picture, (arrived_s - self.start_s) * (1 + fast_ppm * 1e-6), arrived_s)
            self.wait(work_s)
            self.health.done(overloaded)
            self.clock.advance(1 / FPS - work_s if work_s < 1 / FPS else 0.0)

    def take(self, picture: Picture | np.ndarray, time_s: float, arrived_s: float | None = None) -> None:
        luma = noisy(picture, self._rng)
        self.source.counts.frames += 1
        colour = np.empty((0, 0, 3), np.uint8)
        self.health.take(Frame(0, 0, Fraction(1, 1000), time_s, None, luma, False, lambda: colour, arrived_s))

    def wait(self, seconds: float) -> None:
        """Let time pass; what beats once a second goes on beating."""
        whole = int(seconds)
        for _ in range(whole):
            self.clock.advance(1.0)
            self.health.beat()
        self.clock.advance(seconds - whole)

    @property
    def blind_s(self) -> dict[str, object]:
        return {reason: pytest.approx(seconds, abs=0.011) for reason, seconds in self.health.health().blind_s.items()}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def test_camera_whose_pictures_wait_is_told_to_be_behind(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock)
    camera.show(tower(), 10)
    assert camera.health.health().behind_s == pytest.approx(0, abs=0.01)
    came_s = clock.monotonic_s()
    clock.advance(7.0)
    camera.take(tower(), came_s - camera.start_s, came_s)
    assert camera.health.health().behind_s == pytest.approx(7.0, abs=0.3)


def test_clock_of_the_camera_is_compared_with_the_machine_s_anew_at_each_connection(
    tmp_path: Path, clock: ManualClock
) -> None:
    camera = Camera(tmp_path, clock)
    camera.source.counts.connections = 1
    camera.show(tower(), 125, fast_ppm=60.0)
    assert camera.told[-1].clock_drift_ppm == pytest.approx(60.0, abs=0.2)
    camera.source.counts.connections, camera.source.counts.clock_jumps = 2, 1
    camera.show(tower(), 10, fast_ppm=60.0)
    assert (camera.told[-1].clock_drift_ppm, camera.told[-1].clock_jumps) == (None, 1)


def test_camera_that_sees_says_so_every_five_seconds_in_plain_values(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock)
    camera.show(tower(), 30)
    assert 5 <= len(camera.told) <= 8
    newest = camera.told[-1]
    assert json.loads(json.dumps(newest.to_json())) == newest.to_json() | {"ailments": []}
    assert (newest.camera, newest.blind, newest.blind_s, newest.light) == ("gate", None, {}, "day")
    assert newest.fps == pytest.approx(FPS)
    assert newest.fps_declared == 25.0
    assert newest.fps_arrived == pytest.approx(FPS, abs=0.2)
    assert newest.frame_age_s == pytest.approx(0, abs=0.3)
    assert newest.dropped == {"damaged": 0, "out_of_order": 0, "without_time": 0, "overloaded": 0}
    assert newest.day == "2026-03-01"
    assert "secret" not in json.dumps([told.to_json() for told in camera.told])


def test_silent_camera_is_blind_after_two_seconds_and_counts_to_its_next_frame(
    tmp_path: Path, clock: ManualClock
) -> None:
    camera = Camera(tmp_path, clock)
    with capture_logs() as events:
        camera.show(tower(), 10)
        camera.wait(1)
        assert [told.blind for told in camera.told] == [None] * len(camera.told)
        camera.wait(29)
        assert (camera.told[-1].blind, camera.told[-1].fps_arrived) == ("no_stream", 0.0)
        camera.show(tower(), 10)
    assert camera.blind_s == {"no_stream": 30.2}
    assert camera.told[-1].blind is None
    assert [(event["event"], event["reason"]) for event in events] == [
        ("camera_blind", "no_stream"),
        ("camera_sees", "no_stream"),
    ]
    assert events[1]["blind_s"] == pytest.approx(30.2)


@pytest.mark.parametrize(("pause_s", "missing_s"), [(0.5, None), (1.4, 1.6)])
def test_short_gap_between_frames_is_blind_time_too(
    tmp_path: Path, clock: ManualClock, pause_s: float, missing_s: float | None
) -> None:
    camera = Camera(tmp_path, clock)
    with capture_logs() as events:
        camera.show(tower(), 10)
        camera.wait(pause_s)
        camera.show(tower(), 10)
    assert camera.blind_s == ({} if missing_s is None else {"no_stream": missing_s})
    told = [(event["event"], event.get("blind_s")) for event in events]
    assert told == ([] if missing_s is None else [("camera_blind", None), ("camera_sees", missing_s)])


def test_camera_that_never_answers_is_blind_from_the_start(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock)
    camera.wait(60)
    newest = camera.told[-1]
    assert (newest.blind, newest.frame_age_s, newest.light) == ("no_stream", None, None)
    assert newest.blind_for_s == pytest.approx(60, abs=5)
    assert camera.blind_s == {"no_stream": 60.0}


def test_work_that_takes_too_long_is_no_fault_of_the_stream(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock)
    camera.show(tower(), 4)
    camera.show(tower(), 0.2, work_s=7.0)
    camera.show(tower(), 4)
    assert camera.blind_s == {"overloaded": 7.0}


def test_frames_in_which_all_changes_count_by_their_length(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock)
    camera.show(tower(), 2)
    for count in (1, 2, 3):
        camera.show(tower(), 0.2, overloaded=count)
    assert camera.blind_s == {"overloaded": 0.6}
    assert camera.health.health().dropped["overloaded"] == 3


def test_one_blindness_that_follows_another_is_told_as_one_time(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock)
    with capture_logs() as events:
        camera.show(tower(), 10)
        camera.show(hand(), 20)
        camera.wait(10)
        camera.show(tower(), 10)
    assert [(event["event"], event["reason"]) for event in events] == [
        ("camera_blind", "covered"),
        ("camera_blind", "no_stream"),
        ("camera_blind", "covered"),
        ("camera_sees", "covered"),
    ]
    assert sum(camera.health.health().blind_s.values()) == pytest.approx(30.0, abs=2.1)
    assert events[-1]["blind_s"] == pytest.approx(30.0, abs=2.1)


def test_blind_time_goes_on_over_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    first = Camera(tmp_path, clock)
    first.show(tower(), 10)
    first.wait(20)
    first.show(tower(), 5)
    first.health.close()
    clock.advance(8)
    second = Camera(tmp_path, clock)
    with capture_logs() as events:
        second.wait(1)
        second.show(tower(), 5)
    # From the last frame that the first one saw.
    assert second.blind_s == {"no_stream": 20.2, "restarting": 9.2}
    assert [(event["event"], event["reason"], event["blind_s"]) for event in events] == [
        ("camera_sees", "restarting", 9.2)
    ]


def test_process_that_is_killed_is_blind_from_what_it_wrote_last(tmp_path: Path, clock: ManualClock) -> None:
    first = Camera(tmp_path, clock)
    first.show(tower(), 25)
    written = datetime.fromisoformat(json.loads((tmp_path / MEMORY_NAME).read_text())["watched_until"])
    # What falls takes seconds and is told after that: of the last ten nobody knows.
    assert 10 <= (clock.utc_now() - written).total_seconds() <= 22
    clock.advance(3)
    away_s = (clock.utc_now() - written).total_seconds()
    second = Camera(tmp_path, clock)
    second.show(tower(), 5)
    assert second.blind_s == {"restarting": pytest.approx(away_s)}


def test_what_waited_when_a_process_ended_is_blind_time_of_the_next(tmp_path: Path, clock: ManualClock) -> None:
    first = Camera(tmp_path, clock)
    first.show(tower(), 10)
    # From here on each frame is worked on for so long that the next ones wait: 4 s of pictures in 6 s.
    for step in range(1, 21):
        clock.advance(0.3)
        first.take(tower(), 10.0 + (step - 1) / FPS)
        first.health.done(0)
    first.health.close()
    clock.advance(8)
    second = Camera(tmp_path, clock)
    second.show(tower(), 5)
    assert second.blind_s == {"restarting": pytest.approx(8.0 + 2.0, abs=0.3)}


def test_time_that_a_process_needs_to_tell_what_it_saw_is_blind_time_of_the_next(
    tmp_path: Path, clock: ManualClock
) -> None:
    first = Camera(tmp_path, clock)
    with capture_logs() as events:
        first.show(tower(), 10)
        first.health.end()
        told = len(first.told)
        first.wait(12)
        first.health.close()
    # The camera goes on sending: it is not to blame.
    assert (events, len(first.told)) == ([], told)
    clock.advance(3)
    second = Camera(tmp_path, clock)
    second.show(tower(), 5)
    assert second.blind_s == {"restarting": 15.2}


def test_process_that_is_killed_while_it_tells_what_it_saw_is_blind_from_ten_seconds_before(
    tmp_path: Path, clock: ManualClock
) -> None:
    first = Camera(tmp_path, clock)
    first.show(tower(), 15)
    first.health.end()
    first.wait(5)
    second = Camera(tmp_path, clock)
    second.show(tower(), 5)
    assert second.blind_s == {"restarting": pytest.approx(10 + 5, abs=0.3)}


def test_clock_that_is_set_back_while_no_process_runs_hides_no_blind_time(tmp_path: Path, clock: ManualClock) -> None:
    first = Camera(tmp_path, clock)
    first.show(tower(), 10)
    first.health.close()
    clock.advance(8)
    clock.step(-900)
    second = Camera(tmp_path, clock)
    second.show(tower(), 5)
    assert second.blind_s == {"restarting": 8.2}


def test_midnight_utc_begins_a_new_day(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 3, 1, 23, 59, 40, tzinfo=UTC))
    camera = Camera(tmp_path, clock)
    camera.show(tower(), 10)
    camera.wait(30)
    newest = camera.health.health()
    assert newest.day == "2026-03-02"
    assert camera.blind_s == {"no_stream": 20.0}
    assert newest.blind_for_s == pytest.approx(30.2, abs=0.01)


@pytest.mark.parametrize("text", ["", "[]", '{"day": "yesterday"}', '{"watched_until": 3, "day": "", "blind_s": {}}'])
def test_spoilt_memory_is_passed_over(tmp_path: Path, clock: ManualClock, text: str) -> None:
    (tmp_path / MEMORY_NAME).write_text(text, encoding="utf-8")
    camera = Camera(tmp_path, clock)
    camera.show(tower(), 5)
    assert camera.blind_s == {}


def test_folder_that_is_gone_is_told_once_and_watching_goes_on(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path / "health", clock)
    camera.show(tower(), 5)
    shutil.rmtree(tmp_path / "health")
    (tmp_path / "health").write_text("in the way", encoding="utf-8")
    with capture_logs() as events:
        camera.show(tower(), 40)
    assert [event["event"] for event in events] == ["health_not_kept"]
    assert camera.told[-1].blind is None


def fall() -> Fall:
    origin = Origin(3, 3, 4, "02", 0.9, (Candidate(3, "02", 0.9),))
    path = (PathPoint(1.0, 10.0, 10.0, 3.0), PathPoint(2.0, 12.0, 90.0, 3.0))
    return Fall("confirmed", "falling_object", 0.9, 1.0, 1.0, 2.0, (10.0, 10.0), path, origin, ("passed: a",), True)


def test_floor_is_taken_back_while_the_camera_has_moved(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock, site=load_site(DEMO_SITE))
    with capture_logs() as events:
        camera.show(tower(), 20)
        assert camera.health.checked(fall()) == fall()
        camera.show(tower(12, 5), 20)
        unsure = camera.health.checked(fall())
        newest = camera.told[-1]
        camera.show(tower(), 20)
    assert (unsure.origin, unsure.impact, unsure.below_min_floor) == (None, None, False)
    assert (unsure.verdict, unsure.path) == (fall().verdict, fall().path)
    assert unsure.reasons == (
        "passed: a",
        "unsure: the camera has moved by 13 px since its geometry was first used; as the geometry stands it would be "
        "floor 3 (3 to 4), unit 02",
    )
    assert newest.standing == "moved"
    assert newest.moved_px == pytest.approx((12, 5), abs=0.1)
    assert camera.health.checked(fall()) == fall()
    assert [event["event"] for event in events] == ["camera_moved", "camera_in_place"]


def test_camera_that_moved_stays_unsure_over_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    first = Camera(tmp_path, clock, site=load_site(DEMO_SITE))
    first.show(tower(), 20)
    first.show(tower(12, 5), 20)
    first.health.close()
    second = Camera(tmp_path, clock, site=load_site(DEMO_SITE))
    second.show(tower(12, 5), 0.4)
    assert second.health.checked(fall()).origin is None


def test_nothing_is_told_after_the_end(tmp_path: Path, clock: ManualClock) -> None:
    camera = Camera(tmp_path, clock)
    camera.show(tower(), 5)
    camera.health.close()
    told = len(camera.told)
    camera.wait(30)
    assert len(camera.told) == told
