"""Writing a store: a new generation beside the old, made current by one atomic step."""

from __future__ import annotations

import contextlib
import datetime
import operator
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError
from assistant.store import layout
from assistant.store.blocks import Place
from assistant.store.embeddings import DamagedRow, Embeddings, Model, text_key
from assistant.store.layout import MORE, Manifest, ModelRecord, SegmenterRecord, explained, folder_name
from assistant.store.lock import Lock
from assistant.store.milvus import Milvus
from assistant.store.milvus_index import Filling
from assistant.store.owners import TABLES, Owners
from assistant.store.segment import Segmenter
from assistant.store.sums import Sums, write_sums
from assistant.store.truth import connect_reader, select_base, select_corpus, select_ends
from assistant.store.truth_writer import Parsed, TruthWriter
from assistant.store.vectors import all_places, build_vectors, needed_by
from assistant.store.words import build_words, extend_words
from assistant.types import Filter, Progress

KEPT = 2
"""Generations left on disk: the current one, and the one before for processes that still read it."""
APPEND_FROM = 20_000
"""Rows from which a base is kept and added to. A smaller store is written whole, in seconds, and is then the same
whatever way its documents came."""
OWN = (layout.OWNERS, layout.SUMS)
"""What the names of the files begin with that every generation writes anew, whether it has a base or not."""
MORE_SHARE = 0.05
"""Of the base's rows: when more came or went since it was built, it is built again. What came is compared one by one,
and what went still counts in how rare a term is."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a commit wrote: beside which base, how many rows, and what is said of their index."""

    base: Manifest | None
    rows: int
    vectors: dict[str, Any]


class Writer:
    """The one writer of a store; a context manager, which holds the lock.

    :param server: where vectors and words go; ``None``: into the store's folder.
    """

    def __init__(self, folder: Path, model: Model, segmenter: Segmenter, server: Milvus | None = None) -> None:
        self._folder = folder
        self._model = model
        self._segmenter = segmenter
        self._server = server
        self._lock = Lock(folder)

    def __enter__(self) -> Writer:
        """:raises StoreError: the folder cannot be made or written, or another process writes it."""
        with explained("write the store", self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.release()

    def commit(
        self,
        parsed: Iterable[Parsed],
        *,
        keep: Iterable[str] = (),
        failures: Iterable[tuple[str, str]] = (),
        progress: Progress | None = None,
    ) -> int:
        """Make a generation of the documents in ``parsed`` and the present ones in ``keep``; return its number.

        A document of both comes from ``parsed``. Only texts that were never embedded are. Until the last step the
        present generation stays current; an interrupted commit leaves it whole, and what was embedded is kept.

        :param failures: (path, reason) of what could not be read, for the record.
        :param progress: told the stages ``documents`` (of 0 if their number is not known), ``embed``, ``vectors``,
            ``words``, ``sync`` and ``switch``.
        :raises StoreError: two documents of one id, nothing to keep under an id, or the disk refuses.
        """
        if not self._lock.held:
            raise RuntimeError("a Writer commits only inside its `with` block")
        report = progress if progress is not None else _silent
        with explained("write the store", self._folder):
            layout.clean(self._folder, keep=KEPT)
            generation = max((*layout.generations(self._folder), self._present() or 0)) + 1
            temporary = self._folder / f"{folder_name(generation)}.tmp"
            temporary.mkdir()
            try:
                part = self._fill(temporary, parsed, keep=frozenset(keep), report=report)
                self._finish(temporary, generation, part=part, failures=tuple(failures), report=report)
            except BaseException:
                shutil.rmtree(temporary, ignore_errors=True)
                raise
            report("switch", 0, 1)
            layout.switch_current(self._folder, generation)
            layout.clean(self._folder, keep=KEPT)
            self._collect()
            report("switch", 1, 1)
        return generation

    def _present(self) -> int | None:
        try:
            return layout.read_current(self._folder)
        except StoreError:  # none yet, or damaged: a build is the remedy, so it must not stop here
            return None

    def _fill(self, place: Path, parsed: Iterable[Parsed], *, keep: frozenset[str], report: Progress) -> Part:
        base = self._base(keep)
        with contextlib.ExitStack() as open_files:
            truth = self._truth(place / MORE if base else place, first=self._first(base) if base else None)
            open_files.callback(lambda: truth.close())  # whichever it is in the end
            total = operator.length_hint(parsed)
            report("documents", 0, total)
            for done, one in enumerate(parsed, 1):
                truth.add(one)
                report("documents", done, total)
            gone = self._copy(truth, base, keep)
            if base and truth.n_passages() + self._rows_of(base, gone) > MORE_SHARE * base.rows[0]:
                truth, base = self._whole(place, truth, keep), None
            truth.bury(gone if base else ())
            truth.number()
            if base:
                names = [name for name in base.files if not name.startswith((f"{MORE}/", *OWN))]
                layout.link_tree(self._folder / folder_name(base.generation), place, names)
            embeddings = Embeddings(self._folder / layout.EMBEDDINGS, dimension=self._model.dimension)
            open_files.callback(embeddings.close)
            told = self._fill_vectors(place, truth, embeddings, base=base, report=report)
            self._fill_words(place, truth, gone=gone if base else None, report=report)
            self._fill_owners(place, truth, base=base, gone=gone)
            return Part(base, truth.n_passages(), told)

    def _truth(self, folder: Path, *, first: Mapping[str, int] | None = None) -> TruthWriter:
        folder.mkdir(exist_ok=True)
        return TruthWriter(folder / layout.TRUTH, key=lambda text: text_key(self._model, text), first=first)

    def _first(self, base: Manifest) -> dict[str, int]:
        """The numbers of the rows that come next to a base."""
        with contextlib.closing(connect_reader(self._folder / folder_name(base.generation))) as held:
            return select_ends(held)

    def _base(self, keep: frozenset[str]) -> Manifest | None:
        """The present generation, if what comes can be put beside its base."""
        if not keep:
            return None
        present = layout.read_manifest(self._folder / folder_name(layout.read_current(self._folder)))
        segmenter, model = self._segmenter, self._model
        same = present.model == ModelRecord(model.name, model.fingerprint, model.dimension)
        same = same and present.segmenter == SegmenterRecord(segmenter.name, segmenter.version, segmenter.words_sha256)
        same = same and present.sealed  # beside a base without checksums no part could have any
        return present if same and present.rows[0] >= APPEND_FROM and self._holds(present) else None

    def _holds(self, base: Manifest) -> bool:
        """Whether the base's vectors and words are where those that come will be."""
        if self._server is None:
            return base.engine == layout.EMBEDDED
        return base.engine == layout.MILVUS and self._server.holds(str(base.vectors["collection"]))

    def _copy(self, truth: TruthWriter, base: Manifest | None, keep: frozenset[str]) -> frozenset[str]:
        """Take over what is kept, beside a base what came since it; return which of the base's documents are gone."""
        if not keep:
            return frozenset()
        present = self._folder / folder_name(layout.read_current(self._folder))
        with contextlib.closing(connect_reader(present)) as held:
            known = select_corpus(held)
            in_base = select_base(held)
        if missing := sorted(d for d in keep if d not in known and d not in truth):
            raise StoreError(f"the store has no document {missing[0]!r} to keep: see `shengwen index list`")
        self._take(truth, f"{MORE}/{layout.TRUTH}", keep)
        if base is None:
            self._take(truth, layout.TRUTH, keep)
            return frozenset()
        return frozenset(d for d in in_base if d not in keep or d in truth)

    def _take(self, truth: TruthWriter, name: str, doc_ids: Iterable[str]) -> None:
        """Copy documents of the present generation, if its file is whole: damage would get a checksum of its own.

        :raises StoreError: it is not.
        """
        present = self._folder / folder_name(layout.read_current(self._folder))
        expected = layout.read_manifest(present).files.get(name)
        if expected is not None and layout.file_record(present / name) != expected:
            raise StoreError(f"in the store {str(present)!r} {name} is damaged: {layout.REBUILD}")
        truth.copy(present / name, doc_ids)

    def _rows_of(self, base: Manifest, gone: frozenset[str]) -> int:
        owners = Owners.read(self._folder / folder_name(base.generation))
        return base.rows[0] - len(owners.without(gone, rows=base.rows[0]).rows(Filter()))

    def _whole(self, place: Path, more: TruthWriter, keep: frozenset[str]) -> TruthWriter:
        """One truth of a base and what came since."""
        more.close()
        truth = self._truth(place)
        truth.copy(more.path, more.documents())
        self._take(truth, layout.TRUTH, keep)
        shutil.rmtree(place / MORE)
        return truth

    def _fill_vectors(
        self, place: Path, truth: TruthWriter, embeddings: Embeddings, *, base: Manifest | None, report: Progress
    ) -> dict[str, Any]:
        for _ in range(2):
            self._embed(truth, embeddings, report=report)
            try:
                return self._write_vectors(place, truth, embeddings, base=base, report=report)
            except DamagedRow:
                embeddings.drop_damaged()
        raise StoreError(f"{str(embeddings.path)!r} stays damaged: check the disk, remove the file, and build again")

    def _embed(self, truth: TruthWriter, embeddings: Embeddings, *, report: Progress) -> None:
        missing = {key: row for row, key in truth.keys() if key not in embeddings}
        texts = {key: truth.indexed_text(row) for key, row in missing.items()}
        report("embed", 0, len(texts))
        embeddings.embed(texts, model=self._model, progress=lambda done, total: report("embed", done, total))

    def _write_vectors(
        self, place: Path, truth: TruthWriter, embeddings: Embeddings, *, base: Manifest | None, report: Progress
    ) -> dict[str, Any]:
        keys = list(truth.keys())
        counts = []

        def entries() -> Iterator[tuple[NDArray[np.float32], Place]]:
            for done, (row, key) in enumerate(keys):
                if done % 1024 == 0:
                    report("vectors", done, len(keys))
                pooled, where = embeddings.read(key)
                counts.append((where.n_tokens, row))
                yield pooled, where

        report("vectors", 0, len(keys))
        target, dimension = place / MORE if base else place, self._model.dimension
        if self._server is None:
            told = build_vectors(target, entries(), dimension=dimension)
            told = dict(base.vectors) if base else told
        else:
            filling = Filling(
                self._server, place.stem, truth, base=base, dimension=dimension, segmenter=self._segmenter
            )
            build_vectors(target, entries(), dimension=dimension, take=filling.add)
            told = filling.finish(target)
        truth.set_n_tokens(counts)
        report("vectors", len(keys), len(keys))
        return told

    def _fill_words(self, place: Path, truth: TruthWriter, *, gone: frozenset[str] | None, report: Progress) -> None:
        """The word index; where there is a base (``gone`` is not ``None``), its own with what came since."""
        n_passages = truth.n_passages()

        def entries() -> Iterator[tuple[int, str, tuple[Any, ...]]]:
            for done, entry in enumerate(truth.indexed()):
                if done % 1024 == 0:
                    report("words", done, n_passages)
                yield entry

        if gone is None:
            words = "\n".join(self._segmenter.words)
            (place / layout.WORD_LIST).write_text(words, encoding="utf-8", newline="\n")
        if self._server is not None:
            return
        report("words", 0, n_passages)
        options: dict[str, Any] = {"segmenter": self._segmenter, "n_chars": truth.n_chars()}
        target = (place if gone is None else place / MORE) / layout.WORDS
        target.mkdir()
        if gone is None:
            build_words(target, entries(), **options)
        else:
            extend_words(place / layout.WORDS, target, entries(), gone=sorted(gone), **options)
        report("words", n_passages, n_passages)

    def _fill_owners(self, place: Path, truth: TruthWriter, *, base: Manifest | None, gone: frozenset[str]) -> None:
        first = self._first(base) if base else {}
        for table in TABLES:
            owners = Owners.gather(truth.owned(table))
            if base:
                before = Owners.read(self._folder / folder_name(base.generation), table)
                owners = before.without(gone, rows=first[table]).followed_by(owners)
            owners.write(place, table)

    def _finish(
        self, temporary: Path, generation: int, *, part: Part, failures: tuple[tuple[str, str], ...], report: Progress
    ) -> None:
        """Write the manifest, force everything to the disk, and give the folder its name."""
        report("sync", 0, 1)
        base = part.base
        write_sums(temporary, Sums(self._folder / folder_name(base.generation), base).by_inode() if base else None)
        with contextlib.closing(connect_reader(temporary)) as truth:
            corpus = select_corpus(truth)
        segmenter, model = self._segmenter, self._model
        manifest = Manifest(
            generation=generation,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            model=ModelRecord(model.name, model.fingerprint, model.dimension),
            segmenter=SegmenterRecord(segmenter.name, segmenter.version, segmenter.words_sha256),
            counts=_counts(temporary),
            corpus=corpus,
            files=layout.file_records(temporary, self._linked(base) if base else None),
            failures=failures,
            rows=(base.rows[0], part.rows) if base else (part.rows, 0),
            blocks=needed_by(temporary),
            vectors=part.vectors,
        )
        layout.write_manifest(temporary, manifest)
        layout.sync_tree(temporary)
        os.rename(temporary, self._folder / folder_name(generation))
        layout.sync_folder(self._folder)
        report("sync", 1, 1)

    def _linked(self, base: Manifest) -> dict[int, tuple[int, str]]:
        """What is known of the files that a new generation shares, by inode."""
        place = self._folder / folder_name(base.generation)
        return {(place / name).stat().st_ino: record for name, record in base.files.items()}

    def _collect(self) -> None:
        """Let go of what no generation names any more; not worth failing for once the generation is there."""
        wanted: dict[str, int] = {}
        with contextlib.suppress(StoreError, OSError, sqlite3.Error):
            manifests = [layout.read_manifest(place) for place in layout.generations(self._folder).values()]
            for manifest in manifests:
                wanted |= manifest.blocks
            embeddings = Embeddings(self._folder / layout.EMBEDDINGS, dimension=self._model.dimension)
            with contextlib.closing(embeddings):
                embeddings.collect(wanted)
            if self._server is not None:
                self._server.clean(manifest.vectors for manifest in manifests)


def _counts(place: Path) -> dict[str, int]:
    """How many rows of each table are somebody's, and the tokens of the passages; ``verify`` counts them in the truth.

    Asked of SQLite the tokens alone took three seconds of a million passages.
    """
    rows = {table: Owners.read(place, table).rows(Filter()) for table in TABLES}
    n_tokens = np.concatenate([places["n_tokens"] for places in all_places(place)])
    return {table: len(each) for table, each in rows.items()} | {
        "tokens": int(n_tokens[rows["passages"]].sum(dtype=np.int64))
    }


def _silent(stage: str, done: int, total: int) -> None:
    """No one asked to be told."""
