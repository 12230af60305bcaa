"""What is known of a fact or a sentence with regard to a question, as numbers for the fitted models."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answer.admission import admissible
from assistant.answer.calibration import load_calibration
from assistant.answer.inquiry import LIKE, Inquiry, Stretch, term_match, weight_of
from assistant.answer.ranking import RANKED, rank_sentences, sentence_scores
from assistant.lexicon import Lexicon
from assistant.text import sentences, squeezed
from assistant.types import Fact, Passage, Question, Span, Term

FACT_FEATURES = (
    "named", "measure_same", "measure_missing", "measure_clashes", "closeness", "coverage", "similarity", "margin", "content", "content_margin", "worst", "passage_order", "sentence_margin", "kind_fits", "kind_clashes", "growth_unasked", "increment_unasked",
    "unit_fits", "unit_clashes", "role_clashes", "five_years_unasked", "plan_unasked", "before_change",
    "literal", "bounded", "in_best", "best_answers",
)  # fmt: skip
SENTENCE_FEATURES = (
    "coverage",
    "whole",
    "similarity",
    "distance",
    "passage",
    "named",
    "missing",
    "many_terms",
    "no_terms",
    "english",
    "content",
    "worst",
    "content_distance",
    "passage_distance",
)
_PER_CENT = {"%", "个百分点", "百分点", "‰"}
_COUNTED = ({"家", "户", "个"}, {"项", "件", "个"}, {"人", "名", "位"}, {"所", "家", "个"})
SIMILARITY_FLOOR = 0.80
"""Late-interaction similarities of the bundled model lie between 0.8 and 0.95; stretched to about [0, 1.5]."""


def fact_features(inquiry: Inquiry, facts: Sequence[Fact]) -> Iterator[tuple[Fact, Passage, Mapping[str, float]]]:
    """Each fact with its passage and features; ``margin`` is its distance from the most similar of them."""
    rows = []
    text_of, question = inquiry.store.text, inquiry.question
    fit = [f for f in facts if admissible(question, f, text_of(f.clause)) and not _of_another(inquiry, f)]
    for fact in _worth_reading(inquiry, fit):
        passage = inquiry.passage_at(fact.span)
        start, end = max(fact.clause.start, passage.span.start), min(fact.clause.end, passage.span.end)
        rows.append((fact, passage, inquiry.stretch(passage, start, end)))
    order, sentence = _retrieved(inquiry, [fact for fact, _, _ in rows])
    top = max((stretch.similarity for _, _, stretch in rows), default=0.0)
    top_content = max((stretch.content for _, _, stretch in rows), default=0.0)
    for i, (fact, passage, stretch) in enumerate(rows):
        measure, clause = squeezed(fact.named), squeezed(inquiry.store.text(fact.clause))
        features = _named(inquiry.terms, measure, clause) | _identified(inquiry, fact.named)
        features["coverage"] = stretch.coverage
        features["similarity"] = 10 * (stretch.similarity - SIMILARITY_FLOOR)
        features["margin"] = 10 * (stretch.similarity - top)
        features["content"] = 10 * (stretch.content - SIMILARITY_FLOOR)
        features["content_margin"] = 10 * (stretch.content - top_content)
        features["worst"] = 10 * (stretch.worst - SIMILARITY_FLOOR)
        features["passage_order"], features["sentence_margin"] = order[i], sentence[i]
        features |= _beside_the_best(inquiry, fact)
        features["literal"] = _literal(squeezed(fact.measure), squeezed(inquiry.question.standalone))
        features["bounded"] = float(bool(_BOUND.search(fact.strength)))
        before = inquiry.store.text(Span(fact.clause.doc_id, fact.clause.start, fact.span.start))
        features["before_change"] = float(bool(_FROM.search(before)))
        yield fact, passage, features | _form(inquiry.question, fact)


def _of_another(inquiry: Inquiry, fact: Fact) -> bool:
    """Whether a fact is known to measure something else, in a clause that nowhere speaks of what is asked.

    So is one of which nothing is known, where a measure is all that is asked and the sentence has hardly a word of it.
    """
    asked = [t for t in inquiry.question.terms if t.kind == "measure"]
    clashes = bool(_identified(inquiry, fact.named)["measure_clashes"])
    if not asked or (not clashes and len(asked) < len(inquiry.question.terms)):
        return False
    clause = squeezed(inquiry.store.text(fact.clause))
    if any(term_match(t, clause) >= (1.0 if clashes else LIKE) for t in asked):
        return False
    around = "" if clashes else _sentence_of(inquiry, fact)  # "总额突破8000亿元" has its name in the clause before
    return not any(term_match(t, around) >= LIKE for t in asked)


def _sentence_of(inquiry: Inquiry, fact: Fact) -> str:
    """The sentence of a fact, squeezed."""
    passage = inquiry.passage_at(fact.span)
    at = fact.span.start - passage.span.start
    return squeezed(next((passage.text[a:b] for a, b in sentences(passage.text) if a <= at < b), passage.text))


_BOUND = re.compile(r"超|突破|逾|余|多|近|以上|不低于")


def _literal(measure: str, question: str) -> float:
    """The share of a measure phrase that is one stretch of the question, to the letter."""
    at = difflib.SequenceMatcher(a=measure, b=question, autojunk=False).find_longest_match()
    return at.size / len(measure) if measure else 0.0


def _beside_the_best(inquiry: Inquiry, fact: Fact) -> dict[str, float]:
    """Whether a fact stands in the sentence ranked first, and if so how probably that one answers."""
    scores = sentence_scores(inquiry)
    best = min(scores, key=lambda s: (-scores[s], s), default=None)
    inside = best is not None and best.contains(fact.span)
    return {"in_best": float(inside), "best_answers": _answers(inquiry) if inside else 0.0}


def _answers(inquiry: Inquiry) -> float:
    """The fitted probability that the sentence ranked first answers, computed once for an inquiry."""
    if inquiry.best_answers is None:
        ranked = [s for _, s in rank_sentences(inquiry, inquiry.candidates[:RANKED])]
        inquiry.best_answers = load_calibration("sentences").probability(sentence_features(inquiry, ranked))
    return inquiry.best_answers


def _retrieved(inquiry: Inquiry, facts: Sequence[Fact]) -> tuple[list[float], list[float]]:
    """For each fact the place of its passage in retrieval (1, 1/2, …), and how far its sentence scores under the best.

    Both compare the facts with one another: those of one province among themselves.
    """
    places = {c.passage.span: i for i, c in enumerate(inquiry.candidates)}
    at = [next((i for s, i in places.items() if s.contains(f.span)), len(places)) for f in facts]
    ordered = {place: i for i, place in enumerate(sorted(set(at)))}
    known = sentence_scores(inquiry)
    lowest = min(known.values(), default=0.0) - 1.0
    scores = [next((v for s, v in known.items() if s.contains(f.span)), lowest) for f in facts]
    return [1 / (1 + ordered[a]) for a in at], [s - max(scores) for s in scores]


MANY = 60
"""Facts up to which all are read closely; of more, those that share most words with the question or that retrieval
put first. A report has some 200; the close reading of one costs 2 ms.
"""
NEAREST = 4
"""Passages of which every fact is read closely, whatever its words: a paraphrase shares none."""


def _worth_reading(inquiry: Inquiry, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts that could be asked for, in their order."""
    if len(facts) <= MANY:
        return facts
    near = [c.passage.span for c in inquiry.candidates[:NEAREST]]
    weights = [(_words_shared(inquiry, f) + any(s.contains(f.span) for s in near), -i) for i, f in enumerate(facts)]
    best = sorted(range(len(facts)), key=lambda i: weights[i], reverse=True)[:MANY]
    return [facts[i] for i in sorted(best)]


def _words_shared(inquiry: Inquiry, fact: Fact) -> float:
    measure, clause = squeezed(fact.named), squeezed(inquiry.store.text(fact.clause))
    return sum(max(term_match(t, measure), 0.5 * term_match(t, clause)) * weight_of(t) for t in inquiry.terms)


_FROM = re.compile(r"[从由][^，,。；;到至]{0,10}$")  # the first figure of "从5.5%降到5.3%" is not what it is now


def _named(terms: Sequence[Term], measure: str, clause: str) -> dict[str, float]:
    """How far the question's terms stand in the fact's measure (or, counting half, in its clause)."""
    total = found = 0.0
    for term in terms:
        found += weight_of(term) * max(term_match(term, measure), 0.55 * term_match(term, clause))
        total += weight_of(term)
    measures = [t for t in terms if t.kind == "measure"]
    whole = [t for t in measures if term_match(t, measure) == 1.0]
    longest = max((len(w) for t in whole for w in map(squeezed, t.wordings) if w in measure), default=0)
    return {
        "named": found / total if total else 0.0,
        "measure_missing": float(bool(measures) and not whole),
        "closeness": longest / len(measure) if measure else 0.0,
    }


def _identified(inquiry: Inquiry, measure: str) -> dict[str, float]:
    """Whether the lexicon knows the fact's measure as the one asked for, or as another (研发投入强度 for 研发投入)."""
    asked = inquiry.measures
    known = measure_ids(inquiry.lexicon, measure)
    return {
        "measure_same": float(bool(asked & known)),
        "measure_clashes": float(bool(asked and known) and not asked & known),
    }


@functools.lru_cache(maxsize=65536)
def measure_ids(lexicon: Lexicon, measure: str) -> frozenset[str]:
    """The lexicon's measures that a measure phrase names, longest wordings first."""
    return frozenset(name for mention in lexicon.find_measures(measure) for name in mention.names)


def _form(question: Question, fact: Fact) -> dict[str, float]:
    """Whether growth, increment or level, the unit, and the role are what was asked."""
    five = {"review_5y", "plan_5y"}
    asked = set(question.periods)
    fits = [same_unit(fact.unit, unit) for unit in question.units]
    return {
        "kind_fits": float(bool(question.wanted) and question.wanted == fact.kind),
        "kind_clashes": float(bool(question.wanted) and question.wanted != fact.kind),
        "growth_unasked": float(not question.wanted and fact.kind == "growth"),
        "increment_unasked": float(not question.wanted and fact.kind == "increment"),
        "unit_fits": float(any(fits)),
        "unit_clashes": float(bool(fits) and not any(fits)),
        "role_clashes": float(bool(asked) and fact.period not in asked),
        "five_years_unasked": float(fact.period in five and not five & asked),
        "plan_unasked": float(not asked and not question.years and fact.period == "plan"),
    }


def same_unit(a: str, b: str) -> bool:
    """Units that count the same things, or are both of per cent."""
    return a == b or (a in _PER_CENT and b in _PER_CENT) or any(a in group and b in group for group in _COUNTED)


def sentence_features(inquiry: Inquiry, ranked: Sequence[Stretch]) -> dict[str, float]:
    """Whether the best of some sentences answers at all: how much of the question it carries, how it stands out.

    Names of cities are left out of the terms: a city in common ("哈尔滨下雪吗") makes no answer.
    """
    cities = {squeezed(m.text) for m in inquiry.lexicon.find_cities(inquiry.question.text)}
    terms = [t for t in inquiry.terms if squeezed(t.wordings[0]) not in cities]
    best, text = ranked[0], squeezed(ranked[0].text)
    matches = {t: term_match(t, text) for t in terms}
    total = sum(weight_of(t) for t in terms)
    named = [t for t in terms if t.kind != "word"]
    similarities = np.array([s.similarity for s in ranked])
    contents = np.array([inquiry.stretch(s.passage, s.span.start, s.span.end).content for s in ranked])
    lates = np.array([c.late for c in inquiry.candidates])
    fit = inquiry.stretch(best.passage, best.span.start, best.span.end)
    return {
        "coverage": sum(weight_of(t) * matches[t] for t in terms) / total if total else 0.0,
        "whole": sum(weight_of(t) for t in terms if matches[t] == 1.0) / total if total else 0.0,
        "similarity": 10 * (best.similarity - SIMILARITY_FLOOR),
        "distance": _distance(best.similarity, similarities),
        "passage": 10 * (max(c.late for c in inquiry.candidates) - SIMILARITY_FLOOR),
        "named": float(any(matches[t] == 1.0 for t in named)),
        "missing": float(bool(named) and not any(matches[t] == 1.0 for t in named)),
        "many_terms": min(len(terms), 6) / 6,
        "no_terms": float(not terms),
        "english": float(inquiry.question.language == "en"),
        "content": 10 * (fit.content - SIMILARITY_FLOOR),
        "worst": 10 * (fit.worst - SIMILARITY_FLOOR),
        "content_distance": _distance(fit.content, contents),
        "passage_distance": _distance(float(lates.max()), lates),
    }


def _distance(value: float, among: NDArray[np.floating[Any]]) -> float:
    """How many standard deviations a value lies above the mean."""
    return float((value - among.mean()) / (among.std() + 1e-6))
