"""Whether a store is whole, and what it holds, in words."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import StoreError, StoreMissing
from assistant.store import layout, truth
from assistant.store.blocks import files
from assistant.store.embeddings import DamagedRow, Embeddings
from assistant.store.layout import Manifest
from assistant.store.milvus import Milvus
from assistant.store.milvus_index import MilvusIndex
from assistant.store.owners import TABLES, Owners, seal
from assistant.store.reader import Store
from assistant.store.segment import query_grams
from assistant.store.sums import Sums
from assistant.store.vectors import Tokens, Vectors
from assistant.store.words import Words
from assistant.types import Document, Filter, Section

Problems = Iterator[str]


def verify(folder: Path, server: Milvus | None = None) -> list[str]:
    """Everything that is wrong with the store's current generation, in words; empty when it is whole.

    :param server: holds vectors and words, if they do not lie in the store.
    :raises StoreMissing: there is no store.
    """
    problems = verify_files(folder)
    if not problems:  # of a damaged store no more need be known
        try:
            problems.extend(_outside(folder, server))
        except StoreError as e:
            problems.append(str(e))
    return problems


def verify_files(folder: Path) -> list[str]:
    """As ``verify``, of what lies in the store's folder alone.

    :raises StoreMissing: there is no store.
    """
    generation = 0
    try:
        generation = layout.read_current(folder)
        place = folder / layout.folder_name(generation)
        manifest = layout.read_manifest(place)
    except StoreMissing:
        raise
    except StoreError as e:
        return [str(e)]
    damaged = dict(_files(place, manifest))
    problems = list(damaged.values())
    if manifest.generation != generation:
        problems.append(f"the manifest in {place.name} says it is of generation {manifest.generation}")
    for check, needed in _CHECKS:
        if any(name.startswith(needed) for name in damaged):
            continue  # a damaged file can end the whole process inside a library, and is in the list already
        try:
            problems.extend(check(place, manifest))
        except (StoreError, OSError, sqlite3.Error) as e:
            problems.append(str(e))
    return list(dict.fromkeys(problems))


def info(folder: Path) -> dict[str, Any]:
    """What the store holds, for people and programs.

    :raises StoreError: as ``Store.open``.
    """
    with Store.open(folder) as store:
        m = store.manifest
        cache = folder / layout.EMBEDDINGS
        return {
            "store": str(folder),
            "generation": m.generation,
            "created": m.created,
            "format": m.format,
            "model": {"name": m.model.name, "fingerprint": m.model.fingerprint, "dimension": m.model.dimension},
            "segmenter": {"name": m.segmenter.name, "version": m.segmenter.version, "words": m.segmenter.words},
            "counts": dict(m.counts),
            "vectors": dict(m.vectors),
            "bytes": sum(size for size, _ in m.files.values()),
            "embeddings_bytes": sum(
                p.stat().st_size for p in (cache, *files(folder / layout.BLOCKS).values()) if p.is_file()
            ),
            "failures": [{"path": path, "reason": reason} for path, reason in m.failures],
        }


def _files(place: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    for name, expected in manifest.files.items():
        path = place / name
        if not path.is_file():
            yield name, f"{place.name}/{name} is missing"
        elif layout.file_record(path) != expected:
            yield name, f"{place.name}/{name} does not match its checksum"


def _counts(place: Path, manifest: Manifest) -> Problems:
    with contextlib.closing(truth.connect_reader(place)) as connection:
        found = connection.execute("PRAGMA quick_check").fetchall()
        yield from (f"SQLite says of {layout.TRUTH}: {r[0]}" for r in found if r[0] != "ok")
        counts = truth.select_counts(connection)
    if counts != manifest.counts:
        yield f"the manifest counts {dict(manifest.counts)}, {layout.TRUTH} holds {counts}"


def _vectors(place: Path, manifest: Manifest) -> Problems:
    if manifest.engine != layout.EMBEDDED:
        return
    rows = sum(manifest.rows)
    if (size := Vectors(place, manifest.vectors).size) != rows:
        yield f"there are {rows} rows but {size} vectors"


def _tokens(place: Path, manifest: Manifest) -> Problems:
    tokens = Tokens(place)
    if sum(tokens.counts) != sum(manifest.rows):
        yield f"there are {sum(manifest.rows)} rows but token vectors of {sum(tokens.counts)}"
    if damaged := tokens.damaged():
        yield f"the token vectors of {damaged} rows do not match their checksums: the next build repairs them"


def _owners(place: Path, manifest: Manifest) -> Problems:
    """As many rows of each table as there are belong to somebody."""
    for table in TABLES if manifest.sealed else ("passages",):
        found, counted = len(Owners.read(place, table).rows(Filter())), manifest.counts[table]
        if found != counted:
            yield f"there are {counted} {table} but owners of {found}"


def _seals(place: Path, manifest: Manifest) -> Problems:
    """Each row of the truth is as it was sealed, and whose the owners say; each block is what its checksum says."""
    if not manifest.sealed:
        return
    yield from (f"{name} does not match its checksums in {layout.SUMS}" for name in Sums(place, manifest).differing())
    with contextlib.closing(truth.connect_reader(place)) as connection:
        for table in TABLES:
            sealed, written = (
                np.sort(np.fromiter(map(seal, rows), np.uint32))
                for rows in (Owners.read(place, table).entries(), truth.iter_owned(connection, table))
            )
            if not np.array_equal(sealed, written):
                yield f"the rows of {table} in {layout.TRUTH} are not those that were sealed"


def _texts(place: Path, manifest: Manifest) -> Problems:
    with contextlib.closing(truth.connect_reader(place)) as connection:
        if truth.select_corpus(connection) != manifest.corpus:
            yield "the manifest and the documents disagree on what the corpus is"
        for doc_id in truth.select_corpus(connection):
            document = truth.document(truth.select_documents(connection, doc_id)[0])
            if truth.sha256(document.text) != manifest.corpus.get(doc_id):
                yield f"the text of the document {doc_id!r} does not match its checksum"
            yield from _tiling(document, [truth.section(r) for r in truth.select_sections(connection, doc_id)])
            for p in map(truth.passage, truth.select_passages(connection, Filter(documents=(doc_id,)))):
                if p.text != document.text[p.span.start : p.span.end]:
                    yield f"the passage {p.id!r} is not the document's text at its place"


def _tiling(document: Document, sections: list[Section]) -> Problems:
    edges = [0, *itertools.chain.from_iterable((s.span.start, s.span.end) for s in sections), len(document.text)]
    if sections and any(edges[i] != edges[i + 1] for i in range(0, len(edges), 2)):
        yield f"the sections of the document {document.id!r} do not tile it"


def _words(place: Path, manifest: Manifest) -> Problems:
    """As many entries as passages; and a term of two characters, taken from a passage, is found where it stands."""
    if manifest.engine != layout.EMBEDDED:
        return
    row, gram, doc_id, _ = _probe(place)
    with contextlib.closing(Words(place / manifest.words)) as words:
        if words.size != manifest.counts["passages"]:
            yield f"there are {manifest.counts['passages']} passages but {words.size} in the word index"
        found = words.search({}, {gram: 1.0}, k=max(words.size, 1), where=Filter(documents=(doc_id,)))
    if gram and row not in {hit for hit, _ in found}:
        yield f"the word index does not find {gram!r}, which stands in row {row}"


def _probe(place: Path) -> tuple[int, str, str, bytes]:
    """A row with a term of two characters that stands in it, its document and its key; no term if none has one."""
    with contextlib.closing(truth.connect_reader(place)) as connection:
        rows = connection.execute('SELECT "row", text, doc_id, key FROM passages ORDER BY "row"')
        known = ((row, gram, doc, key) for row, text, doc, key in rows for gram in query_grams(text) if len(gram) == 2)
        return next(known, (0, "", "", b""))


def _outside(folder: Path, server: Milvus | None) -> Problems:
    """As ``_words``, of an index on a server; and the same passage is found by its vector."""
    with Store.open(folder, server=server) as store:
        store.check_index()
        index, n_rows = store.index, sum(store.manifest.rows)
        if not isinstance(index, MilvusIndex):
            return
        if (size := index.size()) != n_rows:
            yield f"there are {n_rows} rows but {size} in the index on the server: {layout.REBUILD}"
            return
        row, gram, doc_id, key = _probe(folder / layout.folder_name(store.generation))
        where = Filter(documents=(doc_id,))
        if gram and row not in dict(index.search_words({}, {gram: 1.0}, k=n_rows, where=where)):
            yield f"the index on the server does not find {gram!r}, which stands in row {row}: {layout.REBUILD}"
        if gram and (vector := _embedded(folder, key, store.manifest.model.dimension)) is not None:
            found = dict(store.search_vectors(vector, n_rows, where)).get(row, 0.0)
            if abs(found - float(np.linalg.norm(vector))) > 1e-3:
                yield f"the index on the server holds another vector for row {row}: {layout.REBUILD}"


def _embedded(folder: Path, key: bytes, dimension: int) -> NDArray[np.float32] | None:
    """The vector that was embedded for a passage; ``None`` if the file does not give it, which another check tells."""
    with contextlib.suppress(DamagedRow, sqlite3.Error):
        with contextlib.closing(Embeddings.reading(folder / layout.EMBEDDINGS, dimension=dimension)) as embeddings:
            return embeddings.read(key)[0]
    return None


def _embeddings(place: Path, manifest: Manifest) -> Problems:
    path = place.parent / layout.EMBEDDINGS
    if not path.is_file():
        yield f"{layout.EMBEDDINGS} is missing: the next build embeds everything again"
        return
    with contextlib.closing(Embeddings.reading(path, dimension=manifest.model.dimension)) as embeddings:
        if damaged := embeddings.damaged():
            yield f"{len(damaged)} rows of {layout.EMBEDDINGS} do not match their checksums: the next build repairs them"


_TRUTHS = (layout.TRUTH, f"{layout.MORE}/{layout.TRUTH}")
_CHECKS: tuple[tuple[Callable[[Path, Manifest], Problems], tuple[str, ...]], ...] = (
    (_counts, _TRUTHS),
    (_vectors, (layout.VECTORS, layout.NEAR, f"{layout.MORE}/{layout.VECTORS}")),
    (_tokens, (layout.PLACES, f"{layout.MORE}/{layout.PLACES}")),
    (_owners, (layout.OWNERS,)),
    (_seals, (*_TRUTHS, layout.OWNERS, layout.SUMS)),
    (_texts, _TRUTHS),
    (_words, (*_TRUTHS, f"{layout.WORDS}/", f"{layout.MORE}/{layout.WORDS}/")),
    (_embeddings, ()),
)
"""Each check with the names, or their beginnings, of the files it opens."""
