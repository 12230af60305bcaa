"""The truth of a generation in SQLite: documents, sections, passages and facts, as they came.

It knows nothing about vectors and words; a file, once finished, is never written again. What came since the base was
built is in a second file, which also names the documents of the base that are gone; readers see both as one.

What is selected begins with the row's number, from 0 in each table, and ends with whose it is: ``owners`` knows both.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.store.layout import MORE, TRUTH
from assistant.store.owners import TABLES, Row, seal
from assistant.types import Document, Fact, Filter, Passage, Section, Span

_TABLES = {"documents": "id", "sections": "doc_id", "passages": "doc_id", "facts": "doc_id"}
"""The tables with the column that says whose a row is."""
DOCUMENT = "id, title, path, province, year, origin, note, sha256, length(text)"
"""A document without its text, which the manifest knows by its own checksum."""
SECTION = 'doc_id, start, "end", heading, province, year, period'
PASSAGE = 'doc_id, start, "end", text, heading, province, year, period'
FACT = (
    'doc_id, start, "end", clause_start, clause_end, measure, figure, value, high, unit, strength, kind, '
    "province, year, period"
)
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file raises: SQLite's messages quote damaged names, which Python's module cannot decode."""
_NUMBERED = {"sections": f"id - 1, {SECTION}", "passages": f'"row", {PASSAGE}', "facts": f"id - 1, {FACT}"}
_BY_SPAN, _BY_START = itemgetter(1, 2, 3), itemgetter(1, 2, 0)
_KEYS = {"sections": ("id", 1), "passages": ('"row"', 0), "facts": ("id", 1)}
"""Of each table the column that SQLite keeps its rows by, and the first."""


def sha256(text: str) -> str:
    """The checksum by which a manifest knows a document's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def connect_reader(place: Path) -> sqlite3.Connection:
    """A read-only connection to a generation; ``immutable`` spares locks, so read-only media serve too.

    Where documents came since the base was built, each table is a view of both files less what is gone.
    """
    connection = sqlite3.connect(uri(place / TRUTH), uri=True, check_same_thread=False)
    if not (place / MORE).is_dir():
        return connection
    try:
        connection.execute("ATTACH ? AS more", (uri(place / MORE / TRUTH),))
        for table, owner in _TABLES.items():
            kept = f"SELECT * FROM main.{table} WHERE {owner} NOT IN (SELECT doc_id FROM more.gone)"
            connection.execute(f"CREATE TEMP VIEW {table} AS {kept} UNION ALL SELECT * FROM more.{table}")
    except UNREADABLE:
        connection.close()
        raise
    return connection


def uri(path: Path) -> str:
    """A finished file as SQLite is to open it: nobody writes it any more."""
    return path.resolve().as_uri() + "?mode=ro&immutable=1"


def condition(where: Filter) -> tuple[str, list[str]]:
    """The filter as SQL with its parameters; each list travels as one JSON value, so none is too long for SQLite."""
    columns = {"province": where.provinces, "year": where.years, "period": where.periods, "doc_id": where.documents}
    chosen = {name: values for name, values in columns.items() if values}
    sql = " AND ".join(f"{name} IN (SELECT value FROM json_each(?))" for name in chosen)
    return sql or "1", [json.dumps(values) for values in chosen.values()]


def document(row: Row) -> Document:
    """A row of ``documents`` with its text as its value."""
    doc_id, title, path, province, year, origin, note, _, _, text = row
    return Document(doc_id, title, text, path, province, year, origin, note)


def section(row: Row) -> Section:
    """A row of ``sections`` as its value."""
    return Section(Span(*row[1:4]), _headings(row[4]), *row[5:])


def passage(row: Row) -> Passage:
    """A row of ``passages`` as its value."""
    return Passage(Span(*row[1:4]), row[4], _headings(row[5]), *row[6:])


@functools.lru_cache(maxsize=4096)
def _headings(written: str) -> tuple[str, ...]:
    """A path of headings; the passages of a section have one, and all reports have some in common."""
    return tuple(json.loads(written))


def fact(row: Row) -> Fact:
    """A row of ``facts`` as its value."""
    return Fact(Span(*row[1:4]), Span(row[1], row[4], row[5]), *row[6:])


def select_documents(connection: sqlite3.Connection, doc_id: str | None = None) -> list[Row]:
    """All documents with their texts, in order of their ids, or the one named."""
    sql = f"SELECT {DOCUMENT}, text FROM documents"
    if doc_id is None:
        return connection.execute(f"{sql} ORDER BY id").fetchall()
    return connection.execute(f"{sql} WHERE id = ?", (doc_id,)).fetchall()


def select_described(connection: sqlite3.Connection) -> list[Row]:
    """All documents without their texts, in order of their ids."""
    return connection.execute(f"SELECT {DOCUMENT} FROM documents ORDER BY id").fetchall()


def select_sections(connection: sqlite3.Connection, doc_id: str) -> list[Row]:
    """The sections of a document in order."""
    sql = f"SELECT {_NUMBERED['sections']} FROM sections WHERE doc_id = ?"
    return in_order("sections", connection.execute(sql, (doc_id,)))


def select_passages(connection: sqlite3.Connection, where: Filter) -> list[Row]:
    """The passages that the filter lets pass, in order of document and place."""
    sql, values = condition(where)
    sql = f"SELECT {_NUMBERED['passages']} FROM passages WHERE {sql}"
    return in_order("passages", connection.execute(sql, values))


def select_numbered(connection: sqlite3.Connection, table: str, numbers: NDArray[np.int64]) -> list[Row]:
    """The rows of these numbers, ascending, of a table; to be held to their seals before anything is done with them.

    No index takes part: of the columns that it holds SQLite would give its own copy, and leave the row's unread.
    """
    name, first = _KEYS[table]
    sql = f"SELECT {_NUMBERED[table]} FROM {table} WHERE {name} BETWEEN ? AND ?"
    cuts = np.flatnonzero(np.diff(numbers) != 1) + 1
    runs = [(int(run[0]) + first, int(run[-1]) + first) for run in np.split(numbers, cuts) if len(run)]
    return [row for run in runs for row in connection.execute(sql, run)]


def in_order(table: str, rows: Iterable[Row]) -> list[Row]:
    """Rows of a table in order of document and place."""
    return sorted(rows, key=_BY_SPAN if table == "passages" else _BY_START)


def select_facts(connection: sqlite3.Connection, where: Filter) -> list[Row]:
    """The facts that the filter lets pass, in order of document and place."""
    sql, values = condition(where)
    sql = f"SELECT {_NUMBERED['facts']} FROM facts WHERE {sql}"
    return in_order("facts", connection.execute(sql, values))


def iter_owned(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    """Each row's (doc_id, province, year, period, seal), in order of their numbers; of documents, of their ids."""
    if table == "documents":
        for row in connection.execute(f"SELECT {DOCUMENT} FROM documents ORDER BY id"):
            yield row[0], row[3], row[4], None, seal(row)
        return
    for row in connection.execute(f"SELECT {_NUMBERED[table]} FROM {table} ORDER BY 1"):
        yield row[1], *row[-3:], seal(row[1:])


def select_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many documents, sections, passages, facts and tokens there are."""
    names = ("documents", "sections", "passages", "facts")
    asked = ", ".join(f"(SELECT count(*) FROM {name})" for name in names)
    found = connection.execute(f"SELECT {asked}, (SELECT coalesce(sum(n_tokens), 0) FROM passages)").fetchone()
    return dict(zip((*names, "tokens"), found, strict=True))


def select_corpus(connection: sqlite3.Connection) -> dict[str, str]:
    """Each document's id with the SHA-256 of its text."""
    return dict(connection.execute("SELECT id, sha256 FROM documents ORDER BY id").fetchall())


def select_base(connection: sqlite3.Connection) -> frozenset[str]:
    """The ids of the documents in the base, those that are gone since included."""
    return frozenset(r[0] for r in connection.execute("SELECT id FROM main.documents"))


def select_ends(connection: sqlite3.Connection) -> dict[str, int]:
    """The numbers that follow those of the base's rows, of each table."""
    sql = """SELECT (SELECT count(*) FROM main.documents), (SELECT coalesce(max(id), 0) FROM main.sections),
        (SELECT coalesce(max("row"), -1) + 1 FROM main.passages), (SELECT coalesce(max(id), 0) FROM main.facts)"""
    return dict(zip(TABLES, connection.execute(sql).fetchone(), strict=True))


def select_gone(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The ids of the base's documents that are gone; only of a generation that has a second part.

    :raises sqlite3.OperationalError: it has none.
    """
    return tuple(r[0] for r in connection.execute("SELECT doc_id FROM more.gone ORDER BY doc_id"))
