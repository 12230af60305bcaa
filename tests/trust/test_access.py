"""With a password set, nothing answers without; what another site sends is refused; secrets are told nowhere."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import logging
import re
import socket

import pytest
from serving import DOCUMENT, Client, Scripted, serving
from starlette.routing import Mount

from assistant.errors import SettingsError
from assistant.http import build_app
from assistant.http.access import Access, Locked
from assistant.http.passwords import hash_password, make_token, matches
from assistant.http.rates import FAILURES, LOCKED_S, Bucket, client_of
from assistant.settings import Settings, load_settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPEN = {"/healthz", "/readyz", "/login", "/login/"}
BASIC = "Basic " + base64.b64encode(b"a:b").decode()
TOKEN, TOKEN_KEPT = make_token()


@pytest.fixture(scope="module")
def guarded():
    facade = Scripted(settings=Settings(tokens={"reports": TOKEN_KEPT}))
    with serving(facade, auth=(("a", "b"),)) as client:
        yield client


def paths_of(routes, before=""):
    """Every path that the routes name, with something in the place of what varies."""
    for route in routes:
        path = before + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield from paths_of(route.routes, path.rstrip("/"))
        if (included := getattr(route, "original_router", None)) is not None:
            yield from paths_of(included.routes, before)
        yield re.sub(r"\{[^}]*\}", "x", path) or "/"


def known_paths():
    async def build():  # inside a loop: where none runs, Gradio makes two of its own and never closes them
        return build_app(Scripted(), auth=(("a", "b"),), mcp=True)

    return sorted(set(paths_of(asyncio.run(build()).routes)))


UNKNOWN = (
    "/nothing",
    "//",
    "//api/ask",
    "/api//documents",
    "/healthz/",
    "/healthz/x",
    "/healthz%2f..%2fapi/documents",
    "/healthz/../api/documents",
    "/login/../api/documents",
    "/login%00",
    "/LOGIN",
    "/static/img/logo.svg",
    "/assets/index.js",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/mcp/",
    "/gradio_api/mcp/http/",
    "/api/documents/../../healthz",
    "/.well-known/x",
    "/%2e%2e/%2e%2e/etc/passwd",
)


def test_no_route_answers_without_a_password(guarded, tally):
    paths = [*known_paths(), *UNKNOWN]
    assert len(paths) > 80 and {"/api/ask", "/v1/models", "/gradio_api/upload", "/metrics", "/config"} <= set(paths)
    for path in paths:
        for method in METHODS:
            status, _, headers = guarded.send(method, path, b"{}" if method in ("POST", "PUT") else None)
            tally["routes guarded (path and method)"] += 1
            if path in OPEN:
                continue
            assert status == 401, (method, path, status)
            assert headers["www-authenticate"].split()[0] in ("Basic", "Bearer")


def test_what_is_open_tells_nothing(guarded):
    assert set(guarded.send("GET", "/healthz")[1]) == {"status", "generation"}
    assert set(guarded.send("GET", "/readyz")[1]) == {"status"}
    page = guarded.send("GET", "/login")[1]
    assert DOCUMENT.title not in page and "<script" not in page


@pytest.mark.parametrize("credentials", [BASIC, f"Bearer {TOKEN}", "Bearer a:b"])
@pytest.mark.parametrize("path", ["/", "/api/documents", "/v1/models", "/config", "/metrics", "/gradio_api/info"])
def test_each_kind_of_credentials_opens_every_kind_of_path(guarded, credentials, path):
    assert guarded.send("GET", path, authorization=credentials)[0] == 200
    assert guarded.send("GET", path, x_hf_authorization=credentials)[0] == 200


def form(**fields):
    from urllib.parse import urlencode

    return urlencode(fields).encode()


FORM = {"content_type": "application/x-www-form-urlencoded"}


def test_a_reader_logs_in_by_the_form_and_out_again(guarded):
    status, _, headers = guarded.send("GET", "/?q=%E9%97%AE", accept="text/html")
    assert (status, headers["location"]) == (303, "/login?next=%2F%3Fq%3D%25E9%2597%25AE")
    wrong = guarded.send("POST", "/login", form(username="a", password="x"), accept="text/html", **FORM)
    assert wrong[0] == 401 and "密码不对" in wrong[1]
    sent = form(username="a", password="b", next="/?q=%E9%97%AE")
    status, _, headers = guarded.send("POST", "/login", sent, accept="text/html", **FORM)
    assert (status, headers["location"]) == (303, "/?q=%E9%97%AE")
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    session = cookie.partition(";")[0]
    assert guarded.send("GET", "/", cookie=session)[0] == 200
    assert guarded.send("GET", "/config", cookie=session)[1]["username"] == "a"
    guarded.send("GET", "/logout", cookie=session)
    assert guarded.send("GET", "/config", cookie=session)[0] == 401


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil", "/x", "javascript:1", "/?a\nb"]
)
def test_a_login_leads_nowhere_else(guarded, onward):
    sent = form(username="a", password="b", next=onward)
    assert guarded.send("POST", "/login", sent, accept="text/html", **FORM)[2]["location"] == "/"


def test_gradios_client_logs_in(guarded):
    gradio_client = pytest.importorskip("gradio_client")
    with pytest.raises(gradio_client.exceptions.AuthenticationError):
        gradio_client.Client(guarded.url, verbose=False)
    client = gradio_client.Client(guarded.url, auth=("a", "b"), verbose=False)
    try:
        assert client.predict("甲省的目标？", api_name="/ask")["status"] == "answered"
    finally:
        client.close()


def test_mcp_works_behind_the_door():
    pytest.importorskip("mcp", reason="the MCP extra is not installed (pip install -e '.[mcp]')")
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def call(url):
        async with streamablehttp_client(f"{url}/gradio_api/mcp/", headers={"authorization": BASIC}) as (
            read,
            write,
            _,
        ):
            async with ClientSession(read, write) as session:
                await session.initialize()
                answer = await session.call_tool("ask", {"question": "甲省的目标？"})
                return json.loads(answer.content[0].text)

    with serving(Scripted(), auth=(("a", "b"),), mcp=True) as client:
        assert client.post("/gradio_api/mcp/", {})[0] == 401
        assert asyncio.run(call(client.url))["status"] == "answered"


def test_wrong_passwords_lock_an_address_out_for_a_while():
    now = [0.0]
    access = Access({"a": hash_password("b")}, {"t": TOKEN_KEPT}, clock=lambda: now[0])
    session = access.open_session("a", "b", "1.1.1.1")
    for n in range(FAILURES):
        assert access.of_header(f"Bearer a:wrong{n}", "1.1.1.1") is None
    with pytest.raises(Locked) as locked:
        access.of_header(BASIC, "1.1.1.1")
    assert 0 < locked.value.wait <= LOCKED_S
    assert access.of_header(BASIC, "2.2.2.2") == "a"  # another address is not
    assert access.of_session(session) == "a"  # nor who is in already
    now[0] += LOCKED_S
    assert access.of_header("Bearer nothing", "1.1.1.1") is None
    assert access.of_header(f"Bearer {TOKEN}", "1.1.1.1") == "t"
    now[0] += 1e6
    assert access.of_session(session) is None  # a session ends


def test_a_locked_address_hears_when_to_come_back():
    with serving(Scripted(), auth=(("a", "b"),)) as client:
        statuses = [client.send("GET", "/api/documents", authorization=f"Bearer a:{n}")[0] for n in range(FAILURES)]
        assert statuses == [401] * FAILURES
        status, got, headers = client.send("GET", "/api/documents", authorization="Bearer a:b")
        assert (status, got["error"]["type"]) == (429, "rate_limit_exceeded")
        assert int(headers["retry-after"]) > 0
        assert client.send("POST", "/login", form(username="a", password="b"), **FORM)[0] == 429


def test_hashes_match_what_they_were_made_of_and_nothing_else():
    kept = hash_password("密码 p:w")
    assert kept.startswith("scrypt$") and "密码" not in kept and kept != hash_password("密码 p:w")
    assert matches("密码 p:w", kept) and not matches("密码 p:W", kept) and not matches(kept, kept)
    assert matches("plain", "plain") and not matches("plain ", "plain")
    assert matches(TOKEN, TOKEN_KEPT) and not matches(TOKEN_KEPT, TOKEN_KEPT)
    assert not matches("\udfff", kept)


@pytest.mark.parametrize(
    "kept", ["", "scrypt$1", "scrypt$99$8$1$YQ==$YQ==", "sha256$12", "sha256$xyz", "scrypt$a$b$c$d$e"]
)
def test_what_could_match_nothing_is_refused_without_being_told(kept):
    with pytest.raises(SettingsError, match="shengwen password") as told:
        Access({"a": kept})
    assert not kept or kept not in str(told.value)


def test_buckets_refill_and_forget_whom_they_have_not_seen():
    now = [0.0]
    bucket = Bucket(2, 60.0, clock=lambda: now[0])
    for _ in range(2):
        assert bucket.wait("x") == 0.0
        bucket.take("x")
    assert bucket.wait("x") == pytest.approx(30.0) and bucket.wait("y") == 0.0
    now[0] += 30.0
    assert bucket.wait("x") == 0.0
    for n in range(20_000):
        bucket.take(str(n))
    assert len(bucket._left) == 10_000


def test_one_line_of_ipv6_is_one_client():
    first, second, other = ({"client": (a, 1)} for a in ("2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1"))
    assert client_of(first) == client_of(second) != client_of(other)
    assert client_of({"client": None}) == ""


def test_who_asks_or_judges_too_often_gets_429():
    settings = Settings(questions_per_minute=3, feedback_per_minute=1)
    with serving(Scripted(settings=settings)) as client:
        asked = [client.post("/api/ask", {"question": "x"}) for _ in range(5)]
        assert [status for status, _, _ in asked] == [200, 200, 200, 429, 429]
        assert int(asked[-1][2]["retry-after"]) > 0
        assert client.post("/gradio_api/call/ask", {"data": ["x"]})[0] == 429  # the page's door is no way around
        assert client.send("GET", "/api/documents")[0] == 200
        judged = [client.post("/api/feedback", {})[0] for _ in range(2)]
        assert judged == [400, 429]


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
]


@pytest.fixture(scope="module")
def opened():
    with serving(Scripted(settings=Settings(allowed_origins=("https://friend.example",), allow_upload=True))) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/api/ask", "/api/feedback", "/gradio_api/queue/join", "/gradio_api/upload", "/login"]
)
@pytest.mark.parametrize("sent", FOREIGN, ids=str)
def test_other_sites_pages_change_and_ask_nothing(opened, path, sent):
    status, got, headers = opened.send("POST", path, b"{}", **sent)
    assert (status, got["error"]["type"]) == (403, "permission_error")
    assert "access-control-allow-origin" not in headers


def test_our_own_page_and_programs_may(opened):
    for sent in ({}, {"origin": opened.url}, {"origin": opened.url, "sec_fetch_site": "same-origin"}):
        assert opened.post("/api/ask", {"question": "x"}, **sent)[0] == 200


@pytest.mark.parametrize("path", ["/", "/api/documents", "/gradio_api/info", "/config", "/healthz"])
def test_other_sites_read_nothing_but_those_that_are_allowed(opened, path):
    _, _, headers = opened.send("GET", path, origin="https://evil.example")
    assert not [name for name in headers if name.startswith("access-control-allow-origin")]
    assert opened.send("GET", path, origin="https://friend.example")[2]["access-control-allow-origin"] == (
        "https://friend.example"
    )
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "content-type"}
    assert opened.send("OPTIONS", path, origin="https://evil.example", **asked)[0] == 400
    assert opened.send("OPTIONS", path, origin="https://friend.example", **asked)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "a.b", "127.0.0.1.evil.example", "[", "x.localhost.evil.cn"]
)
def test_a_name_that_points_here_from_outside_is_refused(opened, host):
    status, got, _ = opened.send("GET", "/api/documents", host=host)
    assert status == 421 and "allowed_hosts" in got["error"]["message"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:80", "192.168.1.5", "intranet", "a.localhost"])
def test_addresses_and_plain_names_are_ours(opened, host):
    assert opened.send("GET", "/api/documents", host=host)[0] == 200


def test_names_that_are_set_are_ours_and_passwords_make_names_harmless():
    with serving(Scripted(settings=Settings(allowed_hosts=("ask.gov.cn",)))) as client:
        assert client.send("GET", "/healthz", host="ask.gov.cn")[0] == 200
        assert client.send("GET", "/healthz", host="evil.example")[0] == 421
    with serving(Scripted(), auth=(("a", "b"),)) as client:
        assert client.send("GET", "/api/documents", host="ask.gov.cn")[0] == 401


TRAVERSALS = (
    "../" * 8,
    "..%2f" * 8,
    "%2e%2e/" * 8,
    "..\\" * 8,
    "..%5c" * 8,
    "/",
    "//",
    "....//" * 8,
    "%00/",
    "file:///",
)
PLACES = (
    "/static/",
    "/assets/",
    "/svelte/",
    "/gradio_api/file=",
    "/gradio_api/file/",
    "/gradio_api/custom_component/x/client/component/",
    "/api/documents/",
    "/",
)


@pytest.mark.parametrize("place", PLACES)
def test_no_path_leads_out_of_what_is_served(opened, place, tmp_path, monkeypatch, tally):
    """Files of the system, of the working directory and of the store's place."""
    monkeypatch.chdir(tmp_path)
    canary = "CANARY-in-a-file"
    (tmp_path / "shengwen.toml").write_text(canary)
    (tmp_path / ".env").write_text(canary)
    files = (str(tmp_path / "shengwen.toml").lstrip("/"), "etc/passwd", "shengwen.toml", ".env")
    for way in (*TRAVERSALS, ""):
        for file in files:
            _, got, _ = opened.send("GET", place + way + file)
            tally["paths tried to lead out"] += 1
            assert canary not in str(got) and "root:x:0" not in str(got), place + way + file


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/file=http://example.org/x.png",
        "/gradio_api/file=HTTPS://example.org/",
        "/gradio_api/file/http://example.org/",
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/dev/reload",
        "/gradio_api/stream/x/0/1/playlist.m3u8",
    ],
)
def test_gradios_ways_to_other_machines_are_closed(opened, path):
    status, got, _ = opened.send("GET", path)
    assert status == 404 and got["error"]["type"] == "not_found_error"


@pytest.mark.parametrize(
    "path", ["/", "/api/documents", "/nothing", "/theme.css", "/config", "/gradio_api/info", "/login"]
)
def test_every_answer_tells_browsers_to_be_careful(opened, path):
    _, _, headers = opened.send("GET", path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"])
    scripts = re.search(r"script-src ([^;]*)", headers["content-security-policy"])
    assert (scripts is not None) == (path == "/")
    if scripts:
        assert "'unsafe-inline'" not in scripts[1] and "http" not in scripts[1]


def test_an_upload_that_is_too_large_or_not_wanted_is_refused(opened):
    kind = {"content_type": "multipart/form-data; boundary=x"}
    assert opened.send("POST", "/gradio_api/upload", b" " * 21_000_000, **kind)[0] == 413
    with serving(Scripted()) as client:
        assert client.send("POST", "/gradio_api/upload", b"--x--", **kind)[0] == 403


def test_no_socket_of_the_web_is_opened(opened):
    with socket.create_connection(("127.0.0.1", opened.port), timeout=30) as s:
        s.sendall(
            b"GET /gradio_api/queue/data HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n"
        )
        assert b" 101 " not in s.recv(200)


STREAMS = ("/gradio_api/heartbeat", "/gradio_api/queue/data", "/gradio_api/call", "/gradio_api/upload_progress")
"""These answer until the page is left."""
CANARY = "cAnArY-7f3a91"


def test_secrets_are_told_nowhere(tmp_path, caplog, tally):
    caplog.set_level(logging.DEBUG)
    token_free = {
        "users": {"a": CANARY},
        "tokens": {"t": CANARY},
        "llm": {"api_key": CANARY, "base_url": "http://x.invalid"},
    }
    settings = Settings(**token_free)
    told = [repr(settings), str(settings), repr(settings.llm)]
    with serving(Scripted(settings=settings)) as client:
        for path in known_paths():
            if path.startswith(STREAMS):
                continue
            told.append(str(client.send("GET", path, authorization=f"Bearer {CANARY}")))
        for path in (
            "/api/ask",
            "/api/export",
            "/api/feedback",
            "/v1/chat/completions",
            "/login",
            "/gradio_api/queue/join",
        ):
            told.append(str(client.post(path, {"question": 1, "format": 1}, authorization=f"Bearer {CANARY}")))
            told.append(str(client.post(path, {}, authorization=f"Bearer a:{CANARY}x")))
    told += [
        record.getMessage() + str(record.__dict__)
        for record in caplog.records
        if record.name.startswith(("assistant", "shengwen"))
    ]
    for wrong in (
        {"llm": {"api_key": [CANARY]}},
        {"llm": {"api_key": {"x": CANARY}}},
        {"users": CANARY},
        {"users": {"a": [CANARY]}},
        {"tokens": {"a": {"b": CANARY}}},
    ):
        with pytest.raises(SettingsError) as e:
            load_settings(None, **wrong)
        told.append(str(e.value))
    tally["answers and messages without the canary"] += len(told)
    assert not [t for t in told if CANARY in t]


def test_a_request_has_a_number_that_its_log_lines_carry(caplog):
    caplog.set_level(logging.INFO, "shengwen.access")
    with serving(Scripted(says=ZeroDivisionError("inside"))) as client:
        status, got, headers = client.post("/api/ask?q=secret", {"question": "x"}, x_request_id="my-number-1")
    assert status == 500 and headers["x-request-id"] == "my-number-1" and "my-number-1" in got["error"]["message"]
    (line,) = [r for r in caplog.records if r.name == "shengwen.access" and r.path == "/api/ask"]
    assert (line.status, line.method) == (500, "POST")
    assert "secret" not in str(line.__dict__)


def test_numbers_that_are_none_are_not_taken(opened):
    for given in ("a b", "x" * 100, "é", ""):
        connection = http.client.HTTPConnection("127.0.0.1", opened.port, timeout=60)
        connection.request("GET", "/healthz", headers={"x-request-id": given.encode()})
        assert re.fullmatch(r"[0-9a-f]{32}", connection.getresponse().getheader("x-request-id"))
        connection.close()


def test_prometheus_reads_the_counts(opened: Client):
    opened.post("/api/ask", {"question": "x"})
    opened.send("GET", "/made/up/path")
    status, text, headers = opened.send("GET", "/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain")
    assert re.search(r'shengwen_requests_total\{kind="/api/ask",status="200"\} [1-9]', text)
    assert "shengwen_index_generation 1.0" in text and "made" not in text
