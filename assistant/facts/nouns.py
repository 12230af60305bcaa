"""The noun phrase that a figure measures: cut out of the verbs and adverbs around it, and coordinations taken apart."""

from __future__ import annotations

import re

from assistant.facts import words
from assistant.facts.words import alternatives

QUOTES = "“”‘’\"' "
_VERBS = alternatives(words.INCREMENT + words.ACTS + words.ADVERBS + words.LEVEL)
_TIME = (
    r"[“\"]?十[一二三四五六七八九]五[”\"]?(?:期末|末|期间|时期)|到?20\d\d年(?:底|末)?|五年来|过去五年|过去一年|一年来"
)
_STARTS = re.compile(
    rf"[的:：、\s)）]|[一二三四五六七八九十]是|\d{{1,2}}[.．、]|{_TIME}|(?:{alternatives(words.ADVERBS)})|(?:{alternatives(words.PARTICLES)})(?={_VERBS})"
    rf"|(?P<new>{alternatives(words.INCREMENT)})(?![长型兴能])"
    rf"|(?!建[成设])(?:{alternatives(words.ACTS)})(?:了(?!解))?(?!{words.NOUN_PARTS})|建[成设](?![筑材制议成用])(?!项目|工程)"
)
_TAILS = re.compile(
    rf"(?:(?:比|较)[^，,。；;]{{2,8}}|连续[两三四五六七八九十]年|到?(?:19|20)\d\d年(?:底|末)?|{alternatives(words.TAILS)})$"
)
_SHARED_HEAD = re.compile(rf"(?:{alternatives(words.HEADS)})+$")
_NUMBERING = re.compile(r"[\d一二三四五六七八九十.、]+")
_STEPPED = re.compile(r"(?:连续|成功|首次|率先)?(?:迈上|迈过|跨过|跨上|跨越|站上|越过|登上|跃上)")
_NOUN_AFTER = re.compile(r"的?([^\W\d][^，,。；;：:！？!?\n]+|[“\"][^，,。；;：:！？!?\n]+)")
VERB_AFTER = re.compile(
    r"获得|获批|获评|获|入选|荣获|上市|投产|建成|纳入|晋升|成为|达到|落地|(?<!新)开工|加强|受到|位列|跻身|发放|提供|享受|惠及|(?<![安民宜定社旧移人邻新])居(?![民住家委])|全面|增至|增加|增长|提高|提升|拓展|扩大|下降|升至|(?<![发通])达"
    r"|在(?![建线校岗册研外内职编产用京])|开展|通过|参与|实现|正式|全部|集中(?=开工|签约)|进入|中有|位居|居全|列入"
    r"|揭牌|运营|投运|投入|完成|推进|覆盖|得到|稳定|均|陆续|相继|顺利|启动|交付|达标|让|使|连续|保持|营业收入|占|同比"
)
_ACT_FIRST = re.compile(alternatives(words.ACTS))
_ADVERB_LAST = re.compile(r"(?:加快|全面|稳步|扎实|有效|基本|已|将|工作|正|将要|双双|推广和?|和)+$")
AND = r"、|以及|和|与|及"
EDGE = f"{QUOTES},，、:：\n（("


def noun_of(part: str) -> str:
    """What is left of a stretch without the verbs and adverbs around the thing measured."""
    return stripped(part)[0]


def stripped(part: str) -> tuple[str, bool]:
    """The noun of a stretch, and whether a verb of increment stood before it."""
    part = _STEPPED.split(part.strip(EDGE), maxsplit=1)[0]
    at, increment = 0, False
    while (m := _STARTS.match(part, at)) is not None and m.end() > at:
        at, increment = m.end(), increment or m["new"] is not None
    part = part[at:]
    for _ in range(4):
        part = _TAILS.sub("", part.strip(" 的\"'、，,"))
    named = (
        part.strip(QUOTES) and part not in words.STEPS and part not in words.EMPTY and not _NUMBERING.fullmatch(part)
    )
    return (balanced(part) if named else ""), increment


def begins_with_act(part: str) -> bool:
    """Whether a stretch begins with a verb of doing: it then says what was done, not what is spoken of."""
    return _ACT_FIRST.match(part.strip(EDGE)) is not None


def balanced(part: str) -> str:
    """The phrase with its quotation marks and brackets in pairs."""
    for opening, closing in ("“”", "‘’", "（）", "《》"):
        extra = part.count(opening) - part.count(closing)
        if extra == 1 and part.startswith(opening):
            part = part[1:]
        else:
            part = opening * -extra + part + closing * extra
    return part


def noun_after(after: str) -> str:
    """The thing counted after its figure, up to the verb of a longer clause (22项科技成果获得…)."""
    m = _NOUN_AFTER.match(after)
    noun = _ADVERB_LAST.sub("", VERB_AFTER.split(m[1], maxsplit=1)[0].strip(" 、和及与")) if m else ""
    noun = noun_of(noun)
    return noun if len(noun.strip(QUOTES)) >= 2 and noun not in words.EMPTY else ""


def several(noun: str, wanted: int) -> tuple[str, ...]:
    """The members of a coordination, one for each figure; the whole noun for all of them if the counts differ."""
    for separators in (AND, "、|和|及|以及", "、", "和|与|及"):
        parts = [p.strip(QUOTES) for p in re.split(separators, noun)]
        if len(parts) == wanted and all(parts):
            return tuple(balanced(p) for p in _with_shared_head(parts))
    if wanted == 2 and "城乡" in noun:  # 城乡居民人均可支配收入
        return noun.replace("城乡", "城镇", 1), noun.replace("城乡", "农村", 1)
    return (noun,) * wanted


def _with_shared_head(parts: list[str]) -> list[str]:
    last = parts[-1]
    if any(len(p) <= 2 for p in parts[:-1]) and len(last) > 4:  # 城镇、农村居民人均可支配收入
        return [p + last[len(p) :] if len(p) <= 2 else p for p in parts]
    found = _SHARED_HEAD.search(last)
    head = found[0] if found and found.start() else ""
    if head and not any(p.endswith(tuple(words.HEADS)) for p in parts[:-1]):
        return [*(p + head for p in parts[:-1]), last]
    return parts
