import json
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.errors import FactsError
from evidence.facts import facts_bytes, fall_line, incident_facts, incident_from_facts, thin
from floors.impact import Impact
from tests.evidence.scenes import make_incident
from tracking.fall import PathPoint

FALL_KEYS = {
    "impact",
    *("incident_id", "camera_id", "verdict", "label", "score", "release_s", "first_s", "last_s"),
    *("release_px", "path", "origin", "reasons", "below_min_floor"),
}
OTHER_KEYS = {
    *("schema", "box_id", "release_utc", "detected_utc", "clock", "building", "frame", "program"),
    *("site_sha256", "recording"),
}


def test_facts_have_exactly_the_keys_of_the_interface() -> None:
    facts = incident_facts(make_incident())

    assert set(facts) == FALL_KEYS | OTHER_KEYS
    assert facts["schema"] == "droptrace.incident/1"
    assert facts["release_utc"] == "2026-11-23T03:04:05.678Z"
    assert facts["clock"] == {"source": "system", "error_s": 0.05}
    assert facts["building"] == {"id": "b3", "name": "3栋"}
    assert facts["frame"] == {"width": 320, "height": 240}
    assert facts["recording"] == {"name": "tower", "start_s": 0.0, "end_s": 1.56}
    assert facts["origin"] == {
        "floor": 17,
        "floor_low": 16,
        "floor_high": 17,
        "unit": "06",
        "probability": 0.93,
        "candidates": [
            {"floor": 17, "unit": "06", "probability": 0.93},
            {"floor": 16, "unit": "06", "probability": 0.06},
        ],
    }


def test_facts_round_times_to_a_tenth_of_a_millisecond_and_pixels_to_a_hundredth() -> None:
    path = (PathPoint(1 / 3, 100 / 3, 200 / 3, 4.0),)
    facts = incident_facts(make_incident(path=path, release_px=(1 / 3, 2 / 3), score=2 / 3))

    assert facts["path"] == [[0.3333, 33.33, 66.67]]
    assert facts["release_px"] == [0.33, 0.67]
    assert facts["score"] == 0.6667


def test_facts_come_back_as_the_same_incident() -> None:
    facts = incident_facts(make_incident())
    again = incident_from_facts(json.loads(facts_bytes(facts)))

    assert incident_facts(again) == facts


IMPACT = Impact(4.1, 28.3, 0.7, 6.2, 0.9, 11.4, 0.5, 24.0, "heavy", 0.97)


def test_impact_comes_back_and_may_be_missing_from_older_facts() -> None:
    incident = make_incident()
    incident = replace(incident, fall=replace(incident.fall, impact=IMPACT))
    facts = incident_facts(incident)
    assert incident_from_facts(json.loads(facts_bytes(facts))).fall.impact == IMPACT
    older = {key: value for key, value in facts.items() if key != "impact"}
    assert incident_from_facts(older).fall.impact is None


def test_what_is_not_known_is_null_and_comes_back_as_none() -> None:
    incident = replace(make_incident(origin=None), building=None, release_utc=None, site_sha256=None, recording=None)
    facts = incident_facts(incident)

    assert [facts[key] for key in ("origin", "building", "release_utc", "site_sha256", "recording")] == [None] * 5
    assert incident_facts(incident_from_facts(facts)) == facts


def test_printed_line_has_the_keys_of_a_fall_and_its_package() -> None:
    line = fall_line(make_incident(), Path("out/abc"))

    assert "\n" not in line
    assert set(json.loads(line)) == FALL_KEYS | {"package"}
    assert json.loads(line)["package"] == "out/abc"
    assert json.loads(fall_line(make_incident(), None))["package"] is None


def test_thinned_path_keeps_its_ends() -> None:
    assert thin(range(1000), 5) == (0, 250, 500, 749, 999)
    assert thin([1, 2], 200) == (1, 2)
    facts = incident_facts(make_incident(), max_path_points=3)
    whole = incident_facts(make_incident())
    path, whole_path = facts["path"], whole["path"]
    assert isinstance(path, list)
    assert isinstance(whole_path, list)
    assert [path[0], path[-1], len(path)] == [whole_path[0], whole_path[-1], 3]


def test_number_that_is_not_finite_is_refused_by_its_name() -> None:
    with pytest.raises(FactsError, match="release_s is nan"):
        incident_facts(make_incident(release_s=float("nan")))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", "droptrace.incident/2"),
        ("verdict", "perhaps"),
        ("score", 1.5),
        ("path", [[1.0, 2.0]]),
        ("detected_utc", "2026-11-23T03:04:05"),
        ("incident_id", "../../etc"),
        ("release_s", "NaN"),
    ],
)
def test_facts_of_another_form_are_refused_by_key(key: str, value: object) -> None:
    facts = incident_facts(make_incident()) | {key: value}

    with pytest.raises(FactsError, match=key):
        incident_from_facts(facts)


def test_missing_key_is_named() -> None:
    facts = incident_facts(make_incident())
    del facts["camera_id"]

    with pytest.raises(FactsError, match="camera_id: Field required"):
        incident_from_facts(facts)


def test_key_of_a_later_version_is_passed_over() -> None:
    facts = incident_facts(make_incident()) | {"wind": 3}

    assert incident_from_facts(facts).camera_id == "3-north"
