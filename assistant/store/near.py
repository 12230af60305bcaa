"""An index for near vectors among many: inverted lists (IVF) of vectors in 8 bits, whose candidates are compared exactly.

Chosen by the number of vectors, trained from a fixed seed, and held to a promise when it is built: on a sample of
queries it must find nearly all of the ten exactly nearest. More lists are looked through until it does; if half of the
lists would be needed there is no index, and the search stays exact. What was chosen and measured is in the manifest.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

PROMISED = 0.97
"""Of the ten nearest, the mean share that a store must return."""
_AIM = 0.99
"""What the sample must reach. Real questions are harder than it is: with lists that found 0.984 of the sample, 0.962."""
FROM = 50_000
"""Rows from which an index is worth it: so many are compared one by one in some 5 ms."""
OVERSAMPLE = 4
"""Candidates for each place wanted. 8 bits misplace near ties only: with 4 the loss to rounding was below 0.001."""
_SAMPLE = 200
_TRAINING = 48
"""Vectors for each list to be trained on; FAISS warns below 39."""
_SEED = 20261101


def faiss() -> Any:
    """FAISS, whose stubs know only the C++ side; imported late since it takes 0.2 s."""
    import faiss as library

    return library


def n_lists(n: int) -> int:
    """A power of two near twice the square root: 512 for 100,000 vectors, 2,048 for a million."""
    return int(2 ** round(np.log2(2 * np.sqrt(n))))


def build(flat: Any) -> tuple[Any | None, dict[str, Any]]:
    """An index over the vectors of a flat one, and what the manifest says of it; ``None``: exact search it is."""
    if (n := int(flat.ntotal)) < FROM:
        return None, {"index": "exact"}
    lib = faiss()
    lib.omp_set_num_threads(os.cpu_count() or 1)
    vectors = lib.rev_swig_ptr(flat.get_xb(), n * flat.d).reshape(n, flat.d)
    lists = n_lists(n)
    draw = np.random.default_rng(_SEED)
    index = lib.index_factory(flat.d, f"IVF{lists},SQ8", lib.METRIC_INNER_PRODUCT)
    index.train(vectors[np.sort(draw.choice(n, min(n, _TRAINING * lists), replace=False))])
    for start in range(0, n, 1 << 16):
        index.add(vectors[start : start + (1 << 16)])
    queries = _queries(vectors, draw)
    _, exact = flat.search(queries, 10)
    recall, probes = 0.0, 8
    while recall < _AIM and probes < lists // 2:
        probes *= 2
        options = lib.SearchParametersIVF(nprobe=probes)
        _, found = index.search(queries, 10 * OVERSAMPLE, params=options)
        recall = float(np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(exact, found, strict=True)]))
    told = {"probes": probes, "recall10": round(recall, 4), "sample": len(queries)}
    if recall < _AIM:
        return None, {"index": "exact", "tried": f"IVF{lists},SQ8", **{f"tried_{k}": v for k, v in told.items()}}
    return index, {"index": f"IVF{lists},SQ8", **told}


def _queries(vectors: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
    """Halves: vectors with noise of their own length, and the middles between two, which lie in no list's midst."""
    n, d = vectors.shape
    a, b = vectors[draw.integers(n, size=_SAMPLE)], vectors[draw.integers(n, size=_SAMPLE)]
    noise = draw.normal(scale=1 / np.sqrt(d), size=a.shape).astype(np.float32)
    lengths = np.linalg.norm(a, axis=1, keepdims=True)
    out = np.where(np.arange(_SAMPLE)[:, None] % 2, a + noise * lengths, (a + b) / 2)
    return np.ascontiguousarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12), np.float32)


class Near:
    """A reader of the index; safe to share between threads."""

    def __init__(self, index: Any, told: Mapping[str, Any]) -> None:
        lib = faiss()
        self._index = index
        self._probes = int(told["probes"])
        mapped = lib.downcast_InvertedLists(index.invlists)
        if hasattr(mapped, "prefetch_nthread"):
            mapped.prefetch_nthread = 0  # else every search starts threads to read ahead

    def candidates(
        self, query: NDArray[np.float32], k: int, *, bits: NDArray[np.uint8] | None, share: float
    ) -> NDArray[np.int64]:
        """The rows that may be among the best k, several times as many, ascending; among those that ``bits`` allow.

        :param query: (1, d) of unit length.
        :param share: how much of all rows is allowed: the fewer, the further the nearest of them lie apart.
        """
        lib = faiss()
        probes = min(int(self._index.nlist), int(np.ceil(self._probes / share)))
        selector = None if bits is None else lib.IDSelectorBitmap(bits)
        options = lib.SearchParametersIVF(nprobe=probes, sel=selector)
        _, rows = self._index.search(query, k * OVERSAMPLE, params=options)
        return np.sort(rows[0][rows[0] >= 0])
