"""Transport: whatever a server does, the model's text or one line that says why not, in time and without the key."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable

import pytest
from model_servers import GOOD, KEY, LATE, WRONG, Handler, Server, delta, hangs, playing, streaming, whole

from assistant.answer.language_model import ATTEMPTS, MAX_WAIT_S, HttpModel, ScriptedModel, _Call
from assistant.errors import LanguageModelError, SettingsError
from assistant.leaving import Left, asked_by
from assistant.settings import LanguageModelSettings

MESSAGES = [{"role": "user", "content": "问"}]


def model_of(server: Server, *, timeout_s: float = 30.0, **options: object) -> HttpModel:
    return HttpModel(server.configured(timeout_s), **{"backoff_s": 0.001, **options})


def said(server: Server, **options: object) -> str:
    return "".join(model_of(server, **options).stream(MESSAGES))


# --- transport: what is understood


def test_a_stream_is_read_with_the_right_request():
    with playing(streaming(GOOD)) as server:
        assert said(server) == GOOD
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert {name.lower(): value for name, value in headers.items()}["authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["messages"], body["stream"]) == ("qwen", MESSAGES, True)
    assert (body["temperature"], body["seed"]) == (0, 0)


def test_without_streaming_and_without_a_key():
    with playing(lambda h: h.give(whole(GOOD))) as server:
        quiet = server.configured().model_copy(update={"api_key": ""})
        assert "".join(HttpModel(quiet, streaming=False).stream(MESSAGES)) == GOOD
    assert server.asked[0][2]["stream"] is False
    assert "authorization" not in {name.lower() for name in server.asked[0][1]}


def test_a_server_that_answers_a_stream_in_one_piece_is_understood():
    with playing(lambda h: h.give(whole(GOOD))) as server:
        assert said(server) == GOOD


def test_comments_names_carriage_returns_usage_and_thinking_are_passed_over():
    data = (
        ": hello\r\n\r\nevent: message\r\ndata: "
        + json.dumps({"choices": [{"delta": {"role": "assistant", "reasoning_content": "hm"}}]})
        + "\r\n\r\ndata:"
        + json.dumps(delta("好"), ensure_ascii=False)
        + '\r\n\r\ndata: {"choices": [], "usage": {}}\r\n\r\ndata: '
        + json.dumps({"choices": [{"finish_reason": "stop"}]})
    )
    with playing(lambda h: h.give(data.encode(), kind="text/event-stream")) as server:
        assert said(server) == "好"


def test_a_server_that_knows_no_streams_is_asked_once_more():
    def play(h: Handler) -> None:
        h.give(whole(GOOD)) if "seed" not in h.server.asked[-1][2] else h.give(b"{}", 422)

    with playing(play) as server:
        assert said(server) == GOOD
    assert [body["stream"] for _, _, body in server.asked] == [True, False]


@pytest.mark.parametrize(
    ("path", "asked"),
    [("", "/v1/chat/completions"), ("/", "/v1/chat/completions"), ("/api/v3/", "/api/v3/chat/completions"), ("/v1/chat/completions", "/v1/chat/completions")],
)  # fmt: skip
def test_the_address_may_end_in_several_ways(path, asked):
    with playing(streaming("x")) as server:
        assert "".join(HttpModel(server.configured(path=path)).stream(MESSAGES)) == "x"
    assert server.asked[0][0] == asked


def test_a_stream_that_nobody_reads_to_its_end_ends_on_the_server_too():
    gone = threading.Event()

    def play(h: Handler) -> None:
        h.send_response(200)
        h.send_header("content-type", "text/event-stream")
        h.end_headers()
        try:
            while not h.server.over.is_set():
                h.wfile.write(b"data: " + json.dumps(delta("字")).encode() + b"\n\n")
        except (BrokenPipeError, ConnectionResetError):
            gone.set()

    with playing(play) as server:
        pieces = model_of(server).stream(MESSAGES)
        assert next(pieces) == "字"
        pieces.close()
        assert gone.wait(30)


# --- transport: what is not


@pytest.mark.parametrize("play", LATE, ids=lambda p: p.__name__)
def test_a_server_that_dawdles_is_left_after_the_time_given(play):
    with playing(play) as server, pytest.raises(LanguageModelError, match=r"longer than 0\.3 s") as e:
        list(model_of(server, timeout_s=0.3).stream(MESSAGES))
    assert KEY not in str(e.value)


@pytest.mark.parametrize("play", WRONG.values(), ids=WRONG)
def test_what_is_no_answer_becomes_one_line_without_the_key(play, caplog, capfd):
    with caplog.at_level(logging.DEBUG), playing(play) as server:
        model = model_of(server)
        with pytest.raises(LanguageModelError) as e:
            list(model.stream(MESSAGES))
    assert "\n" not in str(e.value) and len(str(e.value)) < 250
    shown = "".join((str(e.value), repr(e.value), repr(model), caplog.text, *capfd.readouterr()))
    assert KEY not in shown


def test_a_server_that_is_not_there():
    with playing(hangs) as server:
        gone = server.configured()
    with pytest.raises(LanguageModelError, match="cannot be reached"):
        list(HttpModel(gone, backoff_s=0.001).stream(MESSAGES))


# --- asking again


def in_turn(*plays: Callable[[Handler], None]) -> Callable[[Handler], None]:
    """The first request gets the first play, …; more get the last."""
    return lambda h: plays[min(len(h.server.asked), len(plays)) - 1](h)


def refusing(status: int, **headers: str) -> Callable[[Handler], None]:
    return lambda h: h.give(f"echo {KEY}".encode(), status, **headers)


PASSING = {
    "429": refusing(429),
    "429 that names a short wait": refusing(429, retry_after="0"),
    "500": refusing(500),
    "502": refusing(502),
    "503 that names a date": refusing(503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    "504": refusing(504),
    "a dropped connection": lambda h: h.connection.close(),
}


@pytest.mark.parametrize("play", PASSING.values(), ids=PASSING)
def test_trouble_that_passes_is_waited_out(play):
    with playing(in_turn(play, play, streaming(GOOD))) as server:
        assert said(server) == GOOD
    assert len(server.asked) == ATTEMPTS == 3
    assert server.asked[0][2] == server.asked[2][2]


@pytest.mark.parametrize("play", PASSING.values(), ids=PASSING)
def test_trouble_that_stays_is_told_after_the_last_attempt(play):
    with playing(play) as server, pytest.raises(LanguageModelError) as e:
        said(server)
    assert len(server.asked) == ATTEMPTS and KEY not in str(e.value) and "\n" not in str(e.value)


NOT_AGAIN = {
    "400": (refusing(400), 2),  # the second request is the plainer one
    "401": (refusing(401), 1),
    "403": (refusing(403), 1),
    "404": (refusing(404), 2),
    "501": (refusing(501), 2),
    "a redirect": (WRONG["redirect"], 1),
    "a wait too long": (refusing(429, retry_after=str(int(MAX_WAIT_S) + 1)), 1),
    "a wait without end": (refusing(503, retry_after="999999999"), 1),
    "no JSON": (WRONG["no JSON"], 1),
    "a tool call": (WRONG["a tool call"], 1),
    "text, then a cut": (WRONG["dies"], 1),
}


@pytest.mark.parametrize(("play", "asked"), NOT_AGAIN.values(), ids=NOT_AGAIN)
def test_what_does_not_pass_is_not_asked_again(play, asked):
    with playing(play) as server, pytest.raises(LanguageModelError) as e:
        said(server)
    assert len(server.asked) == asked and KEY not in str(e.value)


def test_the_time_given_ends_the_waiting_between_attempts_too():
    with (
        playing(refusing(503, retry_after="8")) as server,
        pytest.raises(LanguageModelError, match="longer than 0.2 s"),
    ):
        said(server, timeout_s=0.2)
    assert len(server.asked) == 1


def test_nobody_waiting_for_an_answer_asks_again():
    refused = threading.Event()

    def play(h: Handler) -> None:
        h.give(b"", 503, retry_after="8")
        refused.set()

    with playing(play) as server:
        call = _Call(model_of(server), MESSAGES)
        assert refused.wait(30)
        call.cancel()
        assert call.next_within(30) is None
    assert len(server.asked) == 1


@pytest.mark.parametrize("play", LATE)
def test_whoever_has_gone_is_not_waited_for(play):
    """The server never answers, and the deadline is far away: only leaving ends the wait, and the request with it."""
    gone, asked = threading.Event(), threading.Event()

    def watched(h: Handler) -> None:
        asked.set()
        play(h)

    def leave() -> None:
        asked.wait(60)
        gone.set()

    with playing(watched) as server:
        threading.Thread(target=leave).start()
        with asked_by(gone.is_set), pytest.raises(Left):
            list(model_of(server, timeout_s=3600).stream(MESSAGES))
    assert asked.is_set()


# --- addresses and keys


@pytest.mark.parametrize(
    "url", ["localhost:11434", "ftp://x/v1", "http://", "http://user:geheim@[/v1", "http://h:99999/v1"]
)
def test_a_wrong_address_is_told_when_the_program_opens_and_not_repeated(url):
    with pytest.raises(SettingsError, match=r"llm\.base_url") as e:
        HttpModel(LanguageModelSettings(base_url=url))
    assert "geheim" not in str(e.value)


@pytest.mark.parametrize("key", ["a\r\nX-Evil: 1", "钥匙"])
def test_a_key_that_no_header_can_carry(key):
    with pytest.raises(SettingsError, match=r"llm\.api_key") as e:
        HttpModel(LanguageModelSettings(base_url="http://h/v1", api_key=key))
    assert key not in str(e.value)


def test_secrets_in_the_address_are_not_shown():
    model = HttpModel(LanguageModelSettings(base_url="http://user:geheim@h:1/v1?key=geheim", api_key=KEY))
    assert "geheim" not in repr(model) and KEY not in repr(model)


def test_the_scripted_model_gives_its_answers_in_order():
    model = ScriptedModel(["一" * 40, LanguageModelError("down")])
    assert "".join(model.stream(MESSAGES)) == "一" * 40
    for said_why in ("down", "one more"):
        with pytest.raises(LanguageModelError, match=said_why):
            list(model.stream(MESSAGES))
    assert model.asked == [tuple(MESSAGES)] * 3
