"""``python -m assistant.evaluation.fitting``: fit the weights and thresholds of answers again, and write them as data.

Each ``--on SET@STORE`` names a question set and the store it is about; only its ``dev`` split is read. ``--negatives``
takes a SQuAD-format file whose questions have no answer in these stores. The models are those of ``index/calibration``:
``facts`` (which figure is asked for) and ``sentences`` (whether the best sentence answers).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.answer import Inquiry
from assistant.answer.features import FACT_FEATURES, SENTENCE_FEATURES
from assistant.answer.scope import filter_of, resolved
from assistant.encoders import Model, open_model
from assistant.errors import AssistantError
from assistant.evaluation.calibrate import fact_rows, fit, save, sentence_row
from assistant.evaluation.collection import read_squad
from assistant.evaluation.gold import Gold, resolve
from assistant.evaluation.questions import read_questions
from assistant.lexicon import load_lexicon
from assistant.question.followup import understand
from assistant.request import query_of
from assistant.retrieve import retrieve
from assistant.settings import data_dir, load_settings
from assistant.store import Store
from assistant.types import Span

CANDIDATES = 12
_GATED = {"province_absent", "wrong_year", "off_topic", "injection"}  # declined before any figure is looked at
_NO = {"否", "No"}


def inquire(store: Store, model: Model, question: str, history: Sequence[str] = ()) -> Inquiry:
    """A question over a store, retrieved, as the program itself would look at it."""
    lexicon = load_lexicon()
    asked = resolved(understand(question, history, lexicon, store.segmenter), store)
    where = filter_of(asked, store)
    query = query_of(asked.standalone, asked, lexicon=lexicon, model=model, segmenter=store.segmenter)
    found = retrieve(store, query, CANDIDATES, where)
    return Inquiry(
        asked, store=store, lexicon=lexicon, model=model, encoded=query.encoded, where=where, candidates=found
    )


def fit_all(sets: Sequence[tuple[Path, Path]], negatives: Sequence[str], out: Path) -> None:
    """Fit both models on the development splits of (set, store) pairs and write them to ``out``."""
    model = open_model(load_settings())
    facts, sentences = [], []
    stores = []
    for path, place in sets:
        store = Store.open(place)
        stores.append(store)
        for gold in resolve(read_questions(path, "dev"), store.documents()):
            q = gold.question
            inquiry = inquire(store, model, q.question, q.history)
            if q.kind == "number" or (q.kind == "unanswerable" and q.why not in _GATED):
                facts.append(fact_rows(inquiry, _spans(gold), q.answers))
            sentences += list(_sentence(inquiry, gold))
    for i, question in enumerate(negatives):
        row = sentence_row(inquire(stores[i % len(stores)], model, question), ())
        sentences += [[row]] if row else []
    origin = {"sets": [path.name for path, _ in sets], "split": "dev", "questions without answer": len(negatives)}
    save(fit(facts, FACT_FEATURES, origin), out / "facts.json")
    save(fit(sentences, SENTENCE_FEATURES, origin), out / "sentences.json")


def _sentence(inquiry: Inquiry, gold: Gold) -> Iterator[list[tuple[int, list[float]]]]:
    q = gold.question
    if q.kind not in {"fact", "summary", "yesno", "unanswerable"} or q.why in {"province_absent", "wrong_year"}:
        return
    if q.kind == "yesno" and set(q.answers) & _NO:
        return
    row = sentence_row(inquiry, _spans(gold))
    if row:
        yield [row]


def _spans(gold: Gold) -> list[Span]:
    return [span for places in gold.evidence for span in places]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; 1 for a known failure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation.fitting", description=__doc__)
    parser.add_argument("--on", action="append", required=True, metavar="SET@STORE")
    parser.add_argument("--negatives", type=Path, metavar="SQUAD")
    parser.add_argument("--n-negatives", type=int, default=160)
    parser.add_argument("--out", type=Path, default=data_dir("index/calibration"))
    options = parser.parse_args(arguments)
    try:
        sets = [(Path(a), Path(b)) for a, _, b in (pair.partition("@") for pair in options.on)]
        asked = list(read_squad(options.negatives).queries.values()) if options.negatives else []
        chosen = random.Random(1).sample(asked, min(len(asked), options.n_negatives))
        fit_all(sets, chosen, options.out)
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
