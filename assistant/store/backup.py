"""A copy of a store in use.

A generation is never written again, so copying it needs no lock; only the embeddings grow meanwhile: SQLite copies
their table as it was at one moment, and of their blocks no more is taken than the generation needs. Vectors and words
that lie on a server are not in a copy: if its collections are gone when it is brought back, a rebuild makes them of what
was embedded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import StoreError
from assistant.store import layout
from assistant.store.check import verify_files
from assistant.store.layout import explained, folder_name

_TRIES = 3
"""A writer may remove the generation being copied once two newer ones are there."""
_DROP_BLOCKS = """
DELETE FROM blocks WHERE NOT EXISTS
    (SELECT 1 FROM needed WHERE needed.file = blocks.file AND at + count * (width + 4) <= size)
"""


def backup(folder: Path, target: Path) -> int:
    """Copy the current generation and its embeddings to ``target``; return the generation's number.

    :param target: a folder that does not exist yet, or a file that ends in ``.zip``.
    :raises StoreStale: the store has another format.
    :raises StoreError: there is no whole store, something lies at ``target``, or the disk refuses.
    """
    if target.exists():
        raise StoreError(f"something lies at {str(target)!r} already: name a new folder, or a new .zip file")
    layout.read_manifest(folder / folder_name(layout.read_current(folder)))  # another format is told as what it is
    with explained("write the backup", target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as room:
            copy = Path(room) / "store"
            generation = _copied(folder, copy)
            if problems := verify_files(copy):
                raise StoreError(f"the store {str(folder)!r} is not whole, and was not backed up: {problems[0]}")
            if target.suffix.lower() != ".zip":
                layout.sync_tree(copy)
                os.rename(copy, target)
            else:
                _pack(copy, packed := Path(room) / "packed.zip")
                os.rename(packed, target)
    return generation


def _copied(folder: Path, copy: Path) -> int:
    """A store of the current generation alone."""
    for left in reversed(range(_TRIES)):
        generation = layout.read_current(folder)
        name = folder_name(generation)
        try:
            shutil.copytree(folder / name, copy / name)
            _copy_embeddings(folder, copy, layout.read_manifest(copy / name).blocks)
            break
        except (shutil.Error, FileNotFoundError):
            shutil.rmtree(copy, ignore_errors=True)
            if not left or layout.read_current(folder) == generation:
                raise StoreError(
                    f"generation {generation} of {str(folder)!r} cannot be copied: {layout.REBUILD}"
                ) from None
    layout.switch_current(copy, generation)
    return generation


def _copy_embeddings(folder: Path, copy: Path, needed: Mapping[str, int]) -> None:
    """The table, less what the generation does not need, and of each file of blocks as many bytes as it does."""
    if not (folder / layout.EMBEDDINGS).is_file():
        return
    with (
        contextlib.closing(sqlite3.connect(folder / layout.EMBEDDINGS)) as found,
        contextlib.closing(sqlite3.connect(copy / layout.EMBEDDINGS)) as new,
    ):
        found.backup(new)
        new.execute("CREATE TEMP TABLE needed (file INTEGER PRIMARY KEY, size INTEGER NOT NULL)")
        ends = [(int(name.partition(".")[0]), end) for name, end in needed.items()]
        new.executemany("INSERT INTO needed VALUES (?, ?)", ends)
        new.execute(_DROP_BLOCKS)
        new.execute("DELETE FROM texts WHERE digest NOT IN (SELECT digest FROM blocks)")
        new.commit()
        new.execute("VACUUM")
    (copy / layout.BLOCKS).mkdir()
    for name, end in needed.items():
        shutil.copyfile(folder / layout.BLOCKS / name, copy / layout.BLOCKS / name)
        os.truncate(copy / layout.BLOCKS / name, end)


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder).as_posix())
    with target.open("rb+") as f:
        os.fsync(f.fileno())
