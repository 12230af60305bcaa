"""CSV and JSONL, a document in each row."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import Any

from assistant.corpus.decoding import decode
from assistant.corpus.readers.record import Reading
from assistant.corpus.readers.rows import Row, records_of
from assistant.errors import CorpusError

_HEADER = 200  # characters; a longer cell is no name of a column
_DELIMITERS = ",\t;"


def read_csv(data: bytes, name: str) -> Reading:
    """Cells parted by commas, tabs or semicolons, whichever the first line has most of.

    :raises CorpusError: binary, of an unknown encoding, without a header, or without a column of text.
    """
    text = decode(data, name)
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a report is longer than the module's limit of 128 KiB
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(line)]
    except csv.Error as e:
        raise CorpusError(f"cannot read {name!r}: it is no CSV ({e}); save it again") from None
    return rows_below_header(lines, name)


def rows_below_header(lines: list[list[str]], name: str) -> Reading:
    """The documents of rows of cells, of which the first names the columns.

    :raises CorpusError: the first row names nothing, or no column holds text.
    """
    if not lines:
        return Reading(())
    header = [cell.strip() or f"column {i}" for i, cell in enumerate(lines[0], 1)]
    if max(map(len, header)) > _HEADER:
        raise CorpusError(
            f"cannot read {name!r}: its first row names no columns; write title,text or 标题,正文 above it"
        )
    rows: list[Row] = []
    problems: dict[int, str] = {}
    for number, cells in enumerate(lines[1:], 1):
        if any(cell.strip() for cell in cells[len(header) :]):
            problems[number] = "more cells than the first row names; put quotation marks round the text"
        else:
            rows.append((number, dict(zip(header, cells, strict=False))))
    return records_of(rows, name, problems=problems)


def read_jsonl(data: bytes, name: str) -> Reading:
    """An object in each line; other values than text and numbers are left out.

    :raises CorpusError: binary, of an unknown encoding, no line an object, or no key with text.
    """
    rows: list[Row] = []
    problems: dict[int, str] = {}
    for number, line in enumerate(decode(data, name).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            rows.append((number, {k: _plain(v) for k, v in value.items() if _is_plain(v)}))
        else:
            problems[number] = "no JSON object; write one in each line"
    if problems and not rows:
        raise CorpusError(f"cannot read {name!r}: no line of it is a JSON object; write one in each line")
    return records_of(rows, name, problems=problems)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _plain(value: Any) -> str:
    """The value as text; half of a surrogate pair, which JSON can escape, is no character and becomes a mark."""
    return str(value).encode("utf-8", "replace").decode("utf-8")
