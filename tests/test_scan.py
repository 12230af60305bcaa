"""All passages looked through at once: no sentence that speaks of a term is missed, and size changes no answer."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.inquiry import term_match
from assistant.answer.sentences import most_held, rows_speaking, speaks_of
from assistant.assistant import Assistant
from assistant.evaluation.questions import read_questions, shipped_set
from assistant.store import reader
from assistant.store.scan import Scan
from assistant.text import sentences, squeezed
from assistant.types import Filter, Term

CHARS = st.sampled_from("国家技术创新中心企业燃料电池“” 、。，a1\n·")
TEXTS = st.lists(st.text(CHARS, max_size=30), max_size=8)
WORDINGS = st.lists(st.text(CHARS, min_size=1, max_size=9), min_size=1, max_size=3).map(tuple)
TERMS = st.builds(Term, WORDINGS, st.sampled_from(["word", "term", "quoted"]))


@given(TEXTS, TERMS)
def test_no_passage_is_missed_whose_sentences_speak_of_a_term(texts: list[str], term: Term) -> None:
    rows = [3 * i + 1 for i in range(len(texts))]
    scan = Scan(zip(rows, texts, strict=True))
    found = set(rows_speaking(scan, term).tolist())
    for row, text, most in zip(rows, texts, most_held(scan, term), strict=True):
        for a, b in sentences(text):
            assert row in found or not speaks_of(term, text[a:b])
            assert term_match(term, squeezed(text[a:b])) <= most + 1e-6


@given(TEXTS, st.text(CHARS, max_size=3).map(squeezed))
def test_a_wording_is_found_where_it_stands_and_nowhere_else(texts: list[str], wording: str) -> None:
    scan = Scan(enumerate(texts))
    holding = [i for i, text in enumerate(texts) if wording in squeezed(text)]
    assert len(scan) == len(texts)
    assert scan.rows(wording).tolist() == holding
    assert scan.rows_of_all([wording, wording]).tolist() == holding
    assert scan.share([wording]).tolist() == [float(i in holding) for i in range(len(texts))]
    assert (wording in scan) == bool(holding) or not wording
    assert scan.matches(re.compile("技.?")) == {m for t in texts for m in re.findall("技.?", squeezed(t))}


def test_what_is_gone_is_looked_through_no_more(assistant: Assistant) -> None:
    store = assistant._current()
    assert len(store.scan) == len(store.passages())
    assert [p for p in store.passages() if "揭榜挂帅" in squeezed(p.text)] == sorted(
        store.passages_at(store.scan.rows("揭榜挂帅").tolist()), key=lambda p: p.span
    )


def test_facts_inside_spans_are_the_same_from_memory_and_from_the_file(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = assistant._current()
    spans = [p.span for p in store.passages()[::3]]
    for where in (Filter(), Filter(periods=("plan",))):
        for few in (0, 10**6):
            monkeypatch.setattr(reader, "SMALL", 20_000)
            wanted = store.facts_within(spans, where, few=few)
            monkeypatch.setattr(reader, "SMALL", 0)
            assert store.facts_within(spans, where, few=few) == wanted
            assert len(wanted) == (len(store.facts(where)) if few else len({*wanted})) > 0


def test_a_large_store_gives_the_answers_of_a_small_one(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [q for q in read_questions(shipped_set()) if q.kind != "summary"][::17]
    assert len(questions) > 20

    def answers() -> list[dict[str, object]]:
        told = [asdict(assistant.ask(q.question, q.history)) for q in questions]
        return [{k: v for k, v in t.items() if k != "timings_ms"} for t in told]

    small = answers()
    monkeypatch.setattr(reader, "SMALL", 0)
    assert answers() == small


def test_where_every_province_is_left_out_none_is_told(assistant: Assistant) -> None:
    """As a filter no province would be all."""
    held = assistant.info()["provinces"]
    for question in ("除了{}，还有哪些省提到“揭榜挂帅”？", "除{}外，哪些省要培育高企"):
        answer = assistant.ask(question.format("、".join(held)))
        assert (answer.intent, answer.provinces) == ("list", ())
    left = assistant.ask(f"除了{'、'.join(held[:-1])}，还有哪些省提到“揭榜挂帅”？")
    assert left.provinces == (held[-1],)
