"""One question over one store: what was retrieved, and how well any stretch of text fits the question.

Fit has two sides: the share of what the question speaks of that stands in the stretch (in any wording of the lexicon),
and late interaction between the question's tokens and the stretch's own.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.answer.filtering import filter_of, resolved
from assistant.encoders import Model
from assistant.lexicon import Lexicon
from assistant.passages import indexed_text
from assistant.question.analyse import analyse
from assistant.question.rendering import chinese_of, rendered
from assistant.retrieve import Candidate, one_thread
from assistant.store import Store
from assistant.text import fold, has_cjk, sentences, squeezed
from assistant.types import Encoded, Fact, Filter, Passage, Period, Question, Span, Term

TERM_WEIGHT = {"measure": 3.0, "quoted": 3.0, "term": 2.5, "word": 1.0}
"""How much of a question each kind of term is: named things decide, plain words only help."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a passage with its fit: ``coverage`` and ``similarity`` in [0, 1], ``score`` their mixture.

    ``content`` is the similarity of what the question speaks of alone, without its places, years and words of asking;
    ``worst`` that of the term that fits least.
    """

    span: Span
    passage: Passage
    text: str
    coverage: float
    similarity: float
    content: float = 0.0
    worst: float = 0.0

    @property
    def score(self) -> float:
        """Equal parts; either side alone is fooled (synonyms by the one, other provinces' figures by the other)."""
        return 0.5 * self.coverage + 0.5 * self.similarity


class Inquiry:
    """A question with the store it is asked of and what retrieval found under its filter."""

    def __init__(
        self,
        question: Question,
        *,
        store: Store,
        lexicon: Lexicon,
        model: Model,
        encoded: Encoded,
        where: Filter,
        candidates: Sequence[Candidate],
    ) -> None:
        self.question = question
        self.store = store
        self.lexicon = lexicon
        self.where = where
        self.candidates = list(candidates)
        self._model = model
        self._encoded = encoded
        self.rendered = rendered(question.standalone, question)  # as it was encoded
        self.sentence_scores: Mapping[Span, float] | None = None  # see ranking.sentence_scores
        self.best_answers: float | None = None  # see features.fact_features
        self._leads: dict[str, list[tuple[int, int]]] = {}
        self._matrices: dict[int, tuple[NDArray[np.float32], NDArray[np.int64]]] = {}

    def part(self, text: str) -> Inquiry:
        """The inquiry about one part of a question that asks for several things.

        Places stay, and so do roles and years unless the part names its own within those of the whole.
        """
        asked = resolved(analyse(text, self.lexicon, self.store.segmenter), self.store)
        question = replace(
            self.question,
            standalone=text,
            terms=asked.terms,
            content=asked.content,
            wanted=asked.wanted,
            units=asked.units,
        )
        in_role = replace(question, periods=asked.periods, years=asked.years)
        where = filter_of(in_role, self.store)
        narrower = set(where.years) <= set(self.where.years or where.years)
        narrower &= set(where.periods) <= set(self.where.periods or where.periods)
        own = bool(asked.periods or asked.years) and narrower
        part = self._with(in_role if own else question, self._model.encode_queries([rendered(text, question)])[0])
        part.where = where if own else self.where
        return part

    def wanting(self, wanted: Literal["level", "growth", "increment", ""]) -> Inquiry:
        """The same inquiry, asking for another kind of figure."""
        return self._with(replace(self.question, wanted=wanted, units=()), self._encoded)

    def narrowed(self, terms: tuple[Term, ...]) -> Inquiry:
        """The same inquiry, speaking of these terms alone; what it says is then its own words, not the whole question's."""
        content = " ".join(t.wordings[0] for t in terms)
        question = replace(self.question, text=self.question.standalone, terms=terms, content=content)
        return self._with(question, self._encoded)

    def in_role(self, where: Filter, periods: tuple[Period, ...], years: tuple[int, ...] = ()) -> Inquiry:
        """The same inquiry, about other roles or years: ``where`` filters, the question asks for them."""
        question = replace(self.question, periods=periods, years=years, plan_years=None)
        inquiry = self._with(question, self._encoded)
        inquiry.where = where
        return inquiry

    def about_same(self, part: Inquiry) -> Inquiry:
        """The same inquiry, asking for the figure that a later part of the question asks for without naming its thing."""
        asked = part.question
        terms = (*self.question.terms, *(t for t in asked.terms if t not in self.question.terms))
        question = replace(
            self.question, terms=terms, wanted=asked.wanted, units=asked.units, periods=asked.periods, years=asked.years
        )
        inquiry = self._with(question, self._encoded)
        inquiry.where = part.where
        return inquiry

    def _with(self, question: Question, encoded: Encoded) -> Inquiry:
        other = Inquiry(
            question,
            store=self.store,
            lexicon=self.lexicon,
            model=self._model,
            encoded=encoded,
            where=self.where,
            candidates=self.candidates,
        )
        if encoded is self._encoded:
            other.rendered = self.rendered
        return other

    @functools.cached_property
    def terms(self) -> tuple[Term, ...]:
        """The question's terms that this text could hold at all.

        Plain words of another script (English words asked of Chinese text) are left to the vectors.
        """
        texts = " ".join(squeezed(c.passage.text) for c in self.candidates)
        return tuple(
            t
            for t in self.question.terms
            if t.kind != "word" or any(has_cjk(w) or squeezed(w) in texts for w in t.wordings)
        )

    @functools.cached_property
    def measures(self) -> frozenset[str]:
        """The lexicon's measures that the question asks about."""
        found = (self.lexicon.measure(t.wordings[0]) for t in self.question.terms if t.kind == "measure")
        return frozenset(m.id for m in found if m is not None)

    @functools.cached_property
    def held(self) -> tuple[str, ...]:
        """The provinces of the corpus, in the lexicon's order."""
        present = set(self.store.provinces())
        return tuple(p.name for p in self.lexicon.provinces if p.name in present)

    @functools.cached_property
    def places(self) -> tuple[str, ...]:
        """The provinces of the corpus; of texts that are of none, their one place, which has no name."""
        national = bool(self.where.documents) and set(self.where.documents) <= set(self.store.placeless)
        return ("",) if national else self.held or ("",)

    @functools.cached_property
    def years(self) -> tuple[int, ...]:
        """The years of the corpus."""
        return self.store.years()

    def passages(self, where: Filter | None = None) -> tuple[Passage, ...]:
        """The passages under a filter (the question's own by default)."""
        return self.store.passages(self.where if where is None else where)

    def facts(self, where: Filter | None = None) -> tuple[Fact, ...]:
        """The facts under a filter (the question's own by default)."""
        return self.store.facts(self.where if where is None else where)

    def facts_within(self, spans: Sequence[Span], *, few: int = 0) -> tuple[Fact, ...]:
        """Of the question's facts those inside one of the spans; all, where they are no more than ``few``."""
        return self.store.facts_within(spans, self.where, few=few)

    def passage_at(self, span: Span) -> Passage:
        """The passage in which a span begins."""
        return self.store.passage(self.store.row_at(span))

    def about(self, provinces: Iterable[str]) -> Filter:
        """The question's filter for these provinces."""
        return replace(self.where, provinces=tuple(p for p in provinces if p))

    def section_lead(self, passage: Passage) -> tuple[int, int]:
        """Where the first sentence of the passage's section stands in the document."""
        doc_id = passage.span.doc_id
        if doc_id not in self._leads:
            text = self.store.document(doc_id).text
            spans = [s.span for s in self.store.sections(doc_id)]
            self._leads[doc_id] = [(s.start, sentences(text, s.start, min(s.end, s.start + 400))[0][1]) for s in spans]
        leads = self._leads[doc_id]
        return leads[max(bisect.bisect_right(leads, (passage.span.start, 1 << 60)) - 1, 0)]

    def stretch(self, passage: Passage, start: int, end: int, row: int | None = None) -> Stretch:
        """The fit of ``[start, end)`` (document offsets) of a passage."""
        text = passage.text[start - passage.span.start : end - passage.span.start]
        row = self.store.row_of(passage.id) if row is None else row
        best = self.token_similarities(row, passage, start - passage.span.start, end - passage.span.start)
        span = Span(passage.span.doc_id, start, end)
        similarity = float(best.mean()) if len(best) else 0.0
        return Stretch(span, passage, text, self.coverage(text, passage), similarity, *self.content_fit(best))

    def token_similarities(self, row: int, passage: Passage, start: int, end: int) -> NDArray[np.float32]:
        """For each question token its best cosine with a passage's own tokens in ``[start, end)`` (passage offsets)."""
        if row not in self._matrices:
            tokens, scales = self.store.tokens(row)
            indexed = indexed_text(passage)
            with one_thread():
                matrix = (self._encoded.tokens @ tokens.T.astype(np.float32)) * scales
            offsets = np.array(self._model.token_offsets(indexed), np.int64).reshape(-1, 2)[: matrix.shape[1]]
            self._matrices[row] = matrix, offsets - (len(indexed) - len(passage.text))
        matrix, offsets = self._matrices[row]
        inside = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start))
        return matrix[:, inside].max(axis=1) if len(inside) and len(matrix) else np.zeros(len(matrix), np.float32)

    @functools.cached_property
    def question_offsets(self) -> list[tuple[int, int]]:
        """Where the question's tokens stand in its standalone text."""
        return self._model.question_offsets(self.rendered)

    @functools.cached_property
    def content_tokens(self) -> tuple[tuple[int, ...], ...]:
        """For each term of the question the rows of its tokens; terms that the text does not spell out are left out."""
        text = fold(self.rendered)
        found = []
        for term in self.question.terms:
            word = term.wordings[0] if has_cjk(self.question.standalone) else chinese_of(term) or term.wordings[0]
            at = text.rfind(word)
            end = at + len(word)
            rows = tuple(i for i, (a, b) in enumerate(self.question_offsets) if a < end and b > at) if at >= 0 else ()
            if rows:
                found.append(rows)
        return tuple(found)

    def content_fit(self, best: NDArray[np.float32]) -> tuple[float, float]:
        """Mean over the tokens of the question's terms, and of the term that fits least, of ``token_similarities``."""
        each = [best[list(rows)] for rows in self.content_tokens if rows[-1] < len(best)]
        if not each:
            mean = float(best.mean()) if len(best) else 0.0
            return mean, mean
        return float(np.concatenate(each).mean()), float(min(e.mean() for e in each))

    def coverage(self, text: str, passage: Passage | None = None) -> float:
        """The weighted share of the question's terms that stand in a text, wholly or in part."""
        if not self.terms:
            return 0.0
        folded = squeezed(text)
        heading = squeezed(" ".join(passage.heading)) if passage else ""
        total = sum(weight_of(t) for t in self.terms)
        found = sum(weight_of(t) * max(term_match(t, folded), 0.5 * term_match(t, heading)) for t in self.terms)
        return found / total


def weight_of(term: Term) -> float:
    """How much of a question a term is; plain words weigh by their length (longer words are rarer)."""
    base = TERM_WEIGHT[term.kind]
    if term.kind != "word":
        return base
    return base * min(len(chinese_of(term) or term.wordings[0]), 6) / 3


LIKE = 0.25
"""``term_match`` from which a text speaks of a term in nearly its words: half of its character pairs."""


def term_match(term: Term, folded: str) -> float:
    """1 if any wording stands in the squeezed text, else for Han wordings the share of their character pairs found."""
    return _match(term.wordings, folded)


@functools.lru_cache(maxsize=1 << 16)  # a list question asks three times about each sentence
def _match(wordings: tuple[str, ...], folded: str) -> float:
    whole, pairs = forms(wordings)
    for wanted in whole:
        if wanted in folded:
            return 1.0
    best = 0.0
    for each in pairs:
        best = max(best, sum([p in folded for p in each]) / len(each))
    return best**2  # half the pairs is a quarter of the term: 科技型企业 is not 科技型中小企业


@functools.lru_cache(maxsize=1 << 12)
def forms(wordings: tuple[str, ...]) -> tuple[list[str], list[list[str]]]:
    """The wordings squeezed, and the character pairs of those in Han characters that have more than one."""
    whole = [w for w in map(squeezed, wordings) if w]
    return whole, [[w[i : i + 2] for i in range(len(w) - 1)] for w in whole if has_cjk(w) and len(w) > 2]
