"""Runs detection over the clips, and keeps what is done so that a second run goes on from there."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.clip_info import ClipInfo, probe
from benchmarks.errors import DatasetError, DetectionFailedError
from benchmarks.found import FoundFall, parse_found
from benchmarks.truth import ClipTruth
from vision.clock import Clock

Detect = Callable[[Path, Path | None, Path], list[dict[str, Any]]]
"""Detects in (clip, site or None) with evidence below a folder, and returns the lines of `detect`, parsed.

It raises a `DetectionFailedError` that says why where it cannot. A clip may kill a decoder: work in a child process.
"""

Progress = Callable[[int, int, "ClipRun"], None]
"""Is told how many clips of how many are done, and what became of the latest."""

RECORD_FORM = 1


@dataclass(frozen=True, slots=True)
class ClipRun:
    """What detection made of one clip.

    Attributes:
        truth: The clip.
        info: Its height and length; None where detection failed.
        found: The falls found, of any verdict.
        failure: Why detection failed, or None.
        seconds: Wall time that detection took.
        how: Whether it ran now, was kept from an earlier run, or failed.
    """

    truth: ClipTruth
    info: ClipInfo | None
    found: tuple[FoundFall, ...]
    failure: str | None
    seconds: float
    how: Literal["ran", "kept", "failed"]


class Runner:
    """Runs detection clip by clip and keeps a record of each below the output folder."""

    def __init__(self, out: Path, detect: Detect, code: str, clock: Clock, workers: int = 1) -> None:
        """Set up a run.

        Args:
            out: Folder for records (clips/) and evidence (packages/).
            detect: Does the work.
            code: Tells one state of what is measured from another; records of another state are not reused.
            clock: Measures how long each clip takes.
            workers: Clips run at once; each in a process of its own, so threads that wait for them are enough.
        """
        self._workers = workers
        self._out = out
        self._detect = detect
        self._code = code
        self._clock = clock

    def run(self, clips: Sequence[ClipTruth], progress: Progress | None = None) -> Iterator[ClipRun]:
        """Run every clip, or take its record where clip, site, truth and program are the same as then.

        A failed clip is tried again in the next run. After an interrupt the clips at hand are finished and kept.
        """
        for done, clip_run in enumerate(self._run_all(clips), start=1):
            if progress is not None:
                progress(done, len(clips), clip_run)
            yield clip_run

    def _run_all(self, clips: Sequence[ClipTruth]) -> Iterator[ClipRun]:
        if self._workers == 1:
            yield from map(self._run_one, clips)
            return
        with ThreadPoolExecutor(self._workers) as pool:
            futures = [pool.submit(self._run_one, truth) for truth in clips]
            try:
                for future in futures:
                    yield future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def package_folder(self, truth: ClipTruth) -> Path:
        """Tell where the evidence packages of a clip lie."""
        return self._out / "packages" / truth.suite / truth.name

    def _run_one(self, truth: ClipTruth) -> ClipRun:
        record_path = self._out / "clips" / truth.suite / f"{truth.name}.json"
        key = {
            "form": RECORD_FORM,
            "program": self._code,
            "clip": digest(truth.clip),
            "site": digest(truth.site) if truth.site else None,
            "truth": digest(truth.truth),
        }
        kept = _read_record(record_path, key, truth)
        if kept is not None:
            return kept
        folder = self.package_folder(truth)
        if folder.exists():
            shutil.rmtree(folder)
        started_s = self._clock.monotonic_s()
        try:
            lines = self._detect(truth.clip, truth.site, folder)
            found = tuple(parse_found(line) for line in lines)
            info = probe(truth.clip, self._clock)
        except (DetectionFailedError, DatasetError) as error:
            return ClipRun(truth, None, (), str(error), self._clock.monotonic_s() - started_s, "failed")
        seconds = self._clock.monotonic_s() - started_s
        write_whole(record_path, {"key": key, "info": asdict(info), "seconds": seconds, "found": lines})
        return ClipRun(truth, info, found, None, seconds, "ran")


def digest(path: Path) -> str:
    """Take the SHA-256 of a file, or of the names and contents of all files in a folder."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    parts = (f"{inner.name} {digest(inner)}" for inner in sorted(path.iterdir()) if inner.is_file())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_whole(path: Path, content: object) -> None:
    """Write JSON so that the file is there wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, path)


def _read_record(path: Path, key: dict[str, Any], truth: ClipTruth) -> ClipRun | None:
    """Read what an earlier run kept; None where there is nothing, or it belongs to something else."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("key") != key:
        return None
    found = tuple(parse_found(line) for line in record["found"])
    return ClipRun(truth, ClipInfo(**record["info"]), found, None, record["seconds"], "kept")
