"""The edge box as users start it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from evidence.outbox import Outbox
from tests.droptrace.program import DEMO, DEMO_SITE


class Box:
    """A folder with EDGE.toml and what the edge box keeps."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.config = folder / "edge.toml"
        self.data = folder / "data"
        self.packages = self.data / "packages" / "gate"

    def configure(
        self, url: str, *, address: str | Path = DEMO, site: Path | None = DEMO_SITE, **endpoint: float
    ) -> Path:
        """Write EDGE.toml for one camera, and return it."""
        lines = ['box_id = "box-7"', 'data_dir = "data"', "[[camera]]", 'id = "gate"', f'address = "{address}"']
        lines += [f'site = "{site}"'] if site else []
        lines += ["[endpoint]", f'url = "{url}"', *(f"{key} = {value}" for key, value in endpoint.items())]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.config

    def copy_to(self, folder: Path) -> "Box":
        """Make another box that has kept the same."""
        copy = Box(folder)
        shutil.copytree(self.data, copy.data)
        return copy

    def waiting(self) -> tuple[int, int]:
        """Count the orders and the files that are still to be sent."""
        outbox = Outbox(self.data / "outbox.sqlite3")
        try:
            return outbox.depth("order"), outbox.depth("media")
        finally:
            outbox.close()

    def change_outbox(self, statement: str) -> None:
        """Change by hand what the box has kept."""
        with closing(sqlite3.connect(self.data / "outbox.sqlite3")) as outbox, outbox:
            outbox.execute(statement)

    def standing(self) -> list[Path]:
        return sorted(self.packages.iterdir())
