"""The commands that read: what they print, as text and as JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import pytest
from cli_running import QUESTION, run_alone, run_with

from assistant import __version__
from assistant.cli import asking

JSON_KEYS = {
    "question", "standalone_question", "language", "intent", "status", "reason", "text", "short", "provinces", "table",
    "computed", "citations", "hits", "generator", "unsupported", "timings_ms", "index_generation",
}  # fmt: skip


@pytest.fixture
def run(capsys, store_dir):
    return run_with(capsys, store_dir)


def test_ask_puts_the_short_answer_first_and_shows_each_citation_with_its_place_and_quote(run, assistant):
    ran = run("ask", QUESTION)
    answer = assistant.ask(QUESTION)
    assert ran.status == 0
    assert ran.out.splitlines()[0] == answer.short
    c = answer.citations[0]
    for shown in (f"[{c.n}]", c.title, "山东", "2022年目标", " › ".join(c.heading), f"{c.span.doc_id}:{c.span.start}-"):
        assert shown in ran.out
    assert f"“{c.quote}”" in ran.out
    assert "\x1b" not in ran.out and "**" not in ran.out
    assert ran.err == ""


def test_ask_as_json_is_one_document_whose_quotes_are_the_documents_text(run, assistant):
    ran = run("ask", QUESTION, "--json")
    answer = ran.json
    assert set(answer) >= JSON_KEYS
    for c in answer["citations"]:
        assert assistant.document(c["doc_id"]).text[c["start"] : c["end"]] == c["quote"]
    assert answer["status"] == "answered" and answer["citations"]


def test_a_decline_is_done_not_failed(run):
    ran = run("ask", "今天天气怎么样", "--json")
    assert ran.status == 0
    assert ran.json["status"] == "declined" and ran.json["reason"]


def test_history_and_filters_reach_the_facade(run, assistant):
    ran = run("ask", "那山东呢？", "--history", "福建全社会研发投入打算增长多少？", "--json")
    assert ran.json["citations"][0]["province"] == "山东"
    assert ran.json["standalone_question"] != "那山东呢？"
    hits = run("search", "创新", "-k", 4, "-p", "鲁", "--period", "plan", "-y", 2022, "--json").json["hits"]
    assert [(h["province"], h["year"], h["period"]) for h in hits] == [("山东", 2022, "plan")] * 4


def test_search_shows_ranks_places_and_whole_passages(run, assistant):
    ran = run("search", "揭榜挂帅", "-k", 3)
    hits = assistant.search("揭榜挂帅", 3)
    for hit in hits:
        assert f"{hit.rank}. " in ran.out and hit.passage.id in ran.out
        assert " ".join(hit.passage.text.split()) in ran.out


def test_locate_says_exactly_nearly_or_not(run, assistant):
    document = assistant.documents()[0]
    sentence = assistant.search("揭榜挂帅", 1)[0].passage.text.split("。")[0] + "。"
    exact = run("locate", sentence, "--json").json
    assert exact["status"] == "exact"
    place = exact["matches"][0]
    assert document.text[place["start"] : place["end"]] == place["quote"]
    changed = sentence.replace(sentence[4:6], "改了", 1)
    near = run("locate", changed)
    assert "[-改了-]" in near.out and f"{{+{sentence[4:6]}+}}" in near.out
    assert run("locate", "这句话谁也没有说过，毫无踪影。", "--json").json["status"] == "absent"


def test_terms_are_counted_and_placed(run, assistant):
    text = assistant.documents()[0].text
    told = run("terms", "知识产权", "--by", "province", "--json").json["terms"][0]
    assert told["n"] == len(told["places"]) == sum(told["by"].values()) >= len(re.findall("知识产权", text)) > 3
    for place in told["places"]:
        assert text[place["start"] : place["end"]] == place["quote"]
        assert f"【{place['quote']}】" in place["excerpt"]
    plain = run("terms", "知识产权", "--by", "year")
    assert f"{told['n']} 处" in plain.out


@pytest.fixture
def facts(run):
    return run("facts", "--json").json["facts"]


def test_every_fact_cites_what_the_document_says(facts, assistant):
    assert len(facts) > 50
    for fact in facts:
        text = assistant.document(fact["doc_id"]).text
        assert text[fact["start"] : fact["end"]] == fact["quote"]
        assert "".join(text[fact["figure_start"] : fact["figure_end"]].split()) == fact["figure"]


def test_facts_under_filters_are_those_of_all_that_fit(run, facts):
    some = run("facts", "--province", "山东", "--period", "plan", "--format", "json").json["facts"]
    assert some == [f for f in facts if (f["province"], f["period"]) == ("山东", "plan")]
    assert run("facts", "--measure", "没有这个指标", "--json").json == {"facts": []}


def test_facts_as_csv_hold_the_same(run, facts, tmp_path):
    rows = list(csv.DictReader(io.StringIO(run("facts", "--format", "csv").out)))
    assert [(r["quote"], r["figure"], int(r["start"])) for r in rows] == [
        (f["quote"], f["figure"], f["start"]) for f in facts
    ]
    file = tmp_path / "facts.csv"
    assert run("facts", "--format", "csv", "--out", file).out == ""
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")  # or Excel reads Chinese as another encoding
    assert list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))) == rows


def test_facts_as_a_workbook_hold_the_same(run, facts, tmp_path):
    from openpyxl import load_workbook

    file = tmp_path / "facts.xlsx"
    run("facts", "--format", "xlsx", "--out", file)
    head, *rows = load_workbook(file).active.iter_rows(values_only=True)
    assert [dict(zip(head, row, strict=True))["quote"] for row in rows] == [f["quote"] for f in facts]
    assert [row[head.index("value")] for row in rows] == [f["value"] for f in facts]


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path):
    from openpyxl import load_workbook

    from assistant.cli.sheets import COLUMNS, write_xlsx

    row = dict.fromkeys(COLUMNS, None) | {"quote": "=HYPERLINK(1)", "measure": "a\x1bb", "value": 1.5}
    write_xlsx([row], tmp_path / "x.xlsx")
    cells = {c.column_letter: c for c in load_workbook(tmp_path / "x.xlsx").active[2]}
    quote = cells["K"]
    assert (quote.value, quote.data_type) == ("=HYPERLINK(1)", "s")


def test_facts_as_a_table_have_one_line_each(run, facts):
    lines = run("facts").out.splitlines()
    assert len(lines) == 1 + len(facts)
    assert {line.count("\t") for line in lines} == {lines[0].count("\t")}


def test_documents_are_listed(run, assistant):
    told = run("index", "list", "--json").json["documents"]
    assert [d["id"] for d in told] == [d.id for d in assistant.documents()]
    assert told[0]["characters"] == len(assistant.documents()[0].text)


def test_info_and_verify(run, assistant):
    told = run("index", "info", "--json").json
    assert told["counts"]["documents"] == len(assistant.documents())
    assert set(told["provinces"]) == set(assistant.info()["provinces"])
    assert run("index", "verify", "--json").json == {"ok": True, "problems": []}
    assert run("index", "verify").status == 0


def test_chat_goes_on_after_a_wrong_question_and_understands_a_follow_up(run, monkeypatch):
    lines = ["福建全社会研发投入打算增长多少？", "问" * 3000, "", "那山东呢？", "/quit", "never asked"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    ran = run("chat")
    assert ran.status == 0
    assert "理解为：" in ran.out and "山东2022年目标" in ran.out
    assert len(ran.err.splitlines()) == 1 and "3000" in ran.err


def test_chat_ends_with_its_input_and_forgets_when_told(run, monkeypatch, assistant):
    asked = []
    original = type(assistant).ask
    monkeypatch.setattr(type(assistant), "ask", lambda a, q, h=(): asked.append((q, tuple(h))) or original(a, q, h))
    monkeypatch.setattr(sys, "stdin", io.StringIO("福建呢\n山东呢\n/new\n贵州呢"))
    assert run("chat").status == 0
    assert asked == [("福建呢", ()), ("山东呢", ("福建呢",)), ("贵州呢", ())]


def test_serve_hands_its_options_over(run, monkeypatch):
    import assistant.http

    seen = {}
    monkeypatch.setattr(assistant.http, "serve", lambda a, host, port, **rest: seen.update(rest, at=(host, port)))
    assert run("serve", "--host", "::1", "--port", 0, "--auth", "a:b:c", "--auth", "d:e", "--mcp").status == 0
    assert seen["at"] == ("::1", 0) and seen["mcp"] is True
    assert seen["auth"] == [("a", "b:c"), ("d", "e")]
    asking._announce("http://here")


def test_the_version(run, capsys):
    assert run_with(capsys)("--version").out == f"shengwen {__version__}\n"


def test_a_cold_ask_imports_nothing_heavy(store_dir):
    heavy = "torch transformers sentence_transformers gradio pandas onnx fastapi uvicorn openpyxl "
    heavy = (heavy + "trafilatura lxml docx pypdfium2 charset_normalizer").split()
    code = f"""
import sys
from assistant.cli import main
status = main(["ask", {QUESTION!r}, "--store", {str(store_dir)!r}, "--json"])
print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)
sys.exit(status)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
    assert json.loads(done.stdout)["status"] == "answered"


def test_two_processes_give_the_same_bytes(store_dir):
    first, second = (run_alone("ask", QUESTION, "--store", store_dir) for _ in range(2))
    assert first.stdout == second.stdout != ""


def test_output_is_utf8_whatever_the_locale(store_dir):
    import os

    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))} | {
        "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    }  # fmt: skip
    done = run_alone("ask", QUESTION, "--store", store_dir, env=env)
    assert done.returncode == 0, done.stderr
    assert "2.3万家" in done.stdout
