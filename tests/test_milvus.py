"""The index on a Milvus server, by the real client on Milvus Lite: what the index in the store gives, and its failures."""

import json
import shutil
import subprocess
import sys
from concurrent import futures
from pathlib import Path

import pytest
from cli_running import run_with
from hypothesis import given, settings
from hypothesis import strategies as st
from store_fakes import DIMENSION, FakeModel, corpus, parse, random_corpus

from assistant.errors import StoreError, StoreStale
from assistant.settings import MilvusSettings, Settings, load_settings
from assistant.store import Milvus, Segmenter, Store, Writer, backup, info, open_server, restore, verify, writer
from assistant.types import PERIODS, Filter

pytest.importorskip("pymilvus", reason="the extra 'milvus' is not installed")
pytest.importorskip("milvus_lite", reason="the extra 'milvus' is not installed")

pytestmark = pytest.mark.slow
WORDS = ("揭榜挂帅", "高新技术企业")
AWAY = "http://127.0.0.1:9"  # the port of "discard": nothing listens there
ODD = "d\"1\\\n'{年}"


def server_of(folder, **options):
    return Milvus(MilvusSettings(**options), folder)


def build(folder, documents, server=None, **options):
    with Writer(folder, FakeModel(), Segmenter(WORDS), server) as opened:
        return opened.commit(documents, **options)


def one_line(error):
    said = str(error.value)
    assert "\n" not in said and "Traceback" not in said
    return said


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same documents in a store of each kind."""
    documents = [*random_corpus(7, n_documents=12), *corpus(), parse(ODD, ((None, "黑土地科技创新。"),), None, 2022)]
    folder = tmp_path_factory.mktemp("both")
    server = server_of(folder / "milvus")
    build(folder / "embedded", documents)
    build(folder / "milvus", documents, server)
    with Store.open(folder / "embedded") as embedded, Store.open(folder / "milvus", server=server) as milvus:
        yield embedded, milvus


filters = st.builds(
    Filter,
    provinces=st.lists(st.sampled_from(["山东", "福建", "", "西藏", '"']), max_size=2).map(tuple),
    years=st.lists(st.sampled_from([2021, 2022, 0, -(2**40), 2**40]), max_size=2).map(tuple),
    periods=st.lists(st.sampled_from(PERIODS), max_size=2).map(tuple),
    documents=st.lists(st.sampled_from(["d1", "d2", ODD, "臺灣note", "\ud800", ""]), max_size=3).map(tuple),
)
queries = st.lists(
    st.tuples(
        st.sampled_from(["高新技术企业", "科技", "成果转化", "黑土地", "R&D", "没有这个词"]),
        st.sampled_from([0.0, 0.3, 1.0]),
    ),
    max_size=4,
)


@settings(max_examples=50)
@given(query=queries, where=filters, k=st.integers(1, 40))
def test_words_are_found_as_in_the_store(both, query, where, k):
    embedded, milvus = both
    assert_same(embedded.search_words(query, k, where), milvus.search_words(query, k, where))


@settings(max_examples=50)
@given(text=st.sampled_from(["a", "b", "c"]), where=filters, k=st.integers(1, 40))
def test_vectors_are_found_as_in_the_store(both, text, where, k):
    embedded, milvus = both
    vector = FakeModel().vector(text) * 3
    assert_same(embedded.search_vectors(vector, k, where), milvus.search_vectors(vector, k, where))


def assert_same(expected, found):
    assert [row for row, _ in found] == [row for row, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], rel=1e-5, abs=1e-6)


def test_the_store_says_where_its_index_lies_and_both_are_whole(both):
    embedded, milvus = both
    assert verify(embedded.folder) == []
    assert verify(milvus.folder, server_of(milvus.folder)) == []
    assert info(embedded.folder)["vectors"]["index"] == "exact"
    told = info(milvus.folder)["vectors"]
    assert (told["index"], told["passages"]) == ("milvus", milvus.manifest.counts["passages"])
    assert not {"vectors.faiss", "words"} & {p.name for p in (milvus.folder / "gen-000001").iterdir()}


def test_a_store_of_the_other_kind_is_told_apart(both):
    embedded, milvus = both
    for folder, server in ((embedded.folder, server_of(embedded.folder)), (milvus.folder, None)):
        with Store.open(folder, server=server) as store, pytest.raises(StoreStale, match="--rebuild.*SHENGWEN_INDEX"):
            store.search_words("科技", 3)


def test_readers_keep_their_generation_until_two_are_newer(tmp_path):
    server = server_of(tmp_path)
    build(tmp_path, corpus(), server)
    with Store.open(tmp_path, server=server) as old:
        before = old.search_words("高新技术企业", 9)
        build(tmp_path, (), server, keep=["山东2022"])
        assert old.search_words("高新技术企业", 9) == before
        build(tmp_path, random_corpus(1), server, keep=["山东2022"])
        with pytest.raises(StoreError, match="ask again") as gone:
            old.search_words("高新技术企业", 9)
        assert "--rebuild" in one_line(gone)
    assert len(server.client.list_collections()) == 2
    with Store.open(tmp_path, server=server) as new:
        rows = [row for row, _ in new.search_words("高新技术企业", 99)]
        assert {p.span.doc_id for p in new.passages_at(rows)} >= {"山东2022"}
    assert verify(tmp_path, server) == []


def test_a_build_that_dies_leaves_the_last_generation_and_nothing_behind(tmp_path, monkeypatch):
    server = server_of(tmp_path)
    build(tmp_path, corpus(), server)
    with monkeypatch.context() as broken:
        broken.setattr(Milvus, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        broken.setattr(Milvus, "clean", lambda *_: None)  # as if the process were gone
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path, random_corpus(2), server)
    assert len(server.client.list_collections()) == 2
    assert verify(tmp_path, server) == []
    build(tmp_path, (), server, keep=["山东2022"])
    assert len(server.client.list_collections()) == 2
    assert verify(tmp_path, server) == []


@pytest.fixture
def appending(monkeypatch):
    monkeypatch.setattr(writer, "APPEND_FROM", 1)
    monkeypatch.setattr(writer, "MORE_SHARE", 100.0)


def test_what_is_added_and_removed_costs_what_it_touches(tmp_path, appending, monkeypatch):
    """As in the store, base and what came since: the same rows and vectors; words but for the mean length."""
    sent = []
    inserted = Milvus.insert
    monkeypatch.setattr(Milvus, "insert", lambda self, name, rows: (sent.append(len(rows)), inserted(self, name, rows)))
    server, ids = server_of(tmp_path / "m"), [p.document.id for p in corpus()]
    for folder, to in ((tmp_path / "e", None), (tmp_path / "m", server)):
        build(folder, corpus(), to)
        build(
            folder, [parse("福建2022", [("plan", "建设数字福建。技术合同成交额增长20%。")], "福建", 2022)], to, keep=ids
        )
        build(folder, [], to, keep=[*ids[1:], "福建2022"])
    assert sent == [12, 2, 2]
    assert len(server.client.list_collections()) == 3  # the base, and what came since in each of the last two
    assert verify(tmp_path / "m", server) == verify(tmp_path / "e") == []
    with Store.open(tmp_path / "e") as embedded, Store.open(tmp_path / "m", server=server) as milvus:
        vector = FakeModel().vector("a")
        for where in (Filter(), Filter(provinces=("福建",)), Filter(documents=(ids[0], ids[1]))):
            assert_same(embedded.search_vectors(vector, 20, where), milvus.search_vectors(vector, 20, where))
            one, other = (s.search_words("高新技术企业增长20%", 20, where) for s in (embedded, milvus))
            assert dict(other) == pytest.approx(dict(one), rel=0.1)
    assert len(build_again(tmp_path / "m", server, ids[1:])) == 2


def build_again(folder, server, ids):
    """The collections once all is built anew, when readers of two generations are gone."""
    for _ in range(2):
        build(folder, corpus(), server)
    return server.client.list_collections()


def test_a_base_that_another_server_holds_is_sent_again(tmp_path, appending):
    first = server_of(tmp_path)
    build(tmp_path, corpus(), first)
    second = server_of(tmp_path, uri=str(tmp_path / "other.db"))
    build(tmp_path, random_corpus(3), second, keep=["山东2022"])
    assert verify(tmp_path, second) == []


def test_a_collection_of_another_dimension_is_one_line(tmp_path):
    server = server_of(tmp_path)
    build(tmp_path, corpus(), server)
    collection = info(tmp_path)["vectors"]["collection"]
    server.create("gen-000001", DIMENSION + 1)  # in its place
    row = {"row": 0, "doc_id": "a", "province": "", "year": None, "period": None, "terms": {1: 1.0}}
    server.insert(collection, [row | {"vector": [1.0] * (DIMENSION + 1)}])
    server.finish(collection)
    with Store.open(tmp_path, server=server) as store, pytest.raises(StoreError, match="dimension.*--rebuild") as wrong:
        store.search_vectors(FakeModel().vector("a"), 3)
    assert collection in one_line(wrong)


def test_a_backup_holds_what_a_rebuild_needs(tmp_path):
    server = server_of(tmp_path / "a")
    build(tmp_path / "a", corpus(), server)
    backup(tmp_path / "a", tmp_path / "copy")
    elsewhere = server_of(tmp_path / "b")
    restore(tmp_path / "copy", tmp_path / "b")
    (problem,) = verify(tmp_path / "b", elsewhere)
    assert "--rebuild" in problem and "no collection" in problem
    model = FakeModel()
    with Writer(tmp_path / "b", model, Segmenter(WORDS), elsewhere) as opened:
        opened.commit((), keep=[p.document.id for p in corpus()])
    assert verify(tmp_path / "b", elsewhere) == [] and model.encoded == []


def test_two_stores_on_one_server_leave_each_other_alone(tmp_path):
    shared = str(tmp_path / "shared.db")
    first, second = (server_of(tmp_path / name, uri=shared) for name in ("first", "second"))
    for _ in range(3):
        build(tmp_path / "first", corpus(), first)
        build(tmp_path / "second", random_corpus(5), second)
    assert verify(tmp_path / "first", first) == verify(tmp_path / "second", second) == []
    assert len(first.client.list_collections()) == 4


def test_what_is_lost_on_the_server_is_found(tmp_path):
    server = server_of(tmp_path)
    build(tmp_path, corpus(), server)
    collection = info(tmp_path)["vectors"]["collection"]
    server.client.delete(collection, ids=[0])
    (problem,) = verify(tmp_path, server)
    assert "11 in the index" in problem and "--rebuild" in problem
    server.client.drop_collection(collection)
    (problem,) = verify(tmp_path, server)
    assert collection in problem and "--rebuild" in problem


def test_a_server_that_is_away_is_one_line_and_changes_nothing(both, tmp_path):
    _, milvus = both
    server = server_of(milvus.folder, uri=AWAY, timeout_s=0.5)
    with Store.open(milvus.folder, server=server) as store, pytest.raises(StoreError, match="does not answer") as away:
        store.search_words("科技", 3)
    assert AWAY in one_line(away) and "SHENGWEN_MILVUS__URI" in one_line(away)
    build(tmp_path, corpus())
    with pytest.raises(StoreError, match="does not answer"):
        build(tmp_path, random_corpus(1), server_of(tmp_path, uri=AWAY, timeout_s=0.5))
    assert verify(tmp_path) == []


@pytest.fixture
def guarded():
    """The address of a server that knows nobody's token."""
    import grpc

    class Refusing(grpc.ServerInterceptor):
        def intercept_service(self, continuation, details):
            def refuse(request, context):
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check api key is correct")

            return grpc.unary_unary_rpc_method_handler(refuse)

    server = grpc.server(futures.ThreadPoolExecutor(1), interceptors=(Refusing(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop(0)


def test_a_wrong_token_is_one_line_that_does_not_show_it(both, guarded):
    _, milvus = both
    server = server_of(milvus.folder, uri=guarded, token="root:secret", timeout_s=1)
    with (
        Store.open(milvus.folder, server=server) as store,
        pytest.raises(StoreError, match="refuses the token") as wrong,
    ):
        store.search_vectors(FakeModel().vector("a"), 3)
    assert "SHENGWEN_MILVUS__TOKEN" in one_line(wrong) and "secret" not in one_line(wrong)


def test_a_file_that_another_program_has_open_is_one_line(tmp_path):
    code = "import sys; from milvus_lite import MilvusLite; d = MilvusLite(sys.argv[1]); print(1, flush=True); input()"
    path = tmp_path / "milvus.db"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline()
        with pytest.raises(StoreError, match="another program has it open") as taken:
            build(tmp_path, corpus(), server_of(tmp_path))
        assert str(path) in one_line(taken)
        other.communicate("\n")
    build(tmp_path, corpus(), server_of(tmp_path))


def test_without_the_extra_the_setting_is_refused_in_one_line(tmp_path, monkeypatch):
    from assistant.store import milvus

    monkeypatch.setitem(sys.modules, "pymilvus", None)
    milvus._pymilvus.cache_clear()
    with pytest.raises(StoreError, match=r"pip install 'shengwen\[milvus\]'") as missing:
        open_server(Settings(index="milvus", store=tmp_path))
    one_line(missing)


def test_settings_name_the_server(monkeypatch):
    monkeypatch.setenv("SHENGWEN_INDEX", "milvus")
    monkeypatch.setenv("SHENGWEN_MILVUS__URI", "http://milvus:19530")
    monkeypatch.setenv("SHENGWEN_MILVUS__TOKEN", "root:secret")
    found = load_settings()
    assert (found.index, found.milvus.uri, found.milvus.token) == ("milvus", "http://milvus:19530", "root:secret")
    assert "secret" not in repr(found)
    monkeypatch.setenv("SHENGWEN_MILVUS__URI", "milvus.txt")
    with pytest.raises(Exception, match="ends in .db"):
        load_settings()


@pytest.fixture(scope="module")
def served(assistant, tmp_path_factory):
    """The shipped corpus with its index on Milvus; what the other store embedded is not embedded again."""
    from assistant.assistant import Assistant

    folder = tmp_path_factory.mktemp("served") / "store"
    folder.mkdir()
    embedded = assistant.settings.store_dir
    shutil.copyfile(embedded / "embeddings.sqlite", folder / "embeddings.sqlite")
    shutil.copytree(embedded / "tokens", folder / "tokens")
    opened = Assistant.open(settings=Settings(store=folder, index="milvus"))
    yield opened
    opened.close()


def test_sixty_questions_are_answered_alike(assistant, served):
    lines = (Path(__file__).parent.parent / "eval" / "excerpts-2022.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines[:: len(lines) // 60][:60]]
    differing = []
    for question in asked:
        one, other = (a.ask(question["question"], question.get("history") or ()).to_dict() for a in (assistant, served))
        if any(
            one[key] != other[key] for key in ("text", "short", "status", "reason", "citations", "table", "computed")
        ):
            differing.append(question["id"])
    assert len(asked) == 60
    assert differing == []


def test_documents_come_and_go_by_the_command_line(served, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SHENGWEN_INDEX", "milvus")
    run = run_with(capsys, served.settings.store_dir)
    (tmp_path / "浙江2023.txt").write_text("浙江省2023年政府工作报告\n建设瓯江实验室。", encoding="utf-8")
    held = served.documents()
    assert run("index", "add", tmp_path / "浙江2023.txt").status == 0
    assert [hit["doc_id"] for hit in run("search", "瓯江实验室", "-k", "1", "--json").json["hits"]] == ["浙江2023"]
    assert served.search("瓯江实验室", 1)[0].passage.span.doc_id == "浙江2023"  # who reads it notices by itself
    assert run("index", "remove", "浙江2023").status == 0
    assert served.documents() == held and served.verify() == []


def test_the_command_line_says_in_one_line_that_the_server_is_away(served, capsys, monkeypatch):
    monkeypatch.setenv("SHENGWEN_INDEX", "milvus")
    run = run_with(capsys, served.settings.store_dir)
    assert run("index", "verify").status == 0
    assert run("ask", "山东2022年高新技术企业目标是多少？", "--json").json["short"] == "2.3万家"
    monkeypatch.setenv("SHENGWEN_MILVUS__URI", AWAY)
    monkeypatch.setenv("SHENGWEN_MILVUS__TIMEOUT_S", "0.5")
    for command in (["ask", "山东2022年高新技术企业目标是多少？"], ["search", "揭榜挂帅"], ["index", "verify"]):
        ran = run(*command)
        assert ran.status == 1
        assert ran.err.count("\n") == 1 and "does not answer" in ran.err
    doctor = run("doctor", "--json")
    assert doctor.status == 1
    assert any("does not answer" in f["message"] for f in doctor.json["findings"])


def test_an_empty_vector_finds_nothing(both):
    import numpy as np

    _, milvus = both
    assert milvus.search_vectors(np.zeros(DIMENSION, np.float32), 3) == []
