# ruff: noqa: F401, F811 (fixtures are imported under the names of their arguments)
"""``/api/export``, ``/api/verify`` and ``/api/feedback`` against a real server on a free port."""

from __future__ import annotations

import http.client
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from serving import Client, Scripted, answered, api, assistant, serving

from assistant.assistant import Assistant
from assistant.evaluation.questions import read_questions
from assistant.http.limits import MAX_BODY_BYTES, MAX_CONVERSATION_BYTES
from assistant.settings import Settings
from assistant.takeaway.cases import build_cases
from assistant.takeaway.feedback import read_feedback
from assistant.takeaway.verify import verify_bundle

QUESTION = "山东2022年高新技术企业要达到多少家？"


def download(client: Client, body: Any) -> tuple[int, bytes, dict[str, str]]:
    """The status, bytes and headers of an export."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
    try:
        connection.request("POST", "/api/export", json.dumps(body).encode(), {"content-type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read(), {k.lower(): v for k, v in response.getheaders()}
    finally:
        connection.close()


@pytest.fixture
def scripted(tmp_path: Path):
    facade = Scripted(settings=Settings(feedback=tmp_path / "feedback.jsonl"))
    with serving(facade) as client:
        yield client, facade


def entries(facade: Scripted):
    return read_feedback(facade.settings.feedback_file)[0]


def test_a_question_is_exported_in_each_format(api: Client, assistant: Assistant):
    quote = assistant.ask(QUESTION).citations[0].quote
    body = {"question": QUESTION, "accessed": "2026-01-31"}
    status, markdown, headers = download(api, body | {"format": "md"})
    assert (status, headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert headers["content-disposition"] == 'attachment; filename="shengwen-2026-01-31.md"'
    assert headers["x-content-type-options"] == "nosniff"
    assert f"> {quote}" in markdown.decode().splitlines()
    _, word, _ = download(api, body | {"format": "docx"})
    docx = pytest.importorskip("docx")
    assert quote in [p.text for p in docx.Document(io.BytesIO(word)).paragraphs]
    _, bundle, _ = download(api, body | {"format": "json"})
    assert verify_bundle(bundle, assistant).is_whole
    assert download(api, body | {"format": "json"})[1] == bundle


def test_answers_given_before_are_exported_as_one_conversation(api: Client, assistant: Assistant):
    first = assistant.ask("福建全社会研发投入打算增长多少？").to_dict()
    second = assistant.ask("那山东呢？", [first["question"]]).to_dict()
    del second["hits"]  # not needed, and most of the bytes
    body = {"answers": [first, second], "format": "json", "history": ["更早的问题？"]}
    _, bundle, _ = download(api, body)
    assert [q["history"] for q in json.loads(bundle)["questions"]] == [
        ["更早的问题？"],
        ["更早的问题？", first["question"]],
    ]
    assert verify_bundle(bundle, assistant).is_whole
    english = download(api, body | {"format": "md", "language": "en"})[1].decode()
    assert english.startswith("# ShengWen") and f"Exported: {date.today().isoformat()}" in english


def test_a_made_up_quote_leaves_with_its_warning(api: Client, assistant: Assistant):
    answer = assistant.ask(QUESTION).to_dict()
    answer["citations"][0]["quote"] = "高新技术企业达到9.9万家"
    assert "其中 1 条与索引库现有的原文对不上" in download(api, {"answers": [answer], "format": "md"})[1].decode()
    bundle = download(api, {"answers": [answer], "format": "json"})[1]
    status, report, _ = api.send("POST", "/api/verify", bundle)
    assert (status, report["status"]) == (200, "altered")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"format": "md"}, "either 'question' or 'answers'"),
        ({"format": "md", "question": "x", "answers": []}, "either 'question' or 'answers'"),
        ({"format": "md", "answers": []}, "no answer"),
        ({"format": "md", "question": ""}, "empty"),
        ({"format": "md", "question": "x" * 3000}, "3000"),
        ({"format": "md", "question": "x", "provinces": ["Atlantis"]}, "Atlantis"),
        ({"format": "pdf", "question": "x"}, "format"),
        ({"question": "x"}, "format"),
        ({"format": "md", "question": "x", "accessed": "yesterday"}, "2026-01-31"),
        ({"format": "md", "question": "x", "accessed": 5}, "accessed"),
        ({"format": "md", "question": "x", "language": "fr"}, "language"),
        ({"format": "md", "answers": [{}]}, "answers[0]"),
        ({"format": "md", "answers": [answered("x").to_dict() | {"status": "sure"}]}, "status"),
        ({"format": "md", "answers": [answered("x").to_dict() | {"citations": [{"n": "1"}]}]}, "citations"),
        ({"format": "md", "answers": ["x"]}, "answers"),
        ({"format": "md", "answers": [{}] * 201}, "answers"),
        ({"format": "md", "quesiton": "x"}, "nearest known one is 'question'"),
        ({"format": "md", "answers": [{"text": "a\0b"}]}, "NUL"),
    ],
)
def test_a_wrong_export_gets_400_and_one_line(api: Client, body: dict, said: str):
    status, got, _ = api.post("/api/export", body)
    assert (status, got["error"]["type"]) == (400, "invalid_request_error")
    assert said in got["error"]["message"] and "\n" not in got["error"]["message"]


@pytest.mark.parametrize("path", ["/api/export", "/api/verify", "/api/feedback"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 90_000, b'{"x": ' + b"9" * 5000 + b"}"])
def test_what_is_no_request_gets_400(api: Client, path: str, body: bytes):
    status, got, _ = api.send("POST", path, body)
    assert status == 400 and set(got) == {"error"} and "\n" not in got["error"]["message"]


@pytest.mark.parametrize("path", ["/api/export", "/api/verify", "/api/feedback"])
def test_they_share_the_rules_of_the_other_endpoints(path: str):
    with serving(Scripted(), auth=(("a", "b"),)) as client:
        assert client.send("POST", path, b"{}")[0] == 401
        assert client.send("POST", path, b"{}", authorization="Bearer a:b", content_type="text/plain")[0] == 415
        assert client.send("GET", path, authorization="Bearer a:b")[2]["allow"] == "POST"
        too_much = b" " * (MAX_CONVERSATION_BYTES + 1)
        assert client.send("POST", path, too_much)[0] == 401  # who is not let in has nothing read
        assert client.send("POST", path, too_much, authorization="Bearer a:b")[0] == 413
        roomy = client.send("POST", path, b" " * (MAX_BODY_BYTES + 1), authorization="Bearer a:b")[0]
        assert roomy == (413 if path == "/api/feedback" else 400)


def test_a_bundle_is_checked_against_the_documents_here(api: Client):
    _, bundle, _ = download(api, {"question": QUESTION, "format": "json"})
    status, report, _ = api.send("POST", "/api/verify", bundle)
    assert (status, report["status"], report["findings"]) == (200, "whole", [])
    assert set(report["here"].values()) == {"same"}
    altered = bundle.replace("2.3万家".encode(), "2.8万家".encode())
    _, report, _ = api.send("POST", "/api/verify", altered)
    assert report["status"] == "altered"
    assert {"hash", "part", "contradicted"} <= {f["kind"] for f in report["findings"]}
    assert len(report["messages_zh"]) == len(report["findings"])
    assert any("回答 1 引文 1" in said for said in report["messages_zh"])
    with serving(Scripted(texts=())) as other:
        _, report, _ = other.send("POST", "/api/verify", bundle)
    assert (report["status"], {f["kind"] for f in report["findings"]}) == ("whole", {"missing"})


def test_a_thumb_is_kept_with_the_answer_it_is_about(scripted):
    client, facade = scripted
    answer = replace(answered("多少？"), index_generation=3).to_dict()
    body = {
        "verdict": "down",
        "reason": "wrong_figure",
        "comment": "应为130家",
        "answer": answer,
        "history": ["前一问？"],
    }
    status, got, _ = client.post("/api/feedback", body)
    (entry,) = entries(facade)
    assert (status, got) == (200, {"id": entry.id})
    assert (entry.verdict, entry.comment, entry.history) == ("down", "应为130家", ("前一问？",))
    assert entry.answer["citations"] == answer["citations"] and entry.versions["generation"] == 3
    assert facade.asked == []
    raw = facade.settings.feedback_file.read_text("utf-8")
    assert "127.0.0.1" not in raw and "python" not in raw


def test_a_thumb_for_a_question_asks_it_again(scripted, tmp_path):
    client, facade = scripted
    assert client.post("/api/feedback", {"verdict": "up", "question": "多少？", "history": ["前一问？"]})[0] == 200
    assert facade.asked == [("多少？", ("前一问？",))]
    (entry,) = entries(facade)
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(build_cases([entry])[0]), encoding="utf-8")
    assert read_questions(file)[0].evidence == ("企业达到120家左右",)


def test_many_thumbs_at_once_are_all_kept(scripted):
    client, facade = scripted
    bodies = [{"verdict": "up", "question": f"第{i}问？", "comment": "好" * 1000} for i in range(24)]
    with ThreadPoolExecutor(12) as pool:
        given = {pool_result[1]["id"] for pool_result in pool.map(lambda b: client.post("/api/feedback", b), bodies)}
    assert {e.id for e in entries(facade)} == given and len(given) == 24


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"question": "x"}, "verdict"),
        ({"verdict": "maybe", "question": "x"}, "verdict"),
        ({"verdict": "up"}, "either 'answer' or 'question'"),
        ({"verdict": "up", "question": "x", "answer": {}}, "either 'answer' or 'question'"),
        ({"verdict": "up", "question": "x", "reason": "nonsense"}, "correct"),
        ({"verdict": "up", "question": "x", "comment": "字" * 2001}, "2001"),
        ({"verdict": "up", "answer": {"question": "x"}}, "answer"),
        ({"verdict": "up", "answer": answered(" ").to_dict()}, "question"),
        ({"verdict": "up", "question": "x", "user": "me"}, "user"),
    ],
)
def test_a_wrong_thumb_gets_400_and_nothing_is_kept(scripted, body: dict, said: str):
    client, facade = scripted
    status, got, _ = client.post("/api/feedback", body)
    assert (status, got["error"]["type"]) == (400, "invalid_request_error")
    assert said in got["error"]["message"]
    assert not facade.settings.feedback_file.exists()


def test_feedback_that_cannot_be_written_is_nothing_the_reader_could_mend(tmp_path):
    (tmp_path / "file").write_text("")
    facade = Scripted(settings=Settings(feedback=tmp_path / "file" / "feedback.jsonl"))
    with serving(facade) as client:
        status, got, _ = client.post("/api/feedback", {"verdict": "up", "question": "x"})
    assert (status, got["error"]["type"]) == (503, "service_unavailable")


def test_openapi_describes_them(api: Client):
    _, got, _ = api.send("GET", "/openapi.json")
    bodies = {
        path: got["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        for path in ("/api/export", "/api/verify", "/api/feedback")
    }
    assert bodies["/api/export"]["required"] == ["format"]
    assert set(bodies["/api/feedback"]["properties"]) >= {"verdict", "reason", "comment", "answer", "question"}
