"""Where a store's files lie, what its manifest says, and how a file reaches the disk.

It knows nothing about what the files hold.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import StoreError, StoreMissing, StoreStale

FORMAT = 2
"""Raised whenever an older program could misread the files; a store of another format is built again.

1: every generation had its own copy of the token vectors. 2: they are shared, and a generation may have a second part.
"""

CURRENT = "CURRENT"
_CURRENT_BYTES = 1024
"""More than any generation's name has."""
LOCK = "LOCK"
EMBEDDINGS = "embeddings.sqlite"
MANIFEST = "manifest.json"
TRUTH = "truth.sqlite"
WORDS = "words"
WORD_LIST = "words.txt"
VECTORS = "vectors.faiss"
NEAR = "near.faiss"
PLACES = "token_places.npy"
OWNERS = "owners"
"""What the names of the files of owners begin with: of passages this alone, of the other tables of the truth more."""
SUMS = "sums.npz"
"""Checksums of blocks; where they are, the rows of the truth have theirs with their owners."""
TERMS = "terms.npy"
"""In how many passages each term stands, where the words lie on a server."""
EMBEDDED, MILVUS = "embedded", "milvus"
"""Where vectors and words lie, as in the setting ``index``."""
BLOCKS = "tokens"
"""The folder of the token vectors, beside the generations."""
MORE = "more"
"""A generation's folder of what came since its base was built; the base's own files are shared with it by links."""
REBUILD = "run `shengwen index build --rebuild`"

_GENERATION = re.compile(r"gen-(\d{6,})")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """The embedding model that a generation was built with."""

    name: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class SegmenterRecord:
    """The segmenter that a generation was built with; ``words`` is the SHA-256 of its word list."""

    name: str
    version: str
    words: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds. ``corpus`` maps each document's id to the SHA-256 of its text.

    ``files`` maps each file's name to its size in bytes and its SHA-256; ``failures`` are (path, reason). ``rows`` are
    how many the base has and how many came since, those of documents that are gone included. ``blocks`` says up to
    which byte each file of token vectors is needed, ``vectors`` which index searches them, and how well.
    """

    generation: int
    created: str
    model: ModelRecord
    segmenter: SegmenterRecord
    counts: Mapping[str, int]
    corpus: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]
    failures: tuple[tuple[str, str], ...] = ()
    rows: tuple[int, int] = (0, 0)
    blocks: Mapping[str, int] = dataclasses.field(default_factory=dict)
    vectors: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    format: int = FORMAT

    @property
    def engine(self) -> str:
        """Where vectors and words lie: ``EMBEDDED`` or ``MILVUS``; of the latter ``vectors`` names the collections."""
        return MILVUS if self.vectors.get("index") == MILVUS else EMBEDDED

    @property
    def sealed(self) -> bool:
        """Whether each part has a checksum of its own, so that it can be compared when it is first read."""
        return SUMS in self.files

    @property
    def words(self) -> str:
        """The folder of the word index: that of the base, or where something came or went since, the later one."""
        return f"{MORE}/{WORDS}" if f"{MORE}/{TRUTH}" in self.files else WORDS


def folder_name(generation: int) -> str:
    """The name of a generation's folder."""
    return f"gen-{generation:06d}"


def generations(store: Path) -> dict[int, Path]:
    """The finished generations in the store's folder, ascending."""
    found = {int(m[1]): p for p in store.iterdir() if (m := _GENERATION.fullmatch(p.name)) and p.is_dir()}
    return dict(sorted(found.items()))


def read_current(store: Path) -> int:
    """The generation that ``CURRENT`` names.

    :raises StoreMissing: there is no store.
    :raises StoreError: the folder or the file cannot be read, or names nothing.
    """
    try:
        with (store / CURRENT).open("rb", buffering=0) as f:  # every question reads it: 7 µs, and 40 as text
            text = f.read(_CURRENT_BYTES).decode(errors="replace").strip()
    except FileNotFoundError:
        raise StoreMissing(f"there is no store in {str(store)!r}: run `shengwen index build`") from None
    except NotADirectoryError:
        raise StoreError(f"{str(store)!r} is a file, not a store's folder: name a folder with --store") from None
    except OSError as e:
        raise StoreError(f"cannot read the store {str(store)!r}: {e.strerror}; check its permissions") from None
    if not (match := _GENERATION.fullmatch(text)):
        raise StoreError(f"{str(store / CURRENT)!r} names no generation but {text[:40]!r}: {REBUILD}")
    return int(match[1])


def switch_current(store: Path, generation: int) -> None:
    """Make the generation the current one, in one atomic step that survives a power cut."""
    temporary = store / f"{CURRENT}.tmp"
    with temporary.open("w", encoding="utf-8", newline="\n") as f:
        f.write(folder_name(generation) + "\n")
        f.flush()
        os.fsync(f.fileno())
    os.replace(temporary, store / CURRENT)
    sync_folder(store)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk, where the system can (Windows does so by itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Force every file and folder below to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as f:
                os.fsync(f.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)


def file_record(path: Path) -> tuple[int, str]:
    """A file's size and SHA-256."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as f:
        while block := f.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def file_records(folder: Path, known: Mapping[int, tuple[int, str]] | None = None) -> dict[str, tuple[int, str]]:
    """Sizes and SHA-256 of the files below, by their names relative to the folder; the manifest itself left out.

    :param known: records by inode, of files that are links to those of another generation and need no second reading.
    """
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    taken = known or {}
    return {
        name: taken.get((folder / name).stat().st_ino) or file_record(folder / name)
        for name in names
        if name != MANIFEST
    }


def link_tree(source: Path, target: Path, names: Iterable[str]) -> None:
    """Give files a second name in another folder; where the system has no links, a copy. None is ever changed."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source / name, target / name)
        except OSError:
            shutil.copyfile(source / name, target / name)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with a checksum of its own."""
    body = dataclasses.asdict(manifest)
    text = json.dumps(body | {"sha256": _digest(body)}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> Manifest:
    """Read a generation's manifest.

    :raises StoreStale: another format.
    :raises StoreError: the manifest is missing or damaged.
    """
    path = folder / MANIFEST
    try:
        body: dict[str, Any] = json.loads(path.read_bytes())
        found = body["format"]
        if isinstance(found, int) and found > FORMAT:
            raise StoreStale(
                f"the store {str(folder.parent)!r} has format {found}, this program reads {FORMAT}: update shengwen, "
                f"or {REBUILD}"
            )
        if found != FORMAT:
            raise StoreStale(
                f"the store {str(folder.parent)!r} has format {found!r}, not {FORMAT}: {REBUILD}, which takes over its "
                "documents and what was embedded"
            )
        checksum = body.pop("sha256")
        manifest = _manifest(body)
    except FileNotFoundError:
        raise StoreError(f"the store lacks {str(path)!r}: {REBUILD}") from None
    except OSError as e:
        raise StoreError(f"cannot read {str(path)!r}: {e.strerror}; check its permissions") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(f"the manifest {str(path)!r} is damaged: {REBUILD}") from None
    if checksum != _digest(body):
        raise StoreError(f"the manifest {str(path)!r} does not match its checksum: {REBUILD}")
    return manifest


def _manifest(body: dict[str, Any]) -> Manifest:
    parts = body | {
        "model": ModelRecord(**body["model"]),
        "segmenter": SegmenterRecord(**body["segmenter"]),
        "files": {name: (size, digest) for name, (size, digest) in body["files"].items()},
        "failures": tuple((path, reason) for path, reason in body["failures"]),
        "rows": tuple(body["rows"]),
    }
    return Manifest(**parts)


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@contextlib.contextmanager
def explained(action: str, store: Path) -> Iterator[None]:
    """Turn what the disk and the libraries raise into one clear ``StoreError``."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise StoreError(f"cannot {action} {str(store)!r}: a file is in the way; name a folder with --store") from None
    except PermissionError as e:
        where = e.filename or str(store)
        raise StoreError(f"cannot {action} {str(store)!r}: no right to write {str(where)!r}; choose another place "
                         "with --store") from None  # fmt: skip
    except OSError as e:
        raise StoreError(f"cannot {action} {str(store)!r}: {e.strerror or e}; the last whole build stays in use") from e
    except sqlite3.Error as e:
        raise StoreError(f"cannot {action} {str(store)!r}: SQLite says {str(e)!r}; check the free space and "
                         f"`shengwen index verify`") from e  # fmt: skip


def clean(store: Path, *, keep: int) -> None:
    """Remove what dead writers left, and all but the newest ``keep`` generations up to the current one.

    Only for the holder of the lock. What cannot be removed now (Windows keeps open files) goes the next time.
    """
    try:
        current = read_current(store)
    except StoreError:
        current = -1
    whole = generations(store)
    wanted = set([g for g in whole if g <= current][-keep:]) if current in whole else set(whole)
    doomed = [path for g, path in whole.items() if g not in wanted]
    for path in (*doomed, *store.glob("gen-*.tmp")):
        shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError, PermissionError):
        (store / f"{CURRENT}.tmp").unlink()
