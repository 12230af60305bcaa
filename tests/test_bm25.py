"""The weights that a server sums up: what the word index gives, to the last digits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_fakes import random_corpus

from assistant.errors import StoreError
from assistant.store import Segmenter
from assistant.store.bm25 import NOTHING, Statistics, dimension, passage_vector, query_vector
from assistant.store.layout import TERMS
from assistant.store.words import Words, build_words, weigh
from assistant.types import Filter

WORDS = ("揭榜挂帅", "高新技术企业")
TEXTS = [t for p in random_corpus(11, n_documents=20) for t in p.indexed]
TEXTS += ["！？。", "", "科技" * 30, "R&D investment 14.8% COVID-19", " ".join(TEXTS[:40]), "字" * 700]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder, segmenter = tmp_path_factory.mktemp("words"), Segmenter(WORDS)
    entries = [(row, text, ("d", None, None, None)) for row, text in enumerate(TEXTS)]
    build_words(folder, entries, segmenter=segmenter, n_chars=sum(map(len, TEXTS)))
    statistics = Statistics.gather(TEXTS, segmenter)
    words = Words(folder)
    yield segmenter, words, statistics, [passage_vector(text, segmenter, statistics.mean) for text in TEXTS]
    words.close()


terms = st.sampled_from(["高新技术企业", "科技", "成果转化", "揭榜挂帅", "增长18%", "山东", "R&D", "字", "黑土地保护"])


@settings(max_examples=60)
@given(query=st.lists(st.tuples(terms, st.sampled_from([0.0, 0.3, 0.5, 1.0])), max_size=5))
def test_sums_of_products_are_the_scores_of_the_word_index(both, query):
    segmenter, words, statistics, vectors = both
    asked = weigh(query, segmenter=segmenter)
    vector = query_vector(*asked, [statistics])
    sums = {
        row: total
        for row, weights in enumerate(vectors)
        if (total := sum(weight * weights.get(place, 0.0) for place, weight in vector.items())) > 0
    }
    assert sums == pytest.approx(dict(words.search(*asked, k=len(TEXTS), where=Filter())), rel=1e-5)


def test_a_passage_without_terms_has_a_vector_that_no_query_finds(both):
    *_, vectors = both
    assert vectors[TEXTS.index("！？。")] == {NOTHING: 1.0}
    assert all(vectors)


@given(st.text(), st.text())
def test_dimensions_are_those_that_servers_take(field, term):
    assert 0 < dimension(field, term) < 2**32 - 1


@given(cut=st.integers(0, len(TEXTS)))
def test_statistics_of_parts_are_those_of_the_whole(both, cut, tmp_path_factory):
    segmenter, _, whole, _ = both
    parts = []
    for texts in (TEXTS[:cut], TEXTS[cut:]):
        folder = tmp_path_factory.mktemp("part")
        parts.append(Statistics.read(folder, Statistics.gather(texts, segmenter).write(folder)))
    asked = weigh("高新技术企业增长18%", segmenter=segmenter)
    assert query_vector(*asked, parts) == query_vector(*asked, [whole])


def test_a_damaged_file_of_terms_is_one_line_that_says_what_to_do(both, tmp_path):
    told = both[2].write(tmp_path)
    (tmp_path / TERMS).write_bytes(b"no array")
    with pytest.raises(StoreError, match="--rebuild"):
        Statistics.read(tmp_path, told)
