"""One rendered scene seen by the pipeline: crops of what it follows, with what they show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from droptrace.eye import Eye, Look
from floors.projection import make_facade
from floors.site import load_site
from models.keeper import Crop, CropKeeper
from samples.clip import write_clip
from samples.labelled import Labeller, Thing
from samples.scene import Scene
from samples.truth import site_text
from tracking.setup import make_tracker
from tracking.tracker import Tracker
from vision.clock import SystemClock
from vision.detection import Detection
from vision.opening import open_source

_BLOBS_A_FRAME = 2
"""Detections that no track took, to be cut as well: a network that knows tracks alone knows no clutter."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A crop and the things in its window, in pixels of the frame."""

    crop: Crop
    things: tuple[Thing, ...]


Run = tuple[Sight, ...]
"""What was cut of one track, in order of time; or one crop of what was not followed."""


def gather(scene: Scene, folder: Path, rng: np.random.Generator) -> list[Run]:
    """Render a scene, let the pipeline follow what moves in it, and cut what it would show to a network.

    Args:
        scene: The scene.
        folder: For its clip and site, which are not needed afterwards.
        rng: Chooses what is cut beside the tracks.

    Raises:
        SampleError: The scene cannot be written.
        SourceError: Its clip cannot be read.
    """
    clip, site = folder / "scene.mp4", folder / "scene.site.toml"
    write_clip(scene, clip)
    site.write_text(site_text(scene), encoding="utf-8")
    return _label(scene, list(_follow(clip, site, rng)))


def _follow(clip: Path, site: Path, rng: np.random.Generator) -> Iterator[tuple[Crop, ...]]:
    source = open_source(clip, clock=SystemClock())
    info, keeper = source.info, CropKeeper()
    eye = Eye(info, None)
    tracker = make_tracker(info.width, info.height, make_facade(load_site(site)))
    before: Look | None = None
    for frame in source.frames():
        look = eye.look(frame)
        if look is None:
            continue
        keeper.show(frame, look.taken_s, look.moved_px)
        ended = tracker.step(look.taken_s, look.detections, look.timing_sigma_s)
        if before is not None and keeper.now_s is not None:
            taken = _keep_live(keeper, tracker, keeper.now_s)
            for detection in _choose([d for d in before.detections if d not in taken], rng):
                yield (keeper.crop(detection.x_px, detection.y_px, detection.size_px),)
        before = look
        yield from filter(None, (keeper.take(track.track_id) for track in ended))
    yield from filter(None, (keeper.take(track.track_id) for track in tracker.finish()))
    source.close()


def _keep_live(keeper: CropKeeper, tracker: Tracker, now_s: float) -> list[Detection]:
    taken = []
    for track_id, detection in tracker.seen_at(now_s):
        keeper.keep(track_id, detection.x_px, detection.y_px, detection.size_px)
        taken.append(detection)
    return taken


def _choose(detections: Sequence[Detection], rng: np.random.Generator) -> list[Detection]:
    chosen = rng.permutation(len(detections))[:_BLOBS_A_FRAME]
    return [detections[index] for index in chosen.tolist()]


def _label(scene: Scene, runs: Sequence[tuple[Crop, ...]]) -> list[Run]:
    """Look up what the crops show, frame by frame: to draw a frame once more costs more than to cut a hundred crops."""
    crops = sorted({id(crop): crop for run in runs for crop in run}.values(), key=lambda crop: crop.time_s)
    # The camera that does not shake stands where it stood in the first frame.
    right_px, down_px = scene.shake.offset_px(float(scene.exposures_s[0]))
    things: dict[int, tuple[Thing, ...]] = {}
    labeller, index, labelled = Labeller(scene), -1, None
    for crop in crops:
        shown = int(np.argmin(np.abs(scene.frame_times_s - crop.time_s)))
        if labelled is None or shown != index:
            index, labelled = shown, labeller.label(shown)
        window = crop.window.moved(-right_px, -down_px)
        found = labelled.things(window.left_px, window.top_px, window.side_px, window.reduction)
        offset = (crop.window.left_px - window.left_px, crop.window.top_px - window.top_px)
        things[id(crop)] = tuple(_moved(thing, *offset) for thing in found)
    return [tuple(Sight(crop, things[id(crop)]) for crop in run) for run in runs]


def _moved(thing: Thing, right_px: int, down_px: int) -> Thing:
    return replace(
        thing,
        left_px=thing.left_px + right_px,
        top_px=thing.top_px + down_px,
        right_px=thing.right_px + right_px,
        bottom_px=thing.bottom_px + down_px,
    )
