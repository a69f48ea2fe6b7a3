"""A command centre with incidents that somebody has looked at."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.manifest import MANIFEST_NAME, read_manifest
from tests.journeys import clip
from tests.server.orders import facts, put, send
from tests.server.running import Centre, Host, settings_in


@dataclass(frozen=True)
class Reviewed:
    """A running command centre, and the SERVER.toml by which an export finds what it keeps."""

    centre: Centre
    config: Path

    def take_in(self, incident_id: str, clip_bytes: bytes, *, facts_bytes: bytes | None = None, **changes: Any) -> None:
        """Send a small incident and its evidence, as an edge box does."""
        told = facts(incident_id, **{**seen(), **changes})
        facts_bytes = json.dumps(told).encode() if facts_bytes is None else facts_bytes
        self._send(told, {"original/clip.mp4": clip_bytes, "incident.json": facts_bytes})

    def take_in_package(self, package: Path) -> None:
        """Send a whole evidence package."""
        names = [*(entry.name for entry in read_manifest(package).files), MANIFEST_NAME]
        told = json.loads((package / "incident.json").read_text(encoding="utf-8"))
        self._send(told, {name: (package / name).read_bytes() for name in names})

    def decide(self, incident_id: str, decision: str, reason: str | None = None) -> None:
        review = {"decision": decision} | ({"reason": reason} if reason else {})
        self.centre.client.post(f"/api/v1/incidents/{incident_id}/review", json=review).raise_for_status()

    def stored(self, incident_id: str, name: str) -> Path:
        return self.centre.settings.data_dir / "media" / incident_id / name

    def _send(self, told: dict[str, Any], files: dict[str, bytes]) -> None:
        # The order leaves before the clip is written.
        send(self.centre.client, told | {"recording": None}).raise_for_status()
        for name, content in files.items():
            is_clip = name.startswith("original/")
            kind = ("video/mp4", "original") if is_clip else ("application/json", "record")
            put(self.centre.client, name, content, *kind, incident_id=told["incident_id"]).raise_for_status()


def seen() -> dict[str, Any]:
    """The facts of what falls in `tests.journeys.clip`."""
    return {
        "release_px": list(clip.RELEASE_PX),
        "path": clip.path(),
        "frame": {"width": clip.WIDTH, "height": clip.HEIGHT},
        "recording": {"name": "clip.mp4", "start_s": clip.START_S, "end_s": clip.START_S + 4.0},
    }


@contextmanager
def reviewed_centre(folder: Path) -> Iterator[Reviewed]:
    config = folder / "server.toml"
    config.write_text('data_dir = "data"\nport = 0\n', encoding="utf-8")
    host = Host()
    try:
        with host.running(settings_in(folder)) as centre:
            yield Reviewed(centre, config)
    finally:
        host.close()
