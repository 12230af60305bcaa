"""Building a store again of the documents that it holds, from their own texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.building import parse_source
from assistant.corpus.read import Source
from assistant.encoders import Model
from assistant.errors import StoreError
from assistant.lexicon import Lexicon
from assistant.store import Parsed, Segmenter, Store, Writer
from assistant.types import Document, Progress


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


def rebuild_present(folder: Path, lexicon: Lexicon, *, model: Model, progress: Progress | None = None) -> bool:
    """Build the store again with the present program, lexicon and model; ``False`` if its documents cannot be read.

    The texts are the store's own, so files that have moved since do no harm; what was embedded with the same model is
    not embedded again.
    """
    try:
        with Store.open(folder) as store:
            documents = store.documents()
    except StoreError:  # missing, damaged or of another format: there is nothing to take over
        return False
    with Writer(folder, model, Segmenter(lexicon.words())) as writer:
        writer.commit(_Again(documents, lexicon, model), progress=progress)
    return True
