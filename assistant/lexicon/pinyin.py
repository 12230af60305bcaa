"""Names that an English question writes in pinyin ("Huangshengguan"), found in a Chinese text by their syllables.

Readings of characters come from pypinyin (MIT); its table is loaded when the first such name is met. Tones are left
out, as English leaves them out.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter

_PROPER = re.compile(r"\b[A-Z][a-z]+(?:['’][a-z]+)*\b")
_VOWELS = re.compile("[aeiouü]")
MOST = 3
"""Readings in characters kept of one name, the most frequent in the text."""
SHORTEST = 5
"""Letters; a shorter name is as often an English word (Gaming, Fan)."""


def names_in(text: str) -> tuple[str, ...]:
    """The capitalised words of an English text that can be read as two or more syllables of pinyin, lower case."""
    found = (m[0].lower().replace("’", "'") for m in _PROPER.finditer(text))
    return tuple(dict.fromkeys(w for w in found if len(w) >= SHORTEST and len(syllables_of(w)) > 1))


@functools.lru_cache(maxsize=4096)
def syllables_of(word: str) -> tuple[str, ...]:
    """The syllables of a word, the fewest that make it up; none if it is no pinyin."""
    readings = _readings()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        if word[end - 1] == "'":
            best[end] = best[end - 1]
            continue
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is not None and word[start:end] in readings:
                longer = (*before, word[start:end])
                known = best[end]
                best[end] = longer if known is None or len(longer) < len(known) else known
    return best[-1] or ()


def written_as(name: str, text: str) -> tuple[str, ...]:
    """How a text writes a name of pinyin in characters, the most frequent first; none if it does not hold it."""
    readings = _readings()
    pattern = "".join(f"[{readings[s]}]" for s in syllables_of(name))
    counts = Counter(re.findall(pattern, text)) if pattern else Counter[str]()
    return tuple(w for w, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:MOST])


def sounding_like(word: str) -> str:
    """A pattern of words that sound like one of Chinese characters, tones aside."""
    readings = _readings()
    same = ({c, *"".join(readings[s] for s in _syllables_of_character(c))} for c in word)
    return "".join(f"[{''.join(sorted(chars))}]" for chars in same)


def _syllables_of_character(char: str) -> list[str]:
    from pypinyin.pinyin_dict import pinyin_dict

    known = _readings()
    return [s for s in {_plain(r) for r in pinyin_dict.get(ord(char), "").split(",")} if s in known]


@functools.cache
def _readings() -> dict[str, str]:
    """Syllable without its tone → the characters that may be read so."""
    from pypinyin.pinyin_dict import pinyin_dict

    out: dict[str, list[str]] = {}
    for code, readings in pinyin_dict.items():
        if 0x4E00 <= code <= 0x9FFF:
            for syllable in {_plain(r) for r in readings.split(",")}:
                if _VOWELS.search(syllable):
                    out.setdefault(syllable, []).append(chr(code))
    return {syllable: "".join(chars) for syllable, chars in out.items()}


def _plain(reading: str) -> str:
    """A reading without its tone, ü as English writes it."""
    bare = "".join(c for c in unicodedata.normalize("NFD", reading) if unicodedata.category(c) != "Mn" or c == "\u0308")
    return unicodedata.normalize("NFC", bare).replace("ü", "u")
