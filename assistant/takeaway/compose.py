"""Answers written up as blocks: the one text that Markdown and Word then set, each in its own way.

Quotes are compared with their documents once more on the way out; one that does not stand any longer is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from assistant import __version__
from assistant.answer import Wording
from assistant.takeaway.blocks import (
    Block,
    Grid,
    Heading,
    Items,
    Line,
    Paragraph,
    Quotation,
    References,
    Run,
    grid,
    parse_blocks,
    plain,
)
from assistant.takeaway.exchange import Exchange
from assistant.takeaway.references import references
from assistant.takeaway.sources import Source, Standing, held, standing
from assistant.takeaway.words import Language, say
from assistant.types import Citation, Computed, Hit, Table

NEAREST = 3
"""How many of the nearest passages stand under a decline, as on the page."""


def language_of(exchanges: Sequence[Exchange]) -> Language:
    """English where every question was, else Chinese."""
    return "en" if exchanges and all(e.answer.language == "en" for e in exchanges) else "zh"


def write_up(
    exchanges: Sequence[Exchange], source: Source, *, accessed: date | None, language: Language
) -> tuple[Block, ...]:
    """The whole record: title, what it was made with, then each question with its answer."""
    found = [{c.n: standing(c, held(source, c.span.doc_id)) for c in e.answer.citations} for e in exchanges]
    out: list[Block] = [Heading(1, plain(say(language, "title")))]
    out.append(Paragraph(_made_with(exchanges, source, accessed, language), "note"))
    loose = sum(how != "stands" for one in found for how in one.values())
    n = sum(map(len, found))
    checked = say(language, "some_loose", n=n, loose=loose) if loose else say(language, "all_stand", n=n)
    out.append(Paragraph((plain(checked),), "note"))
    for number, (exchange, stands) in enumerate(zip(exchanges, found, strict=True), start=1):
        lead = f"{number}. " if len(exchanges) > 1 else ""
        out.append(Heading(2, plain(lead + " ".join(exchange.answer.question.split()))))
        out += _Exchange(exchange, source, accessed=accessed, language=language).blocks(stands, alone=number == 1)
    return tuple(out)


def _made_with(
    exchanges: Sequence[Exchange], source: Source, accessed: date | None, language: Language
) -> tuple[Line, ...]:
    info = source.info()
    generations = sorted({e.answer.index_generation for e in exchanges if e.answer.index_generation})
    parts = [say(language, "exported", date=accessed.isoformat())] if accessed is not None else []
    parts.append(say(language, "program", version=__version__))
    if generations:
        parts.append(say(language, "generation", n="、".join(map(str, generations))))
    if name := (info.get("model") or {}).get("name"):
        parts.append(say(language, "model", name=name))
    return (plain(say(language, "join").join(parts)),)


class _Exchange:
    """One question and its answer as blocks."""

    def __init__(self, exchange: Exchange, source: Source, *, accessed: date | None, language: Language) -> None:
        self._answer = exchange.answer
        self._history = exchange.history
        self._source = source
        self._accessed = accessed
        self._language = language
        self._words = Wording(language, source.lexicon)
        self._cited = {c.n for c in exchange.answer.citations}

    def blocks(self, stands: dict[int, Standing], *, alone: bool) -> Iterator[Block]:
        """What stands below the question; of a conversation only the first turn tells what was asked before."""
        yield from self._notes(with_history=alone)
        yield from self._said()
        yield from self._computed(self._answer.computed)
        if self._answer.unsupported:
            yield self._title("removed")
            yield Items(tuple(plain(" ".join(s.split())) for s in self._answer.unsupported))
        yield from self._quotes(stands)
        if self._answer.status == "declined" and not self._cited:
            yield from self._nearest(self._answer.hits[:NEAREST])

    def _say(self, key: str, **values: object) -> str:
        return say(self._language, key, **values)

    def _title(self, key: str) -> Heading:
        return Heading(3, plain(self._say(key)))

    def _notes(self, *, with_history: bool) -> Iterator[Block]:
        a, notes = self._answer, []
        if with_history and self._history:
            asked = self._say("join").join(" ".join(h.split()) for h in self._history)
            notes.append(self._say("history", questions=asked))
        if a.standalone_question != a.question:
            notes.append(self._say("understood", question=" ".join(a.standalone_question.split())))
        if a.status != "answered":
            notes.append(self._status())
        kind, _, model = a.generator.partition(":")
        if kind == "llm":
            notes.append(self._say("generated", model=model))
        if notes:
            yield Paragraph(tuple(plain(note) for note in notes), "note")

    def _status(self) -> str:
        said = self._say(self._answer.status)
        if self._answer.status != "declined" or self._answer.reason is None:
            return said
        return self._say("because", what=said, why=self._say(self._answer.reason))

    def _said(self) -> Iterator[Block]:
        a = self._answer
        if (bare := (a.short or "").strip()) and a.status != "declined":  # no blank closes bold type
            yield Paragraph((plain(bare),), "short")
        body = parse_blocks(a.text, self._cited)
        for block in body:
            # The record's own headings stand above those of an answer.
            yield Heading(min(6, 3 + block.level), block.line) if isinstance(block, Heading) else block
        if a.table is not None and not any(isinstance(block, Grid) for block in body):
            yield self._table(a.table)

    def _table(self, table: Table) -> Grid:
        column = table.citation_column
        rows = [
            [self._marks(cell) if i == column else plain(" ".join(cell.split())) for i, cell in enumerate(row)]
            for row in table.rows
        ]
        return grid(map(plain, table.columns), rows)

    def _marks(self, numbers: str) -> Line:
        """``1, 2`` as two markers."""
        given = [n.strip() for n in numbers.split(",")]
        return tuple(self._mark(int(n)) for n in given if n.isascii() and n.isdigit() and len(n) < 7)

    def _mark(self, n: int) -> Run:
        return Run(f"[{n}]", marker=n if n in self._cited else None)

    def _computed(self, computed: Sequence[Computed]) -> Iterator[Block]:
        if computed:
            yield self._title("computed")
            yield Items(tuple((Run(f"{self._worked(x)} "), *map(self._mark, x.inputs)) for x in computed))

    def _worked(self, x: Computed) -> str:
        """A sum as one, a count by what was counted."""
        if any(c.isdigit() for c in x.formula):
            return f"{x.value} = {x.formula}"
        return self._say("because", what=x.formula, why=x.value)

    def _quotes(self, stands: dict[int, Standing]) -> Iterator[Block]:
        citations = sorted(self._answer.citations, key=lambda c: c.n)
        if not citations:
            return
        yield self._title("quotes")
        for c in citations:
            where = self._where(c.title, c)
            yield Paragraph(((self._mark(c.n), Run(f" {where}")),))
            yield _quotation(c.quote)
            if stands[c.n] != "stands":
                yield Paragraph((plain(self._say(stands[c.n])),), "note")
        yield self._title("references")
        listed = references(self._answer, self._source, accessed=self._accessed)
        yield References(tuple((str(r), r.url) for r in listed))

    def _nearest(self, hits: Sequence[Hit]) -> Iterator[Block]:
        if not hits:
            return
        yield self._title("nearest")
        for hit in hits:
            document = held(self._source, hit.passage.span.doc_id)
            yield Paragraph((plain(self._where(document.title if document is not None else "", hit)),))
            yield _quotation(hit.passage.text)

    def _where(self, title: str, at: Citation | Hit) -> str:
        """Province, period, headings and characters, as the terminal shows them."""
        p = at.passage if isinstance(at, Hit) else at
        path = " › ".join(part for part in (title, *p.heading) if part)
        place = f"{p.span.doc_id}:{p.span.start}-{p.span.end}"
        parts = (self._words.place(p.province), self._words.period(p.period, p.year), path, place)
        return " · ".join(" ".join(part.split()) for part in parts if part)


def _quotation(text: str) -> Quotation:
    return Quotation(tuple(plain(line) for line in text.splitlines()) or ((),))
