"""Rendering a suite to files, on many cores, again from where it stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samples.clip import frames, write_pictures
from samples.errors import RenderError, SampleError
from samples.photographs import list_photographs
from samples.scene import Scene
from samples.signal import frame_snr
from samples.spec import SceneSpec
from samples.suites import find_suite
from samples.truth import site_text, truth_text

_FAILED = 1


def clip_path(spec: SceneSpec, out: Path) -> Path:
    """Tell where the clip of a scene is; site and truth stand beside it."""
    return out / f"{spec.name}.mp4"


def render_scene(spec: SceneSpec, out: Path, backgrounds: Path | None = None) -> Path:
    """Render one scene in this process: site, truth and, last of all, the clip, each moved into place when whole.

    Args:
        spec: What to render.
        out: Folder, which exists.
        backgrounds: Folder of photographs for the wall, or None.

    Returns:
        The clip.

    Raises:
        SampleError: The scene cannot be, or cannot be written.
    """
    scene = Scene.build(spec, list_photographs(backgrounds) if backgrounds is not None else ())
    return write_scene(scene, frames(scene), out)


def write_scene(scene: Scene, pictures: Iterable[NDArray[np.uint8]], out: Path) -> Path:
    """Write site, truth and, last of all, the clip of a scene, each moved into place when whole.

    Args:
        scene: The scene.
        pictures: One for each of its frames, as of `frames`.
        out: Folder, which exists.

    Returns:
        The clip.

    Raises:
        SampleError: Something cannot be written.
    """
    spec = scene.spec
    target = clip_path(spec, out)
    _write_whole(out / f"{spec.name}.site.toml", site_text(scene))
    part = target.with_suffix(".mp4.part")
    try:
        write_pictures(scene, pictures, part)
        snrs = [frame_snr(scene, throw, part) for throw in scene.throws] if spec.is_blank else []
        _write_whole(out / f"{spec.name}.truth.json", truth_text(scene, snrs))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def render_suite(
    name: str,
    out: Path,
    *,
    workers: int | None = None,
    backgrounds: Path | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Path]:
    """Render a suite, one process for each clip, as many at a time as there are cores.

    Clips that exist are kept, so a run that was stopped goes on where it was. When this process is interrupted the
    others are ended and leave no half-written clip behind.

    Args:
        name: Of the suite.
        out: Folder; made where it is missing.
        workers: Clips at a time; None for one a core.
        backgrounds: Folder of photographs for the walls, or None.
        progress: Called with clips done, clips in all, and the clip just done.

    Returns:
        The clips, in the suite's order.

    Raises:
        UnknownSuiteError: There is no such suite.
        BackgroundError: The photographs cannot be used.
        RenderError: A clip failed.
    """
    suite = find_suite(name)
    if backgrounds is not None:
        list_photographs(backgrounds)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RenderError(f"cannot make the folder {out}: {error.strerror}; choose another") from error
    waiting = [spec for spec in suite.scenes if not _is_finished(spec, out)]
    done = len(suite.scenes) - len(waiting)
    report = progress if progress is not None else _say_nothing
    if done:
        report(done, len(suite.scenes), "already there")
    crew = _Crew(out, backgrounds)
    try:
        while waiting or crew.is_busy:
            while waiting and crew.size < (workers or os.cpu_count() or 1):
                crew.start(waiting.pop(0))
            for finished in crew.wait():
                done += 1
                report(done, len(suite.scenes), finished)
    finally:
        crew.dismiss()
    return [clip_path(spec, out) for spec in suite.scenes]


class _Crew:
    """Processes that render one clip each."""

    def __init__(self, out: Path, backgrounds: Path | None) -> None:
        self._context: SpawnContext = multiprocessing.get_context("spawn")
        self._out = out
        self._backgrounds = backgrounds
        self._working: dict[int, tuple[SpawnProcess, SceneSpec]] = {}

    @property
    def size(self) -> int:
        return len(self._working)

    @property
    def is_busy(self) -> bool:
        return bool(self._working)

    def start(self, spec: SceneSpec) -> None:
        process = self._context.Process(target=_work, args=(spec, self._out, self._backgrounds), daemon=True)
        process.start()
        self._working[process.sentinel] = (process, spec)

    def wait(self) -> list[str]:
        """Wait until one or more are done; return their clips' names."""
        finished = []
        ready = wait(list(self._working))
        for sentinel in [each for each in self._working if each in ready]:
            process, spec = self._working.pop(sentinel)
            process.join()
            if process.exitcode != 0:
                raise RenderError(
                    f"rendering {spec.name} failed (exit status {process.exitcode}): see the message above"
                )
            finished.append(spec.name)
        return finished

    def dismiss(self) -> None:
        """End those that still work and remove what they leave."""
        for process, spec in self._working.values():
            process.terminate()
            process.join()
            clip_path(spec, self._out).with_suffix(".mp4.part").unlink(missing_ok=True)
        self._working.clear()


def _work(spec: SceneSpec, out: Path, backgrounds: Path | None) -> None:
    # The parent ends this process; an interrupt of the whole group is not for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        render_scene(spec, out, backgrounds)
    except SampleError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_FAILED)


def _is_finished(spec: SceneSpec, out: Path) -> bool:
    return all((out / f"{spec.name}.{ending}").is_file() for ending in ("mp4", "site.toml", "truth.json"))


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise RenderError(
            f"cannot write {path}: {error.strerror}; check the folder and the space left on the disk"
        ) from error


def _say_nothing(done: int, total: int, name: str) -> None:
    """Take no notice."""
