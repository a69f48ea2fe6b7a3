"""What a machine tells of itself, from files as Linux writes them."""

from pathlib import Path

import pytest

from droptrace.dispatch import Backlog
from droptrace.machine import Machine
from tests.droptrace.processes import skip_without_proc
from vision.clock import ManualClock, SystemClock

NOTHING = Backlog(0, None)


class Told:
    """Folders like /proc and /sys."""

    def __init__(self, folder: Path) -> None:
        self.proc, self.sys = folder / "proc", folder / "sys"
        self.proc.mkdir()
        self.ticks()

    def ticks(self, *, user: int = 0, idle: int = 0, iowait: int = 0, guest: int = 0) -> None:
        text = f"cpu  {user} 0 0 {idle} {iowait} 0 0 0 {guest} 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n"
        (self.proc / "stat").write_text(text)

    def zone(self, number: int, words: str) -> None:
        zone = self.sys / "class" / "thermal" / f"thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "temp").write_text(words)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def machine(told: Told, clock: ManualClock, tmp_path: Path) -> Machine:
    return Machine(tmp_path, clock, proc=told.proc, sys=told.sys)


def test_share_of_the_processors_is_of_the_last_minute(machine: Machine, told: Told, clock: ManualClock) -> None:
    clock.advance(30.0)
    told.ticks(user=60, idle=30, iowait=10)
    assert machine.figures(NOTHING).cpu_share == 0.6
    clock.advance(60.0)
    # Of the 200 ticks since then, 20 were busy; what was before is over.
    told.ticks(user=80, idle=200, iowait=20)
    assert machine.figures(NOTHING).cpu_share == 0.1


def test_guests_are_not_counted_twice_and_counts_that_go_back_are_no_share_below_zero(
    machine: Machine, told: Told, clock: ManualClock
) -> None:
    clock.advance(5.0)
    told.ticks(user=50, idle=50, guest=50)
    assert machine.figures(NOTHING).cpu_share == 0.5
    clock.advance(60.0)
    told.ticks(user=49, idle=151)
    assert machine.figures(NOTHING).cpu_share == 0.0


def test_memory_is_what_programs_cannot_have(machine: Machine, told: Told) -> None:
    (told.proc / "meminfo").write_text(
        "MemTotal:        8000000 kB\nMemFree:          500000 kB\nMemAvailable:    6000000 kB\nBuffers: 1 kB\n"
    )
    figures = machine.figures(NOTHING)
    assert (figures.memory_total_mb, figures.memory_used_mb) == (8192.0, 2048.0)


def test_temperature_is_of_the_warmest_part_that_has_one(machine: Machine, told: Told) -> None:
    for number, words in enumerate(["45000\n", "61500\n", "-274000\n", "255000\n", "", "asleep\n"]):
        told.zone(number, words)
    assert machine.figures(NOTHING).temperature_c == 61.5


def test_machine_that_tells_nothing_is_no_error(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "gone", ManualClock(), proc=tmp_path / "no-proc", sys=tmp_path / "no-sys")
    figures = machine.figures(Backlog(4, 12.34))
    assert (figures.cpu_share, figures.memory_total_mb, figures.temperature_c, figures.disk_free_mb) == (0, 0, None, 0)
    assert (figures.outbox_depth, figures.outbox_oldest_s) == (4, 12.3)


def test_this_machine_has_figures_that_can_be_true(tmp_path: Path) -> None:
    skip_without_proc()
    figures = Machine(tmp_path, SystemClock()).figures(NOTHING)
    assert 0.0 <= figures.cpu_share <= 1.0
    assert 0.0 < figures.memory_used_mb < figures.memory_total_mb
    assert figures.disk_free_mb > 0.0
    assert figures.clock_error_s is None or figures.clock_is_synchronised
