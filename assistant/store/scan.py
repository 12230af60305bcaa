"""Every passage's text in one string, squeezed as terms are: who writes a wording is found by one pass, and no one missed.

A word index finds the best of those that share a term; lists need all of them, wherever segmentation cut.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.text import squeeze

REMEMBERED = 512
"""Wordings that are remembered, a bit for each passage: those of a few questions with all their synonyms."""
_END = "\n"  # between passages; squeezed text holds no blanks


class Scan:
    """The passages of a generation as text to be looked through; safe to share between threads.

    :param passages: (row, text), rows ascending.
    """

    def __init__(self, passages: Iterable[tuple[int, str]]) -> None:
        rows, texts = [], []
        for row, text in passages:
            rows.append(row)
            texts.append(squeeze(text))
        self.all_rows = np.array(rows, np.int64)
        self._ends = np.cumsum([len(t) + len(_END) for t in texts], dtype=np.int64)
        self._text = _END.join(texts)
        self._found = functools.lru_cache(maxsize=REMEMBERED)(self._find)

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self.all_rows)

    def __contains__(self, wording: str) -> bool:
        """Whether any passage writes a squeezed wording."""
        return wording in self._text

    def matches(self, pattern: re.Pattern[str]) -> set[str]:
        """All that a pattern finds; one that may match a line's end would run from one passage into the next."""
        return {m[0] for m in pattern.finditer(self._text)}

    def rows(self, *wordings: str | re.Pattern[str]) -> NDArray[np.int64]:
        """The rows of the passages that hold any of the squeezed wordings or patterns, ascending."""
        return self.all_rows[self.held(*wordings)]

    def held(self, *wordings: str | re.Pattern[str]) -> NDArray[np.bool_]:
        """Whether each passage holds any of the squeezed wordings or patterns; in the order of rows."""
        return functools.reduce(np.logical_or, map(self._holds, wordings), np.zeros(len(self), bool))

    def rows_of_all(self, wordings: Sequence[str]) -> NDArray[np.int64]:
        """The rows of the passages that hold every one of the squeezed wordings, ascending."""
        return self.all_rows[functools.reduce(np.logical_and, map(self._holds, wordings))]

    def share(self, wordings: Sequence[str]) -> NDArray[np.float32]:
        """How many of the squeezed wordings each passage holds, as a share; in the order of rows."""
        counted: NDArray[np.float32] = functools.reduce(
            np.add, map(self._holds, wordings), np.zeros(len(self), np.float32)
        )
        return counted / np.float32(len(wordings))

    def _holds(self, wording: str | re.Pattern[str]) -> NDArray[np.bool_]:
        return np.unpackbits(self._found(wording), count=len(self)).view(bool)

    def _find(self, wording: str | re.Pattern[str]) -> NDArray[np.uint8]:
        """A bit for each passage that holds a wording, or in which a pattern is found."""
        holds = np.full(len(self), not wording)
        if wording and len(self):
            pattern = re.compile(re.escape(wording)) if isinstance(wording, str) else wording
            places = np.fromiter((m.start() for m in pattern.finditer(self._text)), np.int64)
            holds[np.searchsorted(self._ends, places, side="right")] = True
        return np.packbits(holds)
