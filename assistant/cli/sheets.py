"""Rows as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.cli.output import clean, opened

_WIDTHS = {"measure": 28, "quote": 70, "title": 40, "doc_id": 30}
"""Of columns that are wider than a word, in characters."""

Row = Mapping[str, Any]
COLUMNS = (
    "province", "year", "period", "measure", "figure", "value", "high", "unit", "strength", "kind", "quote", "title",
    "doc_id", "start", "end", "figure_start", "figure_end",
)  # fmt: skip


def write_csv(rows: Sequence[Row], out: Path | None) -> None:
    """CSV in UTF-8; a file begins with a byte order mark, without which Excel takes Chinese for another encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([row[column] for column in COLUMNS] for row in rows)
    with opened(out) as f:
        f.write(text.getvalue().encode("utf-8" if out is None else "utf-8-sig"))


def write_xlsx(rows: Sequence[Row], out: Path | None) -> None:
    """A workbook whose header stays in view; texts are texts even where they begin like a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("facts")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(rows) + 1}"
    for i, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(i)].width = _WIDTHS.get(column, 12)
    sheet.append(list(COLUMNS))
    for row in rows:
        cells = []
        for column in COLUMNS:
            value = row[column]
            cell = WriteOnlyCell(sheet, clean(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    whole = io.BytesIO()  # a workbook is written back and forth, which a pipe does not allow
    book.save(whole)
    with opened(out) as f:
        f.write(whole.getvalue())
