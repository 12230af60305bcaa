"""A question with one of its slots changed in its own words: other provinces, another year, role or topic, or none.

The reader who takes "2022年" off a question, or puts 福建 in place of 山东, asks another question; it is written out
so that it can be read, followed up and sent on. The caller gives the new slots as filters besides: words alone are no
guarantee.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.lexicon import Lexicon
from assistant.question.analyse import year_spans
from assistant.question.cues import is_everywhere, language_of
from assistant.question.slots import period_spans
from assistant.text import fold
from assistant.types import Period

_JOINER = re.compile(r"(?:[\s、，,和与及跟同]|以及|and|vs\.?)*")
_NOUN = re.compile(r"目标|计划|规划|任务|结果|成绩|实绩|完成情况|targets?|goals?|plans?|results?")
_ROLE_NOUN: dict[Period, tuple[str, str]] = {
    "review": ("完成情况", "result"),
    "plan": ("目标", "target"),
    "review_5y": ("过去五年成绩", "result of the past five years"),
    "plan_5y": ("五年目标", "five-year target"),
}
_ROLE_TIME: dict[Period, tuple[str, str]] = {
    "review": ("去年", "last year"),
    "plan": ("今年", "this year"),
    "review_5y": ("过去五年", "past five years"),
    "plan_5y": ("今后五年", "next five years"),
}
_ALL = re.compile(r"(?:对比)?各个?省份?(?![长委级])|\b(?:each|every) province\b|\ball (?:the )?provinces\b")
_END = re.compile(r"\s*[?？。.!！]*\s*$")


def with_provinces(text: str, provinces: Sequence[str], lexicon: Lexicon, *, compared: bool = False) -> str:
    """The question about these provinces; about all of them where there are none.

    :param compared: of all provinces a figure is asked for as a comparison, or one of them would be answered for all.
    """
    english = language_of(text) == "en"
    if provinces:
        names = [lexicon.english_name(p) if english else p for p in provinces]
        new = (" and " if english else "、").join(names)
    elif is_everywhere(text):
        return text
    else:
        new = "each province" if english else "各省"
    spans = [m.span() for m in _ALL.finditer(text)][:1] or _joined(
        text, [(m.start, m.end) for m in lexicon.find_provinces(text)]
    )
    spans = spans or [(m.start, m.end) for m in lexicon.find_cities(text) or lexicon.guess_provinces(text)]
    if spans:
        edited = _replaced(text, spans, new)
    elif english:
        edited = _appended(text, f"in {new}")
    else:
        edited = f"{new}{text}"
    return f"对比{edited}" if compared and not provinces and not english else edited


def with_years(text: str, years: Sequence[int], lexicon: Lexicon) -> str:
    """The question about these years; about none in particular where there are none."""
    english = language_of(text) == "en"
    new = " and ".join(map(str, years)) if english else "、".join(f"{y}年" for y in years)
    spans = [(a, a + len(text[a:b].rstrip())) for a, b in year_spans(text)]
    if spans:
        if english and not years:
            spans = [(_before(text, a, r"\b(?:in|for|of) ?$"), b) for a, b in spans]
        return _replaced(text, _joined(text, spans), new)
    if not new:
        return text
    return _appended(text, f"in {new}") if english else _after_places(text, new, lexicon)


def with_period(text: str, period: Period | None, lexicon: Lexicon) -> str:
    """The question about results or targets, of the year or of five; its words of another role go."""
    english = language_of(text) == "en"
    found = period_spans(_without_names(text, lexicon))
    if period is None:
        return _replaced(text, found, "")
    nouns = [(a, b) for a, b in found if _NOUN.fullmatch(fold(text[a:b]))]
    if nouns:  # the last noun is the one asked for (计划 in 实施计划的目标 is another's name)
        edited = _replaced(text, [nouns[-1]], _ROLE_NOUN[period][english])
        return _replaced(edited, [s for s in found if s != nouns[-1] and s[1] <= nouns[-1][0]], "")
    if english:
        found = tuple((a, b + len(m[0]) if (m := re.match(r" (?:for|to)\b", text[b:])) else b) for a, b in found)
    edited = _replaced(text, found, "")
    if year_spans(edited):
        return edited  # the year says it
    time = _ROLE_TIME[period][english]
    return _appended(edited, time) if english else _after_places(edited, time, lexicon)


def with_topic(text: str, old: str, new: str, lexicon: Lexicon) -> str:
    """The question about ``new`` instead of ``old``, a wording that it holds or that the lexicon reads in it."""
    span = _span_of(text, old, lexicon)
    if span is None:
        return _appended(text, new) if new else text
    if new and language_of(text) == "en":
        new = lexicon.english_name(new)
    return _replaced(text, [span if new else _with_joiner(text, *span)], new)


def _with_joiner(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the 和 or 、 that tied it to what stays."""
    before = re.search(r"(?:\s*[、，,和与及跟同]|以及|\s+and\s+)$", text[:start])
    after = re.match(r"(?:[、，,和与及跟同]|以及|\s+and\s+)\s*", text[end:])
    return (before.start(), end) if before else (start, end + (after.end() if after else 0))


def _span_of(text: str, wording: str, lexicon: Lexicon) -> tuple[int, int] | None:
    at = fold(text).find(fold(wording))
    if at >= 0:
        return at, at + len(wording)
    known = {fold(w) for w in (wording, *lexicon.synonyms_of(wording))}
    for m in (*lexicon.find_measures(text), *lexicon.find_terms(text)):
        if known & {fold(w) for w in (m.text, *lexicon.synonyms_of(m.text))}:
            return m.start, m.end
    return None


def _without_names(text: str, lexicon: Lexicon) -> str:
    """The folded text with its places, measures and terms blanked: 科技规划 names no target."""
    for m in (*lexicon.find_provinces(text), *lexicon.find_measures(text), *lexicon.find_terms(text)):
        text = text[: m.start] + " " * (m.end - m.start) + text[m.end :]
    return fold(text)


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, those that only 、 or 和 parts made one."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and _JOINER.fullmatch(fold(text[out[-1][1] : start])):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _replaced(text: str, spans: Iterable[tuple[int, int]], new: str) -> str:
    """The text with ``new`` at the first span, the others cut, and no seam left behind."""
    ordered = sorted(spans)
    for i, (start, end) in reversed(list(enumerate(ordered))):
        text = text[:start] + (new if i == 0 else "") + text[end:]
    return _mended(text)


def _mended(text: str) -> str:
    text = re.sub(r"  +", " ", re.sub(r"\s+(?=[?？,，.。])", "", text)).strip()
    text = re.sub(r"^(?:的|[、，,：:])+\s*", "", text)
    text = re.sub(r"的(?=[?？。]|$)|(?<=的)的", "", text)
    text = re.sub(r" (?:for|of|in|to)(?=[?.]|$)", "", text)
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)


def _appended(text: str, words: str) -> str:
    end = _END.search(text)
    at = end.start() if end else len(text)
    gap = " " if text[:at] and (words[:1].isascii() or text[at - 1 : at].isascii()) else ""
    return f"{text[:at]}{gap}{words}{text[at:]}"


def _after_places(text: str, words: str, lexicon: Lexicon) -> str:
    places = lexicon.find_provinces(text)
    at = places[-1].end if places else (m.end() if (m := re.search(r"各省", text)) else 0)
    return text[:at] + words + text[at:]


def _before(text: str, at: int, pattern: str) -> int:
    m = re.search(pattern, text[:at])
    return m.start() if m else at
