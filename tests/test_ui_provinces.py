"""An answer's table as findings, bars, map, sortable table and files: all say the same."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from harmless import harmless
from hypothesis import given
from hypothesis import strategies as st
from serving import DOCUMENT, answered, cite

from assistant.lexicon import load_lexicon
from assistant.numerals import Figure
from assistant.types import Table
from assistant.ui.charts import bar_chart, tile_map
from assistant.ui.findings import Finding, findings_of, groups_of, numbers_in
from assistant.ui.holdings import Holdings
from assistant.ui.panel import render_panel, tiles_of
from assistant.ui.sheets import table_file

LEXICON = load_lexicon()
HELD = Holdings(LEXICON, 1, ("山东", "福建", "海南", "青海"))
COLUMNS = ("省份", "时期", "指标", "数值", "原文", "引用")
ROWS = (
    ("山东", "2022年目标", "企业", "2.3万家", "企业达到120家左右", "1"),
    ("福建", "2022年目标", "企业", "力争突破9000家", "企业达到120家左右", "1"),
    ("海南", "2022年目标", "企业", "增长8%", "投入增长8%", "2"),
    ("青海", "", "", "未提到", "", ""),
)
CITED = (cite(DOCUMENT, "企业达到120家左右"), cite(DOCUMENT, "投入增长8%", 2))


def compared(rows=ROWS, columns=COLUMNS, **changes):
    table = Table(columns, rows, len(columns) - 1)
    return answered("对比？", intent="compare", table=table, citations=CITED, text="比较：\n- 甲 [1] [2]", **changes)


def panel(answer, language="zh"):
    return render_panel(answer, HELD, language=language, turn=1, mark=lambda n: f"<button>[{n}]</button>")


def test_rows_become_findings_with_their_figures():
    found = findings_of(compared(), LEXICON)
    assert [(f.province, f.said, f.value, f.bare, f.kind) for f in found] == [
        ("山东", True, "2.3万家", "2.3万家", ""),
        ("福建", True, "力争突破9000家", "力争突破9000家", ""),
        ("海南", True, "增长8%", "8%", "增长"),
        ("青海", False, "", "", ""),
    ]
    assert found[0].figure.value == 23_000


def test_english_rows_are_the_same_provinces_and_kinds():
    rows = (
        ("Shandong", "2022 target", "x", "growth of about 5%左右", "q", "1"),
        ("Hebei", "", "", "not stated", "", ""),
    )
    found = findings_of(compared(rows), LEXICON)
    assert [(f.province, f.name, f.bare, f.kind) for f in found] == [
        ("山东", "Shandong", "5%左右", "growth"),
        ("河北", "Hebei", "", ""),
    ]


def test_a_list_has_findings_and_no_figures():
    answer = compared((("山东", "提到", "达到5家", "1"), ("青海", "未提到", "", "")), ("省份", "结论", "原文", "引用"))
    assert [(f.said, f.figure) for f in findings_of(answer, LEXICON)] == [(True, None), (False, None)]
    assert "sw-bars" not in panel(answer)


def test_figures_of_different_kinds_never_share_a_scale():
    groups = groups_of(findings_of(compared(), LEXICON))
    assert [(g.unit, g.kind, len(g.findings)) for g in groups] == [("家", "", 2), ("%", "增长", 1)]


@given(st.lists(st.tuples(st.floats(0.01, 1e12), st.floats(0, 1e12)), min_size=1, max_size=34))
def test_bars_are_as_long_as_their_figures_are_large(values):
    found = tuple(
        Finding("山东", True, ("山东", "", "", "x", "", "1"), CITED[:1], Figure(0, 1, (0, 1), v, v + more if more else None, "家", ""))
        for v, more in values
    )  # fmt: skip
    html = bar_chart(groups_of(found), "题", language="zh", turn=1)
    harmless(html)
    sure = [float(w) for w in re.findall(r'class="sw-bar" x="14.0%" y="\d+" width="([\d.]+)%', html)]
    ends = [v + more for v, more in values]
    assert len(sure) == len(values)
    for width, (value, _) in zip(sure, values, strict=True):
        assert width == pytest.approx(value / max(ends) * 52, abs=0.01)


def test_without_figures_there_is_no_chart():
    assert bar_chart((), "题", language="zh", turn=1) == ""


def test_every_provincial_unit_has_one_tile_with_its_state():
    tiles = tiles_of(findings_of(compared(ROWS[:1] + ROWS[3:]), LEXICON), compared(), HELD)
    assert len(tiles) == len({t.province.tile for t in tiles}) == 34
    states = {t.province.name: t.state for t in tiles}
    assert {name: states[name] for name in ("山东", "青海", "福建", "北京")} == {
        "山东": "yes", "青海": "no", "福建": "other", "北京": "absent",
    }  # fmt: skip
    assert next(t.citation for t in tiles if t.province.name == "山东") == 1


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "说到：山东、福建、海南。"), ("en", "Says so: Shandong, Fujian, Hainan.")]
)
def test_the_map_says_in_words_what_it_shows(language, said):
    tiles = tiles_of(findings_of(compared(), LEXICON), compared(), HELD)
    html = tile_map(tiles, "题", language=language, turn=1)
    described = re.search(r"<desc[^>]*>([^<]*)</desc>", harmless(html) and html)[1]
    assert {*said.split(": ")[-1].rstrip(".。").replace("说到：", "").replace("、", ", ").split(", ")} <= {
        *re.split(r"[、,：:。.] ?", described)
    }
    assert html.count('role="group"') == 1
    assert html.count('tabindex="0" role="button"') == html.count("sw-mark") == 3


def test_the_panel_has_each_view_once_and_the_first_open():
    html = panel(compared())
    harmless(html)
    assert re.findall(r'data-view="(\w+)" aria-pressed="(\w+)"', html) == [
        ("bars", "true"), ("map", "false"), ("table", "false"),
    ]  # fmt: skip
    assert re.findall(r'class="sw-box sw-box-(\w+)" data-view="\w+"( hidden)?', html) == [
        ("bars", ""), ("map", " hidden"), ("table", " hidden"),
    ]  # fmt: skip
    assert panel(answered("？")) == ""


def test_a_row_opens_its_first_citation_and_a_silent_one_nothing():
    html = panel(compared())
    assert html.count('<tr class="sw-mark" data-n="1">') == 2
    assert html.count('<tr class="sw-silent">') == 1
    assert "<button>[2]</button>" in html


@pytest.mark.parametrize(("cell", "numbers"), [("1", (1,)), ("1, 22", (1, 22)), ("", ()), ("x, 3", (3,)), ("٣", ())])
def test_citation_cells(cell, numbers):
    assert numbers_in(cell) == numbers


# --- files

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)


@given(st.lists(st.tuples(*[TEXTS] * 5), min_size=1, max_size=4))
def test_a_csv_holds_the_table_and_runs_nothing(cells):
    rows = tuple((*c, "1") for c in cells)
    made = table_file(compared(rows), "csv", "zh")
    assert made.content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline="")))
    assert read[0] == [*COLUMNS, "标题", "文档", "位置", "引文"]
    assert len(read) == len(rows) + 1
    for row, back in zip(rows, read[1:], strict=True):
        assert [b.removeprefix("'") for b in back[:5]] == [c.removeprefix("'") for c in row[:5]]
        assert not any(re.match(r"[=@\t\r]|[+-](?!\d)", cell) for cell in back)
        assert back[6:] == ["甲省政府工作报告", DOCUMENT.id, "4-14", "企业达到120家左右"]


@given(st.lists(st.tuples(*[TEXTS] * 5), min_size=1, max_size=4))
def test_a_workbook_holds_the_table_as_texts(cells):
    rows = tuple((*c, "1") for c in cells)
    made = table_file(compared(rows), "xlsx", "en")
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).active
    read = [[c.value or "" for c in row] for row in sheet.iter_rows()]
    assert read[0][-4:] == ["Title", "Document", "Place", "Cited text"]
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "inlineStr", "n"}  # n: an empty cell
    for row, back in zip(rows, read[1:], strict=True):
        clean = [
            re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", c).replace("\r\n", "\n").replace("\r", "\n")
            for c in row
        ]
        assert [b.replace("\r", "\n") for b in back[:6]] == clean


def test_a_file_is_named_after_its_question_and_only_a_table_makes_one():
    assert table_file(compared(standalone_question="a/b: “c”？"), "csv", "zh").name == "a-b-c.csv"
    assert table_file(compared(standalone_question="？"), "xlsx", "zh").name == "answer.xlsx"
    assert table_file(compared(), "exe", "zh") is None
    assert table_file(answered("？"), "csv", "zh") is None
