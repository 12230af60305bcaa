"""Figures in a sentence: each is one of its evidence's, with its scale, unit, kind and words of strength."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.numerals import Figure, bare_figures, figures
from assistant.text import clauses, fold, has_cjk

STRENGTH = re.compile(
    r"力争|确保|有望|突破|超过|不低于|不少于|不高于|不超过|不小于|至少|最多|大约|将近|接近|控制在|低于|高于|多于|少于|稳定在|保持在|约|近|逾|超"
    r"|左右|以上|以下|以内|之内|上下|余|多|来"
)
_HEDGES = re.compile(r"力争|确保|有望")
_CLASS = {
    "about": "左右 上下 约 近 大约 将近 接近".split(),
    "least": "以上 不低于 不少于 不小于 至少 超过 突破 逾 超 高于 多于 余 多".split(),
    "most": "以下 以内 之内 不高于 不超过 最多 低于 少于".split(),
}
_ENGLISH_BOUNDS = {
    name: re.compile(rf"\b(?:{words})(?: the)?[\s“”\"]*$")
    for name, words in {
        "about": "about|around|approximately|roughly|nearly|almost|close to",
        "least": r"at least|no (?:less|fewer|lower) than|(?<!no )(?:more|higher|greater) than|over|above|exceed(?:s|ing)?|surpass(?:es|ing)?|beyond",
        "most": r"at most|no (?:more|higher|greater) than|(?<!no )(?:less|fewer|lower) than|under|below|within|up to",
    }.items()
}
_ENGLISH_LEAST = re.compile(r"^[\s“”\"]*(?:or (?:more|above|higher)|and above)\b")
_KINDS = {
    "increment": re.compile(
        r"新增|净增|增加(?![到至])|\bnew\b|\bnewly\b|\badd(?:s|ed|ing|itional)?\b|\bmore\b(?! than)"
    ),
    "growth": re.compile(
        r"增长(?![到至达])|上升(?![到至])|提高(?![到至])|提升(?![到至])|扩大(?![到至])|增速|增幅|涨幅|高于上年"
        r"|\bgrow\w*|\bincreas\w+|\bris(?:e|es|ing)\b|\bup by\b|\bhigher\b|\bexpan\w+"
    ),
    "fall": re.compile(
        r"下降|减少|降低|回落|下滑|萎缩|压减|压降|降幅|\bdeclin\w+|\bdecreas\w+|\bdrop\w*|\bfall\w*|\breduc\w+|\bcut\w*|\blower\w*|\bdown\b"
    ),
}
"""Words that make a figure a change rather than a level; 提高到0.9% is a level."""
_SAME_UNITS = ({"家", "户", "个"}, {"项", "个", "件"})
_PERCENT = re.compile(r"(?<=\d)\s?(?:percent|per cent)\b")
_LONG_NUMBER = 18
_Pair = tuple[Figure, str]


def amount_problem(text: str, *, quotes: Sequence[str], computed: Sequence[str]) -> str | None:
    """Why a part's figures are not those of the quotes that it cites; ``None`` if they are.

    What the figures are of is not asked here: ``retelling`` and ``translating`` hold the words beside them to the quotes.

    :param text: the part with its quotations, without markers.
    :param computed: figures that the program computed from these very citations.
    """
    text = _PERCENT.sub("%", re.sub(r"[\"「」『』]", "", fold(text)))  # “5.2万家”左右 has its word of strength
    sources = [fold(q) for q in quotes]
    carried = bare_figures(" ".join((*sources, *computed)))
    shown = bare_figures(text)
    if any(len(n) > _LONG_NUMBER for n in shown):
        return "a number has no end"
    given = [(f, source) for source in sources for f in figures(source)]
    names = set[str]().union(*(_outside_figures(source) for source in sources))
    results = {(f.value, f.unit) for c in computed for f in figures(c) if f.unit}
    for figure in figures(text):
        if (figure.value, figure.unit) in results:
            continue
        same = [pair for pair in given if _same(figure, pair[0])]
        if not same:
            number = text[slice(*figure.number)]
            if not figure.unit and number.isdigit() and bare_figures(number) <= names:
                continue
            return "a figure does not stand in the quotes it cites"
        problems = [_unlike(figure, text, pair) for pair in same]
        if all(problems):
            return problems[0]
    hidden = _outside_figures(text) - names - _years(text)  # “x9000家” and “.2.3亿家” do not read as figures
    loose = shown - carried - _years(text)
    return "a number does not stand in the quotes it cites" if hidden or loose else None


def kinds_in(text: str) -> set[str]:
    """Which kinds of change (``increment``, ``growth``, ``fall``) folded words speak of."""
    return {name for name, words in _KINDS.items() if words.search(text)}


def without_bounds(text: str) -> str:
    """Folded English without the one word that bounds each figure (at least, up to), which ``amount_problem`` judges."""
    for figure in reversed(figures(text)):
        before, behind = text[: figure.start], text[figure.end :]
        bound = next((m for words in _ENGLISH_BOUNDS.values() if (m := words.search(before))), None)
        before = before[: bound.start()] if bound else before
        text = f"{before} {text[figure.start : figure.end]}{_ENGLISH_LEAST.sub(' ', behind)}"
    return text


def _outside_figures(source: str) -> set[str]:
    """Numbers that are no figures: those of names and dates."""
    for f in reversed(figures(source)):
        source = f"{source[: f.start]} {source[f.end :]}"
    return bare_figures(source)


def _years(text: str) -> set[str]:
    """Years are judged by ``roles``."""
    return set(re.findall(r"(?<!\d)(?:19|20|21)\d\d(?!\d|[.,]\d)", text))


def _same(figure: Figure, given: Figure) -> bool:
    if (figure.value, figure.high) != (given.value, given.high):
        return False
    units = {figure.unit, given.unit}
    return (
        len(units) == 1
        or any(units <= same for same in _SAME_UNITS)
        or (not figure.unit and given.unit not in {"%", "‰", "倍", "番", "成"})
    )


def _unlike(figure: Figure, text: str, given: _Pair) -> str | None:
    """How a figure of the part differs from the quote's equal one in what stands around it."""
    source = given[1]
    here, there = _around(text, figure), _around(source, given[0])
    english = not has_cjk(here[0]) or bool(re.search(r"[a-z]{3}", here[0]))
    if _strength(text, figure, here, english=english) != _strength(source, given[0], there, english=english):
        return "a figure's words of strength are not those of its quote"
    kind = _kind(there[0])
    if kind != "level" and not _KINDS[kind].search(f"{here[0]} {here[1]}"):
        return "a change is told as a level"
    return "a level is told as a change" if kind == "level" and _kind(here[0]) != "level" else None


def _around(text: str, figure: Figure) -> tuple[str, str]:
    """What stands before and behind a figure in its clause, up to the figures beside it."""
    clause = next((a, b) for a, b in clauses(text) if a <= figure.number[0] < b)
    others = [f for f in figures(text) if clause[0] <= f.start < clause[1]]
    before = max((f.end for f in others if f.end <= figure.start), default=clause[0])
    behind = min((f.start for f in others if f.start >= figure.end), default=clause[1])
    return text[before : figure.number[0]], text[figure.number[1] : behind]


def _strength(text: str, figure: Figure, around: tuple[str, str], *, english: bool) -> frozenset[str]:
    """The figure's words of strength and those that hedge it in its clause; in English what they bound (least, most)."""
    tokens = {*STRENGTH.findall(figure.strength), *_HEDGES.findall(around[0])}
    if unknown := STRENGTH.sub("", figure.strength).replace("range", ""):
        tokens.add(unknown)
    before, behind = text[: figure.number[0]], text[figure.number[1] :]
    classes = {name for name, words in _ENGLISH_BOUNDS.items() if words.search(before)}
    if _ENGLISH_LEAST.search(behind) or _ENGLISH_LEAST.search(text[figure.end :]):
        classes.add("least")
    if not english:
        return frozenset(tokens | classes)
    known = {name: tokens.intersection(words) for name, words in _CLASS.items()}
    rest = tokens.difference(*known.values())
    return frozenset(rest | classes | {name for name, words in known.items() if words})


def _kind(before: str) -> str:
    found = [(m.start(), name) for name, words in _KINDS.items() for m in words.finditer(before)]
    return max(found)[1] if found else "level"
