"""The truth of a generation in SQLite: documents, sections, passages and facts, as they came.

It knows nothing about vectors and words; a file, once finished, is never written again. What came since the base was
built is in a second file, which also names the documents of the base that are gone; readers see both as one.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from assistant.store.layout import MORE, TRUTH
from assistant.types import Document, Fact, Filter, Holding, Passage, Section, Span

_TABLES = {"documents": "id", "sections": "doc_id", "passages": "doc_id", "facts": "doc_id"}
"""The tables with the column that says whose a row is."""
_DOCUMENT = "id, title, text, path, province, year, origin, note"
SECTION = 'doc_id, start, "end", heading, province, year, period'
PASSAGE = 'doc_id, start, "end", text, heading, province, year, period'
FACT = (
    'doc_id, start, "end", clause_start, clause_end, measure, figure, value, high, unit, strength, kind, '
    "province, year, period"
)
_HELD = tuple(field.name for field in dataclasses.fields(Holding))
_HOLDINGS = """
SELECT d.id, d.title, d.province, d.year, d.origin, length(d.text), d.sha256,
    (SELECT count(*) FROM passages p WHERE p.doc_id = d.id), (SELECT count(*) FROM facts f WHERE f.doc_id = d.id),
    (SELECT json_group_array(province) FROM (SELECT DISTINCT province FROM sections s WHERE s.doc_id = d.id AND province IS NOT NULL ORDER BY s.start))
FROM documents d ORDER BY d.id
"""
Row = tuple[Any, ...]


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
    except sqlite3.Error:
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
    """A row of ``documents`` as its value."""
    return Document(*row)


def section(row: Row) -> Section:
    """A row of ``sections`` as its value."""
    return Section(Span(*row[:3]), _headings(row[3]), *row[4:])


def passage(row: Row) -> Passage:
    """A row of ``passages`` as its value."""
    return Passage(Span(*row[:3]), row[3], _headings(row[4]), *row[5:])


@functools.lru_cache(maxsize=4096)
def _headings(written: str) -> tuple[str, ...]:
    """A path of headings; the passages of a section have one, and all reports have some in common."""
    return tuple(json.loads(written))


def fact(row: Row) -> Fact:
    """A row of ``facts`` as its value."""
    return Fact(Span(*row[:3]), Span(row[0], row[3], row[4]), *row[5:])


def select_documents(connection: sqlite3.Connection, doc_id: str | None = None) -> list[Document]:
    """All documents in order of their ids, or the one named."""
    sql = f"SELECT {_DOCUMENT} FROM documents WHERE ?1 IS NULL OR id = ?1 ORDER BY id"
    if doc_id is not None:
        sql = f"SELECT {_DOCUMENT} FROM documents WHERE id = ?1"
    return [document(r) for r in connection.execute(sql, (doc_id,))]


def select_sections(connection: sqlite3.Connection, doc_id: str) -> list[Section]:
    """The sections of a document in order."""
    sql = f"SELECT {SECTION} FROM sections WHERE doc_id = ? ORDER BY start, id"
    return [section(r) for r in connection.execute(sql, (doc_id,))]


def select_passages(connection: sqlite3.Connection, where: Filter) -> list[Passage]:
    """The passages that the filter lets pass, in order of document and place."""
    sql, values = condition(where)
    return [
        passage(r)
        for r in connection.execute(f'SELECT {PASSAGE} FROM passages WHERE {sql} ORDER BY doc_id, start, "end"', values)
    ]


def select_texts(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """(row, text) of all passages, in order of their rows."""
    return connection.execute('SELECT "row", text FROM passages ORDER BY "row"').fetchall()


def select_rows(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, Passage]:
    """The passages at these rows."""
    sql = f'SELECT "row", {PASSAGE} FROM passages WHERE "row" IN (SELECT value FROM json_each(?))'
    return {r[0]: passage(r[1:]) for r in connection.execute(sql, (json.dumps([int(row) for row in rows]),))}


def select_facts(connection: sqlite3.Connection, where: Filter) -> list[Fact]:
    """The facts that the filter lets pass, in order of document and place."""
    sql, values = condition(where)
    return [
        fact(r) for r in connection.execute(f"SELECT {FACT} FROM facts WHERE {sql} ORDER BY doc_id, start, id", values)
    ]


def select_facts_within(
    connection: sqlite3.Connection, where: Filter, spans: Sequence[Span], *, few: int
) -> list[Fact]:
    """Of the facts that the filter lets pass those inside one of the spans; all, where they are no more than ``few``."""
    sql, values = condition(where)
    n = connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM facts WHERE {sql} LIMIT ?)", (*values, few + 1))
    if n.fetchone()[0] <= few:
        return select_facts(connection, where)
    inside = f'SELECT {FACT}, id FROM facts WHERE {sql} AND doc_id = ? AND start >= ? AND "end" <= ?'
    found = {r for s in spans for r in connection.execute(inside, (*values, s.doc_id, s.start, s.end))}
    return [fact(r[:-1]) for r in sorted(found, key=lambda r: (r[0], r[1], r[-1]))]


def select_row_at(connection: sqlite3.Connection, span: Span) -> int | None:
    """The row of the passage in which a span begins: passages may overlap, so the one that begins last."""
    sql = """SELECT "row" FROM passages WHERE doc_id = ? AND start <= ? AND "end" > ? ORDER BY start DESC LIMIT 1"""
    found = connection.execute(sql, (span.doc_id, span.start, span.start)).fetchone()
    return cast(int, found[0]) if found else None


def select_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many documents, sections, passages, facts and tokens there are."""
    names = ("documents", "sections", "passages", "facts")
    asked = ", ".join(f"(SELECT count(*) FROM {name})" for name in names)
    found = connection.execute(f"SELECT {asked}, (SELECT coalesce(sum(n_tokens), 0) FROM passages)").fetchone()
    return dict(zip((*names, "tokens"), found, strict=True))


def select_holdings(connection: sqlite3.Connection) -> list[Holding]:
    """What is held of each document, without the texts, by id."""
    found = connection.execute(_HOLDINGS).fetchall()
    return [
        Holding(doc_id, title, province, year, origin, characters, sha256, passages, figures, tuple(json.loads(said)))
        for doc_id, title, province, year, origin, characters, sha256, passages, figures, said in found
    ]


def select_corpus(connection: sqlite3.Connection) -> dict[str, str]:
    """Each document's id with the SHA-256 of its text."""
    return dict(connection.execute("SELECT id, sha256 FROM documents ORDER BY id").fetchall())


def select_base(connection: sqlite3.Connection) -> frozenset[str]:
    """The ids of the documents in the base, those that are gone since included."""
    return frozenset(r[0] for r in connection.execute("SELECT id FROM main.documents"))


def select_gone(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The ids of the base's documents that are gone; only of a generation that has a second part.

    :raises sqlite3.OperationalError: it has none.
    """
    return tuple(r[0] for r in connection.execute("SELECT doc_id FROM more.gone ORDER BY doc_id"))


def select_report_years(connection: sqlite3.Connection) -> Mapping[str, int]:
    """The year of each document that has one, by its id."""
    return dict(connection.execute("SELECT id, year FROM documents WHERE year IS NOT NULL").fetchall())


def select_placeless(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The documents none of whose passages is of a province."""
    sql = "SELECT doc_id FROM passages GROUP BY doc_id HAVING COUNT(province) = 0 ORDER BY doc_id"
    return tuple(row[0] for row in connection.execute(sql))


def select_spans_of_years(connection: sqlite3.Connection) -> Mapping[str | None, tuple[int, int]]:
    """The first and the last year that are told of each province (``None``: of no province)."""
    sql = "SELECT province, MIN(year), MAX(year) FROM passages WHERE year IS NOT NULL GROUP BY province"
    return {row[0]: (row[1], row[2]) for row in connection.execute(sql)}
