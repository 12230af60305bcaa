"""The systems compared in one run: the whole program, the program without one of its parts, and plain retrieval.

Each takes a question with its history and gives an ``Answer``, or searches, or puts one sentence first. None knows
labels.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from assistant.answer import Inquiry
from assistant.answer.excerpts import best_sentences
from assistant.assistant import Assistant
from assistant.encoders import Model, open_model
from assistant.errors import EvalDataError
from assistant.evaluation.peers import HITS, PEERS, Peer
from assistant.evaluation.scratch import unprefixed_store
from assistant.evaluation.timing import Clock, Timed, clocked, timed_search
from assistant.lexicon import Lexicon
from assistant.question.followup import understand
from assistant.retrieve import WORDS_WEIGHT, Query, Stages, retrieve, to_hits
from assistant.settings import data_dir
from assistant.store import Store, open_server
from assistant.text import has_cjk, sentences, trim
from assistant.types import Answer, Citation, Fact, Filter, Hit

BASELINES: dict[str, Stages] = {
    "bm25": Stages(dense=False, words=True, late=False),
    "dense": Stages(dense=True, words=False, late=False),
    "hybrid": Stages(dense=True, words=True, late=True),
    "hybrid-late": Stages(dense=True, words=True, late=False),
}
ABLATIONS = ("full-facts", "full-synonyms", "full-late", "full-filters", "hybrid-prefix")
SYSTEMS = ("full", *BASELINES, *ABLATIONS, *PEERS)
"""A name with a hyphen is a system without the part after it."""
ONLY_RETRIEVE = frozenset(PEERS)
"""Systems without answers of their own."""
_WARMING = "研发投入"


class System(Protocol):
    """What can be evaluated; ``clock`` is told the time it spends on encoding questions."""

    clock: Clock

    def ask(self, question: str, history: Sequence[str]) -> Answer:
        """One answer."""
        ...

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The best k passages."""
        ...

    def first_sentence(self, text: str) -> str:
        """The one sentence of the whole store put first; empty if nothing was found."""
        ...


def check_names(names: Sequence[str]) -> None:
    """:raises EvalDataError: an unknown name, or none."""
    unknown = [n for n in names if n not in SYSTEMS]
    if unknown or not names:
        raise EvalDataError(f"unknown system {(unknown or [''])[0]!r}: use some of {', '.join(SYSTEMS)}")


def open_systems(names: Sequence[str], assistant: Assistant) -> dict[str, System]:
    """The systems by name, over the assistant's store, warm.

    :raises EvalDataError: an unknown name, none, or a program that is not installed.
    """
    check_names(names)
    model = open_model(assistant.settings)
    out = {name: _open(name, assistant, model) for name in dict.fromkeys(names)}
    assistant.warm()
    for system in out.values():
        system.search(_WARMING, 1)
    return out


def _open(name: str, assistant: Assistant, model: Model) -> System:
    place, clock, server = assistant.settings.store_dir, Clock(), open_server(assistant.settings)
    model = clocked(model, clock)
    if name in PEERS:
        with Store.open(place) as store:
            return Peer(name, store, model)
    if name == "hybrid-prefix":
        with Store.open(place) as store:
            bare = unprefixed_store(store, assistant.settings)
        return Plain(Store.open(bare), model, BASELINES["hybrid"], clock=clock)
    if name in BASELINES:
        return Plain(Store.open(place, server=server), model, BASELINES[name], clock=clock)
    lexicon = WithoutSynonyms(data_dir("index/lexicon")) if name == "full-synonyms" else assistant.lexicon
    altered = Assistant(
        assistant.settings,
        lexicon,
        model,
        (WithoutFacts if name == "full-facts" else Store).open(place, server=server),
        server=server,
        stages=Stages(late=name != "full-late"),
        filtered=name != "full-filters",
    )
    return Whole(assistant if name == "full" else altered, altered, model, clock=clock)


def timed(system: System, question: str, history: Sequence[str]) -> Timed:
    """One answer with its time, and that of searching for its question."""
    started = time.perf_counter()
    answer = system.ask(question, history)
    ms = {"ask": 1000 * (time.perf_counter() - started)}
    return Timed(answer, ms | timed_search(system.search, system.clock, " ".join([*history, question]), k=HITS)[1])


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
    """The program, through its one door; ``searcher`` is the same program with a clock at its model."""

    def __init__(self, assistant: Assistant, searcher: Assistant, model: Model, *, clock: Clock) -> None:
        self._assistant, self._searcher, self._model, self.clock = assistant, searcher, model, clock
        self._store = Store.open(assistant.settings.store_dir, server=open_server(assistant.settings))

    def ask(self, question: str, history: Sequence[str]) -> Answer:
        """The program's answer."""
        return self._assistant.ask(question, history=history)

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """The program's search."""
        return self._searcher.search(text, k=k)

    def first_sentence(self, text: str) -> str:
        """The sentence that an answer about facts would start from, whether or not it fits well enough to be given."""
        plain = Plain(self._store, self._model, Stages(), clock=self.clock)
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

    def __init__(self, store: Store, model: Model, stages: Stages, *, clock: Clock) -> None:
        self._store, self._model, self._stages, self.clock = store, model, stages, clock

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
