"""docs/accuracy.md says what results say, and what falls short of its goal."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy import main, make_accuracy
from benchmarks.goals import goal_of

SHARE = {"share_right": 0.95, "share_low": 0.86, "share_high": 0.98}


def rate(count: int, total: int) -> dict[str, Any]:
    return {"count": count, "total": total, "value": count / total if total else None, "low": 0.5, "high": 1.0}


def frequency(count: int, hours: float) -> dict[str, Any]:
    return {"count": count, "hours": hours, "value": count / hours, "low": 0.0, "high": (count + 3.7) / hours}


def summary(falls: int, found: int, false: int = 0, told: int = 0) -> dict[str, Any]:
    right = rate(found, found)
    return {
        "clips": 6,
        "failed": 0,
        "hours": 0.5,
        "falls": falls,
        "recall": rate(found, falls),
        "precision": rate(found, found + false),
        "suspected": told,
        "told_recall": rate(found + told, falls),
        "told_within_one": rate(found + told, found + told),
        "false_alarms": frequency(false, 0.5),
        "floor_exact": right,
        "floor_within_one": right,
        "unit_exact": right,
        "interval": right,
        "reliability": [{"low": 0.9, "high": 1.0, "count": found, "mean_probability": 0.97, **SHARE}],
    }


def results(version: str = "0.1.0+abc", found: int = 10, **more: Any) -> dict[str, Any]:
    suites = {"clear": summary(10, found), "light": summary(10, 0, told=9), "crowded": summary(0, 0, 1)}
    return {
        "run": {
            "program_version": version,
            "commit": "abc",
            "started_utc": "2026-11-24T10:00:00+00:00",
            "system": "Linux",
            "processor": "Some",
            "cores": 2,
            "python": "3.11",
        },
        "total": summary(20, found),
        "suites": suites,
        "clips": [{"suite": "clear", "seed": 100}, {"suite": "clear", "seed": 105}, {"suite": "light", "seed": None}],
        "throughput": [{"height_px": 1080, "cpu_ratio": 0.62}],
        "peers": {},
        "strata": [
            {"suite": "clear", "size": "2-4", "contrast": "<20", "recall": rate(3, 4)},
            {"suite": "light", "size": "2-4", "contrast": "<20", "recall": rate(0, 2)},
        ],
        "sensitivity": None,
        **more,
    }


def test_goal_that_is_missed_stands_beside_the_number() -> None:
    text = make_accuracy(results(found=9))
    assert "| `clear` | **0.900 (9/10) < 0.98** |" in text
    assert "| `clear` | 1.000 (10/10) |" in make_accuracy(results())


def test_suites_of_one_goal_are_added_up() -> None:
    one = results()
    one["suites"] |= {"shake": summary(10, 9), "night": summary(10, 10)}
    assert "| clear, shake | **0.950 (19/20) < 0.98** | 1.000 (19/19) |" in make_accuracy(one)
    assert "| night | 1.000 (10/10) |" in make_accuracy(one)


def test_light_objects_count_when_they_are_suspected() -> None:
    assert "| `light` | 0.900 (9/10) |" in make_accuracy(results())


def test_suite_without_throws_tells_false_alarms_with_their_interval() -> None:
    assert "| `crowded` | 0.50 | 1 | 0.0 to 9.4 | 0 |" in make_accuracy(results())


def test_peers_and_parts_stand_beside() -> None:
    peer = {"total": summary(20, 5, 40), "recipe": "MOG2 and boxes", "sensitivity": None}
    text = make_accuracy(results(peers={"mog2": peer}), [results("0.1.0+abc without physics", found=4)])
    assert "| mog2 | 6 | 0.250 (5/20) | 0.111 (5/45) |" in text
    assert "| all parts | 10/20 | 10/11 | 10/10 | 10/10 | 1 | 9 |" in text
    assert "| without physics | 4/20 (-30.0) | 4/5 (-10.9) | 4/4 (+0.0) | 4/4 (+0.0) | 1 | 9 |" in text


def test_peers_of_another_run_say_over_which_suites() -> None:
    other = results(peers={"mog2": {"total": summary(20, 5, 40), "recipe": "MOG2 and boxes", "sensitivity": None}})
    del other["suites"]["light"], other["suites"]["crowded"]
    text = make_accuracy(results(), beside=other)
    assert "Over `clear`, in one run." in text
    assert "| mog2 | 6 | 0.250 (5/20) |" in text


def test_parts_measured_on_another_state_of_the_program_say_so() -> None:
    assert "| without origin (version 0.1.0+def) |" in make_accuracy(results(), [results("0.1.0+def without origin")])


def test_claims_stand_with_what_came_of_them() -> None:
    assert "| 0.9 to 1.0 | 10 | 0.970 | 0.950 | 0.860 to 0.980 |" in make_accuracy(results())


def test_recall_is_added_up_over_suites_by_size_and_contrast() -> None:
    assert "| 2-4 px | 0.500 (3/6) |" in make_accuracy(results())
    assert "| 4-8 px | - |" in make_accuracy(results())


def test_sensitivity_stands_beside_the_bound_and_the_peers() -> None:
    ours = {"trials": [{}] * 36, "found": 20, "snr_50": 1.5, "low": 1.2, "high": 1.9}
    bound = {"ideal_frames": 80, "ideal_snr_50": 0.513, "ratio_to_best_peer": 0.42}
    peer = {"total": summary(20, 5), "recipe": "MOG2", "sensitivity": {**ours, "found": 0, "snr_50": None}}
    text = make_accuracy(results(sensitivity={**ours, **bound}, peers={"mog2": peer}))
    assert "| droptrace | 20/36 | 1.50 | 1.20 to 1.90 |" in text
    assert "| mog2 | 0/36 | never |  |" in text
    assert "| ideal, over 80 frames |  | 0.51 |  |" in text
    assert "Ratio to the best peer: 0.42. The goal is 0.5 at most." in text


def test_seeds_and_machine_are_told() -> None:
    text = make_accuracy(results())
    assert "`clear` 100 to 105" in text
    assert "2026-11-24, version 0.1.0+abc, commit abc; 2 cores of Some" in text


def test_command_reads_files_and_tells_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results()))
    assert main([str(path)]) == 0
    assert capsys.readouterr().out.startswith("# Accuracy, measured")
    assert main([str(tmp_path / "none.json")]) == 1
    assert "cannot read the results" in capsys.readouterr().err


def test_every_suite_with_a_goal_is_one_that_there_is() -> None:
    goal = goal_of("snow")
    assert goal is not None
    assert goal.recall == 0.95
    assert goal_of("volley") is None
