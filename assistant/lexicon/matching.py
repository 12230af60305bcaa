"""Finding known words in a text: Chinese by longest match, English by whole words; it knows nothing about meanings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from assistant.lexicon.folding import Squeezed, is_plain_chinese, squeeze
from assistant.text import fold, has_cjk

T = TypeVar("T")

# "R&D" (also "R & D") is one word; so are "2.5" and "pm2.5"; an apostrophe or a hyphen separates words.
_WORD = re.compile(
    r"(?<![a-z0-9])[a-z]\s?&\s?[a-z](?![a-z0-9])|[a-z]{4,}(?=(?:19|20)\d\d(?!\d))|\d+(?:\.\d+)?(?=[a-z]{4})|"
    r"[a-z0-9]+(?:\.[0-9]+)?"
)
"""Words; one that a year follows without a space ("Mongolia2021年") ends where the year begins, and a number before a word
("2021Mongolia") where the word begins: "5g" and "15mw" stay whole."""
_JOINT = re.compile(r"[\s%\-–—'’_./,]{0,3}")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A known word in a text, with what it stands for; positions count the original's characters."""

    start: int
    end: int
    value: T


@dataclass(frozen=True, slots=True)
class Word:
    """One English word of a text, reduced to its singular."""

    start: int
    end: int
    stem: str


def english_words(folded: str) -> list[Word]:
    """The English words and numbers of a folded text."""
    return [Word(m.start(), m.end(), _stem(m[0])) for m in _WORD.finditer(folded)]


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """Singular and plural, British and American alike; one rule for lexicon and text, so it need not be good English."""
    if "&" in word:
        return re.sub(r"\s", "", word)
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 4 and _BRITISH.search(word):
        for pattern, spelling in _SPELLINGS:
            word = pattern.sub(spelling, word)
    return word


# British → American, wherever the letters stand alike in both the lexicon and the text (source → sorce harms nobody).
_SPELLINGS = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"our", "or"),  # labour, neighbourhood
        (r"is(?=(?:e|ed|er|ing|ation|ational)$)", "iz"),  # organise, urbanisation
        (r"(?<=[tb])re$", "er"),  # centre, fibre
        (r"mme$", "m"),  # programme
        (r"(?<=n)ce$", "se"),  # defence, licence
        (r"ll(?=(?:ed|ing|er|ment)$)", "l"),  # traveller, enrollment
        (r"^age(?=ing$)", "ag"),  # ageing
        (r"ae", "e"),  # archaeology, aesthetic
    )
)
_BRITISH = re.compile("|".join(pattern.pattern for pattern, _ in _SPELLINGS))
_ENDINGS = ((r"(.{3,}?)([b-df-hj-np-tv-z])\2(?:ed|ing)$", r"\1\2"), (r"(.{3,})(?:ed|ing)$", r"\1"), (r"(.{3,})(?:ed|ing)$", r"\1e"),
            (r"(.{2,})ied$", r"\1y"), (r"(.{4,}[sxz]|.{3,}[cs]h)e$", r"\1"), (r"(.{4,})ly$", r"\1"))  # fmt: skip
_BASES = tuple((re.compile(ending), base) for ending, base in _ENDINGS)


def base_forms(stem: str) -> list[str]:
    """What an inflected English word may come from, likeliest first: planned → plan, launching → launch, achieved → achieve."""
    return [pattern.sub(base, stem) for pattern, base in _BASES if pattern.fullmatch(stem)]


@lru_cache(maxsize=65536)  # each wording is asked for several times while loading
def key_of(wording: str) -> str:
    """What two wordings share if they are one word to the lexicon: folded, squeezed, English in the singular."""
    if wording.isascii():
        return " ".join(map(_stem, _WORD.findall(wording.lower())))
    if is_plain_chinese(wording):
        return fold(wording)
    if has_cjk(wording):
        return squeeze(wording).text
    return " ".join(map(_stem, _WORD.findall(fold(wording))))


class WordIndex(Generic[T]):
    """Words and what each stands for."""

    def __init__(self, words: Iterable[tuple[str, T]]) -> None:
        self._chinese: dict[str, T] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._english: dict[tuple[str, ...], T] = {}
        self._english_lengths: dict[str, tuple[int, ...]] = {}
        lengths: dict[str, set[int]] = {}
        english_lengths: dict[str, set[int]] = {}
        for wording, value in words:
            key = key_of(wording)
            if has_cjk(wording):
                self._chinese.setdefault(key, value)
                lengths.setdefault(key[0], set()).add(len(key))
            else:
                stems = tuple(key.split(" "))
                self._english.setdefault(stems, value)
                english_lengths.setdefault(stems[0], set()).add(len(stems))
        self._lengths = {k: tuple(sorted(v, reverse=True)) for k, v in lengths.items()}
        self._english_lengths = {k: tuple(sorted(v, reverse=True)) for k, v in english_lengths.items()}

    def get(self, wording: str) -> T | None:
        """What exactly this wording stands for."""
        key = key_of(wording)
        return self._chinese.get(key) if has_cjk(wording) else self._english.get(tuple(key.split(" ")))

    def longest_at(self, squeezed: str, at: int) -> tuple[int, T] | None:
        """The end and the value of the longest Chinese word that begins at this place of a squeezed text."""
        for length in self._lengths.get(squeezed[at : at + 1], ()):
            word = squeezed[at : at + length]
            if len(word) == length and word in self._chinese and not _cuts_latin(squeezed, at, at + length):
                return at + length, self._chinese[word]
        return None

    def scan(self, text: Squeezed) -> list[Found[T]]:
        """From left to right, at each place the longest word, none overlapping; Chinese and English, sorted."""
        found: list[Found[T]] = []
        at = 0
        while at < len(text.text):
            hit = self.longest_at(text.text, at)
            if hit is None:
                at += 1
                continue
            start, end = text.span(at, hit[0])
            found.append(Found(start, end, hit[1]))
            at = hit[0]
        taken = {i for f in found for i in range(f.start, f.end)}
        folded = fold(text.original)
        words = english_words(folded)
        number = 0
        while number < len(words):
            width, one = next(self._english_from(words, number, folded), (1, None))
            if one is not None and not taken & set(range(one.start, one.end)):
                found.append(one)
                number += width
            else:
                number += 1
        return sorted(found, key=lambda f: f.start)

    def longest_first(self, text: Squeezed) -> list[Found[T]]:
        """All words, longer ones before the shorter that they overlap; sorted by place."""
        candidates: list[Found[T]] = []
        for at in range(len(text.text)):
            for length in self._lengths.get(text.text[at], ()):
                word = text.text[at : at + length]
                if len(word) == length and word in self._chinese and not _cuts_latin(text.text, at, at + length):
                    candidates.append(Found(*text.span(at, at + length), self._chinese[word]))
        folded = fold(text.original)
        words = english_words(folded)
        for number in range(len(words)):
            candidates.extend(one for _, one in self._english_from(words, number, folded))
        return without_overlaps(candidates)

    def _english_from(self, words: list[Word], number: int, folded: str) -> Iterator[tuple[int, Found[T]]]:
        for width in self._english_lengths.get(words[number].stem, ()):
            group = words[number : number + width]
            value = self._english.get(tuple(w.stem for w in group))
            if value is not None and all(
                _JOINT.fullmatch(folded, a.end, b.start) for a, b in zip(group, group[1:], strict=False)
            ):
                yield width, Found(group[0].start, group[-1].end, value)


def without_overlaps(candidates: Iterable[Found[T]]) -> list[Found[T]]:
    """The longest of those that overlap (the first of equals), sorted by place."""
    taken: set[int] = set()
    kept: list[Found[T]] = []
    for one in sorted(candidates, key=lambda f: (f.start - f.end, f.start)):
        place = range(one.start, one.end)
        if taken.isdisjoint(place):
            taken.update(place)
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


def _cuts_latin(text: str, start: int, end: int) -> bool:
    """Whether a letter or digit run of Latin script would be cut at either end (5G in 15G基站)."""
    return (start > 0 and _is_latin(text[start - 1]) and _is_latin(text[start])) or (
        end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
