import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from server.language import Languages, load_texts
from server.settings import LANGUAGES
from tests.server.orders import INCIDENT_ID, facts, manifest, put, send
from tests.server.running import Centre, Host, settings_in

SERVER = Path(__file__).parents[2] / "server"
INCIDENT = f"/incidents/{INCIDENT_ID}"
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9", "Accept": "text/html"}


def page(centre: Centre, path: str, **headers: str) -> str:
    answer = centre.client.get(path, headers=ENGLISH | headers)
    assert answer.status_code == 200
    return answer.text


def test_both_languages_have_the_same_keys_and_values_to_put_in() -> None:
    tables = [load_texts(language).words for language in LANGUAGES]
    assert tables[0].keys() == tables[1].keys()
    for key in tables[0]:
        names = [{field for _, field, _, _ in Formatter().parse(table[key]) if field} for table in tables]
        assert names[0] == names[1], key
        assert all(table[key].strip() for table in tables), key


def test_every_fixed_key_of_the_templates_exists() -> None:
    words = load_texts("en").words
    for path in (SERVER / "pages").glob("*.html"):
        for key in re.findall(r"\bt\('([a-z_.]+)'[,)]", path.read_text(encoding="utf-8")):
            assert key in words, f"{path.name}: {key}"


def test_every_key_of_the_languages_is_used() -> None:
    files = [*(SERVER / "pages").glob("*.html"), *SERVER.glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    beginnings = tuple(re.findall(r"'([a-z_.]+)' ~", text))
    for key in load_texts("en").words:
        assert f"'{key}'" in text or f'"{key}"' in text or key.startswith(beginnings), key


@pytest.mark.parametrize(
    ("asked", "cookie", "browser", "expected"),
    [
        ("en", "zh", "zh-CN", "en"),
        (None, "en", "zh-CN", "en"),
        (None, None, "fr, en;q=0.8", "en"),
        (None, None, "zh-TW,zh;q=0.9", "zh"),
        (None, None, None, "zh"),
        ("fr", "xx", "fr", "zh"),
    ],
)
def test_language_is_that_of_address_then_cookie_then_browser(
    asked: str | None, cookie: str | None, browser: str | None, expected: str
) -> None:
    assert Languages("zh").choose(asked, cookie, browser).language == expected


def test_language_that_was_asked_for_stays(centre: Centre) -> None:
    assert 'lang="en"' in page(centre, "/?lang=en", **{"Accept-Language": "zh"})
    assert 'lang="en"' in page(centre, "/", **{"Accept-Language": "zh"})
    assert 'lang="zh-CN"' in page(centre, "/?lang=zh")


def test_link_to_the_other_language_keeps_the_filter(centre: Centre) -> None:
    assert 'href="/?verdict=suspected&amp;lang=zh"' in page(centre, "/?verdict=suspected&lang=en")


def test_list_shows_floor_place_verdict_and_review(centre: Centre) -> None:
    send(centre.client)
    put(centre.client, "release.jpg", b"picture")
    text = page(centre, "/")
    for shown in ("Floor 17, unit 06", "floors 16–18 (90 %)", "83 %", "3栋", "3-north", "Confirmed", "To review"):
        assert shown in text
    assert f'href="/api/v1/incidents/{INCIDENT_ID}/media/release.jpg"' in text
    assert "2026-11-23 03:04:05+00:00" in text


def test_list_can_be_filtered_by_days_of_the_zone(tmp_path: Path, host: Host) -> None:
    with host.running(settings_in(tmp_path, time_zone="Asia/Shanghai")) as centre:
        send(centre.client, facts(release_utc="2026-11-23T17:00:00Z"))  # the 24th in Shanghai
        assert "2026-11-24 01:00:00+08:00" in page(centre, "/?from=2026-11-24&to=2026-11-24")
        assert "No incidents match" in page(centre, "/?to=2026-11-23")
        assert centre.client.get("/?from=yesterday").status_code == 422
        assert centre.client.get("/?verdict=maybe").status_code == 422


def test_list_goes_on_to_older_ones_under_the_same_filter(centre: Centre) -> None:
    for number in range(23):
        send(centre.client, facts(f"i{number:02}", release_utc=f"2026-11-23T03:{number:02}:00Z"))
    text = page(centre, "/?camera=3-north")
    assert text.count('class="row"') == 20
    older = re.search(r'rel="next" href="([^"]+)"', text)
    assert older is not None
    rest = page(centre, older.group(1).replace("&amp;", "&"))
    assert rest.count('class="row"') == 3
    assert 'rel="next"' not in rest


@pytest.mark.parametrize("language", LANGUAGES)
def test_incident_page_shows_in_both_languages_what_is_known(centre: Centre, language: str) -> None:
    send(centre.client)
    put(centre.client, "release.jpg", b"picture")
    put(centre.client, "original/clip.mp4", b"clip", "video/mp4", "original")
    text = page(centre, f"{INCIDENT}?lang={language}")
    shown = {
        "en": ("Floor 17, unit 06", "83 %", "Elsewhere", "Bird", "may be off by 0.05 s", "Arriving"),
        "zh": ("17 层 06 户", "83 %", "其他位置", "飞鸟", "误差不超过 0.05 秒", "传输中"),
    }[language]
    for words in (*shown, "residual 0.8 px", "falling_object", "box-1", 'data-start-s="1.5"', "original/clip.mp4"):
        assert words in text


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": None, "building": None, "recording": None, "release_utc": None, "reasons": [], "path": []},
        {"origin": {"floor": 3, "floor_low": 3, "floor_high": 3, "probability": 1.0}, "below_min_floor": True},
        {"clock": {"source": "none", "error_s": None}, "verdict": "rejected"},
        {"path": [[2.7, 1205.0, 163.0, 3.0], [2.7, 1205.0, 163.0, 3.0]]},
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_do_without_what_is_not_known(centre: Centre, changes: dict[str, Any], language: str) -> None:
    send(centre.client, facts(**changes))
    page(centre, f"{INCIDENT}?lang={language}")
    page(centre, "/")


@pytest.mark.parametrize(("language", "words"), [("en", "followed no time server"), ("zh", "未与时间服务器同步")])
def test_time_of_a_clock_that_was_never_set_is_shown_as_such(centre: Centre, language: str, words: str) -> None:
    send(centre.client, facts(clock={"source": "system", "error_s": None}))
    assert words in page(centre, f"{INCIDENT}?lang={language}")
    send(centre.client, facts("set", clock={"source": "system", "error_s": 1.02}))
    assert words not in page(centre, f"/incidents/set?lang={language}")


IMPACT = {
    "time_s": 5.5,
    "speed_m_s": 25.54,
    "speed_sigma_m_s": 0.74,
    "distance_m": 5.97,
    "distance_sigma_m": 0.31,
    "along_m": 12.96,
    "along_sigma_m": 0.09,
    "terminal_velocity_m_s": 42.3,
    "drag_class": "heavy",
    "drag_class_probability": 0.97,
}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ["6.0 ± 0.6 m out of the wall, 13.0 ± 0.2 m along it", "26 ± 1 m/s", "heavy: stone, bottle, metal (97 %)"],
        ),
        ("zh", ["距墙 6.0 ± 0.6 米，沿墙 13.0 ± 0.2 米处", "26 ± 1 米/秒", "较重：石块、瓶子、金属 (97 %)"]),
    ],
)
def test_page_tells_where_to_look_for_the_object(centre: Centre, language: str, words: list[str]) -> None:
    send(centre.client, facts("landed", impact=IMPACT))
    page = centre.client.get(f"/incidents/landed?lang={language}").text
    assert all(one in page for one in words)


def test_what_comes_from_outside_is_escaped(centre: Centre) -> None:
    evil = '"><script>alert(1)</script>'
    building = {"id": evil, "name": evil}
    send(centre.client, facts(camera_id=evil, reasons=[evil], label=evil, building=building, box_id=evil))
    choice = {"choice": "refuse:other", "note": evil}
    centre.client.post(f"{INCIDENT}/review", data=choice, headers={"Origin": centre.url})
    for path in ("/", INCIDENT, "/?camera=%22%3E%3Cscript%3Ealert(1)"):
        text = page(centre, path)
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


def test_pages_hold_no_scripts_or_styles_of_their_own_and_name_no_other_host(centre: Centre) -> None:
    send(centre.client)
    for path in ("/", INCIDENT):
        text = page(centre, path)
        assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
        assert "<style" not in text
        assert re.findall(r"\s(?:on\w+|style)=", text) == []
        assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", text) == []
    for path_ in (SERVER / "static").iterdir():
        assert "http" not in path_.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")


def test_review_by_the_page_shows_the_decision_and_can_be_changed(centre: Centre) -> None:
    send(centre.client)
    headers = ENGLISH | {"Origin": centre.url}
    answer = centre.client.post(
        f"{INCIDENT}/review", data={"choice": "refuse:bird", "note": " swift "}, headers=headers
    )
    assert (answer.status_code, answer.headers["location"]) == (303, INCIDENT)
    text = page(centre, INCIDENT)
    for shown in ("Refused", "local", "Bird", "<q>swift</q>", f"Work order wo-{INCIDENT_ID} was withdrawn"):
        assert shown in text
    centre.client.post(f"{INCIDENT}/review", data={"choice": "confirm"}, headers=headers)
    text = page(centre, INCIDENT)
    assert "Confirmed by a person" in text
    assert f"Work order wo-{INCIDENT_ID} is open" in text
    assert text.index("confirmed") < text.index("refused")


@pytest.mark.parametrize("choice", ["", "refuse", "refuse:", "refuse:ghost", "delete"])
def test_choice_that_is_not_on_the_page_is_refused(centre: Centre, choice: str) -> None:
    send(centre.client)
    answer = centre.client.post(f"{INCIDENT}/review", data={"choice": choice}, headers={"Origin": centre.url})
    assert answer.status_code == 422
    assert centre.client.get(f"/api/v1/incidents/{INCIDENT_ID}").json()["reviews"] == []


def test_form_that_is_too_large_is_refused(centre: Centre) -> None:
    send(centre.client)
    form = {"choice": "confirm", "note": "x" * 20_000}
    answer = centre.client.post(f"{INCIDENT}/review", data=form, headers={"Origin": centre.url})
    assert answer.status_code == 413


def test_next_goes_to_the_next_older_one_to_review_then_round_to_the_newest(centre: Centre) -> None:
    for number in range(3):
        send(centre.client, facts(f"i{number}", release_utc=f"2026-11-23T03:0{number}:00Z"))

    def next_after(incident_id: str) -> str:
        return centre.client.get("/next", params={"after": incident_id}).headers["location"]

    assert next_after("i2") == "/incidents/i1"
    assert next_after("i0") == "/incidents/i2"
    for number in range(3):
        centre.client.post(f"/api/v1/incidents/i{number}/review", json={"decision": "confirm"})
    assert next_after("i1") == "/"


def test_evidence_table_names_what_is_missing_and_turns_complete(centre: Centre) -> None:
    send(centre.client)
    put(centre.client, "manifest.json", manifest({"release.jpg": b"picture"}), "application/json", "record")
    assert "Incomplete: 1 of 1 files are missing" in page(centre, INCIDENT)
    put(centre.client, "release.jpg", b"picture")
    assert "Complete: all 1 files" in page(centre, INCIDENT)


def test_missing_page_is_told_as_a_page_in_the_language(centre: Centre) -> None:
    answer = centre.client.get("/incidents/none", headers=ENGLISH)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is nothing here" in answer.text
