import json
from typing import Any

import pytest

from server.facts import Facts, RecordingFacts
from server.gallery import make_gallery
from server.media import Media, MediaRole
from server.origin_view import candidate_bars, percent_text
from server.overlay import make_overlay
from tests.server.orders import facts
from tests.server.running import NOW


def fall(**changes: Any) -> Facts:
    return Facts.model_validate(facts(**changes))


def file(name: str, role: MediaRole = "derived", content_type: str = "image/jpeg") -> Media:
    return Media("i", name, role, content_type, 1, "0" * 64, f"media/i/{name}", NOW)


def test_path_begins_at_the_release_although_the_object_was_seen_later() -> None:
    overlay = make_overlay(fall(release_s=1.0, release_px=[10.0, 20.0], path=[[1.5, 12.0, 30.0], [2.0, 14.0, 60.0]]))
    assert json.loads(overlay.path_json) == [[1.0, 10.0, 20.0], [1.5, 12.0, 30.0], [2.0, 14.0, 60.0]]
    assert overlay.points == "10.0,20.0 12.0,30.0 14.0,60.0"


def test_ticks_stand_at_each_half_second_after_the_release() -> None:
    overlay = make_overlay(fall(release_s=1.0, release_px=[0.0, 0.0], path=[[1.4, 0.0, 40.0], [2.1, 0.0, 110.0]]))
    assert [(tick.since_release_s, tick.x_px, round(tick.y_px, 6)) for tick in overlay.ticks] == [
        (0.5, 0.0, 50.0),
        (1.0, 0.0, 100.0),
    ]


def test_crop_holds_the_fall_and_stays_inside_the_frame() -> None:
    overlay = make_overlay(fall(release_px=[1900.0, 20.0], path=[[3.0, 1910.0, 520.0]]))
    x, y, width, height = map(int, overlay.crop.split())
    assert (x + width, y) == (1920, 0)
    assert height == 680  # 500 px with 18 % on both sides
    assert x <= 1900
    assert y + height >= 520


def test_clip_axis_and_frame_time_come_from_the_facts() -> None:
    overlay = make_overlay(fall())
    assert overlay.start_s == 1.5
    assert overlay.frame_s == pytest.approx(0.04)


@pytest.mark.parametrize("recording", [None, {"name": "clip.mp4", "start_s": 1.5, "end_s": 5.5}])
def test_clip_axis_of_the_package_goes_before_that_of_the_order(recording: dict[str, Any] | None) -> None:
    packaged = RecordingFacts(name="clip.mp4", start_s=0.0, end_s=4.0)
    assert make_overlay(fall(recording=recording), packaged).start_s == 0.0
    packaged = RecordingFacts(name="clip.mp4", start_s=2.25, end_s=6.25)
    assert make_overlay(fall(recording=recording), packaged).start_s == 2.25


def test_bars_show_the_likeliest_first_and_add_up_to_one() -> None:
    bars = candidate_bars(fall())
    assert [(bar.floor, bar.unit, bar.text) for bar in bars] == [
        (17, "06", "83 %"),
        (18, "06", "9 %"),
        (16, "06", "6 %"),
        (None, None, "2 %"),
    ]
    assert sum(bar.percent for bar in bars) == pytest.approx(100)


@pytest.mark.parametrize(
    ("probability", "text"), [(1.0, "> 99 %"), (0.996, "> 99 %"), (0.5, "50 %"), (0.001, "< 1 %"), (0.0, "< 1 %")]
)
def test_nothing_is_said_to_be_certain(probability: float, text: str) -> None:
    assert percent_text(probability) == text


def test_gallery_knows_the_pictures_by_name_and_takes_the_clean_one_for_the_release() -> None:
    names = ["zebra.jpg", "strobe.jpg", "end.jpg", "release-overlay.jpg", "middle.jpg", "release.jpg"]
    gallery = make_gallery(tuple(file(name) for name in names))
    captions = [picture.caption for picture in gallery.pictures]
    assert captions == ["release", "middle", "end", "strobe", "overlay", "other"]
    assert gallery.release is not None
    assert gallery.release.name == "release.jpg"


def test_only_an_original_video_is_the_clip_and_original_pictures_are_not_listed() -> None:
    media = (
        file("masked.mp4", content_type="video/mp4"),
        file("original/clip.mp4", "original", "video/mp4"),
        file("original/000001.png", "original", "image/png"),
    )
    gallery = make_gallery(media)
    assert gallery.clip == media[1]
    assert gallery.pictures == ()


def test_clip_of_the_first_connection_is_shown_after_lost_ones() -> None:
    names = ["clip-10.mp4", "clip-2.mp4", "clip.mp4"]
    gallery = make_gallery(tuple(file(f"original/{name}", "original", "video/mp4") for name in names))
    assert gallery.clip is not None
    assert gallery.clip.name == "original/clip.mp4"
