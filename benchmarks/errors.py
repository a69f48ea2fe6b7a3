"""What can go wrong while measuring."""

from pathlib import Path


class BenchmarkError(Exception):
    """Anything that benchmarks/ reports to the user."""


class DatasetError(BenchmarkError):
    """A dataset cannot be read.

    Args:
        path: File or folder that is at fault.
        key: Key inside the file, such as "falls[0].path", or "" where the file itself is at fault.
        message: What is wrong and what to do.
    """

    def __init__(self, path: Path, key: str, message: str) -> None:
        where = f"{path}: {key}" if key else str(path)
        super().__init__(f"{where}: {message}")
        self.path = path
        self.key = key


class DetectionFailedError(BenchmarkError):
    """Detection of one clip failed; raised by the callable that is handed in. The run goes on with the next clip."""


class FoundFormError(DetectionFailedError):
    """What detection printed does not have the form of a fall."""


class ThroughputError(BenchmarkError):
    """A process whose speed was to be measured did not finish."""


class RigError(BenchmarkError):
    """The rig of cameras, box and endpoint cannot be set up, or does not do what it should."""
