"""Reading files into documents: bytes to text, and what is known of a document before its text is looked at."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CorpusError

SUFFIXES = (".txt", ".md", ".markdown")
MAX_BYTES = 256 * 2**20
SOURCES = "sources.toml"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


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

    A folder gives its files of known kinds; a file named directly must be of a known kind. The id is the path below
    the named folder without its suffix; two files of one id get their suffix back.
    """
    sources: dict[str, Source] = {}
    failures: list[Failure] = []
    for path, folder in _files(paths):
        try:
            source = read_source(path, folder)
        except CorpusError as e:
            failures.append(Failure(str(path), str(e)))
            continue
        if source.id in sources and sources[source.id].path != path:
            source = _renamed(source, path)
        sources[source.id] = source
    return [sources[i] for i in sorted(sources)], failures


def _renamed(source: Source, path: Path) -> Source:
    from dataclasses import replace

    return replace(source, id=f"{source.id}{path.suffix.replace('.', '-')}")


def _files(paths: Iterable[Path]) -> Iterable[tuple[Path, Path]]:
    for path in paths:
        if path.is_dir():
            yield from ((f, path) for f in sorted(path.rglob("*")) if f.suffix.lower() in SUFFIXES and f.is_file())
        else:
            yield path, path.parent


def read_source(path: Path, folder: Path | None = None) -> Source:
    """One file as text with its metadata.

    :raises CorpusError: missing, unreadable, empty, binary, too large, of an unknown kind or encoding.
    """
    folder = path.parent if folder is None else folder
    if path.suffix.lower() not in SUFFIXES:
        known = " ".join(SUFFIXES)
        raise CorpusError(
            f"cannot read {path.name!r}: files of kind {path.suffix or '(none)'!r} are not read; use one of {known}"
        )
    text = decode(_bytes(path), path.name)
    if not text.strip():
        raise CorpusError(f"cannot read {path.name!r}: it holds no text")
    meta = _metadata(path, folder)
    return Source(_document_id(path, folder), path, text, **meta)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CorpusError(f"cannot read {path.name!r}: larger than {MAX_BYTES // 2**20} MiB; split it")
        return path.read_bytes()
    except OSError as e:
        raise CorpusError(f"cannot read {str(path)!r}: {e.strerror or e}") from None


def decode(data: bytes, name: str) -> str:
    """Text of bytes in UTF-8, UTF-16 with a byte order mark, or GB18030; line ends made newlines.

    :raises CorpusError: binary data, or none of these encodings.
    """
    text = _decoded(data, name)
    if any(ord(c) < 9 or 13 < ord(c) < 32 for c in text[:100_000]):
        raise CorpusError(f"cannot read {name!r}: it is binary, not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as e:
                raise CorpusError(f"cannot read {name!r}: broken {encoding.upper()} at byte {e.start}") from None
    if b"\0" in data[:8192]:
        raise CorpusError(f"cannot read {name!r}: it is binary, not text")
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
    return relative.with_suffix("").as_posix()


_KEYS: Mapping[str, type] = {"title": str, "origin": str, "note": str, "province": str, "year": int}


def _metadata(path: Path, folder: Path) -> dict[str, Any]:
    file = folder / SOURCES
    if not file.is_file():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as e:
        raise CorpusError(f"cannot read {str(file)!r}: {e}") from None
    entry = table.get(path.relative_to(folder).as_posix(), {})
    for key, value in entry.items():
        if key not in _KEYS or not isinstance(value, _KEYS[key]):
            raise CorpusError(
                f"{str(file)!r}, {path.name!r}: the key {key!r} is unknown or no {_KEYS.get(key, str).__name__}; keys are {', '.join(_KEYS)}"
            )
    return dict(entry)
