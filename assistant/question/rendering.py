"""A question as it is searched: followed by what it speaks of in the words that reports use.

The bundled model's vectors carry meaning across languages and across wordings, yet far less well than within one. The
right passage stood first for 0.61 of 40 English questions to six full reports as they were asked, for 0.80 with their
Chinese behind them; of Chinese questions to the same reports it was among five for 0.89, and for 0.93 with the full
names of what they call by others (高企, 社零).
"""

from __future__ import annotations

from assistant.text import fold, has_cjk
from assistant.types import Question, Term


def rendered(text: str, question: Question) -> str:
    """The text, and behind it the Chinese of an English question's terms, or a Chinese one's names that it lacks."""
    if has_cjk(text):
        named = (t for t in question.terms if t.kind in {"measure", "term"})
        known = [w for t in named for w in t.wordings[1:2] if has_cjk(w) and w not in fold(text)]
    else:
        known = [w for w in map(chinese_of, question.terms) if w]
    return " ".join((text, *dict.fromkeys(known)))


def chinese_of(term: Term) -> str:
    """The first Chinese wording of a term; empty if it has none."""
    return next((w for w in term.wordings if has_cjk(w)), "")
