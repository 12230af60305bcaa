"""The store at a size: near vectors, generations that share a base, token vectors kept once, stores of format 1.

Sizes are lowered, so that a tiny corpus goes the ways of a large one.
"""

import json
import os
import sqlite3

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_fakes import FakeModel, as_format_1, corpus, parse, random_corpus

from assistant import building
from assistant.errors import StoreError, StoreStale
from assistant.lexicon import load_lexicon
from assistant.store import Segmenter, Store, Writer, info, layout, near, verify, words, writer
from assistant.store.blocks import PLACE, Blocks, BlockWriter, Place, collect, digest, files
from assistant.store.embeddings import Embeddings
from assistant.store.owners import Owners
from assistant.store.vectors import Allowed, Vectors, build_vectors
from assistant.types import Filter

EMPTY = Place(1, 0, 0, 0, bytes(16))
N, DIMENSION = 1500, 8


def build(folder, documents, *, model=None, **options):
    with Writer(folder, model or FakeModel(), Segmenter(("揭榜挂帅",))) as opened:
        return opened.commit(documents, **options)


# --- words


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """An index of 40 passages: all say 创新, every tenth 氢能, one 石墨烯."""
    folder = tmp_path_factory.mktemp("spoken")
    said = ["创新" + "氢能" * (i % 10 == 0) + "石墨烯" * (i == 7) + f"第{i}项" for i in range(40)]
    owned = ((row, text, ("a", "山东省", 2022, "plan")) for row, text in enumerate(said))
    segmenter = Segmenter(("石墨烯", "氢能"))
    words.build_words(folder, owned, segmenter=segmenter, n_chars=1000)
    return words.Words(folder), segmenter


def rows_of(spoken, question):
    index, segmenter = spoken
    return [row for row, _ in index.search(*words.weigh(question, segmenter=segmenter), k=40, where=Filter())]


def test_among_many_passages_what_most_say_is_not_searched_for(spoken, monkeypatch):
    assert len(rows_of(spoken, "创新与氢能")) == 40
    monkeypatch.setattr(words, "FROM", 40)
    assert rows_of(spoken, "创新与氢能") == [0, 10, 20, 30]
    assert rows_of(spoken, "氢能与石墨烯")[0] == 7


def test_a_question_of_common_words_alone_is_searched_for_all_the_same(spoken, monkeypatch):
    monkeypatch.setattr(words, "FROM", 40)
    assert len(rows_of(spoken, "创新")) == 40
    assert rows_of(spoken, "量子") == []


# --- near vectors


def drawn(n, seed=1):
    vectors = np.random.default_rng(seed).normal(size=(n, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def written(folder, vectors):
    folder.mkdir()
    told = build_vectors(folder, ((v, EMPTY) for v in vectors), dimension=DIMENSION)
    return told, Vectors(folder, told)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """So many vectors that there is an index, in lists of some forty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "FROM", 300)
        told, vectors = written(tmp_path_factory.mktemp("many") / "gen", drawn(N))
        yield told, vectors


def allowed_of(rows):
    bits = np.zeros(N, bool)
    bits[list(rows)] = True
    return Allowed(np.packbits(bits, bitorder="little"), np.flatnonzero(bits))


def nearest(query, rows, k):
    scores = drawn(N)[rows] @ query
    order = np.lexsort((rows, -scores))[:k]
    return [(int(rows[i]), float(scores[i])) for i in order]


def test_an_index_is_chosen_by_size_and_keeps_its_promise(many):
    told, vectors = many
    assert told["index"].startswith("IVF") and told["recall10"] >= near.PROMISED
    found, wanted = 0, 0
    for query in drawn(100, seed=2):
        hits = vectors.search(query, k=10, allowed=None)
        exact = dict(nearest(query, np.arange(N), 10))
        assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)
        assert all(s == pytest.approx(float(drawn(N)[row] @ query), abs=1e-5) for row, s in hits)
        found += len({row for row, _ in hits} & set(exact))
        wanted += 10
    assert found / wanted >= near.PROMISED


@settings(max_examples=60)
@given(rows=st.sets(st.integers(0, N - 1), max_size=299), seed=st.integers(0, 50), k=st.integers(1, 40))
def test_a_filter_that_leaves_few_rows_is_answered_exactly(many, rows, seed, k):
    (query,) = drawn(1, seed=seed)
    hits = many[1].search(query, k=k, allowed=allowed_of(rows))
    exact = nearest(query, np.array(sorted(rows), np.int64), k)
    assert [row for row, _ in hits] == [row for row, _ in exact]
    assert [s for _, s in hits] == pytest.approx([s for _, s in exact], abs=1e-5)


@settings(max_examples=30)
@given(seed=st.integers(0, 50), modulus=st.integers(2, 4), k=st.sampled_from([1, 10, 400, 2000]))
def test_a_filter_that_leaves_many_rows_returns_no_other_and_as_many_as_asked(many, seed, modulus, k):
    (query,) = drawn(1, seed=seed)
    rows = np.arange(0, N, modulus)
    hits = many[1].search(query, k=k, allowed=allowed_of(rows))
    assert len(hits) == min(k, len(rows)) and not {row for row, _ in hits} - set(rows.tolist())
    assert hits[0] == (nearest(query, rows, 1)[0][0], pytest.approx(nearest(query, rows, 1)[0][1], abs=1e-5))


def test_the_same_vectors_give_the_same_index(tmp_path, monkeypatch):
    monkeypatch.setattr(near, "FROM", 300)
    for name in ("a", "b"):
        written(tmp_path / name, drawn(N))
    for name in ("near.faiss", "vectors.faiss"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_where_no_index_keeps_the_promise_the_search_stays_exact(tmp_path, monkeypatch):
    monkeypatch.setattr(near, "FROM", 300)
    monkeypatch.setattr(near, "_AIM", 1.01)
    told, vectors = written(tmp_path / "gen", drawn(N))
    assert (
        told["index"] == "exact" and told["tried"].startswith("IVF") and not (tmp_path / "gen" / "near.faiss").exists()
    )
    (query,) = drawn(1, seed=9)
    assert [row for row, _ in vectors.search(query, k=10, allowed=None)] == [
        row for row, _ in nearest(query, np.arange(N), 10)
    ]


def test_few_vectors_need_no_index():
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(drawn(50))
    assert near.build(flat) == (None, {"index": "exact"})


def test_lists_grow_with_the_root():
    assert [near.n_lists(n) for n in (50_000, 100_000, 1_000_000)] == [512, 512, 2048]


# --- generations that share a base


@pytest.fixture
def appending(monkeypatch):
    monkeypatch.setattr(writer, "APPEND_FROM", 1)
    monkeypatch.setattr(writer, "MORE_SHARE", 100.0)


def seen(folder):
    """All that a reader is told, by passage instead of row, since rows depend on the way a store was made."""
    with Store.open(folder) as store:
        rows = store.rows()
        vectors = [FakeModel().vector(t) for t in ("x", "y")]

        def named(hits):
            return sorted((store.passage(row).id, round(score, 5)) for row, score in hits)

        return {
            "documents": store.documents(),
            "passages": store.passages(),
            "facts": store.facts(),
            "sections": [store.sections(d) for d in store.doc_ids()],
            "contents": store.contents(),
            "whose": (store.provinces(), store.years()),
            "counts": store.manifest.counts,
            "corpus": store.manifest.corpus,
            "rows": [store.passage(int(row)) == store.passages_at([int(row)])[0] for row in rows],
            "vectors": [named(store.search_vectors(v, 1000)) for v in vectors],
            "filtered": [named(store.search_vectors(vectors[0], 1000, Filter(("山东",))))],
            "words": sorted(store.passage(row).id for row, _ in store.search_words("企业 科技 增长", 1000)),
            "tokens": {store.passage(int(row)).id: store.tokens(int(row))[0].tobytes() for row in rows},
        }


def test_what_is_added_costs_what_it_touches(tmp_path, appending):
    model = FakeModel()
    build(tmp_path / "a", corpus())
    build(tmp_path / "a", [parse("福建2022", [("plan", "建设数字福建。技术合同成交额增长20%。")], "福建", 2022)],
          keep=[p.document.id for p in corpus()], model=model)  # fmt: skip
    old, new = (tmp_path / "a" / layout.folder_name(g) for g in (1, 2))
    for name in ("truth.sqlite", "vectors.faiss", "token_places.npy", "words.txt", "words/meta.json"):
        assert os.path.samefile(old / name, new / name)
    assert len(model.encoded) == 2 and verify(tmp_path / "a") == []
    with Store.open(tmp_path / "a") as store:
        assert store.manifest.rows == (12, 2)
        assert [row for row, _ in store.search_words("数字福建", 1)] == [12]
        scores = store.search_words("技术合同", 9)
    build(
        tmp_path / "b",
        [*corpus(), parse("福建2022", [("plan", "建设数字福建。技术合同成交额增长20%。")], "福建", 2022)],
    )
    with Store.open(tmp_path / "b") as store:
        assert sorted(s for _, s in store.search_words("技术合同", 9)) == pytest.approx(sorted(s for _, s in scores))
    assert seen(tmp_path / "a") == seen(tmp_path / "b")


steps = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "replace"]), st.integers(0, 8), st.integers(0, 3)), max_size=6
)


@settings(max_examples=8)
@given(steps=steps)
def test_any_way_to_a_corpus_gives_the_same_store(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("steps")
    held = {p.document.id: p for p in random_corpus(0, n_documents=4)}
    pool = [random_corpus(seed, n_documents=9, n_sections=2) for seed in range(4)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "APPEND_FROM", 1)
        patch.setattr(writer, "MORE_SHARE", 1.5)  # some sequences pass it, and the base is built again
        build(folder / "a", held.values())
        for kind, which, seed in steps:
            one = pool[seed][which]
            if kind == "remove":
                if len(held) > 1:
                    held.pop(sorted(held)[which % len(held)])
                    build(folder / "a", [], keep=held)
            elif (kind == "replace") == (one.document.id in held):
                held[one.document.id] = one
                build(folder / "a", [one], keep=held)
        assert verify(folder / "a") == []
        patch.undo()
        build(folder / "b", held.values())
    assert seen(folder / "a") == seen(folder / "b")


def test_a_base_is_built_again_when_much_has_come(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "APPEND_FROM", 1)
    monkeypatch.setattr(writer, "MORE_SHARE", 0.3)  # of twelve rows
    build(tmp_path, corpus())
    ids = [p.document.id for p in corpus()]
    rows = []
    for n in range(3):
        build(tmp_path, [parse(f"d{n}", [("plan", "建设。增长。")])], keep=ids)
        ids.append(f"d{n}")
        with Store.open(tmp_path) as store:
            rows.append(store.manifest.rows)
    assert rows == [(12, 2), (16, 0), (16, 2)] and verify(tmp_path) == []


def test_another_model_or_lexicon_builds_all_again(tmp_path, appending):
    build(tmp_path, corpus())
    ids = [p.document.id for p in corpus()]
    build(tmp_path, [], keep=ids, model=FakeModel("fake-2", 5))
    with Store.open(tmp_path) as store:
        assert store.manifest.rows == (12, 0)
    with Writer(tmp_path, FakeModel("fake-2", 5), Segmenter(("别的",))) as opened:
        opened.commit([], keep=ids)
    with Store.open(tmp_path) as store:
        assert store.manifest.rows == (12, 0) and store.segmenter.words == ("别的",)
    assert verify(tmp_path) == []


class Stop(Exception):
    pass


@pytest.mark.parametrize("stage", ["documents", "embed", "vectors", "words", "sync", "switch"])
def test_an_addition_that_fails_leaves_the_store_as_it_was(tmp_path, appending, stage):
    build(tmp_path, corpus())
    ids = [p.document.id for p in corpus()]
    build(tmp_path, [parse("一", [("plan", "先来的。")])], keep=ids)
    before = seen(tmp_path)

    def progress(name, done, total):
        if name == stage:
            raise Stop

    with pytest.raises(Stop):
        build(tmp_path, [parse("二", [("plan", "后来的。")])], keep=[*ids, "一"], progress=progress)
    assert verify(tmp_path) == [] and seen(tmp_path) == before


def test_what_came_later_is_verified_too(tmp_path, appending):
    build(tmp_path, corpus())
    build(tmp_path, [parse("一", [("plan", "先来的。")])], keep=[p.document.id for p in corpus()])
    place = tmp_path / layout.folder_name(2)
    with Store.open(tmp_path) as store:
        names = [n for n in store.manifest.files if n.startswith("more/")]
    assert {"more/truth.sqlite", "more/vectors.faiss", "more/token_places.npy", "more/words/meta.json"} < set(names)
    for name in names:
        whole = (place / name).read_bytes()
        (place / name).unlink()  # a link may share its bytes with the base
        (place / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert any(name in problem for problem in verify(tmp_path)), name
        (place / name).write_bytes(whole)
    assert verify(tmp_path) == []


# --- whose a row is


@settings(max_examples=40)
@given(
    entries=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["山东", None]), st.sampled_from([2021, None]),
                  st.sampled_from(["plan", None])), max_size=12),
    cut=st.integers(0, 12),
    gone=st.sets(st.sampled_from("abcd")),
    where=st.builds(Filter, st.sampled_from([(), ("山东",), ("福建",)]), st.sampled_from([(), (2021,), (10**12,)]),
                    st.sampled_from([(), ("plan",)]), st.sampled_from([(), ("a", "c")])),
)  # fmt: skip
def test_owners_filter_as_the_rows_say(tmp_path_factory, entries, cut, gone, where):
    folder = tmp_path_factory.mktemp("owners")
    owners = (
        Owners.gather(entries[:cut]).without(gone, rows=len(entries[:cut])).followed_by(Owners.gather(entries[cut:]))
    )
    owners.write(folder)
    read = Owners.read(folder)
    alive = [(row, e) for row, e in enumerate(entries) if row >= cut or e[0] not in gone]
    wanted = [
        row
        for row, (doc, place, year, period) in alive
        if (not where.documents or doc in where.documents)
        and (not where.provinces or place in where.provinces)
        and (not where.years or year in where.years)
        and (not where.periods or period in where.periods)
    ]
    assert read.rows(where).tolist() == wanted and len(read) == len(entries)
    assert read.provinces() == sorted({e[1] for _, e in alive if e[1]})
    assert read.years() == sorted({e[2] for _, e in alive if e[2]})


# --- token vectors, kept once


def test_equal_blocks_are_kept_once_and_files_only_grow(tmp_path):
    blocks = BlockWriter(tmp_path)
    first = blocks.append(b"a" * 12, 1, 8)
    blocks.close()
    with (tmp_path / "000001.bin").open("ab") as f:
        f.write(b"torn")  # as a writer leaves it that dies
    again = BlockWriter(tmp_path)
    second = again.append(b"b" * 24, 2, 8)
    again.close()
    reader = Blocks(tmp_path)
    assert (first.at, second.at) == (0, 16) and reader.is_whole(first) and reader.is_whole(second)
    assert bytes(reader.raw(second)) == b"b" * 24 and second.digest == digest(b"b" * 24)
    with pytest.raises(StoreError, match="cut short"):
        reader.raw(Place(1, 9, 8, 16, b""))
    assert np.array([tuple(second)], PLACE)[0].item() == tuple(second)


def test_a_full_file_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.store.blocks.FILE_BYTES", 20)
    blocks = BlockWriter(tmp_path)
    places = [blocks.append(bytes([n]) * 12, 1, 8) for n in range(5)]
    blocks.close()
    assert [p.file for p in places] == [1, 1, 2, 2, 3]
    assert all(Blocks(tmp_path).is_whole(p) for p in places)


def test_unnamed_files_go_once_they_are_the_greater_part(tmp_path):
    for number, size in ((1, 10), (2, 30), (3, 25)):
        (tmp_path / f"{number:06d}.bin").write_bytes(bytes(size))
    assert collect(tmp_path, {"000001.bin": 1, "000002.bin": 1}) == []
    assert collect(tmp_path, {"000001.bin": 1, "000003.bin": 1}) == []
    assert collect(tmp_path, {"000003.bin": 1}) == [1, 2]
    assert list(files(tmp_path)) == [3]


def test_what_no_generation_names_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.store.blocks.FILE_BYTES", 1)
    model = FakeModel()
    build(tmp_path, corpus(), model=model)
    small = [parse("a", [("plan", "短。")])]
    for _ in range(3):  # two generations are kept
        build(tmp_path, small, model=model)
    assert len(files(tmp_path / "tokens")) == 1 and verify(tmp_path) == []
    model.encoded.clear()
    build(tmp_path, corpus(), model=model)
    assert len(model.encoded) == 12 and verify(tmp_path) == []


# --- stores of format 1


class CountingModel(FakeModel):
    def count_tokens(self, texts):
        return [len(t) for t in texts]


def test_a_store_of_format_1_is_brought_up_without_embedding_again(tmp_path):
    report = tmp_path / "山东省2023年政府工作报告.txt"
    report.write_text(
        "山东省2023年政府工作报告\n一、2022年工作回顾\n高新技术企业突破2.3万家，增长18%。\n", encoding="utf-8"
    )
    lexicon, model, folder = load_lexicon(), CountingModel(), tmp_path / "store"
    building.build(folder, [report], lexicon=lexicon, model=model)
    before, embedded = seen(folder), list(model.encoded)
    report.unlink()
    as_format_1(folder, model, embedded)
    assert embedded and not (folder / "tokens").exists()
    with pytest.raises(StoreStale, match="format 1, not 2.*--rebuild.*takes over its documents and what was embedded"):
        Store.open(folder)
    model.encoded.clear()
    assert building.rebuild_present(folder, lexicon, model=model)
    assert model.encoded == [] and verify(folder) == [] and seen(folder) == before
    with sqlite3.connect(folder / "embeddings.sqlite") as table:
        assert not table.execute("SELECT 1 FROM sqlite_master WHERE name = 'embeddings'").fetchall()
    table.close()


def test_taking_over_leaves_out_what_is_damaged_and_what_is_there(tmp_path):
    model = CountingModel()
    build(tmp_path, corpus(), model=model)
    embedded = list(model.encoded)
    as_format_1(tmp_path, model, embedded)
    with sqlite3.connect(tmp_path / "embeddings.sqlite") as table:
        table.execute("UPDATE embeddings SET tokens = zeroblob(length(tokens)) WHERE rowid = 3")
    table.close()
    Embeddings(tmp_path / "embeddings.sqlite", dimension=8).close()
    model.encoded.clear()
    build(tmp_path, corpus(), model=model)
    assert len(model.encoded) == 1 and verify(tmp_path) == []


def test_what_no_program_of_today_reads_is_not_taken_over(tmp_path):
    build(tmp_path, corpus())
    place = tmp_path / layout.folder_name(1)
    body = json.loads((place / "manifest.json").read_bytes())
    lexicon = load_lexicon()
    (place / "manifest.json").write_text(json.dumps(body | {"format": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match="no documents can be read"):  # and none of others are put in their place
        building.rebuild_present(tmp_path, lexicon, model=CountingModel())
    assert not building.rebuild_present(tmp_path / "none", lexicon, model=CountingModel())


def test_info_says_how_vectors_are_searched(tmp_path):
    build(tmp_path, corpus())
    told = info(tmp_path)
    assert told["vectors"] == {"index": "exact"}
    assert told["embeddings_bytes"] > (tmp_path / "tokens" / "000001.bin").stat().st_size > 0
