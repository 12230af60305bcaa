"""Words of asking, and the content words that are left without them."""

from __future__ import annotations

import functools
import re

from assistant.store import Segmenter
from assistant.text import fold, has_cjk, to_simplified

_ASKING = re.compile(
    r"请问|麻烦|烦请|告知|帮我|给我|帮忙|一下|列出来|列出|列举|告诉我|我?想(?:知道|了解|问|请教)|是多少|是什么|为多少|有?多少[亿万]?(?:人(?![才口工次均大民])|家|户|项|个(?!体)|位|名|所|座|条|件|吨|亩|钱|元|斤)?|哪几个|哪几家|哪(?:个|座|些)(?:城市|地方|地区)|哪些|哪个|哪里|哪儿"
    r"|什么时候|怎么样|什么样|是不是|是否|有没有|来着|说没说|提没提|提到了?|提及|写到|写进了?|公布了?|打算|去年|上年|今年|本年度|本年|年底|年末|截至|回顾|部分|到底|定在|(?<![认规设制])定(?:了)?多少|多大|多高"
    r"|那块|这块|压根|这?说法|那个|这个|那些|其中|里面|当中|这两个?|那两个?|这几个?|前者|后者|两者|两地|两省|只看|换成|换个话题|省份|省区|省市区|省区市|省市|自治区|各省|各地|名字|名称|全名|比一比|相比|对比|比较|最多|最高|更高|更多|最少|最低"
    r"|差多少|差距|排序|排个序|排名(?!第)|百分之几|百分之多少|没错吧|没记错吧|是这样吗|对不对|对吗|对吧|吧\?"
    r"|\b(?:what|which|who|whom|whose|where|when|how|many|much|is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|shall|the|an?|of|in|to|for|by|on|at|and|or|its?|their|his|her|this|that|there|these|those|be|been|being|any|all|please|tell|me|about"
    r"|provinces?|year|years|target(?:s|ed|ing)?|plan(?:s|ned|ning)?|goals?|aim(?:s|ing|ed)?|set|number|figures?|mention(?:s|ed)?|last|with|from|as|than|want(?:s|ed)?|intend(?:s|ed)?|expect(?:s|ed)?|report(?:s|ed)?|state[sd]?|list|every|each|put|together|across|end|so|far|up|s|i|you|we|they|he|she|not|no|but|also|more|most|over|under"
    r"|going|too|grow|grows|grew|grown|growing|now|then|ones?|instead|same|else|again|currently|already|compared?|against|former|latter|actual|values?|well|stand|stands|supposed|call(?:ed)?|names?|show|gives?|says?|talk|talks)\b"
)  # fmt: skip
_COUNTING = re.compile(r"\s*|[几多]\S{0,2}|哪\S{0,2}|\d[\d.,]*[%％]?|[万亿千百]+[家户个项元人名位件亩吨]?")
"""Words that only count. Figures belong to what the question sets as a condition, not to what it speaks of."""
_CLASSIFIERS = frozenset("家 户 项 位 名 款 所 次 件 条 成 年 月".split())
_STOP = _CLASSIFIERS | frozenset(
    "请 什么 啥 怎么 如何 怎样 吗 呢 吧 啊 呀 没 没有 提 提到 提出 说 说到 讲 写 涉及 列 列入 报 给 给出 搞 弄 计划 目标 规划 预期 拟 已经 已 现在 目前 一共 总共 共 分别 各 达到 做到 做 到 定 "
    "数字 情况 方面 省 谁 的 了 在 是 有 要 和 与 跟 对 把 被 里 中 上 为 也 还 都 就 会 能 可以 应该 叫 叫做 比 哪 几 个 增长 增速 增幅 涨幅 涨 涨了 提高 提升 同比 "
    "年均 期间 时期 期末 平均 新增 净增 增加 增量 存量 总数 数量 总量 总额 总体 比上年 下 再 将 想 让 使 并 及 等 于 从 以 之 其 这 那 它 他 她 自己 全 全省 全市 全区 我省 么 哦 嗯 呗 完成 实现 今 去 第 每 多 少 大 高 低 更 最 打 算 "
    "最快 最大 最小 最慢 最强 最好 更快 较高 较低 compare results 报告 写明 明确 类似 同样 一样 样 拿到 拿 出来 进去 起来 下去 需要 准备 开始 进行 力争 预计 预期目标 指标 任务 安排 有关 关于 相关 具体 主要 几个 几家 一个 一些 哪家 哪位 谁的 "
    "超过 高于 低于 超 不低于 不少于 不超过 以上 以下 左右 至少 至多 above below exceed exceeds exceeding least 数 只 看 换 话题 两个 两 三个 各自 时候 什么时候 如今 实际 没错 记错 这样 咋 咋样 呗 究竟 大概 大约 另外 此外 我 你 您 咱 得 过 去年 今年".split()
)
_NOISE = re.compile(r"[\s,，。;；:：?？!！、（）()\[\]“”\"'‘’「」『』《》<>/\\|…—\-]+")


def content_words(text: str, segmenter: Segmenter) -> list[str]:
    """The words of a text that are not words of asking, each once."""
    words = segmenter.words_of(_NOISE.sub(" ", _ASKING.sub(" ", to_simplified(text).lower())))
    return [w for w in dict.fromkeys(words) if (len(w) > 1 or has_cjk(w)) and not _is_function(w)]


def is_asking(text: str) -> bool:
    """Whether a text is nothing but words of asking ("目标", "plan")."""
    folded = fold(text).strip()
    return folded in _STOP or not _ASKING.sub("", folded).strip()


@functools.lru_cache(maxsize=8192)
def _is_function(word: str) -> bool:
    """Whether a word is one of asking, or made of nothing else: segmentation joins them (省有, 各要, 想做到)."""
    return bool(_COUNTING.fullmatch(word)) or word in _STOP or (has_cjk(word) and _is_made_of_function(word))


def _is_made_of_function(word: str) -> bool:
    pieces = _STOP - _CLASSIFIERS  # 位次 and 名次 are nouns
    return not word or any(word[:n] in pieces and _is_made_of_function(word[n:]) for n in range(len(word), 0, -1))
