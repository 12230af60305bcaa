"""Text as code points: folding that keeps every offset, sentences and clauses. It knows no words and no documents.

Folding maps one character to one character, so a match in ``fold(text)`` is a span of ``text``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

# Punctuation that means the same; each side is one character, so lengths stay equal.
_SAME = str.maketrans(
    "“”„‟＂「」『』〝〞‘’＇—–―－‐‑～〜∼　\u00a0、・·•‧",
    '"""""""""""\'\'\'------~~~  、····',
)
_SENTENCE_END = "。！？!?"
_CLOSERS = "”’」』）)】》\"'"
_CLAUSE = re.compile(r"[，；;。！？!?\n]|(?<!\d),|,(?!\d{3}(?!\d))|:(?=\D)|：")
_SENTENCE = re.compile(
    rf"[{_SENTENCE_END}]+[{_CLOSERS}]*\s*"  # Chinese and shared ends, with the closing quotes that belong to them
    r"|\n\s*"  # a line is a unit of its own
    r"|(?<=[a-z0-9)\"”][.])\s+(?=[A-Z\"“])"  # English full stop before a capital
)


_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


@functools.cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


class _Simplifying(dict[int, str]):
    """Traditional to Simplified, filled as characters are met; to the fixed point (薴, 苧, 苎): twice equals once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code > 0x2E00 and not 0xD800 <= code <= 0xDFFF:  # OpenCC takes no lone surrogates
            for _ in range(3):
                char = _single(_opencc().convert(char), char)
        self[code] = char
        return char


class _Folding(dict[int, str]):
    """Character to folded character, filled as characters are met (a table of all Unicode would cost 100 ms)."""

    def __missing__(self, code: int) -> str:
        char = chr(code).translate(_SAME)
        if "\uff01" <= char <= "\uff5e":
            char = chr(ord(char) - 0xFEE0)
        char = _single(unicodedata.normalize("NFC", char), char).translate(_SIMPLIFY)
        self[code] = folded = _single(char.lower(), char)
        return folded


def _single(candidate: str, otherwise: str) -> str:
    return candidate if len(candidate) == 1 else otherwise


_SIMPLIFY = _Simplifying()
_FOLD = _Folding()


def fold(text: str) -> str:
    """The text for matching: half width, Simplified, lower case, one form of quotes and dashes; same length."""
    return text.translate(_FOLD)


_LOOSE = re.compile(r"[\s\"'《》〈〉·]+")


def squeeze(text: str) -> str:
    """Folded, without the quotation marks, spaces and dots that reports put inside terms (“揭榜挂帅”制)."""
    return _LOOSE.sub("", fold(text))


squeezed = functools.lru_cache(maxsize=1 << 16)(squeeze)
"""The same, remembered: every list question reads the sentences of some thirty reports."""


def to_simplified(text: str) -> str:
    """Traditional characters made Simplified one by one (OpenCC t2s); same length."""
    return text.translate(_SIMPLIFY)


def is_traditional(text: str) -> bool:
    """Whether any character has another, Simplified form."""
    return to_simplified(text) != text


def has_cjk(text: str) -> bool:
    """Whether any character is a Han character."""
    return _HAN.search(text) is not None


def visible(text: str) -> str:
    """The text without characters that nobody sees (zero width, direction marks): they come with copied text."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters and those that turn the direction of writing."""


def printable(text: str) -> str:
    """The text without characters that would steer a terminal."""
    return _STEERING.sub("\ufffd", text.replace("\t", " "))


def clean_line(text: str) -> str:
    """Text for one line of a message: whitespace collapsed, control and format characters dropped."""
    kept = (c if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else " " for c in text)
    return " ".join("".join(kept).split())


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without whitespace at its ends (``start == end`` if nothing else is in it)."""
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences in ``text[start:end]``; they tile it, trailing whitespace belonging to the one before."""
    return _tiles(text, _SENTENCE, start, len(text) if end is None else end)


_PARAGRAPH = re.compile(rf"\n\s*|(?<=[{_SENTENCE_END}{_CLOSERS}])[ \t]+(?=\S)")


def paragraphs(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the paragraphs in ``text[start:end]``; they tile it.

    A line break parts paragraphs; so does a space after a full stop, which is how texts flattened to one line keep
    them (Chinese puts none between sentences). English, with a space after every stop, needs its line breaks.
    """
    stop = len(text) if end is None else end
    boundary = _PARAGRAPH if has_cjk(text[start:stop]) else re.compile(r"\n\s*")
    return _tiles(text, boundary, start, stop)


def clauses(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the clauses (parted by commas, semicolons, stops, colons) in ``text[start:end]``; they tile it.

    A comma between digits that groups thousands parts nothing.
    """
    return _tiles(text, _CLAUSE, start, len(text) if end is None else end)


def _tiles(text: str, boundary: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
    out = []
    at = start
    for match in boundary.finditer(text, start, end):
        if match.end() > at:
            out.append((at, match.end()))
            at = match.end()
    if at < end:
        out.append((at, end))
    return out
