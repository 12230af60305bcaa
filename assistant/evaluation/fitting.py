"""``python -m assistant.evaluation.fitting``: fit the weights and thresholds of answers again, and write them as data.

Each ``--on SET@STORE`` names a question set and the store it is about; only its ``dev`` split is read. ``--squad``
takes a SQuAD-format file (CMRC 2018 trial) whose questions teach which sentence answers; its store is made as ``eval
--squad`` makes it. ``--negatives`` takes one whose questions have no answer in the stores of the sets, ``--off-topic``
JSON lines of such questions. The models are
those of ``index/calibration``: ``ranking`` (which sentence comes first), ``facts`` (which figure is asked for) and
``sentences`` (whether the best sentence answers); ``--only`` fits some of them. What ships was fitted with::

    python -m assistant.evaluation.fitting --on eval/excerpts-2022.jsonl@index/store --on SET@STORE …
        --squad cmrc2018_trial.json --negatives cmrc2018_trial.json --off-topic eval/off-topic.jsonl
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.answer import Inquiry
from assistant.answer.calibration import Calibration
from assistant.answer.features import FACT_FEATURES, SENTENCE_FEATURES
from assistant.answer.filtering import filter_of, resolved
from assistant.answer.ranking import RANKED, ranking_rows
from assistant.encoders import Model, open_model
from assistant.errors import AssistantError
from assistant.evaluation.calibrate import Judged, fact_rows, fit, fit_ranking, judged, save, sentence_row
from assistant.evaluation.collection import Collection, read_squad
from assistant.evaluation.gold import Gold, resolve
from assistant.evaluation.matching import holds_phrase
from assistant.evaluation.questions import read_lines, read_questions
from assistant.evaluation.scratch import scratch_store
from assistant.evaluation.systems import Plain
from assistant.evaluation.timing import Clock
from assistant.lexicon import load_lexicon
from assistant.question.followup import understand
from assistant.request import query_of
from assistant.retrieve import Stages, retrieve
from assistant.settings import data_dir, load_settings
from assistant.store import Store
from assistant.types import Filter, Span

CANDIDATES = 12
_GATED = {"province_absent", "wrong_year", "off_topic", "injection"}  # declined before any figure is looked at
_NO = {"否", "No"}
_SAID_ONCE = {"number", "fact", "yesno", "summary"}
"""Kinds of question whose answer a single sentence may hold."""
MODELS = ("ranking", "facts", "sentences")


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


def fit_all(
    sets: Sequence[tuple[Path, Path]],
    negatives: Sequence[str],
    out: Path,
    *,
    reading: Collection | None = None,
    only: Sequence[str] = MODELS,
) -> None:
    """Fit models on the development splits of (set, store) pairs, and ranking on ``reading`` too; write them to ``out``."""
    settings = load_settings()
    model = open_model(settings)
    stores = [Store.open(place) for _, place in sets]
    asked = list(_asked(sets, stores, model))
    origin: dict[str, Any] = {"sets": [path.name for path, _ in sets], "split": "dev"}
    ranking = None
    if "ranking" in only:
        read = _read(reading, Store.open(scratch_store(reading, settings)), model) if reading else ()
        questions = [*read, *(j for name, gold, inquiry in asked if (j := _judged(name, gold, inquiry)))]
        whole = fit_ranking(questions, origin | {"reading": reading.name if reading else None})
        ranking = Calibration(whole["weights"], whole["bias"], whole["threshold"])
        save(whole, out / "ranking.json")
    origin["questions without answer"] = len(negatives)
    if "facts" in only:
        facts = [fact_rows(i, *_figures_of(g)) for _, g, i in asked if _is_of_figures(g)]
        facts += [fact_rows(i, (), ()) for i in _elsewhere(negatives, stores, model)]
        save(fit(facts, FACT_FEATURES, origin), out / "facts.json")
    if "sentences" in only:
        rows = [_sentence(inquiry, gold, ranking) for _, gold, inquiry in asked]
        rows += [sentence_row(i, (), ranking) for i in _elsewhere(negatives, stores, model)]
        save(fit([[row] for row in rows if row], SENTENCE_FEATURES, origin), out / "sentences.json")


def _asked(
    sets: Sequence[tuple[Path, Path]], stores: Sequence[Store], model: Model
) -> Iterator[tuple[str, Gold, Inquiry]]:
    for (path, _), store in zip(sets, stores, strict=True):
        for gold in resolve(read_questions(path, "dev"), store.documents()):
            yield path.stem, gold, inquire(store, model, gold.question.question, gold.question.history)


def _read(collection: Collection, store: Store, model: Model) -> Iterator[Judged]:
    """The questions of a reading comprehension set, asked of all its paragraphs, as ``answer_sentence@1`` asks them."""
    plain = Plain(store, model, Stages(), clock=Clock())
    lexicon = load_lexicon()
    for name, text in collection.queries.items():
        query = plain.query(text)
        inquiry = Inquiry(
            understand(text, (), lexicon, store.segmenter),
            store=store,
            lexicon=lexicon,
            model=model,
            encoded=query.encoded,
            where=Filter(),
            candidates=retrieve(store, query, CANDIDATES, Filter()),
        )
        rows = ranking_rows(inquiry, inquiry.candidates[:RANKED])
        right = [any(holds_phrase(stretch.text, g) for g in collection.answers[name]) for _, stretch in rows]
        if any(right):
            yield judged(rows, right, name=collection.name, group=f"{collection.name} {min(collection.qrels[name])}")


def _judged(name: str, gold: Gold, inquiry: Inquiry) -> Judged | None:
    if gold.question.kind not in _SAID_ONCE:
        return None
    rows = ranking_rows(inquiry, inquiry.candidates[:RANKED])
    right = [any(stretch.span.overlaps(s) for s in _spans(gold)) for _, stretch in rows]
    return judged(rows, right, name=name, group=f"{name} {gold.question.id}") if any(right) else None


def _elsewhere(questions: Sequence[str], stores: Sequence[Store], model: Model) -> Iterator[Inquiry]:
    """Questions that have no answer in the stores, asked of one after the other in turn."""
    for i, question in enumerate(questions):
        yield inquire(stores[i % len(stores)], model, question)


def _is_of_figures(gold: Gold) -> bool:
    """Whether a question teaches which figure is asked for: those that ask for none teach that none is."""
    q = gold.question
    return q.kind in {"number", "fact"} or (q.kind == "unanswerable" and q.why not in _GATED)


def _figures_of(gold: Gold) -> tuple[list[Span], tuple[str, ...]]:
    return (_spans(gold), gold.question.answers) if gold.question.kind == "number" else ([], ())


def _sentence(inquiry: Inquiry, gold: Gold, ranking: Calibration | None) -> tuple[int, list[float]] | None:
    q = gold.question
    if q.kind not in {"fact", "summary", "yesno", "unanswerable"} or q.why in {"province_absent", "wrong_year"}:
        return None
    if q.kind == "yesno" and set(q.answers) & _NO:
        return None
    return sentence_row(inquiry, _spans(gold), ranking)


def _spans(gold: Gold) -> list[Span]:
    return [span for places in gold.evidence for span in places]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; 1 for a known failure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.evaluation.fitting", description=__doc__)
    parser.add_argument("--on", action="append", required=True, metavar="SET@STORE")
    parser.add_argument("--negatives", type=Path, metavar="SQUAD")
    parser.add_argument("--off-topic", type=Path, metavar="FILE")
    parser.add_argument("--squad", type=Path, metavar="SQUAD")
    parser.add_argument("--only", action="append", choices=MODELS)
    parser.add_argument("--n-negatives", type=int, default=160)
    parser.add_argument("--out", type=Path, default=data_dir("index/calibration"))
    options = parser.parse_args(arguments)
    try:
        sets = [(Path(a), Path(b)) for a, _, b in (pair.partition("@") for pair in options.on)]
        asked = list(read_squad(options.negatives).queries.values()) if options.negatives else []
        chosen = random.Random(1).sample(asked, min(len(asked), options.n_negatives))
        chosen += [row["question"] for _, row in read_lines(options.off_topic)] if options.off_topic else []
        reading = read_squad(options.squad) if options.squad else None
        fit_all(sets, chosen, options.out, reading=reading, only=options.only or MODELS)
    except AssistantError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
