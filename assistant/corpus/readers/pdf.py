"""PDF: the text layer, its lines joined to paragraphs, without page numbers and running heads. Pictures are not read."""

from __future__ import annotations

import threading
from typing import Any

from assistant.corpus.readers.lines import is_garbled, lines_of, paragraphs_of
from assistant.corpus.readers.record import Reading, Record, parsing
from assistant.corpus.readers.rows import numbered
from assistant.errors import CorpusError

_TAIL_BYTES = 4096
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not made for threads


def read(data: bytes, name: str) -> Reading:
    """:raises CorpusError: no PDF, cut off, encrypted, pictures of pages, or fonts that name no characters."""
    if b"%PDF-" not in data[:1024]:
        raise CorpusError(f"cannot read {name!r}: it is no PDF, whatever its name says; check what it is")
    if b"%%EOF" not in data[-_TAIL_BYTES:]:
        raise CorpusError(f"cannot read {name!r}: the PDF is cut off; fetch it again")
    with _ONE_AT_A_TIME, parsing(name, "PDF"):
        pages, scanned = _pages(data, name)
    if is_garbled("".join(line for page in pages for line in page)):
        raise CorpusError(
            f"cannot read {name!r}: its fonts do not say which characters they draw; save it as DOCX or text"
        )
    if scanned and not any(pages):
        where = numbered("page", scanned)
        raise CorpusError(f"cannot read {name!r}: scanned, no text on {where}; recognise its text (OCR) first")
    problems = (f"scanned, no text on {numbered('page', scanned)}; recognise it (OCR) first",) if scanned else ()
    return Reading((Record("\n".join(paragraphs_of(pages))),), problems)


def _pages(data: bytes, name: str) -> tuple[list[list[str]], list[int]]:
    """The lines of each page, and the numbers of the pages that hold pictures and no text."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as e:
        if "password" in str(e).lower():
            raise CorpusError(f"cannot read {name!r}: the PDF is encrypted; save it without a password") from None
        raise
    pages: list[list[str]] = []
    scanned: list[int] = []
    try:
        for number, page in enumerate(document, 1):
            pages.append(_lines(page))
            if not pages[-1] and any(page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,))):
                scanned.append(number)
            page.close()
    finally:
        document.close()
    return pages, scanned


def _lines(page: Any) -> list[str]:
    """The page's characters with their places, put into lines."""
    import ctypes

    from pypdfium2 import raw

    text = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    placed = []
    for i in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, i)
        if code <= 0x20 or code in {0xA0, 0x3000} or raw.FPDFText_IsGenerated(text, i) == 1:
            continue  # spaces are told by the gaps between characters
        raw.FPDFText_GetCharOrigin(text, i, x, y)
        left, bottom, right, top = text.get_charbox(i, loose=True)
        placed.append((chr(code), x.value, x.value + right - left, y.value, max(1.0, top - bottom)))
    text.close()
    return lines_of(placed)
