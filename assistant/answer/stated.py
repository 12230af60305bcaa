"""Whether a province states a figure that a question sets conditions on: decided by its principal figure alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer.admission import dimension
from assistant.answer.features import same_unit
from assistant.answer.figure import Scored
from assistant.answer.inquiry import Inquiry, Stretch
from assistant.answer.principal import principal
from assistant.answer.sentences import speaks_of, without
from assistant.answer.topics import Topic
from assistant.question.conditions import Condition, equal
from assistant.text import squeezed
from assistant.types import Fact

_BEYOND = re.compile(r"突破|超|逾|余|多|以上|高于")
_RATES = ("增速", "增长率", "增幅", "涨幅", "增长", "降幅")
_COUNTS_NEW = ("新增", "净增")


def stated(topic: Topic, provinces: Sequence[str], excluded: Sequence[str] = ()) -> dict[str, Stretch]:
    """The clause of each province's principal figure where it is of the kind asked for and within every bound."""
    kinds = {topic.inquiry.part(phrase).question.wanted for phrase in excluded} - {""}
    found = {}
    for province in provinces:
        ranked = principal(topic.inquiry, province)
        ranked = [s for s in ranked if s.fact.kind not in kinds and _counts(topic, s.fact, excluded)]
        if ranked and all(meets(c, ranked[0].fact) for c in topic.conditions):
            found[province] = _clause(topic.inquiry, ranked[0])
        elif not ranked and not topic.conditions and not topic.inquiry.question.wanted:
            beside = _beside(topic, province, excluded)
            found |= {province: beside} if beside is not None else {}
    return found


def _beside(topic: Topic, province: str, excluded: Sequence[str]) -> Stretch | None:
    """The clause that counts things and names what was asked about only after its figure ("130家企业入选…小巨人")."""
    inquiry = topic.inquiry
    for fact in inquiry.facts(inquiry.about((province,))):
        told = without(inquiry.store.text(fact.clause), excluded)
        if dimension(fact.unit) == "things" and fact.unit and all(speaks_of(t, told) for t in topic.named):
            return inquiry.stretch(inquiry.passage_at(fact.span), fact.clause.start, fact.clause.end)
    return None


def _clause(inquiry: Inquiry, scored: Scored) -> Stretch:
    return inquiry.stretch(scored.passage, scored.fact.clause.start, scored.fact.clause.end)


def _counts(topic: Topic, fact: Fact, excluded: Sequence[str]) -> bool:
    """Whether a figure is of the kind and unit asked for, and not what the question says does not count."""
    measure = squeezed(fact.measure)
    if any(name in measure for phrase in excluded for name in squeezed(phrase).split("、") if name):
        return False
    fits = all(not c.unit or _same_unit(c.unit, fact.unit) for c in topic.conditions)
    return fits and is_of_kind(topic.inquiry, fact)


def _same_unit(asked: str, unit: str) -> bool:
    """Units alike, or both of things counted: firms are 家 in one report and 户 in another."""
    return (
        same_unit(asked, unit)
        or dimension(asked) == dimension(unit) == "money"
        or _plain(unit).startswith(_plain(asked))
    )


def _plain(unit: str) -> str:
    """A unit with its quotient as a stroke: 微克每立方米 is 微克/立方米."""
    return unit.replace("每", "/")


def is_of_kind(inquiry: Inquiry, fact: Fact) -> bool:
    """Whether a figure is the growth, the increment or the level that was asked for; any, if none was."""
    wanted = inquiry.question.wanted
    if not wanted or fact.kind == wanted:
        return True
    if wanted == "growth":
        return fact.measure.endswith(_RATES)
    names = [w for t in inquiry.question.terms if t.kind == "measure" for w in t.wordings]
    return {wanted, fact.kind} == {"level", "increment"} and any(n in w for w in names for n in _COUNTS_NEW)


def meets(condition: Condition, fact: Fact) -> bool:
    """Whether a figure is within a bound, its words of strength taken at their word (突破2万 is above 2万)."""
    if condition.relation in {">", "<"} and equal(fact.value, condition.bound):
        return condition.relation == ">" and bool(_BEYOND.search(fact.figure)) and "以上" not in fact.figure
    if condition.relation == "<=" and equal(fact.value, condition.bound):
        return not _BEYOND.search(fact.figure)
    return condition.holds(fact.value)
