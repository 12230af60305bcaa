"""Rows as CSV and as a workbook, in memory; it knows nothing about what they hold or where they go."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Sequence[Any]
_NARROW = 12
"""The width of a column of which nothing is known, in characters."""
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML can hold, whatever a document has in it."""


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """CSV as text; who writes it into a file adds the byte order mark, without which Excel takes Chinese for another encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def workbook(
    columns: Sequence[str], rows: Sequence[Row], *, name: str, widths: Mapping[str, int] | None = None
) -> bytes:
    """A workbook of one sheet whose header stays in view; texts are texts even where they begin like a formula.

    :param widths: of columns that are wider than a word, in characters.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    for i, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(i)].width = (widths or {}).get(column, _NARROW)
    for row in (columns, *rows):
        sheet.append([_cell(sheet, value) for value in row])
    whole = io.BytesIO()  # a workbook is written back and forth, which a pipe does not allow
    book.save(whole)
    return whole.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, _BROKEN.sub("\ufffd", value))
    cell.data_type = "s"
    return cell
