"""What an elliptical turn leaves out, taken over from the turns before it. Slots, not rewriting: it cannot drift.

A turn is elliptical when it says so (那…呢, what about, 它, 前者) or names too little to be asked alone. What it names
itself always wins; what was taken over is recorded and shown. The history holds questions only: where a turn points
into an answer ("最多的那个"), the question that was answered becomes part of the present one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.facts.words import ACTS, GENERIC
from assistant.lexicon import Lexicon
from assistant.question.analyse import Reading, read
from assistant.question.conditions import asked_figures
from assistant.question.cues import is_everywhere
from assistant.question.parts import parts_of
from assistant.question.shifts import step_of_year, whole_of, without_step
from assistant.question.signs import SIGNS
from assistant.question.speech import NAMES, naming
from assistant.store import Segmenter
from assistant.text import fold, has_cjk
from assistant.types import Intent, Period, Question, Term

_OPENS = re.compile(
    r"^(?:那么?|另外|还有(?!谁|哪)|再|换成|只看|只要|这|其中|里面|当中|它|该|同样|and\b|what about|how about|but\b|then\b|also\b|ok\b|same\b|just\b|only\b)"
)
_CLOSES = re.compile(r"(?:呢|也是吗|也说一下|一样吗|\bthen|\binstead|\bas well)\s*[?。!.]*$")
_PRONOUN = re.compile(
    r"它|他们|其中|里面|当中|这(?:个|些|[两几三]|里|项|家)|那(?:个|些|[两几三]|时|里|一年|年)|前者|后者|两者|两[地省市家]|同期|类似|\bit\b|\bits\b|\bthey\b|\bthose\b|\bthat\b(?! (?:mention|talk|say|have|has|plan))|\bthere\b(?<!is there)(?<!are there)|\bthese\b|\bboth of\b|\bsame\b|\bone (?:too|as well)\b|\bthe one (?:with|that)\b|\bthe (?:former|latter|other)\b|\bthe two\b"
)
_HEADLESS = re.compile(
    r"[PR]的(?:在|是|有|呢|叫|多|几|目标|那|情况|[?,。!]|$)|^(?:and |what about |how about )?P ?'s\W*$|[PR]那边"
)
"""A place with nothing that belongs to it: "黑龙江的在哪个城市"."""
_AS_BEFORE = re.compile(r"[PR][^,。?]{0,6}的(?:又|也|则)?(?:是|有|叫)?(?:哪|谁|什么|啥|多少|几)")
_ALSO = re.compile(r"(?:又|也)(?:是|有|叫|为)(?:哪|谁|什么|啥|多少|几)")
"""What is asked of another place without naming the thing again ("山东想争的又是哪个")."""
_NEW_TOPIC = re.compile(
    r"换个(?:话题|问题)|另外问|再问个别的|说点别的|\b(?:new|different|another) (?:topic|question)\b|\bby the way\b"
)
_FORMER = re.compile(r"前者|第一个(?:省|地方)|\bthe (?:former|first one)\b")
_LATTER = re.compile(r"后者|第二个(?:省|地方)|另一?个(?:省|地方)?|\bthe (?:latter|second one|other one)\b")
_TWO_PLACES = re.compile(
    r"[这那]?[两二](?:个省|个地方|地|省|家|者)|[这那]?俩(?!人)|\bthe two(?: provinces)?\b|\bboth (?:of them|provinces)\b|\beach of them\b"
)
_BETWEEN_TWO = re.compile(
    r"^(?:那|这)?(?:两个?数?|两者|二者|俩)(?:之间|数)?(?:的)?(?:相?差|差距)(?:了|是|为)?(?:多少|几|多大)|\b(?:gap|difference) between (?:the two|them|these two)\b"
)
"""How far the two figures asked for before lie apart."""
_TWO_MEASURES = re.compile(
    r"[这那][两二](?:个数|项|个指标|个目标|样)|两(?:个数|项指标)|\b(?:both|these|those|the) (?:two )?(?:figures|numbers|targets)\b"
)
_SET = re.compile(
    r"这里头|[这那](?:[几些两三]|[几些]个)(?:个)?(?:省|地方|地区)|这几家|其中|里面|当中|\b(?:these|those) provinces\b|\bof (?:them|these|those)\b"
)
_EXTREME = re.compile(
    r"最(?:多|高|大|少|低|小|快|慢)的|最(?:多|高|大|少|低|小|快|慢)[^,。]{0,4}(?:谁|哪)|\bthe (?:highest|largest|most|biggest|lowest|smallest|fastest)\b|\bwho(?: is| has)? the most\b"
)
_SUPERLATIVE = re.compile(rf"{_EXTREME.pattern}|^(?:most|fewest|least|highest|lowest|largest|smallest|biggest)$")
_WINNER = re.compile(
    r"(?:最(?:多|高|大|少|低|小|快|慢)|第一|领先|垫底)的?(?:那|这)(?:个|家|一个|一家)?(?:省|地方|自治区|市)?|\bthe (?:one|province) (?:with|that)[^?]{0,40}\b(?:most|fewest|highest|lowest|largest|smallest)\b|\bthe (?:top|leading) (?:one|province)\b"
)
_BOTH_BEFORE = re.compile(
    r"前者[^,。?]{0,6}(?:比|和|与|跟)后者|后者[^,。?]{0,6}(?:比|和|与|跟)前者|\bmore did the (?:former|latter)\b|\bthe former\b.*\bthe latter\b"
)
_THAN_BEFORE = re.compile(r"^(?:那|这)?(?:个|样)?(?:比|较|跟|和|与)|\bthan\b|\bcompared (?:to|with)\b")
_AGAINST = re.compile(
    r"(?:跟|和|与|同|较|对)[^,。?]{0,4}P[^,。?]{0,6}(?:比|相比|对比|相较)|比P|(?:跟|和|与|同)P(?:谁|哪|差|一样|相差)|\bthan (?:in |that of |those of )?P|\bcompared? (?:it )?(?:to|with) P|\bagainst P|\bversus P|\bvs\.? P"
)
"""A turn that sets another place against the one before ("跟上海比，哪边更低")."""
_ASKS = ("of asking", "a not a", "do they", "particle", "tag", "auxiliary")
"""Signs of which a turn that asks anything itself shows one."""
_BARE = re.compile(
    r"^(?:and |so |but |ok |okay )*(?:what about|how about|and for|and in|for|where (?:do|does) .{1,20} stand|how is it in)\b|呢[?。!]*$|^那么?|^换成"
)
_PERIOD_WORDS: dict[Period, tuple[str, str]] = {
    "review": ("去年完成情况", "last year's result"),
    "plan": ("今年目标", "this year's target"),
    "review_5y": ("过去五年成绩", "five-year result"),
    "plan_5y": ("今后五年目标", "five-year target"),
}
HISTORY_TURNS = 6
"""Turns looked back over: enough for any chain of ellipses that people follow themselves."""


@dataclass(frozen=True, slots=True)
class _Before:
    """The turn before, completed, and the places, measures and roles spoken of up to it, each once, the latest last."""

    question: Question
    places: tuple[str, ...] = ()
    measures: tuple[Term, ...] = ()
    roles: tuple[Period, ...] = ()


def understand(text: str, history: Sequence[str], lexicon: Lexicon, segmenter: Segmenter) -> Question:
    """The question with the slots that it leaves out filled from the turns before it."""
    before: _Before | None = None
    for turn in [h for h in history if h.strip()][-HISTORY_TURNS:]:
        before = _remembered(_carried(read(turn, lexicon, segmenter), before, lexicon), before)
    return _carried(read(text, lexicon, segmenter), before, lexicon)


def _remembered(question: Question, before: _Before | None) -> _Before:
    places, measures, roles = (before.places, before.measures, before.roles) if before else ((), (), ())
    named = [t for t in question.terms if t.kind == "measure"]
    return _Before(
        question,
        (*(p for p in places if p not in question.named), *question.named),
        (*(m for m in measures if m not in named), *named),
        (*(r for r in roles if r not in question.periods), *question.periods),
    )


def _carried(reading: Reading, before: _Before | None, lexicon: Lexicon) -> Question:
    question = reading.question
    if before is None or not is_elliptical(reading, before.question):
        return replace(question, intent=reading.kind())
    last = before.question
    folded = fold(question.text)
    against = bool(last.named and question.named and len(question.named) == 1 and _AGAINST.search(reading.marked))
    places = _places(folded, question, before)
    if against:
        places = tuple(dict.fromkeys((*last.named[-1:], *question.named)))
    terms, own = _terms_of(folded, question, before)
    timeless = not question.years and (not reading.spoken if last.years or last.periods else not question.periods)
    carried = {
        "provinces": bool(places) and places != question.provinces,
        "years": timeless and bool(last.years),
        "periods": bool(last.periods) and (timeless or (bool(question.years) and not question.periods)),
        "terms": not own and bool(last.terms),
    }
    step = 0 if question.years or len(last.years) != 1 else step_of_year(folded)
    if step:
        question = replace(question, years=(last.years[0] + step,), periods=without_step(question.periods))
        carried["years"] = False
    if carried["terms"] and question.wanted == "level":
        terms = tuple(whole_of(t, lexicon) for t in terms)
    periods = last.periods if carried["periods"] else question.periods
    merged = replace(
        question,
        provinces=places if carried["provinces"] else question.provinces,
        named=places if against else _named_of(places, before) if carried["provinces"] else question.named,
        years=last.years if carried["years"] else question.years,
        periods=periods if own else _compared(reading, before, periods),
        terms=terms,
        content=" ".join(t.wordings[0] for t in terms),
        negated=question.negated or (last.negated and carried["terms"]),
        plan_years=question.plan_years or (last.plan_years if carried["periods"] or carried["years"] else None),
        carried=tuple(name for name, taken in carried.items() if taken),
    )
    if _asks_of_winner(reading, before):
        return _of_winner(question, last, lexicon)
    if carried["terms"]:
        merged = _with_form(merged, last, same_role=merged.periods == last.periods)
    merged = replace(merged, intent=_intent(replace(reading, question=merged), reading, before))
    if merged.intent == last.intent == "yesno" and carried["terms"] and not asked_figures(question.text):
        merged = replace(merged, yardstick=last.yardstick or last.text)
    return replace(merged, standalone=_standalone(merged, lexicon))


def _compared(reading: Reading, before: _Before, periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """The roles asked about: both where a turn sets its own against the one before, or asks what lies between the two."""
    last, folded = before.question, fold(reading.question.text)
    if _BETWEEN_TWO.search(folded) and len(before.roles) > 1 and len(before.places) < 2:
        return before.roles[-2:]
    roles = last.periods or (("review",) if last.years else ())
    set_against = bool(reading.spoken and roles and _THAN_BEFORE.search(folded))
    return tuple(dict.fromkeys((*roles, *periods))) if set_against else periods


def _of_winner(question: Question, last: Question, lexicon: Lexicon) -> Question:
    """What a turn asks of the province that came first in the turn before."""
    own = tuple(t for t in question.terms if not _SUPERLATIVE.search(fold(t.wordings[0])))
    terms = own or last.terms
    asked = replace(
        question,
        terms=terms,
        content=" ".join(t.wordings[0] for t in terms),
        carried=() if own else ("terms",),
        intent="figure",
        best_of=last,
    )
    return replace(asked, standalone=_standalone(asked, lexicon))


def _asks_of_winner(reading: Reading, before: _Before) -> bool:
    """Whether a turn asks something else of the province that came first in the turn before ("定得最低的那个省，今年…")."""
    question, last = reading.question, before.question
    if question.provinces or len(last.named) == 1 or last.intent not in {"list", "compare", "figure"}:
        return False
    if not _WINNER.search(fold(question.text)):
        return False
    other_role = question.periods != last.periods or question.years != last.years
    return reading.kind() in {"figure", "fact", "summary"} or (other_role and bool(question.periods or question.years))


def _named_of(places: tuple[str, ...], before: _Before) -> tuple[str, ...]:
    return tuple(p for p in places if p in before.places) or before.question.named


def is_elliptical(reading: Reading, before: Question) -> bool:
    """Whether a turn cannot be asked alone: it leans on the turn before by a word, or names too little."""
    question, folded = reading.question, fold(reading.question.text).strip()
    if _NEW_TOPIC.search(folded):
        return False
    points = bool(
        _PRONOUN.search(folded)
        or _HEADLESS.search(reading.marked)
        or _AS_BEFORE.search(reading.marked)
        or _ALSO.search(folded)
    )
    if question.provinces and _named_terms(question) and not _CLOSES.search(folded):
        return points and not _complete(question, folded)  # it names its place and its topic
    if is_everywhere(question.text) and question.terms and not _CLOSES.search(folded):
        return False
    if _AGAINST.search(reading.marked) and len(question.named) == 1 and before.named and not _named_terms(question):
        return True
    if points or _OPENS.search(folded) or _CLOSES.search(folded) or not question.terms:
        return True
    short = len(folded) <= (60 if question.language == "en" else 24)
    kind = reading.kind(named=len(before.named))
    lacks_place = not question.provinces and bool(before.provinces) and kind != "list"
    about = bool(question.years or question.periods or {t.kind for t in question.terms} & {"measure", "term"})
    return lacks_place and short and (about or kind in {"figure", "yesno"} or len(folded) <= 10)


def _complete(question: Question, folded: str) -> bool:
    """Whether what a turn points at stands in the turn itself ("山东和福建，这两个省…")."""
    return len(question.named) > 1 or bool(re.search(r"[^,，]{6,}[,，].*[这那]", folded) and len(question.terms) > 1)


def _places(folded: str, question: Question, before: _Before) -> tuple[str, ...]:
    """The provinces meant by a turn that names none, or points at some of those named before."""
    last = before.question
    pair = last.named if len(last.named) > 1 else before.places[-2:]
    if len(pair) > 1 and _BOTH_BEFORE.search(folded):
        return pair
    if _FORMER.search(folded) and len(pair) > 1:
        return pair[:1]
    if _LATTER.search(folded) and len(pair) > 1:
        return pair[-1:]
    if not question.provinces and _TWO_PLACES.search(folded) and len(last.named) < 2 <= len(before.places):
        return before.places[-2:]
    return question.provinces or last.provinces


def _terms_of(folded: str, question: Question, before: _Before) -> tuple[tuple[Term, ...], bool]:
    """What a turn speaks of, and whether that is its own topic; without one it narrows the topic before."""
    if _TWO_MEASURES.search(folded) and len(before.measures) > 1 and not _named_terms(question):
        return before.measures[-2:], False
    own = bool(_topic_of(question, before.question))
    headed = re.search(r"那个|那项|那块", folded) and (question.provinces or not _named_terms(question))
    if own and not headed:
        return question.terms, True
    if own:  # "山东的那个，财政投入要增长多少" narrows what was asked
        return (*before.question.terms, *question.terms), False
    known = {w for t in before.question.terms for w in t.wordings}
    names = naming(question.text, [t.wordings[0] for t in question.terms])
    more = (t for t in question.terms if not any(t.wordings[0] in w for w in known))
    # what a turn names of its own tells it from the turn before, so it counts as a name ("科教那个呢")
    more = (replace(t, kind="term") if t.kind == "word" and names[t.wordings[0]] == NAMES else t for t in more)
    return (*before.question.terms, *more), False


def _topic_of(question: Question, before: Question) -> list[Term]:
    """The terms that make a topic of their own: named ones, or plain nouns that no earlier topic holds.

    Verbs, settings and quantities ("去年实际开工了多少", "增幅呢") speak of what was spoken of before.
    """
    named = _named_terms(question)
    if named:
        return named
    folded = fold(question.text)
    if _PRONOUN.search(folded) or _ALSO.search(folded) or (question.language == "en" and not _ABOUT.search(folded)):
        return []
    held = [w for t in before.terms for w in t.wordings]
    words = [t.wordings[0] for t in question.terms if len(t.wordings[0]) > 1 and not t.wordings[0].isdigit()]
    names = naming(question.text, words)
    nouns = [w for w in words if names[w] == NAMES and w not in _NO_TOPIC and not any(w in h for h in held)]
    return [t for t in question.terms if t.wordings[0] in nouns]


_ABOUT = re.compile(r"^(?:and )?(?:what about|how about)\b|^and \w+(?: \w+)?\W*$")
_NO_TOPIC = (
    frozenset(ACTS)
    | frozenset(GENERIC)
    | frozenset(
        "加起来 算下来 合计 总共 部署 安排 举措 措施 打算 动作 目标 计划 规划 成绩 成效 进展 做法 政策 办法 思路 任务 情况 产量 产值 销量 营收 利润 落实 城市 地方 企业 全国 全省 名次 强度 比例 水平 级别 单位 部门 时间 地点 领域".split()
    )
)


def _named_terms(question: Question) -> list[Term]:
    return [t for t in question.terms if t.kind != "word"]


def _with_form(question: Question, before: Question, *, same_role: bool) -> Question:
    """The form of the figure asked before, where the turn names none; a level reached need not be one aimed at."""
    if question.wanted:
        return question  # another form is in another unit
    wanted = before.wanted if same_role or before.wanted != "level" else ""
    return replace(question, wanted=wanted, units=question.units or (before.units if wanted == before.wanted else ()))


def _intent(merged: Reading, own: Reading, before: _Before) -> Intent:
    """The kind of the completed question: by what the turn itself asks, else as before it."""
    last, question = before.question.intent, merged.question
    folded = fold(question.text)
    unknown = not question.named and last in {"list", "compare"}
    if (
        len(question.named) > len(own.question.named)
        and own.question.named
        and own.kind() in {"figure", "compare", "fact"}
    ):
        return "compare"
    if unknown and (_EXTREME.search(folded) or (_SET.search(folded) and own.kind() in {"figure", "compare"})):
        return "compare"
    if _asks(own):
        kind = merged.kind()
        return "list" if last == "list" and kind == "fact" and not question.named else kind
    if last == "list" and question.named:
        return "yesno"  # "那山东呢" after "哪些省提到…"
    if last == "compare" and len(question.named) == 1 and len(question.periods) < 2:
        return "figure"
    return last


def _asks(own: Reading) -> bool:
    """Whether a turn says itself what is asked, beyond "what about" and 呢."""
    text = _BARE.sub("", own.marked).strip()
    return any(SIGNS[name].search(text) for name in _ASKS)


_OWN_WORDS = re.compile(r"^\s*(?:那么?|and\b|so\b|ok(?:ay)?\b)[,， ]*", re.IGNORECASE)


def _standalone(question: Question, lexicon: Lexicon) -> str:
    """The question with its slots spelt out, as it is searched and shown."""
    english = question.language == "en"
    role = [_PERIOD_WORDS[p][english] for p in question.periods]
    years = [str(y) if english or not has_cjk(question.text) else f"{y}年" for y in question.years]
    names = list(question.named or question.provinces[:4])
    places = [lexicon.english_name(p) if english else p for p in names]
    measures = [t.wordings[0] for t in question.terms if t.kind == "measure"]
    rest = [t.wordings[0] for t in question.terms if t.kind != "measure"]
    subject = " ".join([*([(" and " if english else "和").join(measures)] if measures else []), *rest])
    head = (" " if english else "").join(x for x in [(", " if english else "、").join(places), *years, *role] if x)
    if "terms" not in question.carried and question.terms and len(parts_of(question.text, lexicon)) > 1:
        subject = _OWN_WORDS.sub("", question.text)  # it asks several things: its own words keep them apart
    return (": " if english else "：").join(x for x in (head, subject) if x) or question.text
