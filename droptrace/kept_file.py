"""A small file that always tells the newest."""

from pathlib import Path


class KeptFile:
    """Is replaced again and again, whole or not at all.

    Not forced to the disk's own memory: a power cut may cost what was told in the last seconds.
    """

    def __init__(self, path: Path, *, makes_folder: bool = False) -> None:
        """Take its path, and whether its folder is made where it is missing."""
        self.path = path
        self._makes_folder = makes_folder
        self._has_failed = False

    def replace(self, text: str) -> OSError | None:
        """Write anew; give what went wrong, unless that went wrong the last time too: it is to be told once."""
        part = self.path.with_suffix(".part")
        try:
            if self._makes_folder:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text, encoding="utf-8")
            part.replace(self.path)
        except OSError as error:
            is_news, self._has_failed = not self._has_failed, True
            return error if is_news else None
        self._has_failed = False
        return None
