"""Folding a text without changing its length, so that positions in the folded text are positions in the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

# CJK extension A, the unified ideographs, the compatibility ideographs: where Traditional characters stand.
_IDEOGRAPHS = (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))
_CJK = "\u3400-\u9fff\uf900-\ufaff"
_SKIPPED = re.compile(rf"[“”\"「」『』《》〈〉·•]|(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_ONLY_CJK = re.compile(rf"[{_CJK}]+")
_HAS_CJK = re.compile(rf"[{_CJK}]")
_CLOSING = {"“": "”", '"': '"', "「": "」", "『": "』", "《": "》", "〈": "〉"}


@cache
def _simplified_table() -> dict[int, str]:
    """Traditional → Simplified, one character to one: OpenCC's ``t2s`` on each character by itself.

    Line breaks keep OpenCC from reading phrases across characters, which could change the length. Followed to its
    fixed point (薴 → 苧 → 苎), so that folding twice changes nothing.
    """
    characters = [chr(i) for i in _IDEOGRAPHS]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    step = {a: b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}
    table: dict[int, str] = {}
    for source, target in step.items():
        for _ in range(3):
            target = step.get(target, target)
        table[ord(source)] = target
    return table


def to_simplified(text: str) -> str:
    """The text in Simplified characters, each character by itself: the length stays, and twice equals once."""
    return text.translate(_simplified_table())


class _FoldTable(dict[int, str]):
    """Character by character: Simplified, half width (NFKC where it gives one character), lower case."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        for change in (lambda c: unicodedata.normalize("NFKC", c), to_simplified, str.lower):
            changed = change(character)
            character = changed if len(changed) == 1 else character
        self[code] = character
        return character


_FOLDS = _FoldTable()


def fold(text: str) -> str:
    """The text as words are compared: Simplified, half width, lower case. The length stays."""
    return text.translate(_FOLDS)


def has_cjk(text: str) -> bool:
    """Whether a Chinese character stands in the text."""
    return _HAS_CJK.search(text) is not None


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
