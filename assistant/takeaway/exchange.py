"""An answer as part of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.types import Answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer with the questions that were asked before it, oldest first."""

    answer: Answer
    history: tuple[str, ...] = ()


def conversation(answers: Sequence[Answer]) -> tuple[Exchange, ...]:
    """Answers of one conversation: each has the questions of those before it as its history."""
    asked = [a.question for a in answers]
    return tuple(Exchange(answer, tuple(asked[:i])) for i, answer in enumerate(answers))
