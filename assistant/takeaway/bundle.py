r"""A bundle: answers with all that another machine needs to check them again, as one JSON file.

    format, format_version   what the file is
    program, model, store    what answered: versions, the embedding model, the store's generation
    accessed                 the day it was made, or null
    questions                each question with those before it
    answers                  the public JSON of each answer; without times, which tell of the machine
    documents                each document cited or offered: name, SHA-256 of its text, and for each quote its place and
                             the text around it
    parts                    a SHA-256 for each question, answer and document, and for the rest (``head``)
    sha256                   over all of the above

Hashes are over canonical JSON: keys sorted, no blanks, every character beyond ASCII escaped. The hash of a document is
over the UTF-8 of its text, line ends made ``\n``. They show every change, but they are no signature: whoever changes a
bundle can work them out anew. What such a change cannot do is agree with the documents of somebody else's store.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from assistant import __version__
from assistant.takeaway.exchange import Exchange
from assistant.takeaway.sources import Source, held, standing
from assistant.types import Citation, Document

FORMAT = "shengwen-bundle"
VERSION = 1
CONTEXT = 100
"""Characters kept on either side of a quote: two or three sentences, enough to find it again by eye or by program."""
_LONE = re.compile("[\ud800-\udfff]")


def build_bundle(exchanges: Sequence[Exchange], source: Source, *, accessed: date | None = None) -> bytes:
    """The bundle of these exchanges, as UTF-8 JSON that people can read too; same input, same bytes."""
    info = source.info()
    content: dict[str, Any] = {
        "format": FORMAT,
        "format_version": VERSION,
        "program": {"name": "shengwen", "version": __version__},
        "model": info.get("model"),
        "store": {key: info.get(key) for key in ("generation", "created", "format", "segmenter")},
        "accessed": accessed.isoformat() if accessed is not None else None,
        "questions": [{"question": e.answer.question, "history": list(e.history)} for e in exchanges],
        "answers": [e.answer.to_dict() | {"timings_ms": {}} for e in exchanges],
        "documents": _documents(exchanges, source),
    }
    content = _finite(content)
    content["parts"] = hash_parts(content)
    content["sha256"] = hash_of(content)
    return write_json(content)


def _documents(exchanges: Sequence[Exchange], source: Source) -> list[dict[str, Any]]:
    cited: dict[str, list[Citation]] = {}
    for e in exchanges:
        for c in e.answer.citations:
            cited.setdefault(c.span.doc_id, []).append(c)
        for hit in e.answer.hits:
            cited.setdefault(hit.passage.span.doc_id, [])
    return [_document(doc_id, cited[doc_id], held(source, doc_id)) for doc_id in sorted(cited)]


def _document(doc_id: str, citations: Iterable[Citation], document: Document | None) -> dict[str, Any]:
    known = document if document is not None else Document(doc_id, next((c.title for c in citations), ""), "")
    once = {(c.span.start, c.span.end, c.quote): c for c in citations}
    return {
        "id": doc_id,
        "title": known.title,
        "province": known.province,
        "year": known.year,
        "origin": known.origin,
        "note": known.note,
        "characters": None if document is None else len(document.text),
        "sha256": None if document is None else hash_text(document.text),
        "quotes": [_quote(once[key], document) for key in sorted(once)],
    }


def _quote(citation: Citation, document: Document | None) -> dict[str, Any]:
    """A quote with its place; where the document does not carry it there, ``before`` and ``after`` are null."""
    start, end = citation.span.start, citation.span.end
    out: dict[str, Any] = {"start": start, "end": end, "quote": citation.quote, "before": None, "after": None}
    if document is not None and standing(citation, document) == "stands":
        out["before"] = document.text[max(0, start - CONTEXT) : start]
        out["after"] = document.text[end : end + CONTEXT]
    return out


def _finite(value: Any) -> Any:
    """The value without numbers that JSON has no words for."""
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def hash_text(text: str) -> str:
    """The SHA-256 of a document's text, as the store keeps it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_of(content: Any) -> str:
    """The SHA-256 of a value's canonical JSON.

    :raises ValueError: a number that is not finite.
    """
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def hash_parts(content: dict[str, Any]) -> dict[str, Any]:
    """A hash for each part, so that a change can be told by name."""
    lists = ("questions", "answers", "documents")
    parts: dict[str, Any] = {name: [hash_of(one) for one in content[name]] for name in lists}
    rest = {key: value for key, value in content.items() if key not in (*lists, "parts", "sha256")}
    return parts | {"head": hash_of(rest)}


def write_json(content: Any) -> bytes:
    """JSON in UTF-8 with sorted keys."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return (escape_halves(text) + "\n").encode()


def escape_halves(text: str) -> str:
    """JSON whose halves of surrogate pairs, which UTF-8 cannot hold, are escaped."""
    return _LONE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)
