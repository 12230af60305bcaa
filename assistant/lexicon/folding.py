"""Squeezing a folded text: without the marks and spaces inside phrases, and with the way back to the original."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.text import fold

_CJK = "\u3400-\u9fff\uf900-\ufaff"
_SKIPPED = re.compile(rf"[“”\"「」『』《》〈〉·•]|(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_ONLY_CJK = re.compile(rf"[{_CJK}]+")
_CLOSING = {"“": "”", '"': '"', "「": "」", "『": "』", "《": "》", "〈": "〉"}


def is_plain_chinese(text: str) -> bool:
    """Whether the text is Chinese characters only: nothing in it to squeeze."""
    return _ONLY_CJK.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A folded text without its quotation marks and the spaces beside Chinese characters.

    ``positions[i]`` is where character i stands in the original, so that 专精特新“小巨人” and R&D 经费 are found under
    专精特新小巨人 and R&D经费.
    """

    original: str
    text: str
    positions: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's ``[start, end)`` for the squeezed one; takes in the mark that closes a quotation inside."""
        first, last = self.positions[start], self.positions[end - 1] + 1
        closing = self.original[last : last + 1]
        inside = self.original[first:last]
        for opening, mark in _CLOSING.items():
            if closing == mark and inside.count(opening) > (inside.count(mark) if opening != mark else 0):
                last += 1
                break
        return first, last


def squeeze(text: str) -> Squeezed:
    """The text folded and squeezed, with the way back."""
    folded = fold(text)
    kept: list[str] = []
    positions: list[int] = []
    at = 0
    for gap in (*_SKIPPED.finditer(folded), None):
        until = gap.start() if gap else len(folded)
        kept.append(folded[at:until])
        positions.extend(range(at, until))
        at = gap.end() if gap else until
    return Squeezed(original=text, text="".join(kept), positions=tuple(positions))
