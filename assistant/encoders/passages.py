"""Passages to vectors through sentence-transformers, pooled and per token from one forward pass."""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.encoders.questions import join, unit
from assistant.encoders.tokens import TextTokenizer, Tokenized
from assistant.errors import ModelUnavailable
from assistant.types import Encoded

BATCH_TOKENS = 1024
"""Padded tokens in one batch on a CPU. 156 passages of 60 to 400 characters, 2 cores, three rounds of each: 512 took
7.5-9.1 s, 1024 7.5-8.3, 2048 8.0-12.3, 4096 7.9-9.6; ``encode`` with its batches of 32 texts 8.6-11.1."""
_ACCELERATOR_BATCH_TOKENS = 32_768


class SentenceTransformerEncoder:
    """A SentenceTransformer folder, loaded (with torch) at the first use.

    Its modules are run on token ids made here, from the same ``tokenizer.json`` as everywhere else: that is what its
    own ``encode`` does after tokenizing, and so rows of token vectors cannot slip against ``token_offsets``.
    """

    def __init__(self, folder: Path, tokenizer: TextTokenizer, *, max_tokens: int, model: Any = None) -> None:
        self._folder = folder
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self._lock = threading.Lock()
        self._model = model

    def encode_each(self, texts: Sequence[str], prompt: str) -> list[Encoded]:
        """One ``Encoded`` for each text, in order, one at a time; long texts in parts, as ``QuestionEncoder`` does."""
        tokenized = self._tokenizer.tokenize(texts, prompt)
        return [join([self._encode([part])[0] for part in t.windows(self._max_tokens)]) for t in tokenized]

    def encode_batches(self, texts: Sequence[str], prompt: str) -> Iterator[tuple[int, Encoded]]:
        """``(position, vectors)``, longest first.

        :raises ValueError: at once, if a text with its prompt has more than ``max_tokens``: nothing is cut off.
        """
        counts = self._tokenizer.count(texts, prompt)
        over = [(i, n) for i, n in enumerate(counts) if n > self._max_tokens]
        if over:
            i, n = over[0]
            raise ValueError(f"text {i} ({texts[i][:40]!r}…) has {n} tokens, the model takes {self._max_tokens}")
        return self._iterate(texts, prompt, counts=counts)

    def _iterate(self, texts: Sequence[str], prompt: str, *, counts: Sequence[int]) -> Iterator[tuple[int, Encoded]]:
        if not texts:
            return
        on_cpu = self._loaded().device.type == "cpu"
        for batch in batches(counts, BATCH_TOKENS if on_cpu else _ACCELERATOR_BATCH_TOKENS):
            tokenized = self._tokenizer.tokenize([texts[i] for i in batch], prompt)
            yield from zip(batch, self._encode(tokenized), strict=True)

    def _encode(self, batch: Sequence[Tokenized]) -> list[Encoded]:
        import torch

        model = self._loaded()
        longest = max(len(t.ids) for t in batch)
        ids = np.zeros((len(batch), longest), np.int64)  # what stands under a zero of the mask is never read
        mask = np.zeros_like(ids)
        for row, t in enumerate(batch):
            ids[row, : len(t.ids)] = t.ids
            mask[row, : len(t.ids)] = 1
        features = {"input_ids": ids, "attention_mask": mask}
        with torch.inference_mode():
            out = model(
                {k: torch.from_numpy(v).to(model.device) for k, v in features.items()}
                | {"prompt_length": min(t.first for t in batch)}
            )
        pooled = unit(out["sentence_embedding"].float().cpu().numpy())
        states = out["token_embeddings"].float().cpu().numpy()
        return [Encoded(pooled[i], unit(states[i, t.first : t.last])) for i, t in enumerate(batch)]

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = load_sentence_transformer(str(self._folder), local=True)
            return self._model


def load_sentence_transformer(name: str, *, local: bool) -> Any:
    """The model, ready to encode. A ``local`` folder is loaded without a look at the network.

    :raises ModelUnavailable: it cannot be loaded, for whatever reason its libraries give.
    """
    if local:  # read by huggingface_hub when it is imported; loading a folder may otherwise ask the hub for its card
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        try:
            model = SentenceTransformer(name, local_files_only=local)
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError) as e:
            reason = (str(e).strip().splitlines() or [type(e).__name__])[0]
            raise ModelUnavailable(
                f"the model {name!r} cannot be loaded ({reason}): copy a sentence-transformers model's folder to this "
                "machine and set `model` to it, or set `model` to 'bundled'"
            ) from e
    return model.eval()


def batches(counts: Sequence[int], budget: int) -> list[list[int]]:
    """Positions, longest first, cut into batches of at most ``budget`` tokens with padding (at least one text each)."""
    out: list[list[int]] = []
    for i in sorted(range(len(counts)), key=lambda i: (-counts[i], i)):
        if out and (len(out[-1]) + 1) * counts[out[-1][0]] <= budget:
            out[-1].append(i)
        else:
            out.append([i])
    return out
