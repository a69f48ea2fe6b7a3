"""Which cameras an edge box watches, and with what."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from droptrace.config import CameraConfig, EdgeConfig
from droptrace.job import CameraJob, Roll
from evidence.retention import UNNAMED_CAMERA
from floors.site import load_site


@dataclass(frozen=True, slots=True)
class Post:
    """What one camera is watched with; where it differs, the camera is another one to watch.

    Attributes:
        job: What its process is asked to do.
        site_sha256: Digest of its site file, which may change under the same name; None without one.
    """

    job: CameraJob
    site_sha256: str | None


Roster = dict[str, Post]
"""Posts by the camera's key: its id, or else its address without password."""


def make_roster(config: EdgeConfig, *, verbose: bool = False) -> Roster:
    """Tell what each camera of a configuration is watched with.

    Args:
        config: Its paths are absolute, and its keys of cameras differ.
        verbose: Whether camera processes log events of level "info".

    Raises:
        SiteError: A site file is wrong.
    """
    return {camera.key: _post(camera, config, verbose) for camera in config.camera}


def _post(camera: CameraConfig, config: EdgeConfig, verbose: bool) -> Post:
    site = load_site(Path(camera.site)) if camera.site else None
    # A folder a camera: what one that died left is put in order while the others go on writing.
    folder = camera.id or _folder_name(camera.key)
    job = CameraJob(
        camera.address,
        Path(camera.site) if camera.site else None,
        Path(config.data_dir) / "packages" / folder,
        config.box_id,
        camera.id,
        Roll(config.evidence.pre_roll_s, config.evidence.post_roll_s),
        # A recording gives the same incidents again; files that were sent must stay what they are.
        keep_packages=True,
        false_alarms_an_hour=config.detection.false_alarms_an_hour,
        verbose=verbose,
        transport=camera.transport,
        decoder=camera.decoder,
        health=Path(config.data_dir) / "health" / folder,
        cores=Path(config.data_dir) / "cores.lock",
        detection_address=camera.detection_address,
    )
    return Post(job, site.sha256 if site else None)


def _folder_name(key: str) -> str:
    """Name the folder of a camera without id; never by its place in the file, which changes with the others."""
    return f"{UNNAMED_CAMERA}{hashlib.sha256(key.encode()).hexdigest()[:12]}"
