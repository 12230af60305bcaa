"""From the words of a question to what it asks: places, years, roles, measures, kind. Deterministic; no model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from assistant.corpus.periods import plan_years
from assistant.lexicon import Lexicon, Mention
from assistant.question import cues
from assistant.store import Segmenter
from assistant.text import fold, has_cjk, to_simplified
from assistant.types import Question, Term

_YEAR = re.compile(
    r"(?<![\d.])(?:(?P<full>(?:19|20)\d\d)(?![\d.%])(?:\s?(?:年度|年)?)|(?P<short>[1-3]\d)\s?年(?!代|来|内|间|前|后|以))"
)
_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"“「『《]{1,60})[”」』》\"]")
_ASKING = re.compile(
    r"请问|麻烦|烦请|告知|帮我|给我|帮忙|一下|列出来|列出|告诉我|我想(?:知道|了解|问)|想问|是多少|是什么|为多少|有多少|多少|哪几个|哪几家|哪些|哪个|哪里|哪儿"
    r"|怎么样|是不是|是否|有没有|来着|说没说|提没提|提到了?|提及|写到|写进了?|打算|去年|上年|今年|本年度|本年|年底|年末|截至|回顾|部分|到底|定在|定多少|多大|多高"
    r"|那块|这块|那个|这个|那些|其中|省份|省区|省市区|省市|自治区|各省|各地|什么样|名字|名称|比一比|相比|对比|比较|最多|最高|更高|更多|最少|最低|差多少|差距|排序|排个序|排名|百分之几|百分之多少"
    r"|\b(?:what|which|who|whom|where|when|how|many|much|is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|the|an?|of|in|to|for|by|on|at|and|or|its?|their|his|her|this|that|there|these|those|be|been|any|all|please|tell|me|about"
    r"|provinces?|year|years|target(?:s|ed|ing)?|plan(?:s|ned|ning)?|goals?|aim(?:s|ing|ed)?|set|number|figures?|mention(?:s|ed)?|last|with|from|as|than|want(?:s|ed)?|intend(?:s|ed)?|expect(?:s|ed)?|report(?:s|ed)?|state[sd]?|list|every|each|put|together|across|end|so|far|up|s|i|you|we|they|he|she|not|no|but|also|more|most|over|under)\b"
)  # fmt: skip
_COUNTING = re.compile(r"\s*|[几多]\S{0,2}|哪\S{0,2}")
_STOP = frozenset(
    "请 什么 啥 怎么 如何 怎样 吗 呢 吧 啊 呀 没 没有 提 提到 提出 说 说到 讲 写 涉及 列 列入 报 给 给出 搞 弄 计划 目标 规划 预期 拟 已经 已 现在 目前 一共 总共 共 分别 各 达到 做到 做 到 定 "
    "数字 情况 方面 省 谁 的 了 在 是 有 要 和 与 跟 对 把 被 里 中 上 为 也 还 都 就 会 能 可以 应该 叫 叫做 比 哪 几 个 家 户 项 位 名 款 所 次 件 条 成 年 月 增长 增速 增幅 涨幅 涨 涨了 提高 提升 同比 "
    "年均 期间 时期 期末 平均 新增 净增 增加 增量 存量 总数 数量 总量 总额 总体 比上年 上 下 再 将 想 让 使 并 及 等 于 从 以 之 其 这 那 它 他 她 自己 全 全省 全市 全区 我省 吧 么 哦 嗯 呗 完成 实现 今 去 第 每 多 少 大 高 低 更 最 打 算 "
    "最快 最大 最小 最慢 最强 最好 更快 较高 较低 compare results 报告 写明 明确 类似 也 吧 同样 一样 样 拿到 拿 出来 进去 起来 下去 需要 准备 开始 进行 力争 预计 预期目标 指标 任务 安排 有关 关于 相关 具体 主要 什么样 几个 几家 一个 一些 哪家 哪位 谁的".split()
)
_NOISE = re.compile(r"[\s,，。;；:：?？!！、（）()\[\]“”\"'‘’「」『』《》<>/\\|…—\-]+")


def analyse(text: str, lexicon: Lexicon, segmenter: Segmenter) -> Question:
    """What one question asks, by itself (see ``question.followup`` for turns that lean on the one before)."""
    plain = _A_NOT_A.sub(lambda m: "  " + m[1], _without_excluded(text))
    masked, provinces, named = _places(plain, lexicon)
    folded = fold(masked)  # without the places: 黑龙将 is no 将
    masked, years = _years(masked)
    plan = plan_years(folded)
    masked = _FIVE_YEAR_PLAN.sub(lambda m: " " * len(m[0]), masked)
    terms, rest = _terms(masked, lexicon, segmenter)
    periods = cues.periods_of(fold(rest))  # without the terms: 人均预期寿命 names no target, 技术攻关计划 no plan
    intent = cues.intent_of(
        fold(text) if _A_NOT_A.search(text) else folded,
        n_provinces=len(named),
        n_periods=len(set(periods)),
        has_measure=any(t.kind == "measure" for t in terms),
    )
    return Question(
        text=text,
        standalone=text,
        language=cues.language_of(text),
        intent=intent,
        provinces=provinces,
        named=named,
        years=years,
        periods=periods,
        terms=terms,
        content=" ".join(t.wordings[0] for t in terms),
        wanted=cues.wanted_of(fold(rest)),  # without the terms: the 新 of 新能源汽车 asks for no increment
        units=cues.units_of(folded),
        negated=cues.is_negated(folded),
        plan_years=plan,
    )


def _places(text: str, lexicon: Lexicon) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The text with its places blanked, all provinces meant, and those named one by one.

    A city stands for its province, and stays in the text: it is also what is asked about.
    """
    mentions = lexicon.find_provinces(text) or _labelled(text, lexicon) or lexicon.guess_provinces(text)
    masked = text
    for m in mentions:
        masked = masked[: m.start] + " " * (m.end - m.start) + masked[m.end :]
    provinces = _unique(n for m in mentions for n in m.names)
    named = _unique(n for m in mentions if len(m.names) == 1 or m.kind == "guess" for n in m.names)
    if not provinces and re.search(r"(?<![维吾尔族壮回西藏内蒙古广])自治区(?!级)", text):
        region = lexicon.region("民族自治区")
        provinces = region.provinces if region else ()
    if not provinces:
        provinces = named = _unique(n for m in lexicon.find_cities(text) for n in m.names)
    return masked, provinces, named


_FIVE_YEAR_PLAN = re.compile(r"[“\"]?十[一二三四五六七八九](?:个)?五[”\"]?(?:时期|期间|期末|末|以来|规划(?!纲要))?")
_A_NOT_A = re.compile(r"([\u4e00-\u9fff])[不没]\1")  # 支不支持 asks whether 支持
_EXCLUDED = re.compile(
    r"[（(，,；;]?\s*(?:而?不(?:是|要|算|含|包括)(?!不)|别给我|除了|排除|rather than|not counting|excluding|\(not\b)(?!什么|多少|哪)[^，,。；;？?）)]{1,14}[）)]?"
    r"|[（(，,；;][^，,。；;？?（）()]{1,12}(?:不算|除外|不含|不计)[）)]?"
)


def _without_excluded(text: str) -> str:
    """The text with what the question rules out blanked ("不要存量", "（科技小巨人不算）"), lengths kept."""
    return _EXCLUDED.sub(lambda m: " " * len(m[0]), text)


def _labelled(text: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    """A one-character name before a colon ("蒙：高企多少"), where it can only be a place."""
    m = re.match(r"\s*(\S)\s*[：:]", text)
    province = lexicon.province(m[1]) if m else None
    return (Mention(m.start(1), m.end(1), m[1], (province.name,), "letter"),) if m and province else ()


def _years(masked: str) -> tuple[str, tuple[int, ...]]:
    years = []
    for m in _YEAR.finditer(fold(masked)):
        years.append(int(m["full"]) if m["full"] else 2000 + int(m["short"]))
        masked = masked[: m.start()] + " " * (m.end() - m.start()) + masked[m.end() :]
    return masked, tuple(dict.fromkeys(years))


def _terms(masked: str, lexicon: Lexicon, segmenter: Segmenter) -> tuple[tuple[Term, ...], str]:
    """What the question speaks of, and the text with its named terms blanked."""
    terms: list[Term] = []
    taken: list[tuple[int, int]] = []

    def take(kind: Literal["measure", "term", "quoted"], start: int, end: int, others: Iterable[str]) -> None:
        if not any(a < end and start < b for a, b in taken) and not is_asking(masked[start:end]):
            terms.append(Term(_wordings(masked[start:end], others), kind))
            taken.append((start, end))

    for m in _QUOTED.finditer(masked):
        take("quoted", *m.span(1), lexicon.synonyms_of(m[1]))
    for mention in lexicon.find_measures(masked):
        take("measure", mention.start, mention.end, lexicon.synonyms_of(mention.text))
    for mention in lexicon.find_terms(masked):
        take("term", mention.start, mention.end, lexicon.synonyms_of(mention.text))
    rest = masked
    for start, end in taken:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    words = content_words(rest, segmenter)
    terms += [Term(_wordings(w, lexicon.synonyms_of(w)), "word") for w in words]
    return tuple(terms), rest


def content_words(text: str, segmenter: Segmenter) -> list[str]:
    """The words of a text that are not words of asking, each once."""
    words = segmenter.words_of(_NOISE.sub(" ", _ASKING.sub(" ", to_simplified(text).lower())))
    return [
        w for w in dict.fromkeys(words) if w not in _STOP and (len(w) > 1 or has_cjk(w)) and not _COUNTING.fullmatch(w)
    ]


def is_asking(text: str) -> bool:
    """Whether a text is nothing but words of asking ("目标", "plan")."""
    folded = fold(text).strip()
    return folded in _STOP or not _ASKING.sub("", folded).strip()


def _wordings(first: str, others: Iterable[str]) -> tuple[str, ...]:
    return _unique(fold(w).strip() for w in (first, *others) if w.strip())


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
