"""Which sentence is put first: what a question expects of it, the features of a sentence, and the fit of their weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.calibration import load_calibration
from assistant.answer.expecting import FORM_FEATURES, expected
from assistant.answer.inquiry import Inquiry
from assistant.answer.ranking import RANKING_FEATURES, rank_sentences, ranking_rows
from assistant.encoders import open_model
from assistant.evaluation.calibrate import Judged, fit_ranking, judged, listwise_weights
from assistant.lexicon import load_lexicon
from assistant.question.followup import understand
from assistant.request import query_of
from assistant.retrieve import retrieve
from assistant.settings import load_settings
from assistant.store import Store
from assistant.text import fold
from assistant.types import Filter


@pytest.mark.parametrize(
    ("question", "sentence", "name", "value"),
    [
        ("大桥全长多少米?", "大桥全长约320米。", "counted", 1.0),
        ("大桥全长多少米?", "大桥由三座桥墩支撑。", "counted", 0.0),
        ("1990年建了多少座桥?", "1990年建桥。", "new_number", 0.0),  # its only number is the question's own
        ("1990年建了多少座桥?", "1990年建桥12座。", "new_number", 1.0),
        ("1990年建了多少座桥?", "次年建桥12座。", "numbers", 0.0),
        ("1990年建了多少座桥?", "1990年建桥12座。", "numbers", 1.0),
        ("大桥何时建成?", "大桥于1990年5月通车。", "new_time", 1.0),
        ("大桥何时建成?", "大桥横跨两岸。", "new_time", 0.0),
        ("大桥位于哪里?", "它在青河县以东。", "place", 1.0),
        ("大桥是谁设计的?", "由一名院士主持设计。", "person", 1.0),
        ("大桥是谁设计的?", "桥面宽阔。", "person", 0.0),
        ("大桥为什么关闭?", "因年久失修而关闭。", "reason", 1.0),
        ("大桥又名什么?", "俗称彩虹桥。", "called", 1.0),
        ("有哪些桥?", "有东桥、西桥。", "no_list", 0.0),
        ("有哪些桥?", "桥很多。", "no_list", 1.0),
        ("when was the bridge opened?", "大桥于1990年通车。", "new_time", 1.0),
    ],
)
def test_the_form_of_an_answer(question, sentence, name, value):
    words = [w for w in ("大桥", "全长", "位于", "设计", "关闭", "建成") if w in question]
    assert expected(question, words).features(sentence, is_lead=False)[name] == value


def test_a_definition_stands_in_the_lead():
    meaning = expected("什么是标准杆?", ["标准杆"])
    assert [meaning.features("标准杆是术语。", is_lead=lead)["defined"] for lead in (True, False)] == [1.0, 0.0]


@given(st.text(max_size=40), st.text(max_size=40), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_forms_are_shares_whatever_is_asked(question, sentence, words):
    features = expected(fold(question), words).features(fold(sentence), is_lead=True)
    assert tuple(features) == FORM_FEATURES
    assert all(0.0 <= v <= 1.0 for v in features.values())


# --- over the shipped corpus


def inquiry(store, text, k=12):
    lexicon, model = load_lexicon(), open_model(load_settings())
    question = understand(text, (), lexicon, store.segmenter)
    query = query_of(text, question, lexicon=lexicon, model=model, segmenter=store.segmenter)
    return Inquiry(
        question,
        store=store,
        lexicon=lexicon,
        model=model,
        encoded=query.encoded,
        where=Filter(),
        candidates=retrieve(store, query, k, Filter()),
    )


@pytest.fixture(scope="module")
def store(assistant):
    with Store.open(assistant.settings.store_dir) as opened:
        yield opened


QUESTIONS = (
    "山东的“揭榜挂帅”制度怎么安排？",
    "Which zone does Heilongjiang support?",
    "《》",
    "什么",
    "2022年",
    "山东的科技创新" * 300,
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_has_every_feature(store, question):
    asked = inquiry(store, question)
    rows = ranking_rows(asked, asked.candidates)
    assert rows
    for features, stretch in rows:
        assert set(features) == set(RANKING_FEATURES)
        assert all(np.isfinite(v) for v in features.values())
        assert store.text(stretch.span) == stretch.text
        assert stretch.passage.span.contains(stretch.span)


@pytest.mark.parametrize("question", QUESTIONS[:2])
def test_a_sentence_fits_as_any_stretch_does(store, question):
    """The fit is told from what ranking knows already; it is that of ``Inquiry.stretch``."""
    asked = inquiry(store, question)
    for _, got in ranking_rows(asked, asked.candidates[:4]):
        expected_fit = asked.stretch(got.passage, got.span.start, got.span.end)
        assert (got.span, got.text) == (expected_fit.span, expected_fit.text)
        fit = (got.coverage, got.similarity, got.content, got.worst)
        wanted = (expected_fit.coverage, expected_fit.similarity, expected_fit.content, expected_fit.worst)
        assert fit == pytest.approx(wanted, abs=1e-6)


def test_ranks_do_not_depend_on_what_was_ranked_before(store):
    first, again = (
        [(score, s.span) for score, s in rank_sentences(asked, asked.candidates[:10])]
        for asked in (inquiry(store, QUESTIONS[0]), inquiry(store, QUESTIONS[0]))
    )
    assert first == again == sorted(first, key=lambda r: (-r[0], r[1]))


def test_nothing_found_ranks_nothing(store):
    assert rank_sentences(inquiry(store, QUESTIONS[0]), []) == []


def test_a_fact_of_the_corpus_is_put_first(store):
    asked = inquiry(store, "谁在全产业推广科技特派员制度？")
    assert "在全产业推广科技特派员制度" in rank_sentences(asked, asked.candidates[:10])[0][1].text


def test_the_shipped_weights_are_of_these_features():
    assert tuple(load_calibration("ranking").weights) == RANKING_FEATURES


# --- fitting


def questions(n=40, *, right=0):
    """Questions of 6 sentences of which the one with the highest value of feature ``right`` answers."""
    drawn = np.random.default_rng(0)
    for i in range(n):
        features = drawn.normal(size=(6, len(RANKING_FEATURES)))
        yield Judged("set", f"paragraph {i // 2}", features, features[:, right] == features[:, right].max())


@pytest.mark.parametrize("right", [0, 5])
def test_the_feature_that_decides_gets_the_weight(right):
    weights = listwise_weights(list(questions(right=right)))
    assert int(np.argmax(np.abs(weights))) == right
    assert weights[right] > 0


def test_a_fitted_model_says_where_it_comes_from():
    model = fit_ranking(list(questions()), {"sets": ["set"]})
    held_out = model["origin"]["held out"]["set"]
    assert model["origin"]["sets"] == ["set"]
    assert held_out["questions"] == 40 and held_out["first is right"] > 0.5  # a guess is right for one in six
    assert tuple(model["weights"]) == RANKING_FEATURES
    assert fit_ranking(list(questions()), {"sets": ["set"]}) == model


def test_constant_features_have_no_weight():
    drawn = [
        Judged(q.name, q.group, q.features * (np.arange(len(RANKING_FEATURES)) != 3), q.right) for q in questions()
    ]
    assert listwise_weights(drawn)[3] == 0.0


def test_judged_rows_keep_their_order():
    rows = [(dict.fromkeys(RANKING_FEATURES, float(i)), None) for i in range(3)]
    got = judged(rows, [False, True, False], name="set", group="g")
    assert got.features[:, 0].tolist() == [0.0, 1.0, 2.0]
    assert got.right.tolist() == [False, True, False]
