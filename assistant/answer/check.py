"""The check that every answer passes before anyone sees it: quotes, markers, figures, the promises of the interface."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answer.draft import Draft
from assistant.numerals import bare_figures
from assistant.store import Store
from assistant.types import Citation, Computed, Passage, Question, Span, Table

MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that holds: its text, table and computed figures with final citation numbers."""

    text: str
    table: Table | None
    computed: tuple[Computed, ...]
    citations: tuple[Citation, ...]


def check(draft: Draft, question: Question, store: Store) -> tuple[Checked, list[str]]:
    """The draft with its quotes cut from the documents, and every promise that it breaks, in words."""
    used = _used(draft)
    numbers = {old: new for new, old in enumerate(used, start=1)}
    citations = tuple(
        Citation(
            n=numbers[old],
            span=span,
            quote=quote,
            title=store.document(span.doc_id).title,
            province=passage.province,
            year=passage.year,
            period=passage.period,
            heading=passage.heading,
            passage_id=passage.id,
        )
        for old in used
        for span, quote, passage in [_tidied(*draft.spans[old - 1], store)]
    )
    text = MARKER.sub(lambda m: f"[{numbers[int(m[1])]}]" if int(m[1]) in numbers else "", draft.text)
    computed = tuple(
        Computed(c.value, c.formula, tuple(numbers[i] for i in c.inputs if i in numbers)) for c in draft.computed
    )
    checked = Checked(text, _renumbered(draft.table, numbers), computed, citations)
    return checked, _problems(draft, question, checked)


def _tidied(span: Span, passage: Passage, store: Store) -> tuple[Span, str, Passage]:
    """The span without the comma that parts a clause from the next, and its text."""
    quote = store.text(span)
    kept = quote.rstrip("，,、；;：: \n") or quote
    return Span(span.doc_id, span.start, span.start + len(kept)), kept, passage


def _used(draft: Draft) -> list[int]:
    """Citation numbers in order of first use, in the text and then in the table; others fall away."""
    order = [int(n) for n in MARKER.findall(draft.text)]
    if draft.table:
        order += [int(n) for row in draft.table.rows for n in re.findall(r"\d+", row[draft.table.citation_column])]
    return [n for n in dict.fromkeys(order) if 1 <= n <= len(draft.spans)]


def _renumbered(table: Table | None, numbers: dict[int, int]) -> Table | None:
    if table is None:
        return None
    column = table.citation_column
    rows = []
    for row in table.rows:
        cells = list(row)
        cells[column] = re.sub(r"\d+", lambda m: str(numbers.get(int(m[0]), "")), cells[column])
        rows.append(tuple(cells))
    return Table(table.columns, tuple(rows), column)


def _problems(draft: Draft, question: Question, checked: Checked) -> list[str]:
    out = []
    if any(not c.quote.strip() for c in checked.citations):
        out.append("a citation quotes nothing")
    if draft.status == "answered" and not checked.citations:
        out.append("answered without a citation")
    if draft.status == "declined":
        if not draft.reason:
            out.append("declined without a reason")
        return out
    loose = _figures_shown(draft, checked) - _figures_carried(question, checked)
    if loose:
        out.append(f"figures that no quote carries: {sorted(loose)}")
    return out


def _figures_shown(draft: Draft, checked: Checked) -> set[str]:
    shown = bare_figures(MARKER.sub(" ", checked.text)) | bare_figures(draft.short or "")
    if checked.table:
        column = checked.table.citation_column
        for row in checked.table.rows:
            shown |= {f for i, cell in enumerate(row) if i != column for f in bare_figures(cell)}
    return shown


def _figures_carried(question: Question, checked: Checked) -> set[str]:
    carried = bare_figures(question.text) | bare_figures(question.standalone)
    for c in checked.citations:
        for part in (c.quote, str(c.year or ""), c.title, " ".join(c.heading)):
            carried |= bare_figures(part)
    for x in checked.computed:
        carried |= bare_figures(x.value)
    return carried
