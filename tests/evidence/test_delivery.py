import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from evidence.delivery import Deliverer
from evidence.endpoint import EndpointSettings, HttpEndpoint, SendResult
from evidence.facts import incident_facts
from evidence.incident import Incident
from evidence.outbox import MediaFile, Outbox
from evidence.package import write_package
from tests.evidence import receiver as behaviours
from tests.evidence.receiver import Receiver, answers
from tests.evidence.scenes import ClipRecording, make_incident
from tests.ports import free_port
from vision.clock import ManualClock, SystemClock


@pytest.fixture
def endpoint(receiver: Receiver) -> Iterator[HttpEndpoint]:
    http = HttpEndpoint(EndpointSettings(receiver.url, timeout_s=0.5))
    yield http
    http.close()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def deliverer(outbox: Outbox, endpoint: HttpEndpoint, clock: ManualClock, told: list[str]) -> Deliverer:
    return Deliverer(outbox, endpoint, clock, random.Random(1), report=told.append)


def add(outbox: Outbox, clock: ManualClock, number: int) -> Incident:
    incident = replace(make_incident(), incident_id=f"i-{number}")
    outbox.add(incident, incident_facts(incident), clock.utc_now())
    return incident


def add_package(outbox: Outbox, clock: ManualClock, root: Path, number: int, recording: ClipRecording | None) -> Path:
    incident = add(outbox, clock, number)
    package = write_package(root, incident, recording, (), clock=clock)
    outbox.add_media(incident.incident_id, package, clock.utc_now())
    return package


def run_until_empty(deliverer: Deliverer, outbox: Outbox, clock: ManualClock, most_s: float) -> float:
    """Step the clock by a second until nothing waits; tell the seconds it took."""
    for waited_s in range(int(most_s)):
        deliverer.run_once()
        if outbox.depth() == 0:
            return float(waited_s)
        clock.advance(1.0)
    pytest.fail(f"{outbox.depth()} deliveries still wait: {outbox.last_errors()}")


def test_orders_go_before_files_and_the_manifest_last(
    deliverer: Deliverer,
    outbox: Outbox,
    receiver: Receiver,
    clock: ManualClock,
    recording: ClipRecording,
    tmp_path: Path,
) -> None:
    package = add_package(outbox, clock, tmp_path / "out", 1, recording)
    add_package(outbox, clock, tmp_path / "out", 2, None)

    assert deliverer.run_once() == 11
    assert outbox.depth() == 0
    assert receiver.order_keys == ["i-1", "i-2"]
    assert [request.method for request in receiver.requests] == ["POST"] * 2 + ["PUT"] * 9
    media = [request.path.split("/media/")[1] for request in receiver.requests if "/i-1/" in request.path]
    assert sorted(media[:-1]) == [
        *("end.jpg", "incident.json", "middle.jpg", "original/clip.mp4", "release.jpg", "strobe.jpg")
    ]
    assert media[-1] == "manifest.json"
    assert receiver.held["/api/v1/incidents/i-1/media/original/clip.mp4"] == recording.clip.read_bytes()
    assert receiver.held["/api/v1/incidents/i-1/media/manifest.json"] == (package / "manifest.json").read_bytes()


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(500),
        answers(503),
        answers(301, Location="http://127.0.0.1:9/"),
        behaviours.hangs,
        behaviours.dies_after_half_of_the_body,
    ],
)
def test_order_arrives_although_the_receiver_misbehaves_twice(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock, behaviour: behaviours.Behaviour
) -> None:
    add(outbox, clock, 1)
    receiver.script += [behaviour, behaviour]

    assert 16.0 <= run_until_empty(deliverer, outbox, clock, 60) <= 24.0
    assert list(receiver.held) == ["i-1"]


def test_order_is_held_once_although_the_receiver_died_after_committing_it(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock
) -> None:
    add(outbox, clock, 1)
    receiver.script += [behaviours.commits_and_dies, behaviours.commits_and_dies]

    run_until_empty(deliverer, outbox, clock, 60)

    assert receiver.order_keys == ["i-1", "i-1", "i-1"]
    assert list(receiver.held) == ["i-1"]
    assert len({request.body for request in receiver.requests}) == 1


def test_every_order_is_held_once_after_a_crash_between_answer_and_note(
    outbox: Outbox, endpoint: HttpEndpoint, receiver: Receiver, clock: ManualClock
) -> None:
    """The answer came, but the process died before the outbox knew: the order goes again under the same key."""
    incident = add(outbox, clock, 1)
    endpoint.post_order(incident.incident_id, incident_facts(incident), clock.utc_now())

    Deliverer(outbox, endpoint, clock, random.Random(2)).run_once()

    assert receiver.order_keys == ["i-1", "i-1"]
    assert list(receiver.held) == ["i-1"]
    assert outbox.depth() == 0


def test_receiver_that_is_down_is_not_asked_for_each_order(outbox: Outbox, clock: ManualClock, told: list[str]) -> None:
    endpoint = HttpEndpoint(EndpointSettings(f"http://127.0.0.1:{free_port()}/", timeout_s=0.5))
    deliverer = Deliverer(outbox, endpoint, clock, random.Random(1), report=told.append)
    for number in range(50):
        add(outbox, clock, number)

    for _ in range(600):
        deliverer.run_once()
        clock.advance(1.0)

    endpoint.close()
    assert 8 <= len(told) <= 16
    assert "cannot be reached" in told[0]
    assert outbox.depth() == 50


def test_backlog_goes_out_at_once_when_the_receiver_is_back(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock
) -> None:
    for number in range(20):
        add(outbox, clock, number)
    receiver.script += [answers(503)] * 12
    for _ in range(600):
        deliverer.run_once()
        clock.advance(1.0)

    assert outbox.depth() <= 20
    assert run_until_empty(deliverer, outbox, clock, 120) <= 75.0
    assert len(receiver.held) == 20


def test_order_that_waited_long_for_a_closed_way_goes_as_soon_as_another_gets_through(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock
) -> None:
    add(outbox, clock, 1)
    receiver.script += [answers(503)] * 6
    while receiver.script:
        clock.advance(60.0)
        deliverer.run_once()
    clock.advance(120.0)
    assert outbox.due(clock.utc_now(), "order") == (), "it would wait for hours by itself"

    add(outbox, clock, 2)

    assert deliverer.run_once() == 2
    assert receiver.order_keys[-2:] == ["i-2", "i-1"]


def test_receiver_that_asks_for_patience_is_left_alone(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock
) -> None:
    for number in (1, 2):
        add(outbox, clock, number)
    receiver.script.append(answers(429, Retry_After="120"))

    for _ in range(119):
        deliverer.run_once()
        clock.advance(1.0)
    assert len(receiver.requests) == 1

    assert run_until_empty(deliverer, outbox, clock, 10) <= 2.0
    assert sorted(receiver.held) == ["i-1", "i-2"]


def test_order_that_is_refused_does_not_hold_up_the_others_and_is_not_given_up(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock, told: list[str]
) -> None:
    for number in (1, 2, 3):
        add(outbox, clock, number)
    receiver.script.append(answers(422))

    assert deliverer.run_once() == 2
    assert outbox.depth() == 1
    assert "answered 422 " in outbox.last_errors()["i-1/"]
    assert told[0].startswith("incident i-1, order: ")
    run_until_empty(deliverer, outbox, clock, 10)
    assert sorted(receiver.held) == ["i-1", "i-2", "i-3"]


def test_address_that_is_gone_gets_nothing_more_and_nothing_is_lost(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock
) -> None:
    for number in (1, 2):
        add(outbox, clock, number)
    receiver.script.append(answers(410))

    for _ in range(100):
        deliverer.run_once()
        clock.advance(3600.0)

    assert len(receiver.requests) == 1
    assert outbox.depth() == 2
    outbox.reopen_address(receiver.url)
    assert deliverer.run_once() == 2


def test_file_that_fails_goes_again_and_the_manifest_waits_for_it(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock, tmp_path: Path
) -> None:
    add_package(outbox, clock, tmp_path, 1, None)
    receiver.script += [behaviours.take, answers(422)]

    assert deliverer.run_once() == 1
    assert run_until_empty(deliverer, outbox, clock, 20) >= 4.0
    assert [request.path.rsplit("/", 1)[1] for request in receiver.requests] == [
        *("incidents", "incident.json", "incident.json", "manifest.json")
    ]


def test_file_that_was_deleted_is_noted_and_the_rest_goes(
    deliverer: Deliverer, outbox: Outbox, receiver: Receiver, clock: ManualClock, tmp_path: Path, told: list[str]
) -> None:
    package = add_package(outbox, clock, tmp_path, 1, None)
    (package / "incident.json").unlink()

    assert deliverer.run_once() == 2
    assert outbox.depth() == 0
    assert told == [f"incident i-1, file incident.json: {package / 'incident.json'} is gone from the disk"]


class Recorder:
    """An endpoint that notes when it was asked, and always answers the same."""

    url = "http://recorder/"

    def __init__(self, result: SendResult) -> None:
        self.result = result
        self.asked: list[datetime] = []

    def post_order(self, incident_id: str, facts: dict[str, object], sent_utc: datetime) -> SendResult:
        self.asked.append(sent_utc)
        return self.result

    def put_media(self, incident_id: str, media: MediaFile, sent_utc: datetime) -> SendResult:
        return self.result


def test_order_is_tried_for_ever_at_growing_intervals(outbox: Outbox, clock: ManualClock) -> None:
    recorder = Recorder(SendResult("refused", "400"))
    deliverer = Deliverer(outbox, recorder, clock, random.Random(3))
    add(outbox, clock, 1)

    for _ in range(2000):
        deliverer.run_once()
        clock.advance(600.0)

    waits = [
        (later - earlier).total_seconds() for earlier, later in zip(recorder.asked, recorder.asked[1:], strict=False)
    ]
    assert len(recorder.asked) > 15
    assert waits[-1] == pytest.approx(86_400.0, rel=0.21)
    assert outbox.depth() == 1


def test_clock_that_is_set_back_does_not_prolong_a_rest(outbox: Outbox, clock: ManualClock) -> None:
    recorder = Recorder(SendResult("blocked", "503"))
    deliverer = Deliverer(outbox, recorder, clock, random.Random(3))
    add(outbox, clock, 1)
    deliverer.run_once()
    clock.advance(-365 * 86_400.0)

    deliverer.run_once()

    assert len(recorder.asked) == 2


def test_deliverer_of_orders_leaves_files_to_another(
    outbox: Outbox, endpoint: HttpEndpoint, receiver: Receiver, clock: ManualClock, tmp_path: Path
) -> None:
    add_package(outbox, clock, tmp_path, 1, None)

    assert Deliverer(outbox, endpoint, clock, random.Random(1), kinds=("order",)).run_once() == 1
    assert Deliverer(outbox, endpoint, clock, random.Random(1), kinds=("media",)).run_once() == 2


def test_running_deliverer_sends_what_comes_and_stops_when_told(outbox: Outbox, receiver: Receiver) -> None:
    clock, stop = SystemClock(), threading.Event()
    endpoint = HttpEndpoint(EndpointSettings(receiver.url))
    thread = threading.Thread(target=Deliverer(outbox, endpoint, clock, random.Random(1)).run, args=(stop,))
    thread.start()
    incident = make_incident()
    outbox.add(incident, incident_facts(incident), clock.utc_now())

    arrived = threading.Event()
    for _ in range(100):
        if outbox.depth() == 0:
            break
        arrived.wait(0.05)
    stop.set()
    thread.join(5.0)
    endpoint.close()

    assert not thread.is_alive()
    assert receiver.order_keys == [incident.incident_id]
