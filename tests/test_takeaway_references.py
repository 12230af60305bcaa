"""References after GB/T 7714-2015: what the store holds in the standard's order, and nothing that it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from takeaway_samples import LIBRARY, PARTS, REPORT, TODAY, any_answers, cited

from assistant.lexicon import load_lexicon
from assistant.takeaway.plain import copy_text
from assistant.takeaway.references import address, reference, references
from assistant.types import Answer, Document, Span

LEXICON = load_lexicon()
PRINTED = replace(REPORT, origin="")


def of(document: Document, accessed=TODAY, **changes) -> str:
    """The reference of the first sentence of a document."""
    citation = replace(
        cited(REPORT, 0, 16), span=Span(document.id, 0, 16), title=document.title, heading=("一、工作回顾",)
    )
    return reference(replace(citation, **changes), document, lexicon=LEXICON, accessed=accessed).text


def test_a_report_has_its_government_as_author_and_its_characters_as_pages():
    assert of(PRINTED) == "山东省人民政府. 2022年山东省政府工作报告[R]. 2022: 一、工作回顾, 原文第0-16字."


def test_an_address_makes_it_an_electronic_resource_with_the_day_of_access():
    assert of(REPORT) == (
        "山东省人民政府. 2022年山东省政府工作报告[EB/OL]. 2022: 一、工作回顾, 原文第0-16字[2026-01-31]. "
        "https://www.example.gov.cn/art/2022/1/28/art_1.html"
    )
    assert "[2026" not in of(REPORT, accessed=None)
    assert "[2026" not in of(PRINTED)  # the standard wants it for what is read on line only


def test_a_part_of_a_collection_is_named_before_the_collection():
    said = of(PARTS, province="内蒙古", heading=("NO.24·内蒙古", "2022发展规划"))
    assert said == (
        "内蒙古自治区人民政府. 政府工作报告[R]//各省政府工作报告摘录. 2022: NO.24·内蒙古 › 2022发展规划, 原文第0-16字."
    )
    assert of(PARTS, province=None) == "各省政府工作报告摘录[R]. 2022: 一、工作回顾, 原文第0-16字."


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("2026年广西壮族自治区政府工作报告", "广西壮族自治区人民政府"),
        ("贵州省2022年政府工作报告", "贵州省人民政府"),
        ("贵州2022年政府工作报告", "贵州省人民政府"),
        ("2026年四川省人民政府工作报告", "四川省人民政府"),
        ("北京市2023年政府工作报告", "北京市人民政府"),
        ("政府工作报告", "山东省人民政府"),
        ("青岛市2023年政府工作报告", ""),
        ("青岛2023年政府工作报告", ""),
        ("山东省济南市历下区政府工作报告", ""),
        ("莒县2023年政府工作报告", ""),
        ("山东省高级人民法院工作报告", ""),
        ("山东新闻", ""),
        ("Government work report of Shandong", ""),
    ],
)
def test_the_author_is_named_only_where_the_title_says_whose_report_it_is(title, author):
    named = next((p.name for p in LEXICON.provinces if p.name in title), "山东")
    said = of(replace(PRINTED, title=title, province=named))
    assert said.split(f"{title}[")[0] == (f"{author}. " if author else "")


def test_what_is_no_report_is_marked_as_another_kind_and_what_is_not_known_is_left_out():
    plain = Document("x", "一篇文章", "文字" * 20)
    bare = of(plain, province=None, year=None, period=None, heading=())
    assert bare == "一篇文章[Z]. 原文第0-16字."


@pytest.mark.parametrize(("period", "year"), [("plan", 2022), ("review", 2023), ("review_5y", 2023), ("plan_5y", 2022)])
def test_the_year_of_the_report_follows_from_the_part_where_the_document_has_none(period, year):
    assert f". {year}: " in of(replace(PRINTED, year=None), year=2022, period=period)


def test_a_document_that_is_gone_is_cited_by_what_the_citation_tells():
    citation = cited(REPORT, 0, 16)
    said = reference(citation, None, lexicon=LEXICON).text
    assert said == "山东省人民政府. 2022年山东省政府工作报告[R]. 2022: 第一部分, 原文第0-16字."


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        ("", ""),
        ("2022年各省政府工作报告", ""),
        ("见 http://a.gov.cn/x?y=1&z=2#t。", "http://a.gov.cn/x?y=1&z=2#t"),
        ("https://a.gov.cn/（存档）", "https://a.gov.cn/"),
        ("javascript:alert(1)", ""),
        ("(https://a.gov.cn).", "https://a.gov.cn"),
    ],
)
def test_addresses_are_taken_out_of_the_origin(origin, url):
    assert address(origin) == url


@given(any_answers())
def test_a_list_has_the_answers_numbers_and_one_clean_line_each(answer):
    found = references(answer, LIBRARY, accessed=TODAY)
    assert [r.n for r in found] == sorted(c.n for c in answer.citations)
    for r in found:
        assert str(r).startswith(f"[{r.n}] ")
        assert len(str(r).splitlines()) == 1 and r.text == r.text.strip()
        assert r.text.endswith(r.url or ".")


def test_a_copied_answer_keeps_its_numbers_and_loses_the_signs_of_markdown():
    first, second = cited(REPORT, 0, 16, n=1), cited(PARTS, 2, 14, n=2)
    text = "**山东**：2.3万家 [1]\n- 研发投入 [2]\n\n| 省 | 数 |\n| --- | --- |\n| 甲 | 18% [2] |"
    answer = Answer("q", "q", "zh", "list", "answered", None, text, citations=(first, second))
    copied = copy_text(answer, LIBRARY, accessed=TODAY)
    assert copied.splitlines() == [
        "山东：2.3万家 [1]",
        "• 研发投入 [2]",
        "省\t数",
        "甲\t18% [2]",
        "",
        "参考文献",
        *map(str, references(answer, LIBRARY, accessed=TODAY)),
    ]
    assert copy_text(replace(answer, citations=(), text="没有。"), LIBRARY) == "没有。"
