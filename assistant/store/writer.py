"""Writing a store: a new generation beside the old, made current by one atomic step."""

from __future__ import annotations

import contextlib
import datetime
import operator
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import numpy as np

from assistant.errors import StoreError
from assistant.store import layout
from assistant.store.embeddings import DamagedRow, Embeddings, Model, text_key
from assistant.store.layout import Manifest, ModelRecord, SegmenterRecord, explained, folder_name
from assistant.store.lock import Lock
from assistant.store.segment import Segmenter
from assistant.store.truth import Parsed, TruthWriter, connect_reader, select_corpus, select_counts
from assistant.store.vectors import build_vectors
from assistant.store.words import build_words
from assistant.types import Progress

KEPT = 2
"""Generations left on disk: the current one, and the one before for processes that still read it."""


class Writer:
    """The one writer of a store; a context manager, which holds the lock."""

    def __init__(self, folder: Path, model: Model, segmenter: Segmenter) -> None:
        self._folder = folder
        self._model = model
        self._segmenter = segmenter
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
                self._fill(temporary, parsed, keep=keep, report=report)
                self._finish(temporary, generation, failures=tuple(failures), report=report)
            except BaseException:
                shutil.rmtree(temporary, ignore_errors=True)
                raise
            report("switch", 0, 1)
            layout.switch_current(self._folder, generation)
            layout.clean(self._folder, keep=KEPT)
            report("switch", 1, 1)
        return generation

    def _present(self) -> int | None:
        try:
            return layout.read_current(self._folder)
        except StoreError:  # none yet, or damaged: a build is the remedy, so it must not stop here
            return None

    def _fill(self, place: Path, parsed: Iterable[Parsed], *, keep: Iterable[str], report: Progress) -> None:
        with contextlib.ExitStack() as open_files:
            truth = TruthWriter(place / layout.TRUTH, key=lambda text: text_key(self._model, text))
            open_files.callback(truth.close)
            total = operator.length_hint(parsed)
            report("documents", 0, total)
            for done, one in enumerate(parsed, 1):
                truth.add(one)
                report("documents", done, total)
            if wanted := list(keep):
                present = self._folder / folder_name(layout.read_current(self._folder))
                truth.copy(present / layout.TRUTH, wanted)
            truth.number()
            embeddings = Embeddings(self._folder / layout.EMBEDDINGS, dimension=self._model.dimension)
            open_files.callback(embeddings.close)
            self._fill_vectors(place, truth, embeddings, report=report)
            self._fill_words(place, truth, report=report)

    def _fill_vectors(self, place: Path, truth: TruthWriter, embeddings: Embeddings, *, report: Progress) -> None:
        for _ in range(2):
            self._embed(truth, embeddings, report=report)
            try:
                return self._write_vectors(place, truth, embeddings, report=report)
            except DamagedRow:
                embeddings.drop_damaged()
        raise StoreError(f"{str(embeddings.path)!r} stays damaged: check the disk, remove the file, and build again")

    def _embed(self, truth: TruthWriter, embeddings: Embeddings, *, report: Progress) -> None:
        missing = {key: row for row, key in truth.keys() if embeddings.n_tokens(key) is None}
        texts = {key: truth.indexed_text(row) for key, row in missing.items()}
        report("embed", 0, len(texts))
        embeddings.embed(texts, model=self._model, progress=lambda done, total: report("embed", done, total))

    def _write_vectors(self, place: Path, truth: TruthWriter, embeddings: Embeddings, *, report: Progress) -> None:
        keys = [key for _, key in truth.keys()]
        counts = np.array([embeddings.n_tokens(key) or 0 for key in keys], np.int64)
        truth.set_n_tokens((int(n), row) for row, n in enumerate(counts))
        report("vectors", 0, len(keys))
        entries = (embeddings.read(key) for key in keys)
        build_vectors(place, entries, counts=counts, dimension=self._model.dimension)
        report("vectors", len(keys), len(keys))

    def _fill_words(self, place: Path, truth: TruthWriter, *, report: Progress) -> None:
        n_passages = truth.n_passages()
        report("words", 0, n_passages)
        (place / layout.WORD_LIST).write_text("\n".join(self._segmenter.words), encoding="utf-8", newline="\n")
        (place / layout.WORDS).mkdir()
        build_words(place / layout.WORDS, truth.indexed(), segmenter=self._segmenter, n_chars=truth.n_chars())
        report("words", n_passages, n_passages)

    def _finish(
        self, temporary: Path, generation: int, *, failures: tuple[tuple[str, str], ...], report: Progress
    ) -> None:
        """Write the manifest, force everything to the disk, and give the folder its name."""
        report("sync", 0, 1)
        with contextlib.closing(connect_reader(temporary / layout.TRUTH)) as truth:
            counts, corpus = select_counts(truth), select_corpus(truth)
        segmenter, model = self._segmenter, self._model
        manifest = Manifest(
            generation=generation,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            model=ModelRecord(model.name, model.fingerprint, model.dimension),
            segmenter=SegmenterRecord(segmenter.name, segmenter.version, segmenter.words_sha256),
            counts=counts,
            corpus=corpus,
            files=layout.file_records(temporary),
            failures=failures,
        )
        layout.write_manifest(temporary, manifest)
        layout.sync_tree(temporary)
        os.rename(temporary, self._folder / folder_name(generation))
        layout.sync_folder(self._folder)
        report("sync", 1, 1)


def _silent(stage: str, done: int, total: int) -> None:
    """No one asked to be told."""
