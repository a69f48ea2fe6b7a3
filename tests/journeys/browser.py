"""A real browser, and a person in it who has logged in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
_PATIENCE_MS = 120_000  # other tests run beside
TOKEN = "a-token-of-enough-letters"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM}")


@contextmanager
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield one
        one.close()


@contextmanager
def logged_in(browser: Browser, url: str) -> Iterator[Page]:
    """A page of a person who has logged in and reads English; nothing on it may fail."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1400, "height": 1000}, base_url=url)
    context.set_default_timeout(_PATIENCE_MS)
    one = context.new_page()
    faults: list[str] = []
    one.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    one.on("pageerror", lambda error: faults.append(str(error)))
    one.on("request", lambda request: faults.append(request.url) if not request.url.startswith(url) else None)
    one.goto("/")
    one.get_by_label("Your name").fill("王芳")
    one.get_by_label("Token").fill(TOKEN)
    one.get_by_role("button", name="Log in").click()
    yield one
    context.close()
    assert faults == []
