"""Promises 4 and 6, and near misses: the provinces, years and roles told are those asked about, each said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.evaluation.promised_figures import VERDICTS
from assistant.evaluation.promised_text import (
    MARKER,
    Answered,
    Provinces,
    amounts,
    asked,
    folded,
    named_in,
    numbers,
    own_words,
    rows,
    rules_out,
    squeezed,
    visible,
)

PERIODS = {"review", "plan", "review_5y", "plan_5y", None}
_COVERAGE = re.compile(r"(\d+)\s?/\s?(\d+)")
_COUNTED = re.compile(r"(?<![/\d])(\d+)\s(?:个省份|provinces\b)|[（(](\d+)(?:\s个)?[）)][:：]")
_ASKED_YEAR = re.compile(
    r"(?<![\d.])(?:19|20)\d\d(?=\s?(?:年(?!度国家)|[到至~—-]))|\b(?:in|for|of|by|during|since) (?:19|20)\d\d\b"
)
_UNITS = frozenset("家户项件名位人元亩吨%") | {"个百分点"}
PLAIN = 150
"""Characters; of a longer question a check cannot tell what is asked from what is told."""
_AT_LEAST = re.compile(
    r"超过?|突破|以上|不低于|不少于|高于|至少|大于|多于|达到?|过了?|\b(?:over|above|least|more than|exceed\w*|reach\w*)\b"
)
_OTHER_BOUND = re.compile(
    r"以[下内]|不[到足高超]|低于|至多|左右|小于|少于|还是|没|未|\b(?:below|under|less|or|not|about)\b"
)
_THAN = re.compile(r"^\s*(?:那)?(?:比|较|跟|和|与)|\bthan\b")
_EVERYWHERE = re.compile(r"各省|各地|(?:哪些|哪几个|所有|每个)省|\b(?:which|all|every|each) (?:of the )?provinces?\b")
"""Asks of all provinces, whichever are named beside."""
_RELATIVE_YEAR = re.compile(r"[今去上前明]年|\b(?:this|last|next) year\b")
_SINCE = re.compile(r"以来|至今|到现在|\bsince\b")
_LIKE_A_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![.%\d])")
_SENTENCE = re.compile(r"[“\"「](.{10,})[”\"」]", re.DOTALL)
_WHETHER_THERE = re.compile(r"原文|原话|这句话|\bverbatim\b|\bthis sentence\b")
_DENIAL = re.compile(
    r"(?<!有)(?:没有?|未能?|并未)(?!问题|想到|错|到|记错|再?发生|再?出)[^？?]*(?:对吗|对不对|是吗|对吧|是吧|吧[？?。!！]*$)|(?<!有)(?:不)(?:实现|达到|完成|做到|超过|突破|提|说|写|讲|要|打算|降|升|建|通|开|获|列|增|把|给|能)[^？?]*(?:对吗|对不对|是吗|对吧|是吧|吧[？?。!！]*$)"
    r"|^(?:am i right|is it (?:true|right|correct)|can you confirm) that\b.*\b(?:not|never)\b|\bfail(?:ed|s)? to\b|\b(?:did|does|do|has|have|is|was|will) not\b.*\b(?:right|correct|true)\W*$"
    r"|还(?:没有?|未)[^，,。？?]{0,8}(?:实现|达到|完成|做到|超过|突破|建成|通车|投产|开工)[^？?]*(?:吗|吧)[？?。!！]*$"
)
_WAS_DONE = re.compile(
    r"(?:实现|完成|达到|做到|突破|建成)了(?!没)[^？?]*吗|\b(?:did|has|have)\b[^?]*\b(?:reach|achieve|meet|complete|exceed)"
)
_ROLES = {
    "review": (r"(?<!五年)结果|(?<!five-year )result", r"五年|five-year|目标|target"),
    "plan": (r"(?<!五年)目标|(?<!five-year )target", r"五年|five-year|结果|result"),
    "review_5y": (r"五年结果|five-year result", r"目标|target"),
    "plan_5y": (r"五年目标|five-year target", r"结果|result"),
}
"""For each role the words that say it, and those that say another."""


def scope_kept(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """Every way in which an answer is about other places, years or roles than it says or was asked."""
    yield from _lines_by_place(answer, provinces)
    yield from _rows_by_place(answer, provinces)
    yield from _known_periods(answer)
    if answer["status"] == "declined":
        return
    yield from _coverage(answer, provinces)
    yield from _claims(answer, provinces)
    yield from _places_asked(answer, provinces)
    yield from _roles_said(answer)
    yield from _years_asked(answer)
    yield from _verdict(answer)


def _lines_by_place(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """3: a line about one province does not rest on a quote of another."""
    of = {c["n"]: c["province"] for c in answer["citations"]}
    for line in own_words(answer).splitlines():
        markers = {int(n) for n in MARKER.findall(line)} & of.keys()
        named = named_in(re.sub(r"[“\"「].*?[”\"」]", " ", line), provinces)
        wrong = {of[n] for n in markers} - named - {None}
        if len(named) == 1 and markers and wrong:
            yield f"3: a line about {min(named)} cites {', '.join(sorted(map(str, wrong)))}"


def _rows_by_place(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """3: a row about a province cites that province, and nothing else."""
    of = {c["n"]: c["province"] for c in answer["citations"]}
    for cells, cited in rows(answer["table"]):
        named = named_in(cells[0] if cells else "", provinces)
        wrong = {of[n] for n in cited & of.keys()} - named - {None}
        if len(named) == 1 and wrong:
            yield f"3: a row about {min(named)} cites {', '.join(sorted(map(str, wrong)))}"


def _coverage(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """4: a list or comparison says how many provinces it checked, all that are meant, and names each."""
    if answer["intent"] not in {"list", "compare"} or not provinces:
        return
    told = [(int(a), int(b)) for a, b in _COVERAGE.findall(own_words(answer)) if int(b) <= len(provinces)]
    if not told:
        yield "4: the text does not say how many provinces were checked"
        return
    cells = [cells[0] for cells, _ in rows(answer["table"]) if cells]
    named = named_in(" ".join([own_words(answer), *cells, *answer["provinces"]]), provinces)
    checked, of = told[-1]
    if checked != of:
        yield f"4: only {checked} of {of} provinces were checked"
    if len(named) < of:
        yield f"4: {of} provinces were checked and only {len(named)} are named"
    by_name = asked(answer, provinces)[0] if len(answer["question"]) <= PLAIN else set()
    if by_name - named:
        yield f"4: the question means {', '.join(sorted(by_name - named))}, which the answer does not name"
    meant = set(answer.get("understood", {}).get("provinces", ())) & provinces.keys()
    expected = len(meant | by_name) or len(provinces)
    if "understood" in answer and of != expected and not (of < expected and rules_out(answer["question"])):
        yield f"4: the question means {expected} provinces and {of} were checked"


def _claims(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """4: what is claimed is what is cited: in the list of names, in the table, in the counts, in the text."""
    claimed, cited = set(answer["provinces"]), {c["province"] for c in answer["citations"]} - {None}
    if len(claimed) != len(answer["provinces"]) or claimed - provinces.keys():
        yield "4: provinces are claimed twice, or are not of the corpus"
    unsaid = claimed - named_in(
        own_words(answer) + " ".join(c for cells, _ in rows(answer["table"]) for c in cells[:1]), provinces
    )
    if unsaid:
        yield f"4: {', '.join(sorted(unsaid))} are claimed, and the text does not name them"
    if answer["intent"] not in {"list", "compare"} or not provinces:
        if cited and claimed - cited and not _COVERAGE.search(own_words(answer)):
            yield f"4: {', '.join(sorted(claimed - cited))} are claimed without a citation"
        return
    by_row = {frozenset(named_in(cells[0], provinces)): bool(n) for cells, n in rows(answer["table"]) if cells}
    told = {p for names, said in by_row.items() for p in names if said}
    silent = {p for names, said in by_row.items() for p in names if not said}
    if claimed != cited and not (answer["intent"] == "list" and claimed == silent):
        yield f"4: claimed are {_names(claimed)}, cited {_names(cited)}"
    if answer["table"] and told != cited:
        yield f"4: the table tells of {_names(told)}, the citations of {_names(cited)}"
    counted = {int(a or b) for a, b in _COUNTED.findall(folded(own_words(answer)).splitlines()[0])}
    if answer["intent"] == "list" and counted and len(claimed) not in counted:
        yield f"4: the text counts {min(counted)} provinces and claims {len(claimed)}"
    _, ruled_out = asked(answer, provinces)
    if ruled_out & claimed:
        yield f"4: {_names(ruled_out & claimed)} are claimed, which the question rules out"


def _names(provinces: set[str]) -> str:
    return ", ".join(sorted(provinces)) or "none"


def _places_asked(answer: Answered, provinces: Provinces) -> Iterator[str]:
    """3: a question that names provinces, or a region, is answered with nothing of another."""
    named, _ = asked(answer, provinces)
    meant = set(answer.get("understood", {}).get("provinces", ())) | named
    cited = {c["province"] for c in answer["citations"]} - {None}
    everywhere = _EVERYWHERE.search(folded(visible(answer["question"])))
    if meant and cited - meant and not everywhere:
        yield f"3: asked of {_names(meant)}, answered with {_names(cited - meant)}"


def _known_periods(answer: Answered) -> Iterator[str]:
    unknown = {c["period"] for c in answer["citations"]} - PERIODS
    if unknown:
        yield f"6: unknown periods {sorted(map(str, unknown))}"


def _roles_said(answer: Answered) -> Iterator[str]:
    """6: each marker's line, or the nearest above that names a year, says the year and the role of what it cites."""
    cited = {c["n"]: c for c in answer["citations"]}
    several = len({(c["year"], c["period"]) for c in answer["citations"]}) > 1
    composed = answer["generator"] == "extractive"
    unsaid, mixed, above = [], [], ""
    for line in folded(own_words(answer)).splitlines():
        here = re.sub(r"[\[(]\d+[\])]", " ", re.sub(r"“.*”", " ", line))
        above = here if re.search(r"\d{4}", here) else above
        for n in map(int, MARKER.findall(line)):
            citation = cited.get(n)
            if citation is None or citation["year"] is None or citation["period"] not in PERIODS:
                continue
            if (several or (composed and answer["intent"] in {"figure", "compare"})) and str(
                citation["year"]
            ) not in re.findall(r"\d{4}", above):
                unsaid.append(n)
            elif composed and _says_otherwise(above, citation["period"], needed=_shares_year(citation, cited.values())):
                mixed.append(n)
    if unsaid and several:
        yield f"6: several years or roles are cited, and those of {sorted(set(unsaid))} are not said"
    elif unsaid:
        yield f"6: the year of {sorted(set(unsaid))} is not said"
    if mixed:
        yield f"6: {sorted(set(mixed))} are told in another role than they are cited in"


def _shares_year(citation: Answered, others: Iterable[Answered]) -> bool:
    """Whether the year alone does not tell a citation's role: another of its year is in another role."""
    return any(c["year"] == citation["year"] and c["period"] != citation["period"] for c in others)


def _says_otherwise(line: str, period: str | None, *, needed: bool) -> bool:
    if period is None:
        return False
    said, other = _ROLES[period]
    return not re.search(said, line) and (needed or bool(re.search(other, line)))  # a measure may be called …目标


def _years_asked(answer: Answered) -> Iterator[str]:
    """6: a question that names years gets nothing of another, unless the quote itself is about one of them."""
    if answer["intent"] not in {"figure", "yesno", "compare"} or len(answer["question"]) > PLAIN:
        return
    question = folded(visible(answer["question"]))
    if _RELATIVE_YEAR.search(question):  # which year that is the corpus says, beside those that are named
        return
    years = set(_LIKE_A_YEAR.findall(question)) if _ASKED_YEAR.search(question) else set()
    if years and _THAN.search(question):  # "比2016年多了多少" asks about the year of the turn before as well
        years |= set(_LIKE_A_YEAR.findall(answer["standalone_question"]))
    if years and _SINCE.search(question):
        years |= {str(y) for y in range(int(min(years)), 2100)}
    if answer["short"] in {"否", "No"} and {c["period"] for c in answer["citations"]} <= {"plan", "plan_5y"}:
        return  # what is still planned for a later year was not so in the one asked about
    other = [
        c
        for c in answer["citations"]
        if str(c["year"] or "") not in {*years, ""} and not any(y in c["quote"] for y in years)
    ]
    if years and other:
        yield f"6: asked for {', '.join(sorted(years))}, answered with {', '.join(sorted({str(c['year']) for c in other}))}"


def _verdict(answer: Answered) -> Iterator[str]:
    """5: a verdict has a citation or says what was searched; 是 to a figure rests on a quote with that figure."""
    if answer["short"] not in VERDICTS:
        return
    searched = [x for x in answer["computed"] if not re.search(r"\d", x["formula"])]
    agreed = answer["short"] in {"是", "Yes"} and not _DENIAL.search(folded(visible(answer["question"])))
    if not answer["citations"] and (agreed or not searched):  # that nothing is said of it is agreed to by a search
        yield "5: a verdict with neither a citation nor a search"
    if not answer["text"].startswith(answer["short"]) and not searched:
        yield "5: the text does not begin with the verdict"
    question = folded(visible(answer["question"]))
    if answer["short"] == "是" and answer["citations"] and _DENIAL.search(question) and not amounts(question):
        yield "5: a denial is agreed to, and the quote states what it denies"
    if (
        answer["short"] in {"是", "Yes"}
        and _WAS_DONE.search(question)
        and {c["period"] for c in answer["citations"]} <= {"plan", "plan_5y"}
    ):
        yield "6: asked whether it was done, yes by a target"
    yield from _verdict_on_figure(answer, question)
    yield from _verdict_on_sentence(answer, question)


def _verdict_on_figure(answer: Answered, question: str) -> Iterator[str]:
    """3: yes to one figure rests on a quote that states it, or one as high where a lower bound is asked about."""
    asked_of = {
        value
        for value, unit in amounts(question)
        if unit in _UNITS or (not unit and value >= 100 and not 1900 <= value <= 2100)
    }
    if answer["short"] not in {"是", "Yes"} or len(asked_of) != 1 or len(question) > PLAIN:
        return
    (wanted,) = asked_of
    stated = [value for c in answer["citations"] for value, _ in amounts(c["quote"])]
    if _AT_LEAST.search(question) and not _OTHER_BOUND.search(question):
        kept = any(value >= wanted for value in stated)
    else:
        kept = wanted in stated or bool(_AT_LEAST.search(question) or _OTHER_BOUND.search(question))
    if not kept:
        yield f"3: yes to {wanted:g}, which no quote states"


def _verdict_on_sentence(answer: Answered, question: str) -> Iterator[str]:
    """3: whether a sentence stands in the text is decided by the text, its figures included."""
    told = _SENTENCE.search(question)
    if told is None or not _WHETHER_THERE.search(question):
        return
    sentence = squeezed(told[1]).rstrip("。，,.;；")
    found = [squeezed(x) for x in (*(c["quote"] for c in answer["citations"]), *(h["text"] for h in answer["hits"]))]
    if answer["short"] in {"否", "No"} and any(sentence in text for text in found):
        yield "3: no to a sentence that stands in the text"
    loose = numbers(told[1]) - numbers(" ".join(c["quote"] for c in answer["citations"]))
    if answer["short"] in {"是", "Yes"} and loose:
        yield f"3: yes to a sentence with {', '.join(sorted(loose))}, which the quote does not state"
