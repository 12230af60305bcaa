"""Verdicts: decided by figures, comparisons and clauses of the tiny corpus, never by what is merely near."""

from __future__ import annotations

import pytest

from assistant.answer.comparing import asks_comparison, asks_verdict
from assistant.answer.misplaced import ordinals, turned_away
from assistant.answer.verdict import relation_of
from assistant.types import Question


def _question(text: str, **slots: object) -> Question:
    return Question(text=text, standalone=text, language="zh", intent="figure", **slots)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("上海的增速是不是高过四川", ">"),
        ("今年目标比去年产量还低吗", "<"),
        ("江苏的比率赶得上广西吗", ">="),
        ("两省的目标一样吗", "="),
        ("is jiangsu's target above shanghai's?", ">"),
        ("山东的高企占比是多少", None),
    ],
)
def test_the_relation_that_a_question_states(text, sign):
    assert relation_of(text) == sign


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("山东的目标是2.3万家，对吗？", True),
        ("内蒙古目标是破一万家,没错吧?", True),
        ("Tianjin recognised four parks, right?", True),
        ("Is it above 5%?", True),
        ("哪些省提到赛马，对吗？", False),
        ("山东有多少家高企？", False),
        ("Can you list the provinces?", False),
    ],
)
def test_what_can_only_be_answered_by_yes_or_no(text, asked):
    assert asks_verdict(_question(text)) is asked


def test_a_difference_between_two_is_a_comparison_and_of_one_is_none():
    assert asks_comparison(_question("湖北比广西多几家", named=("湖北", "广西")))
    assert not asks_comparison(_question("湖北比上年多几家", named=("湖北",)))


def test_the_members_of_a_series_are_told_apart():
    assert ordinals("启动首批9个项目") == {"批": 1}
    assert ordinals("启动第二批7个重大科技专项") == {"批": 2}
    assert ordinals("机场三期") == {"期": 3}
    assert ordinals("十四五期间新增项目") == {}


def test_what_has_turned_into_something_else():
    assert turned_away("人才还在净流出？", "人才由净流出转向净流入。")
    assert not turned_away("人才是净流入吗？", "人才由净流出转向净流入。")


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("天津今年技术合同成交额目标是1400亿元，对吗？", "是"),
        ("天津今年技术合同成交额目标是1300亿元，对吗？", "否"),
        ("天津的技术合同成交额目标比黑龙江高吗？", "是"),
        ("黑龙江的技术合同成交额目标比天津高吗？", "否"),
        ("黑龙江今年技术合同成交额目标比去年高吗？", "是"),
        ("新疆去年新增的高企是不是比黑龙江净增的还多？", "否"),
        ("福建今年要讓國家高企突破一萬家，是這樣嗎？", "否"),
        ("山东的高企目标是新增2.3万家，对吗？", "否"),
        ("贵州没有提到知识产权保护，对吗？", "否"),
        ("天津去年技术合同成交额是黑龙江的三倍多，对吗", "是"),
        ("新疆的高企增量不到黑龙江的一半吗", "否"),
        ("内蒙古今年新增高企目标有没有超过宁夏的三倍", "是"),
    ],
)
def test_verdicts(assistant, question, verdict):
    answer = assistant.ask(question)
    assert (answer.intent, answer.short) == ("yesno", verdict)
    assert answer.text.startswith(verdict)
    assert answer.citations


def test_a_compared_verdict_shows_both_figures_and_their_difference(assistant):
    answer = assistant.ask("天津的技术合同成交额目标比黑龙江高吗？")
    assert set(answer.provinces) == {"天津", "黑龙江"}
    assert "1000亿元" in [c.value for c in answer.computed]


def test_a_target_does_not_say_that_it_was_reached(assistant):
    answer = assistant.ask("天津实现了1400亿元技术合同成交额吗？")
    assert answer.short != "是"


def test_a_name_of_another_province_is_denied_after_searching_all(assistant):
    answer = assistant.ask("银河麒麟操作系统算山东的成果吗？")
    assert answer.short == "否"
    assert not answer.citations
    assert any(c.value.isdigit() for c in answer.computed)


def test_that_nothing_is_said_is_agreed_to_by_a_search(assistant):
    answer = assistant.ask("贵州没有提到揭榜挂帅，对吗？")
    assert (answer.short, answer.citations) == ("是", ())


def test_that_it_leads_the_nation_is_not_read_into_a_sentence(assistant):
    assert assistant.ask("山东新增国家制造业单项冠军数居全国第一吗").short != "是"


def test_which_of_two_figures_is_no_yes_or_no(assistant):
    answer = assistant.ask("天津海河实验室是5个还是6个")
    assert (answer.intent, answer.short) == ("figure", "5个")


def test_whether_a_sentence_stands_is_decided_by_all_of_it(assistant):
    there = assistant.ask("报告里有没有这句话：“技术合同成交额实现352.9亿元,增长31.8%。”")
    other = assistant.ask("报告里有没有这句话：“技术合同成交额实现352.9亿元,增长38.1%。”")
    assert (there.short, other.short) == ("是", "否")
