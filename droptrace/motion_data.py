"""`droptrace crops`: a data set for networks, from rendered scenes."""

import signal
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from droptrace.errors import ConfigError
from droptrace.motion_crops import Sight, gather
from droptrace.run_file import LabelledRun, read_runs, write_runs
from models.crop import Window
from models.labels import SPLITS, DatasetWriter, Label, LabelledCrop, Split
from models.motion_class import MotionClass
from samples.errors import RenderError, SceneError
from samples.labelled import Thing
from samples.motion import motion_scenes
from samples.photographs import list_photographs
from samples.scene import Scene
from samples.spec import SceneSpec

SCENES_FOLDER = "scenes"
_MOST_RUNS = 40
"""Of each class and scene: rain makes a thousand, and one is much like another."""
_CENTRE_SHARE = 0.25
_PHOTOGRAPHS_IN_FIVE: Mapping[Split, tuple[int, ...]] = {"train": (0, 1, 2), "val": (3,), "test": (4,)}

Progress = Callable[[int, int, str], None]
"""Is told scenes done, scenes in all, and the scene just done."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: scenes of each split, a folder of photographs for walls, and scenes rendered at once."""

    scenes: Mapping[Split, int]
    backgrounds: Path | None = None
    workers: int = 1


def write_motion_data(order: Order, out: Path, progress: Progress) -> Counter[str]:
    """Render scenes, cut what the pipeline follows in them, and lay it into mosaics in Ultralytics' form.

    Each scene's crops are kept in `out`, so that a run that was stopped goes on where it was.

    Args:
        order: What is wanted. Every other scene has a photograph for a wall; those of one split are in no other.
        out: Folder of the data set.
        progress: Told of each scene.

    Returns:
        How many runs there are of each class in all splits.

    Raises:
        BackgroundError: The photographs cannot be used.
        SampleError: A scene cannot be rendered.
        ModelError: The data set cannot be written.
        ConfigError: The folder cannot be made.
    """
    folder = out / SCENES_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {folder}: {error.strerror}; choose another") from error
    walls = _share_out(order.backgrounds)
    tasks = {
        split: [
            _Task(spec, folder / f"{spec.name}.npz", walls[split] if number % 2 else ())
            for number, spec in enumerate(motion_scenes(split, order.scenes[split]))
        ]
        for split in SPLITS
    }
    _work([task for each in tasks.values() for task in each], order.workers, progress)
    writer, counts = DatasetWriter(out), Counter[str]()
    for split in SPLITS:
        runs = [run for task in tasks[split] for run in read_runs(task.path)]
        counts.update(str(run.truth) for run in runs)
        writer.add(split, _mixed(runs, np.random.default_rng(SPLITS.index(split))))
    writer.close()
    return counts


@dataclass(frozen=True, slots=True)
class _Task:
    """One scene to be rendered and cut."""

    spec: SceneSpec
    path: Path
    photographs: tuple[Path, ...]

    def work(self) -> str:
        """Make its file; of a scene in which nothing can be thrown as asked an empty one."""
        rng = np.random.default_rng([self.spec.seed, 10])
        try:
            scene = Scene.build(self.spec, self.photographs)
        except SceneError:
            write_runs(self.path, [])
            return self.spec.name
        with tempfile.TemporaryDirectory() as folder:
            runs = [labelled_run(run) for run in gather(scene, Path(folder), rng)]
        write_runs(self.path, thinned(runs, rng))
        return self.spec.name


def _share_out(backgrounds: Path | None) -> Mapping[Split, tuple[Path, ...]]:
    """Give each split photographs of its own."""
    paths = list_photographs(backgrounds) if backgrounds is not None else ()
    return {
        split: tuple(path for index, path in enumerate(paths) if index % 5 in chosen)
        for split, chosen in _PHOTOGRAPHS_IN_FIVE.items()
    }


def _work(tasks: Sequence[_Task], workers: int, progress: Progress) -> None:
    waiting = [task for task in tasks if not task.path.is_file()]
    done = len(tasks) - len(waiting)
    progress(done, len(tasks), "")
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_ignore_interrupts) as pool:
        futures = [pool.submit(task.work) for task in waiting]
        try:
            for future in as_completed(futures):
                done += 1
                progress(done, len(tasks), future.result())
        except BrokenProcessPool as error:
            words = "a process that rendered was killed; see that there is memory enough, or ask for fewer --workers"
            raise RenderError(words) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    # The parent ends these processes; an interrupt of the whole group is not for them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def labelled_run(run: Sequence[Sight]) -> LabelledRun:
    """Draw the boxes of what a track's crops show, and tell what the track followed."""
    middles = [_middle_class(sight.crop.window, sight.things) for sight in run]
    return LabelledRun(max(set(middles), key=middles.count), tuple(_labelled_crop(sight) for sight in run))


def _labelled_crop(sight: Sight) -> LabelledCrop:
    labels = [
        Label.of(
            MotionClass(thing.label),
            sight.crop.window,
            ((thing.left_px + thing.right_px - 1) / 2, (thing.top_px + thing.bottom_px - 1) / 2),
            (thing.right_px - thing.left_px, thing.bottom_px - thing.top_px),
        )
        for thing in sight.things
        if thing.is_visible
    ]
    return sight.crop.pixels, [label for label in labels if label is not None]


def _middle_class(window: Window, things: Sequence[Thing]) -> MotionClass | None:
    """Tell what is in the middle of a window, where the pipeline saw something move.

    A thrown thing is one also where it cannot be told from noise: what is worth how much is measured on such too.
    """
    middle_x = window.left_px + window.side_px / 2
    middle_y = window.top_px + window.side_px / 2
    near = [
        (max(abs((t.left_px + t.right_px) / 2 - middle_x), abs((t.top_px + t.bottom_px) / 2 - middle_y)), t.label)
        for t in things
        if t.is_visible or t.label == MotionClass.FALLING_OBJECT
    ]
    distance_px, name = min(near, default=(np.inf, ""))
    return MotionClass(name) if distance_px <= _CENTRE_SHARE * window.side_px else None


def thinned(runs: Sequence[LabelledRun], rng: np.random.Generator) -> list[LabelledRun]:
    """Keep so many runs of each class at most, chosen by chance."""
    by_class: dict[MotionClass | None, list[LabelledRun]] = defaultdict(list)
    for run in runs:
        by_class[run.truth].append(run)
    return [each[index] for each in by_class.values() for index in rng.permutation(len(each))[:_MOST_RUNS].tolist()]


def _mixed(runs: Sequence[LabelledRun], rng: np.random.Generator) -> Iterator[LabelledCrop]:
    """Yield crops run by run, as a network will see them, the runs in any order."""
    for index in rng.permutation(len(runs)).tolist():
        yield from runs[index].crops
