"""Where a sentence stands in the documents: exactly, or the nearest with the differences marked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any, Literal

from assistant.text import clauses, fold, sentences, trim
from assistant.types import Passage, Span

NEAR = 0.6
"""Character similarity (difflib's ratio) from which a sentence counts as a version of the one looked for."""
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

    Shared are pairs of neighbouring characters (Dice's coefficient), which tells apart what characters alone do not:
    reports use the same few hundred. The passages come from retrieval, so their meaning is near already.
    """
    needle = _pairs(wanted)
    best: dict[str, tuple[Span, Passage, float]] = {}
    for passage in passages:
        province = passage.province
        if province is None or province == other_than:
            continue
        for a, b in sentences(passage.text):
            a, b = trim(passage.text, a, b)
            shared = _dice(needle, _pairs(passage.text[a:b]))
            if shared > 0 and (province not in best or shared > best[province][2]):
                start = passage.span.start
                best[province] = (Span(passage.span.doc_id, start + a, start + b), passage, shared)
    return sorted(best.values(), key=lambda f: (-f[2], f[0]))


def _pairs(text: str) -> frozenset[str]:
    skeletal, _ = skeleton(text)
    return frozenset(map("".join, zip(skeletal, skeletal[1:], strict=False)))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def differences(given: str, source: str) -> tuple[tuple[str, str, str], ...]:
    """What must change in the given text to get the source: (op, given part, source part)."""
    matcher = difflib.SequenceMatcher(a=given, b=source, autojunk=False)
    return tuple((op, given[a:b], source[c:d]) for op, a, b, c, d in matcher.get_opcodes() if op != "equal")
