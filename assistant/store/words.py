"""The word index (Tantivy, BM25): written once for a generation, then only read. It knows rows, not passages.

Two fields are scored: ``words`` as the segmenter gives them, and ``grams``, characters by ones and twos, at a lower
weight, so that a term the segmenter cut in another place is still found.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import StoreError
from assistant.store.layout import REBUILD, link_tree
from assistant.store.segment import Segmenter, query_grams
from assistant.store.ties import Scored, best
from assistant.types import Filter

GRAM_WEIGHT = 0.5
"""Tuned on the 1,002 questions of CMRC 2018 trial: MRR@10 0.975 without grams, 0.980 at 0.2, 0.982 at 0.5, 0.972 alone."""
_HEAP_MIN, _HEAP_MAX, _HEAP_PER_CHAR = 50_000_000, 1_000_000_000, 60
"""Bytes the writer may use, taken as needed. Enough for all text gives one segment, in the order of rows."""
_FETCHED = 64
"""Passages asked for at once: Tantivy scores all that share a term however few are wanted, so 64 take as long as 16,
and equal texts at the cut seldom make it search twice."""
FROM = 50_000
"""Passages from which terms that stand in more than ``COMMON`` of them are not searched for, unless all do."""
COMMON = 0.25
"""Such terms are most of what a search reads and tell least. Without them BM25 beside vectors ranks as well (MRR@10 0.994
and 0.994 on CMRC 2018 trial, 0.808 and 0.809 on the shipped questions), alone a little worse (0.979 and 0.978, 0.659 and
0.640); that is why smaller indexes, which are quick, keep them."""
_FILTERED = (("doc_id", "documents"), ("province", "provinces"), ("year", "years"), ("period", "periods"))


Entries = Iterable[tuple[int, str, tuple[Any, ...]]]
"""(row, text, (doc_id, province, year, period)) of each passage."""


def build_words(folder: Path, entries: Entries, *, segmenter: Segmenter, n_chars: int) -> None:
    """Index the passages into an empty folder.

    :raises StoreError: the index cannot be written.
    """
    import tantivy

    with _written(folder):
        _write(tantivy.Index(_schema(), str(folder), reuse=False), entries, segmenter=segmenter, n_chars=n_chars)


def extend_words(
    base: Path, folder: Path, entries: Entries, *, gone: Iterable[str], segmenter: Segmenter, n_chars: int
) -> None:
    """The index in ``base`` less the documents ``gone``, with more passages, into an empty folder.

    Its files are shared by links: Tantivy never changes one, but writes others beside it and names them anew.
    Documents that are gone still count in how rare a term is, until the base is built again.

    :raises StoreError: the index cannot be written.
    """
    import tantivy

    named = [p.name for p in base.iterdir() if p.is_file()]
    link_tree(base, folder, (name for name in named if not name.endswith(".json")))
    for name in named:
        if name.endswith(".json"):  # the lists of files, which it replaces
            shutil.copyfile(base / name, folder / name)
    with _written(folder):
        _write(tantivy.Index.open(str(folder)), entries, segmenter=segmenter, n_chars=n_chars, gone=gone)


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    try:
        yield
    except ValueError as e:  # what tantivy raises for everything, a full disk too
        raise StoreError(f"cannot write the word index {str(folder)!r}: {e}; check the free space") from e
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()
    for path in folder.iterdir():  # Tantivy makes some files for their owner alone
        if path.stat().st_mode & 0o777 != (wanted := folder.stat().st_mode & 0o666):
            path.chmod(wanted)


def _write(index: Any, entries: Entries, *, segmenter: Segmenter, n_chars: int, gone: Iterable[str] = ()) -> None:
    import tantivy

    spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", spaces)
    writer = index.writer(min(max(_HEAP_MIN, n_chars * _HEAP_PER_CHAR), _HEAP_MAX), 1)
    for doc_id in gone:
        writer.delete_documents_by_term("doc_id", doc_id)
    for row, text, owner in entries:
        words, grams = segmenter.indexed(text)
        writer.add_document(_document(row, owner, words=words, grams=grams))
    writer.commit()
    writer.wait_merging_threads()


def _document(row: int, owner: tuple[Any, ...], *, words: list[str], grams: list[str]) -> Any:
    import tantivy

    doc_id, province, year, period = owner
    document = tantivy.Document()
    document.add_unsigned("row", row)
    for name, value in (("doc_id", doc_id), ("province", province), ("period", period)):
        if value is not None:
            document.add_text(name, value)
    if year is not None:
        document.add_integer("year", year)
    document.add_text("words", " ".join(words))
    document.add_text("grams", " ".join(grams))
    return document


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", fast=True)
    for name in ("words", "grams"):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="freq")
    for name in ("doc_id", "province", "period"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("year", indexed=True)
    return builder.build()


@contextlib.contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turn what Tantivy raises on damaged files into one clear error: ``ValueError``, or Rust's panic."""
    try:
        yield
    except (ValueError, OSError) as e:
        raise StoreError(f"cannot read the word index {str(folder)!r} ({e}): {REBUILD}") from None
    except BaseException as e:
        if type(e).__name__ != "PanicException":  # pyo3 derives it from BaseException and exports it nowhere
            raise
        raise StoreError(f"cannot read the word index {str(folder)!r}, which is damaged: {REBUILD}") from None


class Words:
    """A reader of the word index; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """:raises StoreError: the index cannot be opened."""
        import tantivy

        self._folder = folder
        self._links: tempfile.TemporaryDirectory[str] | None = None
        with _readable(folder):
            index = tantivy.Index.open(self._writable(folder))
            index.config_reader(reload_policy="manual")  # a generation never changes; the default starts a thread
            self._searcher = index.searcher()
            self._schema = index.schema

    def _writable(self, folder: Path) -> str:
        """The folder, or, since Tantivy wants to lock even to read, a folder of links where it may not be written."""
        if os.access(folder, os.W_OK):
            return str(folder)
        self._links = tempfile.TemporaryDirectory(prefix="shengwen-")
        for path in folder.resolve().iterdir():
            if not path.name.endswith(".lock"):
                _link(path, Path(self._links.name) / path.name)
        return self._links.name

    @property
    def size(self) -> int:
        """How many passages are indexed."""
        return int(self._searcher.num_docs)

    def search(self, words: Mapping[str, float], grams: Mapping[str, float], *, k: int, where: Filter) -> Scored:
        """The best k (row, score) for weighted words and grams, ties by row; a score of 0 is no hit."""
        from tantivy import Occur, Query

        scored = [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, field, term, "freq"), weight))
            for field, term, weight in self._telling(words, grams)
        ]
        if not scored:
            return []
        query = Query.boolean_query([(Occur.Must, Query.boolean_query(scored)), *self._allowed(where)])

        def fetch(limit: int) -> Scored:
            found = self._searcher.search(query, min(limit, max(self.size, 1)), count=False).hits
            rows = self._searcher.fast_field_values("row", [address for _, address in found])
            return [(int(row), float(score)) for row, (score, _) in zip(rows, found, strict=True) if score > 0]

        with _readable(self._folder):
            return best(k, fetch, at_least=_FETCHED)

    def _telling(self, words: Mapping[str, float], grams: Mapping[str, float]) -> list[tuple[str, str, float]]:
        """(field, term, weight) of what is searched for; see ``COMMON``."""
        fields = (("words", words), ("grams", grams))
        weighted = [(field, term, w) for field, terms in fields for term, w in terms.items() if w > 0]
        if self.size < FROM:
            return weighted
        with _readable(self._folder):
            told = [t for t in weighted if 0 < self._searcher.doc_freq(t[0], t[1]) <= COMMON * self.size]
        return told or weighted

    def _allowed(self, where: Filter) -> list[tuple[Any, Any]]:
        from tantivy import Occur, Query

        return [
            (Occur.Must, Query.const_score_query(Query.term_set_query(self._schema, field, sound(values)), 0.0))
            for field, name in _FILTERED
            if (values := getattr(where, name))
        ]

    def close(self) -> None:
        """Remove the folder of links, if there is one."""
        if self._links is not None:
            self._links.cleanup()
            self._links = None


def weigh(
    query: str | Iterable[tuple[str, float]], *, segmenter: Segmenter
) -> tuple[dict[str, float], dict[str, float]]:
    """A query as weighted words and grams: each counts once, at its greatest weight.

    A term that segmentation does not keep whole shares its weight among its parts.

    :raises ValueError: a weight that is negative or not finite.
    """
    words: dict[str, float] = {}
    grams: dict[str, float] = {}
    if isinstance(query, str):
        words = dict.fromkeys(segmenter.terms(query), 1.0)
        return words, dict.fromkeys(query_grams(query), GRAM_WEIGHT)
    for term, weight in query:
        if not 0 <= weight < float("inf"):
            raise ValueError(f"the weight of {term!r} is {weight}, not a finite number from 0")
        pieces = segmenter.pieces(term)
        for piece in pieces:
            words[piece] = max(words.get(piece, 0.0), weight / len(pieces))
        for gram in segmenter.grams(term):
            grams[gram] = max(grams.get(gram, 0.0), weight * GRAM_WEIGHT)
    return words, grams


def sound(values: Iterable[Any]) -> list[Any]:
    """The values, half characters (which only hostile JSON holds) replaced: no index takes any."""
    return [v.encode(errors="replace").decode() if isinstance(v, str) else v for v in values]


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:  # Windows without the right to make links
        shutil.copyfile(source, target)
