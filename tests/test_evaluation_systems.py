"""The systems compared: each ablation lacks its part, time is told apart, and other programs find what they should."""

from __future__ import annotations

import builtins
from pathlib import Path

import pytest

from assistant.encoders import open_model
from assistant.errors import EvalDataError
from assistant.evaluation import Request, evaluate
from assistant.evaluation.peers import PEERS, Peer
from assistant.evaluation.systems import SYSTEMS, open_systems, timed
from assistant.evaluation.timing import Clock, clocked, timed_search
from assistant.settings import data_dir
from assistant.store import Store

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "山东2022年高新技术企业目标是多少？"
MINI = data_dir("eval") / "mini.jsonl"


@pytest.fixture(scope="module")
def systems(assistant):
    return open_systems(("full", "full-late", "full-filters", "bm25"), assistant)


def test_without_late_interaction_no_passage_was_found_by_it(systems):
    found = {name: {s for hit in systems[name].ask(QUESTION, ()).hits for s in hit.sources} for name in systems}
    assert "late" in found["full"] and "late" in found["full-filters"]
    assert "late" not in found["full-late"]


def test_without_filters_the_whole_store_is_searched(systems):
    searched = {name: systems[name].ask(QUESTION, ()).understood["searched"] for name in ("full", "full-filters")}
    assert searched["full"]["provinces"] == ["山东"]
    assert not any(searched["full-filters"].values())
    assert len({h.passage.province for h in systems["full-filters"].ask(QUESTION, ()).hits}) > 1


def test_time_is_told_apart(systems):
    one = timed(systems["bm25"], QUESTION, ())
    assert set(one.ms) == {"ask", "search", "beyond_encoding"}
    assert 0 <= one.ms["beyond_encoding"] < one.ms["search"]


def test_a_clock_is_told_of_one_model_only(assistant):
    clock, model = Clock(), open_model(assistant.settings)
    seen = clocked(model, clock)
    plain = model.encode_queries([QUESTION])[0].pooled
    assert clock.ms == 0
    assert (seen.encode_queries([QUESTION])[0].pooled == plain).all()
    assert clock.ms > 0
    hits, ms = timed_search(lambda text, k: (), clock, QUESTION, k=3)  # a search that encodes nothing
    assert hits == () and ms["beyond_encoding"] == ms["search"]


def test_every_system_is_documented():
    text = (ROOT / "docs" / "evaluation.md").read_text("utf-8")
    assert [name for name in SYSTEMS if f"`{name}`" not in text] == []


# --- other programs


def test_a_program_that_is_not_installed_is_named_with_its_extra(assistant, monkeypatch):
    def refuse(name, *args, **kwargs):
        if name.split(".")[0] in ("llama_index", "haystack", "txtai"):
            raise ImportError(f"No module named {name!r}")
        return imported(name, *args, **kwargs)

    imported = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    model = open_model(assistant.settings)
    with Store.open(assistant.settings.store_dir) as store:
        for name in PEERS:
            with pytest.raises(EvalDataError, match=rf"{name!r} is not installed .*pip install 'shengwen\[peers\]'"):
                Peer(name, store, model)


def test_a_peer_is_judged_by_what_it_finds(assistant, monkeypatch):
    """A stand-in program that finds the first passages of the store, whatever is asked."""

    def first(texts, model, clock):
        return lambda text, k: [(name, 1.0) for name in list(texts)[:k]]

    monkeypatch.setitem(PEERS, "txtai", first)
    report = evaluate(assistant, Request(set=MINI, systems=("bm25", "txtai")))
    values = report.results[1].values()
    assert set(values) == {"R@1", "R@5", "R@10", "RR@10", "nDCG@10", "AP", "search_ms_p50", "search_ms_p95",
                           "search_beyond_encoding_ms_p50"}  # fmt: skip
    assert values["RR@10"] < report.results[0].values()["RR@10"]
    assert report.paired()["bm25 - txtai"]["measure"] == "RR@10"
    assert "txtai" not in report.reasons
    first_passages = [p.id for p in Store.open(assistant.settings.store_dir).passages()[:10]]
    assert all(list(found) == first_passages for found in report.results[1].run.values())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "package"), [("llamaindex", "llama_index"), ("haystack", "haystack"), ("txtai", "txtai")]
)
def test_with_the_same_vectors_a_peer_finds_what_dense_finds(assistant, name, package):
    pytest.importorskip(package)
    systems = open_systems(("dense", name), assistant)
    found = {n: [h.passage.id for h in s.search(QUESTION, 10)] for n, s in systems.items()}
    assert found[name][:5] == found["dense"][:5]
    assert systems[name].first_sentence(QUESTION) == ""
    assert systems[name].ask("去年呢？", (QUESTION,)).standalone_question == f"{QUESTION} 去年呢？"
