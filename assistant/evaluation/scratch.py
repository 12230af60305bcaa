"""Stores made for an evaluation, kept in the cache folder by the hash of what is in them: each made once."""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.encoders import Model, open_model
from assistant.errors import StoreError
from assistant.evaluation.collection import Collection
from assistant.lexicon import load_lexicon
from assistant.passages import HARD_TOKENS, TARGET_TOKENS, cut_passages, indexed_text
from assistant.settings import Settings
from assistant.store import Parsed, Segmenter, Store, Writer
from assistant.types import Document, Filter, Progress, Section, Span

KEY_LENGTH = 16


class Paragraphs(Sequence[Parsed]):
    """Each paragraph as a document of one part, cut into passages like any other; the document's id is its number."""

    def __init__(self, collection: Collection, model: Model) -> None:
        self.ids = tuple(collection.paragraphs)
        self._texts = tuple(collection.paragraphs.values())
        self._model = model

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, i: int) -> Parsed:  # type: ignore[override]
        """The i-th paragraph; its passages know no province and no period."""
        name = document_id(operator.index(i))
        document = Document(name, self.ids[i], self._texts[i])
        section = Section(Span(name, 0, len(document.text)))
        passages = cut_passages(document, (section,), self._model.count_tokens)
        return Parsed(document, (section,), passages, (), tuple(indexed_text(p) for p in passages))

    def __iter__(self) -> Iterator[Parsed]:
        return (self[i] for i in range(len(self)))


def document_id(i: int) -> str:
    """The store's id of the i-th paragraph: any text is an id in a collection, but not in a store."""
    return f"paragraph-{i:07d}"


def paragraph_number(doc_id: str) -> int:
    """The paragraph of a document's id."""
    return int(doc_id.rpartition("-")[2])


class Unprefixed(Sequence[Parsed]):
    """The documents of a store with their passages as they are, indexed without the province and period before them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.documents = store.documents()

    def __len__(self) -> int:
        return len(self.documents)

    def __getitem__(self, i: int) -> Parsed:  # type: ignore[override]
        """The i-th document."""
        document = self.documents[operator.index(i)]
        only = Filter(documents=(document.id,))
        passages = self._store.passages(only)
        indexed = tuple(p.text for p in passages)
        return Parsed(document, self._store.sections(document.id), passages, self._store.facts(only), indexed)

    def __iter__(self) -> Iterator[Parsed]:
        return (self[i] for i in range(len(self)))


def unprefixed_store(store: Store, settings: Settings, *, within: Path | None = None) -> Path:
    """The folder of a store with the same passages and no prefixes, to see what these are worth; made once.

    :raises StoreError: it cannot be written.
    """
    parsed = Unprefixed(store)
    passages = [p.id for p in store.passages()]
    identity = [[d.id, d.text] for d in parsed.documents], passages, store.manifest.model.fingerprint
    return _made(_folder(settings, within, identity), parsed, settings, None)


def scratch_store(
    collection: Collection, settings: Settings, *, within: Path | None = None, progress: Progress | None = None
) -> Path:
    """The folder of the collection's store; built if it is not there yet or of another build of the program.

    What was embedded once is kept in it, so a change of the lexicon costs a new word index only.

    :param within: the folder of such stores; ``None``: ``evaluation`` in the cache folder.
    :raises StoreError: it cannot be written.
    """
    model = open_model(settings)
    identity = [list(collection.paragraphs.items()), model.fingerprint, TARGET_TOKENS, HARD_TOKENS]
    return _made(_folder(settings, within, identity), Paragraphs(collection, model), settings, progress)


def _folder(settings: Settings, within: Path | None, identity: object) -> Path:
    key = hashlib.sha256(json.dumps(identity, ensure_ascii=False).encode()).hexdigest()[:KEY_LENGTH]
    return (within if within is not None else settings.cache_dir / "evaluation") / key


def _made(folder: Path, parsed: Sequence[Parsed], settings: Settings, progress: Progress | None) -> Path:
    segmenter = Segmenter(load_lexicon().words())
    if not _is_usable(folder, segmenter):
        with Writer(folder, open_model(settings), segmenter) as writer:
            writer.commit(parsed, progress=progress)
    return folder


def _is_usable(folder: Path, segmenter: Segmenter) -> bool:
    try:
        Store.open(folder, segmenter=segmenter).close()
    except StoreError:  # none yet, cut short, or of another format or lexicon: a build is the remedy
        return False
    return True
