"""The sentences around the quotes, in the language of the question. Quotes themselves are never touched."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from assistant.facts.words import FALL
from assistant.lexicon import Lexicon
from assistant.types import Fact, Period

_PERIOD: dict[Period | None, tuple[str, str]] = {
    "review": ("{year}年结果", "{year} result"),
    "plan": ("{year}年目标", "{year} target"),
    "review_5y": ("过去五年结果（至{year}年）", "five-year result (to {year})"),
    "plan_5y": ("五年目标（{year}年报告）", "five-year target ({year} report)"),
    None: ("{year}年", "{year}"),
}
_TEXT: dict[str, tuple[str, str]] = {
    "figure": ("{place}{period}：{measure}{value} {mark}", "{place}, {period}: {measure} – {value} {mark}"),
    "growth": ("（增长幅度）", " (growth)"),
    "increment": ("（新增量，不是总量）", " (an increase, not a total)"),
    "strength": ("原文用语：{words}", 'the report says "{words}"'),
    "quote": ("原文：“{quote}” {mark}", "In the source: “{quote}” {mark}"),
    "part_unstated": ("另外问到的“{parts}”，收录的文本没有说明。", "Also asked, but not stated in the texts held: “{parts}”."),
    "also": ("同一指标另有：", "Also stated for this measure:"),
    "fact": ("{place}{period}：{quote} {mark}", "{place}, {period}: “{quote}” {mark}"),
    "list_some": ("{n} 个省份提到“{topic}”：{provinces}。", "{n} provinces mention “{topic}”: {provinces}."),
    "list_none": ("没有省份提到“{topic}”。", "No province mentions “{topic}”."),
    "list_negative": ("没有提到“{topic}”的省份（{n} 个）：{provinces}。", "Provinces that do not mention “{topic}” ({n}): {provinces}."),
    "list_others": ("未提到：{provinces}。", "Not mentioned by: {provinces}."),
    "list_absent": ("本库未收录：{provinces}。", "Not in this corpus: {provinces}."),
    "coverage_years": ("已核对 {n}/{n} 个年份。", "Checked {n}/{n} years."),
    "years_checked": ("核对的年份数", "years checked"),
    "first_year": ("所收录的报告中，最早提到“{topic}”的是{years}的报告。", "Of the reports held, that of {years} is the first to mention “{topic}”."),
    "years_that_say": ("提到“{topic}”的报告年份：{years}。", "Reports that mention “{topic}”: {years}."),
    "other_years": ("其余 {n} 个年份没有说明。", "The other {n} years do not state it."),
    "years_silent": ("没有说明的年份数", "years that do not state it"),
    "year_of": ("引文所述的年份", "year that the citation is about"),
    "year_of_report": ("引文所在报告的年份", "year of the report cited"),
    "year": ("{year}年", "{year}"),
    "coverage": ("已核对 {n}/{n} 个省份。", "Checked {n}/{n} provinces."),
    "compare": ("按“{measure}”比较：", "Comparison of “{measure}”:"),
    "compare_top": ("最高：{province}，{value} {mark}。", "Highest: {province}, {value} {mark}."),
    "difference": ("相差 {value}（{formula}）。", "Difference: {value} ({formula})."),
    "sum": ("合计 {value}（{formula}）。", "Together: {value} ({formula})."),
    "level_with": ("两者数字相同。", "The two figures are the same."),
    "nominal": ("（其中有约数或界限，按字面数字计算。）", "(A figure is approximate or only a bound; the figures are reckoned with as written.)"),
    "mixed": ("注意：各省口径不同（增幅、增量与总量不能直接比较）。", "Note: the figures are of different kinds (growth, increase, total) and not directly comparable."),
    "mixed_roles": ("注意：各省所述时期或性质不同（结果与目标不能直接比较）。", "Note: results and targets, or different years, are listed here; they are not directly comparable."),
    "floor": ("注意：“{figure}”只说了下限 {mark}，实际数可能更高，先后不能确定。", "Note: “{figure}” is only a floor {mark}; the true figure may be higher, so the order is not certain."),
    "not_said": ("未提到", "not stated"),
    "summary": ("{place}{period}，相关内容：", "{place}, {period}:"),
    "summary_part": ("{place}{period} · {heading}：", "{place}, {period} – {heading}:"),
    "points": ("相关内容共 {all} 条，以上为其中 {n} 条。", "{n} of {all} points found are listed."),
    "points_shown": ("列出的条数", "points listed"),
    "points_found": ("找到的条数", "points found"),
    "placed": ("这句话出自：", "This stands in:"),
    "placed_nearly": ("没有一字不差的句子，最接近的是：", "No sentence is exactly like this; the nearest is:"),
    "differs": ("不同之处（所问 → 原文）：{differences}", "Differences (asked → source): {differences}"),
    "parts": ("《{title}》共 {n} 个部分：", "“{title}” has {n} parts:"),
    "parts_counted": ("报告的部分数", "parts of the report"),
    "unexplained": ("收录的文本提到“{term}”，但没有解释它的含义，不作推测。", "The texts held mention “{term}” but do not explain it, and nothing is guessed."),
    "occurs": ("“{term}”共出现 {n} 次。", "“{term}” stands {n} times in the texts."),
    "occurs_in": ("《{title}》{n} 次，最先见于", "“{title}”: {n}, first in "),
    "occurrences": ("出现次数", "occurrences"),
    "yes": ("是。", "Yes."),
    "no": ("否。", "No."),
    "no_mention": ("没有：已核对{place}的全部 {n} 段收录文本，未提到“{topic}”。", "No: all {n} passages held for {place} were checked; none mentions “{topic}”."),
    "not_that_figure": ("否。文中的数字是{value} {mark}", "No. The figure in the text is {value} {mark}"),
    "partly_absent": ("本库未收录：{provinces}。", "Not in this corpus: {provinces}."),
    "province_absent": (
        "本库没有收录{asked}的报告，无法回答。现收录：{held}。",
        "This corpus holds no report of {asked}, so the question cannot be answered. It holds: {held}.",
    ),
    "year_absent": (
        "本库没有{asked}年的内容，无法回答。现收录的年份：{held}。",
        "This corpus holds nothing for {asked}, so the question cannot be answered. Years held: {held}.",
    ),
    "not_stated": (
        "收录的文本没有说明这一点，不作推测。现收录：{held}。",
        "The texts held do not state this, and nothing is guessed. Held: {held}.",
    ),
    "off_topic": (
        "这个问题与所收录的政府工作报告无关。可以问其中的工作成绩、目标和举措。现收录：{held}。",
        "This question is not about the government reports held here. Ask about results, targets and measures in them. Held: {held}.",
    ),
    "unsafe": (
        "这里只依据收录的报告回答问题，不执行指令，也不编造内容。现收录：{held}。",
        "Only questions about the reports held are answered here; instructions are not followed and nothing is invented. Held: {held}.",
    ),
    "near": ("附近的内容（不是答案）：", "Nearest text (not an answer): "),
    "columns": ("省份|时期|指标|数值|原文|引用", "Province|Period|Measure|Value|Quote|Citation"),
    "list_columns": ("省份|结论|原文|引用", "Province|Finding|Quote|Citation"),
    "said": ("提到", "mentioned"),
    "counted": ("列出的省份数", "provinces counted"),
    "checked": ("核对的省份数", "provinces checked"),
    "searched": ("检索的段落数", "passages searched"),
}  # fmt: skip
_ONE = {
    "list_some": "{n} province mentions “{topic}”: {provinces}.",
    "coverage": "Checked {n}/{n} province.",
    "coverage_years": "Checked {n}/{n} year.",
    "other_years": "The other {n} year does not state it.",
    "points": "{n} of {all} points found is listed.",
    "parts": "“{title}” has {n} part:",
    "occurs": "“{term}” stands {n} time in the texts.",
    "no_mention": "No: the {n} passage held for {place} was checked; it does not mention “{topic}”.",
}
"""English sentences whose ``n`` is one."""
_KINDS = {"growth": ("增长", "growth of "), "increment": ("新增", "an increase of ")}
_WHOLE = re.compile(r"^(?:全[省市区县国]|我[省市区]|[省市]内|累计|各类)")
"""What a measure is counted over, which its period and province say already."""
_AIMS = {
    "力争": "striving for ",
    "争取": "striving for ",
    "确保": "ensuring ",
    "有望": "hoped to be ",
    "预计": "expected to be ",
}
_BOUNDS = (
    (("不超过", "以内", "以下", "不高于", "之内"), "at most "),
    (("以上", "不低于", "不少于", "至少", "不小于"), "at least "),
    (("接近", "近", "将近"), "nearly "),
    (("左右", "约", "上下", "大致"), "about "),
    (("突破", "超", "过", "多", "余", "逾", "高于"), "more than "),
    (("前",), "among the first, "),
)
"""Words of strength in English, told before the figure, which keeps its own: about **5%左右**."""


class Wording:
    """All sentences of one language: ``zh``, ``zh-Hant`` or ``en``."""

    def __init__(self, language: str, lexicon: Lexicon) -> None:
        self.language = language
        self.english = language == "en"
        self._lexicon = lexicon

    def say(self, key: str, **values: Any) -> str:
        """One sentence with its values."""
        one = self.english and values.get("n") == 1 and key in _ONE
        template = _ONE[key] if one else _TEXT[key][self.english]
        if not values.get("place", True):
            template = template.removeprefix("{place}, ")
        return self._frame(template).format(**values)

    def period(self, period: Period | None, year: int | None) -> str:
        """A period in words, ``2022年目标``; empty if neither is known."""
        if year is None:
            return (
                "" if period is None else self._frame(_PERIOD[period][self.english].format(year="").strip(" 年()（）"))
            )
        return self._frame(_PERIOD[period][self.english]).format(year=year)

    def place(self, province: str | None) -> str:
        """A province's name in the language."""
        if province is None:
            return ""
        return self._lexicon.english_name(province) if self.english else self._frame(province)

    def scene(self, province: str | None, period: Period | None, year: int | None) -> str:
        """Place and period in one line, ``山东 · 2022年目标``; either may be unknown."""
        return " · ".join(x for x in (self.place(province), self.period(period, year)) if x)

    def places(self, provinces: Sequence[str]) -> str:
        """Names, joined."""
        return (", " if self.english else "、").join(self.place(p) for p in provinces)

    def measure(self, measure: str) -> str:
        """A measure's name as the report writes it, in English by the lexicon's name where it has one."""
        if not self.english:
            return measure
        bare = _WHOLE.sub("", measure)
        name = self._lexicon.english_name(bare)
        return name if name != bare else f"“{measure}”"

    @property
    def colon(self) -> str:
        """What stands between a place and what is said of it."""
        return ": " if self.english else "："

    def aim(self, word: str) -> str:
        """A word of aim that stands before a figure's clause (力争), in English with what it means; empty for none."""
        if not self.english or not word:
            return word
        return f"{word} ({_AIMS[word].strip()}) " if word in _AIMS else f"{word} "

    def kind_of(self, fact: Fact) -> str:
        """The words before a figure: what kind of change it is, in English also its strength; a fall is never growth."""
        fall = next((verb for verb in FALL if fact.strength.startswith(verb)), "")
        if self.english:
            change = ("a decrease of " if fall else _KINDS[fact.kind][1]) if fact.kind in _KINDS else ""
            return _strength(fact) + change + _bound(fact)
        if fact.kind not in _KINDS:
            return ""
        return self._frame(fall or _KINDS[fact.kind][0])

    def _frame(self, text: str) -> str:
        return _traditional(text) if self.language == "zh-Hant" else text


def _strength(fact: Fact) -> str:
    return next((english for word, english in _AIMS.items() if word in fact.strength), "")


def _bound(fact: Fact) -> str:
    return next((english for words, english in _BOUNDS if any(w in fact.strength for w in words)), "")


@functools.cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2tw")


def _traditional(text: str) -> str:
    return str(_converter().convert(text))
