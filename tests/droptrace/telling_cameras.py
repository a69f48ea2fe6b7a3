"""A camera's process that tells what became of it."""

import json
import sys
from multiprocessing.connection import Connection

from droptrace.child import watch_camera
from droptrace.job import CameraJob
from droptrace.messages import Ended

TOLD_NAME = "told.json"


def tells_what_it_loaded(job: CameraJob, pipe: Connection) -> None:
    """Watch as a camera's process does, then write down which modules it has."""
    watch_camera(job, pipe)
    _tell(job)


def tells_what_it_was_born_with(job: CameraJob, pipe: Connection) -> None:
    """Write down which modules it has, and watch nothing."""
    _tell(job)
    pipe.send(Ended(0, 0.0, 0))


def _tell(job: CameraJob) -> None:
    modules = sorted(name for name, module in sys.modules.items() if module is not None)
    (job.packages / TOLD_NAME).write_text(json.dumps(modules))
