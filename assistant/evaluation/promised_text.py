"""How an answer's JSON is read when it is held to the promises: numbers, markers, names, and its own words.

It shares nothing with the answers but the table of Traditional characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.text import to_simplified

Answered = Mapping[str, Any]
"""An answer's JSON."""
Provinces = Mapping[str, Sequence[str]]
"""The provinces of the corpus with the other names that a text may call them by."""
MARKER = re.compile(r"\[(\d+)\]")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SCALED = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)(万亿|[百千]?[万亿]|[百千])?(个百分点|%|‰|[\u4e00-\u9fff])?")
_SCALES = {
    "": 1.0,
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
}
_SIGNS = frozenset({"%", "‰", "个百分点"})
_NOT_A_PLACE = r"(?!大学|学院|师范|银行|交通大学|证券|海关)"
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_RULED_OUT = re.compile(
    r"(?:除了?|不算|不含|不包括|排除|不是|别给我|而?不要|(?:except|excluding|besides|other than|apart from|rather than|not)\b)[^，,。;；？?]{0,40}"
)

_BEHIND = "(?:以外|之外|除外)"


def folded(text: Any) -> str:
    """Half width, Simplified, lower case."""
    return to_simplified(unicodedata.normalize("NFKC", str(text))).lower()


def squeezed(text: Any) -> str:
    """Folded, with no space, no emphasis and nothing that cannot be seen."""
    return re.sub(r"\s|\*\*", "", folded(visible(str(text))))


def visible(text: str) -> str:
    """The text without what nobody sees: direction marks and the like."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def numbers(text: Any) -> set[str]:
    """The numbers of a text by value: full width and separators aside, 08 is 8 and 2.0 is 2."""
    return {canonical(n) for n in NUMBER.findall(unicodedata.normalize("NFKC", str(text)))}


def canonical(number: str) -> str:
    """One number without separators, leading zeros and trailing decimals."""
    whole, _, part = number.replace(",", "").partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def amounts(text: Any) -> list[tuple[float, str]]:
    """Every number with its scale multiplied out, and the sign or character of the unit behind it."""
    return [
        (float(n.replace(",", "")) * _SCALES[scale or ""], unit) for n, scale, unit in _SCALED.findall(squeezed(text))
    ]


def scaled(text: Any) -> set[str]:
    """The numbers that a scale or a sign belongs to, by value: 2.0万 is 2万 and not 2亿, 18% is not 18."""
    return {
        f"{canonical(n)}{scale}{unit if unit in _SIGNS else ''}"
        for n, scale, unit in _SCALED.findall(squeezed(text))
        if scale or unit in _SIGNS
    }


def own_words(answer: Answered) -> str:
    """The text without what it quotes; lines and markers stay."""
    text = str(answer["text"])
    for quote in sorted({c["quote"] for c in answer["citations"]}, key=len, reverse=True):
        text = text.replace(quote, " ")
    return text


def statements(text: str) -> Iterator[tuple[str, set[int]]]:
    """Each stretch that ends in markers, and the markers; what follows the last one cites nothing."""
    for line in text.splitlines():
        for said, markers in re.findall(r"(.*?)((?:\[\d+\][\s,，、]*)+)", line):
            yield said, {int(n) for n in MARKER.findall(markers)}


def rows(table: Mapping[str, Any] | None) -> Iterator[tuple[list[str], set[int]]]:
    """The cells of each row, the citation column's left out, and the citations it names."""
    for row in table["rows"] if table else ():
        column = table["citation_column"] if table else 0
        yield [str(c) for i, c in enumerate(row) if i != column], {int(n) for n in re.findall(r"\d+", str(row[column]))}


def named_in(text: Any, provinces: Provinces) -> set[str]:
    """The provinces of the corpus that a text names; an institution's name names none."""
    said = folded(text)
    return {name for name, others in provinces.items() if any(_names(w, said) for w in (name, *others))}


def _names(word: str, said: str) -> bool:
    wanted = re.escape(folded(word))
    return re.search(rf"\b{wanted}\b" if wanted.isascii() else wanted + _NOT_A_PLACE, said) is not None


def asked(answer: Answered, provinces: Provinces) -> tuple[set[str], set[str]]:
    """The provinces that the question names, by itself or else as completed, and those that it rules out."""
    for key in ("question", "standalone_question"):
        told = _SPACED.sub("", visible(answer[key]))
        kept = named_in(_ruled_in(folded(told), provinces), provinces)
        if named_in(told, provinces):
            return kept, named_in(told, provinces) - kept
    return set(), set()


def _ruled_in(told: str, provinces: Provinces) -> str:
    """A folded question without what it rules out, before the names ("除了山东") or behind them ("山东、天津以外")."""
    names = sorted({re.escape(folded(n)) for name, others in provinces.items() for n in (name, *others)}, key=len)
    behind = rf"(?:(?:{'|'.join(reversed(names))})[、和与及跟]?)+{_BEHIND}"
    return re.sub(behind, " ", _RULED_OUT.sub(" ", told)) if names else _RULED_OUT.sub(" ", told)


def rules_out(question: str) -> bool:
    """Whether a question rules something out ("除了沪", "沪以外"), by whatever name."""
    return re.search(f"{_RULED_OUT.pattern}|{_BEHIND}", folded(question)) is not None
