"""A store, read: one generation, whole and unchanging. It knows nothing about models, only how to search vectors."""

from __future__ import annotations

import difflib
import functools
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError, StoreStale
from assistant.leaving import go_on
from assistant.store import truth
from assistant.store.index import ALL, Embedded, SearchIndex
from assistant.store.layout import (
    BLOCKS,
    EMBEDDED,
    MILVUS,
    MORE,
    REBUILD,
    TERMS,
    WORD_LIST,
    Manifest,
    file_record,
    folder_name,
    read_current,
    read_manifest,
)
from assistant.store.milvus import Milvus
from assistant.store.milvus_index import MilvusIndex
from assistant.store.rows import Rows
from assistant.store.scan import Scan
from assistant.store.segment import Segmenter
from assistant.store.sums import Sums
from assistant.store.ties import Scored
from assistant.store.vectors import Allowed, Tokens
from assistant.store.words import weigh
from assistant.types import Document, Fact, Filter, Holding, Passage, Section, Span

T = TypeVar("T")
CHECKED_BYTES = 16_000_000
"""Up to so many bytes in all, every file is compared with its checksum at opening (some 20 ms); of larger stores each
part is when it is first read, and all of it by ``verify``."""
_PLACE = re.compile(r"[0-9]{1,15}-[0-9]{1,15}")
SMALL = 20_000
"""Passages up to which all are kept in memory once one was asked for, some 40 MB with their figures: a list over all
provinces reads each of them several times."""
SELECTIONS = 128
"""Filters whose passages or figures are remembered."""
SINGLE = 8192
"""Passages kept in memory one by one: those of the figures of some thirty reports."""
PLACED = 4096
"""Documents of which it is kept where their passages lie, 2 KB each: a comparison asks for those of every figure."""


class Store:
    """A reader of one generation; safe to share between threads. Its index is opened when first searched."""

    def __init__(
        self, folder: Path, manifest: Manifest, segmenter: Segmenter | None = None, server: Milvus | None = None
    ) -> None:
        """Use ``open``."""
        self.folder = folder
        self.manifest = manifest
        self.generation = manifest.generation
        self._place = folder / folder_name(manifest.generation)
        self._lock = threading.RLock()
        self._scanning = threading.Lock()
        self._scanned: Scan | None = None
        self._given = segmenter
        self._server = server
        self._sums = Sums(self._place, manifest)
        self._truth = Rows(self._place, manifest, self._sums)
        self._opened: dict[str, Any] = {}
        self._allowed = functools.lru_cache(maxsize=16)(self._make_allowed)
        self._selected = functools.lru_cache(maxsize=SELECTIONS)(self._select)
        self._passage = functools.lru_cache(maxsize=SINGLE)(lambda row: self.passages_at((row,))[0])
        self._row_at = functools.lru_cache(maxsize=SINGLE)(self._find_row_at)
        self._placed = functools.lru_cache(maxsize=PLACED)(self._read_placed)
        self._document = functools.lru_cache(maxsize=64)(self._read_document)  # a report is some 100 KB

    @classmethod
    def open(cls, folder: Path, *, segmenter: Segmenter | None = None, server: Milvus | None = None) -> Store:
        """Open the current generation.

        :param segmenter: spares the store making its own; it must segment as at the build.
        :param server: holds vectors and words, if they do not lie in the store; only searches need it.
        :raises StoreMissing: there is no store.
        :raises StoreStale: another format, or another segmenter.
        :raises StoreError: files are missing or cut short; the message names them.
        """
        place = folder / folder_name(read_current(folder))
        manifest = read_manifest(place)
        wrong = [name for name, (size, _) in manifest.files.items() if _size(place / name) != size]
        wrong += [f"{BLOCKS}/{n}" for n, end in manifest.blocks.items() if (_size(folder / BLOCKS / n) or 0) < end]
        if wrong:
            raise StoreError(f"the store {str(place)!r} lacks or has cut short {', '.join(wrong)}: {REBUILD}")
        if not manifest.sealed or sum(size for size, _ in manifest.files.values()) <= CHECKED_BYTES:
            damaged = [name for name, record in manifest.files.items() if file_record(place / name) != record]
            if damaged:
                raise StoreError(f"in the store {str(place)!r} {', '.join(damaged)} is damaged: {REBUILD}")
        store = cls(folder, manifest, segmenter, server)
        if segmenter is not None:
            try:
                store.check_segmenter(segmenter)
            except StoreStale:
                store.close()
                raise
        return store

    def is_current(self) -> bool:
        """Whether no newer generation has been committed."""
        try:
            return read_current(self.folder) == self.generation
        except StoreError:
            return False

    def check_model(self, fingerprint: str) -> None:
        """:raises StoreStale: the store was built with another model."""
        built = self.manifest.model
        if fingerprint != built.fingerprint:
            raise StoreStale(
                f"the store {str(self.folder)!r} was built with the model {built.name!r} ({built.fingerprint[:12]}), not "
                f"with the one that is set ({fingerprint[:12]}): {REBUILD}, or set model = {built.name!r}"
            )

    def check_index(self) -> None:
        """:raises StoreStale: vectors and words lie elsewhere than is set."""
        built, found = self.manifest.engine, EMBEDDED if self._server is None else MILVUS
        if built != found:
            raise StoreStale(
                f"the store {str(self.folder)!r} was built with index = {built!r}, set is {found!r}: {REBUILD}, or set "
                f"index = {built!r} (SHENGWEN_INDEX)"
            )

    def check_segmenter(self, segmenter: Segmenter) -> None:
        """:raises StoreStale: the store was built with another segmenter or other words."""
        built = self.manifest.segmenter
        if (segmenter.name, segmenter.version) != (built.name, built.version):
            raise StoreStale(
                f"the store {str(self.folder)!r} was segmented by {built.name} {built.version}, this program has "
                f"{segmenter.name} {segmenter.version}: {REBUILD}"
            )
        if segmenter.words_sha256 != built.words:
            raise StoreStale(
                f"the lexicon's words have changed since the store {str(self.folder)!r} was built: {REBUILD}"
            )

    @property
    def segmenter(self) -> Segmenter:
        """The segmenter of the build."""
        return self._given if self._given is not None else self._part("segmenter", self._make_segmenter)

    def _make_segmenter(self) -> Segmenter:
        self._sums.check(WORD_LIST)
        segmenter = Segmenter((self._place / WORD_LIST).read_text(encoding="utf-8").splitlines())
        self.check_segmenter(segmenter)
        return segmenter

    def documents(self) -> tuple[Document, ...]:
        """All documents, in order of their ids."""
        go_on()
        return tuple(self._truth.documents())

    def document(self, doc_id: str) -> Document:
        """:raises StoreError: there is no such document; the message names the nearest ids."""
        return self._document(doc_id)

    def _read_document(self, doc_id: str) -> Document:
        if doc_id in self.manifest.corpus:
            return self._truth.document(doc_id)
        near = difflib.get_close_matches(doc_id, self.manifest.corpus, n=3, cutoff=0.3)
        hint = f"the nearest ids are {', '.join(map(repr, near))}" if near else "see `shengwen index list`"
        raise StoreError(f"the store has no document {doc_id!r}; {hint}")

    def text(self, span: Span) -> str:
        """The document's text at a span.

        :raises StoreError: there is no such document.
        """
        return self.document(span.doc_id).text[span.start : span.end]

    def contents(self) -> tuple[Holding, ...]:
        """What is held of each document, without the texts, in order of their ids."""
        return tuple(self._truth.holdings())

    def doc_ids(self) -> tuple[str, ...]:
        """The ids of all documents, in order."""
        return tuple(sorted(self.manifest.corpus))

    def provinces(self) -> tuple[str, ...]:
        """The provinces that passages are of, sorted."""
        return self._part("provinces", lambda: tuple(self._truth.owners().provinces()))

    def years(self) -> tuple[int, ...]:
        """The years that passages are of, ascending."""
        return self._part("years", lambda: tuple(self._truth.owners().years()))

    @functools.cached_property
    def report_years(self) -> Mapping[str, int]:
        """The year of each document that has one, by its id."""
        return self._truth.owners("documents").years_of_documents()

    @functools.cached_property
    def placeless(self) -> tuple[str, ...]:
        """The documents none of whose passages is of a province."""
        return self._truth.owners().placeless()

    @functools.cached_property
    def spans_of_years(self) -> Mapping[str | None, tuple[int, int]]:
        """The first and the last year that are told of each province (``None``: of no province)."""
        return self._truth.owners().spans_of_years()

    def sections(self, doc_id: str) -> tuple[Section, ...]:
        """The sections of a document, in order."""
        return tuple(self._truth.sections(doc_id))

    def passage(self, row: int) -> Passage:
        """:raises IndexError: there is no such row."""
        return self._passage(row)

    def passages_at(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        """The passages at these rows, in their order.

        :raises IndexError: there is no such row.
        """
        found = self._truth.at(rows)
        return tuple(found[row] for row in rows)

    def passages(self, where: Filter = ALL) -> tuple[Passage, ...]:
        """The passages that the filter lets pass, in order of document and place."""
        go_on()
        if self.is_small:
            return self._selected(self._truth.passages, where)
        return tuple(self._truth.passages(where))

    def rows(self, where: Filter = ALL) -> NDArray[np.int64]:
        """The rows of these passages, ascending."""
        return self._allowed(where).rows

    def row_of(self, passage_id: str) -> int:
        """The row of the passage ``doc_id:start-end``.

        :raises StoreError: there is no such passage.
        """
        doc_id, _, place = passage_id.rpartition(":")
        start, _, end = place.partition("-")
        if doc_id in self.manifest.corpus and _PLACE.fullmatch(place):
            rows, starts, ends = self._placed(doc_id)
            found = rows[(starts == int(start)) & (ends == int(end))]
            if len(found):
                return int(found[0])
        raise StoreError(f"the store has no passage {passage_id!r}: it may be of an older build")

    def row_at(self, span: Span) -> int:
        """The row of the passage in which a span begins.

        :raises StoreError: no passage holds that place.
        """
        found = self._row_at(span)
        if found is None:
            raise StoreError(f"no passage of the store holds the place {span.start} of the document {span.doc_id!r}")
        return found

    def _find_row_at(self, span: Span) -> int | None:
        """Passages may overlap, so the one that begins last."""
        rows, starts, ends = self._placed(span.doc_id)
        before = int(np.searchsorted(starts, span.start, side="right"))
        holding = np.flatnonzero(ends[:before] > span.start)
        return int(rows[holding[-1]]) if len(holding) else None

    def _read_placed(self, doc_id: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The rows of a document's passages, ascending, and where each starts and ends, in order too."""
        where = Filter(documents=(doc_id,))
        spans = [(p.span.start, p.span.end) for p in self._truth.passages(where)]
        starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
        return self._truth.owners().rows(where), starts, ends

    def facts(self, where: Filter = ALL) -> tuple[Fact, ...]:
        """The facts that the filter lets pass, in order of document and place."""
        go_on()
        if self.is_small:
            return self._selected(self._truth.facts, where)
        return tuple(self._truth.facts(where))

    def facts_within(self, spans: Sequence[Span], where: Filter = ALL, *, few: int = 0) -> tuple[Fact, ...]:
        """Of the ``facts`` those inside one of the spans; all, where they are no more than ``few``."""
        if self.is_small:
            facts = self.facts(where)
            return facts if len(facts) <= few else tuple(f for f in facts if any(s.contains(f.span) for s in spans))
        return tuple(self._truth.facts_within(spans, where, few=few))

    @property
    def scan(self) -> Scan:
        """Every passage's text, to be searched for all that write a wording; read when first asked for."""
        with self._scanning:  # not the lock of all parts: of a million passages it takes 20 s
            if self._scanned is None:
                self._scanned = Scan(self._truth.texts())
            return self._scanned

    @property
    def is_small(self) -> bool:
        """Whether all passages are kept in memory."""
        return self.manifest.counts["passages"] <= SMALL

    def _select(self, read: Callable[[Filter], list[T]], where: Filter) -> tuple[T, ...]:
        """Of a small store: read once as a whole, then chosen among in memory."""
        if where == ALL:
            return tuple(read(ALL))
        return tuple(part for part in self._selected(read, ALL) if where.accepts(part))

    def search_words(self, terms: Sequence[tuple[str, float]] | str, k: int, where: Filter = ALL) -> Scored:
        """The best k (row, BM25 score), ties by row; only rows that share a term, never a score of 0.

        :param terms: a text, or terms with their weights, so that a synonym can count for less.
        """
        _check_k(k)
        words, grams = weigh(terms, segmenter=self.segmenter)
        return self.index.search_words(words, grams, k=k, where=where)

    def search_vectors(self, vector: NDArray[np.float32], k: int, where: Filter = ALL) -> Scored:
        """The best k (row, cosine), ties by row.

        :param vector: (d,) of the dimension of the store's model.
        """
        _check_k(k)
        if vector.shape != (self.manifest.model.dimension,):
            raise ValueError(f"the vector has the shape {vector.shape}, not ({self.manifest.model.dimension},)")
        return self.index.search_vectors(vector, k=k, where=where)

    def tokens(self, row: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        """A passage's token vectors, (n, d) int8, and their scales, (n,) float32: views into the memory map.

        :raises IndexError: there is no such row.
        """
        return self.tokens_at((row,))[0]

    def tokens_at(self, rows: Sequence[int]) -> list[tuple[NDArray[np.int8], NDArray[np.float32]]]:
        """The ``tokens`` of these rows, in their order.

        :raises IndexError: there is no such row.
        """
        size = sum(self.manifest.rows)
        if missing := [row for row in rows if not 0 <= row < size]:
            raise IndexError(f"the store has no row {missing[0]}")
        tokens: Tokens = self._part("tokens", lambda: Tokens(self._place, self.manifest.rows))
        return tokens.at(rows)

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            self._truth.close()
            if "index" in self._opened:
                self._opened["index"].close()
            self._opened.clear()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def index(self) -> SearchIndex:
        """What searches vectors and words.

        :raises StoreStale: as ``check_index``.
        """
        return self._part("index", self._open_index)

    def _open_index(self) -> SearchIndex:
        self.check_index()
        if self._server is None:
            return Embedded(self._place, self.manifest, self._allowed, self._sums)
        self._sums.check_all((TERMS, f"{MORE}/{TERMS}"))
        gone = self._truth.read(truth.select_gone) if "more" in self.manifest.vectors else ()
        return MilvusIndex(self._server, self._place, self.manifest, gone)

    def _make_allowed(self, where: Filter) -> Allowed:
        rows = self._truth.owners().rows(where)
        allowed = np.zeros(sum(self.manifest.rows), bool)
        allowed[rows] = True
        return Allowed(np.packbits(allowed, bitorder="little"), rows)

    def _part(self, name: str, make: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._opened:
                self._opened[name] = make()
            part: T = self._opened[name]
            return part


def _check_k(k: int) -> None:
    if k < 1:
        raise ValueError(f"k is {k}, not at least 1")


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
