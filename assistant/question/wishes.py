"""What a list question asks of each province: what it must say, what it must not say, and what does not count.

"既讲A又讲B", "讲A没讲B", "讲A或B", "（C不算）", "D以外". Each piece keeps the question's own words; what a piece means is
analysed elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text import fold

_NEGATION = (
    r"(?:没有?|未|不|别)(?:曾|能|再)?(?:明确|具体|专门|单独)?(?:提|讲|说|写|谈|列|报|给|设|定|出现|涉及|公布|部署|安排|见|点名|披露|包含|含有?|论及|交代|要)"
    r"|找不到|看不到|不见|只字未提|闭口不谈|缺少|(?<![有])没有(?=[^不没]{2,})"
    r"|\b(?:do|does|did|is|are|was|has|have)(?:\s+not|n't)\b|\bnever\b|\bwithout\b|\bfails? to\b|\bomits?\b|\black(?:s|ing)?\b|\bno mention\b|\bmakes? no\b|\bleaves? out\b|\bsilent\b|\bnot (?:mention|say|state|set|give)|\b(?:gave|gives?|sets?|ha[sd]|have|names?|states?|report(?:s|ed)?|provid\w+|offer\w*|announc\w+)\s+no\b"
)
_NEGATED = re.compile(_NEGATION)
_NO_NEGATION = re.compile(
    r"有没有|是不是|提没提|说没说|能不能|会不会|不低于|不少于|不超过|不高于|不小于|(?<!找)(?<!看)不到|不足|不断|不含|没有问题"
)
_CUT = re.compile(
    rf"[，,；;。？?：:！!]|(?=(?:但是?|却|而(?!且)|可是?|又|也|还)?(?:{_NEGATION}))|(?<=[^\s])(?=(?:既|同时(?!期)|并且|而且|又(?![一])|也(?=提|讲|说|写|有)))"
    r"|、(?=又|没|未|也|还|并)|\bbut\b|\byet\b|\bwhile\b|\bboth\b|\bas well as\b|\band (?:also|both)\b"
)
_GLOSS = re.compile(r"[，,]?(?:也就是|亦即|换句话说)(?:说|搞|所谓的?)?[，,]?")
"""Between two ways of saying one thing: either will do."""
_ALSO_COUNTS = re.compile(r"[（(](?:[^（）()、，,]{1,8}的[、，,]?)+(?:都|也|均)(?:算|行|要|可以?)[^（）()]{0,3}[）)]")
"""States in which a thing counts as well ("（在建的、想创建的都算）"): asked for by themselves of nobody."""
_CONTAINER = re.compile(
    r"(?:列进|列入|写进|写入|放进|放入|纳入|归入|归为|算作|当作|作为|当成|摆进)了?[^，,。；;？?、\s]*|(?<![\u4e00-\u9fff])把(?!握|关)"
)
"""Where a thing is put ("把核聚变列进未来产业"): what is asked about is the thing."""
_EITHER = re.compile(r"\s*(?:或者?|、|/|｜|\|)\s*|(?<=\s)or\s(?!\w+ing\b)|\s*[（）()]\s*")
_BOTH = re.compile(r"\s*(?:以及|还有|和|与|及|跟|(?<=\s)and\s|&|(?<=\s)plus\s)\s*")
_BOTH_OR_EITHER = re.compile(f"{_BOTH.pattern}|{_EITHER.pattern}")
_PAUSE = re.compile(r"[，,：:]")
_JOINS = re.compile(r"\s*(?:但|却|而|可是|又|也|还|并|既|同时|且|but\b|and\b|yet\b|while\b|both\b)")
_BOTH_AND = re.compile(r"(?i)(\bboth\s[^,;?]{3,60}?\s)(and\s)")
_SAYS = re.compile(r"\w")
_NEAR = 3
"""Characters between a connective and the next thing named ("A和省级B")."""
_LOOKALIKE = (
    re.compile(
        r"[（(，,；;。？?]\s*(?P<what>[^，,。；;？?（）()]{1,24}?)(?:都|也|均)?(?:不算|除外|不含|不计|不包括|不要)(?:在内)?[）)。？?]?"
    ),
    re.compile(
        r"[（(，,；;]?\s*(?:而?不(?:是|要|算|含|包括)(?!不|什么|多少|哪)|排除|rather than|not counting|excluding|\(not\b|, not\b)(?P<what>[^，,。；;？?）)]{1,24})[）)]?"
    ),
)
_ELSEWHERE = re.compile(
    r"(?<![扣免消解清删排铲拆根])除(?:了|去|开)?(?P<a>(?:[^，,。；;？?、]{2,8}、){0,34}[^，,。；;？?]{2,16}?)(?:以外|之外|外)?(?=[，,]|还有|谁|哪|都|的)|(?P<b>[^，,。；;？?]{2,12}?)(?:以外|之外)"
    r"|\b(?:apart from|other than|besides|except(?: for)?|aside from)\s(?P<c>[a-z ,]{3,40}?)(?=[,?]|$)"
)
_PLACES = "(?:地方|省区市|省市区|省市|省区|省份|省|地区|自治区|直辖市|区市|市|区)"
_WHO = re.compile(
    rf"(?:都)?(?:有|是|在|被)?(?:哪|几|多少)(?:几|些|一)?(?:个|家|份)?(?:{_PLACES}{{1,2}}|报告)(?:的?(?:报告|规划|摘录|计划))?"
    rf"|(?:都)?(?:有|是|在|被)?哪(?:几|些|一)?(?:个|家|份)?|(?:是|有)几(?:个|家|份)"
    rf"|(?:都)?(?:有|是)?谁家?的?|的{_PLACES}{{1,2}}(?:有|是)?|各省|[一二三四五六七八九十两\d]+(?:份报告|个省份?|省)(?:里|中)?"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing asked of a province, in the question's words: any of the ``alternatives``; ``negated``: none of them."""

    alternatives: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a list question asks; ``excluded`` do not count as the thing, ``elsewhere`` names places left out."""

    wishes: tuple[Wish, ...]
    excluded: tuple[str, ...] = ()
    elsewhere: str = ""


def wishes_of(text: str, named: Sequence[tuple[int, int]] = ()) -> Wishes:
    """The pieces of a list question. Pieces may be nothing but words of asking: the reader of them tells.

    :param named: where the question names things, ``[start, end)``; none is ever cut in two.
    """
    plain = _GLOSS.sub(lambda m: "、" + " " * (len(m[0]) - 1), text)
    plain = _ALSO_COUNTS.sub(lambda m: " " * len(m[0]), plain)
    excluded: list[str] = []
    for pattern in _LOOKALIKE:
        for m in list(pattern.finditer(fold(plain))):
            excluded.append(plain[m.start("what") : m.end("what")].strip())
            plain = _blanked(plain, m.start(), m.end())
    elsewhere = ""
    apart = _ELSEWHERE.search(fold(plain))
    if apart:
        elsewhere = next(g for g in apart.groups() if g)
        plain = _blanked(plain, *apart.span())
    for m in list(_CONTAINER.finditer(fold(plain))):
        plain = _blanked(plain, *m.span())
    plain = _BOTH_AND.sub(lambda m: f"{m[1]};   ", plain)
    folded = fold(plain)
    at, wishes = 0, []
    for start, end in [*_cuts(folded, named), (len(plain), len(plain))]:
        if _SAYS.search(plain, at, start):
            wishes += _wishes(plain, (at, start), named)
        at = end
    return Wishes(tuple(wishes), tuple(e for e in excluded if e), elsewhere)


def _cuts(folded: str, named: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    cuts = [m.span() for m in _CUT.finditer(folded) if not any(a < m.end() and m.start() < b for a, b in named)]
    ends = [*(start for start, _ in cuts[1:]), len(folded)]
    kept: list[tuple[int, int]] = []
    for (start, end), until in zip(cuts, ends, strict=False):
        before = (kept[-1][1] if kept else 0, start)
        if _parts(folded, before, (start, end), (end, until), named):
            kept.append((start, end))
    return kept


def _parts(
    folded: str,
    before: tuple[int, int],
    cut: tuple[int, int],
    after: tuple[int, int],
    named: Sequence[tuple[int, int]],
) -> bool:
    """Whether a cut parts two wishes: a comma alone does only between two that each name a thing ("A，谁在做B" is one)."""
    if not _PAUSE.fullmatch(folded[slice(*cut)]) or _JOINS.match(folded[slice(*after)]):
        return True
    if is_negation(folded[slice(*before)]) or is_negation(folded[slice(*after)]):
        return True
    return all(any(a <= x and y <= b for x, y in named) for a, b in (before, after))


def _wishes(text: str, piece: tuple[int, int], named: Sequence[tuple[int, int]]) -> list[Wish]:
    """One wish for each thing of a piece that joins several ("A和B"), with its alternatives ("A、B", "A或B")."""
    negated = is_negation(text[slice(*piece)])
    parts = [piece] if negated else _split(_BOTH, text, piece, named=named)
    out = []
    for part in parts:
        either = _BOTH_OR_EITHER if negated else _EITHER
        out.append(Wish(tuple(text[slice(*a)] for a in _split(either, text, part, named=named)), negated))
    return out


def _split(
    pattern: re.Pattern[str], text: str, piece: tuple[int, int], *, named: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The parts of a piece between the connectives; where it names things, only those beside them count."""
    inside = [(a, b) for a, b in named if piece[0] <= a and b <= piece[1]]
    at, out = piece[0], []
    for m in pattern.finditer(fold(text), *piece):
        beside = (any(b == m.start() for _, b in inside), any(0 <= a - m.end() <= _NEAR for a, _ in inside))
        between = all(beside) if pattern is _BOTH else any(beside)
        gloss = pattern is not _BOTH and m[0].strip() in {"(", ")"}  # "超算（超级计算）" says one thing twice
        if between or gloss if inside else pattern is not _BOTH and _SAYS.search(text, at, m.start()):
            out.append((at, m.start()))
            at = m.end()
    return [p for p in (*out, (at, piece[1])) if _SAYS.search(text, *p)] or [piece]


def is_negation(text: str) -> bool:
    """Whether a piece says that something is *not* said."""
    return bool(_NEGATED.search(_NO_NEGATION.sub(lambda m: " " * len(m[0]), fold(text))))


def without_who(text: str) -> str:
    """The text with the words that ask for provinces blanked, lengths kept ("的是哪几个" asks for no number of things)."""
    folded = fold(text)
    for m in _WHO.finditer(folded):
        text = _blanked(text, m.start(), m.end())
    return text


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
