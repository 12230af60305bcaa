"""Summaries and questions about the text itself, over small reports written for these tests."""

import pytest

from assistant.assistant import Assistant
from assistant.building import build
from assistant.evaluation.promises import broken_promises
from assistant.settings import Settings

HUBEI = """2026年湖北省政府工作报告

一、2025年工作回顾

过去一年，全省地区生产总值增长6%，粮食产量保持稳定。
养老服务更加可及。新增养老床位3000张。建成社区食堂200个。

二、2026年主要任务

今年发展主要预期目标是：地区生产总值增长5%左右；城镇新增就业70万人以上；居民收入增长和经济增长同步。
重点抓好以下三个方面工作：

（一）做强现代产业

推动低空经济发展。建设低空飞行服务站20个。培育无人机整机企业5家。开通无人机物流航线30条。
壮大生物医药产业。建设生物医药中试平台8个。引进创新药企业12家。

（二）办好民生实事

完善养老服务体系。新增护理型床位5000张。建设社区养老服务中心100个。培训养老护理员2万人次。
促进青年就业。开发基层就业岗位4万个。

（三）建设美丽湖北

加强长江保护。整治入河排污口600个。
"""
SICHUAN = """2026年四川省人民政府工作报告

一、2025年工作回顾

过去一年，全省地区生产总值增长5.5%。建成高速公路800公里。

二、2026年工作安排

完善养老服务体系。新建社区养老综合体150个。改造特困供养机构60个。
推进乡村振兴。新建高标准农田300万亩。

名词解释

1.“一老一小”：是指养老服务和托育服务两件民生大事。
2.“两新”：是指大规模设备更新和消费品以旧换新。
"""
SHANGHAI = "2026年上海市政府工作报告\n\n今年要加快建设国际航运中心，集装箱吞吐量保持世界第一。" + "".join(
    f"\n第{i}条航线通达第{i}个港口，船舶在港停留时间再缩短{i}小时，码头作业流程更加顺畅，服务船东更加周到。"
    for i in range(1, 60)
)
NAMES = {"湖北": "hubei", "四川": "sichuan", "上海": "shanghai"}


@pytest.fixture(scope="module")
def reports(assistant, tmp_path_factory):
    """A facade over three reports: with headings, with a glossary, and one long part without any heading."""
    folder, store = tmp_path_factory.mktemp("reports"), tmp_path_factory.mktemp("summaries") / "store"
    for province, text in {"湖北": HUBEI, "四川": SICHUAN, "上海": SHANGHAI}.items():
        (folder / f"2026年{province}政府工作报告.txt").write_text(text, encoding="utf-8")
    _, failures = build(store, [folder], lexicon=assistant.lexicon, model=assistant._model)
    assert failures == []
    opened = Assistant.open(settings=Settings(store=store))
    yield opened
    opened.close()


def asked(reports, question):
    """The answer, which keeps every promise."""
    answer = reports.ask(question)
    held = {p.name: (p.name, p.full, p.english) for p in reports.lexicon.provinces if p.name in NAMES}
    assert broken_promises(answer.to_dict(), lambda doc_id: reports.document(doc_id).text, held) == []
    return answer


def quoted(answer):
    return [c.quote for c in answer.citations]


def test_a_topic_is_its_block_and_nothing_else(reports):
    answer = asked(reports, "湖北今年在养老服务方面有哪些安排？")
    said = "".join(quoted(answer))
    assert (answer.intent, answer.status, answer.provinces) == ("summary", "answered", ("湖北",))
    assert all(figure in said for figure in ("5000张", "100个", "2万人次"))
    assert not any(other in said for other in ("无人机", "创新药", "排污口", "150个"))


def test_the_year_asked_for_is_the_year_told(reports):
    last, this = (asked(reports, f"总结湖北{year}的养老服务") for year in ("去年", "今年"))
    assert "3000张" in last.text and "5000张" not in last.text
    assert "5000张" in this.text and "3000张" not in this.text
    assert {c.period for c in last.citations} == {"review"}


def test_targets_are_listed_one_by_one(reports):
    answer = asked(reports, "湖北2026年主要预期目标有哪些")
    assert quoted(answer) == [
        "地区生产总值增长5%左右",
        "城镇新增就业70万人以上",
        "居民收入增长和经济增长同步。",
    ]


def test_points_announced_by_their_number_are_its_headings(reports):
    answer = asked(reports, "湖北今年重点抓哪三个方面的工作")
    assert [q.lstrip("（一二三）") for q in quoted(answer)] == ["做强现代产业", "办好民生实事", "建设美丽湖北"]


def test_which_three_are_told_however_the_question_sounds(reports):
    answer = asked(reports, "湖北今年的三个方面工作是哪三个")
    assert [q.lstrip("（一二三）") for q in quoted(answer)] == ["做强现代产业", "办好民生实事", "建设美丽湖北"]


def test_a_number_that_nothing_announces_is_no_list(reports):
    answer = asked(reports, "四川今年的七大工程是哪七个")
    assert not any(q.startswith("（") for q in quoted(answer))


def test_a_report_without_headings_has_points_too_and_no_more_than_one_reads(reports):
    answer = asked(reports, "总结上海今年在航线方面的安排")
    assert answer.status == "answered"
    assert 1 <= len(answer.citations) <= 20
    assert all("航" in q for q in quoted(answer))


def test_the_province_that_is_silent_is_named(reports):
    answer = asked(reports, "各省今年在养老服务方面有哪些安排，总结一下")
    assert set(answer.provinces) == {"湖北", "四川"}
    assert "未提到：上海" in answer.text
    assert "已核对 3/3 个省份" in answer.text
    assert {c.province for c in answer.citations} == {"湖北", "四川"}


def test_of_several_provinces_named_only_those_are_told(reports):
    answer = asked(reports, "概括湖北和上海在养老服务方面的安排")
    assert {c.province for c in answer.citations} == {"湖北"}
    assert "上海" in answer.text and "四川" not in answer.text


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Write me a Python function that reverses a linked list.", "off_topic"),
        ("写一首关于养老服务的诗", "off_topic"),
        ("hi", "off_topic"),
        ("你是谁", "off_topic"),
        ("五", "off_topic"),
        ("总结一下红楼梦的主要情节", "off_topic"),
    ],
)
def test_what_no_report_speaks_of_gets_no_summary(reports, question, reason):
    answer = asked(reports, question)
    assert (answer.status, answer.reason) == ("declined", reason)


def test_a_topic_that_the_province_does_not_speak_of_is_declined(reports):
    assert asked(reports, "总结湖北今年在量子计算方面的部署").status == "declined"
    assert asked(reports, "总结四川今年在无人机方面的部署").status == "declined"  # 湖北 speaks of it


def test_a_summary_may_be_asked_for_in_writing(reports):
    answer = asked(reports, "写一段湖北今年养老服务的小结")
    assert (answer.status, answer.provinces) == ("answered", ("湖北",))


def test_where_a_sentence_stands(reports):
    answer = asked(reports, "“培育无人机整机企业5家”这句话出自哪里？")
    assert (answer.status, answer.provinces, quoted(answer)) == ("answered", ("湖北",), ["培育无人机整机企业5家"])
    assert "（一）做强现代产业" in answer.text


def test_an_altered_sentence_is_told_as_altered(reports):
    answer = asked(reports, "“培育无人机整机企业50家”这句话出自哪里？")
    assert (answer.status, quoted(answer)) == ("partial", ["培育无人机整机企业5家。"])
    assert "50 → 5" in answer.text


def test_a_sentence_that_stands_nowhere_is_declined(reports):
    answer = asked(reports, "“举办世界机器人足球锦标赛和国际烟花节”这句话出自哪里？")
    assert (answer.status, answer.reason) == ("declined", "not_stated")


def test_a_term_means_what_the_glossary_says(reports):
    answer = asked(reports, "“一老一小”是什么意思？")
    assert (answer.status, quoted(answer)) == ("answered", ["1.“一老一小”：是指养老服务和托育服务两件民生大事。"])


def test_a_term_that_nobody_explains_is_not_explained(reports):
    answer = asked(reports, "什么是低空经济？")
    assert (answer.status, answer.reason) == ("declined", "not_stated")
    assert "没有解释" in answer.text


def test_how_a_report_is_built(reports):
    answer = asked(reports, "湖北的报告分几部分？")
    assert "共 2 个部分" in answer.text
    assert [q for q in quoted(answer) if q[0] != "（"] == ["一、2025年工作回顾", "二、2026年主要任务"]
    assert answer.computed[0].value == "2"


def test_a_report_without_headings_has_no_parts(reports):
    assert asked(reports, "上海的报告分几部分？").status == "declined"


def test_a_term_is_counted(reports):
    answer = asked(reports, "湖北的报告里“无人机”出现了几次？")
    assert "2" in [c.value for c in answer.computed]
    assert HUBEI.count("无人机") == 2
