"""What a measurement depends on: the code that makes it, and the libraries under it."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

_LIBRARIES = ("av", "numpy", "opencv-python-headless", "scipy")


def code_digest(packages: Iterable[str]) -> str:
    """Take the SHA-256 of all modules of some packages, with the versions of the libraries that they compute with.

    So hours of measuring outlive a commit that changes nothing of what was measured.

    Args:
        packages: Names as one imports them, such as "vision" or "benchmarks.peers".

    Raises:
        ModuleNotFoundError: There is no such package.
    """
    total = hashlib.sha256()
    for name in sorted(packages):
        spec = find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"{name} is no package")
        for folder in map(Path, spec.submodule_search_locations):
            for path in sorted(folder.rglob("*.py")):
                total.update(f"{name}/{path.relative_to(folder).as_posix()}\n".encode())
                total.update(path.read_bytes())
    for library in _LIBRARIES:
        total.update(f"{library} {version(library)}\n".encode())
    return total.hexdigest()
