"""PDF: the text layer, its lines joined to paragraphs, without page numbers and running heads. Pictures are not read."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from assistant.corpus.decoding import unified
from assistant.corpus.readers.record import Reading, Record, parsing
from assistant.corpus.readers.rows import numbered
from assistant.errors import CorpusError

_EDGE = 2  # lines at the top and at the bottom of a page that may be its head or foot
_REPEATED = 3  # pages on which a line must stand at the edge to be a running head, and on half of all
_FULL = 0.85  # of the widest usual line; a shorter line ends its paragraph
_NARROW = 24  # half-width columns; lines that are all shorter are verse, slides or names, and stay lines
_TAIL_BYTES = 4096
_PAGE = re.compile(r"[\s\-—–─·.]*(?:第|page)?\s*\d{1,4}\s*页?(?:\s*[/共of，,]+\s*\d{1,4}\s*页?)?[\s\-—–─·.]*", re.I)
_ROMAN = re.compile(r"[ivx]{1,6}", re.I)
_STOPPED = re.compile(r"[。！？!?：:；;”」]$|[.]$")
_BEGINS = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、]|第[一二三四五六七八九十]{1,3}[章节编部]|——|[●•■◆]|\d{1,2}[.、](?!\d)|各位代表|[#＃]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read(data: bytes, name: str) -> Reading:
    """:raises CorpusError: no PDF, cut off, encrypted, or pictures of pages without text."""
    if b"%PDF-" not in data[:1024]:
        raise CorpusError(f"cannot read {name!r}: it is no PDF, whatever its name says; check what it is")
    if b"%%EOF" not in data[-_TAIL_BYTES:]:
        raise CorpusError(f"cannot read {name!r}: the PDF is cut off; fetch it again")
    with parsing(name, "PDF"):
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CorpusError(f"cannot read {name!r}: the PDF is encrypted; save it without a password")
        texts = [_CONTROL.sub("", unified(page.extract_text() or "")) for page in reader.pages]
        scanned = [i for i, page in enumerate(reader.pages, 1) if not texts[i - 1].strip() and _has_picture(page)]
    if scanned and not any(text.strip() for text in texts):
        where = numbered("page", scanned)
        raise CorpusError(f"cannot read {name!r}: scanned, no text on {where}; recognise its text (OCR) first")
    problems = [f"scanned, no text on {numbered('page', scanned)}; recognise it (OCR) first"] if scanned else []
    return Reading((Record("\n".join(paragraphs_of([text.split("\n") for text in texts]))),), tuple(problems))


def _has_picture(page: Any) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    names = objects.get_object() if objects is not None else {}
    return any(names[n].get_object().get("/Subtype") in {"/Image", "/Form"} for n in names)


def paragraphs_of(pages: list[list[str]]) -> list[str]:
    """Paragraphs from the lines of pages: heads and page numbers dropped, a line that is full runs on into the next."""
    stripped = [[line.strip() for line in page if line.strip()] for page in pages]
    lines = list(_without_edges(stripped))
    widths = sorted(_width(line) for line in lines)
    full = max(_NARROW, _FULL * widths[int(0.9 * (len(widths) - 1))]) if widths else 0
    out: list[str] = []
    open_ended = False
    for line in lines:
        if open_ended and not _BEGINS.match(line):
            out[-1] = _join(out[-1], line)
        else:
            out.append(line)
        open_ended = _width(line) >= full and not _STOPPED.search(line)
    return out


def _without_edges(pages: list[list[str]]) -> Iterator[str]:
    """The lines that are no page's number and do not stand at the edge of page after page."""
    seen = Counter(key for page in pages for key in {_key(line) for line in (*page[:_EDGE], *page[-_EDGE:])})
    least = max(_REPEATED, len(pages) // 2)
    for page in pages:
        inner = range(_EDGE, len(page) - _EDGE)
        for i, line in enumerate(page):
            number = (i in {0, len(page) - 1}) and (_PAGE.fullmatch(line) or _ROMAN.fullmatch(line))
            if i in inner or not (number or seen[_key(line)] >= least):
                yield line


def _key(line: str) -> str:
    """The line without its digits: a head that carries the page's number is the same on every page."""
    return re.sub(r"\d+|\s+", "", line) or line


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _join(before: str, after: str) -> str:
    """Two parts of a line; a space between Latin words, none where Chinese is on either side."""
    spaced = before[-1].isascii() and after[0].isascii() and before[-1] != "-" and before[-1].isalpha()
    return f"{before} {after}" if spaced else before + after
