"""What a question was understood to ask, as chips to take off or change; and the question that a change makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from assistant.question import editing
from assistant.types import PERIODS, Answer, Period
from assistant.ui.conversation import Turn
from assistant.ui.holdings import Holdings
from assistant.ui.messages import Language, period_label, say
from assistant.ui.seam import Asking

SLOTS = ("provinces", "years", "periods", "measures")
APART = 4
"""Provinces shown one by one; more of them, as a region's, are one chip."""
OFFERED_MEASURES = 12


def render_chips(turn: Turn, answer: Answer, language: Language, *, held: Holdings, editable: bool) -> str:
    """The chips of an answer; if ``editable`` they can be taken off and changed, otherwise they only tell."""
    if answer.reason in ("off_topic", "unsafe"):
        return ""  # what was understood of it is what it is not about
    parts = []
    if answer.standalone_question != answer.question:
        label = escape(say(language, "searched_as"))
        parts.append(f'<li class="sw-slot"><span class="sw-chip sw-standalone">{label}{_words(answer)}</span></li>')
    for slot in SLOTS:
        values = _values(slot, answer.understood)
        if not editable and values:
            parts.append(_told(slot, values, language, held))
        elif editable and (values or slot != "measures"):
            parts.append(_slot(slot, values, language, turn=turn.number, held=held, understood=answer.understood))
    if not parts:
        return ""
    return f'<ul class="sw-chips" aria-label="{escape(say(language, "understood"))}">{"".join(parts)}</ul>'


def _words(answer: Answer) -> str:
    return f"<q>{escape(answer.standalone_question)}</q>"


def _values(slot: str, understood: dict[str, Any]) -> list[str]:
    values = list(dict.fromkeys(str(v) for v in understood.get(slot) or ()))
    return [] if slot == "periods" and len(values) == len(PERIODS) else values  # all of them limit nothing


def _shown(slot: str, values: Sequence[str], language: Language, held: Holdings) -> list[tuple[str, str]]:
    """Each chip's value and what it says; provinces too many to be named are one."""
    if slot == "provinces" and len(values) > APART:
        many = say(language, "many_provinces", first=held.place(values[0], language), n=len(values))
        return [(",".join(values), many)]
    return [(v, _label(slot, v, language, held)) for v in values]


def _told(slot: str, values: Sequence[str], language: Language, held: Holdings) -> str:
    chips = (f'<span class="sw-chip">{escape(label)}</span>' for _, label in _shown(slot, values, language, held))
    return f'<li class="sw-slot">{"".join(chips)}</li>'


def _slot(
    slot: str, values: Sequence[str], language: Language, *, turn: int, held: Holdings, understood: dict[str, Any]
) -> str:
    """A slot's chips, with one editor for all of them; of measures each has its own."""
    removable = slot != "measures" or len(values) > 1
    chips, editors = "", ""
    for i, (value, label) in enumerate(_shown(slot, values, language, held) or [("", say(language, f"any_{slot}"))]):
        editor = f"t{turn}-{slot}{i if slot == 'measures' else ''}"
        chips += _chip(slot, value, label, language, editor=editor, removable=removable and bool(value))
        if slot == "measures" or i == 0:
            replaced = [value] if slot == "measures" else values
            editors += _editor(slot, replaced, language, editor=editor, held=held, understood=understood)
    return f'<li class="sw-slot" data-slot="{slot}">{chips}{editors}</li>'


def _chip(slot: str, value: str, label: str, language: Language, *, editor: str, removable: bool) -> str:
    change = escape(say(language, "change_chip", slot=say(language, f"slot_{slot}"), value=label))
    css = "sw-chip" if value else "sw-chip sw-chip-any"
    text = f'<button type="button" class="sw-chip-text" popovertarget="{editor}" aria-label="{change}">{escape(label)}</button>'
    cut = ""
    if removable:
        told = escape(say(language, "cut_chip", value=label))
        cut = (
            f'<button type="button" class="sw-chip-cut" data-slot="{slot}" data-value="{escape(value)}" '
            f'aria-label="{told}" title="{told}">×</button>'
        )
    return f'<span class="{css}">{text}{cut}</span>'


def _editor(
    slot: str, values: Sequence[str], language: Language, *, editor: str, held: Holdings, understood: dict[str, Any]
) -> str:
    kind = "checkbox" if slot in ("provinces", "years") else "radio"
    options = _options(slot, values, held, understood)
    choices = "".join(
        f'<label><input type="{kind}" name="value" value="{escape(v)}"{" checked" if v in values else ""}>'
        f"<span>{escape(_label(slot, v, language, held))}</span></label>"
        for v in options
    )
    if slot == "periods":
        checked = "" if values else " checked"
        anything = escape(say(language, "any_periods"))
        choices = f'<label><input type="radio" name="value" value=""{checked}><span>{anything}</span></label>{choices}'
    if slot == "measures":
        other = escape(say(language, "other_measure"))
        choices += f'<input type="text" name="other" maxlength="60" placeholder="{other}" aria-label="{other}">'
    title = escape(say(language, f"slot_{slot}"))
    old = f' data-old="{escape(values[0])}"' if slot == "measures" and values else ""
    return (
        f'<form class="sw-editor" id="{editor}" popover data-slot="{slot}"{old}><fieldset><legend>{title}</legend>'
        f'<div class="sw-choices">{choices}</div></fieldset>'
        f'<button type="submit" class="sw-apply">{escape(say(language, "apply"))}</button></form>'
    )


def _options(slot: str, values: Sequence[str], held: Holdings, understood: dict[str, Any]) -> list[str]:
    if slot == "measures":
        provinces = tuple(str(p) for p in understood.get("provinces") or ())
        offered = [held.name_of(m) for m in held.measures(provinces)[:OFFERED_MEASURES]]
    else:
        offered = [str(v) for v in getattr(held, slot)]
    return list(dict.fromkeys((*(v for v in values if v), *offered))) if slot != "provinces" else offered


def _label(slot: str, value: str, language: Language, held: Holdings) -> str:
    if slot == "years":
        return f"{value}年" if language == "zh" else value
    if slot == "periods":
        return next((period_label(language, p, None) for p in PERIODS if p == value), value)
    if slot == "provinces":
        return held.place(value, language)
    return held.lexicon.english_name(value) if language == "en" else value


# --- the question that a change makes


def changed(turn: Turn, slot: str, values: Iterable[str], *, held: Holdings, old: str = "") -> Asking | None:
    """The question with one slot set to ``values`` (to none where there are none); ``None`` where there is no slot.

    The slots that were set before stay set. The words of the question change with them, and what follows it builds on
    the words; that nothing else is meant is what the filters see to.
    """
    answer = turn.answer
    if answer is None or slot not in SLOTS:
        return None
    chosen = [v for v in dict.fromkeys(values) if v]
    asking = Asking(answer.standalone_question, turn.asking.provinces, turn.asking.years, turn.asking.periods)
    if slot == "provinces":
        return _with_provinces(asking, [p for p in chosen if p in held.provinces], answer, held)
    if slot == "years":
        return _with_years(asking, [int(y) for y in chosen if y.isdigit() and len(y) == 4], answer, held)
    if slot == "periods":
        return _with_period(asking, next((p for p in PERIODS if p in chosen), None), answer, held)
    text = editing.with_topic(asking.question, old, chosen[0] if chosen else "", held.lexicon)
    return Asking(text, asking.provinces, asking.years, asking.periods)


def _with_provinces(asking: Asking, provinces: list[str], answer: Answer, held: Holdings) -> Asking:
    compared = answer.intent in ("figure", "fact", "yesno")
    text = editing.with_provinces(asking.question, provinces, held.lexicon, compared=compared)
    return Asking(text, tuple(provinces), asking.years, asking.periods)


def _with_years(asking: Asking, years: list[int], answer: Answer, held: Holdings) -> Asking:
    """Where the corpus has only the other role of that year (2021's result, 2022's target), that one is meant."""
    text = editing.with_years(asking.question, years, held.lexicon)
    wanted = _periods(answer)
    roles = {p for y in years for p in held.periods_of(y)}
    periods = asking.periods
    if roles and wanted and not roles & set(wanted):
        periods = (next(p for p in PERIODS if p in roles),)
        text = editing.with_period(text, periods[0], held.lexicon)
    return Asking(text, asking.provinces, tuple(years), periods)


def _with_period(asking: Asking, period: Period | None, answer: Answer, held: Holdings) -> Asking:
    text, years = asking.question, asking.years
    named = [int(y) for y in answer.understood.get("years") or ()]
    if period is not None and named and not set(named) & set(held.years_of(period)):
        years = held.years_of(period)[-1:]
        text = editing.with_years(text, years, held.lexicon)
    text = editing.with_period(text, period, held.lexicon)
    return Asking(text, asking.provinces, years, (period,) if period else PERIODS)


def _periods(answer: Answer) -> tuple[Period, ...]:
    understood = answer.understood.get("periods") or ()
    return tuple(p for p in PERIODS if p in understood)
