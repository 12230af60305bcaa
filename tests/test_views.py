"""The views beside the chat without a browser: what they show of documents, figures, terms and reports, and what they
take from anybody."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import re
import zipfile
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import DOCUMENT, Scripted
from small_reports import REPORTS, small_reports

import assistant.ui
from assistant.corpus.read import Intake, read_sources
from assistant.errors import QuestionError
from assistant.evaluation.kept import failed_rows, read_kept
from assistant.evaluation.publishing import results_dir
from assistant.settings import Settings, load_settings
from assistant.sheets import workbook
from assistant.survey import Figures, Survey, Wanted, fall_of
from assistant.text import fold
from assistant.types import Document, Fact, Section, Span
from assistant.ui.bars import Scale, render_comparison, signed
from assistant.ui.evaluation import FailuresRequest, ReportRequest, _Evaluation
from assistant.ui.evaluation_html import render_failures, render_report
from assistant.ui.explore import FigureFileRequest, FiguresRequest, PlacesRequest, TermsRequest, _Explorer
from assistant.ui.explore_html import render_figures
from assistant.ui.messages import MESSAGES, say
from assistant.ui.mounting import ViewRequest, _served
from assistant.ui.naming import figure_label
from assistant.ui.reader import DocumentRequest, FindRequest, SimilarRequest, _Reader
from assistant.ui.reader_html import render_outline, render_text
from assistant.ui.reasons import plain_reason

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=javascript:alert(3)>${x}{{y}}&lt;"
TAGS = {"section", "p", "span", "mark", "button", "small", "ul", "li"}


class Seen(HTMLParser):
    """The text of some HTML, and the texts of its elements by class; whether it is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, str]] = []
        self.inside: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in ("br", "rect", "line", "input"):
            self.open.append((tag, attributes.get("class") or ""))
            for name in (attributes.get("class") or "").split():
                self.inside.setdefault(name, []).append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        self.text += data
        for name in {name for _, classes in self.open for name in classes.split()}:
            self.inside[name][-1] += data


# --- reading

WORDS = st.lists(
    st.sampled_from(["一、回顾", "增长8%", "。", "\n", "，", "𠮷野家", " ", "A&B<c>", "“引”", "\u200b", "、", "12家", "\n\n", "e\u0301"]),
    max_size=40,
)  # fmt: skip


@st.composite
def documents(draw):
    """A document with sections, figures and a part asked for, anywhere in it, overlapping as they like."""
    text = "".join(draw(WORDS))
    place = st.integers(0, len(text))
    spans = [Span("d", *sorted((draw(place), draw(place)))) for _ in range(draw(st.integers(0, 6)))]
    sections = tuple(
        Section(Span("d", a, b), ("一、回顾",) * (a % 3), "山东", 2022, draw(st.sampled_from(["plan", None])))
        for a, b in zip(sorted(s.start for s in spans), sorted(s.end for s in spans), strict=True)
    )
    facts = tuple(_fact(s, text) for s in spans)
    return Document("d", "题", text), sections, facts, Span("d", *sorted((draw(place), draw(place))))


def _fact(span: Span, text: str, **said) -> Fact:
    values = {"measure": "企业", "figure": text[span.start : span.end], "value": 12.0, "high": None, "unit": "家"}
    values |= {"strength": "", "kind": "level", "province": "山东", "year": 2022, "period": "plan"}
    return Fact(span=span, clause=span, **(values | said))


@given(documents())
def test_what_stands_between_the_tags_is_the_document(made):
    document, sections, facts, target = made
    seen = Seen(render_text(document, sections, facts, "zh", target=target))
    assert seen.text == document.text
    marked = "".join(seen.inside.get("sw-v-asked", []))
    visible = "".join(c for c in document.text[target.start : target.end] if not c.isspace())
    assert "".join(c for c in marked if not c.isspace()) == visible
    for _, attributes in seen.tags:
        if "data-s" in attributes:
            start, end = int(attributes["data-s"]), int(attributes["data-e"])
            assert document.text[start:end].strip()
    assert {tag for tag, _ in seen.tags} <= TAGS


def test_a_figure_tells_measure_role_and_value():
    text = "高新技术企业达到2.3万家。PM2.5浓度下降7.4%。"
    document = Document("d", "题", text)
    figures = [
        _fact(Span("d", 8, 12), text, measure="高新技术企业", figure="2.3万家"),
        _fact(
            Span("d", 22, 26), text, measure="PM2.5浓度", figure="7.4%", strength="下降", kind="growth", period="review"
        ),
    ]
    tips = [a["data-tip"] for _, a in Seen(render_text(document, (), figures, "zh")).tags if "data-tip" in a]
    assert tips == ["高新技术企业 · 山东 · 2022年目标 · 数值 2.3万家", "PM2.5浓度 · 山东 · 2022年结果 · 增幅 下降7.4%"]


def test_an_outline_leads_to_every_heading_once():
    assistant = small_reports()
    document = assistant.documents()[0]
    seen = Seen(render_outline(assistant.sections(document.id), "zh"))
    starts = [int(a["data-start"]) for tag, a in seen.tags if tag == "button"]
    assert starts == sorted(starts)
    assert [document.text[s : s + 2] for s in starts[1:]] == ["一、", "二、"]
    assert "2022年结果" in seen.text


def test_hostile_documents_are_text():
    document = Document(HOSTILE, HOSTILE, f"{HOSTILE}。{HOSTILE}", province=HOSTILE)
    sections = (Section(Span(HOSTILE, 0, len(document.text)), (HOSTILE,), HOSTILE, 2022, "plan"),)
    fact = _fact(Span(HOSTILE, 1, 9), document.text, measure=HOSTILE, province=HOSTILE)
    for html in (render_text(document, sections, [fact], "zh"), render_outline(sections, "zh")):
        seen = Seen(html)
        assert {tag for tag, _ in seen.tags} <= TAGS
        assert not [
            name for _, a in seen.tags for name in a if name.startswith("on") or name in ("href", "src", "style")
        ]


def _reader(assistant):
    return _Reader(assistant, Survey(assistant))


def _explorer():
    assistant = small_reports()
    return _Explorer(assistant, Survey(assistant))


@pytest.fixture
def reader():
    return _reader(small_reports())


def test_the_library_is_sent_once_a_generation(reader):
    got = reader.library(ViewRequest())
    assert Seen(got["html"]).text.count("政府工作报告") == len(REPORTS)
    assert reader.library(ViewRequest(generation=got["generation"])) == {"generation": got["generation"]}


def test_a_document_opens_at_a_province_of_several(assistant):
    got = _reader(assistant).document(DocumentRequest(doc=assistant.documents()[0].id, province="山东"))
    assert assistant.documents()[0].text[got["at"] :].startswith("NO.27·山东")
    assert not got["marked"]


def test_a_document_that_is_gone_is_told_so(reader):
    assert "已经不在语料中" in reader.document(DocumentRequest(doc="没有"))["failed"]


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("𠮷2.3万家，企業2.3萬家", "2.3万家", ["2.3万家", "2.3萬家"]),  # the other script; beyond the first plane
        ("Ａ＋B，a+b", "A+b", ["Ａ＋B", "a+b"]),  # the other width, the other case
        ("aaaa", "aa", ["aa", "aa"]),  # none overlapping
        ("没有", "  ", []),
        ("没有", "别的", []),
    ],
)
def test_found_places_hold_the_words(text, wanted, found):
    document = Document("d", "题", text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    places = _reader(Scripted(texts=(document,))).find(FindRequest(doc="d", digest=digest, text=wanted))["places"]
    assert [text[a:b] for a, b in places] == found


def test_similar_sentences_are_of_other_provinces_and_verbatim():
    assistant = small_reports()
    doc = next(d for d in assistant.documents() if d.id.startswith("浙江"))
    start = doc.text.index("深入实施“揭榜挂帅”")
    found = assistant.similar(Span(doc.id, start, start + 20))
    assert {m.passage.province for m in found} >= {"江西"}
    assert "浙江" not in {m.passage.province for m in found}
    assert len({m.passage.province for m in found}) == len(found)
    assert all(assistant.document(m.span.doc_id).text[m.span.start : m.span.end] == m.quote for m in found)
    assert [m.similarity for m in found] == sorted((m.similarity for m in found), reverse=True)
    assert "揭榜挂帅" in next(m.quote for m in found if m.passage.province == "江西")


def test_similar_of_nothing_is_a_sentence(reader):
    call = _served(reader.similar, SimilarRequest)
    document = small_reports().documents()[0]
    shown = {"doc": document.id, "digest": hashlib.sha256(document.text.encode()).hexdigest()}
    assert "没有成功" in call(shown | {"start": 5, "end": 5})["failed"]
    assert "did not work" in call(shown | {"start": -3, "end": -1, "language": "en"})["failed"]
    assert "没有成功" in call(shown | {"start": "0", "end": 4})["failed"]
    assert call(shown | {"start": 0, "end": 10**9}).keys() == {"html"}


def test_a_document_that_changed_since_it_was_shown_is_told_so(reader):
    doc = small_reports().documents()[0].id
    for call, request in (
        (_served(reader.find, FindRequest), {"text": "增长"}),
        (_served(reader.similar, SimilarRequest), {"start": 0, "end": 5}),
    ):
        assert call({"doc": doc, "digest": "0" * 64} | request) == {"failed": say("zh", "read_gone")}
        assert call({"doc": "没有", "digest": "0" * 64} | request) == {"failed": say("zh", "read_gone")}


# --- exploring


def test_a_growing_economy_is_growth_of_its_product():
    text = "经济增长5.5%左右，地区生产总值增长5%"
    economy = _fact(Span("d", 4, 10), text, measure="经济", kind="growth", unit="%", province="湖北")
    product = _fact(Span("d", 18, 20), text, measure="地区生产总值", kind="growth", unit="%", province="河北")
    stock = _fact(Span("d", 18, 20), text, measure="经济", unit="%", province="广西")
    figures = Figures([economy, product, stock], small_reports().lexicon)
    assert figures.choose(Wanted(measure="地区生产总值")) == (economy, product)
    found = figures.compare(Wanted(measure="地区生产总值"), held=("湖北", "河北", "广西"))
    assert [p.target for p in found.pairs] == [product, economy]
    assert found.silent == ("广西",)


@pytest.fixture(scope="module")
def survey():
    return Survey(small_reports())


def test_figures_are_chosen_in_any_wording(survey):
    found = survey.figures.choose(Wanted(measure="GDP", periods=("plan",), units=("%",)))
    assert {(f.province, f.figure) for f in found} == {
        ("浙江", "5%以上"), ("江西", "7%左右"), ("云南", "6%左右"), ("辽宁", "5%以上"),
    }  # fmt: skip
    assert survey.figures.choose(Wanted(provinces=("赣",), measure="高新技术企业"))[0].figure == "320家"
    with pytest.raises(QuestionError, match="unknown province"):
        survey.figures.choose(Wanted(provinces=("火星",)))


def test_order_puts_unknown_values_last_either_way():
    text = "x" * 9
    facts = [
        _fact(Span("d", i, i + 1), text, value=v, kind="growth", strength=s, year=y)
        for i, (v, s, y) in enumerate([(3.0, "", None), (5.0, "下降", 2021), (1.0, "", 2023)])
    ]
    figures = Figures(facts, small_reports().lexicon)
    assert [f.value for f in figures.ordered(facts, "value")] == [5.0, 1.0, 3.0]  # a fall of 5 is below a rise of 1
    assert [f.year for f in figures.ordered(facts, "year")] == [2021, 2023, None]
    assert [f.year for f in figures.ordered(facts, "year", falling=True)] == [2023, 2021, None]


def test_a_measure_over_the_provinces_has_result_beside_target(survey):
    found = survey.figures.compare(Wanted(measure="地区生产总值"), held=survey.provinces())
    assert found.axis == ("growth", "%")
    assert [(p.province, p.result.figure, p.target.figure) for p in found.pairs] == [
        ("辽宁", "2.1%", "5%以上"), ("浙江", "3.1%", "5%以上"), ("江西", "4.7%", "7%左右"), ("云南", "4.3%", "6%左右"),
    ]  # fmt: skip
    assert found.silent == ()
    firms = survey.figures.compare(Wanted(measure="高新技术企业"), held=survey.provinces(), axis=("level", "家"))
    assert [p.province for p in firms.pairs] == ["辽宁", "浙江", "云南"]
    assert firms.silent == ("江西",)  # 新增320家 is an increment, not a level
    assert all(p.target is None for p in firms.pairs)
    assert survey.figures.compare(Wanted(measure="脑机接口专利"), held=survey.provinces()) is None
    with pytest.raises(QuestionError, match="no measure"):
        survey.figures.compare(Wanted(), held=())


def test_the_principal_figure_is_the_one_that_measures_no_more(survey):
    found = survey.figures.compare(Wanted(measure="进出口"), held=survey.provinces(), axis=("growth", "%"))
    assert {p.province: p.result.figure for p in found.pairs} == {"浙江": "13.1%", "江西": "34.9%", "云南": "6.3%"}
    assert {p.province: p.others for p in found.pairs} == {"浙江": 1, "江西": 0, "云南": 1}


def test_bars_open_their_quotes_and_say_what_is_missing(survey):
    a = small_reports()
    found = survey.figures.compare(Wanted(measure="高新技术企业"), held=survey.provinces(), axis=("level", "家"))
    seen = Seen(render_comparison(found, a.lexicon, "zh", measure="高新技术企业"))
    buttons = [x for tag, x in seen.tags if tag == "button"]
    quotes = [a.document(x["data-doc"]).text[int(x["data-start"]) : int(x["data-end"])] for x in buttons]
    assert [re.search(r"[\d.]+万?家", q)[0] for q in quotes] == ["1.1万家", "3.5万家", "2490家"]
    assert seen.text.count("目标：没有写明") == 3
    assert "江西" in seen.text.partition("没有写明的省份")[2]
    widths = [float(x["width"]) for tag, x in seen.tags if tag == "rect"]
    assert widths == pytest.approx([1000 * 11 / 35, 1000, 1000 * 2490 / 35000], abs=0.1)


def test_a_fall_is_drawn_and_told_downwards():
    fall = _fact(Span("d", 0, 4), "7.4%", figure="7.4%", value=7.4, kind="growth", strength="下降")
    scale = Scale([signed(fall), 2.6])
    assert figure_label(fall) == "下降7.4%"
    assert signed(fall) == -7.4
    assert scale.at(0.0) == pytest.approx(740.0)
    assert 'x="0.0" y="0" width="740.0"' in scale.bar(signed(fall))
    assert fall_of(_fact(Span("d", 0, 1), "x", kind="rank", strength="下降")) == ""


def test_a_page_of_figures_and_the_whole_file_agree(survey):
    explorer = _explorer()
    got = explorer.figures(FiguresRequest(measure="就业", order="value", falling=True))
    told = Seen(got["table"])
    figures = [t for t in told.inside["sw-v-cell-figure"]]
    assert figures[0].startswith("108万人")
    file = explorer.figure_file(FigureFileRequest(measure="就业", order="value", falling=True))["file"]
    rows = list(csv.DictReader(io.StringIO(b64decode(file["data"]).decode("utf-8-sig"))))
    assert [r["figure"] for r in rows] == [re.match(r".*?万人(?:以上)?", f)[0] for f in figures]
    for row in rows:
        assert small_reports().document(row["doc_id"]).text[int(row["start"]) : int(row["end"])] == row["quote"]
    book = explorer.figure_file(FigureFileRequest(measure="就业", format="xlsx"))["file"]
    assert b64decode(book["data"])[:2] == b"PK"


def test_pages_hold_every_figure_once(monkeypatch):
    monkeypatch.setattr("assistant.ui.explore.PAGE", 7)
    explorer = _explorer()
    total = len(small_reports().facts())
    seen = []
    for page in range(1, -(-total // 7) + 1):
        got = explorer.figures(FiguresRequest(page=page))
        seen += [
            (a["data-doc"], a["data-start"])
            for tag, a in Seen(got["table"]).tags
            if tag == "button" and "data-doc" in a
        ]
        assert f"{total}" in got["told"]
    assert len(seen) == total
    beyond = explorer.figures(FiguresRequest(page=10**6))
    assert "disabled" in beyond["pages"]  # the last page stands for all behind it


def test_workbooks_keep_texts_that_begin_like_formulas():
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook(("a", "b"), [("=1+1", 2.5), ("\x07", None)], name="s")))
    cells = [[c.value for c in row] for row in book["s"].iter_rows()]
    assert cells == [["a", "b"], ["=1+1", 2.5], ["\ufffd", None]]
    assert book["s"]["A2"].data_type == "s"


def test_terms_are_counted_where_they_stand(survey):
    (count,) = survey.count_terms(["揭榜挂帅"])
    assert count.counts("period") == {("浙江", "review"): 1, ("浙江", "plan"): 1, ("江西", "plan"): 1}
    wordings = {fold(w) for w in count.wordings}
    for place in count.places:
        text = small_reports().document(place.span.doc_id).text
        assert fold(text[place.span.start : place.span.end]) in wordings
    html = _explorer().terms(TermsRequest(text="揭榜挂帅"))["html"]
    assert "没有出现的省份：辽宁、云南" in Seen(html).text
    assert "3 处，2 / 4 个省份" in Seen(html).text


def test_places_of_a_cell_are_as_many_as_it_says():
    explorer = _explorer()
    html = explorer.terms(TermsRequest(text="国家公园，揭榜挂帅", by="year"))["html"]
    for section in html.split('data-term="')[1:]:
        term = section.partition('"')[0]
        for tag, cell in Seen_loose(section):
            if tag == "button" and "data-key" in cell:
                request = {"text": term, "by": "year", "province": cell["data-province"], "key": cell["data-key"]}
                places = explorer.places(PlacesRequest(**request))["html"]
                assert places.count("<li>") == int(cell["aria-label"].rpartition("：")[2].split(" ")[0])


def Seen_loose(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The elements of a piece that may begin or end anywhere."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    parser.feed(html)
    return found


@pytest.mark.parametrize(
    ("text", "said"), [("", "请先写下"), ("、，", "请先写下"), ("，".join("甲乙丙丁戊己庚辛壬"), "最多统计 8 个"), ("长" * 3000, "太长")]
)  # fmt: skip
def test_terms_that_cannot_be_counted_are_told_so(text, said):
    call = _served(_explorer().terms, TermsRequest)
    assert said in call({"text": text})["failed"]


def test_hostile_terms_and_measures_are_text():
    explorer = _explorer()
    for html in (
        explorer.terms(TermsRequest(text=HOSTILE))["html"],
        render_figures(
            [_fact(Span(DOCUMENT.id, 0, 4), DOCUMENT.text, measure=HOSTILE, unit=HOSTILE)],
            lambda _: DOCUMENT,
            small_reports().lexicon,
            language="zh",
            order="",
            falling=False,
        ),
    ):
        assert not {"script", "img", "a", "style"} & {tag for tag, _ in Seen_loose(html)}
    got = explorer.figures(FiguresRequest(measure=HOSTILE))
    assert got["chart"] == ""
    assert "没有符合条件" in got["told"]


# --- what anybody may send


@pytest.mark.parametrize(
    "values", [None, [], "x", {"doc": 5}, {"doc": "d", "extra": 1}, {"doc": "d", "language": "fr"}, {"doc": "\ud800"}]
)
def test_wrong_requests_are_sentences(values):
    assert set(_served(_reader(small_reports()).document, DocumentRequest)(values)) == {"failed"}


def test_what_fails_unexpectedly_is_told_in_the_readers_language():
    def broken(wanted):
        raise RuntimeError("secret")

    assert _served(broken, ViewRequest)({"language": "en"}) == {"failed": say("en", "broken")}


# --- reports of the evaluation


def _report(folder: Path, **changes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "set": "s", "n": 2, "model": "m", "commit": "c", "systems": {"full": {"score": 0.5}}, "ci": {"full": {"score": [0.1, 0.9]}},
        "groups": {"full": {"type": {"number": {"n": 2, "score": 0.5, "ci": [0.1, 0.9]}}}}, "risk": {}, "reasons": {},
    }  # fmt: skip
    (folder / "report.json").write_text(json.dumps(told | changes), encoding="utf-8")
    rows = [
        {"id": "a", "row": {"score": [1.0, 1.0]}, "groups": [["type", "number"]], "question": "对的"},
        {"id": "b", "row": {"score": [0.0, 1.0]}, "groups": [["type", "number"], ["language", "en"]], "question": HOSTILE,
         "want": ["8%"], "text": "**9%** \\[x\\] [1]", "status": "declined (not_stated)", "short": "9%", "cited": [HOSTILE]},
        {"id": "c", "row": {"score": [1.0, 1.0], "invariants_broken": [1.0, 1.0]}, "groups": [], "question": "违背", "broken": ["4"]},
    ]  # fmt: skip
    (folder / "rows-full.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return folder


def test_kept_reports_are_found_and_others_passed_over(tmp_path):
    inner = _report(tmp_path / "runs" / "one")
    (tmp_path / "runs" / "junk").mkdir()
    (tmp_path / "runs" / "junk" / "report.json").write_text("{")
    (tmp_path / "runs" / "list").mkdir()
    (tmp_path / "runs" / "list" / "report.json").write_text("[]")
    kept = read_kept(tmp_path / "none", [tmp_path / "runs", inner, tmp_path / "missing"])
    assert [k.folder for k in kept] == [inner]  # named twice, told once
    assert [r["id"] for r in failed_rows(kept[0].rows("full"))] == ["b", "c"]
    assert kept[0].rows("../../etc") == ()


def test_the_published_results_are_shown():
    (kept, *_) = read_kept(results_dir(), ())
    for language in ("zh", "en"):
        seen = Seen(render_report(kept, language))
        assert f"{kept.told['systems']['full']['score']:.3f}" in seen.text
        assert seen.text.count(say(language, "eval_t_followup")) >= 1
    got = _Evaluation(Scripted()).failures(FailuresRequest(report=kept.key))
    assert not got["kept"]
    assert "shengwen eval --out" in got["told"]


def test_failed_questions_tell_what_was_wanted_and_answered(tmp_path):
    evaluation = _Evaluation(Scripted(settings=Settings(reports=(_report(tmp_path),))))
    key = read_kept(Path("none"), [tmp_path])[0].key
    got = evaluation.failures(FailuresRequest(report=key))
    seen = Seen(got["html"])
    assert "8%" in seen.text
    assert "9% [x] [1]" in seen.text  # an answer's Markdown is shown plainly
    assert "没有回答 · 没有写到" in seen.text
    assert not {"script", "img", "a"} & {tag for tag, _ in seen.tags}
    assert evaluation.failures(FailuresRequest(report=key, lang="en"))["html"].count("<li") == 1
    assert evaluation.failures(FailuresRequest(report=key, type="fact"))["told"] == say("zh", "eval_failed_none")


def test_without_reports_it_says_how_to_make_one(monkeypatch, tmp_path):
    monkeypatch.setattr("assistant.ui.evaluation.results_dir", lambda: tmp_path)
    assert "shengwen eval --out" in _Evaluation(Scripted()).report(ReportRequest())["html"]


def test_hostile_reports_are_text(tmp_path):
    _report(tmp_path, set=HOSTILE, model=HOSTILE, commit=HOSTILE, reasons={"full": {HOSTILE: {HOSTILE: 1}}},
            systems={HOSTILE: {"score": 0.5}}, ci={HOSTILE: {"score": [0, 1]}}, groups={HOSTILE: {"type": {HOSTILE: {"n": 1, "score": 0.5, "ci": [0, 1]}}}})  # fmt: skip
    (kept,) = read_kept(Path("none"), [tmp_path])
    seen = Seen(render_report(kept, "zh"))
    assert not {"script", "img", "a"} & {tag for tag, _ in seen.tags}
    assert not Seen(render_failures([{"question": HOSTILE, "row": "x", "groups": "y"}], "zh")).inside.get("script")


# --- sentences


def test_no_sentence_is_named_twice():
    seen: dict[str, str] = {}
    for path in sorted(Path(assistant.ui.__file__).parent.glob("*messages.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            keys = [k.value for k in node.keys if isinstance(k, ast.Constant)] if isinstance(node, ast.Dict) else []
            for key in keys:
                if key not in ("zh", "en"):
                    assert key not in seen, f"{key!r} in {seen[key]} and {path.name}"
                    seen[key] = path.name
    assert len(seen) == len(MESSAGES)


def test_every_failure_of_reading_has_a_sentence(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.exe", b"x")
    files = {"a.exe": b"x", "empty.txt": b"  \n", "binary.txt": b"MZ\x00\x01", "control.txt": b"a\x01b",
             "utf16.txt": b"\xff\xfe\x00\xd8", "bytes.txt": b"\xff\xff\x81", "large.txt": b"a" * (2**20 + 1),
             "cut.pdf": b"%PDF-1.7", "none.csv": b"a,b\n1,2\n", "none.jsonl": b"1\n", "none.zip": packed.getvalue()}  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    _, failures = read_sources([tmp_path / name for name in [*files, "missing.txt"]], Intake(max_file_mb=1))
    assert len(failures) == len(files) + 1
    for failure in failures:
        for language in ("zh", "en"):
            said = plain_reason(failure.reason, language)
            assert str(tmp_path) not in said
            assert Path(failure.path).name not in said
        assert not plain_reason(failure.reason, "zh").startswith(say("zh", "why_other", why=""))
    assert (
        len({plain_reason(f.reason, "zh") for f in failures}) == 9
    )  # two are binary, two of no known encoding, two without a column of text


def test_what_is_not_known_is_told_without_the_servers_paths():
    assert plain_reason("cannot read '/srv/secret/x.txt': the moon is full", "zh") == "无法读取：the moon is full"
    assert "/srv" not in plain_reason("cannot write the store '/srv/secret': odd thing at '/srv/other'", "en")


def test_settings_of_the_views(monkeypatch):
    monkeypatch.setenv("SHENGWEN_REPORTS", "a:b")
    monkeypatch.setenv("SHENGWEN_ALLOW_UPLOAD", "true")
    monkeypatch.setattr("os.pathsep", ":")
    settings = load_settings()
    assert settings.reports == (Path("a"), Path("b"))
    assert settings.allow_upload
    assert not Settings().allow_upload
