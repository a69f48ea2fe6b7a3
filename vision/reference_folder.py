"""The pictures of a geometry on disk."""

import json
from pathlib import Path

import cv2
import numpy as np
import structlog

from vision.reference import ReferencePicture

INDEX_NAME = "reference.json"
_JPEG_QUALITY = 95


class ReferenceFolder:
    """A `vision.place.ReferenceShelf` in a folder: JPEG pictures, and `reference.json` that says where each stood.

    Pictures of another geometry, or of another size, are replaced when the first one of this geometry is kept. What
    cannot be read or written is told in the log: the camera is watched all the same.
    """

    def __init__(self, folder: Path, geometry: str, size_px: tuple[int, int]) -> None:
        """Take a folder, which need not exist, the digest of the site file, and the (width, height) of frames."""
        self._folder = folder
        self._geometry = geometry
        self._size_px = size_px
        self._kept: list[object] = []

    def load(self) -> list[ReferencePicture]:
        """Give what was kept for this geometry and size."""
        try:
            index = json.loads((self._folder / INDEX_NAME).read_text(encoding="utf-8"))
            if (index["geometry"], tuple(index["size_px"])) != (self._geometry, self._size_px):
                return []
            pictures = [self._read(entry) for entry in index["pictures"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            structlog.get_logger().warning("reference_unreadable", folder=str(self._folder), why=str(error))
            return []
        self._kept = list(index["pictures"])
        return pictures

    def keep(self, picture: ReferencePicture) -> None:
        """Write one more; the first of a geometry takes the place of all that was there."""
        name = f"reference-{len(self._kept)}.jpg"
        moved_px = [round(float(value), 3) for value in picture.moved_px]
        kept = [*self._kept, {"file": name, "moved_px": moved_px}]
        index = {"geometry": self._geometry, "size_px": self._size_px, "pictures": kept}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _, jpeg = cv2.imencode(".jpg", picture.luma, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
            _write_whole(self._folder / name, jpeg.tobytes())
            _write_whole(self._folder / INDEX_NAME, json.dumps(index, indent=1).encode())
        except OSError as error:
            structlog.get_logger().warning("reference_not_kept", folder=str(self._folder), why=error.strerror)
            return
        self._kept = kept

    def _read(self, entry: dict[str, object]) -> ReferencePicture:
        """Read a picture.

        Raises:
            OSError: It cannot be read.
            ValueError: It is no picture of this size.
        """
        path = self._folder / str(entry["file"])
        data = np.frombuffer(path.read_bytes(), np.uint8)
        luma = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
        if luma is None or luma.shape[::-1] != self._size_px:
            raise ValueError(f"{path.name} is no picture of {self._size_px[0]} x {self._size_px[1]}; it is taken anew")
        return ReferencePicture(np.asarray(luma, np.uint8), np.array(entry["moved_px"], np.float64).reshape(2))


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(data)
    part.replace(path)
