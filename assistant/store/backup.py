"""A copy of a store in use, and a store brought back from one.

A generation is never written again, so copying it needs no lock; only the embeddings grow meanwhile: SQLite copies
their table as it was at one moment, and what is added behind their blocks does no harm. What is restored becomes a new
generation: whoever reads the store notices it by itself. Vectors and words that lie on a server are not in a copy: if
its collections are gone when it is brought back, a rebuild makes them of what was embedded.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import sqlite3
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from assistant.errors import StoreError
from assistant.store import blocks, layout
from assistant.store.check import verify_files
from assistant.store.embeddings import Embeddings
from assistant.store.layout import Manifest, explained, folder_name
from assistant.store.lock import Lock

_TRIES = 3
"""A writer may remove the generation being copied once two newer ones are there."""


def backup(folder: Path, target: Path) -> int:
    """Copy the current generation and the embeddings to ``target``; return the generation's number.

    :param target: a folder that does not exist yet, or a file that ends in ``.zip``.
    :raises StoreError: there is no whole store, something lies at ``target``, or the disk refuses.
    """
    if target.exists():
        raise StoreError(f"something lies at {str(target)!r} already: name a new folder, or a new .zip file")
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


def restore(source: Path, folder: Path) -> int:
    """Make what a backup holds the newest generation of the store; return its number.

    :raises StoreError: the backup is missing or damaged, another process writes the store, or the disk refuses.
    """
    with contextlib.ExitStack() as held, explained("restore the store", folder):
        opened = source
        if source.is_file():
            opened = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="shengwen-")))
            _unpack(source, opened)
        if problems := verify_files(opened):
            raise StoreError(f"the backup {str(source)!r} is damaged, and nothing was changed: {problems[0]}")
        folder.mkdir(parents=True, exist_ok=True)
        lock = Lock(folder)
        lock.acquire()
        held.callback(lock.release)
        return _adopt(opened, folder)


def _copied(folder: Path, copy: Path) -> int:
    """A store of the current generation alone."""
    for left in reversed(range(_TRIES)):
        generation = layout.read_current(folder)
        name = folder_name(generation)
        try:
            shutil.copytree(folder / name, copy / name)
            _copy_embeddings(folder, copy)
            break
        except (shutil.Error, FileNotFoundError):
            shutil.rmtree(copy, ignore_errors=True)
            if not left or layout.read_current(folder) == generation:
                raise StoreError(
                    f"generation {generation} of {str(folder)!r} cannot be copied: {layout.REBUILD}"
                ) from None
    layout.switch_current(copy, generation)
    return generation


def _copy_embeddings(folder: Path, copy: Path) -> None:
    """The table before the blocks, so that it names none that came later."""
    if (folder / layout.EMBEDDINGS).is_file():
        with (
            contextlib.closing(sqlite3.connect(folder / layout.EMBEDDINGS)) as found,
            contextlib.closing(sqlite3.connect(copy / layout.EMBEDDINGS)) as new,
        ):
            found.backup(new)
    if (folder / layout.BLOCKS).is_dir():
        shutil.copytree(folder / layout.BLOCKS, copy / layout.BLOCKS, ignore=shutil.ignore_patterns("*.tmp"))


def _adopt(source: Path, folder: Path) -> int:
    """The source's generation as a new one of the folder, with the embeddings it may need again."""
    layout.clean(folder, keep=2)
    origin = source / folder_name(layout.read_current(source))
    current = 0
    with contextlib.suppress(StoreError):
        current = layout.read_current(folder)
    generation = max((current, *layout.generations(folder))) + 1
    temporary = folder / f"{folder_name(generation)}.tmp"
    try:
        shutil.copytree(origin, temporary)
        offset = _add_blocks(source / layout.BLOCKS, folder / layout.BLOCKS)
        manifest = _renumbered(temporary, layout.read_manifest(origin), offset)
        layout.write_manifest(temporary, dataclasses.replace(manifest, generation=generation))
        layout.sync_tree(temporary)
        _merge(source / layout.EMBEDDINGS, folder / layout.EMBEDDINGS, offset, dimension=manifest.model.dimension)
        os.rename(temporary, folder / folder_name(generation))
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    layout.sync_folder(folder)
    layout.switch_current(folder, generation)
    return generation


def _add_blocks(source: Path, target: Path) -> int:
    """Put the source's files of token vectors behind the target's; return how much higher their numbers are there.

    Until a generation names them they are files like those of a build that died.
    """
    offset = max(blocks.files(target), default=0)
    target.mkdir(exist_ok=True)
    for unfinished in target.glob("*.tmp"):
        unfinished.unlink()  # of a restore that died
    for number, path in blocks.files(source).items():
        unfinished = target / f"{path.name}.tmp"
        shutil.copyfile(path, unfinished)
        with unfinished.open("rb+") as f:
            os.fsync(f.fileno())
        os.rename(unfinished, target / blocks.file_name(number + offset))
    layout.sync_folder(target)
    return offset


def _renumbered(place: Path, manifest: Manifest, offset: int) -> Manifest:
    """A generation's addresses of token vectors, and its manifest, after their files' numbers changed."""
    files = dict(manifest.files)
    for name in (layout.PLACES, f"{layout.MORE}/{layout.PLACES}"):
        if offset and name in files:
            places = np.load(place / name)
            places["file"] += np.uint32(offset)
            np.save(place / name, places)
            files[name] = layout.file_record(place / name)
    named = {blocks.file_name(int(name.partition(".")[0]) + offset): size for name, size in manifest.blocks.items()}
    return dataclasses.replace(manifest, files=files, blocks=named)


def _merge(source: Path, target: Path, offset: int, *, dimension: int) -> None:
    """The embeddings of ``source`` in ``target``, which keeps its own where they are whole."""
    with contextlib.closing(Embeddings(target, dimension=dimension)) as own:  # makes the tables, where there are none
        own.drop_damaged()
    with contextlib.closing(sqlite3.connect(target)) as present:
        present.execute("ATTACH ? AS found", (str(source),))
        sql = "INSERT OR IGNORE INTO blocks SELECT digest, file + ?, count, width, at FROM found.blocks"
        present.execute(sql, (offset,))
        present.execute("INSERT OR IGNORE INTO texts SELECT key, pooled, digest, crc FROM found.texts")
        present.commit()


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder).as_posix())
    with target.open("rb+") as f:
        os.fsync(f.fileno())


def _unpack(source: Path, folder: Path) -> None:
    """:raises StoreError: no backup, or one whose names lead elsewhere."""
    try:
        with zipfile.ZipFile(source) as packed:
            packed.extractall(folder)  # it drops leading slashes and ``..``
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as e:
        raise StoreError(f"{str(source)!r} is no backup of a store: {e}") from None
