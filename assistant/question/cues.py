"""The words of a question that say what kind of answer is wanted. Folded text only; places and measures are elsewhere."""

from __future__ import annotations

import re
from typing import Literal

from assistant.text import fold, has_cjk, is_traditional
from assistant.types import Intent, Period

_LIST = re.compile(
    r"(?:的|是)(?:都)?(?:有)?谁(?:[?。,]|$)|谁(?:给|报|说|写|提|有|要|家|们|也|能)|有没有(?:哪个)?省|的(?:省|自治区|省区|省份|省市|省市区|直辖市)(?:[?。,(（]|$)|哪些(?:省|地|市|自治区|区|个省)|哪几个(?:省|地|市|自治区)|哪(?:个|一个)?省|哪里|(?:有|是)?哪几(?:个|家)?(?:省|地)|谁(?:要|有|提|给|写|说|在|今|去|搞|推|建|的)|有谁|(?:各|每个|所有|全部)(?:省|地|市)"
    r"|(?:几个|多少个?)(?:省|地方)|的(?:省|自治区|省区|省份|省市|省市区|直辖市)(?:[?。,]|$)|哪(?:个|些)(?:地方|地区)|省(?:份|区|市)?(?:有哪|是哪)"
    r"|(?:which|what|any|all|every|each|how many|list)\b[^?.]{0,30}\b(?:provinces?|regions?)|\bwho (?:else )?(?:talks?|mentions?|plans?|says?|has|have)"
)
_COMPARE = re.compile(
    r"从(?:几|多少)[^,。?]{0,6}(?:增|提|发展|扩大|变|上升|涨|降)[^,。?]{0,3}到|比较|对比|相比|相差|差多少|差距|差在|比一比|谁(?:更|最|高|多|大|低|少)|哪个(?:更|最)|哪(?:个|家|一)?省?[^,。?]{0,12}最(?:高|多|大|低|少|快)"
    r"|最(?:高|多|大|低|少|快)的|排(?:名|行|序|个序|一下)|从(?:多到少|高到低|大到小)|\bvs\.?\b|一样(?:多|高)吗|不同|区别|摆一起|谁多谁少"
    r"|\bcompare|\bversus\b|\bhigher\b|\bhighest\b|\bmost\b|\blargest\b|\bbigger\b|\bmore\b.{0,20}\bor\b|\brank|\bdifference\b|\blowest\b|\bleast\b"
)
_YESNO = re.compile(
    r"([\u4e00-\u9fff])不\1|吗(?:[?。!,]|$)|是不是|是否|有没有|能不能|会不会|要不要|说没说|提没提|对不对|对吗|了没(?:有)?(?:[?。]|$)|没有\?$"
    r"|^(?:so )?(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b"
)
_STATEMENT = re.compile(
    r"[^\s?]{3,}[\u4e00-\u9fff]\?\s*$"
)  # "高层次人才还在净流出？": a statement with a question mark
_ASKS = re.compile(
    r"什么|啥|哪|谁|多少|几|怎|如何|何|呢|吗|多大|多高|是\?|为\?|比例\?|目标\?|数量?\?|额\?|率\?|\b(?:what|which|who|how|where|when|why|list|name)\b"
)
_SUMMARY = re.compile(
    r"有哪些(?!省|地)|哪些(?:措施|举措|做法|安排|指标|内容|工作|进展|成绩|政策|行动|方面|新动作|平台|项目)|怎么(?:做|干|推|搞|支持|促进|打算|样)|如何|怎样"
    r"|概括|总结|汇总|梳理|介绍|主要(?:内容|做法|举措)|重点是|说重点|讲了什么|做了(?:啥|什么|哪些)|干(?:啥|什么)|打算怎么|什么(?:打算|安排|进展|举措|措施)"
    r"|列(?:一下|出来|举)|方面(?:[?。]|$|的成绩)|分别是什么|硬指标|数据汇总|给我几条|情况(?:[?。]|$)"
    r"|\bsummar|\boutline\b|\boverview\b|\bwhat (?:measures|steps|policies|reforms|actions|does .* plan)|\bhow (?:does|will|is|did)\b|\bput together\b|\bdescribe\b|\btell me about\b|\blist\b"
)
_FIGURE = re.compile(
    r"多少|几(?!个省|乎|年来)|多大|多高|比例|比重|占比|增速|增幅|增长率|涨幅|涨了|百分之|目标数|任务数|数量|总数|总额|规模|总量|增量|强度|额(?:[?。]|$)|数(?:[?。]|$)|盘子"
    r"|\bhow (?:many|much|big|large|high|fast)\b|\bwhat (?:is|was|share|percentage|number|r&d|growth|level|rate|target)\b|\bnumber of\b|\bpercent|\brate\b|\bintensity\b|\bfigure"
)
_FACT = re.compile(r"谁|什么|哪|何|啥|名字|名称|叫|\bwho\b|\bwhich\b|\bwhat\b|\bwhere\b|\bname\b|\bwhom\b|\bwhen\b")
_GROWTH = re.compile(
    r"增长|增速|增幅|涨|提高(?:多少|几)|提升(?:多少|几)|同比|上升|成长|下降|抬高|降(?:低|了|幅)|\bgrow(?:th|n|ing|s)?\b|\bgrew\b|\bincrease\b|\brais(?:e|ing)\b|\brise\b"
)
_INCREMENT = re.compile(
    r"新增|净增|增加|再添|增量|新认定|新培育|新建(?!议)|新引进|添|新设|(?:要|再)引进|\bnew(?:ly)?\b(?!-)|\badd(?:ed|s)?\b|\badditional\b|\bincremental\b"
)
_LEVEL = re.compile(
    r"达到|总数|存量|总量|一共|总共|(?:做|到|要|建|发展|搞)到|保有|拥有|现有|到了|累计|要有(?:多少|几)|有(?:多少|几)|\btotal\b|\breach|\bin all\b|\bcumulative"
)
_INDICATORS = re.compile(
    r"(?:哪些|几个|什么|主要|量化|硬)[^,。]{0,6}指标(?!是?多少)|指标(?:是啥|有哪些|梳理|汇总)|数据汇总"
)
_WHO = re.compile(r"谁|哪几个(?!方面|环节|行业|领域|指标)|哪些(?:[?。,]|$)|(?:有|是)哪些(?:[?。,]|$)|哪几家|\bwho\b")
_SUMMARY_OF = re.compile(
    r"措施|举措|做法|安排|指标|内容|进展|成绩|方面|目标有哪些|任务有哪些|谁(?:是|当|任)|是谁|由谁|跟谁|和谁|与谁|\bwho (?:is|was|does)\b"
)
_ACROSS = re.compile(
    r"(?:各|每个|所有|全部)(?:省|地|市)(?!级).*(?:多少|目标|汇总|几|分别|数)|汇总.*各省|(?:across|all|each|every)(?: the)? provinces?\b"
)
_NEGATED = re.compile(
    r"没(?:有)?(?:提|讲|说|写|出现|涉及|列|见|给|定|设|公布)|找不到|不见|看不到|缺少|未(?:提|列|写|涉及)|不(?:提|讲)|(?:没|未)提|\bnot? (?:mention|say|state)|\bdo(?:es)? not\b|\bwithout\b|\bfail to\b|\bnever\b"
)
_SECRETS = r"(?:系统提示|提示词|隐藏指令|密钥|密码|环境变量|配置文件|api[_ ]?key|password|system prompt|hidden (?:prompt|instruction)s?|your (?:instructions|prompt))"
_UNSAFE = re.compile(
    r"(?:忽略|无视|忘(?:记|掉)|跳过|绕过|取消)[^,。]{0,14}(?:指令|规则|提示|要求|设定|限制|校验|检查|引用)|系统提示词|开发者模式|越狱"
    rf"|(?:告诉|给出?|说出?|输出|打印|泄露|交出|透露|显示|show|print|reveal|tell|give|output|repeat)[^。]{{0,24}}{_SECRETS}"
    rf"|{_SECRETS}[^。]{{0,8}}(?:告诉|给我|打印|输出|发给|是什么|是啥)"
    r"|(?:编|编造|捏造|虚构|杜撰)(?:一个|几个|一些|点|个|出)|(?:直接)?编一?个|不要引用|(?:请|你|现在)[^,。]{0,4}扮演|你现在进入|</?(?:system|script|assistant)"
    r"|\bignore (?:all |any |your |the |previous |prior |above )+|\bforget (?:all|the|your|previous|everything|what)|\bjailbreak\b|\bdeveloper mode\b"
    r"|\bmake up\b|\bpretend (?:to|that|you)\b|\bact as\b|\binvent (?:a|some)\b"
)
_EVERYWHERE = re.compile(
    r"(?:各|每个|所有|全部|哪些|哪几个|哪个)(?:省|地(?!方政府|级)|自治区)|有谁|\b(?:which|what|all|every|each|across)(?: the)? provinces?\b"
)
_UNIT_WORDS = re.compile(
    r"(?:多少|几)(?:个|来)?\s?(个百分点|百分点|点|亿元|万元|元|钱|家|户|项|个|件|人|名|位|所|座|条|台|亩|吨|公里|款|次|家企业|辆|倍|成)|百分之(?:几|多少)|(%)|(?:百分|比例|比重|占比|增速|增幅)"
)


def language_of(text: str) -> str:
    """``zh``, ``zh-Hant`` (any character has a Simplified form) or ``en`` (no Han characters, or few among words)."""
    han = sum(has_cjk(c) for c in text)
    words = len(re.findall(r"[A-Za-z]{2,}", text))
    if not han or (words >= 4 and words > han):
        return "en"
    return "zh-Hant" if is_traditional(text) else "zh"


def intent_of(text: str, *, n_provinces: int, n_periods: int, has_measure: bool) -> Intent:
    """The kind of answer a question wants. ``text`` folded."""
    several = n_provinces > 1
    text = text.strip()
    if _INDICATORS.search(text) and n_provinces:
        return "summary"
    if not n_provinces and _WHO.search(text) and not _SUMMARY_OF.search(text):
        return "compare" if _COMPARE.search(text) else "list"
    if has_measure and _ACROSS.search(text):
        return "compare"
    if _COMPARE.search(text) or (n_periods > 1 and _FIGURE.search(text)):
        return "compare"
    if _LIST.search(text) and not (several and _FIGURE.search(text)):
        return "list"
    if _YESNO.search(text) and not re.search(r"哪些|几个|多少|分别", text):
        return "yesno"
    if several and (_FIGURE.search(text) or has_measure):
        return "compare"
    if _STATEMENT.search(text) and not _ASKS.search(text):
        return "yesno"
    if _SUMMARY.search(text) and not re.search(r"多少|几(?:家|个|项|户|名|位|件|所|次)", text):
        return "summary"
    if _FIGURE.search(text):
        return "figure"
    if _FACT.search(text):
        return "fact"
    return "figure" if has_measure else "summary"


def wanted_of(text: str) -> Literal["level", "growth", "increment", ""]:
    """How the figure asked for relates to its measure. Growth and increment words decide before words of level."""
    if re.search(r"多少(?:个)?(?:亿|万)(?!分)", text) and not _INCREMENT.search(text):
        return "level"
    increment, growth, level = _INCREMENT.search(text), _GROWTH.search(text), _LEVEL.search(text)
    if growth and re.search(r"百分|%|点|几成|率|增速|增幅|percent|rate|by how much|growth", text):
        return "growth"
    if increment:
        return "increment"
    if growth:
        return "growth"
    return "level" if level else ""


def units_of(text: str) -> tuple[str, ...]:
    """Units a question names after 多少 or 几."""
    out = []
    for m in _UNIT_WORDS.finditer(text):
        unit = m[1] or ("%" if m[2] or "百分之" in m[0] else "")
        out.append({"亿元": "元", "万元": "元", "钱": "元", "点": "%", "家企业": "家"}.get(unit, unit))
    return tuple(dict.fromkeys(u for u in out if u))


def is_negated(text: str) -> bool:
    """Whether the provinces that do *not* say something are asked for."""
    return bool(_NEGATED.search(text))


def is_unsafe(text: str) -> bool:
    """Whether the input tries to instruct the program rather than ask: rules to be dropped, secrets, inventions."""
    return bool(_UNSAFE.search(fold(text)))


def is_everywhere(text: str) -> bool:
    """Whether a question says that it is about all provinces."""
    return bool(_EVERYWHERE.search(fold(text)))


_PERIODS: tuple[tuple[Period, re.Pattern[str]], ...] = (
    ("plan_5y", re.compile(r"未来五年|今后五年|五年(?:规划|目标)|期末|十[一二三四五六七八九]五\"?(?:末|目标|规划|期间?末|时期(?:的)?(?:目标|规划))|next five years|five-year (?:target|goal|plan)|by the end of the (?:14th|15th)")),
    ("review_5y", re.compile(r"过去五年|五年来|这五年|近五年|past five years|over (?:the )?(?:last|past) five|十[一二三四五六七八九]五\"?(?:成绩|成就|以来|完成|时期完成)")),
    ("review", re.compile(r"去年|上年|上一年|昨年|回顾|实绩|实际完成|完成(?:了|情况|得)|已经|成绩|年末|年底|去年底|结果|做了|last year|the year before|year-end|achieved|at the end of|actually|results?\b|had\b|did\b|reviews?\b")),
    ("plan", re.compile(r"今年|本年度|本年|目标|计划|规划|打算|预期|拟|力争|要(?:达到|做到|建到|到|新增|引进|有|求|建|培|搞|推)|将|任务数|安排|任务|预计|this year|plans?\b|targets?\b|aim|goals?\b|intend|want|will\b|expects?\b|planned|is to\b|are to\b|going to|should")),
)  # fmt: skip


def periods_of(text: str) -> tuple[Period, ...]:
    """The roles a question's words name, in order of mention; both where both are."""
    found = []
    for period, pattern in _PERIODS:
        m = pattern.search(text)
        if m:
            found.append((m.start(), period))
    names = [p for _, p in sorted(found)]
    if not names and re.search(r"从(?:几|多少)[^,。?]{0,6}到(?:几|多少)|两年|前后", text):
        names = ["review", "plan"]
    if "plan_5y" in names:  # "到十四五末的目标" names no yearly target
        names = [p for p in names if p == "plan_5y"]
    elif "review_5y" in names:
        names = [p for p in names if p == "review_5y"]
    return tuple(names)
