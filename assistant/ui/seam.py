"""The seam between the page and its tabs: what a view is given, what it gives, and how views call one another.

A view builds its components inside its own tab and ties its own events. What leads out of it goes through ``Context``:

* In HTML, ``source_button``, ``reading_button`` and ``question_button`` make buttons that work wherever they stand; the
  page's script takes the clicks, so no view needs a listener for them.
* From a Gradio event, list ``context.source``, ``context.reading`` or ``context.asking`` among the outputs and return
  ``context.open_source(span, language)``, ``read(span)`` or ``ask(question)`` for it.
* ``context.language`` changes when the reader switches; a view renders itself anew by listening to its ``change``.

Every CSS and JavaScript file beside this one is part of the page, so a view may bring its own (``read.css``), with
class names that begin with ``sw-``. It is named in ``views.py``; its sentences are a dictionary in a module of its own,
named in ``messages.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from assistant.types import Answer, Period, Span
from assistant.ui.messages import Language

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.survey import Survey


@dataclass(frozen=True, slots=True)
class Context:
    """What every view is given; the components belong to the page."""

    assistant: Assistant
    survey: Survey
    """Its figures and terms, read once for all views."""
    language: Any
    """``gr.State`` with ``"zh"`` or ``"en"``: an input of whatever renders words."""
    source: Any
    """The source panel, an output: a document around a span, marked and scrolled into view."""
    open_source: Callable[[Span, Language], str]
    """The value of ``source`` that shows this span."""
    asking: Any
    """``gr.State``, an output: the page goes to the chat and asks the ``Asking`` put into it."""
    reading: Any
    """``gr.State`` with the ``Reading`` that a reader asked to see whole: the reading view listens to its ``change``,
    others put ``read(span)`` into it; the page goes to the tab by itself."""
    tab: Any = None
    """The view's own ``gr.Tab``; its ``select`` is the moment to load what is slow."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question for the chat with what limits it. ``key`` makes every one new, asked twice or not."""

    question: str
    provinces: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    periods: tuple[Period, ...] = ()
    submit: bool = True
    """Ask it at once; else it is only put into the box."""
    again: bool = False
    """Answer it in place of the last turn."""
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class Reading:
    """A place to be read in the whole document; ``span`` may be empty (``start == end``) to mark nothing."""

    span: Span
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


def ask(
    question: str,
    *,
    provinces: Iterable[str] = (),
    years: Iterable[int] = (),
    periods: Iterable[Period] = (),
    submit: bool = True,
) -> Asking:
    """What ``Context.asking`` takes."""
    return Asking(question, tuple(provinces), tuple(years), tuple(periods), submit=submit)


def read(span: Span) -> Reading:
    """What ``Context.reading`` takes."""
    return Reading(span)


class Build(Protocol):
    """Builds a view's components, in the tab that is open, and ties their events."""

    def __call__(self, gr: Any, context: Context) -> None:
        """``gr`` is the module gradio: it is imported late, and only by the page."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """A tab of the page: ``name`` is its id, ``title`` the key of its name in ``messages``."""

    name: str
    title: str
    build: Build


@dataclass(frozen=True, slots=True)
class Download:
    """A file made for one reader: it goes to the browser as a value and is never written to the server's disk."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Copied:
    """A text for the reader's clipboard."""

    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for the reader, already in the reader's language."""

    text: str


@dataclass(frozen=True, slots=True)
class Acted:
    """What an action is given: the answer, the questions before it, and what the button or its form carried.

    ``answers`` are those of the whole conversation, oldest first.
    """

    answer: Answer
    history: tuple[str, ...]
    language: Language
    data: Mapping[str, str]
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do with one answer, such as taking it away; it stands below every answer.

    ``render`` gives HTML: calls of ``action_button``, or a ``<form class="sw-act-form" data-act="NAME">`` whose named fields
    become ``Acted.data`` when it is sent.
    """

    name: str
    render: Callable[[Answer, Language], str]
    run: Callable[[Assistant, Acted], Download | Copied | Told]


def source_button(span: Span, label: str, *, css: str = "", inside: str = "") -> str:
    """A button that opens the source panel at ``span``; ``inside`` is HTML already and follows the label."""
    return _button("sw-open", label, css, _at(span), inside)


def reading_button(span: Span, label: str, *, css: str = "") -> str:
    """A button that opens the whole document in the reading view at ``span``."""
    return _button("sw-read", label, css, _at(span))


def question_button(asking: Asking, label: str, *, css: str = "") -> str:
    """A button that puts a question to the chat."""
    limits = {"p": asking.provinces, "y": asking.years, "t": asking.periods}
    joined = {name: ",".join(map(str, values)) for name, values in limits.items() if values}
    return _button("sw-question-button", label, css, {"q": asking.question, "submit": int(asking.submit), **joined})


def action_button(name: str, label: str, *, css: str = "", **data: object) -> str:
    """A button that runs the action ``name`` on the answer it stands below, with ``data``."""
    return _button("sw-act", label, css, {"act": name, **data})


def _at(span: Span) -> dict[str, object]:
    return {"doc": span.doc_id, "start": span.start, "end": span.end}


def _button(kind: str, label: str, css: str, data: Mapping[str, object], inside: str = "") -> str:
    carried = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    return f'<button type="button" class="{kind}{css and " "}{css}"{carried}>{escape(label)}{inside}</button>'
