"""The chat page without a browser: Markdown, turns, the source panel, messages, and the page's own files."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from html import unescape
from string import Formatter

import pytest
from harmless import HOSTILE, harmless
from hypothesis import given
from hypothesis import strategies as st
from serving import DOCUMENT, Scripted, answered, cite, declined

from assistant.lexicon import load_lexicon
from assistant.types import Computed, Document, Span, Table
from assistant.ui.chat import build_chat, page_options
from assistant.ui.conversation import Turn
from assistant.ui.holdings import Holdings
from assistant.ui.markdown import render_markdown
from assistant.ui.messages import MESSAGES, period_label
from assistant.ui.render import Scene, copied_text, growing, link_to, render_turn, render_turns
from assistant.ui.seam import (
    Action,
    Asking,
    View,
    action_button,
    ask,
    question_button,
    reading_button,
    source_button,
)
from assistant.ui.source import render_missing, render_source
from assistant.ui.welcome import render_header, render_welcome

LEXICON = load_lexicon()
HELD = Holdings(LEXICON, 1, ("山东",), (2021, 2022), frozenset({(2022, "plan"), (2021, "review")}), {})


def scene(document: Document = DOCUMENT, language="zh", actions=()) -> Scene:
    return Scene(lambda _: document, HELD, language, actions)


def turn_html(answer, document: Document = DOCUMENT, language="zh", number: int = 1, **options) -> str:
    return render_turn(Turn(number, Asking(answer.question), answer), scene(document, language), **options)


def marker(n: int) -> str:
    return f"<a>{n}</a>"


# --- Markdown


def test_markdown_blocks():
    text = "# 题\n第一行 [1]\n第二行\n\n- 甲\n- 乙 [2]\n\n2. 丙\n> 引 `x`\n\n| 省 | 引 |\n|---|:-:|\n| 甲 | [3] |"
    assert render_markdown(text, marker) == (
        "<h3>题</h3><p>第一行\u2060<a>1</a><br>第二行</p>"
        '<ul><li>甲</li><li><span class="sw-said">乙</span><span>\u2060<a>2</a></span></li></ul>'
        '<ol start="2"><li>丙</li></ol><blockquote>引 <code>x</code></blockquote>'
        '<div class="sw-table" tabindex="0"><table><thead><tr><th scope="col">省</th><th scope="col">引</th></tr></thead>'
        "<tbody><tr><td>甲</td><td><a>3</a></td></tr></tbody></table></div>"
    )


def test_bold_stands_beside_chinese_punctuation():
    assert render_markdown("**山东：**达到", marker) == "<p><strong>山东：</strong>达到</p>"


def test_escaped_signs_are_themselves():
    assert render_markdown(r"\[1\] \*\*a\*\*", marker) == "<p>[1] **a**</p>"


def test_markers_in_a_row_may_part_but_the_first_keeps_to_its_word():
    assert render_markdown("**五家** [1] [2]", marker) == "<p><strong>五家</strong>\u2060<a>1</a> <a>2</a></p>"


@given(st.text(alphabet=st.sampled_from("a<>&\"'*`[]12|#-> \n\\山。!()./:"), max_size=80))
def test_no_markdown_becomes_foreign_html(text: str):
    harmless(render_markdown(text, lambda n: f'<a href="#t1c{n}">[{n}]</a>'))


@given(st.text(alphabet="山东达到五家。，a ", max_size=60))
def test_plain_text_stays_as_it_is(text: str):
    shown = unescape(re.sub(r"<[^>]+>", "", render_markdown(text, marker)))
    assert shown == ("" if not text.strip() else text)


# --- turns


def test_a_card_shows_the_quote_inside_the_documents_text_and_knows_its_place():
    html = turn_html(answered("多少？"))
    start = DOCUMENT.text.index("企业达到")
    assert "第一段。<mark>企业达到120家左右</mark>，投入增长8%" in html
    assert f"原文第 {start}–{start + 10} 字" in html
    assert f'data-doc="{DOCUMENT.id}" data-start="{start}" data-end="{start + 10}"' in html
    for part in ("甲省", "2022年目标", "甲省政府工作报告", "第一部分"):
        assert part in harmless(html).text


def test_every_marker_has_its_card_and_every_card_its_marker():
    citations = (cite(DOCUMENT, "企业达到120家左右"), cite(DOCUMENT, "投入增长8%", 2))
    html = turn_html(answered("？", text="甲 [1]，乙 [2]，又 [1]", citations=citations), number=7)
    seen = harmless(html)
    ids = [a["id"] for _, a in seen.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {f"t7m{a['data-n']}" for _, a in seen.tags if a.get("class") == "sw-cite"} == {"t7m1", "t7m2"}
    assert {a["href"][1:] for _, a in seen.tags if a.get("href")} == {"t7m1", "t7m2"}
    assert {"t7c1", "t7c2", "t7m1", "t7m2"} <= set(ids)


def test_the_quote_is_cut_from_the_document_never_copied():
    longer = replace(DOCUMENT, text="补" + DOCUMENT.text)
    html = turn_html(answered("？"), longer)
    assert "<mark>。企业达到120家左</mark>" in html  # the span's own code points, whatever the citation says


def test_context_is_cut_and_says_so():
    document = replace(DOCUMENT, text="前" * 500 + "达到5家" + "后" * 500)
    html = turn_html(answered("？", document, quote="达到5家"), document)
    assert f"…{'前' * 56}<mark>达到5家</mark>{'后' * 56}…" in html


@pytest.mark.parametrize("passage_id", ["", "x", "a:b-c", "a:9-", "a:-9", "a:999-1000", "a:0-0"])
def test_a_strange_passage_never_hides_the_quote(passage_id: str):
    citation = replace(cite(DOCUMENT, "企业达到120家左右"), passage_id=passage_id)
    assert "<mark>企业达到120家左右</mark>" in turn_html(answered("？", citations=(citation,)))


def test_a_decline_gives_its_reason_and_marks_the_nearest_as_no_answer():
    zh, en = (turn_html(declined("？"), language=language) for language in ("zh", "en"))
    assert "没有写到这一点" in zh
    assert "不是答案" in zh
    assert "does not state this" in en
    assert "Not an answer" in en
    assert "第一段。" in zh
    assert "<mark>" not in zh
    assert "摘自原文" not in zh


def test_what_a_decline_cites_is_no_answer_either():
    html = turn_html(replace(declined("？"), text="附近的内容 [1]", citations=(cite(DOCUMENT, "投入增长8%"),)))
    card = html[html.index('id="t1c1"') :]
    assert "不是答案" in card
    assert "<mark>投入增长8%</mark>" in card
    assert "引用的原文" not in html


def test_an_unsafe_request_is_shown_nothing_near_it_and_no_chips():
    answer = replace(declined("？"), reason="unsafe", understood={"measures": ["指令"]})
    html = turn_html(answer, latest=True)
    assert "sw-card" not in html
    assert "sw-chip" not in html


def test_what_is_computed_is_shown_with_its_markers():
    computed = (Computed("128", "120 + 8", (1, 2)),)
    citations = (cite(DOCUMENT, "120家"), cite(DOCUMENT, "8%", 2))
    html = turn_html(answered("？", computed=computed, citations=citations, text="甲 [1] [2]"))
    assert "<strong>128</strong> = 120 + 8 <button" in html


def test_what_a_language_model_wrote_and_lost_is_told():
    html = turn_html(answered("？", generator="llm:<m>", unsupported=("a", "b")))
    assert "由语言模型 &lt;m&gt; 撰写" in html
    assert "有 2 处没有原文依据" in html


def test_hostile_questions_answers_and_documents_do_nothing():
    text = f"{HOSTILE}达到5家。{HOSTILE}"
    document = Document(id=HOSTILE, title=HOSTILE, text=text, province=HOSTILE)
    citation = replace(cite(document, "达到5家"), heading=(HOSTILE,), passage_id=HOSTILE)
    table = Table((HOSTILE, "结论", "原文", "n"), ((HOSTILE, HOSTILE, HOSTILE, "1"),), 3)
    understood = dict.fromkeys(("provinces", "measures", "years", "periods"), [HOSTILE, "x"])
    answer = answered(
        *(HOSTILE, document), quote="达到5家", text=f"{HOSTILE} [1]", short=HOSTILE, citations=(citation,), table=table,
        understood=understood, computed=(Computed(HOSTILE, HOSTILE, (1,)),), generator=f"llm:{HOSTILE}",
        standalone_question=f"{HOSTILE}？",
    )  # fmt: skip
    for latest in (True, False):
        assert HOSTILE in harmless(turn_html(answer, document, latest=latest)).text
    harmless(turn_html(declined(HOSTILE, document), document))
    harmless(render_turns([Turn(1, Asking(HOSTILE), notice=HOSTILE), Turn(2, Asking(HOSTILE))], scene(language="en")))
    harmless(render_source(document, citation.span, "zh"))
    harmless(render_missing(HOSTILE, "zh"))
    kept = [{"id": "a", "asked": [{"q": HOSTILE}], "pending": False}]
    info = {"counts": {"documents": 1}, "provinces": [HOSTILE], "years": []}
    harmless(render_welcome(info, [HOSTILE], kept, provinces=LEXICON.provinces, language="zh"))
    for button in (source_button, reading_button):
        harmless(button(Span(HOSTILE, 1, 2), HOSTILE))
    harmless(question_button(ask(HOSTILE, provinces=[HOSTILE]), HOSTILE) + action_button(HOSTILE, HOSTILE, x=HOSTILE))


def test_growing_writes_the_text_a_line_at_a_time_and_no_source():
    answer = answered("？", text="一 [1]\n二\n三")
    parts = list(growing(Turn(1, Asking("？"), answer)))
    assert [p.answer.text for p in parts] == ["一 [1]\n", "一 [1]\n二\n"]
    html = render_turn(parts[0], scene(), growing=True)
    assert "sw-card" not in html
    assert 'data-state="growing"' in html
    assert list(growing(Turn(1, Asking("？")))) == []


@given(st.integers(0, 400))
def test_growing_takes_few_steps_however_long_the_answer(lines: int):
    answer = answered("？", text="\n".join(["行"] * lines))
    parts = list(growing(Turn(1, Asking("？"), answer)))
    assert len(parts) <= 12
    assert [len(p.answer.text) for p in parts] == sorted({len(p.answer.text) for p in parts})


def test_an_action_stands_below_every_answer_and_below_no_notice():
    act = Action("x", lambda answer, language: action_button("x", answer.question), lambda assistant, acted: None)
    turns = [Turn(1, Asking("问？"), answered("问？")), Turn(2, Asking("问？"), notice="无")]
    assert render_turns(turns, scene(actions=(act,))).count('data-act="x"') == 1


def test_a_link_spells_out_a_question_that_leans_on_others():
    asking = Asking("那呢？", ("福建",), (2022,), ("plan",))
    turn = Turn(1, asking, answered("那呢？", standalone_question="福建：企业&目标"))
    assert (
        link_to(turn)
        == "?q=%E7%A6%8F%E5%BB%BA%EF%BC%9A%E4%BC%81%E4%B8%9A%26%E7%9B%AE%E6%A0%87&p=%E7%A6%8F%E5%BB%BA&y=2022&t=plan"
    )


def test_what_is_copied_holds_question_answer_and_quotes():
    text = copied_text(answered("多少？", text="**120家** [1]"))
    assert text == "多少？\n\n120家 [1]\n\n[1] 甲省 · 甲省政府工作报告 · 第一部分\n    “企业达到120家左右”"


# --- the source panel


@given(st.data())
def test_what_is_marked_is_the_span_whatever_it_is(data):
    text = data.draw(st.text(alphabet="一二。<&\n x", max_size=60)) * data.draw(st.sampled_from([1, 1, 200]))
    start, end = sorted(data.draw(st.lists(st.integers(-5, len(text) + 9), min_size=2, max_size=2)))
    html = render_source(Document("d", "t", text), Span("d", start, end), "zh")
    harmless(html)
    marked = "".join(unescape(m) for m in re.findall(r"<mark>(.*?)</mark>", html, re.DOTALL))
    assert marked == text[max(0, start) : max(0, end)].replace("\n", "")


def test_the_panel_tells_where_it_is_and_opens_the_whole():
    html = render_source(
        DOCUMENT, Span(DOCUMENT.id, 4, 14), "en", passage=Scripted().passage_at(Span(DOCUMENT.id, 4, 14))
    )
    assert "Characters 4–14" in html
    assert "2022 target" in html
    assert 'class="sw-read"' in html
    assert "sw-read" not in render_source(DOCUMENT, Span(DOCUMENT.id, 4, 14), "en", can_read=False)


def test_an_endless_line_is_cut_and_says_so():
    html = render_source(Document("d", "t", "长" * 50_000), Span("d", 25_000, 25_010), "zh")
    assert len(html) < 8_000
    assert html.count('<p class="sw-more">…</p>') == 2


# --- head and messages


def test_the_welcome_tells_what_is_held():
    info = {"counts": {"documents": 3}, "provinces": ["山东", "福建"], "years": [2021, 2022]}

    def shown(info, language="zh"):
        return render_welcome(info, ["问？"], [], provinces=LEXICON.provinces, language=language)

    assert "3 份文档 · 2 个省份 · 2021–2022" in shown(info)
    assert "已收录 2" in shown(info)
    assert "未收录 32" in shown(info)
    assert "Documents: 3 · provinces: 2 · 2022" in shown(info | {"years": [2022]}, "en")
    assert "0 个省份</p>" in shown({"counts": {"documents": 1}, "provinces": [], "years": []})


def test_the_header_speaks_both_languages():
    assert 'data-language="zh"' in render_header("zh")
    assert ">English</button>" in render_header("zh")
    assert ">中文</button>" in render_header("en")


@pytest.mark.parametrize("key", MESSAGES)
def test_both_languages_say_it_with_the_same_values(key: str):
    fields = [{name for _, name, _, _ in Formatter().parse(MESSAGES[key][lang]) if name} for lang in ("zh", "en")]
    assert fields[0] == fields[1]


@pytest.mark.parametrize(
    ("period", "year", "zh", "en"),
    [
        ("review", 2021, "2021年结果", "2021 result"),
        ("plan", 2022, "2022年目标", "2022 target"),
        ("review_5y", 2021, "五年结果", "five-year result"),
        ("plan_5y", 2026, "五年目标", "five-year target"),
        (None, 2022, "2022年", "2022"),
        ("plan", None, "目标", "target"),
        (None, None, "", ""),
    ],
)
def test_period_labels(period, year, zh: str, en: str):
    assert (period_label("zh", period, year), period_label("en", period, year)) == (zh, en)


# --- the page


def test_the_page_asks_nothing_of_the_network():
    options = page_options()
    own = options["css"] + options["head"]
    assert "://" not in own
    assert "@import" not in own
    assert "url(" not in own.replace("url(#", "")


def test_views_are_built_in_their_own_tabs_and_given_the_way_to_others():
    given = []

    def build(gr, context):
        given.append((context, gr.Markdown("x")))

    async def built():  # inside a loop: where none runs, Gradio makes two of its own and never closes them
        return build_chat(Scripted(), views=(View("read", "tab_read", build),))

    with_view = asyncio.run(built())
    context, component = given[0]
    assert component.parent is context.tab
    assert context.tab.id == "read"
    assert context.source in with_view.blocks.values()
    span = Span(DOCUMENT.id, 4, 14)
    assert "<mark>企业达到120家左右</mark>" in context.open_source(span, "zh")
    assert "sw-read" in context.open_source(span, "zh")
    assert "原文打不开" in context.open_source(Span("nowhere", 0, 1), "zh")
