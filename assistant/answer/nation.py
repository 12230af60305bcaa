"""Whether a question is about the whole country rather than its provinces."""

from __future__ import annotations

import re

from assistant.store import Store
from assistant.text import fold
from assistant.types import Question

_NATION = re.compile(
    r"^(?:请问|那么?)?(?:(?:19|20)?\d\d年(?:度|底|末)?的?|今年|去年|上年)?的?(?:我国|全国|国家|中央|国务院|中国|中华人民共和国)(?!级|[^,。?]{0,2}(?:第[一二三四五六七八九十\d]|前列|首|最))"
    r"|国务院(?:政府)?(?:工作)?报告|国家(?:政府工作)?报告|\b(?:china's|the nation(?:al)?(?:'s)?|the state council(?:'s)?|the country's)\b"
)


def of_the_nation(question: Question, store: Store) -> bool:
    """Whether a question is about the whole country, and documents that are of no province are held to answer it."""
    named = question.provinces or question.named
    return not named and bool(store.placeless) and bool(_NATION.search(fold(question.text).strip()))
