"""Whatever is asked or sent: an answer that keeps its promises, or one line that says what is wrong."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from noise import PIECES, SIZES, altered, noise
from serving import serving

from assistant.evaluation.generated import Generated
from assistant.evaluation.probing import probe
from assistant.lexicon import load_lexicon
from assistant.settings import Settings
from assistant.store import Store

HERE = Path(__file__).parent


@SIZES
def test_questions_and_histories(small, cases, tally):
    draw = random.Random(11)
    asked = [
        Generated(n, "noise", "zh", noise(draw), tuple(noise(draw) for _ in range(draw.choice((0, 0, 1, 3)))))
        for n in range(6 * cases)
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
        for _ in range(min(cases, 300)):
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
        for n in range(4 * cases):
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
