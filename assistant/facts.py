"""Figures as facts: each figure of a text with what it measures, how, for which province, year and role.

A small grammar of how reports state figures, over clauses: ``measure verb figure`` (高新技术企业达到2.3万家),
``verb measure figure`` (新增高新技术企业200家), ``verb figure noun`` (建设10家省实验室), lists that share a verb
(新增A50家、B20家), coordination (A和B分别达到1220家、828家), and a growth that follows a level (…352.9亿元，增长31.8%).
It knows no list of measures: a new document needs no new rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.corpus.periods import plan_years, years_in
from assistant.numerals import Figure, figures
from assistant.text import clauses, fold, sentences, to_simplified, trim
from assistant.types import Document, Fact, Period, Section, Span

Kind = Literal["level", "growth", "increment", "rank", "multiple"]
_Form = Literal["level", "growth", "increment", ""]

_INCREMENT = (
    "新增加 新增 净增 新建成 新建 新培育 新认定 新引进 新设立 新开工 新签约 再增 再新增 累计新增 新开通 新投产 新获批 新入库 新评 "
    "新改建 新改扩建 新招引 新登记 新发展 新创建 新布局 新打造 新组建"
).split()  # fmt: skip
_GROWTH = (
    "增长 增速达到 增速达 增速为 增速 增幅达 增幅 增加 提高 提升 上升 下降 降低 回落 上涨 下跌 减少 压减 扩大 缩小 增"
).split()  # fmt: skip
_LEVEL = (
    "达到 达 实现 完成 突破 超过 增至 增加到 增长到 提高到 提高至 提升到 提升至 升至 扩大到 扩大至 发展到 发展至 稳定在 保持在 控制在 "
    "降至 下降到 降到 减少到 上升到 上升至 壮大到 为 是 有 占 共 居 列 设为 位居 位列 排 预期 目标 超 约 近 逾 接近 累计"
).split()  # fmt: skip
_ACTS = (
    "开展 实施 组织实施 组织 制定 制订 出台 建设 建成 建立 培育 认定 引进 引育 攻克 转移转化 转化 承担 推进 推广 获批 获得 取得 荣获 投入 完成 支持 "
    "打造 启动 发布 入库 选派 授予 孵化 带动 布局 设立 组建 创建 选认 筹建 推动 促成 共建 引导 入选 开工 发放 改造 培训 帮助 争取 安排 拨付 "
    "减免 解决 办理 招引 签约 举办 办好 抓好 抓 建 发行 建好 消纳 治理 退出 关停 淘汰 整治 完善 谋划 筛查 惠及 覆盖 吸纳 吸引 服务 救助 资助 "
    "保障 供应 筹集 生产 销售 接待 达成 实现 增加 新增 拥有 共有 使 让"
).split()  # fmt: skip
_ADVERBS = (
    "力争 确保 努力 累计 全年 全省 全市 全区 我省 我市 我区 今年 去年 年内 目前 已经 首批 分别 全力 重点 深入 滚动 加快 精准 再 又 已 共 将 要 "
    "并 和 及 与 以及 其中 第一批 第二批 第三批 首次 总数 总量 实际 全部 可 预计 均 都"
).split()  # fmt: skip


def _any(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_COMPARED = r"(?:比上年|较上年|比去年|同比|同口径|比\d{4}年|较\d{4}年|实际|名义|累计|再|年均|每年|平均|连续|分别|均|又)"
_ENDINGS: tuple[tuple[_Form, re.Pattern[str]], ...] = (
    ("level", re.compile(rf"(?:{_any(_ADVERBS)})*(?:[增提上升下减扩壮]\S{{0,2}}[到至在])$")),
    ("increment", re.compile(rf"(?:{_any(_ADVERBS)})*(?:{_any(_INCREMENT)})$")),
    ("growth", re.compile(rf"{_COMPARED}*(?:{_any(_GROWTH)})了?$")),
    ("level", re.compile(rf"(?:{_any(_ADVERBS)})*(?:{_any(_LEVEL)})了?$")),
)
_TIME = r"[“\"]?十[一二三四五六七八九]五[”\"]?(?:期末|末|期间|时期)|到?20\d\d年(?:底|末)?"
_STARTS = re.compile(rf"^(?:[的:、\s]|{_TIME}|{_any(_INCREMENT + _ACTS + _ADVERBS)})")
_HAS_INCREMENT = re.compile(_any(_INCREMENT))
_NOUN_AFTER = re.compile(r"^的?([^\W\d][^，,。；;：:！？!?\n]+|[“\"][^，,。；;：:！？!?\n]+)")
_VERB_AFTER = re.compile(
    r"获得|获批|获|入选|荣获|上市|投产|建成|纳入|晋升|成为|达到|落地|开工|加强|开展|通过|参与|实现|正式|全部|集中"
)
_QUOTES = "“”‘’\"' "
_COUNTED = frozenset(
    "家 户 项 个 件 人 名 位 所 座 条 台 辆 艘 架 套 张 份 部 款 种 类 批 场 届 支 只 组 列 班 起 例 处 人次 台套 门".split()
)
_PER_CENT = frozenset({"%", "‰", "个百分点", "百分点", "个基点"})
_FIVE_TARGET = re.compile(r"五[\"”']?(?:期末|末|期间|时期)|到\s?(20\d\d)\s?年|未来五年|今后五年|五年内")
_FIVE_RESULT = re.compile(r"五年来|过去五年|这五年|年均|十[一二三四五六七八九]五[\"”']?(?:以来|期间|时期)")
_LAST_YEAR = re.compile(r"^(?:去年|上年|过去一年|一年来)")


@dataclass(slots=True)
class _Subject:
    """What the clauses of a sentence have been speaking of, carried from figure to figure."""

    measure: str = ""
    increment: bool = False
    several: tuple[str, ...] = ()
    since: int = 0  # where the clause begins in which the measure was named


def extract_facts(document: Document, sections: tuple[Section, ...]) -> tuple[Fact, ...]:
    """Every figure with a unit in the document, in order."""
    out: list[Fact] = []
    for section in sections:
        for start, end in sentences(document.text, section.span.start, section.span.end):
            out.extend(_sentence_facts(document, section, start, end))
    return tuple(out)


def _sentence_facts(document: Document, section: Section, start: int, end: int) -> Iterator[Fact]:
    text = document.text
    subject = _Subject()
    for a, b in clauses(text, start, end):
        found = [f for f in figures(text, a, b) if f.unit or text[f.end - 1] in "万亿"]
        if found:
            yield from _clause_facts(document, section, (a, b), found, subject)
        else:
            # "经营主体规模壮大，总数突破1000万户": a clause without figures names what the next ones measure.
            lead = _noun(text[a:b].strip(f"{_QUOTES},，、。；;\n"))
            named = 2 <= len(lead) <= 16 and not re.search(r"[；;。]\s*$", text[a:b])
            subject = _Subject(lead if named else "", since=a)


def _clause_facts(
    document: Document, section: Section, clause: tuple[int, int], found: list[Figure], subject: _Subject
) -> Iterator[Fact]:
    text, at = document.text, clause[0]
    for figure, following in zip(found, [*found[1:], None], strict=True):
        before = to_simplified(text[at : figure.start])
        after = to_simplified(text[figure.end : following.start if following else clause[1]])
        known = subject.measure
        measure, kind = _measure(before, after, figure, subject)
        at = figure.end
        if not measure:
            continue
        if subject.measure != known:
            subject.since = clause[0]
        a, b = trim(text, subject.since, clause[1])
        year, period = _role(fold(text[clause[0] : figure.end]), section, document)
        yield Fact(
            span=Span(document.id, figure.start, figure.end),
            clause=Span(document.id, a, b),
            measure=measure,
            figure="".join(text[figure.start : figure.end].split()),
            value=figure.value,
            high=figure.high,
            unit=figure.unit,
            strength=figure.strength,
            kind=kind,
            province=section.province,
            year=year,
            period=period,
        )


def _measure(before: str, after: str, figure: Figure, subject: _Subject) -> tuple[str, Kind]:
    """The measure of one figure and how the figure relates to it; updates what the sentence speaks of."""
    listed = bool(re.match(r"\s*(?:、|和|以及|及)", before))
    segment = before.strip(f"{_QUOTES},，、:：\n")
    form, noun_part = _ending(segment)
    noun = _noun(noun_part)
    counted = figure.unit in _COUNTED
    if (counted and form in {"", "increment"}) or not noun:
        noun = _noun_after(after) or noun
    increment = form == "increment" or bool(_HAS_INCREMENT.search(noun_part))
    if not noun:
        if subject.several and listed:
            subject.measure, subject.several = subject.several[0], subject.several[1:]
        return subject.measure, _kind(figure, form, subject.increment and listed and not form)
    increment = increment or (listed and not form and subject.increment)
    parts = _split_subjects(noun) if "分别" in before else (noun,)
    subject.measure, subject.several, subject.increment = parts[0], parts[1:], increment
    return subject.measure, _kind(figure, form, increment)


def _kind(figure: Figure, form: _Form, increment: bool) -> Kind:
    if figure.unit == "倍":
        return "multiple" if form != "level" else "level"
    if form == "growth":
        return "growth" if figure.unit in _PER_CENT else "increment"
    return "increment" if increment else "level"


def _ending(segment: str) -> tuple[_Form, str]:
    """The verb form a segment ends in, and what stands before it."""
    for form, pattern in _ENDINGS:
        m = pattern.search(segment)
        if m:
            return form, segment[: m.start()]
    return "", segment


def _noun(part: str) -> str:
    """What is left of a stretch without the verbs and adverbs before the thing measured."""
    part = part.strip(f"{_QUOTES},，、:：\n")
    while (m := _STARTS.match(part)) is not None:
        part = part[m.end() :]
    part = re.sub(r"(?:分别|均|都|各)$", "", part.strip(" 的\"'"))
    if not part.strip(_QUOTES):
        return ""
    return ("“" if part.count("”") > part.count("“") else "") + part


def _noun_after(after: str) -> str:
    """The thing counted after its figure, up to the verb of a longer clause (22项科技成果获得…)."""
    m = _NOUN_AFTER.match(after)
    noun = _VERB_AFTER.split(m[1], maxsplit=1)[0].strip(" 、和及与") if m else ""
    return noun if len(noun) >= 2 else ""


def _split_subjects(noun: str) -> tuple[str, ...]:
    return tuple(p for p in (part.strip(_QUOTES) for part in re.split(r"、|和|与|以及|及", noun)) if p) or (noun,)


def _role(before: str, section: Section, document: Document) -> tuple[int | None, Period | None]:
    """Year and role of a figure: its section's, unless the clause's own words say otherwise."""
    report_year = document.year
    five = _FIVE_TARGET.search(before)
    if five and section.period in {"plan", "plan_5y", None}:
        span = plan_years(before)
        reached = int(five[1]) if five[1] else (span[1] if span else None)
        if reached is None or report_year is None or reached > report_year:
            return (section.year if section.period else reached), "plan_5y"
    if section.period in {"review", "review_5y"} and _FIVE_RESULT.search(before):
        return section.year, "review_5y"
    if section.period == "plan" and _LAST_YEAR.match(before) and report_year:
        return report_year - 1, "review"
    years = [y for y in years_in(before) if report_year and y < report_year]
    if section.period in {"plan", "plan_5y"} and years and not re.search(r"比|较", before):
        return years[-1], "review"
    return section.year, section.period
