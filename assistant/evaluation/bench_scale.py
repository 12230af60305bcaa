"""The store at a size: built, opened in a new process, searched with real questions, added to; see ``bench_corpus``.

Embedding 100,000 passages would take hours and says nothing about the store: vectors are mixed from real ones and ready
when the build begins. Reading reports and finding their figures is timed apart, since it goes with the text alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np

from assistant import building
from assistant.assistant import Assistant
from assistant.encoders import Model, open_model
from assistant.errors import EvalDataError
from assistant.evaluation.bench_corpus import MixedModel, Reports, embed_all, make_reports
from assistant.evaluation.timing import Clock, clocked, timed_search
from assistant.lexicon import Lexicon, load_lexicon
from assistant.settings import Settings
from assistant.store import Segmenter, Store, Writer
from assistant.store.layout import VECTORS, folder_name
from assistant.types import Progress

ROUNDS = 4
"""Of all questions; each one's shortest times count. The first brings the files into memory."""
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


def measure_size(settings: Settings, size: str, *, asked: Sequence[str], progress: Progress) -> dict[str, float | None]:
    """The figures of a store of about so many passages ("1e5"), each key ending in it; ``passages`` is how many there are.

    ``build_s`` is from parsed reports and ready embeddings to a committed store, of which ``truth_s``, ``vectors_s``,
    ``words_s`` and ``sync_s`` are parts; ``parse_per_s`` passages a second are read, cut and searched for figures.
    ``add100_s`` is adding a file of some 100 passages, all but its embedding. ``open_s`` and ``rss_mb`` are of a new
    process: until the first search is done, its imports left out, and its peak after all questions. ``recall10`` is
    against the exact nearest vectors. ``search_over_encode_ms`` is what a search takes without the time inside it
    that encoding the question takes, as in the evaluation of systems.
    """
    lexicon, model = load_lexicon(), open_model(settings)
    with tempfile.TemporaryDirectory(prefix="shengwen-bench-") as place:
        mixed = MixedModel(model, lexicon)
        folder, more = Path(place) / "store", Path(place) / "more.txt"
        parsed, per_s = make_reports(Path(place), int(float(size)), mixed=mixed, lexicon=lexicon, more=more)
        figures: dict[str, float | None] = {"parse_per_s": per_s}
        embed_all(folder, parsed, mixed, progress=progress)
        figures |= _built(folder, parsed, cast(Model, mixed), lexicon=lexicon, progress=progress)
        settings = settings.model_copy(update={"store": folder})
        figures["open_s"], figures["rss_mb"] = _in_new_process(settings, asked)
        figures |= _searches(settings, model, asked)
        figures["add100_s"] = _added(folder, more, cast(Model, mixed), lexicon=lexicon)
    return {f"{name}_{size}": value for name, value in figures.items()}


class StageClock:
    """A progress callback that remembers how long each stage took, and passes on what it is told."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._at = time.perf_counter()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """The time since the last call belongs to this stage, unless it is only beginning."""
        now = time.perf_counter()
        if done or stage in self.seconds:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._at
        self._at = now
        self._progress(stage, done, total)


def _built(
    folder: Path, parsed: Reports, model: Model, *, lexicon: Lexicon, progress: Progress
) -> dict[str, float | None]:
    clock = StageClock(progress)
    began = time.perf_counter()
    with Writer(folder, model, Segmenter(lexicon.words())) as writer:
        writer.commit(parsed, progress=clock)
    built = time.perf_counter() - began
    with Store.open(folder) as store:
        passages = store.manifest.counts["passages"]
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / _MB
    stages = {"documents": "truth_s", "vectors": "vectors_s", "words": "words_s", "sync": "sync_s"}
    told = {name: clock.seconds.get(stage, 0.0) for stage, name in stages.items()}
    return {"passages": passages, "build_s": built, "store_mb": size, **told}


def _added(folder: Path, more: Path, model: Model, *, lexicon: Lexicon) -> float:
    with Store.open(folder) as store:
        keep = store.doc_ids()
    began = time.perf_counter()
    building.build(folder, [more], lexicon=lexicon, model=model, keep=keep)
    return time.perf_counter() - began


def _in_new_process(settings: Settings, asked: Sequence[str]) -> tuple[float, float | None]:
    command = [sys.executable, "-c", _PROBE, settings.model_dump_json()]
    done = subprocess.run(command, input=json.dumps(list(asked)), capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise EvalDataError(f"opening the store in a new process failed: {done.stderr.strip().splitlines()[-1:]}")
    opened, peak = json.loads(done.stdout)
    return opened, peak


def _searches(settings: Settings, model: Model, asked: Sequence[str]) -> dict[str, float | None]:
    clock = Clock()
    beyond = np.full((ROUNDS, len(asked)), np.inf)
    with Store.open(settings.store_dir) as store:
        a = Assistant(settings, load_lexicon(), clocked(model, clock), store)
        for round_ in range(ROUNDS):
            for i, question in enumerate(asked):
                beyond[round_, i] = timed_search(a.search, clock, question, k=10)[1]["beyond_encoding"]
        recall = _recall(store, model, asked)
    p50, p95 = np.percentile(beyond.min(axis=0), [50, 95])
    return {"search_over_encode_ms_p50": float(p50), "search_over_encode_ms_p95": float(p95), "recall10": recall}


def _recall(store: Store, model: Model, asked: Sequence[str]) -> float:
    """The share of the ten exactly nearest vectors that the index returns."""
    import faiss

    path = store.folder / folder_name(store.generation) / VECTORS
    index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    pooled = np.stack([model.encode_queries([question])[0].pooled for question in asked])
    exact, _ = index.search(np.ascontiguousarray(pooled, np.float32), 10)
    found = []
    for query, scores in zip(pooled, exact, strict=True):
        found.append(np.mean([score >= scores[-1] - 1e-6 for _, score in store.search_vectors(query, 10)]))
    return float(np.mean(found))
