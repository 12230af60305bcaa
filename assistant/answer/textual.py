"""Questions about the text itself: where a sentence stands, what a term means there, how a report is built, how often.

Each is known by the form of the question; what is not of such a form is left to the other kinds of answers.
"""

from __future__ import annotations

import difflib
import re

from assistant.answer.contents import answer_contents, documents_asked, passage_at
from assistant.answer.decline import decline
from assistant.answer.delivery import answer_delivery
from assistant.answer.draft import Draft
from assistant.answer.inquiry import Inquiry
from assistant.answer.locate import exact_spans, nearest
from assistant.answer.outline import bare
from assistant.answer.wording import Wording
from assistant.lexicon import Mention
from assistant.text import fold, sentences, squeezed, trim
from assistant.types import Filter, Passage, Span

SHORTEST = 6
"""Characters of a quotation that can be looked for as a sentence; a shorter one is a term."""
MAX_PLACES = 6
_PLACE = re.compile(
    r"(?:这|那|此|该|下面这)(?:句|段|个)?(?:话|表述|说法|内容|句子)?(?:的)?(?:出处|是?出自|来自|源自)[^,，。？?]{0,16}[？?。]?"
    r"|(?:是|的)?(?:出处|出自|来自)(?:是)?(?:哪|什么|何)[^,，。？?]{0,14}[？?。]?|(?:这|那)(?:句|段)话(?:是)?(?:谁|哪)[^,，。？?]{0,14}[？?。]?|(?:是)?(?:谁|哪个省|哪里|哪份报告|哪篇报告)说(?:的|过)[？?。]?|(?:原话|原文)(?:在哪|出处|是哪)[^,，。？?]{0,10}[？?。]?"
    r"|\b(?:where does|where is|which report (?:says|contains|has)|who said|what is the source of|find the source of)\b(?: (?:this|the) (?:sentence|quote|phrase|passage))?(?: come from| from)?|\bcome from\b|\bquoted from\b"
)
_QUOTED = re.compile(r"[“「『\"](.{2,400})[”」』\"]", re.DOTALL)
_FILLER = re.compile(
    r"请问|帮我(?:查|找|看)?(?:一?下)?|查一?下|找一?下|(?:这|那)(?:句|段)话|下面|这个(?:说法|表述)|[：:，,。？?！!“”\"「」『』\s]+$|^[：:，,。“”\"「」『』\s]+"
)
_TERM = r"(?P<term>[^，,。？?：:；;\s]{2,30}?)"
_MEANING = re.compile(
    rf"(?:什么叫做?|何谓|何为|所谓|解释一?下|名词解释[：:]?|(?:^|[，,：:])\s*什么是)\s*{_TERM}\s*(?:的(?:含义|意思|定义))?(?:是?什么|是啥)?\s*[？?。]?$"
    rf"|{_TERM}\s*(?:是(?:什么|啥|何)(?:意思|含义|概念)|(?:的)?(?:含义|意思|定义)(?:是什么|是啥)?|指的?是?(?:什么|啥)|作何解释|怎么解释)\s*[？?。]?$"
    rf"|\b(?:what does|what is meant by|define|explain the term|meaning of)\s+{_TERM}(?:\s+mean)?\s*\??$".replace(
        "?P<term>", ""
    )
)
_FREQUENCY = re.compile(
    r"(?:出现|提到|提及|说|讲|写)了?(?:多少|几)(?:次|回|遍|处)|词频|频次|\bhow (?:many times|often)\b"
)


def answer_place(inquiry: Inquiry, words: Wording) -> Draft | None:
    """Where the sentence that a question quotes stands, or the nearest to it; ``None`` if it asks for no place.

    Places and years that stand within the sentence are not what is asked about.
    """
    asked = inquiry.question.standalone
    quote = sentence_asked(asked) if _PLACE.search(fold(asked)) else ""
    return _place(inquiry, words, quote) if quote else None


def answer_textual(inquiry: Inquiry, words: Wording) -> Draft | None:
    """The answer to any other question about the text itself; ``None`` if it is not of such a form."""
    asked = inquiry.question.standalone
    if (told := answer_contents(inquiry, words) or answer_delivery(inquiry, words)) is not None:
        return told
    if _FREQUENCY.search(fold(asked)) and (found := _QUOTED.search(asked)):
        return _frequency(inquiry, words, found[1])
    if (meaning := _MEANING.search(asked)) and (term := next((g for g in meaning.groups() if g), "")):
        return _meaning(inquiry, words, term.strip())
    return None


# --- where a sentence stands


def sentence_asked(question: str) -> str:
    """The sentence that a question asks the place of: in quotation marks, else what is left without the asking."""
    quoted = _QUOTED.search(question)
    if quoted:
        text = quoted[1]
    else:
        asking = _PLACE.search(fold(question))
        text = question if asking is None else max(question[: asking.start()], question[asking.end() :], key=len)
        for _ in range(3):
            text = _FILLER.sub("", text)
    return text if sum(c.isalnum() for c in text) >= SHORTEST else ""


def _place(inquiry: Inquiry, words: Wording, quote: str) -> Draft | None:
    documents = documents_asked(inquiry, Filter())
    spans = [s for d in documents for s in exact_spans(d.text, d.id, quote)]
    draft = Draft("fact", confidence=1.0)
    if spans:
        lines = [words.say("placed")]
        lines += [_at(inquiry, words, draft, s) for s in spans[:MAX_PLACES]]
        if len(spans) > MAX_PLACES:
            n, every = (
                draft.count(MAX_PLACES, words.say("points_shown")),
                draft.count(len(spans), words.say("points_found")),
            )
            lines.append(words.say("points", n=n, all=every))
    else:
        near = nearest([c.passage for c in inquiry.candidates], quote, limit=1)
        if not near:
            return decline(inquiry, words, "not_stated")
        found, _, _ = near[0]
        span = Span(found.doc_id, *bare(inquiry.store.document(found.doc_id).text, found.start, found.end))
        draft.status = "partial"
        lines = [words.say("placed_nearly"), _at(inquiry, words, draft, span)]
        told = "；".join(f"{a or '—'} → {b or '—'}" for a, b in changes(quote, inquiry.store.text(span)))
        lines += [words.say("differs", differences=told)] if told else []
    draft.text = "\n".join(lines)
    draft.provinces = tuple(dict.fromkeys(p.province for _, p in draft.spans if p.province))
    return draft


_PIECE = re.compile(r"\d+(?:[.,]\d+)*|.", re.DOTALL)
APART = 2
"""Pieces that two changes have between them at least to be told as two: 推出 for 出台 is one."""


def changes(given: str, source: str) -> list[tuple[str, str]]:
    """What the given text has and what the source has in its place; a number is never split."""
    a, b = _PIECE.findall(fold(given)), _PIECE.findall(fold(source))
    joined: list[tuple[int, int, int, int]] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes():
        if kind == "equal" or not any(c.isalnum() for c in "".join(a[i:j] + b[k:m])):
            continue  # punctuation is no change of what is said
        if joined and i - joined[-1][1] < APART:
            i, _, k, _ = joined.pop()
        joined.append((i, j, k, m))
    return [("".join(a[i:j]), "".join(b[k:m])) for i, j, k, m in joined]


def _at(inquiry: Inquiry, words: Wording, draft: Draft, span: Span) -> str:
    passage = passage_at(inquiry, span)
    title = inquiry.store.document(span.doc_id).title
    where = " › ".join((f"《{title}》", *passage.heading))
    period = words.period(passage.period, passage.year)
    return f"- {words.place(passage.province)}{'' if not period else f'（{period}）'} {where}：“{inquiry.store.text(span)}” {draft.cite(span, passage)}"


# --- what a term means, how often it stands


def _meaning(inquiry: Inquiry, words: Wording, term: str) -> Draft | None:
    mentions = inquiry.lexicon.find_provinces(term)
    term = _without(term, mentions).strip('的 “”"「」『』《》') if not _QUOTED.fullmatch(term) else term[1:-1]
    if len(term) < 2:
        return None
    mentioned: tuple[Span, Passage] | None = None
    for passage in inquiry.passages(Filter(inquiry.where.provinces, inquiry.where.years)):
        for a, b in sentences(passage.text):
            a, b = trim(passage.text, a, b)
            text = squeezed(passage.text[a:b])
            if squeezed(term) not in text:
                continue
            span = Span(passage.span.doc_id, passage.span.start + a, passage.span.start + b)
            if _explains(text, squeezed(term)):
                draft = Draft("fact", confidence=1.0)
                draft.text = _at(inquiry, words, draft, span)
                draft.short = None
                draft.provinces = (passage.province,) if passage.province else ()
                return draft
            mentioned = mentioned or (span, passage)
    return _only_mentioned(inquiry, words, term, mentioned)


def _without(term: str, mentions: tuple[Mention, ...]) -> str:
    for m in reversed(mentions):
        term = term[: m.start] + term[m.end :]
    return term


def _explains(sentence: str, term: str) -> bool:
    """Whether a squeezed sentence says what the term is: it heads a glossary entry, or words of explaining follow."""
    after = re.escape(term) + r"[)）]?"
    entry = rf"^(?:\d+[.、]|[(（]\d+[)）])?{after}(?::|--?)"
    return bool(
        re.search(
            rf"{entry}|{after}(?:,|，)?\s*(?:是指|指的?是|即指?|系指|是对|is defined as|refers to|means\b)", sentence
        )
    )


def _only_mentioned(
    inquiry: Inquiry, words: Wording, term: str, mentioned: tuple[Span, Passage] | None
) -> Draft | None:
    if mentioned is None:
        return None
    span, passage = mentioned
    draft = Draft("fact", status="declined", reason="not_stated")
    scene = words.scene(passage.province, passage.period, passage.year)
    near = f"“{inquiry.store.text(span)}” {draft.cite(span, passage)}"
    draft.text = f"{words.say('unexplained', term=term)}\n\n> {words.say('near')}{scene}{words.colon}{near}"
    return draft


def _frequency(inquiry: Inquiry, words: Wording, term: str) -> Draft | None:
    """How often a term stands in the documents asked about, by document, with its first place in each."""
    wanted = re.compile(re.escape(fold(term)))
    counts = [(d, [m.span() for m in wanted.finditer(fold(d.text))]) for d in documents_asked(inquiry)]
    total = sum(len(found) for _, found in counts)
    if not total:
        return None
    draft = Draft("fact", confidence=1.0)
    every = draft.count(total, words.say("occurrences"))
    lines = [words.say("occurs", term=term, n=every)]
    for document, found in counts:
        if not found:
            continue
        a, b = next(s for s in sentences(document.text) if s[0] <= found[0][0] < s[1])
        span = Span(document.id, *trim(document.text, a, b))
        n = draft.count(len(found), words.say("occurrences"))
        passage = passage_at(inquiry, span)
        period = words.period(passage.period, passage.year)
        lines.append(
            f"- {words.say('occurs_in', title=document.title, n=n)}{period}：“{inquiry.store.text(span)}” {draft.cite(span, passage)}"
        )
    draft.text = "\n".join(lines)
    draft.provinces = tuple(dict.fromkeys(p.province for _, p in draft.spans if p.province))
    return draft
