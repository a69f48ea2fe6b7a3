"""Whether a camera still looks where it looked, in pixels that are known."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision.health_scenes import HEIGHT_PX, WIDTH_PX, Picture, fog, night, noisy, tower
from vision.place import Place
from vision.reference import Reference, ReferencePicture, is_usable
from vision.reference_folder import INDEX_NAME, ReferenceFolder


def shelf(folder: Path, geometry: str = "a") -> ReferenceFolder:
    return ReferenceFolder(folder, geometry, (WIDTH_PX, HEIGHT_PX))


class Watched:
    """A place that is looked at now and then."""

    def __init__(self, folder: Path, *, geometry: str = "a", was_moved: bool = False) -> None:
        self.place = Place(shelf(folder, geometry), was_moved=was_moved)
        self.now_s = 0.0
        self._rng = np.random.default_rng(3)

    def show(self, picture: Picture | np.ndarray, seconds: float, every_s: float = 2.0) -> None:
        for _ in range(round(seconds / every_s)):
            self.place.see(noisy(picture, self._rng), self.now_s)
            self.now_s += every_s


@pytest.mark.parametrize("moved_px", [(0, 0), (3, -2), (12, 7), (-60, 90), (200, -150)])
def test_movement_is_measured_to_a_tenth_of_a_pixel(moved_px: tuple[int, int]) -> None:
    reference = Reference([ReferencePicture(tower(), np.zeros(2))])
    found = reference.compare(noisy(tower(*moved_px), np.random.default_rng(1)))
    assert found.moved_px == pytest.approx(moved_px, abs=0.1)


def test_first_good_view_is_the_reference_and_is_kept(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    camera.show(tower(), 20)
    assert camera.place.standing == "in place"
    assert camera.place.moved_px == pytest.approx((0, 0), abs=0.1)
    (kept,) = shelf(tmp_path).load()
    assert np.abs(kept.luma.astype(int) - tower()).mean() < 3


def test_camera_that_is_pushed_has_moved_until_it_is_back(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    camera.show(tower(), 20)
    camera.show(tower(9, -5), 30)
    assert camera.place.standing == "moved"
    assert camera.place.moved_px == pytest.approx((9, -5), abs=0.1)
    camera.show(tower(1, 0), 30)
    assert (camera.place.standing, camera.place.may_have_moved) == ("in place", False)


def test_a_single_look_makes_doubtful_and_no_more(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    camera.show(tower(), 22)
    camera.show(tower(9, -5), 10)
    camera.show(tower(), 2)
    assert camera.place.standing == "in place"


def test_a_pole_that_sways_has_not_moved(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    for turn in range(40):
        camera.show(tower(turn % 3 - 1, turn % 2), 2)
    assert (camera.place.standing, camera.place.may_have_moved) == ("in place", False)


def test_camera_that_is_turned_to_another_scene_has_moved(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    camera.show(tower(), 20)
    camera.show(tower()[:, ::-1], 30)
    assert (camera.place.standing, camera.place.moved_px) == ("moved", None)


def test_zoomed_camera_has_moved(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    camera.show(tower(), 20)
    zoom = cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), 0, 1.1)
    camera.show(np.asarray(cv2.warpAffine(tower(), zoom, (WIDTH_PX, HEIGHT_PX)), np.uint8), 30)
    assert camera.place.standing == "moved"


def test_fog_dusk_and_clouds_move_nothing(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    camera.show(tower(), 20)
    for view in (fog(tower(), 0.4), tower() * 0.3, tower() * 0.7 + 30):
        camera.show(view, 60)
        assert (camera.place.standing, camera.place.may_have_moved) == ("in place", False)


def test_light_in_which_nothing_is_known_again_says_unknown_and_not_moved(tmp_path: Path) -> None:
    camera = Watched(tmp_path)
    camera.show(tower(), 20)
    camera.show(night(), 120)
    assert (camera.place.standing, camera.place.may_have_moved) == ("unknown", False)
    camera.show(tower(), 120)
    assert camera.place.standing == "in place"


def test_by_and_by_the_same_scene_is_known_in_another_light(tmp_path: Path) -> None:
    """Windows are lit while the wall goes dark, in half an hour; the first picture alone is no longer known again."""
    dark = (tower() * 0.15 + night(90) * 0.8).astype(np.uint8)
    camera = Watched(tmp_path)
    for share in np.linspace(0, 1, 150):
        camera.show((1 - share) * tower() + share * dark, 12, every_s=12)
    assert (camera.place.standing, camera.place.may_have_moved) == ("in place", False)
    assert len(shelf(tmp_path).load()) > 1
    camera.show(np.roll(dark, 12, axis=1), 60)
    assert (camera.place.standing, camera.place.may_have_moved) == ("moved", True)
    assert camera.place.moved_px == pytest.approx((12, 0), abs=0.5)
    assert Reference([ReferencePicture(tower(), np.zeros(2))]).compare(dark).moved_px is None


def test_what_was_kept_is_compared_with_after_a_restart(tmp_path: Path) -> None:
    Watched(tmp_path).show(tower(), 20)
    again = Watched(tmp_path)
    again.show(tower(20, 0), 20)
    assert again.place.standing == "moved"
    assert again.place.moved_px == pytest.approx((20, 0), abs=0.1)


def test_camera_that_had_moved_is_not_trusted_before_it_is_seen_in_place(tmp_path: Path) -> None:
    Watched(tmp_path).show(tower(), 20)
    again = Watched(tmp_path, was_moved=True)
    assert again.place.may_have_moved
    again.show(night(), 60)
    assert again.place.may_have_moved
    again.show(tower(), 120)
    assert not again.place.may_have_moved


def test_new_geometry_begins_with_a_new_reference(tmp_path: Path) -> None:
    Watched(tmp_path).show(tower(), 20)
    other = Watched(tmp_path, geometry="b")
    other.show(tower(50, 0), 20)
    assert other.place.standing == "in place"
    assert shelf(tmp_path, "a").load() == []


@pytest.mark.parametrize("spoilt", [INDEX_NAME, "reference-0.jpg"])
def test_spoilt_reference_is_taken_anew(tmp_path: Path, spoilt: str) -> None:
    Watched(tmp_path).show(tower(), 20)
    (tmp_path / spoilt).write_bytes(b"\x00nonsense")
    again = Watched(tmp_path)
    again.show(tower(50, 0), 20)
    assert again.place.standing == "in place"
    assert len(shelf(tmp_path).load()) == 1


def test_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    camera = Watched(tmp_path / "file")
    camera.show(tower(), 20)
    assert camera.place.standing == "in place"


def test_view_without_texture_is_no_reference(tmp_path: Path) -> None:
    assert not is_usable(np.full((HEIGHT_PX, WIDTH_PX), 90, np.uint8))
    camera = Watched(tmp_path)
    camera.show(np.full((HEIGHT_PX, WIDTH_PX), 90.0), 30)
    assert camera.place.standing == "unknown"
    assert shelf(tmp_path).load() == []
