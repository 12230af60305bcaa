"""The bench measures what it says; no test asserts a time."""

from __future__ import annotations

import math

import pytest

from assistant.errors import EvalDataError
from assistant.evaluation import bench, bench_page, bench_peers, bench_scale
from assistant.evaluation.bench import percentile
from assistant.evaluation.bench_scale import MixedModel
from assistant.evaluation.timing import Clock


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("cold", "cold"),
        ("cold_ask_over_import", "cold"),
        ("warm_ask_ms_p95", "warm"),
        ("build_over_encode", "build"),
        ("page_users_20_errors", "page"),
        ("peers", "peers"),
        ("peers_beyond_encoding", "peers"),
        ("1e3", "1e3"),
        ("recall10_1e3", "1e3"),
        ("search_over_encode_ms_p50_1e5", "1e5"),
        ("build_s_1e6", "1e6"),
    ],
)
def test_parts_are_chosen_by_name_or_by_key(asked, part):
    assert bench._part(asked) == part


@pytest.mark.parametrize("asked", ["", "nonsense", "1e4", "cold_", "recall10_10"])
def test_an_unknown_part_is_an_error(asked):
    with pytest.raises(EvalDataError, match="cold, warm, build"):
        bench._part(asked)


shipped = bench._questions


def test_percentiles_are_linear():
    assert percentile([1, 2, 3, 4], 50) == 2.5
    assert percentile([7], 95) == 7


def test_figures_of_the_parts_are_gathered_and_rounded(monkeypatch, assistant):
    monkeypatch.setattr(bench, "measure_cold", lambda settings, progress: {"cold_ask_s": 1.23456})
    monkeypatch.setattr(bench, "measure_size", lambda settings, size, **_: {f"rss_mb_{size}": None})
    figures = bench.measure(assistant.settings, ["1e3", "cold", "recall10_1e3"])
    assert figures == {"rss_mb_1e3": None, "cold_ask_s": 1.2346}


def test_a_measured_command_that_fails_is_told(tmp_path):
    with pytest.raises(EvalDataError, match="nonsense"):
        bench._run([__import__("sys").executable, "-c", "raise SystemExit('nonsense')"])


def test_warm_questions_are_all_asked(assistant, monkeypatch):
    stages = []
    monkeypatch.setattr(bench, "_questions", lambda: shipped()[:5])
    figures = bench.measure_warm(assistant.settings, lambda *step: stages.append(step))
    assert set(figures) == {"warm_ask_ms_p50", "warm_ask_ms_p95"}
    assert 0 < figures["warm_ask_ms_p50"] <= figures["warm_ask_ms_p95"]
    assert stages[-1][1] == stages[-1][2] == 5 * bench.WARM_ROUNDS


@pytest.mark.slow
def test_the_page_gives_every_figure_and_says_why_one_is_missing(assistant, monkeypatch, capsys):
    for name, few in {"QUESTIONS": 2, "USERS": 3, "VISITS": 1}.items():
        monkeypatch.setattr(bench_page, name, few)
    monkeypatch.setitem(__import__("sys").modules, "playwright.sync_api", None)  # as where it is not installed
    asked = [bench.QUESTION, "哪些省份提到“揭榜挂帅”？", "各省高新技术企业目标对比"]
    figures = bench_page.measure_page(assistant.settings, questions=asked, progress=bench._silent)
    assert figures["page_users_20_errors"] == 0
    assert 0 < figures["page_first_text_ms_p50"] <= figures["page_first_text_ms_p95"]
    assert figures["page_users_20_s"] > 0
    assert figures["page_interactive_s"] is None
    assert "Playwright is not installed" in capsys.readouterr().err


@pytest.mark.slow
def test_a_size_gives_every_figure_of_the_interface(assistant):
    figures = bench_scale.measure_size(assistant.settings, "200", asked=bench._sample(), progress=bench._silent)
    wanted = "search_over_encode_ms_p50 search_over_encode_ms_p95 open_s rss_mb store_mb build_s recall10 add100_s"
    assert {f"{name}_200" for name in wanted.split()} <= set(figures)
    assert all(value is None or (math.isfinite(value) and value > 0) for value in figures.values())
    assert figures["recall10_200"] == 1
    assert abs(figures["passages_200"] - 200) < 100


def test_each_program_is_searched_for_every_question_and_told_as_a_ratio():
    seen = []

    def searches(name, ms):
        clock = Clock()

        def search(text, k):
            seen.append((name, text))
            clock.ms += ms
            return ()

        return search, clock

    programs = {name: searches(name, 0) for name in (bench_peers.OURS, "txtai")}
    medians = bench_peers._medians(programs, ["甲", "乙"], progress=bench._silent)
    assert {(n, t): seen.count((n, t)) for n, t in seen} == {
        (name, text): bench_scale.ROUNDS for name in programs for text in "甲乙"
    }
    assert set(medians) == set(programs)
    told = {"shengwen": {"search": 10.0, "beyond_encoding": 4.0}, "txtai": {"search": 25.0, "beyond_encoding": 1.0}}
    assert bench_peers._ratios(told) == {
        "peers": {"txtai": 2.5},
        "peers_beyond_encoding": {"txtai": 0.25},
        "peers_search_ms_p50": 10.0,
    }


@pytest.mark.slow
def test_without_other_programs_there_is_nothing_to_compare(assistant, monkeypatch):
    monkeypatch.setattr(bench_peers, "PEERS", {})
    with pytest.raises(EvalDataError, match="pip install 'shengwen\\[peers\\]'"):
        bench_peers.measure_peers(assistant.settings, 20, asked=["甲"], progress=bench._silent)


@pytest.mark.slow
def test_mixed_vectors_are_drawn_from_the_text_alone(assistant):
    mixed = MixedModel(assistant._model, assistant.lexicon)
    texts = ["山东2022年：高新技术企业", "福建", ""]
    first, second = (dict(mixed.encode_passages(t)) for t in (texts, texts[::-1]))
    for i, text in enumerate(texts):
        assert (first[i].pooled == second[2 - i].pooled).all()
        assert abs(float(first[i].pooled @ first[i].pooled) - 1) < 1e-5
        assert len(first[i].tokens) == max(1, mixed.count_tokens([text])[0] - mixed.count_tokens([""])[0])
