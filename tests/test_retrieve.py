"""Retrieval against its definition written out one passage at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_fakes import DIMENSION, FakeModel, parse, random_corpus

from assistant.retrieve import Query, Stages, late_interaction, retrieve
from assistant.store import Segmenter, Store, Writer
from assistant.store.ties import best
from assistant.types import Encoded, Filter

WORDS = "高新技术企业 科技 创新 成果转化 增长18% 揭榜挂帅 黑土地 数字经济".split()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Passages of a few words, three documents of them twice, so that scores tie."""
    documents = random_corpus(5, n_documents=8)
    again = [parse(f"e{i}", [("plan", "高新技术企业创新。科技投入增长18%。")], "山东", 2022) for i in range(3)]
    folder = tmp_path_factory.mktemp("retrieve") / "store"
    with Writer(folder, FakeModel(), Segmenter(())) as opened:
        opened.commit([*documents, *again])
    with Store.open(folder) as reader:
        yield reader


def one_by_one(store, query, k, where, stages):
    """(passage id, score) as retrieval is described: every candidate read and compared by itself, then ranked."""
    dense = dict(store.search_vectors(query.encoded.pooled, max(k, 30), where)) if stages.dense else {}
    words = dict(store.search_words(query.terms, max(k, 15), where)) if stages.words and query.terms else {}
    rows = sorted({*dense, *words})
    meaning = np.array([dense.get(row, 0.0) for row in rows])
    if stages.late:
        meaning = np.array([maxsim(query.encoded.tokens, *store.tokens(row)) for row in rows])
    weight = query.words_weight if stages.dense or stages.late else 1.0
    fused = z(meaning) + weight * z(np.array([words.get(row, 0.0) for row in rows]))
    passages = [store.passage(row) for row in rows]
    order = sorted(range(len(rows)), key=lambda i: (-fused[i], passages[i].span))
    return [(passages[i], pytest.approx(float(fused[i]), abs=1e-3)) for i in order[:k]]


def maxsim(question, tokens, scales):
    """In the precision of Python's own numbers."""
    if not len(question) or not len(tokens):
        return 0.0
    cosines = question.astype(np.float64) @ (tokens.astype(np.float64) * scales[:, None].astype(np.float64)).T
    return float(cosines.max(axis=1).mean())


def z(values):
    return (values - values.mean()) / values.std() if len(values) and values.std() > 1e-12 else np.zeros(len(values))


def query_of(seed, terms):
    model = FakeModel()
    tokens = np.array([model.vector(c) for c in "".join(terms)], np.float32).reshape(-1, DIMENSION)
    return Query(Encoded(model.vector(f"q{seed}"), tokens), tuple((t, 1.0) for t in dict.fromkeys(terms)))


wheres = st.builds(Filter, provinces=st.sampled_from([(), ("山东",), ("福建", "广东")]))


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 1000),
    terms=st.lists(st.sampled_from(WORDS), max_size=4),
    k=st.integers(1, 60),
    where=wheres,
    stages=st.builds(Stages, dense=st.booleans(), words=st.booleans(), late=st.booleans()),
)
def test_the_ranking_is_that_of_candidates_compared_one_by_one(store, seed, terms, k, where, stages):
    query = query_of(seed, terms)
    found = retrieve(store, query, k, where, stages)
    assert sorted(((c.passage, c.fused) for c in found), key=lambda pair: pair[0].span) == sorted(
        one_by_one(store, query, k, where, stages), key=lambda pair: pair[0].span
    )
    assert [(-c.fused, c.passage.span) for c in found] == sorted((-c.fused, c.passage.span) for c in found)


def test_equal_passages_score_equal_and_stand_in_order_of_their_places(store):
    query = query_of(1, ["高新技术企业", "创新"])
    found = retrieve(store, query, 60, Filter(documents=("e0", "e1", "e2")))
    assert [c.passage.span.doc_id for c in found] == ["e0", "e1", "e2"] * 2
    for three in (found[:3], found[3:]):
        assert len({c.late for c in three}) == len({c.fused for c in three}) == 1


blocks = st.integers(0, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, 1000)))


def block(n, seed):
    draw = np.random.default_rng(seed)
    return draw.integers(-127, 128, (n, 24)).astype(np.int8), draw.random(n).astype(np.float32) / 127


@settings(max_examples=100, deadline=None)
@given(n_question=st.integers(0, 40), seed=st.integers(0, 1000), drawn=st.lists(blocks, max_size=12))
def test_late_interaction_is_the_mean_of_the_best_cosines(n_question, seed, drawn):
    question = np.random.default_rng(seed).normal(size=(n_question, 24)).astype(np.float32)
    passages = [block(*one) for one in drawn]
    scores = late_interaction(question, passages)
    assert scores.tolist() == pytest.approx([maxsim(question, *p) for p in passages], abs=1e-4)
    alone = [late_interaction(question, [p])[0] for p in passages]
    assert scores.tolist() == alone, "a passage's score depends on the others"


@given(
    scores=st.lists(st.integers(0, 5).map(float), min_size=1, max_size=60),
    k=st.integers(1, 70),
    at_least=st.integers(0, 80),
)
def test_ties_are_broken_by_row_however_many_are_asked_for_at_once(scores, k, at_least):
    # An engine that gives equal scores in the order furthest from that of rows.
    found = sorted(enumerate(scores), key=lambda hit: (-hit[1], -hit[0]))
    limits = []

    def fetch(limit):
        limits.append(limit)
        return found[:limit]

    assert best(k, fetch, at_least=at_least) == sorted(enumerate(scores), key=lambda hit: (-hit[1], hit[0]))[:k]
    assert limits[0] >= at_least
