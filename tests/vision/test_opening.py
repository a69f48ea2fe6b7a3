"""The reader that fits an address."""

from pathlib import Path

import cv2
import pytest

from tests.vision.clips import encode, even_ms, pictures
from vision.clock import ManualClock
from vision.errors import SourceNotFound, StreamLost
from vision.opening import open_source


def test_file_folder_and_camera_are_told_apart(tmp_path: Path) -> None:
    clip = encode(tmp_path / "tower.mp4", pictures(3), even_ms(3))
    images = tmp_path / "tower"
    images.mkdir()
    cv2.imwrite(str(images / "1.png"), pictures(1)[0])
    file = open_source(str(clip), clock=ManualClock()).info
    folder = open_source(images, clock=ManualClock()).info
    assert (file.name, file.codec, file.is_live) == ("tower", "h264", False)
    assert (folder.name, folder.codec, folder.is_live) == ("tower", "images", False)
    with pytest.raises(StreamLost, match="rtsp://127.0.0.1:9/cam: nothing listens there"):
        open_source("rtsp://127.0.0.1:9/cam", clock=ManualClock(), give_up_first=True)


def test_address_that_is_nothing_is_not_found() -> None:
    with pytest.raises(SourceNotFound, match="no such file; check the path"):
        open_source("http://example.invalid/clip.mp4", clock=ManualClock())
