"""The page: its head, its tabs, the source panel, and the way between them. Each tab is a view of its own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from assistant.survey import Survey
from assistant.types import Span
from assistant.ui.bus import listening, make_bus
from assistant.ui.endpoints import add_endpoints
from assistant.ui.leaving import heeding
from assistant.ui.messages import Language, say
from assistant.ui.seam import Action, Context, Reading, View
from assistant.ui.source import render_missing, render_source
from assistant.ui.talk import Talk, Updates
from assistant.ui.views import ACTIONS, VIEWS
from assistant.ui.welcome import render_header

if TYPE_CHECKING:
    from assistant.assistant import Assistant

PARALLEL = 16
"""Questions answered at the same time; more wait in Gradio's queue."""

_HERE = Path(__file__).resolve().parent
_ADDRESS = "() => window.shengwen.address()"


def build_chat(
    assistant: Assistant, *, views: tuple[View, ...] | None = None, actions: tuple[Action, ...] | None = None
) -> Any:
    """The page and its named endpoints as a ``gr.Blocks``; mount it with ``page_options()``.

    :param views: the tabs beside the chat (default: all); ``actions``: what can be done with an answer.
    """
    import gradio as gr

    with gr.Blocks(title="省问 ShengWen", analytics_enabled=False, fill_width=True) as blocks:
        page = _Page(gr, assistant, VIEWS if views is None else views, actions=ACTIONS if actions is None else actions)
        page.connect(gr, blocks)
        add_endpoints(assistant)
    blocks.queue(default_concurrency_limit=PARALLEL, api_open=False)
    return blocks


def page_options() -> dict[str, Any]:
    """What ``gr.mount_gradio_app`` needs to show the page: own style and script, system fonts, nothing from outside."""
    import gradio as gr

    sans = ("system-ui", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
    mono = ("ui-monospace", "Consolas", "Noto Sans Mono CJK SC", "monospace")
    return {
        "theme": gr.themes.Base(font=sans, font_mono=mono),
        "css": _own("style.css", "css"),
        "head": f"<script>{_own('page.js', 'js')}</script>",
        "footer_links": [],
        "run_history": False,  # the conversations kept in the browser are ours, and can be deleted
        "ssr_mode": False,
        "pwa": False,
        "enable_monitoring": False,
    }


def _own(first: str, kind: str) -> str:
    """The page's files of one kind, one after the other: its own first, then those of the views."""
    paths = [_HERE / first, *sorted(p for p in _HERE.glob(f"*.{kind}") if p.name != first)]
    return "\n".join(p.read_text(encoding="utf-8") for p in paths)


class _Page:
    """The components around the views, and what leads from one view to another."""

    def __init__(self, gr: Any, assistant: Assistant, views: tuple[View, ...], *, actions: tuple[Action, ...]) -> None:
        self._update = gr.update
        self._assistant = assistant
        self._views = views
        self._survey = Survey(assistant)
        plain = {"js_on_load": None, "apply_default_css": False}
        self.language = gr.State("zh")
        self.reading = gr.State(None)
        self.bus = make_bus(gr)
        self.header = gr.HTML(render_header("zh"), elem_id="sw-head", **plain)
        # Built before it is placed: the views write into it, and it lies above all of them.
        self.source = gr.HTML("", elem_id="sw-source", render=False, **plain)
        with gr.Tabs(
            selected="ask", overflow_behavior="wrap", elem_id="sw-tabs", elem_classes="" if views else "sw-alone"
        ) as self.tabs:
            with gr.Tab(say("zh", "tab_ask"), id="ask", elem_id="sw-tab-ask") as asking:
                self.talk = Talk(gr, assistant, self.language, actions=actions)
            self.named_tabs = {asking: "tab_ask"}
            for view in views:
                with gr.Tab(say("zh", view.title), id=view.name, elem_id=f"sw-tab-{view.name}") as tab:
                    view.build(gr, replace(self._context(), tab=tab))
                self.named_tabs[tab] = view.title
        self.source.render()

    def _context(self) -> Context:
        return Context(
            assistant=self._assistant,
            survey=self._survey,
            language=self.language,
            source=self.source,
            open_source=self.open_source,
            asking=self.talk.asking,
            reading=self.reading,
        )

    def connect(self, gr: Any, blocks: Any) -> None:
        """Tie the events to what happens; none of them is an endpoint."""
        talk, quiet = self.talk, {"api_visibility": "private", "show_progress": "hidden"}
        talk.connect(gr, self.bus, self.tabs)
        self.bus.open(listening(gr, self.open), self.language, self.source, **quiet)
        self.bus.read(listening(gr, self.read), None, [self.reading, self.tabs], **quiet)
        around = [self.language, self.header, *self.named_tabs, *talk.written]
        known = [talk.conversation, self.language]
        self.bus.language(listening(gr, self.switch_language), known, around, **quiet)
        blocks.load(heeding(self.arrive), talk.address, [*around, talk.asking], js=_ADDRESS, **quiet)

    def open(self, language: Language, data: Mapping[str, Any]) -> Any:
        """The source panel at the place that a button carries."""
        span = _span_of(data)
        return self.open_source(span, language) if span is not None else self._update()

    def open_source(self, span: Span, language: Language) -> str:
        """The document around a span as the value of the source panel; a sentence where there is none."""
        key = secrets.token_hex(4)
        try:
            document = self._assistant.document(span.doc_id)
            passage = self._assistant.passage_at(span)
        except AssistantError as e:
            return render_missing(str(e), language, key=key)

        def name(province: str) -> str:
            return self.talk.held.place(province, language)

        can_read = any(view.name == "read" for view in self._views)
        return render_source(document, span, language, passage=passage, name=name, can_read=can_read, key=key)

    def read(self, data: Mapping[str, Any]) -> Any:
        """The reading view at the place that a button carries."""
        span = _span_of(data)
        if span is None:
            return self._update(), self._update()
        return Reading(span), self._update(selected="read")

    def arrive(self, address: str) -> Iterator[Updates]:
        """The page as its reader left it: in the language chosen before, with the conversation of its address."""
        language = _language_of(address)
        if language == "en":
            yield self._around(language)
        yield from self.talk.arrive(address, language)

    def switch_language(self, conversation: Any, language: Language, data: Mapping[str, Any]) -> Updates:
        """Everything that the page says, in the other language."""
        other: Language = "en" if language == "zh" else "zh"
        return self._around(other) | self.talk.translate(conversation, other, data.get("kept"))

    def _around(self, language: Language) -> Updates:
        titles = {tab: self._update(label=say(language, title)) for tab, title in self.named_tabs.items()}
        return {self.language: language, self.header: render_header(language), **titles}


def _language_of(address: str) -> Language:
    try:
        return "en" if json.loads(address).get("language") == "en" else "zh"
    except (ValueError, AttributeError):
        return "zh"


def _span_of(data: Mapping[str, Any]) -> Span | None:
    """The place in what a button carries; ``None`` where it is none."""
    numbers = [str(data.get(name, "")) for name in ("start", "end")]
    if not all(n.isascii() and n.isdigit() and len(n) < 12 for n in numbers):
        return None
    return Span(str(data.get("doc", "")), *map(int, numbers))
