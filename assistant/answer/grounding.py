"""Whether a sentence that a language model wrote is carried by the quotes that it cites, part by part, and why not.

What a program cannot verify is not shown. So the rules judge no meaning: a part has to be its evidence told again clause
by clause (``retelling``, ``translating``), of the right place (here), time and role (``roles``), its figures with all
that belongs to them (``amounts``). They refuse many true sentences; then the extractive answer stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer.amounts import amount_problem
from assistant.answer.claims import MAX_SENTENCE, Part, parts_of, unquoted
from assistant.answer.retelling import clauses_of, frame_of, is_retold, without_mentions
from assistant.answer.roles import role_problem
from assistant.answer.translating import translation_problem
from assistant.lexicon import Lexicon
from assistant.numerals import bare_figures, figures
from assistant.text import has_cjk
from assistant.types import Citation, Computed

_PLAIN = re.compile(r"[ -~＿　、。〈〉《》「」『』〔〕【】\u4e00-\u9fff\u3400-\u4dbf！-～“”‘’—–…·％‰°×−]*")
_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("‘", "’"))
_MARKUP = re.compile(
    r"[<>`|\\~${}^#*_\[\]@＜＞｀｜＼～＄｛｝＾＃＊＠［］]|&#?\w+;|://|\bwww\.|!\(|\bjavascript:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a sentence may stand on: citations by number, the extractive lines that use them, computed figures.

    ``lines`` are without quotations.
    """

    citations: Mapping[int, Citation]
    lines: Mapping[int, str]
    computed: Sequence[Computed]
    lexicon: Lexicon
    english: bool

    @property
    def several_roles(self) -> bool:
        """Whether sentences have to say their time and role each for itself."""
        return len({(c.year, c.period) for c in self.citations.values()}) > 1

    @property
    def several_provinces(self) -> bool:
        """Whether sentences have to name their province each for itself."""
        return len({c.province for c in self.citations.values()}) > 1

    def problem(self, sentence: str) -> str | None:
        """Why the sentence is not carried by its evidence; ``None`` if it is."""
        if len(sentence) > MAX_SENTENCE:
            return "it is too long to be checked"
        parts = parts_of(sentence)
        if not parts:
            return "it cites nothing"
        for part in parts:
            if any(n not in self.citations for n in part.marks):
                return "it cites what is not there"
            cited = tuple(self.citations[n] for n in part.marks)
            for why in (self._form(part, cited), self._places(part, cited), self._content(part, cited)):
                if why is not None:
                    return why
        return None if self.english != _is_chinese(sentence) else "it is in another language"

    def _form(self, part: Part, cited: tuple[Citation, ...]) -> str | None:
        if not _PLAIN.fullmatch(part.own) or _MARKUP.search(part.own) or "＿" in part.text:
            return "it holds markup or characters that no answer needs"
        if any(not any(q in c.quote for c in cited) for q in part.quoted):
            return "it puts words in quotation marks that its evidence does not have"
        if part.text.count('"') % 2 or any(part.text.count(a) != part.text.count(b) for a, b in _PAIRS):
            return "its quotation marks do not match"
        return None

    def _places(self, part: Part, cited: tuple[Citation, ...]) -> str | None:
        own = {c.province for c in cited}
        quotes = "".join(c.quote for c in cited)
        mentions = self.lexicon.find_provinces(part.own)
        for mention in (*mentions, *self.lexicon.find_cities(part.own)):
            same = mention.kind not in {"region", "city"} and set(mention.names) <= own
            if not same and mention.text not in quotes:
                return "it names a place that its evidence is not about"
        named = {name for m in mentions for name in m.names}
        if self.several_provinces and not {p for p in own if p} <= named:
            return "it does not name the province"
        return None

    def _content(self, part: Part, cited: tuple[Citation, ...]) -> str | None:
        quotes = [c.quote for c in cited]
        amounts = bool(figures(part.text)) or bool(
            bare_figures(part.own) - bare_figures(" ".join(map(str, _years(cited))))
        )
        groups = _groups(cited)
        computed = self._results(part)
        if amounts and len(groups) > 1 and not computed:
            return "it gives figures of several provinces or times at once"
        if len({(c.year, c.period) for c in cited}) > 1:
            return "it speaks of several times at once"
        named = " ".join(self.lines.get(n, "") for n in part.marks)
        return (
            role_problem(part.own, part.before, cited=cited, several=self.several_roles, has_figure=amounts)
            or amount_problem(part.text, quotes=quotes, computed=computed)
            or next((why for g in groups if (why := self._words(part, cited, g, computed=computed, named=named))), None)
        )

    def _words(
        self, part: Part, cited: tuple[Citation, ...], group: Sequence[Citation], *, computed: list[str], named: str
    ) -> str | None:
        """Whether the part's words are those of one province's and time's quotes; each one's has to carry the whole."""
        subjects = list(dict.fromkeys(m.text for m in self.lexicon.find_measures(named)))
        told = [clause for c in group for clause in clauses_of(c.quote, subjects=subjects)]
        if computed and len(_groups(cited)) > 1:  # whose figure another clause gave would be anybody's guess
            told = []
        if self.english:
            return translation_problem(part.text, part.own, told=told, results=computed, lexicon=self.lexicon)
        text = without_mentions(part.text, [c.quote for c in group])
        frame = frame_of(
            plan=any(c.period in {"plan", "plan_5y"} for c in group),
            five=any(c.period in {"plan_5y", "review_5y"} for c in group),
            names=[name for c in cited for name in self._names(c)],
            several=len(_groups(cited)) > 1,
            computed=computed,
        )
        retold = text is not None and is_retold(text, told, frame=frame)
        return None if retold else "it does not retell its evidence clause by clause"

    def _names(self, citation: Citation) -> list[str]:
        """How a sentence may call what a citation is of: its province, and its year."""
        places = (citation.province, *self.lexicon.synonyms_of(citation.province)) if citation.province else ()
        years = (f"{citation.year}年", f"{citation.year}年度", str(citation.year)) if citation.year else ()
        return [name for name in (*places, *years) if len(name) > 1]

    def _results(self, part: Part) -> list[str]:
        """The figures computed from the part's very citations."""
        return [
            c.value
            for c in self.computed
            if c.inputs and set(c.inputs) <= set(part.marks) and figures(c.value)[:1] and figures(c.value)[0].unit
        ]


def _years(cited: tuple[Citation, ...]) -> list[int]:
    return [c.year for c in cited if c.year is not None]


def _groups(cited: Sequence[Citation]) -> list[tuple[Citation, ...]]:
    """The citations by province and time."""
    groups: dict[tuple[object, ...], list[Citation]] = {}
    for c in cited:
        groups.setdefault((c.province, c.year, c.period), []).append(c)
    return [tuple(g) for g in groups.values()]


def _is_chinese(sentence: str) -> bool:
    """Whether a sentence's own words are rather Chinese than English; figures and quotations are left aside."""
    own = unquoted(re.sub(r"\[\d+\]", "", sentence))[0]
    for f in reversed(figures(own)):
        own = own[: f.start] + own[f.end :]
    han = sum(has_cjk(c) for c in own)
    latin = sum(unicodedata.category(c)[0] == "L" and not has_cjk(c) for c in own)
    return 3 * han > latin  # a Han character says about as much as three Latin letters
