# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""The chat page in a real Chromium: what a reader sees and does, and that nothing leaves the machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from serving import Client, Scripted, answered, api, assistant, cite, serving

from assistant.types import Document

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
TARGET = "山东2022年高新技术企业要达到多少家？"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed (apt-get install chromium)"),
]


@dataclass
class Reader:
    """One reader's window, and everything that went wrong in it."""

    page: Any
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def ask(self, question: str, number: int) -> Any:
        """Type the question, and wait for the whole of its turn."""
        self.page.fill("#sw-box textarea", question)
        self.page.press("#sw-box textarea", "Enter")
        turn = self.page.locator(f"#t{number}")
        turn.locator(".sw-meta, .sw-notice").wait_for(timeout=30_000)
        return turn

    def overflow(self) -> int:
        """How many pixels wider than the window the page is."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def check(self) -> None:
        """Nothing was asked of other machines, nothing failed, nothing popped up."""
        assert self.outside == []
        assert self.errors == []
        assert self.dialogs == []


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

    def arrive(url: str, width: int = 1280, height: int = 860, **options: Any) -> Reader:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        new = Reader(context.new_page())

        def requested(request: Any) -> None:
            place = urlsplit(request.url)
            if place.scheme not in ("data", "blob") and place.hostname != "127.0.0.1":
                new.outside.append(request.url)

        def dismissed(dialog: Any) -> None:
            new.dialogs.append(dialog.message)
            dialog.dismiss()

        new.page.on("request", requested)
        new.page.on("console", lambda m: new.errors.append(m.text) if m.type == "error" else None)
        new.page.on("pageerror", lambda e: new.errors.append(str(e)))
        new.page.on("dialog", dismissed)
        new.page.goto(url)
        new.page.wait_for_selector("#sw-box textarea")
        return new

    yield arrive
    for context in contexts:
        context.close()


def test_ask_read_the_citation_and_follow_it(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(TARGET, 1)
    assert turn.locator(".sw-question").inner_text() == TARGET
    assert "2.3万家" in turn.locator(".sw-short").inner_text()
    assert "山东" in turn.locator(".sw-chips").inner_text()
    card = turn.locator("#t1c1")
    assert "山东" in card.inner_text()
    assert "2022年目标" in card.inner_text()
    marker = turn.locator("a.sw-cite").first
    marker.click()
    assert "高新技术企业达到2.3万家" in card.locator("mark").first.inner_text()
    assert new.page.evaluate("document.activeElement.id") == "t1c1"
    assert "sw-here" in card.get_attribute("class")
    card.locator("a.sw-badge").click()
    assert new.page.evaluate("document.activeElement.id") == "t1m1"
    new.check()


def test_an_example_is_one_click_and_a_new_chat_forgets(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    example = new.page.locator("button.sw-example").first
    question = example.inner_text()
    example.click()
    new.page.locator("#t1 .sw-meta").wait_for()
    assert new.page.locator("#t1 .sw-question").inner_text() == question
    assert not example.is_visible()
    new.page.click("#sw-clear")
    example.wait_for()
    assert new.page.locator(".sw-turn").count() == 0
    new.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways(api: Client, reader: Callable[..., Reader], scheme: str):
    new = reader(api.url, 390, 844, color_scheme=scheme, is_mobile=True, has_touch=True)
    assert new.overflow() <= 0
    new.ask(TARGET, 1)
    assert new.overflow() <= 0
    new.ask("对比山东和天津的高新技术企业", 2)
    assert new.overflow() <= 0
    new.ask("长" * 1500, 3)
    assert new.overflow() <= 0
    new.check()


def test_english_and_back_keep_the_conversation(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    new.ask(TARGET, 1)
    new.page.click("#sw-switch")
    new.page.get_by_text("Cited sources").wait_for()
    assert "2022 target" in new.page.locator("#t1c1").inner_text()
    assert new.page.locator("html").get_attribute("lang") == "en"
    empty = new.page.locator("#sw-current .sw-notice")
    new.page.press("#sw-box textarea", "Enter")
    empty.wait_for()
    assert empty.inner_text() == "Please write a question first."
    new.page.click("#sw-switch")
    new.page.get_by_text("引用的原文").first.wait_for()
    new.check()


def test_two_readers_never_see_each_other(api: Client, reader: Callable[..., Reader]):
    one, other = reader(api.url), reader(api.url)
    one.ask("福建全社会研发投入打算增长多少？", 1)
    turn = other.ask("那山东呢？", 1)
    assert "福建全社会" not in other.page.content()
    assert "10%" not in turn.locator(".sw-answer").inner_text()  # nothing to follow up: the history is the other's
    followed = one.ask("那山东呢？", 2)
    assert "10%" in followed.inner_text()
    assert one.page.locator(".sw-turn").count() == 2
    assert other.page.locator(".sw-turn").count() == 1
    one.check()
    other.check()


HOSTILE = (
    '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script><svg onload="window.pwned=3">'
    "${window.pwned=4}{{constructor.constructor('window.pwned=5')()}}<style>body{display:none}</style>"
    "![x](http://outside.invalid/x.png) [y](javascript:window.pwned=6) <iframe src=http://outside.invalid></iframe>"
)


def test_hostile_questions_and_documents_do_nothing(reader: Callable[..., Reader]):
    document = Document("d", HOSTILE, f"{HOSTILE}达到5家。{HOSTILE}", province=HOSTILE)
    says = answered(
        HOSTILE, document, quote="达到5家", text=f"{HOSTILE} [1]", short=HOSTILE, citations=(cite(document, "达到5家"),)
    )
    with serving(Scripted(says=says, texts=(document,))) as client:
        new = reader(client.url)
        turn = new.ask(HOSTILE, 1)
        assert turn.locator(".sw-question").inner_text() == HOSTILE
        assert turn.locator("mark").first.inner_text() == "达到5家"
        assert new.page.evaluate("window.pwned") is None
        assert turn.locator("img, script, svg, style, iframe").count() == 0
        assert turn.is_visible()
        new.check()


def test_a_followed_citation_survives_a_query_in_the_address(reader: Callable[..., Reader]):
    with serving(Scripted()) as client:
        new = reader(f"{client.url}/?from=mail")
        new.ask("多少？", 1)
        new.page.locator("#t1 a.sw-cite").click()
        assert new.page.url.endswith("/?from=mail")
        assert new.page.evaluate("document.activeElement.id") == "t1c1"
        new.check()


def test_a_long_question_is_told_so(reader: Callable[..., Reader]):
    with serving(Scripted()) as client:
        new = reader(client.url)
        turn = new.ask("长" * 5000, 1)
        assert "超过了 2000 个字的上限" in turn.locator(".sw-notice").inner_text()
        assert new.ask("多少？", 2).locator("mark").count() == 2  # in the card, and again where it shows more
        new.check()
