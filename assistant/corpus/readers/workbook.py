"""Excel workbooks, a document in each row of every sheet that has a column of text."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from assistant.corpus.readers.archive import open_office
from assistant.corpus.readers.record import Reading, Record, parsing
from assistant.corpus.readers.rows import numbered
from assistant.corpus.readers.tables import rows_below_header
from assistant.errors import CorpusError

_CELL = 32_767  # characters that Excel keeps of a cell


def read(data: bytes, name: str) -> Reading:
    """Rows are counted over all sheets.

    :raises CorpusError: broken, encrypted, of absurd size once unpacked, or without a column of text.
    """
    open_office(data, name, "XLSX").close()
    with parsing(name, "XLSX"):
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [[[_plain(v) for v in row] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
        book.close()
    return _joined([lines for sheet in sheets if (lines := [row for row in sheet if any(row)])], name)


def _joined(sheets: list[list[list[str]]], name: str) -> Reading:
    records: list[Record] = []
    problems: list[str] = []
    refusal: CorpusError | None = None
    for lines in sheets:
        try:
            reading = rows_below_header(lines, name)
        except CorpusError as e:  # a sheet of figures beside the sheet of texts
            refusal = refusal or e
            continue
        above = max((r.row for r in records), default=0)
        records += [replace(r, row=r.row + above) for r in reading.records]
        problems += reading.problems
    if not records and refusal:
        raise refusal
    cut = [r.row for r in records if len(r.text) >= _CELL]
    if cut:
        problems.append(
            f"{numbered('row', cut)}: cut by Excel at {_CELL} characters; use CSV, JSONL or a file for each"
        )
    return Reading(tuple(records), tuple(problems))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00").replace("_x000D_", "")
