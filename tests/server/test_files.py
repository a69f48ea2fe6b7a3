import hashlib
import os
from pathlib import Path

import pytest

from server.errors import ServerError, StorageError
from server.files import MediaFiles
from server.lock import DataDirLock


def test_file_appears_in_its_place_only_when_it_is_placed(tmp_path: Path) -> None:
    files = MediaFiles(tmp_path)
    with files.receive() as incoming:
        incoming.write(b"one ")
        incoming.write(b"two")
        assert incoming.finish() == hashlib.sha256(b"one two").hexdigest()
        assert incoming.size_bytes == 7
        assert not (tmp_path / "media").exists()
        files.place(incoming, "media/i/a.jpg")
    assert (tmp_path / "media/i/a.jpg").read_bytes() == b"one two"
    assert list((tmp_path / "incoming").iterdir()) == []


def test_file_that_is_not_placed_is_gone(tmp_path: Path) -> None:
    with MediaFiles(tmp_path).receive() as incoming:
        incoming.write(b"half")
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize("path", ["../out", "media/../../out", "/etc/passwd"])
def test_path_that_leads_outside_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(StorageError, match="outside"):
        MediaFiles(tmp_path / "data").resolve(path)


def test_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    files = MediaFiles(tmp_path / "data")
    os.symlink(tmp_path, tmp_path / "data" / "link")
    with pytest.raises(StorageError, match="outside"):
        files.resolve("link/secret")


def test_what_earlier_runs_left_is_deleted(tmp_path: Path) -> None:
    files = MediaFiles(tmp_path)
    (tmp_path / "incoming" / "upload-1").write_bytes(b"half")
    assert files.clear_incoming() == 1
    assert list((tmp_path / "incoming").iterdir()) == []


def test_data_dir_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be written"):
        MediaFiles(tmp_path / "file" / "data")
    with pytest.raises(ServerError, match="cannot be made"), DataDirLock(tmp_path / "file" / "data"):
        pass


def test_second_server_on_the_same_data_dir_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    with DataDirLock(tmp_path), pytest.raises(ServerError, match="another droptrace serve"), DataDirLock(tmp_path):
        pass
    with DataDirLock(tmp_path):
        pass
