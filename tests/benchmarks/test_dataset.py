"""Reading truth files and folders of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.dataset import read_datasets, suite_names
from benchmarks.errors import DatasetError, FoundFormError
from benchmarks.found import parse_found
from tests.benchmarks.made import along, line, true_path
from tracking.fall import PathPoint

FALL = {"kind": "bottle", "first_s": 0.1, "last_s": 0.2, "path": [[0.1, 5, 6, 3], [0.2, 5, 9.5, 3]]}


def write_truth(folder: Path, name: str = "a", **changes: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.mp4").touch()
    truth = folder / f"{name}.truth.json"
    truth.write_text(json.dumps({"clip": f"{name}.mp4", "falls": [], **changes}))
    return truth


def test_folder_is_searched_recursively_and_each_folder_is_a_suite(tmp_path: Path) -> None:
    write_truth(tmp_path / "night", "b")
    write_truth(tmp_path / "clear", "a", falls=[FALL])
    clips = read_datasets([tmp_path])
    assert [(clip.suite, clip.name, len(clip.falls)) for clip in clips] == [("clear", "a", 1), ("night", "b", 0)]


def test_single_truth_file_is_a_dataset_and_is_taken_once(tmp_path: Path) -> None:
    truth = write_truth(tmp_path)
    assert len(read_datasets([truth, tmp_path])) == 1


def test_optional_keys_may_be_absent_or_null_and_unknown_ones_are_passed_over(tmp_path: Path) -> None:
    fall = FALL | {"floor": None, "unit": None}
    clip = read_datasets([write_truth(tmp_path, site=None, falls=[fall], note="windy", seed=7)])[0]
    assert (clip.site, clip.seed) == (None, 7)
    assert (clip.falls[0].release_s, clip.falls[0].floor, clip.falls[0].unit) == (None, None, None)
    assert clip.falls[0].path[1] == PathPoint(0.2, 5.0, 9.5, 3.0)


def test_site_is_found_beside_the_truth(tmp_path: Path) -> None:
    truth = write_truth(tmp_path, site="a.site.toml")
    (tmp_path / "a.site.toml").touch()
    site = read_datasets([truth])[0].site
    assert site is not None
    assert site.name == "a.site.toml"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clip": None}, "clip: is missing"),
        ({"clip": "b.mp4"}, "clip: there is no 'b.mp4' beside"),
        ({"site": "b.toml"}, "site: there is no 'b.toml' beside"),
        ({"site": 3}, "site: must be text, not 3"),
        ({"falls": None}, "falls: is missing"),
        ({"falls": {}}, "falls: must be a list"),
        ({"falls": [3]}, r"falls\[0\]: must be an object"),
        ({"falls": [FALL | {"kind": None}]}, r"falls\[0\].kind: is missing"),
        ({"falls": [FALL | {"first_s": None}]}, r"falls\[0\].first_s: is missing"),
        ({"falls": [FALL | {"floor": "16"}]}, r"falls\[0\].floor: must be a whole number, not '16'"),
        ({"falls": [FALL | {"release_s": "soon"}]}, r"falls\[0\].release_s: must be a finite number, not 'soon'"),
        ({"falls": [FALL | {"path": []}]}, r"falls\[0\].path: is empty"),
        ({"falls": [FALL | {"path": [[1, 2, 3]]}]}, r"falls\[0\].path\[0\]: must be \[t_s, x_px, y_px, size_px\]"),
        ({"falls": [FALL | {"path": [[1, 2, 3, -1]]}]}, r"falls\[0\].path\[0\]: size -1.0 is below zero"),
        ({"falls": [FALL, FALL | {"path": [[1, 2, 3, 4], [1, 2, 3, 4]]}]}, r"falls\[1\].path\[1\]: time 1.0 does not"),
    ],
)
def test_wrong_truth_names_file_and_key(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=rf"a\.truth\.json: {message}"):
        read_datasets([write_truth(tmp_path, **changes)])


def test_truth_that_is_not_json_says_so(tmp_path: Path) -> None:
    truth = write_truth(tmp_path)
    truth.write_text("{")
    with pytest.raises(DatasetError, match="is not JSON"):
        read_datasets([truth])


def test_dataset_that_is_not_there_or_empty_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no such file or folder"):
        read_datasets([tmp_path / "nowhere"])
    with pytest.raises(DatasetError, match=r"holds no NAME\.truth\.json"):
        read_datasets([tmp_path])


def test_suites_of_the_same_name_are_told_apart_by_more_of_their_path() -> None:
    folders = [Path("/d/x/night"), Path("/d/y/night"), Path("/d/clear")]
    assert suite_names(folders) == {
        Path("/d/x/night"): "x/night",
        Path("/d/y/night"): "y/night",
        Path("/d/clear"): "clear",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": "certain"}, "'verdict' is wrong: 'certain' is none of confirmed, suspected, rejected"),
        ({"path": []}, "'path' is wrong: has no points"),
        ({"path": [[1, 2]]}, "'path' is wrong"),
        ({"path": [[1, 2, 3], [1, 2, 3]]}, r"'path' is wrong: time 1.0 does not come after 1.0"),
        ({"score": None}, "'score' is missing"),
        ({"score": float("nan")}, "'score' is wrong: nan is not a finite number"),
        ({"origin": {"floor": 3}}, "'origin' is wrong"),
        ({"incident_id": None}, "'incident_id' is missing"),
        ({"path_size_px": [3.0]}, "'path_size_px' is wrong: has 1 sizes for 5 points"),
    ],
)
def test_wrong_line_of_detect_names_the_key(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(FoundFormError, match=message):
        parse_found(line(along(true_path(5))) | changes)
