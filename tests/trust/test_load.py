"""Many ask at once while others change the corpus; a server that is full, left by its clients, or told to end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from serving import Scripted, answered, serving
from small import EXTRA, QUESTIONS, open_small

from assistant.http.slots import PARALLEL
from assistant.settings import Settings

HERE = Path(__file__).parent
ENV = os.environ | {
    "PYTHONPATH": os.pathsep.join(map(str, (HERE.parent.parent, HERE.parent, HERE))),
    "PYTHONUTF8": "1",
}


def said(told):
    return json.dumps({k: v for k, v in told.items() if k not in ("timings_ms", "index_generation")}, sort_keys=True)


@pytest.fixture
def store(tmp_path):
    opened = open_small(tmp_path / "store")
    opened.close()
    (tmp_path / "广东2022.txt").write_text(EXTRA, encoding="utf-8")
    return tmp_path / "store"


def in_both(a, extra):
    """What each question is answered with, without the further document and with it."""
    without = [said(a.ask(q).to_dict()) for q in QUESTIONS]
    a.add([extra])
    within = [said(a.ask(q).to_dict()) for q in QUESTIONS]
    a.remove(extra.stem)
    assert without != within
    return list(zip(without, within, strict=True))


def test_threads_ask_while_another_changes_the_corpus(store, tally):
    a, changing = open_small(store), open_small(store)
    extra = store.parent / "广东2022.txt"
    known = in_both(a, extra)
    ended = threading.Event()

    def ask(n):
        asked = 0
        while not ended.is_set() or asked < 5:
            at = (n + asked) % len(QUESTIONS)
            answer = a.ask(QUESTIONS[at])
            for c in answer.citations:
                assert c.quote in a.document(c.span.doc_id).text if c.span.doc_id != extra.stem else True
            assert said(answer.to_dict()) in known[at]
            asked += 1
        return asked

    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(ask, n) for n in range(6)]
        try:
            for _ in range(4):
                changing.add([extra])
                changing.remove(extra.stem)
        finally:
            ended.set()
        tally["answers while the corpus changed"] += sum(one.result() for one in asking)


ASKER = """
import json, sys
from pathlib import Path
from small import QUESTIONS, open_small
a = open_small(Path(sys.argv[1]))
print("ready", flush=True)
for line in sys.stdin:
    at = int(line)
    told = a.ask(QUESTIONS[at]).to_dict()
    print(json.dumps([at, told]), flush=True)
"""


def test_another_process_asks_while_this_one_changes_the_corpus(store, tally):
    a = open_small(store)
    extra = store.parent / "广东2022.txt"
    known = in_both(a, extra)
    generations = set()
    with subprocess.Popen(
        [sys.executable, "-c", ASKER, str(store)], env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "ready\n"
        for n in range(10):
            other.stdin.write(f"{n % len(QUESTIONS)}\n" * 3)  # it answers these while the corpus changes
            other.stdin.flush()
            a.add([extra]) if n % 2 == 0 else a.remove(extra.stem)
            for _ in range(3):
                at, told = json.loads(other.stdout.readline())
                assert said(told) in known[at]
                generations.add(told["index_generation"])
                tally["answers while the corpus changed"] += 1
        other.stdin.close()
    assert other.returncode == 0 and len(generations) > 3


@contextmanager
def served(store, **options):
    given = [f"{key}={json.dumps(value)}" for key, value in options.items()]
    run = [sys.executable, str(HERE / "serve_child.py"), str(store), *given]
    with subprocess.Popen(run, env=ENV, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def resident(pid):
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def crowd(url, users, enough):
    """So many users ask one question after the other until ``enough(asked)``; their times, and what was not answered."""
    took, wrong = [], []

    async def user(client, n):
        while not enough(len(took)):
            began = time.perf_counter()
            sent = {"question": QUESTIONS[(n + len(took)) % len(QUESTIONS)]}
            got = await client.post(f"{url}/api/ask", json=sent)
            took.append(time.perf_counter() - began)
            if got.status_code != 200 or not got.json()["text"]:
                wrong.append(got.text[:200])

    limits = httpx.Limits(max_connections=users)
    async with httpx.AsyncClient(timeout=120, limits=limits, trust_env=False) as client:
        await asyncio.gather(*(user(client, n) for n in range(users)))
    return took, wrong


def load(store, tally, *, users, asks):
    """So many users ask so many questions in all; the bytes of memory that each of the later half adds."""
    sizes = []
    with served(store, questions_per_minute=0) as (process, url):

        def enough(asked):
            sizes.append(resident(process.pid))
            return asked >= asks

        took, wrong = asyncio.run(crowd(url, users, enough))
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert wrong == [] and len(took) >= asks
    half = np.array(sizes[len(sizes) // 2 :], float)
    slope = float(np.polyfit(np.arange(len(half)), half, 1)[0])
    tally["users served"] += users
    tally["questions of users"] += len(took)
    tally["milliseconds that 95 % were under"] = int(1000 * np.percentile(took, 95))
    tally["bytes grown with each question"] = int(slope)
    return slope


def test_users_ask_a_real_server(store, tally):
    assert load(store, tally, users=12, asks=300) < 20_000


@pytest.mark.slow
def test_fifty_users_ask_thousands_of_questions(store, tally):
    assert load(store, tally, users=50, asks=5_000) < 2_000


class Held(Scripted):
    """A facade that answers once it is let go."""

    def __init__(self, **options):
        super().__init__(**options)
        self.release = threading.Event()

    def ask(self, question, history=(), **filters):
        self.asked.append((question, ()))
        self.release.wait(60)
        return answered(question)


def under_way(client):
    return int(float(re.search(r"(?m)^shengwen_requests_under_way (\S+)", client.send("GET", "/metrics")[1])[1])) - 1


def test_a_full_server_says_so_and_does_not_work_for_who_has_gone():
    facade = Held(settings=Settings(max_waiting=2))
    with serving(facade) as client, ThreadPoolExecutor(PARALLEL + 2) as pool:
        asking = [pool.submit(client.post, "/api/ask", {"question": "x"}) for _ in range(PARALLEL)]
        client.until(lambda: len(facade.asked) == PARALLEL)
        waiting = pool.submit(client.post, "/api/ask", {"question": "waits"})
        client.until(lambda: under_way(client) == PARALLEL + 1)
        body = b'{"question": "left"}'
        with socket.create_connection(("127.0.0.1", client.port)) as leaving:
            head = f"POST /api/ask HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
            leaving.sendall(head.encode() + b"\r\n\r\n" + body)
            client.until(lambda: under_way(client) == PARALLEL + 2)
            status, got, headers = client.post("/api/ask", {"question": "too many"})
            assert (status, got["error"]["type"]) == (503, "overloaded") and int(headers["retry-after"]) > 0
            assert client.send("GET", "/healthz")[0] == 200  # whoever watches is answered
        client.until(lambda: under_way(client) == PARALLEL + 1)
        facade.release.set()
        assert {one.result()[0] for one in (*asking, waiting)} == {200}
    assert "left" not in [question for question, _ in facade.asked]
    assert "waits" in [question for question, _ in facade.asked]


def test_a_server_told_to_end_answers_what_it_was_asked(store):
    with served(store, slow=4) as (process, url), ThreadPoolExecutor(1) as pool:
        asking = pool.submit(httpx.post, f"{url}/api/ask", json={"question": QUESTIONS[0]}, timeout=60)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)  # longer than the 3 s that open pages are waited for
        assert asking.result().status_code == 200 and asking.result().json()["status"] == "answered"
        assert process.wait(60) in (0, -signal.SIGTERM)


def test_a_server_changes_over_after_a_rebuild_without_a_gap(store):
    a = open_small(store)
    with served(store, questions_per_minute=0) as (_, url), httpx.Client(timeout=60, trust_env=False) as client:
        generations = []
        for change in (a.rebuild, lambda: a.add([store.parent / "广东2022.txt"])):
            with ThreadPoolExecutor(1) as pool:
                changing = pool.submit(change)
                while not changing.done():
                    got = client.post(f"{url}/api/ask", json={"question": QUESTIONS[0]})
                    assert got.status_code == 200
                changing.result()
            generations.append(
                client.post(f"{url}/api/ask", json={"question": QUESTIONS[0]}).json()["index_generation"]
            )
            assert client.get(f"{url}/readyz").json() == {"status": "ready"}
    assert generations == [2, 3]
    a.close()
