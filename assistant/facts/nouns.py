"""The noun phrase that a figure measures: cut out of the verbs and adverbs around it, and coordinations taken apart."""

from __future__ import annotations

import re

from assistant.facts import words
from assistant.facts.words import alternatives

QUOTES = "“”‘’\"' "
_VERBS = alternatives(words.INCREMENT + words.ACTS + words.ADVERBS + words.LEVEL + words.LOWERING)
_TIME = (
    r"[“\"]?十[一二三四五六七八九]五[”\"]?(?:期末|末|期间|时期)|到?20\d\d年(?:底|末)?|五年来|过去五年|过去一年|一年来"
    r"|五年累计|今后五年|未来五年|五年内|[两三四五六七八九十]?多?年来|近[三五十]年|从(?:19|20)\d\d年到(?:19|20)\d\d年"
)
_STARTS = re.compile(
    rf"(?:稳定|保持|控制)在|要?[将把](?=[^，,]{{2,16}}$)(?!将?[军来领]|把[握关手脉])|[两三五十]年(?:间|内)?(?={_VERBS}|$)|、(?=(?:{alternatives(words.INCREMENT + words.ACTS)})(?!{words.NOUN_PARTS}))|在[^，,]{{3,24}}?(?:赛上|会上|方面|领域|期间)(?=\w)|[的:：、\s)）]|[一二三四五六七八九十]是|\d{{1,2}}[.．、]|{_TIME}|(?:{alternatives(words.ADVERBS)})|(?:{alternatives(words.PARTICLES)})(?={_VERBS}|{alternatives(words.PER_HEAD)})"
    rf"|(?P<new>{alternatives(words.INCREMENT)})(?![长型兴能])"
    rf"|(?!建[成设])(?:{alternatives(words.ACTS)})(?:了(?!解))?(?!{words.NOUN_PARTS})|建[成设](?![筑材制议成用])(?!项目|工程)"
)
_TAILS = re.compile(
    rf"(?:(?:平均|人均)?(?:每(?:公斤|[人斤吨亩户年月天]))+|(?<![占对])[比较][^，,。；;]{{2,8}}|连续[两三四五六七八九十]年|到?{words.WHEN}|{alternatives(words.TAILS)}|(?<![{''.join(w[0] for w in words.PER_HEAD)}])均|(?<![内存潜外])在|(?<![名大小干上中少军])将|(?<![高初集华其空水心])中)$"
)
_INSIDE = re.compile(
    rf".*[^“\"、](?:{alternatives(words.TRANSITIVE)}|(?<!公)共建(?![“\"]|项目|机制))(?:了|全球首个|全国首个)?(?=\w{{2}}|[“\"])"
    rf"(?!{words.NOT_DONE})"
)
_SHARED_HEAD = re.compile(rf"(?:{alternatives(words.HEADS)})+(?:占(?!比)[^占、]+)?$")
_INDUSTRY = re.compile("^(?=[一二三]产业)")  # 一、二、三产业增加值
_MEASURE_LAST = re.compile("[量率数值额耗费价润]$")
_GENERIC_LAST = re.compile(rf"(?<=\w\w)(?:{alternatives([*words.GENERIC, *words.QUANTITIES])})$")
_NUMBERING = re.compile(r"[\d一二三四五六七八九十.、]+")
_LONGEST = 80
"""Characters of a stretch in which a verb is looked for; no longer one is a noun."""
_STEPPED = re.compile(r"(?:连续|成功|首次|率先)?(?:迈上|迈过|跨过|跨上|跨越|站上|越过|登上|跃上)")
_NOUN_AFTER = re.compile(r"的?([^\W\d][^，,。；;：:！？!?\n]+|[“\"][^，,。；;：:！？!?\n]+)")
VERB_AFTER = re.compile(
    r"获得|获批|获评|获|入选|荣获|上市|投产|建成|纳入|晋升|成为|达到|落地|(?<!新)开工|加强|受到|位列|跻身|发放|提供|享受|惠及|(?<![安民宜定社旧移人邻新])居(?![民住家委])|全面|增至|增加|增长|提高|提升|拓展|扩大|下降|升至|(?<![发通])达"
    r"|在(?![建线校岗册研外内职编产用京])|开展|通过|参与|实现|正式|全部|集中(?=开工|签约)|进入|中有|位居|居全|列入"
    r"|揭牌|运营|投运|投入|完成|推进|覆盖|得到|稳定|均|陆续|相继|顺利|启动|交付|达标|让|使|连续|保持|营业收入|占|同比|发行|用好|落户|受益|参加|得以|可以|大幅|解决(?!方案)|免除|减轻|享有|配备|建立|并(?![购网联])|(?<=\w\w)(?:支持(?=\w{4})(?!服务|体系|机构|企业|人才|中心|政策|计划)|用于)|荣列|列为|评为|认定为"
)
_ATTAINED = re.compile(rf"(?:{alternatives(words.ATTAINED)})了?(?P<what>.+)")
_WHEN = re.compile(r"20\d\d年度?|首批|全国首批|[第][一二三四五六七八九十\d]+[批轮次届]")
_LIST_LAST = re.compile("(?:名单|行列|称号|范围|名录)$")
_NO_CLASS = re.compile("国务院|批复|批准|通过|肯定|认可|通报|表扬|表彰|推广|支持|立项|上市|落地|突破|成效|进展")
"""What is attained without being a class of things: 5个项目获国务院批复."""
_AWARD = re.compile('奖(?:项)?[”"]?$')
_GENERIC_LENGTH = 4
"""Characters: 企业, 项目, 产业集群 say little by themselves, 大科学装置 enough."""
_QUANTITY_LAST = re.compile(rf"(?<=\w\w)(?:查明)?(?:{alternatives(words.QUANTITIES)})$")
_FRAMING = re.compile("(?:从|为了?|通过|按照?|随着|由于|根据|面对|针对|围绕)(?!业)")
"""What a clause that speaks of nothing itself begins with: 从就业吸纳能力看，…"""
_CIRCUMSTANCE = re.compile(r"(?<=\w\w)在[^，,]{2,24}(?:基础上|情况下|条件下|背景下|形势下|同时)$")
_ACTION = re.compile(
    r"^新一轮|(?<=\w\w)(?:提升|改造|建设|整治|攻坚|提质|振兴|优化|扩能|升级|保护|修复|治理|高质量|发展|三年|五年|专项)*(?:行动|工程|计划|攻坚战)(?:计划)?$"
)
_PREDICATE = re.compile(
    r"(?<=\w\w)(?:(?:更加|更趋|更为|持续|不断|稳步|显著|明显|大幅|进一步|加快|加速|逐步|日益|全面|总体|有效|有力|扎实|深入|蓬勃|稳中|提质|增量|量质|向新|向好)\w+"
    r"|壮大|优化|增强|提升|提高|改善|扩大|加快|增长|明显|突出|凸显|完善|推进|突破|回升|平稳|稳定|释放|培优|扩容|增效|见效)$"
)
_ABSTRACT = re.compile(
    r"(?<=\w\w)(?:支撑|引领|带动)?(?:作用|能力|水平|步伐|质效|规模|结构|实力|活力|动能|态势|质量|效益|格局|力度|布局)+$"
)
_ACT_FIRST = re.compile(rf"(?:{alternatives(words.ACTS)})(?!{words.NOUN_PARTS})")
_STANDING_FIRST = re.compile(
    rf"(?:{alternatives(words.QUANTITIES)}|均|稳|继续)*(?:名列|位居|位列|居|排名?|跻身|保持|好于|高于|快于|创(?![新业投]))"
)
_ADVERB_LAST = re.compile(r"(?:加快|全面|稳步|扎实|有效|基本|已|将|工作|正|将要|双双|推广和?|和|整[县市省区村])+$")
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
    part = part[at:] if len(part) - at > _LONGEST else _INSIDE.sub("", part[at:])
    for _ in range(4):
        part = _TAILS.sub("", part.strip(" 的\"'、，,"))
    named = (
        len(part.strip(QUOTES)) > 1
        and not part.endswith(tuple(words.STEPS))
        and part not in words.EMPTY
        and not _NUMBERING.fullmatch(part)
    )
    return (balanced(part) if named else ""), increment


def begins_with_act(part: str) -> bool:
    """Whether a stretch begins with a verb of doing: it then says what was done, not what is spoken of."""
    return _ACT_FIRST.match(part.strip(EDGE)) is not None


def names_nothing(part: str) -> bool:
    """Whether a clause goes on about what was spoken of: 实现历史性晋位, 增速居世界前列."""
    return begins_with_act(part) or _STANDING_FIRST.match(part.strip(EDGE)) is not None


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
    return _split_after(after)[0]


def noun_counted(after: str) -> str:
    """The same, as a measure: 14种农产品产量居… counts farm products, 130家企业入选X counts the enterprises of X."""
    noun, rest = _split_after(after)
    if rest:
        noun = _QUANTITY_LAST.sub("", noun)
    attained = _ATTAINED.match(rest) if len(noun) <= _GENERIC_LENGTH else None
    of = (
        noun_of(_LIST_LAST.sub("", VERB_AFTER.split(_WHEN.sub("", attained["what"]), maxsplit=1)[0]))
        if attained
        else ""
    )
    if len(of) < _GENERIC_LENGTH or _NO_CLASS.search(of):
        return noun
    return of if of[-1] in noun or _AWARD.search(of) else of + noun


def _split_after(after: str) -> tuple[str, str]:
    """The thing counted after a figure, and what follows it from its verb on."""
    m = _NOUN_AFTER.match(after)
    if not m:
        return "", ""
    verb = VERB_AFTER.search(m[1])
    noun = m[1][: verb.start()] if verb else m[1]
    noun = noun_of(_ADVERB_LAST.sub("", noun.strip(" 、和及与")))
    named = len(noun.strip(QUOTES)) >= 2 and noun not in words.EMPTY
    return (noun if named else ""), (m[1][verb.start() :] if verb else "")


def topic_of(clause: str) -> str:
    """What a clause without figures speaks of: 经营主体 of 经营主体规模壮大, 农村公路 of 实施农村公路提升行动."""
    if _FRAMING.match(clause):
        return ""
    topic = noun_of(_CIRCUMSTANCE.sub("", clause.strip(f"{EDGE}。；;")))
    if len(topic) > _LONGEST:
        return ""
    for end in (_ACTION, _PREDICATE, _ABSTRACT):
        topic = end.sub("", topic)
    return topic


def several(noun: str, wanted: int) -> tuple[str, ...]:
    """The members of a coordination, one for each figure; the whole noun for all of them if the counts differ."""
    for separators in (AND, "、|和|及|以及", "、", "和|与|及"):
        parts = [p.strip(QUOTES) for p in re.split(separators, noun)]
        if len(parts) == wanted and all(parts):
            return tuple(balanced(_INDUSTRY.sub("第", p)) for p in _with_shared_head(parts))
    if wanted == 2 and "城乡" in noun:  # 城乡居民人均可支配收入
        return noun.replace("城乡", "城镇", 1), noun.replace("城乡", "农村", 1)
    return (noun,) * wanted


def _with_shared_head(parts: list[str]) -> list[str]:
    last = parts[-1]
    short = min(map(len, parts[:-1]))
    whole = any(_MEASURE_LAST.search(p) for p in parts[:-1])  # 用水量、能耗、碳排放量
    if short <= 2 and len(last) > 4 and not whole:  # 城镇、农村居民人均可支配收入
        return [*(p + last[short:] for p in parts[:-1]), last]
    if any(p in words.GENERIC for p in parts[1:]):  # 生产安全事故起数、死亡人数
        of = _GENERIC_LAST.sub("", parts[0])
        return [parts[0], *(of + p if p in words.GENERIC else p for p in parts[1:])]
    found = _SHARED_HEAD.search(last)
    head = found[0] if found and found.start() else ""
    if head and not any(p.endswith(tuple(words.HEADS)) for p in parts[:-1]):
        return [*(p + head for p in parts[:-1]), last]
    return parts
