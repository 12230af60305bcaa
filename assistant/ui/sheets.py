"""An answer's table as CSV and as a workbook, with the quote's place in its document beside every row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.sheets import csv_text, workbook
from assistant.types import Answer
from assistant.ui.findings import numbers_in
from assistant.ui.messages import Language, say
from assistant.ui.seam import Download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = re.compile(r"[=@\t\r]|[+-](?!\d)")
_WIDE = 60

Row = tuple[str, ...]


def table_file(answer: Answer, format: str, language: Language) -> Download | None:
    """The table as ``csv`` or ``xlsx``; ``None`` for another format or an answer without a table."""
    if answer.table is None or format not in ("csv", "xlsx"):
        return None
    columns, rows = _columns(answer, language), list(_rows(answer))
    name = f"{_file_name(answer.standalone_question)}.{format}"
    if format == "csv":
        return Download(name, "text/csv;charset=utf-8", csv_bytes(columns, rows))
    return Download(name, XLSX, workbook(columns, rows, name="ShengWen", widths=_widths(columns, rows)))


def _columns(answer: Answer, language: Language) -> Row:
    table = answer.table
    return (*(table.columns if table else ()), *say(language, "place_columns").split("|"))


def _rows(answer: Answer) -> Iterable[Row]:
    """The table's rows, each with title, document and offsets of what it cites; several are parted by semicolons."""
    by_number = {c.n: c for c in answer.citations}
    for row in answer.table.rows if answer.table else ():
        column = answer.table.citation_column if answer.table else 0
        cited = [by_number[n] for n in numbers_in(row[column]) if n in by_number]
        places = ((c.title, c.span.doc_id, f"{c.span.start}-{c.span.end}", c.quote) for c in cited)
        yield (*row, *("; ".join(values) for values in zip(*places, strict=True))) if cited else (*row, "", "", "", "")


def csv_bytes(columns: Row, rows: Iterable[Row]) -> bytes:
    """CSV in UTF-8, with a byte order mark: without it Excel takes Chinese for another encoding.

    A cell that begins like a formula gets an apostrophe in front, as spreadsheets would run it otherwise.
    """
    return csv_text(columns, (tuple(map(_inert, row)) for row in rows)).encode("utf-8-sig")


def _inert(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _widths(columns: Row, rows: Sequence[Row]) -> dict[str, int]:
    longest = (max((len(row[i]) for row in rows), default=0) for i in range(len(columns)))
    return {column: _WIDE for column, n in zip(columns, longest, strict=True) if n > _WIDE // 2}


def _file_name(question: str) -> str:
    """A name that every file system takes, made of the question."""
    return re.sub(r"[\W_]+", "-", question).strip("-")[:40] or "answer"
