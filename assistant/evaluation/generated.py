"""Questions made up by a seeded generator from whatever corpus is open, and from what it does not hold.

They have no labels: they are there to be answered and held to the promises. The same corpus, seed and number give the
same question, and a longer run begins with the questions of a shorter one. It knows nothing about answers.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.assistant import Assistant
from assistant.evaluation import forms
from assistant.lexicon import Lexicon
from assistant.lexicon.values import Province
from assistant.text import sentences, trim
from assistant.types import Fact

_SLOT = re.compile(r"\{(\w+)\}")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_ENGLISH = 4
"""One question in this many is English."""
_DAMAGED = 0.4
"""Share of the questions that are damaged: typing errors, spaces, punctuation, hidden characters, markers."""
_MOST_SENTENCES = 4000
_LONG = (300, 300, 300, 800, 800, 1999, 2001)
"""Characters of very long questions; the last is over the default limit, so it is refused."""


@dataclass(frozen=True, slots=True)
class Generated:
    """One question: ``kind`` is the form's (``figure``, ``hostile``, …), ``lang`` the language of the form."""

    number: int
    kind: str
    lang: str
    question: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What questions are made from: of the corpus, and of the lexicon beyond it."""

    held: tuple[Province, ...]
    absent: tuple[Province, ...]
    regions: tuple[str, ...]
    years: tuple[int, ...]
    measures: tuple[str, ...]
    terms: tuple[str, ...]
    english: tuple[str, ...]
    facts: tuple[Fact, ...]
    quotes: tuple[str, ...]


def material_of(assistant: Assistant) -> Material:
    """What an open corpus and its lexicon offer, in a fixed order."""
    lexicon = assistant.lexicon
    documents = assistant.documents()
    sections = [s for d in documents for s in assistant.sections(d.id)]
    names = {s.province for s in sections if s.province}
    text = "\n".join(d.text for d in documents)
    spans = ((d.text, *trim(d.text, a, b)) for d in documents for a, b in sentences(d.text))
    quotes = dict.fromkeys(t[a:b] for t, a, b in spans if 8 <= b - a <= 200)
    facts = assistant.facts()
    measures = (*(f.measure for f in facts), *(m.name for m in lexicon.measures))
    return Material(
        held=tuple(p for p in lexicon.provinces if p.name in names),
        absent=tuple(p for p in lexicon.provinces if p.name not in names),
        regions=tuple(w for r in lexicon.regions for w in (r.name, *r.aliases)),
        years=tuple(sorted({s.year for s in sections if s.year is not None})),
        measures=tuple(dict.fromkeys(measures)),
        terms=tuple(t.name for t in lexicon.terms if t.name in text) or tuple(t.name for t in lexicon.terms),
        english=_english(lexicon),
        facts=tuple(f for f in facts if f.province),
        quotes=tuple(quotes)[:_MOST_SENTENCES],
    )


def _english(lexicon: Lexicon) -> tuple[str, ...]:
    names = [m.english for m in lexicon.measures] + [t.english for t in lexicon.terms]
    return tuple(dict.fromkeys(words[0] for words in names if words))


def generate(material: Material, n: int, seed: int = 0) -> Iterator[Generated]:
    """``n`` questions, all kinds in turn; question i of a seed is the same whatever ``n``."""
    kinds = (*forms.ZH, "follow", "nowhere", "long")
    for number in range(n):
        draw = _Draw(material, random.Random(f"{seed}/{number}"))
        yield draw.generated(number, kinds[number % len(kinds)])


class _Draw:
    """The choices of one question."""

    def __init__(self, material: Material, rng: random.Random) -> None:
        self._material, self._rng = material, rng
        self._fact = rng.choice(material.facts) if material.facts else None

    def generated(self, number: int, kind: str) -> Generated:
        english = kind in forms.EN and self._rng.randrange(_ENGLISH) == 0
        lang = "en" if english else "zh"
        history: tuple[str, ...] = ()
        if kind == "nowhere":
            question = self._rng.choice(forms.NOWHERE) * self._rng.choice((1, 1, 1, 3))
        elif kind == "long":
            question = self._long()
        elif kind == "follow":
            history = tuple(self._asked("zh") for _ in range(self._rng.randint(1, 3)))
            question = self._filled(self._rng.choice(forms.FOLLOW), "zh")
        else:
            question = self._filled(self._rng.choice((forms.EN if english else forms.ZH)[kind]), lang)
            if self._rng.random() < 0.08:
                history = (self._asked(lang),)
        if lang == "zh" and self._rng.random() < 0.12:
            lang, question = "zh-Hant", _to_traditional().convert(question)
        if kind != "nowhere" and self._rng.random() < _DAMAGED:
            question = self._rng.choice(_DAMAGES)(self, question)
        return Generated(number, kind, lang, question, history)

    def _asked(self, lang: str) -> str:
        """Any question, as a turn before."""
        by_kind = forms.EN if lang == "en" else forms.ZH
        return self._filled(self._rng.choice(by_kind[self._rng.choice(tuple(by_kind))]), lang)

    def _long(self) -> str:
        core = self._asked("zh")
        padding = "".join(self._rng.choice(self._material.quotes or ("背景材料。",)) for _ in range(60))
        size = self._rng.choice(_LONG)
        whole = (padding * (size // max(len(padding), 1) + 1))[: max(size - len(core), 0)]
        return whole + core if self._rng.random() < 0.5 else core + whole

    def _filled(self, form: str, lang: str) -> str:
        return _SLOT.sub(lambda m: self._slot(m[1], lang), form)

    def _slot(self, name: str, lang: str) -> str:
        rng, stock = self._rng, self._material
        simple: dict[str, Sequence[str]] = {
            "r": stock.regions, "o": forms.ROLES, "m": stock.measures, "n": stock.measures, "t": stock.terms, "me": stock.english,
            "w": forms.ABSENT_TERMS, "i": forms.INSTRUCTIONS, "k": forms.MARKUP, "q": stock.quotes,
        }  # fmt: skip
        if name in {"m", "n", "t"} and lang == "en":
            return self._pick(stock.english)
        if name in simple:
            return self._pick(simple[name])
        if name in {"p", "pe", "x"}:
            places = stock.absent if name == "x" else stock.held
            return self._place(rng.choice(places or stock.held or stock.absent), "en" if name == "pe" else lang)
        if name == "ps":
            places = stock.held if rng.random() < 0.8 else (*stock.held, *stock.absent)
            several = rng.sample(places, min(len(places), rng.choice((2, 2, 2, 3, 5))))
            return (" and " if lang == "en" else rng.choice("、和与")).join(self._place(p, lang) for p in several)
        if name in {"y", "z"}:
            return self._time(lang, held=name == "y")
        if name == "l":
            return self._pick(forms.BOUNDS[lang]).format(f=self._figure())
        if name == "a":
            return self._altered(self._pick(stock.quotes))
        return self._of_fact(name, lang)

    def _pick(self, choices: Sequence[str]) -> str:
        return self._rng.choice(choices) if choices else "发展"

    def _place(self, province: Province, lang: str) -> str:
        if lang == "en":
            return province.english
        names = (
            province.name,
            province.name,
            province.name,
            province.full,
            *province.letters[:1],
            *province.misspellings[:1],
        )
        return self._rng.choice(names)

    def _time(self, lang: str, *, held: bool) -> str:
        years = self._material.years or (2022,)
        if held and self._rng.random() < 0.5:
            return self._pick(forms.TIMES[lang])
        year = self._rng.choice(years if held else (years[0] - 1, years[0] - 12, years[-1] + 1, years[-1] + 13, 1999))
        if lang == "en":
            return f"in {year}" if held else str(year)
        return self._rng.choice((f"{year}年", f"{year}年", f"{year % 100:02}年", f"{year}", f"{year}年度"))

    def _figure(self) -> str:
        return self._rng.choice(self._material.facts).figure if self._material.facts else "100家"

    def _of_fact(self, name: str, lang: str) -> str:
        """A part of the one figure that the question is about."""
        fact, held = self._fact, {p.name: p for p in self._material.held}
        if fact is None or fact.province not in held:
            return {"fy": "去年", "fm": "发展", "ff": "5%", "fg": "6%"}.get(name, "")
        parts = {
            "fp": lambda: self._place(held[fact.province or ""], lang),
            "fy": lambda: "" if fact.year is None else f"{fact.year}" if lang == "en" else f"{fact.year}年",
            "fm": lambda: fact.measure,
            "ff": lambda: fact.figure,
            "fg": lambda: self._altered(fact.figure),
        }
        return parts[name]()

    def _altered(self, text: str) -> str:
        """The text with one of its numbers changed a little; unchanged if it has none."""
        found = list(_DIGITS.finditer(text))
        if not found:
            return text
        m = self._rng.choice(found)
        decimals = len(m[0].partition(".")[2])
        changed = f"{float(m[0]) * self._rng.choice((0.5, 0.9, 1.1, 2, 10)) + 1:.{decimals}f}"
        return text[: m.start()] + changed + text[m.end() :]

    # --- damage

    def mistyped(self, text: str) -> str:
        """Two characters the wrong way round, one lost, or one twice."""
        if len(text) < 2:
            return text
        i = self._rng.randrange(len(text) - 1)
        changed = (text[i + 1] + text[i], text[i], text[i] * 2 + text[i + 1])
        return text[:i] + self._rng.choice(changed) + text[i + 2 :]

    def spaced(self, text: str) -> str:
        """Spaces, tabs and line breaks between characters."""
        return "".join(
            c + (self._rng.choice((" ", "　", "\n", "\t")) if self._rng.random() < 0.15 else "") for c in text
        )

    def repunctuated(self, text: str) -> str:
        """Punctuation of another width, too much of it, or none."""
        table = self._rng.choice(
            ({"？": "?", "，": ",", "、": ","}, {"?": "？？？！！！"}, {"？": "", "?": "", "。": ""})
        )
        return self._rng.choice(("", "，", "!!", "…… ")) + "".join(table.get(c, c) for c in text)

    def hidden(self, text: str) -> str:
        """Characters that nobody sees, anywhere."""
        return "".join(c + (self._rng.choice(forms.HIDDEN) if self._rng.random() < 0.1 else "") for c in text)

    def marked(self, text: str) -> str:
        """Markers, markup and figures before or behind."""
        mark = self._pick(forms.MARKUP)
        return mark + text if self._rng.random() < 0.5 else text + mark

    def widened(self, text: str) -> str:
        """Full-width letters and digits, or capitals."""
        if self._rng.random() < 0.3:
            return text.upper()
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


_DAMAGES: tuple[Callable[[_Draw, str], str], ...] = (
    _Draw.mistyped, _Draw.mistyped, _Draw.spaced, _Draw.repunctuated, _Draw.hidden, _Draw.marked, _Draw.widened,
)  # fmt: skip


@functools.cache
def _to_traditional() -> Any:
    import opencc

    return opencc.OpenCC("s2t")
