"""Questions to vectors without torch: a tokenizer, mapped word embeddings, and an ONNX graph of the encoder."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.encoders.export import Table, open_table
from assistant.encoders.tokens import TextTokenizer, Tokenized
from assistant.types import Encoded

Pooling = Literal["mean", "cls"]
THREADS = 2
"""Of one question. Measured on 2 cores, 18 tokens: 11.8 ms with one, 9.7 ms with two; beyond that little is gained."""


class QuestionEncoder:
    """The ``QueryEncoder`` that starts in tenths of a second; its vectors equal sentence-transformers' (tested).

    Texts are run one at a time. A batch of 16 would save a third of the time, but the sums inside it depend on what
    stands beside a text, and the same question must give the same bytes whatever is asked with it. A text longer than
    the model takes is encoded in parts of equal length: token vectors are joined, pooled vectors averaged by length.
    Graph and table are opened at the first use. Safe to share between threads.
    """

    def __init__(
        self, tokenizer: TextTokenizer, graph: Path, *, table: Table, pooling: Pooling, prompt: str, max_tokens: int
    ) -> None:
        self._tokenizer = tokenizer
        self._graph = graph
        self._where = table
        self._pooling = pooling
        self._prompt = prompt
        self._max_tokens = max_tokens
        self._lock = threading.Lock()
        self._opened: tuple[Any, NDArray[Any]] | None = None

    def encode_queries(self, texts: Sequence[str]) -> list[Encoded]:
        """One ``Encoded`` for each text, in order."""
        tokenized = self._tokenizer.tokenize(texts, self._prompt)
        return [join([self._encode(part) for part in t.windows(self._max_tokens)]) for t in tokenized]

    def warm(self) -> None:
        """Open graph and table now, to take them from the first question's time."""
        self._open()

    def _encode(self, text: Tokenized) -> Encoded:
        session, table = self._open()
        embeddings = np.asarray(table[list(text.ids)], np.float32)[None]
        mask = np.ones((1, len(text.ids)), np.int64)
        states: NDArray[np.float32] = session.run(None, {"embeddings": embeddings, "mask": mask})[0][0]
        pooled = states.mean(axis=0) if self._pooling == "mean" else states[0]
        return Encoded(unit(pooled), unit(states[text.first : text.last]))

    def _open(self) -> tuple[Any, NDArray[Any]]:
        with self._lock:
            if self._opened is None:
                import onnxruntime as ort

                options = ort.SessionOptions()
                options.intra_op_num_threads = THREADS
                options.inter_op_num_threads = 1
                options.log_severity_level = 3
                # The higher levels fuse more, to no gain here: 13.5 against 12.9 ms a question, and 10 ms more to open.
                options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
                # Threads that wait asleep: as quick on an idle machine, 24 against 27 ms on a busy one.
                options.add_session_config_entry("session.intra_op.allow_spinning", "0")
                session = ort.InferenceSession(str(self._graph), options, providers=["CPUExecutionProvider"])
                self._opened = (session, open_table(self._where))
            return self._opened


def as_pooling(name: str) -> Pooling:
    """The pooling of that name. :raises ValueError: questions can only be pooled by ``mean`` or ``cls``."""
    if name == "mean":
        return "mean"
    if name == "cls":
        return "cls"
    raise ValueError(f"pooling {name!r} is not 'mean' or 'cls'")


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scaled to length 1 along the last axis; a zero vector stays zero."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)


def join(parts: Sequence[Encoded]) -> Encoded:
    """The vectors of a text from those of its parts: pooled averaged by own tokens, tokens one after another."""
    if len(parts) == 1:
        return parts[0]
    weights = np.array([len(p.tokens) for p in parts], np.float32)
    pooled = np.average(np.stack([p.pooled for p in parts]), axis=0, weights=weights)
    return Encoded(unit(pooled), np.concatenate([p.tokens for p in parts]))
