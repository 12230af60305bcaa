"""One question over one store: what was retrieved, and how well any stretch of text fits the question.

Fit has two sides: the share of what the question speaks of that stands in the stretch (in any wording of the lexicon),
and late interaction between the question's tokens and the stretch's own.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.encoders import Model
from assistant.lexicon import Lexicon
from assistant.passages import indexed_text
from assistant.question.analyse import analyse
from assistant.retrieve import Candidate
from assistant.store import Store
from assistant.text import fold, has_cjk, sentences
from assistant.types import Encoded, Fact, Filter, Passage, Question, Span, Term

TERM_WEIGHT = {"measure": 3.0, "quoted": 3.0, "term": 2.5, "word": 1.0}
"""How much of a question each kind of term is: named things decide, plain words only help."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a passage with its fit: ``coverage`` and ``similarity`` in [0, 1], ``score`` their mixture."""

    span: Span
    passage: Passage
    text: str
    coverage: float
    similarity: float

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
        self._leads: dict[str, list[tuple[int, int]]] = {}
        self._matrices: dict[int, tuple[NDArray[np.float32], list[tuple[int, int]], int]] = {}

    def part(self, text: str) -> Inquiry:
        """The inquiry about one part of a question that asks for several things; places and roles stay."""
        asked = analyse(text, self.lexicon, self.store.segmenter)
        question = replace(
            self.question, terms=asked.terms, content=asked.content, wanted=asked.wanted, units=asked.units
        )
        return Inquiry(
            question,
            store=self.store,
            lexicon=self.lexicon,
            model=self._model,
            encoded=self._model.encode_queries([text])[0],
            where=self.where,
            candidates=self.candidates,
        )

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
    def years(self) -> tuple[int, ...]:
        """The years of the corpus."""
        return self.store.years()

    def passages(self, where: Filter | None = None) -> tuple[Passage, ...]:
        """The passages under a filter (the question's own by default)."""
        return self.store.passages(self.where if where is None else where)

    def facts(self, where: Filter | None = None) -> tuple[Fact, ...]:
        """The facts under a filter (the question's own by default)."""
        return self.store.facts(self.where if where is None else where)

    def passage_at(self, span: Span) -> Passage:
        """The passage in which a span begins."""
        return self.store.passage(self.store.row_at(span))

    def about(self, provinces: Iterable[str]) -> Filter:
        """The question's filter for these provinces."""
        return replace(self.where, provinces=tuple(provinces))

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
        similarity = self.similarity(row, passage, start - passage.span.start, end - passage.span.start)
        span = Span(passage.span.doc_id, start, end)
        return Stretch(span, passage, text, self.coverage(text, passage), similarity)

    def token_similarities(self, row: int, passage: Passage, start: int, end: int) -> NDArray[np.float32]:
        """For each question token its best cosine with a passage's own tokens in ``[start, end)`` (passage offsets)."""
        if row not in self._matrices:
            tokens, scales = self.store.tokens(row)
            indexed = indexed_text(passage)
            matrix = (self._encoded.tokens @ tokens.T.astype(np.float32)) * scales
            self._matrices[row] = matrix, self._model.token_offsets(indexed), len(indexed) - len(passage.text)
        matrix, offsets, prefix = self._matrices[row]
        inside = [i for i, (a, b) in enumerate(offsets) if a < end + prefix and b > start + prefix]
        inside = [i for i in inside if i < matrix.shape[1]]
        return matrix[:, inside].max(axis=1) if inside and len(matrix) else np.zeros(len(matrix), np.float32)

    @functools.cached_property
    def question_offsets(self) -> list[tuple[int, int]]:
        """Where the question's tokens stand in its standalone text."""
        return self._model.question_offsets(self.question.standalone)

    def similarity(self, row: int, passage: Passage, start: int, end: int) -> float:
        """Late interaction of the question with a passage's own tokens in ``[start, end)`` (passage offsets)."""
        best = self.token_similarities(row, passage, start, end)
        return float(best.mean()) if len(best) else 0.0

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
    return base * min(len(term.wordings[0]), 6) / 3 if term.kind == "word" else base


def term_match(term: Term, folded: str) -> float:
    """1 if any wording stands in the squeezed text, else for Han wordings the share of their character pairs found."""
    best = 0.0
    for wording in term.wordings:
        wanted = squeezed(wording)
        if wanted and wanted in folded:
            return 1.0
        if has_cjk(wanted) and len(wanted) > 2:
            pairs = [wanted[i : i + 2] for i in range(len(wanted) - 1)]
            best = max(best, sum(p in folded for p in pairs) / len(pairs))
    return best**2  # half the pairs is a quarter of the term: 科技型企业 is not 科技型中小企业


@functools.lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """Folded, without the quotation marks, spaces and dots that reports put inside terms (“揭榜挂帅”制)."""
    return "".join(c for c in fold(text) if not (c.isspace() or c in "\"'《》〈〉·"))
