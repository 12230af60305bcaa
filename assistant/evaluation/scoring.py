"""How good one answer is, by the type of its question. Every value is a share: ``(got, of)``; ``of`` 0 is ineligible.

A system's measure is the sum of ``got`` over the sum of ``of``, so means and ratios (the precision of refusals) are one
thing, and a question that a measure says nothing about leaves it instead of counting as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from assistant.evaluation.gold import Gold, Places
from assistant.evaluation.matching import amounts, holds, opening_polarity, polarity, strengths_kept
from assistant.evaluation.questions import REASONS, EvalQuestion
from assistant.types import Answer, Citation, Span

Share = tuple[float, float]
Row = dict[str, Share]
Aliases = Mapping[str, Iterable[str]]
"""Other names of provinces that an answer may use, by canonical name."""
COVERED = 0.5
"""A citation carries a quote if it holds at least this share of its characters."""


def score_answer(gold: Gold, answer: Answer, aliases: Aliases | None = None) -> Row:
    """Every measure of one answer that its question is eligible for."""
    q = gold.question
    score = _SCORES[q.kind](gold, answer, aliases or {})
    row: Row = {"score": (score, 1.0), q.type: (score, 1.0)}
    declined = answer.status == "declined"
    if q.kind == "list_provinces":
        row["list_exact"] = (float(_set_answered(q, answer) and set(answer.provinces) == set(q.provinces)), 1.0)
    if q.kind == "number":
        row["figure_alone"] = (float(_figure_alone(q, answer)), 1.0)
    row |= _strength(q, answer)
    row |= citation_shares(gold, answer)
    empty_list = q.kind == "list_provinces" and not q.answers
    if not (empty_list and score):  # "no province does" may be said by declining: neither a right nor a false refusal
        row["refusal_precision"] = (float(declined and not q.answerable), float(declined))
        row["refusal_recall"] = (float(declined and not q.answerable), float(not q.answerable))
        row["false_refusal"] = (float(declined and q.answerable), float(q.answerable))
    if not q.answerable:
        row["reason"] = (float(declined and answer.reason == REASONS[q.why or ""]), 1.0)
    return row


def shown(answer: Answer) -> str:
    """All that the reader is told: the bare answer, the text, the table."""
    cells = [cell for row in answer.table.rows for cell in row] if answer.table else []
    return " ; ".join([answer.short or "", answer.text, *cells])


def _quotes(citations: Iterable[Citation]) -> str:
    return " ; ".join(c.quote for c in citations)


def _number(gold: Gold, answer: Answer, aliases: Aliases) -> float:
    """Every figure asked for is told, and stands in a quote of the right province, year and role.

    A bare answer that names none of them is wrong, however much the text beside it says.
    """
    q = gold.question
    if answer.status == "declined":
        return 0.0
    quotes = _quotes(c for c in answer.citations if fits(q, c))
    told = all(holds(shown(answer), a) and holds(quotes, a) for a in q.answers)
    return float(told and (answer.short is None or any(holds(answer.short, a) for a in q.answers)))


def fits(q: EvalQuestion, citation: Citation) -> bool:
    """Whether a citation is of a province, a year and a role that the label names."""
    if q.provinces and citation.province not in q.provinces:
        return False
    return q.role is None or (citation.year == q.role[0] and citation.period in q.role[1])


def _figure_alone(q: EvalQuestion, answer: Answer) -> bool:
    """Whether the bare answer holds the figures asked for and no other."""
    if answer.short is None or not all(holds(answer.short, a) for a in q.answers):
        return False
    wanted = [w for a in q.answers for w in amounts(a)]
    return all(any(f.same(w) for w in wanted) for f in amounts(answer.short))


def _fact(gold: Gold, answer: Answer, aliases: Aliases) -> float:
    """One of the accepted wordings is told or stands in a quote that is cited."""
    if answer.status == "declined":
        return 0.0
    text = f"{shown(answer)} ; {_quotes(answer.citations)}"
    return float(any(holds(text, a, aliases) for a in gold.question.answers))


def _set_answered(q: EvalQuestion, answer: Answer) -> bool:
    """Whether a set was claimed; for an empty one, "not stated" says so too."""
    return answer.status != "declined" or (not q.provinces and answer.reason == "not_stated")


def _list(gold: Gold, answer: Answer, aliases: Aliases) -> float:
    """F1 of the provinces claimed; an empty set is right only where it is the label."""
    q = gold.question
    if not _set_answered(q, answer):
        return 0.0
    wanted, claimed = set(q.provinces), set(answer.provinces)
    if not wanted or not claimed:
        return float(wanted == claimed)
    return 2 * len(wanted & claimed) / (len(wanted) + len(claimed))


def _yesno(gold: Gold, answer: Answer, aliases: Aliases) -> float:
    if answer.status == "declined":
        return 0.0
    said = polarity(answer.short) if answer.short is not None else opening_polarity(answer.text)
    return float(said == polarity(gold.question.answers[0]))


def _compare(gold: Gold, answer: Answer, aliases: Aliases) -> float:
    """Every entry is told; where a winner was asked for, the bare answer names no other in its place."""
    q = gold.question
    if answer.status == "declined" or not all(holds(shown(answer), a, aliases) for a in q.answers):
        return 0.0
    named = [p for p in q.provinces if answer.short is not None and holds(answer.short, p, aliases)]
    winner = q.answers[0] if q.answers[0] in q.provinces else None
    return float(winner is None or not named or winner in named)


def _summary(gold: Gold, answer: Answer, aliases: Aliases) -> float:
    """Share of the points that are told or quoted."""
    if answer.status == "declined":
        return 0.0
    text = f"{shown(answer)} ; {_quotes(answer.citations)}"
    return sum(holds(text, a, aliases) for a in gold.question.answers) / len(gold.question.answers)


def _unanswerable(gold: Gold, answer: Answer, aliases: Aliases) -> float:
    return float(answer.status == "declined")


_SCORES: dict[str, Callable[[Gold, Answer, Aliases], float]] = {
    "number": _number,
    "fact": _fact,
    "list_provinces": _list,
    "yesno": _yesno,
    "compare": _compare,
    "summary": _summary,
    "unanswerable": _unanswerable,
}


def _strength(q: EvalQuestion, answer: Answer) -> Row:
    """Of the figures told that the label gives with a word of strength, how many keep it."""
    kept, of = strengths_kept(q.answers if q.kind in {"number", "compare"} else (), shown(answer))
    return {"strength_kept": (kept, of)} if of and answer.status != "declined" else {}


def citation_shares(gold: Gold, answer: Answer) -> Row:
    """Recall and precision of the citations; an answer without any has none right.

    Lists are judged by province: several sentences of one may do, and the label holds one of them.
    """
    q = gold.question
    if not gold.evidence:
        return {}
    cited = [] if answer.status == "declined" else list(answer.citations)
    if q.kind == "list_provinces":
        right = [c for c in cited if c.province in q.provinces]
        recall = len({c.province for c in right}) / len(q.provinces)
    else:
        spans = [c.span for c in cited]
        any_other = any(covered(places, spans) for places in gold.also)
        recall = sum(any_other or covered(places, spans) for places in gold.evidence) / len(gold.evidence)
        right = [c for c in cited if any(c.span.overlaps(s) for s in gold.spans)]
    precision = len(right) / len(cited) if cited else 0.0
    return {"citation_recall": (recall, 1.0), "citation_precision": (precision, 1.0)}


def covered(places: Places, spans: Iterable[Span]) -> bool:
    """Whether, at some place of a quote, the spans hold together at least ``COVERED`` of its characters."""
    spans = list(spans)
    return any(_held(place, spans) >= COVERED * (place.end - place.start) for place in places)


def _held(place: Span, spans: Iterable[Span]) -> int:
    inside = sorted((max(s.start, place.start), min(s.end, place.end)) for s in spans if s.overlaps(place))
    held, at = 0, place.start
    for start, end in inside:
        held += max(0, end - max(start, at))
        at = max(at, end)
    return held
