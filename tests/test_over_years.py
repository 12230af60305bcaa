"""Questions over several years, and over texts that are of no province: each year decided, roles never mixed unsaid."""

from __future__ import annotations

import re

import pytest
from yearly_reports import problems, yearly_reports

from assistant.answer.admission import counts_alike
from assistant.answer.filtering import resolved
from assistant.question.followup import understand
from assistant.question.parts import asks_both_ends


def ask(question, *history, of="state"):
    answer = yearly_reports(of).ask(question, history)
    assert problems(answer, of) == []
    return answer


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("2016年国内生产总值增长多少", "6.7%"),  # the year's result, not the target of its report
        ("2016年报告定的国内生产总值增长目标是多少", "6.5%左右"),
        ("“十二五”五年下来城镇新增就业总共有多少", "超过6400万人"),
        ("十三五打算五年新增多少城镇就业啊", "5000万人以上"),
        ("2015年单位GDP能耗降了多少", "5.6%"),
        ("16年M2增长目标是几个点？", "13%左右"),
        ("今年的GDP增长目标是多少", "6%左右"),  # the latest report's
        ("去年城镇新增就业多少", "1361万人"),
        ("What was the GDP growth target for 2017?", "6.5%左右"),
        ("到2020年高速铁路营业里程要达到多少", "3万公里"),
    ],
)
def test_the_figure_is_of_its_year_and_role(question, short):
    assert ask(question).short == short


def test_what_the_tasks_of_a_year_look_back_on_is_the_result_of_the_year_before():
    (grain,) = yearly_reports("state").facts(measures=["粮食产量"])
    assert (grain.figure, grain.year, grain.period) == ("1.2%", 2017, "review")  # after 过去一年 in the sentence before
    aims = [f.period for f in yearly_reports("state").facts(years=[2018]) if f.figure == "6.5%左右"]
    assert aims == ["plan"]


@pytest.mark.parametrize(
    ("question", "short", "told"),
    [
        ("2016和2017年的财政赤字差多少", "2000亿元", ["2.18万亿元", "2.38万亿元"]),
        ("2016年的城镇新增就业比2015年多多少", "2万人", ["1314万人", "1312万人"]),
        ("财政赤字，2016年多还是2019年多，差多少？", "2019年", ["2.76万亿元", "5800亿元"]),
        ("2015年跟2018年比，实际城镇新增就业哪年多，多多少？", "2018年", ["1361万人", "49万人"]),
        ("Which year planned a larger fiscal deficit, 2016 or 2019?", "2019", ["2.76万亿元"]),
    ],
)
def test_years_are_set_against_each_other(question, short, told):
    answer = ask(question)
    assert answer.intent == "compare"
    assert answer.short == short
    assert all(figure in answer.text for figure in told)
    assert "2/2" in answer.text


def test_a_year_that_states_nothing_is_named():
    answer = ask("2016年和2018年的实际使用外资差多少")
    assert "2/2" in answer.text or answer.status in {"partial", "declined"}
    assert not any("−" in c.formula for c in answer.computed)


def test_the_highest_year_is_chosen_from_all():
    answer = ask("GDP增长目标哪年最低")
    assert answer.short == "2019年"
    assert set(re.findall(r"(\d{4})年目标", answer.text)) == {"2016", "2017", "2018", "2019"}


def test_a_row_of_years_is_in_order_and_all_of_one_role():
    answer = ask("历年城镇新增就业")
    assert re.findall(r"(\d{4})年结果", answer.text) == ["2015", "2016", "2017", "2018"]
    assert "目标" not in answer.text
    assert ask("2017年以来城镇新增就业目标怎么变").text.count("目标 ·") == 3


@pytest.mark.parametrize(
    ("question", "first"), [("最早提到“海绵城市”的是哪年的报告", "2017年"), ("哪年首次提出工业互联网", "2018年")]
)
def test_the_first_report_that_speaks_of_a_thing(question, first):
    answer = ask(question)
    assert answer.short == first
    assert "4/4" in answer.text


def test_every_report_that_speaks_of_a_thing():
    answer = ask("哪些年份的报告提到了“海绵城市”")
    assert "2017年、2018年" in answer.text
    assert {c.year for c in answer.citations} == {2017, 2018}


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("2015年的进出口增长目标完成了吗？", "否"),
        ("2016年定的货币政策是“稳健”的吗", "否"),
        ("2017年和2018年的财政赤字一样多吗", "是"),
        ("2017年实际使用外资是否突破2000亿美元？", "否"),
    ],
)
def test_verdicts_over_years(question, short):
    assert ask(question).short == short


@pytest.mark.parametrize(
    ("history", "question", "short"),
    [
        (["2018年GDP增速是多少？"], "总量呢", "突破90万亿元"),
        (["What was the GDP growth target for 2019?"], "And how fast did it actually grow the year before?", "6.6%"),
        (["2017年拟安排多少财政赤字？"], "比2016年的多了多少？", "2000亿元"),
        (["2016年国内生产总值增长多少"], "后一年呢", "6.9%"),
    ],
)
def test_a_turn_moves_from_year_to_year(history, question, short):
    assert ask(question, *history).short == short


def test_texts_of_no_province_are_never_listed_by_province():
    for question in (
        "财政赤字安排是多少",
        "提到工业互联网",
        "What is the planned deficit?",
        "城镇新增就业",
        "粮食安全怎么抓",
    ):
        answer = ask(question)
        assert "0/0" not in answer.text
        assert "省份" not in answer.text
        assert not answer.text.startswith((",", "，", "·"))


def test_what_sounds_like_a_list_is_asked_otherwise_where_there_are_no_provinces():
    opened = yearly_reports("state")
    asked = understand("2016年报告定了哪些目标", (), opened.lexicon, opened._current().segmenter)
    assert (asked.intent, asked.otherwise) == ("list", "summary")
    assert resolved(asked, opened._current()).intent == "summary"
    both = yearly_reports("both")
    assert resolved(asked, both._current()).intent == "list"


def test_a_decline_names_what_is_held():
    answer = ask("2017年义务教育巩固率是多少")
    assert answer.status == "declined"
    assert "《2019年政府工作报告》" in answer.text


def test_one_province_over_its_years():
    assert ask("甘肃去年GDP增长多少", of="gansu").short == "4.5%"
    assert ask("甘肃今年GDP目标", of="gansu").short == "6.1%左右"
    assert ask("甘肃2021年的GDP增长目标", of="gansu").short == "6.5%左右"
    assert ask("甘肃粮食产量哪年最高", of="gansu").short == "2022年"
    answer = ask("甘肃2020年和2022年的粮食产量差多少", of="gansu")
    assert answer.short == "63万吨"
    assert "1/1 个省份" in answer.text


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("全国2018年GDP增长多少", "6.6%"),
        ("国家今年的GDP增长目标是多少", "6%左右"),
        ("甘肃去年GDP增长多少", "4.5%"),
        ("2019年国务院报告定的城镇新增就业目标", "1100万人以上"),
        ("我国历年财政赤字哪年最高", "2019年"),
        ("What was China's GDP growth in 2018?", "6.6%"),
    ],
)
def test_the_nation_beside_a_province(question, short):
    answer = ask(question, of="both")
    assert answer.short == short
    assert bool(answer.provinces) == ("甘肃" in question)


def test_what_the_latest_report_leaves_unsaid_an_older_one_says():
    assert ask("广义货币增长目标是多少").short == "13%左右"
    assert ask("今年广义货币增长目标是多少").status == "declined"


def test_money_of_two_currencies_is_never_set_against_each_other():
    assert not counts_alike("元", "美元")
    assert counts_alike("元", "人民币")
    assert counts_alike("家", "户")
    assert counts_alike("微克/立方米", "微克每立方米")
    assert not counts_alike("对", "个")


def test_two_years_that_are_held_are_no_start_and_end():
    assert asks_both_ends("2020年多少，2025年多少")
    assert not asks_both_ends("2020年多少，2025年多少", (2020, 2025))
