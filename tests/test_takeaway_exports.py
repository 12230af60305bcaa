"""Answers as Markdown and as Word: the same words in both, and nothing of a document or a question is markup."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from serving import DOCUMENT, Scripted, answered, declined
from takeaway_samples import HOSTILE, LIBRARY, PARTS, REPORT, TODAY, any_answers, cited, sound_answers

from assistant.errors import QuestionError
from assistant.takeaway.blocks import Grid, Heading, Items, Paragraph, Quotation, References, parse_blocks, told
from assistant.takeaway.compose import write_up
from assistant.takeaway.exchange import Exchange, conversation
from assistant.takeaway.export import FORMATS, MAX_ANSWERS, export
from assistant.takeaway.markdown import render_markdown
from assistant.takeaway.words import MESSAGES, shown
from assistant.types import Answer, Computed, Table

docx = pytest.importorskip("docx")
READER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
OURS = {"<sup>", "</sup>", "<strong>", "</strong>"}
MARKUP = {"link_open", "image", "code_inline", "code_block", "fence", "hr", "html_block", "s_open"}


def made(answers, form, **options):
    return export(conversation(answers), form, source=LIBRARY, accessed=TODAY, **options).data


def tokens(markdown: str):
    return [t for block in READER.parse(markdown) for t in (block, *(block.children or ()))]


def read_text(markdown: str) -> list[str]:
    """The words of each paragraph, heading, item and cell, as a reader of the rendered page has them."""
    out = []
    for block in READER.parse(markdown):
        if block.type == "inline":
            ours = "".join(
                "\n" if t.type in ("softbreak", "hardbreak") else t.content
                for t in block.children
                if t.type != "html_inline"
            )
            out.append(ours)
    return out


def everything(blocks, *, numbered: bool = False) -> list[str]:
    """The words of every block, in order, one for each line, item and cell; the numbers of lists, if ``numbered``."""
    out = []
    for b in blocks:
        if isinstance(b, Heading):
            out.append(told(b.line))
        elif isinstance(b, Items) and numbered and b.start is not None:
            out += [f"{n}. {told(line)}" for n, line in enumerate(b.lines, b.start)]
        elif isinstance(b, Paragraph | Items | Quotation):
            out += map(told, b.lines)
        elif isinstance(b, References):
            out += [text for text, _ in b.entries]
        elif b.head:
            out += [told(cell) for row in (b.head, *b.rows) for cell in row]
    return [said for line in out if (said := squeezed(line))]


def squeezed(text: str) -> str:
    return " ".join(shown(text).split())


def words_of(file: bytes) -> list[str]:
    """The words of a Word file in order: its paragraphs, line by line, and the cells of its tables."""
    document = docx.Document(io.BytesIO(file))
    out = []
    for part in document.iter_inner_content():
        cells = [c.text for row in part.rows for c in row.cells] if hasattr(part, "rows") else part.text.split("\n")
        out += [said for cell in cells if (said := squeezed(cell))]
    return out


COMPARED = Answer(
    question="甲省和山东谁更高？", standalone_question="甲省和山东的目标，谁更高？", language="zh", intent="compare", status="partial",
    reason=None, text="## 结果\n**山东：**更高 [1]\n\n1. 第一 [2]\n2. 第二\n\n> 原话 [2]\n\n未核对 [7]。", short="山东",
    table=Table(("省份", "数值", "引用"), (("山东", "2.3万家", "1"), ("甲省", "18%", "1, 2")), 2),
    computed=(Computed("5%", "18% − 13%", (1, 2)), Computed("2", "核对的省份数", (1,))),
    citations=(cited(REPORT, 0, 16, n=1), cited(PARTS, 2, 14, n=2)), generator="llm:小模型", unsupported=("没有依据的话。",),
    index_generation=3,
)  # fmt: skip


def test_the_markdown_of_an_answer_is_what_a_person_would_write():
    text = made([COMPARED], "md").decode()
    assert text.startswith("# 省问问答记录\n\n导出日期：2026-01-31；程序：省问 ")
    for line in (
        "共 2 条引文，导出时均与原文逐字相同。",
        "## 甲省和山东谁更高？",
        "理解为：甲省和山东的目标，谁更高？  ",
        "部分回答  ",
        "文字由语言模型 小模型 撰写，逐句核对。",
        "**山东**",
        "##### 结果",
        "<strong>山东：</strong>更高 <sup>[1]</sup>",
        "1. 第一 <sup>[2]</sup>",
        "2. 第二",
        "> 原话 <sup>[2]</sup>",
        "未核对 [7]。",
        "| 省份 | 数值 | 引用 |",
        "| 甲省 | 18% | <sup>[1]</sup><sup>[2]</sup> |",
        "- 5% = 18% − 13% <sup>[1]</sup><sup>[2]</sup>",
        "- 核对的省份数：2 <sup>[1]</sup>",
        "- 没有依据的话。",
        f"> {REPORT.text[:16]}",
        f"<sup>[1]</sup> 山东 · 2022年目标 · {REPORT.title} › 第一部分 · {REPORT.id}:0-16",
        "### 参考文献",
    ):
        assert line in text.splitlines(), line
    assert text.rstrip().splitlines()[-3].endswith("<https://www.example.gov.cn/art/2022/1/28/art_1.html>")
    assert text.rstrip().splitlines()[-1].startswith("[2] ")


def test_a_record_in_english_says_so_all_over():
    text = made([replace(COMPARED, language="en", text="x", table=None)], "md").decode()
    assert "# ShengWen: questions and answers" in text and "### References" in text and "Shandong · 2022 target" in text
    assert "参考文献" not in text and "### References" in made([COMPARED], "md", language="en").decode()


def test_every_sentence_has_both_languages_and_the_same_placeholders():
    for key, both in MESSAGES.items():
        assert set(both) == {"zh", "en"}
        assert set(re.findall(r"{\w+}", both["zh"])) == set(re.findall(r"{\w+}", both["en"])), key


def test_a_conversation_keeps_each_answers_own_numbers():
    text = made([COMPARED, declined("没有的？", REPORT), COMPARED], "md").decode()
    assert text.count("### 参考文献") == 2
    assert text.count("\n[1] ") == 2
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## 1. 甲省和山东谁更高？",
        "## 2. 没有的？",
        "## 3. 甲省和山东谁更高？",
    ]


def test_a_decline_shows_the_nearest_text_as_no_answer():
    text = made([declined("多少？", REPORT)], "md").decode()
    assert "没有回答：收录的文本没有写到" in text
    assert text.index("### 最接近的原文（不是答案）") < text.index("> 全省高新")
    assert "引文 " not in text.split("最接近")[1] and "参考文献" not in text


def test_a_follow_up_alone_tells_what_was_asked_before():
    exchange = Exchange(COMPARED, ("福建呢？", "山东呢？"))
    text = export([exchange], "md", source=LIBRARY).data.decode()
    assert "此前问过：福建呢？；山东呢？" in text and "导出日期" not in text


def test_a_quote_that_does_not_stand_is_marked_and_counted():
    moved = replace(DOCUMENT, text="改了。" + DOCUMENT.text)
    for texts, said in (((moved,), "这个位置现在不是这段文字"), ((), "现在没有这份文档")):
        source = Scripted(texts=texts)
        text = export([Exchange(answered("多少？"))], "md", source=source).data.decode()
        assert said in text and "其中 1 条与索引库现有的原文对不上" in text
    assert "对不上" not in export([Exchange(answered("多少？"))], "md", source=Scripted()).data.decode()


@given(any_answers(), st.sampled_from(FORMATS))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_answer_is_too_odd_to_export_and_the_same_gives_the_same_bytes(answer, form):
    first = made([answer, answer], form)
    assert first and first == made([answer, answer], form)


@given(any_answers())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_in_markdown_is_markup_but_our_own(answer):
    found = tokens(made([answer], "md").decode())
    links = {t.attrGet("href") for t in found if t.type == "link_open"}
    assert links <= {"https://www.example.gov.cn/art/2022/1/28/art_1.html"}
    assert {t.type for t in found} & (MARKUP - {"link_open"}) == set()
    assert {t.content for t in found if t.type == "html_inline"} <= OURS


@given(any_answers() | sound_answers())
@example(replace(COMPARED, short="0\xa0"))
@example(replace(COMPARED, short="\xa0"))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_markdown_reads_as_it_was_written(answer):
    blocks = write_up([Exchange(answer)], LIBRARY, accessed=TODAY, language="zh")
    lines = [
        said for part in read_text(render_markdown(blocks)) for line in part.split("\n") if (said := squeezed(line))
    ]
    # Markers and bold pieces are tags around the same words; blanks at the edges of lines fall away.
    assert lines == everything(blocks) or [bare(x) for x in lines] == [bare(x) for x in everything(blocks)]


def bare(text: str) -> str:
    return "".join(text.split())


@given(any_answers() | sound_answers())
@example(replace(COMPARED, text="0. "))
@example(COMPARED)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_word_file_opened_again_holds_the_same_words(answer):
    blocks = write_up([Exchange(answer)], LIBRARY, accessed=TODAY, language="zh")
    assert [bare(x) for x in words_of(made([answer], "docx", language="zh"))] == [
        bare(x) for x in everything(blocks, numbered=True)
    ]


def test_a_word_file_has_headings_a_table_quotes_and_raised_numbers():
    document = docx.Document(io.BytesIO(made([COMPARED], "docx")))
    styles = [(p.style.name, p.text) for p in document.paragraphs if p.text]
    assert styles[0] == ("Title", "省问问答记录")
    assert ("Heading 1", COMPARED.question) in styles
    assert {text for name, text in styles if name == "Heading 2"} >= {"计算得出", "引文", "参考文献"}
    assert [text for name, text in styles if name == "Quote"][-2:] == [c.quote for c in COMPARED.citations]
    (table,) = document.tables
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["省份", "数值", "引用"],
        ["山东", "2.3万家", "[1]"],
        ["甲省", "18%", "[1][2]"],
    ]
    raised = [r.text for p in document.paragraphs for r in p.runs if r.font.superscript]
    assert raised.count("[1]") >= 2 and set(raised) == {"[1]", "[2]"}
    assert [r.text for p in document.paragraphs for r in p.runs if r.bold] == ["山东", "山东："]


def test_a_word_file_names_fonts_for_chinese_and_its_maker():
    document = docx.Document(io.BytesIO(made([COMPARED], "docx")))
    tag = docx.oxml.ns.qn
    for name, font in (("Normal", "宋体"), ("Heading 1", "黑体"), ("Title", "黑体"), ("Quote", "楷体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(tag("w:eastAsia")) == font
        assert fonts.get(tag("w:eastAsiaTheme")) is None
    said = document.core_properties
    assert (said.author, said.title, said.language) == ("省问 ShengWen", "省问问答记录", "zh-CN")
    assert said.created.date() == TODAY


def test_a_word_file_says_nothing_of_the_moment_or_the_machine():
    with zipfile.ZipFile(io.BytesIO(made([COMPARED], "docx"))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        # No macros, no pictures from elsewhere, no links that open by themselves.
        assert not [n for n in archive.namelist() if "vba" in n.lower() or "embed" in n.lower()]
        relations = b"".join(archive.read(n) for n in archive.namelist() if n.endswith(".rels"))
        assert b'TargetMode="External"' not in relations


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words_wherever_they_stand(hostile):
    answer = answered(f"问{hostile}？", text=f"{hostile}\n- {hostile} [1]\n\n| {hostile} |\n| --- |\n| {hostile} |")
    citation = replace(answer.citations[0], title=f"题{hostile}", heading=(hostile,), quote=hostile)
    answer = replace(answer, citations=(citation,), short=hostile, unsupported=(hostile,))
    text = made([answer], "md").decode()
    found = tokens(text)
    assert {t.type for t in found} & MARKUP == set()
    assert {t.content for t in found if t.type == "html_inline"} <= OURS
    assert not set(text) & set("\x00\x07\x1b\u202a\u202e\u2066\u2069\u2028\ud800\ufffe\uffff")
    assert not set("\n".join(words_of(made([answer], "docx")))) & set("\x00\x07\x1b\u202e\u2066\u2069")


def test_the_files_are_named_after_the_day():
    names = [export([Exchange(COMPARED)], f, source=LIBRARY, accessed=date(2026, 2, 3)).name for f in FORMATS]
    assert names == ["shengwen-2026-02-03.md", "shengwen-2026-02-03.docx", "shengwen-2026-02-03.json"]


def test_nothing_and_too_much_are_refused():
    with pytest.raises(QuestionError, match="no answer"):
        made([], "md")
    with pytest.raises(QuestionError, match="201"):
        made([COMPARED] * (MAX_ANSWERS + 1), "md")


def test_blocks_of_an_answer():
    text = "## 头\n一 **粗 [1]** 细\n- 项 `码` \\* [9]\n\n| 甲 | 乙 |\n|---|---|\n| a \\| b |\n3. 三\n> 引"
    heading, paragraph, items, table, numbered, quotation = parse_blocks(text, {1})
    assert heading == Heading(2, heading.line) and told(heading.line) == "头"
    assert [(r.text, r.bold, r.marker) for r in paragraph.lines[0]] == [
        ("一 ", False, None),
        ("粗 ", True, None),
        ("[1]", False, 1),
        (" 细", False, None),
    ]
    assert [told(line) for line in items.lines] == ["项 码 * [9]"]
    assert isinstance(table, Grid) and [told(c) for c in table.rows[0]] == ["a | b", ""]
    assert numbered.start == 3 and told(numbered.lines[0]) == "三" and told(quotation.lines[0]) == "引"
