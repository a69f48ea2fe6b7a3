"""A network's opinion of falls: asked beside the watching, lost without losing a fall."""

import threading
from concurrent.futures import CancelledError

import numpy as np
import pytest
from numpy.typing import NDArray

from droptrace.labeller import Labeller
from models.crop import CROP_PX, Window
from models.errors import ModelError
from models.keeper import Crop
from models.likelihood import Likelihood
from models.mosaic import CELLS, corner_px
from models.motion_class import CLASSES, MotionClass
from models.network import Box
from tests.tracking.test_merge import fall_at
from tracking.fall import Fall

NATS = {**dict.fromkeys(map(str, CLASSES), (0.0,) * 4), "falling_object": (2.0,) * 4, "bird": (-2.0,) * 4}
LIKELIHOOD = Likelihood(NATS, share=1.0)


class Answering:
    """Takes everything for one thing; may have to wait for a sign, or fail."""

    def __init__(self, label: MotionClass, go: threading.Event | None = None, error: str = "") -> None:
        self._label, self._go, self._error = label, go, error
        self.passes = 0

    def detect(self, mosaics: NDArray[np.uint8]) -> list[list[Box]]:
        if self._go is not None:
            assert self._go.wait(10)
        if self._error:
            raise ModelError(self._error)
        self.passes += len(mosaics)
        corners = [corner_px(cell) for cell in range(CELLS)]
        return [[Box(self._label, 0.9, x + 18.0, y + 18.0, x + 26.0, y + 26.0) for x, y in corners] for _ in mosaics]


def numbered(track_id: int) -> Fall:
    fall = fall_at(300.0)
    return Fall(**{name: getattr(fall, name) for name in Fall.__dataclass_fields__} | {"track_id": track_id})


def crops(count: int) -> list[Crop]:
    return [Crop(0.0, Window(0, 0, 1), np.zeros((CROP_PX, CROP_PX, 3), np.uint8))] * count


def test_fall_that_looks_like_a_bird_is_doubted() -> None:
    labeller = Labeller(lambda: Answering(MotionClass.BIRD), LIKELIHOOD, is_live=False)
    labeller.ask(numbered(1), crops(3))
    told = labeller.opinion(numbered(1))
    labeller.close()
    assert told.verdict == "suspected"
    assert "looks like bird in 3 of 3 pictures" in told.reasons[-1]


def test_fall_of_which_nothing_was_asked_stays_as_it_is() -> None:
    labeller = Labeller(lambda: Answering(MotionClass.BIRD), LIKELIHOOD, is_live=False)
    labeller.ask(numbered(1), [])
    assert labeller.opinion(numbered(1)) == numbered(1)
    assert labeller.opinion(numbered(2)) == numbered(2)
    labeller.close()


def test_all_that_waits_is_read_in_one_pass() -> None:
    go = threading.Event()
    network = Answering(MotionClass.FALLING_OBJECT, go)
    labeller = Labeller(lambda: network, LIKELIHOOD, is_live=False)
    for number in range(11):
        labeller.ask(numbered(number), crops(6))
    go.set()
    assert all("+6.0 nats" in labeller.opinion(numbered(number)).reasons[-1] for number in range(11))
    labeller.close()
    # The first may have been taken alone; the rest fits into one mosaic.
    assert network.passes <= 2


def test_camera_does_not_wait_when_too_much_is_asked() -> None:
    go = threading.Event()
    labeller = Labeller(lambda: Answering(MotionClass.BIRD, go), LIKELIHOOD, is_live=True)
    for number in range(60):
        labeller.ask(numbered(number), crops(1))
    assert 20 <= labeller.unread <= 30
    assert labeller.opinion(numbered(59)) == numbered(59)
    go.set()
    labeller.close()


def test_lost_network_loses_no_fall_and_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    labeller = Labeller(lambda: Answering(MotionClass.BIRD, error="the weights are gone"), LIKELIHOOD, is_live=False)
    for number in range(3):
        labeller.ask(numbered(number), crops(2))
        assert labeller.opinion(numbered(number)) == numbered(number)
    labeller.close()
    assert capsys.readouterr().out.count("the weights are gone") == 1


def test_fault_of_the_program_is_not_waited_for_without_end() -> None:
    def load() -> Answering:
        raise TypeError("a fault")

    labeller = Labeller(load, LIKELIHOOD, is_live=False)
    labeller.ask(numbered(1), crops(1))
    with pytest.raises(CancelledError):
        labeller.opinion(numbered(1))
    labeller.close()


def test_network_is_not_loaded_before_it_is_asked() -> None:
    loaded: list[Answering] = []

    def load() -> Answering:
        loaded.append(Answering(MotionClass.BIRD))
        return loaded[-1]

    labeller = Labeller(load, LIKELIHOOD, is_live=False)
    rejected = fall_at(300.0, verdict="rejected")
    labeller.ask(rejected, crops(3))
    # Had it been asked, this would wait for the answer.
    assert labeller.opinion(rejected) == rejected
    labeller.close()
    assert loaded == []
