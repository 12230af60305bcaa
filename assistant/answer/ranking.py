"""Which sentence answers: the one that carries what its context does not already say.

A text names its subject once, in a heading or a section's first sentence, and then speaks of it without naming it. The
words of the question that stand in that lead are therefore settled; what decides is how a sentence meets the rest of
them, measured against the other sentences of its section, and whether it holds the form of answer asked for. Passages
count by their section: within one, the passage that repeats the subject is no likelier to hold the answer.

The weights are fitted listwise (the right sentence against all others of its question) on CMRC 2018 trial and the
development splits of the project's own sets: docs/decisions.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answer.calibration import Calibration, load_calibration
from assistant.answer.expecting import FORM_FEATURES, Expected, expected
from assistant.answer.inquiry import Inquiry, Stretch, term_match, weight_of
from assistant.question.analyse import content_words
from assistant.retrieve import Candidate
from assistant.text import fold, sentences, squeezed, trim
from assistant.types import Passage, Span

RANKING_FEATURES = (
    "rank", "section", "in_section", "lead", "distance", "unsettled", "best_share", "rest_distance",
    "with_lead", "with_previous", "terms", "named", "all_settled", *FORM_FEATURES,
)  # fmt: skip
RANKED = 10
"""Passages whose sentences are ranked."""
_FLOOR = 0.8
"""Late-interaction similarities lie between this and 0.95 with the bundled model; stretched to about [0, 1.5]."""
_ADJACENT = 4
"""Characters between two sentences that follow one another, at most: the spaces and line breaks between them."""
_TIE = 1e-3
"""Similarities closer than this are equal: token vectors are held in eight bits."""

_OF_ASKING = 0.05
"""Weight of a question's tokens that are no content (a word's is 0.7 or more): a date is a little near "when"."""
_UNKNOWN = 0.02
"""How unsettled each token counts where the lead was not found; with it, about the difference of two sentences."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question: the tokens of each of its words, how much each token weighs (sum 1) and which are no punctuation."""

    words: Mapping[str, tuple[int, ...]]
    weights: Array
    is_word: NDArray[np.bool_]
    expected: Expected
    term_weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Lead:
    """What the sentences of a section leave unsaid: where it ends, tokens and terms of the question not settled by it."""

    end: int
    rest: tuple[int, ...]
    matches: tuple[float, ...]
    heading: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a candidate: its span in the document, its section, and each question token's best cosine in it."""

    candidate: Candidate
    rank: int
    span: Span
    section: tuple[str, int]
    text: str
    best: Array


def rank_sentences(
    inquiry: Inquiry, candidates: Sequence[Candidate], model: Calibration | None = None
) -> list[tuple[float, Stretch]]:
    """The sentences of the candidates with their scores, best first, ties by place; the shipped weights by default."""
    model = model or load_calibration("ranking")
    scored = [(model.log_odds(features), stretch) for features, stretch in ranking_rows(inquiry, candidates)]
    return sorted(scored, key=lambda r: (-r[0], r[1].span))


def ranking_rows(inquiry: Inquiry, candidates: Sequence[Candidate]) -> list[tuple[dict[str, float], Stretch]]:
    """The features of every sentence of the candidates, for ranking and for fitting it."""
    found = [s for rank, c in enumerate(candidates) for s in _sentences(inquiry, c, rank)]
    if not found or not len(found[0].best):  # nothing to rank, or a question without tokens
        return []
    asked = _asked(inquiry, len(found[0].best))
    leads = {s.section: _lead(inquiry, asked, s.candidate.passage) for s in found}
    similar = _similarities(found, asked, leads)
    stages = _stages(found)
    rows = []
    for i, s in enumerate(found):
        lead = leads[s.section]
        matches = [term_match(t, squeezed(s.text)) for t in inquiry.terms]
        is_lead = s.span.start < lead.end
        features = {name: float(values[i]) for name, values in similar.items()} | stages[i]
        features |= _said(inquiry, asked, lead, matches) | asked.expected.features(fold(s.text), is_lead=is_lead)
        rows.append((features | {"lead": float(is_lead)}, _stretch(inquiry, s, lead, matches)))
    return rows


def _sentences(inquiry: Inquiry, candidate: Candidate, rank: int) -> list[_Sentence]:
    passage, doc_id = candidate.passage, candidate.passage.span.doc_id
    section = (doc_id, inquiry.section_lead(passage)[0])
    title = squeezed(inquiry.store.document(doc_id).title) if not passage.heading else ""
    found = []
    for a, b in sentences(passage.text):
        a, b = trim(passage.text, a, b)
        if b > a and not (title and squeezed(passage.text[a:b]) == title):  # a title answers nothing
            span = Span(doc_id, passage.span.start + a, passage.span.start + b)
            best = inquiry.token_similarities(candidate.row, passage, a, b)
            found.append(_Sentence(candidate, rank, span, section, passage.text[a:b], best))
    return found


def _asked(inquiry: Inquiry, n_tokens: int) -> _Asked:
    text = fold(inquiry.rendered)
    offsets = inquiry.question_offsets[:n_tokens]
    words = content_words(inquiry.rendered, inquiry.store.segmenter)
    texts = [fold(c.passage.text) for c in inquiry.candidates]
    tokens = {w: _tokens_of(w, text, offsets) for w in words}
    weights = np.full(n_tokens, _OF_ASKING, np.float32)
    for word in words:
        for i in tokens[word]:
            weights[i] = max(weights[i], _rarity(sum(word in t for t in texts), len(texts)))
    is_word = np.zeros(n_tokens, np.bool_)
    is_word[: len(offsets)] = [any(c.isalnum() for c in text[a:b]) for a, b in offsets]
    bare = [squeezed(t) for t in texts]
    holding = [sum(any(squeezed(w) in t for w in term.wordings) for t in bare) for term in inquiry.terms]
    rarities = tuple(_rarity(n, len(bare)) for n in holding)
    return _Asked(tokens, weights / weights.sum(), is_word, expected(text, words), rarities)


def _tokens_of(word: str, text: str, offsets: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    at = text.find(word)
    return tuple(i for i, (a, b) in enumerate(offsets) if a < at + len(word) and b > at) if at >= 0 else ()


def _rarity(holding: int, of: int) -> float:
    return math.log(1 + (of + 1) / (1 + holding))


def _lead(inquiry: Inquiry, asked: _Asked, passage: Passage) -> _Lead:
    text, end = lead_of(inquiry, passage)
    rest = sorted({i for word, rows in asked.words.items() if word not in text for i in rows})
    bare, heading = squeezed(text), squeezed(" ".join(passage.heading))
    return _Lead(
        end,
        tuple(rest),
        tuple(term_match(t, bare) for t in inquiry.terms),
        tuple(term_match(t, heading) for t in inquiry.terms),
    )


def _similarities(
    found: Sequence[_Sentence], asked: _Asked, leads: Mapping[tuple[str, int], _Lead]
) -> dict[str, NDArray[np.float32]]:
    """How each sentence meets the question's tokens, beside the others of its section: a value a sentence by feature."""
    best = np.array([s.best for s in found])
    top, settled, before = _context(found, best, leads)
    # Sums rather than products with @: BLAS now and then flags finite small products as invalid.
    unsettled = np.where(settled > 0, np.maximum(top - settled, 0), _UNKNOWN) * asked.is_word
    rest = np.array([_mean(row, leads[s.section].rest) for s, row in zip(found, best, strict=True)])
    tops = {s.section: -1.0 for s in found}
    for s, value in zip(found, rest, strict=True):
        tops[s.section] = max(tops[s.section], float(value))
    return {
        "distance": 10 * ((best - top) * asked.weights).sum(axis=1),
        "unsettled": 10 * (unsettled * (best - top)).sum(axis=1) / (unsettled.sum(axis=1) + _UNKNOWN),
        "best_share": ((best >= top - _TIE) * asked.weights).sum(axis=1),
        "rest_distance": 10 * (rest - np.array([tops[s.section] for s in found])),
        "with_lead": 10 * (np.maximum(best, settled).mean(axis=1) - _FLOOR),
        "with_previous": 10 * (np.maximum(best, before).mean(axis=1) - _FLOOR),
    }


def _context(
    found: Sequence[_Sentence], best: Array, leads: Mapping[tuple[str, int], _Lead]
) -> tuple[Array, Array, Array]:
    """For each sentence the section's best similarities, its lead's (0 where not found), the previous sentence's."""
    top, settled, before = np.empty_like(best), np.zeros_like(best), np.zeros_like(best)
    for section in {s.section for s in found}:
        rows = sorted((i for i, s in enumerate(found) if s.section == section), key=lambda i: found[i].span)
        top[rows] = best[rows].max(axis=0)
        if found[rows[0]].span.start < leads[section].end:
            settled[rows] = best[rows[0]]
        for i, j in zip(rows, rows[1:], strict=False):
            if found[j].span.start - found[i].span.end < _ADJACENT:
                before[j] = best[i]
    return top, settled, before


def _mean(values: Array, rows: Sequence[int]) -> float:
    """The mean over some tokens; over all where there are none."""
    inside = [i for i in rows if i < len(values)]
    return float(values[inside].mean() if inside else values.mean()) if len(values) else 0.0


def _stages(found: Sequence[_Sentence]) -> list[dict[str, float]]:
    """Where retrieval put the sentence's passage, its section, and the passage within the section."""
    fused: dict[tuple[str, int], float] = {}
    late: dict[tuple[str, int], float] = {}
    for s in found:
        fused[s.section] = max(fused.get(s.section, -math.inf), s.candidate.fused)
        late[s.section] = max(late.get(s.section, 0.0), s.candidate.late)
    top = max(fused.values())
    return [
        {
            "rank": 1 / (1 + s.rank),
            "section": fused[s.section] - top,
            "in_section": 10 * (s.candidate.late - late[s.section]),
        }
        for s in found
    ]


def _said(inquiry: Inquiry, asked: _Asked, lead: _Lead, matches: Sequence[float]) -> dict[str, float]:
    """How far the question's terms stand in the sentence or its lead, and its named ones in the sentence itself."""
    total = sum(asked.term_weights)
    said = sum(w * max(m, s) for w, m, s in zip(asked.term_weights, matches, lead.matches, strict=True))
    named = [m for t, m in zip(inquiry.terms, matches, strict=True) if t.kind != "word"]
    return {
        "terms": said / total if total else 0.0,
        "named": sum(named) / len(named) if named else 0.0,
        "all_settled": float(all(m == 1.0 for m in lead.matches)),
    }


def _stretch(inquiry: Inquiry, sentence: _Sentence, lead: _Lead, matches: Sequence[float]) -> Stretch:
    """The sentence with its fit, as ``Inquiry.stretch`` would tell it, from what is known already."""
    weights = [weight_of(t) for t in inquiry.terms]
    found = sum(w * max(m, 0.5 * h) for w, m, h in zip(weights, matches, lead.heading, strict=True))
    best = sentence.best
    return Stretch(
        sentence.span,
        sentence.candidate.passage,
        sentence.text,
        found / sum(weights) if weights else 0.0,
        float(best.mean()) if len(best) else 0.0,
        *inquiry.content_fit(best),
    )


def sentence_scores(inquiry: Inquiry) -> Mapping[Span, float]:
    """The score of every sentence of the passages that retrieval put first, computed once for an inquiry."""
    if inquiry.sentence_scores is None:
        inquiry.sentence_scores = {s.span: score for score, s in rank_sentences(inquiry, inquiry.candidates[:RANKED])}
    return inquiry.sentence_scores


def lead_of(inquiry: Inquiry, passage: Passage) -> tuple[str, int]:
    """What a passage's sentences leave unsaid: headings and the section's first sentence, folded; and that one's end."""
    start, end = inquiry.section_lead(passage)
    document = inquiry.store.document(passage.span.doc_id)
    return fold(" ".join(passage.heading) + document.text[start:end]), end
