"""What a comparison sets side by side: provinces, roles or years of one province, or measures of one province."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer.admission import counts_alike, dimension
from assistant.answer.comparing import SIZE, SPEED
from assistant.answer.figure import Scored, enough
from assistant.answer.inquiry import Inquiry
from assistant.answer.principal import BESIDE_OTHERS, in_words, principal, purity
from assistant.question.parts import asks_both_ends, parts_of
from assistant.text import fold
from assistant.types import Fact, Filter, Period

FAINT = 0.1
"""Share of the probability asked of an answer, from which a figure named as well as another's stands beside it."""
PURE = 0.7
"""Share of a measure phrase that the question's words make up, from which it is just that measure."""
KINDS = ("level", "increment", "growth", "multiple", "rank")
_PLANS = re.compile(r"十([一二三四五六七八九])五")
_ENUMERATED = re.compile(
    r"(?P<items>[^，,。；;：:？?]{2,40}?)(?:这)?(?:[两二三四五六]|几)(?:类|者|项|种|样|个(?=指标|数))"
)
_AND = re.compile(r"[、和与跟及]|以及")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things compared: a province, in a role, by a measure; with its figures, the principal one first.

    A corpus of no province has one place, named "".
    """

    province: str
    inquiry: Inquiry
    where: Filter
    item: int = 0

    def figures(self) -> list[Scored]:
        """The province's figures for the measure, faint ones among them."""
        where = replace(self.where, provinces=(self.province,) if self.province else ())
        return principal(self.inquiry, self.province, where=where, floor=0.0, exact=BESIDE_OTHERS)


@dataclass(frozen=True, slots=True)
class Sides:
    """The figures compared, best first, the provinces that state none, and the kind that decides the order.

    ``years`` are those asked about of which the one place compared with itself states none.
    """

    rows: tuple[Scored, ...]
    silent: tuple[str, ...]
    kind: str
    items: bool = False
    years: tuple[int, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether one place is compared with itself."""
        return len({s.fact.province for s in self.rows}) == 1

    @property
    def comparable(self) -> bool:
        """Whether all figures count the same in one role: else setting them side by side orders nothing."""
        kinds = {of_size(s.fact.kind) for s in self.rows}
        return len(kinds) == 1 and all(counts_alike(s.fact.unit, self.rows[0].fact.unit) for s in self.rows)


def sides_of(inquiry: Inquiry, provinces: Sequence[str] = ()) -> Sides:
    """The rows of a comparison. ``provinces``: those to be compared, if not the question's own."""
    scope = [p for p in (provinces or inquiry.question.provinces or inquiry.places) if p in inquiry.places]
    roles = _roles(inquiry, scope)
    items = _items(inquiry) if len(scope) == 1 and len(roles) == 1 else [inquiry]
    sides = [
        Side(p, item if role is inquiry else role, role.where, i)
        for p in scope for role in roles for i, item in enumerate(items)
    ]  # fmt: skip
    found = _admitted({side: side.figures() for side in sides})
    if len(roles) == 1 and len(scope) > 1:
        found = _in_one_role(found)
    if len(roles) > 1 and len(scope) == 1 and not inquiry.question.periods:
        found = _in_common_role(found)
    kind = _kind(inquiry, [f for f in found.values() if f])
    counted = _dimension(found, kind) if len(items) == 1 else None
    chosen = {side: _of_kind(f, kind, counted) for side, f in found.items()}
    rows = list({s.fact.span: s for s in chosen.values() if s is not None}.values())
    silent = [p for p in scope if p and not any(chosen[s] for s in sides if s.province == p)]
    rows, lost = _of_one_measure(rows, kind) if len(items) == 1 else (rows, [])
    rows.sort(key=lambda s: (of_size(s.fact.kind) != of_size(kind), -s.fact.value, s.fact.span))
    told = {s.fact.span for s in rows}
    untold = [s.inquiry for s in sides if len(scope) == 1 and ((f := chosen[s]) is None or f.fact.span not in told)]
    years = tuple(y for one in untold for y in one.question.years) if len(roles) > 1 else ()
    return Sides(tuple(rows), (*silent, *lost), kind, len(items) > 1, years)


def of_size(kind: str) -> str:
    """The kind as it is ordered: what was added and what there is are both sizes."""
    return "level" if kind == "increment" else kind


def _admitted(found: dict[Side, list[Scored]]) -> dict[Side, list[Scored]]:
    """Figures that answer by themselves, and beside them the faint ones that are named as well as these."""
    sure = [s for facts in found.values() for s in facts if s.score >= enough()]
    named = max((s.named for s in sure), default=2.0)
    return {
        side: [s for s in facts if s.score >= enough() or _as_well(side, s, named)] for side, facts in found.items()
    }


def _as_well(side: Side, scored: Scored, named: float) -> bool:
    """Whether a figure is named as well as the best; the less it fits, the more it must measure just that."""
    if scored.named < named - AS_WELL:
        return False
    return scored.score >= FAINT * enough() or purity(side.inquiry, in_words(scored.fact)) >= PURE


def _roles(inquiry: Inquiry, scope: Sequence[str]) -> list[Inquiry]:
    """One inquiry for each role or year that the question sets side by side."""
    question, where = inquiry.question, inquiry.where
    plans = dict.fromkeys(_PLANS.findall(fold(question.text)))
    if len(plans) > 1:
        both: tuple[Period, ...] = ("review_5y", "plan_5y")
        return [inquiry.in_role(replace(where, periods=(), years=()), (p,)) for p in both]
    years = tuple(y for y in question.years if y in inquiry.years)
    if len(years) > 1:
        return [_of_year(inquiry, y) for y in years]
    periods = question.periods
    if len(scope) == 1 and len(periods) < 2 and asks_both_ends(question.text, inquiry.years):
        periods = ("review", "plan")
    if len(periods) > 1:
        return [inquiry.in_role(replace(where, years=(), periods=_with_five(p)), (p,)) for p in periods]
    return [inquiry]


def _of_year(inquiry: Inquiry, year: int) -> Inquiry:
    """The question in one year; in the role asked for, if the corpus tells of that year in it ("2022 goal and 2021 result")."""
    asked = inquiry.question.periods
    where = replace(inquiry.where, years=(year,))
    if len(asked) == 1 and len(inquiry.store.rows(where)):
        return inquiry.in_role(where, asked, (year,))
    return inquiry.in_role(replace(where, periods=()), (), (year,))


def _with_five(period: Period) -> tuple[Period, ...]:
    """Levels that five years ended in are results of their last year; a target for their end is none of this year."""
    return ("review", "review_5y") if period == "review" else (period,)


def _items(inquiry: Inquiry) -> list[Inquiry]:
    """One inquiry for each of several measures of one province ("A、B三类比一比", "A和B，哪个更快")."""
    text = inquiry.question.text
    m = _ENUMERATED.search(fold(text))
    names = [n for n in _AND.split(text[m.start("items") : m.end("items")]) if n.strip()] if m else []
    parts = names if len(names) > 1 else parts_of(text, inquiry.lexicon)
    if len(parts) < 2:
        return [inquiry]
    found = [part for part in map(inquiry.part, parts) if part.question.terms]
    wanted = inquiry.question.wanted
    found = [part if part.question.wanted or not wanted else part.wanting(wanted) for part in found]
    if SPEED.search(fold(text)):
        found = [part.wanting("growth") for part in found]
    return found if len(found) > 1 else [inquiry]


def _in_one_role(found: dict[Side, list[Scored]]) -> dict[Side, list[Scored]]:
    """Each province's facts in the role that most provinces state; in its own where it does not state that one.

    Asked for no role, a result of one province is not set against the target of another if both state either.
    """
    counts = Counter(role for facts in found.values() for role in {role_of(s.fact) for s in facts})
    if not counts:
        return found
    common = min(counts, key=lambda role: (-counts[role], str(role[0] != "review"), str(role)))
    out = {}
    for side, facts in found.items():
        same = [s for s in facts if role_of(s.fact) == common]
        out[side] = same or facts
    return out


def _in_common_role(found: dict[Side, list[Scored]]) -> dict[Side, list[Scored]]:
    """Of each year the facts in the role that most years tell of, so that a row of years is all results or all targets."""
    counts = Counter(role for facts in found.values() for role in {s.fact.period for s in facts[:4]})
    most = max(counts.values(), default=0)
    often = [
        role for role in counts if counts[role] >= OFTEN * most
    ]  # what came about says more than what was aimed at
    common = min(often, key=lambda role: (role != "review", -counts[role], str(role)), default=None)
    if len(found) == 2 and most < 2:
        return found  # the one year tells only of a result, the other only of a target: both are told as what they are
    return {side: [s for s in facts if s.fact.period == common] for side, facts in found.items()}


OFTEN = 0.6
"""Share of the years that tell of the commonest role, from which results come before targets."""


def role_of(fact: Fact) -> tuple[Period | None, int | None]:
    """Whose result or target a figure is; the level that five years ended in is that of their last year."""
    ended = fact.period == "review_5y" and fact.kind == "level"
    return ("review" if ended else fact.period), fact.year


def _kind(inquiry: Inquiry, found: Sequence[Sequence[Scored]]) -> str:
    """The kind that most sides state; of several the one asked for, by its word or by words of speed or size."""
    folded = fold(inquiry.question.text)
    wanted = inquiry.question.wanted
    order = list(KINDS)
    if SPEED.search(folded) and not SIZE.search(folded):
        order.insert(0, order.pop(order.index("growth")))
    if wanted:
        order.insert(0, order.pop(order.index(wanted)))
    if SPEED.search(folded) and re.search(r"快|慢|\bfaster\b|\bslower\b", folded):
        wanted = "growth"
    counts = Counter[str](k for facts in found for k in {s.fact.kind for s in _near(facts)})
    if wanted and counts[wanted]:
        return wanted
    return min(order, key=lambda k: (-counts[k], order.index(k)))


def _near(facts: Sequence[Scored]) -> list[Scored]:
    """Figures as near to the question as the principal one, or named as well, in any kind."""
    return [s for s in facts if s.score >= 0.25 * facts[0].score or s.named >= facts[0].named - AS_WELL]


def _dimension(found: dict[Side, list[Scored]], kind: str) -> str | None:
    """What the figures of the kind compared count: as the surest of them does."""
    firsts = [(side, s) for side, facts in found.items() for s in facts if s.fact.kind == kind]
    if not firsts:
        return None
    surest = max(firsts, key=lambda x: x[1].score * purity(x[0].inquiry, in_words(x[1].fact)))
    return dimension(surest[1].fact.unit)


def _of_kind(facts: Sequence[Scored], kind: str, counted: str | None) -> Scored | None:
    """The principal figure of the kind compared, or that of the next kind; never a count where a sum is compared."""
    near = _near(facts) if facts else []
    fits = [s for s in near if s.fact.kind == kind and counted in {None, dimension(s.fact.unit)}]
    others = [s for s in near if s.fact.kind != kind and _may_stand_in(s.fact, counted)]
    return fits[0] if fits else min(others, key=lambda s: KINDS.index(s.fact.kind), default=None)


def _may_stand_in(fact: Fact, counted: str | None) -> bool:
    """Whether a figure of another kind tells of the same measure: its growth or level, or a count where counts are."""
    return (
        fact.kind == "growth"
        or counted in {None, dimension(fact.unit)}
        or (counted == "ratio" and fact.kind == "level")
    )


def _of_one_measure(rows: list[Scored], kind: str) -> tuple[list[Scored], list[str]]:
    """Only facts as well named as the best: a province is silent rather than compared by another measure."""
    floor = max((s.named for s in rows), default=0.0) - 0.35
    kept = [s for s in rows if s.named >= floor or s.coverage >= WHOLE]
    left = [s.fact.province for s in rows if s not in kept and s.fact.province]
    return kept, [p for p in dict.fromkeys(left) if all(s.fact.province != p for s in kept)]


AS_WELL = 0.1
"""By how much less a faint figure may be named than the best of the others."""
WHOLE = 0.95
"""Coverage from which a clause speaks of all that is compared, whatever its figure's measure is called."""
