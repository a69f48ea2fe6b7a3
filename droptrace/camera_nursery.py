"""What the processes of all cameras share: loaded once, in a process that does nothing but fork them.

Importing this module loads it; `droptrace.child` asks for that. docs/design/0013-memory.md has the figures.
"""

import gc
from contextlib import suppress
from importlib import import_module

from droptrace.camera_memory import leave_out_rich

_SHARED = (
    "droptrace.camera",
    "droptrace.network",
    "droptrace.pipeline",
    "evidence.package",
    "floors.projection",
    "models.onnx",
    "scipy.optimize",
    "tracking.track_filter",
)
"""Also what a camera loads when first something lives or falls: shared it costs nothing, and nothing waits for it."""


def _load() -> None:
    leave_out_rich()
    for name in _SHARED:
        import_module(name)
    with suppress(ImportError):  # A box may do without it.
        import_module("onnxruntime")
    # The collector would write to each object, and pages that are written to are shared no more.
    gc.freeze()


_load()
