"""A person opens an incident in a browser, looks at the clip, and decides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import clip
from tests.journeys.browser import TOKEN, chromium, logged_in, needs_chromium
from tests.server.orders import INCIDENT_ID, facts, manifest, put, send
from tests.server.process import server_process, write_config

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def centre_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("centre")
    config = write_config(folder, f'token = "{TOKEN}"\ntime_zone = "Asia/Shanghai"\n')
    with (
        server_process(config) as server,
        httpx.Client(base_url=server.url, verify=False, headers={"Authorization": f"Bearer {TOKEN}"}) as client,
    ):
        fill(client, folder)
        yield server.url


def fill(client: httpx.Client, folder: Path) -> None:
    """Send one whole incident, one that waits for its media, and one without geometry."""
    clip.write_clip(folder / "clip.mp4")
    seen: dict[str, Any] = {
        "release_px": list(clip.RELEASE_PX),
        "path": clip.path(),
        "frame": {"width": clip.WIDTH, "height": clip.HEIGHT},
        "recording": {"name": "clip.mp4", "start_s": clip.START_S, "end_s": clip.START_S + 4.0},
    }
    files = {
        "original/clip.mp4": (folder / "clip.mp4").read_bytes(),
        "release.jpg": clip.jpeg(clip.picture(clip.RELEASE_S)),
        "middle.jpg": clip.jpeg(clip.picture(3.5)),
        "end.jpg": clip.jpeg(clip.picture(clip.LAST_S)),
        "strobe.jpg": clip.jpeg(clip.strobe()),
    }
    send(client, facts(**seen)).raise_for_status()
    for name, content in files.items():
        is_clip = name.endswith(".mp4")
        sent = put(
            client, name, content, "video/mp4" if is_clip else "image/jpeg", "original" if is_clip else "derived"
        )
        sent.raise_for_status()
    put(client, "manifest.json", manifest(files), "application/json", "record").raise_for_status()
    waiting = seen | {"verdict": "suspected", "release_utc": "2026-11-23T02:50:00Z", "camera_id": "2-south"}
    send(client, facts("waits-for-media", **waiting)).raise_for_status()
    blind = seen | {"origin": None, "building": None, "release_utc": None, "camera_id": "gate.mp4"}
    send(client, facts("without-geometry", **blind)).raise_for_status()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser, centre_url: str) -> Iterator[Page]:
    with logged_in(browser, centre_url) as one:
        yield one


def wait_until(page: Page, expression: str) -> None:
    """Wait in the page for a JavaScript expression; Playwright's own way needs eval, which the pages forbid."""
    look = f"const look = () => ({expression}) ? done() : setTimeout(look, 20); look();"
    page.evaluate(f"() => new Promise(done => {{ {look} }})")


def media_time_s(page: Page) -> float:
    return float(page.evaluate("document.getElementById('clip').currentTime"))


def shown_place_px(page: Page) -> tuple[float, float]:
    now = page.locator("#now")
    return float(now.get_attribute("cx") or "nan"), float(now.get_attribute("cy") or "nan")


def open_with_clip(page: Page) -> None:
    page.goto(f"/incidents/{INCIDENT_ID}")
    wait_until(page, "document.getElementById('clip').readyState >= 2")


def test_person_sees_the_floor_plays_the_clip_and_confirms(page: Page, tmp_path: Path) -> None:
    expect(page.locator(".incidents li")).to_have_count(3)
    page.screenshot(path=tmp_path / "list-en.png", full_page=True)
    page.get_by_role("link", name="Floor 17, unit 06").first.click()
    wait_until(page, "document.getElementById('clip').readyState >= 2")
    expect(page.locator("#floor")).to_have_text("Floor 17, unit 06")
    expect(page.locator("#interval")).to_have_text("floors 16–18 (90 %)")
    expect(page.locator("#evidence-state")).to_contain_text("Complete: all 5 files")
    expect(page.locator("#overlay .path").first).to_be_visible()
    page.screenshot(path=tmp_path / "incident-en.png", full_page=True)
    page.keyboard.press("Space")
    wait_until(page, "document.getElementById('clip').currentTime > 1.4")
    page.keyboard.press("Space")
    page.keyboard.press("c")
    expect(page.locator("#review .badge")).to_have_text("Confirmed by a person")
    expect(page.locator("#history")).to_contain_text("王芳 confirmed")
    expect(page.locator("#order")).to_contain_text("is open")
    page.screenshot(path=tmp_path / "confirmed-en.png", full_page=True)


def test_mark_on_the_path_follows_the_source_time_frame_by_frame(page: Page) -> None:
    open_with_clip(page)
    page.evaluate("document.getElementById('clip').currentTime = 1.56 + 0.02")
    expect(page.locator("#clock")).to_have_text("+0.36 s")
    assert shown_place_px(page) == pytest.approx(clip.place_px(3.06), abs=0.6)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#clock")).to_have_text("+0.40 s")
    assert shown_place_px(page) == pytest.approx(clip.place_px(3.10), abs=0.6)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#clock")).to_have_text("+0.32 s")
    page.keyboard.press("h")
    expect(page.locator("#clock")).to_have_text("+0.00 s")
    assert media_time_s(page) == pytest.approx(clip.RELEASE_S - clip.START_S, abs=0.01)


def test_slow_motion_path_and_zoom_are_switched_by_keys(page: Page, tmp_path: Path) -> None:
    open_with_clip(page)
    page.keyboard.press("s")
    page.keyboard.press("s")
    assert page.evaluate("document.getElementById('clip').playbackRate") == 0.25
    page.keyboard.press("o")
    expect(page.locator("#overlay")).not_to_be_visible()
    page.keyboard.press("o")
    expect(page.locator("#overlay")).to_be_visible()
    before = page.locator("#clip").bounding_box()
    page.locator("#to-release").click()
    page.keyboard.press("z")
    after = page.locator("#clip").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(3 * before["width"])
    page.screenshot(path=tmp_path / "zoom-en.png")


def test_refusal_takes_two_keys_and_a_later_decision_undoes_it(page: Page, tmp_path: Path) -> None:
    page.goto("/incidents/waits-for-media?lang=zh")
    expect(page.locator("#evidence-state")).to_contain_text("传输中")
    page.keyboard.press("1")
    expect(page.locator("#review .badge")).to_have_text("待审核")
    page.get_by_label("备注").fill("看得很清楚")
    page.locator("#floor").click()
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.locator("#review .badge")).to_have_text("已驳回")
    expect(page.locator("#history")).to_contain_text("飞鸟")
    page.screenshot(path=tmp_path / "refused-zh.png", full_page=True)
    page.get_by_role("button", name="确认属实").click()
    expect(page.locator("#review .badge")).to_have_text("人工确认")
    expect(page.locator("#history li")).to_have_count(2)
    expect(page.locator("#order")).to_contain_text("处理中")


def test_chinese_page_and_the_switch_of_language(page: Page, tmp_path: Path) -> None:
    open_with_clip(page)
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#floor")).to_have_text("17 层 06 户")
    wait_until(page, "document.getElementById('clip').readyState >= 2")
    page.locator("#to-release").click()
    page.screenshot(path=tmp_path / "incident-zh.png", full_page=True)
    page.goto("/")
    expect(page.locator("h1")).to_have_text("高空抛物事件")
    page.screenshot(path=tmp_path / "list-zh.png", full_page=True)


def test_list_tells_that_new_incidents_arrived(page: Page, centre_url: str) -> None:
    page.clock.install()
    page.goto("/")
    page.clock.run_for(10_100)
    expect(page.locator("#arrived")).to_be_hidden()
    with httpx.Client(base_url=centre_url, verify=False, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        send(client, facts("arrives-later", release_utc="2026-11-23T03:30:00Z")).raise_for_status()
    page.clock.run_for(10_100)
    page.get_by_role("link", name="New incidents arrived").click()
    expect(page.locator(".incidents li").first).to_contain_text("11:30:00")


def test_pages_fit_a_phone(browser: Browser, centre_url: str, tmp_path: Path) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, base_url=centre_url)
    page = context.new_page()
    page.goto("/login")
    page.screenshot(path=tmp_path / "phone-login.png")
    page.get_by_label("令牌").fill(TOKEN)
    page.get_by_role("button", name="登录").click()
    for name, path in (
        ("list", "/"),
        ("incident", f"/incidents/{INCIDENT_ID}"),
        ("blind", "/incidents/without-geometry"),
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=tmp_path / f"phone-{name}.png", full_page=True)
    context.close()
