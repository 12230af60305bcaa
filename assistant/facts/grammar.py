"""What a figure measures, and how: a small grammar of how reports state figures, over the clauses of one sentence.

``measure verb figure`` (高新技术企业达到2.3万家), ``verb measure figure`` (新增高新技术企业200家), ``verb figure noun``
(建设10家省实验室), lists that share a verb (新增A50家、B20家), coordination (A和B分别达到1220家、828家; …4亿人次、…9万人次，
分别增长6%、39%), growth that follows a level (…352.9亿元，增长31.8%), shares (占全国10%), starts that are no results
(从39个拓展到91个) and places in a ranking (均居全国第一). It knows no list of measures: a new document needs no new rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.facts import words
from assistant.facts.nouns import AND, EDGE, VERB_AFTER, noun_after, noun_of, several, stripped
from assistant.facts.words import alternatives
from assistant.numerals import Figure

Kind = Literal["level", "growth", "increment", "rank", "multiple"]
_Form = Literal["level", "growth", "increment", ""]

_ADVERBS = f"(?:{alternatives(words.ADVERBS)})"
_ENDINGS: tuple[tuple[_Form, re.Pattern[str]], ...] = (
    ("level", re.compile(rf"{_ADVERBS}{{0,4}}[增提上升下减降扩壮拓缩压延调发优整][^\s，、]{{0,3}}[到至]$")),
    ("increment", re.compile(rf"{_ADVERBS}{{0,4}}(?:{alternatives(words.INCREMENT)})$")),
    ("growth", re.compile(rf"{words.COMPARED}{{0,6}}(?P<verb>{alternatives(words.RISE + words.FALL)})了?$")),
    ("level", re.compile(rf"{_ADVERBS}{{0,4}}(?:{alternatives(words.LEVEL)})了?$")),
)
_NEW = re.compile("新增|净增")
_FROM = re.compile(r"(?:从|由)(?:(?:19|20)\d\d年(?:底|末)?)?的?$")
_TO = re.compile(r"[^，,。；;]{0,8}(?:到|至|为)(?:(?:19|20)\d\d年(?:底|末)?)?的?$")
_SHARE = re.compile(r"^(?P<of>.*?)(?P<share>占[^占，,]{1,14}?)(?:的?比(?:重|例)?)?(?:达到|达|为|超过|超|的)?$")
_AND_FIRST = re.compile(r"^(?:、|以及|和(?![谐平睦])|与|及(?!时))")
_LISTED = re.compile(rf"\s*(?:{AND})")
_GAP = re.compile(rf"\s*(?:{AND}|[，,])\s*$")
_RANK_LEAD = re.compile(
    r"(?:均|都|仍|继续|连续|稳|跃|排|位|居|列|名|保持|进入|跻身|进|升|至|到|为|达|由|并|且|双双|首次|一直|始终)*$"
)
_AMONG = re.compile(r"(?:均|稳|位|名|排)?[居列][^，、]{1,6}$")
_STEP_AFTER = re.compile(rf"[^，,。；;、]{{0,6}}(?:{alternatives(words.STEPS)})")
_TOTAL = re.compile("累计|总数|总量|共|合计")
_STATES = ("稳定在", "保持在", "控制在")
_REMEMBERED = 12
"""Measures of a sentence that a later 分别 may mean; no list of a report is longer."""


@dataclass(slots=True)
class Subject:
    """What the clauses of a sentence have been speaking of, carried from figure to figure."""

    measure: str = ""
    form: _Form = ""
    verb: str = ""  # the verb of change, for figures that share it
    per_cent: bool = False
    increment: bool = False
    several: tuple[str, ...] = ()
    past: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)  # what was last counted in each unit
    since: int = 0  # where the clause begins in which the measure was named
    started: bool = False  # the figure before was a start: 从A …
    starts: int = 0  # how many more starts follow: 分别从A、B增加到C、D


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure with its measure, how it relates to it, and the words of strength, a verb of decline first."""

    measure: str
    kind: Kind
    strength: str


def read_figure(figure: Figure, before: str, after: str, listing: int, *, subject: Subject) -> Reading | None:
    """What one figure states, or ``None`` if it states nothing; updates what the sentence speaks of.

    :param before: the clause's text since the figure before it; ``after``: up to the next one.
    :param listing: how many figures stand in one list from this one on (1: it stands alone).
    """
    if figure.rank:
        return _read_rank(figure, before, subject)
    listed = bool(_LISTED.match(before))
    segment = _AND_FIRST.sub("", before.strip(EDGE)).strip(EDGE)
    if _is_start(segment, after, listing, subject=subject):
        return None
    if subject.started:
        subject.started = False
        subject.form, subject.increment, subject.verb = "level", False, ""
        return _reading(figure, "level", subject) if subject.measure else None
    if not _is_statement(figure, segment, after):
        return None
    form, verb, noun = _named(figure, segment, after)
    new = form == "increment" or stripped(segment)[1] or _NEW.search(noun) is not None
    if noun and _STEP_AFTER.match(after):
        _speak_of(subject, (noun,), form="level")
        return None
    inherits = listed and not form and not figure.strength.startswith(_STATES) and not _TOTAL.match(segment)
    if not noun and figure.unit in words.TIMES:
        return None
    if not noun:
        _carry(figure, subject, before=before, listed=listed, listing=listing)
        if inherits and subject.per_cent == (figure.unit in words.PER_CENT):
            form, verb = subject.form, subject.verb
    else:
        if inherits and subject.form == "growth" and figure.unit in words.PER_CENT and subject.per_cent:
            form, verb = subject.form, subject.verb
        parts = several(noun, listing) if "分别" in before and listing > 1 else (_whole(noun, subject, segment),)
        _speak_of(subject, parts, form=form)
    subject.form, subject.verb, subject.increment = form, verb, new or (inherits and subject.increment)
    subject.units[figure.unit] = subject.measure
    subject.per_cent = figure.unit in words.PER_CENT
    return _reading(figure, form, subject) if subject.measure else None


def _is_start(segment: str, after: str, listing: int, *, subject: Subject) -> bool:
    """Whether a figure is where a change began: no result, but its words name what the end measures."""
    if subject.starts:
        subject.starts -= 1
        return True
    if not _FROM.search(segment) or not (listing > 1 or _TO.match(after)):
        return False
    noun = noun_of(_FROM.sub("", segment)) or subject.measure
    parts = several(noun, listing) if "分别" in segment and listing > 1 else (noun,)
    subject.measure, subject.several, subject.form = parts[0], parts[1:], "level"
    _remember(subject, parts[0])
    subject.started, subject.starts = True, listing - 1
    return True


def _reading(figure: Figure, form: _Form, subject: Subject) -> Reading:
    declines = subject.verb if form == "growth" and subject.verb in words.FALL else ""
    return Reading(subject.measure, _kind(figure, form, subject), declines + figure.strength)


def _kind(figure: Figure, form: _Form, subject: Subject) -> Kind:
    if figure.unit == "倍":
        return "multiple" if form != "level" else "level"
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
        return segment.endswith("连续") or not re.match(r"[^\W\d_]", after)
    named = re.match(r"(?:以上|以下)?[^\W\d_、，和及与]{2,12}$", after)
    return not (
        named and figure.unit in {"元", "美元"} and figure.strength and not form and not VERB_AFTER.match(after)
    )


def _named(figure: Figure, segment: str, after: str) -> tuple[_Form, str, str]:
    """Form, verb of change, and the noun that the words around a figure give its measure ('' if they give none)."""
    form, verb, rest = _ending(segment)
    if figure.unit in words.PER_CENT and form in {"", "level"} and (m := _SHARE.match(segment)) and m["share"]:
        return "level", "", noun_of(m["of"]) + noun_of(m["share"])
    noun = noun_of(rest.partition("分别")[0]) if not form and "分别" in rest else noun_of(rest)
    if verb in {"高于", "高出", "快于", "低于", "慢于"} or re.search(r"(?:高于|快于|低于|慢于)[^，]{1,10}$", rest):
        return "growth", verb or "高于", noun
    counted = figure.unit in words.COUNTED | {""} and form in {"", "increment"}
    if (counted or not noun) and figure.unit not in words.TIMES:
        noun = noun_after(after) or noun
    return form, verb, noun


def _ending(segment: str) -> tuple[_Form, str, str]:
    """The verb form a segment ends in, its verb of change, and what stands before it."""
    tail = segment[-40:]
    for form, pattern in _ENDINGS:
        m = pattern.search(tail)
        if m:
            verb = m["verb"] if form == "growth" else ""
            return form, verb, segment[: len(segment) - len(tail) + m.start()]
    return "", "", segment


def _whole(noun: str, subject: Subject, segment: str) -> str:
    """A generic noun (总数, 占全国) joined to what the sentence speaks of."""
    generic = noun in words.GENERIC or noun.startswith(("占", "高于", "快于", "低于", "慢于"))
    if noun in words.RATES:
        return subject.measure or noun
    if noun in words.STAGES and subject.measure:
        stage = next((s for s in words.STAGES if subject.measure.endswith(s)), "")
        return subject.measure.removesuffix(stage) + noun
    if generic and subject.measure and not subject.measure.endswith(noun):
        return subject.measure.removesuffix("占") + noun
    return noun


def _speak_of(subject: Subject, parts: tuple[str, ...], *, form: _Form) -> None:
    subject.measure, subject.several, subject.form = parts[0], parts[1:], form
    _remember(subject, parts[0])


def _remember(subject: Subject, measure: str) -> None:
    subject.past.append(measure)
    del subject.past[:-_REMEMBERED]


def _carry(figure: Figure, subject: Subject, *, before: str, listed: bool, listing: int) -> None:
    """The measure of a figure that names none: the next of a coordination, or what was spoken of."""
    if _TOTAL.match(before.strip(EDGE)) and subject.units.get(figure.unit):
        subject.measure = subject.units[figure.unit]  # 新增公园127座，提前建成千座公园城市，累计达到1100座
    elif subject.several and listed:
        subject.measure, subject.several = subject.several[0], subject.several[1:]
        _remember(subject, subject.measure)
    elif "分别" in before and listing > 1 and len(subject.past) >= listing:
        found = tuple(subject.past[-listing:])
        subject.measure, subject.several = found[0], found[1:]


def _read_rank(figure: Figure, before: str, subject: Subject) -> Reading | None:
    noun = noun_of(_RANK_LEAD.sub("", _AMONG.sub("", before.strip(EDGE))))
    measure = subject.measure
    if noun:
        generic = (
            noun in words.GENERIC
            or noun in words.RATES
            or re.fullmatch(r"(?:总量|增速|数量|规模|和|与|、|均){2,}", noun)
        )
        measure = subject.measure + noun if generic and subject.measure and not subject.measure.endswith(noun) else noun
        if not generic:
            _speak_of(subject, (noun,), form="level")
    return Reading(measure, "rank", figure.strength) if measure else None


def listing_lengths(figures: Sequence[Figure], text: str) -> list[int]:
    """For each figure how many stand in one list from it on: parted by 、, 和 and the like alone."""
    out = [1] * len(figures)
    for i in range(len(figures) - 2, -1, -1):
        if _GAP.fullmatch(text[figures[i].end : figures[i + 1].start]) and not figures[i + 1].rank:
            out[i] = out[i + 1] + 1
    return out


def renewed(subject: Subject, lead: str, since: int) -> Subject:
    """The subject after a clause without figures that names ``lead`` (经营主体规模壮大，总数突破1000万户)."""
    return replace(subject, measure=lead, form="", verb="", increment=False, several=(), since=since, started=False)
