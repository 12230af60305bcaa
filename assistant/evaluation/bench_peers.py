"""A search here against the same search by other programs: the same passages, model and questions, in one run, in turn."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant import building
from assistant.assistant import Assistant
from assistant.encoders import open_model
from assistant.errors import EvalDataError
from assistant.evaluation.bench_corpus import MixedModel, make_reports
from assistant.evaluation.bench_scale import ROUNDS
from assistant.evaluation.peers import HITS, PEERS, Peer
from assistant.evaluation.timing import Clock, clocked, timed_search
from assistant.lexicon import load_lexicon
from assistant.settings import Settings
from assistant.store import Store
from assistant.types import Hit, Progress

OURS = "shengwen"
Search = tuple[Callable[[str, int], Sequence[Hit]], Clock]
"""How a program is searched, and the clock around its encoder."""


def measure_peers(
    settings: Settings, n: int, *, asked: Sequence[str], progress: Progress
) -> dict[str, float | dict[str, float]]:
    """``peers``: how many times as long as here the median search takes in each program that is installed.

    Above 1 it is slower than this one. Each encodes the question its own way, all of which counts; what is left without
    is under ``peers_beyond_encoding``. A search here is the whole one: words, vectors, late interaction. About n passages
    are embedded for real, once by each program, which takes minutes.

    :raises EvalDataError: no other program is installed.
    """
    with tempfile.TemporaryDirectory(prefix="shengwen-bench-") as place:
        folder = Path(place) / "store"
        _build(Path(place), folder, n, settings=settings, progress=progress)
        model, clock = open_model(settings), Clock()
        with Store.open(folder) as store:
            here = Assistant(
                settings.model_copy(update={"store": folder}), load_lexicon(), clocked(model, clock), store
            )
            searches: dict[str, Search] = {OURS: (lambda text, k: here.search(text, k=k), clock)}
            for name in PEERS:
                progress("peers", len(searches) - 1, len(PEERS))
                try:
                    peer = Peer(name, store, model)
                except EvalDataError:
                    continue  # not installed
                searches[name] = peer.search, peer.clock
            if len(searches) == 1:
                raise EvalDataError("no other program is installed: install some with `pip install 'shengwen[peers]'`")
            medians = _medians(searches, asked, progress=progress)
    return _ratios(medians)


def _build(place: Path, folder: Path, n: int, *, settings: Settings, progress: Progress) -> None:
    lexicon, model = load_lexicon(), open_model(settings)
    make_reports(place, n, mixed=MixedModel(model, lexicon), lexicon=lexicon, more=place / "more.txt")
    building.build(folder, [place / "reports"], lexicon=lexicon, model=model, progress=progress)


def _medians(searches: dict[str, Search], asked: Sequence[str], *, progress: Progress) -> dict[str, dict[str, float]]:
    """Milliseconds of each program, the median over questions of the shortest time of some rounds."""
    times = {name: [[np.inf] * 2 for _ in asked] for name in searches}
    for done in range(ROUNDS * len(asked)):
        progress("search", done, ROUNDS * len(asked))
        i = done % len(asked)
        for name, (search, clock) in searches.items():
            ms = timed_search(search, clock, asked[i], k=HITS)[1]
            best = times[name][i]
            times[name][i] = [min(best[0], ms["search"]), min(best[1], ms["beyond_encoding"])]
    progress("search", 1, 1)
    medians = {name: np.median(np.array(each), axis=0) for name, each in times.items()}
    return {name: {"search": float(m[0]), "beyond_encoding": float(m[1])} for name, m in medians.items()}


def _ratios(medians: dict[str, dict[str, float]]) -> dict[str, float | dict[str, float]]:
    def against(what: str) -> dict[str, float]:
        ours = medians[OURS][what]
        return {name: round(m[what] / ours, 4) for name, m in medians.items() if name != OURS}

    return {
        "peers": against("search"),
        "peers_beyond_encoding": against("beyond_encoding"),
        "peers_search_ms_p50": round(medians[OURS]["search"], 4),
    }
