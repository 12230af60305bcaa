"""The quotes of a bundle against the documents of this machine's store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.takeaway.bundle import CONTEXT, hash_text
from assistant.takeaway.findings import Finding, Here
from assistant.takeaway.kept import Kept
from assistant.takeaway.sources import Texts, held
from assistant.types import Answer, Citation, Document, Hit, Section


def compare(
    answers: Mapping[int, Answer], kept: Mapping[str, Kept], texts: Texts
) -> tuple[dict[str, Here], list[Finding]]:
    """How the store has each document, and what its documents say of the quotes."""
    pairs = {doc_id: _find(one, texts) for doc_id, one in kept.items()}
    here = {doc_id: how for doc_id, (how, _) in pairs.items()}
    findings = [f for doc_id, (how, found) in pairs.items() for f in _document(kept[doc_id], how, found)]
    sections = {d.id: texts.sections(d.id) for how, d in pairs.values() if d is not None and how in ("same", "renamed")}
    for number, answer in answers.items():
        for c in answer.citations:
            how, document = pairs.get(c.span.doc_id, ("missing", None))
            if document is None:
                continue
            at = Finding("kept", number, c.n)
            if how == "changed":
                findings += _moved(at, c, kept[c.span.doc_id], document)
            else:
                findings += _same(at, c, kept[c.span.doc_id], document)
                findings += _attributed(at, c, sections[document.id])
        findings += [f for hit in answer.hits for f in _hit(number, hit, pairs)]
    return here, findings


def _find(kept: Kept, texts: Texts) -> tuple[Here, Document | None]:
    """The document of the same name, else the one of the same text under another."""
    document = held(texts, kept.id)
    if document is not None:
        return ("same" if hash_text(document.text) == kept.sha256 else "changed"), document
    same = next((d for d in texts.documents() if hash_text(d.text) == kept.sha256), None)
    return ("renamed", same) if same is not None else ("missing", None)


def _document(kept: Kept, how: Here, found: Document | None) -> Iterator[Finding]:
    if how == "missing":
        yield Finding("missing", document=kept.id)
    elif how == "renamed" and found is not None:
        yield Finding("renamed", document=kept.id, values={"here": found.id})
    if found is not None and how != "changed" and found.title != kept.title:
        yield Finding("titled", document=kept.id, values={"said": kept.title, "here": found.title})


def _same(at: Finding, citation: Citation, kept: Kept, document: Document) -> Iterator[Finding]:
    """The document is that of the bundle: the quote and what stands around it must be its text."""
    span, text = citation.span, document.text
    if text[span.start : span.end] != citation.quote:
        yield _found("contradicted", at, place=f"{span.start}-{span.end}")
        return
    around = (text[max(0, span.start - CONTEXT) : span.start], text[span.end : span.end + CONTEXT])
    if any(
        (q.before, q.after) not in (around, (None, None))
        for q in kept.quotes
        if (q.start, q.end) == (span.start, span.end)
    ):
        yield _found("around", at)


def _attributed(at: Finding, citation: Citation, sections: tuple[Section, ...]) -> Iterator[Finding]:
    """A quote that is verbatim and said to be of another province, year or part misleads as much as a false one."""
    place = citation.span.start
    section = next((s for s in sections if s.span.start <= place < s.span.end), None)
    if section is None:
        return
    said = (citation.province, citation.year, citation.period, citation.heading)
    real = (section.province, section.year, section.period, section.heading)
    # Inside a part for one year a clause may speak of five.
    narrower = said[2] != real[2] and real[2] is not None and said[2] == f"{real[2]}_5y"
    if said != real and not (narrower and (said[0], said[3]) == (real[0], real[3])):
        yield _found("attributed", at, said=_told(*said), here=_told(*real))


def _told(province: str | None, year: int | None, period: str | None, heading: tuple[str, ...]) -> str:
    return " ".join(str(part) for part in (province, year, period, " › ".join(heading)) if part)


def _moved(at: Finding, citation: Citation, kept: Kept, document: Document) -> Iterator[Finding]:
    """The document is another edition: where does the quote stand in it?"""
    start = _nearest(citation, kept, document.text)
    if start is None:
        yield _found("lost", at)
    elif start == citation.span.start:
        yield _found("kept", at)
    else:
        place = f"{start}-{start + len(citation.quote)}"
        yield _found("moved", at, shift=f"{start - citation.span.start:+d}", place=place)


def _nearest(citation: Citation, kept: Kept, text: str) -> int | None:
    """The occurrence whose surroundings are most like those recorded; of equal ones the nearest to the old place."""
    if not citation.quote:
        return None
    span = citation.span
    quote = next((q for q in kept.quotes if (q.start, q.end) == (span.start, span.end)), None)
    before, after = (quote.before or "", quote.after or "") if quote is not None else ("", "")
    best: tuple[int, int, int] | None = None
    start = text.find(citation.quote)
    while start >= 0:
        end = start + len(citation.quote)
        alike = _common(before[::-1], text[max(0, start - CONTEXT) : start][::-1])
        alike += _common(after, text[end : end + CONTEXT])
        best = min(best or (1, 0, 0), (-alike, abs(start - span.start), start))
        start = text.find(citation.quote, start + 1)
    return best[2] if best is not None else None


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _hit(number: int, hit: Hit, pairs: Mapping[str, tuple[Here, Document | None]]) -> Iterator[Finding]:
    """Passages offered beside the answer; of a changed document nothing is asked, for nothing stands on them."""
    span = hit.passage.span
    how, document = pairs.get(span.doc_id, ("missing", None))
    if document is not None and how != "changed" and document.text[span.start : span.end] != hit.passage.text:
        yield Finding("passage", number, document=span.doc_id, values={"place": f"{span.start}-{span.end}"})


def _found(kind: str, at: Finding, **values: str) -> Finding:
    return Finding(kind, at.answer, at.citation, values=values)
