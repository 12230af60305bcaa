"""Markdown: its text as it is, after the front matter."""

from __future__ import annotations

import re

from assistant.corpus.decoding import decode
from assistant.corpus.readers.record import KEYS, Reading, Record, told

_FRONT = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n+|$)", re.S)
_LINE = re.compile(r"([^\s:：#-][^:：]*)[:：][ \t]*(.*)")
_LONGEST = 4000  # characters; what is longer between two rules is text


def read(data: bytes, name: str) -> Reading:
    """:raises CorpusError: binary, or of an unknown encoding."""
    text = decode(data, name)
    front = _FRONT.match(text)
    values = _values(front[1]) if front and len(front[1]) <= _LONGEST else {}
    if front is None or not values:
        return Reading((Record(text),))
    try:
        return Reading((Record(text[front.end() :], **told(values)),))
    except ValueError as e:
        known = {n: v for n, v in values.items() if KEYS.get(n.lower()) != "year"}
        return Reading((Record(text[front.end() :], **told(known)),), (f"the year {str(e)!r} is none; write 2023",))


def _values(front: str) -> dict[str, str]:
    """The lines ``key: value``; none if a line is something else, or no key is known: then it is text between rules."""
    values: dict[str, str] = {}
    for line in front.split("\n"):
        m = _LINE.fullmatch(line)
        if m:
            values[m[1].strip()] = m[2].strip().strip("\"'")
        elif line.strip() and not line.startswith((" ", "\t", "-", "#")):
            return {}
    return values if any(name.lower() in KEYS for name in values) else {}
