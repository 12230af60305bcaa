"""What kind of text a question is: its language, whether it negates, means everywhere, or tries to instruct. Folded text."""

from __future__ import annotations

import re

from assistant.text import fold, has_cjk, is_traditional

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
    r"|\bmake up (?:a|an|any|some|your|one|numbers?|figures?|data|answers?|something)\b|\bpretend (?:to|that|you)\b|\bact as\b|\binvent (?:a|some)\b"
)
_EVERYWHERE = re.compile(
    r"(?:各|每个|所有|全部|哪些|哪几个|哪个)(?:省|地(?!方政府|级)|自治区)|有谁|\b(?:which|what|all|every|each|across)(?: the)? provinces?\b"
)


def language_of(text: str) -> str:
    """``zh``, ``zh-Hant`` (any character has a Simplified form) or ``en`` (no Han characters, or few among words)."""
    han = sum(has_cjk(c) for c in text)
    words = len(re.findall(r"[A-Za-z]{2,}", text))
    if not han or (words >= 4 and words > han):
        return "en"
    return "zh-Hant" if is_traditional(text) else "zh"


def is_negated(text: str) -> bool:
    """Whether the provinces that do *not* say something are asked for."""
    return bool(_NEGATED.search(text))


_DENIAL = re.compile(
    r"(?<!有)(?:没有?|未能?|并未)(?!问题|想到|错|到|记错|再?发生|再?出)[^?]*(?:对吗|对不对|是吗|对吧|是吧|吧[?。!]*$)|(?<!有)(?:不)(?:实现|达到|完成|做到|超过|突破|提|说|写|讲|要|打算|降|升|建|通|开|获|列|增|把|给|能)[^?]*(?:对吗|对不对|是吗|对吧|是吧|吧[?。!]*$)"
    r"|^(?:am i right|is it (?:true|right|correct)|can you confirm) that\b.*\b(?:not|never)\b|\bfail(?:ed|s)? to\b|\b(?:did|does|do|has|have|is|was|will) not\b.*\b(?:right|correct|true)\W*$"
    r"|还(?:没有?|未)[^,。?]{0,8}(?:实现|达到|完成|做到|超过|突破|建成|通车|投产|开工)[^?]*(?:吗|吧)[?。!]*$"
)


def is_denial(text: str) -> bool:
    """Whether a yes/no question states a denial to be agreed to (没有完成…，对吗): what the text states then means no."""
    return bool(_DENIAL.search(fold(text)))


_WHETHER_DONE = re.compile(
    r"(?:实现|完成|达到|做到|突破|建成)了(?!没)[^?]*吗|\b(?:did|has|have)\b[^?]*\b(?:reach|achieve|meet|complete|exceed)"
)


def asks_whether_done(text: str) -> bool:
    """Whether a yes/no question asks that something was reached, which a target does not say."""
    return bool(_WHETHER_DONE.search(fold(text)))


_SENTENCE = re.compile(r"[“「\"](.{10,})[”」\"]", re.DOTALL)
_WHETHER_THERE = re.compile(r"原文|原话|这句话|verbatim|this sentence")


def quoted_sentence(text: str) -> str | None:
    """The sentence of which a question asks whether the text holds it word for word, or ``None``."""
    told = _SENTENCE.search(text)
    return told[1] if told and _WHETHER_THERE.search(fold(text)) else None


def is_unsafe(text: str) -> bool:
    """Whether the input tries to instruct the program rather than ask: rules to be dropped, secrets, inventions."""
    return bool(_UNSAFE.search(fold(text)))


def is_everywhere(text: str) -> bool:
    """Whether a question says that it is about all provinces."""
    return bool(_EVERYWHERE.search(fold(text)))
