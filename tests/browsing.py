"""What the tests of the page share: a real Chromium, readers with windows of their own, and a check by axe-core."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
TARGET = "山东2022年高新技术企业要达到多少家？"
COMPARISON = "各省高新技术企业目标对比"
LIST = "哪些省份提到“揭榜挂帅”？"

MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed (apt-get install chromium)"),
]

PATIENCE = 120_000
"""Milliseconds after which what is waited for will not come: a guard against hanging, on a machine however busy."""


@dataclass
class Reader:
    """One reader's window, and everything that went wrong in it."""

    page: Any
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    leaving: bool = False

    def ask(self, question: str, number: int) -> Any:
        """Type the question, and wait for the whole of its turn."""
        self.page.fill("#sw-box textarea", question)
        self.page.press("#sw-box textarea", "Enter")
        return self.turn(number)

    def turn(self, number: int) -> Any:
        """The turn of this number, once it is whole."""
        turn = self.page.locator(f"#t{number}")
        self.page.locator(f'#t{number}[data-state="whole"]').wait_for(state="attached")
        return turn

    def reload(self) -> None:
        """Load the page anew; Gradio reports the streams that this cuts off as errors."""
        self.leaving = True
        self.page.reload()
        self.page.wait_for_selector("#sw-box textarea")
        self.leaving = False

    def open_citation(self, marker: Any) -> Any:
        """Click a marker, and wait until the source panel shows another place."""
        before = self.page.locator(".sw-source").get_attribute("data-key") if self.source.count() else ""
        marker.click()
        return self.opened(before)

    @property
    def source(self) -> Any:
        return self.page.locator(".sw-source")

    def opened(self, before: str | None = "") -> Any:
        """The source panel, once it shows something else than ``before``."""
        self.page.wait_for_function(
            "before => { const e = document.querySelector('#sw-source.sw-open-now .sw-source');"
            " return e && e.dataset.key && e.dataset.key !== before; }",
            arg=before,
        )
        return self.source

    def overflow(self) -> list[str]:
        """What reaches beyond the window's right edge; tables scroll within boxes of their own, and the page clips."""
        self.page.evaluate("Promise.all(document.getAnimations().map(a => a.finished))")
        return self.page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter(e => {
                 const r = e.getBoundingClientRect();
                 return r.width && r.right > innerWidth + 1 && !e.closest('.sw-table table, .sw-hidden');
               }).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}`)"""
        )

    def check(self) -> None:
        """Nothing was asked of other machines, nothing failed, nothing popped up."""
        assert not self.outside, self.outside
        assert not self.errors, self.errors
        assert not self.dialogs, self.dialogs


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (pip install -e '.[dev]')"
    )
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def reader(browser: Any) -> Iterator[Callable[..., Reader]]:
    contexts = []

    def arrive(
        url: str, width: int = 1280, height: int = 860, *, like: Reader | None = None, first: str = "", **options: Any
    ) -> Reader:
        """A reader in a browser of its own, or in another window of the same browser; ``first`` is run before the page."""
        context = (
            like.page.context if like else browser.new_context(viewport={"width": width, "height": height}, **options)
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        new = Reader(context.new_page())
        if first:
            new.page.add_init_script(first)

        def requested(request: Any) -> None:
            place = urlsplit(request.url)
            if place.scheme not in ("data", "blob") and place.hostname != "127.0.0.1":
                new.outside.append(request.url)

        def dismissed(dialog: Any) -> None:
            new.dialogs.append(dialog.message)
            dialog.dismiss()

        new.page.on("request", requested)

        def failed(said: str) -> None:
            if not (new.leaving and re.search("AbortError|Connection errored out", said)):
                new.errors.append(said)

        new.page.on("console", lambda m: failed(m.text) if m.type == "error" else None)
        new.page.on("pageerror", lambda e: failed(f"{e.name}: {e.message}"))
        new.page.on("dialog", dismissed)
        new.page.goto(url)
        new.page.wait_for_selector("#sw-box textarea")
        return new

    yield arrive
    for context in dict.fromkeys(contexts):
        context.close()


def serious(page: Any) -> list[str]:
    """What axe-core finds serious or critical on the page as it stands, one line each."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-core is not installed (pip install -e '.[dev]')"
    )
    page.evaluate(
        "Promise.all(document.getAnimations().map(a => a.finished))"
    )  # colours fading in have no contrast yet
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {node['target']} {node.get('failureSummary', '')}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
