"""Verdicts by comparison: what a yes/no question sets against each other, and whether it stands as it says.

Two provinces, two roles of one, two measures of one; a province against all that the corpus holds; or what the report
itself says of its place in the country.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer.comparing import plainly
from assistant.answer.comparison import difference
from assistant.answer.draft import Draft
from assistant.answer.excerpts import best_sentences
from assistant.answer.figure import Scored, number, value_in_words
from assistant.answer.inquiry import Inquiry, Stretch, term_match
from assistant.answer.misplaced import left_undone
from assistant.answer.principal import principal
from assistant.answer.sides import of_size, sides_of
from assistant.answer.two_things import counterpart
from assistant.answer.wording import Wording
from assistant.numerals import ranks
from assistant.question.conditions import Condition, conditions_of
from assistant.text import clauses, fold, sentences, squeezed
from assistant.types import Passage, Span

_THAN = r"(?<![占对之])比(?!例|重|较|如|起|率|值)(?P<object>[^,。?]{1,24}?)(?:还|更|都|要)*"
_LESS = re.compile(
    rf"{_THAN}(?:低|少|慢|小|弱|短|轻)|低于|少于|慢于|小于|不如|不及|比不上|落后|\b(?:less|lower|fewer|smaller|slower|weaker|more slowly)\b.*\bthan\b|\bbelow\b|\bbehind\b"
)
_MORE = re.compile(
    rf"{_THAN}(?:高|多|快|大|强|重|长|增|涨)|高于|多于|快于|大于|强于|高过|多过|快过|大过|超过|超出|超了|领先|胜过|跑赢|盖过"
    r"|\b(?:more|higher|greater|larger|bigger|faster|stronger)\b.*\bthan\b|\babove\b|\bexceed\w*|\boutpac\w*|\bahead of\b|\btops?\b|\bsurpass\w*"
)
_REACH = re.compile(
    r"赶得?上|追上|达到.{0,6}水平|\bmatch(?:es|ed)?\b|\bcaught up\b|\bas (?:high|large|many|much|fast)\b"
)
_SAME = re.compile(r"一样|持平|相同|\bthe same\b|\bequal\b")
_OBJECT_FIRST = re.compile(r"^(?:比起|相比|和|与|跟|同|较之|compared)")
_DOUBLED = re.compile(r"翻番|翻了?一番|倍增|\bdouble")
_MOST = re.compile(
    r"最[高多大快强重好]|冠军|头名|第一(?![个次届批家座位季产])|首位|\bnumber one\b|\branks? first\b|\bfirst (?:place|in the country|nationwide|nationally)\b|\btops? the (?:country|nation)\b|\bthe most\b|\b(?:high|larg|bigg|fast)est\b"
)
_NUMBER_ONE = re.compile(r"\bnumber one\b|\branks? first\b")
_LEAST = re.compile(r"最[低少小慢弱轻差]|垫底|末位|\bthe (?:least|fewest)\b|\b(?:low|small|slow)est\b")
_NATION = re.compile(r"全国|世界|全球|国内|\b(?:country|nation|nationwide|china|world)\b")
_NATION_BY = re.compile(r"(?P<more>高于|快于|好于|优于|超过|高出|多于|跑赢|领先)|(?P<less>低于|慢于|少于|落后)")
_ABOVE_NATION = re.compile(
    r"(?:高于|快于|好于|优于|超过|高出|跑赢|领先|超|比)(?:了)?(?:全国|同期全国)|\b(?:above|faster than|higher than|outpac\w+|beat) the (?:national|country)"
)
_EACH = re.compile(r"都|均|全部|\bboth\b|\ball\b|\beach\b")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_TIMES = re.compile(
    r"的?(?:(?P<n>[两二三四五六七八九十]|\d+(?:\.\d+)?)倍(?P<more>多|以上)?|(?P<half>一半))(?![^,。?]{0,2}(?:企业|工程|计划))"
)
_UNDER = re.compile(r"不到|不足|低于|少于|(?<!有)没有|未达")
_OVER = re.compile(r"超过|超|多于|高于|过|达到|至少")
ROUGHLY = 0.1
"""By what share a ratio may miss the number that it is told as."""
_SPEAKS = 0.5
"""Coverage from which a sentence speaks of what is asked."""


def verdict_by_comparison(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The verdict on a comparison that the question states, with both figures; ``None`` if it states none."""
    folded = fold(inquiry.question.text)
    if _NATION.search(folded) or _NUMBER_ONE.search(folded):
        return _of_the_nation(inquiry, words)
    if _EACH.search(folded):
        each = _each_in_two_roles(inquiry)
        if each:
            holds = all(_holds(inquiry, pair, relation_of(folded) or "=") for pair in each)
            return told(inquiry, words, [s for pair in each for s in pair], holds=holds)
    sign = None if _EACH.search(folded) else relation_of(folded)
    times = _TIMES.search(folded)
    pair = _pair(inquiry) if sign is not None or times else None
    if pair is not None:
        holds = _is_multiple(pair, times, sign) if times else _holds(inquiry, pair, sign or "=")
        return told(inquiry, words, pair, holds=holds)
    return _of_all_held(inquiry, words)


def relation_of(folded: str) -> str | None:
    """``>``, ``<``, ``>=`` or ``=``, as a folded question says that the first stands to the second; ``None`` if not."""
    for pattern, sign in ((_REACH, ">="), (_LESS, "<"), (_MORE, ">"), (_SAME, "=")):
        if pattern.search(folded):
            return sign
    return None


def _each_in_two_roles(inquiry: Inquiry) -> list[tuple[Scored, Scored]]:
    """The two figures of every province named, in the order of the roles asked ("都比去年完成数高吗"); none if one lacks any."""
    named = [p for p in inquiry.question.named if p in inquiry.held]
    order = list(inquiry.question.periods)
    if len(named) < 2 or len(order) != 2 or relation_of(fold(inquiry.question.text)) is None:
        return []
    sides = sides_of(plainly(inquiry))
    each = []
    for province in named:
        rows = [s for s in sides.rows if s.fact.province == province and s.fact.period in order]
        rows.sort(key=lambda s: order.index(s.fact.period))  # type: ignore[arg-type]
        if len(rows) != 2 or not sides.comparable:
            return []
        each.append((rows[0], rows[1]))
    return each


def _pair(inquiry: Inquiry) -> tuple[Scored, Scored] | None:
    """The two figures set against each other, the question's subject first."""
    named = [p for p in inquiry.question.named if p in inquiry.held]
    sides = sides_of(plainly(inquiry))
    if len(named) == 2 and len(sides.rows) == 2 and sides.comparable:
        rows = sorted(sides.rows, key=lambda s: named.index(s.fact.province or ""))
    elif len(named) <= 1 and len(inquiry.question.periods) == 2 and len(sides.rows) == 2 and sides.comparable:
        order = list(inquiry.question.periods)
        rows = sorted(sides.rows, key=lambda s: order.index(s.fact.period) if s.fact.period in order else 9)
    elif len(named) <= 1 and len(inquiry.question.years) == 2 and len(sides.rows) == 2 and sides.comparable:
        rows = sorted(sides.rows, key=lambda s: inquiry.question.years.index(s.fact.year or 0))
    else:
        rows = _two_measures(inquiry)
    if len(rows) != 2:
        return None
    first, second = reversed(rows) if _OBJECT_FIRST.search(fold(inquiry.question.text)) else rows
    return first, second


def asks_than(folded: str) -> bool:
    """Whether a folded question sets its subject against something by 比 ("是不是比农村增长得快")."""
    return any(m["object"] for p in (_LESS, _MORE) if (m := p.search(folded)))


def _two_measures(inquiry: Inquiry) -> list[Scored]:
    """The figures of two measures of one province ("养老床位多过托位"): one before the word of comparing, one after."""
    text = inquiry.question.text
    m = next((m for p in (_REACH, _LESS, _MORE, _SAME) if (m := p.search(fold(text)))), None)
    named = [p for p in inquiry.question.provinces if p in inquiry.places] or list(inquiry.places[:1])
    if m is None or len(named) != 1 or len(inquiry.question.named) > 1:
        return []
    second = text[m.start("object") : m.end("object")] if m.groupdict().get("object") else text[m.end() :]
    first = text[: m.start()]
    parts = [inquiry.part(first), inquiry.part(counterpart(first, second) or second)]
    if any(all(t.kind == "word" for t in part.question.terms) for part in parts):
        return []
    found = [facts[0] for part in map(plainly, parts) if (facts := principal(part, named[0]))]
    return found if len({s.fact.span for s in found}) == 2 else []


def _is_multiple(pair: tuple[Scored, Scored], times: re.Match[str], sign: str | None) -> bool:
    """Whether the first is so many times the second ("是黑龙江的三倍多", "不到一半")."""
    first, second = (s.fact.value for s in pair)
    factor = 0.5 if times["half"] else float(_DIGITS.get(times["n"], 0) or times["n"])
    ratio = first / second if second else 0.0
    before = times.string[: times.start()]
    if _UNDER.search(before) or sign == "<":
        return ratio < factor
    if _OVER.search(before) or sign in {">", ">="}:
        return ratio >= factor
    return factor <= ratio < factor + 1 if times["more"] else abs(ratio - factor) <= ROUGHLY * factor


def _holds(inquiry: Inquiry, pair: tuple[Scored, Scored], sign: str) -> bool:
    """Whether the first stands to the second as asked, by as much as asked ("比去年多一百户以上")."""
    first, second = (s.fact.value for s in pair)
    if _DOUBLED.search(fold(inquiry.question.text)):
        return first >= 2 * second
    by = [c for c in conditions_of(inquiry.question.text) if c.unit or c.bound >= 10]
    gap = first - second if sign in {">", ">="} else second - first
    if by:
        return gap > 0 and by[0].holds(round(gap, 6))
    return Condition(sign, second, "").holds(first)  # type: ignore[arg-type]


def told(inquiry: Inquiry, words: Wording, rows: Sequence[Scored], *, holds: bool) -> Draft:
    """The verdict, a line for every figure, and how far two lie apart."""
    draft = Draft("yesno", confidence=min(1.0, *(s.score for s in rows)) if len(rows) > 1 else rows[0].score)
    verdict = words.say("yes" if holds else "no")
    lines = [verdict]
    for s in rows:
        line = words.say(
            "figure",
            place=words.place(s.fact.province),
            period=words.period(s.fact.period, s.fact.year),
            measure=words.measure(s.fact.measure),
            value=value_in_words(s.fact, inquiry, words),
            mark=f"[{number(draft, s)}]",
        )
        lines.append(f"- {line}")
    if len(rows) == 2:
        lines += difference(draft, words, rows[0], rows[1])
    draft.short, draft.text = verdict.rstrip(".。"), "\n".join(lines)
    draft.provinces = tuple(dict.fromkeys(s.fact.province for s in rows if s.fact.province))
    return draft


def _of_all_held(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Whether the province named has the highest or lowest figure of all that the corpus holds."""
    folded = fold(inquiry.question.text)
    most, least = _MOST.search(folded), _LEAST.search(folded)
    named = [p for p in inquiry.question.named if p in inquiry.held]
    if len(named) != 1 or bool(most) == bool(least) or not inquiry.measures:
        return None
    everywhere = inquiry.in_role(replace(inquiry.where, provinces=()), inquiry.question.periods, inquiry.question.years)
    sides = sides_of(plainly(everywhere), inquiry.held)
    rows = [s for s in sides.rows if of_size(s.fact.kind) == of_size(sides.kind)]
    if len(rows) < 2 or not any(s.fact.province == named[0] for s in rows):
        return None
    best = (max if most else min)(s.fact.value for s in rows)
    holds = any(s.fact.value == best and s.fact.province == named[0] for s in rows)
    return told(inquiry, words, rows, holds=holds)


def _of_the_nation(inquiry: Inquiry, words: Wording) -> Draft | None:
    """What the report says of its own place in the country: above it or below it, first or of another rank."""
    folded = fold(inquiry.question.text)
    if _ABOVE_NATION.search(folded):
        return _beside_the_nation(inquiry, words)
    asked = ranks(inquiry.question.text)
    if not _MOST.search(folded) and not asked:
        return None
    wanted = asked[0].value if asked else 1.0
    for s in best_sentences(plainly(inquiry)):
        speaks = words.english or plainly(inquiry).coverage(s.text) >= _SPEAKS  # English words stand in no report
        if not speaks or not _in_scope(inquiry, s.passage):
            continue
        found = _rank_of(inquiry, s)
        if found is not None:
            holds = found <= wanted if asked and asked[0].strength else found == wanted  # 前三 takes the second
            return quoted(inquiry, words, s.span, s.passage, holds=holds, confidence=s.score)
    return None


def _in_scope(inquiry: Inquiry, passage: Passage) -> bool:
    return not inquiry.question.provinces or passage.province in inquiry.question.provinces


def _rank_of(inquiry: Inquiry, sentence: Stretch) -> float | None:
    """The rank that a sentence gives to what is asked: the first after it."""
    named = [t for t in inquiry.question.terms if t.kind != "word"] or list(inquiry.question.terms)
    at = 0
    for a, b in clauses(sentence.text):
        if any(term_match(t, squeezed(sentence.text[a:b])) == 1.0 for t in named):
            at = a
            break
    found = [f for f in ranks(sentence.text) if f.start >= at]
    return found[0].value if found else None


def _beside_the_nation(inquiry: Inquiry, words: Wording) -> Draft | None:
    plain = plainly(inquiry)
    best: tuple[float, Span, Passage, bool] | None = None
    for passage in inquiry.passages():
        if "全国" not in passage.text:
            continue
        for a, b in sentences(passage.text):
            text = passage.text[a:b]
            said = (
                _NATION_BY.search(text[max(0, text.find("全国") - 16) : text.find("全国")]) if "全国" in text else None
            )
            score = plain.coverage(text) if said else 0.0
            if said and score >= _SPEAKS and (best is None or score > best[0]):
                span = Span(passage.span.doc_id, passage.span.start + a, passage.span.start + b)
                best = score, span, passage, bool(said["more"])
    return quoted(inquiry, words, best[1], best[2], holds=best[3], confidence=best[0]) if best else None


def quoted(inquiry: Inquiry, words: Wording, span: Span, passage: Passage, *, holds: bool, confidence: float) -> Draft:
    """A verdict with the sentence that it rests on."""
    verdict = words.say("yes" if holds else "no")
    draft = Draft("yesno", confidence=min(1.0, confidence), short=verdict.rstrip(".。"))
    quote = inquiry.store.text(span).strip()
    line = words.say(
        "fact",
        place=words.place(passage.province),
        period=words.period(passage.period, passage.year),
        quote=quote,
        mark=draft.cite(span, passage),
    )
    draft.text = f"{verdict}{' ' if words.english else ''}{line}"
    draft.provinces = (passage.province,) if passage.province else ()
    return draft


_TARGET_MET = re.compile(r"目标|任务|\btargets?\b|\bgoals?\b")


def target_missed(inquiry: Inquiry, words: Wording) -> Draft | None:
    """No, by the sentence that says that the target asked about was missed ("没有实现年初确定的…")."""
    if not _TARGET_MET.search(fold(inquiry.question.text)):
        return None
    where = replace(inquiry.where, periods=())  # a target is asked about, what became of it is a result
    plain = plainly(inquiry)
    said = (
        plain.stretch(p, p.span.start + a, p.span.start + b)
        for p in plain.passages(where)
        for a, b in sentences(p.text)
        if left_undone(inquiry, p.text[a:b])
    )
    best = max((s for s in said if s.coverage >= _SPEAKS), key=lambda s: (s.score, s.span), default=None)
    return quoted(inquiry, words, best.span, best.passage, holds=False, confidence=best.score) if best else None
