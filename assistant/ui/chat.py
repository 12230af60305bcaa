"""The chat page: it parses, calls the facade and renders. Whatever belongs to one reader lives in ``gr.State``."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from assistant.ui.endpoints import add_endpoints
from assistant.ui.messages import Language, say
from assistant.ui.render import Turn, growing, render_header, render_turn, render_turns

if TYPE_CHECKING:
    from assistant.assistant import Assistant

EXAMPLES = 4
KEPT_TURNS = 50
"""Older turns leave the page: each is re-sent with every question, and few readers scroll so far."""
PARALLEL = 16
"""Questions answered at the same time; more wait in Gradio's queue."""

_HERE = Path(__file__).resolve().parent
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one reader asked and was answered, and the language of the page around it."""

    language: Language = "zh"
    turns: tuple[Turn, ...] = ()

    @property
    def history(self) -> tuple[str, ...]:
        """The questions that were answered, oldest first."""
        return tuple(turn.question for turn in self.turns if turn.answer is not None)

    @property
    def next_number(self) -> int:
        """The number of the next turn; numbers are never used twice, so that links keep their targets."""
        return self.turns[-1].number + 1 if self.turns else 1

    def plus(self, turn: Turn) -> Conversation:
        """With one more turn."""
        return replace(self, turns=(*self.turns, turn)[-KEPT_TURNS:])


def answer_turn(assistant: Assistant, question: str, conversation: Conversation) -> Turn:
    """The turn that ``question`` makes, whatever happens: a reader meets a sentence, never a traceback."""
    question = _clean(question)
    turn = Turn(conversation.next_number, question)
    limit = assistant.settings.max_question_chars
    if not question:
        return replace(turn, notice=say(conversation.language, "empty"))
    if len(question) > limit:
        notice = say(conversation.language, "too_long", n=len(question), limit=limit)
        return replace(turn, question=f"{question[:60]}…", notice=notice)
    try:
        return replace(turn, answer=assistant.ask(question, conversation.history))
    except AssistantError as e:
        return replace(turn, notice=say(conversation.language, "failed", why=str(e)))
    except Exception:  # the page is the last place that can tell the reader
        _log.exception("a question failed")
        return replace(turn, notice=say(conversation.language, "broken"))


def _clean(question: str) -> str:
    """The question without what no JSON or page can carry: halves of surrogate pairs and control characters."""
    return question.encode("utf-8", "replace").decode().translate(_CONTROL).strip()


def build_chat(assistant: Assistant) -> Any:
    """The page and its named endpoints as a ``gr.Blocks``; mount it with ``page_options()``."""
    import gradio as gr

    with gr.Blocks(title="省问 ShengWen", analytics_enabled=False, fill_width=True) as blocks:
        page = _Page(gr, assistant)
        page.connect(gr)
        add_endpoints(assistant)
    blocks.queue(default_concurrency_limit=PARALLEL, api_open=False)
    return blocks


def page_options() -> dict[str, Any]:
    """What ``gr.mount_gradio_app`` needs to show the page: own style and script, system fonts, nothing from outside."""
    import gradio as gr

    sans = ("system-ui", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
    mono = ("ui-monospace", "Consolas", "Noto Sans Mono CJK SC", "monospace")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return {
        "theme": gr.themes.Base(font=sans, font_mono=mono),
        "css": (_HERE / "style.css").read_text(encoding="utf-8"),
        "head": f"<script>{script}</script>",
        "footer_links": [],
        "run_history": False,  # it would keep questions in the browser for whoever uses it next
        "ssr_mode": False,
        "pwa": False,
        "enable_monitoring": False,
    }


class _Page:
    """The components and what happens to them."""

    def __init__(self, gr: Any, assistant: Assistant) -> None:
        self._update = gr.update
        self._assistant = assistant
        self.conversation = gr.State(Conversation())
        with gr.Row(elem_id="sw-top"):
            self.header = gr.HTML(self._header("zh"), js_on_load=None, apply_default_css=False, elem_id="sw-head")
            self.clear = gr.Button(say("zh", "clear"), visible=False, size="sm", elem_id="sw-clear", scale=0)
            self.switch = gr.Button(say("zh", "switch"), size="sm", elem_id="sw-switch", scale=0)
        self.past = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="sw-past")
        self.current = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="sw-current")
        with gr.Column(elem_id="sw-examples") as self.welcome:
            self.invitation = gr.HTML(self._invitation("zh"), js_on_load=None, apply_default_css=False)
            self.examples = [
                gr.Button(value, visible=bool(value), elem_classes="sw-example") for value in self._examples("zh")
            ]
        with gr.Column(elem_id="sw-ask"):
            self.box = gr.Textbox(
                label=say("zh", "box_label"),
                placeholder=say("zh", "placeholder"),
                show_label=False,
                lines=1,
                max_lines=6,
                submit_btn=True,
                autofocus=True,
                container=False,
                elem_id="sw-box",
            )

    def connect(self, gr: Any) -> None:
        """Tie the events to what happens; none of them is an endpoint."""
        quiet = {"api_visibility": "private", "show_progress": "hidden"}
        written = [self.box, self.past, self.current, self.conversation, self.welcome, self.clear]
        self.box.submit(self.respond, [self.box, self.conversation], written, **quiet)
        for button in self.examples:
            button.click(self.respond, [button, self.conversation], written, **quiet)
        self.clear.click(self.start_over, self.conversation, written, **quiet)
        spoken = [self.conversation, self.header, self.clear, self.switch, self.past, self.current, self.box]
        outputs = [*spoken, self.invitation, *self.examples]
        self.switch.click(self.switch_language, self.conversation, outputs, **quiet)

    def respond(self, question: str, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then the answer line by line, then what it stands on."""
        language, keep = conversation.language, self._update()
        asked = Turn(conversation.next_number, _clean(question)[: self._assistant.settings.max_question_chars])
        past = render_turns(conversation.turns, self._assistant.document, language)
        hidden, shown = self._update(visible=False), self._update(visible=True)
        if asked.question:
            yield "", past, self._render(asked, language), keep, hidden, shown
        turn = answer_turn(self._assistant, question, conversation)
        for part in growing(turn):
            yield keep, keep, self._render(part, language), keep, keep, keep
        if not turn.question:  # an empty question says why and leaves no trace
            yield keep, past, self._render(turn, language), keep, keep, keep
            return
        yield keep, keep, self._render(turn, language), conversation.plus(turn), keep, keep

    def start_over(self, conversation: Conversation) -> tuple[Any, ...]:
        """An empty conversation in the same language."""
        empty = Conversation(conversation.language)
        return "", "", "", empty, self._update(visible=True), self._update(visible=False)

    def switch_language(self, conversation: Conversation) -> tuple[Any, ...]:
        """The page, its past turns too, in the other language."""
        language: Language = "en" if conversation.language == "zh" else "zh"
        *earlier, last = conversation.turns or (None,)
        update = self._update
        return (
            replace(conversation, language=language),
            self._header(language),
            update(value=say(language, "clear")),
            update(value=say(language, "switch")),
            render_turns((t for t in earlier if t), self._assistant.document, language),
            self._render(last, language) if last else "",
            update(placeholder=say(language, "placeholder"), label=say(language, "box_label")),
            self._invitation(language),
            *(update(value=value, visible=bool(value)) for value in self._examples(language)),
        )

    def _render(self, turn: Turn, language: Language) -> str:
        return render_turn(turn, self._assistant.document, language)

    def _header(self, language: Language) -> str:
        return render_header(self._assistant.info(), language)

    def _invitation(self, language: Language) -> str:
        return f'<p class="sw-invitation">{say(language, "examples")}</p>'

    def _examples(self, language: Language) -> list[str]:
        """Exactly ``EXAMPLES`` questions; empty ones where the corpus gives fewer."""
        found = [*self._assistant.examples(language, EXAMPLES)][:EXAMPLES]
        return found + [""] * (EXAMPLES - len(found))
