"""The province that a later turn means by "the one with the most": the winner of the question asked before."""

from __future__ import annotations

import re

from assistant.answer.comparing import plainly
from assistant.answer.inquiry import Inquiry
from assistant.answer.sides import of_size, sides_of
from assistant.text import fold

_LEAST = re.compile(r"最(?:少|低|小|慢)|垫底|\b(?:least|fewest|lowest|smallest|slowest)\b")


def winner_of(inquiry: Inquiry, turn: str) -> str:
    """The province with the highest figure of a question about several, or the lowest where the turn says so; or ``""``.

    Nobody wins where two are level, or where the figures are of different kinds.
    """
    sides = sides_of(plainly(inquiry))
    rows = [s for s in sides.rows if of_size(s.fact.kind) == of_size(sides.kind) and s.fact.province]
    if not rows:
        return ""
    value = (min if _LEAST.search(fold(turn)) else max)(s.fact.value for s in rows)
    first = list(dict.fromkeys(s.fact.province for s in rows if s.fact.value == value))
    return first[0] or "" if len(first) == 1 else ""
