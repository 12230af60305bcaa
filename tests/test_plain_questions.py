"""How people put it: sums and ties, turns measured by the one before, self-talk, abbreviations, things told elsewhere.

Asked of three made-up reports, so that nothing depends on the shipped excerpts.
"""

from __future__ import annotations

import functools

import pytest
from small_reports import NAMES, opened_over

from assistant.assistant import Assistant
from assistant.evaluation.promises import broken_promises

REPORTS = {
    "湖南省2024年政府工作报告": """湖南省2024年政府工作报告
一、2023年工作回顾
高新技术企业达到1.6万家，技术合同成交额3995亿元。认定6家大学科技园，孵化企业250家，转化成果90项。
打造“芙蓉人才”行动计划升级版，累计引进人才2.3万人，出台人才政策2.0版。新建重点实验室12个、技术创新中心9个。湘江干流水质稳定在Ⅱ类。省级绿色算力中心获批。
国内首台深海钻机由我省研制并下水。推进长期护理保险试点。铁路货运用时缩短3.5小时。
地区生产总值达到5.2万亿元，增长4.6%。工商业电价同比下降8%。交付保交房10.6万套。布局脑机接口产业。
二、2024年工作安排
高新技术企业达到1.8万家，技术合同成交额4200亿元。全社会研发投入增长12%以上。推出人才政策3.0版。
加快岳阳绿色算力中心建设。在全产业推行首席技师制度。推进种质资源库建设，支持生物育种。攻克关键技术60项。""",
    "陕西省2024年政府工作报告": """陕西省2024年政府工作报告
一、2023年工作回顾
高新技术企业达到1.5万家，技术合同成交额4120亿元。实施“三秦人才”行动计划。
二、2024年工作安排
高新技术企业达到1.7万家，技术合同成交额4100亿元。全社会研发投入增长9%。积极申建国家级氢能制造业创新中心。
建设现代种业园区。突破一批“卡脖子”技术。创建杨凌农业硅谷。落实研发费用加计扣除政策。攻克关键技术60项。""",
    "甘肃省2024年政府工作报告": """甘肃省2024年政府工作报告
一、2023年工作回顾
高新技术企业达到2400家。加强知识产权保护。新材料等领域“卡脖子”攻关取得阶段性成效。
二、2024年工作安排
高新技术企业达到2700家。全社会研发投入增长10%。落实研发费用加计扣除、留抵退税等政策。""",
}


@functools.cache
def reports() -> Assistant:
    return opened_over(REPORTS)


def told(question, *history):
    answer = reports().ask(question, history)
    held = {p: NAMES[p] for p in ("湖南", "陕西", "甘肃")}
    assert broken_promises(answer.to_dict(), lambda doc_id: reports().document(doc_id).text, held) == []
    return answer


@pytest.mark.parametrize(
    ("question", "short", "formula"),
    [
        ("湖南和陕西今年的高企目标加起来是多少家", "3.5万家", "1.8万家 + 1.7万家"),
        ("湖南想让技术合同成交额到4200亿元，跟去年比还差多少", "205亿元", "4200亿元 − 3995亿元"),
        ("湖南的技术合同成交额离今年的目标还差多少亿", "205亿元", "4200亿元 − 3995亿元"),
        ("湖南去年新建的重点实验室、技术创新中心，合计多少个", "21个", "12个 + 9个"),
    ],
)
def test_what_is_reckoned_is_the_bare_answer(question, short, formula):
    answer = told(question)
    assert answer.short == short
    assert formula in [c.formula for c in answer.computed]


def test_two_figures_alike_are_told_to_be_so():
    answer = told("湖南和陕西今年攻克关键技术的项数，哪个多？")
    assert "两者数字相同" in answer.text
    assert answer.computed == () or all("−" not in c.formula for c in answer.computed)


def test_one_figure_is_told_at_each_time_asked_for():
    answer = told("湖南的高企数量，2023年实现的和2024年要达到的分别是多少")
    assert answer.intent == "compare"
    assert "1.6万家" in answer.text and "1.8万家" in answer.text


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("湖南和陕西今年的技术合同成交额目标都比去年完成数高吗？", "否"),
        ("湖南和甘肃今年的高企目标都比去年完成数高吗？", "是"),
        ("湘江干流的水质是不是已经掉到三类了？", "否"),
        ("湖南的首席技师制度是不是只面向制造业？", "否"),
        ("湖南的省级绿色算力中心去年批下来了没有？", "是"),
        ("陕西的国家级氢能制造业创新中心拿到牌子了没？", "否"),
        ("国内首台深海钻机是陕西研制的吗？", "否"),
        ("杨凌农业硅谷是湖南在创建的吧？", "否"),
        ("湖南GDP超过7万亿了吗？", "否"),  # its growth is no answer to it
        ("湖南GDP过5万亿了没有？", "是"),
        ("湖南工商业电价去年涨价了没？", "否"),
        ("湖南十万多套保交房都交付了吗？", "是"),
        ("湖南交付的保交房有十一万多套吗？", "否"),
    ],
)
def test_verdicts(question, short):
    answer = told(question)
    assert (answer.intent, answer.short) == ("yesno", short)


def test_no_sentence_that_leaves_out_the_half_of_it_makes_a_yes():
    answer = told("湖南的深海钻机已经能在船厂里批量生产了？")
    assert answer.short != "是"


@pytest.mark.parametrize(
    ("history", "turn", "short"),
    [
        (("湖南今年全社会研发投入的增长目标有11%以上吗？",), "甘肃呢", "否"),
        (("Did the number of high-tech enterprises in Hunan reach 15,000 in 2023?",), "Did Gansu as well?", "No"),
        (("湖南的人才计划叫什么名字？",), "陕西的又叫什么", "“三秦人才”行动计划"),
        (("湖南今年的人才政策要出到几点零？",), "去年出的是第几版？", "出台人才政策2.0版"),
        (("湖南有绿色算力中心吗？",), "在哪个城市", "加快岳阳绿色算力中心建设"),
        (("湖南去年技术合同成交额是多少？", "今年的目标呢？"), "两个差多少", "205亿元"),
    ],
)
def test_turns_that_lean_on_the_one_before(history, turn, short):
    assert told(turn, *history).short == short


@pytest.mark.parametrize(
    ("question", "provinces"),
    [
        ("写了加计扣除却没写留抵退税的省", {"陕西"}),
        ("种业、育种这块哪些省有部署", {"湖南", "陕西"}),
        ("哪几个省今年全社会研发投入的增速目标在10%或更高？", {"湖南", "甘肃"}),
        ("你好，我是做专利代理的，翻了几个省的报告，哪个省讲了知识产权？", {"甘肃"}),
        ("三个省里，谁的报告压根没讲长期护理险？", {"陕西", "甘肃"}),
        ("既写了“行动计划”又写了“申建”的有谁？不限哪一年的部分", {"陕西"}),
        ("哪几个省提到了脑机借口？", {"湖南"}),  # mistyped
        ("哪些省讲到了“卡脖子”问题", {"陕西", "甘肃"}),  # what is quoted decides, not the words beside it
        ("沒有提到加計扣除的是哪個地方？", {"湖南"}),
        ("公司财务想了解：能多抵点税的加计扣除，有哪几个省写了要落实？", {"陕西", "甘肃"}),
        ("哪些省要抵扣研发开支，也就是搞“加计扣除”？", {"陕西", "甘肃"}),
        ("Which provinces give no technology contract target for this year?", {"甘肃"}),
    ],
)
def test_lists(question, provinces):
    answer = told(question)
    assert (answer.intent, set(answer.provinces)) == ("list", provinces)


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("湖南认定的大学科技园孵化企业多少家", "250家"),
        ("湖南铁路货运少等了几个钟头？", "3.5小时"),
        ("请问截至去年，湖南“芙蓉人才”计划一共引进了多少人才？", "2.3万人"),
    ],
)
def test_the_figure_is_that_of_the_thing_beside_the_question_word(question, short):
    assert told(question).short == short


@pytest.mark.parametrize(
    "question",
    [
        "甘肃去年底实际有多少家科技型中小企业？不是目标，是现有的",
        "甘肃技术合同成交额一共多少",  # the report counts firms only
        "What was Gansu's R&D spending as a share of GDP in 2023?",
        "Can you recommend a good noodle place in Hunan?",
    ],
)
def test_a_figure_of_something_else_answers_nothing(question):
    answer = told(question)
    assert answer.status == "declined" and answer.short is None
