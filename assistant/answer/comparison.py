"""Comparisons: one row for each province and role, sorted by value, differences computed and shown as such."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from assistant.answer.draft import Draft
from assistant.answer.excerpts import best_of_province
from assistant.answer.figure import Scored, best_facts, enough, shown, value_in_words
from assistant.answer.inquiry import Inquiry
from assistant.answer.wording import Wording
from assistant.numerals import format_value
from assistant.text import fold
from assistant.types import Computed, Filter, Table

WHOLE = 0.95
"""Coverage from which a clause speaks of all that is compared, whatever its figure's measure is called."""
_SCALES = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))


def answer_compare(inquiry: Inquiry, words: Wording) -> Draft | None:
    """A row for every province (and role) that the question means; those that say nothing are named."""
    found, silent = _rows(inquiry)
    if not found:
        return None
    kind = _kind_compared(inquiry, found)
    found.sort(key=lambda s: (s.fact.kind != kind, -s.fact.value, s.fact.span))
    draft = Draft("compare", confidence=min(1.0, found[0].score))
    draft.table = _table(inquiry, draft, words, found, silent)
    draft.provinces = tuple(dict.fromkeys(s.fact.province for s in found if s.fact.province))
    draft.text = "\n".join(_lines(inquiry, draft, words, found, silent))
    if len({s.fact.province for s in found}) > 1:
        draft.short = words.place(found[0].fact.province) if _asks_for_one(inquiry) else None
    else:
        draft.short = "；".join(shown(s.fact, inquiry) for s in found)
    return draft


_ONE = re.compile(
    r"谁|哪(?:个|家|一|省)|最|更|领先|第一|\bwh(?:o|ich)\b|\bmost\b|\bhigh(?:er|est)\b|\blarge(?:r|st)\b|\bmore\b|\blead"
)


def _asks_for_one(inquiry: Inquiry) -> bool:
    """Whether a comparison asks for a winner, rather than for all side by side."""
    return bool(_ONE.search(fold(inquiry.question.text)))


def answer_side_by_side(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Where no figures decide: the best sentence of each province named, side by side."""
    scope = [p for p in inquiry.question.named if p in inquiry.held]
    if len(scope) < 2:
        return None
    best = {p: best_of_province(inquiry, p) for p in scope}
    found = {p: s for p, s in best.items() if s is not None}
    if not found:
        return None
    draft = Draft("compare", confidence=min(s.score for s in found.values()), provinces=tuple(found))
    lines = []
    for province, s in found.items():
        period = words.period(s.passage.period, s.passage.year)
        line = words.say(
            "fact", place=words.place(province), period=period, quote=s.text, mark=draft.cite(s.span, s.passage)
        )
        lines.append(f"- {line}")
    silent = [p for p in scope if p not in found]
    if silent:
        lines.append(words.say("list_others", provinces=words.places(silent)))
    lines.append(words.say("coverage", n=draft.count(len(scope), words.say("checked"))))
    draft.text = "\n".join(lines)
    return draft


def _rows(inquiry: Inquiry) -> tuple[list[Scored], list[str]]:
    """The best fact of each province and role; the provinces that have none."""
    scope = [p for p in (inquiry.question.provinces or inquiry.held) if p in inquiry.held]
    roles = _roles(inquiry)
    fitting = {(p, i): _fitting(inquiry, p, where) for p in scope for i, where in enumerate(roles)}
    if len(roles) == 1 and len(scope) > 1:
        fitting = _in_one_role(fitting)
    found = [_of_kind(inquiry, facts) for facts in fitting.values() if facts]
    silent = [p for p in scope if not any(fitting[p, i] for i in range(len(roles)))]
    return _of_one_measure(found, silent), silent


def _fitting(inquiry: Inquiry, province: str, where: Filter) -> list[Scored]:
    ranked = best_facts(inquiry, facts=inquiry.facts(replace(where, provinces=(province,))))
    return [s for s in ranked if s.score >= enough()]


def _in_one_role(fitting: dict[tuple[str, int], list[Scored]]) -> dict[tuple[str, int], list[Scored]]:
    """Each province's facts in the role that most provinces state; in its own where it does not state that one.

    Asked for no role, a result of one province is not set against the target of another if both state either.
    """
    counts = Counter(role for facts in fitting.values() for role in {(s.fact.period, s.fact.year) for s in facts})
    if not counts:
        return fitting
    order = sorted(counts, key=lambda role: (-counts[role], str(role[0] != "review"), str(role)))
    common = order[0]
    out = {}
    for key, facts in fitting.items():
        same = [s for s in facts if (s.fact.period, s.fact.year) == common]
        out[key] = same or facts
    return out


_KINDS = ("level", "increment", "growth", "multiple", "rank")


def _of_kind(inquiry: Inquiry, fitting: list[Scored]) -> Scored:
    """The best fact of the kind asked for; asked for none, a total before an increment, an increment before a growth."""
    kinds = (inquiry.question.wanted, *_KINDS) if inquiry.question.wanted else _KINDS
    near = [s for s in fitting if s.score >= 0.5 * fitting[0].score]
    return min(near, key=lambda s: (kinds.index(s.fact.kind), -s.score))


def _kind_compared(inquiry: Inquiry, found: list[Scored]) -> str:
    """The kind that decides the order: the one asked for, else totals if two are stated, else the most frequent."""
    if inquiry.question.wanted and any(s.fact.kind == inquiry.question.wanted for s in found):
        return inquiry.question.wanted
    counts = Counter[str](s.fact.kind for s in found)
    if counts["level"] > 1:
        return "level"
    return max(_KINDS, key=lambda k: (counts[k], -_KINDS.index(k)))


def _roles(inquiry: Inquiry) -> list[Filter]:
    """One filter for each role or year that the question sets side by side."""
    question, where = inquiry.question, inquiry.where
    if len(question.periods) > 1 and not len(question.years) > 1:
        return [replace(where, years=(), periods=(p,)) for p in question.periods]
    if len(question.years) > 1:
        return [replace(where, years=(y,), periods=()) for y in question.years]
    return [where]


def _of_one_measure(found: list[Scored], silent: list[str]) -> list[Scored]:
    """Only facts as well named as the best: a province is silent rather than compared by another measure."""
    floor = max((s.named for s in found), default=0.0) - 0.35
    kept = [s for s in found if s.named >= floor or s.coverage >= WHOLE]
    silent += [
        p for s in found if (p := s.fact.province or "") and all(k.fact.province != p for k in kept) and p not in silent
    ]
    return kept


def _table(inquiry: Inquiry, draft: Draft, words: Wording, found: list[Scored], silent: list[str]) -> Table:
    rows = [
        (
            words.place(s.fact.province),
            words.period(s.fact.period, s.fact.year),
            words.measure(s.fact.measure),
            words.kind_of(s.fact) + shown(s.fact, inquiry),
            inquiry.store.text(s.fact.clause),
            str(draft.number(s.fact.clause, s.passage)),
        )
        for s in found
    ]
    rows += [(words.place(p), "", "", words.say("not_said"), "", "") for p in silent]
    return Table(tuple(words.say("columns").split("|")), tuple(rows), 5)


def _lines(inquiry: Inquiry, draft: Draft, words: Wording, found: list[Scored], silent: list[str]) -> list[str]:
    lines = [words.say("compare", measure=words.measure(found[0].fact.measure))]
    for s in found:
        value = value_in_words(s.fact, inquiry, words)
        period = words.period(s.fact.period, s.fact.year)
        lines.append(
            f"- {words.place(s.fact.province)} · {period} · {words.measure(s.fact.measure)}：{value} {draft.cite(s.fact.clause, s.passage)}"
        )
    several_roles = len({(s.fact.period, s.fact.year) for s in found}) > 1
    if several_roles and len({s.fact.province for s in found}) > 1:
        lines.append(words.say("mixed_roles"))
    elif len({(s.fact.kind, _unit(s)) for s in found}) > 1:
        lines.append(words.say("mixed"))
    elif len(found) == 2 and found[0].fact.value != found[1].fact.value:
        lines.append(_difference(draft, words, found))
    if silent:
        lines.append(words.say("list_others", provinces=words.places(silent)))
    absent = [p for p in inquiry.question.named if p not in inquiry.held]
    if absent:
        lines.append(words.say("list_absent", provinces=words.places(absent)))
    n = len({s.fact.province for s in found}) + len(silent)
    lines.append(words.say("coverage", n=draft.count(n, words.say("checked"))))
    return lines


def _unit(scored: Scored) -> str:
    """Units that count the same: firms are 家 in one report and 户 in another."""
    unit = scored.fact.unit
    return "家" if unit in {"家", "户", "个"} else "项" if unit in {"项", "件"} else unit


def _difference(draft: Draft, words: Wording, found: list[Scored]) -> str:
    high, low = found[0].fact, found[1].fact
    exact = Decimal(str(round(high.value, 6))) - Decimal(str(round(low.value, 6)))
    unit = "个百分点" if high.unit == "%" else high.unit
    value = _scaled(exact, "亿" if "亿" in high.figure else "万" if "万" in high.figure else "") + unit
    inputs = tuple(draft.number(s.fact.clause, s.passage) for s in found)
    formula = f"{high.figure} − {low.figure}"
    draft.computed.append(Computed(value, formula, inputs))
    return words.say("difference", value=value, formula=formula)


def _scaled(value: Decimal, scale: str) -> str:
    for size, name in _SCALES:
        if name == scale:
            return format_value(float(value / size)) + name
    return format_value(float(value))
