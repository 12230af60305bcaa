"""Figures as reports write them: value, unit, range, strength; what is none; places in a ranking."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import numerals
from assistant.numerals import bare_figures, figures, format_value, ranks

PIECES = st.sampled_from(
    "5 12 2.3 1,220 2022 万 亿 家 % 个百分点 百分之 分之 三 十 成 翻 番 左右 以上 超 约 从 到 至 — - 。 ， 、 第 位 居 全国 前 “ ” \n 年 月 ٣ ２ "
    "余 多 倍 一半 突破 级 部 门 a pm2.5 十一 \0 \ud800".split(" ")
)
TEXT = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)


@given(TEXT, st.sampled_from([figures, ranks]))
def test_figures_lie_in_the_text_in_order_without_overlap(text, read):
    found = read(text)
    assert all(0 <= f.start <= f.number[0] < f.number[1] <= f.end <= len(text) for f in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert all(math.isfinite(f.value) and f.value >= 0 for f in found)
    assert all(text[f.start : f.end] == text[f.start : f.end].strip() for f in found)


@given(TEXT, st.integers(0, 60), st.integers(0, 60))
def test_figures_of_a_stretch_lie_in_it(text, a, b):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    assert all(start <= f.start and f.end <= end for f in [*figures(text, start, end), *ranks(text, start, end)])


def one(text):
    (figure,) = figures(text)
    return text[figure.start : figure.end], figure.value, figure.high, figure.unit, figure.strength


@pytest.mark.parametrize(
    ("text", "written", "value", "high", "unit", "strength"),
    [
        ("达到2.3万家", "2.3万家", 23_000, None, "家", ""),
        ("增长１８％以上", "１８％以上", 18, None, "%", "以上"),
        ("新增3—5家", "3—5家", 3, 5, "家", "range"),
        ("5%至8%之间", "5%至8%", 5, 8, "%", "range"),
        ("孵化企业130余家", "130余家", 130, None, "家", "余"),
        ("力争突破1.2万亿元", "力争突破1.2万亿元", 1.2e12, None, "元", "力争突破"),
        ("提高2个百分点左右", "2个百分点左右", 2, None, "个百分点", "左右"),
        ("10 家实验室", "10 家", 10, None, "家", ""),
        ("企业1,220家", "1,220家", 1220, None, "家", ""),
        ("打造6个万亿级产业", "6个", 6, None, "个", ""),  # 万亿 belongs to the noun
        ("5个市", "5个", 5, None, "个", ""),
        ("5000多户", "5000多户", 5000, None, "户", "多"),
        ("突破万亿元", "突破万亿元", 1e12, None, "元", "突破"),
        ("稳定在万亿斤以上", "稳定在万亿斤以上", 1e12, None, "斤", "稳定在以上"),
        ("产量280.9亿斤", "280.9亿斤", 28_090_000_000, None, "斤", ""),  # to the last digit
        ("900多万个体工商户", "900多万", 9e6, None, "", "多"),
        ("收入20 305元", "20 305元", 20_305, None, "元", ""),
        ("超百家", "超百家", 100, None, "家", "超"),
        ("增长一半", "一半", 50, None, "%", ""),
        ("近六成", "近六成", 60, None, "%", "近"),
        ("三分之二以上", "三分之二以上", 200 / 3, None, "%", "以上"),
        ("百分之六点五", "百分之六点五", 6.5, None, "%", ""),
        ("百分之十五", "百分之十五", 15, None, "%", ""),
        ("百分之15", "百分之15", 15, None, "%", ""),
        ("千分之五", "千分之五", 5, None, "‰", ""),
        ("翻两番", "翻两番", 4, None, "倍", ""),
        ("降至28.5微克每立方米", "28.5微克每立方米", 28.5, None, "微克每立方米", ""),
        ("签约3543亿元", "3543亿元", 3.543e11, None, "元", ""),  # the 约 of 签约 is no "about"
        ("约3543亿元", "约3543亿元", 3.543e11, None, "元", "约"),
    ],
)
def test_a_figure(text, written, value, high, unit, strength):
    got = one(text)
    assert got[0] == written
    assert got[1] == pytest.approx(value)
    assert got[2:] == (high, unit, strength)


def test_from_a_to_b_is_two_figures_and_no_range():
    assert [(f.value, f.high) for f in figures("从39个拓展到91个")] == [(39, None), (91, None)]
    assert [(f.value, f.high) for f in figures("从5%到8%")] == [(5, None), (8, None)]


@pytest.mark.parametrize(
    "text",
    ["2022年", "2030年万元地区生产总值", "2022年12月5日", "第5批", "H9", "5G", "PM2.5", "“1313”实验室体系", "“15分钟”社区生活圈", "30万吨级航道",
     "6部门联合印发", "20世纪90年代", "2022-03-05", "9" * 40 + "元", "万家灯火", "成为", "三成立"],
)  # fmt: skip
def test_what_is_no_figure(text):
    assert [f for f in figures(text) if f.unit] == []


@pytest.mark.parametrize(
    ("text", "written", "value", "strength"),
    [
        ("总量居全国第5位", "全国第5位", 5, ""),
        ("增速均居全国第三。", "全国第三", 3, ""),
        ("保持全国第一，", "全国第一", 1, ""),
        ("指数居首位", "首位", 1, ""),
        ("位列第2名、", "第2名", 2, ""),
        ("跻身世界前十", "世界前十", 10, "前"),
        ("排名第十二位", "第十二位", 12, ""),
    ],
)
def test_a_place_in_a_ranking(text, written, value, strength):
    (rank,) = ranks(text)
    assert (text[rank.start : rank.end], rank.value, rank.strength, rank.unit, rank.rank) == (
        written, value, strength, "位", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["第一，加强领导", "第一产业增加值", "第二批", "前三季度增长", "居全国前列", "第一时间"]
)
def test_what_is_no_place_in_a_ranking(text):
    assert ranks(text) == []


def test_bare_figures_are_the_digits_that_the_check_compares():
    assert bare_figures("１,２２０家、增长08.5%和 0 个") == {"1220", "8.5", "0"}


@pytest.mark.parametrize(("value", "written"), [(2.0, "2"), (2.50, "2.5"), (1 / 3, "0.3333"), (1e12, "1000000000000")])
def test_format_value(value, written):
    assert format_value(value) == written


@pytest.mark.parametrize(
    "unit",
    [
        "7",
        "5家",
        "5家、",
        "1 111",
        "1,111",
        "1-",
        "从5",
        "百分之",
        "三分之",
        "第",
        "居",
        "超",
        "万",
        "5到",
        "“5",
        '"5"',
        "翻",
    ],
)
def test_a_hundred_thousand_of_anything_are_read(unit):
    text = (unit * 100_000)[:100_000]
    assert all(f.end <= len(text) for f in [*figures(text), *ranks(text)])


def test_reading_clause_by_clause_folds_the_text_about_once(monkeypatch):
    """What was read of a document must not grow with the square of its length."""
    folded = []
    monkeypatch.setattr(numerals, "fold", lambda text: (folded.append(len(text)), text)[1])
    text = "企业达到5家，" * 2000
    for start in range(0, len(text), 7):
        figures(text, start, start + 7)
    assert sum(folded) <= 5 * len(text)
