"""What a user can do wrong: one line on stderr, the right status, and nothing changed on disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_running import QUESTION, run_alone, run_with

import assistant.assistant as facade
from assistant.cli.output import clean, explain, use_language
from assistant.errors import QuestionError, StoreMissing

GOOD = "甲省2023年政府工作报告\n\n2023年，高新技术企业达到7.5万家，增长8%。\n"


@pytest.fixture
def run(capsys, store_dir):
    return run_with(capsys, store_dir)


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def failed(ran, status, *words):
    assert ran.status == status, ran
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert str(word) in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "--no-such-option"], ["--no-such-option", "shengwen ask --help"]),
        (["ask"], ["shengwen ask --help"]),
        (["ask", "a", "b"], ["shengwen ask --help"]),
        (["nonsense"], ["nonsense"]),
        (["index", "nonsense"], ["nonsense"]),
        (["search", "创新", "-k", "many"], ["-k", "integer"]),
        (["ask", "创新", "--year", "last"], ["--year", "integer"]),
        (["terms"], ["shengwen terms --help"]),
        (["terms", "创新", "--by", "colour"], ["colour"]),
        (["facts", "--format", "pdf"], ["pdf"]),
        (["facts", "--out", "x.txt"], ["--format"]),
        (["serve", "--auth", "nopassword"], ["USER:PASSWORD"]),
        (["index", "add"], ["shengwen index add --help"]),
        (["index", "remove"], ["shengwen index remove --help"]),
    ],
)
def test_wrong_usage_is_one_line_and_2(capsys, arguments, words):
    failed(run_with(capsys)(*arguments), 2, *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", ""], ["empty"]),
        (["ask", " \n\t"], ["empty"]),
        (["ask", "问" * 100_000], ["100000"]),
        (["ask", "\udcff\udcfe"], ["broken"]),
        (["search", ""], ["empty"]),
        (["search", "创新", "-k", "0"], ["k is 0"]),
        (["search", "创新", "-k", "1000000"], ["k is 1000000"]),
        (["ask", QUESTION, "--province", "亚特兰蒂斯"], ["亚特兰蒂斯"]),
        (["ask", QUESTION, "--period", "soon"], ["soon", "review"]),
        (["ask", QUESTION, "--year", "20222"], ["20222"]),
        (["facts", "--province", "亚特兰蒂斯"], ["亚特兰蒂斯"]),
        (["facts", "--format", "csv", "--out", "/nowhere/at/all.csv"], ["/nowhere/at/all.csv"]),
        (["locate", "字" * 5_000], ["5000"]),
        (["index", "remove", "no-such-document"], ["no-such-document"]),
        (["index", "build"], ["--rebuild"]),
        (["ask", QUESTION, "--config", "/nowhere.toml"], ["/nowhere.toml"]),
        (["eval", "--set", "/nowhere.jsonl"], ["/nowhere.jsonl"]),
        (["bench", "--only", "nonsense"], ["nonsense"]),
    ],
)
def test_a_known_failure_is_one_line_and_1_and_changes_nothing(run, store_dir, arguments, words):
    before = files_below(store_dir)
    failed(run(*arguments), 1, *words)
    assert files_below(store_dir) == before


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.txt", b"", ["empty.txt", "no text"]),
        ("blank.md", " \n　\n".encode(), ["blank.md", "no text"]),
        ("binary.txt", bytes(range(256)) * 20, ["binary.txt"]),
        ("broken.txt", "高新技术企业".encode() + b"\xff\xff\xff", ["broken.txt"]),
        ("picture.png", b"\x89PNG", ["picture.png", ".txt"]),
        ("odd.txt", b"\xff\xfe\x00", ["odd.txt"]),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(run, store_dir, tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    before = files_below(store_dir)
    failed(run("index", "add", tmp_path / name), 1, *words)
    failed(run("index", "add", tmp_path / "absent.txt"), 1, "absent.txt")
    assert files_below(store_dir) == before


@pytest.mark.parametrize("arguments", [["index", name] for name in ("info", "list", "verify")])
def test_commands_that_only_look_build_nothing(capsys, tmp_path, arguments):
    failed(run_with(capsys, tmp_path / "nowhere" / "x.txt")(*arguments), 1, "x.txt", "shengwen index build")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["index", "add"], ["index", "remove"]])
def test_a_store_to_change_must_exist(capsys, tmp_path, arguments):
    (tmp_path / "a.txt").write_text(GOOD, "utf-8")
    failed(run_with(capsys, tmp_path / "store")(*arguments, tmp_path / "a.txt"), 1, "shengwen index build")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["index", "info"], ["index", "build"]])
def test_a_store_below_a_file_is_refused(capsys, tmp_path, arguments):
    (tmp_path / "file").write_text("x")
    failed(run_with(capsys, tmp_path / "file" / "store")(*arguments), 1, tmp_path / "file")
    failed(run_with(capsys, tmp_path / "file")(*arguments), 1, tmp_path / "file")
    assert files_below(tmp_path) == {str(tmp_path / "file"): b"x"}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc takes no folders, not even from root")
def test_a_store_without_the_right_to_write_is_refused(capsys):
    failed(run_with(capsys, "/proc/shengwen")("ask", QUESTION), 1, "/proc/shengwen")


def test_an_unknown_setting_names_the_nearest(capsys, tmp_path):
    (tmp_path / "s.toml").write_text('stroe = "x"\n')
    failed(run_with(capsys)("ask", QUESTION, "--config", tmp_path / "s.toml"), 1, "stroe", "'store'")


def test_debug_shows_where_it_failed(run):
    with pytest.raises(QuestionError):
        run("ask", "", "--debug")


def test_a_damaged_store_is_told_by_verify(capsys, tmp_path, store_dir):
    import shutil

    shutil.copytree(store_dir, tmp_path / "store")
    victim = next((tmp_path / "store").glob("gen-*/token_places.npy"))
    damaged = bytearray(victim.read_bytes())
    damaged[-1] ^= 1
    victim.write_bytes(damaged)
    ran = run_with(capsys, tmp_path / "store")("index", "verify", "--json")
    assert ran.status == 1
    assert ran.json["ok"] is False and "token_places.npy" in ran.json["problems"][0]


def test_a_broken_pipe_is_quiet(store_dir):
    command = [sys.executable, "-m", "assistant.cli", "facts", "--json", "--store", str(store_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()  # before anything can have been written
        assert process.stderr.read() == b""
        assert process.wait() == 1


@pytest.mark.parametrize("raised", [KeyboardInterrupt, EOFError])
def test_an_interruption_is_130(run, monkeypatch, raised):
    def interrupted(*_, **__):
        raise raised

    monkeypatch.setattr(facade.Assistant, "ask", interrupted)
    ran = run("ask", QUESTION)
    assert (ran.status, ran.out) == (130, "")
    assert "Traceback" not in ran.err


def test_failures_speak_the_users_language(monkeypatch):
    error = StoreMissing("there is no store")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    use_language(["ask", "what"])
    assert explain(error) == "error: there is no store"
    use_language(["ask", "什么"])
    assert explain(error) == "错误（还没有索引库）：there is no store"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    use_language(["index", "info"])
    assert explain("x") == "错误：x"


def test_a_document_cannot_steer_the_terminal():
    assert clean("a\x1b[31mb\u202ec\x07\nd\te") == "a\ufffd[31mb\ufffdc\ufffd\nd e"


def test_nothing_is_asked_of_a_closed_stdin(store_dir):
    done = run_alone("chat", "--store", store_dir, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (0, "")
