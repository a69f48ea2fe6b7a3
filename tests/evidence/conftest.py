from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.outbox import Outbox
from tests.evidence.receiver import Receiver, running
from tests.evidence.scenes import ClipRecording, make_clip
from vision.clock import ManualClock


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> ClipRecording:
    return ClipRecording(make_clip(tmp_path_factory.mktemp("clip") / "fall.mp4"))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = Outbox(tmp_path / "outbox.sqlite")
    yield box
    box.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running() as server:
        yield server
