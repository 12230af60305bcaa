"""BM25 as sparse vectors: a passage's and a query's, whose inner product is the word index's score.

A server that sums products then ranks as Tantivy does here: the same terms, statistics of the whole corpus, the same
lengths, every term at its own weight. Tantivy's formula (``query/bm25.rs``, ``fieldnorm/code.rs``): idf · (k1 + 1) · tf
/ (tf + k1 · (1 - b + b · length / mean length)), idf = ln(1 + (N - df + 0.5) / (df + 0.5)), lengths rounded down to one
byte. How rare a term is goes into the query's vector, so that a passage's stays true when others come.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store.layout import REBUILD, TERMS
from assistant.store.segment import Segmenter

K1, B = 1.2, 0.75
NOTHING = 0
"""The dimension of a passage without any term: servers take no empty vector, and no query asks for it."""
_DIMENSIONS = 2**32 - 2
# 0 to 39 exactly, then eight lengths 2 apart, eight 4 apart, and so on: a byte for any length.
_LENGTHS = list(itertools.accumulate([1] * 40 + [2**i for i in range(1, 28) for _ in range(8)], initial=0))[:256]

Sparse = dict[int, float]
Lengths = Mapping[str, float]
"""The mean length of a passage in ``words`` and in ``grams``."""


@functools.lru_cache(maxsize=1 << 18)  # the same terms come over and over: 0.46 to 0.19 ms a passage
def dimension(field: str, term: str) -> int:
    """A term's dimension, from 1; two of some ten million terms share one about once in a thousand terms."""
    return zlib.crc32(f"{field}\0{term}".encode(errors="replace")) % _DIMENSIONS + 1


def passage_vector(text: str, segmenter: Segmenter, mean: Lengths) -> Sparse:
    """A passage's sparse vector, never empty."""
    found: Sparse = {}
    for field, counts in _counted(text, segmenter).items():
        length = _LENGTHS[bisect.bisect_right(_LENGTHS, counts.total()) - 1]
        norm = K1 * (1 - B + B * length / (mean[field] or 1.0))
        for place, tf in counts.items():
            found[place] = found.get(place, 0.0) + (K1 + 1) * tf / (tf + norm)
    return found or {NOTHING: 1.0}


def _counted(text: str, segmenter: Segmenter) -> dict[str, Counter[int]]:
    return {
        field: Counter(dimension(field, term) for term in found)
        for field, found in zip(("words", "grams"), segmenter.indexed(text), strict=True)
    }


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many passages there are, their mean lengths, and in how many of them each term stands.

    ``found`` is (2, n) uint32: the terms' dimensions, ascending, and in how many passages each stands.
    """

    passages: int
    mean: Lengths
    found: NDArray[np.uint32]

    @classmethod
    def gather(cls, texts: Iterable[str], segmenter: Segmenter) -> Statistics:
        """Of all indexed texts, which are gone through once."""
        n, totals, found = 0, Counter[str](), Counter[int]()
        for text in texts:
            n += 1
            for field, counts in _counted(text, segmenter).items():
                found.update(counts.keys())
                totals[field] += counts.total()
        mean = {field: totals[field] / max(n, 1) for field in ("words", "grams")}
        return cls(n, mean, np.array(sorted(found.items()), np.uint32).reshape(-1, 2).T.copy())

    @classmethod
    def read(cls, folder: Path, told: Mapping[str, Any]) -> Statistics:
        """What ``write`` wrote, memory-mapped.

        :raises StoreError: the file cannot be read.
        """
        try:
            found: NDArray[np.uint32] = np.load(folder / TERMS, mmap_mode="r")
            if found.dtype != np.uint32 or found.ndim != 2:
                raise ValueError("its parts are of another kind")
            return cls(told["passages"], told["mean"], found)
        except (OSError, ValueError, KeyError) as e:
            raise StoreError(f"cannot read {str(folder / TERMS)!r} ({e}): {REBUILD}") from None

    def write(self, folder: Path) -> dict[str, Any]:
        """Write what is long into a file; return the rest, for the manifest."""
        np.save(folder / TERMS, self.found)
        return {"passages": self.passages, "mean": dict(self.mean)}

    def holding(self, place: int) -> int:
        """In how many passages a term stands."""
        terms, passages = self.found
        at = int(np.searchsorted(terms, np.uint32(place)))
        return int(passages[at]) if at < len(terms) and terms[at] == place else 0


def query_vector(words: Mapping[str, float], grams: Mapping[str, float], parts: Sequence[Statistics]) -> Sparse:
    """A weighted query (see ``words.weigh``) as a sparse vector, empty if nothing is asked.

    :param parts: the statistics of all passages that are searched.
    """
    n = sum(part.passages for part in parts)
    found: Sparse = {}
    for field, terms in (("words", words), ("grams", grams)):
        for term, weight in terms.items():
            if weight > 0:
                place = dimension(field, term)
                df = sum(part.holding(place) for part in parts)
                idf = math.log(1 + (n - df + 0.5) / (df + 0.5))
                found[place] = found.get(place, 0.0) + weight * idf
    return found
