"""What form of answer a question expects, and whether a sentence holds it: who, when, where, why, how many, which name.

The old finding of reading comprehension that the type of the answer narrows the sentences. Folded text only; signs of a
form (a unit, a suffix of places), never lists of names. How much each sign is worth is fitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

FORM_FEATURES = (
    "new_number", "counted", "new_time", "place", "person", "reason", "called", "no_list", "defined", "numbers",
)  # fmt: skip
_ASKS_NUMBER = re.compile(r"多少|几|多大|多高|多长|多远|多重|百分之|how (?:many|much|large|long|high)")
_ASKS_TIME = re.compile(r"何时|什么时候|哪(?:一)?年|几年|何年|时间|几月|哪天|日期|\bwhen\b|what year")
_ASKS_PLACE = re.compile(
    r"哪里|哪儿|何处|在哪|什么地方|哪些地|哪个[省市国城地县]|何地|位于|地区|哪国|地点|产地|\bwhere\b"
)
_ASKS_PERSON = re.compile(r"谁|哪(?:一)?位|什么人|哪些人|何人|姓名|\bwhom?\b")
_ASKS_REASON = re.compile(r"为什么|为何|原因|因为什么|\bwhy\b")
_ASKS_NAME = re.compile(
    r"叫(?:做)?什么|名字|名称|别[名称]|又[称名]|什么名|称为|本名|原名|英文名|简称|全称|学名|\bnamed?\b|\bcalled\b"
)
_ASKS_LIST = re.compile(r"哪些|哪几")
_ASKS_MEANING = re.compile(r"^什么是|是什么\??$|指什么|是指")
_COUNTED_IN = re.compile(r"(?:多少|几)[个多]?(?P<unit>[\u4e00-\u9fff%])")
_FIGURE = r"[\d一二三四五六七八九十百千万亿两半余多]\s?[余多]?"
_DATE = re.compile(r"\d{2,4}年|\d{1,2}[月日]|世纪|年代|年间|时期|时代|公元|[一二三四五六七八九十][年月]|朝")
_PLACE = re.compile(r"[省市县区镇乡村州郡国岛山河江湖海洋湾路街道港城府洲部岸]|大学|学院")
_ROLE = re.compile(r"·|由|被|作者|导演|主演|[父母子女妻夫弟兄]|[与和、]|先生|女士|教授|院士")
_REASON = re.compile(r"因|由于|所以|为了|导致|使得|以便|缘|故|because|due to")
_CALLED = re.compile(r"[称叫名]|\"[^\"]{2,16}\"(?:行动|计划|工程)")
_LIST = re.compile(r"[、,和]")
_IN_QUESTION = re.compile(r"\d+(?:\.\d+)?(?:年|月|日|届|次|%|人|世纪)?")


@dataclass(frozen=True, slots=True)
class Expected:
    """The forms that a question expects, its own words and numbers, and a figure with the unit it counts in."""

    number: bool
    time: bool
    place: bool
    person: bool
    reason: bool
    name: bool
    listed: bool
    meaning: bool
    unit: re.Pattern[str] | None
    numbers: frozenset[str]
    words: tuple[str, ...]

    def features(self, text: str, *, is_lead: bool) -> dict[str, float]:
        """Signs of the expected forms in a folded sentence; what it repeats of the question is no answer to it."""
        rest = self._without_question(text)
        return {
            "new_number": float(self.number and any(c.isdigit() for c in self._without_numbers(rest))),
            "counted": float(self.unit is not None and bool(self.unit.search(self._without_numbers(text)))),
            "new_time": float(self.time and bool(_DATE.search(rest))),
            "place": float(self.place and bool(_PLACE.search(rest))),
            "person": float(self.person and bool(_ROLE.search(text))),
            "reason": float(self.reason and bool(_REASON.search(text))),
            "called": float(self.name and bool(_CALLED.search(text))),
            "no_list": float(self.listed and not _LIST.search(text)),
            "defined": float(self.meaning and is_lead),
            "numbers": sum(n in text for n in self.numbers) / len(self.numbers) if self.numbers else 0.0,
        }

    def _without_question(self, text: str) -> str:
        for word in self.words:
            text = text.replace(word, "")
        return text

    def _without_numbers(self, text: str) -> str:
        for number in sorted({"".join(c for c in n if c.isdigit() or c == ".") for n in self.numbers}, key=_longest):
            text = text.replace(number, "")
        return text


def expected(question: str, words: Iterable[str]) -> Expected:
    """What a folded question expects; ``words`` are those it speaks of."""
    counted = _COUNTED_IN.search(question)
    return Expected(
        number=bool(_ASKS_NUMBER.search(question)),
        time=bool(_ASKS_TIME.search(question)),
        place=bool(_ASKS_PLACE.search(question)),
        person=bool(_ASKS_PERSON.search(question)),
        reason=bool(_ASKS_REASON.search(question)),
        name=bool(_ASKS_NAME.search(question)),
        listed=bool(_ASKS_LIST.search(question)),
        meaning=bool(_ASKS_MEANING.search(question)),
        unit=re.compile(_FIGURE + re.escape(counted["unit"])) if counted else None,
        numbers=frozenset(_IN_QUESTION.findall(question)),
        words=tuple(sorted(words, key=_longest)),
    )


def _longest(word: str) -> tuple[int, str]:
    return (-len(word), word)
