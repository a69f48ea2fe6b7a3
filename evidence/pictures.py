"""The pictures of a package, all derived from its recording."""

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.drawing import encode_jpeg
from evidence.incident import Incident
from evidence.ruler import FloorLine, scaled_ruler
from evidence.shots import take_shots
from evidence.strobe import choose_points, compose_strobe, ring_px
from vision.errors import VisionError
from vision.source import Recording

RELEASE_NAME, MIDDLE_NAME, END_NAME, STROBE_NAME = "release.jpg", "middle.jpg", "end.jpg", "strobe.jpg"


@dataclass(frozen=True, slots=True)
class Pictures:
    """JPEG files by name, and what is missing, in words."""

    files: dict[str, bytes]
    notes: tuple[str, ...]


def make_pictures(recording: Recording, incident: Incident, ruler: Sequence[FloorLine]) -> Pictures:
    """Decode a recording once and make clean frames of release, middle and end, and the strobe composite.

    Args:
        recording: The originals.
        incident: Whose path and times are shown, in pixels of its own frame; the recording may have another size.
        ruler: Lower edges of the floors, likewise; empty without geometry.

    Returns:
        The pictures that could be made; where decoding failed, a note says why.
    """
    incident, ruler = _as_recorded(recording, incident, ruler)
    fall = incident.fall
    times_s = {
        RELEASE_NAME: fall.release_s,
        MIDDLE_NAME: (fall.release_s + fall.last_s) / 2.0,
        END_NAME: fall.last_s,
    }
    points = choose_points(fall, incident.frame_height_px)
    reach_px = [round(ring_px(point, incident.frame_height_px)) + 2 for point in points]
    shots = take_shots(recording, times_s, points, reach_px)
    files = dict(shots.stills)
    if shots.canvas is not None:
        files[STROBE_NAME] = encode_jpeg(compose_strobe(shots.canvas, shots.appearances, incident, ruler))
    missing = [name for name in (*times_s, STROBE_NAME) if name not in files]
    notes = []
    if shots.problem is not None:
        notes.append(f"the recording could not be decoded to its end: {shots.problem}")
    if missing:
        notes.append(f"not made: {', '.join(missing)}")
    return Pictures(files, tuple(notes))


def _as_recorded(
    recording: Recording, incident: Incident, ruler: Sequence[FloorLine]
) -> tuple[Incident, Sequence[FloorLine]]:
    """Tell path and floors in pixels of the recording; as they are, where not one picture of it decodes."""
    try:
        first = next(recording.frames(), None)
    except VisionError:
        # Taking the pictures fails at the same place, and tells why.
        return incident, ruler
    if first is None:
        return incident, ruler
    height_px, width_px = first.luma.shape
    across, down = width_px / incident.frame_width_px, height_px / incident.frame_height_px
    return incident.scaled_to(width_px, height_px), scaled_ruler(ruler, across, down)
