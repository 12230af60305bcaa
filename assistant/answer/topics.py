"""What a list question asks of each province, as topics that can be looked up one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.answer.inquiry import Inquiry
from assistant.answer.names import abbreviated, as_written, misspelt
from assistant.answer.saying import tells, weights_of
from assistant.question.analyse import is_asking
from assistant.question.asking import ASKS_WHO, without_self
from assistant.question.conditions import Condition, conditions_of, in_digits
from assistant.question.speech import DOES, naming
from assistant.question.wishes import Wish, Wishes, is_negation, wishes_of, without_who
from assistant.text import fold, has_cjk
from assistant.types import Term

_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"“「『《]{1,60})[”」』》\"]")
_MARKS = re.compile(r"[“”「」『』\"]")
_FIGURES_ASKED = re.compile(
    r"数字|数据|指标|数量|数值|(?<!国)家数|户数|人数|亩数|件数|个数|多少|金额|总量|总数|增量|存量|增速|增幅|涨幅|强度|具体(?:数|百分)|百分数|量化|目标(?!任务书)|增长率"
    r"|\bnumbers?\b|\bfigures?\b|\btotals?\b|\bhow m|\bgrowth\b|\bincreases?\b|\bnumeric|\bgoals?\b|\btargets?\b|\bvalues?\b|\bquantif"
)
_OF_ASKING = frozenset(
    "从头到尾 自始至终 通篇 全篇 字样 提法 感觉 觉得 印象 发现 回事 四个字 两个字 三个字 报告 摘录 总结 文件 材料 全文 规划 工作 工作报告 部署 安排 成绩 动作 说法 想法 内容 事情 名字 字 头 里头 地方 地区 省区 省市 省份 左右 压根 沾边 要求 这事 以外 之外 家数 户数 亩数 人数 数字 "
    "show shows shown up appear appears region regions report reports provincial place places government governments leaving aside six eleven name names whose bring brings discuss discussed "
    "refer refers referred mentioned said anything something put come comes number numeric explicit value yuan them they it yearly stock increase "
    "support launch launches use uses using picked picks try trying whole only never leave out explicit intend include includes including promise promises among both".split()
)
"""What reports are made of and what provinces do in them: never what is asked about. The rest is told by part of speech."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing asked of a province: the ``phrase`` of the question, and the inquiry about it alone.

    ``by_figure``: a province qualifies by a figure that it states, within all ``conditions``; else by what it says.
    """

    phrase: str
    inquiry: Inquiry
    by_figure: bool = False
    conditions: tuple[Condition, ...] = ()

    @property
    def named(self) -> tuple[Term, ...]:
        """The terms that the lexicon or quotation marks name."""
        return tuple(t for t in self.inquiry.question.terms if t.kind != "word")


@dataclass(frozen=True, slots=True)
class Demand:
    """Any of the topics; ``negated``: none of them."""

    topics: tuple[Topic, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Demands:
    """All that is asked of a province. ``excluded`` does not count as the thing; ``outside`` are provinces left out."""

    demands: tuple[Demand, ...]
    excluded: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    """Provinces that are part of the topic ("跟港澳的科技合作"), not of where it is looked for."""

    @property
    def negative(self) -> bool:
        """Whether only what is *not* said is asked for."""
        return bool(self.demands) and all(d.negated for d in self.demands)


def demands_of(inquiry: Inquiry) -> Demands:
    """What the question asks of each province; without any demand where it speaks of nothing."""
    question = inquiry.question
    if "terms" in question.carried:
        return Demands(_whole(inquiry))
    text = without_self(question.text)
    wishes = wishes_of(text, _places_of_names(inquiry))
    demands: list[Demand] = []
    spare: list[Demand] = []  # verbs alone are asked of nobody beside what others name ("翻遍今年的计划")
    for wish in wishes.wishes:
        before = demands[-1].topics[-1] if demands else None
        spelt = tuple(a for a in wish.alternatives if question.language == "en" and has_cjk(a))
        topics = tuple(
            t for text in spelt or wish.alternatives if (t := _topic(inquiry, wish, text, before)) is not None
        )
        topics = tuple(replace(t, conditions=_strict(t.conditions, wishes.excluded)) for t in topics)
        topics = _as_telling(_with_any_verb(topics))
        named = any(t.named for t in topics)  # what is asked beside a name is asked for as well
        telling = tuple(t for t in topics if named or t.by_figure or tells(t.inquiry))
        if telling:
            demands.append(Demand(telling, wish.negated))
        elif topics and not wish.negated:
            spare.append(Demand(topics, negated=False))
        elif wish.negated and demands:  # "“A”四个字，压根没出现过": the negation is of what was named before it
            demands[-1] = replace(demands[-1], negated=True)
    demands = _without_context(inquiry, demands)
    found = tuple(demands or spare) or _whole(inquiry)
    partner = _partner(inquiry)
    if partner is not None:
        found = tuple(replace(d, topics=tuple(_with(t, partner) for t in d.topics)) for d in found)
    return Demands(found, wishes.excluded, _outside(inquiry, wishes), partner.wordings if partner else ())


FAINT = 0.5
"""Share of the rarity of another alternative, under which one is only what goes with it ("延迟退休（晚退休）的改革")."""
_SAYS_SO = re.compile(r"提|讲|说|写|谈|既|又|没|未|不含|要|打算|计划|同时|而|但")
_CLAUSE = re.compile(r"[，,。；;？?！!]")


def _as_telling(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    """The alternatives that tell about as much as the one that tells most; all where they are of one kind."""
    if len(topics) < 2:
        return topics
    most = [max(weights_of(t.inquiry).values(), default=0.0) for t in topics]
    return tuple(t for t, w in zip(topics, most, strict=True) if t.named or w >= FAINT * max(most))


def _without_context(inquiry: Inquiry, demands: list[Demand]) -> list[Demand]:
    """The demands without those that stand in a clause before the question and ask nothing ("AI会抢饭碗，哪些省…")."""
    text = inquiry.question.text
    clauses = [c for c in _CLAUSE.split(text) if c.strip()]
    at = next((i for i, c in enumerate(clauses) if ASKS_WHO.search(fold(c))), 0)
    if at == 0 or any(_SAYS_SO.search(fold(c)) for c in clauses[:at]):
        return demands
    asked = "，".join(clauses[at:])
    kept = [d for d in demands if any(t.phrase in asked for t in d.topics)]
    if kept and all(_says_only_what_is_done(t) for d in kept for t in d.topics):  # "…加计扣除，哪几个省要落实"
        return [d for d in demands if d not in kept] or demands
    return kept or demands


def _with_any_verb(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    """The alternatives that name something; where verbs alone stand before these, what is named with whichever verb.

    Behind a name a verb is a thing of its own ("种业、育种").
    """
    first = next((i for i, t in enumerate(topics) if not _says_only_what_is_done(t)), len(topics))
    named = topics[first:]
    if not named or len(named) == len(topics):
        return topics
    out = []
    for topic in named:
        weights = naming(topic.phrase, [t.wordings[0] for t in topic.inquiry.question.terms])
        kept = tuple(t for t in topic.inquiry.question.terms if t.kind != "word" or weights[t.wordings[0]] > DOES)
        out.append(replace(topic, inquiry=topic.inquiry.narrowed(kept)) if kept else topic)
    return tuple(out)


def _says_only_what_is_done(topic: Topic) -> bool:
    """Whether an alternative names nothing: its thing is that of the others ("设立或者创建国家植物园")."""
    weights = naming(topic.phrase, [t.wordings[0] for t in topic.inquiry.question.terms])
    return not topic.named and not topic.by_figure and all(w <= DOES for w in weights.values())


_WITH = re.compile(r"(?:跟|与|同|和|对接|\bwith)\s*$")
_TOGETHER = re.compile(r"合作|协作|联动|共建|对接|协同|交流|cooperat|collaborat|partner")


def _partner(inquiry: Inquiry) -> Term | None:
    """The place that others work with, where a question asks who does."""
    text = fold(inquiry.question.text)
    if not _TOGETHER.search(text):
        return None
    for m in inquiry.lexicon.find_provinces(inquiry.question.text):
        if _WITH.search(text[: m.start]):
            return Term(tuple(dict.fromkeys((fold(m.text), *m.names))), "term")
    return None


def partners_of(inquiry: Inquiry) -> tuple[str, ...]:
    """The places that a question asks who works with ("跟港澳的科技合作"): part of its topic, not of where it looks."""
    partner = _partner(inquiry)
    return partner.wordings if partner else ()


def _with(topic: Topic, partner: Term) -> Topic:
    terms = (partner, *topic.inquiry.question.terms)
    return replace(topic, phrase=f"{partner.wordings[0]}{topic.phrase}", inquiry=topic.inquiry.narrowed(terms))


def _whole(inquiry: Inquiry) -> tuple[Demand, ...]:
    """The whole question as one demand."""
    terms = _telling(inquiry.question.terms, inquiry.question.text)
    if not terms:
        return ()
    named = [t.wordings[0] for t in terms if t.kind != "word"] or [t.wordings[0] for t in terms]
    whole = inquiry.narrowed(terms)
    topic = Topic("、".join(named), whole, *_figure_asked(inquiry.question.text, whole))
    return (Demand((topic,), inquiry.question.negated or is_negation(inquiry.question.text)),)


def _topic(inquiry: Inquiry, wish: Wish, text: str, before: Topic | None) -> Topic | None:
    """What a piece of the question asks about; a piece that names nothing may ask for another figure of the thing before."""
    plain, whole = (in_digits(without_who(t)) for t in (text, " ".join(wish.alternatives)))
    if not re.search(r"\w", plain):
        return None
    part = inquiry.part(plain)
    terms = _telling(part.question.terms, plain)
    if terms:
        terms = misspelt(inquiry, text, abbreviated(inquiry, text, as_written(inquiry, text, terms)))
        part = part.narrowed(terms)
        return Topic(_phrase(text, terms), part, *_figure_asked(whole, part))
    if before is None or not any(t.kind == "measure" for t in before.named):
        return None
    by_figure, conditions = _figure_asked(plain, before.inquiry.wanting(part.question.wanted))
    again = inquiry.part(f"{before.phrase}{plain}").narrowed(before.inquiry.question.terms)
    return Topic(before.phrase, again, by_figure, conditions) if by_figure else None


def _telling(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    """The terms that say what is asked about: no words of asking, no numbers, nothing that neither names nor does."""
    weights = naming(text, [t.wordings[0] for t in terms if t.kind == "word"])
    return tuple(t for t in terms if t.kind != "word" or not _is_vague(t.wordings[0], weights[t.wordings[0]]))


_VERB = re.compile(
    r"(?:没有?|未|不|只|光|既|又|就|都|才|要|也|还|里|去|刚|曾|已)*(?:提|讲|说|写|报|点|列|谈|给|定|设|找|见|看|拿|获|推|搞|办|做|放|引|出现|涉及|提及|论及|谈及)?(?:了|到|过|出|进|入|明|在|上|下|不到|得|的)*"
)
"""Verbs of saying and doing with what stands around them: how a province speaks of a thing, not the thing."""


def _is_vague(word: str, weight: float) -> bool:
    return (
        len(word) < 2
        or not weight
        or word in _OF_ASKING
        or is_asking(word)
        or bool(_VERB.fullmatch(word) or re.match(r"[\d.]+", word))
    )


def _figure_asked(text: str, part: Inquiry) -> tuple[bool, tuple[Condition, ...]]:
    """Whether a piece asks for a figure of a measure, and the bounds that it sets."""
    if not any(t.kind == "measure" for t in part.question.terms):
        conditions = conditions_of(text)
        return bool(conditions) and any(c.relation != "=" for c in conditions), conditions
    conditions = conditions_of(text)
    asked = _asks_figures(text, part) or part.question.wanted in {"growth", "increment"}
    return bool(conditions) or asked, conditions


def _asks_figures(text: str, part: Inquiry) -> bool:
    """Whether words ask for figures, those at the head of a name aside (数字经济 is no 数字, GDP增速 is a figure)."""
    folded = fold(text)
    names = [*part.lexicon.find_terms(text), *part.lexicon.find_measures(text)]
    return any(
        not any(n.start <= m.start() and m.end() < n.end for n in names) for m in _FIGURES_ASKED.finditer(folded)
    )


def _strict(conditions: tuple[Condition, ...], excluded: tuple[str, ...]) -> tuple[Condition, ...]:
    """The bounds without their own value where the question leaves it out ("5项以上（不含5项）")."""
    out = {c.bound for phrase in excluded for c in conditions_of(phrase)}
    return tuple(replace(c, relation=">") if c.relation == ">=" and c.bound in out else c for c in conditions)


def _phrase(text: str, terms: tuple[Term, ...]) -> str:
    """The stretch of the question from the first to the last of its telling words, as it stands there."""
    folded = fold(text)
    spans = [(at, at + len(t.wordings[0])) for t in terms if (at := folded.find(t.wordings[0])) >= 0]
    if not spans:
        return "、".join(t.wordings[0] for t in terms)
    start, end = min(a for a, _ in spans), max(b for _, b in spans)
    if not has_cjk(text):
        while text[end : end + 1].isalnum():  # "A0²" is not cut before its exponent
            end += 1
        return text[start:end]
    named = [t for t in terms if t.kind != "word"]
    if len(named) == 1 and end - start > 2 * len(named[0].wordings[0]) + 4:
        return named[0].wordings[0]
    return _MARKS.sub("", text[start:end]).strip("‘’' ")


def _places_of_names(inquiry: Inquiry) -> list[tuple[int, int]]:
    """Where the question names things that the lexicon knows, or quotes."""
    text = inquiry.question.text
    mentions = [*inquiry.lexicon.find_measures(text), *inquiry.lexicon.find_terms(text)]
    return [*(m.span(1) for m in _QUOTED.finditer(text)), *((m.start, m.end) for m in mentions)]


def _outside(inquiry: Inquiry, wishes: Wishes) -> tuple[str, ...]:
    if not wishes.elsewhere:
        return ()
    found = inquiry.lexicon.find_provinces(wishes.elsewhere) or inquiry.lexicon.guess_provinces(wishes.elsewhere)
    return tuple(n for m in found for n in m.names)
