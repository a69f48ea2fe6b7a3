import cv2
import numpy as np
from numpy.typing import NDArray

from evidence.pictures import make_pictures
from evidence.strobe import choose_points
from tests.evidence.scenes import (
    BALL_BGR,
    FPS,
    FRAMES,
    RELEASE_FRAME,
    ClipRecording,
    FailingRecording,
    ball_at,
    make_fall,
    make_incident,
    make_ruler,
)

WIDTH, HEIGHT = 320, 240


def decode(content: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def shows_ball(picture: NDArray[np.uint8], frame: int) -> bool:
    x, y = ball_at(frame, WIDTH, HEIGHT)
    colour = picture[round(y), round(x)].astype(int)
    return bool(np.abs(colour - BALL_BGR).max() < 45)


def test_pictures_are_the_frames_of_release_middle_and_end(recording: ClipRecording) -> None:
    files = make_pictures(recording, make_incident(), ()).files

    assert list(files) == ["release.jpg", "middle.jpg", "end.jpg", "strobe.jpg"]
    assert shows_ball(decode(files["release.jpg"]), RELEASE_FRAME)
    assert not shows_ball(decode(files["release.jpg"]), FRAMES - 3)
    assert shows_ball(decode(files["end.jpg"]), FRAMES - 3)
    assert not shows_ball(decode(files["end.jpg"]), RELEASE_FRAME)
    middle = round((make_fall(WIDTH, HEIGHT).release_s + make_fall(WIDTH, HEIGHT).last_s) / 2 * FPS)
    assert shows_ball(decode(files["middle.jpg"]), middle)


def test_pictures_of_another_stream_of_the_camera_show_the_object_where_it_is(recording: ClipRecording) -> None:
    halved = make_incident(WIDTH // 2, HEIGHT // 2)
    full = make_pictures(recording, make_incident(), make_ruler(WIDTH, HEIGHT)).files
    scaled = make_pictures(recording, halved, make_ruler(WIDTH // 2, HEIGHT // 2)).files

    assert scaled.keys() == full.keys()
    assert scaled["release.jpg"] == full["release.jpg"]
    assert np.abs(decode(scaled["strobe.jpg"]).astype(int) - decode(full["strobe.jpg"])).max() < 8


def test_path_seen_in_pictures_of_another_shape_is_drawn_where_the_object_is(recording: ClipRecording) -> None:
    # Some cameras squeeze their sub-stream.
    seen = make_incident(WIDTH // 2, HEIGHT * 3 // 4)
    strobe = decode(make_pictures(recording, seen, ()).files["strobe.jpg"])

    points = choose_points(seen.scaled_to(WIDTH, HEIGHT).fall, HEIGHT)
    assert strobe.shape == (HEIGHT, WIDTH, 3)
    assert len(points) >= 4
    assert all(shows_ball(strobe, round(point.time_s * FPS)) for point in points)


def test_strobe_shows_the_object_at_every_chosen_time_and_at_the_release(recording: ClipRecording) -> None:
    incident = make_incident()
    points = choose_points(incident.fall, HEIGHT)
    strobe = decode(make_pictures(recording, incident, make_ruler(WIDTH, HEIGHT)).files["strobe.jpg"])

    assert strobe.shape == (HEIGHT, WIDTH, 3)
    assert len(points) >= 5
    assert all(shows_ball(strobe, round(point.time_s * FPS)) for point in points)
    assert shows_ball(strobe, RELEASE_FRAME)


def test_clean_pictures_are_not_drawn_on(recording: ClipRecording) -> None:
    clean = make_pictures(recording, make_incident(), make_ruler(WIDTH, HEIGHT)).files["release.jpg"]
    frame = next(frame for frame in recording.frames() if frame.index == RELEASE_FRAME)

    assert np.abs(decode(clean).astype(int) - frame.to_bgr()).mean() < 1.5


def test_damaged_recording_gives_the_pictures_before_the_damage(recording: ClipRecording) -> None:
    pictures = make_pictures(FailingRecording(recording, after_frames=15), make_incident(), ())

    assert "release.jpg" in pictures.files
    assert "end.jpg" not in pictures.files
    assert "the packets after this frame are damaged" in pictures.notes[0]
    assert "end.jpg" in pictures.notes[1]


def test_fall_without_path_or_geometry_still_gets_a_strobe(recording: ClipRecording) -> None:
    pictures = make_pictures(recording, make_incident(path=(), origin=None), ())

    assert "strobe.jpg" in pictures.files
