"""Whether a province says what the plain words of a question ask, decided on its best sentence by a fitted model.

A paraphrase shares some words with the text and is near to the rest. How many and how near are enough depends on the
question: what tells is how a province's best sentence stands among those of the other provinces.
"""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answer.calibration import load_calibration
from assistant.answer.features import SIMILARITY_FLOOR
from assistant.answer.inquiry import Inquiry, Stretch, term_match
from assistant.answer.sentences import Placed, most_held, sentences_in, speaks_of, without
from assistant.question.speech import DOES, naming
from assistant.text import squeezed
from assistant.types import Filter, Passage, Term

SAYING_FEATURES = (
    "share",
    "whole",
    "rarest",
    "content",
    "worst",
    "content_margin",
    "content_median",
    "share_margin",
    "worst_margin",
    "named",
)
MANY = 600
"""Passages up to which every sentence is compared by meaning; of more, those with words in common or found by retrieval."""
SOME = 0.2
WEIGHED = 24
"""Sentences of a province that are compared by meaning, where there are more than ``MANY`` passages."""
PARTLY = 0.4
"""Share of a name (``inquiry.term_match``) below which a sentence speaks of something else."""
COMMON = 1.2
"""Logarithm of how rare a word is, below which nearly a third of all passages hold it."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence with the weight of the question's words in it: ``share`` in whole or part, ``whole``; ``rarest`` alone.

    ``named``: how much it holds of each of the ``names`` things that the question names; ``beside``: and, of
    the words beside these, one that not everybody uses.
    """

    stretch: Stretch
    share: float
    whole: float
    rarest: float
    named: float
    names: int
    beside: bool

    @property
    def rank(self) -> tuple[bool, float]:
        """Words and meaning in equal parts; a similarity of 0.8 is none."""
        return self.named == 1.0, self.share + 2 * self.stretch.content


def saying(inquiry: Inquiry, provinces: Sequence[str], excluded: Sequence[str] = ()) -> dict[str, Stretch]:
    """The best sentence of each province that says what the question's words ask, by the fitted model."""
    best = best_sayings(inquiry, provinces, excluded)
    model = load_calibration("lists")
    quoted = [t for t in inquiry.question.terms if t.kind == "quoted"]
    found = {}
    for p, features in saying_features(best).items():
        said = best[p]
        to_the_letter = all(speaks_of(t, without(said.stretch.text, excluded)) for t in quoted)
        if to_the_letter and said.named >= PARTLY and (said.beside or model.probability(features) >= model.threshold):
            found[p] = said.stretch
    return found


def saying_features(best: Mapping[str, Saying]) -> dict[str, dict[str, float]]:
    """Each province's best sentence as numbers (``SAYING_FEATURES``), by itself and among the others."""
    if not best:
        return {}
    share = max(s.share for s in best.values())
    worst = max(s.stretch.worst for s in best.values())
    contents = [s.stretch.content for s in best.values()]
    return {
        p: {
            "share": s.share,
            "whole": s.whole,
            "rarest": s.rarest,
            "content": 10 * (s.stretch.content - SIMILARITY_FLOOR),
            "worst": 10 * (s.stretch.worst - SIMILARITY_FLOOR),
            "content_margin": 10 * (s.stretch.content - max(contents)),
            "content_median": 10 * (s.stretch.content - statistics.median(contents)),
            "share_margin": s.share - share,
            "worst_margin": 10 * (s.stretch.worst - worst),
            "named": float(s.named == 1.0 and s.names > 0),
        }
        for p, s in best.items()
    }


def best_sayings(inquiry: Inquiry, provinces: Sequence[str], excluded: Sequence[str] = ()) -> dict[str, Saying]:
    """Of each province the sentence that shares most with the question; provinces without any sentence are left out."""
    weights = weights_of(inquiry)
    if not weights or not provinces:  # as a filter no province would be all
        return {}
    rarest = max(weights, key=lambda t: weights[t])
    named = [t for t in weights if t.kind != "word"]
    total = sum(weights.values())
    words = naming(inquiry.question.standalone, [t.wordings[0] for t in weights if t.kind == "word"])
    does = {t for t in weights if words.get(t.wordings[0]) == DOES}
    best: dict[str, Saying] = {}
    for province, found in _worth_weighing(inquiry, provinces, excluded, weights=weights).items():
        for (passage, start, end, _), held, share in found:
            whole = sum(w for t, w in weights.items() if held[t] == 1.0) / total
            stretch = inquiry.stretch(passage, start, end)
            of_names = min((held[t] for t in named), default=1.0)
            beside = of_names == 1.0 and bool(named) and _beside(held, weights, does)
            said = Saying(stretch, share, whole, held[rarest], of_names, len(named), beside)
            best[province] = max(best.get(province, said), said, key=lambda s: s.rank)
    return best


Held = tuple[Placed, Mapping[Term, float], float]
"""A sentence with how much of each term it holds, and of all that tells."""


def _worth_weighing(
    inquiry: Inquiry, provinces: Sequence[str], excluded: Sequence[str], *, weights: Mapping[Term, float]
) -> dict[str, list[Held]]:
    """The sentences of each province that are compared by meaning: all of a few passages, else those with words in common."""
    where = inquiry.about(provinces)
    few = len(inquiry.store.rows(where)) <= MANY
    near = {c.passage.id for c in inquiry.candidates}
    total = sum(weights.values())
    out: dict[str, list[Held]] = {p: [] for p in provinces}
    for placed in sentences_in(inquiry.passages(where) if few else _sharing(inquiry, where, weights)):
        told = without(placed[3], excluded)
        held = {t: 1.0 if speaks_of(t, told) else term_match(t, told) for t in weights}
        share = sum(w * held[t] for t, w in weights.items()) / total
        if few or share >= SOME or placed[0].id in near:
            out[placed[0].province or ""].append((placed, held, share))
    if few:
        return out
    return {p: sorted(found, key=lambda h: (-h[2], h[0][0].span, h[0][1]))[:WEIGHED] for p, found in out.items()}


def _sharing(inquiry: Inquiry, where: Filter, weights: Mapping[Term, float]) -> tuple[Passage, ...]:
    """The passages under a filter that may hold a sentence with ``SOME`` of the weights, and those that retrieval found."""
    store = inquiry.store
    if store.is_small:
        return inquiry.passages(where)
    least = SOME * sum(weights.values())
    share = functools.reduce(np.add, (w * most_held(store.scan, t) for t, w in weights.items()))
    near = [c.row for c in inquiry.candidates]
    rows = np.intersect1d(store.rows(where), np.union1d(store.scan.all_rows[share >= least], near))
    return tuple(sorted(store.passages_at(rows.tolist()), key=lambda p: p.span))


def _beside(held: Mapping[Term, float], weights: Mapping[Term, float], does: Collection[Term]) -> bool:
    """Whether a sentence holds a verb that stands beside a name in the question, or most of the other words there."""
    if any(held[t] == 1.0 for t in does):
        return True
    nouns = {t: w for t, w in weights.items() if t.kind == "word" and t not in does}
    return sum(w for t, w in nouns.items() if held[t] == 1.0) > 0.5 * sum(nouns.values())


def weights_of(inquiry: Inquiry) -> dict[Term, float]:
    """How much each of the question's terms tells: rarer ones more (what everybody says tells nothing), verbs less.

    Verbs that the corpus never writes are the question's own way of asking.
    """
    scan = inquiry.store.scan
    names = naming(inquiry.question.standalone, [t.wordings[0] for t in inquiry.question.terms if t.kind == "word"])
    weights = {}
    for t in inquiry.question.terms:
        n = len(scan.rows(*map(squeezed, t.wordings)))
        name = names.get(t.wordings[0], 1.0)
        weights[t] = (math.log((1 + len(scan)) / (1 + n)) + 0.05) * (name if n or name > DOES else 0.0)
    return {t: w for t, w in weights.items() if w > 0}


def tells(inquiry: Inquiry) -> bool:
    """Whether an inquiry's terms name anything that not everybody speaks of."""
    weights = weights_of(inquiry)
    return any(t.kind != "word" or weights.get(t, 0.0) >= COMMON for t in inquiry.question.terms)
