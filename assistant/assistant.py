"""The one door to the program: open a store, ask, search, locate, add, remove. Safe to call from many threads."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant import building
from assistant.answer import Inquiry, Wording, compose
from assistant.answer.check import check
from assistant.answer.decline import decline
from assistant.answer.filtering import filter_of, resolved
from assistant.answer.locate import Location, Match, alike, differences, exact_spans, nearest
from assistant.answer.rewriting import Writer, open_writer, rewrite
from assistant.answer.winner import winner_of
from assistant.answer.years_asked import RELATIVE, dated
from assistant.corpus.read import Failure, Intake
from assistant.encoders import Model, open_model
from assistant.errors import CorpusError, QuestionError, StoreError, StoreMissing
from assistant.leaving import go_on
from assistant.lexicon import Lexicon, load_lexicon
from assistant.question.analyse import read
from assistant.question.asking import asking_part
from assistant.question.followup import understand
from assistant.request import narrowed, parse_filter, query_of, require_text
from assistant.retrieve import ALL_STAGES, MAX_K, Query, Stages, retrieve, to_hits
from assistant.settings import Settings, load_settings
from assistant.store import Milvus, Store, open_server, verify
from assistant.store import info as store_info
from assistant.text import fold, visible
from assistant.types import (
    Answer,
    Document,
    Fact,
    Filter,
    Hit,
    Holding,
    Passage,
    Progress,
    Question,
    Section,
    Span,
)

_log = logging.getLogger(__name__)
_asked = logging.getLogger("shengwen.questions")
ANSWER_HITS = 10
SIMILAR_CANDIDATES = 120
"""Passages looked through for similar sentences: several of each province, where all speak of a thing."""
_EXAMPLES = {
    "zh": ("{p}{y}年高新技术企业目标是多少？", "哪些省份提到“揭榜挂帅”？", "{p}的全社会研发投入打算增长多少？", "{p}在人才方面有什么安排？"),
    "en": ("What is {p}'s {y} target for high-tech enterprises?", "Which provinces mention technology contracts?", "How fast is R&D spending to grow in {p}?", "What does {p} plan for talent?"),
}  # fmt: skip


class Assistant:
    """Questions over one store."""

    def __init__(
        self,
        settings: Settings,
        lexicon: Lexicon,
        model: Model,
        store: Store,
        *,
        writer: Writer | None = None,
        server: Milvus | None = None,
        stages: Stages = ALL_STAGES,
        filtered: bool = True,
    ) -> None:
        """Use ``open``; ``stages`` and ``filtered`` turn parts of retrieval off, to see what each is worth."""
        self.settings = settings
        self.lexicon = lexicon
        self._model = model
        self._store = store
        self._writer = writer
        self._server = server
        self._stages = stages
        self._filtered = filtered
        self._switching = threading.Lock()

    @classmethod
    def open(
        cls, store: Path | None = None, settings: Settings | None = None, progress: Progress | None = None
    ) -> Assistant:
        """Open a store; build it from the shipped corpus first if there is none.

        :raises AssistantError: the store, the model or the lexicon cannot be used; the message says what to do.
        """
        settings = settings if settings is not None else load_settings()
        if store is not None:
            settings = settings.model_copy(update={"store": Path(store)})
        lexicon = load_lexicon()
        writer = open_writer(settings.llm)
        server = open_server(settings)
        model = open_model(settings, progress)
        try:
            opened = Store.open(settings.store_dir, server=server)
        except StoreMissing:
            building.build(
                settings.store_dir,
                [building.shipped_corpus()],
                lexicon=lexicon,
                model=model,
                server=server,
                progress=progress,
            )
            opened = Store.open(settings.store_dir, server=server)
        opened.check_index()
        opened.check_model(model.fingerprint)
        return cls(settings, lexicon, model, opened, writer=writer, server=server)

    # --- questions

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        provinces: Iterable[str] | None = None,
        years: Iterable[int] | None = None,
        periods: Iterable[str] | None = None,
    ) -> Answer:
        """One answer, checked. ``history`` holds the user's earlier questions, oldest first.

        :raises QuestionError: an empty or too long question, an unknown province or period.
        """
        return self._ask(question, history, self._filter(provinces, years, periods), self._writer)

    def is_answered(self, question: str, history: Sequence[str] = ()) -> bool:
        """Whether the corpus answers a question; no language model is asked.

        :raises QuestionError: as ``ask``.
        """
        return self._ask(question, history, Filter(), None).status == "answered"

    def _ask(self, question: str, history: Sequence[str], given: Filter, writer: Writer | None) -> Answer:
        started = time.perf_counter()
        self._require(question, "question")
        _asked.debug("asked", extra={"question": question})
        store = self._current()
        turns = [asking_part(visible(h)) for h in history if isinstance(h, str)]
        asked = understand(asking_part(visible(question) or question), turns, self.lexicon, store.segmenter)
        asked = narrowed(asked, given)
        asked = self._of_winner(resolved(asked, store), store)
        latest = dated(asked, store)
        analysed = time.perf_counter()
        inquiry = self._inquire(latest, self._where(latest, store), store)
        retrieved = time.perf_counter()
        answer = self._answer(inquiry, store, writer)
        unbound = latest is not asked and not RELATIVE.search(fold(asked.standalone))
        if answer.status == "declined" and unbound:  # what the latest report leaves unsaid an older one may say
            answer = self._answer(self._inquire(asked, self._where(asked, store), store), store, writer)
        done = time.perf_counter()
        timings = {"analyse": analysed - started, "retrieve": retrieved - analysed, "answer": done - retrieved}
        timings["total"] = done - started
        return replace(answer, question=question, timings_ms={name: round(1000 * t, 3) for name, t in timings.items()})

    def _where(self, asked: Question, store: Store) -> Filter:
        return filter_of(asked, store) if self._filtered else Filter()

    def _inquire(self, asked: Question, where: Filter, store: Store) -> Inquiry:
        """A question with what retrieval finds for it."""
        go_on()
        query = self._query(asked.standalone, asked, store)
        candidates = retrieve(store, query, max(ANSWER_HITS, 12), where, self._stages)
        return Inquiry(
            asked,
            store=store,
            lexicon=self.lexicon,
            model=self._model,
            encoded=query.encoded,
            where=where,
            candidates=candidates,
        )

    def _of_winner(self, asked: Question, store: Store) -> Question:
        """A question about the province that comes first in the one before, with that province."""
        if asked.best_of is None:
            return asked
        before = resolved(asked.best_of, store)
        place = winner_of(self._inquire(before, filter_of(before, store), store), asked.text)
        if not place:
            return replace(asked, best_of=None, intent="compare")
        told = self.lexicon.english_name(place) if asked.language == "en" else place
        carried = (*asked.carried, "provinces")
        return replace(
            asked,
            provinces=(place,),
            named=(place,),
            standalone=f"{told}: {asked.standalone}" if asked.language == "en" else f"{told}{asked.standalone}",
            carried=carried,
        )

    def _answer(self, inquiry: Inquiry, store: Store, writer: Writer | None) -> Answer:
        """Compose, check; what fails the check is never shown: a decline takes its place."""
        go_on()
        words = Wording(inquiry.question.language, self.lexicon)
        draft = compose(inquiry, words)
        checked, problems = check(draft, inquiry.question, store)
        if problems:
            draft = decline(inquiry, words, "not_stated")
            checked, problems = check(draft, inquiry.question, store)
        go_on()
        told = rewrite(draft, checked, inquiry, words=words, writer=writer)
        asked, checked = inquiry.question, told.checked
        return Answer(
            question=asked.text,
            standalone_question=asked.standalone,
            language=asked.language,
            intent=draft.intent,
            status=draft.status,
            reason=draft.reason,
            text=checked.text,
            short=draft.short if draft.status != "declined" else None,
            provinces=draft.provinces if draft.status != "declined" else (),
            table=checked.table,
            computed=checked.computed,
            citations=checked.citations,
            hits=to_hits(inquiry.candidates[:ANSWER_HITS]),
            index_generation=store.generation,
            generator=told.generator,
            unsupported=told.unsupported,
            understood=_understood(asked, inquiry.where) | told.note,
            confidence=round(draft.confidence, 4),
        )

    def search(
        self,
        query: str,
        k: int = 10,
        provinces: Iterable[str] | None = None,
        years: Iterable[int] | None = None,
        periods: Iterable[str] | None = None,
    ) -> tuple[Hit, ...]:
        """The best k passages. Only the filters given apply; places in the query merely rank.

        :raises QuestionError: an empty or too long query, a wrong k, an unknown province or period.
        """
        self._require(query, "query")
        if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MAX_K:
            raise QuestionError(f"k is {k!r}: give a whole number from 1 to {MAX_K}")
        store = self._current()
        return to_hits(retrieve(store, self._sought(query, store), k, self._filter(provinces, years, periods)))

    def locate(self, text: str) -> Location:
        """Where a sentence stands: exactly, or the nearest with the differences.

        :raises QuestionError: an empty or too long text.
        """
        self._require(text, "text")
        store = self._current()
        spans = [s for d in store.documents() for s in _exact(d, text)]
        if spans:
            matches = [
                Match(s, store.text(s), store.document(s.doc_id).title, self._passage_at(store, s), 1.0)
                for s in spans[:20]
            ]
            return Location(text, "exact", tuple(matches))
        candidates = retrieve(store, self._sought(text, store), 10, Filter())
        found = nearest([c.passage for c in candidates], text)
        near = tuple(
            Match(s, q := store.text(s), store.document(s.doc_id).title, p, ratio, differences(text, q))
            for s, p, ratio in found
        )
        return Location(text, "near" if near else "absent", near)

    def similar(self, span: Span, limit: int = 8) -> tuple[Match, ...]:
        """For each other province the sentence most like the text at a span, the most alike first.

        :raises StoreError: there is no such document.
        :raises QuestionError: nothing stands there.
        """
        store = self._current()
        text = store.text(span)[: self.settings.max_question_chars]
        self._require(text, "text")
        here = self._passage_at(store, span)
        candidates = retrieve(store, self._sought(text, store), SIMILAR_CANDIDATES, Filter())
        found = alike([c.passage for c in candidates], text, other_than=here.province if here else None)
        return tuple(Match(s, store.text(s), store.document(s.doc_id).title, p, ratio) for s, p, ratio in found[:limit])

    def facts(
        self,
        provinces: Iterable[str] | None = None,
        measures: Iterable[str] | None = None,
        periods: Iterable[str] | None = None,
        years: Iterable[int] | None = None,
    ) -> tuple[Fact, ...]:
        """Every figure found in the corpus under the filters; a measure matches in any of its wordings.

        :raises QuestionError: an unknown province or period.
        """
        facts = self._current().facts(self._filter(provinces, years, periods))
        if measures is None:
            return facts
        wanted = [tuple(fold(w) for w in (m, *self.lexicon.synonyms_of(m))) for m in measures]
        return tuple(f for f in facts if any(w in fold(f.named) for group in wanted for w in group))

    def terms(self, terms: Sequence[str]) -> dict[str, list[Span]]:
        """Where each term or a synonym of it occurs; of two wordings at one place the longer counts."""
        import re

        self._require("".join(terms), "term")
        out: dict[str, list[Span]] = {}
        documents = self._current().documents()
        for term in terms:
            go_on()
            wordings = sorted(
                {fold(w) for w in (term, *self.lexicon.synonyms_of(term)) if w.strip()}, key=lambda w: (-len(w), w)
            )
            pattern = re.compile("|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in wordings))
            out[term] = [Span(d.id, *m.span()) for d in documents for m in pattern.finditer(fold(d.text))]
        return out

    # --- documents

    def document(self, doc_id: str) -> Document:
        """A document with the text that every span points into.

        :raises StoreError: there is no such document.
        """
        return self._current().document(doc_id)

    def documents(self) -> tuple[Document, ...]:
        """Every document, by id."""
        return self._current().documents()

    def sections(self, doc_id: str) -> tuple[Section, ...]:
        """The sections of a document, in order."""
        return self._current().sections(doc_id)

    def passage_at(self, span: Span) -> Passage | None:
        """The passage in which a span begins."""
        return self._passage_at(self._current(), span)

    def add(
        self,
        paths: Iterable[Path | str],
        progress: Progress | None = None,
        *,
        province: str | None = None,
        year: int | None = None,
    ) -> list[Failure]:
        """Add files or folders; a document of the same id is replaced. Returns the files that failed, with reasons.

        :param province: of all that is added, whatever the files say; ``year`` likewise.
        :raises CorpusError: none of the files could be read; nothing is changed.
        """
        keep = self._current().doc_ids()
        _, failures = building.build(
            self.settings.store_dir,
            [Path(p) for p in paths],
            lexicon=self.lexicon,
            model=self._model,
            keep=keep,
            server=self._server,
            intake=Intake(province or "", year, self.settings.max_file_mb),
            progress=progress,
        )
        return failures

    def remove(self, doc_id: str | Iterable[str], progress: Progress | None = None) -> None:
        """Remove documents.

        :raises StoreError: there is no such document.
        :raises CorpusError: none would be left.
        """
        gone = {doc_id} if isinstance(doc_id, str) else set(doc_id)
        store = self._current()
        for one in sorted(gone):
            store.document(one)
        keep = [d for d in store.doc_ids() if d not in gone]
        if not keep:
            raise CorpusError("the last document cannot be removed: add another first, or delete the store's folder")
        building.build(
            self.settings.store_dir,
            (),
            lexicon=self.lexicon,
            model=self._model,
            keep=keep,
            server=self._server,
            progress=progress,
        )

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build the store again of the documents that it holds, with the present lexicon and program.

        :raises StoreError: another process writes it, or its documents cannot be read.
        """
        folder = self.settings.store_dir
        if not building.rebuild_present(
            folder, self.lexicon, model=self._model, server=self._server, progress=progress
        ):
            raise StoreError(f"the store {str(folder)!r} cannot be read, so it cannot be rebuilt from itself")

    # --- the store

    @property
    def generation(self) -> int:
        """The number of the newest committed generation."""
        return self._current().generation

    def contents(self) -> tuple[Holding, ...]:
        """What is indexed of each document, without the texts, by id."""
        return self._current().contents()

    def info(self) -> dict[str, Any]:
        """What is indexed, and with which model."""
        store = self._current()
        return store_info(self.settings.store_dir) | {
            "provinces": [p.name for p in self.lexicon.provinces if p.name in store.provinces()],
            "years": list(store.years()),
        }

    def verify(self) -> list[str]:
        """What is wrong with the store, in words; empty if it is whole."""
        return verify(self.settings.store_dir, self._server)

    def examples(self, language: str, n: int = 4) -> tuple[str, ...]:
        """Questions that this corpus can be asked."""
        store = self._current()
        held = [p for p in self.lexicon.provinces if p.name in store.provinces()]
        years = store.years()
        english = language == "en"
        out = []
        for i, template in enumerate(_EXAMPLES["en" if english else "zh"]):
            if held and years:
                province = held[-1 - i % len(held)]
                out.append(template.format(p=province.english if english else province.name, y=years[-1]))
        return tuple(out[:n])

    def warm(self) -> None:
        """Load what the first question needs, so that it is as quick as the next."""
        self.search("预热", k=1)

    def close(self) -> None:
        """Let go of the store's files."""
        self._store.close()

    def _current(self) -> Store:
        """The newest committed generation; a build by another process is noticed here."""
        store = self._store
        if store.is_current():
            return store
        with self._switching:
            if not self._store.is_current():
                try:
                    self._store = self._newest()  # the old one stays open for those who still read it
                except StoreError as e:  # what was opened is whole, and still answers
                    _log.error("generation %d still answers: %s", self._store.generation, e)
        return self._store

    def _newest(self) -> Store:
        """:raises StoreError: the newest generation cannot be used."""
        opened = Store.open(self.settings.store_dir, server=self._server)
        try:
            opened.check_index()
            opened.check_model(self._model.fingerprint)
        except StoreError:
            opened.close()
            raise
        return opened

    def is_newest(self) -> bool:
        """Whether the newest generation answers, and not one before it because that one cannot be used."""
        return self._current().is_current()

    def _passage_at(self, store: Store, span: Span) -> Passage | None:
        try:
            return store.passage(store.row_at(span))
        except StoreError:  # a heading or a line of dashes is in no passage
            return None

    def _sought(self, text: str, store: Store) -> Query:
        """What is searched for a text by itself: what it speaks of is read, the kind of answer wanted is not."""
        return self._query(text, read(text, self.lexicon, store.segmenter).question, store)

    def _query(self, text: str, question: Question, store: Store) -> Query:
        return query_of(text, question, lexicon=self.lexicon, model=self._model, segmenter=store.segmenter)

    def _require(self, text: str, name: str) -> None:
        require_text(text, name, limit=self.settings.max_question_chars, example=lambda: self.examples("zh", 1)[0])

    def _filter(
        self, provinces: Iterable[str] | None, years: Iterable[int] | None, periods: Iterable[str] | None
    ) -> Filter:
        return parse_filter(self.lexicon, provinces=provinces, years=years, periods=periods)


def _exact(document: Document, text: str) -> list[Span]:
    go_on()
    return exact_spans(document.text, document.id, text)


def _understood(question: Question, where: Filter) -> dict[str, Any]:
    return {
        "provinces": list(question.provinces),
        "years": list(question.years),
        "periods": list(question.periods),
        "reports": list(question.reports),
        "measures": [t.wordings[0] for t in question.terms],
        "wanted": question.wanted,
        "carried": list(question.carried),
        "searched": {"provinces": list(where.provinces), "years": list(where.years), "periods": list(where.periods)},
    }
