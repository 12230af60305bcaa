"""The store under crashes, damage, other writers and refusing disks."""

import dataclasses
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from store_fakes import FakeModel, corpus, parse

from assistant.errors import StoreError, StoreMissing, StoreStale
from assistant.store import Parsed, Segmenter, Store, Writer, info, layout, reader, verify
from assistant.types import Encoded, Span

STAGES = ("documents", "embed", "vectors", "words", "sync", "switch")
NEW = parse("福建2022", [("plan", "建设数字福建。技术合同成交额增长20%。")], "福建", 2022)


def build(folder, documents, *, model=None, words=("揭榜挂帅",), **options):
    with Writer(folder, model or FakeModel(), Segmenter(words)) as writer:
        return writer.commit(documents, **options)


def ids(folder):
    with Store.open(folder) as store:
        return [d.id for d in store.documents()]


@pytest.fixture
def store(tmp_path):
    folder = tmp_path / "store"
    build(folder, corpus())
    return folder


OLD_IDS = sorted(p.document.id for p in corpus())


class Stop(Exception):
    pass


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("end", ["start", "end"])
def test_an_exception_at_any_stage_leaves_a_whole_store(store, stage, end):
    def progress(name, done, total):
        if name == stage and (done == 0) == (end == "start"):
            raise Stop

    with pytest.raises(Stop):
        build(store, [NEW], keep=OLD_IDS, progress=progress)
    switched = (stage, end) == ("switch", "end")
    assert verify(store) == []
    assert ids(store) == (sorted([*OLD_IDS, "福建2022"]) if switched else OLD_IDS)
    assert not list(store.glob("*.tmp"))
    build(store, [NEW], keep=OLD_IDS)
    assert verify(store) == [] and ids(store) == sorted([*OLD_IDS, "福建2022"])


CRASH = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import assistant.store.layout as layout
from store_fakes import FakeModel, parse
from assistant.store import Segmenter, Writer
stage, done = sys.argv[3], int(sys.argv[4])
def progress(name, at, total):
    if name == stage and at == done:
        os._exit(9)
if stage == "replace":
    os.replace = lambda *names: os._exit(9)
if stage == "rename":
    os.rename = lambda *names: os._exit(9)
new = parse("福建2022", [("plan", "建设数字福建。技术合同成交额增长20%。")], "福建", 2022)
with Writer(Path(sys.argv[2]), FakeModel(), Segmenter(("揭榜挂帅",))) as writer:
    writer.commit([new], keep=sys.argv[5].split(","), progress=progress)
"""


@pytest.mark.parametrize(
    ("stage", "done", "switched"),
    [
        ("documents", 1, 0),
        ("embed", 2, 0),
        ("words", 0, 0),
        ("rename", 0, 0),
        ("sync", 1, 0),
        ("replace", 0, 0),
        ("switch", 1, 1),
    ],
)
def test_a_killed_process_leaves_a_whole_store(store, stage, done, switched):
    tests = Path(__file__).parent
    run = [sys.executable, "-c", CRASH, str(tests), str(store), stage, str(done), ",".join(OLD_IDS)]
    env = os.environ | {"PYTHONPATH": str(tests.parent), "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    ended = subprocess.run(run, env=env, capture_output=True, text=True)
    assert ended.returncode == 9, ended.stderr
    after = sorted([*OLD_IDS, "福建2022"])
    assert verify(store) == []
    assert ids(store) == (after if switched else OLD_IDS)
    model = FakeModel()
    build(store, [NEW], keep=OLD_IDS, model=model)  # the dead process holds no lock
    assert verify(store) == [] and ids(store) == after
    assert not list(store.glob("*.tmp"))
    if stage not in {"documents"}:
        assert model.encoded == []  # what it had embedded was kept


def test_an_interrupted_embedding_goes_on_where_it_stopped(tmp_path):
    class Dying(FakeModel):
        def encode_passages(self, texts):
            for n, one in enumerate(super().encode_passages(texts)):
                if n == 100:
                    raise Stop
                yield one

    document = parse("long", [("plan", "".join(f"第{n}条措施。" for n in range(150)))], "山东", 2022)
    with pytest.raises(Stop):
        build(tmp_path, [document], model=Dying())
    with pytest.raises(StoreMissing):
        Store.open(tmp_path)
    model = FakeModel()
    build(tmp_path, [document], model=model)
    assert len(model.encoded) == 150 - 100  # an error loses nothing that was done
    assert verify(tmp_path) == []


def test_a_second_commit_embeds_nothing(store):
    model = FakeModel()
    assert build(store, corpus(), model=model) == 2
    assert model.encoded == []
    build(store, [NEW], keep=OLD_IDS, model=model)
    assert model.encoded and set(model.encoded) == set(NEW.indexed)


def test_equal_texts_are_embedded_once(tmp_path):
    model = FakeModel()
    build(tmp_path, [parse("a", [("plan", "相同。相同。")]), parse("b", [("plan", "相同。")])], model=model)
    assert len(model.encoded) == 1


def test_keeping_is_as_good_as_parsing_again(store, tmp_path):
    build(store, [NEW], keep=OLD_IDS)
    build(tmp_path / "fresh", [NEW, *corpus()])
    with Store.open(store) as kept, Store.open(tmp_path / "fresh") as fresh:
        assert kept.documents() == fresh.documents() and kept.passages() == fresh.passages()
        assert kept.facts() == fresh.facts() and kept.sections("山东2022") == fresh.sections("山东2022")
        assert kept.search_words("技术合同", 9) == fresh.search_words("技术合同", 9)
        vector = FakeModel().vector("x")
        assert kept.search_vectors(vector, 99) == fresh.search_vectors(vector, 99)
        assert kept.manifest.counts == fresh.manifest.counts and kept.manifest.corpus == fresh.manifest.corpus


def test_a_document_given_anew_replaces_the_kept_one(store):
    build(store, [parse("山东2022", [("plan", "全新的内容。")], "山东", 2022)], keep=OLD_IDS)
    with Store.open(store) as opened:
        assert opened.document("山东2022").text == "全新的内容。"


def test_what_is_not_kept_is_gone(store):
    build(store, [], keep=["山东2022"])
    assert ids(store) == ["山东2022"] and verify(store) == []
    with pytest.raises(StoreError, match="黑龙江2022.*keep"):
        build(store, [], keep=["黑龙江2022"])
    assert ids(store) == ["山东2022"]


def test_another_model_embeds_again(store):
    model = FakeModel(fingerprint="fake-2", dimension=5)
    build(store, [], keep=OLD_IDS, model=model)
    assert len(model.encoded) == 12 and verify(store) == []
    with Store.open(store) as opened:
        assert opened.manifest.model.dimension == 5


def test_two_generations_are_kept_and_readers_keep_theirs(store):
    reader = Store.open(store)
    before = reader.search_words("企业", 9)
    build(store, [NEW], keep=OLD_IDS)
    assert not reader.is_current()
    assert reader.search_words("企业", 9) == before and reader.tokens(0)[0].size
    build(store, [NEW])
    build(store, [NEW])
    assert [p.name for p in sorted(store.glob("gen-*"))] == ["gen-000003", "gen-000004"]
    assert reader.search_words("企业", 9) == before  # its files are open
    reader.close()
    with Store.open(store) as now:
        assert now.is_current() and now.generation == 4


def test_failures_are_recorded(store):
    build(store, [NEW], failures=[("a.pdf", "no text")])
    assert info(store)["failures"] == [{"path": "a.pdf", "reason": "no text"}]


def test_a_second_writer_is_told_who_writes(store):
    with Writer(store, FakeModel(), Segmenter()):
        with pytest.raises(StoreError, match=rf"pid {os.getpid()} on .* since "):
            build(store, [NEW])
    build(store, [NEW])
    with pytest.raises(RuntimeError, match="with"):
        Writer(store, FakeModel(), Segmenter()).commit([])


def test_two_documents_of_one_id(store):
    with pytest.raises(StoreError, match="two documents have the id '福建2022'"):
        build(store, [NEW, NEW])
    assert ids(store) == OLD_IDS


def test_parts_must_belong_to_the_document(tmp_path):
    p = NEW.passages[0]
    moved = dataclasses.replace(p, span=Span("福建2022", 1, 8))
    foreign = dataclasses.replace(p, span=Span("other", 0, 7))
    for wrong in (
        dataclasses.replace(NEW, indexed=()),
        dataclasses.replace(NEW, passages=(moved, *NEW.passages[1:])),
        dataclasses.replace(NEW, passages=(foreign, *NEW.passages[1:])),
        Parsed(NEW.document, NEW.sections, (p, p), (), ("a", "b")),
    ):
        with pytest.raises(ValueError):
            build(tmp_path, [wrong])


def test_what_a_model_may_give(tmp_path):
    class Wrong(FakeModel):
        def __init__(self, encoded):
            super().__init__()
            self.given = encoded

        def encode_passages(self, texts):
            yield from ((n, self.given) for n in range(len(texts)))

    nan = np.full(8, np.nan, np.float32)
    for encoded in (
        Encoded(nan, nan[None]),
        Encoded(nan[:3], nan[None]),
        Encoded(np.ones(8, np.float32), nan[None, :3]),
        Encoded(np.ones(8, np.float32), np.ones(3, np.float32)),
    ):
        with pytest.raises(StoreError, match="check the model"):
            build(tmp_path, [NEW], model=Wrong(encoded))

    class Wide(FakeModel):
        """Token vectors of another width than the pooled ones, as behind a dense layer."""

        def encode_passages(self, texts):
            for n, encoded in super().encode_passages(texts):
                yield n, Encoded(encoded.pooled, np.repeat(encoded.tokens, 2, axis=1) if n else encoded.tokens[:0, :0])

    build(tmp_path, [NEW], model=Wide(fingerprint="wide"))
    assert verify(tmp_path) == []
    with Store.open(tmp_path) as opened:
        assert [opened.tokens(row)[0].shape for row in (0, 1)] == [(0, 16), (len(NEW.indexed[1]), 16)]

    class Lazy(FakeModel):
        def encode_passages(self, texts):
            yield from list(super().encode_passages(texts))[1:]

    with pytest.raises(ValueError, match="left out 1 of 2"):
        build(tmp_path, [NEW], model=Lazy())


def files_of(folder):
    with Store.open(folder) as opened:
        return sorted(opened.manifest.files), folder / layout.folder_name(opened.generation)


def test_every_flipped_byte_is_found(store):
    assert verify(store) == []
    names, place = files_of(store)
    assert {"truth.sqlite", "vectors.faiss", "token_places.npy", "owners.npy", "owners.json", "words.txt"} < set(names)
    shared = store / "tokens" / "000001.bin"
    for path in [*(place / name for name in names), place / "manifest.json", store / "CURRENT", shared]:
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 2} if len(whole) > 2 else ():
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            problems = verify(store)
            assert problems, (path, at)
            if path.name in names:
                assert any(path.name in p for p in problems)
        path.write_bytes(whole)
    assert verify(store) == []


def test_missing_and_cut_files_are_named(store):
    names, place = files_of(store)
    for name in (*names, "manifest.json"):
        whole = (place / name).read_bytes()
        (place / name).unlink()
        with pytest.raises(StoreError, match=Path(name).name.replace(".", r"\.") + ".*--rebuild"):
            Store.open(store)
        assert any(name in p for p in verify(store))
        (place / name).write_bytes(whole)
    shared = store / "tokens" / "000001.bin"
    shared.write_bytes(shared.read_bytes()[:-8])
    with pytest.raises(StoreError, match=r"tokens/000001\.bin.*--rebuild"):
        Store.open(store)
    shared.unlink()
    with pytest.raises(StoreError, match=r"tokens/000001\.bin.*--rebuild"):
        Store.open(store)
    model = FakeModel()
    build(store, corpus(), model=model)  # what can be computed again is
    assert len(model.encoded) == 12 and verify(store) == []


def test_damaged_files_are_one_clear_error(store, monkeypatch):
    monkeypatch.setattr(reader, "CHECKED_BYTES", 0)  # as in a store too large to be compared at opening
    names, place = files_of(store)
    vector = FakeModel().vector("x")
    asks = {
        "truth.sqlite": lambda s: s.documents(),
        "vectors.faiss": lambda s: s.search_vectors(vector, 3),
        "token_places.npy": lambda s: s.tokens(0),
        "owners.npy": lambda s: s.rows(),
        "words/meta.json": lambda s: s.search_words("企业", 3),
    }
    for name, ask in asks.items():
        whole = (place / name).read_bytes()
        (place / name).write_bytes(b"\0" * len(whole))
        with Store.open(store) as opened, pytest.raises(StoreError, match="--rebuild"):
            ask(opened)
        (place / name).write_bytes(whole)


HALF_WRITTEN = """
import os, sqlite3, sys
cache = sqlite3.connect(sys.argv[1], isolation_level=None)
cache.executescript("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE texts SET pooled = zeroblob(20000);")
os._exit(0)  # as if killed: some pages are written, the journal says how they were
"""


def test_embeddings_that_a_killed_process_left_half_written_are_whole(store):
    cache, journal = store / "embeddings.sqlite", store / "embeddings.sqlite-journal"
    subprocess.run([sys.executable, "-c", HALF_WRITTEN, str(cache)], check=True)
    assert journal.stat().st_size > 512  # there is something to be undone
    assert verify(store) == []
    assert not journal.exists()


def test_damaged_embeddings_are_found_and_made_again(store):
    with sqlite3.connect(store / "embeddings.sqlite") as cache:
        cache.execute("UPDATE texts SET pooled = zeroblob(length(pooled)) WHERE rowid = 2")
        ((at,),) = cache.execute("SELECT at FROM texts JOIN blocks USING (digest) WHERE texts.rowid = 5")
    cache.close()
    shared = store / "tokens" / "000001.bin"
    whole = shared.read_bytes()
    shared.write_bytes(whole[: at + 3] + bytes([whole[at + 3] ^ 1]) + whole[at + 4 :])
    assert verify(store) == [
        "the token vectors of 1 rows do not match their checksums: the next build repairs them",
        "2 rows of embeddings.sqlite do not match their checksums: the next build repairs them",
    ]
    with Store.open(store) as opened:
        before = [opened.search_vectors(FakeModel().vector(t), 3) for t in "xyz"]
    model = FakeModel()
    build(store, corpus(), model=model)
    assert len(model.encoded) == 2 and verify(store) == []
    assert shared.read_bytes()[: len(whole)] != whole  # nothing written is ever written over
    with Store.open(store) as opened:
        assert [opened.search_vectors(FakeModel().vector(t), 3) for t in "xyz"] == before
        for row, text in enumerate(t for p in sorted(corpus(), key=lambda p: p.document.id) for t in p.indexed):
            assert opened.tokens(row)[0].shape == (len(text), 8)


def test_embeddings_that_are_no_database_are_set_aside(store):
    (store / "embeddings.sqlite").write_bytes(b"not a database" * 100)
    assert verify(store) != []
    model = FakeModel()
    build(store, corpus(), model=model)
    assert len(model.encoded) == 12 and verify(store) == []
    (store / "embeddings.sqlite").unlink()
    assert "missing" in verify(store)[0]


def test_a_build_cures_a_damaged_store(store):
    (store / "CURRENT").write_text("rubbish")
    with pytest.raises(StoreError, match="rubbish.*--rebuild"):
        Store.open(store)
    assert build(store, corpus()) == 2
    assert verify(store) == []


def rewrite_manifest(place, **changes):
    body = json.loads((place / "manifest.json").read_bytes()) | changes
    (place / "manifest.json").write_text(json.dumps(body), encoding="utf-8")


def test_other_formats_and_edited_manifests_are_refused(store):
    _, place = files_of(store)
    whole = (place / "manifest.json").read_bytes()
    for changes, kind, message in (
        ({"format": 99}, StoreStale, "format 99.*update shengwen"),
        ({"format": 0}, StoreStale, "format 0.*--rebuild"),
        ({"created": "yesterday"}, StoreError, "checksum"),
        ({"model": {}}, StoreError, "damaged"),
    ):
        rewrite_manifest(place, **changes)
        with pytest.raises(kind, match=message):
            Store.open(store)
        assert verify(store)
        (place / "manifest.json").write_bytes(whole)
    shutil.copytree(place, store / "gen-000007")
    (store / "CURRENT").write_text("gen-000007\n")
    assert any("generation 1" in p for p in verify(store))


def test_what_verify_compares_beyond_checksums(store, tmp_path):
    """A store whose files agree with the manifest and not with each other, as a wrong program would write it."""
    _, place = files_of(store)
    with sqlite3.connect(place / "truth.sqlite") as wrong:
        wrong.execute("""UPDATE passages SET text = '别的' WHERE "row" = 0""")
        wrong.execute("UPDATE sections SET start = start + 1 WHERE id = 1")
        wrong.execute("""UPDATE documents SET text = text || '。' WHERE id = '臺灣note'""")
        wrong.execute("""DELETE FROM passages WHERE "row" = 11""")
    wrong.close()
    manifest = dataclasses.replace(layout.read_manifest(place), files=layout.file_records(place))
    layout.write_manifest(place, manifest)
    told = "\n".join(verify(store))
    for part in ("not the document's text", "do not tile", "臺灣note", "'passages': 11", "does not find '别的'"):
        assert part in told
    layout.write_manifest(place, dataclasses.replace(manifest, counts={**manifest.counts, "passages": 11}))
    told = "\n".join(verify(store))
    for part in ("11 passages but owners of 12", "11 passages but 12 in the word index"):
        assert part in told


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_damaged_word_index_answers_or_says_so(store, monkeypatch):
    """Tantivy panics on some damage, with an exception that is no ``Exception``."""
    monkeypatch.setattr(reader, "CHECKED_BYTES", 0)
    names, place = files_of(store)
    said = 0
    for name in (n for n in names if n.startswith("words/")):
        whole = (place / name).read_bytes()
        (place / name).write_bytes(bytes(b ^ 0xFF for b in whole))
        with Store.open(store) as opened:
            try:
                opened.search_words("企业", 3)
            except StoreError as e:
                said += 1
                assert "--rebuild" in str(e)
        (place / name).write_bytes(whole)
    assert said > 2


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="--store"):
            build(folder, [NEW])
        with pytest.raises(StoreError, match="file"):
            Store.open(folder)


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that even root may not write")
def test_a_folder_without_rights():
    with pytest.raises(StoreError, match="cannot write the store"):
        build(Path("/sys/kernel/shengwen-store"), [NEW])


@pytest.mark.parametrize("what", ["sync_tree", "write_manifest", "switch_current", "file_records"])
def test_a_full_disk_is_one_clear_error(store, monkeypatch, what):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(layout, what, full)
    with pytest.raises(StoreError, match="No space left"):
        build(store, [NEW], keep=OLD_IDS)
    monkeypatch.undo()
    assert verify(store) == [] and ids(store) == OLD_IDS
    build(store, [NEW], keep=OLD_IDS)
    assert verify(store) == []


LIMITED = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from store_fakes import FakeModel, corpus
from assistant.errors import StoreError
from assistant.store import Segmenter, Writer
from assistant.store import words, vectors  # loaded before the limit
import faiss, rjieba, tantivy
Segmenter().terms("一")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    with Writer(Path(sys.argv[2]), FakeModel(f"fake-{sys.argv[4]}", int(sys.argv[4])), Segmenter()) as writer:
        writer.commit(corpus())
except StoreError as e:
    print("told:", e)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
@pytest.mark.parametrize(
    ("limit", "dimension"),
    [(2_000, 8), (30_000, 8), (60_000, 300), (50_000, 1200), (100, 8)],
)
def test_files_that_may_not_grow(store, limit, dimension):
    """The system itself refuses to write, at the truth, the embeddings, or the vectors."""
    tests = Path(__file__).parent
    run = [sys.executable, "-c", LIMITED, str(tests), str(store), str(limit), str(dimension)]
    env = os.environ | {"PYTHONPATH": str(tests.parent), "PYTHONUTF8": "1"}
    ended = subprocess.run(run, env=env, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("told: cannot write"), ended.stdout
    assert ended.stdout.count("\n") == 1
    assert verify(store) == [] and ids(store) == OLD_IDS


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_store_that_may_only_be_read(store, monkeypatch):
    with Store.open(store) as opened:
        wanted = opened.search_words("企业", 5)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # root may write everywhere
    with Store.open(store) as opened:
        assert opened.search_words("企业", 5) == wanted
    assert all(p.stat().st_mode & 0o044 for p in store.rglob("gen-*/words/*") if not p.name.endswith(".lock"))
