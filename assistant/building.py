"""From files to a store: read, find the structure, cut, extract, index. Used by the facade and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant import store
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


class Workers(Protocol):
    """Where documents are parsed and passages embedded: in this process (``Here``), or on a cluster."""

    @property
    def model(self) -> store.Model:
        """What embeds."""
        ...

    def parse(self, sources: Sequence[Source]) -> Iterator[Parsed]:
        """Each document in order, as ``parse_source``."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """In this process, with what it has opened."""

    lexicon: Lexicon
    model: Model

    def parse(self, sources: Sequence[Source]) -> Iterator[Parsed]:
        """One by one, as they are taken."""
        return (parse_source(source, self.lexicon, self.model) for source in sources)


@dataclass(frozen=True, slots=True)
class _Parsing:
    """Documents parsed as the writer takes them; their number is known beforehand, for the progress bar."""

    sources: Sequence[Source]
    workers: Workers

    def __len__(self) -> int:
        return len(self.sources)

    def __iter__(self) -> Iterator[Parsed]:
        return self.workers.parse(self.sources)


def build(
    folder: Path,
    paths: Iterable[Path],
    *,
    lexicon: Lexicon,
    model: Model,
    keep: Iterable[str] = (),
    server: Milvus | None = None,
    workers: Workers | None = None,
    intake: Intake | None = None,
    progress: Progress | None = None,
) -> tuple[int, list[Failure]]:
    """Make a generation of the documents at ``paths`` and the present ones in ``keep``.

    :param server: where vectors and words go; ``None``: into the store's folder.
    :param workers: who parses and embeds; ``None``: this process.
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
    workers = workers if workers is not None else Here(lexicon, model)
    with Writer(folder, workers.model, Segmenter(lexicon.words()), server) as writer:
        names = {s.id for s in sources}
        generation = writer.commit(
            _Parsing(sources, workers),
            keep=[doc_id for doc_id in kept if doc_id not in names],
            failures=[(f.path, f.reason) for f in failures],
            progress=progress,
        )
    return generation, failures


def _source_of(d: Document) -> Source:
    return Source(d.id, Path(d.path), d.text, d.title, d.origin, d.note, d.province or "", d.year)


def rebuild_present(
    folder: Path,
    lexicon: Lexicon,
    *,
    model: Model,
    server: Milvus | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
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
    workers = workers if workers is not None else Here(lexicon, model)
    with Writer(folder, workers.model, Segmenter(lexicon.words()), server) as writer:
        writer.commit(_Parsing([_source_of(d) for d in documents], workers), progress=progress)
    return True
