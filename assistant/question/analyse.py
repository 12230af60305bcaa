"""From the words of a question to what it asks: places, years, roles, measures, kind. Deterministic; no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from assistant.corpus.periods import plan_years
from assistant.facts.words import RATES
from assistant.lexicon import Lexicon, Mention
from assistant.question import cues, slots
from assistant.question.intent import load_intent_model, marked, signs_of
from assistant.question.speech import empty
from assistant.question.words import content_words, is_asking
from assistant.store import Segmenter
from assistant.text import fold, has_cjk
from assistant.types import Intent, Period, Question, Term

__all__ = ["Reading", "analyse", "content_words", "is_asking", "read", "year_spans"]

T = TypeVar("T")
_YEAR = re.compile(
    r"(?<![\d.])(?:(?P<full>(?:19|20)\d\d)(?![\d.%]|\s?[家户个项件名人元万亿亩吨])(?:\s?(?:年度|年)?)|(?<!近)(?<!连续)(?<!连着)(?<!连)(?<!过去)(?<!长达)(?<!持续)(?<!已有)(?<!整整)(?<!满)(?<!这)(?P<short>[012]\d|3[05](?=\s?年?(?:底|末|前|目标)))\s?年(?!代|来|内|间|前|后|以|都|没|里|下来|不))"
)
_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"“「『《]{1,60})[”」』》\"]")
_FIVE_YEAR_PLAN = re.compile(r"[“\"]?十[一二三四五六七八九](?:个)?五[”\"]?(?:时期|期间|期末|末|以来|规划(?!纲要))?")
_ENGLISH_PLAN = re.compile(r"\b(1[1-9])th five[- ]year(?: plan)?(?: period)?\b|\bfive[- ]year plan\b")
_A_NOT_A = re.compile(r"([\u4e00-\u9fff])[不没]\1")  # 支不支持 asks whether 支持
_EXCLUDED = re.compile(
    r"[（(，,；;]?\s*(?:而?(?<!是)不(?:是|要|算|含|包括)(?!不)|别给我|除了|排除|rather than|not counting|excluding|other than|apart from|\(not\b)(?!什么|多少|哪)[^，,。；;？?）)]{1,14}[）)]?|\b(?:besides|except(?: for)?)\b[^,.?]{1,40}|\(not [^)]{3,40}\)"
    r"|除(?![夕非险草])[^，,。；;？?了]{1,14}?(?:以外|之外|外)|[（(，,；;][^，,。；;？?（）()]{1,12}(?:不算|除外|不含|不计)[）)]?"
    r"|(?:^|[（(，,；;])[^，,。；;？?（）()]{1,12}(?:以外|之外)"
)
_NAMED_PLAN = re.compile(
    r"(?<=[TQ])\s?[”\"」』》]?\s?(?:行动)?(?:计划|规划|工程|方案)(?![^,。?]{0,2}[做搞建增培引推实开设立达])"
)
"""The last word of a plan's own name ("海河英才"计划), which asks for no target."""
_REPORT = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d\d)(?:\s?年?(?:度|的)?(?:国务院|省|市)?(?:政府)?(?:工作)?报告|(?:'s)? (?:government )?(?:work )?report\b)"
)
"""A report named by its year."""
_AFTERWORD = re.compile(
    r"(?<=\?)\s*(?:不限|不管|不论|无论|不要求|不用|注意|请|只要|只看|别|回答|谢谢|麻烦|用|按|please\b|thanks?\b)[^?]*$"
)
"""What is said after the question of how to answer it."""
_ASKS_WHO = frozenset(
    "which province|which place|which places|who|who says|end who|the provinces that|list them|all of them|few provinces|not saying".split(
        "|"
    )
)
"""Signs of a question after the provinces that something is true of."""
_TOTALS = ("总数", "存量", "总量", "保有量")
_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with what its kind is read from: its text with what it names marked (see ``signs``).

    ``spoken`` are the roles that its words name for certain.
    """

    question: Question
    marked: str
    spoken: tuple[Period, ...] = ()

    @property
    def signs(self) -> frozenset[str]:
        """The signs of the question's kind."""
        q = self.question
        return signs_of(
            self.marked,
            n_named=len(q.named),
            n_periods=len(q.periods),
            n_years=len(q.years),
            regional=len(q.provinces) > len(q.named),
        )

    def kind(self, *, named: int | None = None) -> Intent:
        """The kind of answer wanted; ``named`` as if the question named so many provinces."""
        signs = self.signs
        if named is not None:
            signs = frozenset(s for s in signs if not re.fullmatch(r"named\d", s)) | {f"named{min(named, 2)}"}
        kind = load_intent_model().best(signs)
        counts = self.question.units and not signs & _ASKS_WHO
        if kind == "list" and counts:
            return self.unlisted()  # "头雁"行动支持多少所大学 asks for no provinces
        unsaid = "not saying" in signs and signs & {"which province", "which place"} and not self.question.named
        return "list" if kind == "fact" and unsaid else kind

    def unlisted(self) -> Intent:
        """The kind of answer wanted where there are no provinces to list: that of a question about one place."""
        return load_intent_model().best(self.signs | {"named1"}, but=("list",))


def analyse(text: str, lexicon: Lexicon, segmenter: Segmenter) -> Question:
    """What one question asks, by itself (see ``question.followup`` for turns that lean on the one before)."""
    reading = read(text, lexicon, segmenter)
    return replace(reading.question, intent=reading.kind())


def read(text: str, lexicon: Lexicon, segmenter: Segmenter) -> Reading:
    """The slots of one question, and its marked text; its intent is left open (``summary``)."""
    plain = _A_NOT_A.sub(lambda m: "  " + m[1], _without_excluded(text))
    masked, mentions, named = _places(plain, lexicon)
    provinces = _unique(n for m in mentions for n in m.names) or _autonomous(plain, lexicon)
    folded = fold(masked)  # without the places: 黑龙将 is no 将
    plan, five = _five_years(folded)
    named_reports = [m for m in _REPORT.finditer(folded)]
    masked = _blanked(masked, (m.span("year") for m in named_reports))
    masked = _blanked(masked, (m.span() for m in _SPAN_OF_YEARS.finditer(folded))) if plan else masked
    bases = _unique(_year_of(m) for m in _YEAR.finditer(fold(masked)) if _is_set_against(fold(masked), m))
    masked, years = _years(masked)
    masked = _blanked(masked, (m.span() for m in _FIVE_YEAR_PLAN.finditer(masked)))
    masked = _blanked(masked, (m.span() for m in _ENGLISH_PLAN.finditer(fold(masked))))
    terms, taken = _terms(masked, lexicon, segmenter)
    rest = fold(_blanked(masked, ((a, b) for a, b, _ in taken)))  # 人均预期寿命 names no target, 新能源汽车 nothing new
    places = [(m.start, m.end, "R" if len(m.names) > 1 and m.kind != "guess" else "P") for m in mentions]
    shown = marked(fold(text), [*places, *taken])
    said = _NAMED_PLAN.sub("", marked(fold(plain), [*places, *taken]))  # "不是目标" names no target
    spoken = five or slots.periods_of(said, certain=True)
    units = slots.units_of(folded)
    question = Question(
        text=text,
        standalone=text,
        language=cues.language_of(text),
        intent="summary",
        provinces=provinces,
        named=named,
        years=years,
        periods=spoken or (() if years else slots.periods_of(said)),
        terms=terms,
        content=" ".join(t.wordings[0] for t in terms),
        wanted=_form_of(terms) or slots.wanted_of(rest, units),
        units=units,
        negated=cues.is_negated(folded),
        plan_years=plan,
        bases=bases,
        reports=_unique(int(m["year"]) for m in named_reports),
    )
    reading = Reading(question, _AFTERWORD.sub("", shown), spoken)
    return replace(reading, question=replace(question, otherwise=reading.unlisted()))


def _form_of(terms: Iterable[Term]) -> slots.Wanted:
    """The form of figure that a measure asks for by its own name (GDP增速, 高企总数)."""
    names = [t.wordings[0] for t in terms if t.kind == "measure"]
    if any(n.endswith(RATES) for n in names):
        return "growth"
    return "level" if any(n.endswith(_TOTALS) for n in names) else ""


def _places(text: str, lexicon: Lexicon) -> tuple[str, tuple[Mention, ...], tuple[str, ...]]:
    """The text with its places blanked, the places, and the provinces named one by one.

    A city stands for its province, and stays in the text: it is also what is asked about.
    """
    mentions = (
        _whereabouts(lexicon.find_provinces(text), text) or _labelled(text, lexicon) or lexicon.guess_provinces(text)
    )
    mentions = (*mentions, *_mistyped_partner(mentions, text, lexicon))
    spans = [(m.start, _end_of_name(m, text)) for m in mentions]
    named = _unique(n for m in mentions if len(m.names) == 1 or m.kind == "guess" for n in m.names)
    if not mentions:
        mentions = lexicon.find_cities(text)
        named = _unique(n for m in mentions for n in m.names)
    return _blanked(text, spans), tuple(mentions), named


_JOINS = re.compile(r"跟|和|与|同|比|、|还是|\b(?:and|than|or|versus|vs)\b")
_PARTNER = re.compile(rf"(?:{_JOINS.pattern})\.?\s?$")


def _mistyped_partner(mentions: Sequence[Mention], text: str, lexicon: Lexicon) -> list[Mention]:
    """The province that the one named is set beside, if its name is mistyped ("四川跟湖碑比")."""
    if len(mentions) != 1 or len(mentions[0].names) != 1 or mentions[0].kind == "guess":
        return []
    if not _JOINS.search(fold(text)):
        return []  # nothing is set beside it
    rest = _blanked(text, [(mentions[0].start, mentions[0].end)])
    return [m for m in lexicon.guess_provinces(rest) if _PARTNER.search(fold(text[: m.start]))]


_OF_RANK = re.compile(
    r"(?:地区|省份)?(?:的)?(?:第[一二三四五六七八九十\d]|前[二三四五六七八九十\d]|首位|榜首|领先|前列|最[高低大小快慢多少])"
)


def _whereabouts(mentions: Iterable[Mention], text: str) -> tuple[Mention, ...]:
    """The mentions without the regions that a place in a ranking is told of ("排西部第一" asks of no western province)."""
    found = tuple(mentions)
    others = any(len(m.names) == 1 for m in found)
    return tuple(m for m in found if not (others and len(m.names) > 1 and _OF_RANK.match(fold(text), m.end)))


def _end_of_name(mention: Mention, text: str) -> int:
    """Where a name ends, the 省 of 四川省长 and 山东省级 being no part of it."""
    shared = mention.text[-1:] in {"省", "市"} and len(mention.text) > 2 and text[mention.end : mention.end + 1]
    return mention.end - 1 if shared and shared in "长委级" else mention.end


def _autonomous(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The autonomous regions, where they are named as such and nowhere else is."""
    if not re.search(r"(?<![维吾尔族壮回西藏内蒙古广])自治区(?!级)", text):
        return ()
    region = lexicon.region("民族自治区")
    return region.provinces if region else ()


def _without_excluded(text: str) -> str:
    """The text with what the question rules out blanked ("不要存量", "（科技小巨人不算）"), lengths kept."""
    return _blanked(text, (m.span() for m in _EXCLUDED.finditer(text)))


def _labelled(text: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    """A one-character name before a colon ("蒙：高企多少"), where it can only be a place."""
    m = re.match(r"\s*(\S)\s*[：:]", text)
    province = lexicon.province(m[1]) if m else None
    return (Mention(m.start(1), m.end(1), m[1], (province.name,), "letter"),) if m and province else ()


def year_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text names years, 年 and 年度 included."""
    return tuple(m.span() for m in _YEAR.finditer(fold(text)))


def _years(masked: str) -> tuple[str, tuple[int, ...]]:
    quoted = [m.span() for m in _QUOTED.finditer(masked)]
    found = [m for m in _YEAR.finditer(fold(masked)) if not _is_base(fold(masked), m)]
    found = [m for m in found if "年" in m[0] or not any(a < m.start() < b for a, b in quoted)]  # “中国制造2025”
    years = _unique(map(_year_of, found))
    return _blanked(masked, (m.span() for m in found)), years


def _year_of(m: re.Match[str]) -> int:
    return int(m["full"]) if m["full"] else 2000 + int(m["short"])


_BASE = re.compile(r"(?:比|较|跟|和|与|同|相比于?|compared (?:to|with)|from|than in)\s?$")
_BASE_AFTER = re.compile(r"\s?(?:年?(?:末|底)?(?:相比|比起来|[增减少多降提翻高低])|的(?:多少|几))")


def _is_base(folded: str, year: re.Match[str]) -> bool:
    """Whether a year is only what something is measured against ("跟2020年相比", "做到2020年的几倍")."""
    if _is_set_against(folded, year):
        return True
    before, after = folded[: year.start()], folded[year.end() :]
    return bool(_BASE_AFTER.match(after)) and bool(_BASE.search(before) or re.match(r"\s?的(?:多少|几)", after))


_SET_AGAINST = re.compile(
    r"的?(?:实际|目标|报告)?(?:要)?(?:[多少高低大小快慢][减增花用投建收产招]?(?:了|出)?|差)(?:多少|几)"
)


def _is_set_against(folded: str, year: re.Match[str]) -> bool:
    """Whether how far a figure lies from that of another year is asked ("比2021年多了多少"): no growth, which is stated."""
    after = folded[year.end() :]
    return bool(re.search(r"(?:比|较)\s?$", folded[: year.start()])) and bool(_SET_AGAINST.match(after))


_SPAN_OF_YEARS = re.compile(r"(?<!\d)(20\d\d)\s?年?\s?(?:-|to|至|到|through)\s?(?:20)?(\d\d)(?:\s?年)?(?!\d)")


def _five_years(folded: str) -> tuple[tuple[int, int] | None, tuple[Period, ...]]:
    """The years of the one five-year plan named; where two are, the result of the one and the target of the other."""
    span = _SPAN_OF_YEARS.search(folded)
    if span and 2000 + int(span[2]) - int(span[1]) == 4 and int(span[1]) % 5 == 1:
        return (int(span[1]), 2000 + int(span[2])), ()
    spoken = _ENGLISH_PLAN.sub(lambda m: f"十{_DIGITS[int(m[1]) - 11]}五" if m[1] else m[0], folded)
    plans = {p for m in _FIVE_YEAR_PLAN.finditer(spoken) if (p := plan_years(m[0]))}
    if len(plans) > 1:
        return None, ("review_5y", "plan_5y")
    return plan_years(spoken), ()


def _terms(masked: str, lexicon: Lexicon, segmenter: Segmenter) -> tuple[tuple[Term, ...], list[tuple[int, int, str]]]:
    """What the question speaks of, and where its named terms stand, with their marks."""
    terms: list[Term] = []
    taken: list[tuple[int, int, str]] = []

    def take(kind: Literal["measure", "term", "quoted"], start: int, end: int, others: Iterable[str]) -> None:
        if not any(a < end and start < b for a, b, _ in taken) and not is_asking(masked[start:end]):
            terms.append(Term(_wordings(masked[start:end], others), kind))
            taken.append((start, end, {"measure": "M", "term": "T", "quoted": "Q"}[kind]))

    for quoted in _QUOTED.finditer(masked):
        take("quoted", *quoted.span(1), lexicon.synonyms_of(quoted[1]))
    named = [*lexicon.find_measures(masked), *lexicon.find_terms(masked)]
    for m in sorted(named, key=lambda m: m.start - m.end):  # the longer first; of equals the measure
        take("measure" if m.kind == "measure" else "term", m.start, m.end, lexicon.synonyms_of(m.text))
    rest = _blanked(masked, ((a, b) for a, b, _ in taken))
    english = [m for m in lexicon.find_words(rest) if not is_asking(m.text) and not all(map(is_asking, m.names))]
    terms += [Term(_wordings(m.text, m.names), "word") for m in english]
    words = content_words(_blanked(rest, ((m.start, m.end) for m in english)), segmenter)
    nothing = empty(masked, (w for w in words if has_cjk(w)))
    words = [w for w in words if w not in nothing]
    terms += [Term(_wordings(w, lexicon.synonyms_of(w)), "word") for w in words]
    return tuple(terms), taken


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with stretches made spaces, lengths kept."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _wordings(first: str, others: Iterable[str]) -> tuple[str, ...]:
    return _unique(fold(w).strip() for w in (first, *others) if w.strip())


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
