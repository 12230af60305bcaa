"""Who has gone is not worked for: a question stops at its next step, whoever asked it and however they left."""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import closing

import pytest
from serving import Scripted, answered, serving
from small import QUESTIONS, open_small

from assistant.leaving import Left, asked_by, go_on
from assistant.survey import Survey, Wanted, fact_row

STEPS = 3_000
"""Of a hundredth of a second each: who is still asking after half a minute has not been noticed to have gone."""


class Endless(Scripted):
    """A facade that works in many small steps until whoever asked has gone; what has 短 in it is short work."""

    def __init__(self):
        super().__init__()
        self.working, self.stopped, self.at_work = threading.Semaphore(0), threading.Semaphore(0), 0

    def ask(self, question, history=(), **filters):
        self._work(question)
        return answered(question)

    def terms(self, terms):
        self._work("".join(terms))
        return {term: [] for term in terms}

    def _work(self, text):
        if "短" in text:
            return
        self.at_work += 1
        self.working.release()
        try:
            for _ in range(STEPS):
                go_on()
                threading.Event().wait(0.01)
        except Left:
            self.stopped.release()
            raise
        finally:
            self.at_work -= 1


@pytest.fixture(scope="module")
def endless():
    return Endless()


@pytest.fixture(scope="module")
def client(endless):
    with serving(endless) as client:
        yield client


def sent(client, method, path, body=None, accept="*/*"):
    """A connection on which a request was sent, and nothing read."""
    opened = socket.create_connection(("127.0.0.1", client.port), timeout=60)
    data = json.dumps(body).encode() if body is not None else b""
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {len(data)}"
        f"\r\naccept: {accept}"
    )
    opened.sendall(head.encode() + b"\r\n\r\n" + data)
    return opened


def metric(client, name):
    found = re.search(rf"(?m)^{re.escape(name)} (\S+)", client.send("GET", "/metrics")[1])
    return float(found[1]) if found else 0.0


BODIES = {
    "/api/ask": {"question": "长"},
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "长"}], "stream": True},
    "/api/export": {"question": "长", "format": "md"},
}


@pytest.mark.parametrize("path", BODIES)
def test_work_stops_when_its_client_leaves(client, endless, path, tally):
    left = f'shengwen_requests_total{{kind="{"/v1" if path.startswith("/v1") else path}",status="0"}}'
    before = metric(client, left)
    with sent(client, "POST", path, BODIES[path]):
        assert endless.working.acquire(timeout=60)
        assert metric(client, "shengwen_requests_under_way") == 2  # it, and the question how many there are
    assert endless.stopped.acquire(timeout=60)
    client.until(lambda: metric(client, "shengwen_requests_under_way") == 1)
    assert metric(client, left) == before + 1 and endless.at_work == 0
    tally["questions stopped when their client left"] += 1


def test_the_slots_of_who_has_left_are_free_again(endless, tally):
    """Twice as many as are answered at once come and go; each had its turn, and the next is answered."""
    with serving(endless) as client:
        for _ in range(2):
            asking = [sent(client, "POST", "/api/ask", {"question": "长"}) for _ in range(16)]
            for _ in asking:
                assert endless.working.acquire(timeout=60)
            for one in asking:
                one.close()
            for _ in asking:
                assert endless.stopped.acquire(timeout=60)
                tally["questions stopped when their client left"] += 1
        assert client.post("/api/ask", {"question": "短"})[0] == 200


def tool_call(text):
    call = {"name": "ask", "arguments": {"question": text}}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}


def test_an_mcp_tool_stops_when_its_client_leaves(endless, tally):
    pytest.importorskip("mcp", reason="the MCP extra is not installed (pip install -e '.[mcp]')")
    path, accept = "/gradio_api/mcp/", "application/json, text/event-stream"
    with serving(endless, mcp=True) as client:
        with sent(client, "POST", path, tool_call("长"), accept):
            assert endless.working.acquire(timeout=60)
            assert metric(client, "shengwen_requests_under_way") == 2
        assert endless.stopped.acquire(timeout=60)
        client.until(lambda: metric(client, "shengwen_requests_under_way") == 1)
        assert endless.at_work == 0
        assert "answered" in client.post(path, tool_call("短"), accept=accept)[1]
        tally["questions stopped when their client left"] += 1


def table_call(client, text):
    """What the exploring tab sends to have a term counted."""
    config = client.send("GET", "/config")[1]
    view = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "sw-view-explore")
    return {"session_hash": "reader", "component_id": view, "fn_name": "terms", "data": {"text": text}}


def test_a_table_of_the_page_stops_when_its_reader_leaves(client, endless, tally):
    path = "/gradio_api/component_server"
    with sent(client, "POST", path, table_call(client, "长")):
        assert endless.working.acquire(timeout=60)
    assert endless.stopped.acquire(timeout=60)
    client.until(lambda: metric(client, "shengwen_requests_under_way") == 1)
    assert endless.at_work == 0
    assert "短" in client.post(path, table_call(client, "短"))[1]["html"]
    tally["questions stopped when their client left"] += 1


def listened_to(client, endless, path):
    """A stream of events of which the server knows that somebody listens, with the question being worked on."""
    listening = sent(client, "GET", path)
    assert endless.working.acquire(timeout=60) and listening.recv(12) == b"HTTP/1.1 200"
    return listening


def test_a_question_of_gradios_endpoint_stops_when_its_client_leaves(client, endless):
    taken = client.post("/gradio_api/call/ask", {"data": ["长", None, None, None, None]})[1]
    listened_to(client, endless, f"/gradio_api/call/ask/{taken['event_id']}").close()
    assert endless.stopped.acquire(timeout=60)
    client.until(lambda: endless.at_work == 0)


def joined(client, session, target, event, data):
    """The path of the stream that tells what comes of an event of the page, which begins here; and its listener."""
    config = client.send("GET", "/config")[1]
    listener = next(d for d in config["dependencies"] if [target(config), event] in d["targets"])
    body = {"session_hash": session, "fn_index": listener["id"], "data": data or [None] * len(listener["inputs"])}
    assert client.post("/gradio_api/queue/join", body)[0] == 200
    return f"/gradio_api/queue/data?session_hash={session}", listener


def box(config):
    return next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "sw-box")


@pytest.mark.parametrize("how", ["the page is closed", "the button is pressed"])
def test_a_question_of_the_page_stops_when_its_reader_does(client, endless, how):
    session = f"reader-{len(how)}"
    stream, submit = joined(client, session, box, "submit", ["长"])
    assert "process_completed" in client.send("GET", stream)[1]
    stream, respond = joined(client, session, lambda _: submit["outputs"][0], "change", [])
    with listened_to(client, endless, stream):
        if how == "the button is pressed":
            pressed = {"session_hash": session, "fn_index": respond["id"], "event_id": "x"}
            assert client.post("/gradio_api/cancel", pressed)[0] == 200
            assert endless.stopped.acquire(timeout=60)
    if how == "the page is closed":
        assert endless.stopped.acquire(timeout=60)
    client.until(lambda: endless.at_work == 0)


def left_at_each_step(work, *, least, tally):
    """Do the work once, then again with its asker gone at each step in turn: it stops there, and is never half done."""
    looked = 0

    def never():
        nonlocal looked
        looked += 1
        return False

    with asked_by(never):
        whole = work()
    assert looked >= least
    for step in range(looked):
        left = iter([*[False] * step, *[True] * looked])
        with asked_by(lambda left=left: next(left)), pytest.raises(Left):
            work()
        tally["questions stopped when their client left"] += 1
    return whole


TABLES = {
    "terms": lambda a: Survey(a).count_terms(["企业", "数字"]),
    "figures": lambda a: [fact_row(f, a) for f in Survey(a).figures.choose(Wanted(measure="高新技术企业"))],
    "locate": lambda a: a.locate("高新技术企业达到1万家"),
}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_stops_at_whatever_step_its_reader_leaves(tmp_path, table, tally):
    with closing(open_small(tmp_path / "store")) as a:
        whole = TABLES[table](a)
        assert left_at_each_step(lambda: TABLES[table](a), least=3, tally=tally) == whole
        assert TABLES[table](a) == whole


def test_a_question_stops_at_whatever_step_its_asker_leaves(tmp_path, tally):
    """At each step in turn; what is asked afterwards is answered as if nobody had ever left."""
    with closing(open_small(tmp_path / "store")) as a:
        for question in QUESTIONS:
            whole = a.ask(question)
            told = left_at_each_step(lambda question=question: a.ask(question), least=4, tally=tally)
            assert told.text == whole.text
            again = a.ask(question)
            assert (again.text, again.citations, again.hits) == (whole.text, whole.citations, whole.hits)


def test_whoever_asks_without_a_server_is_never_gone():
    go_on()
    with asked_by(lambda: True), pytest.raises(Left):
        go_on()
    go_on()
