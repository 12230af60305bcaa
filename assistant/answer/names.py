"""Names that no lexicon knows, found in the corpus: written out there, or in full where the question abbreviates them."""

from __future__ import annotations

import re

from assistant.answer.inquiry import Inquiry
from assistant.lexicon.pinyin import sounding_like
from assistant.question.speech import DOES, naming
from assistant.text import has_cjk, squeezed
from assistant.types import Term

SPARE = 2
"""Characters that an abbreviation may leave out."""


def abbreviated(inquiry: Inquiry, text: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms with those that together abbreviate a name of the corpus (护理险 for 护理保险) as that name.

    An abbreviation leaves a character over that is no word by itself; 科技合作 is two words, and stays so.
    """
    told = squeezed(text)
    run = [t for t in terms if t.kind == "word"]
    phrase = "".join(squeezed(t.wordings[0]) for t in run)
    left_over = any(len(t.wordings[0]) == 1 for t in run)
    if not left_over or not has_cjk(phrase) or phrase not in told or not SHORTEST <= len(phrase) <= LONGEST:
        return terms
    pattern = re.compile("[\u4e00-\u9fff]{0,2}?".join(map(re.escape, phrase)))
    found = {name for name in inquiry.store.scan.matches(pattern) if len(name) <= len(phrase) + SPARE}
    if not found or phrase in found:
        return terms
    return (Term((phrase, *sorted(found)), "term"), *(t for t in terms if t not in run))


def misspelt(inquiry: Inquiry, text: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms with those together that the corpus never writes, but writes as something that sounds the same (脑机借口)."""
    told = squeezed(text)
    run = [t for t in terms if t.kind == "word"]
    phrase = "".join(squeezed(t.wordings[0]) for t in run)
    if len(phrase) < SOUNDED or not all("\u4e00" <= c <= "\u9fff" for c in phrase) or phrase not in told:
        return terms
    if phrase in inquiry.store.scan:
        return terms
    heard = inquiry.store.scan.matches(re.compile(sounding_like(phrase)))
    found = sorted(w for w in heard if sum(a != b for a, b in zip(w, phrase, strict=True)) * 2 <= len(phrase))
    return (Term((phrase, *found), "term"), *(t for t in terms if t not in run)) if found else terms


SOUNDED = 4
"""Characters from which a sound tells a name; half of them must be right as written."""
SHORTEST, LONGEST = 3, 8
"""Characters of an abbreviation; longer ones are phrases."""
WRITTEN = 6
"""Characters from which a stretch of the question that the corpus writes to the letter is the name of one thing."""


def as_written(inquiry: Inquiry, text: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms with those that stand together in the question, and to the letter in the corpus, as one name.

    The corpus is its own lexicon: 国家数字经济创新发展试验区 is one thing, not five words.
    """
    told = squeezed(text)
    if not has_cjk(told) or len(terms) < 2:
        return terms
    spans = {t: (told.find(squeezed(t.wordings[0])), len(squeezed(t.wordings[0]))) for t in terms}
    weights = naming(text, [t.wordings[0] for t in terms])
    known = sorted((at, at + n) for t, (at, n) in spans.items() if at >= 0 and weights[t.wordings[0]] > DOES)
    best = ""
    for start, _ in known:
        for _, end in reversed(known):
            phrase = told[start:end]
            if len(phrase) >= max(WRITTEN, len(best) + 1) and phrase in inquiry.store.scan:
                best = phrase
    inside = [t for t in terms if squeezed(t.wordings[0]) in best]
    if len(inside) < 2 or any(t.kind != "word" for t in terms if t not in inside):
        return terms
    return (Term((best,), "term"), *(t for t in terms if t not in inside))
