"""Figures as governments write them: value, unit, range and words of strength. It knows no measures and no documents.

``2.3万家``, ``18%以上``, ``3—5家``, ``130余家``, ``２０％``, ``5 个``, ``1.2万亿元``, ``一半``, ``三分之二``, ``翻一番``.
Years (``2022年``), dates and numbers inside names (``H9``, ``5G``, ``PM2.5``, ``“1313”``) are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text import fold

SCALES = {"百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8, "百亿": 1e10, "千亿": 1e11,
          "万亿": 1e12, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}  # fmt: skip
# Counting words and units of reports.
UNITS = (
    "个百分点 百分点 个基点 % ‰ 倍 番 成 美元 欧元 港元 元 亩次 人次 家次 项次 架次 台套 批次 个月 家 户 项 个 件 人 名 位 所 座 "
    "条 台 辆 艘 架 套 张 份 部 款 种 类 批 场 届 期 支 只 头 株 颗 枚 口 处 间 栋 幢 片 块 对 组 列 班 年 天 日 小时 分钟 秒 吨标准煤 "
    "标准煤 吨 公斤 千克 克 斤 公里 千米 米 厘米 平方公里 平方千米 平方米 立方米 方 亩 公顷 千瓦时 千瓦 兆瓦 吉瓦 度 伏 "
    "微克/立方米 微克 标箱 箱 吨公里 床 站 岁 字 页 课 例 起 宗 桩 笔 单 星 级 层 门 员 团 校 村 镇 乡 县 市 区 国 州 省 篇 卷 本 首 "
    "幅 眼 包 瓶 升 毫升 毫克 摄氏度 字节 tb pb eb eflops pflops flops gw mw kw kwh"
).split()
_BEFORE = (
    "力争突破 力争达到 力争 确保 突破 超过 不低于 不少于 不高于 不超过 不小于 至少 最多 大约 将近 接近 控制在 低于 高于 多于 少于 "
    "稳定在 保持在 约 近 逾 超"
).split()  # fmt: skip
_AFTER = "左右 以上 以下 以内 之内 上下".split()
_CJK_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at ``[start, end)`` of a text, its words of strength included.

    ``value`` and ``high`` are in base units (万 and 亿 multiplied out; per cent stays per cent); ``number`` is the
    stretch of the bare number, ``strength`` the words around it, joined (``力争突破``, ``左右``, ``余``, ``range``).
    """

    start: int
    end: int
    number: tuple[int, int]
    value: float
    high: float | None
    unit: str
    strength: str


def _alternatives(words: object) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


_N = r"(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_SCALE = rf"(?:{_alternatives(SCALES)})"
_UNIT = rf"(?:{_alternatives(UNITS)})"
_ARABIC = re.compile(
    rf"(?P<before>{_alternatives(_BEFORE)})?\s?(?<![a-z0-9.])(?<!\d[,-])"
    rf"(?P<low>{_N})\s?(?P<lowscale>{_SCALE})?(?P<lowunit>%|‰|{_UNIT})?"
    rf"(?:\s?(?:-+|~|(?:至|到))\s?(?P<high>{_N}))?\s?(?P<scale>{_SCALE})?"
    rf"(?P<more>[余多来])?\s?(?P<morescale>{_SCALE})?(?P<unit>{_UNIT})?(?P<more2>[余多])?\s?(?P<after>{_alternatives(_AFTER)})?"
)
_CHINESE = re.compile(
    rf"(?P<before>{_alternatives(_BEFORE)})?"
    r"(?:(?P<half>一半|半数|过半)|(?P<denominator>[二三四五六七八九十百])分之(?P<numerator>[一二三四五六七八九十]+)"
    r"|(?P<tenths>[一二三四五六七八九])成(?![为立长功果员本效熟就交套])|(?P<double>翻(?P<times>[一两二三])?番|倍增(?=[，,。；;]|$)))"
    rf"(?P<after>{_alternatives(_AFTER)})?"
)
_FROM_TO = re.compile(r"从[^，,。；;]{0,12}$")
_LATIN_AFTER = re.compile(r"[a-z]|\.\d|-\d|/\d")


def figures(text: str, start: int = 0, end: int | None = None) -> list[Figure]:
    """Every figure in ``text[start:end]``, in order, not overlapping."""
    folded = fold(text)
    stop = len(text) if end is None else end
    found = [*_arabic(folded, start, stop), *_chinese(folded, start, stop)]
    found.sort(key=lambda f: f.start)
    return [f for i, f in enumerate(found) if i == 0 or f.start >= found[i - 1].end]


def _arabic(folded: str, start: int, end: int) -> Iterator[Figure]:
    at = start
    while (m := _ARABIC.search(folded, at, end)) is not None:
        if m["high"] and _FROM_TO.search(folded[: m.start("low")]):  # 从A到B is two figures, not a range
            m = _ARABIC.match(folded, m.start(), m.end("lowunit") if m["lowunit"] else m.end("low")) or m
        at = m.end()
        unit = m["unit"] or m["lowunit"] or ""
        if m["high"] is None and m["lowunit"] and m["unit"] and m["unit"] != m["lowunit"]:
            unit = m["lowunit"]  # "5个市": the second word is a noun, not a unit
        last = _end_of(m, unit)
        if _is_name_or_date(folded, m, unit, last):
            continue
        scale = SCALES.get(m["scale"] or m["morescale"] or m["lowscale"] or "", 1.0)
        low_scale = SCALES[m["lowscale"]] if m["lowscale"] else scale
        low = float(_plain(m["low"])) * low_scale
        high = float(_plain(m["high"])) * scale if m["high"] else None
        words = [m["before"], "range" if high is not None else None, m["more"] or m["more2"], m["after"]]
        first = m.start("before") if m["before"] else m.start("low")
        number = (m.start("low"), m.end("high") if m["high"] else m.end("low"))
        yield Figure(first, last, number, low, high, unit, "".join(w for w in words if w))


def _plain(number: str) -> str:
    return number.replace(",", "").replace(" ", "")


def _end_of(m: re.Match[str], unit: str) -> int:
    if m["high"] is None and m["lowunit"] and unit == m["lowunit"] and m["unit"] and m["unit"] != unit:
        return m.end("lowunit")
    return max(m.end(name) for name in m.re.groupindex if m[name] is not None)


def _is_name_or_date(folded: str, m: re.Match[str], unit: str, last: int) -> bool:
    bare = m["low"].isdigit() and not (m["scale"] or m["lowscale"])
    if unit == "年" and bare and len(m["low"]) == 4:
        return True
    if not unit:
        if _LATIN_AFTER.match(folded, last) or folded[last : last + 1] in {"月", "代", "版"}:
            return True
        if bare and len(m["low"]) == 4 and m["low"][:2] in {"19", "20"}:
            return True
        if folded[: m.start("low")].endswith('"') and folded[last : last + 1] == '"':
            return True
    if unit in {"日", "号"} and folded[: m.start("low")].rstrip().endswith("月"):
        return True
    return folded[: m.start("low")].endswith(("第", "pm", "no.", "·"))


def _chinese(folded: str, start: int, end: int) -> Iterator[Figure]:
    for m in _CHINESE.finditer(folded, start, end):
        unit = "%"
        if m["half"]:
            value = 50.0
        elif m["denominator"]:
            value = (
                100.0
                * _cjk_number(m["numerator"])
                / (100 if m["denominator"] == "百" else _CJK_DIGITS[m["denominator"]])
            )
        elif m["tenths"]:
            value = 10.0 * _CJK_DIGITS[m["tenths"]]
        else:
            value, unit = 2.0 ** _CJK_DIGITS.get(m["times"] or "一", 1), "倍"
        words = [m["before"], m["after"]]
        first = m.start("before") if m["before"] else m.start()
        yield Figure(first, m.end(), (first, m.end()), value, None, unit, "".join(w for w in words if w))


def _cjk_number(text: str) -> int:
    """Numbers up to 99 in Chinese digits."""
    tens, ten, ones = text.rpartition("十")
    return (_CJK_DIGITS.get(tens, 1) * 10 if ten else 0) + (_CJK_DIGITS[ones] if ones else 0)


_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def bare_figures(text: str) -> set[str]:
    """The digit strings of a text as the check compares them: half width, no separators, no leading zeros."""
    return {d.replace(",", "").lstrip("0") or "0" for d in _DIGITS.findall(fold(text))}


def format_value(value: float) -> str:
    """A number without a trailing ``.0`` and without exponent, at most four decimals."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
