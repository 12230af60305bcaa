"""What a language model wrote, taken apart: sentences, what each marker stands behind, words in quotation marks.

It knows nothing about evidence; whether a part is true is ``grounding``'s matter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_SENTENCE = 1000
"""A longer sentence is not read: no answer needs one, and rules that search it would take long."""
_MARKERS = re.compile(r"[\[【［〔]\s*\^?([0-9]{1,3}(?:\s*[,，、;；]\s*\^?[0-9]{1,3})*)\s*[\]】］〕]")
_MARK = re.compile(r"\[([0-9]{1,3})\]")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*+•·]\s+|[0-9]{1,2}[.)、]\s*(?=\D))")
_AFTER_STOP = re.compile(r"(?:[”’」』）)\"']*)(?:\s*\[[0-9]{1,3}\])*[。！？!?.；;]*\s*")
_PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’", "《": "》", "〈": "〉", "﹁": "﹂"}
_CLOSING = frozenset(_PAIRS.values())


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence with the markers that it stands on.

    ``text`` is without markers and emphasis; ``own`` has ``＿`` where words in quotation marks stood, ``quoted`` has
    those words; ``before`` is the sentence up to the end of this part, without markers.
    """

    text: str
    own: str
    quoted: tuple[str, ...]
    before: str
    marks: tuple[int, ...]


def cleaned(text: str) -> str:
    """The text in plain characters and plain markers, without thinking aloud, emphasis and half characters."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _THOUGHT.sub("", text).replace("\r\n", "\n").replace("**", "")
    text = "".join(c if c in "\n" or unicodedata.category(c) != "Cc" else " " for c in text)
    return _MARKERS.sub(lambda m: "".join(f"[{int(n)}]" for n in re.findall(r"[0-9]+", m[1])), text)


def lines_of(text: str) -> list[tuple[str, list[str]]]:
    """``(bullet, sentences)`` of each line that says something; numbers before a line become bullets."""
    out = []
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        said = split(line[bullet.end() :] if bullet else line)
        if said:
            out.append(("- " if bullet else "", said))
    return out


def split(line: str) -> list[str]:
    """The sentences of a line, markers behind the full stop included: ``…2.3万家。[1]``."""
    out: list[str] = []
    depth = at = start = 0
    while at < len(line):
        char = line[at]
        depth += (char in _PAIRS) - (char in _CLOSING and depth > 0)
        at += 1
        if _ends(line, at - 1) and (depth == 0 or (line[at : at + 1] in _CLOSING and _closes_sentence(line, at))):
            stop = _AFTER_STOP.match(line, at)
            end = stop.end() if stop else at
            depth = 0
            out.append(line[start:end])
            start = at = end
    out.append(line[start:])
    return [s.strip() for s in out if s.strip()]


def _ends(line: str, at: int) -> bool:
    """Whether a sentence can end here; a point between digits or letters is no full stop."""
    if line[at] in "。！？!?":
        return True
    return line[at] == "." and not re.match(r"\w", line[at + 1 : at + 2])


def _closes_sentence(line: str, at: int) -> bool:
    """Whether the quotation that closes here ends the sentence: markers, then nothing or a new sentence, follow."""
    after = re.compile(r"[”’」』]+(?:\s*\[[0-9]{1,3}\])*\s*(?=$|[^\s，,、；;。：:的等和与\[])").match(line, at)
    return after is not None


def parts_of(sentence: str) -> list[Part]:
    """The parts of a sentence: each ends with its markers; what follows the last marker belongs to the last part."""
    runs = [m.span() for m in re.finditer(r"(?:\[[0-9]{1,3}\][\s，,、和与]*?)*\[[0-9]{1,3}\]", sentence)]
    out = []
    for i, (start, end) in enumerate(runs):
        first = runs[i - 1][1] if i else 0
        rest = sentence[end:] if i == len(runs) - 1 else ""
        text = f"{sentence[first:start]}{rest}"
        own, quoted = unquoted(text)
        marks = tuple(dict.fromkeys(int(n) for n in _MARK.findall(sentence[start:end])))
        out.append(Part(text, own, quoted, _MARK.sub("", sentence[:start] + rest), marks))
    return out


def unquoted(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with ``＿`` for each quotation, and the quotations; an unclosed one reaches to the end."""
    own: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(text):
        closing = '"' if text[at] == '"' else _PAIRS.get(text[at])
        if closing is None:
            own.append(text[at])
            at += 1
            continue
        end = _closing_at(text, at, closing)
        quoted.append(text[at + 1 : end])
        own.append("＿")
        at = end + 1
    return "".join(own), tuple(quoted)


def _closing_at(text: str, at: int, closing: str) -> int:
    """Where the quotation that opens here closes; quotations inside it are its own."""
    if closing == '"':
        found = text.find('"', at + 1)
        return found if found >= 0 else len(text)
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == text[at]) - (text[i] == closing)
        if depth == 0:
            return i
    return len(text)
