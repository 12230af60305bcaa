"""Whether a sentence that a language model wrote is carried by the quotes that it cites, part by part, and why not.

The rules are strict and plain: they refuse some true sentences, and then the extractive answer stands; what they let
pass is made of its evidence. Meaning is judged by the words: a paraphrase whose Chinese words stand in the quote can
still be wrong in ways that no rule here sees, which is why the quote is shown beside every sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer.amounts import STRENGTH, amount_problem
from assistant.answer.claims import MAX_SENTENCE, Part, parts_of, unquoted
from assistant.answer.inquiry import squeezed
from assistant.answer.roles import role_problem
from assistant.lexicon import Lexicon
from assistant.numerals import bare_figures, figures
from assistant.text import fold, has_cjk
from assistant.types import Citation, Computed

_PLAIN = re.compile(r"[ -~＿　、。〈〉《》「」『』〔〕【】\u4e00-\u9fff\u3400-\u4dbf！-～“”‘’—–…·％‰°×−]*")
_MARKUP = re.compile(
    r"[<>`|\\~${}^#*_\[\]@＜＞｀｜＼～＄｛｝＾＃＊＠［］]|&#?\w+;|://|\bwww\.|!\(|\bjavascript:", re.IGNORECASE
)
_GROUPS = {
    "denial": r"没有|未(?!来)|并非|不是|不会|不能|不再|无法|无(?![人线障偿害废锡])|取消|放弃|否认|停止|暂停|(?:^|[，。；\s])否"
    r"|\bno(?:t|r|ne|thing)?\b(?! (?:less|fewer|lower|more|higher|greater) than)|n't\b|\bnever\b|\bwithout\b|\bfail\w*|\bcancel\w*|\babandon\w*|\bden(?:y|ie[sd])\b|\bstop\w*|\bsuspend\w*",
    "rank": r"最(?!近)|第[一二三]|首位|首个|唯一|居首|领先|领跑|名列|位居|排名|前列|率先|\b(?:high|low|larg|bigg|great|fast|slow|strong|few|b)est\b|(?<!at )\bmost\b|\bfirst\b|\btop\b|\brank\w*|\blead(?:s|ing)\b|\bonly\b|\bunique\w*",
    "comparison": r"相比|不及|落后|赶超|快于|慢于|远超|翻[一两二三]?番|倍|\bcompared\b|\bahead of\b|\bbehind\b|\bdoubl\w+|\btwice\b|\btimes\b",
    "fall": r"下降|减少|降低|回落|下滑|萎缩|压减|恶化|\bdeclin\w+|\bdecreas\w+|\bdrop(?:s|ped)?\b|\bfell\b|\bfalls?\b|\breduc\w+|\bcuts?\b|\bshrink\w*|\bworsen\w*",
    "cause": r"因此|因而|所以|导致|由于|使得|得益于|归功于|\bbecause\b|\btherefore\b|\bdue to\b|\bthanks to\b|\bresulting in\b|\bled to\b|\bso that\b",
    "certainty": r"必将|一定会|肯定|毫无疑问|显然|据悉|据了解|传闻|\bcertainly\b|\bdefinitely\b|\bguarantee\w*|\breportedly\b|\bclearly\b",
    "opinion": r"我认为|我觉得|作为(?:一个|一名)?(?:AI|人工智能|语言模型)|抱歉|对不起|值得|令人|可喜|可惜|遗憾|惊人|\bsorry\b|\bi (?:think|believe|cannot|can't)\b|\bas an ai\b|\bimpressive\b|\bremarkabl\w+|\bunfortunately\b|\bdisappoint\w*",
}
"""Words that claim something of their own kind: the quote must claim it too."""
_CLAIMS = {name: re.compile(words) for name, words in _GROUPS.items()}
_STOCK = re.compile(
    r"政府工作报告|工作报告|报告|政府|提出|指出|显示|明确|表示|强调|要求|部署|安排|计划|规划|目标|打算|力争|争取|确保|预计|预期|努力|方面|领域|其中|同时"
    r"|此外|另外|并且|以及|分别|达到|实现|完成|数量|总数|规模|总量|水平|全省|全区|全市|本省|我省|自治区|通过|围绕|根据|依据|按照|关于|对于|结果|情况|内容|相关|有关|具体|包括|主要"
    r"|提高|提升|增加|增长|推动|推进|加快|进一步|持续|继续|开展|实施|加强|五年|这一|该项|一项|相差|差距|以来|期间|时期|全年|还将|并将|均为|即将|工作|举措|措施|任务|作为|进行|指标"
    r"|[的了在是为至到将和与及或等也还都均并把使让对于由从向以其有达共已拟要内中上下该省市区年月]"
)
_HAN_RUN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]+")
_LATIN_WORD = re.compile(r"[a-z][a-z&+\-]*[a-z+]")
_NOVEL = 3
"""So many neighbouring character pairs that no evidence has (four characters) are a thing of the model's own."""
_ENGLISH_WORD = re.compile(r"[a-z][a-z&+'-]*|,")
_ENGLISH_STOCK = frozenset(
    (
        ", a an the this that these those it its and or as of in on at by to for from with within into through over under per up about around"
        " is are be been being was were will would shall may can has have had having do does did not no than more least most each all both"
        " their they them which who whose there also then while s t province provinces provincial region regional autonomous municipality"
        " government report reports work says say said states state stated stating according sets set setting aims aim aimed aiming plans plan"
        " planned planning targets target targeted goal goals intends intend seeks seek strives strive proposes propose proposed calls expects"
        " expect expected reach reaches reached reaching achieve achieves achieved achieving attain bring brings total totals number numbers"
        " figure level year years result results end growth grow grows grew growing increase increases increased increasing rise rose rising"
        " raise raises raised decrease decline declined fall fell reduce reduced new newly add added additional percent exceed exceeds"
        " exceeding exceeded surpass surpassing above below nearly approximately roughly almost respectively five-year review period one"
        " made make makes came stood stands amounted put text source"
    ).split()
)
"""Words around the evidence; those that claim something are judged by the other rules."""
_CARRIED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a sentence may stand on: citations by number, the extractive lines that use them, computed figures.

    ``lines`` are without quotations; ``wordings`` the groups of words that mean the same in the question's view.
    """

    citations: Mapping[int, Citation]
    lines: Mapping[int, str]
    computed: Sequence[Computed]
    wordings: Sequence[tuple[str, ...]]
    lexicon: Lexicon
    english: bool

    @property
    def several_roles(self) -> bool:
        """Whether sentences have to say their time and role each for itself."""
        return len({(c.year, c.period) for c in self.citations.values()}) > 1

    @property
    def several_provinces(self) -> bool:
        """Whether sentences have to name their province each for itself."""
        return len({c.province for c in self.citations.values()}) > 1

    def problem(self, sentence: str) -> str | None:
        """Why the sentence is not carried by its evidence; ``None`` if it is."""
        if len(sentence) > MAX_SENTENCE:
            return "it is too long to be checked"
        parts = parts_of(sentence)
        if not parts:
            return "it cites nothing"
        for part in parts:
            if any(n not in self.citations for n in part.marks):
                return "it cites what is not there"
            cited = tuple(self.citations[n] for n in part.marks)
            for why in (self._form(part, cited), self._places(part, cited), self._content(part, cited)):
                if why is not None:
                    return why
        return None if self.english != _is_chinese(sentence) else "it is in another language"

    def _form(self, part: Part, cited: tuple[Citation, ...]) -> str | None:
        if not _PLAIN.fullmatch(part.own) or _MARKUP.search(part.own):
            return "it holds markup or characters that no answer needs"
        if any(not any(q in c.quote for c in cited) for q in part.quoted):
            return "it puts words in quotation marks that its evidence does not have"
        if "”" in part.own or "“" in part.own:
            return "its quotation marks do not match"
        return None

    def _places(self, part: Part, cited: tuple[Citation, ...]) -> str | None:
        own = {c.province for c in cited}
        quotes = "".join(c.quote for c in cited)
        mentions = self.lexicon.find_provinces(part.own)
        for mention in (*mentions, *self.lexicon.find_cities(part.own)):
            same = mention.kind not in {"region", "city"} and set(mention.names) <= own
            if not same and mention.text not in quotes:
                return "it names a place that its evidence is not about"
        named = {name for m in mentions for name in m.names}
        if self.several_provinces and not {p for p in own if p} <= named:
            return "it does not name the province"
        return None

    def _content(self, part: Part, cited: tuple[Citation, ...]) -> str | None:
        quotes = [c.quote for c in cited]
        folded = fold(" ".join(quotes))
        own = fold(part.own)
        amounts = bool(figures(part.text)) or bool(
            bare_figures(part.own) - bare_figures(" ".join(map(str, _years(cited))))
        )
        if amounts and len({(c.province, c.year, c.period) for c in cited}) > 1 and not self._results(part):
            return "it gives figures of several provinces or times at once"
        for words in _CLAIMS.values():
            if words.search(own) and not words.search(folded):
                return "it claims what its evidence does not"
        named = " ".join(self.lines.get(n, "") for n in part.marks)
        computed = self._results(part)
        return (
            role_problem(part.own, part.before, cited=cited, several=self.several_roles, has_figure=amounts)
            or amount_problem(part.text, part.own, quotes=quotes, computed=computed, named=named, lexicon=self.lexicon)
            or (self._english_words if self.english else self._chinese_words)(part, cited, named)
        )

    def _results(self, part: Part) -> list[str]:
        """The figures computed from the part's very citations."""
        return [
            c.value
            for c in self.computed
            if c.inputs and set(c.inputs) <= set(part.marks) and figures(c.value)[:1] and figures(c.value)[0].unit
        ]

    def _allowed(self, cited: tuple[Citation, ...], named: str) -> str:
        """Every word that the part may use: of quotes, headings, the extractive lines, and what means the same."""
        texts = [squeezed(t) for c in cited for t in (c.quote, *c.heading)] + [squeezed(named)]
        joined = "\n".join(texts)
        groups: list[Iterable[str]] = [g for g in self.wordings if any(squeezed(w) in joined for w in g)]
        groups += [self.lexicon.synonyms_of(n) for m in self.lexicon.find_measures(joined) for n in m.names]
        return "\n".join((joined, *(squeezed(w) for g in groups for w in g)))

    def _chinese_words(self, part: Part, cited: tuple[Citation, ...], named: str) -> str | None:
        """Character pairs of the part's own words, stock words and places aside, against those of the evidence."""
        allowed = self._allowed(cited, named)
        own = _without(part.own, self.lexicon)
        if any(word not in allowed for word in _LATIN_WORD.findall(own)):
            return "it uses words that its evidence does not have"
        found = total = 0
        for run in _HAN_RUN.findall(own):
            if run in allowed:
                found, total = found + len(run), total + len(run)
                continue
            novel = 0
            for piece in _HAN_RUN.findall(_STOCK.sub(" ", run)):
                for i in range(len(piece) - 1):
                    carried = piece[i : i + 2] in allowed
                    novel = 0 if carried else novel + 1
                    found, total = found + carried, total + 1
                    if novel >= _NOVEL:
                        return "it speaks of what its evidence does not mention"
        return None if found >= _CARRIED_SHARE * total else "it speaks of what its evidence does not mention"

    def _english_words(self, part: Part, cited: tuple[Citation, ...], named: str) -> str | None:
        """Every English word is a stock word or means, by the lexicon, what the evidence says.

        Strict, because no rule can tell whether a free translation is a right one: the Chinese is to be quoted.
        """
        allowed = self._allowed(cited, named)
        own = _without(part.own, self.lexicon)
        if any(run not in allowed for run in _HAN_RUN.findall(STRENGTH.sub(" ", own))):
            return "it uses words that its evidence does not have"
        for mention in reversed(self.lexicon.find_measures(own)):
            measures = [m for n in mention.names if (m := self.lexicon.measure(n)) is not None]
            if not any(squeezed(w) in allowed for m in measures for w in (m.name, *m.synonyms)):
                return "it speaks of what its evidence does not mention"
            own = f"{own[: mention.start]} , {own[mention.end :]}"
        words = _ENGLISH_WORD.findall(own)
        at = tied = 0
        while at < len(words):
            width = next((n for n in (4, 3, 2, 1) if self._means(words[at : at + n], allowed)), 0)
            if not width and words[at] not in _ENGLISH_STOCK:
                return "it speaks of what its evidence does not mention"
            at, tied = at + (width or 1), tied + width
        tied_otherwise = part.quoted or figures(part.text) or self.lexicon.find_measures(part.own)
        return None if tied or tied_otherwise else "it cannot be traced to its evidence"

    def _means(self, words: list[str], allowed: str) -> bool:
        """Whether these words together mean one thing that the evidence says; no word of them is there for nothing."""
        meant = self.lexicon.translate(" ".join(words))
        parts = {self.lexicon.translate(" ".join(part)) for part in (words[1:], words[:-1]) if part}
        return (
            len(meant) == 1
            and meant not in parts
            and any(squeezed(w) in allowed for w in (*meant, *self.lexicon.synonyms_of(meant[0])))
        )


def _years(cited: tuple[Citation, ...]) -> list[int]:
    return [c.year for c in cited if c.year is not None]


def _without(own: str, lexicon: Lexicon) -> str:
    """Folded own words without the provinces' names and the figures, which have rules of their own."""
    for m in reversed(lexicon.find_provinces(own)):
        own = f"{own[: m.start]}，{own[m.end :]}"
    for f in reversed(figures(own)):
        own = f"{own[: f.start]}，{own[f.end :]}"
    return squeezed(own) if has_cjk(own) and not re.search(r"[A-Za-z]{3}", own) else fold(own)


def _is_chinese(sentence: str) -> bool:
    """Whether a sentence's own words are rather Chinese than English; figures and quotations are left aside."""
    own = unquoted(re.sub(r"\[\d+\]", "", sentence))[0]
    for f in reversed(figures(own)):
        own = own[: f.start] + own[f.end :]
    han = sum(has_cjk(c) for c in own)
    latin = sum(unicodedata.category(c)[0] == "L" and not has_cjk(c) for c in own)
    return 3 * han > latin  # a Han character says about as much as three Latin letters
