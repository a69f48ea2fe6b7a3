"""Which span of its source an incident's clip holds, as the evidence package tells it."""

from pydantic import ValidationError

from evidence.manifest import FACTS_NAME
from server.errors import StorageError
from server.facts import Facts, RecordingFacts
from server.files import MediaFiles
from server.media import Media

_MOST_BYTES = 1 << 20


def packaged_recording(incident_id: str, media: tuple[Media, ...], files: MediaFiles) -> RecordingFacts | None:
    """Read the span of the clip from the facts inside the package.

    An order leaves before the clip is cut, so that its facts tell no span; those of the package are written afterwards.

    Args:
        incident_id: The incident.
        media: Its files as recorded.
        files: Where the facts are read from.

    Returns:
        The span, in seconds of the source; None where the package's facts are not here, cannot be read, are those of
        another incident, or tell none.
    """
    stored = next((file for file in media if file.name == FACTS_NAME), None)
    if stored is None:
        return None
    try:
        with files.resolve(stored.path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return None
        facts = Facts.model_validate_json(content)
    except (OSError, StorageError, ValidationError):
        # It comes from outside and only moves a mark: a page without it is better than none.
        return None
    return facts.recording if facts.incident_id == incident_id else None
