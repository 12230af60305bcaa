"""From files to a store: read, find the structure, cut, extract, index. Used by the facade and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assistant.corpus.read import Failure, Intake, Source, read_sources
from assistant.corpus.sections import parse_document
from assistant.encoders import Model
from assistant.errors import CorpusError
from assistant.facts import extract_facts
from assistant.lexicon import Lexicon
from assistant.passages import cut_passages, indexed_text
from assistant.settings import data_dir
from assistant.store import Milvus, Parsed, Segmenter, Writer, salvage
from assistant.types import Document, Progress


def shipped_corpus() -> Path:
    """The folder of the shipped documents."""
    return data_dir("index/corpus")


def parse_source(source: Source, lexicon: Lexicon, model: Model) -> Parsed:
    """A document with its sections, passages and facts."""
    document, sections = parse_document(source, lexicon)
    passages = cut_passages(document, sections, model.count_tokens)
    facts = extract_facts(document, sections)
    return Parsed(document, sections, passages, facts, tuple(indexed_text(p) for p in passages))


class _Parsing(Sequence[Parsed]):
    """Documents parsed one by one as the writer takes them; its length is known beforehand, for the progress bar."""

    def __init__(self, sources: list[Source], lexicon: Lexicon, model: Model) -> None:
        self._sources, self._lexicon, self._model = sources, lexicon, model

    def __len__(self) -> int:
        return len(self._sources)

    def __getitem__(self, i: int) -> Parsed:  # type: ignore[override]
        return parse_source(self._sources[i], self._lexicon, self._model)

    def __iter__(self) -> Iterator[Parsed]:
        return (self[i] for i in range(len(self)))


def build(
    folder: Path,
    paths: Iterable[Path],
    *,
    lexicon: Lexicon,
    model: Model,
    keep: Iterable[str] = (),
    server: Milvus | None = None,
    intake: Intake | None = None,
    progress: Progress | None = None,
) -> tuple[int, list[Failure]]:
    """Make a generation of the documents at ``paths`` and the present ones in ``keep``.

    :param server: where vectors and words go; ``None``: into the store's folder.
    :returns: its number, and the files that could not be read; they are recorded in the store.
    :raises CorpusError: none of the files could be read; nothing is changed.
    """
    sources, failures = read_sources(paths, intake)
    kept = tuple(keep)
    if not sources and failures:
        more = f" (and {len(failures) - 1} more files)" if len(failures) > 1 else ""
        raise CorpusError(f"{failures[0].reason}{more}")
    if not sources and not kept:
        raise CorpusError(
            "there is no document to index: name files or folders that hold .txt, .md, .pdf, .docx or other files that are read"
        )
    with Writer(folder, model, Segmenter(lexicon.words()), server) as writer:
        names = {s.id for s in sources}
        generation = writer.commit(
            _Parsing(sources, lexicon, model),
            keep=[doc_id for doc_id in kept if doc_id not in names],
            failures=[(f.path, f.reason) for f in failures],
            progress=progress,
        )
    return generation, failures


class _Again(Sequence[Parsed]):
    """Documents parsed anew as the writer takes them."""

    def __init__(self, documents: tuple[Document, ...], lexicon: Lexicon, model: Model) -> None:
        self._documents, self._lexicon, self._model = documents, lexicon, model

    def __len__(self) -> int:
        return len(self._documents)

    def __getitem__(self, i: int) -> Parsed:  # type: ignore[override]
        d = self._documents[i]
        source = Source(d.id, Path(d.path), d.text, d.title, d.origin, d.note, d.province or "", d.year)
        return parse_source(source, self._lexicon, self._model)

    def __iter__(self) -> Iterator[Parsed]:
        return (self[i] for i in range(len(self)))


def rebuild_present(
    folder: Path, lexicon: Lexicon, *, model: Model, server: Milvus | None = None, progress: Progress | None = None
) -> bool:
    """Build the store again with the present program, lexicon and model; ``False`` if there are no documents in it.

    The texts are the store's own, so files that have moved since do no harm, and neither does damage to anything else;
    what was embedded with the same model is not embedded again. Stores of earlier formats are brought to the present one in
    this way.

    :raises StoreError: its documents are damaged: building of other files would lose them unsaid.
    """
    documents = salvage(folder)
    if documents is None:
        return False
    with Writer(folder, model, Segmenter(lexicon.words()), server) as writer:
        writer.commit(_Again(documents, lexicon, model), progress=progress)
    return True
