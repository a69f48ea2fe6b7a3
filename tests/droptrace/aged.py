"""Packages of incidents that were some days ago, and what of them has arrived."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from evidence.facts import incident_facts
from evidence.incident import ClockReading
from evidence.outbox import Kind, Outbox
from evidence.package import write_package
from tests.evidence.scenes import ClipRecording, make_incident
from vision.clock import ManualClock


class Shelf:
    """The data folder of a box with one camera."""

    def __init__(self, data: Path, now: datetime) -> None:
        self.data = data
        self.now = now
        self.packages = data / "packages" / "gate"
        self.outbox = Outbox(data / "outbox.sqlite3")

    def put(
        self,
        name: str,
        days: float,
        *,
        error_s: float | None = 0.05,
        arrives: bool = True,
        below_min_floor: bool = False,
        recording: ClipRecording | None = None,
    ) -> Path:
        """Keep the package of an incident that was so many days ago, and is sent unless it does not arrive."""
        then = self.now - timedelta(days=days)
        made = make_incident()
        incident = replace(
            made,
            fall=replace(made.fall, below_min_floor=below_min_floor),
            incident_id=name,
            camera_id=self.packages.name,
            detected_utc=then,
            release_utc=then - timedelta(seconds=2),
            clock=ClockReading("system", error_s),
        )
        package = write_package(self.packages, incident, recording, (), clock=ManualClock(then))
        self.outbox.add(incident, incident_facts(incident), then)
        self.outbox.add_media(name, package, then)
        if arrives:
            self.deliver()
        return package

    def deliver(self, *, files: bool = True) -> None:
        """Note that everything has arrived, or the orders alone."""
        kinds: tuple[Kind, ...] = ("order", "media") if files else ("order",)
        for kind in kinds:
            while due := self.outbox.due(self.now, kind):
                self.outbox.delivered(due[0].delivery_id, self.now)

    def standing(self) -> list[str]:
        return sorted(path.name for path in self.packages.iterdir())
