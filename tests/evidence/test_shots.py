import pytest

from evidence.errors import EvidenceError
from evidence.pictures import make_pictures
from evidence.shots import Window, nearest_frames, take_shots
from tests.evidence.scenes import FRAMES, ClipRecording, FailingRecording, make_incident
from tracking.fall import PathPoint


def test_window_at_the_border_is_cut_off(recording: ClipRecording) -> None:
    corner = PathPoint(0.5, 1.0, 2.0, 4.0)
    outside = PathPoint(0.6, -50.0, 400.0, 4.0)

    shots = take_shots(recording, {"release.jpg": 0.0}, [corner, outside], [10, 10])

    assert [appearance.point for appearance in shots.appearances] == [corner]
    assert shots.appearances[0].window == Window(0, 13, 0, 12)
    assert shots.appearances[0].seen.shape == (13, 12, 3)


def test_each_time_gets_its_nearest_frame(recording: ClipRecording) -> None:
    wanted = [(0.0, ("a", "")), (0.041, ("b", "")), (0.0601, ("c", "")), (99.0, ("d", "")), (-5.0, ("e", ""))]

    found = [(frame.index, labels) for frame, labels in nearest_frames(recording.frames(), wanted)]

    assert found == [
        (0, [("e", ""), ("a", "")]),
        (1, [("b", "")]),
        (2, [("c", "")]),
        (FRAMES - 1, [("d", "")]),
    ]


def test_recording_without_frames_is_told(recording: ClipRecording) -> None:
    with pytest.raises(EvidenceError, match="no frame"):
        list(nearest_frames(iter(()), [(0.0, ("a", ""))]))
    pictures = make_pictures(FailingRecording(recording, after_frames=0), make_incident(), ())
    assert pictures.files == {}
    assert pictures.notes[1] == "not made: release.jpg, middle.jpg, end.jpg, strobe.jpg"
