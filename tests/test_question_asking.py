"""Of a long text only what asks is read as the question; short texts, quotations and sentences to be placed stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.asking import LONG, asking_part

PAGE = "加快建设科技创新平台,推动成果转化。" * 20


@pytest.mark.parametrize("question", ["山东今年高新技术企业目标是多少？", "How many high-tech firms does Jilin have?"])
@pytest.mark.parametrize("before", [True, False])
def test_the_question_is_found_before_and_behind_a_pasted_page(question, before):
    text = f"{question} {PAGE}" if before else f"{PAGE} {question}"
    assert asking_part(text).strip() == question


def test_several_questions_are_kept():
    asked = asking_part(f"{PAGE}山东的目标是多少？福建呢？{PAGE}")
    assert asked == "山东的目标是多少？福建呢？"


def test_a_page_that_asks_nothing_is_cut_at_a_clause():
    page = PAGE.replace("。", ",")
    asked = asking_part(page)
    assert 0 < len(asked) <= LONG and page.startswith(asked) and asked.endswith("转化")


def test_a_question_that_a_line_break_cuts_stays_whole():
    assert asking_part(f"{PAGE}吉林和海南的科技\n示范基地哪个大？") == "吉林和海南的科技示范基地哪个大？"
    assert asking_part(f"{PAGE}How many firms\ndoes Jilin have?") == "How many firms\ndoes Jilin have?"
    assert asking_part(f"{PAGE[:-1]}\n{'甲' * LONG}\n福建呢？") == "福建呢？"


@pytest.mark.parametrize("text", [f"“{PAGE}”出自哪个省？", f"{PAGE}这段话出自哪里？", "短问题"])
def test_what_is_asked_about_stays(text):
    assert asking_part(text) == text


@given(st.text(max_size=600))
def test_nothing_is_added_and_something_stays(text):
    asked = asking_part(text)
    assert len(asked) <= max(LONG, len(text)) and (bool(asked) or not text.strip() or len(text) > LONG)
    assert set(asked) <= set(text)


def test_nothing_but_blanks_asks_nothing():
    assert not asking_part("\r\n" * 400).strip()
