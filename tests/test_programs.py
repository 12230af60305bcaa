"""Other programs against a real ``shengwen serve --mcp`` in a process of its own: an MCP client, Gradio's, OpenAI's."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

QUESTION = "山东2022年高新技术企业要达到多少家？"
TOOLS = {"ask", "search", "locate", "list_documents"}
MESSAGES = {"model": "shengwen", "messages": [{"role": "user", "content": QUESTION}]}


@pytest.fixture(scope="module")
def url(assistant) -> Iterator[str]:
    """The address that the command announces."""
    command = [sys.executable, "-m", "assistant.cli", "serve", "--mcp", "--port", "0"]
    command += ["--store", str(assistant.settings.store_dir)]
    env = {**os.environ, "LC_ALL": "C", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, encoding="utf-8") as server:
        told: list[str] = []
        try:
            for line in server.stderr:
                told.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    break
            else:
                pytest.fail(f"the server ended: {''.join(told)}")
            rest = threading.Thread(target=server.stderr.read, daemon=True)  # a full pipe would stop it
            rest.start()
            yield found[0]
        finally:
            server.terminate()


def in_session(url: str, use: Callable[[ClientSession], Any]) -> Any:
    async def run() -> Any:
        async with streamablehttp_client(f"{url}/gradio_api/mcp/") as (read, write, _):
            async with ClientSession(read, write) as session:
                await session.initialize()
                return await use(session)

    return asyncio.run(run())


def called(url: str, tool: str, **arguments: Any) -> Any:
    """The JSON that a tool gives to an MCP client."""
    result = in_session(url, lambda session: session.call_tool(tool, arguments))
    assert not result.isError, result.content
    (content,) = result.content
    return json.loads(content.text)


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "timings_ms"}


def test_an_mcp_client_finds_the_tools_with_their_arguments(url):
    tools = {tool.name: tool for tool in in_session(url, lambda session: session.list_tools()).tools}
    assert set(tools) == TOOLS
    schema = tools["ask"].inputSchema
    assert set(schema["properties"]) == {"question", "history", "provinces", "years", "periods"}
    assert "question" in schema.get("required", [])
    assert "verified quote" in tools["ask"].description
    assert "earlier questions" in schema["properties"]["history"]["description"].lower()


def test_an_mcp_client_asks_and_gets_the_answer_with_its_quotes(url, assistant):
    answer = called(url, "ask", question=QUESTION)
    assert timeless(answer) == timeless(json.loads(json.dumps(assistant.ask(QUESTION).to_dict())))
    for c in answer["citations"]:
        assert assistant.document(c["doc_id"]).text[c["start"] : c["end"]] == c["quote"]
    followed = called(url, "ask", question="那山东呢？", history=["福建全社会研发投入打算增长多少？"])
    assert followed["short"] == "10%"
    narrowed = called(
        url, "ask", question="全社会研发投入打算增长多少？", provinces=["闽"], years=[2022], periods=["plan"]
    )
    assert narrowed["provinces"] == ["福建"]


def test_an_mcp_client_searches_locates_and_lists(url, assistant):
    found = called(url, "search", query="知识产权", k=3, provinces=["福建"])
    assert len(found["hits"]) == 3 and {hit["province"] for hit in found["hits"]} == {"福建"}
    assert called(url, "locate", text="高新技术企业达到2.3万家")["status"] == "exact"
    assert [d["id"] for d in called(url, "list_documents")["documents"]] == [d.id for d in assistant.documents()]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [("ask", {"question": ""}, "empty"), ("search", {"query": "x", "k": 0}, "k"), ("ask", {"question": "x", "provinces": ["Atlantis"]}, "Atlantis")],
)  # fmt: skip
def test_an_mcp_client_hears_what_was_wrong(url, tool, arguments, said):
    result = in_session(url, lambda session: session.call_tool(tool, arguments))
    assert result.isError and said in result.content[0].text


def test_one_mcp_session_asks_many_times(url):
    async def twice(session: ClientSession) -> list[dict[str, Any]]:
        results = [await session.call_tool("ask", {"question": QUESTION}) for _ in range(3)]
        return [timeless(json.loads(r.content[0].text)) for r in results]

    first, *others = in_session(url, twice)
    assert first["short"] == "2.3万家" and others == [first, first]


def test_gradio_client_asks_and_searches(url):
    import gradio_client

    client = gradio_client.Client(url, verbose=False)
    try:
        assert client.predict(question=QUESTION, api_name="/ask")["short"] == "2.3万家"
        followed = client.predict("那山东呢？", ["福建全社会研发投入打算增长多少？"], api_name="/ask")
        assert followed["short"] == "10%"
        found = client.predict("知识产权", 3, ["福建"], api_name="/search")
        assert len(found["hits"]) == 3 and {hit["province"] for hit in found["hits"]} == {"福建"}
    finally:
        client.close()


def test_openai_streams_the_same_words_and_the_same_evidence(url):
    import openai

    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        whole = client.chat.completions.create(**MESSAGES)
        parts = list(client.chat.completions.create(**MESSAGES, stream=True, stream_options={"include_usage": True}))
    said = whole.choices[0].message
    assert "2.3万家" in said.content and said.annotations[0].type == "url_citation"
    assert "".join(p.choices[0].delta.content or "" for p in parts if p.choices) == said.content
    assert len([p for p in parts if p.choices and p.choices[0].delta.content]) > 1
    (last,) = [p for p in parts if p.choices and p.choices[0].finish_reason]
    assert last.choices[0].delta.shengwen["citations"] == said.shengwen["citations"]
    assert parts[-1].usage.total_tokens == whole.usage.total_tokens
