"""Figures as facts: what each measures, how, in which role; the sentences are written in the manner of reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import facts as facts_module
from assistant import numerals
from assistant.corpus.furniture import HEADING as FURNITURE
from assistant.facts import extract_facts
from assistant.facts.nouns import balanced, noun_of, several
from assistant.types import Document, Section, Span


def facts_of(text, period="review", *, heading=()):
    year = {"review": 2025, "review_5y": 2025}.get(period, 2026)
    document = Document("d", "2026年政府工作报告", text, year=2026)
    return extract_facts(document, (Section(Span("d", 0, len(text)), heading, "山东", year, period),))


def read(text, period="review"):
    """(measure, kind, figure) of each fact."""
    return [(f.measure, f.kind, f.figure) for f in facts_of(text, period)]


PIECES = st.sampled_from(
    "高新技术企业 达到 增长 下降 新增 分别 从 到 2.3万家 5% 18%、 20% 3个百分点 全国第5位 居 首位 占全国 、 ， 和 。 ； \n “ ” （ ） 城乡居民收入 均 累计 一半 翻番 "
    "2020年 比 五年来 今年 台阶 迈上 1项 30人 万亿元 突破 连续6年 15岁 的".split(" ")
)


@given(st.lists(PIECES, max_size=24).map("".join) | st.text(max_size=80))
def test_a_facts_spans_lie_in_their_clause_and_its_figure_is_the_text(text):
    found = facts_of(text)
    for fact in found:
        assert fact.clause.contains(fact.span)
        assert fact.figure == "".join(text[fact.span.start : fact.span.end].split())
        assert fact.measure.strip()
    assert all(a.span.end <= b.span.start for a, b in zip(found, found[1:], strict=False))


# --- how reports state figures


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("高新技术企业达到2.3万家", [("高新技术企业", "level", "2.3万家")]),
        ("新增高新技术企业200家", [("高新技术企业", "increment", "200家")]),
        ("新增19家国家工业设计中心。", [("国家工业设计中心", "increment", "19家")]),
        ("建设10家省实验室", [("省实验室", "level", "10家")]),
        ("22项科技成果获得国家科学技术奖", [("国家科学技术奖", "level", "22项")]),
        (
            "技术合同成交额352.9亿元，增长31.8%",
            [("技术合同成交额", "level", "352.9亿元"), ("技术合同成交额", "growth", "31.8%")],
        ),
        (
            "高新技术企业净增806家，同比增长41.7%",
            [("高新技术企业", "increment", "806家"), ("高新技术企业", "growth", "41.7%")],
        ),
        ("产值占比提高2个百分点左右", [("产值占比", "growth", "2个百分点左右")]),
        ("研发投入强度提高到2.5%", [("研发投入强度", "level", "2.5%")]),
        ("常住人口城镇化率五年提高3.9个百分点", [("常住人口城镇化率", "growth", "3.9个百分点")]),
        ("规上工业企业利润增速为6%", [("规上工业企业利润", "growth", "6%")]),
        ("有研发活动的企业数量翻番", [("有研发活动的企业数量", "multiple", "翻番")]),
        ("新能源汽车产量增长5.1倍", [("新能源汽车产量", "multiple", "5.1倍")]),
        ("技术合同成交额比2020年翻一番", [("技术合同成交额", "multiple", "翻一番")]),
        ("林草产业总产值在全国率先突破万亿元", [("林草产业总产值", "level", "突破万亿元")]),
        ("民生支出占财政支出的比重稳定在八成左右", [("民生支出占财政支出比重", "level", "稳定在八成左右")]),
        ("发放贷款671亿元", [("贷款", "level", "671亿元")]),
        ("全省生产总值增长5%", [("生产总值", "growth", "5%")]),
        ("建筑业产值突破9000亿元", [("建筑业产值", "level", "突破9000亿元")]),
        ("可再生能源发电量增长28%", [("可再生能源发电量", "growth", "28%")]),
        ("建设高标准农田1739万亩", [("高标准农田", "level", "1739万亩")]),
        ("每千人口拥有执业医师3.5人", [("每千人口拥有执业医师", "level", "3.5人")]),
        ("人均预期寿命超过80岁", [("人均预期寿命", "level", "超过80岁")]),
        ("PM2.5年均浓度降至28微克/立方米", [("PM2.5年均浓度", "level", "28微克/立方米")]),
        ("技術合同成交額達到5億元", [("技术合同成交额", "level", "5億元")]),  # the measure is searched in Simplified
    ],
)
def test_one_clause(text, wanted):
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # lists share the verb at their head
        ("新增A类企业50家、B类企业20家、C类企业100家",
         [("A类企业", "increment", "50家"), ("B类企业", "increment", "20家"), ("C类企业", "increment", "100家")]),
        # coordination
        ("高新技术企业和科技型中小企业分别达到1220家、828家",
         [("高新技术企业", "level", "1220家"), ("科技型中小企业", "level", "828家")]),
        ("金融业、软件业增加值分别增长9.7%、15.3%",
         [("金融业增加值", "growth", "9.7%"), ("软件业增加值", "growth", "15.3%")]),
        ("林木覆盖率、湿地保护率分别达24.1%和50.2%", [("林木覆盖率", "level", "24.1%"), ("湿地保护率", "level", "50.2%")]),
        ("接待国内游客4.1亿人次、入境游客936万人次，分别增长6.7%、39.6%",
         [("国内游客", "level", "4.1亿人次"), ("入境游客", "level", "936万人次"),
          ("国内游客", "growth", "6.7%"), ("入境游客", "growth", "39.6%")]),
        ("城乡居民人均可支配收入分别增长4.2%、5.3%",
         [("城镇居民人均可支配收入", "growth", "4.2%"), ("农村居民人均可支配收入", "growth", "5.3%")]),
        ("城镇、农村居民人均可支配收入分别增长4.2%、5.3%",
         [("城镇居民人均可支配收入", "growth", "4.2%"), ("农村居民人均可支配收入", "growth", "5.3%")]),
        ("对东盟、欧盟进出口总额分别增长10.4%、12.1%",
         [("对东盟进出口总额", "growth", "10.4%"), ("欧盟进出口总额", "growth", "12.1%")]),
        ("信用贷款、抵押贷款分别发放资金671亿元、86亿元", [("信用贷款", "level", "671亿元"), ("抵押贷款", "level", "86亿元")]),
        # what a sentence speaks of is carried on
        ("经营主体规模壮大，总数突破1000万户", [("经营主体", "level", "突破1000万户")]),
        ("新增公园127座，提前建成公园城市，累计达到1100座", [("公园", "increment", "127座"), ("公园", "level", "1100座")]),
        ("新增实绩企业1357家、总数突破1万家", [("实绩企业", "increment", "1357家"), ("实绩企业", "level", "突破1万家")]),
        ("建成机构养老设施1.8万个、养老床位53.4万张", [("机构养老设施", "level", "1.8万个"), ("养老床位", "level", "53.4万张")]),
        ("重大项目开工390个、竣工437个", [("重大项目开工", "level", "390个"), ("重大项目竣工", "level", "437个")]),
        ("经济总量超过6万亿元，实现历史性晋位，年均增速5.7%", [("经济总量", "level", "超过6万亿元"), ("经济总量", "growth", "5.7%")]),
        ("城镇新增就业522万人、农村劳动力转移稳定在2500万人以上",
         [("城镇新增就业", "increment", "522万人"), ("农村劳动力转移", "level", "稳定在2500万人以上")]),
        # a start is no result
        ("经营主体从689万户增至951万户", [("经营主体", "level", "951万户")]),
        ("生产总值从2020年的3.68万亿元增长到2025年的4.93万亿元", [("生产总值", "level", "4.93万亿元")]),
        ("地区总部、研发中心分别从771家、481家增加到1076家、636家", [("地区总部", "level", "1076家"), ("研发中心", "level", "636家")]),
        # steps are not counted
        ("地区生产总值迈上6万亿元台阶、达到62661亿元", [("地区生产总值", "level", "62661亿元")]),
        # shares and comparisons with others
        ("海外授权交易255亿美元、占全球10%左右", [("海外授权交易", "level", "255亿美元"), ("海外授权交易占全球", "level", "10%左右")]),
        ("民间投资增长2.1%、高于全国8.5个百分点",
         [("民间投资", "growth", "2.1%"), ("民间投资高于全国", "increment", "8.5个百分点")]),
        ("进口额从2007年底的8.4亿元提升到去年底的13.3亿元", [("进口额", "level", "13.3亿元")]),
        ("失业率从上半年5.5%降到5.3%", [("失业率", "level", "5.3%")]),
        ("企业利润由上年下降2.3%转为增长8.5%", [("企业利润", "growth", "8.5%")]),
        ("188个园区整合优化为120个", [("园区", "level", "120个")]),
        # ratios have no unit
        ("城乡居民收入倍差从2.42缩小至2.12", [("城乡居民收入倍差", "level", "2.12")]),
        ("城乡居民收入比由2.3:1缩小到2.1:1", [("城乡居民收入比", "level", "2.1")]),
        ("三次产业结构比为4.5:38.2:57.3", []),
        # a total behind what came on top; who was reached; what each has
        ("铁路里程新增1700公里、突破7000公里", [("铁路里程", "increment", "1700公里"), ("铁路里程", "level", "突破7000公里")]),
        ("建设保障性租赁住房7.4万套（间）、累计达到61万套（间）",
         [("保障性租赁住房", "level", "7.4万套"), ("保障性租赁住房", "level", "61万套")]),
        ("改造老旧小区1.84万个，惠及310多万户", [("老旧小区", "level", "1.84万个"), ("老旧小区惠及", "level", "310多万户")]),
        ("地区生产总值突破10万亿元、人均达到13万元", [("地区生产总值", "level", "突破10万亿元"), ("人均地区生产总值", "level", "13万元")]),
        ("最低收购价平均每50公斤提高7.4元", [("最低收购价", "increment", "7.4元")]),
        # coordinations
        ("城镇居民收入和农村居民收入，分别实际增长58.3%和29.2%", [("城镇居民收入", "growth", "58.3%"), ("农村居民收入", "growth", "29.2%")]),
        ("城镇和农村人均住房面积32.9平方米、37.1平方米",
         [("城镇人均住房面积", "level", "32.9平方米"), ("农村人均住房面积", "level", "37.1平方米")]),
        ("生产安全事故起数、死亡人数分别下降65.3%、58.3%",
         [("生产安全事故起数", "growth", "65.3%"), ("生产安全事故死亡人数", "growth", "58.3%")]),
        ("一、二、三产业增加值分别增长4.2%、5%、5.4%",
         [("第一产业增加值", "growth", "4.2%"), ("第二产业增加值", "growth", "5%"), ("第三产业增加值", "growth", "5.4%")]),
        # what money is for
        ("三年安排450亿元支持县域产业发展", [("县域产业发展", "level", "450亿元")]),
        ("财政安排抚恤补助费74.6亿元", [("抚恤补助费", "level", "74.6亿元")]),
        ("居民消费价格涨幅回落到2.6%", [("居民消费价格", "growth", "2.6%")]),
        ("开放水平提高，高速公路达到9000公里", [("高速公路", "level", "9000公里")]),
        # attributes of what is counted
        ("引进投资超10亿元重大项目14个", [("重大项目", "level", "14个")]),
    ],
)  # fmt: skip
def test_figures_that_share_words(text, wanted):
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("国家现代农业产业园增至21个、居全国第1位", ("国家现代农业产业园", "全国第1位")),
        ("外商投资总规模居中西部第1位", ("外商投资总规模", "中西部第1位")),
        ("地区生产总值6.7万亿元，增长5.5%，总量和增速均居全国第5位", ("地区生产总值总量和增速", "全国第5位")),
        ("进出口总额增长18.2%、增速居全国第3位", ("进出口总额增速", "全国第3位")),
        ("综合算力指数全国第一", ("综合算力指数", "全国第一")),
        ("区域创新能力升至全国第二", ("区域创新能力", "全国第二")),
    ],
)
def test_ranks(text, wanted):
    rank = facts_of(text)[-1]
    assert (rank.kind, rank.unit, rank.measure, rank.figure) == ("rank", "位", *wanted)


@pytest.mark.parametrize(
    ("text", "declines"),
    [
        ("单位能耗下降5.2%", ["下降"]),
        ("刑事立案数、电诈案件数分别下降13.5%、8.6%", ["下降", "下降"]),
        ("一般性支出下降超10%", ["下降超"]),
        ("平均到户电价同比降低11%", ["降低"]),
        ("平均待泊时间减少8.9小时", ["减少"]),
        ("浓度降至28微克、下降7.4%", ["", "下降"]),
        ("投资增长5%、工业下降2%", ["", "下降"]),
        ("收入增长5%、6%", ["", ""]),
        ("单位能耗下降5.2%，投资增长3%", ["下降", ""]),
    ],
)
def test_a_decline_never_reads_as_growth(text, declines):
    assert [f.strength for f in facts_of(text)] == declines


@pytest.mark.parametrize(
    "text",
    [
        "15岁以上人口增加",
        "用90天建成",
        "打造“15分钟”社区生活圈",
        "6部门联合印发",
        "建设30万吨级航道",
        "2025年",
        "提升15分钟生活圈功能",
        "一是5个方面",
        "第一产业",
        "把政治建设摆在首位",
    ],
)
def test_figures_that_state_nothing(text):
    assert facts_of(text) == ()


def test_figures_without_a_measure_are_dropped():
    assert facts_of("达到5%。") == ()
    assert facts_of("5家、6家") == ()


def test_values_ranges_and_strength():
    (fact,) = facts_of("新增3—5家市级大学科技园")
    assert (fact.value, fact.high, fact.unit, fact.strength) == (3, 5, "家", "range")
    (fact,) = facts_of("力争国家高新技术企业突破9000家")
    assert (fact.value, fact.strength, fact.measure) == (9000, "突破", "国家高新技术企业")


def test_the_clause_reaches_back_to_where_the_measure_was_named():
    text = "深入推进改革。技术合同成交额实现352.9亿元，增长31.8%。"
    level, growth = facts_of(text)
    assert text[level.clause.start : level.clause.end] == "技术合同成交额实现352.9亿元，"
    assert text[growth.clause.start : growth.clause.end] == "技术合同成交额实现352.9亿元，增长31.8%。"


# --- roles


@pytest.mark.parametrize(
    ("text", "period", "role"),
    [
        ("企业达到5家", "review", (2025, "review")),
        ("企业达到5家", "plan", (2026, "plan")),
        ("力争“十五五”期末企业达到5家", "plan", (2026, "plan_5y")),
        ("到2030年企业达到5家", "plan", (2026, "plan_5y")),
        ("到2026年底企业达到5家", "plan", (2026, "plan")),
        ("五年来企业达到5家", "review", (2025, "review_5y")),
        ("企业利润年均增长5%", "review", (2025, "review_5y")),
        ("PM2.5年均浓度为26微克", "review", (2025, "review")),  # a yearly mean, not five years
        ("去年企业达到5家", "plan", (2025, "review")),
        ("2024年企业达到5家", "plan", (2024, "review")),
        ("企业比2020年增长5%", "plan", (2026, "plan")),
        ("企业达到5家", None, (2026, None)),
    ],
)
def test_the_clause_may_say_another_role(text, period, role):
    (fact,) = facts_of(text, period)
    assert (fact.year, fact.period) == role
    assert fact.province == "山东"


@pytest.mark.parametrize(
    ("text", "period", "periods"),
    [
        ("到2030年，总产值突破10万亿元，研发投入达到5亿元", "plan", ["plan_5y", "plan_5y"]),
        ("到2030年总产值突破10万亿元，今年新增企业50家", "plan", ["plan_5y", "plan"]),
        ("五年来，高速公路新增3000公里，粮食产量达到700亿斤", "review", ["review_5y", "review_5y"]),
        ("五年来，高速公路新增3000公里。粮食产量达到700亿斤", "review", ["review_5y", "review"]),
    ],
)
def test_words_of_time_hold_for_the_rest_of_their_sentence(text, period, periods):
    assert [f.period for f in facts_of(text, period)] == periods


def test_what_the_page_hung_around_the_document_states_nothing():
    assert facts_of("新增企业300家", heading=(FURNITURE,)) == ()
    assert len(facts_of("新增企业300家", heading=("相关",))) == 1


# --- nouns


@pytest.mark.parametrize(
    ("part", "noun"),
    [
        ("实施服务业增加值", "服务业增加值"),
        ("全年新引进各类人才", "各类人才"),
        ("保障性住房", "保障性住房"),
        ("和谐社区", "和谐社区"),
        ("，其中入境游客", "入境游客"),
        ("全省一般公共预算收入累计", "一般公共预算收入"),
        ("的", ""),
        ("“”", ""),
        ("口袋公园”保有量", "“口袋公园”保有量"),
    ],
)
def test_noun_of(part, noun):
    assert noun_of(part) == noun


def test_quotes_stay_in_pairs():
    assert balanced("“专精特新") == "专精特新"
    assert balanced("专精特新”企业") == "“专精特新”企业"
    assert balanced("电影（上") == "电影（上）"


def test_a_coordination_that_does_not_match_its_figures_stays_whole():
    assert several("研究与试验发展经费", 3) == ("研究与试验发展经费",) * 3
    assert several("新疆、西藏产量", 2) == ("新疆产量", "西藏产量")


# --- hostile text


@pytest.mark.parametrize(
    "unit",
    ["a", "好", "7", "5家", "5家、", "增长5%，", "分别5%、", "从5家", "5家到", "全国第一，", "占", "的", "“", "（(", "，", "。", "\n", "\0", "\ud800",
     "\u202e", "比2020年", "新增", "和", "十四五", "企业达到5家、增长6%，", "加快", "分别", "整合", "收入比5:1"],
)  # fmt: skip
@pytest.mark.parametrize("last", ["", "5家"])
def test_fifty_thousand_of_anything_are_read(unit, last):
    text = "企业达到5家，" * bool(last) + (unit * 50_000)[:50_000] + last
    assert all(f.clause.contains(f.span) for f in facts_of(text))


@pytest.mark.parametrize("unit", ["企业达到5家，", "企业5家", "企业达到5家、", "企业增长5%。\n"])
def test_what_is_read_grows_with_the_text_and_not_with_its_square(monkeypatch, unit):
    read_characters = []

    def counting(function):
        return lambda text: (read_characters.append(len(text)), function(text))[1]

    monkeypatch.setattr(numerals, "fold", counting(numerals.fold))
    monkeypatch.setattr(facts_module, "fold", counting(facts_module.fold))
    monkeypatch.setattr(facts_module, "to_simplified", counting(facts_module.to_simplified))
    totals = []
    for n in (500, 1000):
        read_characters.clear()
        facts_of(unit * n)
        totals.append(sum(read_characters))
    assert totals[1] <= 2.2 * totals[0]
