"""A ledger of throws: what fell before which camera and when, and what was told of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from benchmarks.rig.bank import CameraBank
from benchmarks.rig.endpoint import Order
from benchmarks.rig.scene import Scene
from benchmarks.rig.spans import Span, covered_s
from benchmarks.truth import TrueFall

Fate = Literal["told", "twice", "blind", "partly blind", "lost"]
"""What became of a throw: one incident; more than one; none, and the box said that it saw nothing of the throw, or not
all of it; none without such a word."""
FATES: tuple[Fate, ...] = get_args(Fate)

_EARLY_S = 2.0
_SURE_S = 0.05


@dataclass(frozen=True, slots=True)
class Throw:
    """Something that fell before a camera; times are monotonic seconds of the cameras' schedule.

    Attributes:
        camera: Which camera.
        release_s: When it was released.
        first_s: When it was first to be seen.
        last_s: When it was last to be seen.
        is_due: Whether an order must follow: not for one from below the site's `min_floor`.
    """

    camera: str
    release_s: float
    first_s: float
    last_s: float
    is_due: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A throw and what became of it."""

    throw: Throw
    fate: Fate
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All throws, and the orders that belong to none of them."""

    entries: tuple[Entry, ...]
    strays: tuple[Order, ...]

    def count(self, fate: Fate) -> int:
        """Count the throws that met a fate."""
        return sum(entry.fate == fate for entry in self.entries)

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was lost or told twice."""
        return not self.count("lost") and not self.count("twice")


def throws_of(
    camera: str, falls: Sequence[TrueFall], *, start_s: float, length_s: float, during: Span, min_floor: int = 0
) -> list[Throw]:
    """List what falls before a camera that shows a clip over and over.

    Args:
        camera: Its name.
        falls: What falls in the clip; those whose release is not known count from their first sight.
        start_s: When it shows the clip's beginning for the first time, monotonic.
        length_s: Of the clip.
        during: Throws are listed that are released and out of sight within that.
        min_floor: No order follows from below.
    """
    first = math.floor((during[0] - start_s) / length_s)
    last = math.floor((during[1] - start_s) / length_s)
    throws = []
    for turn in range(first, last + 1):
        at_s = start_s + turn * length_s
        for fall in falls:
            release_s = fall.first_s if fall.release_s is None else fall.release_s
            is_due = fall.floor is None or fall.floor >= min_floor
            throw = Throw(camera, at_s + release_s, at_s + fall.first_s, at_s + fall.last_s, is_due)
            if during[0] <= throw.release_s and throw.last_s <= during[1]:
                throws.append(throw)
    return throws


def monotonic_s(wall_s: float, now_s: float, offsets_s: Sequence[float]) -> float:
    """Tell when something was that a wall clock told, which was set now and then.

    Args:
        wall_s: What it told, Unix seconds.
        now_s: A monotonic time soon after.
        offsets_s: By how much it was ahead of the monotonic clock, each value that it ever had. The one is right by
            which that was the shortest time before.
    """
    times_s = [wall_s - offset_s for offset_s in offsets_s]
    before = [time_s for time_s in times_s if time_s <= now_s + _SURE_S]
    return max(before) if before else min(times_s)


def released_s(order: Order, offsets_s: Sequence[float]) -> float | None:
    """Tell when the object of an order was released, monotonic; None where the box does not know."""
    if order.release_utc_s is None:
        return None
    detected_s = monotonic_s(order.detected_utc_s, order.answered_s, offsets_s)
    return detected_s - (order.detected_utc_s - order.release_utc_s)


def settle(
    throws: Sequence[Throw],
    orders: Sequence[tuple[Order, float]],
    blind: Mapping[str, Sequence[Span]],
) -> Ledger:
    """Tell what became of each throw.

    An order belongs to the throw of its camera that was released at the nearest time, if that is no more than 2 s later
    than the order says, and the object was not out of sight by then.

    Args:
        throws: What fell.
        orders: What came, each with the time of its release.
        blind: When each camera was blind by the box's own word.
    """
    told: dict[int, list[Order]] = {}
    strays = []
    for order, at_s in orders:
        near = [
            (abs(throw.release_s - at_s), index)
            for index, throw in enumerate(throws)
            if throw.camera == order.camera and throw.release_s - _EARLY_S <= at_s <= throw.last_s
        ]
        if near:
            told.setdefault(min(near)[1], []).append(order)
        else:
            strays.append(order)
    entries = tuple(
        Entry(throw, _fate(throw, len(told.get(index, ())), blind.get(throw.camera, ())), tuple(told.get(index, ())))
        for index, throw in enumerate(throws)
        if throw.is_due
    )
    return Ledger(entries, tuple(strays))


def ledger_of(
    scene: Scene,
    bank: CameraBank,
    orders: Sequence[Order],
    *,
    during: Span,
    offsets_s: Sequence[float],
    blind: Mapping[str, Sequence[Span]],
) -> Ledger:
    """Tell what became of all that fell before the cameras of a bank.

    Args:
        scene: What they all show.
        bank: Knows when each shows it.
        orders: All that came; those that tell no time of release count as belonging to no throw.
        during: Throws count that are released and out of sight within that, monotonic.
        offsets_s: By how much the box's wall clock was ahead of the monotonic one, each value that it ever had.
        blind: When each camera was blind by the box's own word.
    """
    throws = [
        throw if during[0] <= throw.release_s and throw.last_s <= during[1] else replace(throw, is_due=False)
        for name in bank.names
        for throw in throws_of(
            name,
            scene.falls,
            start_s=bank.origin_s + bank.shift_s(name),
            length_s=scene.length_s,
            # What falls before and after counts for nothing, but its orders are no strays.
            during=(during[0] - scene.length_s, during[1] + scene.length_s),
            min_floor=scene.min_floor,
        )
    ]
    times_s = [(order, released_s(order, offsets_s)) for order in orders]
    timed = [(order, math.nan if at_s is None else at_s) for order, at_s in times_s]
    recent = [(order, at_s) for order, at_s in timed if not at_s < during[0] - scene.length_s]
    return settle(throws, recent, blind)


def _fate(throw: Throw, incidents: int, blind: Sequence[Span]) -> Fate:
    if incidents:
        return "told" if incidents == 1 else "twice"
    view = (throw.first_s, throw.last_s)
    unseen_s = covered_s(view, blind)
    if unseen_s >= view[1] - view[0] - _SURE_S:
        return "blind"
    return "partly blind" if unseen_s > 0 else "lost"
