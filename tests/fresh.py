"""What importing does, seen in a fresh interpreter."""

import subprocess
import sys

from tests.source_tree import ROOT


def loaded_by(module: str) -> set[str]:
    """Tell which modules an interpreter has after importing one."""
    ask = f"import sys, {module}; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    )
