"""Reading files into documents, and what is known of a document before its text is looked at.

The one door: files are found (``files``), read by their kind (``readers``), and named. What is said of them counts in
this order: the options of the command, ``sources.toml``, the file's own columns or front matter; then the file's name
and the title, which ``sections`` looks at.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.corpus.files import MAX_FILE_MB, Failure, iter_files, read_bytes, storable
from assistant.corpus.metadata import read_metadata
from assistant.corpus.readers import ARCHIVE, READERS, SUFFIXES, Reading, Record
from assistant.corpus.readers.archive import Member, iter_members
from assistant.errors import CorpusError

__all__ = ["Failure", "Intake", "SUFFIXES", "Source", "read_file", "read_sources", "storable"]


@dataclass(frozen=True, slots=True)
class Source:
    """A document's text and what is said of it outside the text."""

    id: str
    path: Path
    text: str
    title: str = ""
    origin: str = ""
    note: str = ""
    province: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What holds for all files that are read at once; province and year overrule what the files say."""

    province: str = ""
    year: int | None = None
    max_file_mb: int = MAX_FILE_MB


def read_sources(paths: Iterable[Path], intake: Intake | None = None) -> tuple[list[Source], list[Failure]]:
    """Every readable document below ``paths``, sorted by id, and every file or part of one that failed.

    A folder gives its files of known kinds, hidden ones left out; a file named directly must be of a known kind. The id
    is the path below the named folder without its suffix; of two files of one id the later gets its suffix back.
    """
    sources: dict[str, Source] = {}
    failures: list[Failure] = []
    for path, folder in iter_files(paths, SUFFIXES, failures=failures):
        try:
            read, problems = read_file(path, folder, intake=intake)
        except CorpusError as e:
            failures.append(Failure(storable(path), str(e)))
            continue
        failures += problems
        for source in read:
            named = _named_apart(source, sources)
            sources[named.id] = named
    return [sources[i] for i in sorted(sources)], failures


def _named_apart(source: Source, taken: Mapping[str, Source]) -> Source:
    """The source under an id that no other file has; the same file named twice keeps its own."""
    with_suffix = f"{source.id}{source.path.suffix.replace('.', '-')}"
    names = itertools.chain((source.id, with_suffix), (f"{with_suffix}-{n}" for n in itertools.count(2)))
    here = source.path.resolve()
    return replace(source, id=next(n for n in names if n not in taken or taken[n].path.resolve() == here))


def read_file(
    path: Path, folder: Path | None = None, *, intake: Intake | None = None
) -> tuple[list[Source], list[Failure]]:
    """The documents of one file, and the parts of it that failed.

    :raises CorpusError: missing, unreadable, empty, broken, too large, of an unknown kind or encoding.
    """
    folder = path.parent if folder is None else folder
    intake = intake if intake is not None else Intake()
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise CorpusError(
            f"cannot read {storable(path)!r}: files of kind {path.suffix or '(none)'!r} are not read; "
            f"save it in one of {' '.join(SUFFIXES)}"
        )
    data = read_bytes(path, intake.max_file_mb)
    doc_id = _document_id(path, folder)
    given = read_metadata(path, folder) | _overruling(intake)
    if suffix == ARCHIVE:
        return _unpacked(path, data, doc_id=doc_id, given=given, max_bytes=intake.max_file_mb * 2**20)
    reading = READERS[suffix](data, storable(path))
    return _sources(reading, path, doc_id=doc_id, given=given), _problems(reading, path)


def _overruling(intake: Intake) -> dict[str, Any]:
    return {k: v for k, v in {"province": intake.province, "year": intake.year}.items() if v}


def _sources(reading: Reading, path: Path, *, doc_id: str, given: dict[str, Any]) -> list[Source]:
    """:raises CorpusError: nothing in the file is text."""
    records = [r for r in reading.records if r.text.strip()]
    if not records:
        raise CorpusError(f"cannot read {storable(path)!r}: it holds no text; remove it or fill it")
    out: dict[str, Source] = {}
    for record in records:
        own = _row_id(record, doc_id)
        own = f"{own}-{record.row}" if own in out else own
        known: dict[str, Any] = {
            "title": record.title, "origin": record.origin, "note": record.note, "province": record.province, "year": record.year
        }  # fmt: skip
        out[own] = Source(own, path, record.text, **{**known, **given})
    return list(out.values())


def _row_id(record: Record, doc_id: str) -> str:
    """A row's id: the file's, with the row's province and year unless the file is named after them, else its number.

    It depends on nothing but the file's name and the row, so that a row keeps its id when others come.
    """
    if not record.row:
        return doc_id
    parts = [storable(Path(p)) for p in (re.sub(r"[\\/\s\0]+", "", record.province), str(record.year or "")) if p]
    years = re.findall(r"(?:19|20)\d\d", doc_id)
    if len(parts) == 2 and parts[0] in doc_id and years == [parts[1]]:
        return doc_id
    return "-".join([doc_id, *(parts or [str(record.row)])])


def _problems(reading: Reading, path: Path) -> list[Failure]:
    name = storable(path)
    return [Failure(name, f"cannot read all of {name!r}: {problem}") for problem in reading.problems]


def _unpacked(
    path: Path, data: bytes, *, doc_id: str, given: dict[str, Any], max_bytes: int
) -> tuple[list[Source], list[Failure]]:
    """The documents of a ZIP, named below it as below a folder; a file in it that fails does not stop the others."""
    sources: dict[str, Source] = {}
    failures: list[Failure] = []
    for member in iter_members(data, storable(path), suffixes=SUFFIXES, max_bytes=max_bytes):
        inner = path / member.name.lstrip("/")
        stem = storable(Path(member.name).with_suffix(""))
        try:
            reading = _read_member(member, inner)
            read = _sources(reading, inner, doc_id=f"{doc_id}/{stem}", given=given)
        except CorpusError as e:
            failures.append(Failure(storable(inner), str(e)))
            continue
        failures += _problems(reading, inner)
        for source in read:
            named = _named_apart(source, sources)
            sources[named.id] = named
    if not sources and not failures:
        raise CorpusError(
            f"cannot read {storable(path)!r}: no file in it is of a kind that is read: {' '.join(READERS)}"
        )
    return list(sources.values()), failures


def _read_member(member: Member, path: Path) -> Reading:
    suffix = path.suffix.lower()
    problem = "a ZIP within a ZIP is not read; unpack it" if suffix == ARCHIVE else member.problem
    if problem:
        raise CorpusError(f"cannot read {storable(path)!r}: {problem}")
    return READERS[suffix](member.data, storable(path))


def _document_id(path: Path, folder: Path) -> str:
    relative = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
    return storable(Path(relative.with_suffix("").as_posix()))
