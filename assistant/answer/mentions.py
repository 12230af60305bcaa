"""Whether a province speaks of a topic: by its names where it has any, else by its words and by meaning.

Every sentence that the corpus holds of the province is looked at, none is left to a ranking.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from assistant.answer.inquiry import Inquiry, Stretch
from assistant.answer.saying import MANY, WEIGHED, saying
from assistant.answer.sentences import Placed, passages_speaking, sentences_in, sentences_of, speaks_of, without
from assistant.answer.topics import Topic
from assistant.question.rendering import chinese_of
from assistant.text import has_cjk

STANDS_OUT = 0.015
"""Across languages similarities are lower and close together: a sentence must stand out from other provinces' best."""


def mentions(
    topic: Topic, provinces: Sequence[str], excluded: Sequence[str] = (), *, by_name: bool = False
) -> dict[str, Stretch]:
    """The best sentence of each province that speaks of the topic; provinces that do not are left out.

    :param by_name: what the topic names decides alone, whatever words stand beside it.
    """
    if not provinces:  # as a filter none would be all
        return {}
    if by_name and topic.named:
        return _by_name(topic, provinces, excluded)
    words = [t for t in topic.inquiry.question.terms if t.kind == "word"]
    known = [t for t in words if chinese_of(t)]
    if known and 2 * len(known) >= len(words):
        return saying(topic.inquiry, provinces, excluded)
    found = _by_name(topic, provinces, excluded) if topic.named else {}
    if found or any(has_cjk(w) for t in topic.named for w in t.wordings):
        return found
    return _across_languages(topic, provinces)


def _by_name(topic: Topic, provinces: Sequence[str], excluded: Sequence[str]) -> dict[str, Stretch]:
    """The best sentence of each province that holds everything named."""
    inquiry = topic.inquiry
    found: dict[str, list[Placed]] = {p: [] for p in provinces}
    for placed in sentences_in(passages_speaking(inquiry, topic.named, inquiry.about(provinces))):
        told = without(placed[3], excluded)
        if all(speaks_of(t, told) for t in topic.named):
            found[placed[0].province or ""].append(placed)
    return {p: _best(inquiry, each) for p, each in found.items() if each}


def _best(inquiry: Inquiry, found: list[Placed]) -> Stretch:
    if len(found) > WEIGHED:
        found = sorted(found, key=lambda s: (-inquiry.coverage(s[3], s[0]), -(s[0].year or 0), s[0].span))[:WEIGHED]
    weighed = [inquiry.stretch(passage, start, end) for passage, start, end, _ in found]
    return min(weighed, key=lambda s: (-s.score, s.span))


def _across_languages(topic: Topic, provinces: Sequence[str]) -> dict[str, Stretch]:
    """Provinces whose best sentence stands out from the others', for words that the lexicon does not translate."""
    if len(topic.inquiry.store.rows(topic.inquiry.about(provinces))) > MANY or len(provinces) < 4:
        return {}
    best: dict[str, Stretch] = {}
    for province in provinces:
        stretches = [topic.inquiry.stretch(p, a, b) for p, a, b, _ in sentences_of(topic.inquiry, province)]
        if stretches:
            best[province] = max(stretches, key=lambda s: (s.content + s.worst, s.span))
    if not best:
        return {}
    content = statistics.median(s.content for s in best.values()) + STANDS_OUT
    worst = statistics.median(s.worst for s in best.values()) + STANDS_OUT
    return {p: s for p, s in best.items() if s.content >= content and s.worst >= worst}
