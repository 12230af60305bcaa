"""Summaries: everything the sources say on the topic, as verbatim points grouped by the part that they stand in.

What a report lists of itself comes first: its targets in one sentence, points announced by their number, the parts of a
part asked for as a whole. Any other topic is looked for in all that the question means: leads, headings, sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.answer.draft import Draft
from assistant.answer.excerpts import best_sentences, is_answered
from assistant.answer.inquiry import Inquiry
from assistant.answer.summary_lists import announced, asks_for_goals, asks_how_many, counts_in, goals, leads, overview
from assistant.answer.summary_points import MAX_POINTS, Point, chosen, probability, topic_points
from assistant.answer.summary_scope import Scope, Topic, roles_meant
from assistant.answer.wording import Wording
from assistant.corpus.periods import heading_role
from assistant.text import fold
from assistant.types import Passage, Span

LENIENCE = 0.3
"""Odds asked for, relative to those for one sentence as the answer: excerpts on a topic mislead nobody, and a topic named
in passing ("人才方面") gives the fitted model little to go by. Only for a topic all of which stands in the sources.
"""
FOREIGN = 4.0
"""The same where the sources hold nothing of the topic in any wording: only a clear paraphrase is then meant."""
MAX_LISTED = 20
"""Points of what a report lists itself: a list is not cut where a reader would miss its end."""
OF_EACH = 3
"""Points of each province where several are asked for."""
SAID = 0.5
"""Share of a topic of plain words that a province's sentence holds to count as speaking of it."""
HELD = 0.3
"""Share of a topic of plain words that the sources hold at all, for any of them to speak of it."""
BEST = 3
"""Points of which one names the topic if the sources speak of it."""
FAR = 2.0
"""Log-odds below the best point down to which a sentence with a figure belongs to a topic's figures."""
NEAR = 1.5
"""Log-odds below the best point down to which the role asked for speaks of the topic by itself."""
_WHICH = re.compile(r"哪|分别|都有|什么|\b(?:which|what|list|name)\b")
_MEASURES = re.compile(r"安排|举措|措施|做法|部署|怎么|如何|\bmeasures\b|\bplans?\b")
_FIGURES = re.compile(r"指标|数据|数字|量化|有数|figures?\b|indicators?\b|numbers?\b|metrics?\b")


def answer_summary(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The points on the topic, each a cited quote; ``None`` if the sources have none."""
    scope = Scope(inquiry, inquiry.where)
    topic = Topic(scope)
    asked = inquiry.question.provinces
    if len(asked) > 1 or (not asked and len(inquiry.places) > 1):
        return _of_each_province(inquiry, words, scope, topic)
    spans, confidence = _listed(scope, topic)
    limit = MAX_LISTED
    if not spans:
        spans, confidence = _on_topic(scope, topic)
        limit = MAX_POINTS
    return _told(scope, words, spans, limit=limit, confidence=confidence)


def answer_numbered(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The points of an announcement whose number and subject a question names (哪十个); ``None`` if there is none.

    For questions that sound like one fact: nothing but an announcement followed by that many points is an answer.
    """
    asked = inquiry.question.standalone
    wanted = counts_in(asked)
    if not wanted or len(inquiry.question.provinces) != 1 or not _WHICH.search(fold(asked)):
        return None
    scope = Scope(inquiry, inquiry.where)
    found = announced(scope, Topic(scope), wanted)
    return _told(scope, words, list(found.spans), limit=MAX_LISTED, confidence=1.0) if found else None


def _told(scope: Scope, words: Wording, spans: list[Span], *, limit: int, confidence: float) -> Draft | None:
    """The spans as a draft, those beyond the limit counted; ``None`` if there are none."""
    draft = Draft("summary", confidence=confidence)
    shown = sorted(spans[:limit])
    draft.text = "\n".join([*_lines(scope, draft, words, shown), *_more(draft, words, len(shown), len(spans))])
    draft.provinces = tuple(dict.fromkeys(p.province for _, p in draft.spans if p.province))
    return draft if draft.spans else None


def _listed(scope: Scope, topic: Topic) -> tuple[list[Span], float]:
    """What the report lists itself, if that is what is asked for."""
    question = scope.inquiry.question.standalone
    wanted = counts_in(question)
    if wanted and (found := announced(scope, topic, wanted)):
        return list(found.spans), 1.0
    if asks_for_goals(question, topic):
        return [s for g in goals(scope) for s in g.spans], 1.0
    if asks_how_many(question) and (led := leads(scope, topic)):
        return led, 1.0
    if topic.is_general and scope.inquiry.question.provinces:
        return [s for part in overview(scope) for s in part.spans], 1.0
    return [], 0.0


def reads_a_list(scope: Scope, topic: Topic) -> bool:
    """Whether a summary is read off what the report lists itself, so that no points are ranked for it."""
    return bool(_listed(scope, topic)[0])


def _on_topic(scope: Scope, topic: Topic) -> tuple[list[Span], float]:
    """The spans of the points on the topic, best first, if the sources speak of it at all."""
    points = _in_role(scope, topic_points(scope, topic))
    found = chosen(points, topic)
    if not found or not _speaks(scope, topic, found):
        return [], 0.0
    asked = fold(scope.inquiry.question.text)
    if _FIGURES.search(asked) and not _MEASURES.search(asked):
        found = _with_figures(scope, chosen(points, topic, margin=FAR)) or found
    spans = [p.span for p in found]
    if told := announced(scope, topic, counts_in(scope.text(spans[0])), spans[0]):  # "十大…工程": its ten belong to it
        spans = [spans[0], *told.spans, *spans[1:]]
    return list(dict.fromkeys(spans)), probability(found)


def _in_role(scope: Scope, points: list[Point]) -> list[Point]:
    """Without the parts of other roles where those asked for speak of the topic as well (five years and single ones)."""
    if not points:
        return points
    roles = roles_meant(scope.inquiry)
    own = [p for p in points if p.block.section.period in roles]
    near = max(p.score for p in points) - NEAR
    return own if any(p.score >= near for p in own) else points


def _speaks(scope: Scope, topic: Topic, found: Sequence[Point]) -> bool:
    """Whether the best of the points names a topic that the sources hold; else the fitted model for sentences decides.

    Words of a question about something else stand in any long text by chance, so a share of them says nothing.
    """
    texts = [f"{p.block.lead}{scope.text(p.span)}" for p in found[:BEST]]
    if not topic.missing and any(topic.is_named_in(t) or topic.match(t) >= SAID for t in texts):
        return True
    strictness = LENIENCE if not topic.missing else 1.0 if topic.weights else FOREIGN
    ranked = sorted(best_sentences(scope.inquiry, limit=8), key=lambda s: (-s.score, s.span))
    return is_answered(scope.inquiry, ranked, strictness=strictness)


def _with_figures(scope: Scope, found: Iterable[Point]) -> list[Point]:
    facts = scope.inquiry.facts(scope.where)
    return [p for p in found if any(p.span.contains(f.span) for f in facts)]


def _of_each_province(inquiry: Inquiry, words: Wording, scope: Scope, topic: Topic) -> Draft | None:
    """A few points of each province that the question means, and the names of those that are silent."""
    asked = inquiry.question.provinces
    provinces = [p for p in inquiry.held if not asked or p in asked]
    blocks = [b for b in scope.blocks if topic.is_said_in(scope.text(b.span))]
    points = [p for p in topic_points(scope, topic, blocks) if topic.is_said_in(scope.text(p.span))]
    if topic.held < HELD or not _speaks(scope, topic, chosen(points, topic)):
        return None
    draft = Draft("summary", confidence=probability(points))
    lines: list[str] = []
    silent = []
    for province in provinces:
        own = _in_role(scope, [p for p in points if p.block.section.province == province])
        best = chosen(own, topic)[:OF_EACH]
        if best:
            lines += _lines(scope, draft, words, sorted(p.span for p in best))
        else:
            silent.append(province)
    if not lines:
        return None
    if silent:
        lines.append(words.say("list_others", provinces=words.places(silent)))
    lines.append(words.say("coverage", n=draft.count(len(provinces), words.say("checked"))))
    draft.text = "\n".join(lines)
    draft.provinces = tuple(p for p in provinces if p not in silent)
    return draft


def _lines(scope: Scope, draft: Draft, words: Wording, spans: Sequence[Span]) -> Iterator[str]:
    """The spans as bullets, under a line for each part: place, time and role, heading."""
    title = ""
    for span in spans:
        passage = _passage(scope, span)
        if passage is None:
            continue
        if (here := _title(words, passage, scope.text(span))) != title:
            yield here
            title = here
        yield f"- “{scope.text(span)}” {draft.cite(span, passage)}"


def _passage(scope: Scope, span: Span) -> Passage | None:
    """The passage of a point; a heading that is in no passage belongs to the one behind it."""
    return scope.passage(span) or scope.passage(Span(span.doc_id, span.start, span.end + 400))


def _title(words: Wording, passage: Passage, quote: str) -> str:
    """Place, time and role, and the heading unless it is what is quoted or says no more than the role."""
    place, period = words.place(passage.province), words.period(passage.period, passage.year)
    heading = passage.heading[-1] if passage.heading else ""
    if not heading or heading in quote or quote in heading or heading_role(fold(heading), passage.year)[0]:
        return words.say("summary", place=place, period=period)
    return words.say("summary_part", place=place, period=period, heading=heading)


def _more(draft: Draft, words: Wording, shown: int, found: int) -> Iterator[str]:
    if found > shown:
        n, every = draft.count(shown, words.say("points_shown")), draft.count(found, words.say("points_found"))
        yield words.say("points", n=n, all=every)
