"""Figures by value and unit, phrases whole, yes or no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.matching import holds, holds_phrase, only_figure, opening_polarity, polarity, strengths_kept


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("高企达到23,000家", "2.3万家"),
        ("a target of 23,000 high-tech enterprises [1]", "2.3万家"),
        ("RMB 130 billion", "1300亿元"),
        ("130 billion yuan of contracts", "1300亿元"),
        ("1,300亿元", "1300亿元"),
        ("growth of **18 per cent**", "18%以上"),
        ("up 2 percentage points", "2个百分点左右"),
        ("力争突破9000家", "突破9000家"),
        ("３—５家", "3—5家"),
        ("3到5家", "3—5家"),
        ("１２２０户", "1220家"),
        ("达到0.9 %", "0.9%"),
        ("一共两次", "两次"),
        ("人才政策2.0版", "2.0版"),
        ("600 km maglev", "600公里"),
    ],
)
def test_a_figure_is_found_by_value(text, entry):
    assert holds(text, entry)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("2.3万家", "3万家"),
        ("12.3万家", "2.3万家"),
        ("23家", "2.3万家"),
        ("2.3亿元", "2.3万家"),
        ("8家", "8%"),
        ("8", "8%"),
        ("8个百分点", "8%"),
        ("1300", "1300亿元"),
        ("13000亿元", "1300亿元"),
        ("1300亿美元", "1300亿元"),
        ("3家", "3—5家"),
        ("3—5家", "3家"),
        ("见脚注[8]", "8家"),
        ("12.0版", "2.0版"),
        ("", "8家"),
    ],
)
def test_another_figure_is_not(text, entry):
    assert not holds(text, entry)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_counts_are_equal_exactly_when_their_values_are(a, b):
    # the plain number, its grouping by thousands and its count of 万 say the same
    assert holds(f"达到{a:,}家", f"{a}家")
    assert holds(f"达到{a}万家", f"{a * 10000}家")
    assert holds(f"达到{a}家", f"{b}家") == (a == b)


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("推行 “赛马” 制度", "“赛马”制", True),
        ("推行赛馬制", "赛马制", True),
        ("ABC Plan", "abc plan", True),
        ("建设16家省实验室", "6家省实验室", False),
        ("建设6家省实验室", "6家省实验室", True),
        ("1.6家", "6家", False),
        ("任意", "——", False),
    ],
)
def test_phrases_stand_whole_at_digits(text, phrase, expected):
    assert holds_phrase(text, phrase) is expected


def test_an_entry_with_a_noun_is_a_phrase():
    assert only_figure("突破9000家") is not None
    assert only_figure("2项大科学装置") is None
    assert not holds("2项专利", "2项大科学装置")


def test_other_names_count():
    assert holds("Shandong leads", "山东", {"山东": ("Shandong",)})
    assert not holds("Shandong leads", "山东")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("是", True), ("是的。", True), ("Yes.", True), ("有", True), ("否", False), ("不是", False), ("没有", False),
     ("No", False), ("Not stated", False), ("Norway", None), ("2.3万家", None), ("", None)],
)  # fmt: skip
def test_polarity(text, expected):
    assert polarity(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("是。甲省推行 [1]", True),
        ("No, it is 10% [1]", False),
        ("支持企业建设实验室 [1]", None),
        ("无人机产业 [1]", None),
    ],
)
def test_an_excerpt_that_opens_with_a_word_of_assent_says_nothing(text, expected):
    assert opening_polarity(text) is expected


def test_strength_is_kept_with_the_figure():
    # three entries have a word of strength; the text tells two of them, one of these bare
    entries = ["突破9000家", "18%以上", "100项左右", "7家"]
    assert strengths_kept(entries, "力争突破9000家，增长18%，共7家") == (1.0, 2.0)
