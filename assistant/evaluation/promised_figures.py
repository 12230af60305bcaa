"""Promise 3, and the words of strength of promise 6: every figure told stands in what is cited beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.evaluation.promised_text import (
    MARKER,
    NUMBER,
    Answered,
    Provinces,
    amounts,
    canonical,
    folded,
    named_in,
    numbers,
    own_words,
    rows,
    scaled,
    squeezed,
    statements,
)

VERDICTS = {"是", "否", "Yes", "No"}
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LEADS = re.compile(r"^(?:力争|确保|有望)")
_DIFFERENCE = re.compile(r"^(.+?)\s[-−–]\s(.+)$")
_CHINESE = re.compile(
    r"[一二三四五六七八九十百千万]+分之[零一二三四五六七八九十百千点两]+|一半|半数|过半|翻[一两二三]?番"
    r"|[一二两三四五六七八九十百千][一二三四五六七八九十百千万亿零两]*(?:个百分点|[成倍家户项件名位人元亿万])(?!级|面|式|省份)"
)
_STRONG_BEFORE = re.compile(
    r"(?:力争|确保|突破|超过|超|不低于|不少于|不超过|至少|约|近|达到或超过|逾|将近|接近|大约|(?:低于|高于)(?!全|上|去|同|计划|预期|平均))[^\d，,。；;、]{0,2}$"
)
_STRONG_AFTER = re.compile(
    r"^(?![万亿]?[家户个项件名位条座所台](?:[百千十]?[万亿]元))[^\d，,。；;、]{0,6}?(?:左右|以上|以下|以内|上下)|^[余多]|^[万亿%]{0,2}[余多]"
)
_LOWEST = re.compile(r"[最更谁](?:低|少|小)(?!于)|\b(?:lowest|lower|least|fewest|fewer|smallest|smaller)\b")
_HIGHEST = re.compile(r"[最更谁](?:高|多|大)(?!于)|\b(?:highest|higher|most|largest|biggest)\b")


def figures_kept(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """Every way in which a figure told is not the one cited."""
    yield from _numbers_carried(answer)
    yield from _computed(answer)
    if answer["status"] == "declined":
        return
    yield from _told_as_written(answer)
    yield from _short_is_quoted(answer, provinces)
    yield from _strength(answer)
    yield from _winner(answer, provinces)


def _numbers_carried(answer: Answered) -> Iterator[str]:
    """Each number shown is quoted where it cites, asked with, or computed."""
    quoted = {c["n"]: _carried(c) for c in answer["citations"]}
    free = numbers(answer["question"]) | numbers(answer["standalone_question"])
    for x in answer["computed"]:
        free |= numbers(x["value"])
    if answer["status"] == "declined":
        return
    everywhere = free.union(*quoted.values())
    shown = numbers(MARKER.sub(" ", answer["text"])) | numbers(answer["short"] or "")
    misplaced: set[str] = set()
    told = [(numbers(said), cited) for said, cited in statements(answer["text"])]
    told += [(numbers(" ".join(cells)), cited) for cells, cited in rows(answer["table"])]
    for stated, cited in told:
        shown |= stated
        misplaced |= (
            stated - free.union(*(quoted.get(n, set()) for n in cited)) if cited and cited <= quoted.keys() else set()
        )
    if shown - everywhere:
        yield f"3: numbers that nothing carries: {', '.join(sorted(shown - everywhere))}"
    if misplaced & everywhere:
        yield f"3: numbers that stand in another quote than the one beside them: {', '.join(sorted(misplaced & everywhere))}"


def _carried(citation: Mapping[str, Any]) -> set[str]:
    """The numbers that a citation vouches for: those of its quote, and of where it stands."""
    return set[str]().union(*(numbers(citation[key] or "") for key in ("quote", "title", "year", "heading")))


def _computed(answer: Answered) -> Iterator[str]:
    """What is computed rests on what is cited, and is what its formula gives."""
    quoted = {c["n"]: _carried(c) for c in answer["citations"]}
    for x in answer["computed"]:
        if not set(x["inputs"]) <= quoted.keys():
            yield f"3: {x['value']} is computed from citations that are not there"
            continue
        stated = numbers(x["formula"])
        loose = stated - {n for i in x["inputs"] for n in quoted[i]}
        if x["inputs"] and loose:
            yield f"3: {x['value']} is computed with {', '.join(sorted(loose))}, which its inputs do not state"
        elif stated and not x["inputs"]:
            yield f"3: {x['value']} is computed from nothing"
        elif stated and not _follows(x["value"], x["formula"]):
            yield f"3: {x['value']} is not {x['formula']}"
        elif not stated and not str(x["value"]).isdigit():
            yield f"3: {x['value']} is no count"


def _follows(value: str, formula: str) -> bool:
    """Whether a value is the sum or the difference that its formula writes out."""
    parts = _DIFFERENCE.match(formula)
    sides = formula.split(" + ") if " + " in formula else [parts[1], parts[2]] if parts else []
    given = [amounts(side) for side in (value, *sides)]
    if not sides or any(not g for g in given):
        return False
    told, first, *rest = (g[0][0] for g in given)
    made = first + sum(rest) if " + " in formula else first - rest[0]
    return abs(told - made) <= 1e-6 * max(abs(first), *map(abs, rest), 1.0)


def _told_as_written(answer: Answered) -> Iterator[str]:
    """Figures in bold stand word for word in their quote; scales, signs and Chinese numerals are those of the source."""
    quotes = {c["n"]: c["quote"] for c in answer["citations"]}
    free = " ".join([answer["question"], answer["standalone_question"], *(str(x["value"]) for x in answer["computed"])])
    for said, cited in statements(own_words(answer)):
        beside = " ".join(quotes.get(n, "") for n in cited)
        for figure in _BOLD.findall(said):
            if squeezed(figure) not in squeezed(beside):
                yield f"3: {figure} is told as a figure, and its quote does not say so"
        yield from (
            f"3: {f} is not in the quote beside it" for f in sorted(scaled(said) - scaled(beside) - scaled(free))
        )
    for cells, cited in rows(answer["table"]):
        beside = " ".join(quotes.get(n, "") for n in cited)
        loose = scaled(" ".join(cells)) - scaled(beside) - scaled(free) if cited else set()
        yield from (f"3: {f} is in a row whose quote does not say it" for f in sorted(loose))
    where = " ".join(f"{c['title']} {''.join(c['heading'])}" for c in answer["citations"])
    everything = squeezed(" ".join([*quotes.values(), free, where]))
    for numeral in sorted(set(_CHINESE.findall(squeezed(own_words(answer)) + " " + squeezed(answer["short"] or "")))):
        if numeral not in everything:
            yield f"3: {numeral} is told, and nothing carries it"


def _short_is_quoted(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """The bare answer is a verdict, a province or verbatim; it has no markers and is no paragraph."""
    short = answer["short"]
    if short is None or short in VERDICTS:
        return
    if MARKER.search(short) or "\n" in short:
        yield "3: the short answer is not bare"
    quotes = " ".join(squeezed(c["quote"]) for c in answer["citations"])
    worked_out = {squeezed(x["value"]).removesuffix("年") for x in answer["computed"]}
    for part in [short] if squeezed(short) in quotes else re.split(r"\s*(?:[；;、]|,(?!\d)|→)\s*", short):
        bare = _LEADS.sub("", squeezed(part))
        if bare not in quotes and squeezed(part).removesuffix("年") not in worked_out and not named_in(part, provinces):
            yield f"3: the short answer {part!r} stands in no quote"


def _strength(answer: Answered) -> Iterator[str]:
    """6: a number that its quotes give only with a word of strength does not stand bare."""
    if answer["intent"] not in {"figure", "compare"}:
        return
    by_number = {c["n"]: folded(c["quote"]) for c in answer["citations"]}
    told = [(str(answer["short"] or ""), set(by_number)), *statements(own_words(answer))]
    lost = {
        n
        for said, cited in told
        for n in _lost(folded(said).replace("**", ""), [by_number[i] for i in cited & by_number.keys()])
    }
    yield from (f"6: {number} lost its word of strength" for number in sorted(lost))


def _lost(told: str, quotes: list[str]) -> Iterator[str]:
    for number in sorted(numbers(told)):
        stands = [_is_strong(q, m) for q in quotes for m in NUMBER.finditer(q) if canonical(m[0]) == number]
        bare = [m for m in NUMBER.finditer(told) if canonical(m[0]) == number and not _is_strong(told, m)]
        if stands and all(stands) and bare:
            yield number


def _is_strong(text: str, number: re.Match[str]) -> bool:
    before, after = text[: number.start()], text[number.end() :]
    return bool(_STRONG_BEFORE.search(before) or _STRONG_AFTER.search(after) or re.match(r"\s?[-—–~至到]+\s?\d", after))


def _winner(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """The province named as the highest or lowest is that of the table."""
    short, question = str(answer["short"] or ""), folded(answer["question"])
    low, high = bool(_LOWEST.search(question)), bool(_HIGHEST.search(question))
    if answer["intent"] != "compare" or not named_in(short, provinces) or low == high:
        return
    if (
        re.search(r"[调降增提涨加减]", question)
        and len(list(rows(answer["table"]))) >= 2 * len(answer["provinces"]) > 2
    ):
        return  # who changed most: each has two rows, and no single one tells
    values = [
        (named_in(cells[0], provinces), amounts(cells[3]))
        for cells, cited in rows(answer["table"])
        if cited and len(cells) > 3
    ]
    won = [a[0] for names, a in values if a and names & named_in(short, provinces)]
    rivals = [a[0] for _, a in values if a and won and a[0][1] == won[0][1]]
    if rivals and won[0] != (min if low else max)(rivals):
        yield f"3: {short} is not the {'lowest' if low else 'highest'} of the table"
