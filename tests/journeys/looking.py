"""What somebody who has signed in sees of pages in a real browser, one after the other, and what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, Page

from libs.testkit.browsing import too_wide
from services.onebox import SiteOfBox

NARROW: Final = 360
"""Pixels of a small telephone."""
_NOTICED: Final = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => window.violations.push(event.violatedDirective + " " + event.blockedURI));
window.alert = window.confirm = window.prompt = () => window.violations.push("a script ran");
"""


_MIXED: Final = r"""
() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(node.data) && !node.parentElement.closest("bdi, textarea, script"))
      found.push(node.data.slice(0, 80));
  return found;
}"""


class Looking:
    """A browser's window of somebody: it is open as long as they look at pages."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self._address, self._said = page, address, list[str]()
        page.on("console", lambda message: self._said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self._said.append(str(error)))
        page.add_init_script(_NOTICED)

    def at(self, path: str) -> list[str]:
        """Opens a page: what is wrong with it."""
        self._said.clear()
        answer = self.page.goto(f"{self._address}{path}", wait_until="load")
        faults = [] if answer is not None and answer.status == 200 else [f"answered {answer.status if answer else 'nothing'}"]
        faults += self._said + list(self.page.evaluate("window.violations"))
        if not self.page.locator("main h1").first.inner_text().strip():
            faults.append("no heading")
        wide = too_wide(self.page)
        return faults + ([f"{wide} pixels too wide"] if wide > 0 else [])

    def mixed(self) -> list[str]:
        """Texts written from right to left that stand beside others and are not kept apart from them."""
        return [f"not isolated: {text}" for text in self.page.evaluate(_MIXED)]

    def links(self, pattern: str) -> list[str]:
        """The addresses that the page leads to, as they stand there."""
        found = [str(link.get_attribute("href")) for link in self.page.locator("main a[href]").all()]
        return [address for address in dict.fromkeys(found) if re.search(pattern, address)]

    def text(self) -> str:
        """What can be read on the page that is open."""
        return self.page.locator("body").inner_text()


@contextmanager
def shown_to(browser: Browser, site: SiteOfBox, cookies: Mapping[str, str]) -> Iterator[Looking]:
    """The window of whoever has these cookies, on a small telephone."""
    context = browser.new_context(viewport={"width": NARROW, "height": 768})
    context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in cookies.items()])
    try:
        yield Looking(context.new_page(), site.address)
    finally:
        context.close()
