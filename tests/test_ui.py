"""The chat page without a browser: Markdown, turns, messages, and what a reader's conversation keeps."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import DOCUMENT, Scripted, answered, cite, declined

from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.types import Computed, Document, Table
from assistant.ui.chat import Conversation, answer_turn, page_options
from assistant.ui.markdown import render_markdown
from assistant.ui.messages import MESSAGES, period_label, say
from assistant.ui.render import Turn, growing, render_header, render_turn, render_turns

ALLOWED = {
    *(
        "article",
        "section",
        "aside",
        "header",
        "div",
        "h1",
        "h2",
        "h3",
        "p",
        "span",
        "br",
        "a",
        "mark",
        "strong",
        "code",
    ),
    *("ul", "ol", "li", "blockquote", "details", "summary", "table", "thead", "tbody", "tr", "th", "td"),
}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=javascript:alert(3)>${x}{{y}}&lt;![i](http://e.x/)"


class Seen(HTMLParser):
    """Every element and attribute of a piece of HTML, and whether its elements are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> Seen:
    """The HTML, in which only our own elements and attributes may occur and links lead within the page."""
    seen = Seen(html)
    assert seen.open == []
    assert {tag for tag, _ in seen.tags} <= ALLOWED
    for _, attributes in seen.tags:
        known = {
            "class",
            "id",
            "href",
            "aria-label",
            "role",
            "tabindex",
            "scope",
            "start",
            "data-turn",
            "data-language",
        }
        assert set(attributes) <= known
        assert re.fullmatch(r"#t\d+[cm]\d+", attributes.get("href") or "#t1c1")
    return seen


def turn_html(answer, document: Document = DOCUMENT, language="zh", number: int = 1) -> str:
    return render_turn(Turn(number, answer.question, answer), lambda _: document, language)


def marker(n: int) -> str:
    return f"<a>{n}</a>"


# --- Markdown


def test_markdown_blocks():
    text = "# 题\n第一行 [1]\n第二行\n\n- 甲\n- 乙 [2]\n\n2. 丙\n> 引 `x`\n\n| 省 | 引 |\n|---|:-:|\n| 甲 | [3] |"
    assert render_markdown(text, marker) == (
        "<h3>题</h3><p>第一行\u2060<a>1</a><br>第二行</p><ul><li>甲</li><li>乙\u2060<a>2</a></li></ul>"
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


def test_a_card_shows_the_quote_inside_the_documents_text():
    html = turn_html(answered("多少？"))
    start = DOCUMENT.text.index("企业达到")
    assert "第一段。<mark>企业达到120家左右</mark>，投入增长8%" in html
    assert f"原文第 {start}–{start + 10} 字" in html
    for part in ("甲省", "2022年目标", "甲省政府工作报告", "第一部分"):
        assert part in harmless(html).text


def test_every_marker_has_its_card_and_every_card_its_marker():
    citations = (cite(DOCUMENT, "企业达到120家左右"), cite(DOCUMENT, "投入增长8%", 2))
    html = turn_html(answered("？", text="甲 [1]，乙 [2]，又 [1]", citations=citations), number=7)
    seen = harmless(html)
    ids = [a["id"] for _, a in seen.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for _, a in seen.tags if a.get("href")}
    assert links == {"t7c1", "t7c2", "t7m1", "t7m2"}
    assert links <= set(ids)


def test_the_quote_is_cut_from_the_document_never_copied():
    longer = replace(DOCUMENT, text="补" + DOCUMENT.text)
    html = turn_html(answered("？"), longer)
    assert "<mark>。企业达到120家左</mark>" in html  # the span's own code points, whatever the citation says


def test_context_is_cut_and_says_so():
    document = replace(DOCUMENT, text="前" * 500 + "达到5家" + "后" * 500)
    html = turn_html(answered("？", document, quote="达到5家"), document)
    assert f"…{'前' * 56}<mark>达到5家</mark>{'后' * 56}…" in html
    assert f"…{'前' * 400}<mark>达到5家</mark>{'后' * 400}…" in html


def test_a_decline_gives_its_reason_and_marks_the_nearest_as_no_answer():
    zh, en = (turn_html(declined("？"), language=language) for language in ("zh", "en"))
    assert "没有写到这一点" in zh
    assert "不是答案" in zh
    assert "does not state this" in en
    assert "Not an answer" in en
    assert "第一段。" in zh
    assert "<mark>" not in zh
    assert "摘自原文" not in zh


def test_what_was_understood_is_shown_once_each():
    understood = {"provinces": ["甲省"], "years": [2022], "periods": ["plan"], "measures": ["企业", "目标"], "other": 1}
    html = turn_html(answered("那呢？", standalone_question="甲省企业呢？", understood=understood))
    assert re.findall(r'<li class="sw-chip[^>]*>([^<]+)', html) == ["甲省企业呢？", "甲省", "2022年", "目标", "企业"]


def test_a_table_and_what_was_computed_are_shown_with_markers():
    table = Table(("省份", "引用"), (("甲 <b>", "1, 2"),), 1)
    citations = (cite(DOCUMENT, "120家"), cite(DOCUMENT, "8%", 2))
    computed = (Computed("128", "120 + 8", (1, 2)),)
    html = turn_html(answered("？", table=table, computed=computed, citations=citations, text="甲 [1] [2]"))
    assert "<td>甲 &lt;b&gt;</td>" in html
    assert html.count('href="#t1c1"') == 3
    assert "<strong>128</strong> = 120 + 8" in html


def test_what_a_language_model_wrote_and_lost_is_told():
    html = turn_html(answered("？", generator="llm:<m>", unsupported=("a", "b")))
    assert "由语言模型 &lt;m&gt; 撰写" in html
    assert "有 2 处没有原文依据" in html


def test_hostile_questions_answers_and_documents_do_nothing():
    text = f"{HOSTILE}达到5家。{HOSTILE}"
    document = Document(id=HOSTILE, title=HOSTILE, text=text, province=HOSTILE)
    citation = replace(cite(document, "达到5家"), heading=(HOSTILE,), passage_id=HOSTILE)
    table = Table((HOSTILE, "n"), ((HOSTILE, HOSTILE),), 1)
    understood = dict.fromkeys(("provinces", "measures"), [HOSTILE])
    answer = answered(
        *(HOSTILE, document), quote="达到5家", text=f"{HOSTILE} [1]", short=HOSTILE, citations=(citation,), table=table,
        understood=understood, computed=(Computed(HOSTILE, HOSTILE, (1,)),), generator=f"llm:{HOSTILE}",
    )  # fmt: skip
    assert HOSTILE in harmless(turn_html(answer, document)).text
    harmless(turn_html(declined(HOSTILE, document), document))
    harmless(render_turns([Turn(1, HOSTILE, notice=HOSTILE), Turn(2, HOSTILE)], lambda _: document, "en"))


@pytest.mark.parametrize("passage_id", ["", "x", "a:b-c", "a:9-", "a:-9", "a:999-1000", "a:0-0"])
def test_a_strange_passage_never_hides_the_quote(passage_id: str):
    citation = replace(cite(DOCUMENT, "企业达到120家左右"), passage_id=passage_id)
    assert "<mark>企业达到120家左右</mark>" in turn_html(answered("？", citations=(citation,)))


def test_growing_writes_the_text_line_by_line_and_never_a_source():
    turn = Turn(1, "？", answered("？", text="一 [1]\n二\n三"))
    parts = list(growing(turn))
    assert [p.answer.text for p in parts] == ["一 [1]\n", "一 [1]\n二\n"]
    assert all(not p.answer.citations for p in parts)
    assert list(growing(Turn(1, "？"))) == []


def test_header_tells_what_is_held():
    info = {"counts": {"documents": 3}, "provinces": ["甲", "乙"], "years": [2021, 2022]}
    assert "3 份文档 · 2 个省份 · 2021–2022" in render_header(info, "zh")
    assert "Documents: 3 · provinces: 2 · 2022" in render_header(info | {"years": [2022]}, "en")
    assert "0 个省份</p>" in render_header({"counts": {"documents": 1}, "provinces": [], "years": []}, "zh")


# --- messages


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


# --- conversations


def test_an_empty_question_gets_a_friendly_sentence():
    for empty in ("", "  \n", "\u3000", "\0"):
        facade = Scripted()
        assert answer_turn(facade, empty, Conversation()).notice == say("zh", "empty")
        assert answer_turn(facade, empty, Conversation("en")).notice == say("en", "empty")
        assert facade.asked == []


def test_a_long_question_gets_a_friendly_sentence_and_is_not_repeated():
    facade = Scripted(settings=Settings(max_question_chars=10))
    turn = answer_turn(facade, "长" * 100_000, Conversation("en"))
    assert "100000 characters, more than the 10 allowed" in turn.notice
    assert len(turn.question) < 100
    assert facade.asked == []


def test_known_and_unknown_errors_become_sentences():
    known = answer_turn(Scripted(says=QuestionError("unknown province 'x'")), "？", Conversation("en"))
    assert known.notice == "This question could not be handled: unknown province 'x'"
    unknown = answer_turn(Scripted(says=ZeroDivisionError("secret")), "？", Conversation("zh"))
    assert unknown.notice == say("zh", "broken")


def test_only_answered_questions_become_history():
    facade = Scripted()
    conversation = Conversation()
    for question in ("一？", "", "二？", "三？"):
        conversation = conversation.plus(answer_turn(facade, question, conversation))
    assert facade.asked[-1] == ("三？", ("一？", "二？"))


def test_broken_characters_never_reach_the_facade():
    facade = Scripted()
    answer_turn(facade, "a\0b\ud800c\x1b", Conversation())
    assert facade.asked == [("a b?c", ())]


def test_conversations_are_values_and_their_numbers_are_never_reused():
    first = Conversation()
    second = first
    for _ in range(60):
        second = second.plus(Turn(second.next_number, "？"))
    assert first.turns == ()
    assert len(second.turns) == 50
    assert second.next_number == 61


def test_the_page_asks_nothing_of_the_network():
    options = page_options()
    own = options["css"] + options["head"]
    assert "://" not in own
    assert "@import" not in own
    assert "url(" not in own
