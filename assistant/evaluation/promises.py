"""The promises made of every answer, checked on its public JSON: a second implementation beside the program's own check.

It shares no code with the answers (only the table of Traditional characters): it reads the JSON that programs get, the documents' texts and the provinces held,
so a mistake in the one is not repeated in the other. Numbers 1 to 7 are those of the promises in docs/evaluation.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from assistant.text import to_simplified

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
_PERIODS = {"review", "plan", "review_5y", "plan_5y", None}
_MARKER = re.compile(r"\[(\d+)\]")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_COVERAGE = re.compile(r"(\d+)\s?/\s?(\d+)")
_STRONG_BEFORE = re.compile(
    r"(?:力争|确保|突破|超过|超|不低于|不少于|不超过|至少|约|近|达到或超过|逾|将近|接近|大约|低于|高于)[^\d，,。；;、]{0,2}$"
)
_STRONG_AFTER = re.compile(r"^[^\d，,。；;、]{0,6}?(?:左右|以上|以下|以内|上下)|^[余多]|^[万亿%]{0,2}[余多]")


def broken_promises(answer: Mapping[str, Any], text_of: TextOf, provinces: Mapping[str, Sequence[str]]) -> list[str]:
    """What an answer breaks, in words that begin with the promise's number; empty if it keeps all.

    :param text_of: a document's text by id; raises ``KeyError`` or ``LookupError`` for an unknown one.
    :param provinces: the provinces of the corpus with every name that a text may call them by.
    """
    shape = list(_shape(answer))
    if shape:
        return shape
    checks = (_quotes(answer, text_of), _markers(answer), _figures(answer), _places(answer, provinces),
              _coverage(answer, provinces),
              _status(answer), _periods(answer), _strength(answer))  # fmt: skip
    return [problem for check in checks for problem in check]


def same_twice(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Promise 7: two answers to one question differ in their times only."""
    keys = (first.keys() | second.keys()) - {"timings_ms"}
    return [f"7: {key} differs when asked again" for key in sorted(keys) if first.get(key) != second.get(key)]


def _shape(answer: Mapping[str, Any]) -> Iterator[str]:
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
    numbers = [c["n"] for c in answer["citations"]]
    if len(set(numbers)) != len(numbers):
        yield "0: two citations have one number"


def _quotes(answer: Mapping[str, Any], text_of: TextOf) -> Iterator[str]:
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


def _cell_numbers(table: Mapping[str, Any] | None) -> set[int]:
    """Citation numbers in the citation column."""
    if not table:
        return set()
    return {int(n) for row in table["rows"] for n in re.findall(r"\d+", str(row[table["citation_column"]]))}


def _markers(answer: Mapping[str, Any]) -> Iterator[str]:
    """2: markers and citations belong together one to one."""
    used = {int(n) for n in _MARKER.findall(answer["text"])} | _cell_numbers(answer["table"])
    numbers = {c["n"] for c in answer["citations"]}
    if used - numbers:
        yield f"2: markers without a citation: {sorted(used - numbers)}"
    if numbers - used:
        yield f"2: citations that nothing refers to: {sorted(numbers - used)}"


def _numbers(text: Any) -> set[str]:
    """The numbers of a text by value: full width and separators aside, 08 is 8 and 2.0 is 2."""
    folded = unicodedata.normalize("NFKC", str(text))
    return {_canonical(n) for n in _NUMBER.findall(folded)}


def _canonical(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _figures(answer: Mapping[str, Any]) -> Iterator[str]:
    """3: each number shown is quoted where it cites, asked with, or computed; what is computed rests on what is cited."""
    quoted = {c["n"]: _carried(c) for c in answer["citations"]}
    free = _numbers(answer["question"]) | _numbers(answer["standalone_question"])
    for x in answer["computed"]:
        free |= _numbers(x["value"])
        if not set(x["inputs"]) <= quoted.keys():
            yield f"3: {x['value']} is computed from citations that are not there"
            continue
        loose = _numbers(x["formula"]) - {n for i in x["inputs"] for n in quoted[i]}
        if x["inputs"] and loose:
            yield f"3: {x['value']} is computed with {', '.join(sorted(loose))}, which its inputs do not state"
    if answer["status"] == "declined":
        return
    everywhere = free.union(*quoted.values())
    shown = _numbers(_MARKER.sub(" ", answer["text"])) | _numbers(answer["short"] or "")
    misplaced: set[str] = set()
    for numbers, cited in (*_statements(answer["text"]), *_rows(answer["table"])):
        shown |= numbers
        misplaced |= (
            numbers - free.union(*(quoted.get(n, set()) for n in cited)) if cited and cited <= quoted.keys() else set()
        )
    if shown - everywhere:
        yield f"3: numbers that nothing carries: {', '.join(sorted(shown - everywhere))}"
    if misplaced & everywhere:
        yield f"3: numbers that stand in another quote than the one beside them: {', '.join(sorted(misplaced & everywhere))}"


def _carried(citation: Mapping[str, Any]) -> set[str]:
    """The numbers that a citation vouches for: those of its quote, and of where it stands."""
    return set[str]().union(*(_numbers(citation[key] or "") for key in ("quote", "title", "year", "heading")))


def _statements(text: str) -> Iterator[tuple[set[str], set[int]]]:
    """The numbers of each stretch that ends in markers, and the markers; what follows the last one cites nothing."""
    for line in text.splitlines():
        for said, markers in re.findall(r"(.*?)((?:\[\d+\][\s,，、]*)+)", line):
            yield _numbers(said), {int(n) for n in _MARKER.findall(markers)}


def _rows(table: Mapping[str, Any] | None) -> Iterator[tuple[set[str], set[int]]]:
    """The numbers of each row and the citations it names."""
    for row in table["rows"] if table else ():
        column = table["citation_column"] if table else 0
        cells = [_numbers(cell) for i, cell in enumerate(row) if i != column]
        yield set[str]().union(*cells), {int(n) for n in re.findall(r"\d+", str(row[column]))}


def _places(answer: Mapping[str, Any], provinces: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """3: a line about one province does not rest on a quote of another."""
    of = {c["n"]: c["province"] for c in answer["citations"]}
    for line in answer["text"].splitlines():
        markers = {int(n) for n in _MARKER.findall(line)} & of.keys()
        told = _folded(re.sub(r"[“\"「].*?[”\"」]", " ", line))
        named = {name for name, others in provinces.items() if any(_folded(w) in told for w in (name, *others))}
        wrong = {of[n] for n in markers} - named - {None}
        if len(named) == 1 and markers and wrong:
            yield f"3: a line about {min(named)} cites {', '.join(sorted(map(str, wrong)))}"


def _coverage(answer: Mapping[str, Any], provinces: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """4: a list or comparison says how many provinces it checked, and names that many."""
    if answer["intent"] not in {"list", "compare"} or answer["status"] == "declined" or not provinces:
        return
    told = [(int(a), int(b)) for a, b in _COVERAGE.findall(answer["text"]) if int(b) <= len(provinces)]
    if not told:
        yield "4: the text does not say how many provinces were checked"
        return
    cells = [str(cell) for row in (answer["table"] or {}).get("rows", ()) for cell in row]
    text = _folded(" ".join([answer["text"], *cells, *answer["provinces"]]))
    named = sum(any(_folded(w) in text for w in (name, *others)) for name, others in provinces.items())
    checked, of = told[-1]
    if checked != of:
        yield f"4: only {checked} of {of} provinces were checked"
    if named < of:
        yield f"4: {of} provinces were checked and only {named} are named"


def _folded(text: str) -> str:
    """Half width, Simplified, lower case."""
    return to_simplified(unicodedata.normalize("NFKC", text)).lower()


def _status(answer: Mapping[str, Any]) -> Iterator[str]:
    """5: an answer cites; a decline has its reason and asserts nothing; neither is empty."""
    if not answer["text"].strip():
        yield "5: the text is empty"
    if answer["status"] == "answered" and not answer["citations"]:
        yield "5: answered without a citation"
    if answer["status"] != "declined":
        return
    if not answer["reason"]:
        yield "5: declined without a reason"
    asserted = [key for key in ("short", "provinces", "table", "computed") if answer[key]]
    if asserted:
        yield f"5: declined, yet it asserts something in {', '.join(asserted)}"


def _periods(answer: Mapping[str, Any]) -> Iterator[str]:
    """6: roles are known ones, and where several are cited, each marker's line (or the ones above) names its year."""
    roles = {(c["year"], c["period"]) for c in answer["citations"]}
    unknown = {p for _, p in roles} - _PERIODS
    if unknown:
        yield f"6: unknown periods {sorted(map(str, unknown))}"
    if len(roles) < 2 or answer["status"] == "declined":
        return
    cited = {c["n"]: c for c in answer["citations"]}
    unsaid, years = [], set[str]()
    for line in answer["text"].splitlines():
        here = set(re.findall(r"\d{4}", re.sub(r"“.*”|[\[(]\d+[\])]", " ", line)))
        years = here or years
        unsaid += [n for n in map(int, _MARKER.findall(line)) if n in cited and str(cited[n]["year"] or "") not in {*years, ""}]  # fmt: skip
    if unsaid:
        yield f"6: several years or roles are cited, and those of {sorted(set(unsaid))} are not said"


def _strength(answer: Mapping[str, Any]) -> Iterator[str]:
    """6: a number that its quotes give only with a word of strength does not stand bare in the short answer."""
    short = answer["short"] or ""
    if answer["status"] == "declined" or answer["intent"] not in {"figure", "compare"}:
        return
    for number in sorted(_numbers(short)):
        stands = [_is_strong(q, m) for c in answer["citations"] for q in [_folded(c["quote"])]
                  for m in _NUMBER.finditer(q) if _canonical(m[0]) == number]  # fmt: skip
        told = _folded(short)
        bare = [m for m in _NUMBER.finditer(told) if _canonical(m[0]) == number and not _is_strong(told, m)]
        if stands and all(stands) and bare:
            yield f"6: {number} lost its word of strength"


def _is_strong(text: str, number: re.Match[str]) -> bool:
    before, after = text[: number.start()], text[number.end() :]
    return bool(_STRONG_BEFORE.search(before) or _STRONG_AFTER.search(after) or re.match(r"\s?[-—–~至到]+\s?\d", after))
