"""The structure of documents, from general rules: provinces, years, roles, headings, notes, and a page's furniture.

The texts are written for the tests in the manner of work reports; the shipped corpus is the one real document here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.building import shipped_corpus
from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.corpus.furniture import furniture
from assistant.corpus.periods import announces_both, five_years, heading_role, opening_role, plan_years, years_in
from assistant.corpus.read import Source, read_sources
from assistant.corpus.sections import parse_document
from assistant.lexicon import load_lexicon
from assistant.text import fold

LEXICON = load_lexicon()


def parse(text, name="a", **meta):
    return parse_document(Source(name, Path(f"{name}.txt"), text, **meta), LEXICON)


def outline(text, name="a", **meta):
    """(first characters, province, year, period) of each section."""
    document, sections = parse(text, name, **meta)
    return [(document.text[s.span.start : s.span.end].strip()[:6], s.province, s.year, s.period) for s in sections]


def role_at(text, words, **meta):
    document, sections = parse(text, **meta)
    at = document.text.index(words)
    (section,) = (s for s in sections if s.span.start <= at < s.span.end)
    return section.period, section.year


LINES = st.sampled_from(
    ["一、2025年工作回顾", "二、2026年重点工作", "（一）加快创新", "1.做强产业", "# 山东", "## 2021年工作回顾", "NO.27·山东 2021工作回顾 增长5%。",
     "河北省", "【福建】", "名词解释", "相关报道：", "下载", "打印", "【字号：", "过去五年，成绩显著。", "今年是开局之年。", "正文" * 30 + "。", "", "  ", "附件1",
     "2026年广东省政府工作报告", "\u3000\u3000“十五五”时期，要干。", "十、", "#", "一、"]
)  # fmt: skip


@given(st.lists(LINES, max_size=14).map("\n".join) | st.text(max_size=60))
def test_sections_tile_the_document(text):
    document, sections = parse(text)
    assert document.text == text
    assert "".join(text[s.span.start : s.span.end] for s in sections) == text
    assert all(s.span.start < s.span.end for s in sections)
    assert all(s.period in {None, "review", "plan", "review_5y", "plan_5y"} for s in sections)


@pytest.mark.parametrize(
    "line",
    [
        "（一）2025年目标",
        "# 标题",
        "一、好",
        "NO.1·河北",
        "河北",
        "打印",
        "名词解释",
        "2025年规划",
        "相关报道：",
        "1.好",
        "\t",
        "过去五年，",
    ],
)
def test_ten_thousand_headings_are_read(line):
    text = f"{line}\n" * 10_000
    _, sections = parse(text)
    assert sum(s.span.end - s.span.start for s in sections) == len(text)


# --- the shipped corpus


def test_the_shipped_corpus():
    (source,), failures = read_sources([shipped_corpus()])
    document, sections = parse_document(source, LEXICON)
    assert failures == []
    assert (document.province, document.year) == (None, 2022)
    assert {(s.year, s.period) for s in sections if s.province} == {(2021, "review"), (2022, "plan")}
    assert list(dict.fromkeys(s.province for s in sections if s.province)) == [
        "宁夏", "贵州", "青海", "内蒙古", "海南", "福建", "山东", "黑龙江", "新疆", "吉林", "天津",
    ]  # fmt: skip
    both = {s.province for s in sections if s.period == "review"}
    assert both == {"内蒙古", "山东", "黑龙江", "新疆", "吉林", "天津"}


# --- full reports

REPORT = """2026年江北省政府工作报告
——2026年1月26日在江北省人民代表大会上
各位代表：
现在，我代表省人民政府报告工作。
一、“十四五”时期和2025年工作回顾
“十四五”时期极不平凡。全省生产总值年均增长6%。
（一）经济实力显著增强。高新技术企业增至3万家。
（二）民生持续改善。城镇新增就业500万人。
过去五年，办理建议3000件。
各位代表，刚刚过去的2025年，全省生产总值增长5.5%。
——新动能增强。新增冠军企业50家。
二、“十五五”时期主要目标任务
“十五五”时期是关键时期。生产总值年均增长5%左右。
三、2026年重点工作
今年是开局之年。生产总值增长5%。
（一）扩大内需。新建项目100个。
四、加强政府自身建设
建设法治政府，整改问题20个。
名词解释
1.“双万”：是指万企万品，共10个方面。
2.“十五五”时期：2026年到2030年。
附件：2026年民生实事30件
"""


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("现在，我代表", (None, 2026)),
        ("年均增长6%", ("review_5y", 2025)),
        ("增至3万家", ("review_5y", 2025)),
        ("办理建议", ("review_5y", 2025)),
        ("增长5.5%", ("review", 2025)),
        ("冠军企业50家", ("review", 2025)),
        ("年均增长5%左右", ("plan_5y", 2026)),
        ("增长5%。\n（一）扩大", ("plan", 2026)),
        ("项目100个", ("plan", 2026)),
        ("问题20个", ("plan", 2026)),  # a heading that announces nothing, after the plan
        ("10个方面", (None, 2026)),
        ("2026年到2030年", (None, 2026)),  # a note that explains a plan announces none
        ("民生实事30件", (None, 2026)),
    ],
)
def test_the_roles_of_a_full_report(words, role):
    assert role_at(REPORT, words) == role


def test_headings_are_a_path_and_end_where_the_role_switches():
    document, sections = parse(REPORT)
    paths = {document.text[s.span.start : s.span.end].strip()[:5]: s.heading for s in sections}
    assert paths["（二）民生"] == ("一、“十四五”时期和2025年工作回顾", "（二）民生持续改善")
    assert paths["各位代表，"] == ("一、“十四五”时期和2025年工作回顾",)
    assert document.title == "2026年江北省政府工作报告"


@pytest.mark.parametrize(
    ("title", "name", "text", "province", "year"),
    [
        ("", "a", "2026年广东省政府工作报告\n正文", "广东", 2026),
        ("", "2024广西报告", "正文。", "广西", 2024),
        ("", "b", "政府工作报告\n——2023年1月12日在福建省第十四届人民代表大会上\n正文", "福建", 2023),
        ("河北省2022年政府工作报告", "c", "正文", "河北", 2022),
        ("", "d", "京津冀协同发展", None, None),
    ],
)
def test_the_place_and_year_of_a_document(title, name, text, province, year):
    document, _ = parse(text, name, title=title)
    assert (document.province, document.year) == (province, year)


def test_what_sources_toml_says_comes_first():
    document, sections = parse("2026年广东省政府工作报告\n正文", title="题", province="海南省", year=2020)
    assert (document.title, document.province, document.year) == ("题", "海南", 2020)
    assert sections[0].province == "海南"


def test_numbered_lines_head_their_text_but_a_list_heads_nothing():
    headed = "1.做强产业\n企业5家。\n2.扩大开放\n进口6亿元。\n"
    assert [s.heading for s in parse(headed)[1]] == [("1.做强产业",), ("2.扩大开放",)]
    listed = "事项如下\n1.改造学校\n2.新建医院\n3.修路\n都要办好。"
    assert [s.heading for s in parse(listed)[1]] == [()]


def test_a_mixed_part_passes_from_five_years_done_to_five_years_to_come():
    text = """2026年江北省政府工作报告
一、2025年工作回顾
地区生产总值增长5%。
二、“十四五”时期发展成就和“十五五”时期主要目标任务
过去五年，高新技术企业达到1万家。
根据省委建议，我们编制了“十五五”规划纲要，提出25项指标。
（一）加快发展人工智能。智能终端达到100种。
三、2026年重点工作
今年增长6%。
"""
    assert role_at(text, "1万家") == ("review_5y", 2025)
    assert role_at(text, "25项指标") == ("plan_5y", 2026)
    assert role_at(text, "100种") == ("plan_5y", 2026)
    assert role_at(text, "增长6%") == ("plan", 2026)


def test_parts_that_announce_nothing_after_the_review_are_the_plan_unless_it_is_still_to_come():
    first = "2000年政府工作报告\n一、1999年工作回顾\n增长7%。\n二、扩大内需\n投资5亿元。\n三、深化改革\n改革6项。"
    assert role_at(first, "5亿元") == ("plan", 2000)
    assert role_at(first, "6项") == ("plan", 2000)
    second = (
        "2000年政府工作报告\n一、1999年工作回顾\n增长7%。\n二、存在的困难\n缺口5亿元。\n三、2000年工作安排\n改革6项。"
    )
    assert role_at(second, "5亿元") == ("review", 1999)
    third = "2000年政府工作报告\n一、1999年工作回顾\n增长7%。\n二、扩大开放\n进口5亿元。\n三、2000年工作安排\n改革6项。"
    assert role_at(third, "进口5亿元") == ("review", 1999)


def test_a_report_without_headings_goes_by_its_paragraphs():
    text = "2022年河北省政府工作报告\n过去一年，企业达到5家。\n今年要做好以下工作：\n企业达到6家。"
    assert role_at(text, "5家") == ("review", 2021)
    assert role_at(text, "6家") == ("plan", 2022)


def test_tasks_that_a_sentence_announces_above_unannounced_headings():
    text = "2002年政府工作报告\n去年，增长7%。\n今年要着重做好以下八个方面工作：\n一、扩大内需\n投资5亿元。\n二、深化改革\n改革6项。"
    assert role_at(text, "5亿元") == ("plan", 2002)
    assert role_at(text, "6项") == ("plan", 2002)


# --- collections


def test_markdown_collection():
    text = "# 山东省\n## 2021年工作回顾\n企业2万家。\n## 2022年发展规划\n企业2.3万家。\n# 福建省\n## 2022年发展规划\n企业9000家。\n"
    assert outline(text) == [
        ("# 山东省\n", "山东", 2021, "review"),
        ("## 202", "山东", 2022, "plan"),
        ("# 福建省\n", "福建", 2022, "plan"),
    ]
    _, sections = parse(text)
    assert sections[0].heading == ("山东省", "2021年工作回顾")


@pytest.mark.parametrize(
    "heads",
    [
        ("一、北京市", "二、河北省"),
        ("【北京】", "【河北】"),
        ("1. 北京市", "2. 河北省"),
        ("北京市政府工作报告（摘录）", "河北省政府工作报告（摘录）"),
        ("## 北京", "## 河北"),
        ("（一）北京市", "（二）河北省"),
        ("2022年北京市政府工作报告", "2022年河北省政府工作报告"),
        ("NO.1·北京", "NO.2·河北"),
        ("北京：", "河北："),
    ],
)
def test_collections_with_a_head_for_each_province_on_its_own_line(heads):
    text = f"2022年报告汇编\n{heads[0]}\n2021年工作回顾\n企业5家。\n{heads[1]}\n2022年发展规划\n企业6家。\n"
    found = [(s[1], s[2], s[3]) for s in outline(text, "2022汇编") if s[1]]
    assert found == [("北京", 2021, "review"), ("河北", 2022, "plan")]


def test_a_new_province_starts_without_the_role_of_the_one_before():
    text = "【北京】\n2022年发展规划\n企业5家。\n【河北】\n简介一段。\n"
    assert role_at(text, "简介一段", year=2022) == (None, 2022)


def test_plain_text_is_one_section():
    assert outline("某地推进创新。\n企业很多。") == [("某地推进创新", None, None, None)]
    assert outline("") == []


def test_a_short_line_with_a_city_is_no_province_head():
    document, _ = parse("2022年山东省政府工作报告\n济南市\n企业5家。\n青岛市\n企业6家。")
    assert document.province == "山东"


# --- furniture of web pages

PAGE = """下载
打印
全屏
【字号：
加大
减小
】
2026年江北省政府工作报告
来源：江北日报
一、2025年工作回顾
全省经济稳中有进，主要指标好于预期，高质量发展取得新成效，民生福祉持续增进，社会大局保持稳定，各项事业都有新的进步，成绩来之不易，值得倍加珍惜。
二、2026年重点工作
全省上下要继续努力，推动经济实现质的有效提升和量的合理增长，高新技术企业达到5000家，让发展成果更多更公平惠及全体人民，为实现目标不懈奋斗，再创新业绩！
责任编辑：
某某
扫一扫在手机打开当前页
相关报道：
去年新增企业300家的解读
打印本页
关闭窗口
"""


def test_what_hangs_around_a_page_is_parted_off():
    document, sections = parse(PAGE)
    around = [document.text[s.span.start : s.span.end] for s in sections if s.heading == (FURNITURE,)]
    assert [a.strip()[:2] for a in around] == ["下载", "责任"]
    assert around[0].strip().endswith("】")
    assert around[1].strip().endswith("关闭窗口")
    assert all(s.period is None for s in sections if s.heading == (FURNITURE,))
    assert role_at(PAGE, "5000家") == ("plan", 2026)
    assert document.title == "2026年江北省政府工作报告"


@pytest.mark.parametrize(
    "text",
    [
        "正文一段。\n打印机产量增长5%。\n分享经济规模100亿元。\n来源于实践。",
        "下载量\n打印店\n正文。",
        "一、工作\n相关报道：\n" + "后面还有正文。" * 20,  # a paragraph of the document follows
        "打印\n" * 50,
        "",
    ],
)
def test_what_is_no_furniture(text):
    assert furniture(fold(text)) == []


# --- roles by words


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("一、2025年工作回顾", ("review", 2025)),
        ("2021工作回顾", ("review", 2021)),
        ("一、过去一年工作回顾", ("review", 2025)),
        ("去年工作回顾", ("review", 2025)),
        ("一、过去一年和五年工作回顾", ("review", 2025)),
        ("一、过去五年政府工作的回顾", ("review_5y", 2025)),
        ('一、"十四五"时期经济社会发展回顾', ("review_5y", 2025)),
        ("今后五年的奋斗目标", ("plan_5y", 2026)),
        ('二、"十五五"时期工作总体要求和目标任务', ("plan_5y", 2026)),
        ('二、关于第十五个五年规划纲要', ("plan_5y", 2026)),
        ("三、2026年主要任务", ("plan", 2026)),
        ("二、对今年政府工作的建议", ("plan", 2026)),
        ("二、今年经济社会发展总体要求", ("plan", 2026)),
        ("2026年政府工作", ("plan", 2026)),
        ("四、加强政府自身建设", (None, None)),
        ("Review of 2025", ("review", 2025)),
        ("Plans for 2026", ("plan", 2026)),
    ],
)  # fmt: skip
def test_heading_role(heading, role):
    assert heading_role(fold(heading), 2026) == role


def test_a_review_of_the_plan_now_running_is_a_review():
    assert heading_role('"十四五"规划实施情况和成绩回顾', 2023)[0] == "review_5y"
    assert heading_role('"十四五"时期目标任务', 2023)[0] == "plan_5y"


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("十四五", (2021, 2025)),
        ("第十五个五年规划", (2026, 2030)),
        ('"九五"时期', (1996, 2000)),
        ('"十五"期间', (2001, 2005)),
        ("第十个五年计划", (2001, 2005)),
        ("十一五", (2006, 2010)),
        ("五年", None),
    ],
)
def test_plan_years(text, years):
    assert plan_years(text) == years


def test_words_of_time():
    assert years_in("2021年到2022年，PM2022") == [2021, 2022, 2022]
    assert five_years('"十四五"', None) == "named"
    assert five_years('"十四五"', 2026) == "past"
    assert five_years('"十四五"', 2021) == "coming"
    assert five_years("今年", 2021) is None
    assert announces_both('"十四五"成就和"十五五"目标', 2026)
    assert announces_both('"十四五"时期和2025年工作回顾', 2026)
    assert not announces_both("2025年工作回顾", 2026)


@pytest.mark.parametrize(
    ("paragraph", "within", "role"),
    [
        ("过去五年,成绩显著", ("review", 2025), ("review_5y", 2025)),
        ("各位代表!刚刚过去的2025年,增长5%", ("review_5y", 2025), ("review", 2025)),
        ('"十五五"时期是关键', ("review_5y", 2025), ("plan_5y", 2026)),
        ("今年是开局之年", ("plan_5y", 2026), ("plan", 2026)),
        ("2026年是开局之年", ("plan_5y", 2026), ("plan", 2026)),
        ("2026年,发展", ("review", 2025), None),  # not a result
        ("今年是开局之年", ("review", 2025), None),
        ("加快创新", ("review", 2025), None),
    ],
)
def test_opening_role(paragraph, within, role):
    assert opening_role(paragraph, within, 2026) == role
