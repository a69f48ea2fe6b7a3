"""A command centre as users start it, on a port of its own that it comes back to."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.droptrace.processes import wait_until
from tests.ports import free_port
from tests.source_tree import ROOT


class Centre:
    """`droptrace serve`, which can be killed and started again with the same data."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api/v1/incidents"
        self._config = folder / "server.toml"
        self._config.write_text(f'data_dir = "data"\nport = {self.port}\n', encoding="utf-8")
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=10.0)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "droptrace", "serve", str(self._config)], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.kill()
        self._client.close()

    def incidents(self) -> list[dict[str, Any]]:
        """Tell what the centre holds: every incident, with its evidence and work order."""
        listed = self._client.get("/api/v1/incidents").raise_for_status().json()["items"]
        return [self._client.get(f"/api/v1/incidents/{one['incident_id']}").json() for one in listed]

    def work_orders(self) -> list[dict[str, Any]]:
        orders: list[dict[str, Any]] = self._client.get("/api/v1/work-orders").raise_for_status().json()["items"]
        return orders

    def media(self, incident_id: str, name: str) -> bytes:
        return self._client.get(f"/api/v1/incidents/{incident_id}/media/{name}").raise_for_status().content

    def _answers(self) -> bool:
        try:
            return self._client.get("/healthz").is_success
        except httpx.TransportError:
            return False
