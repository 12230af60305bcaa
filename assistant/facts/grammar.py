"""What a figure measures, and how: a small grammar of how reports state figures, over the clauses of one sentence.

``measure verb figure`` (高新技术企业达到2.3万家), ``verb measure figure`` (新增高新技术企业200家), ``verb figure noun``
(建设10家省实验室), lists that share a verb (新增A50家、B20家), coordination (A和B分别达到1220家、828家; …4亿人次、…9万人次，
分别增长6%、39%), growth that follows a level (…352.9亿元，增长31.8%), shares (占全国10%), starts that are no results
(从39个拓展到91个) and places in a ranking (均居全国第一). It knows no list of measures: a new document needs no new rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.facts import words
from assistant.facts.nouns import (
    AND,
    EDGE,
    VERB_AFTER,
    begins_with_act,
    noun_after,
    noun_counted,
    noun_of,
    several,
    stripped,
)
from assistant.facts.subject import TOTAL, Form, Subject
from assistant.facts.words import alternatives
from assistant.numerals import Figure

Kind = Literal["level", "growth", "increment", "rank", "multiple"]

_ADVERBS = rf"(?:{words.WHEN}|{alternatives(words.ADVERBS)})"
_ENDINGS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (
        "level",
        re.compile(
            rf"{_ADVERBS}{{0,4}}[增提上升下减降扩壮拓缩压延调发优整回][^\s，、]{{0,3}}[到至](?:人均|户均|每[人户亩]|每[年月])*$"
        ),
    ),
    ("increment", re.compile(rf"{_ADVERBS}{{0,4}}(?:{alternatives(words.INCREMENT)})$")),
    ("growth", re.compile(rf"{words.COMPARED}{{0,6}}(?P<verb>{alternatives(words.RISE + words.FALL)})了?$")),
    ("level", re.compile(rf"{_ADVERBS}{{0,4}}(?:{alternatives(words.LEVEL)})了?$")),
)
_NEW = re.compile("新增|净增")
_FROM = re.compile(rf"(?:从|(?<![自理])由)(?:{words.WHEN})?(?:每[人户亩年月天]){{0,2}}的?$")
_TO = re.compile(rf"[^，,。；;]{{0,8}}(?:到|至|为)(?:{words.WHEN})?的?$")
_FROM_WORDS = re.compile(r"(?:从|(?<![自理])由)[^，,。；;从由、]{1,14}$")
_CHANGED_TO = re.compile(
    rf"[^，,。；;]{{0,3}}[提增上升下减降扩壮拓缩压延调回][^，,。；;]{{0,3}}[到至](?:{words.WHEN})?的?$|转为[增下上回][长降升落]$"
)
_MERGED_TO = re.compile(
    r"(?P<noun>[^\W\d][^，,。；;、\d]{1,30}?)(?:(?:整合|优化|合并|归并|精简|缩减|压减|减少|扩大|扩展|拓展|增加|提升|增|减|扩|降){1,3}(?:到|至|为)|调整[到至为])$"
)
_TARGET = re.compile(r"(?P<measure>.{2,}?)(?P<growth>(?:预期)?(?:增长|增速))?(?:的?(?:预期|调控|控制))?目标值?")
_NOTE = re.compile(r"^\s*(?:[（(][^（）()\d]{1,4}[）)]|[:：∶]1(?!\d))")
"""A note on a unit, right behind it: 61万套（间）; what a ratio is to: 2.1:1."""
_SHARE = re.compile(
    r"^(?P<of>.*?)(?P<share>占(?!比)[^占，,]{1,14}?)(?:的?(?P<ratio>比重|比例|比))?(?:均|分别)?(?:稳定在|保持在|达到|达|为|超过|超|[提升降上增][高至到升]{1,2}|的)?$"
)
_AND_FIRST = re.compile(r"^(?:、|以及|和(?![谐平睦])|与|及(?!时))")
_LISTED = re.compile(rf"\s*(?:{AND})")
_JOINED = re.compile(rf"(?:{AND})\s*$")
_GAP = re.compile(rf"\s*(?:{AND}|[，,])\s*$")
_RANK_LEAD = re.compile(
    r"(?:均|都|仍|继续|连续|稳|跃|排|位|居|列|名|保持|进入|跻身|进|升|至|到|为|达|由|并|且|双双|首次|一直|始终|[多两三四五六七八九十]年)*$"
)
_FROM_RANK = re.compile(r"(?:从|由)[^，,、]{0,6}第[^，,、]{1,4}位?[提上升跃前][^，,、]{0,4}$")
_AMONG = re.compile(r"(?:均|稳|位|名|排)?[居列][^，、]{1,6}$")
_STEP_AFTER = re.compile(rf"[^，,。；;、]{{0,6}}(?:{alternatives(words.STEPS)})")
_STEPPING = re.compile("[迈跨站跃登]$")
_TOTAL_OF = re.compile("(?<=..)(?:总量|总数|数量)$")
_LOWERED = re.compile(
    rf"(?:{_ADVERBS}|{alternatives(words.PARTICLES)})*(?P<verb>{alternatives(words.LOWERING)})了?(?P<noun>[^\W\d].+)$"
)
_PER = re.compile("每(?:增长|增加|提高|下降|降低|上升)?$")
_RATE_LAST = re.compile(words.RATE_LAST)
_FUNDED = re.compile("(?:安排|投入|筹措|拿出|下拨)$")
_REACHED = re.compile(rf"(?P<verb>{alternatives(words.REACHED)})(?:近|超|约)?$")
_LASTING = re.compile("已?连续$")
_STATES = ("稳定在", "保持在", "控制在")
_REACHES = ("突破", "超", "逾")  # of the same thing in the same unit a total: 新增1700公里、突破7000公里


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure with its measure, how it relates to it, and the words of strength, a verb of decline first."""

    measure: str
    kind: Kind
    strength: str

    def of_target(self) -> Reading:
        """What a target is a target of: 广义货币增长目标为16% states growth of 广义货币."""
        m = _TARGET.fullmatch(self.measure)
        if m is None:
            return self
        return replace(self, measure=m["measure"], kind="growth" if m["growth"] and self.kind == "level" else self.kind)


def read_figure(figure: Figure, before: str, after: str, listing: int, *, subject: Subject) -> Reading | None:
    """What one figure states, or ``None`` if it states nothing; updates what the sentence speaks of.

    :param before: the clause's text since the figure before it; ``after``: up to the next one.
    :param listing: how many figures stand in one list from this one on (1: it stands alone).
    """
    if figure.rank:
        return _read_rank(figure, before, subject)
    before, after = _without_counted(_NOTE.sub("", before), subject), _NOTE.sub("", after)
    listed = bool(_LISTED.match(before))
    segment = _AND_FIRST.sub("", before.strip(EDGE)).strip(EDGE)
    if _is_start(segment, after, listing, subject=subject):
        return None
    if subject.started:
        subject.started, subject.increment = False, False
        form, subject.verb, _ = _ending(segment)
        subject.form = form if form == "growth" else "level"  # 由下降2.3%转为增长8.5%
        return _reading(figure, subject.form, subject) if subject.measure else None
    if _only_names(figure, segment, subject) or not _is_statement(figure, segment, after):
        return None
    if _is_threshold(figure, segment, subject):
        return None
    if _STEP_AFTER.match(after):
        return _read_step(figure, segment, after, subject)
    form, verb, noun = _named(figure, segment, after)
    new = form == "increment" or stripped(segment)[1] or _NEW.search(noun) is not None
    apart = _STATES if noun or figure.unit not in subject.units else (*_STATES, *_REACHES)
    inherits = listed and not form and not figure.strength.startswith(apart) and not TOTAL.match(segment)
    if not noun and figure.unit in words.TIMES:
        return None
    if not noun:
        subject.carry(figure, before=before, listed=listed, listing=listing)
        subject.measure = _TOTAL_OF.sub("", subject.measure) if new else subject.measure
        if subject.measure and (reached := _REACHED.search(segment)) and subject.units.get(figure.unit) is None:
            subject.measure += reached["verb"]
        if inherits and subject.per_cent == (figure.unit in words.PER_CENT):
            form, verb = subject.form, subject.verb
    else:
        grows = subject.form == "growth" and not noun.endswith(words.SHARES)
        if inherits and grows and figure.unit in words.PER_CENT and subject.per_cent:
            form, verb = subject.form, subject.verb
        parts = several(noun, listing) if listing > 1 else (noun,)
        parts = parts if len(set(parts)) > 1 else (subject.whole(noun),)
        subject.together = parts if len(parts) > 1 else ()
        subject.speak_of(parts, form)
    shared = inherits and subject.increment and not begins_with_act(segment)
    subject.form, subject.verb, subject.increment = form, verb, new or shared
    subject.units[figure.unit] = subject.measure
    subject.counted = noun_after(after) if figure.unit in words.COUNTED else ""
    subject.per_cent = figure.unit in words.PER_CENT
    return _reading(figure, form, subject) if subject.measure else None


def _without_counted(before: str, subject: Subject) -> str:
    """The words before a figure less the noun of the figure before it: 新增4个示范区、【4个】创新基地."""
    named = subject.counted and _JOINED.search(before)
    if named and noun_after(before[: named.start()]) == subject.counted:
        return before[named.start() :]
    return before


def _only_names(figure: Figure, segment: str, subject: Subject) -> bool:
    """Whether a figure says how long, or for how much: 连续8年全国第一, 每50公斤提高7元. Its words name what is measured."""
    lasting = _LASTING.search(segment) if figure.unit in words.TIMES else None
    found = lasting or _PER.search(segment)
    if found and (noun := noun_of(segment[: found.start()])):
        subject.speak_of((subject.whole(noun),), "level")
    return found is not None


def _is_threshold(figure: Figure, segment: str, subject: Subject) -> bool:
    """Whether a bound says which things were counted: 191家企业营业收入【超百亿元】."""
    quantity = segment.removeprefix(subject.counted) if subject.counted else ""
    return quantity in words.QUANTITIES and figure.strength != "" and figure.unit not in words.PER_CENT


def _read_step(figure: Figure, segment: str, after: str, subject: Subject) -> Reading | None:
    """迈上6万亿元台阶: a level, unless the things counted are steps or the exact level follows (、达到62661亿元)."""
    noun = noun_of(_STEPPING.sub("", _ending(segment)[2]))
    if noun:
        subject.speak_of((subject.whole(noun),), "level")
    stated = figure.unit not in words.COUNTED and "达" not in after
    return Reading(subject.measure, "level", figure.strength) if stated and subject.measure else None


def _is_start(segment: str, after: str, listing: int, *, subject: Subject) -> bool:
    """Whether a figure is where a change began: no result, but its words name what the end measures."""
    if subject.starts:
        subject.starts -= 1
        return True
    if not segment and (merged := _MERGED_TO.match(after)):  # 188个园区整合优化为120个
        noun = noun_of(merged["noun"])
    elif _FROM.search(segment) and (listing > 1 or _TO.match(after)):
        noun = noun_of(_FROM.sub("", segment))
    elif _FROM_WORDS.search(segment) and _CHANGED_TO.match(after):  # 从上半年5.5%降到5.3%
        noun = noun_of(_FROM_WORDS.sub("", segment))
    else:
        return False
    noun = subject.whole(noun) if noun else subject.measure
    parts = several(noun, listing) if "分别" in segment and listing > 1 else (noun,)
    subject.measure, subject.several, subject.form = parts[0], parts[1:], "level"
    subject.remember(parts[0])
    subject.started, subject.starts = True, listing - 1
    return True


def _reading(figure: Figure, form: Form, subject: Subject) -> Reading:
    declines = subject.verb if form == "growth" and subject.verb in words.FALL else ""
    return Reading(subject.measure, _kind(figure, form, subject), declines + figure.strength).of_target()


def _kind(figure: Figure, form: Form, subject: Subject) -> Kind:
    if figure.unit == "倍":
        return "multiple" if form != "level" or figure.doubles else "level"
    if form == "growth":
        compares = subject.verb in {"高于", "高出", "快于", "低于", "慢于"}  # with others, not with the year before
        return "growth" if figure.unit in words.PER_CENT and not compares else "increment"
    return "increment" if subject.increment else "level"


def _is_statement(figure: Figure, segment: str, after: str) -> bool:
    """Whether a figure states something: not 15岁以上人口, 用90天建成, 投资超10亿元重大项目14个."""
    if figure.unit == "岁":
        return segment.endswith(("寿命", "年龄", "达到", "达", "提高到", "为", "至"))
    form = _ending(segment)[0]
    if figure.unit in words.TIMES:
        return not re.match(r"[^\W\d_]", after)
    named = re.match(r"(?:以上|以下)?[^\W\d_、，和及与]{2,12}$", after)
    return not (
        named and figure.unit in {"元", "美元"} and figure.strength and not form and not VERB_AFTER.match(after)
    )


def _named(figure: Figure, segment: str, after: str) -> tuple[Form, str, str]:
    """Form, verb of change, and the noun that the words around a figure give its measure ('' if they give none)."""
    form, verb, rest = _ending(segment)
    if figure.unit in words.PER_CENT and form in {"", "level"} and (m := _SHARE.match(segment)) and m["share"]:
        share = noun_of(m["share"])
        return "level", "", noun_of(m["of"]) + share + (m["ratio"] or "" if share else "")
    noun = noun_of(rest.partition("分别")[0]) if not form and "分别" in rest else noun_of(rest)
    if verb in {"高于", "高出", "快于", "低于", "慢于"} or re.search(r"(?:高于|快于|低于|慢于)[^，]{1,10}$", rest):
        return "growth", verb or "高于", noun
    if form != "growth" and figure.unit in words.PER_CENT and (m := _RATE_LAST.search(rest)):  # 涨幅回落到2.6%
        return "growth", m["down"] or "", noun_of(rest[: m.start()])
    if not form and (m := _LOWERED.match(segment)) and (lowered := noun_of(m["noun"])):
        return "growth", m["verb"], lowered
    raised = form == "growth" and verb in words.RAISING and not noun  # 提升39个县帮扶质效
    form, verb = ("", "") if raised and figure.unit in words.COUNTED else (form, verb)
    counted = figure.unit in words.COUNTED | {""} and form in {"", "increment"}
    gives = _FUNDED.search(noun) or form == "increment" or segment.endswith("的")
    if figure.unit in words.MONEY and gives and len(funded := noun_after(after)) > 2:
        return form, verb, funded  # 三年安排450亿元支持县域产业发展
    told = noun != "" and not figure.unit and after.startswith("的")  # 裁减员额50万的任务
    if (counted or not noun) and figure.unit not in words.TIMES and not told:
        noun = (noun_counted(after) if counted else noun_after(after)) or noun
    return form, verb, noun


def _ending(segment: str) -> tuple[Form, str, str]:
    """The verb form a segment ends in, its verb of change, and what stands before it."""
    tail = segment[-40:]
    for form, pattern in _ENDINGS:
        m = pattern.search(tail)
        if m:
            verb = m["verb"] if form == "growth" else ""
            return form, verb, segment[: len(segment) - len(tail) + m.start()]
    return "", "", segment


def _read_rank(figure: Figure, before: str, subject: Subject) -> Reading | None:
    noun = noun_of(_RANK_LEAD.sub("", _AMONG.sub("", _FROM_RANK.sub("", before.strip(EDGE)))))
    measure = subject.measure
    if noun:
        generic = (
            noun in words.GENERIC
            or noun in words.RATES
            or re.fullmatch(r"(?:总量|增速|数量|规模|和|与|、|均){2,}", noun)
        )
        measure = subject.measure + noun if generic and subject.measure and not subject.measure.endswith(noun) else noun
        if not generic:
            subject.speak_of((noun,), "level")
    return Reading(measure, "rank", figure.strength) if measure else None


def listing_lengths(figures: Sequence[Figure], text: str) -> list[int]:
    """For each figure how many stand in one list from it on: parted by 、, 和 and the like alone."""
    out = [1] * len(figures)
    for i in range(len(figures) - 2, -1, -1):
        if _GAP.fullmatch(text[figures[i].end : figures[i + 1].start]) and not figures[i + 1].rank:
            out[i] = out[i + 1] + 1
    return out
