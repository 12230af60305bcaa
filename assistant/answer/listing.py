"""Lists over all provinces: each province decided by searching everything that the corpus holds of it."""

from __future__ import annotations

import functools
import re

from assistant.answer.draft import Draft
from assistant.answer.features import same_unit
from assistant.answer.figure import best_facts
from assistant.answer.inquiry import Inquiry, Stretch, squeezed, term_match, weight_of
from assistant.answer.wording import Wording
from assistant.question.conditions import Condition, condition_of
from assistant.text import fold, has_cjk, sentences, trim
from assistant.types import Fact, Table, Term

WHOLE = 0.999
MOST = 0.7
"""Share of the weight of plain words that a sentence must hold to count as saying the same."""
_FIGURES_ASKED = re.compile(
    r"数字|数据|指标|家数|人数|数量|多少|金额|总量|总数|增量|存量|增速|增幅|强度|具体数|量化|\bnumbers?\b|\bfigures?\b|\btotals?\b|\bhow m|\bgrowth\b|\bincrease\b"
)


def answer_list(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Which provinces say it and which do not, with one piece of evidence for each that does."""
    terms = key_terms(inquiry)
    if not terms:
        return None
    scope = _scope(inquiry)
    by_figures = _asks_for_figures(inquiry, terms)
    decide = _stated_figure if by_figures else _mention
    evidence = {p: e for p in scope if (e := decide(inquiry, p, terms)) is not None}
    draft = Draft("list", confidence=1.0)
    said = [p for p in scope if p in evidence]
    unsaid = [p for p in scope if p not in evidence]
    claimed = unsaid if inquiry.question.negated else said
    topic = "”“".join(t.wordings[0] for t in terms)
    marks = {p: draft.cite(evidence[p].span, evidence[p].passage) for p in said}
    draft.count(len(claimed), words.say("counted"))
    draft.count(len(scope), words.say("checked"))
    draft.text = "\n".join(_lines(words, inquiry, topic, said, unsaid, evidence, marks))
    draft.provinces = tuple(claimed)
    draft.table = _table(words, scope, evidence, draft)
    if not said:
        draft.status = "partial"  # a list of none has nothing to cite; the coverage line says what was checked
    return draft


def key_terms(inquiry: Inquiry) -> tuple[Term, ...]:
    """What a province must speak of: the named terms, else the plain words."""
    terms = inquiry.question.terms
    named = tuple(t for t in terms if t.kind != "word")
    return named or terms


def _asks_for_figures(inquiry: Inquiry, terms: tuple[Term, ...]) -> bool:
    """Whether a province qualifies by a figure that it states, rather than by words."""
    if not any(t.kind == "measure" for t in terms):
        return False
    asked = fold(inquiry.question.text)
    return condition_of(asked) is not None or bool(_FIGURES_ASKED.search(asked)) or bool(inquiry.question.wanted)


def _stated_figure(inquiry: Inquiry, province: str, terms: tuple[Term, ...]) -> Stretch | None:
    """The province's figure for the measure, of the kind asked for and within the bound; ``None`` if it states none."""
    condition = condition_of(inquiry.question.text)
    wanted = inquiry.question.wanted
    for scored in best_facts(inquiry, facts=inquiry.facts(inquiry.about((province,)))):
        fact = scored.fact
        if not all(term_match(t, squeezed(fact.measure)) >= WHOLE for t in terms if t.kind == "measure"):
            continue
        if (wanted and fact.kind != wanted) or (condition is not None and not _within(condition, fact)):
            continue
        return inquiry.stretch(scored.passage, fact.clause.start, fact.clause.end)
    return None


def _within(condition: Condition, fact: Fact) -> bool:
    return condition.holds(fact.value) and (not condition.unit or same_unit(condition.unit, fact.unit))


def _scope(inquiry: Inquiry) -> tuple[str, ...]:
    asked = inquiry.question.provinces
    return tuple(p for p in inquiry.held if not asked or p in asked)


def _mention(inquiry: Inquiry, province: str, terms: tuple[Term, ...]) -> Stretch | None:
    """The best sentence of a province that holds every term; ``None`` if its passages do not."""
    found: list[Stretch] = []
    for passage in inquiry.passages(inquiry.about((province,))):
        for a, b in sentences(passage.text):
            a, b = trim(passage.text, a, b)
            if b > a and _speaks_of_all(terms, passage.text[a:b]):
                found.append(inquiry.stretch(passage, passage.span.start + a, passage.span.start + b))
    return min(found, key=lambda s: (-s.score, s.span), default=None)


def _speaks_of_all(terms: tuple[Term, ...], sentence: str) -> bool:
    """Whether a sentence holds every named term; of plain words, most of their weight."""
    if any(t.kind != "word" for t in terms):
        return all(speaks_of(t, sentence) for t in terms)
    found = sum(weight_of(t) for t in terms if speaks_of(t, sentence))
    return found >= MOST * sum(weight_of(t) for t in terms)


def speaks_of(term: Term, sentence: str) -> bool:
    """Whether a sentence holds a term in any wording, or its words in order inside one phrase.

    国家技术创新中心 stands in 国家燃料电池技术创新中心: names of things take attributes between their words.
    """
    folded = squeezed(sentence)
    if term.kind == "quoted":  # words in quotation marks are meant to the letter
        return squeezed(term.wordings[0]) in folded
    return term_match(term, folded) >= WHOLE or any(
        _with_attributes(w).search(folded) for w in term.wordings if len(w) >= 6 and has_cjk(w)
    )


@functools.lru_cache(maxsize=4096)
def _with_attributes(wording: str) -> re.Pattern[str]:
    """The wording with up to ten characters of one phrase after its first word of two characters."""
    wanted = squeezed(wording)
    return re.compile(rf"{re.escape(wanted[:2])}[^，,。；;、：:]{{0,10}}?{re.escape(wanted[2:])}")


def _lines(
    words: Wording,
    inquiry: Inquiry,
    topic: str,
    said: list[str],
    unsaid: list[str],
    evidence: dict[str, Stretch],
    marks: dict[str, str],
) -> list[str]:
    lines = []
    total = len(said) + len(unsaid)
    if inquiry.question.negated:
        lines.append(words.say("list_negative", topic=topic, n=len(unsaid), provinces=words.places(unsaid) or "—"))
    elif said:
        lines.append(words.say("list_some", topic=topic, n=len(said), provinces=words.places(said)))
    else:
        lines.append(words.say("list_none", topic=topic))
    lines += [
        f"- {words.place(p)} · {words.period(evidence[p].passage.period, evidence[p].passage.year)}：“{evidence[p].text}” {marks[p]}"
        for p in said
    ]
    if unsaid and not inquiry.question.negated:
        lines.append(words.say("list_others", provinces=words.places(unsaid)))
    absent = [p for p in inquiry.question.named if p not in inquiry.held]
    if absent:
        lines.append(words.say("list_absent", provinces=words.places(absent)))
    lines.append(words.say("coverage", n=total))
    return lines


def _table(words: Wording, scope: tuple[str, ...], evidence: dict[str, Stretch], draft: Draft) -> Table:
    columns = tuple(words.say("list_columns").split("|"))
    rows = []
    for p in scope:
        e = evidence.get(p)
        finding = words.say("said" if e else "not_said")
        rows.append((words.place(p), finding, e.text if e else "", str(draft.number(e.span, e.passage)) if e else ""))
    return Table(columns, tuple(rows), 3)
