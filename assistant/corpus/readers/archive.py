"""ZIP files: what is in them, read only as far as sizes are sane and names stay inside."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from assistant.errors import CorpusError

MAX_MEMBERS = 10_000
_MAX_RATIO = 200  # deflated Chinese text is a third of its size, a page of markup a thirtieth
_FREE = 2**20  # bytes below which no ratio is suspect
_OFFICE_BYTES = 2**30
_OLE = b"\xd0\xcf\x11\xe0"
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a ZIP: its bytes, or why they are not taken."""

    name: str
    data: bytes = b""
    problem: str = ""


def open_office(data: bytes, name: str, kind: str) -> zipfile.ZipFile:
    """The ZIP that a DOCX or XLSX is.

    :raises CorpusError: it is none, is encrypted, or unpacks to an absurd size.
    """
    if data.startswith(_OLE):
        raise CorpusError(
            f"cannot read {name!r}: it is encrypted or of an old format; save it as {kind} without password"
        )
    return _open(data, name, kind=kind, limit=_OFFICE_BYTES)


def _open(data: bytes, name: str, *, kind: str, limit: int) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as e:
        raise CorpusError(f"cannot read {name!r}: it is broken or no {kind} ({e}); save it again") from None
    infos = archive.infolist()
    total = sum(i.file_size for i in infos)
    if len(infos) > MAX_MEMBERS:
        raise CorpusError(
            f"cannot read {name!r}: it holds more than {MAX_MEMBERS} files; unpack it and name its folder"
        )
    if total > limit or (total > _FREE and total > _MAX_RATIO * len(data)):
        raise CorpusError(f"cannot read {name!r}: it unpacks to {total // 2**20} MiB; unpack it and look what is in it")
    return archive


def iter_members(data: bytes, name: str, *, suffixes: tuple[str, ...], max_bytes: int) -> Iterator[Member]:
    """The files of known kinds, sorted by name, hidden ones left out; what is not taken is named with the reason.

    :raises CorpusError: no ZIP, a broken one, too many files, or an absurd size once unpacked.
    """
    with _open(data, name, kind="ZIP", limit=4 * max_bytes) as archive:
        found = {_name(i): i for i in archive.infolist() if not i.is_dir()}
        for inner, info in sorted(found.items()):
            path = PurePosixPath(inner)
            if path.suffix.lower() in suffixes and not any(
                p.startswith((".", "~$", "__MACOSX")) and p != ".." for p in path.parts
            ):
                yield _member(archive, info, inner, max_bytes)


def _name(info: zipfile.ZipInfo) -> str:
    """The name; without the mark of UTF-8 it is what Chinese Windows writes, GB18030, if it is that."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            pass  # the next
    return info.filename


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, max_bytes: int) -> Member:
    if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.partition("/")[0]:
        return Member(name, problem="its path leads out of the ZIP; pack it again")
    if stat.S_ISLNK(info.external_attr >> 16):
        return Member(name, problem="it is a link; pack the file itself")
    if info.flag_bits & _ENCRYPTED:
        return Member(name, problem="it is encrypted; pack it without a password")
    if info.file_size > max_bytes:
        return Member(name, problem=f"larger than {max_bytes // 2**20} MiB; split it, or set max_file_mb")
    try:
        return Member(name, archive.read(info))  # zipfile gives no more than the size that it states
    except Exception as e:  # damaged streams raise what their decompressor raises
        return Member(name, problem=f"it is broken ({e}); pack it again")
