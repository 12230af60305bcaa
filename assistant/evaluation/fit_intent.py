"""``python -m assistant.evaluation.fit_intent``: fit again how the kind of a question is told, and write it as data.

The labels are ``eval/intents.jsonl`` (one question with its kind a line) and, of each ``--set FILE``, the questions of
the ``dev`` split, whose types name their kinds. Prints accuracy on each set by a model fitted without it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import AssistantError, EvalDataError
from assistant.evaluation.questions import read_lines, read_questions
from assistant.lexicon import load_lexicon
from assistant.question.analyse import read
from assistant.question.intent import ASKED
from assistant.settings import data_dir
from assistant.store import Segmenter

STRENGTH = 1.0
"""scikit-learn's C; 0.3 was worse on sets held out, 0.5 equal."""
AT_LEAST = 2
"""Questions that must show a sign for it to get weights."""
_OF_TYPE = {"number": "figure", "list_provinces": "list"}
Example = tuple[frozenset[str], str]
"""The signs of a question, and its kind."""


def examples_of(own: Path, sets: Sequence[Path]) -> dict[str, list[Example]]:
    """Labelled questions by the file that they stand in; follow-ups and unanswerable questions are left out.

    :raises EvalDataError: a file cannot be read, or names an unknown kind.
    """
    lexicon = load_lexicon()
    segmenter = Segmenter(lexicon.words())
    labelled = {own.name: [_own(place, row) for place, row in read_lines(own)]}
    for path in sets:
        asked = (q for q in read_questions(path, "dev") if q.type not in {"followup", "unanswerable"})
        labelled[path.name] = [(q.question, _OF_TYPE.get(q.type, q.type)) for q in asked]
    return {
        name: [(read(text, lexicon, segmenter).signs, kind) for text, kind in rows] for name, rows in labelled.items()
    }


def fit(examples: Sequence[Example]) -> dict[str, Any]:
    """The model as ``index/calibration/intent.json`` holds it, without its origin."""
    from sklearn.linear_model import LogisticRegression

    names = sorted({s for signs, _ in examples for s in signs})
    counts = {n: sum(n in signs for signs, _ in examples) for n in names}
    names = [n for n in names if counts[n] >= AT_LEAST]
    features = np.array([[float(n in signs) for n in names] for signs, _ in examples])
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(features, [kind for _, kind in examples])
    order = [list(model.classes_).index(kind) for kind in ASKED]
    return {
        "bias": {kind: round(float(model.intercept_[i]), 3) for kind, i in zip(ASKED, order, strict=True)},
        "weights": {
            name: {kind: round(float(model.coef_[i][column]), 3) for kind, i in zip(ASKED, order, strict=True)}
            for column, name in enumerate(names)
        },
    }


def accuracy(model: Mapping[str, Any], examples: Sequence[Example]) -> float:
    """The share of the questions whose kind a model tells."""

    def told(signs: frozenset[str]) -> str:
        shown = [model["weights"][s] for s in signs if s in model["weights"]]
        return max(ASKED, key=lambda kind: model["bias"][kind] + sum(w[kind] for w in shown))

    return sum(told(signs) == kind for signs, kind in examples) / len(examples)


def held_out(examples: Mapping[str, Sequence[Example]]) -> dict[str, float]:
    """Of each file the accuracy by a model fitted on the others; nothing where there is one file."""
    if len(examples) < 2:
        return {}
    return {
        name: round(accuracy(fit([e for other, es in examples.items() if other != name for e in es]), rows), 3)
        for name, rows in examples.items()
    }


def _own(place: str, row: Any) -> tuple[str, str]:
    if not isinstance(row, dict) or not isinstance(row.get("question"), str) or row.get("intent") not in ASKED:
        raise EvalDataError(f"{place}: write an object with a question and an intent, one of {', '.join(ASKED)}")
    return row["question"], row["intent"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; 1 for a known failure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation.fit_intent", description=__doc__)
    parser.add_argument("--own", type=Path, default=data_dir("eval") / "intents.jsonl", metavar="FILE")
    parser.add_argument("--set", action="append", type=Path, default=[], dest="sets", metavar="FILE")
    parser.add_argument("--out", type=Path, default=data_dir("index/calibration") / "intent.json")
    options = parser.parse_args(arguments)
    try:
        examples = examples_of(options.own, options.sets)
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    shares = held_out(examples)
    model = fit([e for rows in examples.values() for e in rows])
    origin = {"questions": {name: len(rows) for name, rows in examples.items()}, "accuracy held out": shares}
    text = json.dumps({"origin": origin} | model, ensure_ascii=False, indent=1)
    options.out.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(origin, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
