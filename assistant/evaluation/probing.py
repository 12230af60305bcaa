"""A store asked generated questions: which promises its answers break, where it crashes, what is slow.

``python -m assistant.evaluation --generated 2000 [--seed S] [--store DIR]`` runs it on any corpus.
"""

from __future__ import annotations

import statistics
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.assistant import Assistant
from assistant.errors import QuestionError
from assistant.evaluation.generated import Generated
from assistant.evaluation.promises import broken_promises, same_twice
from assistant.text import clean_line
from assistant.types import Progress

ASKED_TWICE = 10
"""Every tenth question is asked a second time, to see that the answer is the same."""
_SHOWN = 120
"""Characters of a question that are printed; its number and seed give the whole."""
SLOW = 20
"""A question is slow from this many times the median."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one question: what its answer breaks, or how the program refused it or crashed; ``ms`` it took."""

    question: Generated
    intent: str
    status: str
    broken: tuple[str, ...]
    ms: float
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """All questions of a run, in order."""

    asked: tuple[Asked, ...]

    @property
    def broken(self) -> tuple[Asked, ...]:
        """Those whose answer breaks a promise, or that crashed."""
        return tuple(a for a in self.asked if a.broken)

    @property
    def median_ms(self) -> float:
        """Of the questions that were answered or declined."""
        return statistics.median([a.ms for a in self.asked if a.answer is not None] or [0.0])

    @property
    def slow(self) -> tuple[Asked, ...]:
        """Those that took ``SLOW`` times the median or longer, the slowest first."""
        return tuple(sorted((a for a in self.asked if a.ms >= SLOW * self.median_ms), key=lambda a: -a.ms))

    def counts(self) -> dict[tuple[str, str], int]:
        """How many questions got an answer of each intent and status."""
        return dict(sorted(Counter((a.intent, a.status) for a in self.asked).items()))

    def plain(self) -> str:
        """The counts and every broken promise, for people."""
        lines = [f"{n:6}  {intent:8} {status}" for (intent, status), n in self.counts().items()]
        lines += [
            f"{len(self.asked)} questions, {len(self.broken)} break a promise; median {self.median_ms:.0f} ms, "
            f"{len(self.slow)} took {SLOW} times as long"
        ]
        lines += [f"slow: {a.ms:.0f} ms: {_shown(a.question)}" for a in self.slow]
        for a in self.broken:
            lines += [_shown(a.question), *(f"    {problem}" for problem in a.broken)]
        return "\n".join(lines) + "\n"


def _shown(question: Generated) -> str:
    turns = (
        clean_line(t) if len(t) <= _SHOWN else f"{clean_line(t[:_SHOWN])}… ({len(t)} characters)"
        for t in (*question.history, question.question)
    )
    return f"#{question.number} {question.kind}: " + " → ".join(turns)


def probe(assistant: Assistant, questions: Iterable[Generated], progress: Progress | None = None) -> Probe:
    """Ask them all and hold every answer to the promises."""
    texts = {d.id: d.text for d in assistant.documents()}
    held = {s.province for doc_id in texts for s in assistant.sections(doc_id) if s.province}
    names = {p.name: (p.full, p.english) for p in assistant.lexicon.provinces if p.name in held}
    asking = list(questions)
    assistant.warm()
    out = []
    for done, question in enumerate(asking, start=1):
        out.append(_ask(assistant, question, texts, names))
        if progress is not None:
            progress("generated", done, len(asking))
    return Probe(tuple(out))


def _ask(
    assistant: Assistant, question: Generated, texts: Mapping[str, str], names: Mapping[str, Sequence[str]]
) -> Asked:
    started = time.perf_counter()

    def took() -> float:
        return 1000 * (time.perf_counter() - started)

    try:
        answer = assistant.ask(question.question, history=question.history).to_dict()
        ms = took()
        twice = question.number % ASKED_TWICE == 0
        again = assistant.ask(question.question, history=question.history).to_dict() if twice else answer
    except QuestionError as e:
        return Asked(question, "none", "refused", tuple(_wrongly_refused(question, e, assistant)), took())
    except Exception as e:  # a crash is what is looked for: it is told like a broken promise
        where = traceback.extract_tb(e.__traceback__)[-1]
        problem = f"crash: {type(e).__name__}: {e} ({where.filename}:{where.lineno})"
        return Asked(question, "none", "crashed", (problem,), took())
    broken = broken_promises(answer, texts.__getitem__, names)
    broken += same_twice(answer, again)
    broken += ["0: the answer tells another question"] if answer["question"] != question.question else []
    return Asked(question, answer["intent"], answer["status"], tuple(broken), ms, answer)


def _wrongly_refused(question: Generated, error: QuestionError, assistant: Assistant) -> Iterator[str]:
    """A question may be refused for being empty or too long, in one line."""
    text = question.question
    if text.strip() and len(text) <= assistant.settings.max_question_chars:
        yield f"0: refused: {error}"
    if "\n" in str(error):
        yield "0: the refusal has several lines"
