# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""The chat in a real Chromium: what a reader sees and does, and that nothing leaves the machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from browsing import MARKS, TARGET, Reader, browser, reader
from serving import Client, Scripted, Waiting, answered, api, assistant, cite, serving

from assistant.types import Document

pytestmark = MARKS


def test_a_marker_opens_the_document_at_its_quote(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(TARGET, 1)
    assert turn.locator(".sw-question").inner_text() == TARGET
    assert "2.3万家" in turn.locator(".sw-short").inner_text()
    card = turn.locator("#t1c1")
    assert "山东" in card.inner_text()
    assert "2022年目标" in card.inner_text()
    source = new.open_citation(turn.locator(".sw-cite").first)
    assert source.locator("mark").inner_text() == card.locator("mark").inner_text() == "高新技术企业达到2.3万家"
    assert "sw-here" in card.get_attribute("class")
    assert new.page.evaluate("document.activeElement.tagName") == "H2"
    seen = new.page.evaluate(
        """() => { const m = document.querySelector('.sw-source mark').getBoundingClientRect();
                  const t = document.querySelector('.sw-source-text').getBoundingClientRect();
                  return m.top >= t.top && m.bottom <= t.bottom; }"""
    )
    assert seen
    new.page.keyboard.press("Escape")
    assert new.page.evaluate("document.activeElement.id") == "t1m1"  # back where the reader was
    assert not source.is_visible()
    card.locator("a.sw-badge").click()
    assert new.page.evaluate("document.activeElement.id") == "t1m1"
    new.check()


def test_every_citation_opens_its_own_quote(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask("哪些省份提到“揭榜挂帅”？", 1)
    quotes = turn.locator(".sw-card mark").all_inner_texts()
    markers = turn.locator(".sw-prose .sw-cite")
    assert markers.count() == len(quotes) == 9
    for i, quote in enumerate(quotes):
        source = new.open_citation(markers.nth(i))
        assert "".join(source.locator("mark").all_inner_texts()) == quote
        assert source.locator(".sw-step-at").inner_text() == f"{i + 1} / 9"
        before = source.get_attribute("data-key")
    source.locator('.sw-step[data-step="1"]').click()  # from the last to the first
    assert new.opened(before).locator("mark").inner_text() == quotes[0]
    new.check()


def test_a_marker_shows_its_quote_to_mouse_and_keyboard(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(TARGET, 1)
    marker, hint = turn.locator(".sw-cite").first, new.page.locator("#sw-tip")
    marker.hover()
    assert hint.locator(".sw-tip-quote").inner_text() == "高新技术企业达到2.3万家"
    assert "山东" in hint.inner_text()
    new.page.mouse.move(5, 5)
    assert not hint.is_visible()
    marker.focus()
    assert hint.is_visible()
    assert marker.get_attribute("aria-describedby") == "sw-tip"
    new.page.keyboard.press("Escape")
    assert not hint.is_visible()
    new.check()


def test_an_example_is_one_click_and_a_new_chat_forgets(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    example = new.page.locator(".sw-example").first
    question = example.inner_text()
    example.click()
    assert new.turn(1).locator(".sw-question").inner_text() == question
    assert example.count() == 0
    new.page.click("#sw-clear")
    example.wait_for()
    assert new.page.locator(".sw-turn").count() == 0
    assert not new.page.locator("#sw-clear").is_visible()
    assert "#c=" not in new.page.url
    new.check()


def test_a_chip_taken_off_or_changed_asks_anew(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    new.ask("山东2022年高新技术企业目标是多少？", 1)
    new.page.locator('#t1 .sw-chip-cut[data-slot="provinces"]').click()
    turn = new.turn(2)
    assert "各省" in turn.locator(".sw-question").inner_text()
    assert "福建" in turn.locator(".sw-answer").inner_text()
    assert turn.locator('.sw-slot[data-slot="provinces"]').inner_text() == "全部省份"
    turn.locator('.sw-slot[data-slot="provinces"] .sw-chip-text').click()
    editor = new.page.locator("#t2-provinces")
    assert editor.is_visible()
    editor.get_by_text("海南").click()
    editor.get_by_text("宁夏").click()
    editor.locator(".sw-apply").click()
    turn = new.turn(3)
    assert turn.locator('.sw-slot[data-slot="provinces"] .sw-chip-text').all_inner_texts() == ["海南", "宁夏"]
    assert "福建" not in turn.locator(".sw-answer").inner_text()
    new.check()


def test_a_chip_of_result_or_target_changes_the_year_with_it(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    new.ask("山东2022年高新技术企业目标是多少？", 1)
    new.page.locator('#t1 .sw-slot[data-slot="periods"] .sw-chip-text').click()
    new.page.locator("#t1-periods").get_by_text("结果", exact=True).click()
    new.page.locator("#t1-periods .sw-apply").click()
    turn = new.turn(2)
    assert turn.locator('.sw-slot[data-slot="years"]').inner_text().startswith("2021年")
    assert "突破2万家" in turn.locator(".sw-short").inner_text()
    assert "2021年结果" in turn.locator("#t2c1").inner_text()
    new.check()


@pytest.mark.parametrize("opener", ['.sw-slot[data-slot="periods"] .sw-chip-text', ".sw-tool-away"])
def test_what_is_open_stays_open_when_the_turn_is_drawn_anew(api: Client, reader: Callable[..., Reader], opener: str):
    new = reader(api.url)
    turn = new.ask(TARGET, 1)
    turn.locator(opener).first.click()
    box = turn.locator("#t1-periods, .sw-away-box").locator("visible=true")
    box.wait_for()
    old = turn.element_handle()
    new.page.evaluate("turn => { const around = turn.parentElement; around.innerHTML = around.innerHTML; }", old)
    box.wait_for()
    assert not old.evaluate("turn => turn.isConnected")
    new.check()


def test_what_is_suggested_is_answered(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    new.ask(TARGET, 1)
    suggestions = new.page.locator(".sw-next button")
    suggestions.first.wait_for()
    questions = suggestions.all_inner_texts()
    assert questions
    for n, question in enumerate(questions, start=2):
        new.page.fill("#sw-box textarea", "")
        new.ask(question, n) if n > 2 else suggestions.first.click()
        assert "sw-answered" in new.turn(n).locator(".sw-status").get_attribute("class"), question
    new.check()


def test_a_question_can_be_edited_copied_and_linked(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url, permissions=["clipboard-read", "clipboard-write"])
    turn = new.ask(TARGET, 1)
    turn.get_by_role("button", name="编辑").click()
    assert new.page.input_value("#sw-box textarea") == TARGET
    assert new.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    turn.get_by_role("button", name="复制").click()
    new.page.get_by_text("已复制").wait_for()
    copied = new.page.evaluate("navigator.clipboard.readText()")
    assert "“高新技术企业达到2.3万家”" in copied
    assert TARGET in copied
    turn.get_by_role("button", name="链接").click()
    new.page.wait_for_function("async () => (await navigator.clipboard.readText()).includes('?q=')")
    link = new.page.evaluate("navigator.clipboard.readText()")
    other = reader(link)
    assert other.turn(1).locator(".sw-short").inner_text() == turn.locator(".sw-short").inner_text()
    other.check()
    new.check()


def test_a_retry_answers_in_place_of_the_turn(reader: Callable[..., Reader]):
    facade = Scripted()
    with serving(facade) as client:
        new = reader(client.url)
        new.ask("一是多少？", 1)
        facade.says = answered("二是多少？", quote="投入增长8%", short="8%")
        new.ask("二是多少？", 2)
        facade.says = answered("二是多少？")
        new.page.locator("#t2").get_by_role("button", name="重试").click()
        new.page.locator("#t2 .sw-short").get_by_text("120家左右").wait_for()
        assert new.page.locator(".sw-turn").count() == 2
        assert facade.asked[-1] == ("二是多少？", ("一是多少？",))
        assert new.page.locator("#t1").get_by_role("button", name="重试").count() == 0
        new.check()


def test_what_is_asked_while_an_answer_is_made_is_answered_next(reader: Callable[..., Reader]):
    facade = Waiting()
    with serving(facade) as client:
        new = reader(client.url)
        new.page.fill("#sw-box textarea", "一是多少？")
        new.page.press("#sw-box textarea", "Enter")
        new.page.press("#sw-box textarea", "Enter")  # twice, as the impatient do
        assert facade.started.wait(30)
        new.page.locator("#t1 .sw-wait").wait_for()
        new.page.fill("#sw-box textarea", "二是多少？")
        new.page.press("#sw-box textarea", "Enter")
        facade.release.set()
        assert new.turn(2).locator(".sw-question").inner_text() == "二是多少？"
        assert new.page.locator(".sw-turn").count() == 2
        assert [question for question, _ in facade.asked] == ["一是多少？", "二是多少？"]
        new.check()


def test_a_link_carries_what_limits_the_question(api: Client, reader: Callable[..., Reader]):
    new = reader(f"{api.url}/?q=高新技术企业目标是多少？&p=福建&y=2022&t=plan")
    turn = new.turn(1)
    assert "9000" in turn.locator(".sw-short").inner_text()
    assert "福建" in turn.locator("#t1c1").inner_text()
    new.check()


def test_conversations_are_kept_in_this_browser_and_can_be_deleted(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    new.ask("福建全社会研发投入打算增长多少？", 1)
    new.ask("那山东呢？", 2)
    new.reload()
    assert "10%" in new.turn(2).locator(".sw-short").inner_text()  # and the follow-up still follows
    new.page.click("#sw-clear")
    kept = new.page.locator(".sw-reopen")
    assert "福建全社会研发投入" in kept.inner_text()
    other = reader(api.url)  # another reader's browser
    assert other.page.locator(".sw-reopen").count() == 0
    kept.click()
    assert "18%" in new.turn(1).locator(".sw-short").inner_text()
    new.page.click("#sw-clear")
    new.page.locator(".sw-past li .sw-forget").click()
    new.page.locator(".sw-past").wait_for(state="detached")
    new.reload()
    new.page.locator(".sw-example").first.wait_for()
    assert new.page.locator(".sw-reopen").count() == 0
    other.check()
    new.check()


def test_english_and_back_keep_the_conversation(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    new.ask(TARGET, 1)
    new.page.click("#sw-switch")
    new.page.get_by_text("Cited sources").wait_for()
    card = new.page.locator("#t1c1").inner_text()
    assert "2022 target" in card
    assert "Shandong" in card
    assert new.page.locator("html").get_attribute("lang") == "en"
    new.page.press("#sw-box textarea", "Enter")
    empty = new.page.locator("#sw-note .sw-notice")
    empty.wait_for()
    assert empty.inner_text() == "Please write a question first."
    new.reload()  # the language is remembered
    assert new.turn(1).locator(".sw-sources h3").inner_text() == "Cited sources"
    new.page.click("#sw-switch")
    new.page.get_by_text("引用的原文").first.wait_for()
    new.check()


def test_the_theme_is_chosen_and_remembered(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url, color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = new.page.evaluate(paper)
    new.page.click('.sw-theme[data-theme="dark"]')
    assert new.page.evaluate(paper) != light
    new.reload()
    new.page.wait_for_function("document.body.classList.contains('dark')")
    new.page.click('.sw-theme[data-theme="system"]')
    new.page.wait_for_function("!document.body.classList.contains('dark')")
    new.page.emulate_media(color_scheme="dark")
    new.page.wait_for_function("document.body.classList.contains('dark')")
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
        HOSTILE, document, quote="达到5家", text=f"{HOSTILE} [1]", short=HOSTILE, citations=(cite(document, "达到5家"),),
        understood={"provinces": [HOSTILE], "measures": [HOSTILE, "x"]},
    )  # fmt: skip
    with serving(Scripted(says=says, texts=(document,))) as client:
        new = reader(client.url)
        turn = new.ask(HOSTILE, 1)
        assert turn.locator(".sw-question").inner_text() == HOSTILE
        assert turn.locator("mark").first.inner_text() == "达到5家"
        turn.locator(".sw-cite").first.hover()
        source = new.open_citation(turn.locator(".sw-cite").first)
        assert source.locator("mark").inner_text() == "达到5家"
        assert source.locator("h2").inner_text() == HOSTILE
        assert new.page.evaluate("window.pwned") is None
        for place in (turn, source):
            assert place.locator("img, script, svg, style, iframe").count() == 0
        new.page.keyboard.press("Escape")
        new.page.click("#sw-clear")
        assert HOSTILE[:40] in new.page.locator(".sw-reopen").inner_text()
        assert new.page.locator(".sw-past img, .sw-past script").count() == 0
        assert new.page.evaluate("window.pwned") is None
        new.check()


def test_a_long_question_is_told_so(reader: Callable[..., Reader]):
    with serving(Scripted()) as client:
        new = reader(client.url)
        turn = new.ask("长" * 10_000, 1)
        assert "有 10000 个字，超过了 2000 个字的上限" in turn.locator(".sw-notice").inner_text()
        assert new.ask("多少？", 2).locator("mark").count() == 1
        new.check()


def test_an_answer_that_takes_long_can_be_stopped_and_asked_again(reader: Callable[..., Reader]):
    facade = Waiting()
    with serving(facade) as client:
        new = reader(client.url)
        new.page.fill("#sw-box textarea", "多少？")
        new.page.press("#sw-box textarea", "Enter")
        new.page.locator("#t1 .sw-wait").wait_for()
        assert facade.started.wait(30)
        new.page.locator("#sw-box button.stop-button").click()
        assert "已停止" in new.turn(1).locator(".sw-notice").inner_text()
        facade.release.set()
        new.page.locator("#t1").get_by_role("button", name="重试").click()
        new.page.locator("#t1 .sw-short").wait_for()
        assert new.page.locator(".sw-turn").count() == 1
        new.check()


def test_a_server_lost_in_mid_answer_is_told_and_everything_comes_back(reader: Callable[..., Reader]):
    facade = Waiting()
    facade.release.set()
    with serving(facade) as client:
        port = client.port
        new = reader(client.url)
        new.ask("一是多少？", 1)
        facade.started.clear()
        facade.release.clear()
        new.page.fill("#sw-box textarea", "二是多少？")
        new.page.press("#sw-box textarea", "Enter")
        new.page.locator("#t2 .sw-wait").wait_for()
        assert facade.started.wait(30)
    facade.release.set()
    told = new.page.locator("#sw-told")
    told.get_by_text("与服务器的连接断了").wait_for()
    assert not new.page.get_by_text("Connection").is_visible()
    with serving(Scripted(), port=port):
        new.page.locator("#sw-note .sw-notice").wait_for()
        assert "一是多少？" in new.turn(1).inner_text()
        assert new.page.input_value("#sw-box textarea") == "二是多少？"
        new.page.press("#sw-box textarea", "Enter")
        assert "120家左右" in new.turn(2).inner_text()


def test_the_keyboard_alone_asks_opens_and_closes(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    keys = new.page.keyboard
    keys.type(TARGET)  # the box has the focus from the start
    keys.press("Enter")
    new.turn(1)

    def tab_to(selector: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if new.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"no way to {selector} by keyboard")

    new.page.locator("h1").click()
    tab_to(".sw-chip-text")
    keys.press("Enter")
    assert new.page.locator(".sw-editor:popover-open").count() == 1
    keys.press("Escape")
    assert new.page.locator(".sw-editor:popover-open").count() == 0
    tab_to(".sw-cite")
    keys.press("Enter")
    assert new.opened().locator("mark").inner_text() == "高新技术企业达到2.3万家"
    keys.press("Escape")
    assert new.page.evaluate("document.activeElement.matches('.sw-cite')")
    tab_to(".sw-card-open")
    keys.press("Enter")
    new.page.wait_for_function("document.querySelector('#sw-source.sw-open-now')")
    new.check()
