"""Retrieval measures against their formulas, and TREC files in and out."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import EvalDataError
from assistant.evaluation.ranking import MEASURES, ranking_rows
from assistant.evaluation.running import judge_run
from assistant.evaluation.trec import read_qrels, read_run, write_qrels, write_run


def test_by_hand():
    # relevant b, d, x; ranked a, b, c, d: R@1 = 0, R@5 = 2/3; RR = 1/2
    # AP = (1/2 + 2/4) / 3 = 1/3; DCG = 1/log2(3) + 1/log2(5), ideal 1 + 1/log2(3) + 1/2
    rows = ranking_rows({"q": {"b": 1, "d": 1, "x": 1, "a": 0}}, {"q": ("a", "b", "c", "d")})
    dcg = 1 / math.log2(3) + 1 / math.log2(5)
    expected = {
        "R@1": 0,
        "R@5": 2 / 3,
        "R@10": 2 / 3,
        "RR@10": 1 / 2,
        "nDCG@10": dcg / (1.5 + 1 / math.log2(3)),
        "AP": 1 / 3,
    }
    assert rows == {"q": pytest.approx(expected)}


def test_missing_questions_score_nothing_and_unjudged_ones_leave():
    rows = ranking_rows({"q": {"a": 1}, "r": {"a": 1}, "none": {"a": 0}, "empty": {}}, {"q": ("a",), "z": ("a",)})
    assert set(rows) == {"q", "r"}
    assert set(rows["q"].values()) == {1.0}
    assert set(rows["r"].values()) == {0.0}
    assert set(ranking_rows({"q": {"a": 1}}, {})["q"].values()) == {0.0}


ITEMS = st.sampled_from("abcdefghijklmno")


@given(st.sets(ITEMS, min_size=1), st.lists(ITEMS, unique=True))
def test_a_second_implementation_agrees(relevant, ranked):
    row = ranking_rows({"q": dict.fromkeys(relevant, 1)}, {"q": ranked})["q"]
    gains = [int(item in relevant) for item in ranked]
    for k in (1, 5, 10):
        assert row[f"R@{k}"] == pytest.approx(sum(gains[:k]) / len(relevant))
    assert row["RR@10"] == pytest.approx(max((g / i for i, g in enumerate(gains[:10], 1)), default=0))
    precisions = [sum(gains[:i]) / i for i, g in enumerate(gains, 1) if g]
    assert row["AP"] == pytest.approx(sum(precisions) / len(relevant))
    dcg = sum(g / math.log2(i + 1) for i, g in enumerate(gains[:10], 1))
    ideal = sum(1 / math.log2(i + 1) for i in range(1, min(10, len(relevant)) + 1))
    assert row["nDCG@10"] == pytest.approx(dcg / ideal)


def test_of_an_item_ranked_twice_the_first_place_counts():
    assert ranking_rows({"q": {"a": 1}}, {"q": ("a", "b", "a")})["q"]["RR@10"] == 1.0


NAMES = st.text("abc甲:-", min_size=1, max_size=4)


@given(st.dictionaries(NAMES, st.lists(NAMES, min_size=1, unique=True).map(tuple), min_size=1))
def test_a_run_survives_writing(tmp_path_factory, run):
    path = tmp_path_factory.mktemp("run") / "run.trec"
    write_run(path, run, "a tag")
    assert read_run(path) == run


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(0, 3), min_size=1), min_size=1))
def test_qrels_survive_writing(tmp_path_factory, qrels):
    path = tmp_path_factory.mktemp("qrels") / "qrels.trec"
    write_qrels(path, qrels)
    assert read_qrels(path) == qrels


def test_a_run_is_ordered_by_score_and_then_by_id(tmp_path):
    path = tmp_path / "run"
    path.write_text("q Q0 c 1 1.5 t\nq Q0 b 2 1.5 t\nq Q0 a 3 9e0 t\n\n")
    assert read_run(path) == {"q": ("a", "b", "c")}


def test_qrels_with_a_header_have_three_columns(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text("query-id\tcorpus-id\tscore\nq\tan id\t2\r\n")
    assert read_qrels(path) == {"q": {"an id": 2}}


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_run, "q Q0 a 1 2.0 t\nq a 2\n", ":2: 3 fields, not 6: write `question Q0 item rank score tag`"),
        (read_run, "q Q0 a 1 high t\n", ":1: the score 'high' is no number: higher is better"),
        (read_run, "q Q0 a 1 nan t\n", ":1: the score 'nan' is no number"),
        (read_run, "q Q0 a 1 2 t\nq Q0 a 2 1 t\n", ":2: the item 'a' is ranked twice for 'q': keep one"),
        (read_run, "\n", " is empty: write `question Q0 item rank score tag` a line"),
        (read_qrels, "q 0 a\n", ":1: 3 fields, not 4: write `question 0 item grade`"),
        (read_qrels, "q 0 a yes\n", ":1: the grade 'yes' is no whole number: 0 is not relevant"),
        (read_qrels, "q 0 a 1\nq 0 a 0\n", ":2: the item 'a' of 'q' has a second grade: keep one"),
        (
            read_qrels,
            "query-id\tcorpus-id\tscore\nq 1\n",
            ":2: 2 fields, not 3: write `query-id<tab>corpus-id<tab>score`",
        ),
        (read_qrels, "", " is empty: write `question 0 item grade` a line"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, read, text, message):
    path = tmp_path / "file.txt"
    path.write_text(text)
    with pytest.raises(EvalDataError, match=re.escape(str(path) + message)):
        read(path)


def test_a_run_is_judged(tmp_path):
    write_run(tmp_path / "mine.trec", {"q": ("a", "b"), "r": ("b",)}, "mine")
    write_qrels(tmp_path / "qrels.trec", {"q": {"b": 1}, "r": {"b": 1}, "s": {"b": 1}})
    report = judge_run(tmp_path / "mine.trec", tmp_path / "qrels.trec")
    out = report.to_dict()
    assert (out["set"], out["n"]) == ("mine.trec", 3)
    assert set(MEASURES) == set(out["systems"]["mine"])
    assert out["systems"]["mine"]["RR@10"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    write_qrels(tmp_path / "other.trec", {"z": {"b": 1}})
    with pytest.raises(EvalDataError, match=r"have no question in common: are they of one collection\?"):
        judge_run(tmp_path / "mine.trec", tmp_path / "other.trec")
