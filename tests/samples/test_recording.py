"""Throws drawn into a recording: what it shows stays, and the truth says where they are."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from floors.site import load_site
from samples.errors import BackgroundError
from samples.recording import Recording, draw_over

DEMO = Path(__file__).parents[2] / "samples" / "demo.mp4"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_over(Recording.open(DEMO), tmp_path_factory.mktemp("drawn"), seed=3)


def lumas(path: Path) -> tuple[list[float], np.ndarray]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    planes = [frame.to_ndarray()[: frame.height] for frame in frames]
    return [frame.time or 0.0 for frame in frames], np.stack(planes)


def test_recording_tells_its_frames() -> None:
    recording = Recording.open(DEMO)
    times_s, pictures = lumas(DEMO)
    assert recording.times_s == pytest.approx(np.array(times_s) - times_s[0])
    assert recording.size_px == pictures.shape[:0:-1]
    assert np.array_equal(recording.first.luma, pictures[0])


def test_picture_changes_where_the_truth_says_and_hardly_elsewhere(drawn: Path) -> None:
    truth = json.loads(drawn.with_suffix("").with_suffix(".truth.json").read_text())
    (_, before), (times_s, after) = lumas(DEMO), lumas(drawn)
    assert truth["falls"]
    seen = 0
    for fall in truth["falls"]:
        for time_s, x_px, y_px, size_px in fall["path"][5::10]:
            index = int(np.argmin(np.abs(np.array(times_s) - time_s)))
            reach = int(size_px) + 3
            top, left = max(round(y_px) - reach, 0), max(round(x_px) - reach, 0)
            window = np.s_[index, top : round(y_px) + reach, left : round(x_px) + reach]
            seen += int(np.abs(after[window].astype(float) - before[window]).max() > 20)
    assert seen >= 0.8 * sum(len(fall["path"][5::10]) for fall in truth["falls"])
    # The clip is encoded once more: away from what is thrown pictures differ by what that takes.
    assert np.median(np.abs(after.astype(float) - before)) <= 2


def test_same_seed_draws_the_same_and_another_does_not(drawn: Path, tmp_path: Path) -> None:
    recording = Recording.open(DEMO)
    again, other = draw_over(recording, tmp_path, seed=3), draw_over(recording, tmp_path, seed=4)
    assert again.read_bytes() == drawn.read_bytes()
    assert lumas(other)[1].shape == lumas(drawn)[1].shape
    assert not np.array_equal(lumas(other)[1], lumas(drawn)[1])


def test_site_can_be_read(drawn: Path) -> None:
    site = load_site(drawn.with_suffix("").with_suffix(".site.toml"))
    camera = site.camera
    assert (camera.width_px, camera.height_px) == Recording.open(DEMO).size_px


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(BackgroundError, match="broken.mp4: cannot be decoded"):
        Recording.open(broken)
