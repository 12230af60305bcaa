"""Bytes to text: which encoding they are in, and what is told when they are in none."""

from __future__ import annotations

import codecs
import re

from assistant.errors import CorpusError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_HAN = re.compile("[\u3400-\u9fff\ue000-\ufaff]")
_SAMPLE = 20_000  # characters that are looked at to tell GB18030 from Big5, which nearly always decodes as it
_USUAL = 0.8  # share of GB 2312 characters: 0.99 in Simplified text, 0.5 in Big5 taken for GB18030
_OTHERS = ["gb18030", "big5hkscs", "cp1252"]


def decode(data: bytes, name: str) -> str:
    """Text of bytes in UTF-8, UTF-16 with a byte order mark, GB18030 or Big5; line ends made newlines.

    :raises CorpusError: binary data, or none of these encodings.
    """
    text = _decoded(data, name).rstrip("\x1a")  # DOS ends a text with it
    if _CONTROL.search(text):
        raise CorpusError(_binary(name))
    return unified(text)


def unified(text: str) -> str:
    """The text with newlines for line ends of every kind."""
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
        text = _chinese(data) or _guessed(data)
        if text is None:
            raise CorpusError(
                f"cannot read {name!r}: neither UTF-8 (broken at byte {utf8.start}) nor GB18030; save it as UTF-8"
            ) from None
        return text


def _chinese(data: bytes) -> str | None:
    """The text if it is GB18030 and reads like it."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if usual(text) >= _USUAL else _guessed(data) or text


def usual(text: str) -> float:
    """Which share of the Han characters is in GB 2312, the set of everyday Simplified characters."""
    han = _HAN.findall(text[:_SAMPLE])
    known = "".join(han).encode("gb2312", "ignore")
    return len(known) / 2 / len(han) if han else 1.0


def _guessed(data: bytes) -> str | None:
    """The text as charset-normalizer reads it, if in an encoding that such documents come in."""
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_OTHERS, explain=False).best()
    return None if best is None else str(best)
