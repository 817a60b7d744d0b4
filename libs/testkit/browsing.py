"""Pages in a real browser: served from a thread, opened in Chromium as different people see them, looked at by axe-core."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.types import ASGIApp

import libs.web

AXE: Final = Path(libs.web.__file__).parent / "tests" / "vendor" / "axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TWICE: Final = "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"
"""A reader who has set the browser's own font to 200 %."""


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of an application, which runs in a thread as long as this lasts."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            assert thread.is_alive(), "the server did not start"
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


Launch = Callable[..., Browser]
"""Starts a browser with the arguments given."""


@contextmanager
def chromium() -> Iterator[Launch]:
    """A way to start Debian's Chromium, or the one that `LIANDONG_CHROMIUM` names. One at a time in a process: Playwright has one loop."""
    path = os.environ.get("LIANDONG_CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium: install it, or name it by LIANDONG_CHROMIUM"
    with sync_playwright() as playwright:
        yield lambda *arguments: playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *arguments])


@contextmanager
def opened(
    browser: Browser,
    address: str,
    width: int,
    *,
    dark: bool = False,
    script: bool = True,
    cookies: Mapping[str, str] | None = None,
    token: str = "",
) -> Iterator[tuple[Page, list[str]]]:
    """A page as somebody sees it, and what its console said: errors and warnings."""
    said: list[str] = []
    context = browser.new_context(
        viewport={"width": width, "height": 768},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        extra_http_headers={"Authorization": f"Bearer {token}"} if token else {},
    )
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in (cookies or {}).items()])
    try:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        yield page, said
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds, one line a place: the rule and the element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


def too_wide(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
