"""Whether a text holds what a label asks for: figures by value and unit, phrases whole, yes or no. Pure functions."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.numerals import figures
from assistant.text import fold

_MARKER = re.compile(r"\[\d+\]")
_ENGLISH = (
    (re.compile(r"percentage points?|percent points?|\bpp\b"), "个百分点"),
    (re.compile(r"\s?(?:per ?cent\b|percent\b)"), "%"),
    (re.compile(r"(?:\brmb|\bcny|¥|￥)\s?"), " "),
    (re.compile(r"\s?(?:\byuan\b|\brenminbi\b)"), "元"),
    (re.compile(r"(?<=\d)\s?(?:kilomet(?:re|er)s?\b|km\b)"), "公里"),
)
_UNIT_CLASS = {"元": "money", "美元": "dollar", "欧元": "euro", "港元": "hkd", "%": "percent", "‰": "permille",
               "个百分点": "points", "百分点": "points", "个基点": "basis", "倍": "times", "番": "times"}  # fmt: skip
_COUNTED = set("家户项个件人名位所座条台辆艘架套张份部款种类批场届期支只头株颗枚口处间栋幢片块对组列班篇卷本首起宗桩笔单床站") | {
    "人次", "家次", "项次", "台套"}  # fmt: skip
_BARE = {"percent", "permille", "points", "basis"}  # classes whose unit may never be left out
_NO = re.compile(r"\s*(?:否|不|没|沒|未|并非|無|无|非也|no\b|not\b|none\b)")
_YES = re.compile(r"\s*(?:是|对|對|有|会|會|能|支持|yes\b)")

_BARE_LENGTH = 3
"""是的, 不是, 没有, yes."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure as compared: ``value`` (and ``high`` of a range) in base units, and the class of its unit."""

    value: float
    high: float | None
    unit: str

    def same(self, other: Amount) -> bool:
        """Whether both say the same quantity; an unwritten unit goes with any that needs no sign."""
        return _close(self.value, other.value) and _close(self.high, other.high) and _agree(self.unit, other.unit)


def plain(text: str) -> str:
    """A text for matching: folded, without citation markers and emphasis, English units in the reports' own."""
    folded = fold(_MARKER.sub(" ", text).replace("**", "").replace("\n", " ; "))
    for pattern, unit in _ENGLISH:
        folded = pattern.sub(unit, folded)
    return folded


@functools.lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Amount, ...]:
    """The figures of a text."""
    return tuple(Amount(f.value, f.high, _unit_class(f.unit)) for f in figures(plain(text)))


def _unit_class(unit: str) -> str:
    return "count" if unit in _COUNTED else _UNIT_CLASS.get(unit, unit)


def _close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-12 * max(1.0, abs(a), abs(b))


def _agree(a: str, b: str) -> bool:
    return a == b or ("" in (a, b) and not {a, b} & _BARE)


@functools.lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Letters, digits and Han characters only, folded; a point between digits, % and ‰ stay."""
    folded = plain(text)
    kept = []
    for i, c in enumerate(folded):
        between = c == "." and folded[i - 1 : i].isdigit() and folded[i + 1 : i + 2].isdigit()
        if between or c in "%‰" or unicodedata.category(c)[0] in "LN":
            kept.append(c)
    return "".join(kept)


def holds_phrase(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a text, spacing, punctuation and script variant aside; numbers in it whole."""
    needle = bare(phrase)
    if not needle:
        return False
    before = r"(?<![\d.])" if needle[0].isdigit() else ""
    after = r"(?![\d.])" if needle[-1].isdigit() else ""
    return re.search(before + re.escape(needle) + after, bare(text)) is not None


def only_figure(entry: str) -> Amount | None:
    """The figure that an entry of a label consists of (``突破9000家``), or ``None`` if it is more or other than one."""
    folded = plain(entry)
    found = figures(folded)
    if len(found) != 1 or folded[: found[0].start].strip() or folded[found[0].end :].strip():
        return None
    return Amount(found[0].value, found[0].high, _unit_class(found[0].unit))


def holds(text: str, entry: str, aliases: Mapping[str, Iterable[str]] | None = None) -> bool:
    """Whether a text holds an entry of a label: a figure by value and unit, anything else as a phrase.

    :param aliases: other names of an entry that count as much, such as a province's English one.
    """
    figure = only_figure(entry)
    if figure is not None and any(figure.same(a) for a in amounts(text)):
        return True
    wordings = (entry, *(aliases or {}).get(entry, ()))
    return figure is None and any(holds_phrase(text, w) for w in wordings)


def polarity(text: str) -> bool | None:
    """What a bare answer (是, 没有, "No.") says: yes, no, or neither."""
    folded = plain(text)
    if _NO.match(folded):
        return False
    return True if _YES.match(folded) else None


def opening_polarity(text: str) -> bool | None:
    """What a whole text says, if its first clause is a bare yes or no; an excerpt that opens with 支持 says neither."""
    first = re.split(r"[,.;:!?。]", plain(text), maxsplit=1)[0].strip()
    return polarity(first) if len(first) <= _BARE_LENGTH else None


def strengths_kept(entries: Iterable[str], text: str) -> tuple[float, float]:
    """Of the entries that are figures with a word of strength and that the text tells: how many keep a word, of how many.

    Any word of strength counts: 突破 and 力争突破 warn the reader alike, a bare figure does not.
    """
    told = [(Amount(f.value, f.high, _unit_class(f.unit)), f.strength) for f in figures(plain(text))]
    kept = of = 0
    for entry in entries:
        wanted = only_figure(entry)
        if wanted is None or not figures(plain(entry))[0].strength:
            continue
        found = [strength for amount, strength in told if amount.same(wanted)]
        of += bool(found)
        kept += any(found)
    return float(kept), float(of)
