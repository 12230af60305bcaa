"""``python -m assistant.evaluation.fit_lists``: fit again what tells whether a province says what plain words ask.

Each ``--on SET@STORE`` names a question set and the store it is about; only its ``dev`` split is read, and of it the
lists that ask one thing. Each is read as it is asked, and once more with what it names as plain words, which stands for
the names that no lexicon knows. Asked of another of the stores, where nothing holds what it names, it teaches what an
empty list looks like. What ships was fitted with::

    python -m assistant.evaluation.fit_lists --on eval/excerpts-2022.jsonl@index/store --on SET@STORE …
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

from assistant.answer import Inquiry
from assistant.answer.listing import scope_of
from assistant.answer.saying import SAYING_FEATURES, best_sayings, saying_features
from assistant.answer.topics import Topic, demands_of
from assistant.encoders import open_model
from assistant.errors import AssistantError
from assistant.evaluation.calibrate import save
from assistant.evaluation.fitting import inquire
from assistant.evaluation.questions import EvalQuestion, read_questions
from assistant.question.words import is_asking
from assistant.settings import data_dir, load_settings
from assistant.store import Store
from assistant.text import fold, has_cjk, squeezed, to_simplified
from assistant.types import Filter, Term

FOLDS = 8
THRESHOLD = 0.4
"""Of the lists held out, 0.81 were exact as asked at 0.4, 0.77 at 0.3 and at 0.5;
bare 0.67, 0.70, 0.54; elsewhere 0.50, 0.42, 0.63."""
_KINDS = {"list_provinces"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One list: of each province its features and whether the list names it.

    ``read``: as asked, with its names as plain words (bare), or of a store that does not hold them (elsewhere).
    """

    id: str
    read: str
    rows: tuple[tuple[tuple[float, ...], bool], ...]


def asked_of(question: EvalQuestion, inquiry: Inquiry) -> Iterator[Asked]:
    """The readings of a question to learn from; none unless it asks one thing, in words."""
    demands = demands_of(inquiry)
    if len(demands.demands) != 1 or demands.partners or not has_cjk(question.question):
        return
    demand = demands.demands[0]
    if len(demand.topics) != 1 or demand.topics[0].by_figure:
        return
    topic = demand.topics[0]
    scope = scope_of(inquiry, demands)
    for name, read in (("as asked", topic.inquiry), ("bare", _bare(topic))):
        if read is None or not any(t.kind == "word" for t in read.question.terms):
            continue
        features = saying_features(best_sayings(read, scope, demands.excluded))
        rows = [
            (tuple(f[n] for n in SAYING_FEATURES), (p in question.provinces) != demand.negated)
            for p, f in features.items()
        ]
        yield Asked(question.id, name, tuple(rows))


def _bare(topic: Topic) -> Inquiry | None:
    """The inquiry about a topic with what it names as plain words."""
    import rjieba

    if not topic.named:
        return None
    words = rjieba.cut(to_simplified(fold(topic.phrase)), True)
    kept = dict.fromkeys(w for w in words if len(w) > 1 and not is_asking(w))
    terms = tuple(Term((w,), "word") for w in kept)
    return topic.inquiry.narrowed(terms) if terms else None


def fit(asked: Sequence[Asked]) -> Any:
    """The fitted logistic model of some lists."""
    from sklearn.linear_model import LogisticRegression

    rows = [row for a in asked for row in a.rows]
    return LogisticRegression(C=1.0, max_iter=2000).fit(np.array([f for f, _ in rows]), [said for _, said in rows])


def held_out(asked: Sequence[Asked]) -> dict[str, float]:
    """The share of lists that are exact by a model fitted without their question, as asked and read bare."""
    order = {name: i for i, name in enumerate(sorted({a.id for a in asked}))}
    fold_of = dict(zip(order, np.random.default_rng(0).permutation(len(order)) % FOLDS, strict=True))
    exact: dict[str, list[bool]] = {}
    for n in range(FOLDS):
        model = fit([a for a in asked if fold_of[a.id] != n])
        for a in asked:
            if fold_of[a.id] == n and a.rows:
                told = model.predict_proba(np.array([f for f, _ in a.rows]))[:, 1] >= THRESHOLD
                right = all(bool(t) == said for t, (_, said) in zip(told, a.rows, strict=True))
                exact.setdefault(a.read, []).append(right)
    return {name: round(float(np.mean(v)), 4) for name, v in exact.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; 1 for a known failure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation.fit_lists", description=__doc__)
    parser.add_argument("--on", action="append", required=True, metavar="SET@STORE")
    parser.add_argument("--out", type=Path, default=data_dir("index/calibration") / "lists.json")
    options = parser.parse_args(arguments)
    try:
        asked = list(_all([(Path(a), Path(b)) for a, _, b in (pair.partition("@") for pair in options.on)]))
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    model = fit(asked)
    origin = {
        "sets": [pair.partition("@")[0].rpartition("/")[2] for pair in options.on],
        "split": "dev",
        "lists": len(asked),
        "rows": sum(len(a.rows) for a in asked),
        "held out exact": held_out(asked),
    }
    weights = {n: round(float(w), 4) for n, w in zip(SAYING_FEATURES, model.coef_[0], strict=True)}
    bias = round(float(model.intercept_[0]), 4)
    save({"origin": origin, "weights": weights, "bias": bias, "threshold": THRESHOLD}, options.out)
    sys.stdout.write(json.dumps(origin, ensure_ascii=False) + "\n")
    return 0


def _all(sets: Sequence[tuple[Path, Path]]) -> Iterator[Asked]:
    model = open_model(load_settings())
    stores = {place: Store.open(place) for _, place in sets}
    for path, place in sets:
        for q in read_questions(path, "dev"):
            if q.kind not in _KINDS:
                continue
            yield from asked_of(q, inquire(stores[place], model, q.question, q.history))
            for other in stores.keys() - {place}:
                yield from _asked_elsewhere(q, inquire(stores[other], model, q.question, q.history))


def _asked_elsewhere(question: EvalQuestion, inquiry: Inquiry) -> Iterator[Asked]:
    """A question asked of a store that nowhere holds what it names: nobody says it, however near the nearest is."""
    demands = demands_of(inquiry)
    texts = [squeezed(p.text) for p in inquiry.store.passages(Filter())]
    for topic in (t for d in demands.demands for t in d.topics if not t.by_figure and has_cjk(question.question)):
        read = _bare(topic)
        if read is None or any(squeezed(w) in text for t in topic.named for w in t.wordings for text in texts):
            continue
        features = saying_features(best_sayings(read, inquiry.held, demands.excluded))
        rows = [(tuple(f[n] for n in SAYING_FEATURES), False) for f in features.values()]
        yield Asked(question.id, "elsewhere", tuple(rows))


if __name__ == "__main__":
    sys.exit(main())
