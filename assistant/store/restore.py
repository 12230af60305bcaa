"""A store brought back from a backup, which may be damaged, or made to do harm.

What is restored becomes a new generation: whoever reads the store notices it by itself. Token vectors that the store
has already are not kept twice.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import shutil
import sqlite3
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.errors import AssistantError, StoreError, StoreStale
from assistant.store import layout
from assistant.store.blocks import Blocks, Place
from assistant.store.check import verify_files
from assistant.store.embeddings import Embeddings
from assistant.store.layout import Manifest, explained, folder_name
from assistant.store.lock import Lock
from assistant.store.vectors import needed_by, read_places

_NAME = re.compile(
    rf"({layout.CURRENT}|{re.escape(layout.EMBEDDINGS)}|{layout.BLOCKS}/\d{{6,}}\.bin|gen-\d{{6,}}(/[\w.-]*\w)+)"
)
"""The files of a backup; their names lead nowhere else."""


def restore(source: Path, folder: Path) -> int:
    """Make what a backup holds the newest generation of the store; return its number.

    :raises StoreStale: the backup is of a store of another format.
    :raises StoreError: the backup is missing or damaged, another process writes the store, or the disk refuses.
    """
    with contextlib.ExitStack() as held, explained("restore the store", folder):
        opened = source
        folder.parent.mkdir(parents=True, exist_ok=True)
        if source.is_file():
            # Beside the store: the system's own place for such things may be too small.
            room = tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent)
            opened = Path(held.enter_context(room))
            _unpack(source, opened)
        _check(opened, source)
        folder.mkdir(exist_ok=True)
        lock = Lock(folder)
        lock.acquire()
        held.callback(lock.release)
        return _adopt(opened, folder)


def _unpack(source: Path, folder: Path) -> None:
    """:raises StoreError: no backup, one that holds other things, or one that the disk has no room for."""
    try:
        with zipfile.ZipFile(source) as packed:
            parts = [part for part in packed.infolist() if not part.is_dir()]
            if foreign := [part.filename for part in parts if not _belongs(part)]:
                raise StoreError(f"{str(source)!r} is no backup of a store: it holds {foreign[0][:80]!r}")
            size, free = sum(part.file_size for part in parts), shutil.disk_usage(folder).free
            if size > free:
                raise StoreError(f"the backup {str(source)!r} unpacks to {size:,} bytes, of which {free:,} are free")
            packed.extractall(folder, parts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError, RuntimeError) as e:
        raise StoreError(f"{str(source)!r} is no backup of a store, or damaged: {e}") from None


def _belongs(part: zipfile.ZipInfo) -> bool:
    return bool(_NAME.fullmatch(part.filename)) and not stat.S_ISLNK(part.external_attr >> 16)


def _check(opened: Path, source: Path) -> None:
    """:raises StoreError: nothing that could be restored."""
    if links := [p for p in opened.rglob("*") if p.is_symlink()]:
        raise StoreError(f"the backup {str(source)!r} holds the link {links[0].name!r}, and nothing was changed")
    try:
        layout.read_manifest(opened / folder_name(layout.read_current(opened)))
        problems = verify_files(opened)
    except StoreStale as e:
        raise StoreStale(
            f"the backup {str(source)!r} is of a store of another format, and nothing was changed: unpack it, and run "
            "`shengwen index build --rebuild --store FOLDER` on the folder with a program that reads it"
        ) from e
    except (AssistantError, OSError, sqlite3.Error):
        raise
    except Exception as e:  # nonsense whose checksums fit: whoever makes a backup can make them so
        raise StoreError(f"the backup {str(source)!r} is damaged, and nothing was changed: {type(e).__name__}") from e
    if problems:
        raise StoreError(f"the backup {str(source)!r} is damaged, and nothing was changed: {problems[0]}")


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
        manifest = _moved(temporary, layout.read_manifest(origin), _merge(source, folder, origin))
        layout.write_manifest(temporary, dataclasses.replace(manifest, generation=generation))
        layout.sync_tree(temporary)
        os.rename(temporary, folder / folder_name(generation))
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    layout.sync_folder(folder)
    layout.switch_current(folder, generation)
    return generation


def _parts(place: Path) -> Iterator[Path]:
    """A generation's folders of addresses: that of the base, and of what came since."""
    return (part for part in (place, place / layout.MORE) if part.is_dir())


def _merge(source: Path, folder: Path, origin: Path) -> dict[bytes, Place]:
    """Add the embeddings of ``source`` to those of the folder; return where there each block of the origin lies."""
    dimension = layout.read_manifest(origin).model.dimension
    found = Blocks(source / layout.BLOCKS)
    with contextlib.closing(Embeddings(folder / layout.EMBEDDINGS, dimension=dimension)) as own:
        own.drop_damaged()
        moved = {}
        for part in _parts(origin):
            for row in read_places(part).tolist():
                place = Place(row[0], row[1], row[2], row[3], row[4])
                if place.digest not in moved:
                    moved[place.digest] = own.add_raw(found.raw(place).tobytes(), place.n_tokens, place.width)
        own.save()
    with contextlib.closing(sqlite3.connect(folder / layout.EMBEDDINGS)) as present:
        present.execute("ATTACH ? AS found", (str(source / layout.EMBEDDINGS),))
        sql = "INSERT OR IGNORE INTO texts SELECT key, pooled, digest, crc FROM found.texts"
        present.execute(f"{sql} WHERE digest IN (SELECT digest FROM main.blocks)")
        present.commit()
    return moved


def _moved(place: Path, manifest: Manifest, moved: dict[bytes, Place]) -> Manifest:
    """A generation's addresses of token vectors, and its manifest, after their blocks came to lie elsewhere."""
    files = dict(manifest.files)
    for part in _parts(place):
        places = np.array(read_places(part))
        for row, digest in enumerate(places["digest"].tolist()):
            places["file"][row], places["at"][row] = moved[digest].file, moved[digest].at
        np.save(part / layout.PLACES, places)
        name = (part / layout.PLACES).relative_to(place).as_posix()
        files[name] = layout.file_record(part / layout.PLACES)
    return dataclasses.replace(manifest, files=files, blocks=needed_by(place))
