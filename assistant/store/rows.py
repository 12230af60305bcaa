"""The truth of a generation, read: what SQLite gives is held against whose each row is and how it was written.

It knows no filters in memory and no indexes: ``reader`` does.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store import truth
from assistant.store.layout import REBUILD, TRUTH, Manifest
from assistant.store.owners import Owners, Row, owner_files
from assistant.store.sums import Sums
from assistant.types import Document, Fact, Filter, Holding, Passage, Section, Span

T = TypeVar("T")
_AT_ONCE = 8192
"""Passages that are read before any is passed on: some 10 MB."""


class Rows:
    """The rows of a generation; safe to share between threads.

    A store by an older program has no seals, and was compared as a whole when it was opened.
    """

    def __init__(self, place: Path, manifest: Manifest, sums: Sums) -> None:
        """:raises StoreError: the truth cannot be opened."""
        self._place, self._manifest, self._sums = place, manifest, sums
        self._lock = threading.RLock()
        self._owners: dict[str, Owners] = {}
        self._read_texts: set[str] = set()
        try:
            self._connection = truth.connect_reader(place)
        except truth.UNREADABLE as e:
            raise self._unreadable(e) from e

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def read(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """:raises StoreError: SQLite cannot read what is asked."""
        with self._lock:
            try:
                return ask(self._connection)
            except truth.UNREADABLE as e:
                raise self._unreadable(e) from e

    def owners(self, table: str = "passages") -> Owners:
        """Whose each row of a table is.

        :raises StoreError: it is damaged.
        """
        with self._lock:
            if table not in self._owners:
                self._owners[table] = self._read_owners(table)
            return self._owners[table]

    def _read_owners(self, table: str) -> Owners:
        if table != "passages" and not self._manifest.sealed:
            return Owners.gather(self.read(lambda c: list(truth.iter_owned(c, table))))
        self._sums.check_all(owner_files(table))
        return Owners.read(self._place, table)

    def document(self, doc_id: str) -> Document:
        """One document that there is."""
        (found,) = self._documents(lambda c: truth.select_documents(c, doc_id), (doc_id,))
        return self._whole(found)

    def documents(self) -> list[Document]:
        """All documents, in order of their ids."""
        return [self._whole(row) for row in self._documents(truth.select_documents)]

    def _documents(
        self, ask: Callable[[sqlite3.Connection], list[Row]], wanted: Sequence[str] | None = None
    ) -> list[Row]:
        found = self.read(ask)
        known = self.owners("documents").documents()
        numbers = np.array([known[d] for d in (known if wanted is None else wanted)], np.int64)
        described = [(known.get(row[0], -1), *row[:9]) for row in found]
        if self._manifest.sealed and not self.owners("documents").are_whole(described, numbers, once=False):
            raise self._damaged("documents")
        return found

    def _whole(self, row: Row) -> Document:
        """:raises StoreError: the text is not what it was."""
        document = truth.document(row)
        if document.id not in self._read_texts:
            if truth.sha256(document.text) != self._manifest.corpus.get(document.id):
                raise StoreError(f"the text of the document {document.id!r} is damaged: {REBUILD}")
            self._read_texts.add(document.id)
        return document

    def holdings(self) -> list[Holding]:
        """What is held of each document, without the texts, in order of their ids."""
        passages, figures = self.owners("passages").counts(), self.owners("facts").counts()
        said = self.owners("sections").provinces_of
        return [
            Holding(d, title, province, year, origin, n, sha, passages.get(d, 0), figures.get(d, 0), said(d))
            for d, title, _, province, year, origin, _, sha, n in self._documents(truth.select_described)
        ]

    def sections(self, doc_id: str) -> list[Section]:
        """The sections of a document, in order."""
        where = Filter(documents=(doc_id,))
        found = self._chosen("sections", where, lambda c: truth.select_sections(c, doc_id))
        return list(map(truth.section, found))

    def passages(self, where: Filter) -> list[Passage]:
        """The passages that the filter lets pass, in order of document and place."""
        found = self._chosen("passages", where, lambda c: truth.select_passages(c, where))
        return list(map(truth.passage, found))

    def facts(self, where: Filter) -> list[Fact]:
        """The facts that the filter lets pass, in order of document and place."""
        return list(map(truth.fact, self._chosen("facts", where, lambda c: truth.select_facts(c, where))))

    def facts_within(self, spans: Sequence[Span], where: Filter, *, few: int) -> list[Fact]:
        """Of the ``facts`` those inside one of the spans; all, where they are no more than ``few``."""
        if len(self.owners("facts").rows(where)) <= few:
            return self.facts(where)
        told = {s.doc_id for s in spans}
        if not (documents := tuple(sorted(told.intersection(where.documents or told)))):
            return []
        near = replace(where, documents=documents)
        found = self._chosen("facts", near, lambda c: truth.select_facts(c, near))
        return [f for f in map(truth.fact, found) if any(s.contains(f.span) for s in spans)]

    def texts(self) -> Iterator[tuple[int, str]]:
        """(row, text) of all passages, in order of their rows."""
        numbers = self.owners().rows(Filter())
        for start in range(0, len(numbers), _AT_ONCE):
            found = self._numbered("passages", numbers[start : start + _AT_ONCE])
            yield from sorted((row[0], row[4]) for row in found)

    def at(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages at these rows.

        :raises IndexError: there is no such row.
        """
        wanted = np.unique(np.array(rows, np.int64))
        if not (held := self.owners().are_held(wanted)).all():
            raise IndexError(f"the store has no row {wanted[~held][0]}")
        return {row[0]: truth.passage(row) for row in self._numbered("passages", wanted)}

    def _chosen(self, table: str, where: Filter, ask: Callable[[sqlite3.Connection], list[Row]]) -> list[Row]:
        """The rows of a table that the filter lets pass; as SQLite tells by itself, where nothing else can."""
        return self._numbered(table, self.owners(table).rows(where)) if self._manifest.sealed else self.read(ask)

    def _numbered(self, table: str, numbers: NDArray[np.int64]) -> list[Row]:
        found = self.read(lambda c: truth.select_numbered(c, table, numbers))
        if self._manifest.sealed and not self.owners(table).are_whole(found, numbers, once=True):
            raise self._damaged(table)
        return truth.in_order(table, found)

    def _damaged(self, table: str) -> StoreError:
        return StoreError(f"the {table} in {str(self._place / TRUTH)!r} are damaged: {REBUILD}")

    def _unreadable(self, error: Exception) -> StoreError:
        return StoreError(f"cannot read {str(self._place / TRUTH)!r} (SQLite says {str(error)!r}): {REBUILD}")
