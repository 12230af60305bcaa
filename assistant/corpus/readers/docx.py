"""Word documents: paragraphs, headings and tables in their order. Headers, footers and footnotes are not the text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from assistant.corpus.decoding import unified
from assistant.corpus.readers.archive import open_office
from assistant.corpus.readers.record import Reading, Record, parsing

CELLS = " | "
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {f"{_W}moveFrom", f"{_W}del", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}


def read(data: bytes, name: str) -> Reading:
    """:raises CorpusError: broken, encrypted, or of absurd size once unpacked."""
    open_office(data, name, "DOCX").close()
    with parsing(name, "DOCX"):
        import docx

        document = docx.Document(io.BytesIO(data))
        lines = list(_lines(document.element.body))
    return Reading((Record(unified("\n".join(lines))),))


def _lines(parent: Any) -> Iterator[str]:
    """Each paragraph and each row of a table as a line; content controls are looked into."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield _text(child)
        elif child.tag == f"{_W}tbl":
            yield from (_row(row) for row in child.iter(f"{_W}tr"))
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"}:
            yield from _lines(child)


def _row(row: Any) -> str:
    cells = (" ".join(_text(p) for p in cell.iter(f"{_W}p")) for cell in row.iterchildren(f"{_W}tc"))
    return CELLS.join(" ".join(cell.split()) for cell in cells)


def _text(element: Any) -> str:
    """The text as it would be printed: insertions taken, deletions left out (python-docx leaves both out)."""
    out = []
    for child in element:
        if child.tag == f"{_W}t":
            out.append(child.text or "")
        elif child.tag in _BREAKS:
            out.append(_BREAKS[child.tag])
        elif child.tag not in _SKIPPED and child.tag != f"{_W}pPr" and child.tag != f"{_W}rPr":
            out.append(_text(child))
    return "".join(out)
