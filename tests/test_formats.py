"""Files of every kind as documents: their text, what they say of themselves, their ids, and what is refused and why."""

from __future__ import annotations

import io
import stat
import string
import zipfile

import docx
import pytest
from cli_running import run_with
from file_makers import csv_of, docx_of, encrypted, jsonl_of, lines_of, pdf_of, xlsx_of, zip_of
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus.read import Intake, read_file, read_sources
from assistant.corpus.readers import READERS
from assistant.corpus.readers.lines import lines_of as placed_lines
from assistant.corpus.readers.lines import paragraphs_of
from assistant.corpus.sections import parse_document
from assistant.errors import CorpusError
from assistant.lexicon import load_lexicon

BODY = "一、2022年工作回顾\n高新技术企业达到2.3万家，增长18%，技术合同成交额突破2500亿元，规模以上工业企业利润增长5%。"
LONG = "过去一年，面对复杂严峻形势和多重超预期因素冲击，全省上下迎难而上、拼搏实干，地区生产总值增长百分之五左右，好于预期。"


def write(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def texts(name, data):
    return [r.text for r in READERS["." + name.rpartition(".")[2]](data, name).records]


def refused(tmp_path, name, data):
    with pytest.raises(CorpusError) as e:
        read_file(write(tmp_path, name, data))
    message = str(e.value)
    assert name in message and "\n" not in message
    return message


# --- rows


def test_rows_of_a_table_are_documents_with_what_their_columns_say(tmp_path):
    rows = [
        ("山东省政府工作报告", "山东省", "2023", "http://a", "2023-01-20", BODY),
        ("福建省政府工作报告", "福建省", "2023年", "http://b", "", BODY),
        ("", "", "", "", "", ""),
    ]
    read, failures = read_file(write(tmp_path, "报告.csv", csv_of(rows)))
    assert failures == []
    assert [s.id for s in read] == ["报告-山东省-2023", "报告-福建省-2023"]
    first = read[0]
    assert (first.title, first.province, first.year, first.origin, first.note) == (
        "山东省政府工作报告", "山东省", 2023, "http://a", "发布日期：2023-01-20"
    )  # fmt: skip
    assert first.text == BODY
    document, _ = parse_document(first, load_lexicon())
    assert (document.province, document.year) == ("山东", 2023)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", csv_of([("甲", BODY)], ("标题", "正文"))),
        ("a.csv", csv_of([("甲", BODY)], ("标题", "正文"), "gb18030")),
        ("a.csv", csv_of([("甲", BODY)], ("标题", "正文"), "utf-16")),
        ("a.csv", csv_of([("甲", BODY)], ("Title", " Full_Text "), "utf-8", ";")),
        ("a.tsv", csv_of([("甲", BODY)], ("title", "whatever"), "utf-8", "\t")),
        ("a.jsonl", jsonl_of([{"title": "甲", "content": BODY, "tags": ["x"], "ok": True}])),
        ("a.xlsx", xlsx_of([["标题", "内容"], ["甲", BODY]])),
        ("a.xlsx", xlsx_of([["年", "家"], [2022, 5]], [["题目", "全文"], ["甲", BODY]])),
    ],
)
def test_the_text_is_the_column_of_a_known_name_or_the_longest(tmp_path, name, data):
    ((source,), failures) = read_file(write(tmp_path, name, data))
    assert (source.title, source.text, source.id, failures) == ("甲", BODY, "a-1", [])


def test_ids_of_rows_stay_and_are_unique(tmp_path):
    def ids(name, rows):
        return [s.id for s in read_file(write(tmp_path, name, jsonl_of(rows)))[0]]

    row = {"province": "上海市", "year": 2026, "text": BODY}
    assert ids("2026_上海市_报告.jsonl", [row]) == ["2026_上海市_报告"]
    assert ids("2026_上海市_报告.jsonl", [row, row]) == ["2026_上海市_报告", "2026_上海市_报告-2"]
    assert ids("全国_2000_2025.jsonl", [{"year": y, "text": BODY} for y in (2000, 2025)]) == [
        "全国_2000_2025-2000",
        "全国_2000_2025-2025",
    ]
    assert ids("x.jsonl", [{"province": "../山 东", "text": BODY}, {"text": BODY}]) == ["x-..山东", "x-2"]


def test_rows_that_cannot_be_read_are_named_and_the_others_go_in(tmp_path):
    data = (
        jsonl_of([{"text": BODY}])
        + b'{"text": \n[1]\n'
        + jsonl_of([{"text": "", "title": "x"}, {"text": BODY, "year": "二"}])
    )
    read, failures = read_file(write(tmp_path, "a.jsonl", data))
    assert [s.id for s in read] == ["a-1", "a-5"]
    reasons = " ".join(f.reason for f in failures)
    assert "rows 2, 3: no JSON object" in reasons and "row 4: no text" in reasons and "row 5: the year '二'" in reasons
    read, (failure,) = read_file(write(tmp_path, "a.csv", f"title,text\n甲,{LONG}\n乙,半句,{LONG}\n"))
    assert len(read) == 1 and "row 2: more cells than" in failure.reason


def test_a_cell_that_excel_cut_is_named(tmp_path):
    _, (failure,) = read_file(write(tmp_path, "a.xlsx", xlsx_of([["text"], ["字" * 32_767]])))
    assert "row 1: cut by Excel" in failure.reason


TEXTS = st.lists(
    st.text(
        st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n,;\"'"), min_size=40, max_size=80
    ).filter(lambda t: t.strip() and t == t.replace("\ufeff", "")),
    min_size=1,
    max_size=4,
)


@given(TEXTS)
def test_any_text_survives_csv_and_jsonl(found):
    assert texts("a.csv", csv_of([(t,) for t in found], ("text",))) == found
    assert texts("a.jsonl", jsonl_of([{"text": t} for t in found])) == found


WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=30).filter(
    lambda t: not set(t) & set("\u2028\u2029\u0085\ufffe\uffff")
)


@settings(max_examples=20, deadline=None)
@given(st.lists(WORD, min_size=1, max_size=4))
def test_any_paragraph_survives_docx(found):
    assert texts("a.docx", docx_of(*found)) == ["\n".join(found)]


# --- Word


def test_headings_paragraphs_and_tables_of_a_word_document_keep_their_order():
    (text,) = texts("a.docx", docx_of((1, "一、2022年工作回顾"), LONG, [["指标", "目标"], ["投入", "9%"]], "完"))
    assert text == f"一、2022年工作回顾\n{LONG}\n指标 | 目标\n投入 | 9%\n完"


def test_insertions_are_taken_and_deletions_are_not():
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    paragraph = document.add_paragraph("增长")
    change = f'<w:{{0}} {nsdecls("w")} w:id="1" w:author="a"><w:r><w:{{1}}>{{2}}</w:{{1}}></w:r></w:{{0}}>'
    for change_of in (("del", "delText", "5%"), ("ins", "t", "6%"), ("moveFrom", "t", "旧")):
        paragraph._p.append(parse_xml(change.format(*change_of)))
    out = io.BytesIO()
    document.save(out)
    assert texts("a.docx", out.getvalue()) == ["增长6%"]


# --- PDF


def test_the_lines_of_a_pdf_are_paragraphs_without_page_numbers_and_running_heads():
    second = "（一）" + LONG[1:50] + "。"
    lines = ["一、2022年工作回顾", *lines_of(LONG), *lines_of(second)]
    pages = [["山东省政府工作报告", *lines[i : i + 3], f"— {n} —"] for n, i in enumerate(range(0, len(lines), 3), 1)]
    assert len(pages) >= 3
    assert texts("a.pdf", pdf_of(*pages)) == ["\n".join(["一、2022年工作回顾", LONG, second])]


def test_a_figure_alone_on_a_line_inside_a_page_is_no_page_number():
    page = ["甲", "乙", "2023", "丙", "丁", "12"]
    assert paragraphs_of([page]) == ["甲", "乙", "2023", "丙", "丁"]


def test_english_lines_are_joined_with_a_space():
    assert paragraphs_of([["high technology enterprises grew", "strongly in the last year.", "Next"]]) == [
        "high technology enterprises grew strongly in the last year.",
        "Next",
    ]


def test_characters_drawn_late_stand_where_they_are_seen():
    drawn = [(c, 10.0 * i, 10.0 * i + 10, 700.0, 10.0) for i, c in enumerate("一“二”三") if c not in "“”"]
    late = [("“", 10.0, 20.0, 700.5, 10.0), ("”", 30.0, 40.0, 700.5, 10.0)]
    column = [("右", 300.0, 310.0, 700.0, 10.0)]
    assert placed_lines([*drawn, *column, *late]) == ["一“二”三", "右"]


def test_indented_paragraphs_are_told_by_their_indent():
    full = "字" * 19 + "。"
    assert paragraphs_of([["　　甲" + full, full, "尾。", "　　乙" + full, "　　丙", "　　丁"]]) == [
        f"甲{full}{full}尾。",
        f"乙{full}",
        "丙",
        "丁",
    ]


def test_scanned_pages_are_named(tmp_path):
    read, (failure,) = read_file(write(tmp_path, "a.pdf", pdf_of([LONG[:20]], None, [LONG[20:40]], None)))
    assert read[0].text.startswith(LONG[:10])
    assert "scanned, no text on pages 2, 4; recognise it (OCR)" in failure.reason
    assert "scanned, no text on pages 1, 2;" in refused(tmp_path, "b.pdf", pdf_of(None, None))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encrypted(pdf_of(["密"])), "encrypted; save it without a password"),
        (pdf_of(["文" * 20] * 30)[:1500], "cut off; fetch it again"),
        (b"MZ\x90\0\3\0\0\0" + bytes(500), "no PDF, whatever its name says"),
        (b"%PDF-1.4\nnothing\n%%EOF", "broken or no PDF"),
        (b"", "no PDF"),
        (pdf_of([]), "it holds no text"),
        (pdf_of(["\ue001\ue002\ue003", "文"]), "fonts do not say which characters"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(tmp_path, data, words):
    assert words in refused(tmp_path, "a.pdf", data)


# --- pages and Markdown


def page(body, head=""):
    return f"<!DOCTYPE html><html><head><title>报告_省政府网</title>{head}</head><body>{body}</body></html>"


def test_the_main_text_of_a_page_without_its_menus(tmp_path):
    menu = "".join(f'<li><a href="/{i}">栏目{i}</a></li>' for i in range(8))
    paragraphs = "".join(f"<p>　　{LONG}{n}</p>" for n in range(6))
    data = page(
        f'<div class="nav"><ul>{menu}</ul></div><h1>山东省2023年政府工作报告</h1><div id="zoom">{paragraphs}</div>'
        '<div class="footer"><p>版权所有：省政府办公厅</p></div><script>var 高新 = 1;</script>',
        '<meta charset="gb2312"><meta name="PubDate" content="2023-01-20">',
    ).encode("gb18030")
    ((source,), _) = read_file(write(tmp_path, "a.html", data))
    assert source.text.split("\n") == ["山东省2023年政府工作报告", *(f"{LONG}{n}" for n in range(6))]
    assert (source.title, source.note) == ("山东省2023年政府工作报告", "发布日期：2023-01-20")


def test_a_page_of_one_sentence_is_read_too():
    (text,) = texts("a.html", page("<div>高新技术企业达到2.3万家。<br>第二行。</div>").encode())
    assert "高新技术企业达到2.3万家。\n第二行。" in text


def test_front_matter_is_metadata_and_no_text(tmp_path):
    front = '---\ntitle: "某报告"\n省份: 山东\nyear: 2023\ntags:\n  - x\n---\n\n'
    ((source,), failures) = read_file(write(tmp_path, "a.md", front + BODY))
    assert (source.text, source.title, source.province, source.year, failures) == (BODY, "某报告", "山东", 2023, [])
    ((source,), _) = read_file(write(tmp_path, "b.md", f"---\n{BODY}\n---\n完"))
    assert source.text.startswith("---")


# --- what is said of a document, in order


def test_the_order_in_which_metadata_counts(tmp_path):
    row = {"title": "四川省2021年政府工作报告", "text": BODY}
    told = {"province": "山东", "year": 2023}

    def found(name, row, intake=None):
        ((source,), _) = read_sources([write(tmp_path, name, jsonl_of([row]))], intake)
        document, _ = parse_document(source, load_lexicon())
        return document.province, document.year

    assert found("a.jsonl", row) == ("四川", 2021)  # the title
    assert found("福建省2022年.jsonl", row | {"title": ""}) == ("福建", 2022)  # the file's name
    assert found("福建省2022年.jsonl", row | told) == ("山东", 2023)  # the columns
    write(tmp_path, "sources.toml", '["福建省2022年.jsonl"]\nprovince = "海南"\nyear = 2020\n')
    assert found("福建省2022年.jsonl", row | told) == ("海南", 2020)  # sources.toml
    assert found("福建省2022年.jsonl", row | told, Intake("青海", 2024)) == ("青海", 2024)  # the command


def test_the_name_of_a_file_counts_before_the_title_line(tmp_path):
    text = f"四川省2021年政府工作报告\n{BODY}"
    ((source,), _) = read_sources([write(tmp_path, "福建省2022年.txt", text)])
    document, _ = parse_document(source, load_lexicon())
    assert (document.province, document.year) == ("福建", 2022)


# --- ZIP


def test_a_zip_is_read_like_a_folder(tmp_path):
    files = {
        "山东.txt": BODY,
        "sub/报告.csv": csv_of([("甲", BODY)], ("标题", "正文")),
        "sub/.hidden.txt": BODY,
        "__MACOSX/._a.txt": b"\0",
        "picture.png": b"\x89PNG",
        "坏.txt": b"\0",
    }
    read, (failure,) = read_sources([write(tmp_path, "a.zip", zip_of(files))])
    assert [s.id for s in read] == ["a/sub/报告-1", "a/山东"]
    assert failure.path.endswith("坏.txt") and "binary" in failure.reason


def test_names_written_by_chinese_windows(tmp_path):
    raw = "山东省报告.txt".encode("gb18030")
    data = zip_of({"x" * len(raw): BODY}).replace(b"x" * len(raw), raw)
    assert [s.id for s in read_sources([write(tmp_path, "a.zip", data)])[0]] == ["a/山东省报告"]


def link():
    info = zipfile.ZipInfo("a.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"../a.txt": BODY}, "leads out of the ZIP"),
        ({"/etc/a.txt": BODY}, "leads out of the ZIP"),
        ({"C:/a.txt": BODY}, "leads out of the ZIP"),
        ({link(): "/etc/passwd"}, "it is a link"),
        ({"b.zip": zip_of({"a.txt": BODY})}, "a ZIP within a ZIP"),
    ],
)
def test_what_a_zip_must_not_hold_is_named_and_the_rest_goes_in(tmp_path, files, words):
    read, (failure,) = read_sources([write(tmp_path, "a.zip", zip_of(files | {"good.txt": BODY}))])
    assert [s.id for s in read] == ["a/good"]
    assert words in failure.reason


def locked():
    data = bytearray(zip_of({"a.txt": BODY}))
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + at] |= 1
    return bytes(data)


def test_a_member_with_a_password_or_damage_is_named(tmp_path):
    _, (failure,) = read_sources([write(tmp_path, "a.zip", locked())])
    assert "encrypted; pack it without" in failure.reason
    damaged = zip_of({"a.txt": BODY}, zipfile.ZIP_STORED).replace("回顾".encode(), "回头".encode())
    _, (failure,) = read_sources([write(tmp_path, "b.zip", damaged)])
    assert "it is broken" in failure.reason


BOMB = zip_of({"a.txt": bytes(3 * 2**20), "word/document.xml": b""})


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.zip", BOMB, "unpacks to 3 MiB"),
        ("a.docx", BOMB, "unpacks to 3 MiB"),
        ("a.xlsx", BOMB, "unpacks to 3 MiB"),
        ("a.zip", zip_of({"a.txt": BODY})[:-30], "broken or no ZIP"),
        ("a.docx", docx_of(BODY)[:-30], "broken or no DOCX"),
        ("a.docx", zip_of({"a.txt": BODY}), "broken or no DOCX"),
        ("a.docx", b"MZ\x90\0" + bytes(100), "broken or no DOCX"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "encrypted or of an old format"),
        ("a.docx", docx_of(""), "it holds no text"),
        ("a.xlsx", zip_of({"a.txt": BODY}), "broken or no XLSX"),
        ("a.xlsx", xlsx_of([["年", "家"], [2022, 5]]), "no column holds text"),
        ("a.zip", zip_of({"a.png": b"x"}), "no file in it is of a kind that is read"),
        ("a.zip", zip_of({f"{i}.txt": b"" for i in range(10_001)}), "more than 10000 files"),
        ("a.csv", csv_of([("1", "2")], ("a", "b")), "no column holds text"),
        ("a.csv", f"{LONG * 5}\n{LONG}", "first row names no columns"),
        ("a.csv", b"text\n\0\n", "binary"),
        ("a.csv", b"text\n" + BODY.encode() + BODY.encode("gb18030"), "neither UTF-8"),
        ("a.csv", "text\n", "it holds no text"),
        ("a.jsonl", "[1, 2]\n", "no line of it is a JSON object"),
        ("a.html", b"<p>\0</p>", "binary"),
        ("a.html", "", "it holds no text"),
        ("a.md", b"MZ\x90\0\3", "binary"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_in_one_line(tmp_path, name, data, words):
    assert words in refused(tmp_path, name, data)


def test_entities_in_office_files_are_not_expanded(tmp_path):
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "ten">]>'
    xml = zipfile.ZipFile(io.BytesIO(docx_of("before"))).read("word/document.xml").decode()
    xml = xml.replace("<w:document", entity + "<w:document", 1).replace("before", "before&a;&b;")
    source = zipfile.ZipFile(io.BytesIO(docx_of("before")))
    files = {n: source.read(n) for n in source.namelist()} | {"word/document.xml": xml}
    assert texts("a.docx", zip_of(files)) == ["before"]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=200), st.integers(0, 400))
def test_no_bytes_bring_a_reader_down(suffix, junk, at):
    whole = {".pdf": pdf_of([LONG]), ".docx": docx_of(BODY), ".xlsx": xlsx_of([["text"], [BODY]])}.get(suffix, b"")
    for data in (junk, whole[:at] + junk + whole[at:], whole[: len(whole) - at]):
        try:
            reading = READERS[suffix](data, "a")
        except CorpusError as e:
            assert "\n" not in str(e)
        else:
            assert all("\r" not in r.text for r in reading.records)


def test_big5_is_told_from_gb18030(tmp_path):
    text = "山東省政府工作報告：" + "高新技術企業達到兩萬三千家，較上年增長百分之十八，經濟運行總體平穩。" * 3
    ((source,), _) = read_file(write(tmp_path, "a.txt", text.encode("big5")))
    assert source.text == text
    ((source,), _) = read_file(write(tmp_path, "b.txt", text.encode("gb18030")))
    assert source.text == text


# --- a store of one of each


def report(place, number):
    return f"{place}2023年政府工作报告\n一、2022年工作回顾\n{place}高新技术企业达到{number}家。\n二、2023年工作安排\n研发投入增长9%以上。"


@pytest.fixture
def one_of_each(tmp_path):
    made = [report(p, 1100 + 111 * i) for i, p in enumerate(["山东省", "福建省", "海南省", "四川省", "青海省", "贵州省", "湖北省", "河北省", "云南省"])]  # fmt: skip
    rows = [t.split("\n", 1) for t in made]
    body = "".join(f"<p>{line}</p>" for line in made[2].split("\n"))
    files = {
        "山东.txt": made[0],
        "福建.md": made[1],
        "海南.html": page(body),
        "四川.pdf": pdf_of(made[3].split("\n")),
        "青海.docx": docx_of(*made[4].split("\n")),
        "表一.csv": csv_of([rows[5]], ("标题", "正文")),
        "表二.jsonl": jsonl_of([{"title": rows[6][0], "content": rows[6][1]}]),
        "表三.xlsx": xlsx_of([["title", "content"], rows[7]]),
        "包.zip": zip_of({"云南.txt": made[8]}),
        "坏.pdf": b"MZ",
    }
    for name, data in files.items():
        write(tmp_path / "in", name, data)
    return tmp_path / "in"


def test_a_store_of_one_of_each_answers(capsys, tmp_path, one_of_each):
    run = run_with(capsys, tmp_path / "store")
    built = run("index", "build", one_of_each, "--json")
    assert built.status == 1  # one file is none; the others are in
    assert [f["path"] for f in built.json["failures"]] == [str(one_of_each / "坏.pdf")]
    assert built.json["counts"]["documents"] == 9
    assert run("index", "verify").status == 0
    for place, number in {"海南": 1322, "四川": 1433, "青海": 1544, "贵州": 1655, "河北": 1877, "云南": 1988}.items():
        answer = run("ask", f"{place}2022年高新技术企业达到多少家？", "--json").json
        assert answer["status"] == "answered" and str(number) in answer["short"], place


def test_province_and_year_can_be_given_with_the_command(capsys, tmp_path):
    run = run_with(capsys, tmp_path / "store")
    write(tmp_path, "a.txt", BODY)
    write(tmp_path, "b.txt", BODY + string.digits)
    assert run("index", "build", tmp_path / "a.txt", "--province", "山东", "--year", "2023").status == 0
    assert run("index", "add", tmp_path / "b.txt", "--province", "福建省", "--year", "2024").status == 0
    documents = run("index", "list", "--json").json["documents"]
    assert [(d["id"], d["province"], d["year"]) for d in documents] == [("a", "山东", 2023), ("b", "福建", 2024)]
    assert run("index", "add", tmp_path / "b.txt", "--year", "23").status != 0
