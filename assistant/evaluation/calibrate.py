"""Fitting the weights and thresholds of answers on the development split, and writing them as data with their origin.

Logistic regression (scikit-learn, L2) on the features of ``answer.features``. The threshold is the probability that
best parts the questions that have an answer from those that have none, on the same split. Ranking has no threshold: its
weights are fitted listwise, the right sentences of a question against its others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Inquiry
from assistant.answer.calibration import Calibration
from assistant.answer.features import FACT_FEATURES, SENTENCE_FEATURES, fact_features, sentence_features
from assistant.answer.inquiry import Stretch
from assistant.answer.ranking import RANKED, RANKING_FEATURES, rank_sentences
from assistant.numerals import figures
from assistant.types import Span

FOLDS = 10
STRENGTH = 1.0
"""scikit-learn's C; 0.1 to 3 gave the same ranking on the development split."""
REFUSED = 2.5
"""What refusing a question that has an answer costs, beside answering one that has none: near misses are ruled out
before (``answer.admission``) and places, years and instructions too, so what is left to the threshold is mostly asked
by people for what is there.
"""
RANKING_FOLDS = 5
RANKING_STRENGTH = 10.0
"""L2 penalty of the listwise fit, on features of unit deviation; 3 to 30 gave the same held-out ranking."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The sentences of one question: features (n, RANKING_FEATURES) and which of them answer.

    ``group`` keeps together what may not be parted by held-out folds: questions about the same paragraph.
    """

    name: str
    group: str
    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def fact_rows(inquiry: Inquiry, evidence: Sequence[Span], answers: Iterable[str]) -> list[tuple[int, list[float]]]:
    """(label, features) of each fact under the question's filter; 1: it lies in the evidence and is an answer's figure."""
    wanted = {(f.value, f.high) for answer in answers for f in figures(answer)}
    rows = []
    for fact, _, features in fact_features(inquiry, inquiry.facts()):
        right = (fact.value, fact.high) in wanted and any(fact.span.overlaps(s) for s in evidence)
        rows.append((int(right), [features[name] for name in FACT_FEATURES]))
    return rows


def judged(
    rows: Sequence[tuple[Mapping[str, float], Stretch]], right: Sequence[bool], *, name: str, group: str
) -> Judged:
    """A question's sentences as ``answer.ranking.ranking_rows`` gives them, for fitting their ranking."""
    features = np.array([[features[n] for n in RANKING_FEATURES] for features, _ in rows])
    return Judged(name, group, features, np.array(right, bool))


def fit_ranking(questions: Sequence[Judged], origin: Mapping[str, Any]) -> dict[str, Any]:
    """The model that ranks sentences, as it is written to a file, with how often the first is right in held-out folds.

    The share is of the questions given: those for which a right sentence was found at all.
    """
    groups = {group: i for i, group in enumerate(sorted({q.group for q in questions}))}
    order = np.random.default_rng(0).permutation(len(groups))
    folds = [int(order[groups[q.group]]) % RANKING_FOLDS for q in questions]
    first: dict[str, list[bool]] = {}
    for fold in range(RANKING_FOLDS):
        weights = listwise_weights([q for q, f in zip(questions, folds, strict=True) if f != fold])
        for question, f in zip(questions, folds, strict=True):
            if f == fold:
                best = int(np.argmax(question.features @ weights))
                first.setdefault(question.name, []).append(bool(question.right[best]))
    held_out = {name: {"questions": len(v), "first is right": round(float(np.mean(v)), 4)} for name, v in first.items()}
    weights = listwise_weights(questions)
    return {
        "origin": dict(origin) | {"held out": held_out},
        "weights": {name: round(float(w), 4) for name, w in zip(RANKING_FEATURES, weights, strict=True)},
        "bias": 0.0,
        "threshold": 0.5,  # not used: only differences count
    }


def listwise_weights(questions: Sequence[Judged]) -> NDArray[np.float64]:
    """The weights that make a right sentence likeliest among all of its question, by softmax (Cao et al. 2007, ListNet).

    ``-sum log(sum_right exp(w x) / sum_all exp(w x)) + L2``, minimised with L-BFGS from zero on standardised features.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped, unused-ignore]

    rows = np.vstack([q.features for q in questions])
    scale = np.where(rows.std(axis=0) > 0, rows.std(axis=0), 1.0)
    rows = (rows - rows.mean(axis=0)) / scale
    right = np.concatenate([q.right for q in questions])
    lengths = [len(q.right) for q in questions]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = rows @ weights
        powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), lengths))
        of_all, of_right = np.add.reduceat(powers, starts), np.add.reduceat(powers * right, starts)
        slope = powers / np.repeat(of_all, lengths) - powers * right / np.repeat(of_right, lengths)
        value = (np.log(of_all) - np.log(of_right)).sum() + 0.5 * RANKING_STRENGTH * weights @ weights
        return float(value), rows.T @ slope + RANKING_STRENGTH * weights

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return np.asarray(found.x / scale, np.float64)


def sentence_row(
    inquiry: Inquiry, evidence: Sequence[Span], ranking: Calibration | None = None
) -> tuple[int, list[float]] | None:
    """(label, features) of a question's best sentence; ``None`` where an answerable question's lies elsewhere.

    A question without evidence is one that has no answer.

    :param ranking: what ranks the sentences; the shipped model by default.
    """
    ranked = [stretch for _, stretch in rank_sentences(inquiry, inquiry.candidates[:RANKED], ranking)]
    if not ranked:
        return None
    right = any(ranked[0].span.overlaps(s) for s in evidence)
    if evidence and not right:
        return None
    features = sentence_features(inquiry, ranked)
    return int(right), [features[name] for name in SENTENCE_FEATURES]


def fit(
    questions: Sequence[Sequence[tuple[int, Sequence[float]]]], names: Sequence[str], origin: Mapping[str, Any]
) -> dict[str, Any]:
    """The fitted model of some questions, each a list of (label, features), as it is written to a file."""
    from sklearn.linear_model import LogisticRegression

    labels = np.array([label for rows in questions for label, _ in rows])
    features = np.array([values for rows in questions for _, values in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(features, labels)
    best = _held_out([rows for rows in questions if rows])
    return {
        "origin": dict(origin) | {"questions": len(questions), "rows": len(labels), "positives": int(labels.sum())},
        "weights": {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)},
        "bias": round(float(model.intercept_[0]), 4),
        "threshold": round(best_threshold(best), 4),
    }


def _held_out(questions: Sequence[Sequence[tuple[int, Sequence[float]]]]) -> list[tuple[float, bool]]:
    """Each question's highest probability by a model fitted without its fold: in-sample ones part too well."""
    from sklearn.linear_model import LogisticRegression

    best = []
    for fold in range(FOLDS):
        kept = [rows for i, rows in enumerate(questions) if i % FOLDS != fold]
        labels = np.array([label for rows in kept for label, _ in rows])
        model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(
            np.array([values for rows in kept for _, values in rows]), labels
        )
        for rows in questions[fold::FOLDS]:
            p = model.predict_proba(np.array([values for _, values in rows]))[:, 1]
            best.append((float(p.max()), any(label for label, _ in rows)))
    return best


def best_threshold(best: Sequence[tuple[float, bool]]) -> float:
    """The probability that parts answerable questions from others at the least cost: midway between its neighbours.

    The cost is the share of the answerable that are refused, ``REFUSED`` times, and the share of the others answered:
    shares, so that the number of questions without an answer that were collected does not move it.

    :param best: of each question its highest probability, and whether it has an answer.
    """
    values = sorted({0.0, 1.0, *(p for p, _ in best)})
    middles = [(a + b) / 2 for a, b in zip(values, values[1:], strict=False)]
    of = {answerable: max(sum(a == answerable for _, a in best), 1) for answerable in (True, False)}
    costs = [sum((REFUSED if a else 1.0) / of[a] for p, a in best if (p >= t) != a) for t in middles]
    least = [t for t, cost in zip(middles, costs, strict=True) if cost <= min(costs) + 1e-9]
    return least[len(least) // 2]


def save(model: Mapping[str, Any], path: Path) -> None:
    """Write a model as ``index/calibration`` holds it."""
    path.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
