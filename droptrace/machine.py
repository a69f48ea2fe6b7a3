"""How the machine of an edge box does: processors, memory, temperature, disk, clock."""

import shutil
from collections import deque
from pathlib import Path

from droptrace.disk_trend import DiskTrend
from droptrace.dispatch import Backlog
from droptrace.kernel_clock import read_clock_sync
from droptrace.status import BoxFigures
from vision.clock import Clock

_MINUTE_S = 60.0
_PLAUSIBLE_C = (-40.0, 150.0)


class Machine:
    """Measures a Linux machine by what it tells in /proc and /sys.

    Elsewhere, and where that cannot be read, processors and memory are 0 and the temperature None.
    """

    def __init__(self, data_dir: Path, clock: Clock, *, proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> None:
        """Begin to measure.

        Args:
            data_dir: A folder on the disk that is told of.
            clock: Passing time.
            proc: Where the system tells of processors and memory.
            sys: Where it tells of temperatures.
        """
        self._data_dir = data_dir
        self._clock = clock
        self._proc = proc
        self._sys = sys
        self._disk = DiskTrend()
        self._ticks = deque([(clock.monotonic_s(), *self._cpu_ticks())])

    def figures(self, backlog: Backlog) -> BoxFigures:
        """Measure now; the share of the processors is of the last minute, or since the last call if that is longer."""
        total_mb, available_mb = self._memory_mb()
        free_mb = self._free_mb()
        self._disk.add(free_mb, self._clock.monotonic_s())
        left_days = self._disk.left_days()
        clock = read_clock_sync()
        return BoxFigures(
            cpu_share=round(self._cpu_share(), 3),
            memory_used_mb=round(total_mb - available_mb, 1),
            memory_total_mb=round(total_mb, 1),
            temperature_c=self._temperature_c(),
            disk_free_mb=round(free_mb, 1),
            disk_left_days=None if left_days is None else round(left_days, 1),
            outbox_depth=backlog.depth,
            outbox_oldest_s=None if backlog.oldest_s is None else round(backlog.oldest_s, 1),
            clock_is_synchronised=clock.is_synchronised,
            clock_error_s=clock.error_s,
        )

    def _free_mb(self) -> float:
        try:
            return shutil.disk_usage(self._data_dir).free / 1e6
        except OSError:
            # Taken away under the box: nothing can be written there.
            return 0.0

    def _cpu_share(self) -> float:
        now_s = self._clock.monotonic_s()
        self._ticks.append((now_s, *self._cpu_ticks()))
        while len(self._ticks) > 2 and now_s - self._ticks[1][0] >= _MINUTE_S:
            self._ticks.popleft()
        (_, busy, total), (_, busy_now, total_now) = self._ticks[0], self._ticks[-1]
        # Some kernels let single counts go back a little.
        return min(max((busy_now - busy) / (total_now - total), 0.0), 1.0) if total_now > total else 0.0

    def _cpu_ticks(self) -> tuple[int, int]:
        """Give the ticks of all processors that were busy, and all of them (proc(5), stat)."""
        # user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
        ticks = [int(word) for word in _read(self._proc / "stat").partition("\n")[0].split()[1:9]]
        return sum(ticks) - sum(ticks[3:5]), sum(ticks)

    def _memory_mb(self) -> tuple[float, float]:
        """Give all memory, and what programs can still have of it (proc(5), meminfo)."""
        lines = (line.partition(":") for line in _read(self._proc / "meminfo").splitlines())
        kib = {name: int(value.split()[0]) for name, _, value in lines if name in ("MemTotal", "MemAvailable")}
        return kib.get("MemTotal", 0) * 1024 / 1e6, kib.get("MemAvailable", 0) * 1024 / 1e6

    def _temperature_c(self) -> float | None:
        told = (_read(path).strip() for path in self._sys.glob("class/thermal/thermal_zone*/temp"))
        degrees = [int(words) / 1000 for words in told if words.lstrip("-").isdecimal()]
        # Sensors that are not connected tell -274 or 0 K.
        return max((one for one in degrees if _PLAUSIBLE_C[0] < one < _PLAUSIBLE_C[1]), default=None)


def _read(path: Path) -> str:
    """Read what the system tells; sensors that are asleep refuse."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
