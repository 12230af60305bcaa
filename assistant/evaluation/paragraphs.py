"""Systems on a collection of paragraphs: ranking by paragraph, and the one sentence put first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.assistant import Assistant
from assistant.evaluation.collection import Collection
from assistant.evaluation.matching import holds_phrase
from assistant.evaluation.ranking import ranking_rows
from assistant.evaluation.report import Question, Report, SystemResult, current_commit, model_name
from assistant.evaluation.scratch import paragraph_number, scratch_store
from assistant.evaluation.systems import ONLY_RETRIEVE, System, open_systems
from assistant.evaluation.timing import timed_search
from assistant.settings import Settings
from assistant.types import Progress

PASSAGES = 30
"""Passages retrieved for a query; a paragraph ranks where its best passage does. Enough for ten paragraphs of three."""
SENTENCE = "answer_sentence@1"


def evaluate_collection(
    settings: Settings,
    collection: Collection,
    systems: Sequence[str],
    *,
    scratch: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Every system on every judged query of a collection.

    :raises EvalDataError: an unknown system.
    :raises AssistantError: the scratch store cannot be built.
    """
    commit = current_commit()  # of the code that runs, whatever is committed meanwhile
    folder = scratch_store(collection, settings, within=scratch, progress=progress)
    assistant = Assistant.open(settings=settings.model_copy(update={"store": folder}))
    try:
        opened = open_systems(systems, assistant)
        results = tuple(_result(name, system, collection, progress=progress) for name, system in opened.items())
        model = model_name(assistant)
    finally:
        assistant.close()
    return Report(
        set=collection.name,
        n=len(collection.queries),
        model=model,
        results=results,
        main="RR@10",
        commit=commit,
        qrels=collection.qrels,
        left_out=len(collection.left_out),
    )


def _result(name: str, system: System, collection: Collection, *, progress: Progress | None) -> SystemResult:
    ids = tuple(collection.paragraphs)
    run: dict[str, tuple[str, ...]] = {}
    sentences: dict[str, str] = {}
    times: dict[str, dict[str, float]] = {}
    for done, (query, text) in enumerate(collection.queries.items(), start=1):
        hits, times[query] = timed_search(system.search, system.clock, text, k=PASSAGES)
        run[query] = tuple(dict.fromkeys(ids[paragraph_number(h.passage.span.doc_id)] for h in hits))
        if collection.answers.get(query) and name not in ONLY_RETRIEVE:
            sentences[query] = system.first_sentence(text)
        if progress is not None:
            progress(name, done, len(collection.queries))
    rows = ranking_rows(collection.qrels, run)
    questions = []
    for query, text in collection.queries.items():
        row = {measure: (value, 1.0) for measure, value in rows.get(query, {}).items()}
        golds = collection.answers.get(query, ())
        if query in sentences:
            row[SENTENCE] = (float(any(holds_phrase(sentences[query], g) for g in golds)), 1.0)
        got = {"question": text, "answers": list(golds), "sentence": sentences.get(query, ""), "ranked": run[query][:3]}
        questions.append(Question(query, row, ms=times[query], got=got))
    return SystemResult(name, tuple(questions), run)
