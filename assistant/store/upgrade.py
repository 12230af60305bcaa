"""What a store of an earlier format still gives: its documents, from which it is built again."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

from assistant.errors import StoreError
from assistant.store import layout, truth
from assistant.types import Document

READABLE = (1, layout.FORMAT)
"""Formats whose documents are in the same table."""


def held_documents(folder: Path) -> tuple[Document, ...]:
    """The documents of the current generation, in order of their ids, each checked against its checksum.

    What was embedded is taken over by the next build, whatever the format (``Embeddings``).

    :raises StoreError: there is no store, or it is damaged or of a format of a later program.
    """
    place = folder / layout.folder_name(layout.read_current(folder))
    try:
        manifest = json.loads((place / layout.MANIFEST).read_bytes())
        if manifest["format"] not in READABLE:
            raise StoreError(f"the store {str(folder)!r} has format {manifest['format']!r}: update shengwen")
        with contextlib.closing(truth.connect_reader(place)) as connection:
            documents = tuple(truth.select_documents(connection))
        if {d.id: truth.sha256(d.text) for d in documents} != manifest["corpus"]:
            raise StoreError(f"the texts of the store {str(folder)!r} do not match their checksums")
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error) as e:
        raise StoreError(f"the documents of the store {str(folder)!r} cannot be read: {e}") from e
    return documents
