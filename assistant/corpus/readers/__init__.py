"""From a file's bytes to the documents in it: one reader for each kind of file, found by its suffix.

A reader gives text and what the file itself says of it; it knows nothing of paths, ids or sections. Third parties'
packages are imported inside the function that needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.corpus.readers import docx, html, markdown, pdf, plain, tables, workbook
from assistant.corpus.readers.record import Reading, Record

Reader = Callable[[bytes, str], Reading]
READERS: Mapping[str, Reader] = {
    ".txt": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read,
    ".htm": html.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".xlsx": workbook.read,
    ".csv": tables.read_csv,
    ".tsv": tables.read_csv,
    ".jsonl": tables.read_jsonl,
}
ARCHIVE = ".zip"
SUFFIXES = (*READERS, ARCHIVE)

__all__ = ["ARCHIVE", "READERS", "Reader", "Reading", "Record", "SUFFIXES"]
