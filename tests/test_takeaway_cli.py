"""``--export``, ``verify-bundle`` and ``feedback`` on the command line."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from cli_running import QUESTION, run_alone, run_with
from serving import answered

from assistant import building
from assistant.assistant import Assistant
from assistant.encoders import open_model
from assistant.evaluation.questions import read_questions
from assistant.lexicon import load_lexicon
from assistant.settings import Settings
from assistant.takeaway.cases import TO_COMPLETE
from assistant.takeaway.feedback import record
from assistant.takeaway.references import references
from assistant.takeaway.verify import verify_bundle


@pytest.fixture
def run(capsys, store_dir):
    return run_with(capsys, store_dir)


@pytest.fixture
def bundle(run, tmp_path) -> Path:
    file = tmp_path / "answer.json"
    run("ask", QUESTION, "--export", file)
    return file


@pytest.fixture
def journal(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SHENGWEN_FEEDBACK", str(tmp_path / "feedback.jsonl"))
    return tmp_path / "feedback.jsonl"


def test_ask_prints_its_answer_and_writes_each_file(run, tmp_path, assistant):
    from docx import Document

    files = [tmp_path / f"a.{suffix}" for suffix in ("md", "DOCX", "json")]
    plain = run("ask", QUESTION)
    ran = run("ask", QUESTION, *(x for f in files for x in ("--export", f)))
    assert (ran.status, ran.out) == (0, plain.out)
    assert ran.err.splitlines() == [f"已导出：{f}" for f in files]
    answer = assistant.ask(QUESTION)
    quote = answer.citations[0].quote
    assert f"> {quote}" in files[0].read_text("utf-8").splitlines()
    assert f"导出日期：{date.today().isoformat()}" in files[0].read_text("utf-8")
    assert quote in [p.text for p in Document(str(files[1])).paragraphs if p.style.name == "Quote"]
    assert verify_bundle(files[2].read_bytes(), assistant).is_whole


def test_ask_as_json_stays_one_document(run, tmp_path):
    ran = run("ask", QUESTION, "--json", "--export", tmp_path / "a.md")
    assert ran.json["question"] == QUESTION and (tmp_path / "a.md").is_file()


def test_history_is_exported_with_a_follow_up(run, tmp_path):
    run("ask", "那山东呢？", "--history", "福建全社会研发投入打算增长多少？", "--export", tmp_path / "a.md")
    assert "此前问过：福建全社会研发投入打算增长多少？" in (tmp_path / "a.md").read_text("utf-8")


def test_chat_exports_the_conversation_when_it_ends(run, monkeypatch, tmp_path, assistant):
    lines = ["福建全社会研发投入打算增长多少？", "那山东呢？", "/new", "问" * 3000, "天津呢？"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    file = tmp_path / "chat.json"
    ran = run("chat", "--export", file, "--export", tmp_path / "chat.md")
    assert ran.status == 0
    content = json.loads(file.read_bytes())
    assert content["questions"] == [
        {"question": lines[0], "history": []},
        {"question": lines[1], "history": [lines[0]]},
        {"question": lines[4], "history": []},
    ]
    assert verify_bundle(file.read_bytes(), assistant).is_whole
    assert (tmp_path / "chat.md").read_text("utf-8").count("\n## ") == 3


def test_an_interrupted_chat_is_exported_too(run, monkeypatch, tmp_path):
    asked = iter([QUESTION])

    def read(prompt=""):
        try:
            return next(asked)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("builtins.input", read)
    assert run("chat", "--export", tmp_path / "a.md").status == 130
    assert QUESTION in (tmp_path / "a.md").read_text("utf-8")


def test_an_empty_chat_writes_nothing_and_says_so(run, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdin", io.StringIO("/quit"))
    ran = run("chat", "--export", tmp_path / "a.md")
    assert ran.status == 0 and not (tmp_path / "a.md").exists() and "a.md" in ran.err


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.md.txt"])
@pytest.mark.parametrize("command", [["ask", QUESTION], ["chat"]])
def test_another_ending_is_wrong_usage_before_anything_is_asked(run, monkeypatch, command, name):
    monkeypatch.setattr(Assistant, "open", lambda **options: pytest.fail("it was opened"))
    ran = run(*command, "--export", name)
    assert ran.status == 2 and ".docx" in ran.err and len(ran.err.splitlines()) == 1


def test_a_file_that_cannot_be_written_is_a_known_failure(run, tmp_path):
    ran = run("ask", QUESTION, "--export", tmp_path / "none" / "a.md")
    assert ran.status == 1 and "a.md" in ran.err and ran.out


def test_a_whole_bundle_is_0_in_both_languages(run, bundle, monkeypatch):
    for locale, said in (
        ("zh_CN.UTF-8", "完好：1 个回答、1 条引文、1 份文档"),
        ("C", "whole (answers: 1, citations: 1, documents: 1)"),
    ):
        monkeypatch.setenv("LC_ALL", locale)
        ran = run("verify-bundle", bundle)
        assert (ran.status, ran.err) == (0, "")
        first, second = ran.out.splitlines()
        assert first.startswith(said) and ("相同 1 份" in second or "the same: 1" in second)


def test_an_altered_bundle_is_1_with_a_line_for_each_finding(run, bundle, monkeypatch):
    bundle.write_bytes(bundle.read_bytes().replace("2.3万家".encode(), "2.9万家".encode()))
    for locale, said in (
        ("zh_CN.UTF-8", "[改动] 回答 1 引文 1：文档与本机收录的相同"),
        ("C", "[altered] answer 1, citation 1: the document is the same"),
    ):
        monkeypatch.setenv("LC_ALL", locale)
        ran = run("verify-bundle", bundle)
        assert ran.status == 1 and any(line.startswith(said) for line in ran.out.splitlines())
    told = run("verify-bundle", bundle, "--json")
    assert told.status == 1
    assert told.json["status"] == "altered"
    assert {"hash", "part", "contradicted"} <= {f["kind"] for f in told.json["findings"]}


def test_another_machine_without_a_store_checks_the_bundle_alone_and_builds_nothing(bundle, tmp_path):
    env = {**os.environ, "SHENGWEN_STORE": str(tmp_path / "none"), "LC_ALL": "zh_CN.UTF-8"}
    done = run_alone("verify-bundle", bundle, env=env)
    assert done.returncode == 0, done.stderr
    assert "没有与索引库核对" in done.stdout and not (tmp_path / "none").exists()
    named = run_alone("verify-bundle", bundle, "--store", tmp_path / "none", env=env)
    assert named.returncode == 1 and str(tmp_path / "none") in named.stderr


def test_checking_a_bundle_loads_no_model(bundle, store_dir):
    heavy = "torch transformers sentence_transformers gradio pandas onnxruntime".split()
    code = (
        "import sys; from assistant.cli import main; "
        f"status = main(['verify-bundle', {str(bundle)!r}, '--store', {str(store_dir)!r}]); "
        f"print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


@pytest.fixture(scope="module")
def edited(tmp_path_factory) -> Path:
    """A store whose shipped document has been edited: words added before everything."""
    folder = tmp_path_factory.mktemp("edited")
    for file in building.shipped_corpus().iterdir():
        text = file.read_text("utf-8")
        (folder / file.name).write_text("编者按。\n" + text if file.suffix == ".txt" else text, encoding="utf-8")
    settings = Settings(store=folder / "store")
    building.build(settings.store_dir, [folder], lexicon=load_lexicon(), model=open_model(settings))
    return settings.store_dir


def test_an_edited_document_shifts_its_quotes(capsys, bundle, edited, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    ran = run_with(capsys, edited)("verify-bundle", bundle)
    assert ran.status == 0
    assert "改动 1 份" in ran.out and "[注意] 回答 1 引文 1：文档在本机已改动，引文仍在，位置移动 +5" in ran.out


@pytest.mark.parametrize("content", [None, b"", b"{}", "山东".encode()])
def test_what_is_no_bundle_is_a_known_failure(run, tmp_path, content):
    file = tmp_path / "x.json"
    if content is not None:
        file.write_bytes(content)
    ran = run("verify-bundle", file)
    assert (ran.status, ran.out) == (1, "") and len(ran.err.splitlines()) == 1


def test_feedback_is_listed_and_exported_as_cases(run, journal, tmp_path, assistant, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    settings = Settings(feedback=journal)

    class Facade:
        info = assistant.info

    Facade.settings = settings
    record(Facade, assistant.ask(QUESTION), verdict="up", reason="correct")
    record(Facade, answered("多少\x1b？"), verdict="down", reason="wrong_figure", comment="应为130家")
    with journal.open("ab") as f:
        f.write(b"damaged\n")
    head, up, down = run("feedback", "list").out.splitlines()
    assert head.split("\t")[:4] == ["time", "verdict", "reason", "status"]
    assert QUESTION in up and "应为130家" in down and "\x1b" not in down
    listed = run("feedback", "list", "--verdict", "down", "--json")
    assert [e["comment"] for e in listed.json["entries"]] == ["应为130家"]
    assert f"{journal}:3" in listed.err
    out = tmp_path / "cases.jsonl"
    ran = run("feedback", "export", "--out", out, "--json")
    assert ran.json == {"cases": 2, "to_complete": 1, "out": str(out)}
    right, wrong = read_questions(out)
    assert right.answers == ("2.3万家",) and wrong.answers == (TO_COMPLETE,)
    only = run("feedback", "export", "--verdict", "up")
    assert [json.loads(line)["question"] for line in only.out.splitlines()] == [QUESTION]
    assert run("feedback", "export", "--json").json["questions"][0]["evidence"] == list(right.evidence)
    assert "to be completed by a person: 1" in run("feedback", "export", "--out", out).err


def test_no_feedback_is_said_and_no_failure(run, journal):
    for arguments in (["list"], ["list", "--json"], ["export"]):
        ran = run("feedback", *arguments)
        assert ran.status == 0 and str(journal) in ran.err and not journal.exists()


ROOT = Path(__file__).resolve().parent.parent
SHOWN = re.compile(
    r"```console\n\$ shengwen (?P<ask>ask [^\n]+ --export (?P<file>\S+))\n\$ shengwen verify-bundle \S+\n(?P<whole>.*?)\n```"
    r"(?P<between>.*?)```console\n\$ sed -i 's/(?P<old>[^/]+)/(?P<new>[^/]+)/' \S+ && shengwen verify-bundle \S+\n(?P<altered>.*?)\n```",
    re.DOTALL,
)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_checks_shown_in_the_readmes_are_those_made(run, assistant, tmp_path, monkeypatch, readme):
    """With UPDATE_DOCS=1 in the environment the README is corrected instead."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8" if "zh" in readme else "C")
    text = (ROOT / readme).read_text("utf-8")
    (reference,) = references(assistant.ask("山东2022年高新技术企业目标是多少？"), assistant)
    assert f"\n{reference}\n" in text
    shown = SHOWN.search(text)
    assert shown is not None
    assert run(*shlex.split(shown["ask"])).status == 0
    file = Path(shown["file"])
    whole = run("verify-bundle", file)
    content = file.read_text("utf-8")
    file.write_text(re.sub(shown["old"], shown["new"], content), "utf-8")
    altered = run("verify-bundle", file)
    assert (whole.status, altered.status) == (0, 1)
    right = text
    for name, ran in (("altered", altered), ("whole", whole)):  # the later first, so that places before it hold
        right = right[: shown.start(name)] + ran.out.strip() + right[shown.end(name) :]
    if os.environ.get("UPDATE_DOCS"):
        (ROOT / readme).write_text(right, "utf-8")
    assert text == right or os.environ.get("UPDATE_DOCS")
