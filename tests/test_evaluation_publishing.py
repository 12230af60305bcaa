"""Results files, the pages made from them, and the tables of the READMEs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from assistant.errors import EvalDataError
from assistant.evaluation.__main__ import main
from assistant.evaluation.page import html
from assistant.evaluation.plots import LEFT, RIGHT, WIDTH, dots
from assistant.evaluation.publishing import BEGIN, END, newest, publish, results_dir, table, with_results
from assistant.evaluation.report import Question, Report, SystemResult

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def question(name, score, confidence, **more):
    row = {"score": (score, 1.0), "RR@10": (score, 1.0)}
    kind = "number" if int(name) % 2 else "<fact>"
    got = {"question": "秘密的问题？", "text": "秘密的回答"}
    return Question(name, row, (("type", kind),), {"ask": 10.0, "search": 4.0}, confidence, got, **more)


def report(*scores, commit="abc", name="tiny:test"):
    asked = tuple(question(str(i), s, i / 10) for i, s in enumerate(scores))
    finder = tuple(Question(q.id, {"RR@10": (0.5, 1.0)}, q.groups, {"search": 8.0}) for q in asked)
    results = (SystemResult("full", asked), SystemResult("peer", finder), SystemResult("full-facts", asked))
    reasons = {"full": {"off_topic": {"off_topic": 2, "answered": 1}}}
    return Report(name, len(asked), "model", results, commit=commit, reasons=reasons)


# --- the READMEs tell what the results say


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_tells_the_newest_results(readme):
    """Run `python -m assistant.evaluation --readme .` where it does not."""
    text = (ROOT / readme).read_text("utf-8")
    assert with_results(text, readme, newest(results_dir())) == text


def cells(text, system):
    line = next(line for line in text.splitlines() if line.startswith(f"| `{system}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("readme", READMES)
def test_a_table_has_the_numbers_the_interval_n_and_the_commit(readme, tmp_path):
    told = json.loads(publish(report(1, 0, 1, 1), tmp_path, NOW).read_text("utf-8"))
    found = table(told, readme)
    low, high = told["ci"]["full"]["score"]
    three = f"0.750 [{low:.3f}, {high:.3f}]"
    assert cells(found, "full") == ["`full`", three, three, "10", "4"]
    assert cells(found, "peer") == ["`peer`", "", "0.500 [0.500, 0.500]", "", "8"]
    assert "full-facts" not in found  # ablations stand in the report
    assert all(part in found for part in ("tiny:test", "4", "`abc`", "2026-01-02"))


@pytest.mark.parametrize(
    "change",
    [
        {"n": 5},
        {"commit": "abd"},
        {"date": "2027-01-01T00:00:00Z"},
        {"systems": {"full": {"score": 0.76, "RR@10": 0.75, "ask_ms_p50": 10.0}}},
        {"ci": {"full": {"score": [0.1, 0.9]}, "peer": {}}},
    ],
    ids=lambda c: next(iter(c)),
)
def test_a_readme_that_differs_is_found(change, tmp_path):
    told = json.loads(publish(report(1, 0, 1, 1), tmp_path, NOW).read_text("utf-8"))
    text = with_results(f"a\n{BEGIN}\n{END}\nb\n", "README.md", [told])
    assert with_results(text, "README.md", [told]) == text
    assert text.startswith("a\n") and text.endswith("\nb\n")
    assert with_results(text, "README.md", [told | change]) != text


def test_a_readme_without_markers():
    with pytest.raises(EvalDataError, match="README.md lacks <!-- eval:begin --> … <!-- eval:end -->"):
        with_results("text", "README.md", [])


# --- results files


def test_the_newest_of_each_set_and_no_development_split(tmp_path):
    publish(report(1, 1, commit="old"), tmp_path, NOW.replace(year=2025))
    publish(report(1, 0, commit="new"), tmp_path, NOW)
    publish(report(0, 0, name="tiny:dev"), tmp_path, NOW)
    assert [(t["set"], t["commit"]) for t in newest(tmp_path)] == [("tiny:test", "new")]
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(EvalDataError, match=r"other.json is no results file .*remove it, or write it again"):
        newest(tmp_path)


def test_a_results_file_holds_measures_only(tmp_path):
    path = publish(report(1, 0, 1), tmp_path, NOW)
    assert path.name == "tiny-test-abc.json"
    for suffix in (".json", ".md", ".html"):
        text = path.with_suffix(suffix).read_text("utf-8")
        assert "0.667" in text or "0.666667" in text
        assert "秘密" not in text
    told = json.loads(path.read_text("utf-8"))
    assert told["eligible"]["peer"] == {"RR@10": 3, "search_ms_p50": 3, "search_ms_p95": 3}
    assert told["groups"]["full"]["type"]["<fact>"]["ci"] == [1.0, 1.0]
    assert told["paired"]["full - peer"]["measure"] == "RR@10"
    assert told["paired"]["full - peer"]["difference"] == pytest.approx(2 / 3 - 0.5, abs=1e-6)


def test_what_is_kept_with_the_program_is_well_formed():
    for path in results_dir().glob("*.json"):
        told = json.loads(path.read_text("utf-8"))
        for system, values in told["systems"].items():
            assert set(values) == set(told["ci"][system]) == set(told["eligible"][system])
            for measure, (low, high) in told["ci"][system].items():
                assert low - 1e-6 <= values[measure] <= high + 1e-6, (path.name, system, measure)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EvalDataError, match=r"cannot write .*name a folder that can be written"):
        publish(report(1), tmp_path / "file", NOW)


def test_the_command_writes_the_readmes(tmp_path, capsys):
    publish(report(1, 0), tmp_path / "results", NOW)
    for name in READMES:
        (tmp_path / name).write_text(f"{BEGIN}\n{END}\n")
    assert main(["--readme", str(tmp_path), "--publish", str(tmp_path / "results")]) == 0
    assert "| `full` | 0.500" in (tmp_path / "README.zh.md").read_text("utf-8")
    (tmp_path / "README.md").write_text("")
    assert main(["--readme", str(tmp_path), "--publish", str(tmp_path / "results")]) == 1
    assert "README.md lacks" in capsys.readouterr().err


# --- pages


class Page(HTMLParser):
    """Tags that are open and where the page reaches outside itself."""

    def __init__(self):
        super().__init__()
        self.open, self.outside = [], []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)
        self.outside += [v for k, v in attributes if k in ("src", "href") or (v or "").startswith(("http", "//"))]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_is_well_formed():
    text = html(report(1, 0, 1, 1).to_dict())
    page = Page()
    page.feed(text)
    assert page.open == [] and page.outside == []
    assert text.count("<svg") == 4  # types, retrieval, risk, time
    assert "&lt;fact&gt;" in text and "<fact>" not in text
    assert "off_topic" in text


def test_the_page_of_a_ranking_alone_has_what_there_is():
    questions = tuple(replace(q, row={"nDCG@10": (1.0, 1.0)}, ms={}, confidence=None) for q in report(1, 0).results[0].questions)  # fmt: skip
    text = html(Report("run", 2, "", (SystemResult("run", questions),), main="nDCG@10").to_dict())
    assert text.count("<svg") == 1


def test_a_dot_stands_where_its_value_is():
    # the axis runs over WIDTH - LEFT - RIGHT units; a half stands in their middle
    drawn = dots({"row": {"a": (0.5, (0.0, 1.0))}}, ["a"], title="t")
    assert f'cx="{LEFT + (WIDTH - LEFT - RIGHT) / 2:.1f}"' in drawn
    assert f'x1="{LEFT:.1f}" x2="{WIDTH - RIGHT:.1f}"' in drawn
