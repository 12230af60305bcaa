"""Texts as a model's token ids: what belongs to the text, what to the prompt; from ``tokenizer.json`` alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.encoders.unigram import Unigram, load_unigram

QUICK_CHARS = 10_000
"""Up to here ``unigram`` (60 ms) is quicker than loading ``tokenizers`` (700 ms), which then needs a fifth of the time."""

LONG_CHARS = 50_000
"""Nor for what is told a little at a time and comes to more than this: a build (40 ms a passage by ``unigram``, 3 ms
without), or lists over many reports, which ask for the offsets of a thousand passages."""


@dataclass(frozen=True, slots=True)
class Tokenized:
    """One text under a prompt. ``ids[first:last]`` are the text's own; before them stand special tokens and prompt.

    ``offsets`` has (start, end) in code points of the text for each own token; consecutive ones may overlap, where one
    character became several tokens.
    """

    ids: tuple[int, ...]
    first: int
    last: int
    offsets: tuple[tuple[int, int], ...]

    def windows(self, max_tokens: int) -> list[Tokenized]:
        """The text cut so that each part, with the prompt and special tokens again, has at most ``max_tokens``.

        Parts do not overlap and are as equal as can be, so that no stray last token gets a window of its own.
        """
        if len(self.ids) <= max_tokens:
            return [self]
        head, own, tail = self.ids[: self.first], self.ids[self.first : self.last], self.ids[self.last :]
        room = max_tokens - len(head) - len(tail)
        if room < 1:
            raise ValueError(f"the prompt alone has {len(head) + len(tail)} tokens, the model takes {max_tokens}")
        parts = -(-len(own) // room)
        cuts = [len(own) * i // parts for i in range(parts + 1)]
        return [
            Tokenized((*head, *own[a:b], *tail), len(head), len(head) + b - a, self.offsets[a:b])
            for a, b in zip(cuts, cuts[1:], strict=False)
        ]


class TextTokenizer:
    """From ``tokenizer.json``, loaded at its first use (0.7 s for 250,000 pieces); safe to share between threads.

    With a file of ``unigram``, short texts are tokenized by that, to the same result, until the other is loaded.
    """

    def __init__(self, path: Path, unigram: Path | None = None) -> None:
        self._path = path
        self._unigram_path = unigram
        self._lock = threading.Lock()
        self._loaded: Any = None
        self._unigram: Unigram | None = None
        self._told = 0

    def tokenize(self, texts: Sequence[str], prompt: str) -> list[Tokenized]:
        """Each text under the prompt, however long: nothing is cut off."""
        full = [prompt + text for text in texts]
        if (quick := self._quickly(full, len(prompt))) is not None:
            return quick
        return [
            _split(e.ids, e.offsets, e.special_tokens_mask, prompt_length=len(prompt))
            for e in self._tokenizer().encode_batch(full)
        ]

    def count(self, texts: Sequence[str], prompt: str) -> list[int]:
        """Tokens of each text with the prompt and the special tokens."""
        full = [prompt + text for text in texts]
        if (quick := self._quickly(full, len(prompt))) is not None:
            return [len(t.ids) for t in quick]
        return [len(e) for e in self._tokenizer().encode_batch_fast(full)]

    def _quickly(self, full: Sequence[str], prompt_length: int) -> list[Tokenized] | None:
        """All of the texts by ``unigram``, or ``None`` if that is not for them or not worth it any more."""
        self._told += (now := sum(map(len, full)))
        if self._unigram_path is None or self._loaded is not None or now > QUICK_CHARS or self._told > LONG_CHARS:
            return None
        with self._lock:
            if self._unigram is None:
                self._unigram = load_unigram(self._unigram_path)
            unigram = self._unigram
        out = []
        for text in full:
            if (encoded := unigram.encode(text)) is None:
                return None
            ids, spans = encoded
            head, tail = unigram.head, unigram.tail
            special = [1] * len(head) + [0] * len(ids) + [1] * len(tail)
            spans = [(0, 0)] * len(head) + spans + [(0, 0)] * len(tail)
            out.append(_split([*head, *ids, *tail], spans, special, prompt_length=prompt_length))
        return out

    def _tokenizer(self) -> Any:
        with self._lock:
            if self._loaded is None:
                from tokenizers import Tokenizer

                tokenizer = Tokenizer.from_file(str(self._path))
                tokenizer.no_truncation()
                tokenizer.no_padding()
                self._loaded = tokenizer
            return self._loaded


def _split(
    ids: Sequence[int], spans: Sequence[tuple[int, int]], special: Sequence[int], *, prompt_length: int
) -> Tokenized:
    """Own tokens are those that end after the prompt. Special tokens stand at the ends, so own ones are one stretch."""
    own = [i for i, (_, end) in enumerate(spans) if end > prompt_length and not special[i]]
    if own:
        first, last = own[0], own[-1] + 1
    else:  # where they would stand: before the closing special tokens
        first = len(ids)
        while first and special[first - 1]:
            first -= 1
        last = first
    offsets = tuple((max(start - prompt_length, 0), max(end - prompt_length, 0)) for start, end in spans[first:last])
    return Tokenized(tuple(ids), first, last, offsets)
