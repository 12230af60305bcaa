"""Where a sentence stands in the documents: exactly, or the nearest with the differences marked."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from assistant.text import clauses, fold, sentences, trim
from assistant.types import Passage, Span

NEAR = 0.6
"""Character similarity (difflib's ratio) from which a sentence counts as a version of the one looked for."""
ALIKE = 0.1
"""Likeness from which another province's sentence is shown: below, random sentences of six reports shared only words of
every report (推动, 发展, 建设)."""
_UNSHARED = 0.5
"""What a pair that only the other sentence has weighs: a long sentence may say the same and more."""
_IGNORED = frozenset(" \t\n\r,.;:!?\"'()、。，；：！？（）《》-·")


@dataclass(frozen=True, slots=True)
class Match:
    """A place in a document: the text there, how alike it is (1 is equal), and what differs."""

    span: Span
    quote: str
    title: str
    passage: Passage | None
    similarity: float
    differences: tuple[tuple[str, str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The match as JSON."""
        p = self.passage
        return {
            "doc_id": self.span.doc_id,
            "title": self.title,
            "province": p.province if p else None,
            "year": p.year if p else None,
            "period": p.period if p else None,
            "heading": list(p.heading) if p else [],
            "start": self.span.start,
            "end": self.span.end,
            "quote": self.quote,
            "similarity": round(self.similarity, 4),
            "differences": [{"op": op, "given": given, "source": source} for op, given, source in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Location:
    """What ``locate`` found."""

    text: str
    status: Literal["exact", "near", "absent"]
    matches: tuple[Match, ...]

    def to_dict(self) -> dict[str, Any]:
        """The location as JSON."""
        return {"text": self.text, "status": self.status, "matches": [m.to_dict() for m in self.matches]}


def skeleton(text: str) -> tuple[str, list[int]]:
    """The letters, digits and Han characters of a text, folded, and the offset of each in it."""
    folded = fold(text)
    kept = [i for i, c in enumerate(folded) if c not in _IGNORED or _in_number(folded, i)]
    return "".join(folded[i] for i in kept), kept


def _in_number(folded: str, at: int) -> bool:
    """Whether a point or a dash stands between digits: 35.29 is not 352.9, and 3-5 is not 35."""
    return folded[at] in ".-" and folded[at - 1 : at].isdigit() and folded[at + 1 : at + 2].isdigit()


def exact_spans(text: str, doc_id: str, wanted: str) -> list[Span]:
    """Where the wanted text stands in a document, width, script variant, spaces and punctuation aside."""
    needle, _ = skeleton(wanted)
    haystack, offsets = skeleton(text)
    out = []
    at = haystack.find(needle) if needle else -1
    while at >= 0:
        out.append(Span(doc_id, offsets[at], offsets[at + len(needle) - 1] + 1))
        at = haystack.find(needle, at + 1)
    return out


def nearest(passages: list[Passage], wanted: str, limit: int = 3) -> list[tuple[Span, Passage, float]]:
    """The sentences or clauses most alike among some passages, best first, those below ``NEAR`` left out."""
    needle, _ = skeleton(wanted)
    found: list[tuple[Span, Passage, float]] = []
    matcher = difflib.SequenceMatcher(b=needle, autojunk=False)
    for passage in passages:
        for a, b in (*sentences(passage.text), *clauses(passage.text)):
            a, b = trim(passage.text, a, b)
            matcher.set_seq1(skeleton(passage.text[a:b])[0])
            ratio = matcher.ratio() if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR else 0.0
            if ratio >= NEAR:
                found.append(
                    (Span(passage.span.doc_id, passage.span.start + a, passage.span.start + b), passage, ratio)
                )
    found.sort(key=lambda f: (-f[2], f[0]))
    kept: list[tuple[Span, Passage, float]] = []
    for one in found:  # a clause and the sentence around it are one place: the closer of the two
        if not any(one[0].overlaps(k[0]) for k in kept):
            kept.append(one)
    return kept[:limit]


def alike(passages: list[Passage], wanted: str, *, other_than: str | None) -> list[tuple[Span, Passage, float]]:
    """Of each province but one, the sentence among some passages that shares most with the wanted text, best first.

    Shared are pairs of neighbouring characters (Dice's coefficient), each weighed by its rarity among the sentences
    looked at: 发展 and 建设 stand in every second one. The passages come from retrieval, so they are near in meaning.
    """
    told = [(p, p.span.start + a, _pairs(p.text[a:b]), b - a) for p in passages for a, b in _trimmed(p.text)]
    needle = _pairs(wanted)
    often = Counter(pair for _, _, pairs, _ in told for pair in pairs & needle)
    weight = {pair: math.log((1 + len(told)) / (0.5 + often[pair])) for pair in needle}
    most = math.log((1 + len(told)) / 0.5)
    best: dict[str, tuple[Span, Passage, float]] = {}
    for passage, start, pairs, length in told:
        if passage.province is None or passage.province == other_than:
            continue
        shared = sum(weight[pair] for pair in pairs & needle)
        likeness = 2 * shared / (sum(weight.values()) + shared + most * len(pairs - needle) * _UNSHARED)
        if likeness >= ALIKE and (passage.province not in best or likeness > best[passage.province][2]):
            best[passage.province] = (Span(passage.span.doc_id, start, start + length), passage, likeness)
    return sorted(best.values(), key=lambda f: (-f[2], f[0]))


def _trimmed(text: str) -> list[tuple[int, int]]:
    return [(a, b) for a, b in (trim(text, *s) for s in sentences(text)) if a < b]


def _pairs(text: str) -> frozenset[str]:
    skeletal, _ = skeleton(text)
    return frozenset(map("".join, zip(skeletal, skeletal[1:], strict=False)))


def differences(given: str, source: str) -> tuple[tuple[str, str, str], ...]:
    """What must change in the given text to get the source: (op, given part, source part)."""
    matcher = difflib.SequenceMatcher(a=given, b=source, autojunk=False)
    return tuple((op, given[a:b], source[c:d]) for op, a, b, c, d in matcher.get_opcodes() if op != "equal")
