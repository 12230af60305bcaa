"""The promises made of every answer, checked on its public JSON: a second implementation beside the program's own check.

It shares no code with the answers (only the table of Traditional characters): it reads the JSON that programs get, the
documents' texts and the provinces held, so a mistake in the one is not repeated in the other. Numbers 1 to 7 are those
of the promises in docs/evaluation.md; 0 is the shape of the JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.evaluation.promised_figures import figures_kept
from assistant.evaluation.promised_scope import scope_kept
from assistant.evaluation.promised_text import (
    MARKER,
    Answered,
    Provinces,
    named_in,
    numbers,
    own_words,
    rows,
    statements,
)

TextOf = Callable[[str], str]
KEYS: dict[str, type | tuple[type, ...]] = {
    "question": str, "standalone_question": str, "language": str, "intent": str, "status": str,
    "reason": (str, type(None)), "text": str, "short": (str, type(None)), "provinces": list,
    "table": (dict, type(None)), "computed": list, "citations": list, "hits": list, "generator": str,
    "unsupported": list, "timings_ms": dict, "index_generation": int,
}  # fmt: skip
_VALUES: dict[str, set[str | None]] = {
    "intent": {"figure", "fact", "list", "compare", "summary", "yesno", "chat"},
    "status": {"answered", "partial", "declined"},
    "reason": {None, "province_absent", "year_absent", "not_stated", "off_topic", "unsafe"},
}
_NO_ANSWER = re.compile(r"不是答案|not an answer")
_YEAR = re.compile(r"(?:19|20|21)\d\d")


def broken_promises(answer: Answered, text_of: TextOf, provinces: Provinces) -> list[str]:
    """What an answer breaks, in words that begin with the promise's number; empty if it keeps all.

    :param text_of: a document's text by id; raises ``KeyError`` or ``LookupError`` for an unknown one.
    :param provinces: the provinces of the corpus with every name that a text may call them by.
    """
    shape = list(_shape(answer))
    if shape:
        return shape
    checks = (_quotes(answer, text_of), _markers(answer, provinces), figures_kept(answer, provinces), scope_kept(answer, provinces),
              _status(answer, provinces))  # fmt: skip
    return [problem for check in checks for problem in check]


def same_twice(first: Answered, second: Answered) -> list[str]:
    """Promise 7: two answers to one question differ in their times only."""
    keys = (first.keys() | second.keys()) - {"timings_ms"}
    return [f"7: {key} differs when asked again" for key in sorted(keys) if first.get(key) != second.get(key)]


def _shape(answer: Answered) -> Iterator[str]:
    missing = sorted(KEYS.keys() - answer.keys())
    if missing:
        yield f"0: keys are missing: {', '.join(missing)}"
        return
    for key, kind in KEYS.items():
        if not isinstance(answer[key], kind):
            yield f"0: {key} is a {type(answer[key]).__name__}"
    for key, known in _VALUES.items():
        if isinstance(answer[key], str | None) and answer[key] not in known:
            yield f"0: {key} is {answer[key]!r}"
    if [h["rank"] for h in answer["hits"]] != list(range(1, len(answer["hits"]) + 1)):
        yield "0: hits are not ranked 1, 2, …"
    found = [c["n"] for c in answer["citations"]]
    if len(set(found)) != len(found):
        yield "0: two citations have one number"


def _quotes(answer: Answered, text_of: TextOf) -> Iterator[str]:
    """1: each quote and hit is its document's text at its span, and says something."""
    stands = [(f"citation {c['n']}", c, c["quote"]) for c in answer["citations"]]
    stands += [(f"hit {h['rank']}", h, h["text"]) for h in answer["hits"]]
    for name, at, quote in stands:
        try:
            text = text_of(at["doc_id"])
        except LookupError:
            yield f"1: {name} is of an unknown document {at['doc_id']!r}"
            continue
        if not 0 <= at["start"] < at["end"] <= len(text) or text[at["start"] : at["end"]] != quote:
            yield f"1: {name} is not the source text at its span"
        elif not quote.strip():
            yield f"1: {name} is blank"


def _markers(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """2: markers and citations belong together one to one; before a marker stands its quote, its figure or its place."""
    used = {int(n) for n in MARKER.findall(answer["text"])} | {n for _, ns in rows(answer["table"]) for n in ns}
    cited = {c["n"]: c for c in answer["citations"]}
    if used - cited.keys():
        yield f"2: markers without a citation: {sorted(used - cited.keys())}"
    if cited.keys() - used:
        yield f"2: citations that nothing refers to: {sorted(cited.keys() - used)}"
    if answer["generator"] != "extractive":
        return
    for said, ns in statements(answer["text"]):
        told = numbers(said)
        quotes = {n: str(cited[n]["quote"]) for n in sorted(ns & cited.keys())}
        about = named_in(said, provinces)  # "甲省 [1]": that the province speaks of it is all that is said
        loose = [
            n
            for n, quote in quotes.items()
            if not (quote in said or told & numbers(quote) or cited[n]["province"] in about)
        ]
        if loose and answer["table"] is None:
            yield f"2: before {loose} stands nothing of the quote"


def _status(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """5: an answer cites; a decline has its reason, says what is held, and asserts nothing; neither is empty."""
    if not answer["text"].strip():
        yield "5: the text is empty"
    if answer["status"] == "answered" and not answer["citations"]:
        yield "5: answered without a citation"
    if answer["status"] != "declined":
        if answer["reason"]:
            yield "5: a reason to decline, and yet an answer"
        return
    if not answer["reason"]:
        yield "5: declined without a reason"
    asserted = [key for key in ("short", "provinces", "table", "computed") if answer[key]]
    if asserted:
        yield f"5: declined, yet it asserts something in {', '.join(asserted)}"
    for line in answer["text"].splitlines():
        if MARKER.search(line) and answer["citations"] and not _NO_ANSWER.search(line):
            yield "5: declined, and a quote is not marked as no answer"
    own = own_words(answer)
    figures = numbers(MARKER.sub(" ", own)) - numbers(answer["question"]) - numbers(answer["standalone_question"])
    if any(not _YEAR.fullmatch(f) for f in figures):
        yield f"5: declined, yet it tells {', '.join(sorted(figures))}"
    if provinces and not named_in(own, provinces) and not _YEAR.search(own):
        yield "5: declined without saying what is held"
    if answer["reason"] == "province_absent" and named_in(answer["question"], provinces):
        yield "5: declined as absent, and the question names a province held"
