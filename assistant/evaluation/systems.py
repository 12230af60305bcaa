"""The systems compared in one run: the whole program, and its parts answering with their best excerpt.

Each takes a question with its history and gives an ``Answer``; none knows labels.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.assistant import Assistant
from assistant.encoders import Model, open_model
from assistant.errors import EvalDataError
from assistant.evaluation.questions import EvalQuestion
from assistant.retrieve import WORDS_WEIGHT, Query, Stages, retrieve, to_hits
from assistant.store import Store
from assistant.text import has_cjk
from assistant.types import Answer, Citation, Filter, Hit

HITS = 10
Ask = Callable[[EvalQuestion], Answer]
BASELINES: dict[str, Stages] = {
    "bm25": Stages(dense=False, words=True, late=False),
    "dense": Stages(dense=True, words=False, late=False),
    "hybrid": Stages(dense=True, words=True, late=True),
}
SYSTEMS = ("full", *BASELINES)


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer and the wall-clock time it took, in milliseconds."""

    answer: Answer
    ms: float


def open_systems(names: Sequence[str], assistant: Assistant) -> dict[str, Ask]:
    """The systems by name, warm.

    :raises EvalDataError: an unknown name.
    """
    unknown = [n for n in names if n not in SYSTEMS]
    if unknown or not names:
        raise EvalDataError(f"unknown system {(unknown or [''])[0]!r}: use some of {', '.join(SYSTEMS)}")
    baselines = [n for n in names if n in BASELINES]
    model = open_model(assistant.settings) if baselines else None
    store = Store.open(assistant.settings.store_dir) if baselines else None
    out: dict[str, Ask] = {}
    for name in dict.fromkeys(names):
        if model is not None and store is not None and name in BASELINES:
            out[name] = Excerpts(assistant, model, store, BASELINES[name]).ask
        else:
            assistant.warm()
            out[name] = lambda q: assistant.ask(q.question, history=q.history)
    return out


def timed(ask: Ask, question: EvalQuestion) -> Timed:
    """One answer with its time."""
    started = time.perf_counter()
    answer = ask(question)
    return Timed(answer, 1000 * (time.perf_counter() - started))


class Excerpts:
    """Plain retrieval: no analysis, no filters, no synonyms; the best passage is the answer, and it never declines."""

    def __init__(self, assistant: Assistant, model: Model, store: Store, stages: Stages) -> None:
        self._assistant, self._model, self._store, self._stages = assistant, model, store, stages

    def ask(self, question: EvalQuestion) -> Answer:
        """The best excerpt. A follow-up is searched together with the turns before it."""
        text = " ".join([*question.history, question.question])
        hits = self.search(text, HITS)
        if not hits:
            return Answer(question.question, text, question.lang, "fact", "declined", "not_stated", "", hits=hits)
        best = hits[0].passage
        title = self._assistant.document(best.span.doc_id).title
        citation = Citation(
            1, best.span, best.text, title, best.province, best.year, best.period, best.heading, best.id
        )
        return Answer(
            question=question.question,
            standalone_question=text,
            language=question.lang,
            intent="fact",
            status="answered",
            reason=None,
            text=f"{best.text} [1]",
            provinces=(best.province,) if best.province else (),
            citations=(citation,),
            hits=hits,
            index_generation=self._store.generation,
        )

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The best k passages."""
        encoded = self._model.encode_queries([text])[0]
        terms = tuple((t, 1.0) for t in self._store.segmenter.terms(text))
        query = Query(encoded, terms, WORDS_WEIGHT if has_cjk(text) else 0.0)
        return to_hits(retrieve(self._store, query, k, Filter(), self._stages))
