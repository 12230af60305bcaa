"""Figures as CSV and as a workbook, to a file or to stdout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.cli.output import opened
from assistant.sheets import csv_text, workbook
from assistant.survey import FACT_COLUMNS as COLUMNS
from assistant.survey import FACT_WIDTHS

__all__ = ["COLUMNS", "write_csv", "write_xlsx"]

Row = Mapping[str, Any]


def write_csv(rows: Sequence[Row], out: Path | None) -> None:
    """CSV in UTF-8; a file begins with a byte order mark, stdout does not."""
    text = csv_text(COLUMNS, _cells(rows))
    with opened(out) as f:
        f.write(text.encode("utf-8" if out is None else "utf-8-sig"))


def write_xlsx(rows: Sequence[Row], out: Path | None) -> None:
    """A workbook."""
    whole = workbook(COLUMNS, _cells(rows), name="facts", widths=FACT_WIDTHS)
    with opened(out) as f:
        f.write(whole)


def _cells(rows: Sequence[Row]) -> list[list[Any]]:
    return [[row[column] for column in COLUMNS] for row in rows]
