"""What people decided, as lessons for a network."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from droptrace.cutting import CutJob
from droptrace.errors import CutFailedError
from evidence.digests import digest_file
from evidence.errors import FactsError
from evidence.facts import incident_from_facts
from evidence.incident import Incident
from evidence.manifest import FACTS_NAME
from models.motion_class import MotionClass
from server.errors import StorageError
from server.files import MediaFiles
from server.media import Media
from server.review import Reason, ReviewStore

CLASS_OF_REASON: dict[Reason, MotionClass | None] = {
    "bird": MotionClass.BIRD,
    "insect": MotionClass.INSECT,
    "rain": MotionClass.RAIN_OR_SNOW,
    "leaf": MotionClass.LEAF_OR_PAPER,
    "laundry": MotionClass.CLOTH,
    "shake": None,
    "reflection": MotionClass.LAMP_OR_REFLECTION,
}
"""What was refused: its class, or None for nothing at all. A reason that is not here may stand for anything."""
_MOST_FACTS_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Lesson:
    """An incident, and what it shows as a person says; None for nothing, that is for clutter."""

    incident_id: str
    motion_class: MotionClass | None


@dataclass(frozen=True, slots=True)
class Lessons:
    """All that can be learnt, by incident, and how many refusals tell nothing, by their reason."""

    lessons: tuple[Lesson, ...]
    skipped: dict[str, int]


def read_lessons(reviews: ReviewStore) -> Lessons:
    """Gather the last decision on every incident that a person reviewed; the others teach nothing."""
    lessons, skipped = [], Counter[str]()
    for review in reviews.latest():
        if review.decision == "confirm":
            lessons.append(Lesson(review.incident_id, MotionClass.FALLING_OBJECT))
        elif review.reason in CLASS_OF_REASON:
            lessons.append(Lesson(review.incident_id, CLASS_OF_REASON[review.reason]))
        else:
            skipped[str(review.reason)] += 1
    return Lessons(tuple(lessons), dict(sorted(skipped.items())))


def find_clip(incident_id: str, media: Sequence[Media], files: MediaFiles) -> CutJob:
    """Find an incident's clip and the path in it, as its evidence package has them.

    The facts of the work order do not do: they leave before the clip is written, and do not tell when it begins.

    Args:
        incident_id: The incident.
        media: Its files.
        files: Where they are.

    Raises:
        CutFailedError: The evidence is not here, not as it was stored, or has no clip in which times can be found.
    """
    facts = next((file for file in media if file.name == FACTS_NAME), None)
    # The first of several, which follow where a camera was lost in between, is the one whose begin is known.
    clips = sorted((file for file in media if _is_clip(file)), key=lambda file: (len(file.name), file.name))
    if facts is None or not clips:
        raise CutFailedError(
            "its evidence has no facts or no clip; wait until the edge box has sent all of it, or leave it out where "
            "the original is a folder of images"
        )
    incident = _read_facts(_intact(facts, files), incident_id)
    if incident.recording is None:
        raise CutFailedError("its facts do not tell when its clip begins; leave it out")
    path = tuple((point.time_s, point.x_px, point.y_px) for point in incident.fall.path)
    frame_px = (incident.frame_width_px, incident.frame_height_px)
    return CutJob(_intact(clips[0], files), incident.recording.start_s, frame_px, path)


def _is_clip(media: Media) -> bool:
    return media.role == "original" and not media.content_type.startswith("image/")


def _intact(media: Media, files: MediaFiles) -> Path:
    """Return a file of evidence that is still as it came."""
    try:
        path = files.resolve(media.path)
        found = digest_file(path)
    except (StorageError, OSError) as error:
        raise CutFailedError(f"{media.path} cannot be read ({error}); restore it from a copy") from error
    if found.sha256 != media.sha256:
        raise CutFailedError(f"{media.path} is no longer as it came, its SHA-256 differs; restore it from a copy")
    return path


def _read_facts(path: Path, incident_id: str) -> Incident:
    try:
        if path.stat().st_size > _MOST_FACTS_BYTES:
            raise CutFailedError(f"{path}: has more than {_MOST_FACTS_BYTES} bytes; these are no facts: leave it out")
        incident = incident_from_facts(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError, FactsError) as error:
        raise CutFailedError(f"{path}: {error}; leave it out") from error
    if incident.incident_id != incident_id:
        raise CutFailedError(f"{path}: these are the facts of incident {incident.incident_id}; leave it out")
    return incident
