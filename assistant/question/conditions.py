"""Conditions that a question sets on a figure ("5000家以上", "5%到6%", "两位数", "above five percent", "前三").

Numbers in words are read here only: questions say 两万家 and "ten million" where reports write digits.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import Literal

from assistant.numerals import Figure, figures
from assistant.text import fold

Relation = Literal[">=", ">", "<=", "<", "=", "in"]

_AT_LEAST = re.compile(
    r"(?:不低于|不少于|至少|不小于|达到(?:了)?|达|(?:有没有|是否|是不是|能否|能不能)(?:已经?)?到(?:了)?|at least|reach(?:ed|es|ing)?|no (?:less|fewer) than|not below)\s*$"
    r"|^\s*(?:(?:及|或|或者)?以上|(?:或者?|甚至)(?:更|再)?[高多大快]|or (?:more|above|higher)|and (?:above|over)|and more|or better)"
)
_ABOVE = re.compile(
    r"(?:超过|大于|高于|多于|突破|高过|多过|超出|超|过|破|over|above|beyond|more than|higher than|greater than|pass(?:ed|es)?"
    r"|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|top(?:s|ped)?)(?:了|到|在)?\s*(?:rmb|cny|yuan)?\s*$"
)
_AT_MOST = re.compile(
    r"(?:不高于|不超过|不多于|不大于|至多|最多|控制在|at most|no more than|up to)\s*$"
    r"|^\s*(?:(?:及|或)?以下|以内|之内|or (?:less|fewer|below|lower))"
)
_BELOW = re.compile(
    r"(?:低于|少于|小于|不到|不足|不满|没到|(?<!有)没有到|未到|under|below|less than|fewer than|lower than)\s*$"
)
_BELOW_AFTER = re.compile(r"^\s*(?:都|也|还)?(?:不到|没到|没有到|不足|达不到|没(?:有)?达到|未达到|没过)")
_OPEN = re.compile(r"不含|不包括|不算|excluding|exclusive")
_TWO_DIGITS = re.compile(r"两位数|double[- ]digit")
_FIRST = re.compile(
    r"(?<![以之当目])前\s?(?P<n>[二两三四五六七八九十]|\d{1,2})(?:位|名|强|的)?(?!个月|年|季|期)|\btop\s(?P<m>\d{1,2}|two|three|five)\b"
)
_LAST = re.compile(
    r"(?:最后|倒数|末|后)(?P<n>[二两三四五六七八九十]|\d{1,2})(?:位|名)|\bbottom\s(?P<m>\d{1,2}|two|three|five)\b"
)
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_IN_WORDS = re.compile(
    r"[一二两三四五六七八九十][零一二两三四五六七八九十百千]*(?=[万亿])|[一二两三四五六七八九][百千](?:[零一二三四五六七八九十百]*)(?=[余多来个家户项件人名位所座条台亩吨])"
)
_ONE_OF = {"百": "100", "千": "1000", "万": "1万", "亿": "1亿"}
_LASTING = re.compile(r"(连续|连着|连)([二两三四五六七八九十]{1,3})(?=年|个月|届|次)")
_ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
            "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
            "eighty": 80, "ninety": 90, "hundred": 100}  # fmt: skip
_ENGLISH_IN_WORDS = re.compile(
    rf"\b({'|'.join(_ENGLISH)})(?=\s(?:hundred|thousand|million|billion|trillion|percent|%))"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A bound on a value in base units; ``unit`` as the question writes it, empty if it names none.

    ``in`` is a range: from ``bound`` to ``high``, both included.
    """

    relation: Relation
    bound: float
    unit: str
    high: float = 0.0

    def holds(self, value: float) -> bool:
        """Whether a value is within the bound."""
        if self.relation == "in":
            return self.bound <= value <= self.high
        if self.relation == "=":
            return equal(value, self.bound)
        return bool(_RELATIONS[self.relation](value, self.bound))


_RELATIONS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}


def equal(a: float, b: float) -> bool:
    """Whether two values are one figure, up to the last bit of a float."""
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1.0)


def condition_of(text: str) -> Condition | None:
    """The bound that a question sets, or ``None``; the first of several."""
    return next(iter(conditions_of(text)), None)


def conditions_of(text: str) -> tuple[Condition, ...]:
    """Every bound that a question sets, in order."""
    plain = in_digits(text)
    found = [c for f in asked_figures(plain) if (c := _bound(plain, f)) is not None]
    if not found and _TWO_DIGITS.search(fold(text)):
        found = [Condition("in", 10.0, "%", 99.99)]
    return tuple(found)


def asked_figures(text: str) -> list[Figure]:
    """The figures of a question that could be compared with a report's: with a unit, a scale or a decimal point."""
    plain = in_digits(text)
    return [f for f in figures(plain) if f.unit or f.value >= 1e4 or _is_bare_bound(plain, f)]


def _is_bare_bound(text: str, figure: Figure) -> bool:
    before, after = fold(text)[: figure.number[0]], fold(text)[figure.number[1] :]
    if not re.search(r"[a-z]$", before) and (_AT_MOST.search(after) or _AT_LEAST.search(after)):
        return True
    return bool(_ABOVE.search(before) or _AT_LEAST.search(before) or _BELOW.search(before) or _AT_MOST.search(before))


def _bound(text: str, figure: Figure) -> Condition | None:
    folded = fold(text)
    before, after, words = folded[: figure.number[0]], folded[figure.end :], figure.strength
    if _OPEN.search(before[-4:]):
        return None  # "5项以上（不含5项）": the second is no bound of its own
    if figure.high is not None:
        return Condition("in", figure.value, figure.unit, figure.high)
    if (
        _AT_MOST.search(before)
        or _AT_MOST.search(after)
        or words.startswith(("不高于", "不超过", "最多", "控制在"))
        or words in {"以下", "以内", "之内"}
    ):
        return Condition("<=", figure.value, figure.unit)
    if _AT_LEAST.search(before) or _AT_LEAST.search(after) or words in {"以上", "不低于", "不少于", "至少", "力争达到"}:
        return Condition(">" if _OPEN.search(after[:6]) else ">=", figure.value, figure.unit)
    if _BELOW.search(before) or words in {"低于", "少于"} or _BELOW_AFTER.search(after):
        return Condition("<", figure.value, figure.unit)
    if _ABOVE.search(before) or words in {"超过", "突破", "超", "高于", "多于", "逾", "力争突破"}:
        return Condition(">", figure.value, figure.unit)
    return Condition("=", figure.value, figure.unit) if figure.unit or figure.value >= 1e4 else None


def top_of(text: str) -> int:
    """How many of the first a question asks for ("前三"): negative for the last, 0 if it asks for none."""
    folded = fold(text)
    for pattern, sign in ((_LAST, -1), (_FIRST, 1)):
        m = pattern.search(folded)
        if m and not re.match(r".{0,3}全国", folded[max(0, m.start() - 3) :]):
            return sign * _small(m["n"] or m["m"])
    return 0


_SCALE_ALONE = re.compile(
    r"(?P<over>[上过超破]|突破|超过)(?P<scale>[百千万亿])(?=[家户个项件人名位亩吨亿]|元|了|吗|$|[?。,，？])"
)


def in_digits(text: str) -> str:
    """The text with its numbers in words as digits (两万 is 2万, "ten million" 10 million), per cent as %."""
    text = _SCALE_ALONE.sub(lambda m: f"超过{_ONE_OF[m['scale']]}", text)
    plain = _IN_WORDS.sub(lambda m: str(_value(m[0])), text)
    plain = _LASTING.sub(lambda m: m[1] + str(_value(m[2])), plain)
    plain = re.sub(r"(\d)(?:千)(?=万)", r"\g<1>000", plain)
    plain = _ENGLISH_IN_WORDS.sub(lambda m: str(_ENGLISH[m[1].lower()]), plain)
    return re.sub(r"(?i)\s?\bper\s?cent\b|\s?percent\b", "%", plain)


def _value(words: str) -> int:
    """A Chinese number below ten thousand."""
    total = digit = 0
    for c in words:
        if c in _PLACES:
            total += (digit or 1) * _PLACES[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit


def _small(words: str) -> int:
    return int(words) if words.isdigit() else _ENGLISH.get(words, 0) or _value(words)
