"""Folders of clips with truth."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.errors import DatasetError
from benchmarks.fade import ANNOTATIONS_FOLDER, is_fade, read_fade
from benchmarks.truth import TRUTH_ENDING, ClipTruth, read_truth


def read_datasets(datasets: Sequence[Path]) -> tuple[ClipTruth, ...]:
    """Read every clip of some datasets.

    A dataset is a NAME.truth.json, a folder that has some somewhere below it, or one of FADE's form. Each folder of
    clips is a suite, called by its name, or by as much of its path as tells it from the others. What is named twice is
    taken once.

    Raises:
        DatasetError: There is no such file or folder, it has no truth in it, or a truth file is wrong.
    """
    entries: dict[Path, None] = {}
    for dataset in datasets:
        found = list(_entries(dataset.resolve()))
        if not found:
            raise DatasetError(dataset, "", f"holds no NAME{TRUTH_ENDING} and no video in FADE's form")
        entries.update(dict.fromkeys(found))
    names = suite_names({entry.parent for entry in entries})
    return tuple(
        read_fade(entry, names[entry.parent]) if entry.is_dir() else read_truth(entry, names[entry.parent])
        for entry in entries
    )


def suite_names(folders: Iterable[Path]) -> dict[Path, str]:
    """Name folders by their last part, and by more parts where that names two of them."""
    left = sorted(folders)
    names: dict[Path, str] = {}
    depth = 1
    while left:
        short = {folder: "/".join([part for part in folder.parts if part != folder.anchor][-depth:]) for folder in left}
        taken = list(short.values())
        for folder in left:
            if taken.count(short[folder]) == 1 or len(folder.parts) <= depth:
                names[folder] = short[folder]
        left = [folder for folder in left if folder not in names]
        depth += 1
    return names


def _entries(dataset: Path) -> Iterable[Path]:
    """Find truth files and FADE's video folders, in order of their paths."""
    if dataset.is_file():
        if not dataset.name.endswith(TRUTH_ENDING):
            raise DatasetError(dataset, "", f"is not a NAME{TRUTH_ENDING}; give that or a folder")
        return [dataset]
    if not dataset.is_dir():
        raise DatasetError(dataset, "", "there is no such file or folder")
    if is_fade(dataset):
        return [dataset]
    fade = [annotations.parent for annotations in dataset.rglob(ANNOTATIONS_FOLDER) if annotations.is_dir()]
    return sorted([*dataset.rglob(f"*{TRUTH_ENDING}"), *fade])
