"""Turns of a conversation as HTML, made of escaped slices only; it knows nothing about Gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import quote

from assistant.types import Answer, Computed
from assistant.ui.cards import ReadDocument, render_sources
from assistant.ui.chips import render_chips
from assistant.ui.conversation import Turn
from assistant.ui.holdings import Holdings
from assistant.ui.markdown import render_markdown
from assistant.ui.messages import Language, say
from assistant.ui.panel import render_panel
from assistant.ui.seam import Action, Asking

STEPS = 12
"""At most so many pieces is an answer written out in: each is sent with all that stands before it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What turns are rendered with: the documents, the corpus and the reader's language."""

    document: ReadDocument
    held: Holdings
    language: Language
    actions: tuple[Action, ...] = ()
    conversation: str = ""
    """Its id, which goes into the page's address."""

    def place(self, province: str) -> str:
        """A province's name in the reader's language."""
        return self.held.place(province, self.language)


def render_turns(turns: Iterable[Turn], scene: Scene) -> str:
    """The turns one below the other, none of them to be changed."""
    return "".join(render_turn(turn, scene) for turn in turns)


def render_turn(turn: Turn, scene: Scene, *, latest: bool = False, growing: bool = False) -> str:
    """One turn: the question, what was understood, the answer, and beside it what it stands on.

    :param latest: its chips can be changed, and it can be answered again.
    :param growing: it is being written; its sources and what can be done with it come with the last of it.
    """
    language = scene.language
    if turn.answer is not None:
        chips = render_chips(turn, turn.answer, language, held=scene.held, editable=latest and not growing)
        inside = chips + _answer(turn, turn.answer, scene, latest=latest, growing=growing)
    elif turn.notice:
        tools = _tools(turn, scene, latest=latest) if turn.question else ""
        inside = f'<p class="sw-notice" role="status">{escape(turn.notice)}</p>{tools}'
    else:
        inside = f'<p class="sw-wait" role="status">{escape(say(language, "searching"))}</p>'
    question = f'<h2 class="sw-question">{escape(turn.question)}</h2>'
    state = "growing" if growing or not (turn.answer or turn.notice) else "whole"
    named = f' data-conversation="{scene.conversation}"' if scene.conversation else ""
    return (
        f'<article class="sw-turn" id="t{turn.number}" data-turn="{turn.number}" data-asking="{escape(turn.asking.key)}" '
        f'data-state="{state}"{named}>'
        f"{question}{inside}</article>"
    )


def growing(turn: Turn) -> Iterator[Turn]:
    """The turn as it is written out, a line or more at a time; the whole turn is not among them."""
    if turn.answer is None:
        return
    lines = turn.answer.text.splitlines(keepends=True)
    step = max(1, -(-len(lines) // STEPS))
    for n in range(step, len(lines), step):
        yield replace(turn, answer=replace(turn.answer, text="".join(lines[:n])))


def _answer(turn: Turn, answer: Answer, scene: Scene, *, latest: bool, growing: bool) -> str:
    language = scene.language
    mark = _marker(turn.number, language)
    parts = [f'<p class="sw-status sw-{answer.status}">{escape(_status(answer, language))}</p>']
    if answer.short and answer.status != "declined":
        parts.append(f'<p class="sw-short">{escape(answer.short)}</p>')
    lead, _, rest = answer.text.partition("\n")
    if answer.table is None or lead.startswith(("-", "|")):
        lead, rest = "", answer.text
    prose = "sw-prose sw-listed" if answer.table is not None else "sw-prose"
    panel = render_panel(answer, scene.held, language=language, turn=turn.number, mark=_marker(None, language))
    if lead:
        parts.append(f'<div class="sw-prose sw-lead">{render_markdown(lead, mark)}</div>')
    parts += [panel, f'<div class="{prose}">{render_markdown(rest, mark)}</div>']
    parts += [_computed(answer.computed, mark, language)]
    sources = ""
    if not growing:
        parts += [_meta(answer, language), _tools(turn, scene, latest=latest)]
        sources = render_sources(turn.number, answer, scene.document, language=language, name=scene.place)
    return f'<div class="sw-grid"><div class="sw-answer">{"".join(parts)}</div>{sources}</div>'


def _status(answer: Answer, language: Language) -> str:
    said = say(language, answer.status)
    if answer.status != "declined" or answer.reason is None:
        return said
    return f"{said}{say(language, 'colon')}{say(language, answer.reason)}"


def _marker(turn: int | None, language: Language) -> Callable[[int], str]:
    """Renders markers; the first of each number in a turn carries the id that its card leads back to."""
    seen: set[int] = set()

    def mark(n: int) -> str:
        own_id = "" if turn is None or n in seen else f' id="t{turn}m{n}"'
        seen.add(n)
        label = escape(say(language, "citation", n=n))
        return f'<button type="button" class="sw-cite" data-n="{n}"{own_id} aria-label="{label}">[{n}]</button>'

    return mark


def _computed(computed: tuple[Computed, ...], mark: Callable[[int], str], language: Language) -> str:
    if not computed:
        return ""
    rows = "".join(
        f"<li><strong>{escape(x.value)}</strong> = {escape(x.formula)} {' '.join(map(mark, x.inputs))}</li>"
        for x in computed
    )
    title = escape(say(language, "computed", n=len(computed)))
    return f'<details class="sw-computed"><summary>{title}</summary><ul>{rows}</ul></details>'


def _meta(answer: Answer, language: Language) -> str:
    kind, _, model = answer.generator.partition(":")
    notes = [say(language, "generated", model=model) if kind == "llm" else say(language, "extractive")]
    if answer.status == "declined":
        notes = []
    if answer.unsupported:
        notes.append(say(language, "unsupported", n=len(answer.unsupported)))
    if "total" in answer.timings_ms:
        notes.append(say(language, "seconds", seconds=f"{answer.timings_ms['total'] / 1000:.2f}"))
    return f'<p class="sw-meta">{escape(" · ".join(notes))}</p>' if notes else ""


def _tools(turn: Turn, scene: Scene, *, latest: bool) -> str:
    """What can be done with a turn; each button says so to the page's script, or to the server through it."""
    language = scene.language
    names = ["copy"] if turn.answer is not None else []
    names += ["edit", "link", *(["retry"] if latest else [])]
    buttons = "".join(
        f'<button type="button" class="sw-tool" data-tool="{name}">{escape(say(language, f"tool_{name}"))}</button>'
        for name in names
    )
    own = "".join(a.render(turn.answer, language) for a in scene.actions) if turn.answer is not None else ""
    link = escape(link_to(turn))
    return (
        f'<div class="sw-tools" role="group" aria-label="{escape(say(language, "tools"))}" data-link="{link}" '
        f'data-question="{escape(turn.question)}">{buttons}{own}</div>'
    )


def link_to(turn: Turn) -> str:
    """The address, from ``?`` on, that asks this question anew: one that leans on others is spelt out."""
    asking = turn.asking
    question = turn.answer.standalone_question if turn.answer is not None else asking.question
    values: Sequence[tuple[str, Sequence[Any]]] = (
        ("p", asking.provinces), ("y", asking.years), ("t", asking.periods)
    )  # fmt: skip
    limits = "".join(f"&{name}={quote(','.join(map(str, given)))}" for name, given in values if given)
    return f"?q={quote(question)}{limits}"


def render_suggestions(
    askings: Sequence[Asking], language: Language, *, after: str, button: Callable[[Asking], str]
) -> str:
    """Questions to go on with; empty where there are none. The page shows them only below ``after``, an asking's key."""
    if not askings:
        return ""
    title = escape(say(language, "suggestions"))
    items = "".join(f"<li>{button(a)}</li>" for a in askings)
    return f'<section class="sw-next" data-after="{escape(after)}" aria-label="{title}"><h3>{title}</h3><ul>{items}</ul></section>'


def copied_text(answer: Answer) -> str:
    """An answer as text for the clipboard: the question, the answer, and every quote with its place."""
    quotes = [
        f"[{c.n}] {' · '.join(filter(None, (c.province, c.title, *c.heading)))}\n    “{c.quote}”"
        for c in answer.citations
    ]
    return "\n\n".join(filter(None, (answer.question, answer.text.replace("**", ""), "\n".join(quotes))))
