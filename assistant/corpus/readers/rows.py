"""Rows of named values, one document each: which value is the text, and what the others say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assistant.corpus.decoding import unified
from assistant.corpus.readers.record import KEYS, TEXT_NAMES, Reading, Record, told
from assistant.errors import CorpusError

_TEXT = 30  # characters; a column whose longest value is shorter holds no text
_NAMED = 10  # rows named in one message
Row = tuple[int, Mapping[str, str]]


@dataclass(slots=True)
class _Problems:
    """Rows by what is wrong with them, told in one line each."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def add(self, what: str, row: int) -> None:
        self.rows.setdefault(what, []).append(row)

    def told(self) -> tuple[str, ...]:
        return tuple(f"{numbered('row', rows)}: {what}" for what, rows in self.rows.items())


def numbered(noun: str, numbers: list[int]) -> str:
    """``row 3``, ``rows 3, 5 and 7``, ``pages 1, 2 … (40 in all)``."""
    shown = ", ".join(map(str, numbers[:_NAMED]))
    more = f" … ({len(numbers)} in all)" if len(numbers) > _NAMED else ""
    return f"{noun}{'s' if len(numbers) > 1 else ''} {shown}{more}"


def records_of(rows: Iterable[Row], name: str, *, problems: Mapping[int, str] | None = None) -> Reading:
    """A document of each row that has text, the empty ones named.

    :param problems: rows that could not be parsed, and why.
    :raises CorpusError: no column holds text.
    """
    wrong = _Problems()
    for number, what in (problems or {}).items():
        wrong.add(what, number)
    filled = [(n, row) for n, row in rows if any(v.strip() for v in row.values())]
    column = _text_column([row for _, row in filled], name) if filled else ""
    records = []
    for number, row in filled:
        text = row.get(column, "")
        if not text.strip():
            wrong.add(f"no text in column {column!r}", number)
            continue
        records.append(_record(text, number, row={k: v for k, v in row.items() if k != column}, wrong=wrong))
    return Reading(tuple(records), wrong.told())


def _record(text: str, number: int, *, row: Mapping[str, str], wrong: _Problems) -> Record:
    try:
        values = told(row)
    except ValueError as e:
        wrong.add(f"the year {str(e)!r} is none; write 2023", number)
        values = told({k: v for k, v in row.items() if KEYS.get(k.strip().lower()) != "year"})
    return Record(unified(text), number, **values)


def _text_column(rows: list[Mapping[str, str]], name: str) -> str:
    """The column of a known name that holds text, in the order of the names; else the one with the longest value."""
    longest: dict[str, int] = {}
    for row in rows:
        for column, value in row.items():
            longest[column] = max(longest.get(column, 0), len(value.strip()))
    by_name = {column.strip().lower(): column for column in reversed(list(longest)) if longest[column]}
    for known in TEXT_NAMES:
        if known in by_name:
            return by_name[known]
    others = [c for c in longest if c.strip().lower() not in KEYS]
    column = max(others, key=lambda c: longest[c], default="")
    if longest.get(column, 0) < _TEXT:
        raise CorpusError(f"cannot read {name!r}: no column holds text; name one of its columns text or 正文")
    return column
