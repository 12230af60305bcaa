"""Speed, memory and scale of this program on this machine, where possible as ratios against its raw parts.

Times on a shared machine have outliers upwards only, so repeated times are reported by their minimum; what differs
from question to question by its median and 95th percentile. Figures of size N are those of ``bench_scale``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant import building
from assistant.assistant import Assistant
from assistant.corpus.read import read_sources
from assistant.encoders import Model, open_model
from assistant.encoders.manifest import read_prepared
from assistant.encoders.passages import load_sentence_transformer
from assistant.errors import EvalDataError
from assistant.evaluation.bench_page import measure_page
from assistant.evaluation.bench_peers import measure_peers
from assistant.evaluation.bench_scale import measure_size
from assistant.evaluation.questions import EvalQuestion, read_questions, shipped_set
from assistant.lexicon import load_lexicon
from assistant.settings import Settings
from assistant.types import Progress

Figures = dict[str, float | dict[str, float] | None]
QUESTION = "山东2022年高新技术企业目标是多少？"
COLD_REPEATS = 5
BUILD_REPEATS = 3
WARM_ROUNDS = 3
PEERS_AMONG = 1_000
SEARCHED = 100
"""How many questions of the shipped set are searched for, evenly over it."""
SIZES = ("1e3", "1e5", "1e6")
"""1e5 takes five minutes and 2 GB of disk, 1e6 half an hour and 8 GB."""
DEFAULT = ("cold", "warm", "build", "1e3")
PARTS = ("cold", "warm", "build", "page", "peers", *SIZES)
"""``page`` starts a server and a browser, ``peers`` embeds a thousand passages once for each program: only when asked for."""
_KEYS = {"cold_ask_": "cold", "warm_ask_": "warm", "build_over_encode": "build", "page_": "page", "peers_": "peers"}
"""How the keys of a part begin; those of a size end in it."""


def measure(settings: Settings, only: Sequence[str] | None = None, *, progress: Progress | None = None) -> Figures:
    """The figures of the chosen parts as one flat object; its keys are those of the public interface.

    :param only: parts, or keys of figures; ``None``: all parts but page, peers, 1e5 and 1e6.
    :raises EvalDataError: an unknown part.
    """
    parts = [_part(name.strip()) for name in only] if only is not None else list(DEFAULT)
    report = progress if progress is not None else _silent
    Assistant.open(settings=settings, progress=progress).close()  # prepare and build now, not in what is measured
    figures: Figures = {}
    for part in dict.fromkeys(parts):
        if part == "cold":
            figures |= measure_cold(settings, report)
        elif part == "warm":
            figures |= measure_warm(settings, report)
        elif part == "build":
            figures |= measure_build(settings, report)
        elif part == "page":
            asked = [q.question for q in _questions() if not q.history]
            figures |= measure_page(settings, questions=asked, progress=report)
        elif part == "peers":
            figures |= measure_peers(settings, PEERS_AMONG, asked=_sample(), progress=report)
        else:
            figures |= measure_size(settings, part, asked=_sample(), progress=report)
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}


def _part(name: str) -> str:
    if name in PARTS:
        return name
    by_start = next((part for start, part in _KEYS.items() if name.startswith(start)), None)
    by_size = next((part for part in SIZES if name.endswith(f"_{part}")), None)
    if (found := by_start or by_size) is None:
        raise EvalDataError(f"unknown part {name!r}: use some of {', '.join(PARTS)}, or keys of figures")
    return found


def measure_cold(settings: Settings, progress: Progress) -> Figures:
    """A whole `ask` in a new process, and the mere import of sentence-transformers, in turn."""
    options = [f"--store={settings.store_dir}"]
    ask = [sys.executable, "-m", "assistant.cli", "ask", QUESTION, *options]
    load = [sys.executable, "-c", "import sentence_transformers"]
    asked, loaded = [], []
    for i in range(COLD_REPEATS):
        progress("cold", i, COLD_REPEATS)
        asked.append(_seconds(lambda: _run(ask)))
        loaded.append(_seconds(lambda: _run(load)))
    progress("cold", COLD_REPEATS, COLD_REPEATS)
    return {"cold_ask_s": min(asked), "cold_ask_over_import": min(asked) / min(loaded)}


def measure_warm(settings: Settings, progress: Progress) -> Figures:
    """Each question of the shipped set, its shortest time of some rounds, in one process that is warm."""
    a = Assistant.open(settings=settings)
    a.warm()
    questions = _questions()
    times = np.full((WARM_ROUNDS, len(questions)), np.inf)
    for round_ in range(WARM_ROUNDS):
        for i, q in enumerate(questions):
            if i % 20 == 0:
                progress("warm", round_ * len(questions) + i, times.size)
            times[round_, i] = 1000 * _seconds(lambda q=q: a.ask(q.question, q.history))  # type: ignore[misc]
    progress("warm", times.size, times.size)
    a.close()
    shortest = times.min(axis=0)
    return {"warm_ask_ms_p50": percentile(shortest, 50), "warm_ask_ms_p95": percentile(shortest, 95)}


def measure_build(settings: Settings, progress: Progress) -> Figures:
    """Passages a second of building the shipped corpus over those of ``SentenceTransformer.encode``, both warm.

    The build does everything: it reads, finds the structure, cuts, extracts figures, embeds with token vectors,
    indexes, and forces it all to the disk. Above 1 it is faster than the bare encoding with its usual settings.
    """
    lexicon, model = load_lexicon(), open_model(settings)
    sources, _ = read_sources([building.shipped_corpus()])
    texts = [text for source in sources for text in building.parse_source(source, lexicon, model).indexed]
    raw = _raw_model(model)
    built, encoded = [], []
    for i in range(-1, BUILD_REPEATS):  # the first round loads and warms both, and does not count
        progress("build", i + 1, BUILD_REPEATS + 1)
        with tempfile.TemporaryDirectory(prefix="shengwen-bench-") as place:
            paths = [building.shipped_corpus()]
            built.append(
                _seconds(lambda: building.build(Path(place) / "store", paths, lexicon=lexicon, model=model))  # noqa: B023
            )
        encoded.append(_seconds(lambda: raw.encode(texts, prompt=model.passage_prompt, show_progress_bar=False)))
    progress("build", BUILD_REPEATS + 1, BUILD_REPEATS + 1)
    return {"build_over_encode": min(encoded[1:]) / min(built[1:])}


def _raw_model(model: Model) -> Any:
    prepared = read_prepared(model.folder)
    if prepared is None:
        raise EvalDataError(f"the prepared model {str(model.folder)!r} is not whole: ask a question, then try again")
    return load_sentence_transformer(str(model.folder / prepared.model), local=True)


def _questions() -> list[EvalQuestion]:
    return list(read_questions(shipped_set()))


def _sample() -> list[str]:
    questions = _questions()
    return [q.question for q in questions[:: max(1, len(questions) // SEARCHED)]]


def percentile(values: Iterable[float], p: float) -> float:
    """The p-th percentile, linear between neighbours."""
    return float(np.percentile(list(values), p))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EvalDataError(f"a measured command failed ({' '.join(command[:4])} …): {last}")


def _silent(stage: str, done: int, total: int) -> None:
    """No one asked to be told."""
