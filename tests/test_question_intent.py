"""How the kind of a question is told: marks, signs, the shipped weights, and fitting them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import EvalDataError
from assistant.evaluation import fit_intent
from assistant.lexicon import load_lexicon
from assistant.question.analyse import read
from assistant.question.intent import ASKED, IntentModel, load_intent_model, marked, signs_of
from assistant.question.signs import SIGNS
from assistant.settings import data_dir
from assistant.store import Segmenter
from assistant.text import fold

LEXICON = load_lexicon()
SEGMENTER = Segmenter(LEXICON.words())
COUNTS = {f"{name}{n}" for name in ("named", "periods", "measures") for n in range(3)} | {"region", "years"}


def test_marks_replace_what_a_question_names():
    reading = read("山东2022年高新技术企业要达到5000家吗？", LEXICON, SEGMENTER)
    assert reading.marked == "PYM要达到9家吗?"


def test_of_marks_that_overlap_the_longer_counts():
    assert marked("abcdef", [(1, 3, "T"), (1, 4, "M"), (2, 5, "P")]) == "a M ef"


@given(st.text(max_size=80))
def test_marking_nothing_changes_no_word(text):
    shown = marked(fold(text), [])
    assert "P" not in shown
    assert "M" not in shown


def test_shipped_weights_are_of_signs_that_exist():
    assert set(load_intent_model().weights) <= set(SIGNS) | COUNTS


def test_shipped_weights_tell_the_questions_they_were_fitted_on():
    examples = fit_intent.examples_of(data_dir("eval") / "intents.jsonl", [])["intents.jsonl"]
    model = load_intent_model()
    right = sum(model.best(signs) == kind for signs, kind in examples)
    assert right / len(examples) > 0.85


def test_of_equal_kinds_the_first_is_told():
    assert IntentModel((0.0,) * len(ASKED), {}).best({"unknown"}) == ASKED[0]


def test_fitting_learns_a_sign():
    few = [(signs_of(t, n_named=1, n_periods=0, n_years=0, regional=False), k)
           for t, k in [("PM多少?", "figure"), ("P怎么推?", "summary"), ("P有没有T", "yesno"), ("PP比一比", "compare"),
                        ("P叫什么名字", "fact"), ("哪些省提到T", "list")] * 3]  # fmt: skip
    model = fit_intent.fit(few)
    assert fit_intent.accuracy(model, few) == 1
    assert set(model["bias"]) == set(ASKED)


@pytest.mark.parametrize("row", [{"question": "山东"}, {"question": "山东", "intent": "number"}, ["山东", "list"]])
def test_a_wrong_label_is_named_with_its_line(tmp_path, row):
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    with pytest.raises(EvalDataError, match="own.jsonl:1"):
        fit_intent.examples_of(path, [])
