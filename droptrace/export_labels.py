"""`droptrace export-labels`: what people decided, as crops to train a network with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from droptrace.cut_child import cut_apart
from droptrace.cutting import Cutting
from droptrace.errors import ConfigError, CutFailedError, DroptraceError
from droptrace.lessons import Lesson, find_clip, read_lessons
from models.labels import DatasetWriter, Label, LabelledCrop, split_of
from server.files import MediaFiles
from server.settings import ServerSettings
from server.store import Store


@dataclass(frozen=True, slots=True)
class Export:
    """What was exported.

    Attributes:
        incidents: How many gave crops.
        crops: How many of those there are.
        labels: How many things are in them; the other crops show clutter.
        skipped: How many refusals tell nothing, by their reason.
        problems: Which incidents gave none, and why, in words.
    """

    incidents: int
    crops: int
    labels: int
    skipped: dict[str, int]
    problems: tuple[str, ...]


def export_labels(settings: ServerSettings, out: Path, progress: Callable[[int, int], None]) -> Export:
    """Write every incident that a person reviewed into a data set; the same reviews give the same files.

    The command centre may be running. An export that was interrupted has no `data.yaml`, and is simply made again.

    Args:
        settings: From SERVER.toml.
        out: Folder of the data set.
        progress: Is told how many incidents are done, of how many.

    Raises:
        ConfigError: The command centre has kept nothing under these settings.
        ServerError: Its database or its files cannot be opened.
        ModelError: The data set cannot be written.
        DroptraceError: There is nothing to export.
    """
    if not settings.data_dir.is_dir():
        raise ConfigError(
            f"data_dir {settings.data_dir}: no such folder; give the file of a command centre that has run"
        )
    files = MediaFiles(settings.data_dir)
    store = Store.open(settings.database_url)
    try:
        taught = read_lessons(store.reviews)
        if not taught.lessons:
            raise DroptraceError(
                f"data_dir {settings.data_dir}: nobody has confirmed an incident, or refused one for a reason that "
                "names what it is; review some first"
            )
        tally = _Tally(DatasetWriter(out))
        for number, lesson in enumerate(taught.lessons):
            progress(number, len(taught.lessons))
            tally.take(lesson, store, files)
        progress(len(taught.lessons), len(taught.lessons))
    finally:
        store.close()
    return tally.conclude(taught.skipped)


class _Tally:
    """Writes crops, and counts."""

    def __init__(self, writer: DatasetWriter) -> None:
        self._writer = writer
        self._incidents = self._crops = self._labels = 0
        self._problems: list[str] = []

    def take(self, lesson: Lesson, store: Store, files: MediaFiles) -> None:
        """Write the crops of one incident, or note why there are none."""
        try:
            cuttings = cut_apart(find_clip(lesson.incident_id, store.media.all_of(lesson.incident_id), files))
        except CutFailedError as error:
            self._problems.append(f"incident {lesson.incident_id}: {error}")
            return
        crops = [crop for crop in (_labelled(cutting, lesson) for cutting in cuttings) if crop is not None]
        if not crops:
            self._problems.append(f"incident {lesson.incident_id}: no point of its path is in its clip; leave it out")
            return
        self._writer.add(split_of(lesson.incident_id), crops)
        self._incidents += 1
        self._crops += len(crops)
        self._labels += sum(len(labels) for _, labels in crops)

    def conclude(self, skipped: dict[str, int]) -> Export:
        """Finish the data set.

        Raises:
            DroptraceError: It is empty.
        """
        if not self._crops:
            raise DroptraceError("nothing could be exported: " + "; ".join(self._problems))
        self._writer.close()
        return Export(self._incidents, self._crops, self._labels, skipped, tuple(self._problems))


def _labelled(cutting: Cutting, lesson: Lesson) -> LabelledCrop | None:
    """Label a crop; None where it shows too little of the thing, which must not be learnt as clutter."""
    if lesson.motion_class is None:
        return cutting.crop, ()
    # Of the thing its longer side alone is known: its box is a square.
    label = Label.of(lesson.motion_class, cutting.window, cutting.centre_px, (cutting.size_px, cutting.size_px))
    return None if label is None else (cutting.crop, (label,))
