"""An operator sees in a browser which box is silent and which camera blind, and takes a box that is gone off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import TOKEN, chromium, logged_in, needs_chromium
from tests.server.heartbeats import blind, camera, health, send_beat
from tests.server.process import server_process, write_config

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """What talks to a command centre as boxes do."""
    config = write_config(tmp_path, f'token = "{TOKEN}"\n')
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        server_process(config) as server,
        httpx.Client(base_url=server.url, verify=False, headers=headers, timeout=20) as one,
    ):
        yield one


@pytest.fixture
def page(browser: Browser, client: httpx.Client) -> Iterator[Page]:
    with logged_in(browser, str(client.base_url).rstrip("/")) as one:
        yield one


def beat_now(client: httpx.Client, box_id: str, **changes: Any) -> None:
    # An hour: no box goes silent by itself on a slow machine.
    told = {"every_s": 3600} | changes
    assert send_beat(client, box_id, sent=datetime.now(UTC), **told).status_code == 204


def told_today(**changes: Any) -> dict[str, Any]:
    return health(day=datetime.now(UTC).date().isoformat(), **changes)


def test_operator_sees_what_is_wrong_and_that_it_is_well_again(
    page: Page, client: httpx.Client, tmp_path: Path
) -> None:
    page.clock.install()
    page.goto("/")
    expect(page.locator("#unwatched")).to_be_empty()
    covered = blind("2-south", "covered", ailments=["covered"], day=datetime.now(UTC).date().isoformat())
    moved = camera("4-east", health=told_today(standing="moved"))
    beat_now(client, "box-1", cameras=[camera("3-north", health=told_today()), moved, covered])
    page.clock.run_for(10_100)
    line = page.get_by_role("status")
    expect(line).to_have_text("⚠ Nobody watches: cameras that see nothing: 2-south")
    page.screenshot(path=tmp_path / "list-unwatched-en.png", full_page=True)
    line.get_by_role("link").click()
    rows = page.locator("#box-box-1 tbody tr")
    expect(rows.nth(0)).to_contain_text("✖ Sees nothing Something is before the lens")
    expect(rows.nth(1)).to_contain_text("⚠ Watches Has been moved")
    expect(rows.nth(2)).to_contain_text("✔ Watches")
    page.screenshot(path=tmp_path / "boxes-en.png", full_page=True)
    page.get_by_role("link", name="中文").click()
    expect(page.locator("h1")).to_have_text("设备与摄像机")
    expect(rows.nth(0)).to_contain_text("✖ 失明 镜头被遮挡")
    page.screenshot(path=tmp_path / "boxes-zh.png", full_page=True)
    beat_now(client, "box-1", cameras=[camera("3-north", health=told_today())])
    page.goto("/")
    expect(page.locator("#unwatched")).to_be_empty()


def test_silent_box_is_told_and_can_be_forgotten(page: Page, client: httpx.Client, tmp_path: Path) -> None:
    beat_now(client, "box-1", cameras=[camera("3-north", health=told_today())])
    beat_now(client, "box-2", every_s=1, cameras=[camera("gate", health=told_today())])
    page.goto("/boxes")
    box = page.locator("#box-box-2")
    # The page loads itself again, so it needs nobody to see the box go silent.
    expect(box).to_contain_text("✖ Silent")
    page.screenshot(path=tmp_path / "boxes-silent.png", full_page=True)
    page.get_by_role("link", name="Incidents", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("⚠ Nobody watches: silent boxes: box-2")
    page.get_by_role("link", name="Boxes and cameras").click()
    box.get_by_role("button", name="Forget this box").click()
    expect(box).to_have_count(0)
    expect(page.locator("#box-box-1")).to_contain_text("✔ All well")


def test_page_of_boxes_fits_a_phone(browser: Browser, client: httpx.Client, tmp_path: Path) -> None:
    name = "a-camera-with-a-name-that-is-much-longer-than-a-phone-is-wide-" + "x" * 100
    beat_now(client, "box-1", cameras=[blind(name, "no_stream"), camera("3-north", health=told_today())])
    send_beat(client, "box-2", sent=datetime.now(UTC) - timedelta(minutes=9), every_s=3600)
    base_url = str(client.base_url)
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, base_url=base_url)
    page = context.new_page()
    page.goto("/login?next=/boxes")
    page.get_by_label("令牌").fill(TOKEN)
    page.get_by_role("button", name="登录").click()
    for shown, path in (("boxes", "/boxes"), ("list", "/")):
        page.goto(path)
        expect(page.locator("body")).to_contain_text(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=tmp_path / f"phone-{shown}.png", full_page=True)
    context.close()
