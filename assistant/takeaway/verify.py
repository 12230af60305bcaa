"""A bundle checked: its hashes, its markers and figures, and its quotes against the documents of a store, if there is one.

It shares no code with what composes answers but the reading of numbers, and takes nothing on the maker's word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.numerals import bare_figures
from assistant.takeaway.bundle import hash_of, hash_parts
from assistant.takeaway.comparing import compare
from assistant.takeaway.findings import Finding, Here, Report
from assistant.takeaway.kept import Kept, check_lists, read_answers, read_bundle, read_kept
from assistant.takeaway.sources import Texts
from assistant.types import Answer

_MARKER = re.compile(r"\[(\d+)\]")


def verify_bundle(data: bytes, texts: Texts | None = None) -> Report:
    """What is wrong with a bundle, and how the documents of this machine stand to it.

    :param texts: those documents; without them the bundle is held against itself alone.
    :raises BundleError: the bytes are no bundle at all, or one of a later format.
    """
    content = read_bundle(data)
    findings = list(check_lists(content))
    if findings:  # what is in no list cannot be looked at
        return _report(content, findings, {}, {}, compared=False)
    kept, malformed = read_kept(content["documents"])
    answers, wrong = read_answers(content)
    findings += [*_hashes(content), *malformed, *wrong]
    for number, answer in answers.items():
        findings += [*_markers(number, answer), *_figures(number, answer), *_quotes(number, answer, kept)]
    here: dict[str, Here] = {}
    if texts is not None:
        here, differences = compare(answers, kept, texts)
        findings += differences
    return _report(content, findings, answers, here, compared=texts is not None)


def _report(
    content: dict[str, Any],
    findings: list[Finding],
    answers: Mapping[int, Answer],
    here: Mapping[str, Here],
    *,
    compared: bool,
) -> Report:
    """What stops a reader first, then what is only to be known."""
    n = {name: len(content[name]) if isinstance(content.get(name), list) else 0 for name in ("answers", "documents")}
    program, store = content.get("program"), content.get("store")
    generation = store.get("generation") if isinstance(store, dict) else None
    return Report(
        tuple(sorted(findings, key=lambda f: not f.is_altered)),
        answers=n["answers"],
        citations=sum(len(a.citations) for a in answers.values()),
        documents=n["documents"],
        program=str(program.get("version")) if isinstance(program, dict) else "",
        generation=generation if isinstance(generation, int) else None,
        sha256=str(content.get("sha256")),
        here=here,
        compared=compared,
    )


def _hashes(content: dict[str, Any]) -> Iterator[Finding]:
    """The hash over all, then those of the parts, which tell where a change is."""
    try:
        own = hash_of({key: value for key, value in content.items() if key != "sha256"})
        parts = hash_parts(content)
    except (ValueError, RecursionError):  # 1e999 reads as a number without end
        yield Finding("shape", values={"why": "it holds a number that is not finite"})
        return
    if own != content.get("sha256"):
        yield Finding("hash")
    said = content.get("parts")
    if not isinstance(said, dict) or any(
        _sizes(said.get(name)) != len(parts[name]) for name in ("questions", "answers", "documents")
    ):
        yield Finding("parts")
        return
    if said.get("head") != parts["head"]:
        yield Finding("part")
    for name in ("questions", "answers"):
        for number, pair in enumerate(zip(said[name], parts[name], strict=True), start=1):
            if pair[0] != pair[1]:
                yield Finding("part", number)
    for value, claimed, real in zip(content["documents"], said["documents"], parts["documents"], strict=True):
        if claimed != real:
            yield Finding("part", document=str(value.get("id")) if isinstance(value, dict) else "")


def _sizes(value: Any) -> int:
    return len(value) if isinstance(value, list) else -1


def _markers(number: int, answer: Answer) -> Iterator[Finding]:
    """Markers and citations belong together one to one."""
    used = {int(n) for n in _MARKER.findall(answer.text) if len(n) < 10}
    if answer.table is not None:
        column = answer.table.citation_column
        cells = [row[column] for row in answer.table.rows if column < len(row)]
        used |= {int(n) for cell in cells for n in re.findall(r"\d{1,9}", cell)}
    given = Counter(c.n for c in answer.citations)
    known = used | {i for x in answer.computed for i in x.inputs}
    yield from (Finding("dead_marker", number, values={"n": f"[{n}]"}) for n in sorted(known - given.keys()))
    yield from (Finding("unused", number, n) for n in sorted(given.keys() - used))
    yield from (Finding("twice", number, n) for n, times in sorted(given.items()) if times > 1)


def _figures(number: int, answer: Answer) -> Iterator[Finding]:
    """Every figure shown stands in a quote or its place, in the question, or is worked out; a decline asserts none."""
    if answer.status == "declined":
        return
    table = answer.table
    cells = [c for row in table.rows for i, c in enumerate(row) if i != table.citation_column] if table else []
    shown = bare_figures("\n".join([_MARKER.sub(" ", answer.text), answer.short or "", *cells]))
    carried = bare_figures(
        "\n".join([answer.question, answer.standalone_question, *(x.value for x in answer.computed)])
    )
    for c in answer.citations:
        carried |= bare_figures("\n".join((c.quote, str(c.year or ""), c.title, *c.heading)))
    if loose := shown - carried:
        yield Finding("figures", number, values={"figures": ", ".join(sorted(loose))})


def _quotes(number: int, answer: Answer, kept: Mapping[str, Kept]) -> Iterator[Finding]:
    """Each citation is as long as its place and is the quote that its document's record has there."""
    for c in answer.citations:
        place = f"{c.span.start}-{c.span.end}"
        if not c.quote.strip():
            yield Finding("blank", number, c.n)
        if len(c.quote) != c.span.end - c.span.start:
            yield Finding("length", number, c.n, values={"place": place})
        document = kept.get(c.span.doc_id)
        listed = [q for q in document.quotes if (q.start, q.end) == (c.span.start, c.span.end)] if document else []
        if not any(q.quote == c.quote for q in listed):
            yield Finding("unlisted", number, c.n, values={"place": place})
        elif document is None or document.sha256 is None or any(q.before is None or q.after is None for q in listed):
            yield Finding("unconfirmed", number, c.n)
