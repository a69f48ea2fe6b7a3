"""How fast the whole pipeline is, as a share of decoding alone."""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import av

from benchmarks.errors import BenchmarkError, ThroughputError
from benchmarks.fresh_process import ask_fresh_process
from floors.errors import FloorsError
from vision.errors import VisionError

Call = Callable[[Path, Path | None], object]
"""Works through (clip, site or None); a function at the top of a module, so that a fresh process can import it."""

Work = Call | tuple[str, ...]
"""A call, timed without the start of its process; or a command line with {clip}, {site} and {folder}, timed as a whole.
What it writes into that folder is removed afterwards."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds of all processors, and seconds on the wall."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Throughput:
    """Whole pipeline and decoding alone on one clip, in turns.

    Attributes:
        clip: Name of the clip.
        width_px: Width of its frames.
        height_px: Height of its frames.
        frames: Frames that decoding gave.
        decoding: Each run of decoding alone.
        end_to_end: Each run of everything, in the same order.
        cpu_ratio: Median CPU seconds of decoding / median CPU seconds of everything: 1 where the rest costs nothing.
        wall_ratio: The same on the wall.
        cpu_ms_per_frame: Median CPU time of everything, milliseconds a frame.
    """

    clip: str
    width_px: int
    height_px: int
    frames: int
    decoding: tuple[Cost, ...]
    end_to_end: tuple[Cost, ...]
    cpu_ratio: float
    wall_ratio: float
    cpu_ms_per_frame: float


def measure_throughput(clip: Path, site: Path | None, end_to_end: Work, repeats: int = 5) -> Throughput:
    """Run decoding alone and the whole pipeline in turns, each in a process of its own, and compare the medians.

    Args:
        clip: A recorded file.
        site: Its site file, handed on.
        end_to_end: What is measured.
        repeats: How often each is run.

    Raises:
        ThroughputError: A run failed.
    """
    width_px, height_px = _size(clip)
    decoding: list[Cost] = []
    everything: list[Cost] = []
    frames = 0
    for _ in range(repeats):
        cost, frames = run_call(decode_luma, clip, site)
        decoding.append(cost)
        everything.append(run_work(end_to_end, clip, site))
    cpu_s = median(cost.cpu_s for cost in everything)
    return Throughput(
        clip=clip.name,
        width_px=width_px,
        height_px=height_px,
        frames=frames,
        decoding=tuple(decoding),
        end_to_end=tuple(everything),
        cpu_ratio=median(cost.cpu_s for cost in decoding) / cpu_s,
        wall_ratio=median(cost.wall_s for cost in decoding) / median(cost.wall_s for cost in everything),
        cpu_ms_per_frame=1000 * cpu_s / frames,
    )


def decode_luma(clip: Path, site: Path | None = None) -> int:
    """Decode a file on one thread, touch nothing, and count its frames. It needs no site."""
    del site
    with av.open(f"file:{clip}") as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        return sum(1 for frame in container.decode(stream) if frame.planes[0].buffer_size)


def run_work(work: Work, clip: Path, site: Path | None) -> Cost:
    """Run a call or a command line in a process of its own and say what it took.

    Raises:
        ThroughputError: It failed.
    """
    if isinstance(work, tuple):
        with tempfile.TemporaryDirectory() as folder:
            return run_command([part.format(clip=clip, site=site or "", folder=folder) for part in work])
    return run_call(work, clip, site)[0]


def run_command(command: Sequence[str]) -> Cost:
    """Run a command line to its end; the cost is that of the process and its children, with their start.

    Raises:
        ThroughputError: It cannot be started, or does not end with status 0.
    """
    with tempfile.TemporaryFile() as complaints:
        started_s = time.perf_counter()
        try:
            # In a group of its own: an interrupt at the keyboard is for this process, which then ends it.
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=complaints, process_group=0)
        except OSError as error:
            raise ThroughputError(f"{command[0]} cannot be started: {error.strerror}") from error
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            process.kill()
            process.wait()
            raise
        wall_s = time.perf_counter() - started_s
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
            why = f": {said}" if said else ""
            raise ThroughputError(f"{' '.join(command)} ended with status {process.returncode}{why}")
    return Cost(usage.ru_utime + usage.ru_stime, wall_s)


def run_call(call: Call, clip: Path, site: Path | None) -> tuple[Cost, int]:
    """Run a call in a fresh process; the cost is that of the call alone, and of the processes that it starts.

    Returns:
        The cost, and what the call returned if that is a whole number, else 0.

    Raises:
        ThroughputError: The call failed or its process died.
    """
    answer, status = ask_fresh_process(_timed, (call, clip, site))
    if answer is None:
        raise ThroughputError(f"{clip}: the process to be measured died with status {status}")
    if isinstance(answer, str):
        raise ThroughputError(f"{clip}: the work to be measured failed: {answer}")
    cost, count = answer
    return cost, count


def _timed(sender: "Connection[object, object]", call: Call, clip: Path, site: Path | None) -> None:
    cpu_s, wall_s = _cpu_s(), time.perf_counter()
    try:
        result = call(clip, site)
    except (BenchmarkError, VisionError, FloorsError, av.FFmpegError, OSError) as error:
        sender.send(str(error))
        return
    cost = Cost(_cpu_s() - cpu_s, time.perf_counter() - wall_s)
    sender.send((cost, result if isinstance(result, int) else 0))


def _cpu_s() -> float:
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _size(clip: Path) -> tuple[int, int]:
    try:
        with av.open(f"file:{clip}") as container:
            context = container.streams.video[0].codec_context
            return context.width, context.height
    except (av.FFmpegError, IndexError) as error:
        raise ThroughputError(f"{clip}: throughput is measured on recorded files only: {error}") from error
