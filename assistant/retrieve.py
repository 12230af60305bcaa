"""Finding passages: dense and word candidates under one filter, re-scored by late interaction, fused, ranked.

Late interaction is ColBERT's MaxSim (Khattab and Zaharia 2020) on the same model's token vectors: for each question
token the best passage token, averaged over the question. It knows nothing about what a question means.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.leaving import go_on
from assistant.store import Store
from assistant.types import Encoded, Filter, Hit, Passage

DENSE_CANDIDATES = 30
WORD_CANDIDATES = 15
"""30 dense + 15 word candidates: more did not change MRR@10 on CMRC2018 (docs/decisions.md)."""
WORDS_WEIGHT = 0.2
"""z-weight of BM25 beside late interaction where question and passages share a script; measured there too."""
MAX_K = 1000


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: the encoded question and its terms with weights.

    ``words_weight`` is 0 where the terms are in another script than the passages: word overlap would then be noise.
    """

    encoded: Encoded
    terms: tuple[tuple[str, float], ...]
    words_weight: float = WORDS_WEIGHT


@dataclass(slots=True)
class Candidate:
    """A passage under consideration with the scores of each stage (0 where a stage did not find it)."""

    row: int
    passage: Passage
    dense: float = 0.0
    words: float = 0.0
    late: float = 0.0
    fused: float = 0.0
    sources: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stages:
    """Which stages take part; turned off one by one to see what each is worth."""

    dense: bool = True
    words: bool = True
    late: bool = True


ALL_STAGES = Stages()


def retrieve(store: Store, query: Query, k: int, where: Filter, stages: Stages = ALL_STAGES) -> list[Candidate]:
    """The best k candidates under the filter, best first, ties by passage id."""
    go_on()
    found: dict[int, Candidate] = {}
    if stages.dense:
        for row, score in store.search_vectors(query.encoded.pooled, max(k, DENSE_CANDIDATES), where):
            found[row] = Candidate(row, _UNREAD, dense=score, sources=["dense"])
    if stages.words and query.terms:
        for row, score in store.search_words(query.terms, max(k, WORD_CANDIDATES), where):
            candidate = found.setdefault(row, Candidate(row, _UNREAD))
            candidate.words = score
            candidate.sources.append("words")
    candidates = [found[row] for row in sorted(found)]
    if stages.late:
        scores = late_interaction(query.encoded.tokens, store.tokens_at([c.row for c in candidates]))
        for candidate, score in zip(candidates, scores.tolist(), strict=True):
            candidate.late = score
            candidate.sources.append("late")
    _fuse(candidates, query.words_weight, stages)
    return _best(store, candidates, k)


def _best(store: Store, candidates: list[Candidate], k: int) -> list[Candidate]:
    """The best k with their passages; only those, and what ties with the last of them, are read."""
    ranked = sorted(candidates, key=lambda c: -c.fused)
    kept = [c for c in ranked if c.fused >= ranked[min(k, len(ranked)) - 1].fused]
    for candidate, passage in zip(kept, store.passages_at([c.row for c in kept]), strict=True):
        candidate.passage = passage
    return sorted(kept, key=lambda c: (-c.fused, c.passage.span))[:k]


def one_thread() -> AbstractContextManager[Any]:
    """NumPy's products of token vectors by one thread: they are small, and waiting for a second one costs more.

    On two idle cores nothing is lost; with other work on them 42 products took 29 ms so, and 510 ms with two threads.
    """
    limited: AbstractContextManager[Any] = _pools().limit(limits=1, user_api="blas")
    return limited


@functools.cache
def _pools() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def late_interaction(
    question: NDArray[np.float32], passages: Sequence[tuple[NDArray[np.int8], NDArray[np.float32]]]
) -> NDArray[np.float32]:
    """MaxSim of question tokens (m, d) on each passage's tokens (n, d), int8 with a scale each: mean of the m best cosines.

    :returns: (p,), 0 for a passage without tokens. Each is multiplied by itself: one product of all took as long, and
        equal passages could come out unequal in the last place, by what stands before them.
    """
    scores = np.zeros(len(passages), np.float32)
    filled = [i for i, (tokens, _) in enumerate(passages) if len(tokens)]
    if not len(question) or not filled:
        return scores
    lengths = np.array([len(passages[i][0]) for i in filled], np.int64)
    ends = np.cumsum(lengths)
    columns = np.ascontiguousarray(question.T)  # (d, m): in this order OpenBLAS needs half of the time
    wide = np.empty((lengths.max(), question.shape[1]), np.float32)
    cosines = np.empty((ends[-1], len(question)), np.float32)
    with one_thread():
        for i, n, end in zip(filled, lengths.tolist(), ends.tolist(), strict=True):
            wide[:n] = passages[i][0]
            np.matmul(wide[:n], columns, out=cosines[end - n : end])
    cosines *= np.concatenate([passages[i][1] for i in filled])[:, None]
    scores[filled] = np.maximum.reduceat(cosines, ends - lengths, axis=0).mean(axis=1)
    return scores


def _fuse(candidates: Sequence[Candidate], words_weight: float, stages: Stages) -> None:
    """``z(late or dense) + weight * z(words)``; z over the candidates, so the two scales need no tuning."""
    if not candidates:
        return
    meaning = _z([c.late if stages.late else c.dense for c in candidates])
    words = _z([c.words for c in candidates])
    weight = words_weight if stages.dense or stages.late else 1.0
    for candidate, m, w in zip(candidates, meaning, words, strict=True):
        candidate.fused = float(m + weight * w)


def _z(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, np.float64)
    deviation = array.std()
    return (array - array.mean()) / deviation if deviation > 1e-12 else np.zeros(len(array))


def to_hits(candidates: Sequence[Candidate]) -> tuple[Hit, ...]:
    """Candidates as ranked hits."""
    return tuple(Hit(i, c.passage, c.fused, tuple(c.sources)) for i, c in enumerate(candidates, start=1))


_UNREAD = Passage.__new__(Passage)  # stands in until the passages of the best candidates are read in one query
