"""Passages are whole sentences of the document, never longer than the model reads, and hold all that is said."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.encoders import open_model
from assistant.passages import HARD_TOKENS, TARGET_TOKENS, cut_passages, indexed_text
from assistant.settings import load_settings
from assistant.types import Document, Passage, Section, Span

PIECES = st.sampled_from(
    ["高新技术企业达到2.3万家", "。", "，", "；", "\n", " ", "a", "R&D", "!", "”", "字" * 50, "x" * 400, "，" * 30]
)
TEXT = st.lists(PIECES, max_size=30).map("".join)


def fake_count(texts):
    """A token for each character, so that limits are reached by short texts."""
    return [len(t) for t in texts]


def cut(text, count=fake_count, bounds=()):
    edges = sorted({0, len(text), *(min(b, len(text)) for b in bounds)})
    sections = tuple(
        Section(Span("d", a, b), ("标题",), "山东", 2022, "plan") for a, b in zip(edges, edges[1:], strict=False)
    )
    return sections, cut_passages(Document("d", "标题", text), sections, count)


@given(TEXT, st.lists(st.integers(0, 200), max_size=3))
def test_passages_are_slices_in_order_that_hold_every_word(text, bounds):
    sections, passages = cut(text, bounds=bounds)
    assert all(p.text == text[p.span.start : p.span.end] == p.text.strip() for p in passages)
    assert all(a.span.end <= b.span.start for a, b in zip(passages, passages[1:], strict=False))
    assert all(any(s.span.contains(p.span) for s in sections) for p in passages)
    held = set().union(*(range(p.span.start, p.span.end) for p in passages))
    assert all(i in held for i, c in enumerate(text) if c.isalnum())
    assert all(any(c.isalnum() for c in p.text) for p in passages)


@given(TEXT)
def test_no_passage_is_longer_than_the_model_reads(text):
    assert all(len(p.text) <= HARD_TOKENS for p in cut(text)[1])


def test_whole_sentences_up_to_the_target():
    sentence = "字" * 59 + "。"  # three of them are 180 tokens, four would be 240
    _, passages = cut(sentence * 7)
    assert [len(p.text) for p in passages] == [180, 180, 60]
    assert TARGET_TOKENS < 240


def test_a_sentence_too_long_is_cut_at_clauses_and_a_clause_in_halves():
    _, passages = cut("字" * 199 + "，" + "词" * 199 + "。")
    assert [p.text[0] for p in passages] == ["字", "词"]
    _, passages = cut("字" * 1000)
    assert len(passages) == 4  # 1000 halved twice
    assert "".join(p.text for p in passages) == "字" * 1000


def test_the_real_tokenizer_agrees():
    count = open_model(load_settings()).count_tokens
    text = "全社会研发经费投入增长10%以上，" * 80 + "。ABC 12,345 \u202e\u0300" * 40 + "揭榜挂帅" * 400
    _, passages = cut(text, count)
    assert all(n <= HARD_TOKENS for n in count([p.text for p in passages]))
    assert sum(len(p.text) for p in passages) >= sum(c.isalnum() for c in text)


def test_what_the_page_hung_around_the_document_is_no_passage():
    document = Document("d", "t", "正文一句。\n相关报道：\n某某")
    sections = (Section(Span("d", 0, 6)), Section(Span("d", 6, 14), (FURNITURE,)))
    assert [p.text for p in cut_passages(document, sections, fake_count)] == ["正文一句。"]


@pytest.mark.parametrize("unit", ["a", "字", "7", "。", "\n", "（", "\0", "\ud800", "\u202e", "好。"])
def test_a_hundred_thousand_of_anything_are_cut_with_few_counts(unit):
    text = (unit * 100_000)[:100_000]
    counted = []

    def count(texts):
        counted.append(sum(map(len, texts)))
        return [len(t) for t in texts]

    cut(text, count)
    # Each halving counts the whole once more: the logarithm of the length over the limit, and a few passes before it.
    assert sum(counted) <= len(text) * (5 + math.ceil(math.log2(len(text) / HARD_TOKENS)))


@pytest.mark.parametrize(
    ("passage", "indexed"),
    [
        (("山东", 2022, "plan", ("NO.27·山东", "2022发展规划")), "山东 2022年发展规划目标：2022发展规划：字"),
        (("山东", 2021, "review", ()), "山东 2021年工作回顾：字"),
        ((None, None, None, ()), "字"),
        ((None, 2025, "review_5y", ("长" * 31,)), "过去五年工作回顾（至2025年）：字"),
    ],
)
def test_what_is_searched_names_place_and_period(passage, indexed):
    province, year, period, heading = passage
    assert indexed_text(Passage(Span("d", 0, 1), "字", heading, province, year, period)) == indexed
