"""The store at a size: a corpus recombined from the shipped sentences, with vectors mixed from real ones.

Embedding 100,000 passages would take hours and says nothing about the store; everything but the passages' vectors is
what users get: files are read, structured, cut, searched for figures, indexed; questions are encoded for real.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assistant import building
from assistant.assistant import Assistant
from assistant.corpus.read import read_sources
from assistant.encoders import Model, open_model
from assistant.errors import EvalDataError
from assistant.evaluation.questions import EvalQuestion
from assistant.lexicon import Lexicon, load_lexicon
from assistant.settings import Settings
from assistant.store import Store
from assistant.store.layout import VECTORS, folder_name
from assistant.text import sentences, trim
from assistant.types import Encoded, Progress

QUESTIONS = 100
"""How many of the shipped set are searched for: every third."""
ROUNDS = 4
"""Of all questions; each one's shortest times count. The first brings the files into memory."""
SENTENCES = 480
"""Of one report, which make some hundred passages."""
MORE = "more.txt"
NOISE = 0.3
"""Length of the noise added to a mixture of two unit vectors: enough that no two passages are the same."""
_MB = 2**20
_PROBE = """
import json, pathlib, re, sys, time
from assistant.assistant import Assistant
from assistant.settings import Settings
def peak():  # in MiB; what getrusage says on Linux includes the process that started this one
    status = pathlib.Path("/proc/self/status")
    if status.is_file():
        return int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1]) / 2**10
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
settings = Settings.model_validate_json(sys.argv[1])
began = time.perf_counter()
a = Assistant.open(settings=settings)
a.warm()
opened = time.perf_counter() - began
for q in json.load(sys.stdin):
    a.search(q)
json.dump([opened, peak()], sys.stdout)
"""


def measure_size(
    settings: Settings, n: int, *, questions: Sequence[EvalQuestion], progress: Progress
) -> dict[str, float | None]:
    """The figures of a store of about n passages, each key ending in n; ``passages`` is how many there really are.

    ``build_s`` and ``add100_s`` are without embedding. ``open_s`` and ``rss_mb`` are of a new process: until the first
    search is done, its imports left out, and its peak after all questions. ``recall10`` is against the exact nearest
    vectors. ``search_over_encode_ms`` is what a search takes beyond encoding its question.
    """
    lexicon, model = load_lexicon(), open_model(settings)
    asked = [q.question for q in questions[:: max(1, len(questions) // QUESTIONS)]]
    with tempfile.TemporaryDirectory(prefix="shengwen-bench-") as place:
        mixed = MixedModel(model, lexicon)
        folder = Path(place) / "store"
        reports = Path(place) / "reports"
        write_reports(reports, n, mixed=mixed, lexicon=lexicon)
        figures = _builds(folder, reports, lexicon=lexicon, model=cast(Model, mixed), progress=progress)
        settings = settings.model_copy(update={"store": folder})
        figures["open_s"], figures["rss_mb"] = _in_new_process(settings, asked)
        figures |= _searches(settings, model, asked)
    return {f"{name}_{n}": value for name, value in figures.items()}


def _builds(
    folder: Path, reports: Path, *, lexicon: Lexicon, model: Model, progress: Progress
) -> dict[str, float | None]:
    began = time.perf_counter()
    building.build(folder, [reports], lexicon=lexicon, model=model, progress=progress)
    built = time.perf_counter() - began
    with Store.open(folder) as store:
        keep = [d.id for d in store.documents()]
        passages = store.manifest.counts["passages"]
    files = [p for p in folder.rglob("*") if p.is_file()]
    size = sum(p.stat().st_size for p in files) / _MB
    began = time.perf_counter()
    building.build(folder, [reports.with_name(MORE)], lexicon=lexicon, model=model, keep=keep)
    added = time.perf_counter() - began
    return {"passages": passages, "build_s": built, "store_mb": size, "add100_s": added}


def _in_new_process(settings: Settings, asked: list[str]) -> tuple[float, float | None]:
    command = [sys.executable, "-c", _PROBE, settings.model_dump_json()]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise EvalDataError(f"opening the store in a new process failed: {done.stderr.strip().splitlines()[-1:]}")
    opened, peak = json.loads(done.stdout)
    return opened, peak


def _searches(settings: Settings, model: Model, asked: list[str]) -> dict[str, float | None]:
    a = Assistant.open(settings=settings)
    encoding, searching = np.full((2, ROUNDS, len(asked)), np.inf)
    for round_ in range(ROUNDS):
        for i, question in enumerate(asked):
            began = time.perf_counter()
            model.encode_queries([question])
            encoded = time.perf_counter()
            a.search(question)
            encoding[round_, i], searching[round_, i] = encoded - began, time.perf_counter() - encoded
    beyond = 1000 * (searching.min(axis=0) - encoding.min(axis=0))
    a.close()
    with Store.open(settings.store_dir) as store:
        recall = _recall(store, model, asked)
    p50, p95 = np.percentile(beyond, [50, 95])
    return {"search_over_encode_ms_p50": float(p50), "search_over_encode_ms_p95": float(p95), "recall10": recall}


def _recall(store: Store, model: Model, asked: list[str]) -> float:
    """The share of the ten exactly nearest vectors that the index returns."""
    import faiss

    index = faiss.read_index(str(store.folder / folder_name(store.generation) / VECTORS))
    vectors: NDArray[np.float32] = index.reconstruct_n(0, index.ntotal)
    found = []
    for question in asked:
        pooled = model.encode_queries([question])[0].pooled
        scores = vectors @ pooled
        tenth = np.partition(scores, -10)[-10]
        found.append(np.mean([scores[row] >= tenth - 1e-6 for row, _ in store.search_vectors(pooled, 10)]))
    return float(np.mean(found))


class MixedModel:
    """The real tokenizer, and vectors mixed from those of the shipped passages, drawn by a hash of the text."""

    def __init__(self, model: Model, lexicon: Lexicon) -> None:
        sources, _ = read_sources([building.shipped_corpus()])
        texts = [text for s in sources for text in building.parse_source(s, lexicon, model).indexed]
        real = [encoded for _, encoded in model.encode_passages(texts)]
        self.name, self.fingerprint, self.dimension = model.name, model.fingerprint, model.dimension
        self.count_tokens = model.count_tokens
        self.sentences = [s.text[a:b] for s in sources for a, b in _trimmed(s.text) if b - a > 8]
        self._special = model.count_tokens([""])[0]
        self._pooled = np.stack([e.pooled for e in real])
        self._tokens = np.concatenate([e.tokens for e in real])

    def encode_passages(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        """Two real passages' vectors mixed, with some noise; as many real token vectors as the text has tokens."""
        for i, (text, n) in enumerate(zip(texts, self.count_tokens(texts), strict=True)):
            draw = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
            a, b = draw.integers(len(self._pooled), size=2)
            share = draw.random()
            mixed = share * self._pooled[a] + (1 - share) * self._pooled[b]
            mixed += draw.normal(scale=NOISE / np.sqrt(self.dimension), size=self.dimension)
            rows = (draw.integers(len(self._tokens)) + np.arange(max(1, n - self._special))) % len(self._tokens)
            yield i, Encoded((mixed / np.linalg.norm(mixed)).astype(np.float32), self._tokens[rows])


def write_reports(folder: Path, n: int, *, mixed: MixedModel, lexicon: Lexicon) -> None:
    """Reports of provinces and years in turn that make about n passages, as text files; one more beside the folder."""
    folder.mkdir(parents=True)
    draw = random.Random(n)
    more = folder.with_name(MORE)
    more.write_text(_report(0, draw=draw, sentences=mixed.sentences, lexicon=lexicon), "utf-8")
    parsed = building.parse_source(read_sources([more])[0][0], lexicon, cast(Model, mixed))
    for i in range(max(1, round(n / len(parsed.passages)))):
        text = _report(i, draw=draw, sentences=mixed.sentences, lexicon=lexicon)
        (folder / f"report-{i:06d}.txt").write_text(text, "utf-8")


def _report(number: int, *, draw: random.Random, sentences: list[str], lexicon: Lexicon) -> str:
    province = lexicon.provinces[number % len(lexicon.provinces)]
    year = 2000 + number // len(lexicon.provinces) % 25
    said = [draw.choice(sentences) for _ in range(SENTENCES)]
    half = SENTENCES // 2
    parts = [f"{province.full}{year}年政府工作报告", f"一、{year - 1}年工作回顾", *_paragraphs(said[:half])]
    return "\n".join([*parts, f"二、{year}年工作安排", *_paragraphs(said[half:])]) + "\n"


def _paragraphs(said: list[str]) -> Iterator[str]:
    return ("".join(said[i : i + 5]) for i in range(0, len(said), 5))


def _trimmed(text: str) -> Iterator[tuple[int, int]]:
    return (trim(text, a, b) for a, b in sentences(text))
