"""What the lexicon holds, and a place in a text where one of its words stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MentionKind = Literal["province", "letter", "region", "city", "measure", "term", "topic", "period", "guess", "word"]


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 provincial units; ``name`` is the short name used everywhere in the program.

    ``aliases`` are all wordings in all languages, ``letters`` included; ``tile`` is (row, column) of a tile map;
    ``own_words`` are what its own report calls itself (全省, 我省).
    """

    name: str
    full: str
    code: str
    letters: tuple[str, ...]
    english: str
    aliases: tuple[str, ...]
    tile: tuple[int, int]
    own_words: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A named group of provinces. ``direction``: also an ordinary word of direction (西部 in 浙江西部)."""

    name: str
    aliases: tuple[str, ...]
    english: tuple[str, ...]
    provinces: tuple[str, ...]
    source: str
    direction: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure can measure: ``name`` is the usual Chinese phrase, ``synonyms`` its exact paraphrases."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    english: tuple[str, ...]
    units: tuple[str, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class Term:
    """A policy term with its other Chinese wordings and its English names."""

    name: str
    synonyms: tuple[str, ...]
    english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnglishWord:
    """Ordinary English words of one meaning, and the Chinese words that reports say for it."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EverydayWord:
    """Everyday Chinese words of one meaning (楼市), and what reports write for them (房地产市场)."""

    everyday: tuple[str, ...]
    official: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject of a report: the words that name it, and the measures and words that a summary of it covers."""

    name: str
    synonyms: tuple[str, ...]
    english: tuple[str, ...]
    measures: tuple[str, ...]
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeriodWords:
    """The words that say which time or role is meant: ``name`` is ``review``, ``plan``, ``review_5y``, ``plan_5y``.

    ``words`` decide; ``weak`` words only lean that way and also stand in other sentences.
    """

    name: str
    words: tuple[str, ...]
    weak: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch ``[start, end)`` of a text, as written, and what it names: province names, measure ids, term names.

    A region names several provinces, so does a guess between two. ``kind`` says what sort of word was found.
    """

    start: int
    end: int
    text: str
    names: tuple[str, ...]
    kind: MentionKind

    def overlaps(self, other: Mention) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end
