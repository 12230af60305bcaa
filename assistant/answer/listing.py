"""Lists over all provinces: each province decided by searching everything that the corpus holds of it."""

from __future__ import annotations

from assistant.answer.draft import Draft
from assistant.answer.inquiry import Inquiry, Stretch, _squeezed, term_match
from assistant.answer.wording import Wording
from assistant.text import sentences, trim
from assistant.types import Passage, Table, Term

WHOLE = 0.999


def answer_list(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Which provinces say it and which do not, with one piece of evidence for each that does."""
    terms = key_terms(inquiry)
    if not terms:
        return None
    scope = _scope(inquiry)
    evidence = {p: e for p in scope if (e := _evidence(inquiry, p, terms)) is not None}
    draft = Draft("list", confidence=1.0)
    said = [p for p in scope if p in evidence]
    unsaid = [p for p in scope if p not in evidence]
    claimed = unsaid if inquiry.question.negated else said
    topic = "”“".join(t.wordings[0] for t in terms)
    marks = {p: draft.cite(evidence[p].span, evidence[p].passage) for p in said}
    draft.count(len(unsaid if inquiry.question.negated else said), "provinces counted")
    draft.count(len(scope), "provinces checked")
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


def _scope(inquiry: Inquiry) -> tuple[str, ...]:
    asked = inquiry.question.provinces
    return tuple(p for p in inquiry.held if not asked or p in asked)


def _evidence(inquiry: Inquiry, province: str, terms: tuple[Term, ...]) -> Stretch | None:
    """The best sentence of a province that holds every term; ``None`` if its passages do not."""
    found: list[Stretch] = []
    for passage in inquiry.passages(inquiry.about((province,))):
        if not all(term_match(t, _squeezed(passage.text)) >= WHOLE for t in terms[:1]):
            continue
        for start, end in _holding(passage, terms):
            found.append(inquiry.stretch(passage, start, end))
    return min(found, key=lambda s: (-s.score, s.span), default=None)


def _holding(passage: Passage, terms: tuple[Term, ...]) -> list[tuple[int, int]]:
    """Document offsets of the sentences of a passage that hold every term."""
    out = []
    for a, b in sentences(passage.text):
        a, b = trim(passage.text, a, b)
        if b > a and all(term_match(t, _squeezed(passage.text[a:b])) >= WHOLE for t in terms):
            out.append((passage.span.start + a, passage.span.start + b))
    return out


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
