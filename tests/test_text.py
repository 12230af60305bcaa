"""Folding keeps every offset; sentences, clauses and paragraphs tile; nothing chokes on hostile text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import (
    clauses,
    clean_line,
    fold,
    has_cjk,
    is_traditional,
    paragraphs,
    sentences,
    to_simplified,
    trim,
)

# Any code point, lone surrogates included: a text may come from a broken file name or a JSON body.
ANY = st.text(st.characters(exclude_categories=()), max_size=80)
REPORT = st.text(st.sampled_from("增长达到2.3万家，。；！？\n “”’,.:：5% aA)（、"), max_size=80)
SPLITTERS = [sentences, clauses, paragraphs]


@given(ANY | REPORT)
def test_fold_keeps_length_and_folding_twice_changes_nothing(text):
    once = fold(text)
    assert len(once) == len(text)
    assert fold(once) == once


@given(ANY)
def test_simplifying_keeps_length_and_is_idempotent(text):
    once = to_simplified(text)
    assert len(once) == len(text)
    assert to_simplified(once) == once
    assert is_traditional(text) == (once != text)


@given(ANY | REPORT, st.integers(0, 80), st.integers(0, 80), st.sampled_from(SPLITTERS))
def test_pieces_tile_any_span(text, a, b, split):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    spans = split(text, start, end)
    assert [x for span in spans for x in span] == sorted(x for span in spans for x in span)
    assert all(x < y for x, y in spans)
    assert "".join(text[x:y] for x, y in spans) == text[start:end]
    assert all(spans[i][1] == spans[i + 1][0] for i in range(len(spans) - 1))


@given(REPORT)
def test_trim_cuts_whitespace_only(text):
    a, b = trim(text, 0, len(text))
    assert text[a:b] == text.strip() or (a == b and not text.strip())


@given(ANY)
def test_a_clean_line_is_one_line_of_printable_text(text):
    line = clean_line(text)
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in line)
    assert line == " ".join(line.split())


@pytest.mark.parametrize(
    ("given_", "folded"),
    [
        ("２０％", "20%"),
        ("“揭榜掛帥”", '"揭榜挂帅"'),
        ("3—5家", "3-5家"),
        ("Ｒ＆Ｄ", "r&d"),
        ("A\u3000B", "a b"),
        ("技術轉移", "技术转移"),
        ("ß İ ﬁ", "ß İ ﬁ"),  # what would change its length stays
        ("\ud800\u202e\0", "\ud800\u202e\0"),
    ],
)
def test_fold(given_, folded):
    assert fold(given_) == folded


def pieces(split, text):
    return [text[a:b] for a, b in split(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("一是增长5%。二是降低2%！", ["一是增长5%。", "二是降低2%！"]),
        ("他说：“要干！”再干。", ["他说：“要干！”", "再干。"]),
        ("第一行\n第二行", ["第一行\n", "第二行"]),
        ("It grew 2.5 percent. Then it fell.", ["It grew 2.5 percent. ", "Then it fell."]),
        ("增长5%. 下降", ["增长5%. 下降"]),  # an English stop parts nothing in Chinese
    ],
)
def test_sentences(text, wanted):
    assert pieces(sentences, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("企业1,220家,增长8%", ["企业1,220家,", "增长8%"]),
        ("增长8%,100家企业", ["增长8%,", "100家企业"]),  # three digits after a comma that groups nothing
        ("目标：增长5%；力争6%", ["目标：", "增长5%；", "力争6%"]),
        ("比例为3:1", ["比例为3:1"]),
    ],
)
def test_clauses(text, wanted):
    assert pieces(clauses, text) == wanted


def test_paragraphs_of_a_text_flattened_to_one_line_are_parted_by_spaces_after_stops():
    assert pieces(paragraphs, "加快创新。 优化环境。 完善制度") == ["加快创新。 ", "优化环境。 ", "完善制度"]
    assert pieces(paragraphs, "One. Two.\nThree.") == ["One. Two.\n", "Three."]


def test_has_cjk():
    assert has_cjk("R&D投入")
    assert not has_cjk("R&D, カナ")


@pytest.mark.parametrize("unit", ["a", "好", "7", "。", "\n", " ", "（(", "“", "\0", "\ud800", "\u202e", "a. ", "，5"])
@pytest.mark.parametrize("split", SPLITTERS)
def test_a_hundred_thousand_of_anything_are_split(split, unit):
    text = (unit * 100_000)[:100_000]
    assert sum(b - a for a, b in split(text)) == len(text)
    assert len(fold(text)) == len(text)
