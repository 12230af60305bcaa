"""Fitting the weights and thresholds of answers on the development split, and writing them as data with their origin.

Logistic regression (scikit-learn, L2) on the features of ``answer.features``. The threshold is the probability that
best parts the questions that have an answer from those that have none, on the same split.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answer import Inquiry
from assistant.answer.excerpts import best_sentences
from assistant.answer.features import FACT_FEATURES, SENTENCE_FEATURES, fact_features, sentence_features
from assistant.numerals import figures
from assistant.types import Span

FOLDS = 10
STRENGTH = 1.0
"""scikit-learn's C; 0.1 to 3 gave the same ranking on the development split."""


def fact_rows(inquiry: Inquiry, evidence: Sequence[Span], answers: Iterable[str]) -> list[tuple[int, list[float]]]:
    """(label, features) of each fact under the question's filter; 1: it lies in the evidence and is an answer's figure."""
    wanted = {(f.value, f.high) for answer in answers for f in figures(answer)}
    rows = []
    for fact, _, features in fact_features(inquiry, inquiry.facts()):
        right = (fact.value, fact.high) in wanted and any(fact.span.overlaps(s) for s in evidence)
        rows.append((int(right), [features[name] for name in FACT_FEATURES]))
    return rows


def sentence_row(inquiry: Inquiry, evidence: Sequence[Span]) -> tuple[int, list[float]] | None:
    """(label, features) of a question's best sentence; ``None`` where an answerable question's lies elsewhere.

    A question without evidence is one that has no answer.
    """
    ranked = best_sentences(inquiry)
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
    """The probability that parts answerable questions from others with the fewest mistakes: midway between its neighbours.

    :param best: of each question its highest probability, and whether it has an answer.
    """
    values = sorted({0.0, 1.0, *(p for p, _ in best)})
    middles = [(a + b) / 2 for a, b in zip(values, values[1:], strict=False)]
    mistakes = [sum((p >= t) != answerable for p, answerable in best) for t in middles]
    fewest = [t for t, m in zip(middles, mistakes, strict=True) if m == min(mistakes)]
    return fewest[len(fewest) // 2]


def save(model: Mapping[str, Any], path: Path) -> None:
    """Write a model as ``index/calibration`` holds it."""
    path.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
