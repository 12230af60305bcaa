# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""All provinces at once in a real Chromium: table, bars and map agree, can be sorted, taken away and read by anybody."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browsing import COMPARISON, LIST, MARKS, TARGET, Reader, browser, reader, serious
from serving import Client, api, assistant

pytestmark = MARKS


def rows_of(turn: Any) -> list[list[str]]:
    """The table's rows as texts, in the order shown; hidden or not."""
    return turn.locator(".sw-all tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.children].map(c => c.textContent.trim()))"
    )


def states_of(turn: Any) -> dict[str, str]:
    """What the map says of each provincial unit."""
    return dict(
        turn.locator(".sw-map .sw-tile").evaluate_all(
            "tiles => tiles.map(t => [t.dataset.province, [...t.classList].find(c => c.startsWith('sw-tile-')).slice(8)])"
        )
    )


def test_table_bars_and_map_of_a_comparison_agree(api: Client, assistant: Any, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(COMPARISON, 1)
    rows, states = rows_of(turn), states_of(turn)
    answer = assistant.ask(COMPARISON)
    assert [row[0] for row in rows] == [row[0] for row in answer.table.rows]
    said = {row[0] for row in rows if row[-1]}
    assert len(states) == 34
    assert {p for p, state in states.items() if state == "yes"} == said == set(answer.provinces)
    assert {p for p, state in states.items() if state == "no"} == {row[0] for row in rows} - said
    assert {p for p, state in states.items() if state == "absent"} == set(states) - set(assistant.info()["provinces"])
    bars = turn.locator(".sw-bars .sw-mark")
    named = dict(
        zip(
            turn.locator(".sw-bar-name").all_text_contents(),
            turn.locator(".sw-bar-value").all_text_contents(),
            strict=True,
        )
    )
    assert bars.count() == len(said)
    for row in rows:
        if row[-1]:
            assert row[3].endswith(named[row[0]])
    turn.get_by_role("button", name="地图").click()
    assert turn.locator(".sw-legend").inner_text().split() == [
        "✓",
        "说到",
        "5",
        "–",
        "没有说到",
        "6",
        "不在语料中",
        "23",
    ]
    new.check()


def test_every_row_tile_and_bar_opens_its_quote(api: Client, assistant: Any, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(COMPARISON, 1)
    quotes = {c.province: c.quote for c in assistant.ask(COMPARISON).citations}

    def check_opened(target: Any, quote: str) -> None:
        assert new.open_citation(target).locator("mark").inner_text() == quote
        new.page.keyboard.press("Escape")

    check_opened(turn.locator('.sw-bars .sw-mark[data-n="3"] .sw-bar'), quotes["黑龙江"])
    turn.get_by_role("button", name="地图").click()
    check_opened(turn.locator('.sw-tile[data-province="宁夏"]'), quotes["宁夏"])
    turn.get_by_role("button", name="表格").click()
    cells = turn.locator(".sw-all tbody tr").nth(1).locator("th, td")
    for i in range(cells.count()):
        check_opened(cells.nth(i), quotes["福建"])
    before = new.source.get_attribute("data-key")
    turn.locator(".sw-all tr.sw-silent").first.click()
    assert new.source.get_attribute("data-key") == before
    new.check()


def test_bars_and_tiles_are_reached_and_opened_by_keyboard(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(COMPARISON, 1)
    focused = "document.activeElement.matches"
    for view, drawing in (("柱图", ".sw-bars"), ("地图", ".sw-map")):
        turn.get_by_role("button", name=view, exact=True).click()
        shown = turn.locator(f"{drawing} g.sw-mark")
        assert shown.count() == turn.locator(drawing).get_by_role("button").count() > 1
        for _ in range(30):
            new.page.keyboard.press("Tab")
            if new.page.evaluate(f"{focused}('{drawing} g.sw-mark')"):
                break
        assert new.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        number = new.page.evaluate("document.activeElement.dataset.n")
        before = new.source.get_attribute("data-key") if new.source.count() else ""
        new.page.keyboard.press("Enter")
        quote = new.opened(before).locator("mark").inner_text()
        assert quote == turn.locator(f"#t1c{number} mark").inner_text()
        new.page.keyboard.press("Escape")
        assert new.page.evaluate(f"{focused}('{drawing} g.sw-mark[data-n=\"{number}\"]')")  # back where the reader was
    assert serious(new.page) == []
    new.check()


def test_the_table_sorts_by_any_column_and_the_silent_stay_last(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(COMPARISON, 1)
    turn.get_by_role("button", name="表格").click()
    heading = turn.get_by_role("button", name="数值")
    values = [50, 200, 800, 9000, 23000]
    for direction, expected in (("ascending", values), ("descending", values[::-1])):
        heading.click()
        assert heading.locator("..").get_attribute("aria-sort") == direction
        shown = turn.locator(".sw-all tbody td[data-value]:nth-child(4)").evaluate_all(
            "c => c.map(e => +e.dataset.value)"
        )
        assert shown == expected
        assert rows_of(turn)[-1][-1] == ""
    turn.get_by_role("button", name="省份", exact=True).click()
    names = [row[0] for row in rows_of(turn)]
    assert names == new.page.evaluate("n => [...n].sort((a, b) => a.localeCompare(b, 'zh-CN'))", names)
    new.check()


def test_a_list_and_its_map_agree(api: Client, assistant: Any, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(LIST, 1)
    assert {p for p, state in states_of(turn).items() if state == "yes"} == set(assistant.ask(LIST).provinces)
    assert turn.locator(".sw-map desc").text_content().startswith("说到：天津、内蒙古、")
    assert turn.locator(".sw-bars").count() == 0
    new.check()


def test_tables_and_pictures_can_be_taken_away(api: Client, reader: Callable[..., Reader], tmp_path: Path):
    new = reader(api.url)
    turn = new.ask(COMPARISON, 1)
    rows = rows_of(turn)

    def taken(kind: str) -> Path:
        with new.page.expect_download() as download:
            turn.locator(f".sw-take-{kind}").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert path.name == f"{COMPARISON}.{kind}"
        return path

    raw = taken("csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert [r[:4] for r in csv.reader(io.StringIO(raw.decode("utf-8-sig")))][1:] == [r[:4] for r in rows]
    sheet = openpyxl.load_workbook(taken("xlsx")).active
    assert [[c or "" for c in r[:4]] for r in sheet.iter_rows(values_only=True)][1:] == [r[:4] for r in rows]
    svg = taken("svg").read_text("utf-8")
    assert "力争突破9000家" in svg
    assert "var(" not in svg
    png = taken("png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5000
    drawn = new.page.evaluate(
        """async source => { const i = new Image(); i.src = 'data:image/svg+xml,' + encodeURIComponent(source);
             await i.decode(); return i.naturalWidth > 300 }""",
        svg,
    )  # it is a picture by itself
    assert drawn
    new.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways(api: Client, reader: Callable[..., Reader], scheme: str):
    new = reader(api.url, 390, 844, color_scheme=scheme, is_mobile=True, has_touch=True)
    assert new.overflow() == []
    turn = new.ask(TARGET, 1)
    assert new.overflow() == []
    source = new.open_citation(turn.locator(".sw-cite").first)
    assert new.overflow() == []
    assert round(source.bounding_box()["width"]) == 390
    source.locator(".sw-close").click()
    turn = new.ask("各省高新技术企业目标对比", 2)
    for view in ("柱图", "地图", "表格"):
        turn.get_by_role("button", name=view).click()
        assert new.overflow() == []
    turn.locator(".sw-chip-text").first.click()
    assert new.overflow() == []
    new.page.keyboard.press("Escape")
    new.ask("长" * 1500, 3)
    assert new.overflow() == []
    new.page.click("#sw-switch")
    new.page.locator("html[lang=en]").wait_for()
    new.page.locator("#t2").get_by_role("button", name="Map").click()
    assert new.overflow() == []
    new.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(api: Client, reader: Callable[..., Reader], scheme: str):
    new = reader(api.url, color_scheme=scheme)
    new.page.wait_for_function(f"document.body.classList.contains('dark') === {str(scheme == 'dark').lower()}")
    assert serious(new.page) == []
    new.ask("北京的高新技术企业有多少？", 1)
    turn = new.ask(COMPARISON, 2)
    new.page.locator(".sw-next").wait_for()
    for view in ("地图", "表格"):
        assert serious(new.page) == []
        turn.get_by_role("button", name=view).click()
    turn.locator(".sw-chip-text").first.click()
    assert serious(new.page) == []
    new.page.keyboard.press("Escape")
    new.open_citation(turn.locator(".sw-prose .sw-cite").first)
    assert serious(new.page) == []
    new.check()


def test_axe_finds_nothing_serious_on_a_phone(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url, 390, 844, is_mobile=True, has_touch=True)
    turn = new.ask(COMPARISON, 1)
    assert serious(new.page) == []
    new.open_citation(turn.locator(".sw-prose .sw-cite").first)
    assert serious(new.page) == []
    new.page.locator(".sw-close").click()
    new.page.click("#sw-clear")
    new.page.locator(".sw-reopen").wait_for()
    assert serious(new.page) == []
    new.check()


@pytest.mark.slow
def test_twenty_readers_at_once_are_each_answered_their_own(api: Client, assistant: Any, reader: Callable[..., Reader]):
    questions = [COMPARISON, LIST, TARGET, "天津2021年技术合同成交额是多少？"]
    asked = [(reader(api.url), questions[i % 4]) for i in range(20)]
    for new, question in asked:
        new.page.fill("#sw-box textarea", question)
        new.page.press("#sw-box textarea", "Enter")
    for new, question in asked:
        turn = new.turn(1)
        assert turn.locator(".sw-question").inner_text() == question
        assert turn.locator(".sw-card").count() == len(assistant.ask(question).citations)
        new.check()
