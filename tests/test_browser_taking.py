# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""Answers taken away from the page and judged on it, in a real Chromium: the files are opened and checked again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from browsing import MARKS, TARGET, Reader, browser, reader
from serving import Client, api, assistant

from assistant.takeaway.verify import verify_bundle

pytestmark = MARKS


def saved(new: Reader, turn: Any, scope: int, label: str) -> bytes:
    """The file that a button of the export list gives; ``scope`` 0 is the answer, 1 the conversation."""
    box = turn.locator(".sw-away").first
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    with new.page.expect_download() as given:
        box.locator("li").nth(scope).get_by_text(label, exact=True).click()
    with open(given.value.path(), "rb") as file:
        return file.read()


def test_an_answer_and_a_conversation_are_taken_away(api: Client, reader: Callable[..., Reader], assistant: Any):
    import docx

    new = reader(api.url)
    new.ask(TARGET, 1)
    turn = new.ask("那福建呢？", 2)
    told = saved(new, turn, 0, "Markdown").decode()
    assert "突破9000家" in told and "高新技术企业达到2.3万家" not in told
    whole = saved(new, turn, 1, "Markdown").decode()
    assert TARGET in whole and whole.index("2.3万家") < whole.index("突破9000家")
    words = "\n".join(p.text for p in docx.Document(io.BytesIO(saved(new, turn, 1, "Word"))).paragraphs)
    assert "高新技术企业达到2.3万家" in words
    bundle = saved(new, turn, 1, "可核验的 JSON")
    report = verify_bundle(bundle, assistant)
    assert report.findings == () and report.answers == 2 and report.compared
    new.check()


def test_a_judgement_is_kept_and_becomes_a_case(
    api: Client, reader: Callable[..., Reader], assistant: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
):
    kept = tmp_path / "feedback.jsonl"
    monkeypatch.setattr(type(assistant.settings), "feedback_file", property(lambda self: kept), raising=False)
    new = reader(api.url)
    turn = new.ask(TARGET, 1)
    turn.locator(".sw-away summary", has_text="有问题").click()
    form = turn.locator('form[data-verdict="down"]')
    form.locator("select").select_option("wrong_figure")
    form.locator("input").fill("应为另一数字")
    form.locator("button").click()
    new.page.get_by_text("已记下").wait_for()
    entry = json.loads(kept.read_text(encoding="utf-8").splitlines()[0])
    assert (entry["verdict"], entry["reason"], entry["comment"]) == ("down", "wrong_figure", "应为另一数字")
    new.check()
