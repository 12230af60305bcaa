"""What each province says, read from an answer's table: the rows behind the sortable table, the bars and the map."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.lexicon import Lexicon
from assistant.numerals import Figure, figures
from assistant.types import Answer, Citation

FIGURE_COLUMN = 3
"""Of a comparison's table: province, period, measure, value, quote, citation. A list has a finding and no value."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row: a province, whether it says anything, and the figure it states, where it states one.

    ``province`` is the short Chinese name, whatever the answer's language; ``kind`` the words before the figure (增长,
    新增), without which two figures cannot be compared.
    """

    province: str
    said: bool
    cells: tuple[str, ...]
    citations: tuple[Citation, ...]
    figure: Figure | None = None
    kind: str = ""

    @property
    def name(self) -> str:
        """The province as the answer names it."""
        return self.cells[0]

    @property
    def value(self) -> str:
        """The figure as the table states it; empty where there is none."""
        return self.cells[FIGURE_COLUMN] if self.figure is not None else ""

    @property
    def bare(self) -> str:
        """The figure as the report words it, without what is said of its kind."""
        return self.cells[FIGURE_COLUMN][self.figure.start :] if self.figure is not None else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings whose figures are of one unit and one kind, so that their lengths may be drawn to one scale."""

    unit: str
    kind: str
    findings: tuple[Finding, ...]


def findings_of(answer: Answer, lexicon: Lexicon) -> tuple[Finding, ...]:
    """The rows of an answer's table, in its order; none without a table."""
    if answer.table is None:
        return ()
    by_number = {c.n: c for c in answer.citations}
    column = answer.table.citation_column
    return tuple(
        _finding(row, tuple(by_number[n] for n in numbers_in(row[column]) if n in by_number), column, lexicon=lexicon)
        for row in answer.table.rows
    )


def _finding(row: tuple[str, ...], citations: tuple[Citation, ...], column: int, *, lexicon: Lexicon) -> Finding:
    known = lexicon.province(row[0])
    province = known.name if known else next((c.province for c in citations if c.province), row[0])
    figure = next(iter(figures(row[FIGURE_COLUMN])), None) if citations and column > FIGURE_COLUMN else None
    kind = _kind(row[FIGURE_COLUMN][: figure.start]) if figure else ""
    return Finding(province, bool(citations), row, citations, figure, kind)


def _kind(words: str) -> str:
    """What the words before a figure make of it: growth, an increase; how sure it is, is told beside the bar."""
    english = re.search(r"growth|increase|decrease", words)
    return english[0] if english else "" if words.isascii() else words.strip()


def numbers_in(cell: str) -> tuple[int, ...]:
    """The citation numbers of a cell such as ``1, 2``."""
    return tuple(int(n) for part in cell.split(",") if (n := part.strip()).isascii() and n.isdigit())


def groups_of(findings: tuple[Finding, ...]) -> tuple[Group, ...]:
    """The findings with figures, those of one unit and kind together, in the order of the table."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.figure is not None and not finding.figure.rank:
            unit = finding.figure.unit.replace("每", "/")
            groups.setdefault((unit, finding.kind), []).append(finding)
    return tuple(Group(unit, kind, tuple(members)) for (unit, kind), members in groups.items())
