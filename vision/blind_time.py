"""Seconds of a day in which a camera saw nothing, by reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from vision.clock import Clock

BlindReason = Literal["no_stream", "restarting", "overloaded", "dark", "covered", "frozen", "blurred"]


@dataclass(frozen=True, slots=True)
class BlindSpell:
    """A time in which a camera saw nothing, or what there has been of it so far."""

    reason: BlindReason
    seconds: float


@dataclass(frozen=True, slots=True)
class BlindDay:
    """What was counted on one day, UTC."""

    day: date
    seconds: Mapping[BlindReason, float]


_REMEMBERED_S = 3600.0


class BlindTime:
    """Adds up blind seconds, each once, and begins anew at midnight UTC.

    Durations are monotonic, so a wall clock that is set makes no blind time and loses none; it only tells the day.
    """

    def __init__(self, clock: Clock, before: BlindDay | None = None, away_s: float = 0.0) -> None:
        """Begin.

        Args:
            clock: Tells the day and the passing of time.
            before: What an earlier process counted; passed over when it is of another day.
            away_s: How long nobody watched since then: the camera is "restarting" until the first `update`.
        """
        self._clock = clock
        self._day = clock.utc_now().astimezone(UTC).date()
        self._seconds: dict[BlindReason, float] = {}
        if before is not None and before.day == self._day:
            self._seconds = dict(before.seconds)
        self._reason: BlindReason | None = "restarting" if away_s > 0 else None
        self._counted_s = clock.monotonic_s() - away_s
        self._spell_s = 0.0
        self._spans: list[tuple[float, float]] = []  # what was counted of late, in order, none touching another

    @property
    def spell(self) -> BlindSpell | None:
        """Tell the blind time that goes on, as far as it is counted; None while the camera sees."""
        return None if self._reason is None else BlindSpell(self._reason, self._spell_s)

    @property
    def today(self) -> BlindDay:
        """Tell what is counted of today."""
        self._turn_day()
        return BlindDay(self._day, dict(self._seconds))

    def update(self, reason: BlindReason | None, since_s: float, until_s: float) -> BlindSpell | None:
        """Take why nothing is seen.

        Args:
            reason: Why; None where the camera sees.
            since_s: Since when that is so, monotonic; it may lie before the last call, and before what was said then.
            until_s: Until when it is sure to have been so; what follows is counted when it is.

        Returns:
            The blind time that this ends, or None.
        """
        if reason == self._reason:
            self._count(since_s, until_s)
            return None
        self._count(self._counted_s, since_s)
        over = self.spell
        self._reason, self._spell_s = reason, 0.0
        self._counted_s = max(since_s, self._counted_s)
        self._count(since_s, until_s)
        return over

    def add(self, reason: BlindReason, seconds: float) -> None:
        """Add a moment that ends now, unless it is counted as blind anyway."""
        if self._reason is None:
            self._add(reason, seconds, self._clock.monotonic_s())

    def _count(self, since_s: float, until_s: float) -> None:
        """Count a time for what holds now, but no second twice: what another reason has had stays its own."""
        if self._reason is None:
            return
        for start_s, end_s in self._uncounted(min(since_s, self._counted_s), until_s):
            self._add(self._reason, end_s - start_s, end_s)
            self._spell_s += end_s - start_s
        self._counted_s = max(self._counted_s, until_s)

    def _uncounted(self, since_s: float, until_s: float) -> list[tuple[float, float]]:
        """Tell which parts of a time were not counted before, and note that they are now."""
        parts, start_s = [], since_s
        for span in [*(span for span in self._spans if span[1] > since_s and span[0] < until_s), (until_s, until_s)]:
            if span[0] > start_s:
                parts.append((start_s, span[0]))
            start_s = max(start_s, span[1])
        if until_s > since_s:
            apart = [span for span in self._spans if span[1] < since_s or span[0] > until_s]
            touching = [span for span in self._spans if span not in apart]
            whole = (min([since_s, *(a for a, _ in touching)]), max([until_s, *(b for _, b in touching)]))
            self._spans = sorted(span for span in [*apart, whole] if span[1] > until_s - _REMEMBERED_S)
        return parts

    def _add(self, reason: BlindReason, seconds: float, end_s: float) -> None:
        """Add what lies in today of a time that ended at `end_s`."""
        self._turn_day()
        now = self._clock.utc_now().astimezone(UTC)
        end = now - timedelta(seconds=self._clock.monotonic_s() - end_s)
        midnight = datetime.combine(self._day, time(), UTC)
        today_s = min(seconds, (end - midnight).total_seconds())
        if today_s > 0:
            self._seconds[reason] = self._seconds.get(reason, 0.0) + today_s

    def _turn_day(self) -> None:
        day = self._clock.utc_now().astimezone(UTC).date()
        if day != self._day:
            self._day, self._seconds = day, {}
