"""Building on a Ray cluster: the same store as without, by workers that may die; and what fails, in one line."""

import dataclasses
import json
import os
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cli_running import run_alone

from assistant.building import shipped_corpus
from assistant.cluster import _room, connect
from assistant.corpus.read import read_sources
from assistant.errors import ClusterError
from assistant.settings import Settings
from assistant.store import Store, verify

slow = pytest.mark.slow
AWAY = "127.0.0.1:9"  # the port of "discard": nothing listens there


@pytest.fixture(scope="module")
def cluster(assistant):
    pytest.importorskip("ray", reason="the extra 'cluster' is not installed")
    with connect("local", assistant.settings, assistant._model) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(cluster):
    import ray

    return ray.get_runtime_context().gcs_address


def one_line(error):
    said = str(error.value)
    assert "\n" not in said and "Traceback" not in said
    return said


@slow
def test_the_store_is_the_same_as_without(assistant, address, tmp_path):
    ran = run_alone("index", "build", "--cluster", address, "--store", tmp_path, "--json")
    assert (ran.returncode, json.loads(ran.stdout)["counts"]["documents"]) == (0, 1), ran.stderr
    assert verify(tmp_path) == []
    with Store.open(assistant.settings.store_dir) as one, Store.open(tmp_path) as other:
        assert other.manifest.corpus == one.manifest.corpus
        assert (other.documents(), other.passages(), other.facts()) == (one.documents(), one.passages(), one.facts())
        for name in ("vectors.faiss", "words.txt", "owners.npy"):
            assert other.manifest.files[name] == one.manifest.files[name]
        for row in range(len(one.passages())):
            assert [part.tobytes() for part in other.tokens(row)] == [part.tobytes() for part in one.tokens(row)]


# Tasks are made inside functions: so they travel as they are, and no worker has to find this file.


def meeting():
    def meet(order, port):
        """Come back when the one who listens has seen all the others."""
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.recv(1)
        return os.getpid()

    return meet


@slow
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor makes one worker")
def test_two_workers_are_at_work_at_once(cluster):
    import ray

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as beside:
        server.settimeout(60)
        tasks = cluster.map(ray.remote(meeting()), [server.getsockname()[1]] * 2, at_once=2)
        found = beside.submit(list, tasks)
        both = [server.accept()[0] for _ in range(2)]
        for connection in both:
            connection.send(b"!")
            connection.close()
        assert len(set(found.result())) == 2


def dying(marker=None):
    def die(order, item):
        if marker is None or not marker.exists():
            if marker is not None:
                marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    return die


@slow
def test_what_a_worker_that_dies_leaves_another_does(cluster, tmp_path):
    import ray

    assert list(cluster.map(ray.remote(dying(tmp_path / "died")), [1, 2, 3], at_once=2)) == [1, 2, 3]
    assert (tmp_path / "died").exists()


@slow
def test_workers_that_die_over_and_over_are_one_line(cluster):
    import ray

    with pytest.raises(ClusterError, match="WorkerCrashedError.*goes on from there") as failed:
        list(cluster.map(ray.remote(max_retries=1)(dying()), [1, 2], at_once=2))
    one_line(failed)


@slow
@pytest.mark.parametrize("field, what", [("program", "program or lexicon"), ("fingerprint", "model")])
def test_a_worker_with_another_program_or_model_does_nothing(cluster, monkeypatch, field, what):
    monkeypatch.setattr(cluster, "_order", dataclasses.replace(cluster._order, **{field: "other"}))
    sources, _ = read_sources([shipped_corpus()])
    with pytest.raises(ClusterError, match=f"has another {what}.*on every machine") as refused:
        list(cluster.parse(sources))
    one_line(refused)


def test_an_address_where_nothing_answers_is_one_line():
    pytest.importorskip("ray", reason="the extra 'cluster' is not installed")
    for address in (AWAY, f"ray://{AWAY}", "nonsense", "127.0.0.1:999999"):
        with (
            pytest.raises(ClusterError, match="no Ray cluster answers.*ray start") as away,
            connect(address, Settings(), None),
        ):
            pass
        assert repr(address) in one_line(away)


def test_the_command_line_says_in_one_line_that_the_cluster_is_away(tmp_path):
    pytest.importorskip("ray", reason="the extra 'cluster' is not installed")
    ran = run_alone("index", "build", "--cluster", AWAY, "--store", tmp_path / "store", "--json")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "no Ray cluster answers" in ran.stderr and not (tmp_path / "store").exists()


def test_workers_are_as_many_as_there_is_room_for():
    room = {"CPU": 8.0, "memory": 5 * 2.0**30}
    assert _room(room, "a") == {"processors": 8, "embedding": 2, "accelerated": False}
    assert _room(room | {"GPU": 3.0}, "a") == {"processors": 8, "embedding": 3, "accelerated": True}
    for poor in ({}, {"CPU": 8.0, "memory": 2.0**30}, {"GPU": 1.0}):
        with pytest.raises(ClusterError, match="'a' has no worker with a processor and 2048 MB"):
            _room(poor, "a")


def test_without_the_extra_the_option_is_refused_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(ClusterError, match=r"pip install 'shengwen\[cluster\]'") as missing,
        connect("local", Settings(), None),
    ):
        pass
    one_line(missing)


def test_the_program_starts_without_ray_and_milvus():
    code = (
        "import sys, assistant.cluster, assistant.store.reader; print({'ray', 'pymilvus', 'grpc'} & set(sys.modules))"
    )
    import subprocess

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
