"""What the words of a comparison ask: whether one is asked for, what it compares by, and which of its ends."""

from __future__ import annotations

import re

from assistant.answer.inquiry import Inquiry
from assistant.text import fold, squeezed
from assistant.types import Question, Term

ECONOMY = "地区生产总值增速"
"""What grows where a question names nothing that does ("谁的经济跑得快", "今年的增长目标")."""
SPEED = re.compile(r"快|慢|增速|增幅|涨|跑|增长(?!极)|\bgrowth\b|\bgrow\w*\b|\bfaster\b|\brate\b|\bpace\b")
SIZE = re.compile(
    r"总量|规模|总数|数量|家数|最[多少]|从[多大]到|由[多大]到|大|多少?(?:家|个|亿)|谁多|\blarger?\b|\bbigger\b|\bsize\b|\bcounts?\b|\bhow many\b|\btotal"
)
TOGETHER = re.compile(
    r"加起来|加在一起|合计|总共|一共|合起来|总和|之和|相加|\b(?:combined|together|in total|altogether|sum of)\b"
)
_COMPARING = re.compile(
    r"[两二三四五六七八九十几]?[省市区县]?(?:家|地|省|方|者|俩|个)?|.?(?:快|慢|高|低|多|少|大|小|重|轻|强|弱|好|差|降|升|涨|远)|差[距值额别]|距离|百分点|绝对[数值]|项数|户数|家数|个数|数字|数目"
    r"|冠军|亚军|垫底|领先|落后|里头|一点|一些|跑得快|低排|排名|排序|顺序|任务|属实|赶得上|比不上|不如|对照|相差|多过|目标值|实绩|龙头|头名|首位|倒数|国内|经济体?"
    r"|[零一二两三四五六七八九十百千万亿\d.]+[家户项个件人名位所座条台亩吨张款%]?|突破|超过|达到|高过|全国|听说|有人|说法|这话|压根|同比|其实|真的假?|没错|lowered|raised|cut|lifted|ambitious|growth"
    r"|vs|between|versus|distance|difference|gap|goal|results?|than|higher|lower|above|below|bigger|larger|smaller|faster|slower|less|fewer|exceed(?:ed)?|ahead|behind|go|went|got|whose|lead|rank(?:ed|ing)?|both|either|percent|points?|first|last|fast(?:est)?|quick(?:er|est)?|slow(?:est)?|highest|lowest|largest|smallest|biggest|order|ordered|descending|ascending"
)
_GAP = re.compile(
    r"差(?:多少|几|距|了|额|值|$|[?])|相差|之差|领先|落后|[多少高低快慢大小](?:出|了)?(?:几|多少)|加码|比[^,。?]{1,24}[多少高低]|\bgap\b|\bdifference\b|\bby how (?:much|many)\b"
    r"|\bhow (?:much|many) (?:more|fewer|less|higher|lower|bigger)\b|\bexceed\w*|\bvs\b|\bversus\b|对比|相比|\bcompar"
)
_FIRST = re.compile(r"最[高多大快重强好]|冠军|头名|\b(?:high|larg|bigg|fast)est\b|\bmost\b")
_LAST = re.compile(r"最[低少小慢轻弱差]|垫底|末位|\b(?:low|small|few|slow)est\b|\bleast\b")


def asks_comparison(question: Question) -> bool:
    """Whether a question sets several provinces, roles or years against each other, whatever else it sounds like."""
    folded = fold(question.text)
    several = max(len(question.named), len(question.periods), len(question.years)) > 1
    return several and bool(_GAP.search(folded))


_OF_EACH = re.compile(r"分别|各自|各(?:是|为|有|多少|几|要)|\brespectively\b|\beach\b")


def asks_each_time(question: Question) -> bool:
    """Whether one figure of one place is asked for at several times ("2021年实现的和2022年要达到的分别是多少")."""
    times = max(len(question.periods), len(question.years))
    measures = sum(t.kind == "measure" for t in question.terms)
    return times > 1 and len(question.named) == 1 and measures == 1 and bool(_OF_EACH.search(fold(question.text)))


def asks_sum(question: Question) -> bool:
    """Whether it is asked what the figures of several provinces make together."""
    return len(question.named) > 1 and bool(TOGETHER.search(fold(question.text)))


def asks_how_figures_compare(question: Question) -> bool:
    """Whether an account is asked for of how figures stand to each other ("how does the number … compare with …")."""
    return bool(_COUNTED.search(fold(question.text))) and asks_comparison(question)


_COUNTED = re.compile(
    r"多少|几|[数量额率](?![据字])|规模|\b(?:number|count|total|share|rate|value|size|amount|target|growth)s?\b"
)
_VERDICT = re.compile(
    r"(?:吗|么|没有?|对不对?|对吧|吧|属实|真的假的?|是真的|真假|准确|站得住|有这事|说法对)(?:吗|吧|么|不)?[?。!\s]*$"
    r"|是不是|是否|系咪|有没有|能不能|会不会|\b(?:right|correct|true|really)\W*$|^(?:am i (?:right|correct)|can you confirm)\b|^(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could)\s"
)
_YEAR = re.compile(r"(?:19|20)\d\d\s?年?")
_EITHER = re.compile(r"\d[^,。?]{0,6}还是[^,。?]{0,6}\d")
_OPEN = re.compile(
    r"什么|啥|哪|谁|多少|(?<![那这好])几[个家项位户亿万成]|怎|如何|何(?!种意义)|还是(?!要|在|会|有|世|第|全|比|得|没)|(?<!than )(?<!below )(?<!above )(?<!from )\b(?:what|which|who|how|where|when|why|whose|or(?! (?:more|less|fewer|above|over|higher|better|not)\b))\b|^(?:can|could|would|will) you"
)


def asks_which_of_two(question: Question) -> bool:
    """Whether a figure is asked for by naming two ("是5个还是6个", "高于1%还是低于1%"): no yes or no answers it."""
    return bool(_EITHER.search(_YEAR.sub("", fold(question.text))))


def asks_verdict(question: Question) -> bool:
    """Whether a question can only be answered by yes or no: it ends or opens as such and asks for nothing else."""
    folded = fold(question.text)
    return bool(_VERDICT.search(folded)) and not _OPEN.search(folded)


def plainly(inquiry: Inquiry) -> Inquiry:
    """The inquiry about what is compared alone, without the words of comparing and the units of the difference.

    A question about the economy's pace that names no measure is about that of its product.
    """
    question = inquiry.question
    terms = tuple(t for t in question.terms if t.kind != "word" or _says_something(inquiry, t))
    folded = fold(question.text)
    if (
        not terms
        and not question.carried
        and (question.wanted == "growth" or ("经济" in folded and SPEED.search(folded)))
    ):
        return inquiry.part(ECONOMY)
    plain = inquiry.narrowed(terms) if terms and terms != question.terms else inquiry
    return plain.wanting(question.wanted) if question.units else plain


def _says_something(inquiry: Inquiry, term: Term) -> bool:
    """Whether a plain word may be part of what is compared: no word of comparing, and in the text where such is named."""
    word = fold(term.wordings[0])
    if _COMPARING.fullmatch(word):
        return False
    if not any(t.kind != "word" for t in inquiry.question.terms):
        return len(word) > 1
    texts = (squeezed(c.passage.text) for c in inquiry.candidates)
    return len(word) > 1 and any(any(squeezed(w) in text for w in term.wordings) for text in texts)


def asks_both_extremes(text: str) -> bool:
    """Whether both the highest and the lowest are asked for ("哪个最高，哪个最低", "冠军是谁、垫底是谁")."""
    folded = fold(text)
    return bool(_FIRST.search(folded)) and bool(_LAST.search(folded))
