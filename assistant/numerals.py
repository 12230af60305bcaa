"""Figures as governments write them: value, unit, range and words of strength. It knows no measures and no documents.

``2.3万家``, ``18%以上``, ``3—5家``, ``130余家``, ``２０％``, ``5 个``, ``1.2万亿元``, ``一半``, ``三分之二``, ``翻一番``,
``突破万亿元``; and, apart from these, places in a ranking: ``全国第5位``, ``居首位``, ``前十``.
Years (``2022年``), dates and numbers inside names (``H9``, ``5G``, ``PM2.5``, ``“1313”``, ``“15分钟”生活圈``,
``30万吨级``) are no figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.text import fold

SCALES = {"百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8, "百亿": 1e10, "千亿": 1e11,
          "万亿": 1e12, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}  # fmt: skip
_ZEROS = {word: round(math.log10(scale)) for word, scale in SCALES.items()}
# Counting words and units of reports.
UNITS = (
    "个百分点 百分点 个基点 % ‰ 倍 番 成 人口 重量箱 美元 欧元 港元 元 亩次 人次 家次 项次 架次 艘次 列次 班次 车次 场次 户次 件次 台套 批次 "
    "个月 家 户 项 个 件 次 人 名 位 所 座 条 台 辆 艘 架 套 张 份 部 款 种 类 批 场 届 期 支 只 头 株 颗 枚 口 处 间 栋 幢 片 块 对 组 列 班 "
    "年 天 日 小时 分钟 秒 吨标准煤 标准煤 吨/日 吨/年 吨 公斤 千克 克 斤 公里 千米 米 厘米 平方公里 平方千米 平方米 立方米/日 "
    "立方米 方 亩 公顷 千瓦时 千瓦 兆瓦 吉瓦 度 伏 微克/立方米 微克每立方米 微克 标准箱 标箱 箱 吨公里 床 站 岁 字 页 课 例 起 宗 桩 笔 单 星 "
    "层 门 员 团 校 村 镇 乡 县 市 区 国 州 省 篇 卷 本 首 幅 眼 包 瓶 升 毫升 毫克 摄氏度 字节 tb pb eb eflops pflops flops gw mw kw kwh"
).split()
_BEFORE = (
    "力争突破 力争达到 力争 确保 突破 超过 不低于 不少于 不高于 不超过 不小于 至少 最多 大约 将近 接近 控制在 低于 高于 多于 少于 "
    "稳定在 保持在 约 近 逾 超"
).split()  # fmt: skip
_AFTER = "左右 以上 以下 以内 之内 上下".split()
_CJK_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_LONGEST = 16
"""Digits; a longer string is an identifier, and a float would not hold it."""
_CONTEXT = 20
"""Characters before a stretch that decide whether a number in it is a figure (从, 第, an opening quotation mark)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at ``[start, end)`` of a text, its words of strength included.

    ``value`` and ``high`` are in base units (万 and 亿 multiplied out; per cent stays per cent); ``number`` is the
    stretch of the bare number, ``strength`` the words around it, joined (``力争突破``, ``左右``, ``余``, ``range``).
    ``rank`` marks a place in a ranking; ``strength`` is then ``前`` where only "among the first" is said.
    ``doubles`` marks 翻番 and 倍增, which are always told of a change.
    """

    start: int
    end: int
    number: tuple[int, int]
    value: float
    high: float | None
    unit: str
    strength: str
    rank: bool = False
    doubles: bool = False


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


_OF_ONE = {"人口": "人"}
"""Units written otherwise: 13亿人口 are people."""
_N = r"(?:\d{1,3}(?:[, ]\d{3}){1,5}(?!\d)|\d+)(?:\.\d+)?"
_SCALE = rf"(?:{_alternatives(SCALES)})"
_UNIT = (
    rf"(?!家庭|人民|国集团|国家|个体)(?:{_alternatives(UNITS)})"  # 千万家庭, 个体户 and 20国集团 are counted in no unit
)
_PER = r"(?:/(?:人|亩|公顷|户|吨|平方公里|平方米|立方米|千瓦时))?"  # 42万元/人以上: the unit counted is 元
_STRENGTH = rf"(?P<before>(?<![签预合特条附最])(?:{_alternatives(_BEFORE)}))?"  # 签约, 最近 say nothing of the figure
_ARABIC = re.compile(
    rf"{_STRENGTH}\s?(?<![a-z0-9.])(?<!\d[,-])"
    rf"(?P<low>{_N})\s?(?P<lowscale>{_SCALE})?(?P<lowunit>%|‰|{_UNIT})?"
    rf"(?:\s?(?:-+|~|(?:至|到))\s?(?P<high>{_N}))?\s?(?P<scale>{_SCALE})?"
    rf"(?P<more>[余多来])?\s?(?P<morescale>{_SCALE})?(?P<unit>{_UNIT})?{_PER}(?P<more2>[余多])?\s?(?P<after>{_alternatives(_AFTER)})?"
)
_REST = re.compile(rf"{_PER}(?P<more>[余多])?\s?(?P<after>{_alternatives(_AFTER)})?")
_D = "一二三四五六七八九"
_CHINESE = re.compile(
    rf"{_STRENGTH}(?:(?P<half>一半|半数|过半)"
    rf"|(?P<denominator>[{_D[1:]}十百千])分之(?:(?P<numerator>[{_D}]?十[{_D}]?|[{_D}])(?:点(?P<decimals>[零{_D}]+))?|(?P<digits>\d{{1,3}}(?:\.\d+)?))"
    rf"|(?<![\d./])(?P<over>[1-9])/(?P<under>[2-9]|10|20)(?![\d/.]|月|日)"
    rf"|(?P<fold>[两{_D[1:]}十])倍(?!增)(?P<some>[余多])?"
    rf"|(?P<tenths>[{_D}])成(?![为立长功果员本效熟就交套])"
    rf"|(?P<double>翻(?P<times>[一两二三])?番|倍增(?=[，,。；;]|$)))"
    rf"(?P<after>{_alternatives(_AFTER)})?"
)
_BARE_SCALE = re.compile(
    rf"(?P<before>{_alternatives([*_BEFORE, '过', '破', '上', '达到', '达', '首破', '再破'])})"
    rf"(?P<scale>百万|千万|百亿|千亿|万亿|亿|万|千|百)(?P<unit>美元|元|户|人次|人|家(?!庭)|件|吨|亩|公里|千瓦|斤|个|项)(?P<after>{_alternatives(_AFTER)})?"
)
_COMPOUND = re.compile(
    rf"{_STRENGTH}(?<![\d.])(?P<low>\d{{1,4}})(?P<scale>亿|万)(?P<rest>\d{{1,4}})(?P<small>千|百)?(?P<more>[余多])?"
    rf"(?P<large>万)?(?P<unit>{_UNIT})(?P<after>{_alternatives(_AFTER)})?"
)
_SCOPES = "全国 全球 世界 国内 全省 东部 中部 西部 东北 中西部 沿海 长三角 省级 同类".split()
_RANK = re.compile(
    rf"(?P<verb>稳居|位居|跃居|升居|均居|居|位列|名列|均列|列|排名|排|保持|跃升至|上升至|提升至|升至|升到|升为|进入|跻身)?"
    rf"(?<![放摆]在)(?P<figure>(?:{_alternatives(_SCOPES)})?(?:地区|各省(?:区市?)?|省份|城市)?"
    rf"(?:第(?P<place>[一二三四五六七八九十]{{1,3}}|\d{{1,3}})(?P<unit>位次?|名)?|(?<![在的])(?P<top>首位|榜首)"
    rf"|前(?P<among>[二三四五六七八九十]{{1,3}}|\d{{1,3}})(?P<unit2>位次?|名|强)?))(?=[，,。；;、：:！!）)\s]|$)"
)
_FROM_TO = re.compile(r"从[^，,。；;]{0,12}$")
_LATIN_AFTER = re.compile(r"[a-z]|\.\d|-\d|/\d")
_QUOTED_NAME = re.compile(r'"[^",，。;；:：\n]{1,14}"')


def figures(text: str, start: int = 0, end: int | None = None) -> list[Figure]:
    """Every figure in ``text[start:end]``, in order, not overlapping; places in a ranking are left out."""
    stop = len(text) if end is None else end
    lead = max(0, start - _CONTEXT)
    folded = fold(text[lead:stop])  # only this stretch: a document is read clause by clause
    found = [*_arabic(folded, start - lead), *_chinese(folded, start - lead), *_scales(folded, start - lead)]
    out: list[Figure] = []
    for figure in sorted(found, key=lambda f: (f.start, -f.end)):
        if not out or figure.start + lead >= out[-1].end:
            out.append(_moved(figure, lead))
    return out


def ranks(text: str, start: int = 0, end: int | None = None) -> list[Figure]:
    """Every place in a ranking: ``全国第5位``, ``第一`` after 居 or a comma, ``首位``, ``前十``. ``value`` is the place."""
    stop = len(text) if end is None else end
    lead = max(0, start - _CONTEXT)
    folded = fold(text[lead:stop])
    out = []
    for m in _RANK.finditer(folded, start - lead):
        if not (m["verb"] or m["unit"] or m["unit2"] or m["top"]) and m["figure"][0] in "第前":
            continue  # 第一, 前三: a bare ordinal says what comes first in a text, not who does
        words = m["place"] or m["among"]
        value = 1.0 if m["top"] else float(words) if words.isdigit() else float(_cjk_number(words))
        span = (m.start("figure"), m.end())
        out.append(_moved(Figure(*span, span, value, None, "位", "前" if m["among"] else "", rank=True), lead))
    return out


def _moved(figure: Figure, by: int) -> Figure:
    number = (figure.number[0] + by, figure.number[1] + by)
    return replace(figure, start=figure.start + by, end=figure.end + by, number=number)


def _arabic(folded: str, start: int) -> Iterator[Figure]:
    at = start
    while (m := _ARABIC.search(folded, at)) is not None:
        if m["high"] and _FROM_TO.search(folded[max(0, m.start("low") - _CONTEXT) : m.start("low")]):
            # 从A到B is two figures, not a range
            m = _ARABIC.match(folded, m.start(), m.end("lowunit") if m["lowunit"] else m.end("low")) or m
        figure = _of_match(folded, m)
        at = max(figure.end, m.end("low"))
        if not _is_name_or_date(folded, figure, m) and len(m["low"]) + len(m["high"] or "") <= _LONGEST:
            yield figure


def _of_match(folded: str, m: re.Match[str]) -> Figure:
    more, after, last = m["more"] or m["more2"], m["after"], m.end()
    unit = m["unit"] or m["lowunit"] or ""
    scale = m["scale"] or m["morescale"] or m["lowscale"]
    if m["high"] is None and m["lowunit"]:
        # The unit closes the number: in 5个市 and 6个万亿级产业 what follows is a noun, not a second unit.
        rest = _REST.match(folded, m.end("lowunit"))
        more, after, last = (rest["more"], rest["after"], rest.end()) if rest else (None, None, m.end("lowunit"))
        unit, scale = m["lowunit"], m["lowscale"]
    while folded[last - 1].isspace():
        last -= 1
    low = _scaled(m["low"], m["lowscale"] or scale)
    high = _scaled(m["high"], scale) if m["high"] else None
    first = m.start("before") if m["before"] else m.start("low")
    words = [m["before"], "range" if high is not None else None, more, after]
    number = (m.start("low"), m.end("high") if m["high"] else m.end("low"))
    return Figure(first, last, number, low, high, _OF_ONE.get(unit, unit), "".join(w for w in words if w))


def _scaled(number: str, scale: str | None) -> float:
    """A number times its scale, to the last digit (280.9 * 1e8 is 28089999999.999996)."""
    return float(f"{number.replace(',', '').replace(' ', '')}e{_ZEROS[scale] if scale else 0}")


def _is_name_or_date(folded: str, figure: Figure, m: re.Match[str]) -> bool:
    before = folded[max(0, m.start("low") - _CONTEXT) : m.start("low")]
    after = folded[figure.end : figure.end + 2]
    scaled = m["lowscale"] or (m["scale"] and (m["high"] or not m["lowunit"]))  # of 2030年万元 the 万 belongs to 元
    bare = m["low"].isdigit() and not scaled
    if figure.unit == "年" and ((bare and len(m["low"]) == 4) or after[:1] == "代"):
        return True
    if not figure.unit:
        if _LATIN_AFTER.match(after) or after[:1] in {"月", "代", "版"}:
            return True
        if bare and len(m["low"]) == 4 and m["low"][:2] in {"19", "20"}:
            return True
    elif after[:1] == "级" or (figure.unit == "部" and after[:1] in {"门", "委", "署"}):
        return True  # 30万吨级航道, 6部门联合印发
    if before.endswith('"') and _QUOTED_NAME.match(folded, m.start("low") - 1):
        return True
    if figure.unit in {"日", "号"} and before.rstrip().endswith("月"):
        return True
    return before.endswith(("第", "pm", "no.", "·"))


def _chinese(folded: str, start: int) -> Iterator[Figure]:
    for m in _CHINESE.finditer(folded, start):
        unit = "%"
        if m["half"]:
            value = 50.0
        elif m["denominator"]:
            value, unit = _fraction(m)
        elif m["over"]:
            value = 100.0 * float(m["over"]) / float(m["under"])
        elif m["fold"]:
            value, unit = float(_CJK_DIGITS[m["fold"]]), "倍"
        elif m["tenths"]:
            value = 10.0 * _CJK_DIGITS[m["tenths"]]
        else:
            value, unit = 2.0 ** _CJK_DIGITS.get(m["times"] or "一", 1), "倍"
        words = [m["before"], m["some"], m["after"]]
        strength = "".join(w for w in words if w)
        yield Figure(m.start(), m.end(), m.span(), value, None, unit, strength, doubles=m["double"] is not None)


def _fraction(m: re.Match[str]) -> tuple[float, str]:
    """百分之六点五 and 三分之二 in per cent; 千分之五 per mille."""
    top = float(m["digits"]) if m["digits"] else float(_cjk_number(m["numerator"]))
    if m["decimals"]:
        top += float("0." + "".join(str(_CJK_DIGITS[c]) for c in m["decimals"][:4]))
    if m["denominator"] in "百千":
        return top, "%" if m["denominator"] == "百" else "‰"
    return 100.0 * top / _CJK_DIGITS[m["denominator"]], "%"


def _scales(folded: str, start: int) -> Iterator[Figure]:
    """Where scales do more than multiply: 突破万亿元, 超百家 (the scale is the number), 2万5千公里, 1亿3千多万人次."""
    for m in _COMPOUND.finditer(folded, start):
        rest = float(m["rest"]) * SCALES.get(m["small"] or "", 1.0) * SCALES.get(m["large"] or "", 1.0)
        words = "".join(w for w in (m["before"], m["more"], m["after"]) if w)
        value = float(m["low"]) * SCALES[m["scale"]] + rest
        number = (m.start("low"), m.end("rest"))
        yield Figure(m.start(), m.end(), number, value, None, _OF_ONE.get(m["unit"], m["unit"]), words)
    for m in _BARE_SCALE.finditer(folded, start):
        if folded[m.end() : m.end() + 1] != "级":
            number = (m.start("scale"), m.end("scale"))
            strength = m["before"] + (m["after"] or "")
            yield Figure(m.start(), m.end(), number, SCALES[m["scale"]], None, m["unit"], strength)


def _cjk_number(text: str) -> int:
    """Numbers up to 99 in Chinese digits; of a string that is none, its last digit."""
    tens, ten, ones = text.rpartition("十")
    return (_CJK_DIGITS.get(tens[-1:], 1) * 10 if ten else 0) + (_CJK_DIGITS[ones[-1]] if ones else 0)


_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def bare_figures(text: str) -> set[str]:
    """The digit strings of a text as the check compares them: half width, no separators, no leading zeros."""
    return {d.replace(",", "").lstrip("0") or "0" for d in _DIGITS.findall(fold(text))}


def format_value(value: float) -> str:
    """A number without a trailing ``.0`` and without exponent, at most four decimals."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
