"""Parts of speech: which words of a question name things, which only say what is done with them, which do neither."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from assistant.text import fold, to_simplified

_NEITHER = frozenset({"c", "d", "df", "e", "f", "h", "k", "m", "mq", "o", "p", "q", "r", "rg", "rr", "rz", "u", "ud", "ug", "uj", "ul", "uv", "uz", "x", "y", "z", "zg", "ad"})  # fmt: skip
"""jieba's tags of conjunctions, adverbs, numerals, prepositions, measure words, pronouns, particles."""
_EMPTY = frozenset({"c", "d", "df", "e", "m", "mq", "o", "p", "r", "rr", "u", "ud", "ug", "uj", "ul", "uv", "uz", "y"})
"""Of these, the tags of words that a question can do without."""
_PROPER = frozenset({"nr", "nrt", "nrfg", "ns", "nt", "nz"})
_DOING = frozenset({"v", "vd", "vi", "vq", "a", "ag"})
NAMES, DOES, NEITHER = 1.0, 0.5, 0.0


def naming(text: str, words: Iterable[str]) -> dict[str, float]:
    """How much each word names things in a text: ``NAMES`` for nouns and the like, ``DOES`` for verbs and adjectives.

    A word is as much as the most naming part of it. Words that the text does not spell out, and words of scripts that
    are not tagged, count as names.
    """
    plain = to_simplified(fold(text))
    tags = _tags(plain)
    found = {}
    for word in words:
        at = plain.find(to_simplified(fold(word)))
        found[word] = max((_weight(t) for t in tags[at : at + len(word)]), default=NAMES) if at >= 0 else NAMES
    return found


def empty(text: str, words: Iterable[str]) -> frozenset[str]:
    """The words of a text that neither name nor do anything: numerals with their classifiers, adverbs, pronouns (六个, 压根)."""
    plain = to_simplified(fold(text))
    tags = _tags(plain)
    found = set()
    for word in words:
        at = plain.find(to_simplified(fold(word)))
        if at >= 0 and all(t in _EMPTY for t in tags[at : at + len(word)]):
            found.add(word)
    return frozenset(found)


def proper(text: str, words: Iterable[str]) -> list[str]:
    """The words of a text, of three characters or more, that are names of places, persons or other single things."""
    plain = to_simplified(fold(text))
    tags = _tags(plain)
    found = []
    for word in words:
        at = plain.find(to_simplified(fold(word)))
        if len(word) > 2 and at >= 0 and {*tags[at : at + len(word)]} <= _PROPER:
            found.append(word)
    return found


def _weight(tag: str) -> float:
    return NEITHER if tag in _NEITHER else DOES if tag in _DOING else NAMES


@functools.lru_cache(maxsize=1024)
def _tags(text: str) -> tuple[str, ...]:
    """The tag of the word that each character is part of."""
    import rjieba

    tags = ["x"] * len(text)
    at = 0
    for word, tag in rjieba.tag(text):
        at = text.find(word, at)
        tags[at : at + len(word)] = [tag] * len(word)
        at += len(word)
    return tuple(tags)
