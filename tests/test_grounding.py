"""What of a language model's prose may be shown: the rules, sentence by sentence, on documents never seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.claims import cleaned, lines_of, parts_of, split, unquoted
from assistant.answer.grounding import Grounds
from assistant.lexicon import load_lexicon
from assistant.types import Citation, Computed, Span

# --- taking apart what was written


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("甲[1]。乙[2]。", ["甲[1]。", "乙[2]。"]),
        ("甲。[1]乙。 [2][3]", ["甲。[1]", "乙。 [2][3]"]),
        ("“甲。乙。”[1]丙[2]", ["“甲。乙。”[1]", "丙[2]"]),
        ("“甲。”的目标[1]。", ["“甲。”的目标[1]。"]),
        ("It is 2.3万家 [1]. So. [2] Then “x.” [3]", ["It is 2.3万家 [1].", "So. [2]", "Then “x.” [3]"]),
        ("3.5%！真的？[1]", ["3.5%！", "真的？[1]"]),
        ("没有句号", ["没有句号"]),
    ],
)
def test_sentences_keep_their_markers(line, sentences):
    assert split(line) == sentences


def test_markers_of_all_shapes_become_one_and_thinking_goes():
    assert cleaned("<think>9[9]</think>**甲**【1】，乙[2, 3]；丙[^4] [05]\x00") == "甲[1]，乙[2][3]；丙[4] [5] "
    assert cleaned("<think>never ends [1]") == ""
    assert cleaned("\ud83d\ude00 \ud83d") == "😀 �"
    assert [b for b, _ in lines_of("1. 甲\n2、乙\n* 丙\n2.3万家\n\n丁")] == ["- ", "- ", "- ", "", ""]


def test_each_marker_stands_for_what_is_before_it():
    first, second = parts_of("甲2家[1]，乙“3家”[2][3]。")
    assert (first.text, first.marks, second.text, second.own, second.quoted, second.marks) == (
        "甲2家", (1,), "，乙“3家”。", "，乙＿。", ("3家",), (2, 3))  # fmt: skip


@given(st.text(alphabet="甲a1.。！[]“”\"'《》 \n", max_size=60))
def test_splitting_loses_nothing(text):
    for line in text.split("\n"):
        assert "".join("".join(split(line)).split()) == "".join(line.split())
        assert len(unquoted(line)[0]) <= len(line) + 1


# --- the rules, on documents never seen

LEXICON = load_lexicon()
QUOTES = [
    ("江苏", 2031, "plan", "力争高新技术企业突破5.2万家,全社会研发投入增长12%以上。"),
    ("浙江", 2030, "review", "科技型中小企业达到9.8万家,技术合同成交额增长21%。"),
    ("江苏", 2030, "review_5y", "五年新增国家重点实验室17家。"),
    ("浙江", 2031, "plan", "组织科技重大专项47项,实施技术攻关计划445项,推行“揭榜挂帅”机制。"),
    (
        "安徽",
        2030,
        "review",
        "新增高新技术企业1200家、专精特新企业300家,淘汰落后产能企业40家,农村居民人均可支配收入增长8.1%,城镇居民人均可支配收入增长5.2%。",
    ),
    (
        "安徽",
        2031,
        "plan",
        "严禁新增钢铁产能,不再新建煤电项目,有序退出落后产能,支持合肥建设综合性国家科学中心,推动企业而不是政府成为创新主体。",
    ),
    ("湖南", 2030, "review", "万元地区生产总值能耗下降3.2%左右,空气质量优良天数比例达到87.5%,未发生重大安全事故。"),
    (
        "湖南",
        2031,
        "plan",
        "地区生产总值增长6%左右,固定资产投资增长8%以上,居民消费价格涨幅控制在3%以内,加大对中小企业的研发补助力度。",
    ),
    (
        "湖北",
        2031,
        "plan",
        "培育国家级专精特新“小巨人”企业200家左右,技术合同成交额达到2500亿元,支持武汉大学与华为公司共建联合实验室。",
    ),
]


def grounds(*numbers: int, english: bool = False, computed: tuple[Computed, ...] = ()) -> Grounds:
    cited = {}
    for n in numbers:
        province, year, period, quote = QUOTES[n - 1]
        cited[n] = Citation(n, Span(f"d{n}", 0, len(quote)), quote, "报告", province, year, period, (), "p")
    return Grounds(cited, {}, computed, LEXICON, english)


HOLDS = [
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家[1]。"),
    ((1,), "2031年，江苏将全社会研发投入增长12%以上[1]。"),
    ((1,), "江苏提出，2031年“力争高新技术企业突破5.2万家”[1]。"),
    ((1, 2), "江苏2031年计划全社会研发投入增长12%以上[1]，浙江2030年技术合同成交额增长21%[2]。"),
    ((2,), "2030年，浙江科技型中小企业达到了9.8万家[2]。"),
    ((2,), "浙江2030年实现技术合同成交额增长21%。[2]"),
    ((3,), "江苏五年新增国家重点实验室17家，截至2030年[3]。"),
    ((4,), "浙江2031年计划组织科技重大专项47项，实施技术攻关计划445项[4]。"),
    ((4,), "浙江2031年将推行“揭榜挂帅”机制[4]。"),
]
FAILS = [
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.3万家[1]。", "figure"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2亿家[1]。", "figure"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破五万二千家[1]。", "retell"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破52000家[1]。", "number"),
    ((1,), "江苏2031年的目标是高新技术企业突破5.2万家[1]。", "strength"),
    ((1,), "江苏2031年的目标是力争高新技术企业.5.2亿家[1]。", "number"),
    ((1,), "江苏2031年的目标是全社会研发投入增长12[1]。", "figure"),
    ((1,), "江苏2031年的目标是上万家高新技术企业[1]。", "figure"),
    ((1,), "江苏2031年力争高新技术企业达到5.2万家[1]。", "strength"),
    ((1,), "江苏2031年的目标是“高新技术企业”力争突破“5.2万家”左右[1]。", "strength"),
    ((1,), "江苏2031年计划全社会研发投入增长12%[1]。", "strength"),
    ((1,), "江苏2031年计划全社会研发投入达到12%以上[1]。", "level"),
    ((1,), "江苏2031年计划全社会研发投入下降12%以上[1]。", "change"),
    ((1,), "江苏2031年计划高新技术企业增长12%以上[1]。", "retell"),
    ((1,), "江苏2031年高新技术企业突破5.2万家[1]。", "target"),
    ((1,), "江苏2031年完成了力争高新技术企业突破5.2万家的目标[1]。", "result"),
    ((1,), "江苏2031年已力争高新技术企业突破5.2万家[1]。", "result"),
    ((1,), "江苏2030年的目标是力争高新技术企业突破5.2万家[1]。", "year"),
    ((1,), "江苏的目标是力争高新技术企业突破5.2万家[1]。", "year"),
    ((1,), "江苏今年（2031年）的目标是力争高新技术企业突破5.2万家[1]。", "year"),
    ((1,), "浙江2031年的目标是力争高新技术企业突破5.2万家[1]。", "place"),
    ((1,), "江苏2031年的目标是南京高新技术企业力争突破5.2万家[1]。", "place"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家。", "cites nothing"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家[7]。", "not there"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家[1][7]。", "not there"),
    ((1,), "江苏2031年没有力争高新技术企业突破5.2万家的目标[1]。", "does not"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，全国最高[1]。", "does not"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，并建设火星移民训练中心[1]。", "retell"),
    ((1,), "江苏2031年“力争高新技术企业达到5.2万家”的目标[1]。", "quotation"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家<b>[1]</b>。", "markup"),
    ((1,), "江苏2031年的目标是[力争高新技术企业突破5.2万家](http://x.y)[1]。", "markup"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破②万家[1]。", "markup"),
    ((1,), "In 2031 Jiangsu plans 力争突破5.2万家 [1].", "retell"),
    ((1, 2), "江苏2031年的目标是科技型中小企业达到9.8万家[1]，浙江2030年力争突破5.2万家[2]。", "figure"),
    ((1, 2), "江苏2031年和浙江2030年分别是力争突破5.2万家和9.8万家[1][2]。", "several"),
    ((1, 2), "该省2030年科技型中小企业达到9.8万家[2]。", "province"),
    ((2,), "浙江2030年计划科技型中小企业达到9.8万家[2]。", "target"),
    ((2,), "浙江2030年科技型中小企业增长9.8万家[2]。", "change"),
    ((3,), "江苏2030年新增国家重点实验室17家[3]。", "five"),
    ((2,), "浙江五年来到2030年科技型中小企业达到9.8万家[2]。", "five"),
    ((4,), "浙江2031年计划组织科技重大专项445项，实施技术攻关计划47项[4]。", "retell"),
    ((4,), "浙江2031年将推行“赛马”机制[4]。", "quotation"),
]  # fmt: skip
ENGLISH_HOLDS = [
    ((1,), "Jiangsu's 2031 target is for high-tech enterprises to exceed 力争突破5.2万家 [1]."),
    ((1,), "In 2031 Jiangsu plans R&D spending growth of at least 12%以上 [1]."),
    ((2,), "In 2030, Zhejiang reached 9.8万家 technology-based SMEs [2]."),
    ((4,), "Zhejiang plans in 2031: “推行“揭榜挂帅”机制” [4]."),
]
ENGLISH_FAILS = [
    ((1,), "Jiangsu achieved in 2031 力争突破5.2万家 high-tech enterprises, its target [1].", "result"),
    ((1,), "In 2031 Jiangsu plans R&D spending growth of 12% [1].", "strength"),
    ((1,), "In 2031 Jiangsu plans R&D spending of at least 12% [1].", "level"),
    ((1,), "In 2031 Jiangsu plans casino growth of at least 12% [1].", "what its figure is of"),
    ((1,), "In 2031 Zhejiang plans R&D spending growth of at least 12% [1].", "place"),
    ((1,), "In 2031 Jiangsu plans R&D spending growth of at least twelve percent [1].", "does not mention"),
    ((2,), "In 2030, Zhejiang reached 98,000 technology SMEs [2].", "number"),
    ((2,), "In 2030, Zhejiang plans 9.8万家 technology SMEs [2].", "target"),
    ((2,), "In 2030, Zhejiang did not reach 9.8万家 technology SMEs [2].", "does not"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家[1]。", ""),
]


@pytest.mark.parametrize(("cited", "sentence"), HOLDS, ids=[s for _, s in HOLDS])
def test_a_faithful_sentence_holds(cited, sentence):
    assert grounds(*cited).problem(sentence) is None


@pytest.mark.parametrize(("cited", "sentence", "why"), FAILS, ids=[s for _, s, _ in FAILS])
def test_a_sentence_that_its_evidence_does_not_carry_fails_for_the_right_reason(cited, sentence, why):
    assert why in (grounds(*cited).problem(sentence) or "IT HELD")


@pytest.mark.parametrize(("cited", "sentence"), ENGLISH_HOLDS, ids=[s for _, s in ENGLISH_HOLDS])
def test_a_faithful_english_sentence_holds(cited, sentence):
    assert grounds(*cited, english=True).problem(sentence) is None


@pytest.mark.parametrize(("cited", "sentence", "why"), ENGLISH_FAILS, ids=[s for _, s, _ in ENGLISH_FAILS])
def test_an_english_sentence_that_its_evidence_does_not_carry_fails(cited, sentence, why):
    assert why in (grounds(*cited, english=True).problem(sentence) or "IT HELD")


def test_a_computed_figure_stands_with_all_its_inputs_only():
    carried = grounds(1, 4, computed=(Computed("7.7个百分点", "x", (1, 4)), Computed("11", "provinces checked", ())))
    assert carried.problem("江苏和浙江2031年的目标相差7.7个百分点[1][4]。") is None
    assert carried.problem("江苏2031年的目标相差7.7个百分点[1]。") is not None
    assert carried.problem("江苏2031年的目标是高新技术企业11家[1]。") is not None


# --- sentences made of the evidence's own words that say something else

RETOLD = [
    ((1,), "江苏提出，2031年力争高新技术企业突破5.2万家，全社会研发投入增长12%以上[1]。"),
    ((2,), "2030年，浙江科技型中小企业达到9.8万家，技术合同成交额增长21%[2]。"),
    ((2,), "浙江省2030年的科技型中小企业数量达到9.8万家[2]。"),
    ((4,), "浙江2031年计划组织科技重大专项47项、实施技术攻关计划445项，并推行“揭榜挂帅”机制[4]。"),
    ((5,), "安徽2030年新增高新技术企业1200家、专精特新企业300家[5]。"),
    ((5,), "2030年，安徽农村居民人均可支配收入增长8.1%，城镇居民人均可支配收入增长5.2%[5]。"),
    ((6,), "安徽2031年计划支持合肥建设综合性国家科学中心[6]。"),
    ((6,), "安徽2031年将严禁新增钢铁产能，并不再新建煤电项目[6]。"),
    ((7,), "湖南2030年空气质量优良天数比例达到87.5%，未发生重大安全事故[7]。"),
    ((8,), "湖南2031年的预期目标是：地区生产总值增长6%左右，固定资产投资增长8%以上[8]。"),
    ((8,), "在2031年的计划中，湖南将加大对中小企业的研发补助力度[8]。"),
    ((9,), "湖北2031年计划培育国家级专精特新“小巨人”企业200家左右[9]。"),
    ((9,), "湖北2031年的目标是技术合同成交额达到2500亿元[9]。"),
    ((9,), "湖北提出2031年支持武汉大学与华为公司共建联合实验室[9]。"),
    ((4,), "浙江2031年计划中提到“揭榜挂帅”[4]。"),
    ((1,), "江苏提出，2031年力争高新技术企业突破5.2万家的目标[1]。"),
    ((1,), "根据政府工作报告，江苏省2031年高新技术企业的目标是力争突破5.2万家[1]。"),
    ((1,), "到2031年，江苏省高新技术企业数量力争突破5.2万家[1]。"),
]  # fmt: skip
TWISTED = [
    ((1,), "江苏2031年的目标是全社会研发投入力争突破5.2万家[1]。"),
    ((1,), "江苏2031年力争高新技术企业投入增长12%以上[1]。"),
    ((1,), "江苏2031年计划高新技术企业研发投入增长12%以上[1]。"),
    ((2,), "浙江2030年中小企业技术合同成交额增长21%[2]。"),
    ((2,), "浙江2030年科技型中小企业增长达到9.8万家[2]。"),
    ((2,), "浙江2030年企业达到9.8万家[2]。"),
    ((2,), "浙江2030年技术成交额增长21%[2]。"),
    ((3,), "江苏五年新增国家实验室17家，截至2030年[3]。"),
    ((4,), "浙江2031年将组织揭榜挂帅专项47项[4]。"),
    ((4,), "浙江2031年将攻关科技重大专项47项[4]。"),
    ((5,), "安徽2030年新增专精特新企业1200家[5]。"),
    ((5,), "安徽2030年新增高新技术企业300家[5]。"),
    ((5,), "安徽2030年新增高新技术企业40家[5]。"),
    ((5,), "安徽2030年新增落后产能企业40家[5]。"),
    ((5,), "安徽2030年居民人均可支配收入增长8.1%[5]。"),
    ((5,), "安徽2030年城镇居民人均可支配收入增长8.1%[5]。"),
    ((5,), "安徽2030年淘汰高新技术企业1200家[5]。"),
    ((5,), "安徽2030年淘汰专精特新企业300家[5]。"),
    ((5,), "安徽2030年新增企业1200家[5]。"),
    ((6,), "安徽2031年将新增钢铁产能[6]。"),
    ((6,), "安徽2031年将新建煤电项目[6]。"),
    ((6,), "安徽2031年计划推动政府成为创新主体[6]。"),
    ((6,), "安徽2031年计划支持落后产能有序退出合肥[6]。"),
    ((6,), "安徽2031年将支持煤电项目[6]。"),
    ((6,), "安徽2031年将严禁合肥建设综合性国家科学中心[6]。"),
    ((6,), "安徽2031年将不再支持合肥建设综合性国家科学中心[6]。"),
    ((6,), "安徽2031年计划有序退出国家科学中心[6]。"),
    ((6,), "安徽2031年计划严禁企业创新[6]。"),
    ((7,), "湖南2030年发生重大安全事故[7]。"),
    ((7,), "湖南2030年空气质量优良天数下降3.2%左右[7]。"),
    ((7,), "湖南2030年地区生产总值下降3.2%左右[7]。"),
    ((7,), "湖南2030年未达到空气质量优良天数比例87.5%[7]。"),
    ((8,), "湖南2031年的目标是固定资产投资增长6%左右[8]。"),
    ((8,), "湖南2031年的目标是地区生产总值增长8%以上[8]。"),
    ((8,), "湖南2031年的目标是居民消费增长3%以内[8]。"),
    ((8,), "湖南2031年的目标是居民消费控制在3%以内[8]。"),
    ((8,), "湖南2031年计划加大对居民的补助力度[8]。"),
    ((8,), "湖南2031年计划中小企业加大研发力度[8]。"),
    ((8,), "湖南2031年的目标是地区生产总值6%左右[8]。"),
    ((8,), "湖南2031年计划主要将研发补助给中小企业，其中固定资产投资增长8%以上[8]。"),
    ((9,), "湖北2031年计划培育“小巨人”企业200家左右，其中技术合同成交额达到2500亿元[9]。"),
    ((9,), "湖北2031年计划由华为公司支持武汉大学[9]。"),
    ((9,), "湖北2031年计划培育武汉大学、华为公司等企业200家左右[9]。"),
    ((9,), "湖北2031年计划培育技术合同成交额2500亿元的国家级企业[9]。"),
    ((9,), "湖北2031年计划仅支持武汉大学与华为公司共建联合实验室[9]。"),
    ((9,), "湖北2031年计划率先支持武汉大学与华为公司共建联合实验室[9]。"),
    ((9,), "湖北2031年计划与武汉共建联合实验室，以提高技术合同成交额[9]。"),
    ((9,), "湖北2031年计划通过支持武汉大学实现技术合同成交额达到2500亿元[9]。"),
    ((1,), "江苏2031年的目标低于浙江，为力争高新技术企业突破5.2万家[1]。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，比上年多[1]。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，这一目标已提前完成[1]。"),
    ((1,), "江苏2031年大部分高新技术企业力争突破5.2万家[1]。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，首先，其次[1]。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，但投入有限[1]。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家[1]，其余企业不达标。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，约为上年的两倍[1]。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破伍万贰仟家[1]。"),
    ((1,), "江苏2031年的目标是力争高新技术企业突破5.2万家，其中国有企业占大头[1]。"),
    ((1,), "江苏2031年的目标是努力提高社会投入[1]。"),
    ((1,), "江苏2031年的目标是提高高新技术企业投入[1]。"),
    ((1,), "江苏2031年的目标是增加全社会高新技术企业[1]。"),
    ((1,), "江苏2031年目标为力争高新技术企业突破5.2万家，目标明确、措施具体、成效显著[1]。"),
    ((2,), "浙江全省以2030年的技术合同成交额增长21%为基础，实现了科技型中小企业达到9.8万家[2]。"),
    ((2,), "浙江2030年科技型中小企业达到9.8万家，主要是技术合同成交额增长21%的结果[2]。"),
    ((2,), "浙江2030年全国科技型中小企业达到9.8万家[2]。"),
    ((2,), "2030年浙江各市科技型中小企业均达到9.8万家[2]。"),
    ((2,), "2030年浙江每年科技型中小企业达到9.8万家[2]。"),
    ((2,), "2030年浙江每家科技型中小企业技术合同成交额增长21%[2]。"),
    ((2,), "2030年底浙江科技型中小企业达到9.8万家[2]。"),
    ((2,), "2030年上半年浙江科技型中小企业达到9.8万家[2]。"),
    ((2,), "浙江2030年科技型中小企业达到9.8万家的目标[2]。"),
    ((2,), "浙江2030年应当科技型中小企业达到9.8万家[2]。"),
    ((2,), "浙江2030年可能技术合同成交额增长21%[2]。"),
    ((2,), "浙江2030年技术合同成交额增长21%？[2]"),
    ((2,), "浙江2030年技术合同成交额由低到高增长21%[2]。"),
    ((2,), "除浙江外，2030年技术合同成交额增长21%[2]。"),
    ((2,), "浙江以外的省份2030年技术合同成交额增长21%[2]。"),
    ((2,), "报告否定浙江2030年技术合同成交额增长21%[2]。"),
    ((2,), "浙江对报告中2030年技术合同成交额增长21%表示怀疑[2]。"),
    ((4,), "浙江2031年实施技术攻关计划445项[4]。"),
    ((2,), "浙江2030年科技型中小企业达到9.8万家，其技术合同成交额增长21%[2]。"),
    ((2,), "浙江2030年科技型中小企业达到9.8万家的技术合同成交额增长21%[2]。"),
    ((2,), "浙江2030年科技型中小企业达到9.8万家，结果技术合同成交额增长21%[2]。"),
    ((2,), "浙江2030年为科技型中小企业达到9.8万家，技术合同成交额增长21%[2]。"),
    ((1,), "江苏2031年将力争高新技术企业突破5.2万家，使全社会研发投入增长12%以上[1]。"),
    ((1,), "江苏2031年计划全社会研发投入增长12%以上，为力争高新技术企业突破5.2万家[1]。"),
    ((4,), "浙江2031年力争推行“揭榜挂帅”机制[4]。"),
    ((6,), "安徽2031年提到“新增钢铁产能”[6]。"),
    ((6,), "安徽2031年将“新增钢铁产能”[6]。"),
    ((6,), "安徽2031年计划“煤电项目”[6]。"),
    ((8,), "湖南2031年的目标是城市固定资产投资增长8%以上[8]。"),
    ((1, 4), "江苏2030年和浙江2031年都提出推行“揭榜挂帅”机制[1][4]。"),
    ((2, 1), "浙江2030年科技型中小企业达到9.8万家[2]，江苏2031年力争高新技术企业突破5.2万家[1]，浙江技术合同成交额增长21%[2]。"),
]  # fmt: skip
ENGLISH_RETOLD = [
    ((4,), "Zhejiang's 2031 plan mentions “揭榜挂帅” [4]."),
    ((2,), "Zhejiang reached 9.8万家 technology-based SMEs in 2030 [2]."),
    ((8,), "In 2031, Hunan plans GDP growth of about 6%左右 [8]."),
    ((8,), "Hunan's 2031 target: fixed-asset investment growth of 8%以上 [8]."),
]  # fmt: skip
ENGLISH_TWISTED = [
    ((6,), "Anhui plans in 2031: “新增钢铁产能” [6]."),
    ((6,), "Anhui's 2031 report mentions “新增钢铁产能” [6]."),
    ((5,), "In 2030, Anhui's per capita disposable income grew 8.1% [5]."),
    ((9,), "Hubei plans in 2031 to support universities with Huawei [9]."),
    ((1,), "In 2031 Jiangsu plans at least 12%以上 high-tech enterprises [1]."),
    ((1,), "In 2031 Jiangsu plans a decline in R&D spending of 12%以上 [1]."),
    ((1,), "In 2031, Jiangsu targets most high-tech enterprises to exceed 力争突破5.2万家 [1]."),
    ((2,), "In 2030, all Zhejiang technology-based SMEs reached 9.8万家 [2]."),
    ((2,), "In 2030, Zhejiang reached no more than 9.8万家 technology-based SMEs [2]."),
    ((2,), "In 2030, each technology-based SME in Zhejiang reached 9.8万家 [2]."),
    ((2,), "In 2030, Zhejiang's technology-based SMEs did not grow 21% [2]."),
    ((2,), "In 2030, technology contract value in Zhejiang reached 21% [2]."),
    ((2,), "In 2030, Zhejiang provinces reached 9.8万家 technology-based SMEs under their own region [2]."),
    ((2,), "In 2030, Zhejiang reached 9.8万家 technology-based SMEs from 21% [2]."),
    ((2,), "Zhejiang reached 9.8万家 technology-based SMEs in the year up to 2030, growing 21% [2]."),
    ((2,), "In 2030, technology-based SMEs in Zhejiang rose 21% [2]."),
    ((5,), "In 2030, Anhui's urban per capita disposable income grew 8.1% [5]."),
    ((5,), "In 2030, Anhui's high-tech enterprises reached 1200家 [5]."),
    ((5,), "In 2030, Anhui added 300家 new high-tech enterprises [5]."),
    ((7,), "In 2030, Hunan's GDP fell about 3.2% [7]."),
    ((8,), "In 2031, Hunan plans GDP growth of above 8% [8]."),
    ((8,), "In 2031, Hunan plans fixed-asset investment growth of about 6% [8]."),
    ((1,), "In 2031 Jiangsu has planned for R&D spending to fall to less than 12%以上 [1]."),
    ((1,), "Jiangsu's government would not have 2031 R&D spending growth of 12%以上 as a target [1]."),
    ((1,), "Other than Jiangsu, 2031 plans R&D spending growth of 12%以上 [1]."),
    ((1,), "In 2031 Jiangsu's R&D spending growth target of 12%以上 is above its high-tech enterprises growth [1]."),
    ((1,), "Jiangsu intends in 2031 to reduce R&D spending growth below 12%以上 [1]."),
]  # fmt: skip


@pytest.mark.parametrize(("cited", "sentence"), RETOLD, ids=[s for _, s in RETOLD])
def test_clauses_told_again_hold(cited, sentence):
    assert grounds(*cited).problem(sentence) is None


@pytest.mark.parametrize(("cited", "sentence"), TWISTED, ids=[s for _, s in TWISTED])
def test_the_same_words_with_another_meaning_do_not(cited, sentence):
    assert grounds(*cited).problem(sentence) is not None


@pytest.mark.parametrize(("cited", "sentence"), ENGLISH_RETOLD, ids=[s for _, s in ENGLISH_RETOLD])
def test_a_figure_told_again_in_english_holds(cited, sentence):
    assert grounds(*cited, english=True).problem(sentence) is None


@pytest.mark.parametrize(("cited", "sentence"), ENGLISH_TWISTED, ids=[s for _, s in ENGLISH_TWISTED])
def test_a_translation_with_another_meaning_does_not(cited, sentence):
    assert grounds(*cited, english=True).problem(sentence) is not None


# Every way to change a true sentence a little: whoever changes a word changes the claim, so none may hold.

TRUE = [
    (2, "浙江2030年", "技术合同成交额增长21%"),
    (5, "安徽2030年", "农村居民人均可支配收入增长8.1%"),
    (6, "安徽2031年计划", "严禁新增钢铁产能"),
    (6, "安徽2031年计划", "不再新建煤电项目"),
    (6, "安徽2031年计划", "推动企业而不是政府成为创新主体"),
    (8, "湖南2031年的目标是", "居民消费价格涨幅控制在3%以内"),
    (9, "湖北2031年计划", "支持武汉大学与华为公司共建联合实验室"),
]
CLAIMS = [c for *_, c in TRUE]
MEANINGLESS = {"推动"}
"""What a clause may lose: a word that says that somebody sees to it."""
WORDS = (
    "不 没有 未 无 仅 唯一 都 均 各 大部分 其余 最 首次 全国 城市 可能 除 因此 由于 为了 使 其 但 约 左右 力争 下降 两倍 三百 3 10% 2029年 去年 上半年 五年 四川 "
    "？ “ _ ＿ # |"
).split()  # fmt: skip


@pytest.mark.parametrize(("n", "lead", "clause"), TRUE, ids=CLAIMS)
def test_nothing_can_be_left_out_of_a_clause(n, lead, clause):
    told = grounds(n)
    assert told.problem(f"{lead}{clause}[{n}]。") is None
    for start in range(len(clause)):
        for end in range(start + 1, len(clause) + (start > 0)):
            if clause[start:end] not in MEANINGLESS:
                assert told.problem(f"{lead}{clause[:start]}{clause[end:]}[{n}]。"), clause[:start] + clause[end:]


@pytest.mark.parametrize(("n", "lead", "clause"), TRUE, ids=CLAIMS)
def test_nothing_can_be_moved_in_a_clause(n, lead, clause):
    told = grounds(n)
    for size in (1, 2, 4):
        for at in range(len(clause) - 2 * size + 1):
            first, second = clause[at : at + size], clause[at + size : at + 2 * size]
            moved = clause[:at] + second + first + clause[at + 2 * size :]
            assert moved == clause or told.problem(f"{lead}{moved}[{n}]。"), moved


@pytest.mark.parametrize(("n", "lead", "clause"), TRUE[:4], ids=CLAIMS[:4])
def test_no_word_that_claims_anything_can_be_added(n, lead, clause):
    told, sentence = grounds(n), f"{lead}{clause}"
    for word in WORDS:
        for at in range(len(sentence) + 1):
            changed = f"{sentence[:at]}{word}{sentence[at:]}"
            assert told.problem(f"{changed}[{n}]。"), changed


@pytest.mark.parametrize("word", "not never no only all most each every few if unless without except below above over under twice half hardly failed less more than because".split())  # fmt: skip
@pytest.mark.parametrize(("n", "sentence"), [(2, "In 2030, Zhejiang reached 9.8万家 technology-based SMEs"), (8, "In 2031, Hunan plans GDP growth of about 6%左右")])  # fmt: skip
def test_no_english_word_that_claims_anything_can_be_added(n, sentence, word):
    told, words = grounds(n, english=True), sentence.split()
    assert told.problem(f"{sentence} [{n}].") is None
    for at in range(len(words) + 1):
        assert told.problem(f"{' '.join((*words[:at], word, *words[at:]))} [{n}].")


@pytest.mark.parametrize("other", [1, 2, 4, 5, 8, 9])
@pytest.mark.parametrize(("n", "lead", "clause"), TRUE, ids=CLAIMS)
def test_a_true_sentence_with_another_quotes_marker_does_not_hold(n, lead, clause, other):
    if other != n:
        assert grounds(n, other).problem(f"{lead}{clause}[{other}]。")


def test_what_is_crafted_to_be_searched_for_long_is_given_up():
    assert grounds(5).problem(f"安徽2030年{'新增' * 200}{'，安徽2030年' * 80}[5]。") is not None
