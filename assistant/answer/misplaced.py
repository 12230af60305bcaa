"""Where a sentence says otherwise than the question takes for granted: another province, another object, its denial."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answer.comparing import plainly
from assistant.answer.excerpts import best_of_province
from assistant.answer.inquiry import LIKE, Inquiry, Stretch, term_match
from assistant.question.speech import proper
from assistant.text import clauses, fold, has_cjk, squeezed
from assistant.types import Filter

NAME = 5
"""Characters from which a run of words that no lexicon knows is a name."""
_TURNED = re.compile(
    r"[由从](?P<before>[^，,。；;由从]{2,12})(?:转向|转为|变为|变成|转变为|改为|升级为)(?P<after>[^，,。；;]{2,12})"
)
_DENIES = re.compile(r"(?:未|没有|从未|杜绝|零)(?:再)?(?:发生|出现|发现)(?P<what>[^，,。；;]{2,20})")
_ASKED_DENIED = re.compile(r"未发生|没有?(?:再)?(?:发生|出)|零发生|杜绝|\bno\b|\bavoid")
_RATHER = re.compile(
    r"(?:是|算)(?P<a>[^,。;是]{1,12}?),?\s?而?不是(?P<b>[^,。;?吧吗]{1,12})|不是(?P<c>[^,。;?]{1,12}?),?\s?而是(?P<d>[^,。;?吧吗]{1,12})"
)
_DIGITS = "一二三四五六七八九十"
_ORDINAL = re.compile(
    r"(?:(?P<first>首)|第(?:(?P<digit>[一二三四五六七八九十])|(?P<number>\\d{1,2})))(?P<noun>[批届轮期次])".replace(
        "\\\\", "\\"
    )
)
_STAGE = re.compile(r"(?P<digit>[一二三四五六])(?P<noun>期)(?!间|末|盼)")
_BUILT_WORD = re.compile(
    "批下来|牌子|挂牌|到手|创建|成为|正式|建好|通船|通水|落成|启用|通车|开通|投用|投产|建成|获批|完工|竣工|通航|开放|运营|开业|已经|底|完成"
)
_UNDER_WAY = re.compile(
    r"^(?:[^，,。；;]{0,6})?(?:建成|开工|加快|推进|推动|力促|力争|争取|开展|启动|谋划|筹建|申建|申报|申请|申创|争创|创建)[^，,。；;]*|前期工作|创建攻坚|建设$"
)
"""What a plan says of a thing that is not there yet: to build it, to open it, to prepare it."""
_BUILT = re.compile(
    r"(?:批|办|拿|建|修|盖)下来了?(?:吗|没)|拿到[^,。?]{0,6}(?:牌子|批文)了?(?:吗|没)|挂牌了?(?:吗|没)|(?:是否|是不是)?已经?[^,。?]{0,6}(?:创建|筹建|组建)(?:完成|成功|好)|有没有(?:通车|开通|投用|投产|建成|完工|竣工|通航)|(?:已经|算|已|就)[^,。?]{0,6}(?:成为|建好|通船|通水|落成|启用|通车|开通|投用|投产|建成|获批|完工|竣工|通航|开放|运营|开业)|(?:通车|开通|投用|投产|建成|完工|竣工|通航|开放|运营)了(?:吗|没|吧)"
    r"|\b(?:already|yet)\b[^?]*\b(?:open|opened|built|finished|completed|running|in service|in operation)\b|\b(?:has|have|is|are|was|were)\b[^?]*\b(?:opened|finished|completed|built|in service|in operation)\b[^?]*\b(?:already|yet|last year)\b"
)
_MENTION = re.compile(r"提到|提及|写到|写进|说到|讲到|\b(?:mention|refer|talk|speak)\w*")
_PROPER = re.compile(r"\b(?:the|a)\s(?:[A-Z][\w-]+\s?){2,}")
_COMPLETES = re.compile(
    r"(?:力促|推动|推进|加快|确保|力争|实现|争取)[^，,。；;]{0,30}(?:通车|开通|投用|投产|建成|获批|完工|竣工|通航)"
)
FALLS = re.compile(
    r"负增长|下降|下滑|减少了?|缩水|萎缩|\bfell\b|\bfall\b|\bdeclin\w+|\bshr[aiu]nk\b|\bdrop\w*|\bdecreas\w+"
)
_UP = re.compile(
    r"涨[价了]|上涨|上升|增加|增长|提高|变[多大高贵]|抬高|\brose\b|\bris\w+|\bwent up\b|\bincreas\w+|\bgrew\b"
)
_DOWN = re.compile(r"降[价了]|跌|降低|变[少小低便]|\bwent down\b")
_OUTWARD = re.compile(r"(?:往|向)?外流|流失|出走")
_FIRST_OF_ALL = re.compile(
    r"(?:全国|世界|全球|国内|亚洲|西部|中部|东部|东北)[^,。]{0,6}(?:第一(?![个次届批家座])|首位|最|头名|冠军)"
)
_IS_FIRST = re.compile(r"第一|首位|榜首|居首|领跑|全国首|最[高大多快强好]")
_THERE = re.compile(
    r"获批|建成|投产|投用|通车|开通|通航|竣工|完工|挂牌|落户|成立|运营|揭牌|(?:正式|已经?|成功)[^，,。；;]{0,6}(?:设立|启用)"
)
_GRADES = {"ⅰ": 1, "ⅱ": 2, "ⅲ": 3, "ⅳ": 4, "ⅴ": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5} | {
    c: i for i, c in enumerate("一二三四五", start=1)
}
_GRADE = re.compile(r"(?<![a-z])(?P<roman>[ⅰⅱⅲⅳⅴ]|i{1,3}|iv|v)类|(?P<digit>[一二三四五])类(?=水|$|[了的吗?。，,])")
_ONLY = re.compile(
    r"(?:是不是|是否|难道|真的)?(?:仅仅?|光|单单|只)(?!要|有[^,。?]{0,8}才)|\bonly\b|\bexclusively\b|\bsolely\b"
)
_STATED_ONLY = re.compile(r"[只仅]|专门|唯一")
_WIDE = re.compile(r"全(?!国|省|市|面)[^，,。；;]{1,6}|各(?:类|个|行业|领域)|所有|等(?=[，,。；;]|领域|方面|产业|行业)")
_PLAIN = re.compile(r"[的里了奖这那个一]")


def turned_away(question: str, sentence: str) -> bool:
    """Whether the sentence says that what is asked about was so before and is something else now (由净流出转向净流入)."""
    asked = _OUTWARD.sub("流出", fold(question))
    return any(
        fold(m["before"]) in asked or ("流出" in asked and "流出" in m["before"]) and fold(m["after"]) not in asked
        for m in _TURNED.finditer(sentence)
    )


def contradicted(inquiry: Inquiry, sentence: str) -> bool:
    """Whether the sentence denies what the question asks about, or says what the question rules out."""
    asked = fold(inquiry.question.text)
    rather = _RATHER.search(asked)
    if rather:
        said, ruled_out = (rather["a"], rather["b"]) if rather["a"] else (rather["d"], rather["c"])
        return _core(ruled_out) in fold(sentence) and _core(said) not in fold(sentence)
    if _ASKED_DENIED.search(asked):
        return False
    if _other_way(inquiry, sentence):
        return True
    if _of_another_grade(asked, sentence) or _not_only(inquiry, sentence):
        return True
    if left_undone(inquiry, sentence) or _of_another_head(inquiry, sentence) or _stopped(inquiry, sentence):
        return True
    return any(
        any(w in squeezed(m["what"]) for t in inquiry.question.terms for w in map(squeezed, t.wordings) if len(w) > 1)
        for m in _DENIES.finditer(fold(sentence))
    )


_WHETHER_DONE = re.compile(r"完成|实现|达成|达到|兑现|做到|\b(?:met|meet|achiev\w*|reach\w*|fulfil\w*|complet\w*)\b")
_UNDONE = re.compile(
    r"(?:未能?|没有?能?|尚未)(?:如期|全面)?(?:实现|完成|达到|达成|兑现|做到)|(?:低于|不及|未及)[^，,。；;]{0,12}(?:预期|目标)"
)
_STOPPED = re.compile(r"(?:不再|停止|取消|暂停|叫停)(?P<what>[^，,。；;]{2,20})")


def _stopped(inquiry: Inquiry, sentence: str) -> bool:
    """Whether the sentence says that what is asked about has ended (不再发行抗疫特别国债)."""
    if _STOPPED.search(fold(inquiry.question.text)):
        return False
    ended = [squeezed(m["what"]) for m in _STOPPED.finditer(fold(sentence))]
    return any(term_match(t, what) >= LIKE for what in ended for t in inquiry.question.terms)


def left_undone(inquiry: Inquiry, sentence: str) -> bool:
    """Whether the sentence says that what the question asks whether it was done was not ("预期增长目标未能实现")."""
    asked = fold(inquiry.question.text)
    if not _WHETHER_DONE.search(asked) or _UNDONE.search(asked):
        return False
    named = [t for t in inquiry.question.terms if t.kind != "word"] or list(inquiry.question.terms)
    parts = [sentence[a:b] for a, b in clauses(sentence)]
    for i, part in enumerate(parts):
        here = squeezed("".join(parts[max(i - 2, 0) : i + 1]))
        if _UNDONE.search(part) and any(term_match(t, here) >= LIKE for t in named):
            return True
    return False


def _of_another_head(inquiry: Inquiry, sentence: str) -> bool:
    """Whether a quality that the question quotes is told of another thing (“稳健” of 货币政策, where 财政政策 is 稳健)."""
    text = squeezed(sentence)
    quoted = [squeezed(t.wordings[0]) for t in inquiry.question.terms if t.kind == "quoted"]
    heads = [w for t in inquiry.question.terms if t.kind != "quoted" for w in map(squeezed, t.wordings) if len(w) > 2]
    return any(
        f"{quality}的" in text
        and any(re.search(rf"[\u4e00-\u9fff]{{2}}的{re.escape(head)}", text) for head in heads)
        and not any(f"{quality}的{head}" in text for head in heads)
        for quality in quoted
    )


def _other_way(inquiry: Inquiry, sentence: str) -> bool:
    """Whether the clause about what is asked says that it fell where the question says that it rose, or the reverse."""
    asked = fold(inquiry.question.text)
    rose, fell = bool(_UP.search(asked)), bool(FALLS.search(asked) or _DOWN.search(asked))
    if rose == fell:
        return False
    parts = [sentence[a:b] for a, b in clauses(sentence)]
    about = [p for p in parts if any(term_match(t, squeezed(p)) >= LIKE for t in inquiry.question.terms)]
    said = [(bool(_UP.search(p)), bool(FALLS.search(p) or _DOWN.search(p))) for p in about]
    return bool(said) and all(up == fell and down == rose for up, down in said)


def _of_another_grade(asked: str, sentence: str) -> bool:
    """Whether a sentence gives another grade than the question ("掉到三类了" where water is of Ⅱ类)."""
    one, other = (_grades(text) for text in (asked, fold(sentence)))
    return bool(one and other) and not one & other


def _grades(text: str) -> set[int]:
    return {_GRADES[m["roman"] or m["digit"]] for m in _GRADE.finditer(text)}


def _not_only(inquiry: Inquiry, sentence: str) -> bool:
    """Whether the question says "only" of what the sentence tells of all, in the clause that speaks of it."""
    if not _ONLY.search(fold(inquiry.question.text)) or _STATED_ONLY.search(sentence):
        return False
    named = [t for t in inquiry.question.terms if len(t.wordings[0]) > 2]
    parts = [sentence[a:b] for a, b in clauses(sentence)]
    return any(_WIDE.search(p) and any(term_match(t, squeezed(p)) == 1.0 for t in named) for p in parts)


def _core(phrase: str) -> str:
    """The first two characters that name something (国家的奖 is 国家)."""
    plain = _PLAIN.sub("", phrase)
    return plain[:2] if plain else phrase


def said_only_elsewhere(inquiry: Inquiry) -> str:
    """A name that the question gives to a province which never says it, and another does; empty if there is none."""
    own = tuple(p for p in inquiry.question.named if p in inquiry.held)
    if not own:
        return ""
    others = Filter(tuple(p for p in inquiry.held if p not in own))
    for name in filter(None, (_name(inquiry), *_places_named(inquiry))):
        here = any(name in squeezed(p.text) for p in inquiry.passages(Filter(own)))
        if not here and any(name in squeezed(p.text) for p in inquiry.passages(others)):
            return name
    return ""


def _places_named(inquiry: Inquiry) -> list[str]:
    """The words of the question that no lexicon knows and that name a place or a thing of its own (哈大齐)."""
    words = [t.wordings[0] for t in inquiry.question.terms if t.kind == "word" and len(t.wordings) == 1]
    return [squeezed(w) for w in proper(inquiry.question.text, words)]


def ordinals(text: str) -> dict[str, int]:
    """Which of a series a text names, by the word that counts it: 首批 and 第一批 are ``{"批": 1}``."""
    stages = {m["noun"]: _DIGITS.index(m["digit"]) + 1 for m in _STAGE.finditer(fold(text))}
    found = _ORDINAL.finditer(fold(text))
    return stages | {
        m["noun"]: 1 if m["first"] else (_DIGITS.index(m["digit"]) + 1 if m["digit"] else int(m["number"]))
        for m in found
    }


def _name(inquiry: Inquiry) -> str:
    """The longest name of the question: words that no lexicon knows standing together, or words in quotation marks."""
    text = squeezed(inquiry.question.text)
    words = [squeezed(t.wordings[0]) for t in inquiry.question.terms if t.kind in {"word", "quoted"}]
    covered = [False] * len(text)
    for word in words:
        at = text.find(word)
        if at >= 0 and has_cjk(word):
            covered[at : at + len(word)] = [True] * len(word)
    runs = re.findall("1+", "".join("01"[c] for c in covered))
    longest = max(runs, key=len, default="")
    at = "".join("01"[c] for c in covered).find(longest) if len(longest) >= NAME else -1
    return text[at : at + len(longest)] if at >= 0 else ""


def leaves_out(inquiry: Inquiry, sentence: str) -> bool:
    """Whether a sentence leaves out what is asked about: another of a series, or a thing asked whether it is mentioned."""
    asked, said = ordinals(inquiry.question.text), ordinals(sentence)
    if any(said.get(noun, number) != number for noun, number in asked.items()):
        return True
    folded = fold(inquiry.question.text)
    if _FIRST_OF_ALL.search(folded) and not _IS_FIRST.search(sentence):
        return True
    if FALLS.search(folded) and not FALLS.search(fold(sentence)):
        return True
    named = [t for t in inquiry.question.terms if t.kind != "word"]
    text = squeezed(sentence)
    if not _MENTION.search(fold(inquiry.question.text)):
        return False
    if named:
        return not any(squeezed(w) in text for t in named for w in t.wordings)
    return inquiry.question.language == "en" and bool(_PROPER.search(inquiry.question.text[1:]))


def planned_only(inquiry: Inquiry) -> Stretch | None:
    """The target to complete what the question asks whether it is complete: set for this year, it was not before."""
    if not _BUILT.search(fold(inquiry.question.text)):
        return None
    named = [p for p in inquiry.question.named if p in inquiry.held]
    if len(named) > 1 or _came_about(inquiry, named):
        return None
    asked = plainly(inquiry.in_role(replace(inquiry.where, periods=("plan",), years=()), ("plan",)))
    found = [s for p in named or inquiry.held if (s := best_of_province(asked, p)) is not None]
    planned = [s for s in found if _plans(inquiry, s.text)]
    return max(planned, key=lambda s: s.score, default=None)


def _came_about(inquiry: Inquiry, named: Sequence[str]) -> bool:
    """Whether a result says that the thing asked about is there ("…试验区获批"), whatever is planned with it since."""
    where = Filter(tuple(named), periods=("review", "review_5y"))
    return any(
        _THERE.search(clause)
        for p in inquiry.passages(where)
        for clause in _clauses_about(inquiry, p.text)
        if not _COMPLETES.search(clause)
    )


def _clauses_about(inquiry: Inquiry, text: str) -> Iterator[str]:
    """The clauses that hold most of what the question speaks of, its words of completing aside."""
    terms = [t for t in inquiry.question.terms if not _BUILT_WORD.search(t.wordings[0])]
    for a, b in clauses(text):
        clause = squeezed(text[a:b])
        if sum(any(squeezed(w) in clause for w in t.wordings) for t in terms) > 0.5 * len(terms):
            yield text[a:b]


def _plans(inquiry: Inquiry, sentence: str) -> bool:
    """Whether a sentence of this year's plan has the thing asked about still to be completed."""
    return any(_COMPLETES.search(c) or _UNDER_WAY.search(c) for c in _clauses_about(inquiry, sentence))
