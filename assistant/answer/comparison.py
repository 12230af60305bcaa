"""Comparisons: a row for every province, role or measure, in order, units and strengths kept, differences computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.answer.admission import counts_alike
from assistant.answer.comparing import TOGETHER, asks_both_extremes, plainly
from assistant.answer.draft import Draft
from assistant.answer.excerpts import best_of_province
from assistant.answer.figure import Scored, number, shown, value_in_words
from assistant.answer.inquiry import Inquiry, Stretch
from assistant.answer.sides import Sides, of_size, role_of, sides_of
from assistant.answer.two_things import two_things
from assistant.answer.wording import Wording
from assistant.numerals import format_value
from assistant.question.conditions import top_of
from assistant.text import fold
from assistant.types import Computed, Fact, Table

_SCALES = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
_ONE = re.compile(
    r"谁|哪(?:个|家|一|省|年|类|项|种|边|方)|最|更|领先|第一|[^，,。？?]多还是|\bwh(?:o|ich|ose)\b|\bwhere\b|\bmost\b|\bhigh(?:er|est)\b|\blarge(?:r|st)\b|\bbig(?:ger|gest)\b"
    r"|(?<!how many )(?<!how much )\bmore\b|\blead|\bleast\b|\bfewe(?:r|st)\b|\blow(?:er|est)\b|\bfast(?:er|est)\b|\bclean(?:er|est)\b|\bbest\b|\bor\b"
)
_LEAST = re.compile(
    r"(?:最|更|较|谁|哪[^\s,，。]{0,3})(?:少|低|小|慢|弱|末|轻|短|严|差(?!多少|几|距|额|值|了))|垫底|倒数|干净|空气(?:最|更)好|\bleast\b|\bfew(?:er|est)\b|\blow(?:er|est)\b|\bsmall(?:er|est)\b"
    r"|\bslow(?:er|est)\b|\bclean(?:er|est)\b"
)
_GAP = re.compile(
    r"差|多出|高出|[多少高低](?:出|了)?(?:几|多少)|相距|差距|加码|多多少|高多少|少多少|低多少|\bgap\b|\bdifference\b|\bdistance\b|\bhow (?:much|many)\b|\bby how\b"
)
_CHANGE = re.compile(r"增|加|涨|提高|提升|变化|幅度|\badd|\brais|\bincreas|\bjump|\bstep|\bchange")
_BEYOND = re.compile(r"突破|超|逾|余|多|以上|高于")
MINUS, PLUS = "−", "+"
_EXTREME = re.compile(r"最|哪(?:一|个|几)?年[^,。?]{0,12}(?:[多少高低大小快慢]|重|强)|\bmost\b|\bleast\b|est\b")
_RANKED = re.compile(r"\brank|\border\b|排")
MANY_SHOWN = 3
"""Figures that a bare answer holds at most; a longer row of years is read in its lines."""
CLOSE = 0.2
"""Share of the higher figure within which a floor below it (突破2万) may in truth lie above it."""


def answer_compare(inquiry: Inquiry, words: Wording) -> Draft | None:
    """A row for every province (and role, or measure) that the question means; those that say nothing are named."""
    plain = plainly(inquiry)
    pair = two_things(inquiry)
    sides = Sides(tuple(pair), (), pair[0].fact.kind, items=True) if pair else sides_of(plain)
    if not sides.rows:
        return None
    if len(sides.rows) == 1 and len(inquiry.question.periods) > 1 and len(inquiry.question.named) == 1:
        beside = answer_side_by_side(inquiry, words)
        if beside is not None:
            return beside
    rows = _ordered(inquiry, sides)
    draft = Draft("compare", confidence=min(1.0, max(s.score for s in rows)))
    if inquiry.held and inquiry.places == ("",):
        draft.intent = "figure"  # years of the nation, beside provinces that are none of what is compared
    draft.table = _table(inquiry, draft, words, rows=rows, silent=sides.silent)
    draft.provinces = tuple(dict.fromkeys(s.fact.province for s in rows if s.fact.province))
    draft.text = "\n".join(_lines(inquiry, draft, words, rows=rows, sides=sides))
    alone = _sum_alone(inquiry, draft) or _gap_alone(inquiry, draft)
    draft.short = alone or _short(inquiry, draft, words, rows, sides=sides)
    return draft


def _sum_alone(inquiry: Inquiry, draft: Draft) -> str | None:
    """The sum, where one is asked for and could be reckoned."""
    asked = TOGETHER.search(fold(inquiry.question.text))
    return next((c.value for c in draft.computed if asked and PLUS in c.formula), None)


def _gap_alone(inquiry: Inquiry, draft: Draft) -> str | None:
    """How far two figures lie apart, where that is all that is asked ("差多少", not "谁高、高多少")."""
    folded = fold(inquiry.question.text)
    gaps = [c.value for c in draft.computed if MINUS in c.formula]
    return (
        gaps[0]
        if len(gaps) == 1 and not _RANKED.search(folded) and _GAP.search(folded) and not _ONE.search(folded)
        else None
    )


def _ordered(inquiry: Inquiry, sides: Sides) -> list[Scored]:
    """The highest first; the lowest first where that is asked for."""
    rows = list(sides.rows)
    folded = fold(inquiry.question.text)
    if len(inquiry.question.years) > 2 and sides.alone and not _EXTREME.search(folded):
        return sorted(rows, key=lambda s: (s.fact.year or 0, s.fact.span))
    if asks_both_extremes(inquiry.question.text):
        return rows
    if _LEAST.search(fold(inquiry.question.text)) or top_of(inquiry.question.text) < 0:
        rows.sort(key=lambda s: (of_size(s.fact.kind) != of_size(sides.kind), s.fact.value, s.fact.span))
    return rows


def _short(inquiry: Inquiry, draft: Draft, words: Wording, rows: Sequence[Scored], *, sides: Sides) -> str | None:
    """The winner where one is asked for: a province, a year or a measure; how far two lie apart; else the figures."""
    one = bool(_ONE.search(fold(inquiry.question.text)))
    if len({s.fact.province for s in rows}) > 1:
        pairs = _pairs(rows)
        if one and pairs and sides.comparable and _CHANGE.search(fold(inquiry.question.text)):
            most = max(pairs, key=lambda pair: pair[0].fact.value - pair[1].fact.value)
            return words.place(most[0].fact.province)
        tied = sum(s.fact.value == rows[0].fact.value for s in rows)
        first = abs(top_of(inquiry.question.text)) or tied
        names = list(dict.fromkeys(words.place(s.fact.province) for s in rows))
        if one and sides.comparable and asks_both_extremes(inquiry.question.text):
            return ("; " if words.english else "；").join([names[0], names[-1]])
        return (", " if words.english else "、").join(names[:first]) if one and sides.comparable else None
    if sides.items and one and len(rows) > 1:
        return words.measure(rows[0].fact.measure) if sides.comparable else None
    years = [s.fact.year for s in rows]
    if one and len(set(years)) == len(rows) > 1:
        best = sorted(s.fact.year or 0 for s in rows if s.fact.value == rows[0].fact.value)
        if not sides.comparable:
            return None
        for year in best:
            draft.computed.append(_year_computed(draft, words, rows, year))
        return _years_in_words(words, best)
    if len(rows) > MANY_SHOWN:
        return None
    return ("; " if words.english else "；").join(shown(s.fact, inquiry) for s in rows)


def answer_side_by_side(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Where no figures decide: the best sentence of each province named, or of each role, side by side."""
    meant = inquiry.question.provinces if len(inquiry.question.provinces) > 1 else inquiry.question.named
    scope = [p for p in meant if p in inquiry.held]
    found = _sentences(inquiry, scope)
    if not found or (len(scope) < 2 and len(found) < 2):
        return None
    draft = Draft("compare", confidence=min(s.score for _, s in found))
    draft.provinces = tuple(dict.fromkeys(p for p, _ in found))
    lines = []
    for province, s in found:
        period = words.period(s.passage.period, s.passage.year)
        line = words.say(
            "fact", place=words.place(province), period=period, quote=s.text, mark=draft.cite(s.span, s.passage)
        )
        lines.append(f"- {line}")
    silent = [p for p in scope if p not in draft.provinces]
    if silent:
        lines.append(words.say("list_others", provinces=words.places(silent)))
    lines.append(words.say("coverage", n=draft.count(len(scope), words.say("checked"))))
    draft.text = "\n".join(lines)
    return draft


def _sentences(inquiry: Inquiry, scope: Sequence[str]) -> list[tuple[str, Stretch]]:
    """The best sentence of each province; of one province alone, that of each role asked about."""
    periods = inquiry.question.periods
    if len(scope) == 1 and len(periods) > 1:
        asked = [inquiry.in_role(replace(inquiry.where, periods=(p,), years=()), (p,)) for p in periods]
        both = [(scope[0], s) for part in asked if (s := best_of_province(part, scope[0])) is not None]
        return list({s.span: (p, s) for p, s in both}.values())
    return [(p, s) for p in scope if (s := best_of_province(inquiry, p)) is not None]


def _table(inquiry: Inquiry, draft: Draft, words: Wording, *, rows: Sequence[Scored], silent: Sequence[str]) -> Table:
    cells = [
        (
            words.place(s.fact.province),
            words.period(s.fact.period, s.fact.year),
            words.measure(s.fact.measure),
            words.kind_of(s.fact) + shown(s.fact, inquiry),
            inquiry.store.text(s.fact.clause),
            str(number(draft, s)),
        )
        for s in rows
    ]
    cells += [(words.place(p), "", "", words.say("not_said"), "", "") for p in silent]
    return Table(tuple(words.say("columns").split("|")), tuple(cells), 5)


def _lines(inquiry: Inquiry, draft: Draft, words: Wording, *, rows: Sequence[Scored], sides: Sides) -> list[str]:
    lines = [words.say("compare", measure=words.measure(rows[0].fact.measure))]
    for s in rows:
        value = value_in_words(s.fact, inquiry, words)
        scene = words.scene(s.fact.province, s.fact.period, s.fact.year)
        mark = draft.cite(s.fact.clause, s.passage)
        lines.append(f"- {scene} · {words.measure(s.fact.measure)}{words.colon}{value} {mark}")
    lines += _remarks(inquiry, draft, words, rows=rows, sides=sides)
    if sides.silent:
        lines.append(words.say("list_others", provinces=words.places(sides.silent)))
    absent = [p for p in inquiry.question.named if p not in inquiry.held]
    if absent:
        lines.append(words.say("list_absent", provinces=words.places(absent)))
    asked_by_name = [y for y in sides.years if str(y) in inquiry.question.text]
    if asked_by_name:
        lines.append(words.say("list_others", provinces=_years_in_words(words, asked_by_name)))
    elif sides.years:
        lines.append(words.say("other_years", n=draft.count(len(sides.years), words.say("years_silent"))))
    lines.append(_coverage(draft, words, rows, sides))
    return lines


def _year_computed(draft: Draft, words: Wording, rows: Sequence[Scored], year: int) -> Computed:
    """The year of a figure, which its report has and no quote need say."""
    inputs = tuple(number(draft, s) for s in rows if s.fact.year == year)
    return Computed(str(year), words.say("year_of"), inputs)


def _years_in_words(words: Wording, years: Sequence[int]) -> str:
    return (", " if words.english else "、").join(words.say("year", year=y) for y in years)


def _coverage(draft: Draft, words: Wording, rows: Sequence[Scored], sides: Sides) -> str:
    """How many provinces were checked; of a corpus without any how many years."""
    provinces = {s.fact.province for s in rows if s.fact.province} | set(sides.silent)
    if provinces:
        return words.say("coverage", n=draft.count(len(provinces), words.say("checked")))
    years = {s.fact.year for s in rows} | set(sides.years)
    return words.say("coverage_years", n=draft.count(len(years), words.say("years_checked")))


def _remarks(inquiry: Inquiry, draft: Draft, words: Wording, *, rows: Sequence[Scored], sides: Sides) -> list[str]:
    """What keeps the figures from being compared, or else how far they lie apart."""
    provinces = {s.fact.province for s in rows}
    lines = []
    pairs = _pairs(rows)
    if pairs and sides.comparable:
        each = [(pair[0], difference(draft, words, *pair)) for pair in pairs]
        return [f"{words.place(s.fact.province)}{words.colon}{told[0]}" for s, told in each if told]
    if len(provinces) > 1 and len({role_of(s.fact) for s in rows}) > 1:
        lines.append(words.say("mixed_roles"))
    if len({s.fact.kind for s in rows}) > 1 or not sides.comparable:
        lines.append(words.say("mixed"))
    if sides.comparable and (lines == [] or len(rows) == 2):
        floor = next((b for a, b in zip(rows, rows[1:], strict=False) if _may_exceed(b.fact, a.fact)), None)
        if floor is not None:
            lines.append(words.say("floor", figure=floor.fact.figure, mark=f"[{number(draft, floor)}]"))
        if len(rows) > 1 and TOGETHER.search(fold(inquiry.question.text)) and len({role_of(s.fact) for s in rows}) == 1:
            return [*lines, *sum_of(draft, words, rows)]
        if len(rows) == 2 and rows[0].fact.value == rows[1].fact.value:
            lines.append(words.say("level_with"))
        if len(rows) == 2 or (len(rows) > 2 and _GAP.search(fold(inquiry.question.text))):
            lines += difference(draft, words, rows[0], rows[-1])
    return lines


def _pairs(rows: Sequence[Scored]) -> list[tuple[Scored, Scored]]:
    """Each province's two figures, the higher first, where several provinces have one in each of two roles."""
    of: dict[str | None, list[Scored]] = {}
    for s in rows:
        of.setdefault(s.fact.province, []).append(s)
    two = [(a, b) for a, b in (sorted(v, key=lambda s: -s.fact.value) for v in of.values() if len(v) == 2)]
    return two if len(two) == len(of) > 1 else []


def _may_exceed(lower: Fact, higher: Fact) -> bool:
    """Whether a figure is only a floor, near enough under the other to lie above it in truth."""
    return bool(_BEYOND.search(lower.figure)) and higher.value * (1 - CLOSE) <= lower.value < higher.value


def sum_of(draft: Draft, words: Wording, rows: Sequence[Scored]) -> list[str]:
    """What figures of one unit and kind make together, computed exactly; nothing where they are rates or ranges."""
    facts = [s.fact for s in rows]
    if len({(f.kind, f.unit) for f in facts}) > 1 or facts[0].unit == "%" or any(f.high is not None for f in facts):
        return []
    exact = sum((Decimal(str(round(f.value, 6))) for f in facts), Decimal(0))
    scale = next((s for s in ("亿", "万") if any(s in f.figure for f in facts)), "")
    value = _scaled(exact, scale) + facts[0].unit
    formula = f" {PLUS} ".join(f.figure for f in facts)
    draft.computed.append(Computed(value, formula, tuple(dict.fromkeys(number(draft, s) for s in rows))))
    told = words.say("sum", value=value, formula=formula)
    return [told, words.say("nominal")] if any(f.strength for f in facts) else [told]


def difference(draft: Draft, words: Wording, first: Scored, second: Scored) -> list[str]:
    """How far two figures of one unit lie apart, computed exactly; nothing where they do not differ or count otherwise."""
    high, low = sorted((first.fact, second.fact), key=lambda f: -f.value)
    if high.value == low.value or high.high is not None or low.high is not None:
        return []
    if not counts_alike(high.unit, low.unit):
        return []
    exact = Decimal(str(round(high.value, 6))) - Decimal(str(round(low.value, 6)))
    unit = "个百分点" if high.unit == "%" else high.unit
    value = _scaled(exact, "亿" if "亿" in high.figure else "万" if "万" in high.figure else "") + unit
    inputs = tuple(dict.fromkeys(number(draft, s) for s in (first, second)))
    formula = f"{high.figure} {MINUS} {low.figure}"
    draft.computed.append(Computed(value, formula, inputs))
    told = words.say("difference", value=value, formula=formula)
    return [told, words.say("nominal")] if high.strength or low.strength else [told]


def _scaled(value: Decimal, scale: str) -> str:
    for size, name in _SCALES:
        if name == scale:
            return format_value(float(value / size)) + name
    return format_value(float(value))
