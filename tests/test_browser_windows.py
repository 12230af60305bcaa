# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""Several windows of one browser share one list of conversations, and lose none; in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browsing import MARKS, Reader, browser, reader
from serving import Scripted, Waiting, serving

pytestmark = MARKS


def record(name: str, *questions: str) -> dict[str, Any]:
    return {"id": name, "asked": [{"q": q} for q in questions], "pending": False}


@pytest.fixture
def merging(reader: Callable[..., Reader]) -> Any:
    """Applies changes, ``("merge", record)`` or ``("without", id)``, to a list, one at each tick of a clock."""
    with serving(Scripted()) as client:
        page = reader(client.url).page

        def apply(*changes: Any) -> list[dict[str, Any]]:
            return page.evaluate(
                "changes => changes.reduce((list, [how, what], now) => window.shengwen.kept[how](list, what, now), [])",
                [list(c) for c in changes],
            )

        yield apply


def alive(kept: list[dict[str, Any]]) -> list[str]:
    return [r["id"] for r in kept if "asked" in r]


def test_conversations_merge_by_name_and_deletions_are_remembered(merging: Any):
    a, b = record("a", "一？"), record("b", "二？")
    assert alive(merging(("merge", a), ("merge", b))) == ["b", "a"]
    longer = record("a", "一？", "三？")
    (first, _) = merging(("merge", a), ("merge", b), ("merge", longer))
    assert first == longer | {"at": 2}
    # Deleted, it stays so when an answer that was under way comes in; a further question brings it back.
    gone = (("merge", a), ("without", "a"))
    assert merging(*gone) == merging(*gone, ("merge", a)) == [{"id": "a", "gone": 1, "at": 1}]
    assert alive(merging(*gone, ("merge", longer))) == ["a"]
    assert alive(merging(("merge", a), ("merge", b), ("without", "all"))) == []
    assert alive(merging(("merge", a), ("merge", b), ("without", "x"))) == ["b", "a"]
    # What was stopped before anything was answered is no conversation.
    assert merging(("merge", a), ("merge", record("a"))) == []


def test_the_list_stays_within_bounds(merging: Any):
    many = merging(*(("merge", record(f"c{i}", f"第{i}问")) for i in range(40)))
    assert alive(many) == [f"c{i}" for i in range(39, 19, -1)]
    long = merging(*(("merge", record(f"d{i}", *["长" * 2000] * 4)) for i in range(10)))
    assert alive(long) == [f"d{i}" for i in range(9, 2, -1)]  # seven of 8,000 characters within 60,000
    assert alive(merging(("merge", record("e", "长" * 70_000)))) == ["e"]
    gone = merging(*(c for i in range(70) for c in (("merge", record(f"f{i}", "？")), ("without", f"f{i}"))))
    assert len(gone) == 50
    assert gone[0]["id"] == "f69"


def test_two_windows_keep_both_conversations_and_the_deletions_of_both(reader: Callable[..., Reader]):
    with serving(Scripted()) as client:
        one = reader(client.url)
        other = reader(client.url, like=one)
        one.ask("甲是多少？", 1)
        other.ask("乙是多少？", 1)
        one.ask("甲二是多少？", 2)
        third = reader(client.url, like=one)
        names = third.page.locator(".sw-reopen span")
        names.first.wait_for()
        assert names.all_inner_texts() == ["甲是多少？", "乙是多少？"]
        third.page.locator(".sw-past li .sw-forget").nth(1).click()
        third.page.wait_for_function("document.querySelectorAll('.sw-reopen').length === 1")
        other.page.click("#sw-clear")  # the window in which it was asked does not bring it back
        other.page.locator(".sw-reopen").first.wait_for()
        assert other.page.locator(".sw-reopen span").all_inner_texts() == ["甲是多少？"]
        one.page.click("#sw-clear")
        one.page.locator(".sw-forget-all").click()
        one.page.locator(".sw-past").wait_for(state="detached")
        other.page.locator(".sw-past").wait_for(state="detached")  # told by the browser, without being loaded anew
        for window in (one, other, third):
            window.check()


def test_what_was_deleted_while_it_was_answered_stays_deleted(reader: Callable[..., Reader]):
    facade = Waiting()
    with serving(facade) as client:
        one = reader(client.url)
        one.page.fill("#sw-box textarea", "甲是多少？")
        one.page.press("#sw-box textarea", "Enter")
        assert facade.started.wait(30)
        other = reader(client.url, like=one)
        other.page.locator(".sw-past li .sw-forget").click()
        other.page.locator(".sw-past").wait_for(state="detached")
        facade.release.set()
        one.turn(1)
        other.reload()
        other.page.locator(".sw-example").first.wait_for()
        assert other.page.locator(".sw-reopen").count() == 0
        one.ask("甲二是多少？", 2)
        other.page.locator(".sw-reopen").wait_for()
        one.check()
        other.check()
