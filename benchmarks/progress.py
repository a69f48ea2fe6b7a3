"""Progress on standard error."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.runner import ClipRun


class ProgressBar:
    """Tells clip by clip how far the run is, and names failures: a bar on a terminal, else a line a clip."""

    def __init__(self, console: Console | None = None) -> None:
        """Draw on standard error, or on another console."""
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
        )
        self._task = self._bar.add_task("bench", total=None)

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the bar as it is."""
        self._bar.stop()

    def __call__(self, done: int, total: int, run: ClipRun) -> None:
        """Move on by one clip."""
        name = f"{run.truth.suite}/{run.truth.name}"
        self._bar.update(self._task, completed=done, total=total, description=name)
        if not self._bar.console.is_terminal and run.how == "ran":
            self._bar.console.print(f"{done}/{total} {name}: {run.seconds:.1f} s", markup=False, highlight=False)
        if run.failure is not None:
            self._bar.console.print(f"failed: {run.truth.suite}/{run.truth.name}: {run.failure}", markup=False)
