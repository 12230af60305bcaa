"""What a summary is drawn from: the blocks of the sections that the question means, and how well each fits its topic."""

from __future__ import annotations

import bisect
import functools
import math
import re
from dataclasses import replace

from assistant.answer.inquiry import Inquiry, Stretch, term_match, weight_of
from assistant.answer.listing import speaks_of
from assistant.answer.outline import Block, blocks_of
from assistant.text import has_cjk, squeezed
from assistant.types import Document, Filter, Passage, Period, Section, Span, Term

FIVE_YEARS: frozenset[Period | None] = frozenset({"review_5y", "plan_5y"})
_YEARLY: frozenset[Period | None] = frozenset({"review", "plan", None})
GENERIC = frozenset(
    "工作 重点 重点工作 主要 成绩 成效 成就 成果 任务 主要任务 举措 措施 安排 部署 亮点 发展 经济 经济社会 经济社会发展 社会发展 政府 报告 内容 预期 "
    "硬指标 指标 量化 数字 数据 想干什么 分别 支持 事 干 抓 活 做好 总结 概括 回顾 梳理 汇总 归纳 小结 介绍 说明 分 一段 一遍 全年 整体 总体 要点 大事 方向 思路 打算 招 新招 取得 进展 目标任务 政府工作报告 工作报告 "
    "work works main key major overall economic economy social development results result achievements achievement progress priorities priority tasks task "
    "measures measure steps actions summary summarise summarize outline overview agenda sum rundown quick brief briefly short points point period headline government text document "
    "give gist recap highlights highlight performance annual set "
    "综述 简报 简介 摘要 提纲 大纲 概况 概述 文字 话 一段话 paragraph report note notes review abstract digest list lists".split()
)
"""Words that say what sort of summary is wanted, not what about."""


HALF = 0.5
"""Share of the weight of a topic's plain words that a text holds to speak of it."""


class Scope:
    """The sections under a filter with their blocks and passages, in the order of the sources."""

    def __init__(self, inquiry: Inquiry, where: Filter) -> None:
        self.inquiry = inquiry
        self.where = where
        self._passages: dict[str, list[Passage]] = {}
        for passage in inquiry.passages(where):
            self._passages.setdefault(passage.span.doc_id, []).append(passage)
        self._starts = {d: [p.span.start for p in found] for d, found in self._passages.items()}
        self.documents: tuple[Document, ...] = tuple(map(inquiry.store.document, self._passages))

    @functools.cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that the filter lets pass and that hold text."""
        every = (s for d in self.documents for s in self.inquiry.store.sections(d.id))
        return tuple(s for s in every if _accepts(self.where, s) and self.passage(s.span) is not None)

    @functools.cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of these sections."""
        wanted = {s.span for s in self.sections}
        every = (b for d in self.documents for b in blocks_of(d, self.inquiry.store.sections(d.id)))
        return tuple(b for b in every if b.section.span in wanted)

    def passage(self, span: Span) -> Passage | None:
        """The passage of the scope in which a span begins, or that begins in it; ``None`` if there is neither."""
        found = self._passages.get(span.doc_id, [])
        at = bisect.bisect_right(self._starts.get(span.doc_id, []), span.start) - 1
        return next((p for p in found[max(at, 0) : at + 2] if p.span.overlaps(span)), None)

    def stretch(self, span: Span) -> Stretch | None:
        """The fit of the part of a span that stands in its first passage."""
        passage = self.passage(span)
        if passage is None:
            return None
        start, end = max(span.start, passage.span.start), min(span.end, passage.span.end)
        return self.inquiry.stretch(passage, start, end)

    def text(self, span: Span) -> str:
        """The text at a span."""
        return self.inquiry.store.text(span)

    def narrowed(self, roles: frozenset[Period | None]) -> Scope:
        """The same without the sections of other roles; the scope itself where that leaves nothing."""
        kept = tuple(r for r in dict.fromkeys(s.period for s in self.sections) if r in roles and r is not None)
        return Scope(self.inquiry, replace(self.where, periods=kept)) if kept else self


def _accepts(where: Filter, section: Section) -> bool:
    return (
        (not where.provinces or section.province in where.provinces)
        and (not where.years or section.year in where.years)
        and (not where.periods or section.period in where.periods)
    )


def roles_meant(inquiry: Inquiry) -> frozenset[Period | None]:
    """The roles that an account is given of: those asked for, the yearly ones of a year asked for, else all.

    The filter lets a yearly role's five-year twin pass, because short texts state the one within the other.
    """
    question = inquiry.question
    if question.periods:
        return frozenset(question.periods)
    if question.plan_years:
        return FIVE_YEARS
    return _YEARLY if question.years else _YEARLY | FIVE_YEARS


class Topic:
    """What a summary is about: the question's terms, weighed by how rare they are in the scope's blocks.

    ``named`` are those of the lexicon and those in quotation marks; ``missing`` stand nowhere in the scope.
    """

    def __init__(self, scope: Scope) -> None:
        texts = [squeezed("".join((*b.section.heading[-1:], scope.text(b.span)))) for b in scope.blocks]
        self.weights: dict[Term, float] = {}
        self.missing: dict[Term, float] = {}
        for term in _terms(scope.inquiry):
            found = sum(any(w in t for w in map(squeezed, term.wordings)) for t in texts)
            weight = weight_of(term) * math.log(1 + (len(texts) + 1) / (1 + found))
            (self.weights if found else self.missing)[term] = weight
        self.named = tuple(t for t in self.weights if t.kind != "word")

    @property
    def is_general(self) -> bool:
        """Whether the question names no subject: it asks for an account of a whole part."""
        return not self.weights and not self.missing

    @property
    def is_several(self) -> bool:
        """Whether it is a row of named things: what stands between the sentences that name them is about others."""
        return len(self.named) > 1

    def match(self, text: str) -> float:
        """The share of the topic that stands in a text, in [0, 1]."""
        total = sum(self.weights.values())
        folded = squeezed(text)
        return sum(w * term_match(t, folded) for t, w in self.weights.items()) / total if total else 0.0

    @property
    def held(self) -> float:
        """The share of the topic that the scope holds at all, in [0, 1]."""
        found = sum(self.weights.values())
        return found / (found + sum(self.missing.values())) if found else 0.0

    def is_said_in(self, text: str) -> bool:
        """Whether a text speaks of the topic in so many words: holds a named term, else half of the plain words."""
        return self.is_named_in(text) or (not self.named and self._said(text) >= HALF * sum(self.weights.values()))

    def is_led_by(self, lead: str) -> bool:
        """Whether a lead is the topic, so that all under it is: words that stand nowhere in the sources count against it."""
        asked = sum(self.weights.values()) + sum(self.missing.values())
        return self.is_named_in(lead) or (not self.named and self._said(lead) >= HALF * asked)

    def _said(self, text: str) -> float:
        """The weight of the plain words that a text holds to the letter; nothing where it holds none."""
        return sum(w for t, w in self.weights.items() if speaks_of(_to_the_letter(t), text)) or -1.0

    def is_named_in(self, text: str) -> bool:
        """Whether a text holds a named term of the topic."""
        return any(speaks_of(t, text) for t in self.named)


def _to_the_letter(term: Term) -> Term:
    """A plain word without the other wordings of the subject that it names: 信息化 is near 人工智能, and not it."""
    return Term(term.wordings[:1], term.kind) if has_cjk(term.wordings[0]) else term


_NUMBER = re.compile(
    r"[\d一二两三四五六七八九十]+\S{0,2}|\d+\w*|first|second|two|three|four|five|six|seven|eight|nine|ten"
)


def is_number(term: Term) -> bool:
    """Whether a plain word is a number, perhaps with what it counts."""
    return term.kind == "word" and bool(_NUMBER.fullmatch(term.wordings[0]))


def _terms(inquiry: Inquiry) -> list[Term]:
    """The question's terms but for numbers and general words."""
    return [
        t for t in inquiry.question.terms if t.kind != "word" or (t.wordings[0] not in GENERIC and not is_number(t))
    ]
