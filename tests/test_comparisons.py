"""Comparisons: the figures of each side in one role, the winner asked for, differences computed exactly."""

from __future__ import annotations

import pytest

from assistant.answer.comparing import asks_both_extremes


@pytest.mark.parametrize(
    ("question", "short", "told"),
    [
        ("宁夏和内蒙古，谁计划新增的高企更多", "内蒙古", ["200家", "50家"]),
        ("黑龙江、内蒙古、宁夏,谁今年新增高企的任务最轻?", "宁夏", ["50家", "200家", "800家以上"]),
        ("2021年技术合同成交额天津领先黑龙江多少亿?", None, ["1300亿元", "352.9亿元", "947.1亿元"]),
        ("定了全社会研发投入增速的那几个省,目标最低的是谁,多少", "宁夏", ["8%", "18%以上", "10%"]),
        ("黑龙江去年高企净增和技术合同成交额,哪个涨得更快", None, ["41.7%", "31.8%"]),
        ("Tianjin tech contracts: by how much does the 2022 goal exceed the 2021 result?", None, ["100亿元"]),
    ],
)
def test_every_side_is_told(assistant, question, short, told):
    answer = assistant.ask(question)
    assert answer.intent == "compare"
    assert all(figure in answer.text for figure in told)
    assert short is None or answer.short == short


def test_the_changes_of_two_provinces_are_compared(assistant):
    answer = assistant.ask("技术合同成交额,今年比去年,天津和黑龙江谁计划多增一些?")
    assert answer.short == "天津"
    assert {"100亿元", "47.1亿元"} <= {c.value for c in answer.computed}


def test_a_difference_with_a_bound_says_so(assistant):
    answer = assistant.ask("福建、山东谁的全社会研发投入增长目标定得更高，高多少")
    assert "8个百分点" in answer.text
    assert "字面数字" in answer.text


def test_a_silent_province_is_named_once(assistant):
    answer = assistant.ask("天津和海南谁的技术合同成交额高")
    assert answer.text.count("未提到：海南") == 1


def test_both_ends_are_asked_for_only_where_both_are_named():
    assert asks_both_extremes("增速冠军是谁、垫底是谁")
    assert not asks_both_extremes("哪个最高")
    assert not asks_both_extremes("哪个大，差多少")
