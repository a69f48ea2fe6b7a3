"""What is wrong is said in one line, with what to do, and by the exit status."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.droptrace.clips import without_pictures, write_images, write_tiny
from tests.droptrace.program import DEMO, DEMO_SITE, packages_in, run
from tests.source_tree import ROOT


def _written(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def _no_images(folder: Path) -> Path:
    (folder / "frames").mkdir()
    return folder / "frames"


@pytest.mark.parametrize(
    ("make", "why", "advice"),
    [
        (lambda folder: folder / "nowhere.mp4", "no such file", "check the path"),
        (_written("notes.mp4", b"not a video at all\n" * 50), "cannot be read as a video", "repaired"),
        (_written("cut.mp4", DEMO.read_bytes()[:1000]), "cannot be read as a video", "repaired"),
        (
            _written("list.m3u8", f"#EXTM3U\n#EXTINF:7,\n{DEMO}\n#EXT-X-ENDLIST\n".encode()),
            "cannot be read",
            "repaired",
        ),
        (_written("list.mp4", f"ffconcat version 1.0\nfile '{DEMO}'\n".encode()), "may not be read", "check"),
        (lambda folder: without_pictures(folder / "head.mp4"), "not one frame decodes", "get it again"),
        (lambda folder: write_tiny(folder / "tiny.mp4"), "its pictures are 80x64", "use the camera's full size"),
        (_no_images, "no image in it can be read", "give a folder"),
    ],
    ids=["missing", "text", "no-index", "playlist", "concat", "no-frames", "tiny", "no-images"],
)
def test_recording_that_cannot_be_watched_fails(
    tmp_path: Path, make: Callable[[Path], Path], why: str, advice: str
) -> None:
    clip = make(tmp_path)
    outcome = run("detect", clip, "--out", tmp_path / "out")
    assert (outcome.status, outcome.stdout) == (1, "")
    (complaint,) = (line for line in outcome.said if not line.startswith("{"))
    assert complaint.startswith("droptrace: ")
    assert all(words in complaint for words in (clip.name, why, advice)), complaint
    assert packages_in(tmp_path / "out") == []


def test_recording_that_was_cut_off_is_watched_up_to_there(tmp_path: Path) -> None:
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(DEMO.read_bytes()[:400_000])
    outcome = run("detect", clip, "--site", DEMO_SITE, "--out", tmp_path / "out")
    assert outcome.status == 0
    assert '"recording_incomplete"' in outcome.complaint


def test_recording_that_fails_half_way_gives_what_was_found_before(tmp_path: Path) -> None:
    images = write_images(tmp_path / "frames", 1.4, 5.4)
    cv2.imwrite(str(images / "999.jpg"), np.full((1440, 2560), 90, np.uint8))
    with (images / "times.csv").open("a", encoding="utf-8") as times:
        times.write("999.jpg,5.440\n")
    outcome = run("detect", images, "--site", DEMO_SITE, "--out", tmp_path / "out")
    assert outcome.status == 1
    assert "999.jpg: 2560 x 1440 pixels, but the images before it have 1280 x 720" in outcome.complaint
    (fall,) = outcome.falls
    assert packages_in(tmp_path / "out") == [Path(fall["package"])]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, ["cannot be read", "give the path"]),
        (("width = 1280", "width = 960"), ["960x720", "1280x720"]),
        (("min_floor = 7", "min_flour = 7"), ["min_flour", "min_floor"]),
        (("count = 18", 'count = "many"'), ["floors.count"]),
        (("[249.14, 292.09]", "[5249.14, 292.09]"), ["facade.points"]),
        (("count = 18", "count ="), ["is not valid TOML", "line 23"]),
    ],
    ids=["missing", "other-shape", "unknown-key", "wrong-kind", "point-outside", "not-toml"],
)
def test_wrong_site_file_is_wrong_configuration(
    tmp_path: Path, change: tuple[str, str] | None, words: list[str]
) -> None:
    site = tmp_path / "wrong.site.toml"
    if change is not None:
        text = DEMO_SITE.read_text(encoding="utf-8")
        assert change[0] in text
        site.write_text(text.replace(*change), encoding="utf-8")
    outcome = run("detect", DEMO, "--site", site, "--out", tmp_path / "out")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert all(word in outcome.complaint for word in ["wrong.site.toml", *words]), outcome.complaint


def test_folder_that_cannot_be_made_is_told_before_anything_is_watched(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    outcome = run("detect", DEMO, "--out", tmp_path / "taken")
    assert outcome.status == 1
    assert (
        outcome.complaint
        == f"droptrace: {tmp_path / 'taken'}: cannot be made (File exists); choose another folder with --out"
    )


def test_address_of_a_camera_is_sent_to_the_right_command_and_its_password_is_kept(tmp_path: Path) -> None:
    outcome = run("detect", "rtsp://viewer:secret@192.0.2.1/stream", "--out", tmp_path)
    assert outcome.status == 2
    assert "rtsp://192.0.2.1/stream" in outcome.complaint
    assert "droptrace edge" in outcome.complaint
    assert "secret" not in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["detect", DEMO], "Missing option '--out'"),
        (["detct", DEMO], "No such command 'detct'. Did you mean 'detect'?"),
        (["detect", DEMO, "--out", "x", "--al"], "No such option: --al"),
    ],
    ids=["missing-option", "unknown-command", "unknown-option"],
)
def test_wrong_usage_is_explained(arguments: list[object], words: str) -> None:
    outcome = run(*arguments)
    assert outcome.status == 2
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["scene", "nope", "--out", "{folder}"], 2, ["no suite is called 'nope'", "clear", "night", "rain"]),
        (["scene", "demo", "--out", "{folder}", "--backgrounds", "{folder}/no"], 2, ["{folder}/no"]),
        (["bench", "{folder}/no", "--out", "{folder}/b"], 2, ["{folder}/no", "no such file or folder"]),
        (["edge", "{folder}/no.toml"], 2, ["{folder}/no.toml", "cannot be read"]),
        (["serve", "{folder}/no.toml"], 2, ["{folder}/no.toml", "cannot be read"]),
        (["demo", "--out", str(ROOT)], 1, [str(ROOT), "name a new or empty folder"]),
    ],
    ids=["suite", "backgrounds", "dataset", "edge-file", "server-file", "demo-folder"],
)
def test_each_command_tells_what_it_cannot_use(
    tmp_path: Path, arguments: list[str], status: int, words: list[str]
) -> None:
    outcome = run(*(one.replace("{folder}", str(tmp_path)) for one in arguments))
    assert (outcome.status, outcome.stdout) == (status, "")
    assert all(word.replace("{folder}", str(tmp_path)) in outcome.said[-1] for word in words), outcome.stderr


def test_folder_that_is_no_package_does_not_verify(tmp_path: Path) -> None:
    outcome = run("verify", tmp_path)
    assert (outcome.status, outcome.stderr) == (1, "")
    assert "is this the folder of a package?" in outcome.stdout
