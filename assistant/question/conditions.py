"""Conditions that a question sets on a figure ("5000家以上", "超过10%", "above five"), and its parts if it asks several."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import Literal

from assistant.numerals import figures
from assistant.text import fold

_AT_LEAST = re.compile(
    r"(?:不低于|不少于|至少|达到|不小于|at least|no less than)\s*$|^\s*(?:以上|及以上|or more|and above)"
)
_ABOVE = re.compile(r"(?:超过|大于|高于|多于|突破|超|过|over|above|more than|exceed(?:s|ing)?)\s*$")
_AT_MOST = re.compile(r"(?:不高于|不超过|不多于|至多|最多|at most)\s*$|^\s*(?:以下|以内|及以下|or less|or fewer)")
_BELOW = re.compile(r"(?:低于|少于|小于|不到|不足|不满|under|below|less than|fewer than)\s*$")
_QUANTITY = re.compile(r"多少|几(?!乎)|多大|多高|百分之几|how (?:many|much)|增幅|涨幅|增速|同比|呢[?。]?$|\bby how")
_PART = re.compile(
    r"[，,、；;？?]|(?<=[个家项户名位件元%率额数])(?:和|与|以及|及)| and (?=how )|(?:和|以及|又)(?=[^，,、；;？?]{1,14}(?:多少|几))"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A bound on a value in base units; ``unit`` as the question writes it, empty if it names none."""

    relation: Literal[">=", ">", "<=", "<", "="]
    bound: float
    unit: str

    def holds(self, value: float) -> bool:
        """Whether a value is within the bound."""
        return bool(_RELATIONS[self.relation](value, self.bound))


_RELATIONS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq}


def condition_of(text: str) -> Condition | None:
    """The bound that a question sets, or ``None``."""
    folded = fold(text)
    for figure in figures(text):
        before, after = folded[: figure.number[0]], folded[figure.end :]
        words = figure.strength
        if _AT_LEAST.search(before) or _AT_LEAST.search(after) or words in {"以上", "不低于", "不少于", "至少"}:
            return Condition(">=", figure.value, figure.unit)
        if _AT_MOST.search(before) or _AT_MOST.search(after) or words in {"以下", "以内", "不高于", "不超过", "最多"}:
            return Condition("<=", figure.value, figure.unit)
        if _ABOVE.search(before) or words in {"超过", "突破", "超", "高于", "多于"}:
            return Condition(">", figure.value, figure.unit)
        if _BELOW.search(before) or words in {"低于", "少于"}:
            return Condition("<", figure.value, figure.unit)
        if figure.unit:
            return Condition("=", figure.value, figure.unit)
    return None


def parts_of(text: str) -> list[str]:
    """The parts of a question that ask for several figures ("A多少家、B多少钱？"); one part if it asks for one."""
    folded = fold(text)
    cuts = [0, *(m.end() for m in _PART.finditer(folded)), len(text)]
    parts = [text[a:b] for a, b in zip(cuts, cuts[1:], strict=False) if text[a:b].strip()]
    asking = [p for p in parts if _QUANTITY.search(fold(p))]
    if len(asking) < 2:
        return [text]
    out: list[str] = []
    held = ""
    for part in parts:  # what asks nothing by itself belongs to the part that follows it
        held += part
        if _QUANTITY.search(fold(part)):
            out.append(held)
            held = ""
    if held:
        out[-1] += held
    return out
