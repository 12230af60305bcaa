"""The store, built and read: nothing lost, filters exact, the words found."""

import math
import threading
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_fakes import DIMENSION, FakeModel, corpus, parse, random_corpus

from assistant.errors import StoreError, StoreMissing, StoreStale
from assistant.store import Segmenter, Store, Writer, info, verify
from assistant.store.embeddings import quantise
from assistant.store.segment import query_grams
from assistant.store.words import Words, build_words
from assistant.types import PERIODS, Encoded, Filter, Span

WORDS = ("揭榜挂帅", "高新技术企业")


def build(folder, documents, *, model=None, segmenter=None, **options):
    with Writer(folder, model or FakeModel(), segmenter or Segmenter(WORDS)) as writer:
        return writer.commit(documents, **options)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    build(folder, corpus())
    with Store.open(folder) as store:
        yield store


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    build(folder, random_corpus(7))
    with Store.open(folder) as store:
        yield store


def brute(store, where):
    return [row for row, p in enumerate(store.passages()) if where.accepts(p)]


filters = st.builds(
    Filter,
    provinces=st.lists(st.sampled_from(["山东", "福建", "广东", "西藏"]), max_size=2).map(tuple),
    years=st.lists(st.integers(2020, 2022), max_size=2).map(tuple),
    periods=st.lists(st.sampled_from(PERIODS), max_size=2).map(tuple),
    documents=st.lists(st.sampled_from([f"d{i}" for i in range(7)]), max_size=3).map(tuple),
)


def test_everything_comes_back_as_it_went_in(small):
    parsed = sorted(corpus(), key=lambda p: p.document.id)
    assert small.documents() == tuple(p.document for p in parsed)
    assert small.passages() == tuple(x for p in parsed for x in p.passages)
    assert small.facts() == tuple(x for p in parsed for x in p.facts)
    for p in parsed:
        assert small.document(p.document.id) == p.document
        assert small.sections(p.document.id) == p.sections
        assert small.facts(Filter(documents=(p.document.id,))) == p.facts
    for row, passage in enumerate(small.passages()):
        assert small.passage(row) == passage
        assert small.row_of(passage.id) == row


def test_order_of_documents_given_does_not_matter(small, tmp_path):
    build(tmp_path, reversed(corpus()))
    with Store.open(tmp_path) as other:
        assert other.passages() == small.passages()
        assert other.search_words("高新技术企业", 9) == small.search_words("高新技术企业", 9)


def test_places_and_what_there_is(small):
    for row, p in enumerate(small.passages()):
        assert small.text(p.span) == p.text
        last = Span(p.span.doc_id, p.span.end - 1, p.span.end)
        assert small.row_at(p.span) == small.row_at(last) == row
    with pytest.raises(StoreError, match="no passage"):
        small.row_at(Span("山东2022", 10_000, 10_001))
    assert small.provinces() == ("山东", "黑龙江")
    assert small.years() == (2021, 2022)


def test_passages_at_keeps_the_order_asked_for(small):
    assert small.passages_at((3, 0, 3)) == (small.passage(3), small.passage(0), small.passage(3))
    with pytest.raises(IndexError, match="no row 99"):
        small.passages_at((0, 99))


def test_tokens_are_the_models_to_eight_bits(small):
    model, parsed = FakeModel(), sorted(corpus(), key=lambda p: p.document.id)
    indexed = [text for p in parsed for text in p.indexed]
    for row, text in enumerate(indexed):
        tokens, scales = small.tokens(row)
        assert tokens.dtype == np.int8 and tokens.shape == (len(text), DIMENSION) and scales.shape == (len(text),)
        wanted = np.array([model.vector(c) for c in text])
        # Half a step of 1/127 of the greatest component.
        assert np.abs(tokens * scales[:, None] - wanted).max() <= 0.5 * np.abs(wanted).max() / 127 + 1e-6
    with pytest.raises(IndexError):
        small.tokens(len(indexed))
    with pytest.raises(IndexError):
        small.tokens(-1)


def test_a_zero_token_vector_stays_zero():
    zero = quantise(Encoded(np.zeros(3, np.float32), np.zeros((2, 3), np.float32)))
    assert not zero.tokens.any() and not zero.scales.any()


def test_opening_again_gives_the_same_hits(small):
    vector = FakeModel().vector("x")
    with Store.open(small.folder) as again:
        assert again.search_words("科技成果", 9) == small.search_words("科技成果", 9)
        assert again.search_vectors(vector, 9) == small.search_vectors(vector, 9)
        assert again.manifest == small.manifest


@settings(max_examples=60, deadline=None)
@given(where=filters)
def test_filters_are_exact_everywhere(mixed, where):
    allowed = brute(mixed, where)
    everything = len(mixed.passages())
    assert mixed.rows(where).tolist() == allowed
    assert mixed.passages(where) == tuple(mixed.passage(row) for row in allowed)
    assert all(p.period in where.periods for p in mixed.facts(where) if where.periods)
    vector = FakeModel().vector("question")
    assert sorted(row for row, _ in mixed.search_vectors(vector, everything, where)) == allowed
    unfiltered = mixed.search_words("科技 企业", everything)
    # The same scores, less the rows that the filter refuses.
    wanted = [row for row, _ in unfiltered if row in set(allowed)]
    found = mixed.search_words("科技 企业", everything, where)
    assert [row for row, _ in found] == wanted
    assert [s for _, s in found] == pytest.approx([s for row, s in unfiltered if row in set(allowed)])
    for k in (1, 3):
        assert mixed.search_words("科技 企业", k, where) == found[:k]


@settings(max_examples=30, deadline=None)
@given(where=filters)
def test_facts_obey_the_filter_as_passages_do(mixed, where):
    def accepted(f):
        return (
            (not where.provinces or f.province in where.provinces)
            and (not where.years or f.year in where.years)
            and (not where.periods or f.period in where.periods)
            and (not where.documents or f.span.doc_id in where.documents)
        )

    assert mixed.facts(where) == tuple(f for f in mixed.facts() if accepted(f))


@settings(max_examples=30, deadline=None)
@given(question=st.text(max_size=12), k=st.integers(1, 100))
def test_vectors_agree_with_numpy(mixed, question, k):
    model = FakeModel()
    query = model.vector(question)
    texts = [text for p in sorted(random_corpus(7), key=lambda p: p.document.id) for text in p.indexed]
    scores = np.array([model.vector(t) for t in texts]) @ query
    found = mixed.search_vectors(query * 3, k)  # its length does not matter
    assert [s for _, s in found] == pytest.approx(np.sort(scores)[::-1][:k], abs=1e-5)
    assert all(s == pytest.approx(scores[row], abs=1e-5) for row, s in found)


def test_equal_scores_come_in_order_of_rows(tmp_path):
    parts = [("plan", "成果转化。" * 40), ("review", "成果转化。" * 40)]
    build(tmp_path, [parse("a", parts, "山东", None), parse("b", parts, "山东", None)])
    with Store.open(tmp_path) as store:
        assert [row for row, _ in store.search_words("成果转化", 7)] == list(range(7))
        vector = FakeModel().vector("山东  成果转化。")
        assert store.search_vectors(vector, 7) == [(row, pytest.approx(1, abs=1e-5)) for row in range(7)]


def test_k_is_clamped_and_must_be_positive(small):
    n = len(small.passages())
    assert len(small.search_vectors(FakeModel().vector("x"), 10_000)) == n
    assert 0 < len(small.search_words("高新技术企业", 10_000)) <= n
    for search in (lambda: small.search_words("企业", 0), lambda: small.search_vectors(FakeModel().vector("x"), 0)):
        with pytest.raises(ValueError, match="k is 0"):
            search()


def test_what_shares_no_term_is_no_hit(small):
    assert small.search_words("龘龘龘 zzzz", 5) == []
    assert small.search_words("", 5) == []
    assert small.search_words("，。！", 5) == []
    assert small.search_words([("企业", 0.0)], 5) == []
    assert all(score > 0 for _, score in small.search_words("企业增长", 50))
    assert small.search_vectors(np.zeros(DIMENSION, np.float32), 5) == []


def test_half_characters_find_nothing_and_break_nothing(small):
    half = "\ud800"
    assert small.search_words(half, 5) == small.search_words([(half, 1.0)], 5) == []
    where = Filter(provinces=(half,), documents=(half,))
    assert small.search_words("企业", 5, where) == small.search_vectors(FakeModel().vector("x"), 5, where) == []
    assert small.facts(where) == small.passages(where) == small.sections("none") == ()
    with pytest.raises(StoreError, match="no document"):
        small.document(half)


def test_vector_of_another_dimension_is_refused(small):
    with pytest.raises(ValueError, match="shape"):
        small.search_vectors(np.ones(DIMENSION + 1, np.float32), 5)


def test_weights(small):
    row_of_betting = small.search_words("揭榜挂帅", 1)[0][0]
    both = [("揭榜挂帅", 1.0), ("黑土地", 0.01)]
    assert small.search_words(both, 1)[0][0] == row_of_betting
    turned = [("揭榜挂帅", 0.01), ("黑土地", 1.0)]
    assert "黑土地" in small.passage(small.search_words(turned, 1)[0][0]).text
    once, twice = (small.search_words([("企业", w)], 1)[0][1] for w in (1.0, 2.0))
    assert twice == pytest.approx(2 * once, rel=1e-5)
    assert small.search_words([("企业", 1.0), ("企业", 1.0)], 3) == small.search_words([("企业", 1.0)], 3)
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="weight"):
            small.search_words([("企业", wrong)], 3)


def test_every_two_characters_and_every_single_one_are_found(small, mixed):
    for store in (small, mixed):
        n = len(store.passages())
        for row, passage in enumerate(store.passages()):
            text = passage.text
            for term in {*query_grams(text), *(c for c in text if "\u4e00" <= c <= "\u9fff")}:
                assert row in {hit for hit, _ in store.search_words(term, n)}, term
                assert row in {hit for hit, _ in store.search_words([(term, 1.0)], n)}, term


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("台湾半导体", "臺灣半導體"),  # Simplified finds Traditional
        ("臺灣", "臺灣"),
        ("3.5%", "３．５％"),  # half width finds full width
        ("2.3 万", "2.3万家"),
        ("14.8％", "14.8%"),
        ("covid-19", "COVID-19"),
        ("r&d", "R&D"),
        ("亩", "黑土地"),  # a single character
    ],
)
def test_one_form_finds_the_other(small, query, text):
    found = [small.passage(row).text for row, _ in small.search_words([(query, 1.0)], 3)]
    assert found and text in found[0]


def test_single_terms_score_as_the_formula_says(tmp_path):
    segmenter = Segmenter()
    texts = ["科技 创新 平台", "科技 科技 企业 企业 平台 增长", "增长", "创新 企业 " * 5, "平台"]
    lists = [segmenter.terms(t) for t in texts]
    build_words(
        tmp_path, ((i, t, ("d", None, None, None)) for i, t in enumerate(texts)), segmenter=segmenter, n_chars=99
    )
    words = Words(tmp_path)
    mean = sum(map(len, lists)) / len(lists)

    def bm25(term, terms, k1=1.2, b=0.75):
        n = sum(term in other for other in lists)
        idf = math.log(1 + (len(lists) - n + 0.5) / (n + 0.5))
        tf = Counter(terms)[term]
        return idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(terms) / mean))

    for term in {t for terms in lists for t in terms}:
        found = dict(words.search({term: 1.0}, {}, k=9, where=Filter()))
        wanted = {i: bm25(term, terms) for i, terms in enumerate(lists) if term in terms}
        assert found == pytest.approx(wanted, rel=1e-5)


def test_segmenter_terms():
    plain, taught = Segmenter(), Segmenter(["揭榜挂帅", "two words", " "])
    assert "揭榜挂帅" not in plain.terms("实行揭榜挂帅")
    assert "揭榜挂帅" in taught.terms("实行揭榜挂帅")
    assert taught.words == ("揭榜挂帅",)
    assert plain.pieces("揭榜挂帅") == ["揭榜", "挂帅"] and taught.pieces("揭榜掛帥") == ["揭榜挂帅"]
    terms = plain.terms("突破２.3 万家，增长 14. 8 %，达1,220亿元；1. 5G基站，2022 年")
    assert {"2.3万", "14.8%", "1220亿", "5g", "2022"} <= set(terms)
    assert not set(terms) & {"，", " ", "%", ";"}
    assert Segmenter(["b", "a", "a"]).words_sha256 == Segmenter(["a", "b"]).words_sha256 != plain.words_sha256
    assert plain.version == taught.version


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_terms_have_no_spaces_and_are_never_empty(text):
    for term in (*Segmenter().terms(text), *query_grams(text)):
        assert term and not any(c.isspace() for c in term)


def test_an_empty_store_is_a_store(tmp_path):
    build(tmp_path, [])
    assert verify(tmp_path) == []
    with Store.open(tmp_path) as store:
        assert store.passages() == store.documents() == store.facts() == ()
        assert store.search_words("企业", 3) == store.search_vectors(FakeModel().vector("x"), 3) == []


def test_document_without_passages(tmp_path):
    build(tmp_path, [parse("a", [(None, "")])])
    with Store.open(tmp_path) as store:
        assert store.document("a").text == ""


def test_a_wrong_id_names_the_nearest(small):
    with pytest.raises(StoreError, match="山东2022"):
        small.document("山东2021")
    for wrong in ("nothing", "山东2022:1-2", "山东2022:x-y", "山东2022:1-" + "9" * 30, "\ud800:0-1", ""):
        with pytest.raises(StoreError, match="no passage"):
            small.row_of(wrong)


def test_models_and_segmenters_are_checked(small):
    small.check_model("fake-1")
    with pytest.raises(StoreStale, match="--rebuild.*model = 'fake'"):
        small.check_model("fake-2")
    small.check_segmenter(Segmenter(WORDS))
    with pytest.raises(StoreStale, match="lexicon"):
        small.check_segmenter(Segmenter())
    with pytest.raises(StoreStale, match="lexicon"):
        Store.open(small.folder, segmenter=Segmenter(["别的"]))

    class Other(Segmenter):
        version = "0"

    with pytest.raises(StoreStale, match="segmented by"):
        small.check_segmenter(Other(WORDS))


def test_info(small):
    told = info(small.folder)
    assert told["counts"] == {
        "documents": 3,
        "sections": 5,
        "passages": 12,
        "facts": 5,
        "tokens": told["counts"]["tokens"],
    }
    assert told["model"]["name"] == "fake" and told["generation"] == 1 and told["failures"] == []


def test_many_threads_read_one_store(small):
    vector = FakeModel().vector("x")
    wanted = (small.search_words("企业", 5), small.search_vectors(vector, 5), small.passages())
    wrong = []

    def ask():
        with Store.open(small.folder) as fresh:
            for store in (small, fresh):
                if (store.search_words("企业", 5), store.search_vectors(vector, 5), store.passages()) != wanted:
                    wrong.append(store)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_no_store(tmp_path):
    for call in (Store.open, verify, info):
        with pytest.raises(StoreMissing, match="shengwen index build"):
            call(tmp_path / "none")
