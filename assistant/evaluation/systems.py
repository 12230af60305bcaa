"""The systems compared in one run: the whole program, the program without one of its parts, and plain retrieval.

Each takes a question with its history and gives an ``Answer``, or searches, or puts one sentence first. None knows
labels.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answer import Inquiry
from assistant.answer.excerpts import best_sentences
from assistant.assistant import Assistant
from assistant.encoders import Model, open_model
from assistant.errors import EvalDataError
from assistant.evaluation.scratch import unprefixed_store
from assistant.lexicon import Lexicon
from assistant.question.followup import understand
from assistant.retrieve import WORDS_WEIGHT, Query, Stages, retrieve, to_hits
from assistant.settings import data_dir
from assistant.store import Store
from assistant.text import has_cjk, sentences, trim
from assistant.types import Answer, Citation, Fact, Filter, Hit

HITS = 10
BASELINES: dict[str, Stages] = {
    "bm25": Stages(dense=False, words=True, late=False),
    "dense": Stages(dense=True, words=False, late=False),
    "hybrid": Stages(dense=True, words=True, late=True),
    "hybrid-late": Stages(dense=True, words=True, late=False),
}
ABLATIONS = ("full-facts", "full-synonyms", "full-late", "full-filters", "hybrid-prefix")
SYSTEMS = ("full", *BASELINES, *ABLATIONS)
"""A name with a hyphen is a system without the part after it."""


class System(Protocol):
    """What can be evaluated."""

    def ask(self, question: str, history: Sequence[str]) -> Answer:
        """One answer."""
        ...

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The best k passages."""
        ...

    def first_sentence(self, text: str) -> str:
        """The one sentence of the whole store put first; empty if nothing was found."""
        ...


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer and the wall-clock time it took, in milliseconds."""

    answer: Answer
    ms: float


def check_names(names: Sequence[str]) -> None:
    """:raises EvalDataError: an unknown name, or none."""
    unknown = [n for n in names if n not in SYSTEMS]
    if unknown or not names:
        raise EvalDataError(f"unknown system {(unknown or [''])[0]!r}: use some of {', '.join(SYSTEMS)}")


def open_systems(names: Sequence[str], assistant: Assistant) -> dict[str, System]:
    """The systems by name, over the assistant's store, warm.

    :raises EvalDataError: an unknown name, or none.
    """
    check_names(names)
    out = {name: _open(name, assistant) for name in dict.fromkeys(names)}
    assistant.warm()
    return out


def _open(name: str, assistant: Assistant) -> System:
    model, place = open_model(assistant.settings), assistant.settings.store_dir
    if name == "hybrid-prefix":
        with Store.open(place) as store:
            return Plain(Store.open(unprefixed_store(store, assistant.settings)), model, BASELINES["hybrid"])
    if name in BASELINES:
        return Plain(Store.open(place), model, BASELINES[name])
    if name == "full-facts":
        assistant = Assistant(assistant.settings, assistant.lexicon, model, WithoutFacts.open(place))
    elif name == "full-synonyms":
        lexicon = WithoutSynonyms(data_dir("index/lexicon"))
        assistant = Assistant(assistant.settings, lexicon, model, Store.open(place))
    elif name == "full-late":
        late = Stages(late=False)
        assistant = Assistant(assistant.settings, assistant.lexicon, model, Store.open(place), stages=late)
    elif name == "full-filters":
        assistant = Assistant(assistant.settings, assistant.lexicon, model, Store.open(place), filtered=False)
    return Whole(assistant, model)


def timed(system: System, question: str, history: Sequence[str]) -> Timed:
    """One answer with its time."""
    started = time.perf_counter()
    answer = system.ask(question, history)
    return Timed(answer, 1000 * (time.perf_counter() - started))


class WithoutFacts(Store):
    """A store in which no figure was extracted."""

    def facts(self, where: Filter = Filter()) -> tuple[Fact, ...]:  # noqa: B008 (a frozen value)
        """None."""
        return ()


class WithoutSynonyms(Lexicon):
    """A lexicon in which each word means only itself, and English words have no Chinese ones."""

    def synonyms_of(self, word: str) -> tuple[str, ...]:
        """None."""
        return ()

    def translate(self, english_text: str) -> tuple[str, ...]:
        """None."""
        return ()


class Whole:
    """The program, through its one door."""

    def __init__(self, assistant: Assistant, model: Model) -> None:
        self._assistant, self._model = assistant, model
        self._store = Store.open(assistant.settings.store_dir)

    def ask(self, question: str, history: Sequence[str]) -> Answer:
        """The program's answer."""
        return self._assistant.ask(question, history=history)

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The program's search."""
        return self._assistant.search(text, k=k)

    def first_sentence(self, text: str) -> str:
        """The sentence that an answer about facts would start from, whether or not it fits well enough to be given."""
        plain = Plain(self._store, self._model, Stages())
        lexicon = self._assistant.lexicon
        query = plain.query(text)
        inquiry = Inquiry(
            understand(text, (), lexicon, self._store.segmenter),
            store=self._store,
            lexicon=lexicon,
            model=self._model,
            encoded=query.encoded,
            where=Filter(),
            candidates=retrieve(self._store, query, 12, Filter()),
        )
        ranked = best_sentences(inquiry)
        return ranked[0].text if ranked else ""


class Plain:
    """Plain retrieval: no analysis, no filters, no synonyms; the best passage is the answer, declined only if none."""

    def __init__(self, store: Store, model: Model, stages: Stages) -> None:
        self._store, self._model, self._stages = store, model, stages

    def ask(self, question: str, history: Sequence[str]) -> Answer:
        """The best excerpt. A follow-up is searched together with the turns before it."""
        text = " ".join([*history, question])
        hits = self.search(text, HITS)
        if not hits:
            return Answer(question, text, "", "fact", "declined", "not_stated", "-")
        best = hits[0].passage
        title = self._store.document(best.span.doc_id).title
        place = (best.province, best.year, best.period, best.heading, best.id)
        return Answer(
            question=question,
            standalone_question=text,
            language="",
            intent="fact",
            status="answered",
            reason=None,
            text=f"{best.text} [1]",
            provinces=(best.province,) if best.province else (),
            citations=(Citation(1, best.span, best.text, title, *place),),
            hits=hits,
            index_generation=self._store.generation,
        )

    def query(self, text: str) -> Query:
        """The text as it is searched."""
        terms = tuple((t, 1.0) for t in dict.fromkeys(self._store.segmenter.terms(text)))
        return Query(self._model.encode_queries([text])[0], terms, WORDS_WEIGHT if has_cjk(text) else 0.0)

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The best k passages."""
        return to_hits(retrieve(self._store, self.query(text), k, Filter(), self._stages))

    def first_sentence(self, text: str) -> str:
        """Of the best passage the sentence that shares most words with the question, the first of equals."""
        hits = self.search(text, 1)
        if not hits:
            return ""
        whole, wanted = hits[0].passage.text, set(self._store.segmenter.terms(text))
        found = [whole[a:b] for a, b in (trim(whole, *span) for span in sentences(whole))]
        return max(found, key=lambda s: len(wanted & set(self._store.segmenter.terms(s))), default="")
