# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""Reading, exploring, the corpus and the evaluation in a real Chromium: what a reader sees and does there."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from browsing import MARKS, TARGET, Reader, browser, reader, serious
from file_makers import docx_of, encrypted, pdf_of
from serving import Client, Scripted, api, assistant, serving
from small_reports import REPORTS, small_reports
from test_views import _report
from test_views_corpus import REPORT

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.types import Document, Fact, Holding, Section, Span

pytestmark = MARKS

VIEWS = ("read", "explore", "corpus", "evaluation")
READY = {
    "read": ".sw-v-doc",
    "explore": ".sw-v-rows tbody tr",
    "corpus": ".sw-v-contents tbody tr",
    "evaluation": ".sw-v-framed",
}


@pytest.fixture(scope="module")
def reports() -> Iterator[Client]:
    """A server over four small reports of four provinces."""
    with serving(small_reports()) as client:
        yield client


def go(new: Reader, name: str) -> None:
    """To a tab, once it has something to show."""
    new.page.click(f"#sw-tab-{name}-button")
    new.page.locator(READY[name]).first.wait_for()


def open_document(new: Reader, title: str) -> str:
    """A document in the reading view; returns the text that the page shows of it."""
    go(new, "read")
    new.page.locator(".sw-v-doc", has_text=title).click()
    new.page.locator(".sw-v-sheet-title", has_text=title).wait_for()
    return new.page.evaluate("document.querySelector('.sw-v-text').textContent")


def chosen(new: Reader) -> str:
    """The words that the reading view holds selected."""
    return new.page.evaluate("[...(CSS.highlights.get('sw-v-chosen') ?? [])].map(String).join('')")


def in_view(new: Reader, selector: str) -> bool:
    return new.page.evaluate(
        "s => { const r = document.querySelector(s).getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight }",
        selector,
    )


def sideways(new: Reader) -> list[str]:
    """What reaches beyond the window's right edge, outside the boxes that scroll by themselves."""
    return new.page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => {
             const r = e.getBoundingClientRect();
             return r.width && r.right > innerWidth + 1 && !e.closest('.sw-v-scroll > *, .sw-v-hidden, .sw-hidden, #sw-source');
           }).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}`)"""
    )


# --- reading


def test_a_citation_is_read_in_the_whole_document(api: Client, assistant: Assistant, reader: Callable[..., Reader]):
    new = reader(api.url)
    turn = new.ask(TARGET, 1)
    quote = turn.locator(".sw-card mark").first.inner_text()
    source = new.open_citation(turn.locator(".sw-cite").first)
    source.locator(".sw-read").click()
    mark = new.page.locator(".sw-v-asked")
    mark.first.wait_for()
    assert "".join(mark.all_inner_texts()) == quote
    assert in_view(new, ".sw-v-asked")
    assert new.page.evaluate("document.querySelector('.sw-v-text').textContent") == assistant.documents()[0].text
    document = assistant.documents()[0]
    section = [s for s in assistant.sections(document.id) if s.span.start <= document.text.index(quote)][-1]
    assert new.page.locator(".sw-v-goto[aria-current]").get_attribute("data-start") == str(section.span.start)
    new.check()


def test_documents_are_chosen_by_province_year_and_title(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    go(new, "read")
    shown = new.page.locator(".sw-v-docs > li:visible")
    assert shown.count() == len(REPORTS)
    new.page.select_option("#sw-view-read [name=province]", "云南")
    assert [t for t in shown.all_inner_texts() if "云南" in t] == shown.all_inner_texts()
    new.page.select_option("#sw-view-read [name=province]", "")
    new.page.fill("#sw-view-read [name=title]", "江西")
    assert shown.count() == 1
    assert new.page.locator("#sw-view-read .sw-v-count").inner_text() == "1 / 4 份文档"
    new.page.fill("#sw-view-read [name=title]", "没有这份")
    assert new.page.locator("#sw-view-read .sw-v-count").inner_text() == "没有符合条件的文档。"
    new.check()


def test_search_counts_steps_and_finds_the_other_script(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    text = open_document(new, "浙江")
    found = new.page.locator(".sw-v-found")
    new.page.fill("[name=find]", "增長")
    found.filter(has_text="1 / ").wait_for()
    n = text.count("增长")
    assert found.inner_text() == f"1 / {n}"
    new.page.press("[name=find]", "Enter")
    assert found.inner_text() == f"2 / {n}"
    new.page.click(".sw-v-find .sw-v-step[data-step='-1']")
    new.page.click(".sw-v-find .sw-v-step[data-step='-1']")
    assert found.inner_text() == f"{n} / {n}"  # before the first comes the last
    here = new.page.evaluate("[...CSS.highlights.get('sw-v-found-here')].map(String)")
    assert here == ["增长"]
    assert new.page.evaluate("CSS.highlights.get('sw-v-found').size") == n
    new.page.fill("[name=find]", "没有的话")
    found.filter(has_text="没有找到").wait_for()
    assert new.page.locator(".sw-v-find .sw-v-step").first.is_disabled()
    new.check()


def test_the_outline_leads_to_its_heading(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    open_document(new, "全国31省")
    entry = new.page.locator(".sw-v-goto", has_text="NO.29·新疆").first
    entry.click()
    start = entry.get_attribute("data-start")
    new.page.locator(f'.sw-v-goto[aria-current][data-start="{start}"]').or_(
        new.page.locator(".sw-v-goto[aria-current]", has_text="2021工作回顾")
    ).first.wait_for()
    top = new.page.evaluate(
        f"document.querySelector('.sw-v-section[data-start=\"{start}\"]').getBoundingClientRect().top"
    )
    assert 0 <= top < 430
    new.check()


def test_figures_are_marked_and_tell_what_they_are(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    open_document(new, "浙江")
    tip = new.page.locator(".sw-v-tip")
    figure = new.page.locator(".sw-v-fig", has_text="5%以上")
    figure.hover()
    assert tip.inner_text() == "地区生产总值 · 浙江 · 2023年目标 · 增幅 5%以上"
    new.page.uncheck("[name=figures]")
    figure.hover()
    assert not tip.is_visible()
    assert figure.evaluate("e => getComputedStyle(e).textDecorationLine") == "none"
    new.page.click(".sw-v-step-figure[data-step='1']")  # stepping shows them again
    assert tip.is_visible()
    assert new.page.evaluate("document.activeElement.classList.contains('sw-v-fig')")
    new.page.keyboard.press("Escape")
    assert not tip.is_visible()
    new.check()


def test_a_sentence_is_asked_about(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    open_document(new, "浙江")
    new.page.locator(".sw-v-s", has_text="揭榜挂帅").first.click()
    assert chosen(new).startswith("深入实施“揭榜挂帅”")
    new.page.click(".sw-v-bar-ask")
    box = new.page.locator("#sw-box textarea")
    box.wait_for()
    new.page.wait_for_function("document.querySelector('#sw-box textarea').value.includes('揭榜挂帅')")
    assert box.input_value().startswith("浙江")
    assert new.page.locator(".sw-turn").count() == 0  # in the box, for the reader to change
    new.check()


def test_similar_sentences_lead_to_their_places(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    open_document(new, "浙江")
    new.page.locator(".sw-v-s", has_text="揭榜挂帅").first.click()
    new.page.click(".sw-v-bar-similar")
    found = new.page.locator(".sw-v-insert li", has_text="江西")
    found.wait_for()
    assert new.page.locator(".sw-v-insert li", has_text="浙江").count() == 0
    quote = found.locator(".sw-v-alike-text").inner_text()
    found.locator(".sw-read").click()
    new.page.locator(".sw-v-sheet-title", has_text="江西").wait_for()
    assert "".join(new.page.locator(".sw-v-asked").all_inner_texts()) == quote
    assert in_view(new, ".sw-v-asked")
    new.check()


def test_sentences_are_reached_by_keys_alone(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    go(new, "read")
    entry = new.page.locator(".sw-v-doc", has_text="云南")
    entry.focus()
    new.page.keyboard.press("Enter")
    new.page.locator(".sw-v-sheet-title", has_text="云南").wait_for()
    new.page.locator('.sw-v-s[tabindex="0"]').focus()
    new.page.keyboard.press("End")
    new.page.keyboard.press("Enter")
    assert "生物多样性" in chosen(new)
    assert new.page.evaluate("document.activeElement.className").endswith("sw-v-bar-ask")
    new.page.keyboard.press("Escape")
    assert not new.page.locator(".sw-v-bar").is_visible()
    new.check()


# A facade with documents of any kind: no store could be asked to hold them


@dataclass
class Shelf(Scripted):
    """Documents that need no index."""

    figures: tuple[Fact, ...] = ()
    generation: int = 1
    lost: list[str] = field(default_factory=list)

    def contents(self) -> tuple[Holding, ...]:
        return tuple(
            Holding(
                d.id,
                d.title,
                d.province,
                d.year,
                d.origin,
                len(d.text),
                "0" * 64,
                1,
                0,
                (d.province,) if d.province else (),
            )
            for d in self.texts
        )

    def facts(self, *_: Any) -> tuple[Fact, ...]:
        return self.figures

    def sections(self, doc_id: str) -> tuple[Section, ...]:
        d = self.document(doc_id)
        return (Section(Span(d.id, 0, len(d.text)), ("一、标题",), d.province, d.year, "plan"),)

    def info(self) -> dict[str, Any]:
        counts = {"documents": len(self.texts), "passages": 1, "facts": 0}
        model = {"name": "m", "fingerprint": "f" * 16, "dimension": 4}
        more = {"created": "2026-01-01T00:00:00", "model": model, "bytes": 1, "embeddings_bytes": 1, "counts": counts}
        return super().info() | more | {"provinces": [p for p in dict.fromkeys(d.province for d in self.texts) if p]}

    def similar(self, span: Span, limit: int = 8) -> tuple[Any, ...]:
        return ()


def test_a_selection_counts_code_points(reader: Callable[..., Reader]):
    text = "前言𠮷𠮷。\n选中𠮷这里A&B，不要这里。\n后面。"
    with serving(Shelf(texts=(Document("d", "𠮷题", text, province="山东", year=2023),))) as client:
        new = reader(client.url)
        assert open_document(new, "𠮷题") == text
        new.page.evaluate(
            """() => { const nodes = [...document.querySelectorAll('.sw-v-s')].map(s => s.firstChild);
                       const node = nodes.find(n => n.data.includes('选中'));
                       const range = document.createRange();
                       range.setStart(node, node.data.indexOf('选中')); range.setEnd(node, node.data.indexOf('，'));
                       getSelection().removeAllRanges(); getSelection().addRange(range); }"""
        )
        new.page.locator(".sw-v-text").dispatch_event("pointerup", {"bubbles": True})
        new.page.locator(".sw-v-bar").wait_for()
        assert chosen(new) == "选中𠮷这里A&B"
        assert new.page.locator(".sw-v-bar-note").inner_text() == "已选中 8 字"
        new.page.fill("[name=find]", "这里")
        new.page.locator(".sw-v-found", has_text="1 / 2").wait_for()
        assert new.page.evaluate("[...CSS.highlights.get('sw-v-found')].map(String)") == ["这里", "这里"]
        new.check()


def test_six_hundred_documents_and_a_long_one(reader: Callable[..., Reader]):
    sentence = "第{}句话，说的是各项工作稳步推进，取得了新的成绩和进展。{}"
    long = "".join(sentence.format(i, "\n" * (i % 4 == 0)) for i in range(1100))
    names = ("山东", "浙江", "江苏")
    documents = [
        Document(f"d{i}", f"{names[i % 3]}第{i}号报告", "短。", province=names[i % 3], year=2000 + i % 25)
        for i in range(600)
    ]
    documents.append(Document("long", "一份长报告", long, province="山东", year=2026))
    assert len(long) > 33_000
    with serving(Shelf(texts=tuple(documents))) as client:
        new = reader(client.url)
        go(new, "read")
        assert new.page.locator(".sw-v-docs > li").count() == 601
        new.page.select_option("#sw-view-read [name=province]", "浙江")
        assert new.page.locator("#sw-view-read .sw-v-count").inner_text() == "200 / 601 份文档"
        new.page.select_option("#sw-view-read [name=province]", "")
        assert open_document(new, "一份长报告") == long
        new.page.fill("[name=find]", "第1000句话")
        new.page.locator(".sw-v-found", has_text="1 / 1").wait_for()
        seen = new.page.evaluate(
            "() => { const r = [...CSS.highlights.get('sw-v-found-here')][0].getBoundingClientRect(); return r.top > 0 && r.bottom < innerHeight }"
        )
        assert seen
        new.check()


HOSTILE = (
    '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script><svg onload="window.pwned=3">'
    "${window.pwned=4}{{constructor.constructor('window.pwned=5')()}}<style>body{display:none}</style>"
    "<iframe src=http://outside.invalid></iframe>\"'`"
)


def test_hostile_documents_do_nothing(reader: Callable[..., Reader]):
    text = f"{HOSTILE}达到5家。{HOSTILE}"
    document = Document(HOSTILE, HOSTILE, text, province="山东", year=2022, origin=HOSTILE)
    at = text.index("5家")
    fact = Fact(
        Span(HOSTILE, at, at + 2),
        Span(HOSTILE, 0, len(text)),
        HOSTILE,
        "5家",
        5.0,
        None,
        "家",
        "",
        "level",
        "山东",
        2022,
        "plan",
    )
    with serving(Shelf(texts=(document,), figures=(fact,))) as client:
        new = reader(client.url)
        assert open_document(new, "<img src=x") == text
        new.page.locator(".sw-v-fig").hover()
        new.page.locator(".sw-v-s").first.click()
        new.page.fill("[name=find]", HOSTILE)
        new.page.locator(".sw-v-found", has_text="1 / 2").wait_for()
        go(new, "explore")
        new.page.fill("[name=measure]", HOSTILE[:150])
        new.page.locator(".sw-v-chart-row").wait_for()
        new.page.locator(".sw-v-quote-link").first.click()
        assert new.opened().locator("mark").text_content() == text
        new.page.keyboard.press("Escape")
        go(new, "corpus")
        new.page.fill("[name=filter]", "<img")
        for name in ("read", "explore", "corpus"):
            inside = new.page.locator(f"#sw-view-{name}")
            assert inside.locator("img, script, style, iframe").count() == 0
            assert (
                inside.evaluate(
                    "e => [...e.querySelectorAll('*')].flatMap(x => x.getAttributeNames()).filter(n => n.startsWith('on'))"
                )
                == []
            )
        assert new.page.evaluate("window.pwned") is None
        assert new.page.locator("body").is_visible()
        new.check()


# --- exploring


def test_a_measure_is_charted_and_its_table_agrees(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    go(new, "explore")
    new.page.fill("[name=measure]", "高新技术企业")
    rows = new.page.locator(".sw-v-chart-row")
    rows.first.wait_for()
    told = [re.sub(r"\s+", " ", row.inner_text()) for row in rows.all()]
    assert [t.split(" ")[0] for t in told] == ["辽宁", "浙江", "云南"]
    assert "突破3.5万家" in told[1]
    table = new.page.locator(".sw-v-rows tbody").inner_text()
    for figure in ("1.1万家", "突破3.5万家", "2490家"):
        assert figure in table
    assert "江西" in new.page.locator(".sw-v-chart-place").inner_text()
    new.page.select_option("[name=sort]", "result")
    assert [r.inner_text().split()[0] for r in rows.all()] == ["浙江", "辽宁", "云南"]
    rows.first.locator(".sw-v-line.sw-v-result").click()
    assert "3.5万家" in new.opened().locator("mark").text_content()
    new.page.keyboard.press("Escape")
    new.page.select_option("[name=axis]", "increment|家")
    rows.filter(has_text="江西").wait_for()
    assert "320家" in rows.first.inner_text()
    new.check()


def test_filters_narrow_and_clear(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    go(new, "explore")
    count = new.page.locator(".sw-v-table-head .sw-v-count").first
    before = count.inner_text()
    new.page.select_option("#sw-view-explore [name=province]", "云南")
    new.page.select_option("#sw-view-explore [name=period]", "plan")
    count.filter(has_text="共 1 个").wait_for()
    row = new.page.locator(".sw-v-rows tbody tr")
    assert row.locator("td").all_inner_texts()[:5] == ["云南", "2023", "目标", "地区生产总值", "6%左右增幅"]
    row.locator(".sw-v-quote-link").click()
    assert "6%左右" in new.opened().locator("mark").text_content()
    new.page.keyboard.press("Escape")
    new.page.fill("[name=measure]", "没有这种指标")
    count.filter(has_text="没有符合条件的数字").wait_for()
    new.page.click("#sw-view-explore button[type=reset]")
    count.filter(has_text=before).wait_for()
    new.check()


def test_the_table_is_sorted_and_taken_away(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    go(new, "explore")
    new.page.fill("[name=measure]", "就业")
    new.page.locator(".sw-v-chart-row").first.wait_for()
    figures = new.page.locator(".sw-v-cell-figure b")
    new.page.click(".sw-v-order[data-order=value]")
    new.page.locator("th[aria-sort=descending]").wait_for()
    shown = figures.all_inner_texts()
    assert shown == sorted(shown, key=lambda f: -float(re.search(r"[\d.]+", f)[0]))
    with new.page.expect_download() as taken:
        new.page.click(
            "#sw-pane-figures .sw-v-download[data-format=csv], #sw-v-pane-figures .sw-v-download[data-format=csv]"
        )
    rows = list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text(encoding="utf-8-sig"))))
    assert [r["figure"] for r in rows] == shown
    with new.page.expect_download() as taken:
        new.page.locator(".sw-v-download[data-format=xlsx]").first.click()
    assert taken.value.suggested_filename == "figures.xlsx"
    assert Path(taken.value.path()).read_bytes()[:2] == b"PK"
    new.page.click(".sw-v-order[data-order=value]")
    new.page.locator("th[aria-sort=ascending]").wait_for()
    assert figures.all_inner_texts() == shown[::-1]
    new.check()


def test_terms_are_counted_by_province_and_shown_in_place(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    go(new, "explore")
    new.page.locator("#sw-view-explore [role=tab]", has_text="词语").click()
    new.page.fill("#sw-view-explore [name=text]", "揭榜挂帅、国家公园")
    new.page.press("#sw-view-explore [name=text]", "Enter")
    first = new.page.locator('.sw-v-term[data-term="揭榜挂帅"]')
    first.wait_for()
    assert "3 处，2 / 4 个省份" in first.inner_text()
    cells = first.locator("tbody tr", has_text="浙江").locator("td").all_inner_texts()
    assert cells == ["1", "1", "2"]
    first.locator("tbody tr", has_text="浙江").locator(".sw-v-places").first.click()
    place = first.locator(".sw-v-place-list .sw-v-quote-link")
    place.wait_for()
    assert "揭榜挂帅" in place.locator("mark").inner_text()
    place.click()
    assert "揭榜挂帅" in new.opened().locator("mark").text_content()
    new.page.keyboard.press("Escape")
    assert new.page.locator(".sw-v-term").count() == 2
    new.check()


# --- the corpus


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Client]:
    """A server whose readers may change the corpus, a copy of the four reports."""
    shutil.copytree(small_reports().settings.store_dir, tmp_path / "store")
    opened = Assistant.open(settings=Settings(store=tmp_path / "store", allow_upload=True, max_upload_mb=1))
    with serving(opened) as client:
        yield client
    opened.close()


def files(folder: Path, contents: dict[str, bytes]) -> list[str]:
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in contents]


def told_of(province: str, target: str) -> str:
    return f"{province}省2023年政府工作报告\n2023年工作安排\n今年的主要预期目标是：\n地区生产总值增长{target}。"


def test_files_of_each_kind_are_dropped_and_the_next_questions_answered_from_them(
    changing: Client, reader: Callable[..., Reader], tmp_path: Path
):
    new, other = reader(changing.url), reader(changing.url)
    go(new, "corpus")
    taken = {
        "湖南省2023年政府工作报告.txt": REPORT.encode(),
        "程序.txt": b"MZ\x00\x01",
        "图.exe": b"MZ",
        "空.txt": b"",
        "大.txt": b"a" * 1_000_001,
        "密.pdf": encrypted(pdf_of(["密"])),
        "甘肃省2023年政府工作报告.docx": docx_of(*told_of("甘肃", "6%以上").splitlines()),
        "陕西省2023年政府工作报告.pdf": pdf_of(told_of("陕西", "5.5%左右").splitlines()),
    }
    new.page.set_input_files(".sw-v-input", files(tmp_path, taken))
    done = new.page.locator(".sw-v-job.sw-v-done")
    done.wait_for()
    whole = new.page.locator(".sw-v-adding").inner_text()
    for said in (
        "已加入 · 湖南 · 2023年",
        "可能是程序、图片或压缩包",
        "不支持 .exe 文件",
        "文件里没有文字",
        "文件超过 1 MB",
        "文件有密码",
        "已加入 · 甘肃 · 2023年",
        "已加入 · 陕西 · 2023年",
    ):
        assert said in whole
    new.page.locator(".sw-v-contents tr", has_text="湖南").wait_for()
    assert "第 2 代" in new.page.locator(".sw-v-store").inner_text()
    turn = other.ask("湖南2023年地区生产总值目标是多少？", 1)  # of a reader who did not add it
    assert "6.5%左右" in turn.locator(".sw-short").inner_text()
    for n, (province, target) in enumerate((("甘肃", "6%以上"), ("陕西", "5.5%左右")), 2):
        turn = other.ask(f"{province}2023年地区生产总值目标是多少？", n)
        assert target in turn.locator(".sw-short").inner_text()
    go(other, "read")
    other.page.locator(".sw-v-doc", has_text="湖南").wait_for()
    new.check()
    other.check()


def test_a_dropped_file_is_taken_as_a_chosen_one(changing: Client, reader: Callable[..., Reader]):
    new = reader(changing.url)
    go(new, "corpus")
    carried = new.page.evaluate_handle(
        """text => { const data = new DataTransfer();
                     data.items.add(new File([text], '湖南省2023年政府工作报告.txt', { type: 'text/plain' })); return data; }""",
        REPORT,
    )
    new.page.dispatch_event(".sw-v-drop", "dragover", {"dataTransfer": carried})
    assert "sw-v-over" in new.page.get_attribute(".sw-v-drop", "class")
    new.page.dispatch_event(".sw-v-drop", "drop", {"dataTransfer": carried})
    new.page.locator(".sw-v-job.sw-v-done").wait_for()
    new.page.locator(".sw-v-contents tr", has_text="湖南").wait_for()
    new.check()


def test_documents_are_removed_at_the_second_press_and_rebuilt(changing: Client, reader: Callable[..., Reader]):
    new = reader(changing.url)
    go(new, "corpus")
    rows = new.page.locator(".sw-v-contents tbody tr:visible")
    remove = new.page.locator(".sw-v-remove")
    assert remove.is_disabled()
    new.page.fill("[name=filter]", "云南")
    assert rows.count() == 1
    new.page.check(".sw-v-all")
    remove.click()
    assert remove.inner_text() == "移除 1 份文档？再按一次确认"
    assert rows.count() == 1
    remove.click()
    new.page.locator(".sw-v-job.sw-v-done").wait_for()
    new.page.locator(".sw-v-count", has_text="0").or_(
        new.page.locator(".sw-v-count", has_text="没有符合")
    ).first.wait_for()
    new.page.fill("[name=filter]", "")
    assert rows.count() == 3
    rebuild = new.page.locator(".sw-v-rebuild")
    rebuild.click()
    rebuild.click()
    new.page.locator(".sw-v-job-end", has_text="第 3 代").wait_for()
    assert rows.count() == 3
    new.check()


def test_a_reader_who_may_not_sees_what_is_held_and_how_to_add(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    go(new, "corpus")
    assert new.page.locator(".sw-v-contents tbody tr").count() == len(REPORTS)
    assert new.page.locator(".sw-v-drop, .sw-v-remove, .sw-v-rebuild, [name=doc]").count() == 0
    assert "--allow-upload" in new.page.locator(".sw-v-off").inner_text()
    assert "multilingual-e5-small" in new.page.locator(".sw-v-store").inner_text()
    # The page is not the lock: what its script could call is refused by the server.
    got = new.page.evaluate("swViews.live.corpus.server.begin_removing({ docs: ['x'], language: 'zh' })")
    assert "--allow-upload" in got["failed"]
    status = new.page.evaluate(
        "async () => { const f = new FormData(); f.append('files', new File(['x'], 'a.txt'));"
        " return (await fetch('gradio_api/upload', { method: 'POST', body: f })).status }"
    )
    assert status == 403
    new.page.locator(".sw-v-contents .sw-read").first.click()
    new.page.locator(".sw-v-sheet-title").wait_for()
    assert [e for e in new.errors if "403" not in e] == []


# --- the evaluation


def test_the_published_report_and_ones_own(reader: Callable[..., Reader], tmp_path: Path):
    settings = Settings(reports=(_report(tmp_path),))
    with serving(Shelf(settings=settings)) as client:
        new = reader(client.url)
        go(new, "evaluation")
        assert new.page.locator("[name=report] option").count() == 2
        failed = new.page.locator(".sw-v-failure")
        failed.first.wait_for()
        assert failed.count() == 2
        assert "8%" in failed.first.inner_text()
        new.page.select_option("#sw-view-evaluation [name=lang]", "en")
        new.page.locator(".sw-v-failures .sw-v-count", has_text="1 道").wait_for()
        assert failed.count() == 1
        assert new.page.locator("#sw-view-evaluation").locator("img, script").count() == 0
        new.page.select_option("[name=report]", index=1)
        new.page.locator(".sw-v-framed", has_text="按题型的得分").wait_for()
        new.page.locator(".sw-v-failures", has_text="只有分数").wait_for()
        assert new.page.locator(".sw-v-plot svg").count() >= 4
        assert new.page.evaluate("window.pwned") is None
        new.check()


def test_a_failed_question_is_asked_again(reader: Callable[..., Reader], tmp_path: Path):
    with serving(Shelf(settings=Settings(reports=(_report(tmp_path),)))) as client:
        new = reader(client.url)
        go(new, "evaluation")
        new.page.locator(".sw-v-failure", has_text="违背").locator(".sw-question-button").click()
        new.turn(1)
        assert new.page.locator("#t1 .sw-question").inner_text() == "违背"
        new.check()


# --- all of them


def test_a_reload_comes_back_to_the_place(api: Client, reader: Callable[..., Reader]):
    new = reader(api.url)
    text = open_document(new, "全国31省")
    new.page.locator(".sw-v-goto", has_text="NO.29·新疆").first.click()
    new.page.wait_for_function("JSON.parse(sessionStorage.getItem('shengwen-reading') ?? '{}').top > 6000")
    new.page.reload()
    new.page.click("#sw-tab-read-button")
    new.page.locator(".sw-v-s").first.wait_for()
    assert new.page.evaluate("document.querySelector('.sw-v-text').textContent") == text
    new.page.wait_for_function("scrollY > 1000")
    new.page.click(".sw-v-back")
    new.page.reload()
    go(new, "read")
    assert new.page.locator(".sw-v-library").is_visible()
    new.check()


def test_the_other_language_keeps_what_is_being_read(reports: Client, reader: Callable[..., Reader]):
    new = reader(reports.url)
    text = open_document(new, "江西")
    new.page.click("#sw-switch")
    new.page.locator('.sw-v-reader[data-language="en"]').wait_for(state="attached")
    new.page.locator(".sw-v-back", has_text="All documents").wait_for()
    new.page.locator(".sw-v-s").first.wait_for()
    assert new.page.evaluate("document.querySelector('.sw-v-text').textContent") == text
    go(new, "explore")
    assert new.page.locator(".sw-v-table-head h3").first.inner_text() == "All figures"
    assert "Jiangxi" in new.page.locator("#sw-view-explore [name=province]").inner_text()
    go(new, "corpus")
    assert "generation 1" in new.page.locator(".sw-v-store").inner_text()
    new.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways_and_axe_finds_nothing(api: Client, reader: Callable[..., Reader], scheme: str):
    new = reader(api.url, 390, 844, color_scheme=scheme, is_mobile=True, has_touch=True)
    for name in VIEWS:
        go(new, name)
        assert sideways(new) == [], name
        assert serious(new.page) == [], name
    open_document(new, "全国31省")
    new.page.locator(".sw-v-s").nth(3).click()
    new.page.locator(".sw-v-bar").wait_for()
    assert sideways(new) == []
    assert serious(new.page) == []
    go(new, "explore")
    new.page.fill("[name=measure]", "高新技术企业")
    new.page.locator(".sw-v-chart-row").first.wait_for()
    assert sideways(new) == []
    assert serious(new.page) == []
    new.check()


def test_axe_finds_nothing_on_a_wide_screen(changing: Client, reader: Callable[..., Reader]):
    new = reader(changing.url)
    for name in VIEWS:
        go(new, name)
        assert serious(new.page) == [], name
    open_document(new, "浙江")
    assert serious(new.page) == []
    go(new, "explore")
    new.page.fill("[name=measure]", "就业")
    new.page.locator(".sw-v-chart-row").first.wait_for()
    assert serious(new.page) == []
    new.page.locator("#sw-view-explore [role=tab]", has_text="词语").click()
    new.page.fill("#sw-view-explore [name=text]", "揭榜挂帅")
    new.page.press("#sw-view-explore [name=text]", "Enter")
    new.page.locator(".sw-v-places").first.click()
    new.page.locator(".sw-v-place-list").wait_for()
    assert serious(new.page) == []
    new.check()


def test_a_lost_server_is_told(reader: Callable[..., Reader]):
    shelf = Shelf(texts=(Document("d", "一份报告", "只有一句。", province="山东", year=2023),))
    with serving(shelf) as client:
        new = reader(client.url)
        go(new, "read")
    new.page.locator(".sw-v-doc").click()
    notice = new.page.locator("#sw-view-read .sw-v-view-notice")
    notice.wait_for()
    assert "连接中断" in notice.inner_text()
    assert new.outside == []
    assert new.dialogs == []
