"""What readers thought of answers: a thumb with a reason, kept with all that is needed to ask the same again.

An entry holds the question, the answer with its spans, and which versions gave it. It holds no address, no user name
and no session: what a reader writes in the comment is all that can tell who they are.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant import __version__
from assistant.errors import QuestionError
from assistant.settings import Settings
from assistant.takeaway.bundle import escape_halves
from assistant.takeaway.journal import append_line, read_lines
from assistant.takeaway.words import Language
from assistant.types import Answer

Verdict = Literal["up", "down"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
REASONS: dict[Verdict, dict[str, dict[Language, str]]] = {
    "up": {
        "correct": {"zh": "答案正确", "en": "correct"},
        "complete": {"zh": "没有遗漏", "en": "complete"},
        "clear": {"zh": "清楚易懂", "en": "clear"},
    },
    "down": {
        "wrong_figure": {"zh": "数字不对", "en": "wrong figure"},
        "wrong_place": {"zh": "省份、年份或时期不对", "en": "wrong province, year or period"},
        "wrong_quote": {"zh": "引文不支持答案", "en": "the quote does not carry the answer"},
        "incomplete": {"zh": "有遗漏", "en": "something is missing"},
        "wrongly_declined": {"zh": "原文有，却答没有", "en": "declined, though the text has it"},
        "should_decline": {"zh": "原文没有，却作了回答", "en": "answered, though the text has nothing"},
        "misunderstood": {"zh": "没有看懂问题", "en": "the question was misunderstood"},
        "other": {"zh": "其他", "en": "other"},
    },
}
MAX_COMMENT = 2000
MAX_HISTORY = 50
MAX_ENTRY_BYTES = 256 * 2**10
MAX_FILE_BYTES = 64 * 2**20
"""Whoever reaches the page may write: some ten thousand entries, and then it is told that the file is full."""
FORMAT = 1
_KEPT = ("standalone_question", "language", "intent", "status", "reason", "text", "short", "provinces", "citations",
         "generator")  # fmt: skip


class Answering(Protocol):
    """What recording asks of the facade."""

    @property
    def settings(self) -> Settings:
        """Where the file is, and how long a question may be."""
        ...

    def info(self) -> dict[str, Any]:
        """Which generation of the store, built with which model."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One reader's opinion of one answer. ``answer`` is the part of its JSON that tells what was said on what."""

    id: str
    time: str
    verdict: Verdict
    reason: str | None
    comment: str
    question: str
    history: tuple[str, ...]
    answer: Mapping[str, Any]
    versions: Mapping[str, Any]


def record(
    assistant: Answering,
    answer: Answer,
    *,
    verdict: str,
    reason: str | None = None,
    comment: str = "",
    history: Sequence[str] = (),
    now: datetime | None = None,
) -> Entry:
    """Keep what a reader thought of an answer.

    :param reason: one of ``REASONS`` of the verdict, or none.
    :param history: the questions asked before it, oldest first.
    :raises QuestionError: an unknown verdict or reason, or more text than is kept.
    :raises SettingsError: the file cannot be written, or is full.
    """
    limit = assistant.settings.max_question_chars
    _check(verdict, reason, comment)
    asked = [h for h in history if h.strip()][-MAX_HISTORY:]
    for name, text in [("question", answer.question), *(("history", h) for h in asked)]:
        if not text.strip() or len(text) > limit:
            raise QuestionError(f"the {name} has {len(text)} characters: feedback takes 1 to {limit}")
    at = (now if now is not None else datetime.now(UTC)).astimezone(UTC)
    entry = Entry(
        id=secrets.token_hex(8),
        time=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        verdict="up" if verdict == "up" else "down",
        reason=reason,
        comment=comment.strip(),
        question=answer.question,
        history=tuple(asked),
        answer=_kept(answer),
        versions=_versions(answer, assistant.info()),
    )
    append_line(assistant.settings.feedback_file, write_entry(entry), limit=MAX_FILE_BYTES)
    return entry


def _check(verdict: str, reason: str | None, comment: str) -> None:
    if verdict not in VERDICTS:
        raise QuestionError(f"unknown verdict {verdict[:40]!r}: use one of {', '.join(VERDICTS)}")
    known = REASONS["up" if verdict == "up" else "down"]
    if reason is not None and reason not in known:
        raise QuestionError(f"unknown reason {reason[:40]!r} for {verdict!r}: use one of {', '.join(known)}, or none")
    if len(comment) > MAX_COMMENT:
        raise QuestionError(f"the comment has {len(comment)} characters: shorten it to at most {MAX_COMMENT}")


def _kept(answer: Answer) -> dict[str, Any]:
    told = answer.to_dict()
    return {name: told[name] for name in _KEPT} | {"hits": [hit.passage.id for hit in answer.hits]}


def _versions(answer: Answer, info: Mapping[str, Any]) -> dict[str, Any]:
    model = info.get("model") or {}
    return {
        "program": __version__,
        "model": model.get("name"),
        "model_fingerprint": model.get("fingerprint"),
        "generation": answer.index_generation or info.get("generation"),
    }


def write_entry(entry: Entry) -> bytes:
    """The entry as one line of JSON.

    :raises QuestionError: it is larger than an entry may be.
    """
    line = json.dumps({"format": FORMAT, **asdict(entry)}, ensure_ascii=False, sort_keys=True, allow_nan=False)
    data = escape_halves(line).encode()
    if len(data) > MAX_ENTRY_BYTES:
        raise QuestionError(f"the feedback has {len(data):,} bytes: at most {MAX_ENTRY_BYTES:,} are kept")
    return data


class _Line(BaseModel):
    """The shape of a line, as it is read back."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    format: int
    id: str
    time: str
    verdict: Verdict
    reason: str | None
    comment: str
    question: str
    history: list[str]
    answer: dict[str, Any]
    versions: dict[str, Any]


def read_feedback(path: Path) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries of a file, in order, and its lines that are none, as ``file:line: why``; a missing file has neither.

    :raises SettingsError: the file cannot be read.
    """
    entries, problems = [], []
    for number, value in read_lines(path):
        try:
            entries.append(_entry(value))
        except (ValidationError, ValueError):
            problems.append(f"{path}:{number}: no entry of feedback; it is passed over")
    return tuple(entries), tuple(problems)


def _entry(value: dict[str, Any] | None) -> Entry:
    line = _Line.model_validate(value)
    if line.format != FORMAT or not line.question.strip():
        raise ValueError("of another format, or without a question")
    values = line.model_dump(exclude={"format"})
    return Entry(**values | {"history": tuple(line.history)})


def label(verdict: Verdict, reason: str | None, language: Language) -> str:
    """A reason in words; empty for none or one that this version does not know."""
    words = REASONS[verdict].get(reason or "")
    return words[language] if words is not None else ""
