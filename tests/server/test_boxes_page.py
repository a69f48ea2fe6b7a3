import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.settings import LANGUAGES
from tests.server.heartbeats import blind, boxes, camera, health, send_beat
from tests.server.running import NOW, TOKEN, Centre, Host, settings_in

MINUTE = timedelta(minutes=1)


def page(centre: Centre, path: str, language: str = "en") -> str:
    answer = centre.client.get(path, params={"lang": language}, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def plain(html: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def unwatched(centre: Centre, language: str = "en") -> str:
    line = re.search(r'<p class="unwatched">.*?</p>', page(centre, "/", language), re.DOTALL)
    return plain(line.group()) if line else ""


def send_two_boxes(centre: Centre) -> None:
    """One that is silent by now; one with cameras that are well, blind, moved, over, and not told of."""
    send_beat(centre.client, "box-1", cameras=[camera("gate")])
    centre.clock.advance(5 * MINUTE)
    told = [
        camera("a-well"),
        blind("b-covered", "covered", 90.0, ailments=["covered"], blind_s={"covered": 90.0, "no_stream": 700.0}),
        camera("c-moved", restarts_today=2, health=health(standing="moved", ailments=["blurred"], fps_arrived=12.0)),
        camera("d-over", state="ended"),
        camera("e-new", state="starting", health=None),
    ]
    wrong = {
        "disk_left_days": 2.0,
        "outbox_depth": 3,
        "outbox_oldest_s": 4000.0,
        "clock_is_synchronised": False,
        "temperature_c": None,
    }
    send_beat(centre.client, "box-2", sent=NOW + 5 * MINUTE - timedelta(seconds=37), cameras=told, box=wrong)
    centre.clock.advance(timedelta(seconds=20))


SHOWN = {
    "en": [
        "box-1 ✖ Silent last heartbeat 5 min ago",
        "No heartbeat comes",
        "Of its cameras nothing is known now. What they did 5 min ago:",
        "gate ? Watched then",
        "box-2 ✖ A camera sees nothing last heartbeat 20 s ago",
        "The disk is full in less than three days.",
        "Incidents have been waiting for more than ten minutes",
        "not set by the network may be off by 0.02 s 37 s behind the clock here",
        "40.0 GB free for 2 days",
        "3 messages the oldest for 67 min",
        "CPU 37 % · memory 0.9 of 2.0 GB",
        "b-covered ✖ Sees nothing Something is before the lens for 110 s",
        "0.0 / 25.0",
        "13 min No stream comes 12 min Something is before the lens 90 s",
        "e-new ✖ Sees nothing Is starting not told yet not told yet not told yet",
        "c-moved ⚠ Watches Picture is blurred Has been moved: no floors are named Too few frames come",
        "started again today: 2",
        "d-over ⚠ Over The recording is over",
        "a-well ✔ Watches 24.9 / 25.0 0.0 s before the heartbeat never",
    ],
    "zh": [
        "box-1 ✖ 失联 上次心跳：5 分钟前",
        "收不到心跳",
        "其摄像机的现状未知。以下为 5 分钟前的情况：",
        "gate ? 当时监控中",
        "box-2 ✖ 有摄像机失明 上次心跳：20 秒前",
        "磁盘将在三天内写满。",
        "比本机慢 37 秒",
        "b-covered ✖ 失明 镜头被遮挡 已持续 110 秒",
        "13 分钟 没有视频流 12 分钟 镜头被遮挡 90 秒",
        "c-moved ⚠ 监控中 画面模糊 机位被移动，不再判定楼层 帧数不足 今日重启 2 次",
        "a-well ✔ 监控中 24.9 / 25.0 心跳前 0.0 秒 无",
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_tells_in_words_of_both_languages_what_is_wrong(centre: Centre, language: str) -> None:
    send_two_boxes(centre)
    text = plain(page(centre, "/boxes", language))
    for words in SHOWN[language]:
        assert words in text


def test_what_is_bad_comes_first(centre: Centre) -> None:
    send_beat(centre.client, "box-0")
    send_two_boxes(centre)
    send_beat(centre.client, "box-0", sent=NOW + 5 * MINUTE)
    text = page(centre, "/boxes")
    assert re.findall(r'id="box-(.+?)"', text) == ["box-1", "box-2", "box-0"]
    named = re.findall(r'<th scope="row">(.+?)</th>', text)
    assert named == ["gate", "b-covered", "e-new", "c-moved", "d-over", "a-well", "3-north"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "⚠ Nobody watches: silent boxes: box-1 · cameras that see nothing: b-covered, e-new"),
        ("zh", "⚠ 监控缺失： 失联的边缘设备 box-1 · 失明的摄像机 b-covered、e-new"),
    ],
)
def test_list_of_incidents_says_where_nobody_watches(centre: Centre, language: str, words: str) -> None:
    assert unwatched(centre, language) == ""
    send_beat(centre.client)
    assert unwatched(centre, language) == ""
    centre.client.delete("/api/v1/boxes/box-1")
    send_two_boxes(centre)
    assert unwatched(centre, language) == words
    assert plain(page(centre, "/boxes/line", language)) == words


def test_line_stays_short_and_goes_when_all_see_again(centre: Centre) -> None:
    send_beat(centre.client, cameras=[blind(f"camera-{number}", "dark") for number in range(5)])
    expected = "⚠ Nobody watches: cameras that see nothing: camera-0, camera-1, camera-2 and 2 more"
    assert unwatched(centre) == expected
    send_beat(centre.client, sent=NOW + MINUTE)
    assert unwatched(centre) == ""


def test_every_page_leads_to_the_boxes_and_the_login_page_does_not(tmp_path: Path, host: Host) -> None:
    with host.running(settings_in(tmp_path, token=TOKEN)) as centre:
        assert 'href="/boxes"' in page(centre, "/")
        assert 'href="/boxes"' in page(centre, "/boxes")
        assert 'href="/boxes"' not in page(centre, "/login")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "changes",
    [
        {"cameras": []},
        {"cameras": [camera(health=health(frame_age_s=None, fps_declared=None, standing=None))]},
        {"box": {"disk_left_days": None, "clock_is_synchronised": None, "clock_error_s": None}},
        {"cameras": [camera(state="dreaming", health=health(blind="fogged", blind_s={"fogged": 9e9}))]},
    ],
)
def test_page_does_without_what_is_not_known(centre: Centre, changes: dict[str, Any], language: str) -> None:
    assert send_beat(centre.client, **changes).status_code == 204
    page(centre, "/boxes", language)
    page(centre, "/", language)


def test_page_of_no_boxes_says_so(centre: Centre) -> None:
    assert "No box has been heard." in page(centre, "/boxes")


def test_word_that_is_not_known_is_shown_as_it_came(centre: Centre) -> None:
    send_beat(centre.client, cameras=[blind("gate", "fogged")])
    assert "Sees nothing fogged" in plain(page(centre, "/boxes"))


def test_what_comes_from_outside_is_escaped(centre: Centre) -> None:
    evil = 'x"><script>alert(1)</script>'
    told = blind(evil, evil, ailments=[evil], blind_s={evil: 5.0})
    program = {"name": evil, "version": evil}
    assert send_beat(centre.client, evil, cameras=[told | {"state": evil}], program=program).status_code == 204
    for path in ("/boxes", "/", "/boxes/line"):
        text = page(centre, path)
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


def test_page_holds_no_scripts_or_styles_of_its_own_and_names_no_other_host(centre: Centre) -> None:
    send_two_boxes(centre)
    text = page(centre, "/boxes")
    assert "<script" not in text
    assert "<style" not in text
    assert re.findall(r"\s(?:on\w+|style)=", text) == []
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", text) == []


def test_only_a_silent_box_can_be_forgotten_by_the_page(centre: Centre) -> None:
    send_two_boxes(centre)
    text = page(centre, "/boxes")
    assert re.findall(r'name="box_id" value="(.+?)"', text) == ["box-1"]
    answer = centre.client.post("/boxes/forget", data={"box_id": "box-1"}, headers={"Origin": centre.url})
    assert (answer.status_code, answer.headers["location"]) == (303, "/boxes")
    foreign = centre.client.post("/boxes/forget", data={"box_id": "box-2"}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert [box["box_id"] for box in boxes(centre.client)] == ["box-2"]
