"""The documents of a store of which something else is damaged: everything can be built again from them."""

from __future__ import annotations

import contextlib
import json
import logging
from pathlib import Path

from assistant.errors import StoreError
from assistant.store import layout, truth
from assistant.types import Document

_log = logging.getLogger(__name__)


def salvage(folder: Path) -> tuple[Document, ...] | None:
    """The documents of the current generation, or of the newest before it whose documents are whole.

    :returns: ``None`` if the folder has no generation, so that nothing can be lost.
    :raises StoreError: there are generations, and the documents of none are whole.
    """
    places = layout.generations(folder) if folder.is_dir() else {}
    if not places:
        return None
    current = max(places)
    with contextlib.suppress(StoreError):
        current = layout.read_current(folder)
    for generation in sorted(places, key=lambda g: (g > current, -g)):
        documents = _whole(places[generation])
        if documents is None:
            continue
        if generation != current:
            _log.warning(
                "the documents of generation %d of %r are damaged: those of generation %d are taken, which is older or "
                "was never in use; compare them with your files",
                current,
                str(folder),
                generation,
            )
        return documents
    raise StoreError(
        f"no documents can be read from the store {str(folder)!r}: `shengwen index restore` a backup, or name the files: "
        "`shengwen index build PATH --rebuild`"
    )


def _format(place: Path) -> int:
    """The format that a manifest names; this program's where it is damaged or gone, as the documents may be whole."""
    try:
        found = json.loads((place / layout.MANIFEST).read_bytes())["format"]
    except (OSError, ValueError, KeyError, TypeError):
        return layout.FORMAT
    return found if isinstance(found, int) else layout.FORMAT


def _whole(place: Path) -> tuple[Document, ...] | None:
    """The documents of a generation, if each matches its checksum; of a later program's, none: it may mean others."""
    try:
        if _format(place) > layout.FORMAT:
            return None
        with contextlib.closing(truth.connect_reader(place)) as connection:
            documents = list(map(truth.document, truth.select_documents(connection)))
            wanted = truth.select_corpus(connection)
    except truth.UNREADABLE:
        return None
    whole = documents and all(truth.sha256(d.text) == wanted.get(d.id) for d in documents)
    return tuple(documents) if whole else None
