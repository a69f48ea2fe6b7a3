"""The scene that benchmarks show where none is named: small, so that many cameras fit on a busy machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import DatasetError, RigError
from benchmarks.rig.rtp import read_frames
from benchmarks.truth import TRUTH_ENDING, TrueFall, read_truth
from floors.errors import SiteError
from floors.site import load_site
from samples.errors import SampleError
from samples.render import render_scene
from samples.spec import SceneSpec

_SPEC = SceneSpec(
    name="soak",
    seed=7,
    size_px=(640, 360),
    duration_s=24.0,
    floors=18,
    distance_m=24.0,
    lowest_floor=5,
    throw_floors=(14, 11),
    kinds=("full_bottle", "rubbish_bag", "flowerpot"),
    size_px_range=(3.0, 16.0),
    contrast_range=(70.0, 170.0),
    bitrate_bps=800_000,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A clip to be shown, with what is true of it.

    Attributes:
        clip: H.264.
        site: Its site file; None where there is none.
        falls: What falls in it.
        length_s: How long it is.
        frame_s: From one frame to the next, at the mean.
        min_floor: No order follows from below.
    """

    clip: Path
    site: Path | None
    falls: Sequence[TrueFall]
    length_s: float
    frame_s: float
    min_floor: int


def render_soak_scene(folder: Path) -> Scene:
    """Render the scene of the soak into a folder, 24 s with two throws.

    Raises:
        RigError: It cannot be rendered there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clip = render_scene(_SPEC, folder)
    except (SampleError, OSError) as error:
        raise RigError(f"{folder}: the scene cannot be rendered: {error}") from error
    return read_scene(clip, folder / f"{_SPEC.name}.site.toml")


def read_scene(clip: Path, site: Path | None) -> Scene:
    """Read what a clip shows; its truth is looked for beside it, and without one nothing falls.

    Raises:
        RigError: Clip, site or truth cannot be read.
    """
    truth = clip.with_name(clip.stem + TRUTH_ENDING)
    try:
        min_floor = load_site(site).min_floor if site else 0
        falls = read_truth(truth, "").falls if truth.exists() else ()
    except (SiteError, DatasetError) as error:
        raise RigError(str(error)) from error
    frames, length_s = read_frames(clip)
    return Scene(clip, site, falls, length_s, length_s / len(frames), min_floor)
