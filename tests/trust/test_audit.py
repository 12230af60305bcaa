"""Who changed the corpus, and what came of it, stands in the audit log: on the page as on the command line."""

from __future__ import annotations

import base64
import json

import pytest
from serving import serving
from small import EXTRA, open_small

from assistant.audit import Caller, audited
from assistant.cli.main import main
from assistant.errors import SettingsError, StoreError
from assistant.http.logs import keep_logs

EDITOR = {"authorization": "Basic " + base64.b64encode("编辑:密码".encode()).decode()}


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def log(tmp_path):
    return tmp_path / "logs" / "audit.jsonl"


@pytest.fixture
def page(tmp_path, log):
    """What the page's script calls, of a server with a password, over HTTP."""
    opened = open_small(tmp_path / "store", allow_upload=True, audit_log=log)
    with (
        keep_logs(opened.settings, audited=True),
        serving(opened, auth=[("编辑", "密码")]) as client,
    ):
        config = client.send("GET", "/config", **EDITOR)[1]
        view = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "sw-view-corpus")

        def call(name, **data):
            body = {"session_hash": "x", "component_id": view, "fn_name": name, "data": data}
            told = client.post("/gradio_api/component_server", body, **EDITOR)[1]
            client.until(lambda: name == "job" or not call("job")["running"])
            return told

        def upload(name, text):
            form = f'--x\r\ncontent-disposition: form-data; name="files"; filename="{name}"\r\n\r\n{text}\r\n--x--\r\n'
            kind = "multipart/form-data; boundary=x"
            return client.send("POST", "/gradio_api/upload", form.encode(), content_type=kind, **EDITOR)[1][0]

        yield call, upload
    opened.close()


def test_changes_on_the_page(page, log):
    call, upload = page
    call("begin_adding", files=[{"path": upload("广东2022.txt", EXTRA), "name": "广东2022.txt"}])
    call("begin_removing", docs=["山东2022"])
    call("begin_removing", docs=["没有"])
    call("begin_rebuilding")
    told = [line for line in lines(log) if line["message"] == "corpus"]
    assert {(line["user"], line["client"]) for line in told} == {("编辑", "127.0.0.1")}
    assert [(line["action"], line["of"], line["outcome"]) for line in told] == [
        ("add", ["广东2022.txt"], "begun"),
        ("add", ["广东2022.txt"], "done"),
        ("remove", ["山东2022"], "begun"),
        ("remove", ["山东2022"], "done"),
        ("remove", ["没有"], "begun"),
        ("remove", ["没有"], "failed"),
        ("rebuild", [], "begun"),
        ("rebuild", [], "done"),
    ]
    assert [line.get("generation") for line in told if line["outcome"] == "done"] == [2, 3, 4]
    assert "no document '没有'" in told[5]["why"] and told[5]["level"] == "warning"
    assert "密码" not in log.read_text("utf-8") and "高新技术企业" not in log.read_text("utf-8")


@pytest.fixture
def command(tmp_path, log, monkeypatch):
    """The command line over a small store, with an audit log in its settings."""
    from assistant.assistant import Assistant

    config = tmp_path / "shengwen.toml"
    config.write_text(f"audit_log = {json.dumps(str(log))}\n", encoding="utf-8")
    opened = open_small(tmp_path / "store")
    monkeypatch.setattr(Assistant, "open", lambda **given: opened)
    monkeypatch.setattr("getpass.getuser", lambda: "运维")
    return lambda *given: main(["index", *given, "--store", str(tmp_path / "store"), "--config", str(config)])


def test_changes_on_the_command_line(command, log, tmp_path):
    (tmp_path / "广东2022.txt").write_text(EXTRA, encoding="utf-8")
    assert command("add", str(tmp_path / "广东2022.txt")) == 0
    assert command("remove", "山东2022") == 0
    assert command("remove", "没有") == 1
    assert command("backup", str(tmp_path / "copy")) == 0
    assert command("restore", str(tmp_path / "copy")) == 0
    told = lines(log)
    assert {(line["user"], line["client"]) for line in told} == {("运维", "command line")}
    assert [
        (line["action"], line["outcome"], line.get("generation")) for line in told if line["outcome"] != "begun"
    ] == [
        ("add", "done", 2),
        ("remove", "done", 3),
        ("remove", "failed", None),
        ("restore", "done", 4),
    ]


def test_nothing_is_changed_where_the_log_cannot_be_written(command, log, tmp_path, capsys):
    log.parent.mkdir()
    log.mkdir()
    (tmp_path / "广东2022.txt").write_text(EXTRA, encoding="utf-8")
    assert command("add", str(tmp_path / "广东2022.txt")) == 1
    assert "audit log" in capsys.readouterr().err
    with open_small(tmp_path / "store")._current() as store:
        assert store.generation == 1


def test_what_is_stopped_fails_or_cannot_be_read_is_told_so(caplog):
    caplog.set_level("INFO", "shengwen.audit")

    class Stopped(BaseException):
        pass

    def unreadable():
        raise StoreError("gone")

    with pytest.raises(Stopped), audited("add", ["x"] * 300, Caller(), unreadable):
        raise Stopped
    with pytest.raises(SettingsError), audited("add", [], Caller(), unreadable):
        raise SettingsError("one\nline")
    with audited("add", [], Caller(), unreadable):
        pass
    told = [record for record in caplog.records if record.outcome != "begun"]
    assert [(r.outcome, getattr(r, "why", None), getattr(r, "generation", None)) for r in told] == [
        ("stopped", None, None),
        ("failed", "one line", None),
        ("done", None, None),
    ]
    assert len(told[0].of) == 100 and told[0].count == 300
