"""Extraction against figures labelled by hand: the floors of the shipped corpus, and the scorer by cases made by hand."""

from __future__ import annotations

import json

import pytest

from assistant.building import shipped_corpus
from assistant.corpus.read import read_sources
from assistant.corpus.sections import parse_document
from assistant.errors import EvalDataError
from assistant.evaluation.figures import mistakes, read_labels, score_figures
from assistant.facts import extract_facts
from assistant.lexicon import load_lexicon
from assistant.settings import data_dir
from assistant.types import Fact, Span

LABELS = data_dir("eval") / "figures-2022.jsonl"
TEXT = "高新技术企业达到2.3万家，增长18%以上，新增800家。"


@pytest.fixture(scope="module")
def shipped():
    """The shipped document with its facts."""
    ((document, sections),) = (parse_document(s, load_lexicon()) for s in read_sources([shipped_corpus()])[0])
    return document, extract_facts(document, sections)


def test_figures_of_the_shipped_corpus_are_read_as_people_read_them(shipped):
    document, facts = shipped
    labels = read_labels(LABELS, document.text)
    scores = score_figures(labels, facts)
    assert scores.labelled >= 100
    told = "\n".join(mistakes(labels, facts))
    assert scores.f1 >= 0.95, told
    assert scores.accuracy("measure") >= 0.93, told
    assert scores.accuracy("role") >= 0.93, told
    assert min(scores.accuracy(aspect) for aspect in ("kind", "value", "unit", "strength")) >= 0.95, told


# --- the scorer


def row(figure, clause, **fields):
    start = TEXT.index(figure)
    known = {"id": figure, "clause": clause, "figure": figure, "start": start, "end": start + len(figure), "high": None,
             "value": 23000.0, "unit": "家", "strength": "", "kind": "level", "measure": ["高新技术企业"], "province": "山东",
             "year": 2022, "period": "plan"}  # fmt: skip
    return {**known, **fields}


LEVEL = row("2.3万家", "高新技术企业达到2.3万家")
GROWTH = row("18%以上", "增长18%以上", value=18.0, unit="%", strength="以上", kind="growth")


def labels_of(tmp_path, *rows):
    path = tmp_path / "figures.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return read_labels(path, TEXT)


def fact(figure, **fields):
    start = TEXT.index(figure)
    known = {"measure": "高新技术企业", "figure": figure, "value": 23000.0, "high": None, "unit": "家", "strength": "",
             "kind": "level", "province": "山东", "year": 2022, "period": "plan"}  # fmt: skip
    return Fact(Span("d", start, start + len(figure)), Span("d", 0, len(TEXT)), **{**known, **fields})


def test_all_found_and_right(tmp_path):
    facts = [fact("18%以上", value=18.0, unit="%", strength="以上", kind="growth"), fact("2.3万家")]
    scores = score_figures(labels_of(tmp_path, LEVEL, GROWTH), facts)
    assert (scores.labelled, scores.extracted, scores.found, scores.f1) == (2, 2, 2, 1.0)
    assert {scores.accuracy(a) for a in ("measure", "role", "kind", "value", "unit", "strength")} == {1.0}
    assert list(mistakes(labels_of(tmp_path, LEVEL, GROWTH), facts)) == []


def test_one_missed_and_one_invented(tmp_path):
    labels, facts = labels_of(tmp_path, LEVEL, GROWTH), [fact("2.3万家"), fact("800家")]
    scores = score_figures(labels, facts)
    assert (scores.found, scores.f1) == (1, 0.5)
    missed, invented = mistakes(labels, facts)
    assert missed.startswith("missed: 增长18%以上")
    assert invented.startswith("invented: 高新技术企业 | 800家")


@pytest.mark.parametrize(
    ("aspect", "fields"),
    [
        ("measure", {"measure": "企业"}),
        ("role", {"period": "review"}),
        ("role", {"year": 2021}),
        ("role", {"province": "福建"}),
        ("kind", {"kind": "increment"}),
        ("value", {"value": 23001.0}),
        ("value", {"high": 25000.0}),
        ("unit", {"unit": "户"}),
        ("strength", {"strength": "左右"}),
    ],
)
def test_what_was_read_otherwise_is_counted_by_its_aspect(tmp_path, aspect, fields):
    labels, facts = labels_of(tmp_path, LEVEL), [fact("2.3万家", **fields)]
    scores = score_figures(labels, facts)
    assert scores.found == 1
    assert {a for a in scores.right if scores.accuracy(a) < 1} == {aspect}
    (told,) = mistakes(labels, facts)
    assert told.startswith(f"{aspect}: ")


def test_words_that_bound_no_value_and_marks_of_quotation_do_not_count(tmp_path):
    labels = labels_of(tmp_path, row("2.3万家", "高新技术企业达到2.3万家", measure=["“高新”技术企业"]))
    scores = score_figures(labels, [fact("2.3万家", strength="力争", measure="高新技术企业")])
    assert scores.accuracy("strength") == scores.accuracy("measure") == 1


def test_a_fact_stands_for_one_label_only(tmp_path):
    wide = fact("2.3万家，增长18%以上")
    assert score_figures(labels_of(tmp_path, LEVEL, GROWTH), [wide]).found == 1


def test_nothing_labelled_and_nothing_extracted_is_no_success():
    scores = score_figures([], [])
    assert (scores.f1, scores.accuracy("measure")) == (0.0, 0.0)


@pytest.mark.parametrize(
    "broken",
    [
        {"start": 0},
        {"kind": "stock"},
        {"period": "2022规划"},
        {"measure": []},
        {"clause": "高新技术企业达到3万家"},
        {"clause": "高新技术企业"},
    ],
)
def test_a_label_that_does_not_stand_in_the_text_is_refused(tmp_path, broken):
    with pytest.raises(EvalDataError, match=r"figures\.jsonl:1"):
        labels_of(tmp_path, {**LEVEL, **broken})


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "x"}'])
def test_a_line_that_is_no_label_is_refused(tmp_path, line):
    path = tmp_path / "figures.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(EvalDataError, match="no figure label"):
        read_labels(path, TEXT)
