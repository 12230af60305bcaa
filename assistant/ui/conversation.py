"""What one reader asked and was answered, as values; and how it is kept in the reader's own browser.

The browser keeps questions, not answers: the same store gives the same answer again, and a changed one a better. The
list is the browser's own (``kept.js``); the server is sent it where it has to show it.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from assistant.types import PERIODS, Answer
from assistant.ui.messages import Language, say
from assistant.ui.seam import Asking

if TYPE_CHECKING:
    from assistant.assistant import Assistant

KEPT_TURNS = 50
"""Older turns leave the page: each is re-sent with every question, and few readers scroll so far."""
TITLE = 60

_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, or with a notice where there is none, or with neither while it is worked on."""

    number: int
    asking: Asking
    answer: Answer | None = None
    notice: str = ""

    @property
    def question(self) -> str:
        """The question as the reader put it."""
        return self.asking.question


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions and answers, and the question that is being worked on."""

    id: str = field(default_factory=lambda: secrets.token_hex(6))
    turns: tuple[Turn, ...] = ()
    pending: Asking | None = None

    @property
    def history(self) -> tuple[str, ...]:
        """The questions that were answered, oldest first."""
        return tuple(turn.question for turn in self.turns if turn.answer is not None)

    @property
    def next_number(self) -> int:
        """The number of the next turn; numbers are never used twice, so that links keep their targets."""
        return self.turns[-1].number + 1 if self.turns else 1

    def plus(self, turn: Turn) -> Conversation:
        """With one more turn, and nothing pending."""
        return replace(self, turns=(*self.turns, turn)[-KEPT_TURNS:], pending=None)

    def without_last(self) -> Conversation:
        """Without its last turn, which is to be answered anew."""
        return replace(self, turns=self.turns[:-1])

    def ends_with(self, asking: Asking) -> bool:
        """Whether the last turn asks just this: sent twice, by a double click or an impatient key, it is one turn."""
        last = self.turns[-1].asking if self.turns else None
        return last is not None and replace(last, key="", again=False) == replace(asking, key="", again=False)

    def turn(self, number: int) -> Turn | None:
        """The turn of this number."""
        return next((t for t in self.turns if t.number == number), None)

    def before(self, turn: Turn) -> tuple[str, ...]:
        """The questions answered before a turn, oldest first."""
        return tuple(t.question for t in self.turns if t.number < turn.number and t.answer is not None)


def answer_turn(assistant: Assistant, turn: Turn, history: tuple[str, ...], language: Language) -> Turn:
    """The turn with its answer, whatever happens: a reader meets a sentence, never a traceback."""
    question = clean(turn.question)
    limit = assistant.settings.max_question_chars
    if not question:
        return replace(turn, asking=replace(turn.asking, question=""), notice=say(language, "empty"))
    if len(question) > limit:
        notice = say(language, "too_long", n=len(question), limit=limit)
        return replace(turn, asking=Asking(f"{question[:TITLE]}…"), notice=notice)
    turn = replace(turn, asking=replace(turn.asking, question=question))
    limits = {name: getattr(turn.asking, name) or None for name in ("provinces", "years", "periods")}
    try:
        return replace(turn, answer=assistant.ask(question, history, **limits))
    except AssistantError as e:
        return replace(turn, notice=say(language, "failed", why=str(e)))
    except Exception:  # the page is the last place that can tell the reader
        _log.exception("a question failed")
        return replace(turn, notice=say(language, "broken"))


def clean(question: str) -> str:
    """The question without what no JSON or page can carry: halves of surrogate pairs and control characters."""
    return question.encode("utf-8", "replace").decode().translate(_CONTROL).strip()


# --- in the browser


def record_of(conversation: Conversation) -> dict[str, Any]:
    """The conversation as the browser keeps it: its questions with their limits, the pending one last."""
    askings = [turn.asking for turn in conversation.turns if turn.answer is not None]
    pending = [conversation.pending] if conversation.pending is not None else []
    return {
        "id": conversation.id,
        "asked": [_asking_record(a) for a in (*askings, *pending)],
        "pending": bool(pending),
    }


def _asking_record(asking: Asking) -> dict[str, Any]:
    limits = {"p": list(asking.provinces), "y": list(asking.years), "t": list(asking.periods)}
    return {"q": asking.question} | {name: values for name, values in limits.items() if values}


def records_of(kept: Any) -> list[dict[str, Any]]:
    """The conversations in what a browser sends, which may be anything: what is not one of ours is passed over."""
    try:
        items = json.loads(kept) if isinstance(kept, str) else None
    except (ValueError, RecursionError):
        items = None
    return [record for item in items if (record := _record(item))] if isinstance(items, list) else []


def _record(item: Any) -> dict[str, Any] | None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not isinstance(item.get("asked"), list):
        return None
    askings = [a for a in map(parse_asking, item["asked"]) if a.question]
    if not askings or not item["id"].isalnum() or len(item["id"]) > 40:
        return None
    asked = [_asking_record(a) for a in askings[-KEPT_TURNS:]]
    return {"id": item["id"], "asked": asked, "pending": item.get("pending") is True}


def parse_asking(item: Any) -> Asking:
    """A question from what a browser sends; an empty one where it is none."""
    if not isinstance(item, dict) or not isinstance(item.get("q"), str):
        return Asking("")
    return Asking(
        clean(item["q"]),
        tuple(p for p in _listed(item.get("p")) if p and len(p) <= 20),
        tuple(int(y) for y in _listed(item.get("y")) if y.isascii() and y.isdigit() and len(y) == 4),
        tuple(known for known in PERIODS if known in _listed(item.get("t"))),
        submit=item.get("submit") != "0",
    )


def _listed(value: Any) -> list[str]:
    """``"a,b"``, ``["a", "b"]`` or ``[2022]`` as texts; at most as many as there could be provinces."""
    parts: Iterable[Any] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return [str(part).strip() for part in parts][:40]


def askings_of(record: dict[str, Any]) -> Iterator[Asking]:
    """The questions of one kept conversation."""
    yield from map(parse_asking, record["asked"])


def title_of(record: dict[str, Any]) -> str:
    """What a kept conversation is called: its first question."""
    first = str(record["asked"][0]["q"])
    return first if len(first) <= TITLE else f"{first[:TITLE]}…"
