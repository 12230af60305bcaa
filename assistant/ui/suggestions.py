"""Questions to go on with, each of which the corpus answers: drawn from figures and provinces held, then tried.

A suggestion that is declined when it is clicked costs more trust than it saves typing, so each is asked beforehand (no
language model is); what was tried is remembered for the store's generation.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.types import Answer, Period
from assistant.ui.conversation import Conversation
from assistant.ui.holdings import Holdings
from assistant.ui.messages import Language, say
from assistant.ui.seam import Asking

if TYPE_CHECKING:
    from assistant.assistant import Assistant

OFFERED = 3
TRIED = 6
"""Candidates tried at most for one answer; a trial is some 20 ms."""
REMEMBERED = 4096

_OTHER: dict[Period, Period] = {"plan": "review", "review": "plan", "plan_5y": "review_5y", "review_5y": "plan_5y"}


class Suggester:
    """Suggests; remembers which questions were answered."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._tried: dict[tuple[object, str], bool] = {}
        self._writing = threading.Lock()

    def after(self, conversation: Conversation, *, held: Holdings) -> tuple[Asking, ...]:
        """At most ``OFFERED`` questions after the last turn, none of which was asked in this conversation."""
        if not conversation.turns or conversation.turns[-1].answer is None:
            return ()
        answer = conversation.turns[-1].answer
        spoken: Language = "en" if answer.language == "en" else "zh"
        asked = {t.question for t in conversation.turns} | {answer.standalone_question}
        fresh = dict.fromkeys(q for q in candidates(answer, held, spoken) if q not in asked)
        found: list[Asking] = []
        for question in list(fresh)[:TRIED]:
            if len(found) < OFFERED and self._is_answered(question, held):
                found.append(Asking(question))
        return tuple(found)

    def _is_answered(self, question: str, held: Holdings) -> bool:
        key = (held.generation, question)
        if key not in self._tried:
            try:
                answered = self._assistant.is_answered(question)
            except AssistantError:
                answered = False
            with self._writing:
                if len(self._tried) >= REMEMBERED:
                    self._tried.clear()
                self._tried[key] = answered
        return self._tried[key]


def candidates(answer: Answer, held: Holdings, language: Language) -> Iterator[str]:
    """Questions near to the one answered, the nearest first; whether they have answers is not known yet."""
    spoken = _Spoken(held, language)
    measure = _measure_of(answer, held)
    provinces = [p for p in answer.provinces if p in held.provinces]
    if answer.reason in ("off_topic", "unsafe") or answer.intent == "chat":
        yield from spoken.general()
    elif measure and answer.status == "declined":
        yield from spoken.after_decline(measure)
    elif measure and answer.intent == "compare":
        yield from spoken.after_comparison(measure, answer, provinces)
    elif measure:
        yield from spoken.after_figure(measure, answer, provinces)
    elif answer.intent == "list":
        yield from spoken.after_list(answer, provinces)
    named = [p for p in (answer.understood.get("provinces") or ()) if p in held.provinces]
    yield from spoken.of_province((provinces or named or [*held.provinces])[0] if held.provinces else "", measure)
    yield from spoken.general()


def _measure_of(answer: Answer, held: Holdings) -> str:
    """The id of the measure asked about, where figures of it are held."""
    for word in answer.understood.get("measures") or ():
        known = held.lexicon.measure(str(word))
        if known is not None and known.id in held.stated:
            return known.id
    return ""


class _Spoken:
    """The candidates' wording, in one language."""

    def __init__(self, held: Holdings, language: Language) -> None:
        self._held = held
        self._language = language

    def after_figure(self, measure: str, answer: Answer, provinces: list[str]) -> Iterator[str]:
        """The other role, all provinces, another province, another measure."""
        places = self._held.stated[measure]
        period = _period(answer)
        province = provinces[0] if provinces else ""
        for other in _others(period):
            if any(p == province and role == other for p, _, role in places):
                yield self._figure(province, measure, other)
        if len({p for p, _, role in places if role == period}) > 1:
            yield self._comparison(measure, period)
        for other_place in sorted({p for p, _, role in places if role == period} - {province}, key=self._order):
            yield self._figure(other_place, measure, period)
            break

    def after_comparison(self, measure: str, answer: Answer, provinces: list[str]) -> Iterator[str]:
        """The other role, the first province by itself, another measure that many provinces state."""
        places, period = self._held.stated[measure], _period(answer)
        for other in _others(period):
            if len({p for p, _, role in places if role == other}) > 1:
                yield self._comparison(measure, other)
        if provinces:
            yield self._figure(provinces[0], measure, period)
        more = [m for m in self._held.measures() if m != measure]
        if more:
            yield self._comparison(more[0], period)

    def after_decline(self, measure: str) -> Iterator[str]:
        """The same of all provinces, and of one that states it."""
        places = self._held.stated[measure]
        for period in ("plan", "review"):
            stating = sorted({p for p, _, role in places if role == period}, key=self._order)
            if len(stating) > 1:
                yield self._comparison(measure, period)
            if stating:
                yield self._figure(stating[0], measure, period)

    def after_list(self, answer: Answer, provinces: list[str]) -> Iterator[str]:
        """What the first province says of it; who does not."""
        topic = next(iter(answer.understood.get("measures") or ()), "")
        if topic and provinces:
            yield say(self._language, "ask_how", province=self._place(provinces[0]), topic=self._topic(str(topic)))
        if topic:
            yield say(self._language, "ask_without", topic=self._topic(str(topic)))

    def of_province(self, province: str, measure: str) -> Iterator[str]:
        """The measures that most provinces state, of this one."""
        others = [m for m in self._held.measures((province,)) if m != measure]
        for other in others[:2]:
            roles = {role for p, _, role in self._held.stated[other] if p == province}
            period: Period = "plan" if "plan" in roles or not roles & {"review"} else "review"
            yield self._figure(province, other, period)

    def general(self) -> Iterator[str]:
        """What most provinces state, compared."""
        for measure in self._held.measures()[:2]:
            yield self._comparison(measure, "plan")

    def _figure(self, province: str, measure: str, period: Period | None) -> str:
        key = f"ask_figure_{period}" if period else "ask_figure"
        return say(self._language, key, province=self._place(province), measure=self._measure(measure),
                   year=self._year(period))  # fmt: skip

    def _comparison(self, measure: str, period: Period | None) -> str:
        key = f"ask_comparison_{period}" if period else "ask_comparison"
        return say(self._language, key, measure=self._measure(measure), year=self._year(period))

    def _year(self, period: Period | None) -> str:
        years = self._held.years_of(period) if period else ()
        return str(years[-1]) if years else ""

    def _order(self, province: str) -> int:
        return self._held.provinces.index(province) if province in self._held.provinces else len(self._held.provinces)

    def _place(self, province: str) -> str:
        return self._held.lexicon.english_name(province) if self._language == "en" else province

    def _measure(self, measure: str) -> str:
        return self._held.lexicon.english_name(measure) if self._language == "en" else self._held.name_of(measure)

    def _topic(self, topic: str) -> str:
        return self._held.lexicon.english_name(topic) if self._language == "en" else topic


def _period(answer: Answer) -> Period | None:
    """The role that the answer's figures have."""
    return next((c.period for c in answer.citations if c.period is not None), None)


def _others(period: Period | None) -> Iterable[Period]:
    return (_OTHER[period],) if period is not None else ()
