"""What the tests of exports, bundles and feedback share: answers over small documents, made up by hypothesis."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import strategies as st
from serving import Scripted

from assistant.takeaway.bundle import hash_of, hash_parts
from assistant.types import Answer, Citation, Computed, Document, Hit, Passage, Span, Table

TODAY = date(2026, 1, 31)
REPORT = Document(
    id="山东省2022年政府工作报告",
    title="2022年山东省政府工作报告",
    text="全省高新技术企业达到2.3万家。技术合同成交额增长10%以上，力争突破2500亿元。\n新增省级实验室5家。",
    province="山东",
    year=2022,
    origin="山东省人民政府网站 https://www.example.gov.cn/art/2022/1/28/art_1.html。",
)
PARTS = Document(
    id="摘录",
    title="各省政府工作报告摘录",
    text="甲：全社会研发投入增长18%。乙：培育“专精特新”企业300户左右。丙：没有数字的一句话。",
    year=2022,
)
OTHER = Document(id="notes/散文", title="一篇文章", text="春天来了，山上有3棵树。")
LIBRARY = Scripted(texts=(REPORT, PARTS, OTHER))
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[点我](javascript:alert(1))", "![图](http://x/y.png)",
    "# 标题", "- 项目", "1. 项目", "> 引文", "```\n代码\n```", "    缩进四格", "| a | b |\n|---|---|", "[^1]: 脚注",
    "[1]: http://x", "***", "===", "a\n---", "**粗**体", "`码`", "~~删~~", "$x$", "&lt;b&gt;", "&#x202e;", "\\*", "[[维基]]",
    "a\u202eb", "\u2066x\u2069", "\x00\x07\x1b[31m", "\ud800", "\ufffe\uffff", "a\u2028b", "\u200b零宽", "=1+1", "@某人",
    "- [ ] 待办", "<!-- -->", "<https://x.y>", "http://x.y/?a=1&copy=2", "]]>", "{{模板}}", "…" * 40,
]  # fmt: skip

texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(HOSTILE),
    st.tuples(st.sampled_from(HOSTILE), st.text(max_size=8), st.sampled_from(HOSTILE)).map("".join),
)
periods = st.sampled_from([None, "review", "plan", "review_5y", "plan_5y"])
provinces = st.sampled_from([None, "山东", "福建", "甲省"])
years = st.none() | st.integers(-5, 99999)


@st.composite
def quoted(draw: st.DrawFn) -> tuple[Document, int, int]:
    """A stretch of one of the documents."""
    document = draw(st.sampled_from(LIBRARY.texts))
    start = draw(st.integers(0, len(document.text) - 2))
    end = draw(st.integers(start + 1, min(len(document.text), start + 30)))
    return document, start, end


def cited(document: Document, start: int, end: int, n: int = 1) -> Citation:
    """The citation of a stretch, attributed as the library does it."""
    section = LIBRARY.sections(document.id)[0]
    passage = f"{document.id}:0-{len(document.text)}"
    return Citation(n, Span(document.id, start, end), document.text[start:end], document.title, section.province,
                    section.year, section.period, section.heading, passage)  # fmt: skip


@st.composite
def sound_answers(draw: st.DrawFn) -> Answer:
    """Answers that keep the promises over the library: quotes that stand, markers for each, figures out of them."""
    stretches = draw(st.lists(quoted().filter(lambda q: q[0].text[q[1] : q[2]].strip()), min_size=1, max_size=4))
    citations = tuple(cited(*stretch, n=i) for i, stretch in enumerate(stretches, start=1))
    lines = [f"- {' '.join(c.quote.split())} [{c.n}]" for c in citations]
    table = Table(("省份", "原文", "引用"), tuple(("山东", c.quote, str(c.n)) for c in citations), 2)
    question = draw(texts.filter(lambda t: t.strip()))
    return Answer(
        question, question, draw(st.sampled_from(["zh", "en", "zh-Hant"])), "list", "answered", None, "\n".join(lines),
        provinces=("山东",), table=draw(st.sampled_from([None, table])), citations=citations,
        timings_ms={"total": draw(st.floats(0, 9))}, index_generation=1, confidence=0.5,
    )  # fmt: skip


@st.composite
def any_answers(draw: st.DrawFn) -> Answer:
    """Answers of every shape that the types allow, kept promises or not."""
    several = st.lists(texts, max_size=3).map(tuple)
    citations = draw(st.lists(st.builds(
        Citation, n=st.integers(1, 5), span=st.builds(Span, st.sampled_from([REPORT.id, OTHER.id, "没有的", ""]),
        st.integers(0, 90), st.integers(0, 90)), quote=texts, title=texts, province=provinces, year=years, period=periods,
        heading=several, passage_id=texts), max_size=3))  # fmt: skip
    hits = st.builds(
        Hit, st.integers(1, 9), st.builds(Passage, st.builds(Span, texts, st.integers(0, 9), st.integers(0, 90)), texts,
        several, provinces, years, periods), st.floats(), several)  # fmt: skip
    width = draw(st.integers(0, 3))
    rows = st.lists(st.lists(texts, min_size=width, max_size=width).map(tuple), max_size=3).map(tuple)
    table = st.builds(Table, st.lists(texts, min_size=width, max_size=width).map(tuple), rows, st.integers(0, 3))
    body = st.lists(texts | st.sampled_from(["[1]", "**[2]**", "| 省 | 数 |", "| --- | --- |", "\n"]), max_size=8)
    return Answer(
        draw(texts), draw(texts), draw(st.sampled_from(["zh", "en", "zh-Hant", "", "fr"])),
        draw(st.sampled_from(["figure", "fact", "list", "compare", "summary", "yesno", "chat"])),
        draw(st.sampled_from(["answered", "partial", "declined"])),
        draw(st.sampled_from([None, "province_absent", "year_absent", "not_stated", "off_topic", "unsafe"])),
        "\n".join(draw(body)), short=draw(st.none() | texts), provinces=draw(several), table=draw(st.none() | table),
        computed=draw(st.lists(st.builds(Computed, texts, texts, st.lists(st.integers(-1, 9), max_size=2).map(tuple)), max_size=2).map(tuple)),
        citations=tuple(citations), hits=tuple(draw(st.lists(hits, max_size=2))),
        generator=draw(st.sampled_from(["extractive", "llm:m", "llm"]) | texts), unsupported=draw(several),
        timings_ms={"total": draw(st.floats())}, index_generation=draw(st.integers(0, 9)), confidence=draw(st.floats()),
    )  # fmt: skip


def forged(content: dict) -> bytes:
    """A bundle whose hashes were worked out anew after it was changed, by somebody who knows how."""
    content = {key: value for key, value in content.items() if key not in ("parts", "sha256")}
    content["parts"] = hash_parts(content)
    content["sha256"] = hash_of(content)
    return json.dumps(content).encode()
