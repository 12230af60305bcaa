"""Reading files into documents: bytes to text, and what is known of a document before its text is looked at."""

from __future__ import annotations

import codecs
import itertools
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import CorpusError

SUFFIXES = (".txt", ".md", ".markdown")
MAX_BYTES = 256 * 2**20
SOURCES = "sources.toml"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text and what ``sources.toml`` says of it."""

    id: str
    path: Path
    text: str
    title: str = ""
    origin: str = ""
    note: str = ""
    province: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why."""

    path: str
    reason: str


def read_sources(paths: Iterable[Path]) -> tuple[list[Source], list[Failure]]:
    """Every readable file below ``paths``, sorted by id, and every one that failed.

    A folder gives its files of known kinds, hidden ones left out; a file named directly must be of a known kind. The id
    is the path below the named folder without its suffix; of two files of one id the later gets its suffix back.
    """
    sources: dict[str, Source] = {}
    failures: list[Failure] = []
    for path, folder in _files(paths, failures):
        try:
            source = read_source(path, folder)
        except CorpusError as e:
            failures.append(Failure(storable(path), str(e)))
            continue
        source = _named_apart(source, sources)
        sources[source.id] = source
    return [sources[i] for i in sorted(sources)], failures


def _named_apart(source: Source, taken: Mapping[str, Source]) -> Source:
    """The source under an id that no other file has; the same file named twice keeps its own."""
    with_suffix = f"{source.id}{source.path.suffix.replace('.', '-')}"
    names = itertools.chain((source.id, with_suffix), (f"{with_suffix}-{n}" for n in itertools.count(2)))
    here = source.path.resolve()
    return replace(source, id=next(n for n in names if n not in taken or taken[n].path.resolve() == here))


def _files(paths: Iterable[Path], failures: list[Failure]) -> Iterator[tuple[Path, Path]]:
    """The files with the folders that they are named below. Links to folders are not followed, so none goes round."""
    for path in paths:
        if not path.is_dir():
            yield path, path.parent
            continue
        found: list[Path] = []
        for folder, folders, names in os.walk(path, onerror=lambda e: failures.append(_closed(e))):
            folders[:] = [f for f in folders if not f.startswith(".")]
            found += [Path(folder, n) for n in names if not n.startswith(".")]
        yield from ((f, path) for f in sorted(found) if f.suffix.lower() in SUFFIXES)


def _closed(error: OSError) -> Failure:
    name = storable(Path(error.filename or ""))
    return Failure(name, f"cannot read the folder {name!r}: {error.strerror or error}; check its permissions")


def storable(path: Path) -> str:
    """The path as text that can be stored: bytes of a name that are no UTF-8 become question marks."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def read_source(path: Path, folder: Path | None = None) -> Source:
    """One file as text with its metadata.

    :raises CorpusError: missing, unreadable, empty, binary, too large, of an unknown kind or encoding.
    """
    folder = path.parent if folder is None else folder
    if path.suffix.lower() not in SUFFIXES:
        known = " ".join(SUFFIXES)
        raise CorpusError(
            f"cannot read {storable(path)!r}: files of kind {path.suffix or '(none)'!r} are not read; "
            f"save it as plain text in one of {known}"
        )
    name = storable(path)
    text = decode(_bytes(path), name)
    if not text.strip():
        raise CorpusError(f"cannot read {name!r}: it holds no text; remove it or fill it")
    return Source(_document_id(path, folder), path, text, **_metadata(path, folder))


def _bytes(path: Path) -> bytes:
    name = storable(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise CorpusError(f"cannot read {name!r}: it is no file; name a file or a folder of files")
        if status.st_size > MAX_BYTES:
            raise CorpusError(f"cannot read {name!r}: larger than {MAX_BYTES // 2**20} MiB; split it")
        return path.read_bytes()
    except FileNotFoundError:
        raise CorpusError(f"cannot read {name!r}: there is no such file; check the path") from None
    except (OSError, ValueError) as e:  # ValueError: a NUL in the path
        reason = getattr(e, "strerror", None) or e
        raise CorpusError(f"cannot read {name!r}: {reason}; check the path and its permissions") from None


def decode(data: bytes, name: str) -> str:
    """Text of bytes in UTF-8, UTF-16 with a byte order mark, or GB18030; line ends made newlines.

    :raises CorpusError: binary data, or none of these encodings.
    """
    text = _decoded(data, name).rstrip("\x1a")  # DOS ends a text with it
    if _CONTROL.search(text):
        raise CorpusError(_binary(name))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _binary(name: str) -> str:
    return f"cannot read {name!r}: it is binary, or UTF-16 without its mark; save it as plain text in UTF-8"


def _decoded(data: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as e:
                where = f"broken {encoding.upper()} at byte {e.start + len(bom)}"
                raise CorpusError(f"cannot read {name!r}: {where}; save it again as UTF-8") from None
    if b"\0" in data:
        raise CorpusError(_binary(name))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as utf8:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            raise CorpusError(
                f"cannot read {name!r}: neither UTF-8 (broken at byte {utf8.start}) nor GB18030; save it as UTF-8"
            ) from None


def _document_id(path: Path, folder: Path) -> str:
    relative = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
    return storable(Path(relative.with_suffix("").as_posix()))


_KEYS: Mapping[str, type] = {"title": str, "origin": str, "note": str, "province": str, "year": int}


def _metadata(path: Path, folder: Path) -> dict[str, Any]:
    file = folder / SOURCES
    if not file.is_file():
        return {}
    where = storable(file)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as e:
        raise CorpusError(f"cannot read {where!r}: {e}; correct it or remove it") from None
    key = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    entry = table.get(key, {})
    if not isinstance(entry, dict):
        raise CorpusError(f'{where!r}: {key!r} is {entry!r}, no table; write ["{key}"] and its keys below')
    for name, value in entry.items():
        wanted = _KEYS.get(name)
        if wanted is None:
            raise CorpusError(f"{where!r}, {key!r}: unknown key {name!r}; keys are {', '.join(_KEYS)}")
        if not isinstance(value, wanted) or isinstance(value, bool):
            kind = "a whole number" if wanted is int else "text in quotation marks"
            raise CorpusError(f"{where!r}, {key!r}: {name!r} is {value!r}; write {kind}")
    return dict(entry)
