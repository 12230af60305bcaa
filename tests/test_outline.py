"""How a document is built: blocks tile what a section says, leads stand at their head, lists end where they end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.outline import Block, after_headings, bare, blocks_of, heading_span, is_inner_lead, parts_of
from assistant.answer.summary_lists import counts_in, targets_in
from assistant.answer.summary_points import Point, chosen
from assistant.answer.textual import changes, sentence_asked
from assistant.types import Document, Section, Span


def document(text, *headings):
    return Document("d", "报告", text), (Section(Span("d", 0, len(text)), headings),)


def texts(doc, spans):
    return [doc.text[s.start : s.end] for s in spans]


def test_a_paragraph_with_a_lead_is_one_block_whose_lead_goes_with_its_first_sentence():
    doc, sections = document("一、民生\n完善养老服务。新增床位5000张。培训护理员2万人。\n新建学校8所。", "一、民生")
    first, second = blocks_of(doc, sections)
    assert (first.lead, texts(doc, first.points)) == (
        "完善养老服务。",
        ["完善养老服务。新增床位5000张。", "培训护理员2万人。"],
    )
    assert (second.lead, second.paragraph) == ("", 1)


def test_a_long_paragraph_is_parted_before_the_leads_inside_it():
    run = "新增床位5张，完善设施。" * 6
    doc, sections = document(f"完善养老服务。{run}推进乡村全面振兴。{run}")
    assert [b.lead for b in blocks_of(doc, sections)] == ["完善养老服务。", "推进乡村全面振兴。"]


def test_one_huge_sentence_is_cut_at_its_semicolons():
    sentence = "；".join("建设养老服务中心并提高护理水平" * 3 for _ in range(5)) + "。"
    doc, sections = document(sentence)
    (block,) = blocks_of(doc, sections)
    assert len(block.points) == 5


@given(st.lists(st.sampled_from(["完善服务。", "新增床位5张，改造2处；", "\n", "一是抓好落实。", "  "]), max_size=40))
def test_points_stand_in_order_and_hold_every_letter_once(pieces):
    doc, sections = document("".join(pieces))
    points = [p for b in blocks_of(doc, sections) for p in b.points]
    assert all(a.end <= b.start for a, b in zip(points, points[1:], strict=False))
    held = "".join(texts(doc, points))
    assert [c for c in held if c.isalnum()] == [c for c in doc.text if c.isalnum()]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("推进乡村全面振兴。", True), ("新增床位5张。", False), ("推进乡村振兴，建设农田。", False), ("推" * 30, False)],
)
def test_a_lead_inside_a_paragraph(sentence, expected):
    assert is_inner_lead(sentence) is expected


def test_the_text_of_a_section_begins_behind_its_headings():
    doc, sections = document("二、任务\n（一）产业\n做强产业。", "二、任务", "（一）产业")
    assert doc.text[after_headings(doc.text, sections[0]) :] == "做强产业。"
    assert heading_span(doc, sections[0], "（一）产业") == Span("d", 5, 10)
    assert heading_span(doc, sections[0], "（九）没有") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("增长5%；就业70万人；收入同步。", ["增长5%", "就业70万人", "收入同步。"]),
        ("增长5%，就业70万人（其中青年30万人，妇女20万人），收入同步。", None),
        ("总量1,300亿元，就业70万人。", ["总量1,300亿元", "就业70万人。"]),
    ],
)
def test_targets_part_where_no_bracket_or_figure_is_open(text, expected):
    found = [text[a:b] for a, b in targets_in(text, 0, len(text))]
    assert found == (expected or ["增长5%", "就业70万人（其中青年30万人，妇女20万人）", "收入同步。"])


@given(st.text(alphabet="甲乙，；。 \n", max_size=30))
def test_a_bare_span_loses_no_letter(text):
    a, b = bare(text, 0, len(text))
    assert [c for c in text[a:b] if c.isalnum()] == [c for c in text if c.isalnum()]


def test_a_short_sentence_is_one_point_whatever_its_semicolons():
    assert parts_of("甲；乙。", 0, 4) == [(0, 4)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("抓好六个方面工作", [6]),
        ("十件实事", [10]),
        ("第三条", []),
        ("一个方面", []),
        ("5个月", []),
        ("seven priorities", [7]),
    ],
)
def test_numbers_of_things(text, expected):
    assert counts_in(text) == expected


@pytest.mark.parametrize(
    ("given_text", "source", "expected"),
    [
        ("成交额1500亿元", "成交额1400亿元", [("1500", "1400")]),
        ("推出人才政策", "出台人才政策", [("推出", "出台")]),
        ("建设平台", "建设平台。", []),
        ("增长3.5%", "增长3.8%", [("3.5", "3.8")]),
    ],
)
def test_changes_never_split_a_number(given_text, source, expected):
    assert changes(given_text, source) == expected


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("“培育无人机整机企业5家”这句话出自哪里？", "培育无人机整机企业5家"),
        ("培育无人机整机企业5家，这句话出自哪份报告？", "培育无人机整机企业5家"),
        ("“五年”出自哪里", ""),
    ],
)
def test_the_sentence_asked_about(question, quote):
    assert sentence_asked(question) == quote


class NoTopic:
    """A topic whose words stand nowhere: the scores alone decide."""

    is_several = False

    def is_led_by(self, lead):
        return False

    def match(self, text):
        return 0.0


def scored(*paragraphs):
    """Points of one section, a list of scores for each paragraph."""
    section = Section(Span("d", 0, 1000), ())
    out, at = [], 0
    for number, scores in enumerate(paragraphs):
        spans = tuple(Span("d", at + i, at + i + 1) for i in range(len(scores)))
        out += [Point(s, Block(section, "", spans, number), x, 0.0, False) for s, x in zip(spans, scores, strict=True)]
        at += len(scores)
    return out


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (([0.0, -2.5, -2.7, -3.0, -3.1], [-4.0] * 6), 5),  # alone at the head: all of it
        (([0.0, -2.5, -2.7, -3.0, -3.1], [-2.6] * 6), 1),  # mixed with another: what is near the best
        (([0.0, -2.5, -2.7, -3.0, -3.1], [-4.0]), 1),  # most of what there is: its place says nothing
        (([0.0, *[-2.5] * 14], [-4.0] * 30), 1),  # too long to be of one topic
    ],
)
def test_a_paragraph_alone_at_the_head_is_all_on_the_topic(paragraphs, expected):
    assert len(chosen(scored(*paragraphs), NoTopic())) == expected


def test_nothing_is_chosen_of_nothing():
    assert chosen([], NoTopic()) == []
