"""Systems on a question set: asked, scored, held to the promises, and gathered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.assistant import Assistant
from assistant.errors import EvalDataError, StoreError
from assistant.evaluation.gold import Gold, resolve
from assistant.evaluation.promises import broken_promises, same_twice
from assistant.evaluation.questions import TYPES, EvalQuestion, read_questions
from assistant.evaluation.ranking import ranking_rows
from assistant.evaluation.report import Question, Report, SystemResult, current_commit, model_name
from assistant.evaluation.scoring import score_answer
from assistant.evaluation.systems import ONLY_RETRIEVE, System, open_systems, timed
from assistant.evaluation.timing import Timed
from assistant.types import Answer, Passage, Progress, Span

ASKED_TWICE = 10
"""Every tenth question is asked a second time, to see that the answer is the same."""


def evaluate_set(
    assistant: Assistant,
    questions: Sequence[EvalQuestion],
    systems: Sequence[str],
    *,
    name: str = "",
    progress: Progress | None = None,
) -> Report:
    """Every system on some questions; ``name`` is the set's.

    :raises EvalDataError: a quote that the store does not hold, or an unknown system.
    """
    commit = current_commit()  # of the code that runs, whatever is committed meanwhile
    golds = resolve(questions, assistant.documents())
    exam = Exam(assistant, golds)
    results = []
    reasons: dict[str, dict[str, dict[str, int]]] = {}
    for system_name, system in open_systems(systems, assistant).items():
        asked: list[Timed] = []
        for done, gold in enumerate(golds, start=1):
            asked.append(timed(system, gold.question.question, gold.question.history))
            if progress is not None:
                progress(system_name, done, len(golds))
        results.append(exam.judge(system_name, asked, system))
        if system_name not in ONLY_RETRIEVE:
            reasons[system_name] = _reasons(golds, asked)
    return Report(
        set=name,
        n=len(golds),
        model=model_name(assistant),
        results=tuple(results),
        commit=commit,
        reasons=reasons,
        qrels=exam.qrels,
    )


def choose(path: Path, split: str | None = None, types: Sequence[str] = ()) -> tuple[EvalQuestion, ...]:
    """The questions of a file, of one split and of some types if given.

    :raises EvalDataError: a wrong file, an unknown type, or nothing left.
    """
    unknown = [t for t in types if t not in TYPES]
    if unknown:
        raise EvalDataError(f"unknown type {unknown[0]!r}: use some of {', '.join(TYPES)}")
    kept = tuple(q for q in read_questions(path, split) if not types or q.type in types)
    if not kept:
        raise EvalDataError(f"{path} has no question of {', '.join(types)}: choose other types")
    return kept


class Exam:
    """Questions with their labels over one store: judges the answers of a system."""

    def __init__(self, assistant: Assistant, golds: Sequence[Gold]) -> None:
        self._assistant, self._golds = assistant, golds
        self._texts = {d.id: d.text for d in assistant.documents()}
        self._names = {p.name: (p.english, p.full) for p in assistant.lexicon.provinces}
        held = {s.province for doc_id in self._texts for s in assistant.sections(doc_id) if s.province}
        self._held = {name: names for name, names in self._names.items() if name in held}
        self.qrels = {g.question.id: {p.id: 1 for p in self._passages(g)} for g in golds if g.question.answerable}
        self.qrels = {question: grades for question, grades in self.qrels.items() if grades}

    def judge(self, name: str, asked: Sequence[Timed], system: System) -> SystemResult:
        """Rows of every measure for the answers, in the order of the questions."""
        run = {
            g.question.id: tuple(h.passage.id for h in t.answer.hits) for g, t in zip(self._golds, asked, strict=True)
        }
        ranked = ranking_rows(self.qrels, run)
        questions = []
        for i, (gold, one) in enumerate(zip(self._golds, asked, strict=True)):
            q = gold.question
            row = {measure: (value, 1.0) for measure, value in ranked.get(q.id, {}).items()}
            if name in ONLY_RETRIEVE:
                ms = {what: value for what, value in one.ms.items() if what != "ask"}
                questions.append(Question(q.id, row, _groups(q), ms))
                continue
            row |= score_answer(gold, one.answer, self._names)
            broken = self._broken(one.answer, system.ask(q.question, q.history) if i % ASKED_TWICE == 0 else one.answer)
            row["invariants_broken"] = (float(bool(broken)), 1.0)
            confidence = one.answer.confidence if one.answer.status != "declined" else None
            questions.append(Question(q.id, row, _groups(q), one.ms, confidence, _shown(q, one.answer, broken)))
        return SystemResult(name, tuple(questions), run)

    def _broken(self, answer: Answer, again: Answer) -> list[str]:
        public = answer.to_dict()
        return broken_promises(public, self._texts.__getitem__, self._held) + same_twice(public, again.to_dict())

    def _passages(self, gold: Gold) -> list[Passage]:
        """The passages that hold some of the evidence; what a hit must overlap, so any cut of the text will do."""
        found: dict[str, Passage] = {}
        for span in gold.spans:
            at = span.start
            while at < span.end:
                passage = self._passage_at(Span(span.doc_id, at, at + 1))
                if passage is not None:
                    found[passage.id] = passage
                at = passage.span.end if passage is not None else at + 1
        return list(found.values())

    def _passage_at(self, span: Span) -> Passage | None:
        try:
            return self._assistant.passage_at(span)
        except StoreError:  # a line of dashes or a heading is in no passage
            return None


def _groups(q: EvalQuestion) -> tuple[tuple[str, str], ...]:
    groups = [("type", q.type), ("language", q.lang), *(("province", p) for p in q.provinces)]
    return (*groups, *((("why", q.why),) if q.why else ()))


def _shown(q: EvalQuestion, answer: Answer, broken: Sequence[str]) -> dict[str, object]:
    """Question, label and answer in short, for people."""
    return {
        "question": " → ".join([*q.history, q.question]),
        "kind": q.kind,
        "want": list(q.answers) or q.why or "none",
        "about": [*q.provinces, *([q.period] if q.period else [])],
        "status": answer.status + (f" ({answer.reason})" if answer.reason else ""),
        "intent": answer.intent,
        "short": answer.short,
        "provinces": list(answer.provinces),
        "text": answer.text,
        "cited": [f"{c.province}/{c.year}/{c.period}: {c.quote}" for c in answer.citations],
        "understood": answer.understood,
        "broken": list(broken),
    }


def _reasons(golds: Sequence[Gold], asked: Sequence[Timed]) -> dict[str, dict[str, int]]:
    """Why a question has no answer → what was said → how many."""
    out: dict[str, Counter[str]] = {}
    for gold, one in zip(golds, asked, strict=True):
        if gold.question.why:
            said = (one.answer.reason or "?") if one.answer.status == "declined" else one.answer.status
            out.setdefault(gold.question.why, Counter())[said] += 1
    return {why: dict(sorted(said.items())) for why, said in sorted(out.items())}
