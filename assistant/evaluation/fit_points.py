"""``python -m assistant.evaluation.fit_points``: fit again which sentences belong to a summary, and write it as data.

Each ``--on SET@STORE`` names a question set and the store it is about; only the summaries of its ``dev`` split are read.
A sentence is on the topic where it overlaps a quote of the label. Summaries that the program reads off the report's own
lists (targets, numbered points, headings) are left out: they are not ranked. What ships was fitted with::

    python -m assistant.evaluation.fit_points --on eval/excerpts-2022.jsonl@index/store --on SET@STORE …
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answer.summary import reads_a_list
from assistant.answer.summary_points import POINT_FEATURES, point_rows
from assistant.answer.summary_scope import Scope, Topic
from assistant.encoders import open_model
from assistant.errors import AssistantError
from assistant.evaluation.calibrate import save
from assistant.evaluation.fitting import inquire
from assistant.evaluation.gold import resolve
from assistant.evaluation.questions import read_questions
from assistant.settings import data_dir, load_settings
from assistant.store import Store

FOLDS = 8


@dataclass(frozen=True, slots=True)
class Ranked:
    """The points of one summary: ``features`` (n, POINT_FEATURES) and whether each is on the topic (n,)."""

    name: str
    features: NDArray[np.float64]
    right: NDArray[np.bool_]


def summaries_of(path: Path, place: Path, model: Any) -> Iterator[Ranked]:
    """The summaries of a set's development split over a store, those without a right point left out."""
    store = Store.open(place)
    asked = [q for q in read_questions(path, "dev") if q.kind == "summary"]
    for gold in resolve(asked, store.documents()):
        inquiry = inquire(store, model, gold.question.question, gold.question.history)
        scope = Scope(inquiry, inquiry.where)
        topic = Topic(scope)
        rows = [] if reads_a_list(scope, topic) else point_rows(scope, topic, scope.blocks)
        right = np.array([any(span.overlaps(s) for s in gold.spans) for _, span, _ in rows], bool)
        if right.any():
            features = np.array([[f[n] for n in POINT_FEATURES] for f, _, _ in rows])
            yield Ranked(gold.question.question, features, right)


def fit(summaries: Sequence[Ranked]) -> Any:
    """The fitted logistic model; a summary over many points counts by their square root, so that none drowns others."""
    from sklearn.linear_model import LogisticRegression

    weights = np.concatenate([np.full(len(s.right), len(s.right) ** -0.5) for s in summaries])
    features, right = np.vstack([s.features for s in summaries]), np.concatenate([s.right for s in summaries])
    return LogisticRegression(C=1.0, max_iter=5000).fit(features, right, sample_weight=weights)


def average_precision(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The mean precision at each right point of the ranking by score (ties in the order given), in [0, 1]."""
    ordered = right[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(ordered) / np.arange(1, len(ordered) + 1))[ordered].mean())


def held_out(summaries: Sequence[Ranked]) -> float:
    """The mean average precision of summaries by models fitted without their fold; one question stays in one fold."""
    fold_of = {name: i % FOLDS for i, name in enumerate(sorted({s.name for s in summaries}))}
    found = []
    for fold in sorted(set(fold_of.values())):
        model = fit([s for s in summaries if fold_of[s.name] != fold])
        found += [
            average_precision(model.decision_function(s.features), s.right)
            for s in summaries
            if fold_of[s.name] == fold
        ]
    return round(float(np.mean(found)), 4)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; 1 for a known failure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation.fit_points", description=__doc__)
    parser.add_argument("--on", action="append", required=True, metavar="SET@STORE")
    parser.add_argument("--out", type=Path, default=data_dir("index/calibration") / "points.json")
    options = parser.parse_args(arguments)
    sets = [(Path(a), Path(b)) for a, _, b in (pair.partition("@") for pair in options.on)]
    try:
        model = open_model(load_settings())
        summaries = [s for path, place in sets for s in summaries_of(path, place, model)]
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    fitted = fit(summaries)
    origin = {
        "sets": [path.name for path, _ in sets],
        "split": "dev",
        "questions": len(summaries),
        "rows": sum(len(s.right) for s in summaries),
        "positives": sum(int(s.right.sum()) for s in summaries),
        "held out average precision": held_out(summaries),
    }
    weights = {n: round(float(w), 4) for n, w in zip(POINT_FEATURES, fitted.coef_[0], strict=True)}
    bias = round(float(fitted.intercept_[0]), 4)
    save({"origin": origin, "weights": weights, "bias": bias, "threshold": 0.5}, options.out)
    sys.stdout.write(json.dumps(origin, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
