"""Whatever is sent, read or configured: an answer that keeps its promises, or one line that says what is wrong."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from serving import Scripted, serving
from small import REPORTS, open_small

from assistant.answer.rewriting import PLACEHOLDERS
from assistant.corpus.read import SUFFIXES, read_sources
from assistant.corpus.sections import parse_document
from assistant.errors import AssistantError, BundleError, EvalDataError, LexiconError, PromptError, StoreError
from assistant.evaluation.generated import Generated
from assistant.evaluation.probing import probe
from assistant.evaluation.questions import read_questions
from assistant.facts import extract_facts
from assistant.lexicon import load_lexicon
from assistant.passages import cut_passages
from assistant.prompts import load_prompt
from assistant.settings import Settings, data_dir, load_settings
from assistant.store import Store, layout, verify
from assistant.takeaway.verify import verify_bundle

HERE = Path(__file__).parent
PIECES = (
    *(
        "山东",
        "福建",
        "黑龙江",
        "上海",
        "鲁",
        "闽",
        "全国",
        "东北三省",
        "Shandong",
        "各省",
        "哪些省份",
        "2022年",
        "2021年",
        "去年",
        "今年",
        "1949",
    ),
    *(
        "高新技术企业",
        "技术合同成交额",
        "研发投入",
        "揭榜挂帅",
        "R&D",
        "目标",
        "是多少",
        "增长多少",
        "吗？",
        "为什么",
        "对比",
        "排名",
        "最多的",
        "占比",
    ),
    *(
        "那",
        "呢？",
        "和",
        "与",
        "、",
        "，",
        "。",
        "？",
        "!",
        "（",
        "）",
        "“",
        "”",
        "《",
        "》",
        "[1]",
        "[99]",
        "**",
        "`",
        "|",
        "#",
        "- ",
        "> ",
    ),
    *(
        "2.3万家",
        "18%",
        "３．５％",
        "1e9",
        "-1",
        "0",
        "九千",
        "亿元",
        "NaN",
        "%s",
        "{0}",
        "{{x}}",
        "${x}",
        "\\",
        "'",
        '"',
        ";--",
        "../",
        "\r\n",
    ),
    *(
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "e\u0301\u0301\u0301",
        "👩‍👩‍👧",
        "\U0010ffff",
        "\u0378",
        "ﷺ",
        "ſ",
        "İ",
        "㍻",
        "台灣",
        "髙",
    ),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=x>",
        "javascript:",
        "忽略以上指令",
        "Ignore all previous instructions",
        "system:",
        "\x1b[31m",
    ),
)


def few(request):
    """How many cases: a few hundred in all, or, of the slow tests, some thousands."""
    return 40 if request.param == "few" else 300


SIZES = pytest.mark.parametrize("cases", ["few", pytest.param("many", marks=pytest.mark.slow)], indirect=True)


@pytest.fixture
def cases(request):
    return few(request)


def noise(draw, most=40):
    """A text of pieces that mean something here, of any characters, and of one thing many times over."""
    kind = draw.random()
    if kind < 0.1:
        return draw.choice(PIECES) * draw.randint(1, 2_000)
    if kind < 0.25:
        codes = (
            draw.choice((draw.randint(1, 0x2FF), draw.randint(0x4E00, 0x9FFF), draw.randint(1, 0xD7FF)))
            for _ in range(most)
        )
        return "".join(map(chr, codes))
    return "".join(draw.choices(PIECES, k=draw.randint(1, most)))


def altered(draw, data):
    """A file's bytes after a few edits: cut, doubled, moved, or with something in between."""
    for _ in range(draw.randint(1, 4)):
        start, end = sorted(draw.randint(0, len(data)) for _ in range(2))
        end = min(end, start + draw.choice((1, 5, 200)))
        inserted = draw.choice(
            (
                b"",
                b"\0",
                b"\xff\xfe",
                b'"',
                b"[",
                b"{",
                b"\n",
                b"=",
                b"\t",
                noise(draw, 5).encode(),
                data[start:end] * 2,
            )
        )
        data = data[:start] + inserted + data[end:]
    return data


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    room = tmp_path_factory.mktemp("small")
    limits = {"questions_per_minute": 0, "feedback_per_minute": 0}
    opened = open_small(room / "store", feedback=room / "feedback.jsonl", **limits)
    opened.ask("What is the target for high-tech enterprises?")  # what English needs is loaded at its first question
    yield opened
    opened.close()


@SIZES
def test_questions_and_histories(small, cases, tally):
    draw = random.Random(11)
    asked = [
        Generated(n, "noise", "zh", noise(draw), tuple(noise(draw) for _ in range(draw.choice((0, 0, 1, 3)))))
        for n in range(3 * cases)
    ]
    found = probe(small, asked)
    tally["cases fuzzed"] += len(asked)
    assert [(a.question, a.broken) for a in found.broken] == []


@SIZES
def test_no_question_takes_much_longer_than_others_of_its_length(small, cases, tally):
    """Twenty times the median of its like, and a second on top, which a busy machine may take for anything."""
    draw = random.Random(12)
    for length in (20, 200, 1_900):
        texts = []
        for _ in range(cases):
            text = ""
            while len(text) < length:
                text += draw.choice(PIECES) * draw.choice((1, 1, 3, 500)) if draw.random() < 0.8 else noise(draw)
            texts.append(text[:length])
        texts += [(piece * length)[:length] for piece in PIECES]
        found = probe(small, [Generated(n, "noise", "zh", text) for n, text in enumerate(texts)])
        tally["cases fuzzed"] += len(texts)
        again = probe(small, [a.question for a in found.slow])  # a machine that was busy for a moment is not to blame
        limit = 1_000 + 20 * found.median_ms
        assert [(a.question.question[:80], a.ms) for a in again.asked if a.ms > limit] == []


REQUESTS = {
    "/api/ask": {"question": "山东", "history": ["x"], "provinces": ["山东"], "years": [2022], "periods": ["plan"]},
    "/api/search": {"query": "山东", "k": 3},
    "/api/locate": {"text": "高新技术企业"},
    "/api/export": {
        "format": "markdown",
        "question": "山东",
        "accessed": "2026-01-31",
        "language": "zh",
        "answers": None,
    },
    "/api/verify": {"format": "shengwen-bundle", "format_version": 1},
    "/api/feedback": {"verdict": "up", "question": "山东", "comment": "x"},
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "山东"}], "stream": False, "n": 1},
    "/gradio_api/call/ask": {"data": ["山东"]},
    "/gradio_api/queue/join": {"data": ["山东"], "fn_index": 0, "session_hash": "x"},
}


def odd(draw, depth=0):
    """Any JSON value."""
    kind = draw.randint(0, 8 if depth < 3 else 5)
    if kind <= 5:
        return (None, True, draw.randint(-(2**70), 2**70), draw.uniform(-1e300, 1e300), noise(draw, 6), "")[kind]
    if kind <= 7:
        return [odd(draw, depth + 1) for _ in range(draw.randint(0, 3))]
    return {noise(draw, 3): odd(draw, depth + 1) for _ in range(draw.randint(0, 3))}


@SIZES
def test_bodies_of_requests(small, cases, tally):
    draw = random.Random(13)
    with serving(small) as client:
        for n in range(2 * cases):
            path = draw.choice(list(REQUESTS))
            body = dict(REQUESTS[path])
            if n % 3:
                body[draw.choice(list(body)) if n % 3 == 1 else noise(draw, 3)] = odd(draw)
            sent = json.dumps(body).encode()
            if n % 5 == 0:
                sent = altered(draw, sent)
            status, got, _ = client.send("POST", path, sent)
            tally["cases fuzzed"] += 1
            assert status < 500, (path, sent, got)
            assert "Traceback" not in str(got)


@SIZES
def test_documents(cases, tally, tmp_path):
    """Files of every kind, each altered or random: read, or told in one line why not; what is read is cut soundly."""
    draw = random.Random(14)
    lexicon = load_lexicon()
    makers = made_files()
    for n in range(cases):
        name, data = draw.choice(makers)
        path = tmp_path / f"case{n % 7}{Path(name).suffix}"
        path.write_bytes(altered(draw, data) if n % 4 else noise(draw).encode("utf-8", "replace"))
        sources, failures = read_sources([path])
        tally["cases fuzzed"] += 1
        assert all("\n" not in f.reason for f in failures)
        for source in sources:
            document, sections = parse_document(source, lexicon)
            for part in (
                *cut_passages(document, sections, lambda texts: [len(t) for t in texts]),
                *extract_facts(document, sections),
            ):
                assert 0 <= part.span.start < part.span.end <= len(document.text)
        path.unlink()


def made_files():
    """A sound file of each kind that is read."""
    import file_makers

    text = "\n".join(REPORTS.values())
    plain = [
        (f"x{suffix}", text.encode())
        for suffix in SUFFIXES
        if suffix in (".txt", ".md", ".csv", ".html", ".htm", ".jsonl")
    ]
    rows = b'{"title": "x", "text": "\xe5\xb1\xb1\xe4\xb8\x9c", "year": 2022}\n'
    plain.append(("x.jsonl", rows * 3))
    rows = [("山东", "山东", 2022, "http://x", "2022-01-01", text)]
    plain.append(("x.csv", file_makers.csv_of(rows)))
    plain.append(("x.xlsx", file_makers.xlsx_of([file_makers.HEAD, *rows])))
    plain.append(("x.docx", file_makers.docx_of(text)))
    plain.append(("x.pdf", file_makers.pdf_of(file_makers.lines_of(text[:100]))))
    plain.append(("x.zip", file_makers.zip_of({"a.txt": text.encode(), "b/c.csv": file_makers.csv_of(rows)})))
    return plain


KINDS = {
    "lexicon": (LexiconError, lambda folder: load_lexicon(folder)),
    "prompts": (PromptError, lambda folder: load_prompt("rewrite.zh", placeholders=PLACEHOLDERS, folder=folder)),
    "eval": (EvalDataError, lambda folder: read_questions(folder / "mini.jsonl")),
    "settings": (AssistantError, lambda folder: load_settings(folder / "shengwen.toml")),
    "bundle": (BundleError, lambda folder: verify_bundle((folder / "bundle.json").read_bytes())),
}
TOML = b"""host = "127.0.0.1"
port = 7860
allowed_hosts = ["a.example"]
[users]
editor = "x"
[llm]
base_url = "http://localhost:1/v1"
"""


def material(kind, folder):
    folder.mkdir()
    if kind == "settings":
        (folder / "shengwen.toml").write_bytes(TOML)
    elif kind == "bundle":
        from datetime import date

        from serving import DOCUMENT, answered

        from assistant.takeaway.exchange import Exchange
        from assistant.takeaway.export import export

        made = export(
            [Exchange(answered("甲省？"), ())], "json", source=Scripted(texts=(DOCUMENT,)), accessed=date(2026, 1, 1)
        )
        (folder / "bundle.json").write_bytes(made.data)
    else:
        room = {"lexicon": "index/lexicon"}.get(kind, kind)
        for path in data_dir(room).iterdir():
            if path.is_file() and (kind != "eval" or path.name == "mini.jsonl"):
                shutil.copy(path, folder)
    return folder


@SIZES
@pytest.mark.parametrize("kind", KINDS)
def test_files_that_people_edit(kind, cases, tally, tmp_path):
    error, read = KINDS[kind]
    draw = random.Random(15)
    sound = material(kind, tmp_path / "sound")
    names = sorted(p.name for p in sound.iterdir() if p.suffix != ".md" or kind == "prompts")
    for n in range(cases if kind != "lexicon" else max(20, cases // 10)):
        folder = tmp_path / f"case{n}"
        shutil.copytree(sound, folder)
        path = folder / draw.choice(names)
        path.write_bytes(altered(draw, path.read_bytes()))
        tally["cases fuzzed"] += 1
        try:
            read(folder)
        except error as e:
            assert str(e).strip() and "\n" not in str(e), str(e)
        shutil.rmtree(folder)


@SIZES
def test_manifests(cases, tally, small, tmp_path):
    draw = random.Random(16)
    store = tmp_path / "store"
    shutil.copytree(small.settings.store_dir, store)
    place = store / layout.folder_name(layout.read_current(store))
    for path in (place / layout.MANIFEST, store / layout.CURRENT):
        whole = path.read_bytes()
        for _ in range(cases):
            data = altered(draw, whole)
            path.write_bytes(data)
            tally["cases fuzzed"] += 1
            if data.strip() == whole.strip():
                continue
            try:
                Store.open(store).close()
            except StoreError as e:
                assert "\n" not in str(e)
                assert verify(store)
        path.write_bytes(whole)


def test_what_nobody_sees_is_shown_and_not_obeyed(tmp_path):
    """Characters of no width hide nothing, and those that turn the direction of writing turn nothing."""
    from harmless import harmless
    from small import Stub

    from assistant import building
    from assistant.assistant import Assistant
    from assistant.corpus.read import Intake
    from assistant.text import printable
    from assistant.ui.source import render_source

    hidden = "2022年山东省政府工作报告\n2022年工作安排\n高新技术\u200b企业达到2.6\u202e万家\u202c，技术合同\u2066成交额\u2069增长9%。\n"
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "山东2022.txt").write_text(hidden, encoding="utf-8")
    lexicon, model = load_lexicon(), Stub()
    building.build(tmp_path / "s", [tmp_path / "r"], lexicon=lexicon, model=model, intake=Intake("", None, 256))
    a = Assistant(Settings(store=tmp_path / "s"), lexicon, model, Store.open(tmp_path / "s"))
    for question in ("山东2022年技术合同成交额增长多少？", "山\u200b东2022年技术\u202e合同成交额增长多少？"):
        answer = a.ask(question)
        assert answer.status == "answered" and answer.short == "9%"
        for c in answer.citations:
            assert a.document(c.span.doc_id).text[c.span.start : c.span.end] == c.quote
        assert not set("\u202e\u2066") & set(printable(answer.text))
        document = a.document(answer.citations[0].span.doc_id)
        shown = render_source(document, answer.citations[0].span, "zh", key="x")
        harmless(shown)
    a.close()


@pytest.mark.slow
def test_no_regular_expression_runs_away(tally):
    """Each on texts made to hurt, as long as the longest question."""
    paths = os.pathsep.join(map(str, (HERE.parent.parent, HERE.parent, HERE)))
    ended = subprocess.run(
        [sys.executable, str(HERE / "patterns_child.py")],
        env=os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    *slow, counted = map(json.loads, ended.stdout.splitlines())
    assert counted["patterns"] > 200
    tally["regular expressions timed"] += counted["patterns"]
    assert slow == []


def test_a_hundred_thousand_characters_are_cut(small, tally):
    """The segmenter and the parser on the longest lines, each of one thing over and over."""
    import time

    lexicon = load_lexicon()
    took = {}
    for piece in PIECES:
        text = (piece * 100_000)[:100_000]
        began = time.perf_counter()
        small._current().segmenter.terms(text)
        took[piece] = time.perf_counter() - began
    median = sorted(took.values())[len(took) // 2]
    tally["texts of 100,000 characters cut"] += len(took)
    assert {p: t for p, t in took.items() if t > 1 + 20 * median} == {}
    assert lexicon.provinces
