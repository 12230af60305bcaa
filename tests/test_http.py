# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""The HTTP API and Gradio's named endpoints, against a real server on a free port."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from serving import Client, Scripted, answered, api, assistant, serving

from assistant.assistant import Assistant
from assistant.errors import ModelUnavailable, QuestionError, SettingsError
from assistant.http import build_app, serve

TARGET = "山东2022年高新技术企业要达到多少家？"
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def scripted() -> tuple[Client, Scripted]:
    facade = Scripted()
    with serving(facade) as client:
        yield client, facade


def user(*questions: str) -> dict:
    return {"model": "shengwen", "messages": [{"role": "user", "content": q} for q in questions]}


def test_ask_gives_the_answer_of_the_facade(api: Client, assistant: Assistant):
    status, got, headers = api.post("/api/ask", {"question": TARGET})
    assert status == 200
    assert headers["content-type"].startswith("application/json")
    wanted = assistant.ask(TARGET).to_dict()
    assert {k: v for k, v in got.items() if k != "timings_ms"} == {k: v for k, v in wanted.items() if k != "timings_ms"}
    assert got["status"] == "answered"
    assert got["short"] == "2.3万家"


def test_every_citation_can_be_checked_over_http(api: Client):
    _, got, _ = api.post("/api/ask", {"question": TARGET})
    assert got["citations"]
    for c in got["citations"]:
        status, text, headers = api.send("GET", f"/api/documents/{c['doc_id']}")
        assert status == 200
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert text[c["start"] : c["end"]] == c["quote"]


def test_ask_takes_the_arguments_of_python(api: Client):
    body = {"question": "那山东呢？", "history": ["福建全社会研发投入打算增长多少？"]}
    _, followed, _ = api.post("/api/ask", body)
    assert followed["short"] == "10%"
    narrowed = {"question": "全社会研发投入打算增长多少？", "provinces": ["闽"], "years": [2022], "periods": ["plan"]}
    _, got, _ = api.post("/api/ask", narrowed)
    assert got["provinces"] == ["福建"]


def test_search_filters_in_any_form_of_a_name(api: Client):
    status, got, _ = api.post("/api/search", {"query": "知识产权", "k": 5, "provinces": ["Fujian"]})
    assert status == 200
    assert got["query"] == "知识产权"
    assert 0 < len(got["hits"]) <= 5
    assert {hit["province"] for hit in got["hits"]} == {"福建"}


def test_locate_finds_the_place(api: Client, assistant: Assistant):
    status, got, _ = api.post("/api/locate", {"text": "高新技术企业达到2.3万家"})
    assert (status, got["status"]) == (200, "exact")
    place = got["matches"][0]
    assert assistant.document(place["doc_id"]).text[place["start"] : place["end"]] == "高新技术企业达到2.3万家"


def test_documents_are_listed_without_their_texts(api: Client, assistant: Assistant):
    status, got, _ = api.send("GET", "/api/documents")
    assert status == 200
    assert [(d["id"], d["characters"]) for d in got["documents"]] == [
        (d.id, len(d.text)) for d in assistant.documents()
    ]
    assert all("text" not in d for d in got["documents"])


def test_healthz_tells_the_generation(api: Client, assistant: Assistant):
    assert api.send("GET", "/healthz")[:2] == (200, {"status": "ok", "generation": assistant.info()["generation"]})


BAD_BODIES = {
    "half an object": b"{",
    "nothing": b"",
    "an empty object": b"{}",
    "a list": b"[]",
    "null": b"null",
    "a number of the wrong kind": b'{"question": 5}',
    "no question": b'{"question": ""}',
    "blanks": b'{"question": " \\n\\u3000"}',
    "a hundred thousand characters": json.dumps({"question": "x" * 100_000}).encode(),
    "an argument of another endpoint": '{"question": "山东", "k": -1}'.encode(),
    "an unknown province": '{"question": "山东", "provinces": ["Atlantis"]}'.encode(),
    "a string for a list": '{"question": "山东", "provinces": "山东"}'.encode(),
    "an unknown period": '{"question": "山东", "periods": ["someday"]}'.encode(),
    "a year as text": '{"question": "山东", "years": ["2022"]}'.encode(),
    "a truth value for a year": '{"question": "山东", "years": [true]}'.encode(),
    "a year beyond every calendar": b'{"question": "x", "years": [%s]}' % (b"9" * 400),
    "thousands of digits": b'{"question": "x", "years": [%s]}' % (b"9" * 5000),
    "not a number": b'{"question": NaN}',
    "infinity": b'{"question": "x", "years": [-Infinity]}',
    "a NUL": b'{"question": "a\\u0000b"}',
    "half a surrogate pair": b'{"question": "\\ud800"}',
    "half a surrogate pair as a key": b'{"question": "x", "\\udfff": 1}',
    "bytes that are not UTF-8": b'{"question": "\xff"}',
    "deep brackets": b"[" * 400_000,
    "a deep value": b'{"question": ' + b"[" * 600 + b"]" * 600 + b"}",
    "a question in a list": '{"question": ["山东"]}'.encode(),
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_bad_bodies_get_400_and_one_line(api: Client, body: bytes):
    status, got, _ = api.send("POST", "/api/ask", body)
    assert status == 400
    assert set(got) == {"error"}
    assert set(got["error"]) == {"message", "type"}
    assert got["error"]["message"].strip()
    assert "\n" not in got["error"]["message"]
    assert got["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("k", [0, -1, 10**400, 1.5, True, "5", None])
def test_a_wrong_k_is_refused(api: Client, k: object):
    status, got, _ = api.post("/api/search", {"query": "山东", "k": k})
    assert status == 400
    assert "k" in got["error"]["message"]


def test_an_unknown_key_is_named_with_the_nearest(api: Client):
    status, got, _ = api.post("/api/ask", {"quesiton": "山东", "question": "山东"})
    assert status == 400
    assert "'quesiton'" in got["error"]["message"]
    assert "nearest known one is 'question'" in got["error"]["message"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types_get_415(api: Client, content_type: str):
    status, got, _ = api.send("POST", "/api/ask", b'{"question": "x"}', content_type=content_type)
    assert (status, got["error"]["type"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("size", [1_000_001, 5_000_000])
def test_a_huge_body_gets_413(api: Client, size: int):
    status, got, _ = api.send("POST", "/api/ask", b" " * size)
    assert (status, got["error"]["type"]) == (413, "request_too_large")
    assert api.send("POST", "/gradio_api/queue/join", b" " * size)[0] == 413


def test_a_huge_body_without_a_length_gets_413(api: Client):
    with socket.create_connection(("127.0.0.1", api.port), timeout=60) as s:
        s.sendall(
            b"POST /api/ask HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        for _ in range(12):
            s.sendall(b"186a0\r\n" + b" " * 100_000 + b"\r\n")
        s.sendall(b"0\r\n\r\n")
        assert s.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("path", ["/api/nothing", "/api", "/api/ask/", "/v1/nothing", "/nothing", "/docs", "/redoc"])
def test_unknown_paths_get_404(api: Client, path: str):
    for method in ("GET", "POST"):
        status, got, _ = api.send(method, path, b"{}" if method == "POST" else None)
        assert (status, got["error"]["type"]) == (404, "not_found_error")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/ask", "POST"),
        ("POST", "/healthz", "GET"),
        ("DELETE", "/api/documents", "GET"),
        ("PUT", CHAT, "POST"),
    ],
)
def test_wrong_methods_get_405_and_hear_which_is_right(api: Client, method: str, path: str, allowed: str):
    status, got, headers = api.send(method, path)
    assert (status, got["error"]["type"], headers["allow"]) == (405, "method_not_allowed", allowed)


def test_an_unknown_document_gets_404(api: Client):
    status, got, _ = api.send("GET", "/api/documents/no/such")
    assert status == 404
    assert "'no/such'" in got["error"]["message"]


GRADIO_NONSENSE = [
    ("/gradio_api/call/nothing", b'{"data": []}', 404),
    ("/gradio_api/call/v2/nothing", b"{}", 404),
    ("/gradio_api/call/v2/ask", b'{"x": 1}', 400),
    ("/gradio_api/queue/join", b'{"data": [], "fn_index": 999, "session_hash": "a"}', 404),
    ("/gradio_api/call/ask", b"{", 422),
    ("/gradio_api/run/ask", b'{"data": ["x"]}', 404),
]


@pytest.mark.parametrize(("path", "body", "wanted"), GRADIO_NONSENSE)
def test_gradio_refuses_nonsense_without_500(api: Client, path: str, body: bytes, wanted: int):
    assert api.send("POST", path, body)[0] == wanted


def test_completion_carries_text_references_and_the_answer(api: Client):
    status, got, _ = api.post(CHAT, user(TARGET) | {"temperature": 0.2, "stream": False})
    assert (status, got["object"], got["model"]) == (200, "chat.completion", "shengwen")
    (choice,) = got["choices"]
    assert choice["finish_reason"] == "stop"
    message = choice["message"]
    assert message["role"] == "assistant"
    assert "2.3万" in message["content"]
    citation = message["shengwen"]["citations"][0]
    assert f"[{citation['n']}] 山东 · 2022年目标" in message["content"]
    assert citation["quote"] in message["content"]
    place = message["annotations"][0]["url_citation"]
    assert message["content"][place["start_index"] : place["end_index"]] == "[1]"
    path, _, fragment = place["url"].removeprefix(api.url).partition("#char=")
    start, end = map(int, fragment.split(","))
    assert api.send("GET", path)[1][start:end] == citation["quote"]


def test_stream_says_the_same_as_the_whole(api: Client):
    body = user(TARGET) | {"stream": True, "stream_options": {"include_usage": True}}
    status, raw, headers = api.post(CHAT, body)
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    events = raw.strip().split("\n\n")
    assert events[-1] == "data: [DONE]"
    chunks = [json.loads(e.removeprefix("data: ")) for e in events[:-1]]
    assert len({c["id"] for c in chunks}) == 1
    assert {c["object"] for c in chunks} == {"chat.completion.chunk"}
    *said, last, usage = chunks
    assert said[0]["choices"][0]["delta"]["role"] == "assistant"
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["choices"][0]["delta"]["shengwen"]["citations"]
    assert usage["choices"] == []
    assert usage["usage"]["total_tokens"] > 0
    whole = api.post(CHAT, user(TARGET))[1]["choices"][0]["message"]["content"]
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in said) == whole


def test_the_last_user_message_is_asked_with_those_before_it(scripted: tuple[Client, Scripted]):
    client, facade = scripted
    messages = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "福建呢？"},
        {"role": "assistant", "content": "…"},
        {"role": "user", "content": [{"type": "text", "text": "那山东"}, {"type": "text", "text": "呢？"}]},
    ]
    assert client.post(CHAT, {"messages": messages})[0] == 200
    assert facade.asked[-1] == ("那山东\n呢？", ("福建呢？",))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": []},
        {"messages": "hello"},
        {"messages": [{"role": "assistant", "content": "x"}]},
        {"messages": [{"role": "king", "content": "x"}]},
        {"messages": [{"role": "user", "content": 5}]},
        user("山东") | {"stream": "yes"},
        user("山东") | {"n": 2},
        user(""),
    ],
)
def test_bad_chats_get_400(api: Client, body: dict):
    status, got, _ = api.post(CHAT, body)
    assert (status, got["error"]["type"]) == (400, "invalid_request_error")


def test_models_lists_the_one_there_is(api: Client):
    _, got, _ = api.send("GET", "/v1/models")
    assert [m["id"] for m in got["data"]] == ["shengwen"]


def test_the_openai_library_understands_us(api: Client):
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(base_url=f"{api.url}/v1", api_key="none", max_retries=0)
    with client:
        whole = client.chat.completions.create(**user(TARGET))
        assert "2.3万" in whole.choices[0].message.content
        assert whole.choices[0].message.annotations[0].type == "url_citation"
        parts = [c.choices[0].delta.content or "" for c in client.chat.completions.create(**user(TARGET), stream=True)]
        assert "".join(parts) == whole.choices[0].message.content
        with pytest.raises(openai.BadRequestError, match="empty"):
            client.chat.completions.create(**user(""))


def test_gradio_client_asks_and_searches(api: Client):
    gradio_client = pytest.importorskip("gradio_client")
    client = gradio_client.Client(api.url, verbose=False)
    try:
        answer = client.predict(TARGET, api_name="/ask")
        assert (answer["status"], answer["short"]) == ("answered", "2.3万家")
        found = client.predict("知识产权", 3, ["福建省"], api_name="/search")
        assert {hit["province"] for hit in found["hits"]} == {"福建"}
        with pytest.raises(gradio_client.exceptions.AppError, match="empty"):
            client.predict("", api_name="/ask")
    finally:
        client.close()


def test_only_the_documented_endpoints_are_named(api: Client):
    _, info, _ = api.send("GET", "/gradio_api/info")
    assert set(info["named_endpoints"]) == {"/ask", "/search", "/locate", "/list_documents"}
    assert info["unnamed_endpoints"] == {}


def test_the_page_names_no_other_site(api: Client):
    status, page, _ = api.send("GET", "/")
    assert status == 200
    assert {urlsplit(url).netloc for url in re.findall(r"""(?:https?:)?//[^\s\\"'<>)]+""", page)} == {
        f"127.0.0.1:{api.port}"
    }
    assert '<meta property="og:title" content="省问">' in page
    theme = api.send("GET", "/theme.css")[1].replace("http://www.w3.org/2000/svg", "")  # a name of XML, not an address
    assert "://" not in theme


def test_many_ask_at_once_and_each_gets_their_own(api: Client):
    questions = [TARGET, "天津2021年技术合同成交额是多少", "福建全社会研发投入打算增长多少？"] * 4
    with ThreadPoolExecutor(12) as pool:
        got = list(pool.map(lambda q: api.post("/api/ask", {"question": q})[1], questions))
    assert [g["question"] for g in got] == questions
    assert len({g["text"] for g in got}) == 3


def test_a_slow_answer_holds_nobody_up():
    release = threading.Event()

    class Slow(Scripted):
        def ask(self, question: str, history: object = (), **filters: object):
            release.wait(30)
            return answered(question)

    with serving(Slow()) as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.post, "/api/ask", {"question": "x"})
        assert client.send("GET", "/healthz")[0] == 200
        assert not slow.done()
        release.set()
        assert slow.result()[0] == 200


def test_what_the_asker_cannot_mend_gets_503_and_the_reason():
    with serving(Scripted(says=ModelUnavailable("the model is gone: install it"))) as client:
        status, got, _ = client.post("/api/ask", {"question": "x"})
    assert (status, got["error"]) == (503, {"message": "the model is gone: install it", "type": "service_unavailable"})


def test_an_unexpected_error_tells_nothing_of_the_inside():
    with serving(Scripted(says=ZeroDivisionError("secret path"))) as client:
        status, got, _ = client.post("/api/ask", {"question": "x"})
    assert (status, got["error"]["type"]) == (500, "server_error")
    assert "secret" not in json.dumps(got)


def test_a_message_of_several_lines_becomes_one():
    with serving(Scripted(says=QuestionError("first\n  second"))) as client:
        assert client.post("/api/ask", {"question": "x"})[1]["error"]["message"] == "first second"


def test_auth_guards_the_api_and_the_page():
    basic = "Basic " + base64.b64encode("用户:p:w".encode()).decode()
    with serving(Scripted(), auth=(("用户", "p:w"), ("b", "c"))) as client:
        assert client.send("GET", "/healthz")[0] == 200
        status, got, headers = client.post("/api/ask", {"question": "x"})
        assert (status, got["error"]["type"]) == (401, "authentication_error")
        assert headers["www-authenticate"].startswith("Basic")
        for wrong in ("Basic !!!", "Basic " + base64.b64encode(b"b:wrong").decode(), "Bearer b", "nothing"):
            assert client.post("/api/ask", {"question": "x"}, authorization=wrong)[0] == 401
        assert client.post("/api/ask", {"question": "x"}, authorization=basic)[0] == 200
        assert client.post(CHAT, user("x"), authorization="Bearer b:c")[0] == 200
        for path in ("/api/documents", "/api/documents/x", "/v1/models"):
            assert client.send("GET", path)[0] == 401
        assert client.send("GET", "/config")[0] == 401
        assert client.send("POST", "/gradio_api/call/ask", b'{"data": ["x"]}')[0] == 401


def test_mcp_without_its_package_says_what_to_install():
    with (
        patch("assistant.http.mcp.find_spec", return_value=None),
        pytest.raises(SettingsError, match=r"shengwen\[mcp\]"),
    ):
        build_app(Scripted(), mcp=True)


def test_mcp_tools_give_json(assistant: Assistant):
    pytest.importorskip("mcp", reason="the MCP extra is not installed (pip install -e '.[mcp]')")
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def call(url: str) -> tuple[set[str], dict, bool]:
        async with streamablehttp_client(f"{url}/gradio_api/mcp/") as (read, write, _):
            async with ClientSession(read, write) as session:
                await session.initialize()
                names = {tool.name for tool in (await session.list_tools()).tools}
                answer = await session.call_tool("ask", {"question": TARGET})
                refused = await session.call_tool("ask", {"question": ""})
                return names, json.loads(answer.content[0].text), refused.isError

    with serving(assistant, mcp=True) as client:
        names, answer, refused = asyncio.run(call(client.url))
    assert names == {"ask", "search", "locate", "list_documents"}
    assert answer["short"] == "2.3万家"
    assert refused


def test_a_taken_port_is_a_known_failure():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SettingsError, match="--port"):
        serve(Scripted(), "127.0.0.1", taken.getsockname()[1])


def test_openapi_describes_the_bodies(api: Client):
    _, got, _ = api.send("GET", "/openapi.json")
    body = got["paths"]["/api/ask"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"question", "history", "provinces", "years", "periods"}
    assert body["required"] == ["question"]
