"""Filling the truth of a generation: a new SQLite file of documents, sections, passages and facts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from assistant.errors import StoreError
from assistant.store.owners import TABLES, Row
from assistant.store.truth import FACT, PASSAGE, SECTION, iter_owned, sha256, uri
from assistant.types import Document, Fact, Passage, Section

_SCHEMA = """
CREATE TABLE documents (id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, path TEXT NOT NULL,
    province TEXT, year INTEGER, origin TEXT NOT NULL, note TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE sections (id INTEGER PRIMARY KEY, doc_id TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    heading TEXT NOT NULL, province TEXT, year INTEGER, period TEXT);
CREATE TABLE passages ("row" INTEGER PRIMARY KEY, doc_id TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text TEXT NOT NULL, heading TEXT NOT NULL, province TEXT, year INTEGER, period TEXT, indexed TEXT NOT NULL,
    key BLOB NOT NULL, n_tokens INTEGER NOT NULL DEFAULT 0);
CREATE TABLE gone (doc_id TEXT PRIMARY KEY);
CREATE TABLE facts (id INTEGER PRIMARY KEY, doc_id TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    clause_start INTEGER NOT NULL, clause_end INTEGER NOT NULL, measure TEXT NOT NULL, figure TEXT NOT NULL,
    value REAL NOT NULL, high REAL, unit TEXT NOT NULL, strength TEXT NOT NULL, kind TEXT NOT NULL, province TEXT,
    year INTEGER, period TEXT);
"""
# Documents that do not come in the order of their ids: rows are in that order, and so are the files beside this one.
_REORDERED = """
ALTER TABLE passages RENAME TO staged;
CREATE UNIQUE INDEX staged_span ON staged (doc_id, start, "end");
CREATE TABLE passages ("row" INTEGER PRIMARY KEY, doc_id TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text TEXT NOT NULL, heading TEXT NOT NULL, province TEXT, year INTEGER, period TEXT, indexed TEXT NOT NULL,
    key BLOB NOT NULL, n_tokens INTEGER NOT NULL DEFAULT 0);
INSERT INTO passages SELECT (SELECT min("row") FROM staged) + row_number() OVER (ORDER BY doc_id, start, "end") - 1,
    doc_id, start, "end", text, heading, province, year, period, indexed, key, n_tokens FROM staged;
DROP TABLE staged;
"""
_INDEXES = """
CREATE UNIQUE INDEX passages_span ON passages (doc_id, start, "end");
CREATE INDEX passages_province ON passages (province);
CREATE INDEX passages_year ON passages (year);
CREATE INDEX passages_period ON passages (period);
CREATE INDEX sections_doc ON sections (doc_id);
CREATE INDEX facts_doc ON facts (doc_id);
CREATE INDEX facts_measure ON facts (measure);
CREATE INDEX facts_province ON facts (province);
CREATE INDEX facts_period ON facts (period);
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document and all that was read from it.

    ``indexed`` is, for each passage, the text that is embedded and word-indexed (the passage with a prefix that says
    whose it is); what is cited stays ``Passage.text``.
    """

    document: Document
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    facts: tuple[Fact, ...]
    indexed: tuple[str, ...]


class TruthWriter:
    """Fills a new truth file. Call ``add`` and ``copy`` as often as needed, then ``number``, then ``close``.

    :param first: the numbers of the first rows of each table; other than 0 in the file of what came after a base.
    """

    def __init__(self, path: Path, *, key: Callable[[str], bytes], first: Mapping[str, int] | None = None) -> None:
        self.path = path
        self.connection = sqlite3.connect(_writable_uri(path), isolation_level=None, uri=True)
        # Nobody reads the file before it is whole and synced, so SQLite need not guard each step.
        self.connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self.connection.create_function("embedding_key", 1, key, deterministic=True)
        self.connection.execute("BEGIN")
        self._key = key
        self._paths: dict[str, str] = {}
        self._next = dict.fromkeys(TABLES, 0) | dict(first or {})
        self._last: tuple[str, int, int] = ("", -1, -1)
        self._ordered = True

    def __contains__(self, doc_id: str) -> bool:
        """Whether a document of this id has been added."""
        return doc_id in self._paths

    def add(self, parsed: Parsed) -> None:
        """Add one document with its parts.

        :raises StoreError: another document has the same id.
        :raises ValueError: parts that do not belong to the document.
        """
        d = parsed.document
        if d.id in self._paths:
            raise StoreError(
                f"two documents have the id {d.id!r}: {self._paths[d.id]!r} and {d.path!r}; rename one of the files"
            )
        _check(parsed)
        self._paths[d.id] = d.path
        row = (d.id, d.title, d.text, d.path, d.province, d.year, d.origin, d.note, sha256(d.text))
        self._insert("documents", [row])
        # The ids of sections and facts begin at 1, as SQLite's own do.
        self._insert("sections", [(n + 1, *_section_row(s)) for n, s in self._numbered("sections", parsed.sections)])
        rows = []
        for (n, p), text in zip(self._numbered("passages", parsed.passages), parsed.indexed, strict=True):
            self._follow((p.span.doc_id, p.span.start, p.span.end))
            rows.append((n, *_passage_row(p, indexed=text, key=self._key(text)), 0))
        self._insert("passages", rows)
        self._insert("facts", [(n + 1, *_fact_row(f)) for n, f in self._numbered("facts", parsed.facts)])

    def _numbered(self, table: str, parts: Sequence[T]) -> list[tuple[int, T]]:
        """The parts with the numbers that they get in their table."""
        first = self._next[table]
        self._next[table] += len(parts)
        return list(enumerate(parts, first))

    def _follow(self, span: tuple[str, int, int]) -> None:
        self._ordered = self._ordered and self._last < span
        self._last = span

    def copy(self, path: Path, doc_ids: Iterable[str]) -> None:
        """Copy those of the documents that an older truth file holds, except those that are here already."""
        if not path.is_file():
            return
        self.connection.execute("COMMIT")
        self.connection.execute("ATTACH ? AS old", (uri(path),))
        self.connection.execute("BEGIN")
        self.connection.execute("CREATE TEMP TABLE wanted (id TEXT PRIMARY KEY)")
        wanted = ((d,) for d in set(doc_ids) - set(self._paths))
        self.connection.executemany("INSERT INTO wanted SELECT id FROM old.documents WHERE id = ?", wanted)
        self._paths |= dict(self.connection.execute("SELECT id, path FROM old.documents JOIN temp.wanted USING (id)"))
        self.connection.execute("INSERT INTO documents SELECT d.* FROM temp.wanted JOIN old.documents AS d USING (id)")
        mine = "WHERE doc_id IN (SELECT id FROM temp.wanted) ORDER BY"
        self._copy_rows("sections", SECTION, mine)
        for row in self.connection.execute(f'SELECT doc_id, start, "end" FROM old.passages {mine} "row"'):
            self._follow(row)
        self.connection.execute(
            f'INSERT INTO passages SELECT ? + row_number() OVER (ORDER BY "row") - 1, {PASSAGE}, indexed, '
            f'embedding_key(indexed), 0 FROM old.passages {mine} "row"',
            (self._next["passages"],),
        )
        self._next["passages"] += self.connection.execute("SELECT changes()").fetchone()[0]
        self._copy_rows("facts", FACT, mine)
        self.connection.execute("DROP TABLE temp.wanted")
        self.connection.execute("COMMIT")
        self.connection.execute("DETACH old")
        self.connection.execute("BEGIN")

    def _copy_rows(self, table: str, columns: str, mine: str) -> None:
        self.connection.execute(
            f"INSERT INTO {table} SELECT ? + row_number() OVER (ORDER BY id), {columns} FROM old.{table} {mine} id",
            (self._next[table],),
        )
        self._next[table] += self.connection.execute("SELECT changes()").fetchone()[0]

    def documents(self) -> frozenset[str]:
        """The ids of the documents here."""
        return frozenset(self._paths)

    def bury(self, doc_ids: Iterable[str]) -> None:
        """Name documents of the base that are gone."""
        self._insert("gone", [(d,) for d in sorted(doc_ids)])

    def number(self) -> None:
        """Give the passages their rows, in order of document and place."""
        try:
            for statement in ("" if self._ordered else _REORDERED, _INDEXES):
                for one in statement.strip().split(";\n"):
                    self.connection.execute(one)
        except sqlite3.IntegrityError:
            raise ValueError("two passages have the same span") from None

    def n_passages(self) -> int:
        """How many passages there are."""
        return cast(int, self.connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def n_chars(self) -> int:
        """The length of all indexed texts."""
        found = self.connection.execute("SELECT coalesce(sum(length(indexed)), 0) FROM passages").fetchone()
        return cast(int, found[0])

    def keys(self) -> Iterator[tuple[int, bytes]]:
        """Each passage's row and key, in order."""
        return self.connection.execute('SELECT "row", key FROM passages ORDER BY "row"')

    def indexed(self) -> Iterator[tuple[int, str, Row]]:
        """Each passage's row, indexed text, and (doc_id, province, year, period), in order."""
        sql = 'SELECT "row", indexed, doc_id, province, year, period FROM passages ORDER BY "row"'
        return ((r[0], r[1], r[2:]) for r in self.connection.execute(sql))

    def owned(self, table: str) -> Iterator[Row]:
        """As ``truth.iter_owned``."""
        return iter_owned(self.connection, table)

    def indexed_text(self, row: int) -> str:
        """The indexed text of one passage."""
        return cast(str, self.connection.execute('SELECT indexed FROM passages WHERE "row" = ?', (row,)).fetchone()[0])

    def set_n_tokens(self, counted: Iterable[tuple[int, int]]) -> None:
        """Record (n_tokens, row)."""
        self.connection.executemany('UPDATE passages SET n_tokens = ? WHERE "row" = ?', counted)

    def close(self) -> None:
        """Finish the file."""
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")
        self.connection.close()

    def _insert(self, table: str, rows: list[Row]) -> None:
        if rows:
            self.connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _writable_uri(path: Path) -> str:
    return path.resolve().as_uri() + "?mode=rwc"


def _check(parsed: Parsed) -> None:
    d = parsed.document
    if len(parsed.indexed) != len(parsed.passages):
        raise ValueError(f"{d.id!r}: {len(parsed.passages)} passages but {len(parsed.indexed)} indexed texts")
    spans = [part.span for parts in (parsed.sections, parsed.passages, parsed.facts) for part in parts]
    for span in (*spans, *(f.clause for f in parsed.facts)):
        if span.doc_id != d.id or not 0 <= span.start <= span.end <= len(d.text):
            raise ValueError(f"{span} does not lie in the document {d.id!r} of {len(d.text)} characters")
    for p in parsed.passages:
        if p.text != d.text[p.span.start : p.span.end]:
            raise ValueError(f"the text of the passage {p.id!r} is not the document's at that place")


def _section_row(s: Section) -> Row:
    return (s.span.doc_id, s.span.start, s.span.end, _heading(s.heading), s.province, s.year, s.period)


def _passage_row(p: Passage, *, indexed: str, key: bytes) -> Row:
    span = (p.span.doc_id, p.span.start, p.span.end)
    return (*span, p.text, _heading(p.heading), p.province, p.year, p.period, indexed, key)


def _fact_row(f: Fact) -> Row:
    spans = (f.span.doc_id, f.span.start, f.span.end, f.clause.start, f.clause.end)
    said = (f.measure, f.figure, f.value, f.high, f.unit, f.strength, f.kind)
    return (*spans, *said, f.province, f.year, f.period)


def _heading(heading: tuple[str, ...]) -> str:
    return json.dumps(heading, ensure_ascii=False)
